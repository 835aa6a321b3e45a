"""Finds the body that another source names, among those that the register has."""

import re
from collections import Counter
from collections.abc import Iterable

from estate.database import Row
from estate.importers._cells import slug

COUNCILS = ("county", "district", "unitary")
# What councils call themselves besides the place's own name.
_STYLES = frozenset(
    {
        "council",
        "borough",
        "metropolitan",
        "county",
        "city",
        "district",
        "london",
        "royal",
        "of",
        "the",
        "mbc",
        "and",
    }
)


def council_of(place: str, organisations: Iterable[Row]) -> Row | None:
    """The council of a place such as `Trafford`: the only one with that name but for how it styles itself."""
    fitting = [
        row
        for row in organisations
        if (row["kind"] in COUNCILS or "council" in str(row["name"]).lower()) and _own(row["name"]) == _own(place)
    ]
    return fitting[0] if len(fitting) == 1 else None


def named(name: str, organisations: Iterable[Row]) -> Row | None:
    """The only body of that name, whatever its capitals and punctuation."""
    fitting = [row for row in organisations if _words(row["name"]) == _words(name)]
    return fitting[0] if len(fitting) == 1 else None


class Bodies:
    """The bodies of the register by what a list calls them: an id, or the name that one of them alone has."""

    def __init__(self, organisations: Iterable[Row]) -> None:
        rows = list(organisations)
        self.ids = {str(row["id"]) for row in rows}
        names = Counter(_words(row["name"]) for row in rows)
        self.by_name = {w: str(row["id"]) for row in rows if names[w := _words(row["name"])] == 1}

    def id_of(self, label: str) -> str:
        """The id of the body that a list calls so, or the one that it would have as a new body; blank for none."""
        if not slug(label):
            return ""
        if label in self.ids or slug(label) in self.ids:
            return label if label in self.ids else slug(label)
        return self.by_name.get(_words(label), slug(label))


def _own(name: str) -> frozenset[str]:
    words = frozenset(_words(name))
    return words - _STYLES or words


def _words(name: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", name.lower().replace("'", "").replace("&", " and ")))
