"""Zones in which nobody is counted."""

from collections.abc import Iterator

from estate.checks import Finding, Rows, Severity

NAME = "zone-without-people"
DESCRIPTION = "Zones without a population"


def find(rows: Rows) -> Iterator[Finding]:
    """A warning where it is not known: its people count for nothing. A note where it is zero."""
    for zone in rows["zone"]:
        if not zone["population"]:
            missing = zone["population"] is None
            severity: Severity = "warning" if missing else "note"
            reason = "its population is not known, so nobody there counts" if missing else "nobody lives there"
            yield Finding(
                NAME, severity, "zone", zone["id"], zone["name"] or zone["id"], "", "population",
                "" if missing else "0", reason, "Import a file of population for all zones",
            )  # fmt: skip
