"""Finds the property that somebody means by its id, the start of its id, or its name."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from estate.problems import InputError

_SHOWN = 5


def find_property(rows: Iterable[Mapping[str, Any]], asked: str) -> str:
    """The id of the one property meant, of rows with `id`, `name` and `asset_code`.

    Its id or asset code comes first, then its name, the start of its id, and part of its name; capitals do not
    matter. Raises InputError where it is none, or more than one: then the first few are named.
    """
    known, words = list(rows), " ".join(asked.casefold().split())
    ways: tuple[Callable[[Mapping[str, Any]], bool], ...] = (
        lambda row: str(row["id"]) == asked.strip(),
        lambda row: words in {row["id"].casefold(), (row["asset_code"] or "").casefold()},
        lambda row: words == " ".join(row["name"].casefold().split()),
        lambda row: row["id"].casefold().startswith(words),
        lambda row: words in row["name"].casefold(),
    )
    for fits in ways:
        found = [row for row in known if words and fits(row)]
        if len(found) == 1:
            return str(found[0]["id"])
        if found:
            shown = "; ".join(f"{row['id']} ({row['name']})" for row in found[:_SHOWN])
            more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
            reason = f"{len(found):,} properties may be meant: {shown}{more}"
            raise InputError.of(f"property {asked}", reason, "Give the whole id of one")
    raise InputError.of(f"property {asked}", "the register has no such property", "Give its id or its name")
