"""Turns a cell as somebody wrote it into a value of a column of the register, by the rule of a mapping."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from estate.dictionary import Column, ColumnError
from estate.importers import _cells as cells
from estate.importers._source import key
from estate.mapping import ColumnRule, reference, units
from estate.uses import use_of

_AMOUNT = re.compile(
    r"(?:c\.?|ca\.?|circa|approx\.?|approximately|about)?\s*(?P<minus>[-−(]?)\s*£?\s*"
    r"(?P<digits>\d[\d,]*(?:\.\d+)?|\.\d+)(?P<e>e[+-]?\d{1,3})?\s*\)?\s*(?P<unit>[^\d]*)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2}|2100)(?!\d)")
_DAYS = ("%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%d/%b/%Y", "%Y/%m/%d", "%Y%m%d", "%d %B, %Y")


@dataclass(frozen=True)
class Value:
    """What a cell says; None where it says nothing. `mended` and `fault` are notes in words, or blank."""

    value: Any = None
    mended: str = ""
    fault: str = ""


def value_of(column: Column, rule: ColumnRule, text: str) -> Value:
    """The value that a cell gives a column: its words are looked up in the rule first."""
    known = {word.casefold(): ours for word, ours in rule.values.items()}
    if text.casefold() in known:
        text = known[text.casefold()]
        return _parsed(column, text) if text else Value()
    if not text or means_nothing(column, text):
        return Value()
    match column.type:
        case "number" | "integer" if column.unit == "year":
            return _year(column, text)
        case "number" | "integer":
            return _number(column, rule, text)
        case "date":
            return _date(text)
        case "choice":
            return _choice(column, text)
        case "text":
            return _words(column, text)
    return _parsed(column, text)


def means_nothing(column: Column, text: str) -> bool:
    """Whether a cell's words only say that nothing is known."""
    word = text.casefold()
    return word in reference("words")["unknown"] and word not in column.choices


def day(text: str) -> date | None:
    """A date as people write it, the day before the month; None for anything else."""
    if found := cells.day(text):
        return found
    for pattern in _DAYS:
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    return None


def amount(text: str) -> tuple[float, str] | None:
    """The number that a cell holds, and the words after it; None where it holds none or several."""
    found = _AMOUNT.fullmatch(text.strip())
    if not found or ("," in found["digits"] and not re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", found["digits"])):
        return None
    number = float(found["digits"].replace(",", "") + (found["e"] or ""))
    return (-number if found["minus"] else number), found["unit"].strip()


def _parsed(column: Column, text: str) -> Value:
    try:
        return Value(column.parse(text, ""))
    except ColumnError as fault:
        return Value(fault=fault.problem.reason)


def _number(column: Column, rule: ColumnRule, text: str) -> Value:
    found = amount(text)
    if found is None:
        return Value(fault="it is not a number")
    number, words = found
    unit = unit_of(column, words) if words else ""
    if words and not unit:
        return Value(fault=f"it is not known what {words!r} is here")
    factor = units(column).get(unit or rule.unit, 1.0)
    exact = number * factor
    if not math.isfinite(exact):
        return Value(fault="it is not a number")
    shown = str(round(exact)) if column.type == "integer" else repr(round(exact, 6) if factor != 1 else exact)
    if exact == 0 and column.unit in {"m2", "ha"}:
        return Value(fault="it is zero, which is no area")
    parsed = _parsed(column, shown)
    other = unit and unit != (rule.unit or column.unit) and not parsed.fault
    return Value(parsed.value, f"it is in {unit}, unlike the column" if other else "", parsed.fault)


def unit_of(column: Column, words: str) -> str:
    """The unit that some words name for a column, such as `acres` for land; blank for none."""
    return _unit_words(column.unit).get(_plain(words), "")


@cache
def _unit_words(unit: str) -> dict[str, str]:
    held = reference("units").get(unit, {})
    return {_plain(word): name for name, about in held.items() for word in (name, *about["words"])}


def _plain(words: str) -> str:
    return re.sub(r"[^a-z0-9£²]", "", words.casefold())


def _year(column: Column, text: str) -> Value:
    found = _YEAR.findall(text)
    if not found:
        return Value(fault="it holds no year")
    parsed = _parsed(column, found[0])
    plain = text == found[0] or bool(day(text))
    return Value(parsed.value, "" if plain or parsed.fault else "it is no single year", parsed.fault)


def _date(text: str) -> Value:
    found = day(text)
    return Value(found) if found else Value(fault="it is not a date such as 2026-03-31 or 31/03/2026")


def _choice(column: Column, text: str) -> Value:
    ours = {key(choice): choice for choice in column.choices}
    if column.name == "listed":  # `II*` and `II` have the same letters
        ours = {choice.casefold(): choice for choice in column.choices}
        return Value(ours[text.casefold()]) if text.casefold() in ours else _unknown(column)
    if key(text) in ours:
        return Value(ours[key(text)])
    if column.name == "use" and (use := use_of(text)) != "other":
        return Value(use)
    return _unknown(column)


def _unknown(column: Column) -> Value:
    return Value(fault=f"the mapping has no word for it among {', '.join(column.choices)}")


def _words(column: Column, text: str) -> Value:
    match column.name:
        case "uprn":
            found = cells.uprn(text)
            mended = "it was written as a number, or with leading zeros" if found != text else ""
            return Value(found, mended) if found else Value(fault="it is not a UPRN of 1 to 12 digits")
        case "postcode":
            code = cells.postcode(text)
            return Value(code) if code else Value(fault="it is not a postcode")
        case "break_dates":
            days = [day(part) for part in re.split(r"[;,]|\s+(?=\d{1,4}[-/.])", text) if part.strip()]
            whole = all(days) and bool(days)
            return Value(" ".join(map(str, days))) if whole else Value(fault="it is not a list of dates")
    return _parsed(column, text)
