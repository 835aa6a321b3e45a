"""How a gain may be shared among partners, and whether any group of them would do better alone.

A game is what each group of partners can save by itself: `values` by group (a frozenset of their ids), with the
group of all of them. Groups that are not in it are not known. GBP throughout.

Sources: Shapley, A value for n-person games, 1953; Schmeidler, The nucleolus of a characteristic function game,
1969; Maschler, Peleg and Shapley, Geometric properties of the kernel, nucleolus and related solution concepts,
1979 (the least core); Bachrach and others, The cost of stability in coalitional games, 2009; Castro, Gomez and
Tejada, Polynomial calculation of the Shapley value based on sampling, 2009.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

Group = frozenset[str]
Values = Mapping[Group, float]

_TIGHT = 1e-9  # a price below this is the arithmetic's


@dataclass(frozen=True)
class Objection:
    """A group that would do better alone than with its shares, and by how much."""

    members: tuple[str, ...]
    alone_gbp: float
    shares_gbp: float

    @property
    def better_alone_by_gbp(self) -> float:
        """What it would gain by leaving."""
        return self.alone_gbp - self.shares_gbp


@dataclass(frozen=True)
class Strain:
    """What some group gains by leaving however the whole is shared (below 0: what each gains by staying), and why.

    The weights add up to 1 and count every partner alike, so the mean of the groups' shares is the same part of
    the whole however it is shared: what the groups would have alone, so weighed, less that part is `gbp`.
    """

    gbp: float
    weights: dict[Group, float]


@dataclass(frozen=True)
class Mean:
    """A mean of samples and its standard error (None where there is one sample)."""

    gbp: float
    standard_error_gbp: float | None


@dataclass(frozen=True)
class Payment:
    """What one partner pays another, as present value and as a level sum in every year of the horizon."""

    payer: str
    receiver: str
    gbp: float
    gbp_per_year: float


def shapley(values: Values) -> dict[str, float]:
    """Each partner's mean addition to those who were there before it, over all orders of joining.

    sum over groups S without i of |S|! (n - |S| - 1)! / n! (v(S with i) - v(S)). Every group must be known.

    A left glove is worth nothing without a right one, and there are two left ones and one right one:

    >>> game = {frozenset(group): float("r" in group and len(group) > 1)
    ...         for group in ("a", "b", "r", "ab", "ar", "br", "abr")}
    >>> {name: round(share, 4) for name, share in shapley(game).items()}
    {'a': 0.1667, 'b': 0.1667, 'r': 0.6667}
    """
    players = everybody(values)
    n, shares = len(players), dict.fromkeys(sorted(players), 0.0)
    for group, value in values.items():
        weight = 1 / (len(group) * comb(n, len(group)))  # (s-1)! (n-s)! / n!
        for i in group:
            shares[i] += weight * (value - values.get(group - {i}, 0.0) if len(group) > 1 else value)
    return shares


def sampled_shapley(orders: Iterable[Sequence[str]], values: Values) -> dict[str, Mean]:
    """The Shapley value as a mean over some orders of joining, drawn at random, each with its standard error.

    The shares of one order add up to the whole, and so do the means. Every beginning of an order must be known.
    """
    additions: dict[str, list[float]] = {}
    for order in orders:
        before = 0.0
        for count, i in enumerate(order, start=1):
            now = values[frozenset(order[:count])]
            additions.setdefault(i, []).append(now - before)
            before = now
    found = {}
    for i, sample in sorted(additions.items()):
        error = float(np.std(sample, ddof=1)) / math.sqrt(len(sample)) if len(sample) > 1 else None
        found[i] = Mean(sum(sample) / len(sample), error)
    return found


def in_proportion(total_gbp: float, weights: Mapping[str, float]) -> dict[str, float]:
    """A total shared in proportion to weights; equally where none weighs anything.

    >>> in_proportion(90.0, {"a": 1.0, "b": 2.0})
    {'a': 30.0, 'b': 60.0}
    """
    whole = sum(weights.values())
    return {i: total_gbp * (weight / whole if whole else 1 / len(weights)) for i, weight in weights.items()}


def objections(shares: Mapping[str, float], values: Values, least_gbp: float = 1.0) -> tuple[Objection, ...]:
    """The known groups that would do better alone by more than `least_gbp`, those with the most to gain first."""
    found = [
        Objection(tuple(sorted(group)), value, sum(shares[i] for i in group))
        for group, value in values.items()
        if len(group) < len(shares)
    ]
    grave = [one for one in found if one.better_alone_by_gbp > least_gbp]
    return tuple(sorted(grave, key=lambda one: (-one.better_alone_by_gbp, one.members)))


def strain(values: Values) -> Strain:
    """The least, over all ways to share, of the most that a group gains by leaving: not above 0 has a core.

    min e   subject to   sum_S x >= v(S) - e for every group S but the whole,   sum_N x = v(N)
    """
    players, groups = _in_order(values)
    if not groups:
        return Strain(0.0, {})
    pushed = _push(players, groups, values, [])
    return Strain(pushed.excess, pushed.binding)


def nucleolus(values: Values) -> dict[str, float]:
    """The share that leaves every group as far as can be from wanting to leave: the worst off group first.

    It keeps every group in wherever any share does (it is in the core where there is one), and is the only one:
    the groups whose gain by leaving is the greatest are held at the least that it can be, then those after them.
    It is the prenucleolus; the two are one wherever no partner adds less than it saves alone.
    """
    players, groups = _in_order(values)
    if not groups:
        return {i: values[frozenset({i})] for i in players}
    fixed: list[tuple[Group, float]] = []
    while True:
        pushed = _push(players, groups, values, fixed)
        fixed += [(group, values[group] - pushed.excess) for group in pushed.binding]
        settled = _rows(players, [group for group, _ in fixed] + [everybody(values)])
        rank = np.linalg.matrix_rank(settled)
        if rank == len(players):
            return dict(zip(players, pushed.shares.tolist(), strict=True))
        groups = [
            group
            for group in groups
            if np.linalg.matrix_rank(np.vstack([settled, _rows(players, [group])])) > rank
        ]


def subsidy(values: Values) -> float:
    """What somebody else would have to add, at the least, for a share that keeps every group in; 0 with a core."""
    players, groups = _in_order(values)
    rows = [*groups, everybody(values)]
    scale = _scale(values)
    found = linprog(
        np.ones(len(players)),
        A_ub=-_rows(players, rows),
        b_ub=-np.array([values[group] for group in rows]) / scale,
        bounds=(None, None),
    )
    return max(0.0, float(found.fun) * scale - values[everybody(values)])


def everybody(values: Values) -> Group:
    """The largest group that is known, which is of all."""
    return max(values, key=len)


def so_that_none_loses(gains: Mapping[str, float], annuity: float) -> tuple[Payment, ...] | None:
    """The payments of the smallest total after which nobody loses; None where the whole does not gain.

    Who loses is paid just that, to the penny above; those who gain pay in proportion to what they gain, and so
    never more than that. `annuity` is the present value of GBP 1 in every year of the horizon.

    >>> payments = so_that_none_loses({"a": 300.0, "b": 100.0, "c": -40.0}, 10.0)
    >>> [(one.payer, one.receiver, one.gbp) for one in payments or ()]
    [('a', 'c', 30.0), ('b', 'c', 10.0)]
    >>> so_that_none_loses({"a": 10.0, "c": -40.0}, 10.0) is None
    True
    """
    losers = {i: math.ceil(-100 * gain - 1e-6) for i, gain in gains.items() if gain < 0}
    winners = {i: gain for i, gain in gains.items() if gain > 0}
    if 100 * sum(winners.values()) < sum(losers.values()):
        return None
    found = []
    for loser, pence in losers.items():
        for winner, part in _in_pence(pence, winners).items() if pence else ():
            found.append(Payment(winner, loser, part / 100, part / 100 / annuity))
    return tuple(one for one in found if one.gbp)


def settlement(gains: Mapping[str, float], shares: Mapping[str, float], annuity: float) -> tuple[Payment, ...]:
    """Few payments that turn what each gains into its share: the one who owes most pays the one who is owed most.

    The two must have the same total. Sums are in whole pence.

    >>> payments = settlement({"a": 90.0, "b": 0.0}, {"a": 45.0, "b": 45.0}, 10.0)
    >>> [(one.payer, one.receiver, one.gbp) for one in payments]
    [('a', 'b', 45.0)]
    """
    owes = {i: round(100 * (gain - shares[i])) for i, gain in gains.items()}
    found: list[Payment] = []
    while True:
        payer, receiver = max(sorted(owes), key=owes.__getitem__), min(sorted(owes), key=owes.__getitem__)
        pence = min(owes[payer], -owes[receiver])
        if pence <= 0:  # what is left, if anything, is pence of rounding
            return tuple(found)
        owes[payer] -= pence
        owes[receiver] += pence
        found.append(Payment(payer, receiver, pence / 100, pence / 100 / annuity))


def _in_pence(pence: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Whole pence shared in proportion, the odd ones to the largest remainders."""
    exact = in_proportion(float(pence), weights)
    found = {i: math.floor(part) for i, part in exact.items()}
    for i in sorted(exact, key=lambda i: (found[i] - exact[i], i))[: pence - sum(found.values())]:
        found[i] += 1
    return found


