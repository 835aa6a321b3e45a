"""Services of which nobody says where their access standard comes from."""

from collections.abc import Iterator

from estate.checks import Finding, Rows

NAME = "service-without-standard"
DESCRIPTION = "Services whose access standard has no source, or asks nothing"


def find(rows: Rows) -> Iterator[Finding]:
    """A warning for each: people will ask who decided how far they should travel."""
    for service in rows["service"]:
        asks_nothing = not service["share_of_population"]
        if asks_nothing or not service["standard_source"]:
            reason = "its standard asks nothing" if asks_nothing else "its standard has no source"
            value = f"{service['minutes']:g} minutes for {service['share_of_population']:.0%} of people"
            yield Finding(
                NAME, "warning", "service", service["id"], service["name"], "",
                "share_of_population" if asks_nothing else "standard_source", value, reason,
                "Give its standard and who set it in service.csv, or in the scenario",
            )  # fmt: skip
