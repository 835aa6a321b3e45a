"""The register's tables, built from the column dictionary, the same for SQLite and PostGIS."""

from typing import Any

import sqlalchemy as sa

from estate.dictionary import LEDGER_TABLES, REGISTER_TABLES, Column, columns
from estate.geometry_column import GeometryColumn

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_TYPES: dict[str, Any] = {
    "text": sa.Text,
    "choice": sa.Text,
    "number": sa.Double,
    "integer": sa.BigInteger,
    "boolean": sa.Boolean,
    "date": sa.Date,
    "timestamp": sa.DateTime,
    "json": sa.JSON,
    "binary": sa.LargeBinary,
    "geometry": GeometryColumn,
}
# A geometry's bounding box stands beside it, so that SQLite too can search places by an ordinary index.
BOX = ("min_easting_m", "min_northing_m", "max_easting_m", "max_northing_m")


def _column(column: Column) -> sa.Column[Any]:
    constraints = [sa.ForeignKey(column.references)] if column.references else []
    return sa.Column(
        column.name,
        _TYPES[column.type](),
        *constraints,
        primary_key=column.name == "id",
        nullable=not column.required,
        index=bool(column.references),
    )


def _table(name: str) -> sa.Table:
    described = columns(name)
    parts: list[Any] = [_column(column) for column in described]
    if any(column.type == "geometry" for column in described):
        parts += [sa.Column(edge, sa.Double) for edge in BOX]
        parts.append(sa.Index(f"ix_{name}_box", *BOX).ddl_if(dialect="sqlite"))
        parts.append(
            sa.Index(f"ix_{name}_geometry", "geometry", postgresql_using="gist").ddl_if(dialect="postgresql")
        )
    if name in REGISTER_TABLES:
        # Where the row came from: the import, and the row of its file (the header is row 1).
        parts.append(sa.Column("import_batch_id", sa.Text, sa.ForeignKey("import_batch.id"), index=True))
        parts.append(sa.Column("source_row", sa.BigInteger))
    if name == "change":  # asked for by record: the history of one row
        parts.append(sa.Index("ix_change_record", "record_id", "table"))
    return sa.Table(name, metadata, *parts)


for _name in (*LEDGER_TABLES, *REGISTER_TABLES):
    _table(_name)
