"""Proposes a mapping (`estate.mapping`) for a file: by its headers, by names nearly the same, and by its values.

A header that a list of `data/mapping/headers.yaml` knows is sure unless the values speak against it. What only
looks alike, or what only the values tell, is marked as doubtful: somebody should look.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from difflib import get_close_matches

from estate.dictionary import Column, columns
from estate.importers import _cells as cells
from estate.importers._source import Source, Table
from estate.importers._values import amount, day, means_nothing, value_of
from estate.locate import GREAT_BRITAIN_DEGREES, GREAT_BRITAIN_METRES
from estate.mapping import TABLES, ColumnRule, reference
from estate.mapping_headers import ALIKE, LIKELY, alike, unit_in
from estate.problems import InputError

LOOKED_AT = 2_000  # rows: enough to know a column by
HEADER_ROWS = 20  # above it nobody puts so many titles
MOST_COLUMNS = 500
MOST_WORDS = 60  # different words; a column with more is no choice
_PARTS = {"address_number", "address_street", "address_town"}
_PSEUDO = {"x", "y", "asset", *_PARTS}
_FROM_VALUES: dict[str, tuple[str, ...]] = {"property": ("uprn", "postcode", "tenure", "energy_rating")}


@dataclass
class Guess:
    """What is proposed for one column (or `x`, `y`, `asset`, part of an address): headers, how, and doubts."""

    headers: tuple[str, ...]
    score: float
    unit: str = ""
    words: dict[str, str] = field(default_factory=dict)
    value: str | None = None
    doubt: str = ""


@dataclass
class Proposal:
    """What is proposed for a file: guesses by column, in `also` for the tables that a property's row fills too.

    A key of `also` is the table, and the column without which it gets no row. `organisation` is an id and a name.
    `lacking` are columns that must be filled and that nothing was found for: without them no row is taken in.
    """

    table: str
    sheet: str
    header_row: int
    guesses: dict[str, Guess]
    also: dict[tuple[str, str], dict[str, Guess]]
    id_from: tuple[str, ...]
    coordinates: str
    organisation: tuple[str, str]
    not_used: tuple[str, ...]
    doubts: list[str]
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Header:
    """A header of the file: its words in full, the unit it names for a column, and the cells below it."""

    name: str
    cells: tuple[str, ...]

    @property
    def filled(self) -> tuple[str, ...]:
        return tuple(cell for cell in self.cells if cell)

    def share(self, test: Callable[[str], object]) -> float:
        """The share of its filled cells that pass a test; 0 where none is filled."""
        return sum(bool(test(cell)) for cell in self.filled) / len(self.filled) if self.filled else 0.0


def propose(source: Source, table: str = "", sheet: str = "", organisation: str = "") -> Proposal:
    """Propose a mapping for a CSV or Excel file.

    `table` blank takes the table of the register that most columns fit. `organisation` is the name of the body
    whose rows they are, where no column says so. Raises InputError for a file that is no list.
    """
    if source.kind not in {"csv", "xlsx"}:
        raise source.error("it is neither a CSV file nor an Excel workbook", "Export it as one of them")
    if table and table not in TABLES:
        raise InputError.of(
            "--table", "there is no such table to map to", f"Choose one of {', '.join(TABLES)}", "", table
        )
    sheet = source.sheet(sheet) if source.kind == "xlsx" else ""
    row = header_row(source, sheet)
    read = source.table_at(row, sheet)
    if not read.lines:
        raise source.error("it has a header and no rows", "Check that it was saved or downloaded whole")
    if len(read.headers) > MOST_COLUMNS:
        raise source.error(f"it has more than {MOST_COLUMNS:,} columns", "Delete those that nobody needs")
    headers = _headers(read)
    table = table or max(TABLES, key=lambda name: (_fit(name, headers), name == "property"))
    guesses = assign(table, headers)
    rest = [header for header in headers if header.name not in _used(guesses)]
    also = _also(rest) if table == "property" else {}
    return _finish(Proposal(table, sheet, row, guesses, also, (), "", ("", ""), (), []), headers, organisation)


def header_row(source: Source, sheet: str = "") -> int:
    """The row that holds the headers: the first of nearly the most filled cells among those at the top."""
    top = []
    for number, row in enumerate(source.cells(sheet), start=1):
        filled = [cell for cell in row if cell.strip()]
        words = sum(amount(cell) is None and not day(cell) for cell in filled)
        top.append((number, len({cell.casefold() for cell in filled}) if 2 * words > len(filled) else 0))
        if number == HEADER_ROWS:
            break
    most = max((count for _, count in top), default=0)
    return next((number for number, count in top if count and count >= 0.7 * most), 1)


def _headers(read: Table) -> list[_Header]:
    looked_at = read.lines[:LOOKED_AT]
    return [_Header(name, tuple(line[name] for line in looked_at)) for name in read.headers]


def _fit(table: str, headers: list[_Header]) -> float:
    """How well a file fits a table: what its guesses score, less what must be filled and is not found."""
    guesses = assign(table, headers)
    needed = {column.name for column in columns(table) if column.required and not column.default}
    found = {"property_id" if name == "asset" else name for name in guesses}
    return sum(guess.score for guess in guesses.values()) - 2 * len(needed - {"id", "organisation_id"} - found)


def assign(table: str, headers: list[_Header]) -> dict[str, Guess]:
    """The best header for each column, the surest pairs first, each header and each column once."""
    pairs = sorted(_pairs(table, headers), key=lambda pair: (-pair[2].score, pair[0], pair[1]))
    guesses: dict[str, Guess] = {}
    used: set[str] = set()
    for target, name, guess in pairs:
        if target not in guesses and name not in used:
            guesses[target] = guess
            used.add(name)
    return guesses


def _pairs(table: str, headers: list[_Header]) -> Iterator[tuple[str, str, Guess]]:
    described = {column.name: column for column in columns(table)}
    for target, known in reference("headers")[table].items():
        for header in headers:
            guess = _guess(described.get(target), target, [target, *known], header)
            if guess:
                yield target, header.name, guess
    for target in _FROM_VALUES.get(table, ()):
        for header in headers:
            if _tells(described[target], header) >= 0.9 and len(header.filled) >= 3:
                doubt = "its values look like it, its name does not"
                yield (
                    target,
                    header.name,
                    _worded(described[target], header, Guess((header.name,), 0.5, doubt=doubt)),
                )


def _guess(column: Column | None, target: str, known: list[str], header: _Header) -> Guess | None:
    """Whether a header means a column, and how sure that is."""
    unit, bare = unit_in(column, header.name)
    names = {bare, header.name, re.sub(r"[(\[].*?[)\]]", " ", header.name).strip() or header.name}
    score = max(alike(ours, position, theirs) for position, ours in enumerate(known) for theirs in names)
    if score < ALIKE * LIKELY:
        return None
    doubt = "" if score > LIKELY else "the name is only similar"
    fit = _fits(column, target, header)
    if fit < 0.5 and header.filled:
        score, doubt = score * 0.4, f"only {fit:.0%} of its cells look like it"
    elif fit < 0.9 and header.filled:
        doubt = doubt or f"only {fit:.0%} of its cells look like it"
    if score < 0.3:
        return None
    guess = Guess((header.name,), score, unit, doubt=doubt)
    return _worded(column, header, guess) if column else guess


def _fits(column: Column | None, target: str, header: _Header) -> float:
    """The share of a header's filled cells that its column could hold."""
    if target in {"x", "y"}:
        return header.share(lambda cell: _coordinate(target, cell))
    if column is None or column.type in {"choice", "boolean"}:
        return 1.0
    known = [cell for cell in header.filled if not means_nothing(column, cell)]
    if not known:
        return 1.0
    return sum(not value_of(column, ColumnRule(value=""), cell).fault for cell in known) / len(known)


