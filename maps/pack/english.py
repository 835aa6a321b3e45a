"""Numbers and lists as a sentence says them: one building goes, two buildings go, nobody moves."""

from collections.abc import Sequence

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def number(count: float) -> str:
    """In words up to twelve, as prose has it, otherwise in figures."""
    whole = round(count)
    return _WORDS[whole] if 0 <= whole < len(_WORDS) else f"{whole:,}"


def count(how_many: float, one: str, more: str = "") -> str:
    """Two buildings, one building, no buildings; `more` is the plural where it is not `one` with an s."""
    return f"{number(how_many)} {one if round(how_many) == 1 else more or one + 's'}"


def people(how_many: float) -> str:
    """Nobody, one person, 1,234 people."""
    return count(how_many, "person", "people") if round(how_many) else "nobody"


def verb(how_many: float, one: str, more: str) -> str:
    """The form of a verb that goes with a count; nobody takes the singular with `people`, so ask for it there."""
    return one if round(how_many) == 1 else more


def listed(items: Sequence[str], most: int = 4) -> str:
    """A, B and C; past `most` the rest are counted."""
    shown = list(items[:most])
    if len(items) > most:
        shown.append(count(len(items) - most, "other"))
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def sentence(*clauses: str) -> str:
    """Clauses joined into one sentence with a capital and no full stop, blank ones left out."""
    said = listed([clause for clause in clauses if clause], most=len(clauses))
    return said[:1].upper() + said[1:]


def short(text: str, most: int = 60) -> str:
    """The text in one line, cut with a dash of dots where it is longer than `most` characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
