"""The synthetic place: true to the dictionary, to the founding papers and to its seed."""

import csv
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import shapely

from estate import estimates
from estate.dictionary import REGISTER_TABLES, columns
from estate.frames import frame_of
from estate.problems import InputError
from estate.synthetic import PROFILES, TABLES, SyntheticPlace, generate
from estate.synthetic.ground import make_ground
from optimiser import scenario

Frames = dict[str, pd.DataFrame]


@cache
def full_size(profile: str) -> SyntheticPlace:
    return generate(3_000, 20, 900, seed=1, profile=profile)


@pytest.fixture(params=PROFILES)
def place(request: pytest.FixtureRequest) -> SyntheticPlace:
    """A place of full size of each profile in turn."""
    return full_size(request.param)


def frames(place: SyntheticPlace) -> Frames:
    return {table: frame_of(table, place.tables.get(table, [])) for table in REGISTER_TABLES}


def filled(place: SyntheticPlace) -> Frames:
    return estimates.fill(frames(place))[0]


def yearly_cost_gbp(of: Frames) -> float:
    rents = of["lease"].loc[of["lease"]["direction"] == "in", "rent_gbp_per_year"].sum()
    return float(of["running_cost"]["gbp_per_year"].sum() + rents)


def read_back(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every row as an importer would read it: each cell by the column dictionary."""
    for path in sorted(folder.glob("*.csv")):
        described = {column.name: column for column in columns(path.stem)}
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                assert list(row) == list(described)
                yield (
                    path.stem,
                    {
                        name: shapely.from_wkt(cell or None)
                        if described[name].type == "geometry"
                        else described[name].parse(cell, row["id"])
                        for name, cell in row.items()
                    },
                )


def test_it_has_the_size_that_was_asked(place: SyntheticPlace) -> None:
    sizes = {table: len(rows) for table, rows in place.tables.items()}

    assert (sizes["property"], sizes["organisation"], sizes["zone"], sizes["service"]) == (3_000, 20, 900, 10)
    assert 4_000 <= sizes["team"] <= 4_600


@pytest.mark.parametrize("seed", [1, 2])
def test_value_and_running_cost_are_those_of_the_founding_papers(seed: int) -> None:
    place = generate(3_000, 20, 900, seed)

    recorded, all_of_it = frames(place), filled(place)

    assert 5.0e9 <= recorded["valuation"]["value_gbp"].sum() <= 6.0e9
    assert 5.0e9 <= all_of_it["valuation"]["value_gbp"].sum() <= 6.0e9
    assert 270e6 <= yearly_cost_gbp(recorded) <= 330e6
    assert yearly_cost_gbp(all_of_it) == pytest.approx(300e6, rel=0.05)


def test_free_has_the_same_totals_and_nothing_missing() -> None:
    recorded, fills = frames(full_size("free")), estimates.fill(frames(full_size("free")))[1]

    assert recorded["valuation"]["value_gbp"].sum() == pytest.approx(5.5e9, rel=0.01)
    assert yearly_cost_gbp(recorded) == pytest.approx(300e6, rel=0.01)
    assert fills.empty


def test_realistic_puts_the_estimates_to_use() -> None:
    _, fills = estimates.fill(frames(full_size("realistic")))

    assert {"property", "space", "running_cost", "valuation", "team"} == set(fills["table"])


def test_every_cell_fits_the_dictionary_and_every_reference_its_row(place: SyntheticPlace, tmp_path: Path) -> None:
    place.write(tmp_path)
    ids: dict[str, list[str]] = {table: [] for table in TABLES}
    wanted: dict[str, set[str]] = {table: set() for table in TABLES}
    for table, row in read_back(tmp_path):
        ids[table].append(row["id"])
        for column in columns(table):
            if column.references and row[column.name]:
                wanted[column.references.removesuffix(".id")].add(row[column.name])

    for table in TABLES:
        assert len(set(ids[table])) == len(ids[table])
        assert wanted[table] <= set(ids[table])
    assert wanted["property"]


def test_the_scenario_is_one_that_the_optimiser_takes(place: SyntheticPlace, tmp_path: Path) -> None:
    place.write(tmp_path)

    assert scenario.read(tmp_path / "scenario.yaml").name == place.scenario["name"]


def test_doing_nothing_is_always_possible(place: SyntheticPlace) -> None:
    known = filled(place)
    room = known["space"].groupby(["property_id", "kind"])["amount"].sum()
    need = known["team"].groupby(["property_id", "space_kind"])["space_amount"].sum()

    used = need / room.reindex(need.index)

    assert used.notna().all()
    assert used.max() <= 0.95
    assert used.min() < 0.45  # uneven use
    assert used.quantile(0.9) > 0.7


def test_zones_tile_the_place(place: SyntheticPlace) -> None:
    zones = frames(place)["zone"]
    tiles = zones["geometry"].to_numpy()

    assert shapely.is_valid(tiles).all()
    assert shapely.area(tiles).sum() == pytest.approx(shapely.union_all(tiles).area, rel=1e-9)
    assert (
        shapely.distance(tiles, shapely.points(zones["centre_easting_m"], zones["centre_northing_m"])) < 2
    ).all()
    ages = zones[["population_0_15", "population_16_64", "population_65_plus"]]
    assert (ages.sum(axis=1) == zones["population"]).all()
    assert (ages >= 0).all(axis=None)
    assert (zones["households_no_car"] <= zones["households"]).all()
    assert set(zones["deprivation_decile"]) == set(range(1, 11))
    by_decile = zones.groupby("deprivation_decile")[["households_no_car", "households"]].sum()
    shares = by_decile["households_no_car"] / by_decile["households"]
    assert shares[1] > 1.5 * shares[10]


def test_every_property_lies_in_the_place(place: SyntheticPlace) -> None:
    known = frames(place)
    whole = shapely.union_all(known["zone"]["geometry"].to_numpy()).buffer(1)

    assert shapely.contains(whole, known["property"]["geometry"].to_numpy()).all()


def test_realistic_estates_are_mixed() -> None:
    known = frames(full_size("realistic"))
    properties, leases, teams = known["property"], known["lease"], known["team"]

    assert set(known["organisation"]["kind"]) == {
        "county", "district", "police", "fire", "nhs", "dwp", "central", "third_sector"
    }  # fmt: skip
    assert set(properties["tenure"]) == {"freehold", "leasehold", "licence", "unknown"}
    assert {"operational", "vacant", "surplus", "let_out"} == set(properties["status"])
    assert (properties["holding"] == "land").mean() > 0.1
    assert 0.05 < (~properties["listed"].isin(["", "none"])).mean() < 0.15
    assert properties.groupby("site_id").size().max() == 4
    assert (leases["break_dates"] != "").any()
    assert leases["expiry_date"].notna().any()
    assert (teams.groupby("property_id").size() > 1).mean() > 0.2
    assert set(teams["service_id"]) - {""} == set(known["service"].index)
    assert properties["name"].duplicated().mean() < 0.1


def test_freeholders_have_repairs_by_condition() -> None:
    held = [
        row
        for row in full_size("realistic").tables["property"]
        if row.get("condition_grade") and row["floor_area_m2"]
    ]
    owned = [row for row in held if row["tenure"] == "freehold"]
    by_grade = {
        grade: np.mean(
            [row.get("backlog_gbp", 0) / row["floor_area_m2"] for row in owned if row["condition_grade"] == grade]
        )
        for grade in "ABCD"
    }
    assert by_grade["A"] == 0 < by_grade["B"] < by_grade["C"] < by_grade["D"]
    assert all(row.get("backlog_due_year") is None for row in owned if row["condition_grade"] in "AD")
    assert {row["backlog_due_year"] for row in owned if row["condition_grade"] == "C"} == set(range(2027, 2033))
    assert not any("backlog_gbp" in row for row in held if row["tenure"] != "freehold")


def digest_of(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("profile", PROFILES)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(profile: str, tmp_path: Path) -> None:
    for name, seed in (("first", 7), ("second", 7), ("other", 8)):
        generate(120, 9, 40, seed, profile).write(tmp_path / name)

    first, second, other = (digest_of(tmp_path / name) for name in ("first", "second", "other"))

    assert first == second
    assert first["property.csv"] != other["property.csv"]
    assert first["zone.csv"] != other["zone.csv"]
    assert b"\r" not in (tmp_path / "first" / "property.csv").read_bytes()


def test_the_bytes_are_those_of_other_machines(tmp_path: Path) -> None:
    """Pinned: a change here changes everybody's synthetic place, so it belongs in CHANGELOG.md."""
    generate(60, 7, 20, seed=1).write(tmp_path)

    digests = digest_of(tmp_path)

    assert {name: digests[name][:12] for name in ("property.csv", "team.csv", "scenario.yaml")} == {
        "property.csv": "9e95929217ef",
        "team.csv": "bdf16130d184",
        "scenario.yaml": "008237e543a6",
    }


def test_a_smaller_place_written_over_a_larger_one_leaves_none_of_it(tmp_path: Path) -> None:
    generate(60, 7, 20, seed=1, profile="realistic").write(tmp_path)
    paths = generate(60, 7, 20, seed=1, profile="free").write(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in paths}
    assert not (tmp_path / "site.csv").exists()


def test_the_largest_place_stays_on_the_national_grid() -> None:
    usual, largest = (make_ground(np.random.default_rng(1), count).outline for count in (3_000, 100_000))
    west, south, east, north = largest.bounds

    assert largest.area == pytest.approx(
        100 / 3 * usual.area, rel=0.001
    )  # as close together as in a smaller place
    assert 0 < west < east < 700_000
    assert 0 < south < north < 1_300_000


@pytest.mark.parametrize("properties", [10, 60, 300])
@pytest.mark.parametrize("profile", PROFILES)
def test_small_places_are_whole_too(properties: int, profile: str, tmp_path: Path) -> None:
    place = generate(properties, 1, 12, seed=3, profile=profile)
    place.write(tmp_path)

    assert len(place.tables["property"]) == properties
    assert sum(1 for _ in read_back(tmp_path)) == sum(len(rows) for rows in place.tables.values())
    zones = [row["geometry"] for row in place.tables["zone"]]
    area_km2 = shapely.union_all(zones).area / 1e6
    assert 0.5 < properties / area_km2 < 1  # a county of 3,000 has 100 x 60 km, less its corners


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"properties": 0}, "--properties has '0'"),
        ({"organisations": 0}, "--organisations has '0'"),
        ({"zones": 1}, "--zones has '1'"),
        ({"zones": 30_000}, "--zones has '30000'"),
        ({"seed": -1}, "--seed has '-1'"),
        ({"profile": "hard"}, "--profile has 'hard'"),
    ],
)
def test_sizes_that_cannot_be_are_refused(arguments: dict[str, Any], named: str) -> None:
    asked: dict[str, Any] = {"properties": 20, "organisations": 3, "zones": 10, "seed": 1, **arguments}

    with pytest.raises(InputError, match=named):
        generate(**asked)
