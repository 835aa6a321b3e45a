"""Who may see and change what: the members of a register and the rows that each may read.

One table of rules (`SEE`, `OWNER`) holds for both stores. On PostGIS `protect` makes them row-level security,
which the server itself enforces. An SQLite file has no users: there `guard` narrows every SELECT of this program,
and whoever may read the file can read all of it. See docs/decisions/0008.

The SQL here is put together from constants of this module alone, never from what anybody typed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from estate.dictionary import REGISTER_TABLES
from estate.problems import InputError, Problem
from estate.tables import metadata

Row = dict[str, Any]
ROLES = ("viewer", "editor", "administrator")
ALL, PUBLIC = "all", "public"


@dataclass(frozen=True)
class Scope:
    """What one member may read. `member` is blank in a register without members, which is all its holder's."""

    member: str = ""
    role: str = "administrator"
    organisation_id: str = ""

    @property
    def name(self) -> str:
        """`all`, `organisation:ID` or `public`: what a stored snapshot may hold, and so who may load it."""
        if self.role == "administrator":
            return ALL
        return f"organisation:{self.organisation_id}" if self.organisation_id else PUBLIC


EVERYTHING = Scope()

_OWN_PROPERTY = "property_id IN (SELECT id FROM property WHERE organisation_id = (SELECT estate_organisation()))"
_TERMS = f"NOT coalesce(confidential, false) OR {_OWN_PROPERTY}"
_OWN_BATCH = "import_batch_id IN (SELECT id FROM import_batch WHERE scope = (SELECT estate_scope()))"
_SNAPSHOT = f"scope IN ('{PUBLIC}', (SELECT estate_scope()))"
_RUN = f"snapshot_id IN (SELECT id FROM snapshot WHERE {_SNAPSHOT})"  # noqa: S608
_OWN_CHANGE = " OR ".join(
    f"(\"table\" = '{table}' AND record_id IN (SELECT id FROM {table} WHERE {_OWN_PROPERTY}))"  # noqa: S608
    for table in ("valuation", "lease")
)
# The rows that a member who is no administrator may read; of other tables, all. SQL that both stores understand.
SEE = {
    "valuation": _TERMS,
    "lease": _TERMS,
    "change": f"\"table\" NOT IN ('valuation', 'lease') OR {_OWN_CHANGE}",
    "rejected_row": _OWN_BATCH,  # what was refused was never looked at for confidence
    "import_note": _OWN_BATCH,
    "snapshot": _SNAPSHOT,
    "run": _RUN,
    **dict.fromkeys(("action", "study", "outturn"), f"run_id IN (SELECT id FROM run WHERE {_RUN})"),  # noqa: S608
}
# The column that says whose a row is; the tables of the register without one are the administrators' to change.
OWNER = {
    "organisation": "id",
    "property": "organisation_id",
    "team": "organisation_id",
    "funding_stream": "organisation_id",
    **dict.fromkeys(("space", "lease", "running_cost", "valuation"), "property_id"),
}
_EDITS = "(SELECT estate_role()) = 'editor'"
# What members write besides: imports and their ledger by editors; plans and what they rest on by every member.
_ADD = {
    "import_batch": f"{_EDITS} AND scope = (SELECT estate_scope())",
    "rejected_row": f"{_EDITS} AND {_OWN_BATCH}",
    "import_note": f"{_EDITS} AND {_OWN_BATCH}",
    "change": _EDITS,
    "snapshot": "scope = (SELECT estate_scope())",
    "scenario": "true",
    "run": _RUN,
    "action": SEE["action"],
    "study": SEE["study"],
    "outturn": f"{_EDITS} AND {_OWN_PROPERTY} AND {SEE['outturn']}",
}


