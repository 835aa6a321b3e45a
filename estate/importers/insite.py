"""Tables of InSite, the property database of central government and its arm's length bodies, as CSV.

No file of InSite was at hand: it is not public. The names of the fields rest on the Scottish Government's Property
Data Standard for InSite (2025), sections Property, Contracts, Leases, Occupations and Disposal, and, for
disposals, on the headers of a public test file made like the Cabinet Office's register of surplus property. The
section on Buildings was not seen; its names are a guess. That each table is a file with one row a record and
carries the property reference is an assumption. `data/mapping/insite.yaml` holds all of it: correct it there.

Properties become properties; contracts add tenure and value to them, buildings age and energy rating (of several
buildings of a property the first is taken and the others refused); leases become leases, occupations teams, and
disposals properties with the status surplus. Columns that nothing is taken from are named in a warning.
"""

from collections.abc import Mapping
from typing import Any

from estate import mapping as mappings
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._source import Source, Table, key
from estate.importers.mapped import MappedReader
from estate.mapping import reference
from estate.problems import Problem

NAME = "insite"
DESCRIPTION = "Property, building, contract, lease, occupation and disposal tables of InSite (CSV)"

_ORDER = ("property", "disposal", "building", "contract", "lease", "occupation")


def order(source: Source) -> int:
    """Properties first, then what is about them: after the other registers, before the service points."""
    return 52 + _ORDER.index(_kind(source) or "property")


def recognises(source: Source, options: ImportOptions) -> bool:
    """A CSV with the property reference and the headers of one of InSite's tables."""
    ours = {"id", "organisationid"} <= source.headers
    known = set(map(key, reference("insite")["reference"]))
    return source.kind == "csv" and not ours and bool(known & source.headers) and bool(_kind(source))


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read one table of InSite by the mapping that its headers make."""
    kind = _kind(source)
    if not kind:
        tables = ", ".join(reference("insite")["tables"])
        raise source.error(f"its headers are those of no table of InSite ({tables})", "Export one of these tables")
    table, about = source.table, reference("insite")["tables"][kind]
    mapping = mappings.parse(_mapping(about, table), f"the layout of InSite's {kind} table")
    readout = Readout()
    _warn_of_unused(table, mapping, kind, readout)
    reader = MappedReader(mapping, table, options, known, readout, is_part=kind == "disposal")
    for line in readout.lines(table):
        reader.row(line)
    return readout


def _kind(source: Source) -> str:
    """The table of InSite that a file is, by its headers; blank for none."""
    headers = frozenset(map(key, source.table.headers))
    for kind, about in reference("insite")["tables"].items():
        if all(headers & set(map(key, group)) for group in about["signs"]):
            return str(kind)
    return ""


def _mapping(about: Mapping[str, Any], table: Table) -> dict[str, Any]:
    """The layout of a table as a mapping of the headers that a file has."""
    made: dict[str, Any] = {"table": about["table"], "columns": _columns(about["table"], about["columns"], table)}
    named = {name: table.find(*about[name]) for name in ("id_from", "asset", "x", "y") if name in about}
    made |= {name: header for name, header in named.items() if header}
    if made["table"] == "property" and "name" not in made["columns"] and "id_from" in made:
        made["asset"] = made.pop("id_from")  # without a name it can only add to what is there
        made["columns"] = {
            n: rule for n, rule in made["columns"].items() if n not in {"organisation_id", "asset_code"}
        }
    made["also"] = [
        {**also, "columns": columns}
        for also in about.get("also", ())
        if also["only_with"] in (columns := _columns(also["table"], also["columns"], table))
    ]
    return made


def _columns(name: str, rules: Mapping[str, Any], table: Table) -> dict[str, Any]:
    return {column: rule for column, given in rules.items() if (rule := _rule(name, column, given, table))}


def _rule(name: str, column: str, given: Any, table: Table) -> dict[str, Any] | None:
    if isinstance(given, dict):
        return given
    groups = given if isinstance(given[0], list) else [given]
    headers = [header for group in groups if (header := table.find(*group))]
    synonyms = reference("words")["cells"].get(f"{name}.{column}", {})
    words = {word: ours for ours, theirs in synonyms.items() for word in theirs}
    return {"from": headers, "values": words} if headers else None


def _warn_of_unused(table: Table, mapping: mappings.Mapping, kind: str, readout: Readout) -> None:
    used = set(mapping.headers())
    unused = ", ".join(header for header in table.headers if header not in used)
    if unused:
        reason = f"nothing is taken from these columns of InSite's {kind} table: {unused}"
        readout.warn(1, Problem(table.file_name, reason, "Nothing need be done"))
