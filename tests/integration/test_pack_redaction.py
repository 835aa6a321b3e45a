"""A pack for the public or for one partner is made from what they may see: no confidential figure in any byte."""

import io
import json
import random
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pypdf
import pytest

from app import pack, pipeline, studies
from estate import access, estimates, fills, redact, snapshot
from estate.access import Scope
from estate.database import Register, write
from estate.dictionary import REGISTER_TABLES
from estate.frames import frame_of
from estate.problems import InputError
from optimiser.reprice import lifted
from tests.support import planned_place
from tests.support.tiny_place import ROWS, asked

CANARY_GBP = 7_318_527.0
WORDS = ("tweety", "7318527", "7,318,527", "7.318527", "7318.5", "£7.32 million", "2029-09-19", "2031-07-17")
SCOPES = {
    "public": Scope(role="viewer"), "A": Scope(role="viewer", organisation_id="A"),
    "N": Scope(role="viewer", organisation_id="N"),
}  # fmt: skip
VALUATION = {
    "id": "tweety-v", "property_id": "clinic", "basis": "market", "value_gbp": CANARY_GBP, "low_gbp": CANARY_GBP,
    "high_gbp": CANARY_GBP, "confidential": True,
}  # fmt: skip
LEASE = {
    "id": "tweety-l", "property_id": "depot", "direction": "in", "rent_gbp_per_year": CANARY_GBP,
    "exit_cost_gbp": CANARY_GBP, "start_date": date(2020, 4, 1), "break_dates": "2029-09-19",
    "expiry_date": date(2031, 7, 17), "confidential": True,
}  # fmt: skip


def register_at(url: str) -> Register:
    """The tiny place, in which the NHS body N keeps the clinic's one value and the depot's lease to itself."""
    made = Register.create(url)
    rows = {**ROWS, "lease": [LEASE]}
    rows["valuation"] = [row for row in ROWS["valuation"] if row["property_id"] != "clinic"] + [VALUATION]
    with made.transaction() as connection:
        for table in REGISTER_TABLES:
            write(connection, table, rows.get(table, []))
    return made


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Register, list[str]]]:
    """Two runs on everybody's figures, with a study that tells one."""
    solver = {"seconds": 20.0, "gap": 0.0, "threads": 1}
    leave = {"leave": ["clinic"]}
    with closing(register_at(f"sqlite:///{tmp_path_factory.mktemp('register') / 'register.db'}")) as register:
        kept = []
        for scenario in (
            asked(name="Cheapest", solver=solver, pins=leave, goals={"least_receipts_gbp": 7_000_000.0}),
            asked(name="Keep the hall", solver=solver, pins={**leave, "keep": ["hall"]}),
        ):
            run = pipeline.plan(register, scenario)
            assert run.plan.figures
            studies.keep(register, run.id, studies.KINDS[0], {"worth_gbp": CANARY_GBP, "who": "tweety"})
            kept.append(run.id)
        yield register, kept


