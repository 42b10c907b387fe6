"""Whether data contradict what is declared of a variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from matgrad.core.facts import Fact

_Check = Callable[[Any, float], bool]


def contradiction(facts: Fact, array: Any) -> str | None:
    """Name a declared fact that an array with two axes does not have; ``None`` if it has all.

    The tolerance is 1e-8 relative to the largest entry, and 1e-4 for float32.
    """
    a = np.asarray(array, dtype=np.float64)
    if not a.size:
        return None
    relative = 1e-4 if array.dtype == np.float32 else 1e-8
    tolerance = relative * float(np.abs(a).max())
    for fact, word, holds in _CHECKS:
        if facts & fact and not holds(a, tolerance):
            return f"{word}, but the array given is not"
    if facts & Fact.ORTHONORMAL_COLUMNS and not _near(a.T @ a, np.eye(a.shape[1]), relative):
        return "to have orthonormal columns, but those of the array given are not"
    return None


def _near(a: Any, b: Any, tolerance: float) -> bool:
    return bool(np.abs(a - b).max() <= tolerance)


def _smallest_eigenvalue_is_above(a: Any, share: float) -> bool:
    """Whether the smallest eigenvalue exceeds that share of the largest."""
    values = np.linalg.eigvalsh((a + a.T) / 2)
    return bool(values[0] > share * np.abs(values).max())


def _definite(a: Any, tolerance: float) -> bool:
    return _smallest_eigenvalue_is_above(a, len(a) * float(np.finfo(np.float64).eps))


def _semidefinite(a: Any, tolerance: float) -> bool:
    return not a.any() or _smallest_eigenvalue_is_above(a, -tolerance / float(np.abs(a).max()))


def _invertible(a: Any, tolerance: float) -> bool:
    return bool(np.linalg.cond(a) < 1 / np.finfo(np.float64).eps)


def _sums_to_one(a: Any, tolerance: float) -> bool:
    return _near(a.sum(axis=0), 1, max(tolerance, 1e-8))


_CHECKS: tuple[tuple[Fact, str, _Check], ...] = (
    (Fact.DIAGONAL, "diagonal", lambda a, t: _near(a, np.diag(np.diag(a)), t)),
    (Fact.SYMMETRIC, "symmetric", lambda a, t: _near(a, a.T, t)),
    (Fact.SKEW, "skew", lambda a, t: _near(a, -a.T, t)),
    (Fact.LOWER_TRIANGULAR, "lower triangular", lambda a, t: _near(a, np.tril(a), t)),
    (Fact.UPPER_TRIANGULAR, "upper triangular", lambda a, t: _near(a, np.triu(a), t)),
    (Fact.POSITIVE_DEFINITE, "positive definite", _definite),
    (Fact.POSITIVE_SEMIDEFINITE, "positive semidefinite", _semidefinite),
    (Fact.INVERTIBLE, "invertible", _invertible),
    (Fact.POSITIVE, "positive", lambda a, t: bool((a > 0).all())),
    (Fact.NONNEGATIVE, "nonnegative", lambda a, t: bool((a >= -t).all())),
    (Fact.INTEGER, "an array of whole numbers", lambda a, t: _near(a, np.round(a), t)),
    (Fact.SIMPLEX, "a probability vector, with entries that sum to one", _sums_to_one),
)
"""What can be checked, the structural facts first: a message names the simplest that fails."""
