"""NHS estates returns (ERIC, Estates Returns Information Collection), by trust or by site (CSV).

The lists are national. Only trusts that the register has as organisations (by name, or by their code as id) are
read; the others count as accepted and are passed over. `inside_only` off takes every trust in.

By site: each site of the trust becomes a property with its floor area, energy, pressing repairs and running costs,
or adds them to the property that the trust has under its code (or its UPRN, or name and postcode, where there are
any: see `_identity`). It has no place, as ERIC gives no coordinates; a list of postcodes or QGIS can add it.

By trust: there are no sites, and a trust's total is not a fact about any one building, so nothing is spread over
the properties. Where the return counts one site and the register has one property of the trust, the figures are
that property's, and fill what it lacks: an area, energy or a cost that is there is never replaced. For the other
trusts a note sets the return beside what the register has, which shows how much of the estate is still missing.

Repairs: the cost to eradicate backlog of high and significant risk. The return gives no year: they are overdue.

Costs: energy is the energy bill; hard_fm maintenance of buildings and grounds; soft_fm cleaning, laundry,
portering and waste; other water and sewage. Food and electro-medical equipment serve patients, not buildings, and
are left out.
"""

import re
from collections.abc import Iterator

from estate.benchmarks import cost_parts
from estate.database import Row
from estate.dictionary import ColumnError, columns
from estate.importers import _cells as cells
from estate.importers._bodies import named
from estate.importers._identity import Identity, Matcher, Wanted
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Line, Source, Table, key
from estate.problems import Problem

NAME = "eric"
DESCRIPTION = "NHS estates returns by trust or site (CSV from NHS England, ERIC)"

CODE, TRUST = ("organisation code", "trust code"), ("organisation name", "trust name")
SITE_CODE, SITE_NAME, SITE_TYPE = ("site code",), ("site name",), ("site type",)
POSTCODE, UPRN = ("site postcode", *cells.POSTCODE), ("uprn", "site uprn")
# How the headers begin; the units in brackets after them have changed over the years.
FLOOR_AREA = "grossinternalfloorarea"
ENERGY_KWH = (
    "electricityconsumedkwh", "gasconsumed", "oilconsumed", "coalconsumed", "steamconsumed", "hotwaterconsumed",
)  # fmt: skip
# What must be put right soon; moderate and low risk are met by ordinary maintenance (NHS risk-based methodology).
BACKLOG = ("costtoeradicatehighriskbacklog", "costtoeradicatesignificantriskbacklog")
COSTS = {
    "energy": ("energycosts",),
    "hard_fm": ("estatesandpropertymaintenance", "groundsandgardensmaintenance", "otherhardfm"),
    "soft_fm": (
        "cleaningservicecost", "laundryandlinenservicecost", "porteringservicecost", "othersoftfm",
        "landfilldisposalcost", "incinerationdisposalcost", "wastereyclingcost", "wasterecyclingcost",
        "otherrecoverycost",
    ),
    "other": ("watercost", "sewagecost", "waterandsewagecost"),
}  # fmt: skip
NOT_GIVEN = {"", "n/a", "na", "-", "not applicable", "not collected", "..", "*"}
_SITES = "numberofsites"
_LEASED = "numberofsitesleased"  # counted among the others already
_USES = (("hospital", "hospital"), ("inpatient", "hospital"), ("acute", "hospital"), ("community", "clinic"),
         ("non inpatient", "clinic"), ("treatment centre", "clinic"), ("support", "depot"))  # fmt: skip


def order(source: Source) -> int:
    """After the registers, whose organisations and properties it adds to."""
    return 55


