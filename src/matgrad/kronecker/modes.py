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

_SLICE = 50.0
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
    """Nanoseconds of a product along an axis, as measured with OpenBLAS on one core of a server of 2024.

    Slices of some dozens of columns meet kernels for small matrices; somewhat longer ones are slow.
    """
    if free:
        return 0.0
    entries, order = before * after * (m + n) / 2, math.sqrt(m * n)
    if after == 1:
        return entries * max(1.0, 0.06 * order)
    if before == 1 or after >= 512:
        return entries * (0.4 + 0.05 * order)
    if after > 64:
        return entries * (1.5 + 0.035 * order)
    return entries * (0.4 + 0.025 * order) + before * _SLICE


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
    for i in order:
        m, n = factors[i].shape
        before, after = _product(sizes[:i]), _product(sizes[i + 1 :])
        before, after = (before * columns, after) if leading else (before, after * columns)
        x = _along(factors[i], x, before, n, after)
        sizes[i] = m
    rows = _product(sizes)
    return x.reshape(columns, rows).T if leading else x.reshape(rows, columns)


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
    made = factor._apply(moved).reshape(-1, before, after)
    return np.moveaxis(made, 0, 1)


def _product(sizes: Sequence[int]) -> int:
    result = 1
    for size in sizes:
        result *= size
    return result
