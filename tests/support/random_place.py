"""Random small places and what may be asked of them: every rule and cost is drawn now and then."""

import random
from typing import Any

from optimiser.scenario import Scenario
from optimiser.solve import bridge
from tests.support.tiny_place import asked, point

HOMES = ("p0", "p1", "p2", "p3", "p4")


def random_rows(dice: random.Random) -> dict[str, list[dict[str, Any]]]:
    homes = HOMES[: dice.choice((3, 3, 3, 4, 5))]
    km = {key: dice.uniform(0, 9) for key in homes}
    return {
        "site": [{"id": "s", "name": "S"}],
        "property": [
            {
                "id": key,
                "name": key,
                "organisation_id": dice.choice("AN"),
                "geometry": point(km[key]),
                "tenure": dice.choice(("freehold", "freehold", "leasehold", "unknown")),
                "site_id": dice.choice((None, None, "s")),
                "floor_area_m2": float(dice.randrange(200, 2000)),
                "energy_kwh_per_year": dice.choice((None, 0.0, 90_000.0, 400_000.0)),
                "backlog_gbp": dice.choice((None, None, float(dice.randrange(0, 300_000)))),
                "backlog_due_year": dice.choice((None, 2020, 2027, 2030, 2050)),
            }
            for key in homes
        ],
        "space": [
            {"id": f"{key}-{kind}", "property_id": key, "kind": kind, "amount": float(dice.randrange(20, 300))}
            for key in homes
            for kind in ("counter", "desks")
        ],
        "lease": [
            {
                "id": f"{key}-lease",
                "property_id": key,
                "direction": "in",
                "rent_gbp_per_year": float(dice.randrange(0, 80_000)),
                "break_dates": dice.choice(("", "2027-04-01 2031-10-01")),
                "repair_liability": dice.choice(("full", "internal", "none")),
            }
            for key in homes
            if dice.random() < 0.3
        ],
        "running_cost": [
            {"id": f"{key}-{part}", "property_id": key, "category": "other", "part": part,
             "gbp_per_year": float(dice.randrange(0, 150_000))}
            for key in homes
            for part in ("holding", "use")
        ],
        "valuation": [
            {"id": f"{key}-value", "property_id": key, "basis": "market",
             "value_gbp": float(dice.randrange(0, 900_000))}
            for key in homes
        ],
        "team": [
            {
                "id": f"t{number}",
                "name": f"t{number}",
                "organisation_id": dice.choice("AN"),
                "property_id": dice.choice(homes),
                "fte": float(dice.randrange(1, 40)),
                "space_kind": dice.choice(("counter", "desks")),
                "space_amount": float(dice.randrange(5, 120)),
                "service_id": dice.choice((None, "advice", "advice")),
                "public_facing": dice.random() < 0.5,
                "may_move": dice.random() < 0.9,
            }
            for number in range(2 if len(homes) == 5 else dice.choice((2, 2, 3)))
        ],
        "funding_stream": [
            {"id": f"f{number}", "name": f"f{number}", "organisation_id": dice.choice(("A", "N", None)),
             "year": dice.choice((2026, 2028)), "gbp": float(dice.randrange(0, 80_000)),
             "eligible_spend": dice.choice(("", "move exit", "fit_out hub disposal"))}
            for number in range(2)
        ],
        "zone": [
            {"id": f"z{number}", "name": "z",
             "geometry": point(km[dice.choice(homes)] + dice.uniform(-1, 1)).buffer(400),
             "population": dice.randrange(number == 0, 3000), "population_65_plus": dice.choice((None, 90, 400)),
             "deprivation_decile": dice.choice((None, 1, 2, 3)[number == 0 :]),
             "households_no_car": dice.randrange(0, 300)}
            for number in range(4)
        ],
    }  # fmt: skip


# Demands that many places cannot meet. Two of them at the most: all at once would leave hardly a plan to find.
HARD = (
    *("receipts", "saving", "leave", "keep", "target", "tonnes a year", "tonnes", "nobody worse off", "people"),
    *("together", "apart"),
)


