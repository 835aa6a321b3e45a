"""Facts of the people in a zone: how deprived it is, and how many households have no car (CSV).

Two shapes are read. A row a zone, with a column for the deprivation decile (Indices of Deprivation, 1 is the most
deprived tenth) and perhaps for households. Or a row a zone and category, as the Census gives car or van
availability: only the counts are read, and all categories of a zone are added up to its households. The zones must
be in the register; rows of other zones count as accepted and are passed over.
"""

from collections import defaultdict
from collections.abc import Mapping

from estate.dictionary import ColumnError, columns
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Line, Source, Table, key
from estate.problems import Problem

NAME = "zone-facts"
DESCRIPTION = "Deprivation deciles and car availability of the zones (CSV)"

ZONE = (
    "area_code",
    "lsoa21_code",
    "lsoa21cd",
    "lsoa_code_2021",
    "lsoa_code",
    "lsoa11cd",
    "oa21cd",
    "msoa21cd",
    "code",
)
FACTS = {
    "deprivation_decile": (
        "deprivation_decile", "imd2025_decile", "imd_decile", "imd2019_decile", "imddec0", "imddecil",
        "index_of_multiple_deprivation_imd_decile", "wimd2019_decile",
    ),
    "households": ("households", "all_households", "total_households"),
    "households_no_car": ("households_no_car", "no_car", "no_cars_or_vans_in_household", "no_cars_or_vans"),
}  # fmt: skip
CATEGORY, VALUE, MEASURE = ("availability_category", "category"), ("value", "count"), ("measure",)
TOTALS = {"total", "allhouseholds", "allcategories"}
_ZONE_KEYS = {key(name) for name in ZONE}
_FACT_KEYS = {key(name) for names in FACTS.values() for name in names}
_CATEGORY_KEYS, _VALUE_KEYS = {key(name) for name in CATEGORY}, {key(name) for name in VALUE}
_NO_CAR = "nocar"  # how the category's key begins: "No cars or vans in household"


def order(source: Source) -> int:
    """After the zones, which it adds to."""
    return 20


def recognises(source: Source, options: ImportOptions) -> bool:
    """A CSV with a code of zones and a decile, households, or categories of cars; no table of the register."""
    headers = source.headers
    if not headers & _ZONE_KEYS or "id" in headers:
        return False
    return bool(headers & _FACT_KEYS) or _has_categories(source)


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read the facts of each zone of the register."""
    table, readout = source.table, Readout()
    table.need(zone=ZONE)
    if _has_categories(source):
        _read_categories(source, table, known, readout)
    else:
        _read_columns(source, table, known, readout)
    return readout


def _has_categories(source: Source) -> bool:
    """Whether it has a row a zone and category, some of them about cars."""
    headers = source.headers
    if not (headers & _CATEGORY_KEYS and headers & _VALUE_KEYS):
        return False
    column = source.table.find(*CATEGORY)
    return any(key(line[column]).startswith(_NO_CAR) for line in source.table.lines[:50])


def _read_columns(source: Source, table: Table, known: Known, readout: Readout) -> None:
    found = {name: [h for variant in variants if (h := table.find(variant))] for name, variants in FACTS.items()}
    if not any(found.values()):
        table.need(**{name: variants for name, variants in FACTS.items() if name == "deprivation_decile"})
    zone, described = table.find(*ZONE), {column.name: column for column in columns("zone")}
    seen: dict[str, int] = {}
    elsewhere = 0
    for line in readout.lines(table):
        code = line[zone]
        if code not in known.ids("zone"):
            elsewhere += 1
            continue
        if code in seen:
            readout.reject(line, _twice(code, seen[code], zone or ""))
            continue
        try:
            texts = {name: next(filter(None, (line[h] for h in headers)), "") for name, headers in found.items()}
            facts = {name: described[name].parse(text, code) for name, text in texts.items() if text}
        except ColumnError as fault:
            readout.reject(line, fault.problem)
            continue
        seen[code] = line.number
        readout.add("zone", line.number, {"id": code, **facts})
    _say_elsewhere(source, elsewhere, readout)


def _read_categories(source: Source, table: Table, known: Known, readout: Readout) -> None:
    zone, category, value, measure = (table.find(*names) for names in (ZONE, CATEGORY, VALUE, MEASURE))
    count = next(column for column in columns("zone") if column.name == "households")
    counts: dict[str, dict[str, tuple[Line, int]]] = defaultdict(dict)
    elsewhere = unused = 0
    for line in readout.lines(table):
        code, name = line[zone], key(line[category])
        if code not in known.ids("zone"):
            elsewhere += 1
        elif (measure and line[measure].lower() not in {"count", ""}) or name in TOTALS:
            unused += 1  # shares, and sums of the other rows
        elif name in counts[code]:
            readout.reject(line, _twice(code, counts[code][name][0].number, category or ""))
        else:
            try:
                counts[code][name] = line, count.parse(line[value], code) or 0
            except ColumnError as fault:
                readout.reject(line, fault.problem)
    for code, by_category in counts.items():
        if by_category:
            readout.add("zone", next(iter(by_category.values()))[0].number, _households(code, by_category))
    _say_elsewhere(source, elsewhere, readout)
    if unused:
        reason = f"{unused:,} of its rows are shares or totals, which the counts tell already"
        readout.warn(1, Problem(source.name, reason, "Nothing need be done"))


def _households(code: str, by_category: Mapping[str, tuple[Line, int]]) -> dict[str, int | str]:
    """The households of a zone and those of them without a car; blank where the file has no such category."""
    none = [count for name, (_, count) in by_category.items() if name.startswith(_NO_CAR)]
    row: dict[str, int | str] = {"id": code, "households": sum(count for _, count in by_category.values())}
    return {**row, "households_no_car": none[0]} if none else row


def _twice(code: str, number: int, column: str) -> Problem:
    return Problem(code, f"row {number} is about the same zone", "Keep one of them", column, code)


def _say_elsewhere(source: Source, count: int, readout: Readout) -> None:
    if count:
        reason = f"{count:,} of its rows are about zones that the register does not have"
        readout.warn(1, Problem(source.name, reason, "Nothing need be done, unless zones are missing"))
