"""Lists of places that offer a public service: libraries, GP practices, leisure centres ... (CSV, GeoJSON)

Each point becomes a public-facing team at a property: one of the register that is clearly the same building,
or else a new one. How many people and how much space it has is left blank, for the estimates to fill.
A point imported before stays at the property it was given, wherever that was corrected to.
"""

from collections.abc import Iterable

from estate.benchmarks import benchmark
from estate.database import Row
from estate.importers import _cells as cells
from estate.importers._fragments import TOGETHER_M, places
from estate.importers._matching import Match, Point, find, next_door
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Line, Source, Table
from estate.problems import InputError, Problem
from estate.services import ServiceDefinition, definitions, service_named

NAME = "service-points"
DESCRIPTION = "A list of places that offer one public service (CSV, or GeoJSON of points or buildings)"

COUNCILS = ("county", "district", "unitary")
_NAMES = {name.replace("_", "") for name in cells.NAME}
_POSTCODES = {name.replace("_", "") for name in cells.POSTCODE}
_REGISTER_SIGNS = {"tenuretype", "assetcode", "holdingtype", "tenuredetail"}


def order(source: Source) -> int:
    """After the properties they may be matched to."""
    return 60


def recognises(source: Source, options: ImportOptions) -> bool:
    """A CSV of named places, or a map, whose service is known, by its name or (CSV) by --service."""
    if source.kind == "geojson":
        return bool(service_named(source.path.stem)) and bool(source.document["features"])
    headers = source.headers
    shaped = bool(headers & _NAMES) and (cells.has_coordinates(source) or bool(headers & _POSTCODES))
    return shaped and not headers & _REGISTER_SIGNS and bool(options.service or service_named(source.path.stem))


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read the points of one service: the service, its body, teams, and properties the register lacks."""
    service, readout = _service(source, options), Readout()
    table = source.table if source.kind == "csv" else _outlines(source, service, readout)
    table.need(name=cells.NAME)
    if not (table.find(*cells.POSTCODE) or (table.find(*cells.X) and table.find(*cells.Y))):
        table.need(postcode=cells.POSTCODE, lon=cells.X, lat=cells.Y)
    body = _body(service, options, known)
    if body["id"] not in known.ids("organisation"):
        readout.add("organisation", 1, body)
    if service.id not in known.ids("service"):
        readout.add("service", 1, service.row())
    reader = _Reader(table, service, str(body["id"]), known, readout)
    for line in readout.lines(table):
        reader.row(line)
    return readout


def _outlines(source: Source, service: ServiceDefinition, readout: Readout) -> Table:
    """The places of a map; the buildings that are a part of another's place are counted and named in one note."""
    table, parts = places(source, service.name)
    readout.rows += parts
    if parts:
        reason = f"{len(table.lines) + parts:,} outlines were taken for {len(table.lines):,} places"
        remedy = f"Outlines less than {TOGETHER_M:g} m apart are one, unless their names differ"
        readout.warn(1, Problem(source.name, reason, remedy))
    return table


