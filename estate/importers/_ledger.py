"""Writes what an importer read into the register, with where each row came from."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

import sqlalchemy as sa

from estate.access import check_import, scope_of
from estate.change_log import who
from estate.database import Changes, Row, write
from estate.dictionary import REGISTER_TABLES
from estate.importers._preview import Preview, written
from estate.importers._readout import ImportOptions, Note, Readout
from estate.importers._source import Source
from estate.tables import metadata


@dataclass(frozen=True)
class ImportResult:
    """What came of one file. rows = accepted + rejected, always.

    `batch` is the id of the import in the register. `again` is true when this very file had been imported
    before and changed nothing: then nothing at all was written and `batch` is that earlier import's.
    `skipped` says why a file of a folder was passed over; its counts are then 0. `mended` counts rows,
    `warnings` counts warnings; `notes` holds both, `rejections` the rows refused. `changes` counts what was new,
    changed and unchanged in the register, `preview` names it record by record, with what is gone from the source.
    """

    file_name: str
    format: str = ""
    batch: str = ""
    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    mended: int = 0
    warnings: int = 0
    changes: Changes = field(default_factory=Changes)
    preview: Preview = field(default_factory=Preview)
    notes: tuple[Note, ...] = ()
    rejections: tuple[Note, ...] = ()
    again: bool = False
    skipped: str = ""


def record(
    connection: sa.Connection, source: Source, format_name: str, options: ImportOptions, readout: Readout
) -> ImportResult:
    """Write a readout and its batch. The same file again that changes nothing leaves no trace.

    What is gone from the source is for the whole import to tell: see `_gone`.
    """
    digest = source.digest(format_name, repr(sorted(asdict(options).items())))
    earlier = _earlier(connection, digest)
    result = _result(source, format_name, readout, f"{digest[:12]}-{len(earlier) + 1}")
    with connection.begin_nested() as savepoint:
        _open_batch(connection, result, digest)
        changes = _write_rows(connection, result.batch, readout.tables)
        new, changed = written(connection, result.batch, readout.tables)
        again = bool(earlier) and not changes.new and not changes.changed
        if again:
            savepoint.rollback()
        else:
            _write_notes(connection, result)
    batch = earlier[-1] if again else result.batch
    found = {"batch": batch, "changes": changes, "preview": Preview(tuple(new), tuple(changed)), "again": again}
    return ImportResult(**{**_fields(result), **found})


def _fields(result: ImportResult) -> Row:
    return {name: getattr(result, name) for name in result.__dataclass_fields__}


def _earlier(connection: sa.Connection, digest: str) -> list[str]:
    batches = metadata.tables["import_batch"]
    query = sa.select(batches.c.id).where(batches.c.sha256 == digest).order_by(batches.c.imported_at, batches.c.id)
    return list(connection.execute(query).scalars())


def _result(source: Source, format_name: str, readout: Readout, batch: str) -> ImportResult:
    mended = {(note.part, note.row_number) for note in readout.notes if note.kind == "mended"}
    return ImportResult(
        file_name=source.name,
        format=format_name,
        batch=batch,
        rows=readout.rows,
        accepted=readout.rows - len(readout.rejected),
        rejected=len(readout.rejected),
        mended=len(mended),
        warnings=sum(note.kind == "warning" for note in readout.notes),
        notes=tuple(readout.notes),
        rejections=tuple(readout.rejected.values()),
    )


def _open_batch(connection: sa.Connection, result: ImportResult, digest: str) -> None:
    check_import(connection)
    scope = scope_of(connection)
    table = metadata.tables["import_batch"]
    row = {name: value for name, value in _fields(result).items() if name in table.c}
    now, by = datetime.now(UTC).replace(tzinfo=None), {"imported_by": who(connection), "scope": scope.name}
    connection.execute(table.insert(), {**row, "id": result.batch, "sha256": digest, "imported_at": now, **by})


def _write_rows(connection: sa.Connection, batch: str, tables: dict[str, list[Row]]) -> Changes:
    changes = Changes()
    for table in REGISTER_TABLES:  # parents before children
        rows = [{**row, "import_batch_id": batch} for row in tables.get(table, [])]
        changes += write(connection, table, rows) if rows else Changes()
    return changes


def _write_notes(connection: sa.Connection, result: ImportResult) -> None:
    notes = [{**_note_row(result.batch, n, note), "kind": note.kind} for n, note in enumerate(result.notes)]
    refused = [
        {**_note_row(result.batch, n, note), "content": note.content} for n, note in enumerate(result.rejections)
    ]
    for table, rows in (("import_note", notes), ("rejected_row", refused)):
        if rows:
            connection.execute(metadata.tables[table].insert(), rows)


def _note_row(batch: str, number: int, note: Note) -> Row:
    return {
        "id": f"{batch}-{number + 1}",
        "import_batch_id": batch,
        "row_number": note.row_number,
        **asdict(note.problem),
    }
