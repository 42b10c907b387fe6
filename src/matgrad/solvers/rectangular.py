"""Equations of several terms with more entries of C than of X, or with fewer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase
from matgrad.solvers.checks import as_matrix, require_shape
from matgrad.solvers.coupled_terms import CoupledTerm, CoupledTerms
from matgrad.solvers.system import LinearSystem, Solved

Array = Any


class Rectangular(LinearSystem):
    """Σ A X B + Σ A Xᵀ B = C by the singular values of its matrix on vec(X).

    Parameters
    ----------
    terms, turned : sequence of pairs of array
        A and B of the terms with X, and of those with Xᵀ.

    Examples
    --------
    >>> tall = Rectangular([([[1.0], [0.0]], [[1.0]]), ([[0.0], [2.0]], [[1.0]])], [])
    >>> tall.solve([[3.0], [6.0]]).value.round(9).tolist()
    [[3.0]]
    """

    def __init__(self, terms: Sequence[tuple[Array, Array]], turned: Sequence[tuple[Array, Array]]) -> None:
        (a, b), is_turned = (terms[0], False) if terms else (turned[0], True)
        a, b = as_matrix(a, "A1"), as_matrix(b, "B1")
        shape = (a.shape[1], b.shape[0])
        self.shape = shape[::-1] if is_turned else shape
        self.right_shape = (a.shape[0], b.shape[1])
        parts = [
            *(CoupledTerm(0, 0, left, right) for left, right in terms),
            *(CoupledTerm(0, 0, left, right, turned=True) for left, right in turned),
        ]
        self._whole = CoupledTerms([self.shape], [self.right_shape], parts)
        self.dtype = self._whole.dtype
        self.method = "singular values of the matrix on vec(X)"
        self.text = "of several terms in X"

    @cached_property
    def norm(self) -> float:
        """That of the matrix on vec(X)."""
        return self._whole.norm

    @cached_property
    def reciprocal_condition(self) -> float:
        """0: it has no solution for some right sides, or many for all."""
        return self._whole.reciprocal_condition

    @property
    def reciprocal_condition_of_columns(self) -> float:
        """That of the columns of the matrix on vec(X)."""
        return self._whole.reciprocal_condition_of_columns

    def apply(self, x: Array) -> Array:
        """The left side."""
        return self._whole.apply(_column(x)).reshape(self.right_shape, order="F")

    def apply_adjoint(self, y: Array) -> Array:
        """Its adjoint."""
        return self._whole.apply_adjoint(_column(y)).reshape(self.shape, order="F")

    def _solve(self, c: Array) -> Array:
        return self._whole._solve(_column(c)).reshape(self.shape, order="F")

    def _solve_adjoint(self, c: Array) -> Array:
        return self._whole._solve_adjoint(_column(c)).reshape(self.right_shape, order="F")

    def solve(self, c: Any, *, least_squares: bool = False) -> Solved:
        """As of every equation; one that has exactly one solution has it."""
        c = as_matrix(c, self.right_name)
        require_shape(c, self.right_shape, self.right_name, "the coefficients say")
        self._whole.text = self.text
        found = self._whole.solve(_column(c), least_squares=least_squares)
        return Solved(found.value.reshape(self.shape, order="F"), found.unique, found.consistent)

    def why_singular(self) -> str | Phrase:
        """That it has more or fewer equations than unknowns."""
        return self._whole.why_singular()


def _column(x: Array) -> Array:
    return np.asarray(x).reshape(-1, 1, order="F")
