"""What stands in a GeoPackage beside its layers: what they and their columns mean, choices, and QGIS's styles.

The table layouts are those of OGC 12-128r18 (gpkg_contents, extension Schema) and of QGIS (layer_styles).
"""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from estate.dictionary import Column, columns
from estate.export._styles import style

_SCHEMA = "http://www.geopackage.org/spec121/#extension_schema"
_TABLES = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL, scope TEXT NOT NULL,
  CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT, mime_type TEXT,
  constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN,
  max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
"""
STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')));
INSERT INTO gpkg_contents (table_name, data_type, identifier, description) VALUES
  ('layer_styles', 'attributes', 'layer_styles', 'Styles of the layers, for QGIS');
"""


def describe(connection: sqlite3.Connection, layers: Sequence[tuple[str, str, str]], as_of: datetime) -> None:
    """Describe layers, each given by its name, its table of the register and its kind of shape.

    `as_of` (UTC) stands for the time of writing wherever the file tells one, so that it follows the content.
    """
    moment = f"{as_of.isoformat(timespec='milliseconds')}Z"
    connection.executescript(_TABLES + STYLES)
    for table in ("gpkg_data_columns", "gpkg_data_column_constraints"):
        extension = (table, None, "gpkg_schema", _SCHEMA, "read-write")
        connection.execute("INSERT INTO gpkg_extensions VALUES (?, ?, ?, ?, ?)", extension)
    for name, table, kind in layers:
        title = f"Table {table} of the estate register" + (f", {kind}s" if kind else "")
        connection.execute(
            "UPDATE gpkg_contents SET identifier = ?, description = ? WHERE table_name = ?", (name, title, name)
        )
        for column in columns(table):
            _describe_column(connection, name, table, column)
        if kind:
            add_style(connection, name, f"{name} of the register", style(table, kind), title, moment)
    connection.execute("UPDATE gpkg_contents SET last_change = ?", (moment,))


def add_style(connection: sqlite3.Connection, layer: str, name: str, qml: str, title: str, moment: str) -> None:
    """Give a layer the style that QGIS opens it with; `connection` has the table of STYLES."""
    connection.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column,"
        " styleName, styleQML, styleSLD, useAsDefault, description, owner, update_time)"
        " VALUES ('', '', ?, 'geometry', ?, ?, '', ?, ?, '', ?)",
        (layer, name, qml, True, title, moment),
    )


def _describe_column(connection: sqlite3.Connection, layer: str, table: str, column: Column) -> None:
    unit = f" ({column.unit})" if column.unit else ""
    choices = f"{table}_{column.name}" if column.choices else None
    described = (layer, column.name, None, column.name, f"{column.description}{unit}", None, choices)
    connection.execute("INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, ?, ?)", described)
    connection.executemany(
        "INSERT OR IGNORE INTO gpkg_data_column_constraints (constraint_name, constraint_type, value)"
        " VALUES (?, 'enum', ?)",
        [(choices, choice) for choice in column.choices],
    )
