"""Repairs outstanding are done if the property is still held in the year in which they fall due.

    factor[due(p)] backlog[p] keep[p,t]          over properties p whose year due(p) falls in phase t

What is overdue, or has no year, falls due in the base year; what falls due after the horizon is not counted. A
property left at the start of the phase is left before the repairs are done.
"""

from collections.abc import Iterator

from pulp import LpAffineExpression

from optimiser.model.decisions import Decisions
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs


def terms(inputs: Inputs, decide: Decisions) -> Iterator[tuple[int, LpAffineExpression]]:
    """GBP k of present value, by phase."""
    due = [(p, money.backlog) for p, money in inputs.properties.items() if money.backlog]
    for t in decide.phases:
        yield t, weighted((b.factor * b.gbp / 1000, decide.keep[p, t]) for p, b in due if b.phase == t)
