"""Small random models of the planner's form, as arrays: who goes where, what is kept, who is reached."""

import random

import numpy as np
from pulp import LpBinary, LpContinuous, LpMinimize, LpProblem, LpVariable, lpSum

from optimiser.solve import highs
from optimiser.solve.arrays import Arrays, to_arrays
from optimiser.solve.blocks import NO_BLOCK, Floats, Ints


def packing(
    seed: int, *, places: int = 4, teams: int = 5, phases: int = 1, hubs: bool = False
) -> tuple[Arrays, Ints, Floats]:
    """A model, the block of each of its columns, and what today looks like: every team at home.

    Two kinds of room, one service that at least one of some places must offer to enough people, a sale of what is
    left, and a limit on moves: rows of one place and rows that link several. With `hubs` a place where both of two
    bodies work can be made one: it has more room, and a counter that joins it saves.
    """
    dice = random.Random(seed)
    problem, owner = LpProblem("packing", LpMinimize), {}

    def variable(name: str, place: int, whole: bool = True) -> LpVariable:
        made = problem.add_variable(name, 0, 1, LpBinary if whole else LpContinuous)
        owner[name] = place
        return made

    time = range(phases)
    home = [dice.randrange(places) for _ in range(teams)]
    kind = [dice.randrange(2) for _ in range(teams)]
    need = [dice.randrange(2, 9) for _ in range(teams)]
    offers = [dice.random() < 0.5 for _ in range(teams)]
    room = [[dice.randrange(4, 16) for _ in range(2)] for _ in range(places)]
    for u in range(teams):
        used = sum(need[w] for w in range(teams) if home[w] == home[u] and kind[w] == kind[u])
        room[home[u]][kind[u]] = max(room[home[u]][kind[u]], used)
    keep = {(p, t): variable(f"keep_{p}_{t}", p) for p in range(places) for t in time}
    sold = {(p, t): variable(f"sold_{p}_{t}", p, whole=False) for p in range(places) for t in time}
    works = {(u, p, t): variable(f"works_{u}_{p}_{t}", p)
             for u in range(teams) for p in range(places) for t in time
             if p == home[u] or need[u] <= room[p][kind[u]]}  # fmt: skip
    opened = {(p, t): variable(f"open_{p}_{t}", p, whole=False) for p in range(places) for t in time}
    reached = {(z, t): variable(f"reached_{z}_{t}", NO_BLOCK, whole=False) for z in range(3) for t in time}
    hub = {(p, t): variable(f"hub_{p}_{t}", p) for p in range(places) for t in time if hubs}
    partner = {
        (o, *key): variable(f"partner_{o}_{key[0]}_{key[1]}", key[0], whole=False) for o in range(2) for key in hub
    }
    joins = {(u, p, t): variable(f"joins_{u}_{p}_{t}", p, whole=False)
             for u, p, t in works if offers[u] and p != home[u] and hubs}  # fmt: skip
    move = {(u, p): dice.randrange(0, 30) for u in range(teams) for p in range(places)}
    problem.setObjective(
        lpSum(dice.randrange(20, 90) * keep[key] for key in keep)
        + lpSum(-dice.randrange(0, 40) * sold[key] for key in sold)
        + lpSum(move[u, p] * works[u, p, t] for u, p, t in works if p != home[u])
        + lpSum(9 * found for found in hub.values())
        - lpSum(12 * found for found in joins.values())
    )
    for u, p, t in joins:
        problem.addConstraint(joins[u, p, t] <= works[u, p, t])
        problem.addConstraint(joins[u, p, t] <= hub[p, t])
    for p, t in hub:
        problem.addConstraint(hub[p, t] <= keep[p, t])
        for o in range(2):
            of_body = lpSum(works[u, p, t] for u in range(o, teams, 2) if (u, p, t) in works)
            problem.addConstraint(partner[o, p, t] <= of_body)
        problem.addConstraint(partner[0, p, t] + partner[1, p, t] >= 2 * hub[p, t])
        if t:
            problem.addConstraint(hub[p, t] >= hub[p, t - 1])
    for t in time:
        for u in range(teams):
            problem.addConstraint(lpSum(works[u, p, t] for p in range(places) if (u, p, t) in works) == 1)
        for p in range(places):
            for k in range(2):
                inside = [u for u in range(teams) if kind[u] == k and (u, p, t) in works]
                if inside:
                    more = 4 * hub[p, t] if hubs and not k else 0
                    problem.addConstraint(
                        lpSum(need[u] * works[u, p, t] for u in inside) <= room[p][k] * keep[p, t] + more
                    )
            problem.addConstraint(sold[p, t] + keep[p, t] <= 1)
            of_service = [works[u, p, t] for u in range(teams) if offers[u] and (u, p, t) in works]
            problem.addConstraint(opened[p, t] <= lpSum(of_service))
            if t:
                problem.addConstraint(keep[p, t] <= keep[p, t - 1])
                problem.addConstraint(sold[p, t] >= sold[p, t - 1])
        for u, p, s in works:
            if s == t:
                problem.addConstraint(works[u, p, t] <= keep[p, t])
                if t:
                    now, before = works[u, p, t], works[u, p, t - 1]
                    problem.addConstraint(now <= before if p == home[u] else now >= before)
        near = [[p for p in range(places) if dice.random() < 0.6] for _ in range(3)]
        today = {home[u] for u in range(teams) if offers[u]}
        for z in range(3):
            problem.addConstraint(reached[z, t] <= lpSum(opened[p, t] for p in near[z]))
        people = [dice.randrange(1, 9) for _ in range(3)]
        now_reached = sum(n for n, places_near in zip(people, near, strict=True) if today & set(places_near))
        problem.addConstraint(lpSum(n * reached[z, t] for z, n in enumerate(people)) >= 0.7 * now_reached)
        problem.addConstraint(lpSum(works[u, p, t] for u, p, s in works if s == t and p != home[u]) <= 0.6 * teams)
    names = [found.name for found in problem.variables()]
    start = np.zeros(len(names))
    place = {name: j for j, name in enumerate(names)}
    for (p, t), found in keep.items():
        start[place[found.name]] = 1
        is_open = any(offers[u] and home[u] == p for u in range(teams))
        start[place[opened[p, t].name]] = float(is_open)
    for u in range(teams):
        for t in time:
            start[place[works[u, home[u], t].name]] = 1
    arrays = to_arrays(problem)
    _reach(arrays, start, [place[found.name] for found in reached.values()])
    return arrays, np.array([owner[name] for name in names]), start


def best_value(arrays: Arrays) -> float:
    """What the best whole solution costs, by HiGHS."""
    found = highs.solve(arrays, seconds=20)
    assert found.objective is not None
    return found.objective


def _reach(arrays: Arrays, start: Floats, reached: list[int]) -> None:
    """Set who is reached as far as the rows allow."""
    for j in reached:
        start[j] = 1.0
        for row in range(len(arrays.row_lower)):
            span = slice(arrays.starts[row], arrays.starts[row + 1])
            columns, values = arrays.columns[span], arrays.values[span]
            if j in columns and values @ start[columns] > arrays.row_upper[row] + 1e-9:
                start[j] = 0.0
