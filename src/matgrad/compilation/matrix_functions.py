"""What compiled code calls for spectra and functions of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.linalg

from matgrad.compilation.linear_algebra import MatrixError
from matgrad.core.errors import DomainError
from matgrad.verify.gaps import check_gaps, check_nonzero
from matgrad.verify.numpy_arrays import NumpyArrays

Array = Any


def _named(function: Callable[[NumpyArrays], Any], a: Array, name: str) -> Any:
    """Run with an error that names the matrix."""
    try:
        return function(NumpyArrays({}, a.dtype))
    except DomainError as error:
        raise MatrixError(f"{error.message}: {name}") from None


def eigh(a: Array, name: str) -> tuple[Array, Array]:
    """Ascending eigenvalues, and eigenvectors whose entry of largest magnitude is positive.

    Raises
    ------
    MatrixError
        Where the matrix is not symmetric.
    """
    values, vectors = _named(lambda xp: xp.eigh(a), a, name)
    return values[:, 0], vectors


def svd(a: Array) -> tuple[Array, Array, Array]:
    """U, s and V of the thin singular value decomposition a = U diag(s) Vᵀ."""
    u, s, v = NumpyArrays({}, a.dtype).svd(a)
    return u, s[:, 0], v


def require_gaps(values: Array, name: str, only: int | None) -> None:
    """Refuse values of which two coincide.

    Raises
    ------
    MatrixError
        Where the vectors that belong to them are not determined.
    """
    _named(lambda xp: check_gaps(np.atleast_1d(values).tolist(), 8 * xp.epsilon, only), values, name)


def require_nonzero(values: Array, name: str) -> None:
    """Refuse a zero among values.

    Raises
    ------
    MatrixError
        Where the rank is not full.
    """
    if not np.ndim(values) and values == 0:
        raise MatrixError(f"{name} is singular")
    _named(lambda xp: check_nonzero(np.atleast_1d(values).tolist(), 8 * xp.epsilon), values, name)


def pinv(a: Array) -> Array:
    """The Moore-Penrose inverse."""
    return NumpyArrays({}, a.dtype).pinv(a)


def expm(a: Array, name: str) -> Array:
    """The matrix exponential."""
    return _named(lambda xp: xp.expm(a), a, name)


def logm(a: Array, name: str) -> Array:
    """The principal logarithm.

    Raises
    ------
    MatrixError
        Where there is none that is real.
    """
    return _named(lambda xp: xp.logm(a), a, name)


def sqrtm(a: Array, name: str) -> Array:
    """The principal square root.

    Raises
    ------
    MatrixError
        Where there is none that is real.
    """
    return _named(lambda xp: xp.sqrtm(a), a, name)


def matrix_power(a: Array, exponent: float, name: str) -> Array:
    """A to a whole power, negative ones through the inverse.

    Raises
    ------
    MatrixError
        Where the exponent is not whole, or negative for a singular matrix.
    """
    return _named(lambda xp: xp.matrix_power(a, np.array([[exponent]])), a, name)


def sylvester(a: Array, b: Array, c: Array, name: str) -> Array:
    """The X with A X + X B = C.

    Raises
    ------
    MatrixError
        Where A and −B share an eigenvalue.
    """
    if not c.size:
        return c.copy()
    x = scipy.linalg.solve_sylvester(a, b, c).astype(c.dtype, copy=False)
    # LAPACK disturbs a singular equation instead of refusing it: the solution is enormous then.
    size = np.abs(a).max(initial=0) + np.abs(b).max(initial=0)
    largest = len(a) * np.finfo(c.dtype).eps * size * np.abs(x).max(initial=0)
    if not largest <= np.abs(c).max(initial=0):
        raise MatrixError(f"A and −B share an eigenvalue in A X + X B = C with A = {name}")
    return x


def is_max(a: Array) -> Array:
    """1 at the largest entry (the first of equals, column by column), 0 elsewhere."""
    result = np.zeros_like(a)
    place = int(a.T.argmax())
    result[(place,) if a.ndim == 1 else divmod(place, a.shape[0])[::-1]] = 1
    return result


def logsumexp(x: Array, axis: int | None = None) -> Array:
    """log Σ eˣ along an axis, shifted by the largest entry."""
    if axis is None:
        top = x.max()
        return top + np.log(np.exp(x - top).sum())
    top = x.max(axis=axis, keepdims=True)
    return top.reshape(-1) + np.log(np.exp(x - top).sum(axis=axis))


def softmax(x: Array, axis: int | None = None) -> Array:
    """eˣ/Σ eˣ along an axis, shifted by the largest entry."""
    e = x - x.max(axis=axis, keepdims=True)
    np.exp(e, out=e)
    e /= e.sum(axis=axis, keepdims=True)
    return e


def log_softmax(x: Array, axis: int | None = None) -> Array:
    """x − log Σ eˣ along an axis, shifted by the largest entry."""
    shifted = x - x.max(axis=axis, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    return shifted


def softplus(x: Array) -> Array:
    """log(1 + eˣ) without overflow."""
    return np.logaddexp(x, 0)


def log_cosh(x: Array) -> Array:
    """log cosh x without overflow."""
    size = np.abs(x)
    return size + np.log1p(np.exp(-2 * size)) - float(np.log(2))


def step(x: Array) -> Array:
    """1 where x > 0, else 0."""
    return (x > 0).astype(x.dtype)
