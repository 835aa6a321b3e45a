"""The people of a zone whose travel is counted go to the nearest place that offers the service.

    farther[v,z,m,t]  +  sum_{p in ring(z,m)} open[v,p,t]  >=  farther[v,z,l,t]

for every service v, zone z, m minutes at which there is a place p, and phase t. l are the minutes of the ring
before; the first ring has 1 in its place. So farther stays 1 until a ring holds an open place. As farther costs
more it takes whole values by itself (the radius formulation of the p-median: Garcia, Labbe and Marin, INFORMS
Journal on Computing 23, 2011).
"""

from collections.abc import Iterator

from pulp import LpConstraint

from optimiser.model.decisions import Decisions, Key
from optimiser.model.terms import weighted
from optimiser.prepare.inputs import Inputs


def constraints(inputs: Inputs, decide: Decisions) -> Iterator[tuple[Key, LpConstraint]]:
    """One a service, zone, ring of places and phase, where travel is counted."""
    for (v, z), trips in inputs.trips.items():
        for t in decide.phases:
            before = None
            for m, ring in trips.rings:
                here = [(1.0, decide.farther[v, z, m, t]), *((1.0, x) for x in decide.open_among(v, ring, t))]
                needed = 1.0
                if before is not None:
                    here.append((-1.0, before))
                    needed = 0.0
                yield (v, z, m, t), weighted(here) >= needed
                before = decide.farther[v, z, m, t]
