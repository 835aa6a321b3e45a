"""Services that nobody offers anywhere."""

from collections.abc import Iterator

from estate.checks import Finding, Rows

NAME = "service-without-points"
DESCRIPTION = "Services that no team offers"


def find(rows: Rows) -> Iterator[Finding]:
    """A warning for each: its access standard cannot be met by any plan."""
    offered = {team["service_id"] for team in rows["team"]}
    for service in rows["service"]:
        if service["id"] not in offered:
            yield Finding(
                NAME, "warning", "service", service["id"], service["name"], "", "id", service["id"],
                "no team of the register offers it",
                "Import the places that offer it, or leave it out of the scenario",
            )  # fmt: skip
