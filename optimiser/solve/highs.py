"""HiGHS in this process, for the engine's own small problems; whole models go through `bridge`."""

import os
from dataclasses import dataclass

import highspy
import numpy as np

from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Floats

INFINITY = float(highspy.kHighsInf)


@dataclass(frozen=True)
class Found:
    """What a small problem gave: the best values (None without any), their objective, and a bound on it."""

    values: Floats | None
    objective: float | None
    bound: float | None
    infeasible: bool


def quiet(**options: float | int | str | bool) -> highspy.Highs:
    """A silent solver of one thread."""
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    for name, value in {"log_to_console": False, "output_flag": False, "threads": 1, **options}.items():
        solver.setOptionValue(name, value)
    return solver


def linear_program(arrays: Arrays, whole: bool = True) -> highspy.HighsLp:
    """The arrays as HiGHS takes them; `whole` False leaves out that columns must be whole."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(arrays.cost), len(arrays.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = arrays.cost, arrays.lower, arrays.upper
    lp.row_lower_, lp.row_upper_, lp.offset_ = arrays.row_lower, arrays.row_upper, arrays.offset
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = arrays.starts, arrays.columns, arrays.values
    if whole:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(flag)] for flag in arrays.whole]
    return lp


def silence() -> None:
    """Stop what this process prints: HiGHS 1.16 greets on standard output, which may be JSON."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def run(solver: highspy.Highs, cost: Floats, offset: float = 0.0) -> None:
    """Run to the end, and once more without its start where the solution does not cost what HiGHS says.

    HiGHS 1.16 gives the start back, with the optimum's value, where presolve solved everything.
    """
    solver.run()
    solution, said = np.array(solver.getSolution().col_value), solver.getInfo().objective_function_value
    if len(solution) == 0 or not np.isfinite(said):
        return
    if abs(cost @ solution + offset - said) > 1e-6 * max(1.0, abs(said)):
        solver.clearSolver()  # forgets the start
        solver.run()


def solve(arrays: Arrays, seconds: float, gap: float = 0.0, start: Floats | None = None) -> Found:
    """Solve a small model to `gap` within `seconds`."""
    solver = quiet(time_limit=seconds, mip_rel_gap=gap, mip_abs_gap=0.0)
    solver.passModel(linear_program(arrays))
    if start is not None:
        solver.setSolution(len(start), np.arange(len(start), dtype=np.int32), start)
    run(solver, arrays.cost, arrays.offset)
    return found(solver)


def found(solver: highspy.Highs) -> Found:
    """What a solver has after a run."""
    info, status = solver.getInfo(), solver.getModelStatus()
    solved = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    optimal = status == highspy.HighsModelStatus.kOptimal
    bound = info.mip_dual_bound if np.isfinite(info.mip_dual_bound) else None
    if optimal and bound is None:  # a model without whole columns
        bound = info.objective_function_value
    return Found(
        values=np.array(solver.getSolution().col_value) if solved else None,
        objective=float(info.objective_function_value) if solved else None,
        bound=None if bound is None else float(bound),
        infeasible=status == highspy.HighsModelStatus.kInfeasible,
    )
