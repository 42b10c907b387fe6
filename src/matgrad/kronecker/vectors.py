"""vec and its kin for arrays: columns one below the other, on the last two axes of a batch."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.words import phrase
from matgrad.kronecker.refusals import require_whole, said, shape_text

Array = Any


def _stack(A: Any, what: str) -> Array:
    # What lies below a mask is no entry: a masked array stays one.
    array = np.asanyarray(A) if np.ma.isMaskedArray(A) else np.asarray(A)
    if array.ndim < 2:
        raise ShapeError(
            phrase(
                "{what} takes matrices, not an array of {ndim} {which}",
                what=said(what),
                ndim=array.ndim,
                which=said("axis" if array.ndim == 1 else "axes"),
            )
        )
    return array


def _flat(v: Any, what: str) -> Array:
    array = np.asanyarray(v) if np.ma.isMaskedArray(v) else np.asarray(v)
    if array.ndim < 1:
        raise ShapeError(phrase("{what} takes vectors, not a number", what=said(what)))
    return array


def vec(A: Any) -> Array:
    """The columns of a matrix one below the other.

    Parameters
    ----------
    A : array_like
        (..., m, n).

    Returns
    -------
    ndarray
        (..., m n), of the same type.

    Examples
    --------
    >>> from matgrad.kronecker import vec
    >>> vec([[1, 2], [3, 4]]).tolist()
    [1, 3, 2, 4]
    """
    array = _stack(A, "vec")
    *batch, m, n = array.shape
    return np.swapaxes(array, -1, -2).reshape(*batch, m * n)


def unvec(v: Any, m: int, n: int) -> Array:
    """The m×n matrix whose vec is given: (..., m n) to (..., m, n).

    Examples
    --------
    >>> from matgrad.kronecker import unvec
    >>> unvec([1, 3, 2, 4], 2, 2).tolist()
    [[1, 2], [3, 4]]
    """
    array = _flat(v, "unvec")
    m, n = (require_whole(k, "a number of rows or columns", least=1) for k in (m, n))
    if array.shape[-1] != m * n:
        raise ShapeError(
            phrase(
                "a vector of {shape} entries is no vec of a {m}×{n} matrix, which has {n2}",
                shape=array.shape[-1],
                m=m,
                n=n,
                n2=m * n,
            )
        )
    return np.swapaxes(array.reshape(*array.shape[:-1], n, m), -1, -2)


def vech(A: Any) -> Array:
    """The lower triangle of a square matrix, column by column: (..., n, n) to (..., n(n+1)/2).

    Examples
    --------
    >>> from matgrad.kronecker import vech
    >>> vech([[1, 2, 4], [2, 3, 5], [4, 5, 6]]).tolist()
    [1, 2, 4, 3, 5, 6]
    """
    array = _stack(A, "vech")
    m, n = array.shape[-2:]
    if m != n:
        raise ShapeError(phrase("vech takes square matrices, not {m}×{n}", m=m, n=n))
    columns, rows = np.triu_indices(n)
    return array[..., rows, columns]


def unvech(v: Any, *, triangular: bool = False) -> Array:
    """The symmetric matrix whose vech is given, or the lower triangular one.

    Parameters
    ----------
    v : array_like
        (..., n(n+1)/2).
    triangular : bool
        Whether the entries above the diagonal are 0 rather than those below.

    Examples
    --------
    >>> from matgrad.kronecker import unvech
    >>> unvech([1, 2, 3]).tolist(), unvech([1, 2, 3], triangular=True).tolist()
    ([[1, 2], [2, 3]], [[1, 0], [2, 3]])
    """
    array = _flat(v, "unvech")
    n = order_of_half(array.shape[-1])
    columns, rows = np.triu_indices(n)
    made = (np.ma if np.ma.isMaskedArray(array) else np).zeros((*array.shape[:-1], n, n), array.dtype)
    made[..., rows, columns] = array
    if not triangular:
        made[..., columns, rows] = array
    return made


def order_of_half(length: int) -> int:
    """The order of the matrices whose lower triangle has that many entries.

    Raises
    ------
    ShapeError
        Where there are none.
    """
    n = (math.isqrt(8 * length + 1) - 1) // 2
    if n < 1 or n * (n + 1) // 2 != length:
        near = n * (n + 1) // 2, (n + 1) * (n + 2) // 2
        raise ShapeError(
            phrase(
                "a vector of {length} entries is no vech: triangles have n(n+1)/2 "
                "entries, such as {near} or {second_near}",
                length=length,
                near=near[0] or 1,
                second_near=near[1],
            )
        )
    return n


def commute(v: Any, m: int, n: int) -> Array:
    """K_mn v: vec(Aᵀ) where v is vec(A) of an m×n matrix, on the last axis of a batch.

    Examples
    --------
    >>> from matgrad.kronecker import commute, vec
    >>> commute(vec([[1, 2, 3], [4, 5, 6]]), 2, 3).tolist()
    [1, 2, 3, 4, 5, 6]
    """
    return vec(np.swapaxes(unvec(v, m, n), -1, -2))


def khatri_rao_array(A: Any, B: Any) -> Array:
    """The column-wise Kronecker product of arrays, formed: (m, n) and (p, n) to (m p, n)."""
    a, b = np.asarray(A), np.asarray(B)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1]:
        raise ArgumentError(
            phrase(
                "a column-wise product needs as many columns in both: {shape}, {shape_shape}",
                shape=shape_text(a.shape),
                shape_shape=shape_text(b.shape),
            )
        )
    return (a[:, None, :] * b[None, :, :]).reshape(-1, a.shape[1])
