"""The land and building register that the Local Government Transparency Code has councils publish.

A blank cell says nothing: what the register knows from elsewhere stays. A cell that does not fit is left out
with a warning and the row is kept; only a row that cannot be told from others is refused.
"""

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

from estate.database import Row
from estate.dictionary import ColumnError, columns
from estate.importers import _cells as cells
from estate.importers._bodies import Bodies
from estate.importers._identity import Matcher, Wanted
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Line, Source, Table
from estate.problems import InputError, Problem
from estate.uses import not_a_building, use_of

NAME = "transparency-code"
DESCRIPTION = "Land and building register under the Local Government Transparency Code (CSV or Excel)"

ORGANISATION = ("OrganisationLabel", "Organisation name", "Organisation", "Local authority", "Owner")
PROPERTY_NAME = ("PropertyName", "Property name", "Name", "Asset name", "Name of the building/land", "Site name")
COLUMNS = {
    "uri": ("OrganisationURI", "Organisation code"),
    "effective_date": ("EffectiveDate", "Date"),
    "uprn": ("UPRN", "Unique property reference number"),
    "asset_code": ("AssetCode", "Unique asset identity", "Asset ID", "Asset reference", "Property reference"),
    "street_number": ("StreetNumber", "Building number", "Number"),
    "street": ("StreetName", "Street", "Address", "Street address"),
    "town": ("PostTown", "Town"),
    "postcode": cells.POSTCODE,
    "tenure": ("TenureType", "Tenure"),
    "detail": ("TenureDetail", "Occupation"),
    "other": ("OtherDetail", "Other details", "Purpose", "Use", "Asset type"),
    "holding": ("HoldingType", "Type of holding", "Land or building"),
    "floor_area_m2": ("BuildingSize", "Building size GIA", "Floor area", "GIA", "Gross internal area"),
    "land_area_ha": ("LandArea", "Site area", "Land size"),
    "energy_rating": ("EnergyRating", "EPC rating"),
}
LEFT_OUT = "It was left out; correct it in the source"
_SIGNS = (
    {"uprn"},
    {"assetcode", "uniqueassetidentity"},
    {"tenuretype", "tenure"},
    {"tenuredetail"},
    {"holdingtype", "typeofholding"},
    {"organisationlabel", "organisationname"},
    {"geox", "easting"},
)
_TENURES = {"freehold": "freehold", "leasehold": "leasehold", "leasehold in": "leasehold", "licence": "licence",
            "license": "licence", "leased": "leasehold"}  # fmt: skip
_STATUSES = (("vacant", "vacant"), ("surplus", "surplus"), ("leasehold out", "let_out"), ("let out", "let_out"),
             ("leased out", "let_out"))  # fmt: skip
_KINDS = (("county council", "county"), ("county-council", "county"), ("metropolitan", "unitary"),
          ("unitary", "unitary"), ("london borough", "unitary"), ("police", "police"), ("fire", "fire"),
          ("nhs", "nhs"), ("district council", "district"))  # fmt: skip


def order(source: Source) -> int:
    """After the tables of the register, before the lists of service points."""
    return 50


