"""What compiled code calls for spectra and functions of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit

from matgrad import solvers
from matgrad.compilation.backends.numpy.linear_algebra import (
    MatrixError,
    lu_adjugate,
    lu_det_hessian,
    lu_or_singular,
)
from matgrad.core.errors import DomainError
from matgrad.core.words import phrase
from matgrad.numeric.gaps import check_gaps, check_nonzero
from matgrad.numeric.numpy_arrays import NumpyArrays

Array = Any


def _named(function: Callable[[NumpyArrays], Any], a: Array, name: str) -> Any:
    """Run with an error that names the matrix."""
    try:
        return function(NumpyArrays({}, a.dtype))
    except DomainError as error:
        raise MatrixError(phrase("{problem}: {name}", problem=error.problem, name=name)) from None


def eigh(a: Array, name: str) -> tuple[Array, Array]:
    """Ascending eigenvalues, and eigenvectors whose entry of largest magnitude is positive.

    Raises
    ------
    MatrixError
        Where the matrix is not symmetric.
    """
    values, vectors = _named(lambda xp: xp.eigh(a), a, name)
    return values[:, 0], vectors


def eigh_of_any_signs(a: Array, name: str) -> tuple[Array, Array]:
    """Ascending eigenvalues and eigenvectors of a symmetric matrix, as LAPACK has them.

    Raises
    ------
    MatrixError
        Where the iteration does not end.
    """
    try:
        values, vectors = np.linalg.eigh(a)
    except np.linalg.LinAlgError:
        raise MatrixError(phrase("the eigenvalues of {name} were not found", name=name)) from None
    return values, vectors


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
        raise MatrixError(phrase("{name} is singular", name=name))
    _named(lambda xp: check_nonzero(np.atleast_1d(values).tolist(), 8 * xp.epsilon), values, name)


def adjugate(a: Array) -> Array:
    """det(A) A⁻¹, also of a singular matrix."""
    return lu_adjugate(lu_or_singular(a), a)


def det_hessian(a: Array) -> Array:
    """The second derivative of det on vec(A), also at a singular matrix."""
    return lu_det_hessian(lu_or_singular(a), a)


def pinv(a: Array, nullity: int = 0) -> Array:
    """The Moore-Penrose inverse; at least ``nullity`` singular values are known to be zero."""
    return NumpyArrays({}, a.dtype).pinv(a, nullity=nullity)


_SAFE_SQUARES = {"d": (1e-270, 1e300), "f": (1e-24, 1e37)}
"""Between these a sum of squares has neither overflowed nor lost what matters, by type code."""


def norm(a: Array) -> Any:
    """The root of the sum of squares, scaled where the squares would overflow or underflow."""
    flat = a.ravel(order="K")
    square = flat.dot(flat)
    low, high = _SAFE_SQUARES[flat.dtype.char]
    if low < square < high:
        return np.sqrt(square)
    return NumpyArrays({}, a.dtype).norms(flat[None])[0, 0] if np.isfinite(flat).all() else np.abs(flat).sum()


def row_norms(a: Array) -> Array:
    """The norm of each row, likewise."""
    squares = np.einsum("ij,ij->i", a, a)
    low, high = _SAFE_SQUARES[a.dtype.char]
    if len(squares) and low < squares.min() and squares.max() < high:
        return np.sqrt(squares)
    finite = np.isfinite(a).all(axis=1)
    norms = NumpyArrays({}, a.dtype).norms(np.where(finite[:, None], a, 0), by_row=True)[:, 0]
    return np.where(finite, norms, np.abs(a).sum(axis=1))


def over_norm(a: Array, norm: Any) -> Array:
    """An array over its norm; zeros over a norm of zero."""
    return a / (norm if norm != 0 else norm + 1)


def over_row_norms(a: Array, norms: Array) -> Array:
    """Each row over its norm; zeros over a norm of zero."""
    return a / np.where(norms == 0, 1, norms)[:, None]


def power_or_zero(a: Array, exponent: Any) -> Any:
    """Entries to a power; 0 where an entry is 0."""
    if type(a) is np.float64:
        return a**exponent if a else a
    zero = np.equal(a, 0)
    return np.where(zero, a, np.power(np.where(zero, 1, a), exponent))[()]


def xlogy(a: Array, u: Array, exponent: int) -> Any:
    """a log(u) to a power, entry by entry; 0 where a is 0."""
    zero = np.equal(a, 0)
    return np.where(zero, a, a * np.log(np.where(zero, 1, u)) ** exponent)[()]


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
    return solve_sylvester(sylvester_factors(a, b, name), c)


def sylvester_factors(a: Array, b: Array, name: str) -> tuple[solvers.Sylvester, str]:
    """A X + X B with its coefficients, which are factorised when it is first solved, and what A is called."""
    return solvers.Sylvester(a, b), name


def solve_sylvester(factors: tuple[solvers.Sylvester, str], c: Array, adjoint: bool = False) -> Array:
    """The X with A X + X B = C, or with Aᵀ X + X Bᵀ = C.

    Raises
    ------
    MatrixError
        Where A and −B share an eigenvalue.
    """
    if not c.size:
        return c.copy()
    system, name = factors
    try:
        x = system.solve_adjoint(c) if adjoint else system.solve(c).value
        return x.astype(c.dtype, copy=False)
    except solvers.SingularEquationError:
        raise MatrixError(
            phrase(
                "A and −B share an eigenvalue in A X + X B = C with A = {name}: {why}",
                name=name,
                why=system.why_singular(),
            )
        ) from None


def equation_factors(plain: int, *coefficients: Array) -> solvers.LinearSystem:
    """A matrix equation with its coefficients, which are factorised when it is first solved."""
    return solvers.system_of(plain, coefficients)


def sylvester_system(a: Array, b: Array) -> solvers.LinearSystem:
    """A X + X B = C, likewise."""
    return solvers.Sylvester(a, b)


def solve_equation(system: solvers.LinearSystem, c: Array, *, adjoint: bool = False) -> Array:
    """The X of a matrix equation, or of its adjoint.

    Raises
    ------
    SingularEquationError
        Where there are none or many.
    """
    x = system.solve_adjoint(c) if adjoint else system.solve(c).value
    return x.astype(c.dtype, copy=False)


def riccati(a: Array, g: Array, q: Array, *, discrete: bool) -> Array:
    """The stabilising solution of a Riccati equation."""
    return solvers.solve_riccati(a, g, q, discrete=discrete)


def stein(a: Array, b: Array, c: Array, name: str) -> Array:
    """The X with X = A X B + C.

    Raises
    ------
    MatrixError
        Where an eigenvalue of A is the reciprocal of one of B.
    """
    if not c.size:
        return c.copy()
    a, b = np.atleast_2d(a), np.atleast_2d(b)
    system = solvers.Stein(a, b)
    try:
        return system.solve(c.reshape(len(a), len(b))).value.astype(c.dtype, copy=False).reshape(c.shape)
    except solvers.SingularEquationError:
        raise MatrixError(
            phrase(
                "an eigenvalue of A is the reciprocal of one of B in X = A X B + C with A = {name}: {why}",
                name=name,
                why=system.why_singular(),
            )
        ) from None


def is_max(a: Array) -> Array:
    """1 at the largest entry (the first of equals, column by column), 0 elsewhere."""
    result = np.zeros_like(a)
    place = int(a.T.argmax())
    result[(place,) if a.ndim == 1 else divmod(place, a.shape[0])[::-1]] = 1
    return result


NARROW = 16
"""Up to so many columns the largest entries of rows are found column by column, which is faster."""


def row_max(x: Array) -> Array:
    """The largest entry of each row of a matrix of few columns."""
    columns = x.T
    if len(columns) > NARROW or len(x) < NARROW:
        return x.max(axis=1)
    top = np.maximum(columns[0], columns[1]) if len(columns) > 1 else columns[0].copy()
    for column in columns[2:]:
        np.maximum(top, column, out=top)
    return top


def _largest(x: Array, axis: int | None) -> Array:
    """The largest entry along an axis, which is kept."""
    if axis == 1 and x.ndim == 2:
        return row_max(x)[:, None]
    return x.max(axis=axis, keepdims=True)


def _sums(x: Array, axis: int | None) -> Array:
    """The sums along an axis, which is kept; of few entries as products with ones."""
    if axis == 1 and x.ndim == 2 and x.shape[1] <= NARROW:
        return x.dot(np.ones((x.shape[1], 1), x.dtype))
    return x.sum(axis=axis, keepdims=True)


def logsumexp(x: Array, axis: int | None = None) -> Array:
    """log Σ eˣ along an axis, shifted by the largest entry."""
    if axis is None:
        top = x.max()
        return top + np.log(np.exp(x - top).sum())
    top = _largest(x, axis)
    less = x - top
    np.exp(less, out=less)
    return (top + np.log(_sums(less, axis))).reshape(-1)


def softmax(x: Array, axis: int | None = None) -> Array:
    """eˣ/Σ eˣ along an axis, shifted by the largest entry."""
    e = x - _largest(x, axis)
    np.exp(e, out=e)
    e /= _sums(e, axis)
    return e


def log_softmax(x: Array, axis: int | None = None) -> Array:
    """x − log Σ eˣ along an axis, shifted by the largest entry."""
    shifted = x - _largest(x, axis)
    shifted -= np.log(_sums(np.exp(shifted), axis))
    return shifted


FEW = 256
"""Of fewer entries than that one call of a slow function is faster than several of fast ones."""


def softplus(x: Array) -> Array:
    """log(1 + eˣ) without overflow: max(x, 0) + log(1 + e^−|x|)."""
    if np.size(x) < FEW:
        return np.logaddexp(x, 0)
    e = np.abs(x)
    np.negative(e, out=e)
    np.exp(e, out=e)
    np.log1p(e, out=e)
    e += np.maximum(x, 0)
    return e


MANY = 800
"""From so many entries on that holds for the logistic function."""


def sigmoid(x: Array) -> Array:
    """1/(1 + e^−x), and 0 where e^−x is too large: to choose between two forms takes longer than both."""
    if np.size(x) < MANY:
        return expit(x)
    e = np.negative(x)
    with np.errstate(over="ignore"):
        np.exp(e, out=e)
    e += 1
    return np.divide(1, e, out=e)


def log_cosh(x: Array) -> Array:
    """log cosh x without overflow."""
    size = np.abs(x)
    return size + np.log1p(np.exp(-2 * size)) - float(np.log(2))


def step(x: Array) -> Array:
    """1 where x > 0, else 0."""
    return (x > 0).astype(x.dtype)


def select(condition: Array, a: Array, b: Array) -> Any:
    """Entries of a where the condition is positive, and of b elsewhere."""
    chosen: Array = np.where(np.greater(condition, 0), a, b)
    return chosen[()]


def cumsum_from_end(a: Array) -> Array:
    """The sums of the entries of each column from each place on."""
    return np.cumsum(a[::-1], axis=0)[::-1]


def prods_of_others(a: Array) -> Array:
    """For each entry the product of the others of its column."""
    return NumpyArrays({}, a.dtype).prods_of_others(a)
