"""Notices what changes in an SQLite register without this program: damage to the file, and other tools.

A value with a bit flipped is still a value, so SQLite's own checks pass it. The table `seal` holds a digest of
every row of every table, and of the statements that made the tables. Triggers blank the digest of a row as it
changes, whoever changes it; this program fills in those of its own transaction at its end. So a row that does not
match its digest is damaged, and one whose digest is blank was changed by another tool (see docs/decisions/0009).

PostgreSQL keeps checksums of its own and knows who changes what: there all of this does nothing.
"""

import hashlib
import itertools
import marshal
import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa

from estate.access import ALL, SEE, check_administrator, scope_of
from estate.dictionary import REGISTER_TABLES
from estate.frames import ROWS_AT_HAND, Columns
from estate.problems import InputError, Problem
from estate.tables import metadata

RESTORE = "Restore it from a backup, or make a new register with 'estate init' and import the files again"
_ACCEPT = "Look at it; if you trust it, an administrator runs 'estate check --accept'"
_SCHEMA = "sqlite_master"
_ROWS_A_PART = 5_000
_SHOWN = 20
_OUTSIDE = b""  # in place of a digest: another tool changed the row, and nobody has accepted that yet


Row = tuple[Any, ...]  # of an SQLite file, as it is stored


@dataclass(frozen=True)
class Broken:
    """A row that is not as this program left it. `outside`: another tool changed it; else the file is damaged."""

    table: str
    record_id: str
    outside: bool


def install(connection: sa.Connection) -> None:
    """Make the triggers and seal every row as it is: after a migration, whose changes are this program's own."""
    if not _kept(connection):
        return
    raw = _cursor(connection)
    for table in _tables(connection):
        for statement in _triggers(table):
            raw.execute(statement)
    _seal_all(connection)


def begin(connection: sa.Connection) -> None:
    """At the start of a transaction that writes: what is blank already is not of its making."""
    if _kept(connection):
        _cursor(connection).execute("UPDATE seal SET digest = ? WHERE digest IS NULL", (_OUTSIDE,))


def finish(connection: sa.Connection) -> None:
    """At its end: seal the rows that it changed, and forget those that it took out."""
    if not _kept(connection):
        return
    raw = _cursor(connection)
    touched = [table for (table,) in raw.execute('SELECT DISTINCT "table" FROM seal WHERE digest IS NULL')]
    for table in touched:
        blank = f"""SELECT source.* FROM seal JOIN "{table}" source ON source.id = seal.id
            WHERE seal."table" = '{table}' AND seal.digest IS NULL LIMIT {_ROWS_A_PART}"""  # noqa: S608 - our own names
        while rows := list(_rows(connection, blank)):
            sealed = [(_digest(row), table, _text(row[0])) for row in rows]
            raw.executemany('UPDATE seal SET digest = ? WHERE "table" = ? AND id = ?', sealed)
    raw.execute("DELETE FROM seal WHERE digest IS NULL")


def accept(connection: sa.Connection) -> list[Broken]:
    """Seal everything as it is, whoever made it so, and give what was not. For administrators."""
    if not _kept(connection):
        return []
    check_administrator(connection, "accept what another tool changed")
    _check_pages(connection)
    accepted = find(connection)
    _seal_all(connection)
    return accepted


def _seal_all(connection: sa.Connection) -> None:
    raw, tables = _cursor(connection), _tables(connection)
    raw.execute("DELETE FROM seal")
    with _texts_as(connection, _any_text):
        for table in (_SCHEMA, *tables):
            rows = _cursor(connection).execute(f"SELECT * FROM {_source(table)}")  # noqa: S608 - our own names
            raw.executemany("INSERT INTO seal VALUES (?, ?, ?)", ((table, _text(r[0]), _digest(r)) for r in rows))


def check(connection: sa.Connection, wanted: Collection[str] = ()) -> dict[str, Columns]:
    """Raise InputError, naming the rows, where the register is not as this program left it.

    Every row is read for that; the columns of the wanted tables are given, so that nobody need read them again.
    They stand beneath the rules of who sees what. Nothing is given of a store that keeps no seals.
    """
    if not _kept(connection):
        return {}
    with _pages_checked(connection):
        found, read = _find(connection, wanted)
    problems = [_problem(broken, scope_of(connection).name == ALL) for broken in found[:_SHOWN]]
    if len(found) > _SHOWN:
        reason = f"{len(found) - _SHOWN:,} more rows are not as they were left"
        problems.append(Problem(_shown(connection), reason, "Begin with those above"))
    if problems:
        raise InputError(problems)
    return read