@dataclass(frozen=True)
class _Pushed:
    """Shares that hold the greatest gain by leaving, `excess`, at its least, and the prices that hold it there."""

    shares: NDArray[np.float64]
    excess: float
    binding: dict[Group, float]


def _push(players: list[str], groups: list[Group], values: Values, fixed: list[tuple[Group, float]]) -> _Pushed:
    """The least excess of these groups, while those in `fixed` keep theirs and the whole is shared."""
    scale, count = _scale(values), len(players)
    whole = everybody(values)
    equal = [*fixed, (whole, values[whole])]
    found = linprog(
        np.r_[np.zeros(count), 1.0],
        A_ub=np.c_[-_rows(players, groups), -np.ones(len(groups))],
        b_ub=-np.array([values[group] for group in groups]) / scale,
        A_eq=np.c_[_rows(players, [group for group, _ in equal]), np.zeros(len(equal))],
        b_eq=np.array([value for _, value in equal]) / scale,
        bounds=(None, None),
    )
    if not found.success:
        raise ArithmeticError(f"the shares of {len(players)} partners could not be found: {found.message}")
    prices = -found.ineqlin.marginals  # they add up to 1: whoever has one keeps its excess in every best share
    binding = {group: float(price) for group, price in zip(groups, prices, strict=True) if price > _TIGHT}
    return _Pushed(found.x[:count] * scale, float(found.x[count]) * scale, binding)


def _in_order(values: Values) -> tuple[list[str], list[Group]]:
    """The partners, and the groups smaller than the whole, in an order that is always the same."""
    whole = everybody(values)
    groups = [group for group in values if group != whole]
    return sorted(whole), sorted(groups, key=lambda group: (len(group), sorted(group)))


def _rows(players: list[str], groups: list[Group]) -> NDArray[np.float64]:
    return np.array([[float(i in group) for i in players] for group in groups])


def _scale(values: Values) -> float:
    return max((abs(value) for value in values.values()), default=0.0) or 1.0
