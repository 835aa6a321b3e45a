"""Partners share a register, not every figure: the same rules on SQLite and on PostGIS, and a canary let loose."""

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa
import typer
from typer.core import TyperGroup
from typer.testing import CliRunner

import app.cli  # noqa: F401 - its import puts every command on the program
from app import pipeline, studies
from app.shell import app as program
from estate import access, snapshot
from estate.database import Register, write
from estate.dictionary import LEDGER_TABLES, REGISTER_TABLES
from estate.importers import import_files
from estate.problems import InputError
from estate.tables import metadata
from tests.support.networks import write_pbf
from tests.support.tiny_place import ROWS, asked

# Digits and words that can be nothing else; as a number it has the same digits.
CANARY, CANARY_GBP = "tweetytweet", 7_318_527.0
DIGITS = ("7318527", "7,318,527", "7.318527", "7318.5")
VALUATION = {"id": "clinic-secret", "property_id": "clinic", "basis": "market", "value_gbp": CANARY_GBP,
             "confidential": True}  # fmt: skip
LEASE = {"id": f"{CANARY}-l", "property_id": "depot", "direction": "in", "rent_gbp_per_year": CANARY_GBP,
         "exit_cost_gbp": CANARY_GBP, "confidential": True}  # fmt: skip
MEMBERS = {
    "anna": ("administrator", ""),
    "nora": ("editor", "N"),
    "ned": ("viewer", "N"),
    "alf": ("editor", "A"),
    "eve": ("viewer", ""),
}
WHO_SEES = {"anna", "nora", "ned"}


@pytest.fixture
def url(database_url: str) -> str:
    """A register with members, in which the NHS body N has a confidential valuation and a confidential lease."""
    made = Register.create(database_url)
    with made.transaction() as connection:
        for table in REGISTER_TABLES:
            write(connection, table, ROWS.get(table, []))
        for who, (role, organisation) in MEMBERS.items():
            access.add(connection, who, role, organisation)
        write(connection, "valuation", [VALUATION])
        write(connection, "lease", [LEASE])
        # A second opinion leaves the first in the table of changes.
        write(connection, "valuation", [{"id": VALUATION["id"], "value_gbp": CANARY_GBP, "low_gbp": CANARY_GBP}])
    made.close()
    return database_url


@contextmanager
def opened(url: str, member: str | None) -> Iterator[Register]:
    register = Register.open(url, member)
    try:
        yield register
    finally:
        register.close()


def everything(register: Register) -> str:
    """All that a member can read, table by table, snapshots unpacked."""
    found = []
    for table in (*REGISTER_TABLES, *LEDGER_TABLES):
        for row in register.rows(table):
            if table == "snapshot":
                frozen = vars(snapshot.load(register, row["id"])).items()
                row = {**row, "content": {k: f.reset_index().to_dict() for k, f in frozen if k != "digest"}}
            found.append(str(row))
    return "\n".join(found)


def caught(text: str) -> list[str]:
    return [word for word in (CANARY, *DIGITS) if word in text]


@pytest.mark.parametrize("member", MEMBERS)
def test_only_its_holder_and_administrators_read_a_confidential_figure(url: str, member: str) -> None:
    with opened(url, member) as register:
        found = everything(register)
        frames = str(register.frame("valuation").to_dict()) + str(register.values("lease", "id"))

    assert bool(caught(found)) == bool(caught(frames)) == (member in WHO_SEES)


@pytest.mark.parametrize("member", MEMBERS)
def test_a_snapshot_holds_what_its_taker_may_see(url: str, member: str) -> None:
    with opened(url, member) as register:
        taken = snapshot.take(register)
        again = snapshot.load(register, taken.digest)

    clinic = taken.valuations[taken.valuations["property_id"] == "clinic"]
    assert (CANARY_GBP in set(clinic["value_gbp"])) == (member in WHO_SEES)
    assert "clinic-value" in set(clinic.index)
    depot = taken.leases[taken.leases["property_id"] == "depot"]
    assert (CANARY_GBP in set(depot["rent_gbp_per_year"])) == (member in WHO_SEES)
    assert again.digest == taken.digest


