"""The nearest two of two sets of complex numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any

ALL_PAIRS = 3_000
"""Up to so many pairs all are looked at: beyond, sorting costs less."""


def nearest_pair(first: Array, second: Array) -> tuple[int, int, float]:
    """The places of the two numbers that are nearest to each other, and their distance."""
    if len(first) == 0 or len(second) == 0:
        return 0, 0, np.inf
    if len(first) * len(second) <= ALL_PAIRS:
        distances = abs(first[:, None] - second)
        i, j = divmod(int(distances.argmin()), len(second))
        return i, j, float(distances[i, j])
    # Along the axis on which they are spread most only those count that a sorted neighbour lets come near.
    wide = np.ptp(second.real) >= np.ptp(second.imag)
    one, other = (first.real, second.real) if wide else (first.imag, second.imag)
    order = np.argsort(other)
    second, other = second[order], other[order]
    near = np.searchsorted(other, one)
    beside = np.stack([np.maximum(near - 1, 0), np.minimum(near, len(second) - 1)])
    bound = float(abs(first - second[beside]).min())
    low = np.searchsorted(other, one - bound)
    counts = np.maximum(np.searchsorted(other, one + bound, side="right") - low, 0)
    left = np.repeat(np.arange(len(first)), counts)
    right = np.arange(len(left)) + np.repeat(low - (np.cumsum(counts) - counts), counts)
    distances = abs(first[left] - second[right])
    k = int(distances.argmin())
    return int(left[k]), int(order[right[k]]), float(distances[k])


def nonzero(sums: Array) -> Array:
    """With what is zero disturbed by rounding, as LAPACK does: a singular equation is told by its growth."""
    sizes = abs(sums)
    smallest = float(np.finfo(sums.dtype).eps) * float(sizes.max(initial=0)) or 1.0
    if sizes.min(initial=smallest) < smallest:
        sums[sizes < smallest] = smallest
    return sums