def recognises(source: Source, options: ImportOptions) -> bool:
    """A CSV whose first or second row has the headers of a return."""
    if source.kind != "csv":
        return False
    head = "\n".join(source.text[:20_000].splitlines()[:2]).lower()
    return FLOOR_AREA in key(head) and any(name in head for name in CODE) and any(name in head for name in TRUST)


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read a return. A row of a trust that the register has, with a figure that is none, is refused."""
    first = source.text.splitlines()[0].lower()
    table = source.table_at(1 if any(name in first for name in CODE) else 2)
    table.need(code=CODE, trust=TRUST)
    reader = _Reader(source, table, options, known)
    for line in reader.readout.lines(table):
        reader.row(line)
    if reader.unknown:
        reason = f"{reader.unknown:,} of its rows are about trusts that the register does not have"
        remedy = (
            "Add the trusts of this place to organisation.csv, by the name they have here, and import both; "
            "or take every trust with --everywhere"
        )
        reader.readout.warn(1, Problem(source.name, reason, remedy))
    return reader.readout


class _Reader:
    """Reads row after row, of trusts or of sites."""

    def __init__(self, source: Source, table: Table, options: ImportOptions, known: Known) -> None:
        self.table, self.options, self.known, self.readout = table, options, known, Readout()
        self.code, self.trust = table.find(*CODE), table.find(*TRUST)
        self.site, self.site_name, self.type = (
            table.find(*SITE_CODE),
            table.find(*SITE_NAME),
            table.find(*SITE_TYPE),
        )
        year = re.search(r"(?<!\d)(20\d\d)(?!\d)", source.path.stem)
        self.price_year = int(year[1]) if year else None
        self.bodies = dict(known.table("organisation"))
        self.postcode, self.uprn = table.find(*POSTCODE), table.find(*UPRN)
        self.seen: dict[str, int] = {}
        self.unknown = 0
        wanted = [self.wanted(line) for line in table.lines if not line.fault] if self.site else []
        self.matcher = Matcher(known, [row for row in wanted if row], is_part=table.has_rejects)

    def body(self, line: Line) -> Row | None:
        """The trust of a row, if the register has it."""
        return self.bodies.get(line[self.code].lower()) or named(line[self.trust], self.bodies.values())

    def wanted(self, line: Line) -> Wanted | None:
        """What a row says of which property it is; None where it is not for this register."""
        body, code = self.body(line), line[self.site]
        body_id = str(body["id"]) if body else "" if self.options.inside_only else line[self.code].lower()
        if not body_id or not code:
            return None
        name, postcode = line[self.site_name] or code, cells.postcode(line[self.postcode])
        uprn = cells.uprn(line[self.uprn])
        return Wanted(f"{body_id}/{cells.slug(code)}", body_id, code, uprn or "", name, postcode or "")

    def row(self, line: Line) -> None:
        """Take one trust or site in, pass it over, or refuse it."""
        code, name = line[self.code], line[self.trust]
        key_of_row = line[self.site] if self.site else code
        record = f"{line[self.site_name] or name} ({key_of_row})"
        if not name or not key_of_row:
            self.readout.reject(line, Problem(record, "it has no code or no name", "Give both", self.code or ""))
            return
        body = self.body(line)
        if body is None and self.options.inside_only:
            self.unknown += 1
            return
        wanted = self.wanted(line) if self.site else None
        found = self.matcher.identify(wanted) if wanted else None
        key_of_row = found.id if found else code
        if key_of_row in self.seen:
            reason = f"row {self.seen[key_of_row]} has the same code"
            self.readout.reject(line, Problem(record, reason, "Keep one of them", self.site or self.code or ""))
            return
        if found and found.question:
            self.readout.reject(line, found.question)
            return
        try:
            facts, costs = self.facts(line, record), self.costs(line, record)
        except ColumnError as fault:
            self.readout.reject(line, fault.problem)
            return
        self.seen[key_of_row] = line.number
        body = body or self.new_body(line, code, name)
        if wanted and found:
            self.make_site(line, wanted, found, facts, costs)
        else:
            self.compare(line, body, facts, costs)

    def new_body(self, line: Line, code: str, name: str) -> Row:
        """A trust that the register lacks."""
        body = {"id": code.lower(), "name": name, "kind": "nhs"}
        self.bodies[code.lower()] = body
        self.readout.add("organisation", line.number, body)
        return body

    def facts(self, line: Line, record: str) -> Row:
        """Floor area, energy and pressing repairs, where the return has them; zero is none."""
        area = self.total(line, record, (FLOOR_AREA,))
        energy = self.total(line, record, ENERGY_KWH)
        found: Row = {"floor_area_m2": area, "floor_area_basis": "gross"} if area else {}
        backlog = self.total(line, record, BACKLOG)
        found |= {"energy_kwh_per_year": energy} if energy else {}
        return found | ({"backlog_gbp": backlog} if backlog else {})

    def costs(self, line: Line, record: str) -> dict[str, float]:
        """GBP a year by category, where the return has them."""
        found = {name: self.total(line, record, starts) for name, starts in COSTS.items()}
        return {name: gbp for name, gbp in found.items() if gbp}

    def total(self, line: Line, record: str, starts: tuple[str, ...]) -> float:
        """The sum of the columns whose headers begin so, in GBP, m2 or kWh. A blank cell adds nothing."""
        number = next(c for c in columns("running_cost") if c.name == "gbp_per_year")
        total = 0.0
        for header in self.table.headers:
            if not key(header).startswith(starts) or line[header].lower() in NOT_GIVEN:
                continue
            value = number.parse(line[header], record)
            if value < 0:
                raise ColumnError(Problem(record, "it is below zero", "Correct it", header, line[header]))
            total += value
        return total

    def make_site(self, line: Line, wanted: Wanted, found: Identity, facts: Row, costs: dict[str, float]) -> None:
        """Have a site written as a property, with its costs."""
        kind = line[self.type].lower()
        use = next((use for word, use in _USES if word in kind), "")
        row = {"id": found.id, "organisation_id": wanted.organisation_id, "asset_code": wanted.asset_code,
               "name": wanted.name, **facts}  # fmt: skip
        told = {"uprn": wanted.uprn, "postcode": wanted.postcode, "use": use}
        if found.id not in self.known.ids("property"):
            told["use"] = use or "other"  # of a use that the register has, a return without one says nothing
        if found.warning:
            self.readout.warn(line.number, found.warning)
        self.readout.add("property", line.number, row | {name: text for name, text in told.items() if text})
        self.add_costs(line, found.id, costs)

    def compare(self, line: Line, body: Row, facts: Row, costs: dict[str, float]) -> None:
        """Fill the one property of a trust with one site; of others say what the register has of the whole."""
        held = [row for row in self.known.table("property").values() if row["organisation_id"] == body["id"]]
        sites = sum(self.count(line))
        if sites == 1 and len(held) == 1:
            self.fill(line, held[0], facts, costs)
            return
        area, gbp = facts.get("floor_area_m2", 0.0), sum(costs.values())
        ours = sum(row["floor_area_m2"] or 0.0 for row in held)
        reason = (
            f"its return counts {sites:,} sites with {area:,.0f} m2 that cost £{gbp:,.0f} a year to run; "
            f"the register has {len(held):,} of its properties, with {ours:,.0f} m2"
        )
        remedy = "Nothing was written: a trust's total is no fact about one building. Import its sites"
        self.readout.warn(line.number, Problem(f"{body['name']} ({line[self.code]})", reason, remedy))

    def count(self, line: Line) -> Iterator[int]:
        """How many sites of each kind a trust has."""
        for header in self.table.headers:
            name = key(header)
            if name.startswith(_SITES) and not name.startswith(_LEASED) and line[header].isdigit():
                yield int(line[header])

    def fill(self, line: Line, home: Row, facts: Row, costs: dict[str, float]) -> None:
        """Give a property what it lacks of the facts of its trust, whose only site it is."""
        told_by = {"floor_area_basis": "floor_area_m2"}
        lacking = {name: value for name, value in facts.items() if home[told_by.get(name, name)] is None}
        if lacking:
            self.readout.add("property", line.number, {"id": home["id"], **lacking})
        has_costs = {row["property_id"] for row in self.known.values("running_cost", "id", "property_id")
                     if not str(row["id"]).startswith(f"{home['id']}/eric-")}  # fmt: skip
        if home["id"] not in has_costs:
            self.add_costs(line, str(home["id"]), costs)

    def add_costs(self, line: Line, home: str, costs: dict[str, float]) -> None:
        """Have running costs of a property written, one a category."""
        for category, gbp in costs.items():
            row = {"id": f"{home}/eric-{category}", "property_id": home, "category": category, "gbp_per_year": gbp}
            more = {"part": cost_parts()[category], "price_year": self.price_year}
            self.readout.add("running_cost", line.number, row | {k: v for k, v in more.items() if v is not None})
