"""How alike a header of somebody's file and one that we know are, and the unit that a header names."""

import re
from difflib import SequenceMatcher
from functools import cache

from estate.dictionary import Column
from estate.importers._values import unit_of
from estate.mapping import reference

SURE, LIKELY, ALIKE = 1.0, 0.8, 0.84


def alike(known: str, position: int, header: str) -> float:
    """How alike a known header and a file's are: 1 for the same, a little less further down the list."""
    ours, theirs = _in_full(known), _in_full(header)
    if ours == theirs:
        return SURE - 0.001 * position
    plain_ours, plain_theirs = ours.replace(" ", ""), theirs.replace(" ", "")
    if plain_ours == plain_theirs:
        return SURE - 0.001 * position - 0.0005
    if min(len(plain_ours), len(plain_theirs)) < 4:
        return 0.0
    if set(ours.split()) == set(theirs.split()):
        return 0.95
    matcher = SequenceMatcher(None, plain_ours, plain_theirs)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:  # most pairs end here
        return 0.0
    ratio = matcher.ratio()
    return LIKELY * ratio if ratio >= ALIKE else 0.0


@cache
def _in_full(header: str) -> str:
    """A header's words in lower case and in full: `PropRef` and `PROP_REF` are `property reference`."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
    words = re.findall(r"[a-z0-9]+", spaced.casefold().replace("'", "").replace("’", ""))
    short = reference("words")["short"]
    full = [short.get(word, word) for word in words if word not in {"the", "of", "a"}]
    if "reference" in full:  # a reference is a reference, whether they add number or code
        full = [word for word in full if word not in {"number", "code", "identifier"}]
    return " ".join(full)


def unit_in(column: Column | None, header: str) -> tuple[str, str]:
    """The unit that a header names for a column, and the header without it."""
    if column is None or not column.unit:
        return "", header
    plain = header.replace("_", " ")
    bracketed = re.search(r"[(\[]([^)\]]*)[)\]]", plain)
    if bracketed and (unit := unit_of(column, bracketed[1])):
        return unit, plain.replace(bracketed[0], " ")
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain).split()
    for count in (3, 2, 1):
        for ours, rest in ((words[-count:], words[:-count]), (words[:count], words[count:])):
            if (unit := unit_of(column, " ".join(ours))) and len(ours) == count:
                return unit, " ".join(rest) or header
    return "", header
