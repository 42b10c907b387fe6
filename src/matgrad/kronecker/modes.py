"""The factors of a Kronecker product applied along the axes of an array, small ones put together first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from matgrad.kronecker.diagonals import Identity
from matgrad.kronecker.matrices import Dense
from matgrad.kronecker.operator import Operator

Array = Any

_CACHED = 1 << 17
"""The entries of a vector that stay in the cache of one processor while it is worked on."""
_SLICE = 25.0
"""What it costs to hand one slice over to BLAS, in nanoseconds."""


def grouped(factors: Sequence[Operator]) -> list[Operator]:
    """Neighbouring matrices multiplied out where one product with them costs less than one with each.

    The partition of least cost, by dynamic programming.
    """
    if len(factors) == 2:
        a, b = factors
        large = 64
        if max(a.shape[0], a.shape[1], b.shape[0], b.shape[1]) > large:
            return list(factors)
    count = len(factors)
    before = np.cumprod([1.0, *(f.shape[0] for f in factors)])
    after = np.cumprod([1.0, *(f.shape[1] for f in reversed(factors))])[::-1]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, count + 1):
        choices = []
        for start in range(end - 1, -1, -1):
            if start < end - 1 and not all(isinstance(f, Dense) for f in factors[start:end]):
                break
            m, n = before[end] / before[start], after[start] / after[end]
            cost = _cost(before[start], m, n, after[end], isinstance(factors[start], Identity))
            choices.append((best[start][0] + cost, start))
        best.append(min(choices))
    groups: list[Operator] = []
    end = count
    while end:
        start = best[end][1]
        run = factors[start:end]
        groups.append(run[0] if len(run) == 1 else Dense(_multiplied_out(run)))
        end = start
    return groups[::-1]


def _cost(before: float, m: float, n: float, after: float, free: bool) -> float:
    """Nanoseconds of a product along an axis, as measured with OpenBLAS on one core of a server of 2026.

    What lies in the cache is worked on; a slice is a call of BLAS, and rows of one factor are a tall matrix.
    """
    if free:
        return 0.0
    entries, order = before * after * (m + n) / 2, math.sqrt(m * n)
    if after == 1:
        return entries * (0.8 + 0.035 * order)
    return entries * (0.25 + 0.034 * order) + before * (_SLICE + 2 * order)


def _multiplied_out(run: Sequence[Operator]) -> Array:
    return reduce(np.kron, (f.to_dense() for f in run))


def order_of(factors: Sequence[Operator]) -> list[int]:
    """The order in which factors are applied: those that shorten the array first.

    Two neighbours i, j in that order cost least where 1/nᵢ − 1/mᵢ ≤ 1/nⱼ − 1/mⱼ.
    """
    return sorted(range(len(factors)), key=lambda i: 1 / factors[i].shape[1] - 1 / factors[i].shape[0])


def along_axes(factors: Sequence[Operator], order: Sequence[int], X: Array) -> Array:
    """The product of ⊗ factors with the columns of X: each factor along its axis, one call for each.

    Parameters
    ----------
    factors : sequence of Operator
        A₁, …, A_k, of shapes mᵢ×nᵢ.
    order : sequence of int
        In which they are applied.
    X : ndarray
        (n₁⋯n_k, columns).
    """
    columns = X.shape[1]
    # Columns that lie one after another stay so: they are an axis in front rather than one behind.
    leading = columns > 1 and X.flags.f_contiguous
    sizes = [f.shape[1] for f in factors]
    x = X.T if leading else X
    if (columns == 1 or leading) and len(X) > _CACHED and _is_plain(factors, order, X):
        kind = np.result_type(X, *(f.dtype for f in factors))
        made = np.empty((columns, _product([f.shape[0] for f in factors])), kind)
        matrices = [f.array for f in factors if isinstance(f, Dense)]
        for column, out in zip(x.reshape(columns, -1), made, strict=True):
            _in_blocks(matrices, column, out)
        return made.T
    for i in order:
        m, n = factors[i].shape
        before, after = _product(sizes[:i]), _product(sizes[i + 1 :])
        before, after = (before * columns, after) if leading else (before, after * columns)
        x = _along(factors[i], x, before, n, after)
        sizes[i] = m
    rows = _product(sizes)
    return x.reshape(columns, rows).T if leading else x.reshape(rows, columns)


def _is_plain(factors: Sequence[Operator], order: Sequence[int], X: Array) -> bool:
    """Whether there are matrices only, several, applied from the first to the last."""
    matrices = all(isinstance(f, Dense) for f in factors)
    return len(factors) > 2 and matrices and list(order) == list(range(len(factors)))


def _in_blocks(matrices: Sequence[Array], x: Array, out: Array) -> None:
    """The product with a long vector: the first factor on all, the others on one block after another.

    So that what lies between the others stays in the processor's cache, and in memory used before.
    """
    m, n = matrices[0].shape
    if len(matrices) > 2 and len(x) > _CACHED:
        if len(out) * n == len(x) * m:
            # What the others make is as long as what they take: it takes its place.
            parts = np.matmul(matrices[0], x.reshape(n, -1), out=out.reshape(m, -1))
        else:
            parts = matrices[0] @ x.reshape(n, -1)
        for part, made in zip(parts, out.reshape(m, -1), strict=True):
            _in_blocks(matrices[1:], part, made)
        return
    before, after = 1, len(x)
    for matrix in matrices[:-1]:
        m, n = matrix.shape
        after //= n
        x = matrix @ (x.reshape(n, after) if before == 1 else x.reshape(before, n, after))
        before *= m
    m, n = matrices[-1].shape
    np.matmul(x.reshape(before, n), matrices[-1].T, out=out.reshape(before, m))


def _along(factor: Operator, x: Array, before: int, n: int, after: int) -> Array:
    if isinstance(factor, Identity):
        return x
    if before == 1:
        return factor._apply(x.reshape(n, after))
    if isinstance(factor, Dense):
        if after == 1:
            return x.reshape(before, n) @ factor.array.T
        return np.matmul(factor.array, x.reshape(before, n, after))
    if after == 1:
        return factor._apply(x.reshape(before, n).T).T
    moved = np.moveaxis(x.reshape(before, n, after), 1, 0).reshape(n, before * after)
    made = factor._apply(moved).reshape(factor.shape[0], before, after)
    return np.moveaxis(made, 0, 1)


def _product(sizes: Sequence[int]) -> int:
    result = 1
    for size in sizes:
        result *= size
    return result
