"""The value of a printed statement such as d²f = vech(dS)ᵀ H vech(dS), by NumPy alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

_FACTOR = re.compile(r"(vech?)\(d(\w+)\)|d(\w+)|([JH])")


def holds(statement: str, matrix: Any, changes: Mapping[str, Any], second: float | None) -> bool:
    """Whether a statement is true of J or H and of changes given as arrays.

    Parameters
    ----------
    statement : str
        An equation of two products; a transpose is ``ᵀ`` or ``'``.
    matrix : array
        J or H.
    changes : mapping of str to array
        dX and dF by the names of X and F.
    second : float or None
        d²f, where the statement is about it.
    """
    left, right = (_product(side, matrix, changes, second) for side in statement.split(" = "))
    return left.shape == right.shape and bool(np.allclose(left, right, rtol=1e-5, atol=1e-6))


def _product(side: str, matrix: Any, changes: Mapping[str, Any], second: float | None) -> Any:
    if re.match(r"d(²|\^2)\w+$", side):
        return np.array([[second]])
    value = None
    for word in side.split():
        turned = word.endswith(("ᵀ", "'"))
        factor = _factor(word.rstrip("ᵀ'"), matrix, changes)
        factor = factor.T if turned else factor
        value = factor if value is None else value @ factor
    return value


def _factor(word: str, matrix: Any, changes: Mapping[str, Any]) -> Any:
    found = _FACTOR.fullmatch(word)
    assert found is not None, word
    stack, stacked, plain, letter = found.groups()
    if letter:
        return matrix
    if plain:
        return changes[plain]
    a = changes[stacked]
    if stack == "vec":
        return a.reshape(-1, 1, order="F")
    n = len(a)
    return np.array([[a[i, j]] for j in range(n) for i in range(j, n)])
