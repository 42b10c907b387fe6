"""The nearest two of two sets of complex numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


def nearest_pair(first: Array, second: Array) -> tuple[int, int, float]:
    """The places of the two numbers that are nearest to each other, and their distance."""
    if len(first) == 0 or len(second) == 0:
        return 0, 0, np.inf
    if len(first) * len(second) <= 10_000:
        distances = abs(first[:, None] - second[None, :])
        i, j = divmod(int(distances.argmin()), len(second))
        return i, j, float(distances[i, j])
    from scipy.spatial import cKDTree

    def points(values: Array) -> Array:
        return np.column_stack([values.real, values.imag]).astype(float)

    found: Any = cKDTree(points(second)).query(points(first))
    distances, places = found
    i = int(distances.argmin())
    return i, int(places[i]), float(abs(first[i] - second[places[i]]))


def nonzero(sums: Array) -> Array:
    """With what is zero disturbed by rounding, as LAPACK does: a singular equation is told by its growth."""
    smallest = float(np.finfo(sums.dtype).eps) * float(abs(sums).max(initial=0)) or 1.0
    sums[abs(sums) < smallest] = smallest
    return sums