def texts(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """The bytes as text, the parts of archives and of those in them, the rows of databases, the text of paper."""
    yield name, content.decode("utf-8", "replace")
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for part in archive.namelist():
                yield from texts(f"{name}/{part}", archive.read(part))
    if content.startswith(b"SQLite format 3"):
        database = sqlite3.connect(":memory:")
        database.deserialize(content)
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        yield f"{name}/rows", str([database.execute(f'SELECT * FROM "{table}"').fetchall() for table in tables])
        database.close()
    if content.startswith(b"%PDF"):
        paper = pypdf.PdfReader(io.BytesIO(content))
        yield f"{name}/text", "\n".join(page.extract_text() for page in paper.pages)
        yield f"{name}/about", str(paper.metadata)
        held = (
            paper.get_object(pypdf.generic.IndirectObject(n, g, paper)) for g, ns in paper.xref.items() for n in ns
        )
        streams = [one.get_data() for one in held if isinstance(one, pypdf.generic.StreamObject)]
        yield f"{name}/streams", b"\n".join(streams).decode("latin-1")


def caught(files: dict[str, Path]) -> list[tuple[str, str]]:
    return [
        (where, word)
        for name, path in files.items()
        for where, text in texts(name, path.read_bytes())
        for word in WORDS
        if word in text
    ]


@pytest.mark.browser
@pytest.mark.parametrize("reader", ["public", "A"])
def test_no_confidential_figure_is_in_any_byte_of_another_readers_pack(
    planned: tuple[Register, list[str]], reader: str, tmp_path: Path, chromium: Path
) -> None:
    assert chromium
    register, runs = planned
    files = pack.write(register, runs, tmp_path / "pack", reader=reader)
    content = json.loads(files["manifest.json"].read_text())

    assert caught(files) == []
    assert {"board.pdf", "board.pptx", "comparison.xlsx", "plan.gpkg", "option-2/workbook.xlsx"} <= set(files)
    assert content["reader"] == reader
    digests = {pipeline.load(register, run).plan.snapshot_digest for run in runs}
    assert not digests & {run["snapshot_digest"] for run in content["runs"]}
    assert not any(
        digest in text for digest in digests for f in files.values() for _, text in texts("", f.read_bytes())
    )
    page = files["board.html"].read_text()
    assert "This pack is made from what its reader may see" in page
    assert ("For the public" if reader == "public" else "For Ashby Council") in page


@pytest.mark.parametrize("reader", ["everything", "N"])
def test_the_holders_pack_has_them_which_proves_the_net(
    planned: tuple[Register, list[str]], reader: str, tmp_path: Path
) -> None:
    register, runs = planned
    files = pack.write(register, runs, tmp_path / "pack", reader=reader, pdf=False)
    found = {where.split("/")[0] for where, _ in caught(files)}

    assert {"workbook.xlsx", "plan.gpkg", "map.html", "board.html", "board.pptx"} <= found


def test_the_decisions_stay_and_estimates_stand_in(planned: tuple[Register, list[str]]) -> None:
    register, (first, _) = planned
    run = pipeline.load(register, first)
    shown = pack.case_of(register, [run], "public").main

    assert [(a.property_id, a.action, a.sold) for a in shown.plan.properties] == [
        (a.property_id, a.action, a.sold) for a in run.plan.properties
    ]
    assert [(m.team_id, m.to_property_id) for m in shown.plan.moves] == [
        (m.team_id, m.to_property_id) for m in run.plan.moves
    ]
    clinic = next(action for action in shown.plan.properties if action.property_id == "clinic")
    assert clinic.estimated
    assert 0 < clinic.receipt_gbp != CANARY_GBP
    assert (shown.plan.bound_gbp_k, shown.plan.gap) == (None, None)
    assert shown.how_good.endswith("on the figures of those who made it.")
    assert shown.studies == {}


def test_with_nothing_to_keep_the_pack_is_as_it_was(planned: tuple[Register, list[str]]) -> None:
    register, (first, _) = planned
    run = pipeline.load(register, first)

    assert pack.case_of(register, [run], "N").main.plan == run.plan
    assert redact.as_seen_by(run.snapshot, SCOPES["N"], register) is None


def test_a_reader_nobody_knows_is_refused(planned: tuple[Register, list[str]], tmp_path: Path) -> None:
    register, runs = planned
    with pytest.raises(InputError, match="the run knows no such body"):
        pack.write(register, runs, tmp_path / "pack", reader="martians", pdf=False)
    assert list(tmp_path.iterdir()) == []


def test_a_decision_that_the_reader_cannot_price_stops_the_pack(
    planned: tuple[Register, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    register, runs = planned
    monkeypatch.setattr(pack, "lifted", lambda plan, seen, scenario: _with_the_clinic_kept(plan, seen, scenario))
    with pytest.raises(InputError, match=r"property clinic \(Clinic\): nothing that this reader may see"):
        pack.write(register, runs, tmp_path / "pack", reader="public", pdf=False)


def _with_the_clinic_kept(plan: Any, seen: Any, scenario: Any) -> Any:
    return lifted(plan, seen, scenario).with_value(("scope", "exclude_properties"), ["clinic"])


@pytest.mark.parametrize("reader", SCOPES)
def test_what_another_reader_sees_is_what_they_would_have_taken(database_url: str, reader: str) -> None:
    """Snapshot and digest are those that a member of that scope takes from the register, on both stores."""
    register_at(database_url).close()
    with closing(Register.open(database_url)) as register:
        everything = snapshot.take(register)
        found = redact.as_seen_by(everything, SCOPES[reader], register) or everything
        with register.transaction() as connection:
            access.add(connection, "anna", "administrator")
            access.add(connection, "ned", "viewer", "" if reader == "public" else reader)
    with closing(Register.open(database_url, "ned")) as register:
        taken = snapshot.take(register)

    for table, frame in snapshot.frames(taken).items():
        pd.testing.assert_frame_equal(frame, snapshot.frames(found)[table])
    if reader != "N":  # who misses nothing has the snapshot of everything
        assert found.digest == taken.digest


def test_a_figure_made_confidential_since_is_left_out_too(sqlite_url: str) -> None:
    with closing(register_at(sqlite_url)) as register:
        taken = snapshot.take(register)
        with register.transaction() as connection:
            write(connection, "valuation", [{"id": "hall-value", "confidential": True}])
        seen = redact.as_seen_by(taken, SCOPES["public"], register)

    assert seen
    assert "hall-value" in taken.valuations.index
    assert "hall-value" not in seen.valuations.index


@pytest.mark.parametrize("seed", range(3))
def test_what_was_filled_can_be_taken_out_again(seed: int) -> None:
    rows = planned_place.register_rows(30, 9, 3, 4, random.Random(seed))
    for number, team in enumerate(rows["team"]):
        team |= {"fte": None, "space_amount": None} if number % 3 == 0 else {}
        team |= {"space_kind": ""} if number % 4 == 0 else {}
    rows["team"] = rows["team"][: 20 + seed]
    for held in rows["property"][::3]:
        held["floor_area_m2"] = None
    recorded = {table: frame_of(table, rows.get(table, [])) for table in REGISTER_TABLES}
    filled, log = estimates.fill(recorded)
    found = fills.removed(filled, log, estimates.WHOLE_TEAMS)

    assert len(log)
    for table in REGISTER_TABLES:
        pd.testing.assert_frame_equal(found[table].loc[recorded[table].index], recorded[table])
        assert len(found[table]) == len(recorded[table])
