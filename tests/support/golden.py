"""The text of a rule or a cost for the tiny place, as a person would check it against the equation."""

from collections.abc import Callable
from typing import Any

from pulp import LpAffineExpression, LpProblem

from optimiser.model.build import Cost, Rule
from optimiser.model.decisions import Decisions
from optimiser.model.terms import id_of
from optimiser.prepare.inputs import Inputs, prepare
from tests.support.tiny_place import ROWS, asked, tiny, with_backlog

FAMILIES = (
    *("assign", "arrive", "keep", "sold", "lease_out", "transfer"),
    *("hub", "partner", "joins", "spend", "open", "reached", "served", "farther"),
)


# Every rule that a scenario must ask for, asked for.
LIMITS: dict[str, Any] = {
    "carbon": {"most_tonnes_per_year": 100.0, "most_tonnes": 400.0, "valued": True},
    "rates": {"double_running_months": 3.0, "staff_travel_gbp_per_fte_km_per_year": 126.0},
    "teams": {"together": [["benefits", "readers"]], "apart": [["porters", "readers"]]},
    "services": {"advice": {"visits_per_person_per_year": 2.0, "people_per_m2": 20.0}},
    "goals": {"least_receipts_gbp": 2_000_000.0, "least_saving_gbp_per_year": 100_000.0},
    "protected": {"groups": ["most_deprived_fifth", "over_65s", "no_car"]},
    "partners": {
        "none_worse_off": True,
        "pooled_share_of_receipts": 0.2,
        "receipt_shares": {"A": 0.75, "N": 0.25},
    },
    "leases": {"may_stand_empty": True, "surrender_share_of_rent": 0.5},
    "transfers": {"properties": ["clinic"], "price_share": 0.25},
    "capital": {"new_funding_gbp": [100_000.0, 50_000.0], "funding_streams": True},
}


def golden_inputs(most_per_team: int = 1) -> Inputs:
    """Two phases, one candidate a team besides its home, a pin of each kind, and an office that may be a hub."""
    pins = {"keep": ["library"], "leave": ["annexe"], "team_stays": ["nurses"], "hub": ["hall"]}
    moves = {"max_km": 12, "candidates_per_team": 1, "most_people_per_year": 12.5, "most_per_team": most_per_team}
    typists = {**ROWS["team"][2], "id": "typists", "space_kind": "desks", "space_amount": 8.0}
    desks = [
        {"id": f"{place}-desks", "property_id": place, "kind": "desks", "amount": amount}
        for place, amount in (("clinic", 10.0), ("hall", 60.0))
    ]
    fund = {"id": "fund", "organisation_id": "N", "name": "Estates fund", "year": 2028, "gbp": 40_000.0}
    streams = [{**fund, "eligible_spend": "move fit_out"}]
    snapshot = tiny(
        property=with_backlog(),
        team=[*ROWS["team"], typists],
        space=[*ROWS["space"], *desks],
        funding_stream=streams,
    )
    return prepare(snapshot, asked(phases={"years": [2, 3]}, moves=moves, pins=pins, **LIMITS))


def rule_text(rule: Rule, inputs: Inputs) -> str:
    """One line a constraint."""
    decide = Decisions(LpProblem("golden"), inputs)
    name = _namer(decide)
    lines = []
    for key, constraint in rule(inputs, decide):
        low, high = constraint.getLb(), constraint.getUb()
        limit = (
            f"= {low + 0.0:.6g}"
            if low == high
            else f">= {low + 0.0:.6g}"
            if high is None
            else f"<= {high + 0.0:.6g}"
        )
        lines.append(f"{_key(key)}: {_terms(constraint, name)} {limit}")
    return "\n".join(lines) + "\n"


def cost_text(cost: Cost, inputs: Inputs) -> str:
    """One line a phase, in GBP k of present value."""
    decide = Decisions(LpProblem("golden"), inputs)
    name = _namer(decide)
    lines = []
    for phase, term in cost(inputs, decide):
        constant = f" {term.constant:+.6g}" if term.constant else ""
        lines.append(f"phase {phase}: {_terms(term, name)}{constant}")
    return "\n".join(lines) + "\n"


def _namer(decide: Decisions) -> Callable[[Any], str]:
    names = {id_of(v): f"{family}{_key(key)}" for family in FAMILIES for key, v in getattr(decide, family).items()}
    return lambda variable: names[id_of(variable)]


def _key(key: tuple[Any, ...]) -> str:
    return f"[{','.join(str(part) for part in key)}]"


def _terms(expression: LpAffineExpression, name: Callable[[Any], str]) -> str:
    parts = sorted((name(variable), coefficient) for variable, coefficient in expression.items() if coefficient)
    return " ".join(f"{coefficient:+.6g} {variable}" for variable, coefficient in parts) or "0"
