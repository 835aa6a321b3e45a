"""Benchmark estimates, against figures worked out by hand from data/rates."""

from typing import Any

import pandas as pd
import pytest

from estate import benchmarks, estimates
from estate.dictionary import REGISTER_TABLES, columns
from estate.frames import frame_of

COUNCIL = {"id": "c", "name": "Ambridge Council", "kind": "district"}
LIBRARY = {"id": "library", "name": "Library", "minutes": 20.0, "mode": "foot", "share_of_population": 0.5}


def place(**known: Any) -> dict[str, Any]:
    """A property as imported: the dictionary's defaults, and what is known."""
    defaults = {column.name: column.parse(None, "") for column in columns("property") if column.default}
    return {**defaults, "id": "p", "organisation_id": "c", "name": "Elm House", "use": "office", **known}


def team(**known: Any) -> dict[str, Any]:
    return {"id": "t", "organisation_id": "c", "property_id": "p", "name": "Planning", "may_move": True, **known}


def fill(**tables: list[dict[str, Any]]) -> tuple[dict[str, pd.DataFrame], pd.DataFrame]:
    rows = {"organisation": [COUNCIL], **tables}
    return estimates.fill({table: frame_of(table, rows.get(table, [])) for table in REGISTER_TABLES})


def test_an_office_of_known_area_gets_space_costs_value_and_a_team() -> None:
    filled, fills = fill(property=[place(floor_area_m2=1000.0, tenure="freehold", status="operational")])

    # data/rates: desks 0.72, counter 0.05, storage 0.06 and hall 0.02 of the floor; a desk takes 10 m2.
    assert filled["space"]["amount"].to_dict() == {
        "p#counter": 50.0,
        "p#desks": 72.0,
        "p#hall": 20.0,
        "p#storage": 60.0,
    }
    assert filled["running_cost"]["gbp_per_year"].to_dict() == {
        "p#energy": 24_000,
        "p#hard_fm": 28_000,
        "p#other": 6_000,
        "p#rates": 42_000,
        "p#soft_fm": 24_000,
    }
    holding = filled["running_cost"]["part"] == "holding"
    assert filled["running_cost"].loc[holding, "gbp_per_year"].sum() == 94_000
    assert filled["valuation"].loc["p#existing_use", "value_gbp"] == 1_300_000
    people = filled["team"].loc["p#team"]
    assert (people["space_kind"], people["space_amount"], people["fte"]) == ("desks", 54.0, 71.4)
    assert people["service_id"] == ""
    for table in ("space", "running_cost", "valuation", "team"):
        assert filled[table]["estimated"].all()
    assert not filled["property"].loc["p", "floor_area_estimated"]
    assert len(fills) == 4 + 5 + 1 + 1


def test_every_fill_says_what_by_which_rule_as_of_when_and_on_whose_word() -> None:
    _, fills = fill(property=[place(floor_area_m2=1000.0, tenure="freehold")])

    assert list(fills.columns) == estimates.FILL_COLUMNS
    value = fills[fills["table"] == "valuation"].iloc[0]
    assert (value["record_id"], value["property_id"], value["column"]) == ("p#existing_use", "p", "value_gbp")
    assert (value["value"], value["unit"], value["rule"]) == (1_300_000, "GBP", "value of a property not leased")
    assert value["as_of"].isoformat() == "2026-04-01"
    assert "assumption" in value["source"]


@pytest.mark.parametrize(
    ("spaces", "teams", "area_m2", "rule"),
    [
        # 85 % of an office is usable: 85 desks of 10 m2 need 1,000 m2.
        ([{"id": "s", "property_id": "p", "kind": "desks", "amount": 85.0}], [], 1000.0, "recorded space"),
        # The team's 51 desks are three quarters of the space in use: 510 / 0.75 / 0.85.
        ([], [team(space_kind="desks", space_amount=51.0, fte=60.0)], 800.0, "recorded teams"),
        ([], [], 1100.0, "typical of use"),
    ],
)
def test_a_missing_floor_area_comes_from_spaces_then_teams_then_use(
    spaces: list[dict[str, Any]], teams: list[dict[str, Any]], area_m2: float, rule: str
) -> None:
    filled, fills = fill(property=[place()], space=spaces, team=teams)

    assert filled["property"].loc["p", "floor_area_m2"] == pytest.approx(area_m2)
    assert filled["property"].loc["p", "floor_area_estimated"]
    assert rule in str(fills.set_index("column").loc["floor_area_m2", "rule"])