def recognises(source: Source, options: ImportOptions) -> bool:
    """A CSV with most of the Code's headers."""
    ours = {"id", "organisationid"} <= source.headers  # the register's own table has many of the same columns
    return source.kind == "csv" and not ours and sum(bool(sign & source.headers) for sign in _SIGNS) >= 3


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read the register of one body or several: organisations and properties."""
    table = source.table
    required = {"name": PROPERTY_NAME} | ({} if options.organisation else {"organisation": ORGANISATION})
    table.need(**required)
    if options.organisation and options.organisation not in known.ids("organisation"):
        reason = "the register has no organisation of this id"
        remedy = "Leave --organisation out, or import the organisation first"
        raise InputError.of("--organisation", reason, remedy, "", options.organisation)
    readout = Readout()
    reader = _Reader(table, options, known, readout)
    for line in readout.lines(table):
        reader.row(line)
    return readout


@dataclass(frozen=True)
class _Answer:
    """A value for the register, and what to note about the cell it comes from."""

    value: str | None
    mended: str = ""
    warning: str = ""


class _Reader:
    """Reads row after row, and knows which asset codes it has seen."""

    def __init__(self, table: Table, options: ImportOptions, known: Known, readout: Readout) -> None:
        self.headers = {name: table.find(*variants) for name, variants in COLUMNS.items()}
        self.headers |= {"name": table.find(*PROPERTY_NAME), "organisation": table.find(*ORGANISATION)}
        self.where = cells.coordinates(table)
        self.options, self.known, self.readout = options, known, readout
        self.seen: dict[str, int] = {}
        self.bodies = Bodies(known.table("organisation").values())
        rows = [self.wanted(line) for line in table.lines if not line.fault]
        self.matcher = Matcher(known, rows, is_part=table.has_rejects)

    def wanted(self, line: Line) -> Wanted:
        """What a row says of which property it is."""
        name, code = self.cell(line, "name"), self.cell(line, "asset_code")
        organisation = self.options.organisation or self.bodies.id_of(self.cell(line, "organisation"))
        own = cells.code(code) or cells.slug(f"{name} {self.cell(line, 'street')}")
        uprn, postcode = cells.uprn(self.cell(line, "uprn")), cells.postcode(self.cell(line, "postcode"))
        return Wanted(f"{organisation}/{own}", organisation, code, uprn or "", name, postcode or "")

    def row(self, line: Line) -> None:
        """Take one row in, or refuse it."""
        wanted = self.wanted(line)
        name, code, organisation = wanted.name, wanted.asset_code, wanted.organisation_id
        record = f"{name} ({code})" if name and code else name or code or f"row {line.number}"
        found = self.matcher.identify(wanted)
        key = found.id
        if fault := self.fault(record, name, organisation, key) or found.question:
            self.readout.reject(line, fault)
            return
        if found.warning:
            self.readout.warn(line.number, found.warning)
        self.seen[key] = line.number
        if organisation not in self.known.ids("organisation"):
            self.organisation(line, organisation)
        if not code:
            reason = "it has no asset code, so its name and street stand in for one"
            self.warn(line, record, "asset_code", reason, "Give it a code that never changes")
        row = {"id": key, "organisation_id": organisation, "name": name, **self.details(line, record)}
        self.readout.add("property", line.number, {n: v for n, v in row.items() if v is not None})

    def fault(self, record: str, name: str, organisation: str, key: str) -> Problem | None:
        """Why a row cannot be told from others."""
        if not name:
            return Problem(record, "it has no name", "Give the building or land a name", self.column("name"))
        if not organisation:
            return Problem(record, "it names no organisation", "Say who holds it", self.column("organisation"))
        if key in self.seen:
            reason = f"row {self.seen[key]} has the same code"
            return Problem(record, reason, "Give each asset its own code", self.column("asset_code"), key)
        return None

    def organisation(self, line: Line, key: str) -> None:
        """Have the body written that holds the row's property, once."""
        if any(row["id"] == key for row in self.readout.tables["organisation"]):
            return
        label = self.cell(line, "organisation")
        text = f"{label} {self.cell(line, 'uri')}".lower()
        kind = next((kind for words, kind in _KINDS if words in text), "other")
        self.readout.add("organisation", line.number, {"id": key, "name": label, "kind": kind})

    def details(self, line: Line, record: str) -> Row:
        """All about a property but who and what it is; None where the row says nothing."""
        name, detail = self.cell(line, "name"), self.cell(line, "detail")
        holding = _holding(self.cell(line, "holding"))
        if thing := not_a_building(name):
            self.warn(line, record, "name", f"it looks like {thing!r} and not a building", "Leave it out of plans")
        address = " ".join(filter(None, (self.cell(line, "street_number"), self.cell(line, "street"))))
        area = self.number(line, record, "floor_area_m2")
        found = cells.find_place(line, record, self.where, self.known.place, self.readout)
        place = {"geometry": found.point, "located_by": found.how} if found.point else {}
        return {
            "asset_code": self.cell(line, "asset_code") or None,
            "uprn": self.take(line, record, "uprn", _uprn),
            "address": ", ".join(filter(None, (address, self.cell(line, "town")))) or None,
            "postcode": self.take(line, record, "postcode", _postcode),
            "use": use_of(name, self.cell(line, "other"), holding),
            "tenure": self.take(line, record, "tenure", _tenure) or _leased_in(detail),
            "tenure_detail": detail or None,
            "holding": holding,
            "floor_area_m2": area,
            "floor_area_basis": "gross" if area else None,  # the Code asks for gross internal area
            "land_area_ha": self.number(line, record, "land_area_ha"),
            "energy_rating": self.take(line, record, "energy_rating", _rating),
            "status": next((status for words, status in _STATUSES if words in detail.lower()), "operational"),
            "effective_date": cells.day(self.cell(line, "effective_date")),
            **place,
        }

    def column(self, name: str) -> str:
        """The header of a column by the name that COLUMNS gives it, or that name where the file has none."""
        return self.headers[name] or name

    def cell(self, line: Line, name: str) -> str:
        """The text of a cell by the name that COLUMNS gives it."""
        return line[self.headers[name]]

    def warn(self, line: Line, record: str, name: str, reason: str, remedy: str) -> None:
        """Warn of a cell."""
        problem = Problem(record, reason, remedy, self.column(name), self.cell(line, name))
        self.readout.warn(line.number, problem)

    def take(self, line: Line, record: str, name: str, rule: Callable[[str], _Answer]) -> str | None:
        """The value that `rule` makes of a cell, with a note where it was mended or left out."""
        text = self.cell(line, name)
        if not text:
            return None
        answer = rule(text)
        if answer.mended:
            problem = Problem(record, answer.mended, f"It was read as {answer.value}", self.column(name), text)
            self.readout.mend(line.number, problem)
        if answer.warning:
            self.warn(line, record, name, answer.warning, LEFT_OUT)
        return answer.value

    def number(self, line: Line, record: str, name: str) -> float | None:
        """An area; zero and what is no number are missing, with a warning."""
        column = next(column for column in columns("property") if column.name == name)
        try:
            value: float | None = column.parse(self.cell(line, name), record)
        except ColumnError as fault:
            self.warn(line, record, name, fault.problem.reason, LEFT_OUT)
            return None
        if value == 0:
            self.warn(line, record, name, "it is zero, which is no area", LEFT_OUT)
        return value or None