def find(connection: sa.Connection, member: str | None) -> Scope:
    """What this member may read. Without any member in the register everything; InputError for a stranger.

    On PostGIS a person's own login is the member, whatever they say; see `estate_member()` in `_FUNCTIONS`.
    """
    table = metadata.tables["member"]
    known = {row.id: row for row in connection.execute(sa.select(table))}
    if not known:
        return _nobody_is_known(member)
    who = member
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.set_config("estate.member", member or "", False)))
        who = connection.execute(sa.select(sa.func.estate_member())).scalar_one()
    if member and who != member:
        raise InputError.of(f"member {member}", f"you are signed in as {who}", "Leave out --as")
    if not who:
        reason = "this register has members, so it must know who you are"
        raise InputError.of("--as", reason, "Name yourself with --as MEMBER or in ESTATE_MEMBER")
    if who not in known:
        raise InputError.of(f"member {who}", "the register has no such member", "Ask one of its administrators")
    return Scope(who, known[who].role, known[who].organisation_id or "")


def _nobody_is_known(member: str | None) -> Scope:
    if member:
        reason = "this register has no members: everything is open to whoever holds it"
        raise InputError.of(f"member {member}", reason, "Leave out --as, or add members with 'estate member add'")
    return EVERYTHING


def guard(engine: sa.Engine, scope: Scope) -> None:
    """Have every connection of this engine, from now on, read and write as the scope allows."""
    engine.update_execution_options(scope=scope)
    if engine.dialect.name == "postgresql" and scope.member:
        sa.event.listen(engine, "connect", _SpeakFor(scope.member))
    elif engine.dialect.name == "sqlite" and scope.name != ALL:
        sa.event.listen(engine, "connect", Functions(scope))
        sa.event.listen(engine, "before_cursor_execute", _narrow, retval=True)


def scope_of(connection: sa.Connection) -> Scope:
    """Whose connection it is."""
    scope: Scope = connection.get_execution_options().get("scope", EVERYTHING)
    return scope