def test_what_is_recorded_is_never_overwritten() -> None:
    recorded: dict[str, list[dict[str, Any]]] = {
        "property": [place(floor_area_m2=10.0, land_area_ha=0.1, tenure="leasehold")],
        "space": [{"id": "s", "property_id": "p", "kind": "desks", "amount": 1.0}],
        "running_cost": [
            {"id": "r", "property_id": "p", "category": "rates", "gbp_per_year": 0.0, "part": "holding"}
        ],
        "valuation": [{"id": "v", "property_id": "p", "basis": "market", "value_gbp": 0.0}],
        "lease": [{"id": "l", "property_id": "p", "direction": "in"}],
        "team": [team(space_kind="desks", space_amount=0.0, fte=0.0)],
    }

    filled, fills = fill(**recorded)

    assert fills.empty
    for table, rows in recorded.items():
        before = frame_of(table, rows)
        pd.testing.assert_frame_equal(filled[table][list(before.columns)], before)
        assert not filled[table].drop(columns=before.columns).to_numpy().any()


def test_an_estimate_goes_when_the_real_figure_comes() -> None:
    bill = {"id": "r", "property_id": "p", "category": "energy", "gbp_per_year": 5.0, "part": "holding"}

    before, _ = fill(property=[place()])
    after, fills = fill(property=[place(floor_area_m2=300.0)], running_cost=[bill])

    assert before["running_cost"]["estimated"].all()
    assert after["running_cost"].index.tolist() == ["r"]
    assert after["property"].loc["p", "floor_area_m2"] == 300.0
    assert "running_cost" not in set(fills["table"])


def test_land_is_valued_by_the_hectare_and_houses_no_one() -> None:
    filled, _ = fill(property=[place(holding="land", use="land", tenure="freehold", land_area_ha=2.0)])

    assert filled["valuation"]["value_gbp"].tolist() == [500_000]
    assert filled["running_cost"]["gbp_per_year"].tolist() == [2_400]
    assert filled["space"].empty
    assert filled["team"].empty
    assert filled["property"]["floor_area_m2"].isna().all()


def test_land_of_unknown_area_gets_the_typical_area_and_is_marked() -> None:
    filled, _ = fill(property=[place(holding="land", use="allotments")])

    assert filled["property"]["land_area_ha"].tolist() == [0.8]
    assert filled["property"]["land_area_estimated"].all()
    assert filled["valuation"]["value_gbp"].tolist() == [16_000]


@pytest.mark.parametrize(
    ("status", "teams", "categories"),
    [
        ("operational", 1, {"rates", "energy", "hard_fm", "soft_fm", "other"}),
        ("vacant", 0, {"rates", "energy", "hard_fm"}),
        ("surplus", 0, {"rates", "energy", "hard_fm"}),
        ("let_out", 0, set()),
        ("left", 0, set()),
    ],
)
def test_who_pays_and_who_is_there_follow_the_status(status: str, teams: int, categories: set[str]) -> None:
    filled, _ = fill(property=[place(status=status)])

    assert len(filled["team"]) == teams
    assert set(filled["running_cost"]["category"]) == categories
    assert len(filled["valuation"]) == (status != "left")


@pytest.mark.parametrize(
    ("tenure", "values", "rents"),
    [("freehold", 1, []), ("unknown", 1, []), ("leasehold", 0, [130_000]), ("licence", 0, [])],
)
def test_only_what_is_not_leased_is_valued_and_only_leaseholds_get_a_rent(
    tenure: str, values: int, rents: list[float]
) -> None:
    filled, _ = fill(property=[place(floor_area_m2=1000.0, tenure=tenure)])

    assert len(filled["valuation"]) == values
    assert filled["lease"]["rent_gbp_per_year"].tolist() == rents
    assert filled["lease"]["estimated"].all()
    assert filled["lease"]["expiry_date"].isna().all()


def test_a_lease_out_is_no_lease_in() -> None:
    let = {"id": "p#lease", "property_id": "p", "direction": "out"}

    filled, _ = fill(property=[place(tenure="leasehold", status="let_out")], lease=[let])

    assert filled["lease"]["direction"].to_dict() == {"p#lease": "out", "p#lease~": "in"}


