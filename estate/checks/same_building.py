"""One building on the lists of two bodies."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from scipy.spatial import KDTree

from estate.checks import Finding, Rows
from estate.database import Row
from estate.importers._matching import COMMON, similarity
from estate.uses import USES_OF_LAND

NAME = "same-building"
DESCRIPTION = "Properties of two bodies that look like one building: near, with a like name or the same address"
NEAR_M = 60.0
SIMILAR = 0.6
RARE = 3  # a word in no more names than this tells a building from others
CROWD = 20  # so many on one point or in one postcode are compared by nobody: see shared-point


def find(rows: Rows) -> Iterator[Finding]:
    """A warning for each pair: its pounds are counted twice, and either body may count on leaving it."""
    buildings = [
        row
        for row in rows["property"]
        if row["holding"] != "land" and row["use"] not in USES_OF_LAND and row["status"] != "left"
    ]
    words = {row["id"]: _words(row["name"]) for row in buildings}
    common = Counter(word for found in words.values() for word in found)
    for one, other in sorted(_near(buildings) | _of_one_postcode(buildings)):
        left, right = buildings[one], buildings[other]
        if left["organisation_id"] == right["organisation_id"]:
            continue
        shared = {word for word in words[left["id"]] & words[right["id"]] if common[word] <= RARE}
        if why := _why(left, right, shared):
            yield Finding(
                NAME, "warning", "property", left["id"], left["name"], left["organisation_id"], "name",
                right["name"], f"it may be {right['name']} ({right['id']}) of another body: {why}",
                "Agree whose it is: keep one, and record the other body's people there as teams",
            )  # fmt: skip


def _why(left: Row, right: Row, shared: set[str]) -> str:
    """What makes two near buildings look like one; blank where nothing does."""
    if left["uprn"] and left["uprn"] == right["uprn"]:
        return "they have the same UPRN"
    if similarity(left["name"], right["name"]) >= SIMILAR:
        return "they are near and have like names"
    if shared:
        return f"they are near and both are called {min(shared).title()}"
    ours, theirs = _street(left), _street(right)
    if ours and ours == theirs:
        return "they are near and have the same address"
    return ""


def _near(buildings: list[Row]) -> set[tuple[int, int]]:
    """Pairs that stand near each other, by their position in the list."""
    placed = [number for number, row in enumerate(buildings) if row["geometry"] is not None]
    points = {number: buildings[number]["geometry"].centroid.coords[0] for number in placed}
    crowded = Counter(points.values())
    chosen = [number for number in placed if crowded[points[number]] <= CROWD]
    if not chosen:
        return set()
    tree = KDTree(np.array([points[number] for number in chosen]))
    pairs = tree.query_pairs(NEAR_M, output_type="ndarray").tolist()
    return {(chosen[one], chosen[other]) for one, other in pairs}


def _of_one_postcode(buildings: list[Row]) -> set[tuple[int, int]]:
    """Pairs with the same full postcode of which one at least has no place."""
    there: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(buildings):
        if " " in (row["postcode"] or ""):
            there[row["postcode"]].append(number)
    return {
        pair
        for found in there.values()
        if len(found) <= CROWD
        for pair in combinations(found, 2)
        if any(buildings[number]["geometry"] is None for number in pair)
    }


def _words(name: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]{4,}", name.casefold()) if word not in COMMON}


def _street(row: Row) -> str:
    """Number and street of an address such as `1 St Brides Way, Old Trafford`; blank without a number."""
    found = re.search(r"\b\d+[a-z]?\s+[a-z' ]+", (row["address"] or "").casefold())
    return " ".join(found[0].split()) if found else ""
