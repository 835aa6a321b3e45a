"""Tenure that does not go with the leases on record."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from estate.checks import Finding, Rows, Severity
from estate.database import Row

NAME = "tenure-and-leases"
DESCRIPTION = "Freeholds with a lease in, leaseholds without one, leases that are over or end before they begin"


def find(rows: Rows) -> Iterator[Finding]:
    """A plan asks leases what leaving costs and tenure what may be sold: where they disagree it may be wrong."""
    leases: dict[str, list[Row]] = defaultdict(list)
    for lease in rows["lease"]:
        if lease["direction"] == "in":
            leases[lease["property_id"]].append(lease)
    for row in rows["property"]:
        held = leases[row["id"]]
        if row["status"] == "left":
            continue
        if row["tenure"] == "freehold" and held:
            reason = "it is recorded as freehold, and a lease in is recorded too"
            yield _finding(row, "warning", "tenure", "freehold", reason, "Correct the tenure, or remove the lease")
        if row["tenure"] == "leasehold" and not held:
            reason = "it is leasehold and no lease is recorded: its rent, break and expiry are not known"
            yield _finding(row, "warning", "tenure", "leasehold", reason, "Give the lease with its rent and dates")
        for lease in held:
            yield from _dates(row, lease)


def _dates(row: Row, lease: Row) -> Iterator[Finding]:
    start, expiry = lease["start_date"], lease["expiry_date"]
    if start and expiry and expiry < start:
        reason = f"lease {lease['id']} ends before it begins ({start})"
        yield _finding(row, "error", "expiry_date", str(expiry), reason, "Correct the dates of the lease")
    elif expiry and expiry < date.today():
        reason = f"lease {lease['id']} is over"
        remedy = "Give the new lease; leave the expiry blank if it rolls on; set the status to left if it was left"
        yield _finding(row, "warning", "expiry_date", str(expiry), reason, remedy)


def _finding(row: Row, severity: Severity, column: str, value: str, reason: str, remedy: str) -> Finding:
    return Finding(
        NAME, severity, "property", row["id"], row["name"], row["organisation_id"], column, value, reason, remedy
    )
