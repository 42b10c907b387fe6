"""Eigenvectors and singular vectors are determined only where the values differ."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from matgrad.core.errors import DomainError

GAP = Fraction(1, 10**15)
"""Values closer than this, relative to the largest, count as equal in arbitrary precision."""


def check_gaps(values: Sequence[Any], tolerance: Any, nonzero: bool, only: int | None) -> None:
    """Refuse values of which two coincide.

    Parameters
    ----------
    values : sequence of numbers
        In order.
    tolerance : number
        How far apart two values must be, relative to the largest.
    nonzero : bool
        Whether a zero is refused as well.
    only : int, optional
        The place of the one value that matters; all do where it is not given.

    Raises
    ------
    DomainError
        When two values coincide, or one is zero.
    """
    least = tolerance * max((abs(v) for v in values), default=0)
    chosen = values if only is None else [values[only]]
    if nonzero and any(abs(v) <= least for v in chosen):
        raise DomainError("a singular value is zero: the singular vectors are not determined")
    here = None if only is None else range(len(values))[only]
    for i, a in enumerate(values):
        for j in range(i):
            if (here is None or here in (i, j)) and abs(a - values[j]) <= least:
                raise DomainError("two eigenvalues or singular values coincide: their vectors are not determined")
