"""The best plan so far and the prices behind its bound, kept in a file while a model is solved.

A run that is killed goes on from there when the same model is solved again. Nothing in the file is believed: a
plan counts once every row of the model holds, and the bound is worked out anew at its prices.
"""

import hashlib
import os
import time
import zipfile
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import NamedTuple

import numpy as np

from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Floats

_OLD_SECONDS = 30 * 24 * 3600.0  # files of runs that nobody took up again


class Kept(NamedTuple):
    """A whole solution and a price of each linking row, in the order of the model; None where there is none."""

    x: Floats | None = None
    prices: Floats | None = None


class Checkpoint:
    """The file of one run in `folder`, there until `done`; its name is the digest of the model's numbers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._kept = Kept()

    def load(self, arrays: Arrays) -> Kept:
        """What an earlier run of this model has left; nothing where there is no file, or none that can be read.

        Files that nobody took up again are removed.
        """
        self._remove_old()
        digest = hashlib.sha256()
        for field in fields(arrays):
            digest.update(np.asarray(getattr(arrays, field.name)).tobytes())
        self._path = self._folder / f"{digest.hexdigest()[:32]}.npz"
        try:
            with self._path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                found = {name: np.asarray(file[name], dtype=np.float64) for name in file.files}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            found = {}
        x, prices = found.get("x"), found.get("prices")
        if x is not None and (x.shape != arrays.cost.shape or not np.isfinite(x).all()):
            x = None
        if prices is not None and (prices.ndim != 1 or not np.isfinite(prices).all()):
            prices = None
        self._kept = Kept(x, prices)
        return self._kept

    def save(self, x: Floats | None = None, prices: Floats | None = None) -> None:
        """Keep what is new; the file is whole at every moment. A disk that is full does not end the run."""
        if self._path is None:
            raise RuntimeError("call load first: it names the file")
        self._kept = Kept(self._kept.x if x is None else x, self._kept.prices if prices is None else prices)
        new = self._path.with_suffix(f".{os.getpid()}.new")
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with new.open("wb") as file:
                np.savez(file, **{name: kept for name, kept in self._kept._asdict().items() if kept is not None})
            new.replace(self._path)
        except OSError:
            with suppress(OSError):
                new.unlink(missing_ok=True)

    def done(self) -> None:
        """Remove the file: its plan is kept elsewhere, or must not be taken up again."""
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)

    def _remove_old(self) -> None:
        for file in self._folder.glob("*.n*") if self._folder.is_dir() else ():
            with suppress(OSError):
                if time.time() - file.stat().st_mtime > _OLD_SECONDS:
                    file.unlink()
