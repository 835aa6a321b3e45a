"""A model turned to look for another plan than the cheapest: as far as a rule goes, or as unlike others as can be.

    max  row[rule]                                        as far as the rule's own row goes (least: for a cap)
    max  sum_i sum_p | left[p] - left_i[p] |              over plans i and properties p, subject to
         cost  <=  most_gbp_k

The second is modelling to generate alternatives with the distance of Hamming (DeCarolis, Using modeling to
generate alternatives to expand our thinking on energy futures, Energy Economics 33, 2011). Every rule of the
scenario holds as before: only the objective changes, and one row is added. Of plans that are as unlike, the
cheapest is taken.
"""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pulp import LpVariable

from optimiser.model.build import Model
from optimiser.model.terms import combined, weighted
from optimiser.prepare.inputs import Inputs

# The weight of the whole cost, in properties: below one, so that it only chooses among plans that are as unlike.
_CHEAPER = 0.5
MOST_COST = "most_cost"  # the row that is added, among the model's rules


@dataclass(frozen=True)
class Steer:
    """Where to. `rule`: by name, one that the scenario asks for; or `unlike`: whether each plan leaves a property.

    `bound_gbp_k`: no plan of the scenario can cost less, which is known from another search.
    """

    rule: str = ""
    unlike: tuple[Mapping[str, bool], ...] = ()
    most_gbp_k: float | None = None
    bound_gbp_k: float | None = None


def steered(model: Model, inputs: Inputs, steer: Steer) -> Model:
    """The same model with another objective, and a limit on its cost where there is one."""
    problem, rows = model.problem, model.rows
    if steer.most_gbp_k is not None:
        problem.addConstraint(combined([(1.0, problem.objective)]) <= steer.most_gbp_k, MOST_COST)
        rows = (*rows, (MOST_COST, ()))
    terms = weighted(_far(model, inputs, steer.rule) if steer.rule else _unlike(model, steer))
    if steer.most_gbp_k:
        terms = combined([(1.0, terms), (_CHEAPER / abs(steer.most_gbp_k), problem.objective)])
    problem.setObjective(terms)
    return replace(model, rows=rows)


def _far(model: Model, inputs: Inputs, rule: str) -> Iterator[tuple[float, LpVariable]]:
    """The row of a floor as high as it goes, of a cap as low."""
    module = importlib.import_module(f"optimiser.model.rules.{rule}")
    for _, row in module.constraints(inputs, model.decide):
        sign = -1.0 if row.getUb() is None else 1.0
        yield from ((sign * factor, variable) for variable, factor in row.items())
        return
    raise ValueError(f"the scenario does not ask for {rule}")


def _unlike(model: Model, steer: Steer) -> Iterator[tuple[float, LpVariable]]:
    """Minus the distance, but for a constant: a property left there counts as it is kept here, and so on."""
    last = model.decide.phases[-1]
    for left_in in steer.unlike:
        for p, left in left_in.items():
            if (p, last) in model.decide.keep:
                yield (-1.0 if left else 1.0), model.decide.keep[p, last]
