"""A data-quality score for each organisation, 0 to 100: how far plans for its properties rest on facts.

    score = 100 x (facts recorded / facts needed) x (1 - properties with an error / properties)

Every property that is still held needs, each counted alike (`NEEDED`): its place, its use, its tenure; of a
building the floor area, of land the area; a value, or where it is leased the rent and when the lease ends; a
running cost unless it is let out (its tenant pays); and for an operational building the people who work there.
What is missing is estimated in plans, or left out of them. An error is a finding of `estate.checks` of that
severity. An organisation without properties has no score.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from estate.checks import Finding
from estate.database import Row

NEEDED = ("place", "use", "tenure", "area", "value or lease", "running cost", "people")
Rows = Mapping[str, Sequence[Row]]


@dataclass(frozen=True)
class Score:
    """How good an organisation's data is. `missing` counts its properties by the fact that they lack."""

    organisation_id: str
    organisation: str
    score: float
    properties: int
    facts_needed: int
    facts_recorded: int
    properties_with_errors: int
    missing: dict[str, int] = field(default_factory=dict)


def scores(rows: Rows, findings: Iterable[Finding]) -> list[Score]:
    """The score of each organisation that holds properties, the lowest first."""
    at_fault = {f.record_id for f in findings if f.severity == "error" and f.table == "property"}
    related = _Related(rows)
    held: dict[str, list[Row]] = defaultdict(list)
    for row in rows["property"]:
        if row["status"] != "left":
            held[row["organisation_id"]].append(row)
    names = {row["id"]: row["name"] for row in rows["organisation"]}
    found = [_score(key, names.get(key, key), own, related, at_fault) for key, own in held.items()]
    return sorted(found, key=lambda score: (score.score, score.organisation_id))


def _score(key: str, name: str, held: list[Row], related: "_Related", at_fault: set[str]) -> Score:
    facts = [related.facts(row) for row in held]
    needed, recorded = sum(map(len, facts)), sum(sum(known.values()) for known in facts)
    wrong = sum(row["id"] in at_fault for row in held)
    missing = {fact: sum(not known.get(fact, True) for known in facts) for fact in NEEDED}
    score = 100 * recorded / needed * (1 - wrong / len(held))
    return Score(key, name, round(score, 1), len(held), needed, recorded, wrong, missing)


class _Related:
    """What the register has of properties in its other tables."""

    def __init__(self, rows: Rows) -> None:
        self.costed = {row["property_id"] for row in rows["running_cost"]}
        self.valued = {row["property_id"] for row in rows["valuation"]}
        self.staffed = {row["property_id"] for row in rows["team"] if row["fte"] is not None}
        self.leased = {
            row["property_id"]
            for row in rows["lease"]
            if row["direction"] == "in" and row["rent_gbp_per_year"] is not None and row["expiry_date"]
        }

    def facts(self, row: Row) -> dict[str, bool]:
        """The facts that a property needs, and whether each is recorded."""
        key, land = row["id"], row["holding"] == "land"
        leased_in = row["tenure"] in {"leasehold", "licence"}
        facts = {
            "place": row["geometry"] is not None,
            "use": row["use"] not in {None, "other"},
            "tenure": row["tenure"] not in {None, "unknown"},
            "area": row["land_area_ha" if land else "floor_area_m2"] is not None,
            "value or lease": key in (self.leased if leased_in else self.valued),
        }
        if row["status"] != "let_out":
            facts["running cost"] = key in self.costed
        if row["status"] == "operational" and not land:
            facts["people"] = key in self.staffed
        return facts
