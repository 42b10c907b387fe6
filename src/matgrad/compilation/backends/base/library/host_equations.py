"""Linear matrix equations of libraries without Schur forms of their own, solved by NumPy on the host.

A linear system on vec(X) costs the sixth power of the order; factorised coefficients cost the third.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from matgrad import solvers
from matgrad.core.errors import DomainError
from matgrad.core.records import dataclass

Array = Any

DENSE = 64
"""Up to so many unknowns the linear system on vec(X) is solved by the library itself."""


@dataclass(frozen=True, slots=True)
class Form:
    """An equation but for its arrays.

    Attributes
    ----------
    kind : str
        ``"sylvester"`` for A X + X B, ``"stein"`` for X − A X B, ``"terms"`` for Σ A X B + Σ A Xᵀ B.
    plain : int
        How many of the terms have X; the others have Xᵀ.
    shape, right_shape : tuple of int
        Those of X and of the right side.
    """

    kind: str
    plain: int
    shape: tuple[int, int]
    right_shape: tuple[int, int]

    def apply(self, x: Array, coefficients: Sequence[Array]) -> Array:
        """The left side, in any library."""
        if self.kind == "terms":
            terms = [a @ (x if i < self.plain else x.T) @ b for i, (a, b) in enumerate(_pairs(coefficients))]
            return sum(terms[1:], terms[0])
        a, b = coefficients
        return a @ x + x @ b if self.kind == "sylvester" else x - a @ x @ b

    def apply_adjoint(self, y: Array, coefficients: Sequence[Array]) -> Array:
        """The adjoint of the left side."""
        if self.kind == "terms":
            terms = [
                a.T @ y @ b.T if i < self.plain else b @ y.T @ a
                for i, (a, b) in enumerate(_pairs(coefficients))
            ]
            return sum(terms[1:], terms[0])
        a, b = coefficients
        return a.T @ y + y @ b.T if self.kind == "sylvester" else y - a.T @ y @ b.T

    def gradients(self, x: Array, y: Array, coefficients: Sequence[Array]) -> list[Array]:
        """Those of tr(Yᵀ L(X)) by each coefficient."""
        if self.kind == "terms":
            found = []
            for i, (a, b) in enumerate(_pairs(coefficients)):
                z = x if i < self.plain else x.T
                found += [y @ (z @ b).T, (a @ z).T @ y]
            return found
        a, b = coefficients
        if self.kind == "sylvester":
            return [y @ x.T, x.T @ y]
        return [-y @ (x @ b).T, -(a @ x).T @ y]

    def system(self, coefficients: Sequence[Array]) -> solvers.LinearSystem:
        """Its solver for NumPy arrays."""
        if self.kind == "terms":
            return solvers.system_of(self.plain, coefficients)
        made = solvers.Sylvester if self.kind == "sylvester" else solvers.Stein
        return made(*coefficients)


def solved(form: Form, adjoint: bool, c: Array, *coefficients: Array) -> Array:
    """The solution on NumPy arrays, of the equation or of its adjoint.

    Raises
    ------
    SingularEquationError
        Where there are none or many.
    """
    system = form.system([np.asarray(x) for x in coefficients])
    c = np.asarray(c)
    x = system.solve_adjoint(c) if adjoint else system.solve(c).value
    return np.ascontiguousarray(x, dtype=c.dtype)


def solved_or_nan(form: Form, adjoint: bool, c: Array, *coefficients: Array) -> Array:
    """The same, with no numbers where the equation is singular or an entry is no number."""
    try:
        return solved(form, adjoint, c, *coefficients)
    except DomainError:
        return np.full(form.right_shape if adjoint else form.shape, np.nan, np.asarray(c).dtype)


def form_of_terms(plain: int, coefficients: Sequence[Array]) -> Form:
    """That of Σ A X B + Σ A Xᵀ B."""
    a, b = coefficients[:2]
    shape = (a.shape[1], b.shape[0]) if plain else (b.shape[0], a.shape[1])
    return Form("terms", plain, shape, (a.shape[0], b.shape[1]))


class Equations:
    """The functions of equations of a library, with a linear system on vec(X) for the smallest.

    Parameters
    ----------
    dense
        Has the same functions, by linear systems on vec(X).
    solve : callable
        The library's solution of a :class:`Form`: from the right side, the coefficients, and whether it is
        the adjoint that is solved.
    """

    def __init__(self, dense: Any, solve: Callable[[Form, Array, Sequence[Array], bool], Array]) -> None:
        self.dense, self.solve = dense, solve

    def sylvester(self, a: Array, b: Array, c: Array) -> Array:
        """The X with A X + X B = C."""
        shape = tuple(c.shape)
        if prod(shape) <= DENSE:
            return self.dense.sylvester(a, b, c)
        return self.solve(Form("sylvester", 2, shape, shape), c, (a, b), False)

    def stein(self, a: Array, b: Array, c: Array) -> Array:
        """The X with X = A X B + C."""
        shape = tuple(c.shape)
        if prod(shape) <= DENSE:
            return self.dense.stein(a, b, c)
        return self.solve(Form("stein", 2, shape, shape), c, (a, b), False)

    def solve_equation(self, factors: Sequence[Any], c: Array, adjoint: bool = False) -> Array:
        """The X of A₁ X B₁ + … = C with Xᵀ behind the first terms."""
        if prod(c.shape) <= DENSE:
            return self.dense.solve_equation(factors, c, adjoint)
        plain, *coefficients = factors
        return self.solve(form_of_terms(plain, coefficients), c, tuple(coefficients), adjoint)


def _pairs(coefficients: Sequence[Array]) -> list[tuple[Array, Array]]:
    return list(zip(coefficients[::2], coefficients[1::2], strict=True))
