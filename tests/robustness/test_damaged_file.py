"""An SQLite register whose file is damaged, or changed by another tool, never gives other figures in silence."""

import hashlib
import random
import sqlite3
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import app.cli  # noqa: F401 - its import puts every command on the program
from app import pipeline
from app.shell import app as program
from estate import access, export, seals, snapshot
from estate.database import Register, write
from estate.importers import import_files
from estate.problems import InputError
from estate.synthetic import generate
from estate.tables import metadata
from tests.support.rows import fill

FLIPS = 200


@contextmanager
def opened(file: Path, member: str | None = None) -> Iterator[Register]:
    register = Register.open(f"sqlite:///{file}", member)
    try:
        yield register
    finally:
        register.close()


def check(file: Path, member: str | None = None) -> None:
    with opened(file, member) as register, register.reading() as connection:
        seals.check(connection)


def other_tool(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as tool:
        for statement in statements:
            tool.execute(statement)
        tool.commit()


def figures(register: Register) -> dict[str, list[dict[str, Any]]]:
    return {
        table: [{name: str(value) for name, value in row.items()} for row in register.rows(table)]
        for table in metadata.tables
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = Register.create(f"sqlite:///{tmp_path / 'register.db'}")
    with made.transaction() as connection:
        fill(connection)
    made.close()
    return tmp_path / "register.db"


@pytest.mark.slow
def test_no_flipped_bit_gives_other_figures_in_silence(tmp_path: Path) -> None:
    """Each register with one bit flipped is refused as it opens, or by the check, or reads the same."""
    place, whole = tmp_path / "place", tmp_path / "whole.db"
    generate(40, 4, 20, seed=5).write(place)
    with closing(Register.create(f"sqlite:///{whole}")) as register:
        import_files(register, [place])
        snapshot.take(register)
        expected = figures(register)
    content, dice = whole.read_bytes(), random.Random(FLIPS)
    ends = {"refused": 0, "the same": 0}
    for _ in range(FLIPS):
        flipped = bytearray(content)
        place_of_bit = dice.randrange(len(content) * 8)
        flipped[place_of_bit // 8] ^= 1 << place_of_bit % 8
        damaged = tmp_path / "damaged.db"
        damaged.write_bytes(flipped)
        try:
            check(damaged)
        except InputError:
            ends["refused"] += 1
            continue
        with opened(damaged) as register:
            assert figures(register) == expected, f"bit {place_of_bit}"
        ends["the same"] += 1

    assert ends["refused"] > FLIPS / 5  # most of a small file is empty


def flip(file: Path, figure: float) -> None:
    """Flip the lowest bit of the one place in the file where the figure stands."""
    content, stored = file.read_bytes(), struct.pack(">d", figure)
    assert content.count(stored) == 1
    file.write_bytes(content.replace(stored, stored[:-1] + bytes([stored[-1] ^ 1])))


def test_a_flipped_figure_stops_plans_imports_and_exports_and_names_the_row(file: Path, tmp_path: Path) -> None:
    flip(file, 1234.5)
    new = tmp_path / "organisation.csv"
    new.write_text("id,name\nac,Ambridge\n")

    with opened(file) as register:
        for step in (
            lambda: snapshot.take(register),
            lambda: import_files(register, [new]),
            lambda: export.write(register, tmp_path / "out.gpkg"),
            lambda: pipeline.load(register, "latest"),
        ):
            with pytest.raises(InputError, match=r"property ac-1: the register's file is damaged") as refused:
                step()
            assert "Restore it from a backup, or make a new register" in str(refused.value)
        assert register.rows("organisation")[0]["name"] == "Ambridge Council"
    assert not (tmp_path / "out.gpkg").exists()


def test_an_update_of_other_columns_never_seals_the_damage(file: Path) -> None:
    """An outside change stays one too, whatever this program writes meanwhile."""
    other_tool(file, "UPDATE valuation SET value_gbp = 5 WHERE id = 'v1'")
    with opened(file) as register, register.transaction() as connection:
        write(connection, "service", [{"id": "library", "minutes": 15.0}])
        access.add(connection, "anna", "administrator")

    with pytest.raises(InputError, match="valuation v1: another program than estate changed it"):
        check(file, "anna")


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("UPDATE property SET floor_area_m2 = 99 WHERE id = 'ac-1'", "property ac-1"),
        ("UPDATE OR IGNORE property SET id = 'ac-9' WHERE id = 'AC-3'", "property ac-9"),
        ("UPDATE OR IGNORE property SET id = 'ac-9' WHERE id = 'AC-3'", "property AC-3"),
        ("DELETE FROM space", "space ac-1-desks"),
        ("INSERT INTO organisation (id, name) VALUES ('x', 'X')", "organisation x"),
        ("INSERT OR REPLACE INTO organisation (id, name) VALUES ('ac', 'X')", "organisation ac"),
        ("INSERT OR IGNORE INTO organisation (id, name) VALUES ('y', 'Y')", "organisation y"),
        ("UPDATE member SET role = 'administrator'", ""),
    ],
)
def test_what_another_tool_changed_is_said_and_can_be_accepted(file: Path, statement: str, named: str) -> None:
    other_tool(file, statement)
    if not named:  # nothing was changed
        check(file)
        return

    with pytest.raises(
        InputError, match=f"{named}: another program than estate changed it.* 'estate check --accept'"
    ):
        check(file)
    said = CliRunner().invoke(program, ["check", "--accept", "--json", "--database", f"sqlite:///{file}"])
    assert said.exit_code == 0
    assert f"Accepted: {named}" in said.stderr
    check(file)


@pytest.mark.parametrize("value", ["floor_area_m2 = 'large'", "effective_date = 'soon'", "geometry = x'00'"])
def test_a_value_of_another_kind_is_named_before_a_snapshot_stumbles_over_it(file: Path, value: str) -> None:
    other_tool(file, f"UPDATE property SET {value} WHERE id = 'ac-1'")
    with opened(file) as register, pytest.raises(InputError, match="property ac-1: another program than estate"):
        snapshot.take(register)


def test_a_changed_definition_is_found(file: Path) -> None:
    """Without its trigger a table could be changed unseen; a view of the user's own is nobody's business."""
    other_tool(file, "CREATE VIEW mine AS SELECT 1")
    check(file)
    other_tool(file, "DROP TRIGGER seal_property_update")

    with pytest.raises(InputError, match="the register's seal_property_update: this part of the database is not"):
        check(file)


def test_a_partner_learns_of_the_damage_but_not_of_the_row(file: Path) -> None:
    with opened(file) as register, register.transaction() as connection:
        access.add(connection, "anna", "administrator")
        access.add(connection, "eve", "viewer")
    other_tool(file, "UPDATE valuation SET value_gbp = 5 WHERE id = 'v1'")

    with pytest.raises(InputError, match="valuation v1"):
        check(file, "anna")
    with pytest.raises(InputError, match=r"valuation \(a row that is not shown to you\)"):
        check(file, "eve")
    with (
        opened(file, "eve") as register,
        pytest.raises(InputError, match="only administrators accept"),
        register.transaction() as connection,
    ):
        seals.accept(connection)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.99])