def test_a_recorded_team_gets_its_kind_space_and_people() -> None:
    filled, fills = fill(
        property=[place(use="library", floor_area_m2=450.0)],
        service=[LIBRARY],
        team=[team(service_id="library", fte=float("nan"))],
    )

    people = filled["team"].loc["t"]
    # Counter is 0.65 of 450 m2, three quarters of it in use, 30 m2 a person.
    assert (people["space_kind"], people["space_amount"], people["fte"]) == ("counter", 219.3, 7.3)
    assert people["estimated"]
    assert set(fills.loc[fills["record_id"] == "t", "column"]) == {"space_kind", "space_amount", "fte"}


def test_a_team_takes_no_more_than_is_typical_of_its_service() -> None:
    store = {"id": "s", "property_id": "p", "kind": "storage", "amount": 4000.0}

    filled, _ = fill(property=[place(use="library")], service=[LIBRARY], space=[store],
                     team=[team(service_id="library")])  # fmt: skip

    assert filled["team"].loc["t", "space_amount"] == 31.2


def test_people_known_give_the_space_they_need_within_what_is_left() -> None:
    teams = [team(fte=10.0, id="small"), team(fte=500.0, id="large"), team(space_kind="desks", space_amount=34.0)]

    filled, _ = fill(property=[place(floor_area_m2=1000.0)], team=teams)

    # 10 people x 14 m2 = 14 desks; the large team is cut to its half of 0.75 x 72 - 34 desks.
    assert filled["team"]["space_amount"].to_dict() == {"large": 10.0, "small": 10.0, "t": 34.0}


def test_estimated_space_holds_the_recorded_teams_whatever_the_building() -> None:
    clinic = team(space_kind="clinical", space_amount=60.0)

    filled, _ = fill(property=[place(use="office", floor_area_m2=100.0)], team=[clinic])

    assert filled["space"].loc["p#clinical", "amount"] == 80.0  # 60 / 0.75, more than a quarter of 100 m2


def test_a_team_works_in_a_kind_that_its_building_is_recorded_to_have() -> None:
    store = {"id": "s", "property_id": "p", "kind": "storage", "amount": 40.0}

    filled, _ = fill(property=[place(use="library")], service=[LIBRARY], space=[store],
                     team=[team(service_id="library")])  # fmt: skip

    # Three quarters of the store; a typical library of 520 m2 would use 0.08 x 0.75 of it, 31.2 m2.
    assert filled["team"]["space_kind"].tolist() == ["storage"]
    assert filled["team"]["space_amount"].tolist() == [30.0]


def test_a_counter_from_a_list_does_not_fill_a_town_hall() -> None:
    hall = place(use="office", floor_area_m2=10_000.0)

    listed, _ = fill(property=[hall], service=[LIBRARY], team=[team(service_id="library")])
    known, _ = fill(
        property=[hall],
        service=[LIBRARY],
        team=[team(service_id="library", space_kind="counter", space_amount=90.0, fte=4.0)],
    )

    assert sorted(listed["team"]["space_kind"]) == ["counter", "desks"]
    assert listed["team"]["service_id"].tolist().count("library") == 1
    assert known["team"].index.tolist() == ["t"]


@pytest.mark.parametrize(
    ("services", "recorded", "expected"),
    [([LIBRARY], [], "library"), ([], [], ""), ([LIBRARY], [team(property_id="q", service_id="library")], "")],
)
def test_an_estimated_team_offers_a_service_only_where_nobody_recorded_any(
    services: list[dict[str, Any]], recorded: list[dict[str, Any]], expected: str
) -> None:
    filled, _ = fill(
        property=[place(use="library"), place(id="q", use="library")], service=services, team=recorded
    )

    assert filled["team"].loc["p#team", "service_id"] == expected
    assert filled["team"].loc["p#team", "public_facing"] == bool(expected)


def test_a_use_that_could_mean_several_services_means_none() -> None:
    practice = {**LIBRARY, "id": "general_practice"}

    filled, _ = fill(property=[place(use="clinic")], service=[practice])

    assert filled["team"].loc["p#team", "service_id"] == ""


def test_no_estimated_need_outgrows_its_room() -> None:
    uses = list(benchmarks.benchmarks())
    places = [
        place(id=f"{use}-{area}", use=use, floor_area_m2=area) for use in uses for area in (3.0, 77.7, 4321.0)
    ]

    filled, _ = fill(property=places)

    room = filled["space"].groupby(["property_id", "kind"])["amount"].sum()
    teams = filled["team"]
    held = room.loc[list(zip(teams["property_id"], teams["space_kind"], strict=True))].to_numpy()
    assert len(teams) > len(uses)
    assert (teams["space_amount"].to_numpy() <= 0.75 * held + 1e-9).all()