def test_what_is_kept_from_a_member_is_estimated_and_marked(url: str) -> None:
    with opened(url, "anna") as register, register.transaction() as connection:
        valuations = metadata.tables["valuation"]
        connection.execute(valuations.delete().where(valuations.c.id == "clinic-value"))
    with opened(url, "alf") as register:
        taken = snapshot.take(register)

    clinic = taken.valuations[taken.valuations["property_id"] == "clinic"]
    assert clinic["estimated"].tolist() == [True]


@pytest.mark.parametrize(
    ("taker", "loaders"),
    [
        ("anna", {"anna"}),
        ("nora", {"anna", "nora", "ned"}),
        ("alf", {"anna", "alf"}),
        ("eve", set(MEMBERS)),
    ],
)
def test_a_run_is_shown_to_those_who_may_see_as_much(url: str, taker: str, loaders: set[str]) -> None:
    with opened(url, taker) as register:
        run = pipeline.plan(register, asked(solver={"seconds": 5.0, "gap": 0.0, "threads": 1}))
        studies.keep(register, run.id, "frontier", {"points": [1]})
        studies.keep(register, run.id, "frontier", {"points": [1, 2]})
    shown = set()
    for member in MEMBERS:
        with opened(url, member) as register:
            ids = {row["id"] for row in pipeline.runs(register)}
            actions = {row["run_id"] for row in register.rows("action")}
            assert ids == actions == {row["run_id"] for row in register.rows("study")}
            assert (studies.load(register, run.id, "frontier") or {}).get("points") == ([1, 2] if ids else None)
            assert studies.load(register, run.id, "explain") is None
            if ids:
                assert pipeline.load(register, "latest").snapshot.digest == run.snapshot.digest
                shown.add(member)
            else:
                with pytest.raises(InputError):
                    snapshot.load(register, run.snapshot.digest)
                with pytest.raises(InputError, match="no run has this name"):
                    studies.keep(register, run.id, "frontier", {})

    assert shown == loaders


def test_a_stranger_and_nobody_are_refused(url: str) -> None:
    with pytest.raises(InputError, match="the register has no such member"):
        Register.open(url, "mallory")
    with pytest.raises(InputError, match="this register has members, so it must know who you are"):
        Register.open(url)


def test_a_register_without_members_is_open_to_its_holder(register: Register) -> None:
    url = register.engine.url.render_as_string(hide_password=False)
    with opened(url, None) as again:
        assert again.rows("member") == []
    with pytest.raises(InputError, match="this register has no members"):
        Register.open(url, "anna")


@pytest.mark.parametrize(
    ("member", "table", "row", "reason"),
    [
        ("alf", "property", {"id": "hall", "name": "New Hall"}, None),
        ("alf", "valuation", {"id": "x", "property_id": "hall", "basis": "market", "value_gbp": 1.0}, None),
        ("alf", "property", {"id": "clinic", "name": "Ours"}, "it is not of A"),
        ("alf", "property", {"id": "clinic", "organisation_id": "A"}, "it is not of A"),
        ("alf", "property", {"id": "hall", "organisation_id": "N"}, "it is not of A"),
        ("alf", "valuation", {"id": "clinic-value", "property_id": "hall"}, "it is not of A"),
        ("alf", "valuation", {**VALUATION, "property_id": "hall"}, "an id in it is already"),
        ("alf", "service", {"id": "advice", "minutes": 9.0}, "only the place's administrators"),
        ("ned", "property", {"id": "clinic", "name": "Clinic 2"}, "a viewer may not change the register"),
        ("anna", "property", {"id": "clinic", "name": "Clinic 2"}, None),
    ],
)
def test_an_editor_changes_the_rows_of_one_body(
    url: str, member: str, table: str, row: dict[str, Any], reason: str | None
) -> None:
    def change() -> None:
        with opened(url, member) as register, register.transaction() as connection:
            write(connection, table, [row])

    if reason is None:
        change()
    else:
        with pytest.raises(InputError, match=reason):
            change()
    with opened(url, "anna") as register:
        [stored] = register.rows(table, id=row["id"]) or [{}]
    took = all(stored.get(name) == value for name, value in row.items())
    assert took == (reason is None)


