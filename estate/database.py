"""The register's store: the only place that tells PostGIS from SQLite."""

import json
import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any

import pandas as pd
import shapely
import sqlalchemy as sa
from alembic.util import CommandError

from estate import access, change_log, seals, versions
from estate.dictionary import REGISTER_TABLES, columns
from estate.frames import as_objects, frame_of
from estate.geometry_column import GeometryColumn, all_plain, as_wkb
from estate.problems import InputError
from estate.tables import BOX, metadata

DEFAULT_URL = "sqlite:///estate.db"
Row = dict[str, Any]


@dataclass(frozen=True)
class Changes:
    """What writing rows to a table did, in rows."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(self.new + other.new, self.changed + other.changed, self.unchanged + other.unchanged)


class Register:
    """An open register: `create(url)` makes or upgrades one, `open(url)` expects it there."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    @classmethod
    def create(cls, url: str | None = None) -> "Register":
        """Make the register's tables, or bring older ones up to date; safe to run again."""
        engine = _engine(url)
        try:
            with engine.execution_options(writes=True).begin() as connection:
                _check_whole(connection)
                versions.upgrade(connection)
        except (*_FAULTS, CommandError) as fault:
            raise _unusable(engine, fault) from fault
        finally:
            engine.dispose()
        return cls(engine)

    @classmethod
    def open(cls, url: str | None = None, member: str | None = None) -> "Register":
        """Open a register that exists, as one of its members where it has some (see `estate.access`).

        Raises InputError when there is none, it is of another version or damaged, or the member is unknown.
        """
        engine = _engine(url)
        file = engine.url.database
        if engine.dialect.name == "sqlite" and file and file != ":memory:" and not Path(file).exists():
            raise InputError.of(file, "there is no register here", "Make one with 'estate init'")
        if engine.dialect.name == "sqlite" and file and file != ":memory:" and not Path(file).stat().st_size:
            remedy = "If it was a register, restore it from a backup; if not, make one there with 'estate init'"
            raise InputError.of(file, "the file is empty (0 bytes)", remedy)
        try:
            with engine.connect() as connection:
                _check_whole(connection)
                versions.check(_shown(engine), versions.found(connection))
                scope = access.find(connection, member)
        except _FAULTS as fault:
            raise _unusable(engine, fault) from fault
        finally:
            engine.dispose()
        access.guard(engine, scope)
        return cls(engine)

    def downgrade(self, version: str, lose_data: bool = False) -> dict[str, int]:
        """Take the tables down to an earlier version, or to `nothing`; gives the rows lost by table or column.

        Raises InputError, and changes nothing, where rows would be lost and `lose_data` does not allow it. This
        program opens the register again only once `create` has brought it up. For administrators.
        """
        url = self.engine.url.render_as_string(hide_password=False)
        with self.engine.connect() as connection:
            access.check_administrator(connection, "take the register down")
        own = _engine(url)  # the login's own powers: members have none over tables
        try:
            with own.execution_options(writes=True).begin() as connection:
                return versions.downgrade(connection, version, lose_data)
        except sa.exc.DatabaseError as fault:
            raise _unusable(own, fault) from fault
        finally:
            own.dispose()

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """All or nothing: what is written inside is kept only if the block ends without an error."""
        try:
            with self.engine.execution_options(writes=True).begin() as connection:
                seals.begin(connection)
                yield connection
                seals.finish(connection)
        except sa.exc.IntegrityError as fault:
            # A member may run into a row that they may not even see.
            if access.scope_of(connection).name == access.ALL:
                raise
            raise access.taken() from fault

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """One moment of the register: what others write meanwhile is not seen inside."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    def rows(self, table: str, **wanted: str) -> list[Row]:
        """The rows of a table whose columns equal the wanted values, sorted by id, as plain dictionaries."""
        columns_of = metadata.tables[table].c
        where = sa.and_(sa.true(), *(columns_of[name] == value for name, value in wanted.items()))
        with self.engine.connect() as connection:
            return rows_of(connection, table, where)

    def values(self, table: str, *names: str) -> list[Row]:
        """Some columns of a table, sorted by id: for tables with heavy columns."""
        source = metadata.tables[table]
        query = sa.select(*(source.c[name] for name in names)).order_by(source.c.id)
        with self.engine.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def frame(self, table: str) -> pd.DataFrame:
        """A table as a frame; see `frame_of`."""
        return frame_of(table, self.rows(table))

    def within(self, table: str, place: shapely.Geometry, distance_m: float) -> list[Row]:
        """Rows whose geometry lies within `distance_m` of `place` (EPSG:27700); the store uses its index."""
        near = _near(metadata.tables[table], place, distance_m, self.engine.dialect.name)
        with self.engine.connect() as connection:
            return rows_of(connection, table, near)


def rows_of(connection: sa.Connection, table: str, where: sa.ColumnElement[bool] | None = None) -> list[Row]:
    """The rows of a table inside a transaction, sorted by id."""
    source = metadata.tables[table].c
    placed = [name for name, column in source.items() if isinstance(column.type, GeometryColumn)]
    asked = (as_wkb(column, connection.dialect) if name in placed else column for name, column in source.items())
    query = sa.select(*asked)  # in no order: asked for one by id, SQLite would leave the index of places aside
    if where is not None:
        query = query.where(where)
    names = source.keys()
    rows = [dict(zip(names, row, strict=True)) for row in connection.execute(query).all()]
    for name in placed:
        for row, place in zip(rows, shapely.from_wkb(as_objects([row[name] for row in rows])), strict=True):
            row[name] = place
    return sorted(rows, key=lambda row: str(row["id"]))  # the stores' own collations differ


def write(connection: sa.Connection, table: str, rows: Iterable[Mapping[str, Any]]) -> Changes:
    """Insert rows, or update those whose id is there already, and count what changed.

    A row that exists keeps the columns that the new one does not name. Rows equal to what is stored are left
    alone, so that the same input twice changes nothing. What changes in a row of a register table is kept in
    the table `change` (see `estate.change_log`).
    """
    wanted = list({str(row["id"]): row for row in rows}.values())
    parts = (wanted[start : start + _ROWS_A_PART] for start in range(0, len(wanted), _ROWS_A_PART))
    return sum((_write_part(connection, table, _with_boxes(table, part)) for part in parts), Changes())


def _write_part(connection: sa.Connection, table: str, wanted: Sequence[Row]) -> Changes:
    target = metadata.tables[table]
    stored = _stored(connection, table, [str(row["id"]) for row in wanted])
    new = [{**_defaults(table), **row} for row in wanted if str(row["id"]) not in stored]
    pairs = [(stored[str(row["id"])], row) for row in wanted if str(row["id"]) in stored]
    changed = [pair for pair, alike in zip(pairs, _alike(pairs), strict=True) if not alike]
    access.check_write(connection, table, new, changed)
    if new:
        connection.execute(target.insert(), [{c.name: row.get(c.name) for c in target.columns} for row in new])
    _update(connection, target, [row for _, row in changed])
    if table in REGISTER_TABLES:
        change_log.record(connection, table, changed)
    return Changes(len(new), len(changed), len(pairs) - len(changed))


def _alike(pairs: Sequence[tuple[Row, Row]]) -> list[bool]:
    """Whether a row as stored has what the wanted one names; where either came from does not matter."""
    stood, wanted = (as_objects([pair[side].get("geometry") for pair in pairs]) for side in (0, 1))
    in_place = shapely.equals_identical(stood, wanted) | (shapely.is_missing(stood) & shapely.is_missing(wanted))
    return [
        ("geometry" not in new or stays) and _compared(tuple(new))(old) == _compared(tuple(new))(new)
        for (old, new), stays in zip(pairs, in_place.tolist(), strict=True)
    ]


@cache
def _compared(names: tuple[str, ...]) -> Callable[[Row], Any]:
    """Takes the values out of a row that `_alike` compares as they are."""
    return itemgetter(*(name for name in names if name not in _PROVENANCE and name != "geometry"))


def _update(connection: sa.Connection, target: sa.Table, rows: Sequence[Row]) -> None:
    """Write the columns that each row names, rows that name the same columns together."""
    alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        alike[tuple(row)].append({f"new_{name}": value for name, value in row.items()})
    for names, values in alike.items():
        named: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in names if name != "id"}
        connection.execute(target.update().where(target.c.id == sa.bindparam("new_id")).values(named), values)


_PROVENANCE = {"import_batch_id", "source_row"}
_ROWS_A_PART = 5_000  # copies of a large register's rows would fill the memory


def _stored(connection: sa.Connection, table: str, ids: Sequence[str]) -> dict[str, Row]:
    """The rows that are there already of those asked for, by id. The ids are one bound value."""
    each: sa.ColumnElement[str]
    if connection.dialect.name == "postgresql":
        each = sa.func.unnest(sa.bindparam("ids", list(ids), sa.ARRAY(sa.Text))).column_valued()
    else:
        each = sa.func.json_each(json.dumps(list(ids))).table_valued("value").c.value
    found = rows_of(connection, table, metadata.tables[table].c.id.in_(sa.select(each)))
    return {str(row["id"]): row for row in found}


def _defaults(table: str) -> Row:
    return {column.name: column.parse(None, "") for column in columns(table) if column.default}


def _with_boxes(table: str, rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Rows with each geometry as `all_plain` makes it and its bounding box in the columns that hold it."""
    if BOX[0] not in metadata.tables[table].c:
        return [dict(row) for row in rows]
    places = all_plain(as_objects([row.get("geometry") for row in rows]))
    bounds = shapely.bounds(places).astype(object)
    bounds[shapely.is_missing(places)] = None
    return [
        {**row, "geometry": place, **dict(zip(BOX, box, strict=True))} if "geometry" in row else dict(row)
        for row, place, box in zip(rows, places.tolist(), bounds.tolist(), strict=True)
    ]


