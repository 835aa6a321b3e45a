"""Annealing: every answer holds every row, tiny models to their optimum, the same seed gives the same answer."""

import itertools
import time

import numpy as np
import pytest

from optimiser.solve.anneal import PULL, Annealer
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import NO_BLOCK, Blocks, cut
from optimiser.solve.bridge import Limits, solve_arrays
from optimiser.solve.shapes import shapes
from tests.support.packing import packing

INF = np.inf


class Town:
    """A random one-phase model: blocks to keep or leave, teams to place, people to reach, and what a test adds."""

    def __init__(self, blocks: int, teams: int, seed: int) -> None:
        self.dice = np.random.default_rng(seed)
        self.cost: list[float] = []
        self.block: list[int] = []
        self.whole: list[bool] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.keep = [self.column(self.dice.uniform(5, 30), b) for b in range(blocks)]
        self.hub = [self.column(self.dice.uniform(5, 10), b) for b in range(blocks)]
        self.assign: list[dict[int, int]] = []
        size = self.dice.integers(1, 5, size=teams)
        for _ in range(teams):
            near = self.dice.choice(blocks, size=min(blocks, 4), replace=False)
            self.assign.append({int(b): self.column(self.dice.uniform(0, 12), int(b)) for b in near})
            self.rows.append((dict.fromkeys(self.assign[-1].values(), 1.0), 1, 1))
        for b in range(blocks):
            here = {where[b]: float(size[u]) for u, where in enumerate(self.assign) if b in where}
            self.rows += [({j: 1.0, self.keep[b]: -1.0}, -INF, 0) for j in here]
            self.rows.append((here | {self.keep[b]: -6.0, self.hub[b]: -3.0}, -INF, 0))
            self.rows.append(({self.hub[b]: 1.0, self.keep[b]: -1.0}, -INF, 0))
        self.reach()

    def column(self, cost: float, block: int = NO_BLOCK, *, whole: bool = True) -> int:
        self.cost.append(float(cost))
        self.block.append(block)
        self.whole.append(whole)
        return len(self.cost) - 1

    def reach(self) -> None:
        """Half of the people of six groups are near an open service, which some of the teams give."""
        giving = self.assign[::2]
        places = sorted({b for where in giving for b in where})
        opened = {b: self.column(0, b, whole=False) for b in places}
        for b, j in opened.items():
            self.rows.append(({j: 1.0} | {where[b]: -1.0 for where in giving if b in where}, -INF, 0))
        people, reached = self.dice.uniform(1, 3, size=6), [self.column(0, whole=False) for _ in range(6)]
        for g in reached:
            near = self.dice.choice(places, size=min(3, len(places)), replace=False)
            self.rows.append(({g: 1.0} | {opened[int(b)]: -1.0 for b in near}, -INF, 0))
        self.rows.append((dict(zip(reached, people.tolist(), strict=True)), float(people.sum() / 2), INF))

    def sell_in_pairs(self) -> None:
        """Two blocks side by side are one site, sold when both are left."""
        for one, other in zip(self.keep[::2], self.keep[1::2], strict=False):
            sold = self.column(-15, whole=False)
            self.rows += [({sold: 1.0, one: 1.0}, -INF, 1), ({sold: 1.0, other: 1.0}, -INF, 1)]

    def budget(self, share: float) -> None:
        """All hubs and dear places together within a share of what they cost; part of it can be borrowed."""
        spent = {j: self.cost[j] for where in self.assign for j in where.values()}
        loan = self.column(1.3, whole=False)
        self.rows.append((spent | {loan: -2.0}, -INF, share * sum(spent.values())))

    def blocks(self) -> Blocks:
        n = len(self.cost)
        starts = np.cumsum([0, *(len(terms) for terms, _, _ in self.rows)])
        arrays = Arrays(
            cost=np.array(self.cost),
            offset=0.0,
            lower=np.zeros(n),
            upper=np.ones(n),
            whole=np.array(self.whole),
            starts=starts.astype(np.int32),
            columns=np.array([j for terms, _, _ in self.rows for j in terms], dtype=np.int32),
            values=np.array([value for terms, _, _ in self.rows for value in terms.values()], dtype=float),
            row_lower=np.array([low for _, low, _ in self.rows], dtype=float),
            row_upper=np.array([high for _, _, high in self.rows], dtype=float),
        )
        return cut(arrays, np.array(self.block))


def _annealer(blocks: Blocks) -> Annealer:
    annealer = Annealer.of(blocks, shapes(blocks))
    assert annealer is not None
    return annealer


def _holds(blocks: Blocks, x: np.ndarray) -> bool:
    """By the matrix alone, apart from the code under test."""
    arrays = blocks.arrays
    for r in range(len(arrays.row_lower)):
        span = slice(arrays.starts[r], arrays.starts[r + 1])
        activity = float(arrays.values[span] @ x[arrays.columns[span]])
        if not arrays.row_lower[r] - 1e-6 <= activity <= arrays.row_upper[r] + 1e-6:
            return False
    whole = x[arrays.whole]
    return bool(np.all(np.abs(whole - whole.round()) < 1e-6) and np.all((x > -1e-6) & (x < 1 + 1e-6)))


