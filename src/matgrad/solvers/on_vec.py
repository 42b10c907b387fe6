"""A linear equation whose matrix on vec(X) is given: M vec(X) = vec(C)."""

from __future__ import annotations

from typing import Any

import numpy as np

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase
from matgrad.solvers.checks import as_matrix, require_shape
from matgrad.solvers.linear import TwoSided
from matgrad.solvers.system import LinearSystem, Solved

Array = Any


class OnVec(LinearSystem):
    """M vec(X) = vec(C), with as many equations as unknowns or not.

    Parameters
    ----------
    matrix : array
        M.
    shape, right_shape : tuple of int
        The shapes of X and of C.

    Examples
    --------
    >>> OnVec([[2.0, 0.0], [0.0, 4.0]], (1, 2), (2, 1)).solve([[2.0], [8.0]]).value.tolist()
    [[1.0, 2.0]]
    """

    def __init__(self, matrix: Any, shape: tuple[int, int], right_shape: tuple[int, int]) -> None:
        self.matrix = as_matrix(matrix, "the matrix on vec(X)")
        size = (int(np.prod(right_shape)), int(np.prod(shape)))
        require_shape(self.matrix, size, "the matrix on vec(X)", "the sizes of X and C say")
        self.dtype = self.matrix.dtype
        self.shape, self.right_shape = shape, right_shape
        self.text = "M vec(X) = vec(C)"

    @cached_property
    def _system(self) -> TwoSided:
        return TwoSided(self.matrix, None, (self.matrix.shape[1], 1), ("its matrix on vec(X)", ""))

    @property
    def method(self) -> str:  # type: ignore[override]
        """How it is solved."""
        return f"{self._system.method} of the matrix on vec(X)"

    @cached_property
    def norm(self) -> float:
        """That of M in the Frobenius norm."""
        return float(np.linalg.norm(self.matrix))

    @cached_property
    def reciprocal_condition(self) -> float:
        """That of M."""
        return self._system.reciprocal_condition

    @property
    def reciprocal_condition_of_columns(self) -> float:
        """That of the columns of M."""
        return self._system.reciprocal_condition_of_columns

    def apply(self, x: Array) -> Array:
        """The matrix whose vec is M vec(X)."""
        return (self.matrix @ x.ravel(order="F")).reshape(self.right_shape, order="F")

    def apply_adjoint(self, y: Array) -> Array:
        """The matrix whose vec is Mᵀ vec(Y)."""
        return (self.matrix.T @ y.ravel(order="F")).reshape(self.shape, order="F")

    def to_dense(self) -> Array:
        """M."""
        return self.matrix

    def _solve(self, c: Array) -> Array:
        return self._system._solve(c.reshape(-1, 1, order="F")).reshape(self.shape, order="F")

    def _solve_adjoint(self, c: Array) -> Array:
        return self._system._solve_adjoint(c.reshape(-1, 1, order="F")).reshape(self.right_shape, order="F")

    def solve(self, c: Any, *, least_squares: bool = False) -> Solved:
        """As of every equation; a rectangular one that has exactly one solution has it."""
        c = as_matrix(c, self.right_name)
        require_shape(c, self.right_shape, self.right_name, "the coefficients say")
        self._system.text = self.text
        found = self._system.solve(c.reshape(-1, 1, order="F"), least_squares=least_squares)
        return Solved(found.value.reshape(self.shape, order="F"), found.unique, found.consistent)

    def why_singular(self) -> str | Phrase:
        """The rank of M, or its shape."""
        return self._system.why_singular()