def _near(table: sa.Table, place: shapely.Geometry, distance_m: float, dialect: str) -> sa.ColumnElement[bool]:
    if dialect == "postgresql":
        return sa.func.ST_DWithin(
            table.c.geometry, sa.bindparam("place", place, type_=table.c.geometry.type), distance_m
        )
    west, south, east, north = place.bounds
    box = sa.and_(
        table.c.min_easting_m <= east + distance_m,
        table.c.max_easting_m >= west - distance_m,
        table.c.min_northing_m <= north + distance_m,
        table.c.max_northing_m >= south - distance_m,
    )
    exact = sa.func.estate_within(table.c.geometry, shapely.to_wkb(place), distance_m)
    return sa.and_(box, exact == 1)


def _engine(url: str | None) -> sa.Engine:
    text = url or os.environ.get("ESTATE_DATABASE_URL") or DEFAULT_URL
    try:
        parsed = sa.make_url(text)
    except sa.exc.ArgumentError:
        raise InputError.of(
            "--database",
            "it is not a database address",
            "Give one such as sqlite:///estate.db or postgresql://user@host/name",
        ) from None
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
        raise InputError.of(
            "--database",
            f"{parsed.get_backend_name()} is not supported",
            "Use SQLite or PostgreSQL with PostGIS",
        )
    engine = sa.create_engine(parsed)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # Python would leave table changes and reads outside the transaction
    connection.execute("PRAGMA foreign_keys=ON")
    connection.create_function("estate_within", 3, _sqlite_within, deterministic=True)