def _optimum(blocks: Blocks) -> float | None:
    answer = solve_arrays(blocks.arrays, Limits(seconds=60, gap=0.0))
    assert answer.outcome in ("optimal", "infeasible")
    return answer.objective


def _by_hand(town: Town) -> float:
    """The cheapest of all ways to place the teams, with hubs where they must be."""
    blocks, best = town.blocks(), INF
    for chosen in itertools.product(*(where.values() for where in town.assign)):
        x = np.zeros(len(town.cost))
        x[list(chosen)] = 1
        for b in {town.block[j] for j in chosen}:
            x[town.keep[b]] = 1
        for terms, low, high in town.rows:  # bonuses and reach take what their one row leaves
            ups = [j for j, value in terms.items() if value == 1.0 and not town.whole[j]]
            if len(ups) == 1 and high == 0 and low == -INF:
                x[ups[0]] = min(1.0, -sum(v * x[j] for j, v in terms.items() if j != ups[0]))
        for b in {town.block[j] for j in chosen}:
            room = next(terms for terms, _, _ in town.rows if terms.get(town.hub[b]) == -3.0)
            x[town.hub[b]] = float(sum(v * x[j] for j, v in room.items()) > 0)
        if _holds(blocks, x):
            best = min(best, float(blocks.arrays.cost @ x))
    return best


@pytest.mark.parametrize("seed", range(4))
def test_tiny_models_to_their_optimum_by_hand(seed: int) -> None:
    town = Town(blocks=4, teams=5, seed=seed)
    blocks, best = town.blocks(), _by_hand(town)
    x = _annealer(blocks).run(np.zeros(len(town.cost)), seconds=0, steps=20_000, seed=seed)
    if best == INF:
        assert x is None
        return
    assert x is not None
    assert _holds(blocks, x)
    assert blocks.arrays.cost @ x == pytest.approx(best)


@pytest.mark.parametrize("seed", range(6))
def test_sales_and_a_budget_with_a_loan(seed: int) -> None:
    town = Town(blocks=8, teams=10, seed=seed)
    town.sell_in_pairs()
    town.budget(0.12)
    blocks = town.blocks()
    best = _optimum(blocks)
    x = _annealer(blocks).run(np.zeros(len(town.cost)), seconds=0, steps=60_000, seed=seed)
    if best is None:
        assert x is None
        return
    assert x is not None
    assert _holds(blocks, x)
    assert best - 1e-6 <= blocks.arrays.cost @ x <= best + 0.04 * abs(best)


def test_same_seed_same_answer_and_never_worse() -> None:
    blocks = Town(blocks=15, teams=25, seed=3).blocks()
    annealer, nothing = _annealer(blocks), np.zeros(len(blocks.arrays.cost))
    first, again = (annealer.run(nothing, seconds=0, steps=12_345, seed=5) for _ in range(2))
    assert first is not None
    assert again is not None
    assert np.array_equal(first, again)
    hot = annealer.run(first, seconds=0, steps=50, seed=1, hot=100, cold=99)
    assert hot is not None
    assert blocks.arrays.cost @ hot <= blocks.arrays.cost @ first


def test_better_plans_where_half_empty_blocks_draw_no_teams() -> None:
    """Over six places, at the same number of proposals; what is returned costs what its columns do."""
    cost = {0.0: 0.0, PULL: 0.0}
    for seed in range(1, 7):
        arrays, block_of_column, start = packing(seed, places=30, teams=60)
        annealer = _annealer(cut(arrays, block_of_column))
        for pull in cost:
            x = annealer.run(start, seconds=0, steps=200_000, seed=seed, pull=pull)
            assert x is not None
            assert _holds(annealer.blocks, x)
            cost[pull] += float(arrays.cost @ x)
    assert cost[PULL] < 0.98 * cost[0.0]


def test_stops_in_time() -> None:
    blocks = Town(blocks=15, teams=25, seed=3).blocks()
    annealer = _annealer(blocks)
    annealer.run(np.zeros(len(blocks.arrays.cost)), seconds=0, steps=1)  # compiled now
    began = time.monotonic()
    annealer.run(np.zeros(len(blocks.arrays.cost)), seconds=0.5)
    assert 0.5 <= time.monotonic() - began < 1.5


def test_ends_at_once_when_told() -> None:
    blocks = Town(blocks=15, teams=25, seed=3).blocks()
    annealer, nothing = _annealer(blocks), np.zeros(len(blocks.arrays.cost))
    looks = iter([False, False, True])
    told = annealer.run(nothing, seconds=0, steps=50_000, seed=5, stop=lambda: next(looks))
    assert next(looks, None) is None
    assert told is not None
    assert _holds(blocks, told)


def test_does_not_know_several_phases() -> None:
    """Two columns of one team in one block, tied to each other."""
    town = Town(blocks=4, teams=4, seed=0)
    later = {b: town.column(1.0, b) for b in town.assign[0]}
    town.rows.append((dict.fromkeys(later.values(), 1.0), 1, 1))
    for b, j in later.items():
        town.rows += [({j: 1.0, town.keep[b]: -1.0}, -INF, 0), ({town.assign[0][b]: 1.0, j: -1.0}, -INF, 0)]
    blocks = town.blocks()
    assert Annealer.of(blocks, shapes(blocks)) is None
