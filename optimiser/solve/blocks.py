"""Cuts a model into its properties: which rows hold inside one block of columns, and which link several.

A block is what a single property (or a single facility) decides. Nothing is told of the rules: a row whose columns
all belong to one block is local to it, every other row is linking. So a rule that somebody adds is respected by
every step without a line of code here.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from optimiser.solve.arrays import Arrays

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_BLOCK = -1


@dataclass(frozen=True)
class Blocks:
    """A model cut into blocks. Bounds are those of `arrays`, tightened by the rows of a single column.

    `columns[b]` and `rows[b]` are the block's own columns and rows; `shared` the columns of no block; `linking`
    every row that is in no block.
    """

    arrays: Arrays
    matrix: sp.csr_matrix  # (rows, columns)
    lower: Floats
    upper: Floats
    columns: tuple[Ints, ...]
    rows: tuple[Ints, ...]
    shared: Ints
    linking: Ints
    feasible: bool  # False where the bounds of a column cross

    @cached_property
    def link(self) -> sp.csr_matrix:
        """The linking rows over all columns."""
        return self.matrix[self.linking]

    @cached_property
    def link_by_column(self) -> sp.csr_matrix:
        """The linking rows, transposed: shape (columns, linking rows)."""
        return self.link.T.tocsr()

    @cached_property
    def local_by_column(self) -> sp.csc_matrix:
        """The rows that are in one block, by column: shape (rows, columns)."""
        inside = np.ones(self.matrix.shape[0])
        inside[self.linking] = 0.0
        found = (sp.diags(inside) @ self.matrix).tocsc()
        found.eliminate_zeros()
        return found

    @cached_property
    def link_lower(self) -> Floats:
        return self.arrays.row_lower[self.linking]

    @cached_property
    def link_upper(self) -> Floats:
        return self.arrays.row_upper[self.linking]


def cut(arrays: Arrays, block_of_column: Ints) -> Blocks:
    """Cut `arrays` by `block_of_column`, shape (columns,): a block's number from 0, or NO_BLOCK."""
    count = int(block_of_column.max(initial=NO_BLOCK)) + 1
    shape = (len(arrays.row_lower), len(arrays.cost))
    matrix = sp.csr_matrix((arrays.values, arrays.columns, arrays.starts), shape=shape)
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    sizes = np.diff(matrix.indptr)
    lower, upper = _with_bounds_of_single_columns(arrays, matrix, sizes)
    upper = _with_ends(arrays, matrix, lower, upper)
    filled = np.flatnonzero(sizes > 1)
    first, last = _range_of_blocks(matrix, block_of_column, filled)
    owner = np.where((first == last) & (first != NO_BLOCK), first, NO_BLOCK)
    return Blocks(
        arrays=arrays,
        matrix=matrix,
        lower=lower,
        upper=upper,
        columns=_members(block_of_column, np.arange(shape[1]), count),
        rows=_members(owner, filled, count),
        shared=np.flatnonzero(block_of_column == NO_BLOCK),
        linking=filled[owner == NO_BLOCK],
        feasible=bool(np.all(lower <= upper)) and _empty_rows_hold(arrays, sizes),
    )


def _with_bounds_of_single_columns(arrays: Arrays, matrix: sp.csr_matrix, sizes: Ints) -> tuple[Floats, Floats]:
    """Rows of one column are bounds of that column."""
    lower, upper = arrays.lower.copy(), arrays.upper.copy()
    rows = np.flatnonzero(sizes == 1)
    columns, values = matrix.indices[matrix.indptr[rows]], matrix.data[matrix.indptr[rows]]
    ends = np.stack([arrays.row_lower[rows] / values, arrays.row_upper[rows] / values])
    np.maximum.at(lower, columns, ends.min(axis=0))
    np.minimum.at(upper, columns, ends.max(axis=0))
    whole = arrays.whole
    lower[whole], upper[whole] = np.ceil(lower[whole] - 1e-6), np.floor(upper[whole] + 1e-6)
    return lower, upper


def _with_ends(arrays: Arrays, matrix: sp.csr_matrix, lower: Floats, upper: Floats) -> Floats:
    """Columns without an upper bound end where a row that only adds up does: a bound needs an end."""
    endless = ~np.isfinite(upper)
    if not endless.any():
        return upper
    upper = upper.copy()
    for row in np.unique(matrix.tocsc()[:, np.flatnonzero(endless)].indices):
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        columns, values = matrix.indices[span], matrix.data[span]
        if np.isfinite(arrays.row_upper[row]) and values.min() > 0 and lower[columns].min() >= 0:
            ends = arrays.row_upper[row] / values
            upper[columns] = np.where(endless[columns], np.minimum(upper[columns], ends), upper[columns])
    return upper


def _range_of_blocks(matrix: sp.csr_matrix, block_of_column: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """The least and greatest block number among the columns of each row."""
    if not len(rows):
        return rows, rows
    picked = matrix[rows]
    numbers = block_of_column[picked.indices]
    return np.minimum.reduceat(numbers, picked.indptr[:-1]), np.maximum.reduceat(numbers, picked.indptr[:-1])


def _members(owners: Ints, things: Ints, count: int) -> tuple[Ints, ...]:
    """The things of each owner from 0 to count - 1, in order."""
    order = np.argsort(owners, kind="stable")
    cuts = np.searchsorted(owners[order], np.arange(count + 1))
    return tuple(things[order[start:end]] for start, end in pairwise(cuts))


def _empty_rows_hold(arrays: Arrays, sizes: Ints) -> bool:
    empty = sizes == 0
    return bool(np.all(arrays.row_lower[empty] <= 1e-9) and np.all(arrays.row_upper[empty] >= -1e-9))
