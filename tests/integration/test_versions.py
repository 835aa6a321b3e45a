"""A register goes down to any earlier version, to nothing, and up again; rows are lost only by one who says so."""

from typing import Any

import pytest
import sqlalchemy as sa

from estate import access, snapshot, versions
from estate.database import Register, write
from estate.problems import InputError
from estate.tables import metadata
from tests.support.rows import fill

VERSIONS = ("nothing", "0001", "0002", "0003")
SEEN_IN = {
    "sqlite": ["SELECT type, name, tbl_name, sql FROM sqlite_master"],
    "postgresql": [
        "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
        " WHERE table_schema = 'public'",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
        "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies",
        "SELECT relname, relrowsecurity, relforcerowsecurity, relacl::text FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace",
        "SELECT proname, prosrc FROM pg_proc WHERE proname ~ '^estate'",
    ],
}


def schema(register: Register) -> set[str]:
    """All that the store itself says of tables, columns, indexes, views, triggers, policies and grants."""
    with register.engine.connect() as connection:
        return {
            str(tuple(row))
            for query in SEEN_IN[register.engine.dialect.name]
            for row in connection.exec_driver_sql(query)
        }


@pytest.mark.parametrize("version", VERSIONS)
def test_down_and_up_again_gives_the_same_schema(database_url: str, version: str) -> None:
    register = Register.create(database_url)
    before = schema(register)

    assert register.downgrade(version) == {}
    lower = schema(register)
    register.close()
    again = Register.create(database_url)
    with again.engine.connect() as connection:
        assert versions.found(connection) == versions.newest()
    after = schema(again)
    again.close()

    assert lower != before or (version == "0003" and register.engine.dialect.name == "postgresql")
    assert after == before


def test_nothing_of_ours_is_left_below_the_first_version(register: Register) -> None:
    register.downgrade("nothing")

    with register.engine.connect() as connection:
        inspector = sa.inspect(connection)
        assert set(inspector.get_table_names()) <= {"spatial_ref_sys"}
        if register.engine.dialect.name == "postgresql":
            assert inspector.get_view_names() == ["geography_columns", "geometry_columns"]
            assert not connection.exec_driver_sql("SELECT FROM pg_proc WHERE proname ~ '^estate'").all()
            assert not connection.exec_driver_sql("SELECT FROM pg_policies").all()
        else:
            assert not connection.exec_driver_sql("SELECT * FROM sqlite_master").all()


@pytest.mark.parametrize(
    ("version", "lost"),
    [
        ("0005", {"travel_build": 1}),
        ("0003", {"travel_build": 1}),
        ("0002", {"travel_build": 1, "member": 2, "lease.confidential": 1, "snapshot.scope": 1}),
        ("0001", {"travel_build": 1, "member": 2, "lease.confidential": 1, "snapshot.scope": 1, "change": 1}),
    ],
)
def test_rows_are_lost_only_by_one_who_says_so(database_url: str, version: str, lost: dict[str, int]) -> None:
    register = Register.create(database_url)
    with register.transaction() as connection:
        fill(connection)
        write(connection, "lease", [{"id": "l1", "confidential": True}])
        access.add(connection, "anna", "administrator")
        access.add(connection, "nora", "viewer", "ac")
    register.close()
    nora = Register.open(database_url, "nora")
    snapshot.take(nora)  # its scope is not the default
    with pytest.raises(InputError, match="only administrators take the register down"):
        nora.downgrade(version)
    nora.close()
    anna = Register.open(database_url, "anna")
    before, rows = schema(anna), all_rows(anna)

    if lost:
        with pytest.raises(InputError) as refused:
            anna.downgrade(version)
        assert {problem.record for problem in refused.value.problems} == set(lost)
        assert "would be lost. Make a backup; then say --lose-data" in str(refused.value)
        assert (schema(anna), all_rows(anna)) == (before, rows)
    assert anna.downgrade(version, lose_data=True) == lost
    anna.close()
    again = Register.create(database_url)
    kept = {
        table: found for table, found in rows.items() if table not in lost and table not in {"lease", "snapshot"}
    }
    if version < "0003":  # without members everything is its holder's again
        assert {table: all_rows(again)[table] for table in kept} == kept
    again.close()


def all_rows(register: Register) -> dict[str, list[dict[str, Any]]]:
    return {table: [{**row, "geometry": str(row.get("geometry"))} for row in register.rows(table)]
            for table in metadata.tables}  # fmt: skip


@pytest.mark.parametrize(
    ("version", "reason"), [("0099", "there is no such version"), ("0098", "there is no such version")]
)
def test_a_version_that_is_not_lower_is_refused(register: Register, version: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        register.downgrade(version)
    register.downgrade("0002")
    with pytest.raises(InputError, match="the register is of version 0002 already"):
        register.downgrade("0003")


@pytest.mark.postgis
@pytest.mark.parametrize("database_url", ["postgis"], indirect=True)
def test_members_keep_no_rights_over_tables_without_rules(register: Register) -> None:
    """Below the version with row-level security a grant would show every partner everything."""
    with register.transaction() as connection:
        fill(connection)
        access.add(connection, "anna", "administrator")
    anna = Register.open(register.engine.url.render_as_string(hide_password=False), "anna")
    anna.downgrade("0002", lose_data=True)
    anna.close()

    with register.engine.connect() as connection:
        connection.exec_driver_sql("SET ROLE estate_member")
        with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
            connection.exec_driver_sql("SELECT * FROM valuation")
