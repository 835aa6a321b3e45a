"""The shapes of all blocks as flat arrays, for kernels that are compiled."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.blocks import Floats, Ints
from optimiser.solve.shapes import Shape


class Packed(NamedTuple):
    """The shapes of all blocks as flat arrays; `x_start[i] : x_start[i + 1]` is the run of i's entries in x."""

    state_start: Ints  # by block
    part_start: Ints  # by block
    bonus_start: Ints  # by block
    resources: Ints  # by block: how many
    bonus_column: Ints  # by bonus
    item_start: Ints  # by part: items that share resources with each other alone
    forced: NDArray[np.bool_]  # by item
    option_start: Ints  # by item
    column_start: Ints  # by option
    column: Ints
    take_start: Ints  # by option
    take_resource: Ints
    take_amount: Floats
    earn_start: Ints  # by option
    earn_bonus: Ints  # number within the block
    state_column_start: Ints  # by state
    state_column: Ints
    room_start: Ints  # by state
    room: Floats
    allow_start: Ints  # by state
    allow: NDArray[np.bool_]  # by state, every option of the block
    give_start: Ints  # by state
    give: NDArray[np.bool_]  # by state, every bonus of the block


def pack(shapes: list[Shape]) -> Packed:
    """Lay the shapes out for the kernel."""
    lists: dict[str, list[float]] = {name: [] for name in Packed._fields}
    starts = {name: [0] for name in Packed._fields if name.endswith("start")}
    for shape in shapes:
        parts = _parts(shape)
        order = [i for part in parts for i in part]
        _pack_states(shape, order, lists, starts)
        _pack_items(shape, order, lists, starts)
        for part in parts:
            starts["item_start"].append(starts["item_start"][-1] + len(part))
        lists["bonus_column"] += shape.bonuses
        lists["resources"].append(len(shape.states[0].room))
        starts["state_start"].append(starts["state_start"][-1] + len(shape.states))
        starts["part_start"].append(starts["part_start"][-1] + len(parts))
        starts["bonus_start"].append(len(lists["bonus_column"]))
    kinds = {
        "take_amount": np.float64,
        "room": np.float64,
        "forced": np.bool_,
        "allow": np.bool_,
        "give": np.bool_,
    }
    return Packed(
        **{
            name: np.array(starts.get(name, lists[name]), dtype=kinds.get(name, np.int64))
            for name in Packed._fields
        }
    )


def _parts(shape: Shape) -> list[list[int]]:
    """Items by what they share: those of one part take resources that no other part takes."""
    touched = [{r for option in item for r in option.takes} for item in shape.items]
    part_of: dict[int, list[int]] = {}
    for i, resources in enumerate(touched):
        merged = [i]
        for other in {id(part_of[r]): part_of[r] for r in resources if r in part_of}.values():
            merged += other
        part_of |= {r: merged for j in merged for r in touched[j]}
    parts = {id(part): part for part in part_of.values()}
    return [sorted(part) for part in parts.values()] + [[i] for i, found in enumerate(touched) if not found]


def _pack_states(
    shape: Shape, order: list[int], lists: dict[str, list[float]], starts: dict[str, list[int]]
) -> None:
    for state in shape.states:
        lists["state_column"] += state.columns
        lists["room"] += state.room
        lists["allow"] += [allowed for i in order for allowed in state.allows[i]]
        lists["give"] += state.gives
        starts["state_column_start"].append(len(lists["state_column"]))
        starts["room_start"].append(len(lists["room"]))
        starts["allow_start"].append(len(lists["allow"]))
        starts["give_start"].append(len(lists["give"]))


def _pack_items(
    shape: Shape, order: list[int], lists: dict[str, list[float]], starts: dict[str, list[int]]
) -> None:
    for i in order:
        item = shape.items[i]
        lists["forced"].append(shape.forced[i])
        for option in item:
            lists["column"] += option.columns
            lists["take_resource"] += option.takes.keys()
            lists["take_amount"] += option.takes.values()
            lists["earn_bonus"] += option.bonuses
            starts["column_start"].append(len(lists["column"]))
            starts["take_start"].append(len(lists["take_resource"]))
            starts["earn_start"].append(len(lists["earn_bonus"]))
        starts["option_start"].append(len(starts["column_start"]) - 1)
