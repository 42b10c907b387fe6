"""Complex equations with triangular coefficients, solved by blocks: most of the work is products."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from matgrad.kronecker.reading import lapack_function

Array = Any

_BLOCK = 64
"""Orders up to which LAPACK's own routine, which makes no products of matrices, is as fast."""


class PerturbedError(ArithmeticError):
    """Eigenvalues so close to each other that LAPACK moved them in order to go on."""


def sylvester(R: Array, S: Array, C: Array) -> Array:
    """The solution Z of R Z + Z Sᵀ = C for upper triangular R and S, by halves.

    Parameters
    ----------
    R, S, C : ndarray
        (m, m), (n, n) and (m, n), of one type.

    Raises
    ------
    PerturbedError
        Where an eigenvalue of R and one of −S are too close.

    References
    ----------
    Jonsson & Kågström (2002), Recursive blocked algorithms for solving triangular systems, part I.
    """
    Z = np.array(C, order="F")
    _halved(np.asfortranarray(R), np.asfortranarray(S), Z)
    return Z


def _halved(R: Array, S: Array, C: Array) -> None:
    m, n = C.shape
    if max(m, n) <= _BLOCK:
        _small(R, S, C)
    elif m >= n:
        k = len(R) // 2
        _halved(R[k:, k:], S, C[k:])
        C[:k] -= R[:k, k:] @ C[k:]
        _halved(R[:k, :k], S, C[:k])
    else:
        k = len(S) // 2
        _halved(R, S[k:, k:], C[:, k:])
        C[:, :k] -= C[:, k:] @ S[:k, k:].T
        _halved(R, S[:k, :k], C[:, :k])


def _small(R: Array, S: Array, C: Array) -> None:
    trsyl = lapack_function("trsyl", R, C)
    z, scale, info = trsyl(R, S.conj(), C, trana="N", tranb="C")
    if info == 1 or scale == 0 or not np.isfinite(z).all():
        raise PerturbedError("eigenvalues of the coefficients meet")
    C[:] = z / scale


def kronecker_sum(triangles: Sequence[Array], y: Array) -> Array:
    """The solution z of (T₁ ⊕ ⋯ ⊕ T_k) z = y for upper triangular complex matrices, slice by slice.

    Parameters
    ----------
    triangles : sequence of ndarray
        T₁, …, T_k; two or more.
    y : ndarray
        (n₁, …, n_k).
    """
    first = triangles[0]
    if len(triangles) == 2:
        return sylvester(first, triangles[1], y)
    z = np.array(y)
    for i in range(len(first) - 1, -1, -1):
        right = y[i] - np.tensordot(first[i, i + 1 :], z[i + 1 :], 1)
        shifted = triangles[1] + first[i, i] * np.eye(len(triangles[1]))
        z[i] = kronecker_sum([shifted, *triangles[2:]], right)
    return z


def two_terms(S: Array, T: Array, P: Array, Q: Array, C: Array) -> Array:
    """The solution Z of P Z Sᵀ + Q Z Tᵀ = C for upper triangular complex matrices, column by column.

    Raises
    ------
    PerturbedError
        Where a diagonal entry sᵢᵢ pⱼⱼ + tᵢᵢ qⱼⱼ of the system is 0.
    """
    n = len(S)
    Z = np.zeros(C.shape, np.complex128 if C.dtype.char in "dD" else C.dtype, order="F")
    PZ, QZ = np.zeros_like(Z), np.zeros_like(Z)
    trtrs = lapack_function("trtrs", P, Z)
    for i in range(n - 1, -1, -1):
        right = C[:, i] - PZ[:, i + 1 :] @ S[i, i + 1 :] - QZ[:, i + 1 :] @ T[i, i + 1 :]
        column, info = trtrs(S[i, i] * P + T[i, i] * Q, right)
        if info:
            raise PerturbedError("the equation is singular")
        Z[:, i] = column
        PZ[:, i], QZ[:, i] = P @ column, Q @ column
    return Z