@pytest.mark.parametrize("member", ["alf", "eve"])
def test_only_administrators_change_the_members(url: str, member: str) -> None:
    with opened(url, member) as register:
        with pytest.raises(InputError, match="only administrators"), register.transaction() as connection:
            access.add(connection, member, "administrator")
        with pytest.raises(InputError, match="only administrators"), register.transaction() as connection:
            access.remove(connection, "anna")
        assert {row["id"]: row["role"] for row in register.rows("member")}[member] != "administrator"


def test_what_an_import_refused_is_shown_to_the_body_that_brought_it(url: str, tmp_path: Path) -> None:
    file = tmp_path / "valuation.csv"
    file.write_text(f"id,property_id,basis,value_gbp\n{CANARY}2,depot,guess,{CANARY_GBP:.0f}\n")
    with opened(url, "nora") as register:
        [result] = import_files(register, [file])
    assert result.rejected == 1

    for member in MEMBERS:
        with opened(url, member) as register:
            assert [row["imported_by"] for row in register.rows("import_batch")] == ["nora"]
            assert bool(register.rows("rejected_row")) == (member in WHO_SEES)


@pytest.mark.postgis
@pytest.mark.parametrize("database_url", ["postgis"], indirect=True)
def test_the_server_itself_refuses_what_the_program_would_let_through(url: str) -> None:
    """Row-level security stands behind the program's own checks: raw SQL of a member meets it."""
    forbidden = [
        "INSERT INTO valuation (id, property_id, basis, value_gbp) VALUES ('y', 'clinic', 'market', 1)",
        "INSERT INTO member (id, role) VALUES ('alf2', 'administrator')",
        "INSERT INTO snapshot (id, taken_at, content, scope) VALUES ('s', now(), '', 'public')",
        "INSERT INTO service (id, name, minutes, mode, share_of_population) VALUES ('s', 's', 1, 'car', 1)",
        "TRUNCATE valuation",
    ]
    unfelt = [
        "UPDATE property SET name = 'x' WHERE id = 'clinic'",
        "DELETE FROM valuation WHERE property_id = 'clinic'",
        "UPDATE member SET role = 'administrator'",
    ]
    with opened(url, "alf") as register:
        for statement in forbidden:
            refused = pytest.raises(sa.exc.ProgrammingError, match=r"row-level security|permission denied")
            with refused, register.engine.begin() as connection:
                connection.exec_driver_sql(statement)
        for statement in unfelt:
            with register.engine.begin() as connection:
                assert connection.exec_driver_sql(statement).rowcount == 0
        with register.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM valuation WHERE confidential").scalar() == 0
            forced = connection.exec_driver_sql(
                "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity"
            )
            assert set(forced.scalars()) == set(metadata.tables)


