"""Looks over the whole register for what an import cannot see in one row. Each module beside this is one check.

A module offers NAME, DESCRIPTION and `find(rows) -> Iterator[Finding]`, where `rows` holds the rows of every
table of the register by its name. A new check is one such module and its test.
"""

import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Literal, Protocol, cast

from estate.database import Register, Row, rows_of
from estate.dictionary import REGISTER_TABLES

Rows = Mapping[str, Sequence[Row]]
Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class Finding:
    """One thing found: in which record (its id and name) of which table, why it matters and what to do.

    An `error` makes plans wrong, a `warning` may, a `note` is good to know. `organisation_id` is the body
    that can mend it; blank when no one body can.
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
    """All that the checks find in the register as it stands, the gravest first."""
    with register.reading() as connection:
        rows = {table: rows_of(connection, table) for table in REGISTER_TABLES}
    found = [finding for check in checks().values() for finding in check.find(rows)]
    return sorted(found, key=lambda f: (SEVERITIES.index(f.severity), f.check, f.table, f.record_id, f.column))


__all__ = ["Check", "Finding", "Rows", "Severity", "checks", "run_checks"]
