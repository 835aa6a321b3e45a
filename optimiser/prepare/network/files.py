"""Which file a network comes from: its format, digest and date."""

import hashlib
import sqlite3
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from estate.problems import InputError
from optimiser.prepare.network import open_roads, osm
from optimiser.prepare.network.roads import Roads

_REMEDY = "Give an OpenStreetMap extract (.osm.pbf) or OS Open Roads (.gpkg)"
_SQLITE = b"SQLite format 3\0"
Box = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True)
class NetworkFile:
    """A file of roads. `digest`: the first 16 hex digits of its SHA-256."""

    path: Path
    digest: str
    drawn_on: date | None  # the day of its data, where it says so

    def read(self, box_m: Box | None = None) -> Roads:
        """Its roads; with a box (EPSG:27700, m) those in and about it. Raises InputError for a file with none."""
        try:
            if _is_pbf(self.path):
                roads = osm.read(self.path, None if box_m is None else osm.degrees(box_m))
            else:
                roads = open_roads.read(self.path, box_m)
        except (RuntimeError, ValueError, sqlite3.Error) as fault:
            reason = f"it cannot be read ({str(fault).splitlines()[0] if str(fault) else type(fault).__name__})"
            raise InputError.of(self.path.name, reason, f"Download it again. {_REMEDY}") from fault
        if not roads.ways:
            raise InputError.of(self.path.name, "it holds no roads near the zones and places", _REMEDY)
        return roads


def open_file(path: Path) -> NetworkFile:
    """Look a file over. Raises InputError for one that is missing, or no network."""
    if not path.is_file():
        raise InputError.of(str(path), "there is no such file", _REMEDY)
    with path.open("rb") as file:
        head = file.read(16)
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    if not _is_pbf(path) and not (path.suffix.lower() == ".gpkg" and head == _SQLITE):
        raise InputError.of(path.name, "it is neither of the two kinds of network that are read", _REMEDY)
    return NetworkFile(path, digest, osm.drawn_on(path) if _is_pbf(path) else None)


def box_round(places: list[np.ndarray], margin_m: float) -> Box:
    """The box about some places (n, 2) and a margin."""
    held = np.vstack(places)
    held = held[~np.isnan(held).any(axis=1)]
    (west, south), (east, north) = held.min(axis=0) - margin_m, held.max(axis=0) + margin_m
    return float(west), float(south), float(east), float(north)


def _is_pbf(path: Path) -> bool:
    return path.suffix.lower() == ".pbf"