# How to run each command as a partner would, with every option, and the canary's ids and names as the bait, in
# this order. A new command or option is one line more here: the test fails until it has one.
RECIPES: dict[str, list[list[str]]] = {
    "init": [[]],
    "map-columns": [
        ["{mine}", "--out", "{folder}/mine.yaml", "--table", "valuation"],
        ["{book}", "--out", "{folder}/book.yaml", "--sheet", "valuation", "--organisation", "N", "--json"],
    ],
    "import": [
        ["{mine}", "--json", "--dry-run", "--mapping", "{folder}/mine.yaml", "--everywhere"],
        ["{mine}", "--rejects", "{folder}/rejects.csv", "--matches", "{matches}"],
        ["{theirs}", "--json", "--rejects", "{folder}/rejects2.csv", "--organisation", "N"],
        ["{theirs}", "--dry-run", "--format", "register-tables"],
        ["{theirs}", "--service", "advice", "--rejects", "{folder}/rejects3.xlsx"],
        ["{annas}", "--rejects", "{folder}/rejects4.csv"],
        ["{theirs_lease}", "--mode", "car"],
    ],
    "check": [["--json"], [], ["--out", "{folder}/check.xlsx"], ["--accept"]],
    "estimate": [
        ["--json"],
        [],
        ["--explain", "clinic"],
        ["--explain", "depot", "--json"],
        ["--explain", "depot"],
    ],
    "history": [["clinic"], ["clinic", "--json"], ["depot", "--json"], ["depot"]],
    "template": [["--filled", "--out", "{folder}/template.xlsx"]],
    "export": [
        ["--out", "{folder}/all.gpkg"],
        ["--out", "{folder}/all.xlsx", "--format", "excel"],
        ["--out", "{folder}/tables", "--json"],
    ],
    "plan": [
        ["{impossible}", "--nearest", "{folder}/nearest.yaml"],
        ["{scenario}", "--json"],
        ["{scenario}", "--seconds", "5", "--gap", "0"],
        ["{scenario}", "--seconds", "5", "--from", "latest"],
    ],
    "runs": [["--json"], []],
    "compare": [["latest", "latest", "--out", "{folder}/compared.xlsx"], ["{run}", "latest", "--json"]],
    "map": [
        ["latest", "--out", "{out}"],
        ["{run}", "--out", "{folder}/annas"],
        ["{run}", "--roads", "{roads}", "--brand", "{brand}"],
        ["latest", "--against", "latest", "--out", "{folder}/against"],
    ],
    "pack": [
        ["latest", "--out", "{folder}/pack", "--no-pdf", "--json", "--brand", "{brand}"],
        ["{run}", "--out", "{folder}/annas-pack", "--no-pdf"],
        ["latest", "--out", "{folder}/public-pack", "--no-pdf", "--for", "public"],
        ["{run}", "--out", "{folder}/annas-pack", "--no-pdf", "--for", "A"],
    ],
    "appraise": [
        ["latest", "--json", "--discount", "as_planned"],
        ["{run}"],
        ["latest", "--settings", "{appraisal}"],
        ["latest", "--workbook", "{folder}/appraisal.xlsx", "--formulas"],
    ],
    "rules-cost": [
        ["latest", "--seconds", "5", "--workers", "1", "--out", "{folder}/rules.xlsx"],
        ["{run}", "--json", "--again"],
    ],
    "explain": [
        [
            "latest",
            "--property",
            "hall",
            "--seconds",
            "5",
            "--workers",
            "1",
            "--moves",
            "--out",
            "{folder}/why.xlsx",
        ],
        ["latest", "--top", "1", "--json", "--again"],
        ["{run}", "--all-leaving"],
    ],
    "ledger": [
        ["latest", "--organisation", "A", "--json"],
        ["{run}"],
        ["latest", "--workbook", "{folder}/l.xlsx"],
    ],
    "share-gains": [
        ["latest", "--seconds", "3", "--gap", "0", "--orders", "2", "--json"],
        ["{run}"],
        ["latest", "--workbook", "{folder}/shares.xlsx"],
    ],
    "price-fairness": [["latest", "--seconds", "3", "--json"], ["{run}"]],
    "risk": [
        ["latest", "--json", "--draws", "500", "--seed", "3"],
        ["{run}"],
        ["latest", "--settings", "{appraisal}", "--discount", "as_planned"],
    ],
    "carbon": [["latest", "--json"], ["{run}"], []],
    "alternatives": [
        ["latest", "--within", "50%", "--count", "1", "--seconds", "5", "--out", "{folder}/others.xlsx"],
        ["{run}", "--json"],
    ],
    "robustness": [
        ["latest", "--draws", "1", "--seed", "2", "--seconds", "5", "--out", "{folder}/robust.xlsx"],
        ["{run}", "--settings", "{appraisal}", "--workers", "1", "--again", "--json"],
    ],
    "frontier": [
        ["{scenario}", "--between", "reach", "--points", "2", "--seconds", "5", "--out", "{folder}/frontier.xlsx"],
        ["latest", "--between", "reach", "--points", "2", "--workers", "1", "--again", "--json"],
    ],
    "outturn record": [
        [
            "latest",
            "--property",
            "hall",
            "--left-on",
            "2026-09-30",
            "--sold-on",
            "2027-05-01",
            "--price",
            "5",
            "--cost",
            "6",
            "--note",
            "x",
        ],
        ["{run}", "--property", "clinic", "--price", "1"],
        ["latest", "--from", "{happened}"],
    ],
    "outturn show": [
        ["latest", "--json", "--on", "2028-01-01"],
        ["{run}"],
        ["latest", "--settings", "{appraisal}"],
    ],
    "travel build": [
        ["{roads}", "--mode", "car", "--minutes", "60", "--snap-limit", "400", "--json"],
        ["{roads}"],
        ["{roads}", "--gtfs", "{mine}", "--depart", "2026-06-09"],
    ],
    "travel show": [["--json"], []],
    "travel compare": [["latest", "latest", "--out", "{folder}/zones.xlsx"], ["{run}", "latest", "--json"]],
    "travel forget": [["--mode", "car", "--method", "table"]],
    "travel check": [["{roads}", "--json"], []],
    "member list": [["--json"], []],
    "member add": [["alf", "--role", "administrator"], ["eve", "--role", "editor", "--organisation", "N"]],
    "member remove": [["nora"]],
    "downgrade": [["0002"], ["nothing", "--lose-data"]],
}
ALWAYS = {"--database"}
NO_REGISTER = {"synth", "demo"}  # they make a place of their own


