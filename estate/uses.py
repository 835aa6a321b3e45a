"""What a property is used for, by the words of its name: the lists of `data/uses`."""

import csv
import re
from functools import cache

import data

USES_OF_LAND = frozenset({"parking", "park", "allotments", "cemetery", "memorial", "land"})
Rules = tuple[tuple[re.Pattern[str], str], ...]


def use_of(name: str, detail: str = "", holding: str = "building") -> str:
    """The use (a choice of `property.use`) that a property's detail, or else its name, tells; else `other`.

    `holding` is a choice of `property.holding`: land without buildings has only the uses of land.
    """
    without_brackets = re.sub(r"\([^)]*\)", " ", name)
    found = next(filter(None, (_first(_uses(), text) for text in (detail, without_brackets, name))), "")
    if holding == "land":
        return found if found in USES_OF_LAND else "land"
    return found or "other"


def not_a_building(name: str) -> str:
    """The words of a name that tell of art, regalia or street furniture; blank for what may be a building."""
    return _first(_things(), name)


@cache
def _uses() -> Rules:
    return tuple((_pattern(row["phrase"]), row["use"]) for row in _rows("words.csv"))


@cache
def _things() -> Rules:
    return tuple((_pattern(row["phrase"]), row["phrase"]) for row in _rows("not_a_building.csv"))


def _rows(file_name: str) -> list[dict[str, str]]:
    with (data.FOLDER / "uses" / file_name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _pattern(phrase: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, phrase.removeprefix("^").split()))
    start = "^" if phrase.startswith("^") else r"\b"
    return re.compile(rf"{start}{words}s?\b", re.IGNORECASE)


def _first(rules: Rules, text: str) -> str:
    today = re.split(r"\bformer(?:ly)?\b", text.replace("’", "'"), maxsplit=1, flags=re.IGNORECASE)[0].strip()
    return next((meaning for pattern, meaning in rules if pattern.search(today)), "")
