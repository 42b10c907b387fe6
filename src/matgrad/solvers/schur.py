"""Schur forms by LAPACK, called directly: for small matrices SciPy's checks cost more than the work."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import scipy.linalg
from scipy.linalg import blas, lapack

from matgrad.core.errors import DomainError
from matgrad.core.lazy import cached_property
from matgrad.core.words import phrase

Array = Any

_SYMMETRIC = 100
"""The order from which a triangular product saves more than the sum with its transpose costs."""
_CALLED = 100
"""The order up to which the call counts: from there on NumPy's LAPACK is the faster one by a fiftieth."""
_STRIP = 128
"""So many rows are compared at once."""


def _unsorted(*_: float) -> None:
    """Which eigenvalues come first: LAPACK wants to be told, though nobody is asked."""


@cache
def _work(n: int, code: str) -> int:
    gees = lapack.dgees if code == "d" else lapack.sgees
    return int(gees(_unsorted, np.zeros((n, n), code), lwork=-1)[-2][0])


def schur(a: Array, name: str) -> tuple[Array, Array, Array]:
    """The quasi-triangular T and the orthogonal Q with A = Q T Qᵀ, and the eigenvalues.

    Raises
    ------
    DomainError
        Where the iteration does not end.
    """
    code = a.dtype.char
    gees = lapack.dgees if code == "d" else lapack.sgees
    t, _, real, imaginary, q, _, info = gees(_unsorted, a, lwork=_work(len(a), code))
    if info:
        raise DomainError(phrase("the Schur form of {name} was not found", name=name))
    if not np.count_nonzero(imaginary):
        return t, q, real
    values = np.empty(len(a), code.upper())
    values.real, values.imag = real, imaginary
    return t, q, values


def eigh(a: Array, name: str) -> tuple[Array, Array, Array]:
    """Eigenvalues, eigenvectors and again the eigenvalues of a symmetric matrix, by divide and conquer.

    Raises
    ------
    DomainError
        Where the iteration does not end.
    """
    if len(a) <= _CALLED:
        syevd = lapack.dsyevd if a.dtype.char == "d" else lapack.ssyevd
        values, vectors, info = syevd(a.T)
    else:
        try:
            (values, vectors), info = np.linalg.eigh(a), 0
        except np.linalg.LinAlgError:
            info = 1
    if info:
        raise DomainError(phrase("the eigenvalues of {name} were not found", name=name))
    return values, vectors, values


