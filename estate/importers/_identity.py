"""Finds the property of the register that a row of a newer file means.

The row's own id (its body and asset code) comes first. A property that no row of the file names by its code may
have got another code since: it is looked for by its UPRN, where one row and one property have it, and then by
name and full postcode. Both are said in a warning. Where several could be meant nobody guesses: the row is
refused and asks; `ImportOptions.matches` answers. Of a file that is only a part (mended rejects, what is for sale)
nobody can tell what it lacks: there a property with the same name and postcode is asked about too.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from estate.database import Row
from estate.importers._readout import Known
from estate.importers._source import Source
from estate.problems import InputError, Problem

NEW = "new"
COLUMNS = ("id", "organisation_id", "asset_code", "uprn", "name", "postcode")


@dataclass(frozen=True)
class Wanted:
    """What a row says of a property. `id` is the one it would have as a new property; postcodes are full."""

    id: str
    organisation_id: str
    asset_code: str
    uprn: str
    name: str
    postcode: str


@dataclass(frozen=True)
class Identity:
    """The id to write the row under; with a warning where it was matched, or what to ask instead of an id."""

    id: str
    warning: Problem | None = None
    question: Problem | None = None


class Matcher:
    """Answers for all rows of a file, of which each is told of the others.

    A row is matched among the properties of its body; `among` gives other properties to look through, with what
    stands for their body. Properties whose ids are `named` elsewhere in the file match no row by UPRN or name.
    With `ask_by_name` a row that matches none asks where a property that no row names has just the same name.
    """

    def __init__(
        self,
        known: Known,
        rows: Sequence[Wanted],
        is_part: bool = False,
        named: Collection[str] = (),
        among: Sequence[Row] | None = None,
        ask_by_name: bool = False,
    ) -> None:
        self.is_part = is_part
        bodies = {row.organisation_id for row in rows}
        every = known.values("property", *COLUMNS) if among is None else among
        stored = [row for row in every if row["organisation_id"] in bodies]
        self.answers = answers = known.answers
        self.ids = {row["id"] for row in stored}
        self.by_code = {
            (row["organisation_id"], row["asset_code"]): row["id"] for row in stored if row["asset_code"]
        }
        taken = {self._by_code(row) for row in rows} | set(answers.values()) | set(named)
        free = [row for row in stored if row["id"] not in taken]
        loose = [row for row in rows if not self._by_code(row) and row.id not in answers]
        named_by_code = {self._by_code(row) for row in rows if row.id not in answers}
        given = Counter(answers[id] for id in {row.id for row in rows} & answers.keys())
        self.disputed = {id for id, rows_of_it in given.items() if rows_of_it > 1 or id in named_by_code} - {NEW}
        self.by_uprn = _Pairs(free, loose, _uprn)
        self.by_name = _Pairs(free, loose, _name)
        self.namesakes = _Pairs(free if ask_by_name else [], loose, _name_alone)

    def identify(self, row: Wanted) -> Identity:
        """Which property a row means."""
        if row.id in self.answers:
            return self._answered(row)
        if known := self._by_code(row):
            return Identity(known)
        for pairs, how in ((self.by_uprn, "UPRN"), (self.by_name, "name and postcode")):
            properties, rivals = pairs.of(row)
            if len(properties) == 1 and rivals == 1 and not self.is_part:
                return Identity(properties[0]["id"], warning=_warning(row, properties[0], how))
        if not properties:  # by name and postcode: a UPRN that several share tells nothing
            (properties, rivals), how = self.namesakes.of(row), "name"
        return Identity(row.id, question=_question(row, properties, rivals, how) if properties else None)

    def _by_code(self, row: Wanted) -> str:
        if row.id in self.ids:
            return row.id
        return self.by_code.get((row.organisation_id, row.asset_code), "") if row.asset_code else ""

    def _answered(self, row: Wanted) -> Identity:
        answer = self.answers[row.id]
        if answer == NEW:
            return Identity(row.id)
        if answer in self.disputed:
            reason = f"its answer {answer!r} is the property of another row too"
            return Identity(row.id, question=_problem(row, reason, "Correct the file given with --matches"))
        if answer in self.ids:
            return Identity(answer)
        reason = f"its answer {answer!r} is no property of its body in the register"
        return Identity(row.id, question=_problem(row, reason, "Correct the file given with --matches"))


class _Pairs:
    """Properties that no row names, and rows that name none, by what both have."""

    def __init__(self, properties: Sequence[Row], rows: Sequence[Wanted], key: "_Key") -> None:
        self.key = key
        self.properties: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        self.rows: dict[tuple[str, ...], int] = defaultdict(int)
        for property_row in properties:
            wanted = Wanted(**{name: property_row[name] or "" for name in COLUMNS})
            if found := key(wanted):
                self.properties[found].append(property_row)
        for row in rows:
            if found := key(row):
                self.rows[found] += 1

    def of(self, row: Wanted) -> tuple[list[Row], int]:
        """The properties that a row may mean, and how many rows may mean them."""
        found = self.key(row)
        return (self.properties.get(found, []), self.rows.get(found, 0)) if found else ([], 0)


_Key = Callable[[Wanted], tuple[str, ...]]


def _uprn(row: Wanted) -> tuple[str, ...]:
    return (row.organisation_id, row.uprn) if row.uprn else ()


def _name(row: Wanted) -> tuple[str, ...]:
    return (*_name_alone(row), row.postcode) if " " in row.postcode else ()


def _name_alone(row: Wanted) -> tuple[str, ...]:
    return row.organisation_id, " ".join(row.name.casefold().split())


def _shown(name: str, code: str) -> str:
    return f"{name!r} ({code})" if code else repr(name)


def _warning(row: Wanted, found: Row, how: str) -> Problem:
    theirs = _shown(found["name"], found["asset_code"] or found["id"])
    reason = f"it was taken for {theirs} of the register, with the same {how}, which this file lacks"
    remedy = f"If it is another, say so in a file for --matches: {row.id},{NEW}"
    return _problem(row, reason, remedy)


def _question(row: Wanted, found: Sequence[Row], rivals: int, how: str) -> Problem:
    theirs = " or ".join(f"{row['name']!r} ({row['asset_code'] or row['id']})" for row in found[:5])
    rows = f"{rivals} rows of this file could each be" if rivals > 1 else "it could be"
    reason = f"{rows} {theirs} of the register, with the same {how}"
    answers = f"{row.id},{found[0]['id']} or {row.id},{NEW}"
    return _problem(
        row, reason, f"Give the asset code that the register has, or say in a file for --matches: {answers}"
    )


def _problem(row: Wanted, reason: str, remedy: str) -> Problem:
    return Problem(_shown(row.name, row.asset_code), reason, remedy, "asset_code", row.asset_code)


def read_answers(path: Path) -> tuple[tuple[str, str], ...]:
    """The answers of a CSV file with the columns record and property_id, sorted; see `ImportOptions.matches`."""
    table = Source(path).table
    table.need(record=("record",), property_id=("property_id",))
    answers: dict[str, str] = {}
    for line in table.lines:
        record, property_id = line[table.find("record")], line[table.find("property_id")]
        if line.fault or not record or not property_id or record in answers:
            reason = "it has a blank, or the record has an answer already"
            remedy = f"Give each record once, with the id of its property or '{NEW}'"
            raise InputError.of(f"{path.name} row {line.number}", reason, remedy, "record", record)
        answers[record] = property_id
    return tuple(sorted(answers.items()))