def _tells(column: Column, header: _Header) -> float:
    """The share of a header's cells that can hardly be anything but this column."""
    match column.name:
        case "uprn":
            return header.share(lambda cell: re.fullmatch(r"0*\d{9,12}(\.0+)?", cell)) * (
                len(set(header.filled)) > 1
            )
        case "postcode":
            return header.share(lambda cell: cells.is_full(cells.postcode(cell) or ""))
        case "energy_rating":
            several = len({cell.upper() for cell in header.filled}) > 2
            return header.share(lambda cell: cell.upper() in column.choices) if several else 0.0
    whole_words = {word for words in _words_for(column).values() for word in words if len(word) > 1}
    return header.share(lambda cell: cell.casefold() in whole_words)


def _coordinate(axis: str, cell: str) -> bool:
    found = amount(cell)
    if found is None:
        return False
    west, south, east, north = GREAT_BRITAIN_METRES
    low_x, low_y, high_x, high_y = GREAT_BRITAIN_DEGREES
    low, high, least, most = (west, east, low_x, high_x) if axis == "x" else (south, north, low_y, high_y)
    return low <= found[0] <= high or least <= found[0] <= most


def _words_for(column: Column) -> dict[str, list[str]]:
    tables: dict[str, dict[str, list[str]]] = reference("words")["cells"]
    found: dict[str, list[str]] = next(
        (words for name, words in tables.items() if name.partition(".")[2] == column.name), {}
    )
    return {ours: list(words) for ours, words in found.items()}