def commands() -> dict[str, set[str]]:
    """The names of all commands of the program, those of groups too, each with its options."""

    def walk(command: Any, name: str) -> Iterator[tuple[str, set[str]]]:
        if isinstance(command, TyperGroup):
            for part, child in command.commands.items():
                yield from walk(child, f"{name} {part}".strip())
        else:
            yield name, {word for given in command.params for word in given.opts if word.startswith("--")}

    return dict(walk(typer.main.get_command(program), ""))


def test_the_canary_flies_into_every_command_with_every_option() -> None:
    tried = {command: {word for line in lines for word in line} for command, lines in RECIPES.items()}

    assert set(commands()) - NO_REGISTER == set(RECIPES)
    assert {command: options - ALWAYS - tried.get(command, options) for command, options in commands().items()
            if command not in NO_REGISTER} == {command: set() for command in RECIPES}  # fmt: skip


@pytest.mark.parametrize("member", ["alf", "eve", "nora"])
def test_no_command_gives_a_partners_canary_away(
    url: str, member: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outputs, messages and bytes of files, archives unpacked. Nora, whose it is, proves that the net holds."""
    monkeypatch.chdir(tmp_path)
    places = {"folder": str(tmp_path), "out": str(tmp_path / "out"), **_scenarios(tmp_path)}
    places |= _baits(tmp_path)
    places["run"] = _administrators_work(url, tmp_path)
    said = []
    for command, lines in RECIPES.items():
        for words in lines:
            line = [*command.split(), *(word.format(**places) for word in words)]
            line += ["--database", url] if "--database" in commands()[command] else []
            said.append(_said(["--as", member, *line]))

    files = dict(_files(tmp_path))
    found = caught("\n".join(said)) + [word for text in files.values() for word in caught(text)]
    if member == "nora":
        assert caught("\n".join(said))
        for name in ("all.gpkg", "all.xlsx", "template.xlsx", "tables/valuation.csv"):
            assert caught("".join(text for path, text in files.items() if path.startswith(name))), name
    else:
        assert found == []
    written = {"out/map.html", "out/plan.xlsx", "all.gpkg", "all.xlsx", "template.xlsx", "check.xlsx", "mine.yaml",
               "nearest.yaml", "tables/valuation.csv"}  # fmt: skip
    assert {name for name in written if not (tmp_path / name).exists()} == set()
    assert not (tmp_path / "annas").exists()
    with opened(url, "anna") as register:  # nobody but her may take members away or the register down
        assert {row["id"]: row["role"] for row in register.rows("member")} == {k: v[0] for k, v in MEMBERS.items()}


def _baits(folder: Path) -> dict[str, str]:
    """Files that a partner might import to learn of what is not theirs."""
    header = "id,property_id,basis,value_gbp\n"
    files = {
        "mine": ("valuation.csv", f"{header}hall-value-2,hall,market,1\nhall-value-3,hall,guess,1\n"),
        "theirs": ("theirs/valuation.csv", f"{header}{VALUATION['id']},clinic,market,1\nx,clinic,guess,1\n"),
        "annas": ("more/valuation.csv", f"{header}clinic-secret,hall,market,2\n"),
        "theirs_lease": ("theirs/lease.csv", "id,property_id,direction,rent_gbp_per_year\nz,depot,in,1\n"),
        "matches": ("matches.csv", "record,property_id\nhall,hall\n"),
        "brand": ("brand.yaml", "name: A place\n"),
        "appraisal": ("appraisal.yaml", "inflation_per_year: 0.03\n"),
        "happened": ("happened.csv", "property_id,price_gbp\nhall,7\nclinic,8\n"),
    }
    for name, text in files.values():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    pd.DataFrame({"id": ["b"], "property_id": ["hall"], "basis": ["market"], "value_gbp": [1]}).to_excel(
        folder / "book.xlsx", sheet_name="valuation", index=False
    )
    roads = write_pbf(
        folder / "roads.osm.pbf", {1: (0.0, 0.0), 2: (10.0, 0.0)}, [((1, 2), {"highway": "primary"})]
    )
    named = {key: str(folder / name) for key, (name, _) in files.items()}
    return {**named, "book": str(folder / "book.xlsx"), "roads": str(roads)}


def _administrators_work(url: str, folder: Path) -> str:
    """A run and refused rows of an administrator, which lie there to be found. Gives the id of the run."""
    refused = folder / "annas" / "valuation.csv"
    refused.parent.mkdir()
    refused.write_text(f"id,property_id,basis,value_gbp\n{CANARY}9,depot,guess,{CANARY_GBP:.0f}\n")
    with opened(url, "anna") as register:
        assert [result.rejected for result in import_files(register, [refused])] == [1]
        run = pipeline.plan(register, asked(solver={"seconds": 5.0, "gap": 0.0, "threads": 1}))
    refused.unlink()
    refused.parent.rmdir()
    return run.id


def _scenarios(folder: Path) -> dict[str, str]:
    """One that has a plan, and one that asks for more than any saves."""
    solver = {"seconds": 5.0, "gap": 0.0, "threads": 1}
    wanted = {
        "scenario": asked(solver=solver),
        "impossible": asked(solver=solver, goals={"least_saving_gbp_per_year": 9e8}),
    }
    for name, scenario in wanted.items():
        (folder / f"{name}.yaml").write_text(scenario.to_yaml())
    return {name: str(folder / f"{name}.yaml") for name in wanted}


def _said(line: list[str]) -> str:
    """What a command prints, and what it says as it fails: the message of its error included."""
    result = CliRunner().invoke(program, line)
    assert result.exception is None or isinstance(result.exception, InputError | SystemExit), result.exception
    assert "Usage:" not in result.output, result.output  # or nothing would have been tried
    return f"{result.output}\n{result.exception or ''}"


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file as text by its path, the parts of archives (Excel) and the rows of GeoPackages too.

    The register itself stays shut.
    """
    for path in folder.rglob("*"):
        name = str(path.relative_to(folder))
        if not path.is_file() or name.startswith("register.db"):
            continue
        content = path.read_bytes()
        yield name, content.decode("utf-8", "replace")
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                for part in archive.namelist():
                    yield f"{name}/{part}", archive.read(part).decode("utf-8", "replace")
        if content.startswith(b"SQLite format 3"):
            with closing(sqlite3.connect(path)) as database:
                tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
                rows = [database.execute(f'SELECT * FROM "{table}"').fetchall() for (table,) in tables]
            yield f"{name}/rows", str(rows)


def test_the_net_of_the_canary_test_holds(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("part.xml", json.dumps({"gbp": CANARY_GBP}))
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as database:
        database.execute("CREATE TABLE t (gbp REAL)")
        database.execute("INSERT INTO t VALUES (?)", (CANARY_GBP,))
        database.commit()

    assert {name for name, text in _files(tmp_path) if caught(text)} == {"a.xlsx/part.xml", "a.gpkg/rows"}
