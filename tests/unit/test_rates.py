"""Rates, benchmarks and service standards as data: complete, sourced, and true to what they were derived from."""

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import data
from estate import benchmarks, rates
from estate.dictionary import columns
from estate.services import definitions

STATUSES = {"in_force", "superseded", "proposed", "secondary", "assumption"}
CHOICES = {
    (table, column.name): set(column.choices)
    for table in ("property", "space", "running_cost", "organisation")
    for column in columns(table)
}


def table(name: str) -> list[dict[str, str]]:
    with (data.FOLDER / "rates" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_rate_has_a_unit_a_date_a_source_and_a_status() -> None:
    for rate in rates.rates().values():
        assert rate.unit
        assert rate.source
        assert isinstance(rate.from_date, date)
        assert rate.status in STATUSES


def test_every_use_has_a_benchmark_with_date_source_and_status() -> None:
    rows = table("use_benchmarks.csv")

    assert [row["use"] for row in rows] == list(dict.fromkeys(row["use"] for row in rows))
    assert {row["use"] for row in rows} == CHOICES["property", "use"]
    for row in rows:
        assert row["status"] in STATUSES
        assert row["source"]
        assert date.fromisoformat(row["from_date"])


def test_shares_of_space_leave_room_for_corridors() -> None:
    kinds = {row["kind"] for row in table("space_kinds.csv")}
    assert kinds == CHOICES["space", "kind"]
    for benchmark in benchmarks.benchmarks().values():
        assert set(benchmark.space_shares) <= kinds
        assert 0 < benchmark.usable_share <= 0.9 + 1e-9


def test_every_category_of_estimated_cost_says_whether_it_follows_the_people() -> None:
    assert set(benchmarks.cost_parts()) == set(benchmarks.COST_CATEGORIES)
    assert set(benchmarks.cost_parts()) <= CHOICES["running_cost", "category"]
    assert set(benchmarks.cost_parts().values()) <= CHOICES["running_cost", "part"]


def test_an_unknown_use_takes_the_benchmark_of_other() -> None:
    assert benchmarks.benchmark("").use == "other"


def test_older_prices_are_brought_to_those_of_today() -> None:
    # Clinics: hard FM of GBP 42.2 a m2 in 2016-17, times 1.35.
    assert benchmarks.benchmark("clinic").costs_gbp_per_m2["hard_fm"] == pytest.approx(56.97)
    assert benchmarks.benchmark("office").costs_gbp_per_m2["hard_fm"] == 28


def test_office_costs_with_rent_lie_in_the_published_range() -> None:
    office = benchmarks.benchmark("office")
    assert 123 < sum(office.costs_gbp_per_m2.values()) + office.rent_gbp_per_m2 < 636


ERIC_COSTS = {
    "energy": ["Energy costs (all energy supplies) (£)"],
    "hard_fm": [
        "Estates and property maintenance (£)",
        "Grounds and gardens maintenance (£)",
        "Other Hard FM (Estates) costs (£)",
    ],
    "soft_fm": [
        "Cleaning service cost (£)",
        "Portering service cost (£)",
        "Landfill disposal cost (£)",
        "Incineration disposal cost (£)",
        "Waste reycling cost (£)",
        "Other recovery cost (£)",
    ],
    "other": ["Water cost (£)", "Sewage cost (£)"],
}
ERIC_TRUSTS = {
    "hospital": ("ACUTE",),
    "clinic": ("COMMUNITY", "MENTAL HEALTH AND LEARNING DISABILITY", "CARE TRUST"),
}


@pytest.mark.realdata
@pytest.mark.parametrize(("use", "count"), [("hospital", 152), ("clinic", 69)])
def test_nhs_costs_are_those_of_eric(shared_data: Path, use: str, count: int) -> None:
    eric = pd.read_csv(
        shared_data / "nhs_eric_trust" / "ERIC-2016-17.csv", sep="$", header=1, dtype=str, encoding="utf-8-sig"
    )
    eric = eric[eric["Organisation Type"].fillna("").str.startswith(ERIC_TRUSTS[use])]
    given = {row["use"]: row for row in table("use_benchmarks.csv")}[use]

    assert len(eric) == count
    area_m2 = _total(eric["Gross internal floor area (m²)"])
    for category, headings in ERIC_COSTS.items():
        gbp_per_m2 = sum(_total(eric[heading]) for heading in headings) / area_m2
        assert float(given[f"{category}_gbp_per_m2"]) == pytest.approx(gbp_per_m2, abs=0.051)


def _total(cells: pd.Series) -> float:
    return float(pd.to_numeric(cells.str.replace(",", ""), errors="coerce").fillna(0).sum())


def test_there_is_a_definition_for_each_of_the_common_services() -> None:
    assert {
        "library", "general_practice", "community_hub", "childrens_centre", "leisure_centre", "jobcentre",
        "police_counter", "fire_station", "council_access_point", "community_clinic",
    } <= set(definitions())  # fmt: skip


def test_each_service_works_in_space_that_its_buildings_have() -> None:
    for service in definitions().values():
        assert service.space_kind in benchmarks.benchmark(service.use).space_shares


def test_no_word_of_a_file_name_means_two_services() -> None:
    words = [word for service in definitions().values() for word in service.file_words]
    assert len(words) == len(set(words))


def test_a_standard_of_no_publisher_says_so() -> None:
    assert all(service.standard_source.startswith("local: ") for service in definitions().values())


def test_a_service_file_with_another_key_or_value_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (data.FOLDER / "services" / "library.yaml").read_text(encoding="utf-8")
    (tmp_path / "services").mkdir()
    for name in ("service", "property", "space", "organisation"):
        columns(name)  # read before the folder moves
    monkeypatch.setattr(data, "FOLDER", tmp_path)
    file = tmp_path / "services" / "library.yaml"

    for broken, reason in [
        (text + "colour: red\n", "the keys must be"),
        (text.replace("mode: foot", "mode: horse"), "it is none of car"),
        (text.replace("id: library", "id: books"), "it must be the file's name"),
    ]:
        file.write_text(broken, encoding="utf-8")
        with pytest.raises(ValueError, match=reason):
            definitions.__wrapped__()
