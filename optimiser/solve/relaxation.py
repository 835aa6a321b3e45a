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

_MOST_BLOCKS_WHOLE = 5_000  # with more the relaxation takes longer than all that follows it
_BLOCKS_A_REGION = 500
# Interior points without crossover: at five phases of 300 properties 5 s in place of 89, and any prices will do.
_TOLERANCE = 1e-4
_RING_SHARE = 0.5  # of a row's places that must be in the ring for it to take part


def first_prices(blocks: Blocks, seconds: float) -> Floats:
    """Prices to start from, one a linking row; 0 where there was no time."""
    if len(blocks.columns) <= _MOST_BLOCKS_WHOLE:
        whole = relaxed_prices(blocks, seconds)
        if whole is not None:
            return whole
    return prices_by_region(blocks, seconds)


def relaxed_prices(blocks: Blocks, seconds: float) -> Floats | None:
    """Prices of the ordinary relaxation; None where there was no time for it.

    Rows that tie shared columns to blocks or ask for one of many are left out: they are many, dense and mostly
    slack. Their prices start at 0 and come with the patterns.
    """
    matrix = blocks.matrix
    late = np.zeros(matrix.shape[0], dtype=bool)
    late[blocks.linking[_wide(blocks)]] = True
    solver = highs.quiet(
        solver="ipm", run_crossover="off", ipm_optimality_tolerance=_TOLERANCE, time_limit=max(0.05, seconds)
    )
    order = np.flatnonzero(~late)
    solver.passModel(highs.linear_program(_with_rows(blocks, order), whole=False))
    solver.run()
    solution = solver.getSolution()
    if not solution.dual_valid or solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
        return None
    prices = np.zeros(matrix.shape[0])
    prices[order] = np.array(solution.row_dual)
    return prices[blocks.linking]


def _wide(blocks: Blocks) -> Ints:
    """Linking rows (by place among them) that ask for one of many, or tie shared columns to blocks."""
    shared = np.zeros(len(blocks.lower), dtype=bool)
    shared[blocks.shared] = True
    link = blocks.link
    if not link.nnz:
        return np.zeros(0, dtype=np.int64)
    counts = np.add.reduceat(shared[link.indices].astype(int), link.indptr[:-1])
    both = (counts > 0) & (counts < np.diff(link.indptr))
    ones = np.minimum.reduceat(link.data == 1, link.indptr[:-1])
    one_of_many = ones & (blocks.link_lower == 1) & np.isinf(blocks.link_upper)
    return np.flatnonzero(both | one_of_many)


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
    """Prices of the rows that pick one of several, each from a relaxation of its region and a ring round it.

    Other rows are left out, and so are the places outside the ring: the prices are near, better ones come after.
    """
    ends = time.monotonic() + seconds
    picks = Picks(blocks)
    prices = np.zeros(len(blocks.linking))
    region_of_block, seats = _regions(blocks, picks)
    count = int(region_of_block.max(initial=-1)) + 1
    in_region = sp.csr_matrix((np.ones(len(region_of_block)), (region_of_block, np.arange(len(region_of_block)))))
    region_of_pick = np.asarray((in_region @ seats).argmax(axis=0)).ravel()
    for region in range(count):
        core = region_of_pick == region
        members = np.flatnonzero((region_of_block == region) | (seats @ core > 0))
        share = np.asarray(seats[members].sum(axis=0)).ravel() / np.asarray(seats.sum(axis=0)).ravel()
        inside = np.flatnonzero(core | (share >= _RING_SHARE))
        rows = picks.rows[inside]
        outside = np.ones(len(picks.rows), dtype=bool)
        outside[inside] = False
        foreign = np.unique(picks.matrix[np.flatnonzero(outside)].indices)
        columns = np.setdiff1d(np.concatenate([blocks.columns[b] for b in members]), foreign)
        local = np.concatenate([blocks.rows[b] for b in members])
        model = sub_model(blocks, columns, np.concatenate([local, blocks.linking[rows]]))
        solver = highs.quiet(solver="simplex", time_limit=max(0.05, ends - time.monotonic()))
        solver.passModel(highs.linear_program(model, whole=False))
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            found = np.array(solver.getSolution().row_dual)[len(local) :]
            prices[picks.rows[core]] = found[core[inside]]
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
