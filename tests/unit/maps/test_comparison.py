"""Two plans side by side: what differs is found, said with its sign, and written as one offline page."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from maps import brand, comparison, differences, tiles, words
from optimiser.explain.ranges import Range
from tests.support import two_plans


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (brand.VARIABLE, tiles.ADDRESS):
        monkeypatch.delenv(name, raising=False)


def test_the_properties_that_differ_and_how() -> None:
    found, views = two_plans.pair()
    made = {item.place.id: item for item in differences.properties(found, views)}
    kinds = {key: differences.KINDS[item.kind].label for key, item in made.items()}
    assert kinds == {
        "p0": "Left in A only", "p2": "Left in B only", "p14": "Left in both, in another year or way",
    }  # fmt: skip
    first = views[0].places[0]
    assert made["p0"].receipt_gbp == -(first.receipt_gbp or 0)
    assert made["p0"].saving_gbp_per_year == -(first.saving_gbp_per_year or 0)
    assert made["p2"].saving_gbp_per_year == views[0].places[2].running_cost_today_gbp_per_year
    assert made["p14"].receipt_gbp == 0


def test_what_is_decided_in_one_plan_only_is_said_so() -> None:
    found, views = two_plans.pair()
    action = found.properties[0].actions[0]
    assert differences._kind(action, None) == 4
    lone = replace(differences.properties(found, views)[0], places=(views[0].places[0], None))
    assert lone.saving_gbp_per_year is None


def test_zones_are_told_by_who_reaches_them() -> None:
    found, views = two_plans.pair()
    classes = differences.reach(views, "s0")
    assert differences.ZONES[classes[0]].label == "Within the standard in A only"
    assert set(classes[1:]) <= {0, 3}
    assert set(differences.reach(views, "nowhere")) == {-1}
    (line,) = (line for line in differences.people(found, views) if "A only" in line.difference)
    people = int(views[0].zones[0].population)
    assert line.difference == f"0 people in B only, {people:,} in A only"


def test_figures_have_their_sign_and_the_cost_its_proven_range() -> None:
    found, _ = two_plans.pair()
    lines = {line.name: line for line in differences.figures(found)}
    assert lines["Present cost of the estate"].difference == "£829,000 to £1.73 million less"
    saving = lines["Saving a year"]
    assert (saving.second, saving.difference[0]) == ("£200,000", "+" if "−" not in saving.difference else "−")
    assert lines["Properties that go"].difference == "0"


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-2e6, -1e6, "£1.00 million to £2.00 million less"),
        (1e6, 2e6, "£1.00 million to £2.00 million more"),
        (-1e6, 5e5, "£1.00 million less to £500,000 more"),
        (1e6, 1.001e6, "+£1.00 million"),
        (None, 5e5, "not known"),
    ],
)
def test_a_range_is_said_in_words(low: float | None, high: float | None, said: str) -> None:
    assert differences._range(Range(None, low, high)) == said


def test_the_page_is_one_offline_file_and_the_same_each_time(tmp_path: Path) -> None:
    found, views = two_plans.pair()
    html = comparison.write(found, views, tmp_path / "a.html").read_text(encoding="utf-8")
    assert comparison.write(found, views, tmp_path / "b.html").read_bytes() == (tmp_path / "a.html").read_bytes()
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html)[0]
    assert policy.startswith("default-src 'none'".replace("'", "&#39;"))
    assert "unsafe" not in policy
    assert "Fewer, better (aaaa1111)" in html
    assert words.pounds(200_000) in html


def test_plans_of_different_registers_are_said_to_be(tmp_path: Path) -> None:
    found, views = two_plans.pair()
    html = comparison.write(replace(found, same_snapshot=False), views, tmp_path / "a.html").read_text("utf-8")
    assert "from the register at different times" in html
