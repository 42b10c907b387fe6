"""Schur forms by LAPACK, called directly: for small matrices SciPy's checks cost more than the work."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import scipy.linalg
from scipy.linalg import lapack

from matgrad.core.errors import DomainError

Array = Any


@cache
def _work(n: int, code: str) -> int:
    gees = lapack.dgees if code == "d" else lapack.sgees
    return int(gees(lambda *_: None, np.zeros((n, n), code), lwork=-1)[-2][0])


def schur(a: Array, name: str) -> tuple[Array, Array, Array]:
    """The quasi-triangular T and the orthogonal Q with A = Q T Qᵀ, and the eigenvalues.

    Raises
    ------
    DomainError
        Where the iteration does not end.
    """
    code = a.dtype.char
    gees = lapack.dgees if code == "d" else lapack.sgees
    t, _, real, imaginary, q, _, info = gees(lambda *_: None, a, lwork=_work(len(a), code))
    if info:
        raise DomainError(f"the Schur form of {name} was not found")
    return t, q, (real + 1j * imaginary if imaginary.any() else real)


def eigh(a: Array) -> tuple[Array, Array, Array]:
    """Eigenvalues, eigenvectors and again the eigenvalues of a symmetric matrix, by divide and conquer."""
    values, vectors = scipy.linalg.eigh(a, driver="evd", check_finite=False)
    return values, vectors, values


def is_symmetric(a: Array) -> bool:
    """Whether a square matrix equals its transpose, to the last bit."""
    n = len(a)
    # Of a matrix that is not, the first row mostly tells.
    return n < 1 or bool((a[0] == a[:, 0]).all() and (a == a.T).all())


def qz(a: Array, b: Array) -> tuple[Array, Array, Array, Array]:
    """S, T, Q, Z with A = Q S Zᵀ and B = Q T Zᵀ, S quasi-triangular and T triangular."""
    found: tuple[Array, Array, Array, Array] = scipy.linalg.qz(a, b, output="real", check_finite=False)
    return found
