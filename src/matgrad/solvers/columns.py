"""H ⊙ X + A X = C and its like, in which every column of X has an equation of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import as_matrix, one_type, require_shape, require_square
from matgrad.solvers.dense import DenseFactors, factorised
from matgrad.solvers.system import LinearSystem

Array = Any

_KEPT = 2**26
"""Up to so many entries the factors of all columns are kept; beyond them they are made for each solution."""


class ByColumns(LinearSystem):
    """H ⊙ X + Σ A X diag(d) = C: for each column j (diag(hⱼ) + Σ dⱼ A) xⱼ = cⱼ.

    Parameters
    ----------
    h : array
        H, m×n.
    terms : sequence of pairs of array
        A (m×m) and d (n) of each term.
    turned : bool, default False
        Whether it is H ⊙ X + Σ diag(d) X A = C, for the rows of X, with A (n×n) and d (m).

    Examples
    --------
    >>> ByColumns([[1.0, 2.0]], [([[1.0]], [1.0, 1.0])]).solve([[4.0, 6.0]]).value.tolist()
    [[2.0, 2.0]]
    """

    def __init__(self, h: Any, terms: Sequence[tuple[Any, Any]], *, turned: bool = False) -> None:
        lefts = [as_matrix(a, "A") for a, _ in terms]
        h, *lefts = one_type(as_matrix(h, "H"), *lefts)
        self.turned = turned
        self.shape = self.right_shape = h.shape
        # The rows of X are the columns of Xᵀ.
        self.h = h.T if turned else h
        self.lefts = [a.T for a in lefts] if turned else lefts
        self.weights = [np.asarray(d, self.h.dtype) for _, d in terms]
        for a in self.lefts:
            require_square(a, "A")
            require_shape(a, (len(self.h), len(self.h)), "A", "the other coefficients say")
        self.dtype = self.h.dtype
        self.text = "H ⊙ X + X A = C" if turned else "H ⊙ X + A X = C"
        self.method = f"LU factorisation for each {'row' if turned else 'column'} by itself"

    @cached_property
    def norm(self) -> float:
        """The largest entry of H and Σ ‖A‖ max|d|."""
        sizes = [np.linalg.norm(a) * abs(d).max() for a, d in zip(self.lefts, self.weights, strict=True)]
        return float(abs(self.h).max(initial=0) + sum(sizes))

    def _turn(self, x: Array) -> Array:
        return x.T if self.turned else x

    def apply(self, x: Array) -> Array:
        """H ⊙ X + Σ A X diag(d), or that for rows."""
        x = self._turn(x)
        products = sum(a @ (x * d) for a, d in zip(self.lefts, self.weights, strict=True))
        return self._turn(self.h * x + products)

    def apply_adjoint(self, y: Array) -> Array:
        """H ⊙ Y + Σ Aᵀ Y diag(d), or that for rows."""
        y = self._turn(y)
        products = sum(a.T @ (y * d) for a, d in zip(self.lefts, self.weights, strict=True))
        return self._turn(self.h * y + products)

    def _matrix(self, j: int) -> Array:
        whole = sum(a * d[j] for a, d in zip(self.lefts, self.weights, strict=True))
        whole = np.asfortranarray(whole)
        np.einsum("ii->i", whole)[:] += self.h[:, j]
        return whole

    @cached_property
    def _kept(self) -> list[DenseFactors] | None:
        m, n = self.h.shape
        return [factorised(self._matrix(j)) for j in range(n)] if m * m * n <= _KEPT else None

    def _column(self, j: int) -> DenseFactors:
        return factorised(self._matrix(j)) if self._kept is None else self._kept[j]

    def _solve(self, c: Array) -> Array:
        return self._each(c, adjoint=False)

    def _solve_adjoint(self, c: Array) -> Array:
        return self._each(c, adjoint=True)

    def _each(self, c: Array, *, adjoint: bool) -> Array:
        c = self._turn(c)
        columns = [self._column(j).solve(c[:, j], transposed=adjoint) for j in range(c.shape[1])]
        return self._turn(np.stack(columns, axis=1))

    @cached_property
    def _conditions(self) -> Array:
        return np.array([self._column(j).reciprocal_condition for j in range(self.h.shape[1])])

    def nearness(self) -> float:
        """The smallest of the reciprocal conditions of the columns."""
        return float(self._conditions.min(initial=1.0))

    def why_singular(self) -> str | Phrase:
        """The column, or row, whose matrix is."""
        j = int(self._conditions.argmin()) + 1
        if self.turned:
            return phrase("the matrix of its row {j} has not full rank", j=j)
        return phrase("the matrix of its column {j} has not full rank", j=j)
