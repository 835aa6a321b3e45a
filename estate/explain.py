"""How each figure of one property came about: recorded, from which file; or estimated, by which rule from what."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from estate import estimates
from estate.benchmarks import COST_CATEGORIES, PRICE_YEAR, benchmark, m2_per_unit
from estate.database import Register, Row, rows_of
from estate.dictionary import REGISTER_TABLES, columns
from estate.find_property import find_property
from estate.frames import frame_of
from estate.services import definitions
from estate.snapshot import records

# What plans count of a property, by table; the property's own row and the rows that belong to it.
FIGURES = {
    "property": ("floor_area_m2", "land_area_ha"),
    "space": ("amount",),
    "team": ("space_kind", "space_amount", "fte"),
    "running_cost": ("gbp_per_year",),
    "valuation": ("value_gbp",),
    "lease": ("rent_gbp_per_year",),
}
SUPPLY = {
    "property": "Give {column} of this property in the source, and import it again",
    "space": "Give its rooms and desks in space.csv (property_id, kind, amount)",
    "team": "Give who works there in team.csv (fte, space_kind, space_amount)",
    "running_cost": "Give what it costs to run in running_cost.csv, a line for each category",
    "valuation": "Give a valuation in valuation.csv (basis, value_gbp, valued_on)",
    "lease": "Give the lease in lease.csv (rent_gbp_per_year, expiry_date, break_dates)",
}


@dataclass(frozen=True)
class Figure:
    """One figure.

    Of an estimate `rule` says in words how it was made, `inputs` from what, and `supply` what would replace it;
    `source`, `as_of` (a date) and `status` (such as assumption) are the benchmark's. Of a recorded figure `status`
    is `recorded`, and `source` names the file and its row; it is blank where no file brought it.
    """

    table: str
    record_id: str
    record: str
    column: str
    value: float | str
    unit: str
    estimated: bool
    status: str
    source: str
    as_of: str = ""
    rule: str = ""
    inputs: dict[str, str] = field(default_factory=dict)
    supply: str = ""


@dataclass(frozen=True)
class Explanation:
    """The figures of a property, and what nobody recorded or could estimate (`missing`, column by column)."""

    property_id: str
    name: str
    use: str
    figures: tuple[Figure, ...]
    missing: tuple[str, ...]

    @property
    def estimated(self) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.figures if figure.estimated)

    @property
    def recorded(self) -> tuple[Figure, ...]:
        return tuple(figure for figure in self.figures if not figure.estimated)


def explain(register: Register, asked: str) -> Explanation:
    """The figures that plans would use for the property that `asked` means (see `find_property`)."""
    with register.reading() as connection:
        rows = {table: rows_of(connection, table) for table in REGISTER_TABLES}
        batches = {row["id"]: row["file_name"] for row in rows_of(connection, "import_batch")}
    key = find_property(rows["property"], asked)
    filled, fills = estimates.fill({table: frame_of(table, found) for table, found in rows.items()})
    ours = records(fills[fills["property_id"] == key])
    estimated = {(fill["table"], fill["record_id"], fill["column"]) for fill in ours}
    place = _one(filled["property"], key)
    figures = [_recorded(table, row, column, batches)
               for table, row in _rows(rows, key) for column in FIGURES[table]
               if row[column] is not None and (table, row["id"], column) not in estimated]  # fmt: skip
    figures += [_estimated(fill, filled, place) for fill in ours]
    figures.sort(key=lambda figure: (list(FIGURES).index(figure.table), figure.record_id, figure.column))
    return Explanation(key, place["name"], place["use"], tuple(figures), _missing(place, figures))


def _one(frame: pd.DataFrame, key: str) -> dict[str, Any]:
    """One row of a frame by its id."""
    return records(frame.loc[[key]])[0]


def _rows(rows: Mapping[str, list[Row]], key: str) -> list[tuple[str, Row]]:
    owner = {table: "id" if table == "property" else "property_id" for table in FIGURES}
    return [(table, row) for table in FIGURES for row in rows[table] if row[owner[table]] == key]


def _recorded(table: str, row: Row, column: str, batches: Mapping[str, str]) -> Figure:
    file = batches.get(row["import_batch_id"] or "", "")
    source = f"{file} row {row['source_row']}" if file else ""
    return Figure(
        table, row["id"], _words(table, row), column, row[column], _unit(table, column, row),
        estimated=False, status="recorded", source=source,
    )  # fmt: skip


def _estimated(fill: Mapping[str, Any], filled: Mapping[str, pd.DataFrame], place: Mapping[str, Any]) -> Figure:
    row = _one(filled[fill["table"]], fill["record_id"])
    text, _, status = str(fill["source"]).rpartition(" (")
    return Figure(
        fill["table"], fill["record_id"], _words(fill["table"], row), fill["column"], fill["value"], fill["unit"],
        estimated=True, status=status.rstrip(")"), source=text, as_of=str(fill["as_of"]),
        rule=_rule_words(fill["rule"]), inputs=_inputs(fill, row, place),
        supply=SUPPLY[fill["table"]].format(column=fill["column"]),
    )  # fmt: skip


def _rule_words(name: str) -> str:
    """The first sentence of a rule's docstring, which says how it reckons."""
    rule = next(rule for rule in estimates.RULES if rule.__name__ == name.replace(" ", "_"))
    return " ".join((inspect.getdoc(rule) or name).split("\n\n")[0].split())


