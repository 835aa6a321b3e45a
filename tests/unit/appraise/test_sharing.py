"""Sharing a gain: games whose answers are known from books, and what must hold in every game."""

import doctest
import random
from collections.abc import Callable
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optimiser.appraise import sharing
from optimiser.appraise.sharing import Group, Payment

Game = dict[Group, float]


def game(players: str, value: Callable[[Group], float]) -> Game:
    groups = [frozenset(g) for size in range(1, len(players) + 1) for g in combinations(players, size)]
    return {group: float(value(group)) for group in groups}


# One right glove and two left ones: a pair is worth 1.
GLOVES = game("abr", lambda g: "r" in g and len(g) > 1)
# Any two of three get everything: no share holds.
MAJORITY = game("abc", lambda g: len(g) > 1)
# Airport of Littlechild and Owen: a runway costs what the largest aeroplane needs; saving against one's own each.
RUNWAY = {"a": 12.0, "b": 20.0, "c": 33.0}
AIRPORT = game("abc", lambda g: sum(RUNWAY[i] for i in g) - max(RUNWAY[i] for i in g))
# Bankruptcy of the Talmud (Aumann and Maschler 1985): claims of 100, 200, 300 on an estate.
CLAIMS = {"a": 100.0, "b": 200.0, "c": 300.0}


def bankruptcy(estate: float) -> Game:
    return game("abc", lambda g: max(0.0, estate - sum(claim for i, claim in CLAIMS.items() if i not in g)))


def test_the_examples_in_the_code_hold() -> None:
    assert doctest.testmod(sharing) == (0, doctest.testmod(sharing).attempted)
    assert doctest.testmod(sharing).attempted >= 6


def test_shapley_of_the_airport_is_each_part_of_the_runway_shared_by_those_who_need_it() -> None:
    fees = {"a": 12 / 3, "b": 12 / 3 + 8 / 2, "c": 12 / 3 + 8 / 2 + 13}
    shares = sharing.shapley(AIRPORT)
    assert {i: RUNWAY[i] - shares[i] for i in shares} == pytest.approx(fees)
    assert sharing.strain(AIRPORT).gbp <= 0
    assert sharing.objections(shares, AIRPORT) == ()


@pytest.mark.parametrize(("estate", "talmud"), [(100, (100 / 3,) * 3), (200, (50, 75, 75)), (300, (50, 100, 150))])
def test_the_nucleolus_of_a_bankruptcy_is_what_the_talmud_rules(estate: float, talmud: tuple[float, ...]) -> None:
    assert tuple(sharing.nucleolus(bankruptcy(estate)).values()) == pytest.approx(talmud)


def test_the_gloves_have_one_share_that_holds_and_it_is_not_shapley_s() -> None:
    assert sharing.nucleolus(GLOVES) == pytest.approx({"a": 0.0, "b": 0.0, "r": 1.0}, abs=1e-9)
    assert sharing.strain(GLOVES).gbp == pytest.approx(0.0, abs=1e-9)
    assert sharing.subsidy(GLOVES) == pytest.approx(0.0, abs=1e-9)
    unstable = sharing.objections(sharing.shapley(GLOVES), GLOVES, least_gbp=0.01)
    assert [one.members for one in unstable] == [("a", "r"), ("b", "r")]
    assert unstable[0].better_alone_by_gbp == pytest.approx(1 / 6)


def test_where_any_two_can_take_all_no_share_holds_and_a_half_more_would() -> None:
    assert sharing.shapley(MAJORITY) == pytest.approx(dict.fromkeys("abc", 1 / 3))
    assert sharing.nucleolus(MAJORITY) == pytest.approx(dict.fromkeys("abc", 1 / 3))
    assert sharing.strain(MAJORITY).gbp == pytest.approx(1 / 3)
    assert sharing.subsidy(MAJORITY) == pytest.approx(1 / 2)
    assert sharing.strain(MAJORITY).weights == pytest.approx(
        {frozenset(pair): 1 / 3 for pair in ("ab", "ac", "bc")}
    )


def test_shapley_of_a_weighted_vote_is_known_from_parliaments() -> None:
    """Seats 4, 3, 2, 1 and a quota of 6 (Shapley and Shubik 1954's index): 5/12, 3/12, 3/12, 1/12."""
    seats = {"a": 4, "b": 3, "c": 2, "d": 1}
    votes = game("abcd", lambda g: sum(seats[i] for i in g) >= 6)
    assert sharing.shapley(votes) == pytest.approx({"a": 5 / 12, "b": 3 / 12, "c": 3 / 12, "d": 1 / 12})


def test_a_nucleolus_needs_more_than_one_round() -> None:
    """Only a and b gain together: c, who adds nothing, gets nothing, and they halve what is theirs."""
    shares = sharing.nucleolus(game("abc", lambda g: 10.0 * ({"a", "b"} <= g)))
    assert shares == pytest.approx({"a": 5.0, "b": 5.0, "c": 0.0}, abs=1e-9)