def random_scenario(dice: random.Random, rows: dict[str, list[dict[str, Any]]]) -> Scenario:
    hard = dice.sample(HARD, dice.choice((0, 1, 2)))
    owned = [row["id"] for row in rows["property"] if row["tenure"] == "freehold"]
    small = len(rows["property"]) == 3 and len(rows["team"]) == 2
    years = dice.choice(([3], [10], [2, 4], [1, 6], [1, 2, 3])) if small else [dice.choice((3, 10))]
    worst = dice.choice((None, 10.0, 20.0))
    return asked(
        phases={"years": years},
        reach_tolerance=dice.choice((0.0, 0.05, 0.3)),
        protected={
            "groups": dice.choice(((), ("no_car",), ("no_car", "most_deprived_fifth"))),
            "tolerance": dice.choice((0.0, 0.1, 0.5)),
        },
        moves={
            "max_km": dice.choice((4.0, 12.0)),
            "across_organisations": dice.random() < 0.8,
            "most_per_team": dice.choice((1, 1, 2)) if len(years) < 3 else 1,
            "most_people_per_year": dice.choice((0.0, 4.0, 15.0)) if "people" in hard else None,
        },
        teams={name: [["t0", "t1"]] for name in ("together", "apart") if name in hard},
        goals={
            "least_receipts_gbp": dice.choice((0.0, 400_000.0)) if "receipts" in hard else None,
            "least_saving_gbp_per_year": dice.choice((0.0, 30_000.0)) if "saving" in hard else None,
        },
        services={
            "advice": {
                "minutes": dice.choice((3.0, 6.0)),
                "share_of_population": dice.choice((0.2, 0.6, 1.0)),
                "worst_case_minutes": worst,
                "must_meet_target": "target" in hard,
                "visits_per_person_per_year": dice.choice((None, 0.5, 6.0)) if worst else None,
                "people_per_m2": dice.choice((3.0, 20.0, 100.0)) if dice.random() < 0.4 else None,
                "share_served": dice.choice((None, 0.2, 1.0)),
            }
        },
        pins={"leave": ["p0"]} if "leave" in hard else {"keep": ["p0"]} if "keep" in hard else {},
        rates={
            "fit_out_gbp_per_m2": dice.choice((0.0, 50.0, 350.0)),
            "double_running_months": dice.choice((0.0, 6.0)),
            "staff_travel_gbp_per_fte_km_per_year": dice.choice((0.0, 126.0)),
            "void_cost_share": dice.choice((0.0, 0.35, 1.0)),
            "sale_lag_years": dice.choice((0, 1, 2)),
        },
        capital=_capital(dice, len(years)),
        hubs=_hubs(dice, len(years)),
        partners={**_partners(dice), "none_worse_off": "nobody worse off" in hard},
        carbon={
            "valued": dice.random() < 0.3,
            "most_tonnes_per_year": 60.0 if "tonnes a year" in hard else None,
            "most_tonnes": 400.0 if "tonnes" in hard else None,
        },
        leases={"surrender_share_of_rent": dice.choice((1.0, 0.4)), "may_stand_empty": dice.random() < 0.5},
        transfers={
            "properties": [key for key in owned if dice.random() < 0.2],
            "price_share": dice.choice((0.0, 0.5)),
        },
        solver={"gap": 0.0, "threads": 1},
    )


def _capital(dice: random.Random, phases: int) -> dict[str, Any]:
    if dice.random() < 0.5:
        return {}
    kinds = ("move", "fit_out", "hub", "exit")
    return {
        "new_funding_gbp": [float(dice.choice((0, 20_000, 60_000, 200_000))) for _ in range(phases)],
        "funding_streams": dice.random() < 0.4,
        "recycled_share_of_receipts": dice.choice((0.0, 0.3, 1.0)),
        "pays_for": dice.sample(kinds, dice.randrange(1, 5)),
    }


def _hubs(dice: random.Random, phases: int) -> dict[str, Any]:
    """Sometimes a hub may be anywhere, or in one place over several phases, cheap enough to be worth it."""
    allowed = dice.random() < 0.3
    return {
        "anywhere": allowed and phases == 1,
        "properties": ["p1"] if allowed and phases > 1 else [],
        "smallest_m2": dice.choice((0.0, 800.0)) if phases == 1 else 0.0,
        "partners": dice.choice((1, 2)),
        "fit_out_gbp_per_m2": dice.choice((5.0, 60.0)),
        "reception_gbp_per_year": dice.choice((0.0, 30_000.0)),
    }


def _partners(dice: random.Random) -> dict[str, Any]:
    return {
        "pooled_share_of_receipts": dice.choice((0.0, 0.5)),
        "receipt_shares": {"A": 0.7, "N": 0.3},
    }


def in_this_process(arrays: Any, limits: Any, *_: Any) -> dict[str, Any]:
    """Stands in for `bridge._in_child`: a process for each of many small places would take most of the time."""
    highs = bridge._loaded(arrays, limits)
    highs.run()
    return bridge._answer(highs)
