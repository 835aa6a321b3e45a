"""Who may be a member, and what each may change: the rules that need no second store."""

import pytest
import sqlalchemy as sa

from estate import access
from estate.access import EVERYTHING, SEE, Scope
from estate.database import Register
from estate.dictionary import columns
from estate.problems import InputError
from estate.tables import metadata


@pytest.mark.parametrize(
    ("scope", "name"),
    [
        (EVERYTHING, "all"),
        (Scope("anna", "administrator", "A"), "all"),
        (Scope("bob", "editor", "A"), "organisation:A"),
        (Scope("eve", "viewer"), "public"),
        (Scope("mal", "viewer", "all"), "organisation:all"),  # a body of that name gains nothing by it
    ],
)
def test_a_scope_has_a_name_that_no_other_has(scope: Scope, name: str) -> None:
    assert scope.name == name


def test_every_table_with_confidential_rows_has_a_rule() -> None:
    marked = {table for table in metadata.tables if "confidential" in {c.name for c in columns(table)}}

    assert marked == {"valuation", "lease"}
    assert marked <= set(SEE)


@pytest.mark.parametrize(
    ("member", "role", "organisation", "reason"),
    [
        ("anna", "owner", "", "the roles are viewer, editor, administrator"),
        ("anna", "editor", "", "an editor edits one organisation"),
        (" ", "administrator", "", "a member needs a name"),
        ("anna", "administrator", "nobody", "the register has no such body"),
        ("anna", "viewer", "", "a register with members needs an administrator"),
    ],
)
def test_a_member_that_cannot_be_is_refused(
    sqlite_register: Register, member: str, role: str, organisation: str, reason: str
) -> None:
    with pytest.raises(InputError, match=reason), sqlite_register.transaction() as connection:
        access.add(connection, member, role, organisation)

    assert sqlite_register.rows("member") == []


def test_the_last_administrator_goes_last(sqlite_register: Register) -> None:
    with sqlite_register.transaction() as connection:
        access.add(connection, "anna", "administrator")
        access.add(connection, "eve", "viewer")
        with pytest.raises(InputError, match="needs an administrator"):
            access.remove(connection, "anna")
        with pytest.raises(InputError, match="needs an administrator"):
            access.add(connection, "anna", "viewer")
        access.remove(connection, "eve")
        access.remove(connection, "anna")

    assert sqlite_register.rows("member") == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT count(*) FROM valuation",
        "\n select count(*) from valuation",
        "SELECT count(*) FROM (SELECT v.id FROM valuation AS v)",
        "WITH v AS (SELECT * FROM valuation) SELECT count(*) FROM v",
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n WHERE i < 3), v AS (SELECT * FROM valuation) "
        "SELECT count(*) FROM v",
        "SELECT (SELECT count(*) FROM valuation JOIN property ON property.id = valuation.property_id)",
    ],
)
def test_on_sqlite_every_kind_of_select_is_narrowed(sqlite_register: Register, statement: str) -> None:
    with sqlite_register.transaction() as connection:
        connection.execute(sa.text("INSERT INTO organisation (id, name) VALUES ('A', 'A')"))
        connection.execute(
            sa.text(
                "INSERT INTO property (id, organisation_id, name, use, tenure, holding, status, located_by) "
                "VALUES ('p', 'A', 'P', 'office', 'freehold', 'building', 'operational', 'none')"
            )
        )
        connection.execute(
            sa.text("INSERT INTO valuation (id, property_id, basis, value_gbp, confidential) "
                    "VALUES ('v', 'p', 'market', 1, 1)")
        )  # fmt: skip
        access.add(connection, "anna", "administrator")
        access.add(connection, "eve", "viewer")
    url = str(sqlite_register.engine.url)

    counts = {}
    for member in ("anna", "eve"):
        register = Register.open(url, member)
        with register.reading() as connection:
            counts[member] = connection.exec_driver_sql(statement).scalar_one()
        register.close()

    assert counts == {"anna": 1, "eve": 0}
