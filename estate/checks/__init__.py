"""Looks over the whole register for what an import cannot see in one row. Each module beside this is one check.

A module offers NAME, DESCRIPTION and `find(rows) -> Iterator[Finding]`, where `rows` holds the rows of every
table of the register by its name. A new check is one such module and its test.
"""

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from typing import Literal, Protocol, cast

from estate.database import Register, Row, rows_of
from estate.dictionary import REGISTER_TABLES
from estate.worth import Worth, worth_by_property

Rows = Mapping[str, Sequence[Row]]
Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """One thing found: in which record (its id and name) of which table, why it matters and what to do.

    An `error` makes plans wrong, a `warning` may, a `note` is good to know. `organisation_id` is the body
    that can mend it; blank when no one body can. `worth_gbp` is what is at stake, by `worth_basis` (see
    `estate.worth`); checks leave it to `run_checks`.
    """

    check: str
    severity: Severity
    table: str
    record_id: str
    record: str
    organisation_id: str
    column: str
    value: str
    reason: str
    remedy: str
    worth_gbp: float = 0.0
    worth_basis: str = ""


class Check(Protocol):
    """What a module of this folder offers."""

    NAME: str
    DESCRIPTION: str

    def find(self, rows: Rows) -> Iterator[Finding]: ...


@cache
def checks() -> dict[str, Check]:
    """Every check by its name, which stands in one module only."""
    found: dict[str, Check] = {}
    for module in pkgutil.iter_modules(__path__):
        check = cast(Check, import_module(f"{__name__}.{module.name}"))
        if check.NAME in found:
            raise ValueError(f"two checks are called {check.NAME}")
        found[check.NAME] = check
    return found


def run_checks(register: Register) -> list[Finding]:
    """All that the checks find in the register as it stands, the gravest first, then those of most worth."""
    with register.reading() as connection:
        rows = {table: rows_of(connection, table) for table in REGISTER_TABLES}
    return find_all(rows)


def find_all(rows: Rows) -> list[Finding]:
    """All that the checks find in these rows, in the order of `run_checks`."""
    worth = worth_by_property(rows)
    found = [_valued(finding, worth) for check in checks().values() for finding in check.find(rows)]
    return sorted(found, key=_order)


def _valued(finding: Finding, worth: Mapping[str, Worth]) -> Finding:
    at_stake = worth.get(finding.record_id) if finding.table == "property" else None
    return replace(finding, worth_gbp=at_stake.gbp, worth_basis=at_stake.basis) if at_stake else finding


def _order(finding: Finding) -> tuple[object, ...]:
    what = (finding.check, finding.table, finding.record_id, finding.column, finding.value)
    return SEVERITIES.index(finding.severity), -finding.worth_gbp, what


__all__ = ["Check", "Finding", "Rows", "Severity", "checks", "find_all", "run_checks"]
