"""The register as a GeoPackage: what `estate export` wrote, edited in QGIS and brought back.

A layer is a table of the register by its name; `property_outline` and such hold the rows of a table that have
another kind of shape. Rows go through the same checks as the tables in CSV (see `_rows`): a column that stands in
the layer is written, NULL clears it or takes its default, and of a column that was removed the register keeps what
it has. Rows that were removed from a layer stay in the register and are named. A property that was drawn or moved
is from then on located by its source. Row numbers are QGIS's fid. How the file is read safely: see `_gpkg`.
"""

from estate.change_log import same
from estate.dictionary import REGISTER_TABLES
from estate.geometry_column import plain
from estate.importers._geo import described, is_exported, table_named
from estate.importers._gpkg import opened
from estate.importers._readout import ImportOptions, Known, Readout
from estate.importers._rows import read_rows
from estate.importers._source import Source
from estate.problems import Problem

NAME = "geopackage"
DESCRIPTION = "The register's tables as layers of a GeoPackage, as `estate export` writes them"

_SHOWN = 5  # ids of removed rows that a note names


def order(source: Source) -> int:
    """With the tables of the register: it may hold them all."""
    return 30


def recognises(source: Source, options: ImportOptions) -> bool:
    """A GeoPackage with a layer that is a table of the register."""
    return source.kind == "geopackage" and is_exported(source)


def read(source: Source, options: ImportOptions, known: Known) -> Readout:
    """Read every layer that is a table, parents first; the others are named."""
    readout = Readout()
    if source.kind != "geopackage" or not is_exported(source):
        raise source.error(f"it has no layer that is a table of the register{described(source)}", _REMEDY)
    seen: dict[str, dict[str, str]] = {}
    with opened(source) as package:
        for layer in package.layers:
            if not table_named(layer.name):
                reason = f"its layer {layer.name} is no table of the register, so it was not read"
                readout.warn(1, Problem(source.name, reason, _REMEDY))
        for table in REGISTER_TABLES:
            parts = [package.table(layer) for layer in package.layers if table_named(layer.name) == table]
            named = {line[part.find("id")] for part in parts for line in part.lines} if len(parts) > 1 else ()
            for part in parts:
                read_rows(table, part, known, readout, seen, seen.setdefault(table, {}), named)
    _name_the_removed(source, seen, known, readout)
    _locate_the_moved(known, readout)
    return readout


_REMEDY = f"Name the layer as one of {', '.join(REGISTER_TABLES)}, with the columns of docs/register.md"


def _name_the_removed(source: Source, seen: dict[str, dict[str, str]], known: Known, readout: Readout) -> None:
    refused = {note.content.get("id") for note in readout.rejected.values()}
    for table, ids in seen.items():
        removed = sorted(known.ids(table) - ids.keys() - refused)
        if removed:
            more = ", ..." if len(removed) > _SHOWN else ""
            reason = f"{len(removed):,} rows of {table} in the register are not in it"
            remedy = "They stay in the register; give a property that has been left the status 'left'"
            record = f"{source.name}, layer {table}"
            readout.warn(1, Problem(record, reason, remedy, "id", ", ".join(removed[:_SHOWN]) + more))


def _locate_the_moved(known: Known, readout: Readout) -> None:
    """Set `located_by` of the properties whose place was drawn, moved or removed by hand."""
    stored = known.table("property") if readout.tables.get("property") else {}
    for row in readout.tables.get("property", ()):
        old = stored.get(str(row["id"]))
        if old is None or "geometry" not in row or same(plain(row["geometry"]), old["geometry"]):
            continue
        if row.get("located_by", old["located_by"]) == old["located_by"]:
            row["located_by"] = "none" if row["geometry"] is None else "source"
