"""First prices of the linking rows, from the ordinary relaxation: whole where it is small, else by region."""

import time
from dataclasses import replace

import highspy
import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import reverse_cuthill_mckee

from optimiser.solve import highs
from optimiser.solve.arrays import Arrays
from optimiser.solve.blocks import Blocks, Floats, Ints
from optimiser.solve.dive import Picks
from optimiser.solve.patterns import sub_model

_MOST_ROWS_A_ROUND = 3_000
_MOST_BLOCKS_WHOLE = 1_200  # with more the relaxation takes longer than all that follows it
_BLOCKS_A_REGION = 500


def first_prices(blocks: Blocks, seconds: float) -> Floats:
    """Prices to start from, one a linking row; 0 where there was no time."""
    if len(blocks.columns) <= _MOST_BLOCKS_WHOLE:
        whole = relaxed_prices(blocks, seconds)
        if whole is not None:
            return whole
    return prices_by_region(blocks, seconds)


def relaxed_prices(blocks: Blocks, seconds: float) -> Floats | None:
    """Prices of the ordinary relaxation; None where there was no time for it.

    Rows that tie shared columns to blocks are many, dense and mostly slack: they come in as they are broken.
    """
    ends = time.monotonic() + seconds
    matrix, arrays = blocks.matrix, blocks.arrays
    late = np.zeros(matrix.shape[0], dtype=bool)
    late[blocks.linking[rows_of_both(blocks)]] = True
    solver = highs.quiet(solver="simplex")
    order = np.flatnonzero(~late)
    first = _with_rows(blocks, order)
    solver.passModel(highs.linear_program(first, whole=False))
    while True:
        solver.setOptionValue("time_limit", solver.getRunTime() + max(0.05, ends - time.monotonic()))
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        solution = solver.getSolution()
        activity = matrix @ np.array(solution.col_value)
        broken = np.maximum(arrays.row_lower - activity, activity - arrays.row_upper)
        new = np.flatnonzero((broken > 1e-6) & late)
        if not len(new):
            prices = np.zeros(matrix.shape[0])
            prices[order] = np.array(solution.row_dual)
            return prices[blocks.linking]
        new = new[np.argsort(-broken[new])][:_MOST_ROWS_A_ROUND]
        late[new] = False
        order = np.concatenate([order, new])
        rows = matrix[new]
        solver.addRows(
            len(new), arrays.row_lower[new], arrays.row_upper[new], rows.nnz, rows.indptr[:-1].astype(np.int32),
            rows.indices.astype(np.int32), rows.data,
        )  # fmt: skip


def rows_of_both(blocks: Blocks) -> Ints:
    """Linking rows (by place among them) that tie shared columns to blocks."""
    shared = np.zeros(len(blocks.lower), dtype=bool)
    shared[blocks.shared] = True
    link = blocks.link
    counts = np.add.reduceat(shared[link.indices].astype(int), link.indptr[:-1]) if link.nnz else np.zeros(0)
    return np.flatnonzero((counts > 0) & (counts < np.diff(link.indptr)))


def _with_rows(blocks: Blocks, rows: Ints) -> Arrays:
    """The model with these rows alone."""
    matrix = blocks.matrix[rows]
    return replace(
        blocks.arrays,
        lower=blocks.lower,
        upper=blocks.upper,
        starts=matrix.indptr.astype(np.int32),
        columns=matrix.indices.astype(np.int32),
        values=matrix.data,
        row_lower=blocks.arrays.row_lower[rows],
        row_upper=blocks.arrays.row_upper[rows],
    )


def prices_by_region(blocks: Blocks, seconds: float) -> Floats:
    """Prices of the rows that pick one of several, each from a relaxation of the region with most of its places.

    Other rows are left out, and so are places in other regions: the prices are near, and better ones come after.
    """
    ends = time.monotonic() + seconds
    picks = Picks(blocks)
    prices = np.zeros(len(blocks.linking))
    region_of_block, seats = _regions(blocks, picks)
    count = int(region_of_block.max(initial=-1)) + 1
    in_region = sp.csr_matrix((np.ones(len(region_of_block)), (region_of_block, np.arange(len(region_of_block)))))
    region_of_pick = np.asarray((in_region @ seats).argmax(axis=0)).ravel()
    for region in range(count):
        inside = np.flatnonzero(region_of_pick == region)
        rows = picks.rows[inside]
        foreign = np.unique(picks.matrix[np.flatnonzero(region_of_pick != region)].indices)
        members = np.flatnonzero(region_of_block == region)
        columns = np.setdiff1d(np.concatenate([blocks.columns[b] for b in members]), foreign)
        local = np.concatenate([blocks.rows[b] for b in members])
        model = sub_model(blocks, columns, np.concatenate([local, blocks.linking[rows]]))
        solver = highs.quiet(solver="simplex", time_limit=max(0.05, ends - time.monotonic()))
        solver.passModel(highs.linear_program(model, whole=False))
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            prices[rows] = np.array(solver.getSolution().row_dual)[len(local) :]
    return prices


def _regions(blocks: Blocks, picks: Picks) -> tuple[Ints, sp.csr_matrix]:
    """The region of each block, and which pick rows could pick something in it, shape (blocks, picks)."""
    block_of = np.full(len(blocks.lower), -1)
    for b, columns in enumerate(blocks.columns):
        block_of[columns] = b
    entries = picks.matrix.tocoo()
    inside = block_of[entries.col] >= 0
    shape = (len(blocks.columns), len(picks.rows))
    seats = sp.csr_matrix(
        (np.ones(inside.sum()), (block_of[entries.col[inside]], entries.row[inside])), shape=shape
    )
    order = reverse_cuthill_mckee((seats @ seats.T).tocsr(), symmetric_mode=True)
    region = np.empty(len(order), dtype=np.int64)
    region[order] = np.arange(len(order)) // _BLOCKS_A_REGION
    return region, seats
