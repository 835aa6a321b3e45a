"""Finds the property of the register that a service point works from."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

import shapely

from estate.database import Row

SAME_PLACE_M = 60.0
NEXT_M = 20.0
NEAR_M = 150.0
FAR_M = 1_000.0  # beyond it not even the same name makes two places one
SIMILAR = 0.6
CERTAIN = 2  # the first two rules of `_judge` leave no doubt, if they fit one property only
# Words of many names: shared, they do not make two places one.
COMMON = frozenset(
    [
        "the",
        "of",
        "and",
        "at",
        "in",
        "on",
        "for",
        "to",
        "a",
        "st",
        "street",
        "road",
        "rd",
        "lane",
        "avenue",
        "way",
        "drive",
        "house",
        "building",
        "centre",
        "center",
        "centres",
        "park",
        "hall",
        "library",
        "libraries",
        "health",
        "medical",
        "practice",
        "surgery",
        "clinic",
        "community",
        "hub",
        "childrens",
        "children",
        "leisure",
        "sports",
        "village",
        "school",
        "primary",
        "church",
        "new",
        "old",
        "move",
        "family",
        "group",
        "public",
        "main",
        "unit",
        "former",
        "site",
    ]
)


@dataclass(frozen=True)
class Point:
    """A service point as its list gives it. `place` is in EPSG:27700; `postcode` may be blank."""

    name: str
    address: str
    postcode: str
    place: shapely.Point | None
    use: str


@dataclass(frozen=True)
class Match:
    """The property found, why, and which other might be meant; `certain` is False where somebody should look."""

    property: Row
    why: str
    certain: bool
    rival: Row | None = None


@dataclass(frozen=True, order=True)
class _Judged:
    """How well a property fits a point; the least is the best."""

    rank: int
    other_use: bool
    unlikeness: float
    property_id: str
    why: str = field(compare=False)
    row: Row = field(compare=False)


def find(point: Point, properties: Iterable[Row]) -> Match | None:
    """The best property for a point; None where none will do."""
    ranked = sorted(judged for row in properties if (judged := _judge(point, row)))
    if not ranked:
        return None
    best, *others = ranked
    rivals = [other for other in others if best.unlikeness == 1 or _key(other) == _key(best)]
    return Match(best.row, best.why, best.rank <= CERTAIN and not rivals, rivals[0].row if rivals else None)


def _key(judged: _Judged) -> tuple[int, bool, float]:
    return judged.rank, judged.other_use, judged.unlikeness


def next_door(point: Point, properties: Iterable[Row]) -> Row | None:
    """The building that stands so close to a point that it may be the same one, if any does."""
    near = [(m, row) for row in properties if row["holding"] != "land" and (m := _metres(point, row)) <= NEXT_M]
    return min(near, key=lambda pair: (pair[0], str(pair[1]["id"])))[1] if near else None


def similarity(left: str, right: str) -> float:
    """How alike two names are, 0 to 1: words shared over words of the shorter, and some word not a common one."""
    ours, theirs = _words(left), _words(right)
    return len(ours & theirs) / min(len(ours), len(theirs)) if _share_more_than_a_word(ours, theirs) else 0.0


def _same_words(left: str, right: str) -> float:
    """Words shared over all words, 0 to 1: stricter than `similarity`, where nothing else ties two together."""
    ours, theirs = _words(left), _words(right)
    return len(ours & theirs) / len(ours | theirs) if _share_more_than_a_word(ours, theirs) else 0.0


def _share_more_than_a_word(ours: frozenset[str], theirs: frozenset[str]) -> bool:
    shared = ours & theirs
    return bool(shared - COMMON) and (len(shared) > 1 or ours == theirs)


def _judge(point: Point, row: Row) -> _Judged | None:
    """How a property fits; None for one that will not do."""
    name = str(row["name"])
    if row["holding"] == "land" or row["status"] == "left" or re.search(r"\b(former|site)\b", name.lower()):
        return None
    # The list's own name counts for more than the building that its address begins with.
    alike = max(similarity(point.name, name), 0.9 * similarity(point.address.split(",")[0], name))
    metres = _metres(point, row)
    same_postcode = " " in point.postcode and row["postcode"] == point.postcode
    same_use = row["use"] == point.use
    not_far = metres <= FAR_M or row["geometry"] is None or point.place is None
    rules = (
        (same_postcode and alike >= SIMILAR, "the same postcode and a similar name"),
        (metres <= SAME_PLACE_M and (alike >= SIMILAR or same_use), "the same place"),
        (same_postcode and same_use and not_far, "the same postcode and use"),
        (metres <= NEAR_M and same_use and alike >= SIMILAR, "a similar name nearby"),
        (not_far and same_use and _same_words(point.name, name) >= SIMILAR, "nearly the same name"),
    )
    for rank, (fits, why) in enumerate(rules, start=1):
        if fits:
            return _Judged(rank, not same_use, round(1 - alike, 3), str(row["id"]), why, row)
    return None


def _metres(point: Point, row: Row) -> float:
    """Metres between the point and the property; endless where either has no place."""
    if point.place is None or row["geometry"] is None:
        return float("inf")
    return float(point.place.distance(row["geometry"]))


def _words(name: str) -> frozenset[str]:
    plain = re.sub(r"\([^)]*\)", " ", name.lower().replace("'", "").replace("’", ""))
    return frozenset(re.findall(r"[a-z0-9]+", plain)) - {"the", "of", "and", "at", "in"}