@contextmanager
def _pages_checked(connection: sa.Connection) -> Iterator[None]:
    """Raise InputError at the end if the pages are damaged, whatever else was found.

    Where nobody writes, SQLite looks at them on a connection of its own, beside what the block does.
    """
    file = str(_raw(connection).execute("PRAGMA database_list").fetchone()[2])  # blank for one in memory
    if connection.get_execution_options().get("writes") or not file:
        _check_pages(connection)
        yield
        return
    with ThreadPoolExecutor(1) as aside:
        damage = aside.submit(_damage_in, file)
        try:
            yield
        finally:
            found = damage.result()
            _check_pages(connection) if found is None else _refuse(connection, found)


def _check_pages(connection: sa.Connection) -> None:
    _refuse(connection, _damage(_raw(connection)))


def _damage_in(file: str) -> str | None:
    """As `_damage`; None where no second reader is let in, since a writer waits for the first one to finish."""
    address = f"{Path(file).as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=0, isolation_level=None)) as own:
        try:
            own.execute("BEGIN")
            own.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            return None
        return _damage(own)


def _damage(raw: sqlite3.Connection) -> str:
    """What SQLite itself can tell: of pages, and of indexes against their tables. Blank where all is well."""
    try:
        found = str(raw.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except (sqlite3.DatabaseError, UnicodeDecodeError) as fault:
        found = str(fault)
    return "" if found == "ok" else found


def _refuse(connection: sa.Connection, damage: str) -> None:
    if damage:
        reason = f"the file is damaged ({damage.strip().splitlines()[-1]})"
        raise InputError.of(_shown(connection), reason, RESTORE)


def _shown(connection: sa.Connection) -> str:
    return connection.engine.url.render_as_string(hide_password=True)


def find(connection: sa.Connection) -> list[Broken]:
    """Every row that is not as this program left it; rows that are gone too."""
    return _find(connection)[0] if _kept(connection) else []


def _find(connection: sa.Connection, wanted: Collection[str] = ()) -> tuple[list[Broken], dict[str, Columns]]:
    """The same, and what was read of the wanted tables."""
    found: list[Broken] = []
    read: dict[str, Columns] = {}
    for table in (_SCHEMA, *_tables(connection)):
        source = _source(table)
        seal = "CASE WHEN seal.id IS NULL THEN 0 ELSE coalesce(seal.digest, x'') END"  # 0 for a row without one
        standing = f"""SELECT source.*, {seal} AS seal FROM {source} source
            LEFT JOIN seal ON seal."table" = '{table}' AND seal.id = source.id"""  # noqa: S608 - our own names
        names = [each[0] for each in _cursor(connection).execute(f"{standing} LIMIT 0").description]
        if table in wanted:
            read[table] = Columns(table)
        for rows in _parts(connection, standing, ROWS_AT_HAND if table in REGISTER_TABLES else 1):
            found += _broken(table, rows)
            if table in wanted and not found:  # what is damaged may be of no type that a column has
                read[table].add(names, rows)
        found += _gone(connection, table)
    return found, read


def _broken(table: str, rows: Iterable[Row]) -> Iterator[Broken]:
    """Of rows of a table, each with its seal as the last value."""
    for row in rows:
        sealed, stored = row[-1], row[:-1]
        if sealed != _digest(stored) and sealed != _first_digest(stored):
            yield Broken(table, _text(row[0]), sealed == _OUTSIDE)


def _gone(connection: sa.Connection, table: str) -> Iterator[Broken]:
    """Seals of rows that are there no longer."""
    gone = f"""SELECT id, coalesce(digest, x'') FROM seal
        WHERE "table" = '{table}' AND id NOT IN (SELECT id FROM {_source(table)})"""  # noqa: S608 - our own names
    for key, sealed in _rows(connection, gone):
        yield Broken(table, _text(key), sealed == _OUTSIDE)


def _tables(connection: sa.Connection) -> list[str]:
    """Ours; one of another version has not all of them."""
    there = {
        name for (name,) in _cursor(connection).execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    return [table for table in metadata.tables if table in there]


def _source(table: str) -> str:
    """A table as SQL after FROM; its first column is `id`. The statements that made ours are one table more."""
    if table != _SCHEMA:
        return f'"{table}"'
    ours = ", ".join(f"'{name}'" for name in (*metadata.tables, "seal"))
    columns = "name AS id, type, tbl_name, sql"
    return f"(SELECT {columns} FROM sqlite_master WHERE tbl_name IN ({ours}))"  # noqa: S608 - our own names


def _digest(row: Row) -> bytes:
    # This form of Python's keeps numbers to the last bit and texts apart from other bytes, and stays as it is:
    # later forms have numbers of their own. It takes a tenth of the time that text would.
    return hashlib.blake2b(marshal.dumps(row, 2), digest_size=8).digest()


def _first_digest(row: Row) -> bytes:
    """As the first program that sealed rows did it; they keep that seal until they change."""
    told = tuple(bytearray(_bytes(value)) if isinstance(value, str) else value for value in row)
    return hashlib.blake2b(repr(told).encode(), digest_size=8).digest()


def _any_text(stored: bytes) -> str:
    """Damage may leave what is no text: its bytes then stand as halves of characters."""
    return stored.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _text(key: Any) -> str:
    """An id as text; what damage made of it too."""
    known = _bytes(key) if isinstance(key, str) else key
    return known.decode("utf-8", "replace") if isinstance(known, bytes) else str(known)


def _triggers(table: str) -> Iterator[str]:
    """Plain statements, which an outer ON CONFLICT cannot turn off and every tool can run."""
    drop = f"DELETE FROM seal WHERE \"table\" = '{table}' AND id = {{0}}.id;"  # noqa: S608 - a name of our own
    blank = f"INSERT INTO seal VALUES ('{table}', {{0}}.id, NULL);"  # noqa: S608
    new = drop.format("NEW") + blank.format("NEW")
    old = drop.format("OLD") + blank.format("OLD")
    for verb, body in {"insert": new, "update": old + new, "delete": old}.items():
        yield f'DROP TRIGGER IF EXISTS "seal_{table}_{verb}"'
        yield f'CREATE TRIGGER "seal_{table}_{verb}" AFTER {verb.upper()} ON "{table}" BEGIN {body} END'


def _problem(broken: Broken, may_see: bool) -> Problem:
    hidden = broken.table in SEE and not may_see  # an id can tell a figure
    record = f"{broken.table} {'(a row that is not shown to you)' if hidden else broken.record_id}"
    if broken.table == _SCHEMA:
        reason = "this part of the database is not as it was made: another tool changed it, or the file is damaged"
        return Problem(
            f"the register's {broken.record_id}", reason, f"{_ACCEPT}. If not: {RESTORE[0].lower()}{RESTORE[1:]}"
        )
    if broken.outside:
        return Problem(record, "another program than estate changed it, put it in or took it out", _ACCEPT)
    return Problem(record, "the register's file is damaged: this row is not as it was written", RESTORE)


def _kept(connection: sa.Connection) -> bool:
    """Whether this store keeps seals: SQLite, since version 0004."""
    if connection.dialect.name != "sqlite":
        return False
    there = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'seal'"
    return bool(_cursor(connection).execute(there).fetchone()[0])


def _raw(connection: sa.Connection) -> sqlite3.Connection:
    """Beneath the rules of who sees what: a seal is checked whoever asks."""
    return cast(sqlite3.Connection, connection.connection.dbapi_connection)


def _cursor(connection: sa.Connection) -> sqlite3.Cursor:
    return _raw(connection).cursor()


def _rows(connection: sa.Connection, statement: str) -> Iterator[Row]:
    """What it finds, row by row, values as they are stored."""
    return itertools.chain.from_iterable(_parts(connection, statement, 1))


def _parts(connection: sa.Connection, statement: str, rows: int) -> Iterator[list[Row]]:
    """The same, so many rows at a time."""
    done, found = 0, _cursor(connection).execute(statement)
    try:
        while part := found.fetchmany(rows):
            yield part
            done += len(part)
    except sqlite3.OperationalError:  # a text that is none
        with _texts_as(connection, _any_text):
            left = itertools.islice(_cursor(connection).execute(statement), done, None)
            while part := list(itertools.islice(left, rows)):
                yield part


@contextmanager
def _texts_as(connection: sa.Connection, kind: Callable[[bytes], str]) -> Iterator[None]:
    raw = _raw(connection)
    before, raw.text_factory = raw.text_factory, kind
    try:
        yield
    finally:
        raw.text_factory = before