def _worded(column: Column, header: _Header, guess: Guess) -> Guess:
    """The guess with what each of a choice's words means; blank, and a doubt, for those that nobody knows."""
    if column.type != "choice":
        return guess
    theirs = Counter(header.filled)
    if len(theirs) > MOST_WORDS:
        guess.doubt = guess.doubt or f"it has {len(theirs):,} different words; those not among ours are left out"
        return guess
    synonyms = {word: ours for ours, words in _words_for(column).items() for word in words}
    for word in sorted(theirs, key=str.casefold):
        direct = value_of(column, ColumnRule(value=""), word)
        found = synonyms.get(word.casefold(), "") or (str(direct.value) if direct.value is not None else "")
        if not found and (close := get_close_matches(word.casefold(), synonyms, n=1, cutoff=0.85)):
            found = synonyms[close[0]]
            guess.doubt = guess.doubt or f"{word!r} was taken for {close[0]!r}"
        if not means_nothing(column, word) or found:
            guess.words[word] = found
    return guess


def _also(headers: list[_Header]) -> dict[tuple[str, str], dict[str, Guess]]:
    """The leases, valuations and running costs that a list of properties gives in further columns."""
    found: dict[tuple[str, str], dict[str, Guess]] = {}
    rest = list(headers)
    for table, only_with in (
        ("lease", "rent_gbp_per_year"),
        ("valuation", "value_gbp"),
        ("running_cost", "gbp_per_year"),
    ):
        guesses = {
            name: g for name, g in assign(table, rest).items() if name not in {"asset", "id"} and g.score > LIKELY
        }
        needed = only_with if only_with in guesses else "expiry_date" if "expiry_date" in guesses else ""
        if not needed:
            continue
        if table == "valuation" and "basis" not in guesses:
            guesses["basis"] = _fixed(
                "existing_use", "the file does not say on which basis: existing_use, market ..."
            )
        if table == "running_cost" and "category" not in guesses:
            guesses["category"] = _fixed("other", "the file does not say what the money buys: energy, rates ...")
        found[table, needed] = guesses
        rest = [header for header in rest if header.name not in _used(guesses)]
    return found


def _fixed(value: str, doubt: str) -> Guess:
    return Guess((), 0.0, value=value, doubt=doubt)


def _used(guesses: Dictionary[str, Guess]) -> set[str]:
    return {header for guess in guesses.values() for header in guess.headers}


def _finish(made: Proposal, headers: list[_Header], organisation: str) -> Proposal:
    """Add what hangs on several columns: the address, the id, the coordinates, the body, what must be filled."""
    _join_address(made.guesses)
    by_name = {header.name: header for header in headers}
    _leave_out_bare_numbers(made.guesses, by_name)
    made.coordinates = _coordinates(made, by_name)
    made.id_from = _id_from(made, by_name)
    if organisation:
        made.organisation = cells.slug(organisation), organisation
        made.guesses.pop("organisation_id", None)
    _name_somehow(made, headers)
    _fill_the_needed(made)
    used = _used(made.guesses) | {name for guesses in made.also.values() for name in _used(guesses)}
    made.not_used = tuple(header.name for header in headers if header.name not in used | set(made.id_from))
    return made


