"""Equations whose terms all have Xᵀ: those of the transposed equation, which have X."""

from __future__ import annotations

from typing import Any

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase
from matgrad.solvers.checks import as_matrix, require_shape
from matgrad.solvers.system import LinearSystem, Solved

Array = Any


class OfTranspose(LinearSystem):
    """Σ Aⱼ Xᵀ Bⱼ = C by Σ Bⱼᵀ X Aⱼᵀ = Cᵀ.

    Parameters
    ----------
    inner : LinearSystem
        The transposed equation, factorised.

    Examples
    --------
    >>> from matgrad.solvers.linear import TwoSided
    >>> OfTranspose(TwoSided([[2.0]], None, (1, 2))).solve([[2.0], [4.0]]).value.tolist()
    [[1.0, 2.0]]
    """

    def __init__(self, inner: LinearSystem) -> None:
        self.inner = inner
        self.shape, self.right_shape = inner.shape, inner.right_shape[::-1]
        self.dtype, self.method, self.text = inner.dtype, inner.method, f"transposed, {inner.text}"

    @cached_property
    def norm(self) -> float:
        """That of the transposed equation."""
        return self.inner.norm

    @cached_property
    def reciprocal_condition(self) -> float:
        """That of the transposed equation."""
        return self.inner.reciprocal_condition

    def nearness(self) -> float:
        """That of the transposed equation."""
        return self.inner.nearness()

    def apply(self, x: Array) -> Array:
        """Σ Aⱼ Xᵀ Bⱼ."""
        return self.inner.apply(x).T

    def apply_adjoint(self, y: Array) -> Array:
        """Σ Bⱼ Yᵀ Aⱼ."""
        return self.inner.apply_adjoint(y.T)

    def _solve(self, c: Array) -> Array:
        return self.inner._solve(c.T)

    def _solve_adjoint(self, c: Array) -> Array:
        return self.inner._solve_adjoint(c).T

    def solve(self, c: Any, *, least_squares: bool = False) -> Solved:
        """As the transposed equation is solved."""
        c = as_matrix(c, self.right_name)
        require_shape(c, self.right_shape, self.right_name, "the coefficients say")
        self.inner.text = self.text
        return self.inner.solve(c.T, least_squares=least_squares)

    def solve_adjoint(self, g: Array) -> Array:
        """As the adjoint of the transposed equation is solved."""
        self.inner.text = self.text
        return self.inner.solve_adjoint(g).T

    def why_singular(self) -> str | Phrase:
        """What makes the transposed equation singular."""
        return self.inner.why_singular()