def test_one_partner_and_two_are_games_too() -> None:
    alone, pair = game("a", lambda _: 7.0), game("ab", lambda g: {1: 2.0, 2: 10.0}[len(g)])
    assert sharing.nucleolus(alone) == sharing.shapley(alone) == {"a": 7.0}
    assert sharing.strain(alone).gbp == 0.0
    assert sharing.nucleolus(pair) == pytest.approx({"a": 5.0, "b": 5.0})


values_of_four = st.lists(st.floats(-1e6, 1e7, width=32), min_size=15, max_size=15)


def of_four(numbers: list[float]) -> Game:
    left = iter(numbers)
    return game("abcd", lambda _: next(left))


@given(values_of_four, values_of_four)
def test_shapley_has_the_four_properties_that_only_it_has(one: list[float], other: list[float]) -> None:
    first, second = of_four(one), of_four(other)
    shares, whole = sharing.shapley(first), first[frozenset("abcd")]
    assert sum(shares.values()) == pytest.approx(whole, rel=1e-9, abs=1e-3)  # efficiency
    added = sharing.shapley({group: first[group] + second[group] for group in first})
    assert added == pytest.approx({i: shares[i] + sharing.shapley(second)[i] for i in shares}, rel=1e-9, abs=1e-3)
    swap = str.maketrans("ab", "ba")  # symmetry: names do not matter
    swapped = sharing.shapley({frozenset("".join(group).translate(swap)): v for group, v in first.items()})
    assert swapped == pytest.approx({**shares, "a": shares["b"], "b": shares["a"]}, rel=1e-9, abs=1e-3)
    idle = {group: first.get(group - {"d"}, 0.0) + 5.0 * ("d" in group) for group in first}  # dummy
    assert sharing.shapley(idle)["d"] == pytest.approx(5.0, abs=1e-3)


@given(values_of_four)
def test_the_mean_over_every_order_is_the_shapley_value(numbers: list[float]) -> None:
    played = of_four(numbers)
    means = sharing.sampled_shapley(permutations("abcd"), played)
    assert {i: mean.gbp for i, mean in means.items()} == pytest.approx(sharing.shapley(played), rel=1e-9, abs=1e-3)


def test_a_sample_of_orders_is_within_its_stated_error() -> None:
    dice = random.Random(3)
    played = game("abcdef", lambda g: len(g) ** 2 * 100 + dice.random() * 50)
    orders = [dice.sample("abcdef", 6) for _ in range(200)]
    for i, mean in sharing.sampled_shapley(orders, played).items():
        assert mean.standard_error_gbp is not None
        assert abs(mean.gbp - sharing.shapley(played)[i]) < 4 * mean.standard_error_gbp
    assert sharing.sampled_shapley(orders[:1], played)["a"].standard_error_gbp is None


@settings(deadline=None, max_examples=60)
@given(values_of_four)
def test_the_nucleolus_leaves_the_worst_off_group_as_well_off_as_can_be(numbers: list[float]) -> None:
    played = of_four(numbers)
    shares, close = sharing.nucleolus(played), 1e-6 * max(1.0, *map(abs, numbers))
    assert sum(shares.values()) == pytest.approx(played[frozenset("abcd")], abs=close)
    worst = max(v - sum(shares[i] for i in group) for group, v in played.items() if len(group) < 4)
    assert worst == pytest.approx(sharing.strain(played).gbp, abs=close)
    lacking = sharing.subsidy(played)
    assert (lacking > close) == (worst > close) or lacking == pytest.approx(0, abs=4 * close)


@given(st.dictionaries(st.sampled_from("abcdef"), st.floats(-1e7, 1e7), min_size=1))
def test_after_the_payments_nobody_loses_and_nobody_pays_more_than_it_gains(gains: dict[str, float]) -> None:
    payments = sharing.so_that_none_loses(gains, 8.0)
    losses = -sum(gain for gain in gains.values() if gain < 0)
    if payments is None:
        assert sum(gains.values()) < 0.01 * len(gains)
        return
    assert sum(one.gbp for one in payments) == pytest.approx(losses, abs=0.011 * len(gains))
    for i, gain in gains.items():
        after = gain + sum(one.gbp * ((one.receiver == i) - (one.payer == i)) for one in payments)
        assert after > -0.011
        assert after <= gain or gain < 0


@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=7))
def test_a_settlement_gives_everybody_their_share(pence: list[int]) -> None:
    gains = {f"p{n}": number / 100 for n, number in enumerate(pence)}
    shares = sharing.in_proportion(sum(gains.values()), dict.fromkeys(gains, 1.0))
    payments = sharing.settlement(gains, shares, 10.0)
    assert len(payments) < len(gains)
    for i, gain in gains.items():
        after = gain + sum(one.gbp * ((one.receiver == i) - (one.payer == i)) for one in payments)
        assert after == pytest.approx(shares[i], abs=0.01 * len(gains))


def test_payments_say_what_they_are_by_the_year() -> None:
    assert sharing.so_that_none_loses({"a": 50.0, "b": -20.0}, 8.0) == (Payment("a", "b", 20.0, 2.5),)


def test_where_nothing_weighs_anything_shares_are_equal() -> None:
    assert sharing.in_proportion(9.0, {"a": 0.0, "b": 0.0, "c": 0.0}) == {"a": 3.0, "b": 3.0, "c": 3.0}
