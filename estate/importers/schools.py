"""Schools from the Department for Education's register (Get Information about Schools, GIAS), as candidate hosts.

Each open school of a public body becomes a property of use `school`, held by its trust where the file names trusts
and else by the council that maintains it; academies of a file without trusts go to one body for the council's area
that says so. Independent schools, universities and online providers are no public buildings, and the list is a
national one: rows that are not for this register count as accepted and are passed over, each kind in one note. A
school that a property of the register clearly is already is not made a second time.

A school that this list brought before is known by its number (URN), whoever holds it now; one with a new number,
as when it became an academy, by its UPRN or name and postcode (see `_identity`).
"""

from collections import Counter
from collections.abc import Iterable

from estate.database import Row
from estate.importers import _cells as cells
from estate.importers._bodies import council_of, named
from estate.importers._identity import COLUMNS as IDENTIFYING
from estate.importers._identity import Matcher, Wanted
from estate.importers._matching import Point, find
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Line, Source, Table
from estate.locate import Located, locate, outside
from estate.problems import Problem

NAME = "schools"
DESCRIPTION = "Schools in England and Wales, as candidate hosts (CSV from Get Information about Schools)"

COLUMNS = {
    "urn": ("urn",),
    "name": ("establishment_name", "establishmentname"),
    "council": ("la_name", "la (name)"),
    "council_code": ("la_code", "la (code)"),
    "group": ("establishment_type_group", "establishmenttypegroup (name)"),
    "type": ("establishment_type", "typeofestablishment (name)"),
    "status": ("establishmentstatus (name)", "establishment_status"),
    "trust": ("trusts (name)", "trust_name"),
    "street": ("street",),
    "town": ("town",),
    "postcode": ("postcode",),
    "uprn": ("uprn",),
    "zone": ("lsoa_code", "lsoa (code)"),
    "easting": ("easting",),
    "northing": ("northing",),
}
NOT_PUBLIC = ("independent", "universities", "university", "online", "offshore", "overseas", "non-maintained")
ACADEMIES = ("academies", "academy", "free school", "studio school", "technology college", "technical college")
_CODE = "URN "  # an asset code that this importer gave
_ANYBODY = "schools"  # stands for the body, so that a school is found whoever holds it


def order(source: Source) -> int:
    """After the registers, which may hold the schools already."""
    return 55


