"""Public rates: dated values with their source, from `data/rates/*.yaml`. No rate stands in code."""

from dataclasses import dataclass
from datetime import date
from functools import cache

import yaml

import data


@dataclass(frozen=True)
class Rate:
    """One published or assumed value. `status` is in_force, superseded, proposed, secondary or assumption."""

    name: str
    value: float
    unit: str
    from_date: date
    source: str
    status: str


@cache
def rates() -> dict[str, Rate]:
    """Every rate by name. A name stands in one file only."""
    found: dict[str, Rate] = {}
    for path in sorted((data.FOLDER / "rates").glob("*.yaml")):
        for name, entry in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"{path.name}: rate {name} is given twice")
            found[name] = Rate(name=name, **entry)
    return found


def value(name: str) -> float:
    """The value of a rate, in its own unit."""
    return rates()[name].value