def _inputs(fill: Mapping[str, Any], row: Mapping[str, Any], place: Mapping[str, Any]) -> dict[str, str]:
    """What went into an estimate, in words, each with whether it is an estimate itself."""
    service = definitions().get(row.get("service_id", ""))
    use = service.use if fill["table"] == "team" and service else place["use"] or "other"
    typical = benchmark(use)
    inputs = {"use": use.replace("_", " ")}
    land = place["holding"] == "land"
    if fill["column"] not in {"floor_area_m2", "land_area_ha"}:
        column, unit = ("land_area_ha", "ha") if land else ("floor_area_m2", "m2")
        mark = " (an estimate)" if place[estimates.PROPERTY_MARKS[column]] else ""
        if place[column] == place[column]:
            inputs["land area" if land else "floor area"] = f"{place[column]:,.10g} {unit}{mark}"
    inputs["benchmark"] = _benchmark(fill, row, typical, land)
    if fill["table"] in {"running_cost", "valuation", "lease"}:
        inputs["prices of"] = str(PRICE_YEAR)
    return inputs


def _benchmark(fill: Mapping[str, Any], row: Mapping[str, Any], typical: Any, land: bool) -> str:
    """The figure of the benchmark that an estimate rests on."""
    match fill["table"], fill["column"]:
        case "property", "floor_area_m2":
            return f"typical floor area {typical.floor_area_m2:,.0f} m2, {typical.usable_share:.0%} of it usable"
        case "property", _:
            return f"typical land area {typical.land_area_ha:g} ha"
        case "running_cost", _ if land:
            return f"£{typical.land_holding_gbp_per_ha:,.0f} a hectare a year"
        case "running_cost", _ if row["category"] in COST_CATEGORIES:
            return f"£{typical.costs_gbp_per_m2[row['category']]:,.2f} a m2 a year for {row['category']}"
        case "valuation", _:
            value = (typical.value_gbp_per_ha, "hectare") if land else (typical.value_gbp_per_m2, "m2")
            return f"£{value[0]:,.0f} a {value[1]}"
        case "lease", _:
            rent = (typical.value_gbp_per_ha, "hectare") if land else (typical.rent_gbp_per_m2, "m2 a year")
            return f"£{rent[0]:,.0f} a {rent[1]}"
        case "space", _:
            share = typical.space_shares.get(row["kind"])
            return f"{share:.0%} of the floor area is {row['kind']}" if share else "room for what its teams need"
        case _:
            return f"{typical.m2_per_fte:g} m2 a person, {m2_per_unit()[row['space_kind']]:g} m2 a unit of space"


def _missing(place: Mapping[str, Any], figures: list[Figure]) -> tuple[str, ...]:
    """What nobody recorded and no rule may estimate."""
    known = {figure.table for figure in figures}
    lacking = ["place on the map"] if place["geometry"] is None else []
    lacking += ["tenure"] if place["tenure"] in {"", "unknown"} else []
    leased = place["tenure"] in {"leasehold", "licence"}
    wanted = {"running_cost": "running cost", "lease" if leased else "valuation": "rent" if leased else "value"}
    return tuple(lacking + [words for table, words in wanted.items() if table not in known])


def _words(table: str, row: Mapping[str, Any]) -> str:
    """What a row is, such as `energy` or `Planning`."""
    told = {"property": "name", "space": "kind", "running_cost": "category", "valuation": "basis", "team": "name",
            "lease": "direction"}  # fmt: skip
    return str(row[told[table]] or row.get("id", "")).replace("_", " ")


def _unit(table: str, column: str, row: Row) -> str:
    kind = row.get("kind" if table == "space" else "space_kind")
    if column in {"amount", "space_amount"}:
        return "desk" if kind == "desks" else "m2"
    return next(c.unit for c in columns(table) if c.name == column)
