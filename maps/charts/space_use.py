"""How full the buildings are that take teams in: space in use today, after, and what there is."""

from collections import defaultdict

from estate.benchmarks import m2_per_unit
from maps.charts import Chart, Series
from maps.colours import PALETTE
from maps.pack import english
from maps.pack.case import Case, Option

ORDER, PAGE = 10, "next_steps"
MOST = 8


def build(case: Case) -> Chart | None:
    """Bars a building, the one that takes in most first; none where nobody moves in anywhere."""
    option = case.main
    hosts = {action.property_id for action in option.plan.properties if action.action == "host"}
    if not hosts:
        return None
    before, after, room = _square_metres(option)
    hubs = {action.property_id for action in option.plan.properties if action.hub_year is not None}
    room |= {p: max(room[p], after[p]) for p in hubs}  # a hub has room by its design
    order = sorted(hosts, key=lambda p: (before[p] - after[p], p))
    names = option.snapshot.properties["name"]
    shown = order[:MOST]
    note = "Of each square metre or desk that the register counts; a desk is 10 m2 with the space round it."
    if len(order) > MOST:
        note += f" {english.count(len(order) - MOST, 'more building')} on sheet Moves of the workbook."
    return Chart(
        "space-use", "Space in use in the buildings that take in most, m2", "bars", "Building",
        tuple(names[p] for p in shown),
        tuple(
            Series(name, tuple(held[p] for p in shown), colour, "whole")
            for name, held, colour in (
                ("In use today", before, PALETTE[4]), ("In use after", after, PALETTE[0]),
                ("There is", room, PALETTE[7]),
            )
        ),
        note=note,
    )  # fmt: skip


def _square_metres(option: Option) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
    """m2 by property: in use today, in use at the end, and recorded (or in use today, if more)."""
    per_unit = m2_per_unit()
    before, after, room = (defaultdict[str, float](float) for _ in range(3))
    last = {move.team_id: move.to_property_id for move in sorted(option.plan.moves, key=lambda move: move.year)}
    teams = option.snapshot.teams
    for team, home, kind, amount in zip(
        teams.index, teams["property_id"], teams["space_kind"], teams["space_amount"], strict=True
    ):
        if kind in per_unit and amount == amount:
            before[home] += amount * per_unit[kind]
            after[last.get(team, home)] += amount * per_unit[kind]
    spaces = option.snapshot.spaces
    for place, kind, amount in zip(spaces["property_id"], spaces["kind"], spaces["amount"], strict=True):
        if kind in per_unit and amount == amount:
            room[place] += amount * per_unit[kind]
    return before, after, defaultdict(float, {p: max(room[p], before[p]) for p in {*room, *before, *after}})