@pytest.mark.parametrize("way_in", [Register.open, Register.create])
def test_a_file_cut_short_is_refused_unchanged_with_what_to_do(file: Path, share: float, way_in: Any) -> None:
    cut = file.read_bytes()[: int(file.stat().st_size * share)]
    file.write_bytes(cut)
    if not cut and way_in == Register.create:  # 'estate init' may fill an empty file: it was told to
        return

    with pytest.raises(InputError, match=r"damaged|cannot be used|is empty") as refused:
        way_in(f"sqlite:///{file}")

    assert "backup" in str(refused.value)
    assert file.read_bytes() == cut


def test_seals_of_the_first_form_hold_and_still_tell_damage(file: Path) -> None:
    with closing(sqlite3.connect(file)) as tool:
        for table in ("site", "property", "snapshot"):
            for row in tool.execute(f'SELECT * FROM "{table}"').fetchall():
                told = tuple(bytearray(value.encode()) if isinstance(value, str) else value for value in row)
                digest = hashlib.blake2b(repr(told).encode(), digest_size=8).digest()
                tool.execute('UPDATE seal SET digest = ? WHERE "table" = ? AND id = ?', (digest, table, row[0]))
        tool.commit()
    check(file)
    flip(file, 1234.5)
    with pytest.raises(InputError, match=r"property ac-1: the register's file is damaged"):
        check(file)


def test_a_seal_is_the_same_in_every_version_of_python() -> None:
    row = ("p1", None, 7, -3, 2**40, 0.1, "Café Ø", b"\x00\xff", "")
    assert seals._digest(row).hex() == "5cbf32656483cc98"


def test_a_writer_that_waits_for_the_reader_is_no_damage(file: Path) -> None:
    """SQLite lets no second reader in then; the check must not take that for a fault, nor wait for it."""
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as writer, opened(file) as register:
        with register.reading() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM seal").scalar()
            writer.execute("BEGIN IMMEDIATE")
            writer.execute("UPDATE alembic_version SET version_num = version_num")
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                writer.execute("COMMIT")  # from now on it holds the door
            seals.check(connection)
        writer.execute("ROLLBACK")
