"""Buildings recorded as let to others in which a public service is recorded."""

from collections.abc import Iterator

from estate.checks import Finding, Rows

NAME = "let-out-and-public"
DESCRIPTION = "Buildings let out to others where a team serves the public"


def find(rows: Rows) -> Iterator[Finding]:
    """A warning for each: costs of a building let out are taken for its tenant's, and so left out of the plan."""
    serving: dict[str, str] = {}
    for team in rows["team"]:
        if team["public_facing"] or team["service_id"]:
            serving.setdefault(team["property_id"], team["name"])
    for row in rows["property"]:
        if row["status"] == "let_out" and row["id"] in serving:
            yield Finding(
                NAME, "warning", "property", row["id"], row["name"], row["organisation_id"], "status", "let_out",
                f"it is let out, and {serving[row['id']]} serves the public there",
                "Say who runs it and pays for it: set the status to operational if the body does",
            )  # fmt: skip