def recognises(source: Source, options: ImportOptions) -> bool:
    """A CSV with a school's number, name and council."""
    return {"urn", "establishmentname", "laname"} <= source.headers


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read the schools inside the place. Raises InputError where no zones say what the place is."""
    table, readout = source.table, Readout()
    table.need(**{name: COLUMNS[name] for name in ("urn", "name", "council")})
    if options.inside_only and known.place is None:
        reason = "it lists the whole country and the register has no zones, which say what the place is"
        raise source.error(reason, "Import the zones first, or take every school with --everywhere")
    reader = _Reader(table, options, known, readout)
    for line in readout.lines(table):
        reader.row(line)
    for reason, count in sorted(reader.passed_over.items()):
        why = f"{count:,} of its schools {reason}, so they were passed over"
        readout.warn(1, Problem(source.name, why, "Nothing need be done"))
    return readout


class _Reader:
    """Reads school after school."""

    def __init__(self, table: Table, options: ImportOptions, known: Known, readout: Readout) -> None:
        self.headers = {name: table.find(*names) for name, names in COLUMNS.items()}
        self.options, self.known, self.readout = options, known, readout
        self.passed_over: Counter[str] = Counter()
        self.bodies: dict[str, Row] = dict(known.table("organisation"))
        self.seen: dict[str, int] = {}
        stored = known.table("property").values()
        ours = [row for row in stored if _is_from_here(row)]
        self.properties = [row for row in stored if not _is_from_here(row)]
        wanted = [self.wanted(line) for line in table.lines if not line.fault and not self.not_ours(line)]
        among = [{**{name: row[name] for name in IDENTIFYING}, "organisation_id": _ANYBODY} for row in ours]
        self.matcher = Matcher(known, wanted, is_part=table.has_rejects, among=among)

    def cell(self, line: Line, name: str) -> str:
        """The text of a cell by the name that COLUMNS gives it."""
        return line[self.headers[name]]

    def row(self, line: Line) -> None:
        """Take one school in, pass it over, or refuse it."""
        urn, name = self.cell(line, "urn").removesuffix(".0"), self.cell(line, "name")
        if fault := self.fault(urn, name):
            self.readout.reject(line, fault)
            return
        self.seen[urn] = line.number
        if reason := self.not_ours(line):
            self.passed_over[reason] += 1
            return
        located, wanted = self.located(line), self.wanted(line)
        point = Point(name, self.cell(line, "street"), wanted.postcode, located.point, "school")
        found = self.matcher.identify(wanted)
        if found.question:
            self.readout.reject(line, found.question)
        elif found.id != wanted.id:
            if found.warning:
                self.readout.warn(line.number, found.warning)
            self.make(line, found.id, self.body(line), point, located.how)
        elif not self.is_there(line, point):
            body = self.body(line)
            self.make(line, f"{body['id']}/{wanted.id}", body, point, located.how)

    def wanted(self, line: Line) -> Wanted:
        """What a row says of which school it is, whoever holds it."""
        urn = self.cell(line, "urn").removesuffix(".0")
        uprn, code = cells.uprn(self.cell(line, "uprn")), cells.postcode(self.cell(line, "postcode"))
        name = self.cell(line, "name")
        return Wanted(f"school-{urn}", _ANYBODY, f"{_CODE}{urn}", uprn or "", name, code or "")

    def located(self, line: Line) -> Located:
        """Where a school stands."""
        return locate(self.cell(line, "easting"), self.cell(line, "northing"), None, "metres")

    def fault(self, urn: str, name: str) -> Problem | None:
        """Why a row cannot be told from others."""
        if not urn.isdigit():
            return Problem(name, "it has no school number", "Give its URN", self.headers["urn"] or "", urn)
        if not name:
            return Problem(urn, "it has no name", "Name the school", self.headers["name"] or "")
        if urn in self.seen:
            reason = f"row {self.seen[urn]} has the same school number"
            return Problem(name, reason, "Keep one of them", self.headers["urn"] or "", urn)
        return None

    def not_ours(self, line: Line) -> str:
        """Why a school is not for this register; blank for one that is."""
        kind = f"{self.cell(line, 'group')} {self.cell(line, 'type')}".lower()
        if any(word in kind for word in NOT_PUBLIC):
            return "are not held by a public body"
        if self.cell(line, "status").lower().startswith(("closed", "proposed")):
            return "are closed or not open yet"
        if not self.options.inside_only or self.cell(line, "zone") in self.known.ids("zone"):
            return ""
        point = self.located(line).point
        if point is None:
            return "have no coordinates and no zone of this register"
        return "lie outside the place" if outside(point, self.known.place) else ""

    def body(self, line: Line) -> Row:
        """The body that holds a school, which is written if the register lacks it."""
        council, trust = self.cell(line, "council"), self.cell(line, "trust")
        kind = f"{self.cell(line, 'group')} {self.cell(line, 'type')}".lower()
        if cells.slug(trust):  # a name without letters or digits could be no id
            return self.known_or_new(line, named(trust, self.bodies.values()), trust, "third_sector")
        if any(word in kind for word in ACADEMIES):
            name = f"Academy trusts in {council}"
            return self.known_or_new(line, named(name, self.bodies.values()), name, "third_sector")
        found = council_of(council, self.bodies.values())
        # Codes of the Department: 201 to 213 and 301 to 320 are London boroughs, 330 to 394 metropolitan ones.
        is_borough = self.cell(line, "council_code").removesuffix(".0")[:1] in {"2", "3"}
        return self.known_or_new(line, found, f"{council} Council", "unitary" if is_borough else "other")

    def known_or_new(self, line: Line, found: Row | None, name: str, kind: str) -> Row:
        """A body that is there, or a new one of that name."""
        if found:
            return found
        body = {"id": cells.slug(name), "name": name, "kind": kind}
        if body["id"] not in self.bodies:
            self.bodies[str(body["id"])] = body
            self.readout.add("organisation", line.number, body)
        return self.bodies[str(body["id"])]

    def is_there(self, line: Line, point: Point) -> bool:
        """Whether a property of the register is this school; says so where that is not certain."""
        match = find(point, self.near(point))
        if match is None:
            return False
        self.passed_over["are in the register already"] += 1
        if not match.certain:
            reason = f"it was taken to be {match.property['name']} ({match.property['id']}) by {match.why}"
            remedy = "If it is another building, add it to property.csv"
            self.readout.warn(
                line.number, Problem(point.name, reason, remedy, self.headers["name"] or "", point.name)
            )
        return True

    def near(self, point: Point) -> Iterable[Row]:
        """The properties that may be the school: buildings of that use, or of a use nobody knows."""
        return (row for row in self.properties if row["use"] in {"school", "other", "childrens_centre"})

    def make(self, line: Line, key: str, body: Row, point: Point, located_by: str) -> None:
        """Have the school written as a property."""
        address = ", ".join(filter(None, (point.address, self.cell(line, "town"))))
        row = {
            "id": key,
            "organisation_id": body["id"],
            "asset_code": self.wanted(line).asset_code,
            "name": point.name,
            "use": "school",
            "tenure": "unknown",
            "uprn": cells.uprn(self.cell(line, "uprn")),
            "address": address,
            "postcode": point.postcode,
        }
        place = {"geometry": point.place, "located_by": located_by} if point.place else {}
        self.readout.add("property", line.number, {name: value for name, value in row.items() if value} | place)


def _is_from_here(row: Row) -> bool:
    """Whether a property came from this list."""
    return str(row["asset_code"] or "").startswith(_CODE)