def _begin_sqlite(connection: sa.Connection) -> None:
    # Two writers queue from the start; else the second would fail at its first write.
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _sqlite_within(geometry: bytes | None, place: bytes, distance_m: float) -> int:
    if geometry is None:
        return 0
    return int(shapely.dwithin(shapely.from_wkb(geometry), shapely.from_wkb(place), distance_m))


def _shown(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _check_whole(connection: sa.Connection) -> None:
    """Refuse an SQLite file that was cut short or scribbled over; PostgreSQL looks after its own.

    A changed figure inside a row is still a figure: `seals.check` finds that, this does not.
    """
    if connection.dialect.name != "sqlite":
        return
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if found != "ok":
        reason = f"the file is damaged ({str(found).strip().splitlines()[-1]})"
        raise InputError.of(_shown(connection.engine), reason, seals.RESTORE)


_FAULTS = (sa.exc.DatabaseError, UnicodeDecodeError)  # the second from SQLite's own words on a damaged name


def _unusable(engine: sa.Engine, fault: sa.exc.DatabaseError | CommandError | UnicodeDecodeError) -> InputError:
    if isinstance(fault, CommandError):
        return versions.too_new(_shown(engine))
    if isinstance(fault, UnicodeDecodeError):
        return InputError.of(_shown(engine), "the file is damaged (a name in it is no text)", seals.RESTORE)
    reason = str(fault.orig).strip().splitlines()[0] if fault.orig else str(fault)
    remedy = "Check the address, that the server runs and that PostGIS is installed there"
    if "malformed" in reason:
        remedy = seals.RESTORE
    elif "to create extension" in reason:
        remedy = "Ask the server's administrator to run 'CREATE EXTENSION postgis' in this database"
    elif "must be owner" in reason:
        remedy = "Use the login that owns the tables"
    return InputError.of(_shown(engine), f"the database cannot be used ({reason})", remedy)


__all__ = ["DEFAULT_URL", "Changes", "Register", "Row", "rows_of", "write"]
