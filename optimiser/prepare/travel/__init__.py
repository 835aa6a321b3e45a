"""Travel methods, one file each: `minutes(snapshot, travel, mode, zones, properties)`; see `find`."""

import importlib
import pkgutil
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from estate.snapshot import Snapshot
from optimiser.settings import Travel


class Method(Protocol):
    """A module of this folder."""

    def minutes(
        self, snapshot: Snapshot, travel: Travel, mode: str, zones: list[str], properties: list[str]
    ) -> NDArray[np.float64]:
        """Minutes from each zone to each property, shape (zones, properties); inf where there is no way."""
        ...


def names() -> list[str]:
    """The travel methods there are."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def find(name: str) -> Method:
    """The travel method of this name."""
    method: Method = importlib.import_module(f"{__name__}.{name}")
    return method
