"""People by zone and age, as the Office for National Statistics and its re-publishers give them (CSV)."""

from estate.dictionary import ColumnError, columns
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import OUTLINES, Line, Source, Table
from estate.problems import Problem

NAME = "population"
DESCRIPTION = "Population of the zones by age (CSV)"

ZONE = (
    "area_code",
    "oa21cd",
    "lsoa21cd",
    "msoa21cd",
    "lsoa_code",
    "oa_code",
    "msoa_code",
    "code",
    "geography_code",
)
COLUMNS = {
    "population": ("all_ages", "population", "total", "all persons", "all usual residents"),
    "population_0_15": ("aged_0_to_15", "0-15", "aged 0-15"),
    "population_16_64": ("aged_16_to_64", "16-64", "aged 16-64"),
    "population_65_plus": ("aged_65_and_over", "65+", "aged 65+"),
}
SEX = ("sex",)
PERSONS = {"persons", "all", "total", "person", "all persons", "p"}
_ZONE_KEYS = {name.replace("_", "") for name in ZONE}
_TOTAL_KEYS = {name.replace("_", "").replace(" ", "") for name in COLUMNS["population"]}


def order(source: Source) -> int:
    """After the zones, which it adds to."""
    return 20


def recognises(source: Source, options: ImportOptions) -> bool:
    """A CSV with a code of zones and a column of all people."""
    return bool(source.headers & _ZONE_KEYS and source.headers & _TOTAL_KEYS) and not source.headers & OUTLINES


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read the people of each zone of the register. Rows of one sex alone count as accepted and are not used."""
    table = source.table
    table.need(zone=ZONE, population=COLUMNS["population"])
    sex = table.find(*SEX)
    readout, seen, unused = Readout(), dict[str, int](), 0
    for line in readout.lines(table):
        if sex and line[sex].lower() not in PERSONS:
            unused += 1
            continue
        key = line[table.find(*ZONE)]
        if fault := _fault(key, known, seen):
            readout.reject(line, fault)
            continue
        try:
            row = _row(line, key, table)
        except ColumnError as error:
            readout.reject(line, error.problem)
            continue
        seen[key] = line.number
        readout.add("zone", line.number, row)
    if unused:
        reason = f"{unused:,} of its rows are about one sex alone; the register keeps persons"
        readout.warn(1, Problem(source.name, reason, "Nothing need be done", sex or ""))
    return readout


def _fault(key: str, known: Known, seen: dict[str, int]) -> Problem | None:
    if key not in known.ids("zone"):
        return Problem(key, "the register has no such zone", "Import the zones first", ZONE[0], key)
    if key in seen:
        return Problem(
            key, f"row {seen[key]} is about the same zone", "Keep the row of one date only", ZONE[0], key
        )
    return None


def _row(line: Line, key: str, table: Table) -> dict[str, int | str]:
    """The columns of `zone` that the file has a figure for."""
    row: dict[str, int | str] = {"id": key}
    described = {column.name: column for column in columns("zone")}
    for name, variants in COLUMNS.items():
        value = described[name].parse(line[table.find(*variants)], key)
        if value is not None:
            row[name] = value
    return row