def _join_address(guesses: dict[str, Guess]) -> None:
    parts = [guesses.pop(part) for part in ("address_number", "address_street", "address_town") if part in guesses]
    if parts and "address" not in guesses:
        headers = tuple(header for part in parts for header in part.headers)
        guesses["address"] = Guess(headers, min(part.score for part in parts))
    elif parts:
        whole = guesses["address"]
        guesses["address"] = Guess((*whole.headers, *parts[-1].headers), whole.score, doubt=whole.doubt)


def _leave_out_bare_numbers(guesses: dict[str, Guess], by_name: Dictionary[str, _Header]) -> None:
    """House numbers alone are no address: it could not stand in for a name."""
    if "address" in guesses and not any(by_name[name].share(_is_wordy) for name in guesses["address"].headers):
        del guesses["address"]


def _coordinates(made: Proposal, by_name: Dictionary[str, _Header]) -> str:
    if not {"x", "y"} <= set(made.guesses):
        for axis in ("x", "y"):
            made.guesses.pop(axis, None)
        return ""
    header = by_name[made.guesses["x"].headers[0]]
    numbers = [abs(found[0]) for cell in header.filled if (found := amount(cell)) and found[0]]
    return "metres" if sum(number > 180 for number in numbers) > 0.5 * len(numbers) else "degrees"


def _id_from(made: Proposal, by_name: Dictionary[str, _Header]) -> tuple[str, ...]:
    """The headers that tell one row from all others; none where none does."""
    for target in ("asset_code", "id"):
        if target in made.guesses:
            headers = made.guesses[target].headers
            if target == "id":
                del made.guesses["id"]
            filled = by_name[headers[0]].filled
            blank = len(by_name[headers[0]].cells) - len(filled)
            if len(set(filled)) < len(filled):
                made.doubts.append(
                    f"id_from: {headers[0]} has the same code in several rows; the later are refused"
                )
            if blank:
                made.doubts.append(f"id_from: {headers[0]} is blank in {blank:,} rows")
            return headers
    made.doubts.append("id_from: no column looks like a code that tells rows apart, so names stand in for one")
    return ()


def _name_somehow(made: Proposal, headers: list[_Header]) -> None:
    """Where no column is called a name, propose the one whose words differ most from row to row."""
    needs_name = any(column.name == "name" and column.required for column in columns(made.table))
    if not needs_name or {"name", "address"} & set(made.guesses):
        return
    used = _used(made.guesses) | {name for guesses in made.also.values() for name in _used(guesses)}
    words = [h for h in headers if h.name not in used | set(made.id_from) and _could_name(h)]
    if words:
        best = max(words, key=lambda header: len(set(header.filled)))
        doubt = "no column is called a name; this one has words that differ from row to row"
        made.guesses["name"] = Guess((best.name,), 0.3, doubt=doubt)


def _could_name(header: _Header) -> bool:
    return header.share(_is_wordy) > 0.5 and len(set(header.filled)) > len(header.cells) / 2


def _is_wordy(cell: str) -> bool:
    return sum(letter.isalpha() for letter in cell) > len(cell) / 2 and amount(cell) is None and day(cell) is None


def _fill_the_needed(made: Proposal) -> None:
    """Say what must be filled and was not found; give a team desks."""
    needed = {c.name for c in columns(made.table) if c.required and not c.default} - {"id", *made.guesses}
    if "property_id" in needed and "asset" not in made.guesses:
        made.doubts.append("asset: no column holds the property's code; name one")
    if made.table == "team" and "space_kind" in needed:
        made.guesses["space_kind"] = _fixed("desks", "the file does not say what kind of space its teams need")
    if made.table == "running_cost" and "category" in needed:
        made.guesses["category"] = _fixed("other", "the file does not say what the money buys: energy, rates ...")
    if made.table == "valuation" and "basis" in needed:
        made.guesses["basis"] = _fixed("existing_use", "the file does not say on which basis")
    if "organisation_id" in needed and not made.organisation[0]:
        made.doubts.append("organisation: no column says whose rows these are; put the body's id and name there")
    if made.table == "property" and "address" in made.guesses:
        needed -= {"name"}  # the address then stands in for it
    made.lacking = tuple(sorted(needed - {"property_id", "organisation_id", *made.guesses}))
    for name in made.lacking:
        made.doubts.append(f"{name}: no column for it was found and it must be filled")