class _Reader:
    """Reads point after point, and knows the properties there are, those of earlier points among them."""

    def __init__(
        self, table: Table, service: ServiceDefinition, body: str, known: Known, readout: Readout
    ) -> None:
        self.headers = [table.find(*names) for names in (cells.NAME, cells.ADDRESS, cells.POSTCODE)]
        self.where = cells.coordinates(table)
        self.service, self.body, self.known, self.readout = service, body, known, readout
        self.properties: dict[str, Row] = dict(known.table("property"))
        self.seen: dict[str, int] = {}

    def row(self, line: Line) -> None:
        """Take one point in, or refuse it."""
        name, address, code = (line[header] for header in self.headers)
        if not name:
            self.readout.reject(line, Problem("", "it has no name", "Name the place", self.headers[0] or ""))
            return
        key = f"{self.service.id}/{cells.slug(f'{name} {code}')}"
        if key in self.seen:
            reason = f"row {self.seen[key]} has the same name and postcode"
            self.readout.reject(line, Problem(name, reason, "Keep one of them", self.headers[0] or "", name))
            return
        self.seen[key] = line.number
        found = cells.find_place(line, name, self.where, self.known.place, self.readout)
        postcode = cells.postcode(code) or ""
        if code and not postcode:
            remedy = "It was left out; correct it in the source"
            self.warn(line, Problem(name, "it is not a postcode", remedy, self.headers[2] or "", code))
        if key in self.known.ids("team"):
            self.keep(line, key, name)
            return
        point = Point(name, address, postcode, found.point, self.service.use)
        home = self.home(line, point, found.how)
        self.team(line, key, name, home)

    def keep(self, line: Line, key: str, name: str) -> None:
        """Have a team that is there named as the list names it now, and nothing else changed."""
        self.readout.add("team", line.number, {"id": key, "name": name, "service_id": self.service.id})

    def home(self, line: Line, point: Point, located_by: str) -> str:
        """The id of the property the point works from, which is made if there is none."""
        match = find(point, self.properties.values())
        if match:
            self.doubt(line, point, match)
            return str(match.property["id"])
        key = f"{self.body}/{cells.slug(f'{point.name} {point.postcode}')}"
        if key not in self.properties:
            self.make(line, key, point, located_by)
        return key

    def make(self, line: Line, key: str, point: Point, located_by: str) -> None:
        """Have a property written that the register lacks."""
        if neighbour := next_door(point, self.properties.values()):
            reason = f"a property was made for it, and {_shown(neighbour)} stands in the same spot"
            remedy = "If they are one building, change the team's property_id"
            self.warn(line, Problem(point.name, reason, remedy, self.headers[0] or "", point.name))
        row = {
            "id": key,
            "organisation_id": self.body,
            "name": point.name,
            "address": point.address or None,
            "postcode": point.postcode or None,
            "geometry": point.place,
            "located_by": located_by,
            "use": point.use,
            "tenure": "unknown",
        }
        self.readout.add("property", line.number, row)
        self.properties[key] = {"holding": "building", "status": "operational", **row}

    def doubt(self, line: Line, point: Point, match: Match) -> None:
        """Say so where a match should be looked at."""
        if match.certain:
            return
        also = f"; it might also be {_shown(match.rival)}" if match.rival else ""
        reason = f"it was taken to be in {_shown(match.property)} by {match.why}{also}"
        remedy = "Change the team's property_id if it is elsewhere"
        self.warn(line, Problem(point.name, reason, remedy, self.headers[0] or "", point.name))

    def team(self, line: Line, key: str, name: str, home: str) -> None:
        """Have a new team written."""
        row = {
            "id": key,
            "organisation_id": self.body,
            "property_id": home,
            "name": name,
            "service_id": self.service.id,
            "fte": None,  # not known, which is not zero
            "space_kind": self.service.space_kind,
            "space_amount": None,
            "public_facing": True,
            # A pool or a fire station is its building: what could move is data/rates/use_benchmarks.csv's word.
            "may_move": benchmark(self.service.use).team_may_move,
        }
        self.readout.add("team", line.number, row)

    def warn(self, line: Line, problem: Problem) -> None:
        self.readout.warn(line.number, problem)


def _shown(row: Row | None) -> str:
    return f"{row['name']} ({row['id']})" if row else ""


def _service(source: Source, options: ImportOptions) -> ServiceDefinition:
    if options.service:
        if options.service not in definitions():
            known = ", ".join(sorted(definitions()))
            reason, remedy = "there is no such service", f"Choose one of {known}"
            raise InputError.of("--service", reason, remedy, "", options.service)
        return definitions()[options.service]
    service = service_named(source.path.stem)
    if service is None:
        raise source.error("its name does not tell which service it lists", "Name the service with --service")
    return service


def _body(service: ServiceDefinition, options: ImportOptions, known: Known) -> Row:
    """The organisation that runs the service."""
    held = known.table("organisation")
    if options.organisation:
        if options.organisation not in held:
            reason, remedy = "the register has no such organisation", f"Choose one of {_ids(held)}"
            raise InputError.of("--organisation", reason, remedy, "", options.organisation)
        return held[options.organisation]
    if service.organisation:
        name, kind = service.organisation.name, service.organisation.kind
        return {"id": cells.slug(name), "name": name, "kind": kind}
    councils = [row for row in held.values() if row["kind"] in COUNCILS] or list(held.values())
    if len(councils) != 1:
        reason = f"{service.name} belong to the council and the register has {len(councils)} of them"
        remedy = "Import the council's register first, or name the council with --organisation"
        raise InputError.of("--organisation", reason, remedy)
    return councils[0]


def _ids(rows: Iterable[str]) -> str:
    return ", ".join(sorted(rows)) or "none yet"