@dataclass(frozen=True)
class _SpeakFor:
    """On PostGIS: give up the login's own rights for those of every member, and say for whom we speak."""

    member: str

    def __call__(self, connection: Any, _record: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('estate.member', %s, false)", (self.member,))
            cursor.execute("SET ROLE estate_member")
        connection.commit()


@dataclass(frozen=True)
class Functions:
    """On SQLite: the functions that the rules ask."""

    scope: Scope

    def __call__(self, connection: Any, _record: Any) -> None:
        answers = {"estate_scope": self.scope.name, "estate_organisation": self.scope.organisation_id or None}
        for name, answer in answers.items():
            connection.create_function(name, 0, lambda answer=answer: answer, deterministic=True)


# In SQLite a name defined by WITH stands before the table of that name, anywhere in the statement.
_NARROWED = ", ".join(
    f'"{table}" AS (SELECT * FROM main."{table}" WHERE {rule})'  # noqa: S608
    for table, rule in SEE.items()
)
_WITH = re.compile(r"\s*WITH\s+(RECURSIVE\s+)?", re.IGNORECASE)
_SELECT = re.compile(r"\s*SELECT\b", re.IGNORECASE)


def _narrow(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> tuple[str, Any]:
    if _SELECT.match(statement):
        return f"WITH {_NARROWED} {statement}", parameters
    if found := _WITH.match(statement):
        return f"{found[0]}{_NARROWED}, {statement[found.end() :]}", parameters
    return statement, parameters


def check_import(connection: sa.Connection) -> None:
    """Raise InputError for a member who may bring nothing in."""
    scope = scope_of(connection)
    if scope.role == "viewer":
        reason = "a viewer may not change the register"
        raise InputError.of(f"member {scope.member}", reason, "Ask one of its editors")


def check_administrator(connection: sa.Connection, what: str) -> None:
    """Raise InputError, saying `what` is asked, for a member who is no administrator."""
    scope = scope_of(connection)
    if scope.name != ALL:
        raise InputError.of(f"member {scope.member}", f"only administrators {what}", "Ask one of them")


def check_write(
    connection: sa.Connection, table: str, new: Sequence[Row], changed: Sequence[tuple[Row, Row]]
) -> None:
    """Raise InputError where the member may not write these rows; `changed` has each as stored and as wanted."""
    scope = scope_of(connection)
    if scope.name == ALL or table not in REGISTER_TABLES or not (new or changed):
        return
    check_import(connection)
    states = [*new, *(stored for stored, _ in changed), *({**stored, **row} for stored, row in changed)]
    own = _own(connection, table, scope)
    others = sorted({str(row["id"]) for row in states if row.get(OWNER.get(table, "")) not in own})
    if others:
        raise InputError([_not_yours(table, record, scope) for record in others[:_SHOWN]])


_SHOWN = 20


def taken() -> InputError:
    """The error of an id that stands already in a row which the member may not see."""
    reason = "an id in it is already that of a row which you may not see"
    return InputError.of("the register", reason, "Give your rows ids of their own, or ask an administrator")


def _own(connection: sa.Connection, table: str, scope: Scope) -> set[str]:
    """What may stand in the OWNER column of an editor's rows."""
    if OWNER.get(table) != "property_id":
        return {scope.organisation_id}
    properties = metadata.tables["property"].c
    mine = sa.select(properties.id).where(properties.organisation_id == scope.organisation_id)
    return set(connection.execute(mine).scalars())


def _not_yours(table: str, record: str, scope: Scope) -> Problem:
    reason = "only the place's administrators change this table"
    if table in OWNER:
        reason = f"it is not of {scope.organisation_id}, the one body whose rows you may change"
    return Problem(f"{table} {record}", reason, "Leave it out, or ask an administrator of the place")


def members(connection: sa.Connection) -> list[Row]:
    """The members, sorted by id."""
    found = connection.execute(sa.select(metadata.tables["member"])).mappings()
    return sorted((dict(row) for row in found), key=lambda row: str(row["id"]))


def add(connection: sa.Connection, member: str, role: str, organisation_id: str = "") -> None:
    """Add a member, or give one another role. The first must be an administrator."""
    known = {row["id"]: row for row in members(connection)}
    _may_change_members(connection, known)
    if role not in ROLES:
        raise InputError.of(f"member {member}", f"the roles are {', '.join(ROLES)}", "Choose one", "role", role)
    if role == "editor" and not organisation_id:
        raise InputError.of(f"member {member}", "an editor edits one organisation", "Name it with --organisation")
    if not member.strip() or "\0" in member:
        raise InputError.of("member", "a member needs a name", "Give the name that they sign in with")
    organisations = metadata.tables["organisation"].c
    if (
        organisation_id
        and not connection.execute(sa.select(organisations.id).where(organisations.id == organisation_id)).scalar()
    ):
        raise InputError.of("--organisation", "the register has no such body", "Give its id", "", organisation_id)
    after = {**known, member: {"role": role}}
    _keep_an_administrator(after)
    if not known:
        _make_roles(connection)
    table = metadata.tables["member"]
    row = {"id": member, "role": role, "organisation_id": organisation_id or None}
    if member in known:
        connection.execute(table.update().where(table.c.id == member).values(row))
    else:
        connection.execute(table.insert(), row)


def remove(connection: sa.Connection, member: str) -> None:
    """Remove a member. The last administrator goes last; with nobody left the register is open again."""
    known = {row["id"]: row for row in members(connection)}
    _may_change_members(connection, known)
    if member not in known:
        raise InputError.of(f"member {member}", "the register has no such member", "See 'estate member list'")
    _keep_an_administrator({name: row for name, row in known.items() if name != member})
    table = metadata.tables["member"]
    connection.execute(table.delete().where(table.c.id == member))


def _may_change_members(connection: sa.Connection, known: dict[str, Row]) -> None:
    scope = scope_of(connection)
    if known and scope.role != "administrator":
        reason = "only administrators add and remove members"
        raise InputError.of(f"member {scope.member}", reason, "Ask one of them: 'estate member list'")


def _keep_an_administrator(after: dict[str, Row]) -> None:
    if after and "administrator" not in {row["role"] for row in after.values()}:
        reason = "a register with members needs an administrator, or nobody could add or remove any"
        raise InputError.of("member", reason, "Add an administrator first")


# Roles stand beside databases in PostgreSQL: every register of the server shares these two.
_ROLES = """DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'estate_member') THEN CREATE ROLE estate_member; END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'estate_app') THEN CREATE ROLE estate_app; END IF;
    GRANT estate_member TO estate_app;
    GRANT estate_member, estate_app TO SESSION_USER;
END $$"""
_FUNCTIONS = """
CREATE OR REPLACE FUNCTION estate_member() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    -- Only a login that has the role estate_app may speak for others; everybody else is who signed in.
    SELECT CASE WHEN EXISTS (SELECT FROM pg_roles WHERE rolname = 'estate_app'
                             AND pg_has_role(session_user, oid, 'member'))
                THEN coalesce(nullif(current_setting('estate.member', true), ''), '')
                ELSE session_user::text END
$$;
CREATE OR REPLACE FUNCTION estate_role() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    SELECT CASE WHEN NOT EXISTS (SELECT FROM member) THEN 'administrator'
                ELSE (SELECT role FROM member WHERE id = estate_member()) END
$$;
CREATE OR REPLACE FUNCTION estate_organisation() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    SELECT organisation_id FROM member WHERE id = estate_member()
$$;
CREATE OR REPLACE FUNCTION estate_scope() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER
SET search_path FROM CURRENT AS $$
    SELECT CASE WHEN estate_role() = 'administrator' THEN 'all'
                ELSE coalesce('organisation:' || estate_organisation(), 'public') END
$$"""


def protect(connection: sa.Connection) -> None:
    """On PostGIS make the rules row-level security, for the owner of the tables too; safe to run again."""
    if connection.dialect.name != "postgresql":
        return
    for function in _FUNCTIONS.split(";\n"):
        connection.exec_driver_sql(function)
    for table in metadata.tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        connection.exec_driver_sql(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        for statement in _policies(table):
            connection.exec_driver_sql(statement)
    if connection.exec_driver_sql("SELECT FROM pg_roles WHERE rolname = 'estate_member'").first() is not None:
        _grant(connection)


def _policies(table: str) -> Iterator[str]:
    """See, add, change and remove are policies of their own: one for all of them would widen what is seen."""
    everything = "(SELECT estate_scope()) = 'all'"
    see = f"{everything} OR ({SEE[table]})" if table in SEE else "true"
    own = _own_rows(table)
    change = f"{everything} OR ({own})" if own else everything
    add = f"{everything} OR ({_ADD[table]})" if table in _ADD else change
    rules = {
        "SELECT": f"USING ({see})",
        "INSERT": f"WITH CHECK ({add})",
        "UPDATE": f"USING ({change}) WITH CHECK ({change})",
        "DELETE": f"USING ({change})",
    }
    for verb, rule in rules.items():
        yield f'DROP POLICY IF EXISTS estate_{verb.lower()} ON "{table}"'
        yield f'CREATE POLICY estate_{verb.lower()} ON "{table}" FOR {verb} {rule}'


def _own_rows(table: str) -> str:
    if table not in OWNER:
        return ""
    if OWNER[table] == "property_id":
        return f"{_EDITS} AND {_OWN_PROPERTY}"
    return f"{_EDITS} AND {OWNER[table]} = (SELECT estate_organisation())"


def _make_roles(connection: sa.Connection) -> None:
    """Before the first member: the roles that members use on PostgreSQL."""
    if connection.dialect.name != "postgresql":
        return
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(_ROLES)
    except sa.exc.ProgrammingError as fault:
        raise InputError.of(
            "member",
            f"the server does not let you make the roles estate_member and estate_app ({_line(fault)})",
            "Ask the server's administrator to run the lines of docs/postgis.md, 'Roles', then do it again",
        ) from fault
    _grant(connection)


def _grant(connection: sa.Connection) -> None:
    names = ", ".join(f'"{table}"' for table in metadata.tables)
    connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {names} TO estate_member")
    connection.exec_driver_sql("GRANT SELECT ON alembic_version, property_for_qgis TO estate_member")


def _line(fault: sa.exc.DBAPIError) -> str:
    return str(fault.orig).strip().splitlines()[0]
