"""Eigenvectors and singular vectors are determined only where the values differ."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from matgrad.core.errors import DomainError
from matgrad.core.words import phrase

GAP = Fraction(1, 10**15)
"""Values closer than this, relative to the largest, count as equal in arbitrary precision."""


def _least(values: Sequence[Any], tolerance: Any) -> Any:
    return tolerance * max((abs(v) for v in values), default=0)


def check_nonzero(values: Sequence[Any], tolerance: Any) -> None:
    """Refuse a zero among values.

    Parameters
    ----------
    values : sequence of numbers
        The singular values.
    tolerance : number
        How far from zero a value must be, relative to the largest.

    Raises
    ------
    DomainError
        When a value is zero.
    """
    least = _least(values, tolerance)
    if any(abs(v) <= least for v in values):
        raise DomainError.degenerate(phrase("a singular value is zero: the rank is not full"))


def check_gaps(values: Sequence[Any], tolerance: Any, only: int | None) -> None:
    """Refuse values of which two coincide.

    Parameters
    ----------
    values : sequence of numbers
        Eigenvalues or singular values.
    tolerance : number
        How far apart two values must be, relative to the largest.
    only : int, optional
        The place of the one value that matters; all do where it is not given.

    Raises
    ------
    DomainError
        When two values coincide.
    """
    least = _least(values, tolerance)
    here = None if only is None else range(len(values))[only]
    for i, a in enumerate(values):
        for j in range(i):
            if (here is None or here in (i, j)) and abs(a - values[j]) <= least:
                raise DomainError.degenerate(
                    phrase("two eigenvalues or singular values coincide: their vectors are not determined")
                )
