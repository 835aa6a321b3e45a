"""A ready-made table of minutes from origins to destinations (CSV, Parquet), as TRACC, r5r, OTP, Esri export it.

Origins are zones and destinations are properties of the register, by id. Rows of others count as accepted and are
passed over; a row without minutes says that there is no way. How people travel stands in a column, in the file's
name, or is said with --mode.
"""

import re
from datetime import UTC, datetime

from estate.dictionary import Column, ColumnError, columns
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Line, Source, Table, key
from estate.problems import InputError, Problem

NAME = "travel-times"
DESCRIPTION = "A table of minutes from zones to properties (CSV or Parquet)"

ORIGIN = ("origin", "from_id", "origin_id", "originid", "from", "origin_reference", "zone_id", "zone")
DESTINATION = (
    "destination", "to_id", "destination_id", "destinationid", "to", "destination_reference", "property_id",
    "property",
)  # fmt: skip
MINUTES = (
    "minutes", "travel_time", "travel_time_p50", "traveltime", "total_traveltime", "total_travel_time",
    "journey_time", "total_minutes", "total_time", "travel_time_minutes", "time",
)  # fmt: skip
MODE = ("mode", "how", "travel_mode")
_MODE_WORDS = {
    "car": ("car", "cars", "drive", "driving"),
    "foot": ("foot", "walk", "walking"),
    "bicycle": ("bicycle", "bike", "cycle", "cycling"),
    "public_transport": ("public", "transit", "bus", "rail", "pt", "gtfs"),
}
_NONE = {"", "na", "nan", "null", "none", "inf", "infinity", "-1"}  # there is no way
_SHOWN = 5


def order(source: Source) -> int:
    """After the zones and properties that it is between."""
    return 80


def recognises(source: Source, options: ImportOptions) -> bool:
    """A table with an origin, a destination and minutes; no table of the register."""
    headers = source.headers
    return "id" not in headers and all(headers & set(map(key, names)) for names in (ORIGIN, DESTINATION, MINUTES))


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read the minutes of each pair, and which file they are from."""
    table, readout = source.table, Readout()
    table.need(origin=ORIGIN, destination=DESTINATION, minutes=MINUTES)
    reader = _Reader(source, table, options, known, readout)
    for line in readout.lines(table):
        reader.row(line)
    reader.finish()
    return readout


class _Reader:
    """Reads pair after pair."""

    def __init__(
        self, source: Source, table: Table, options: ImportOptions, known: Known, readout: Readout
    ) -> None:
        self.source, self.known, self.readout = source, known, readout
        self.origin, self.destination, self.minutes, self.mode = (
            table.find(*names) for names in (ORIGIN, DESTINATION, MINUTES, MODE)
        )
        described = {column.name: column for column in columns("travel_time")}
        self.column: Column = described["minutes"]
        self.modes = described["mode"].choices
        self.said = options.mode or ("" if self.mode else _mode_of_name(source.path.stem))
        if self.said and self.said not in self.modes:
            reason, remedy = "there is no such way to travel", f"Choose one of {', '.join(self.modes)}"
            raise InputError.of("--mode", reason, remedy, value=self.said)
        if not self.said and not self.mode:
            remedy = f"Say it with --mode: one of {', '.join(self.modes)}"
            raise source.error("neither a column nor its name tells how people travel", remedy)
        self.zones, self.places = known.ids("zone"), known.ids("property")
        self.seen: dict[tuple[str, str, str], int] = {}
        self.others: dict[str, set[str]] = {"zone": set(), "property": set()}
        self.passed_over = self.no_way = 0

    def row(self, line: Line) -> None:
        """Take in one pair, or refuse it."""
        zone, place, mode = line[self.origin], line[self.destination], self.said or _mode(line[self.mode])
        if zone not in self.zones or place not in self.places:
            self.passed_over += 1
            self.others["zone"] |= {zone} - self.zones
            self.others["property"] |= {place} - self.places
            return
        if mode not in self.modes:
            reason = f"it is none of {', '.join(self.modes)}"
            fault = Problem(f"{zone} to {place}", reason, "Correct it, or say --mode", self.mode or "", mode)
            self.readout.reject(line, fault)
            return
        pair = (zone, place, mode)
        if pair in self.seen:
            reason = f"row {self.seen[pair]} is about the same pair"
            self.readout.reject(line, Problem(f"{zone} to {place}", reason, "Keep one of them"))
            return
        self.seen[pair] = line.number
        if line[self.minutes].lower() in _NONE:
            self.no_way += 1
            return
        try:
            minutes = self.column.parse(line[self.minutes], f"{zone} to {place}")
        except ColumnError as fault:
            self.readout.reject(line, fault.problem)
            return
        row = {"id": f"{zone} {place} {mode}", "zone_id": zone, "property_id": place, "mode": mode}
        self.readout.add("travel_time", line.number, {**row, "minutes": minutes, "method": "table"})

    def finish(self) -> None:
        """Say what was passed over, and keep where the minutes of each mode are from."""
        read = self.readout.tables["travel_time"]
        if not read and self.passed_over:
            raise self.source.error(
                f"no row goes from a zone to a property of the register ({self._examples()})",
                "Give the ids of the register's zones and properties: 'estate export' writes them",
            )
        if self.passed_over:
            reason = f"{self.passed_over:,} rows are of zones or properties that the register does not have"
            self.note(f"{reason} ({self._examples()})", "If it should have them, import them first")
        if self.no_way:
            self.note(f"{self.no_way:,} rows have no minutes: there is no way", "Nothing need be done")
        for mode in sorted({str(row["mode"]) for row in read}):
            self.keep(mode)

    def keep(self, mode: str) -> None:
        """Have it written where the minutes of a mode are from, and say which pairs stay that it lacks."""
        digest = self.source.digest()[:16]
        key = f"table {mode}"
        row = {
            "id": key,
            "method": "table",
            "mode": mode,
            "network_file": self.source.name,
            "network_version": digest,
            "built_on": datetime.now(UTC).date(),
        }
        held = self.known.table("travel_build").get(key, {})
        if held.get("network_version") == digest:
            row["built_on"] = held["built_on"]  # the same file twice changes nothing
        self.readout.add("travel_build", 1, row)
        lacking = sum(
            each["mode"] == mode
            and each["method"] != "road_network"
            and (each["zone_id"], each["property_id"], mode) not in self.seen
            for each in self.known.values("travel_time", "zone_id", "property_id", "mode", "method")
        )
        if lacking:
            remedy = f"If they are out of date, run 'estate travel forget --mode {mode}' and import it again"
            self.note(f"{lacking:,} pairs of the register by {mode} are not in it: they stay as they are", remedy)

    def note(self, reason: str, remedy: str) -> None:
        self.readout.warn(1, Problem(self.source.name, reason, remedy))

    def _examples(self) -> str:
        return "; ".join(
            f"no {table} {', '.join(sorted(ids)[:_SHOWN])}{' ...' * (len(ids) > _SHOWN)}"
            for table, ids in self.others.items()
            if ids
        )


def _mode(text: str) -> str:
    """A mode as other programs write it, such as WALK; what is none as it stands."""
    return _mode_of_name(text) or text


def _mode_of_name(name: str) -> str:
    words = set(re.split(r"[^a-z]+", name.lower()))
    found = [mode for mode, known in _MODE_WORDS.items() if words & set(known)]
    return found[0] if len(found) == 1 else ""
