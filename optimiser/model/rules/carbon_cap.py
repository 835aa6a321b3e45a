"""What is kept emits no more carbon than the caps: in the last year of the horizon, and over all of it.

    sum_p mwh[p] tonnes_per_mwh[last year] keep[p,n]        <=  most_tonnes_per_year
    sum_{p,t} mwh[p] tonnes_per_mwh[t] keep[p,t]            <=  most_tonnes

A property that has been left uses no energy that counts. tonnes_per_mwh[t] sums the dated factors of the years of
phase t. Counted in shares of the cap.
"""

import math
from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.giving import Found, Give
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs

_ALL = ("most_tonnes", "over all years")


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a cap that the scenario sets."""
    asked, carbon, n = inputs.caps, inputs.carbon, decide.phases[-1]
    if asked.most_tonnes_per_year is not None:
        share, factor = 1 / max(asked.most_tonnes_per_year, 1.0), carbon.tonnes_per_mwh_last_year
        emitted = weighted((share * factor * mwh, decide.keep[p, n]) for p, mwh in carbon.mwh.items())
        yield ("last year",), emitted <= share * asked.most_tonnes_per_year
    if asked.most_tonnes is not None:
        share = 1 / max(asked.most_tonnes, 1.0)
        emitted = weighted(
            (share * carbon.tonnes(p, t), decide.keep[p, t]) for p in carbon.mwh for t in decide.phases
        )
        yield ("all years",), emitted <= share * asked.most_tonnes


def demand(inputs: Inputs, key: Key) -> str | None:
    """The cap in words."""
    asked = inputs.caps
    if key == ("last year",):
        return f"carbon: at most {asked.most_tonnes_per_year:,g} tonnes in the last year"
    return f"carbon: at most {asked.most_tonnes:,g} tonnes over all years"


def give(found: Found, key: Key, short: float) -> Give | None:
    """The tonnes of the solution, to the tonne above."""
    name, when = ("most_tonnes_per_year", "in the last year") if key == ("last year",) else _ALL
    cap = getattr(found.inputs.caps, name)
    tonnes = math.ceil(cap + short * max(cap, 1.0))
    return Give(("carbon", name), tonnes, f"carbon: {tonnes:,} tonnes {when} instead of {cap:,g}")
