"""What annealing works on: the model and where things stand in it, as arrays of records, which compile soon.

A record's runs (`takes : takes_end`) are ranges of the array of that name.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from optimiser.solve.blocks import Floats, Ints

Records = NDArray[Any]

OUTSIDE = -1
NO_ONE, EVERYONE, SOME = 0, 1, 2
TINY = 1e-9

_W, _R, _B = np.int64, np.float64, np.bool_
TEAM = np.dtype([("first", _W), ("end", _W), ("at", _W), ("best", _W)])
CANDIDATE = np.dtype(
    [
        ("team", _W),
        ("block", _W),
        ("column", _W),
        ("number", _W),
        ("seat", _W),
        ("cost", _R),
        ("takes", _W),
        ("takes_end", _W),
        ("earns", _W),
        ("earns_end", _W),
    ]
)
TAKE = np.dtype([("room", _W), ("amount", _R)])
OFFER = np.dtype([("candidate", _W), ("inside", _W)])
ROOM = np.dtype([("most", _R), ("used", _R)])
BLOCK = np.dtype(
    [
        ("offers", _W),
        ("offers_end", _W),
        ("rooms", _W),
        ("rooms_end", _W),
        ("states", _W),
        ("states_end", _W),
        ("mates", _W),
        ("mates_end", _W),
        ("teams", _W),
        ("state", _W),
        ("best", _W),
        ("touched", _W),
        ("lure", _R),
    ]
)
STATE = np.dtype(
    [("cost", _R), ("admits", _W), ("rooms", _W), ("allows", _W), ("columns", _W), ("columns_end", _W)]
)
BONUS = np.dtype([("column", _W), ("cost", _R), ("earned", _W), ("before", _W), ("touched", _W)])
LIMIT = np.dtype([("low", _R), ("high", _R), ("weight", _R), ("activity", _R), ("holds", _W)])
SHARED = np.dtype(
    [
        ("column", _W),
        ("cost", _R),
        ("low", _R),
        ("high", _R),
        ("whole", _B),
        ("value", _R),
        ("holds", _W),
        ("holds_end", _W),
        ("gains", _W),
        ("gains_end", _W),
    ]
)
HOLD = np.dtype([("limit", _W), ("bound", _R), ("value", _R)])
GAIN = np.dtype([("limit", _W), ("value", _R)])
MOVE = np.dtype([("old", _W), ("new", _W)])
CHANGE = np.dtype([("block", _W), ("state", _W), ("lure", _R)])
WAS = np.dtype([("number", _W), ("value", _R)])
TOTAL = np.dtype(
    [
        ("cost", _R),
        ("penalty", _R),
        ("best", _R),
        ("waiting", _R),
        ("pull", _R),
        ("broken", _W),
        ("outside", _W),
        ("stamp", _W),
        ("moves", _W),
        ("changes", _W),
        ("toggles", _W),
        ("trail", _W),
        ("shared_trail", _W),
        ("columns", _W),
    ]
)


class Board(NamedTuple):
    """The model and where things stand. Costs in the objective's unit."""

    teams: Records  # TEAM: its candidates are first : end, and it is `at` one of them or OUTSIDE
    candidates: Records  # CANDIDATE: `number` among the offers of its block, `seat` in `offers.inside`
    takes: Records  # TAKE
    earns: Ints  # bonuses
    blocks: Records  # BLOCK: its cheapest state first; `mates` are blocks that a costed shared column ties it to;
    # `lure` is what it seems to cost beside
    offers: Records  # OFFER: the candidates of a block; `inside`, those in use come first
    rooms: Records  # ROOM: of each resource the most that a state in use has, and what is used
    mates: Ints
    states: Records  # STATE: `admits` NO_ONE, EVERYONE or SOME, then by `allows`; room in `state_rooms`
    state_rooms: Floats
    allows: NDArray[np.bool_]
    state_columns: Ints
    bonuses: Records  # BONUS: 1 where `earned` > 0
    entries: Ints  # by column: its entries are entries[j] : entries[j + 1]
    entry_limit: NDArray[np.int32]
    entry_value: Floats
    limits: Records  # LIMIT: activity without the shared column that it holds down, whose number is `holds`
    shared: Records  # SHARED: columns that take the most that the limits leave which hold them down
    holds: Records  # HOLD
    gains: Records  # GAIN: the other limits that a shared column is in
    moves: Records  # MOVE: candidates left and taken by the proposal
    changes: Records  # CHANGE: blocks that it touches
    toggles: Ints  # bonuses that it touches
    columns: Records  # WAS: columns that change, and by how much
    trail: Records  # WAS: limits in the order that they changed, and their activity before
    shared_trail: Records
    queue: Ints
    total: Records  # TOTAL: of length 1; `pull` is by how much blocks seem to cost what is used of them