class Tridiagonal:
    """A symmetric matrix A as Q T Qᵀ with T tridiagonal: a third of the work of its eigenvectors.

    Q stays a product of reflections, none of which moves the first row.

    Attributes
    ----------
    diagonal, beside : array
        Of T, n and n − 1 entries.
    growth : float
        The most by which one of the shifted matrices that were solved with made a random vector longer.
    """

    growth = 0.0

    def __init__(self, a: Array) -> None:
        self._letter, n = a.dtype.char, len(a)
        reduce, size = self._routine("sytrd"), self._routine("sytrd_lwork")
        found, self.diagonal, self.beside, self._scales, _ = reduce(
            a.T, lower=1, lwork=int(size(n, lower=1)[0])
        )
        # Without its first entry the same memory has the reflections from the top, and a row of zeros below.
        found[0, 1:] = 0
        moved = found.ravel(order="K")[1 : 1 + n * (n - 1)]
        self._vectors = moved.reshape((n, n - 1), order="F")

    def _routine(self, name: str) -> Any:
        return getattr(lapack, ("s" if self._letter == "f" else "d") + name)

    @cached_property
    def values(self) -> Array:
        """The eigenvalues."""
        found: Array = scipy.linalg.eigvalsh_tridiagonal(
            self.diagonal, self.beside, check_finite=False, lapack_driver="sterf"
        )
        return found

    def solve_shifted(self, shifts: Array, f: Array) -> None:
        """Replace each row fᵢ of F by the y with y (A + sᵢ I) = fᵢ, by elimination with pivots.

        A random vector is solved for beside them: it grows where a shifted matrix is nearly singular, even if
        F has nothing in that direction, and costs less than the eigenvalues that would tell.

        Parameters
        ----------
        shifts : array
            As many as F has rows.
        f : array
            F, rows one after another, with its first column, which Q does not move, as the last.
        """
        turn, solve = self._routine("ormqr"), self._routine("gtsv")
        work = int(turn("L", "T", self._vectors, self._scales, f.T, -1)[1][0])
        turn("L", "T", self._vectors, self._scales, f.T, work, overwrite_c=1)
        size = max(float(abs(self.diagonal).max()), float(abs(self.beside).max(initial=0)))
        given = np.empty((len(self.diagonal), 2), f.dtype, order="F")
        given[:, 1] = probe(len(given))
        start, column = given[:1, 0], given[1:, 0]
        dot = blas.ddot if self._letter == "d" else blas.sdot
        growth = 0.0
        for row, shift in zip(f, shifts, strict=True):
            start[0], column[:] = row[-1], row[:-1]
            *_, y, singular = solve(self.beside, self.diagonal + shift, self.beside, given, overwrite_d=1)
            if singular:
                # Disturbed by rounding, as LAPACK does: a singular equation is told by its growth.
                moved = self.diagonal + (shift + np.finfo(f.dtype).eps * ((size + abs(shift)) or 1))
                *_, y, singular = solve(self.beside, moved, self.beside, given)
            row[-1], row[:-1] = (np.nan, np.nan) if singular else (y[0, 0], y[1:, 0])
            other = y[:, 1]
            grown = dot(other, other)
            growth = max(growth, np.inf if singular or grown != grown else grown)
        self.growth = float(growth / dot(given[:, 1], given[:, 1])) ** 0.5
        turn("L", "N", self._vectors, self._scales, f.T, work, overwrite_c=1)


def probe(n: int) -> Array:
    """A random vector that has something in every direction, and at least a half in that of each axis."""
    rng = np.random.default_rng(20261127)
    return rng.choice([-1.0, 1.0], n) * (0.5 + rng.random(n))


def symmetric_products(c: Array, u: Array, *, exactly: bool = True) -> Array:
    """Uᵀ C U for a symmetric C, with a quarter of the work saved: C = H + Hᵀ, H triangular.

    Small ones are symmetric but for rounding, unless it is to be exactly.
    """
    if len(c) < _SYMMETRIC:
        made = products(u.T, c, u)
        if not exactly:
            return made
        made += made.T.copy()
        made *= 0.5
        return made
    multiply = blas.dtrmm if c.dtype.char == "d" else blas.strmm
    half = np.array(c.T, order="F", copy=True)
    half.flat[:: len(c) + 1] *= 0.5
    product: Array = u.T @ multiply(1.0, half, u)
    product += product.T.copy()
    return product


def products(a: Array, b: Array, c: Array) -> Array:
    """A B C: of small matrices the sign of the product takes longer to find BLAS than its name."""
    made: Array = a.dot(b).dot(c)
    return made


def is_symmetric(a: Array) -> bool:
    """Whether a square matrix equals its transpose, to the last bit."""
    return are_transposes(a, a)


def are_transposes(a: Array, b: Array) -> bool:
    """Whether B = Aᵀ, to the last bit, for square matrices of one order."""
    n = len(a)
    # Of matrices that are not, a corner or the first row mostly tells; of those that are, strips stay in the
    # cache.
    if n and a[0, -1] != b[-1, 0]:
        return False
    if n <= _STRIP:
        return a.tobytes() == b.T.tobytes() or not np.count_nonzero(a != b.T)
    if np.count_nonzero(a[0] != b[:, 0]):
        return False
    for k in range(0, n, _STRIP):
        first = k if a is b else 0
        if np.count_nonzero(a[k : k + _STRIP, first:] != b[first:, k : k + _STRIP].T):
            return False
    return True


def qz(a: Array, b: Array) -> tuple[Array, Array, Array, Array]:
    """S, T, Q, Z with A = Q S Zᵀ and B = Q T Zᵀ, S quasi-triangular and T triangular."""
    found: tuple[Array, Array, Array, Array] = scipy.linalg.qz(a, b, output="real", check_finite=False)
    return found
