"""A X B = C, with A X = B and X A = B among them, square or rectangular."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
from scipy.linalg import lapack

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import as_matrix, one_type, shown
from matgrad.solvers.system import LinearSystem, Solved

Array = Any


class TwoSided(LinearSystem):
    """A X B = C for coefficients that are factorised once; either may be absent.

    Square invertible coefficients by LU; all others by singular values, X = A⁺ C B⁺ being the smallest of
    the solutions of least squares (Penrose, 1956).

    Parameters
    ----------
    a, b : array or None
        p×m and n×q; ``None`` for an identity, of the order that ``shape`` says.
    shape : tuple of int
        The shape m×n of X, asked for where a coefficient is absent.

    Examples
    --------
    >>> TwoSided([[2.0, 0.0], [0.0, 4.0]], None, (2, 1)).solve([[2.0], [8.0]]).value.tolist()
    [[1.0], [2.0]]
    """

    def __init__(
        self, a: Any, b: Any, shape: tuple[int, int] | None = None, names: tuple[str, str] = ("A", "B")
    ) -> None:
        given = [None if x is None else as_matrix(x, name) for x, name in zip((a, b), names, strict=True)]
        real = one_type(*(x for x in given if x is not None)) if any(x is not None for x in given) else ()
        arrays = iter(real)
        self.a, self.b = (None if x is None else next(arrays) for x in given)
        self.names = names
        self.dtype = real[0].dtype if real else np.dtype(float)
        m, n = shape or (0, 0)
        m = m if self.a is None else self.a.shape[1]
        n = n if self.b is None else self.b.shape[0]
        self.shape = (m, n)
        self.right_shape = (
            m if self.a is None else self.a.shape[0],
            n if self.b is None else self.b.shape[1],
        )
        self.text = {
            (False, False): "A X B = C", (False, True): "A X = C", (True, False): "X B = C",
        }.get((self.a is None, self.b is None), "X = C")  # fmt: skip
        regular = all(f is None or f[0] == "lu" for f in (self._left, self._right))
        self.method = "LU factorisation" if regular else "singular values"

    @cached_property
    def norm(self) -> float:
        """‖A‖‖B‖ in the spectral norm, as the factors say."""
        return _norm(self.a) * _norm(self.b)

    @cached_property
    def _left(self) -> tuple[Any, ...] | None:
        return None if self.a is None else _factors(self.a)

    @cached_property
    def _right(self) -> tuple[Any, ...] | None:
        """Of Bᵀ, so that both are solved from the left."""
        return None if self.b is None else _factors(self.b.T)

    @cached_property
    def reciprocal_condition(self) -> float:
        """That of A times that of B: 0 where X is not determined or not for every C."""
        found = 1.0
        for factors in (self._left, self._right):
            found *= 1.0 if factors is None else factors[-1]
        return float(found)

    @property
    def reciprocal_condition_of_columns(self) -> float:
        """That of A times that of Bᵀ, 0 where their columns depend on each other."""
        found = 1.0
        sides = ((self._left, self.a, 1), (self._right, self.b, 0))
        for factors, a, side in sides:
            if factors is None or a is None:
                continue
            if factors[0] == "lu":
                found *= factors[-1]
            else:
                _, rank, _, s, *_ = factors
                found *= s[-1] / s[0] if rank and rank == a.shape[side] else 0.0
        return float(found)

    def apply(self, x: Array) -> Array:
        """A X B."""
        x = x if self.a is None else self.a @ x
        return x if self.b is None else x @ self.b

    def apply_adjoint(self, y: Array) -> Array:
        """Aᵀ Y Bᵀ."""
        y = y if self.a is None else self.a.T @ y
        return y if self.b is None else y @ self.b.T

    def _solve(self, c: Array) -> Array:
        c = c if self._left is None else _solved(self._left, c)
        return c if self._right is None else _solved(self._right, c.T).T

    def _solve_adjoint(self, c: Array) -> Array:
        c = c if self._left is None else _solved(self._left, c, turned=True)
        return c if self._right is None else _solved(self._right, c.T, turned=True).T

    def _checked(self, c: Array, *, adjoint: bool) -> Array | None:
        for factors in (self._left, self._right):
            if factors is not None and factors[0] != "lu":
                return None
        return self._solve_adjoint(c) if adjoint else self._solve(c)

    def _least_squares(self, c: Array) -> Solved:
        x = self._solve(c)
        unique = all(
            a is None or (factors is not None and factors[1] == a.shape[side])
            for a, factors, side in ((self.a, self._left, 1), (self.b, self._right, 0))
        )
        return Solved(x, unique, self._is_consistent(x, c))

    def solve(self, c: Any, *, least_squares: bool = False) -> Solved:
        """As of every equation; a rectangular one that has exactly one solution has it."""
        try:
            return super().solve(c, least_squares=least_squares)
        except Exception as error:
            if getattr(error, "solutions", None) != "many":
                raise
            found = self._least_squares(as_matrix(c, self.right_name))
            if found.unique:
                return found
            raise

    def why_singular(self) -> str | Phrase:
        """The rank or the shape that is to blame."""
        for a, factors, name in ((self.a, self._left, self.names[0]), (self.b, self._right, self.names[1])):
            if a is not None and factors is not None and factors[0] != "lu":
                if a.shape[0] != a.shape[1] and factors[1] == min(a.shape):
                    return phrase("{name} is {shape}, not square", name=name, shape=shown(a.shape))
                return phrase(
                    "{name} ({shape}) has rank {factor}", name=name, shape=shown(a.shape), factor=factors[1]
                )
        return phrase("it is not square")


def _factors(a: Array) -> tuple[Any, ...]:
    """LU factors of what is square and invertible, else singular values with the rank; and the condition."""
    eps = float(np.finfo(a.dtype).eps)
    if a.shape[0] == a.shape[1]:
        double = a.dtype.char == "d"
        getrf, gecon = (lapack.dgetrf, lapack.dgecon) if double else (lapack.sgetrf, lapack.sgecon)
        lu, pivots, info = getrf(a)
        condition = 0.0 if info else float(gecon(lu, abs(a).sum(0).max(initial=0))[0])
        if condition > eps or not a.size:
            return "lu", len(a), lu, pivots, condition if a.size else 1.0
    u, s, vt = scipy.linalg.svd(a, full_matrices=False, check_finite=False)
    rank = int((s > max(a.shape) * eps * s.max(initial=0)).sum())
    full = rank == max(a.shape)
    return "svd", rank, u[:, :rank], s[:rank], vt[:rank], float(s[-1] / s[0]) if full and rank else 0.0


def _solved(factors: tuple[Any, ...], c: Array, *, turned: bool = False) -> Array:
    if factors[0] == "lu":
        lu_solve: Any = scipy.linalg.lu_solve
        return lu_solve((factors[2], factors[3].copy()), c, trans=int(turned), check_finite=False)
    _, _, u, s, vt, _ = factors
    if turned:
        return u @ ((vt @ c) / s[:, None])
    return vt.T @ ((u.T @ c) / s[:, None])


def _norm(a: Array | None) -> float:
    return 1.0 if a is None else float(np.linalg.norm(a))
