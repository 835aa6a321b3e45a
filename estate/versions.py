"""Takes the tables of a register from one version to another; each version is one file of `estate.migrations`.

Going down may take rows away with the tables and columns that hold them. `downgrade` refuses to, unless told: it
makes the change, looks at what is gone, and takes all of it back (both stores change tables inside a transaction).
"""

from collections.abc import Mapping
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from estate import access, seals
from estate.problems import InputError, Problem

NOTHING = "nothing"  # the version before the first: no tables of ours at all


def found(connection: sa.Connection) -> str | None:
    """The version of the register that is there, or None."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str:
    """The version that this program works with."""
    return str(_script().get_current_head())


def check(shown: str, version: str | None) -> None:
    """Raise InputError, naming the address as `shown`, for a version that this program does not work with."""
    if version == newest():
        return
    if version is None:
        raise InputError.of(shown, "it is not a register", "Make one with 'estate init'")
    if version not in _versions():
        raise too_new(shown)
    reason = f"it is a register of version {version} and this program needs version {newest()}"
    raise InputError.of(shown, reason, "Upgrade it with 'estate init'")


def too_new(shown: str) -> InputError:
    """The error of a register that a later program made."""
    return InputError.of(shown, "a newer version of this program made it", "Install the newest estate-optimiser")


def upgrade(connection: sa.Connection) -> None:
    """To the newest version, from any earlier one or from nothing."""
    before = found(connection)
    if before in _versions() and before != newest():
        seals.check(connection)  # what is damaged must not be sealed anew
    command.upgrade(_alembic(connection), "head")
    access.protect(connection)
    if found(connection) != before:
        seals.install(connection)


def downgrade(connection: sa.Connection, version: str, lose_data: bool = False) -> dict[str, int]:
    """To an earlier version, or to NOTHING. Gives the rows lost of each table, or column, that is gone.

    Raises InputError where rows would be lost and `lose_data` does not allow it; roll the transaction back then.
    """
    before = found(connection)
    known = _versions()
    if version != NOTHING and version not in known:
        remedy = f"Choose one of {', '.join(known)}, or {NOTHING}"
        raise InputError.of("version", "there is no such version", remedy, value=version)
    if before is None or (version != NOTHING and known.index(version) > known.index(before)):
        remedy = "Choose an earlier one; 'estate init' goes up"
        raise InputError.of(
            "version", f"the register is of version {before or NOTHING} already", remedy, value=version
        )
    seals.check(connection)
    _lift_rules(connection)
    held = _held(connection)
    command.downgrade(_alembic(connection), "base" if version == NOTHING else version)
    if version == NOTHING:
        connection.exec_driver_sql("DROP TABLE alembic_version")
    seals.install(connection)
    lost = _gone(connection, held)
    if lost and not lose_data:
        raise InputError([_loss(what, rows, version) for what, rows in lost.items()])
    return lost


def _loss(what: str, rows: int, version: str) -> Problem:
    reason = f"version {version} has no room for it, and {rows:,} row{'s' * (rows > 1)} of it would be lost"
    return Problem(what, reason, "Make a backup; then say --lose-data, and the rest goes down without it")


def _lift_rules(connection: sa.Connection) -> None:
    """On PostgreSQL let the owner of the tables see every row; going up, `access.protect` binds it again."""
    if connection.dialect.name != "postgresql":
        return
    forced = "SELECT relname FROM pg_class WHERE relforcerowsecurity AND pg_table_is_visible(oid)"
    for table in connection.exec_driver_sql(forced).scalars().all():
        connection.exec_driver_sql(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')


def _held(connection: sa.Connection) -> dict[str, int]:
    """Rows of each table, as `table`, and those with a value that is no default in each column, `table.column`."""
    counts: dict[str, int] = {}
    for table, columns in _columns(connection).items():
        counted = ", ".join(
            f'count(CASE WHEN "{name}" IS NOT NULL AND "{name}" <> {default} THEN 1 END)' if default
            else f'count("{name}")' for name, default in columns.items()
        )  # fmt: skip
        row = connection.exec_driver_sql(f'SELECT count(*), {counted} FROM "{table}"').one()  # noqa: S608
        counts |= dict(zip([table, *(f"{table}.{name}" for name in columns)], row, strict=True))
    return counts


def _gone(connection: sa.Connection, held: Mapping[str, int]) -> dict[str, int]:
    """Of what was held, that which has no place any more."""
    left = _columns(connection)
    places = {*left, *(f"{table}.{name}" for table, columns in left.items() for name in columns)}
    lost = {what: rows for what, rows in held.items() if rows and what not in places}
    return {what: rows for what, rows in lost.items() if what.partition(".")[0] not in lost or "." not in what}


def _columns(connection: sa.Connection) -> dict[str, dict[str, str]]:
    """The columns of the tables that hold what people brought, each with its default as SQL."""
    inspector = sa.inspect(connection)
    return {
        table: {column["name"]: column["default"] or "" for column in inspector.get_columns(table)}
        for table in inspector.get_table_names()
        if table not in {"alembic_version", "spatial_ref_sys", "seal"}
    }


def _versions() -> list[str]:
    """Every version that this program knows, oldest first."""
    return [script.revision for script in _script().walk_revisions()][::-1]


def _script() -> ScriptDirectory:
    return ScriptDirectory.from_config(_alembic())


def _alembic(connection: sa.Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
