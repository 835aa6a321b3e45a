"""A second solver's opinion on whether a model has any solution: CBC, in a process of its own.

One solver that finds a model infeasible may be wrong (a presolve rule, a tolerance); two that share no code seldom
are. CBC is asked for any solution, without an objective.
"""

import math
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
import pulp
import scipy.sparse as sp

from optimiser.solve.arrays import Arrays

Opinion = Literal["infeasible", "feasible", "no answer", "not installed"]
# CBC looks at its clock between steps; past this it is ended from outside.
_GRACE_SECONDS = 15.0


def second_opinion(arrays: Arrays, seconds: float) -> Opinion:
    """What CBC says within `seconds`. 'no answer' when it stopped for any reason but a proof or a solution."""
    program = cbc()
    if program is None:
        return "not installed"
    with tempfile.TemporaryDirectory() as folder:
        model, solution = Path(folder) / "model.mps", Path(folder) / "solution.txt"
        with model.open("w", encoding="ascii") as file:
            file.writelines(f"{line}\n" for line in mps(arrays))
        words = [program, str(model), "-seconds", f"{seconds:.1f}", "-timeMode", "elapsed", "-solve"]
        try:
            subprocess.run(  # noqa: S603 - the solver's own program, on a file that is all numbers
                [*words, "-solution", str(solution)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=seconds + _GRACE_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "no answer"
        return opinion(solution.read_text(encoding="ascii", errors="replace") if solution.exists() else "")


def opinion(solution: str) -> Opinion:
    """What CBC's solution file says. It gives values after 'Stopped' and 'Infeasible' alike: its words count.

    >>> opinion("Integer infeasible - objective value 0.00000000"), opinion("Stopped on time - objective value 0")
    ('infeasible', 'no answer')
    """
    first = solution.split("\n", 1)[0].lower()
    if first.startswith(("infeasible", "integer infeasible")):
        return "infeasible"
    return "feasible" if first.startswith("optimal") else "no answer"


def mps(arrays: Arrays) -> Iterator[str]:
    """The model without its objective as lines of a free MPS file: rows r0, r1 ... and columns c0, c1 ..."""
    lower, upper = arrays.row_lower, arrays.row_upper
    yield "NAME estate FREE"
    yield "ROWS"
    yield " N cost"
    for row, (low, high) in enumerate(zip(lower.tolist(), upper.tolist(), strict=True)):
        kind = "E" if low == high else "G" if math.isinf(high) else "L"
        yield f" {'N' if math.isinf(low) and math.isinf(high) else kind} r{row}"
    yield "COLUMNS"
    shape = (len(lower), len(arrays.cost))
    matrix = sp.csr_matrix((arrays.values, arrays.columns, arrays.starts), shape=shape).tocsc()
    marked = False
    for column, whole in enumerate(arrays.whole.tolist()):
        if whole != marked:
            yield " marker 'MARKER' 'INTORG'" if whole else " marker 'MARKER' 'INTEND'"
            marked = whole
        yield f" c{column} cost 0"
        entries = slice(matrix.indptr[column], matrix.indptr[column + 1])
        for row, value in zip(matrix.indices[entries].tolist(), matrix.data[entries].tolist(), strict=True):
            yield f" c{column} r{row} {value!r}"
    yield "RHS"
    for row in np.flatnonzero(np.isfinite(lower) | np.isfinite(upper)).tolist():
        yield f" rhs r{row} {float(upper[row] if np.isfinite(upper[row]) else lower[row])!r}"
    yield "RANGES"
    for row in np.flatnonzero(np.isfinite(lower) & np.isfinite(upper) & (lower != upper)).tolist():
        yield f" range r{row} {float(upper[row] - lower[row])!r}"
    yield "BOUNDS"
    for column, (low, high) in enumerate(zip(arrays.lower.tolist(), arrays.upper.tolist(), strict=True)):
        yield f" MI bound c{column}" if math.isinf(low) else f" LO bound c{column} {low!r}"
        yield f" PL bound c{column}" if math.isinf(high) else f" UP bound c{column} {high!r}"
    yield "ENDATA"


def cbc() -> str | None:
    """CBC's program: inside PuLP 3.3, from the package cbcbox beside PuLP 4, or the machine's own."""
    bundled = getattr(getattr(pulp, "PULP_CBC_CMD", None), "pulp_cbc_path", None)
    if bundled and shutil.which(bundled):
        return str(bundled)
    command = pulp.COIN_CMD(msg=False)
    return str(command.path) if command.available() else None