def _holding(text: str) -> str:
    words = text.lower()
    if "land" in words and "building" in words:
        return "land_and_building"
    return "land" if "land" in words else "building"


def _leased_in(detail: str) -> str | None:
    return "leasehold" if detail.lower() == "leasehold in" else None


def _uprn(text: str) -> _Answer:
    value = cells.uprn(text)
    if value is None:
        return _Answer(None, warning="it is not a UPRN of 1 to 12 digits")
    return _Answer(value, mended="" if value == text else "it was written as a number, or with leading zeros")


def _postcode(text: str) -> _Answer:
    value = cells.postcode(text)
    return _Answer(value, warning="" if value else "it is not a postcode")


def _tenure(text: str) -> _Answer:
    word = text.lower().replace("(", "").replace(")", "")
    if word in _TENURES:
        return _Answer(_TENURES[word])
    close = get_close_matches(word, list(_TENURES), n=1, cutoff=0.8)
    if close:
        return _Answer(_TENURES[close[0]], mended="it is a misspelling")
    return _Answer(None, warning="it is no tenure known here")


def _rating(text: str) -> _Answer:
    value = text.upper().removeprefix("BAND ").strip()
    known = next(column.choices for column in columns("property") if column.name == "energy_rating")
    return _Answer(value) if value in known else _Answer(None, warning=f"it is none of {', '.join(known)}")
