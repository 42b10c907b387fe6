"""What compiled code calls of LAPACK, with errors that name the matrix."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import blas, lapack

from matgrad.core.errors import DomainError
from matgrad.core.words import phrase
from matgrad.numeric.contradictions import SINGULAR, only_semidefinite
from matgrad.numeric.numpy_arrays import NumpyArrays

Array = Any
Factors = tuple[Array, Array, bool]


class MatrixError(DomainError, np.linalg.LinAlgError):
    """A matrix that has no inverse or no factorisation; it is named in the message."""


_FEW = 50
"""Orders up to which a call of LAPACK costs more than the order of entries in memory."""

_TINY = 40
"""Orders up to which Python looks through a diagonal faster than a reduction of NumPy starts."""

_WELL_CONDITIONED = {"d": 1e-6, "f": 3e-2}
"""Down to this reciprocal condition number a determinant times an inverse keeps more than half the digits."""

_LETTERS = {"d": "d", "f": "s"}

EPSILON = {"d": float(np.finfo("d").eps), "f": float(np.finfo("f").eps)}
"""The distance of 1 to the next number, by type code."""


def _routine(name: str) -> dict[str, Any]:
    """A LAPACK routine by the type code of its arrays."""
    return {code: getattr(lapack, letter + name) for code, letter in _LETTERS.items()}


_POTRF, _POTRS, _POTRI = _routine("potrf"), _routine("potrs"), _routine("potri")
_GETRF, _GETRS, _GETRI = _routine("getrf"), _routine("getrs"), _routine("getri")
_GECON = _routine("gecon")
_TRMM = {code: getattr(blas, letter + "trmm") for code, letter in _LETTERS.items()}
_TRSM = {code: getattr(blas, letter + "trsm") for code, letter in _LETTERS.items()}
_SYMV = {code: getattr(blas, letter + "symv") for code, letter in _LETTERS.items()}
_TRTRS, _TRTRI = _routine("trtrs"), _routine("trtri")


def order_of(p: Array, *, inverted: bool = False) -> Array:
    """The order of rows in P B, or in Pᵀ B where inverted, of a permutation P."""
    if not p.flags.c_contiguous:
        p, inverted = p.T, not inverted
    places = p.argmax(axis=1)
    if not inverted:
        return places
    order = np.empty_like(places)
    order[places] = np.arange(len(places))
    return order


def cholesky(a: Array, name: str, *, clean: bool = True) -> Array:
    """The lower triangular L with L Lᵀ = A, in Fortran order; above it are zeros, or anything if not clean.

    Raises
    ------
    MatrixError
        Where A is not positive definite.
    """
    if not a.size:
        return a.copy()
    # The transpose of an array in C order is in Fortran order, and A is symmetric.
    factor, info = _POTRF[a.dtype.char](a.T if a.flags.c_contiguous else a, lower=1, clean=clean)
    if info:
        only = only_semidefinite(np.tril(a) + np.tril(a, -1).T)
        raise MatrixError(
            phrase("{name} is {only}", name=name, only=only)
            if only
            else phrase(
                "{name} is not positive definite (its leading minor of order {info} is not)",
                name=name,
                info=info,
            )
        )
    pivots = factor.diagonal()
    if len(a) <= _TINY and min(pivots.tolist()) ** 2 > len(a) * EPSILON[a.dtype.char] * max(
        a.diagonal().tolist()
    ):
        return factor
    rounding = len(a) * EPSILON[a.dtype.char]
    # What is left of a diagonal entry, as a share of it, does not change when A is scaled: rounding
    # is all that a singular matrix leaves. The first test costs little and settles most cases.
    if (
        not pivots.min() ** 2 > rounding * a.diagonal().max()
        and not (pivots**2 > rounding * a.diagonal()).all()
    ):
        raise MatrixError(phrase("{name} is {singular}", name=name, singular=SINGULAR))
    return factor


def cholesky_solve(factor: Array, b: Array) -> Array:
    """A⁻¹B from the Cholesky factor of A."""
    if not b.size:
        return b.copy()
    return _POTRS[factor.dtype.char](factor, b, lower=1)[0]


def cholesky_inverse(factor: Array) -> Array:
    """A⁻¹ from the Cholesky factor of A."""
    if not factor.size:
        return factor.copy()
    lower = _POTRI[factor.dtype.char](factor, lower=1)[0]
    inverse = lower + lower.T
    diagonal_of(inverse)[:] /= 2
    return inverse


def cholesky_log_det(factor: Array) -> Any:
    """log det A from the Cholesky factor of A."""
    return 2 * np.log(factor.diagonal()).sum()


def cholesky_det(factor: Array) -> Any:
    """Det A from the Cholesky factor of A."""
    return np.square(factor.diagonal().prod())


def lu(a: Array, name: str) -> Factors:
    """The LU factorisation of A, for the functions below.

    Raises
    ------
    MatrixError
        Where A is singular.
    """
    factors = lu_or_singular(a)
    if factors[1] is None:
        raise MatrixError(phrase("{name} is singular", name=name))
    return factors


def lu_or_singular(a: Array) -> Factors:
    """The LU factorisation of A; without pivots where A is singular."""
    flipped = a.flags.c_contiguous
    if not a.size:
        return a, np.empty(0, dtype=np.int32), False
    factor, pivots, info = _GETRF[a.dtype.char](a.T if flipped else a)
    return factor, None if info else pivots, flipped


def lu_of_triangular(a: Array, name: str, lower: bool) -> Factors:
    """The LU factorisation of a triangular A, which is its own.

    Raises
    ------
    MatrixError
        Where A is singular.
    """
    zeros = np.flatnonzero(a.diagonal() == 0)
    if zeros.size:
        raise MatrixError(
            phrase("{name} is singular: its entry {zero}, {zero} is 0", name=name, zero=zeros[0] + 1)
        )
    return lu_of_triangular_or_singular(a, lower)


def lu_of_triangular_or_singular(a: Array, lower: bool) -> Factors:
    """The same, without pivots where A is singular."""
    pivots = np.arange(len(a), dtype=np.int32) if np.all(a.diagonal()) else None
    # The transpose of a lower triangular matrix is an upper one, beside a factor L that is the identity.
    return (a.T if lower else a), pivots, lower


def symmetric_factors(a: Array, name: str) -> Factors | Array:
    """The Cholesky factor of a symmetric A where it is positive definite, and the LU factorisation elsewhere.

    To try costs a sixth of the LU factorisation that it spares, and mostly less: of an indefinite matrix the
    first leading minor that is not positive ends it.

    Raises
    ------
    MatrixError
        Where A is singular.
    """
    diagonal = a.diagonal()
    if a.size and (diagonal > 0).all():
        factor, info = _POTRF[a.dtype.char](a.T if a.flags.c_contiguous else a, lower=1)
        if not info and (np.square(factor.diagonal()) > len(a) * EPSILON[a.dtype.char] * diagonal).all():
            return factor
    return lu(a, name)


def symmetric_solve(factors: Factors | Array, b: Array) -> Array:
    """A⁻¹B from the factors of a symmetric A."""
    return lu_solve(factors, b) if isinstance(factors, tuple) else cholesky_solve(factors, b)


def symmetric_inverse(factors: Factors | Array) -> Array:
    """A⁻¹ from the factors of a symmetric A."""
    return lu_inverse(factors) if isinstance(factors, tuple) else cholesky_inverse(factors)


def symmetric_log_det(factors: Factors | Array, name: str) -> Any:
    """log det A from the factors of a symmetric A.

    Raises
    ------
    MatrixError
        Where det A is negative.
    """
    return lu_log_det(factors, name) if isinstance(factors, tuple) else cholesky_log_det(factors)


def lu_solve(factors: Factors, b: Array, transposed: bool = False) -> Array:
    """A⁻¹B, or A⁻ᵀB, from the LU factorisation of A."""
    factor, pivots, flipped = factors
    if not b.size:
        return b.copy()
    # SciPy counts the pivots from 1 in place while LAPACK runs: threads that share them would read them so.
    return _GETRS[factor.dtype.char](factor, pivots.copy(), b, trans=int(flipped != transposed))[0]


def lu_inverse(factors: Factors) -> Array:
    """A⁻¹ from the LU factorisation of A."""
    factor, pivots, flipped = factors
    if not factor.size:
        return factor.copy()
    inverse = _GETRI[factor.dtype.char](factor, pivots.copy(), lwork=64 * len(factor))[0]
    return inverse.T if flipped else inverse


def lu_det(factors: Factors) -> Any:
    """Det A from the LU factorisation of A; 0 where A is singular."""
    factor, pivots, _ = factors
    if pivots is None:
        return factor.dtype.type(0)
    return factor.diagonal().prod() * _sign_of_pivots(pivots)


def lu_log_det(factors: Factors, name: str) -> Any:
    """log det A from the LU factorisation of A.

    Raises
    ------
    MatrixError
        Where det A is negative.
    """
    factor, pivots, _ = factors
    diagonal = factor.diagonal()
    if (np.signbit(diagonal).sum() % 2 == 1) != (_sign_of_pivots(pivots) < 0):
        raise MatrixError(phrase("the determinant of {name} is negative and has no logarithm", name=name))
    return np.log(np.abs(diagonal)).sum()


def _is_well_conditioned(factors: Factors, a: Array) -> bool:
    factor, pivots, flipped = factors
    if pivots is None or not a.size:
        return False
    size = np.abs(a).sum(axis=1 if flipped else 0).max()
    return bool(_GECON[factor.dtype.char](factor, size)[0] > _WELL_CONDITIONED[factor.dtype.char])


def lu_adjugate(factors: Factors, a: Array) -> Array:
    """det(A) A⁻¹ from the LU factorisation of A; from its singular values where A is ill conditioned."""
    if _is_well_conditioned(factors, a):
        return lu_det(factors) * lu_inverse(factors)
    return NumpyArrays({}, a.dtype).adjugate(a)


def lu_det_hessian(factors: Factors, a: Array) -> Array:
    """The second derivative of det on vec(A), likewise."""
    if not _is_well_conditioned(factors, a):
        return NumpyArrays({}, a.dtype).det_hessian(a)
    order, inverse = a.size, lu_inverse(factors)
    pairs = np.einsum("ba,dc->badc", inverse, inverse) - np.einsum("bc,da->badc", inverse, inverse)
    return (lu_det(factors) * pairs).reshape(order, order)


def _sign_of_pivots(pivots: Array) -> int:
    return 1 - 2 * (int((pivots != np.arange(len(pivots))).sum()) % 2)


def triangular_solve(a: Array, b: Array, name: str, lower: bool, transposed: bool = False) -> Array:
    """A⁻¹B, or A⁻ᵀB, for a triangular A.

    Raises
    ------
    MatrixError
        Where A is singular.
    """
    if not b.size:
        return b.copy()
    if a.flags.c_contiguous:
        a, lower, transposed = a.T, not lower, not transposed
    if len(a) > _FEW and b.ndim == 2 and b.flags.c_contiguous:
        zeros = np.flatnonzero(a.diagonal() == 0)
        if zeros.size:
            raise MatrixError(
                phrase("{name} is singular: its entry {zero}, {zero} is 0", name=name, zero=zeros[0] + 1)
            )
        # Xᵀ Aᵀ = Bᵀ: the transpose of B is in Fortran order as it is.
        solve = _TRSM[a.dtype.char]
        return solve(1, a, b.T, side=1, lower=int(lower), trans_a=int(not transposed)).T
    x, info = _TRTRS[a.dtype.char](a, b, lower=int(lower), trans=int(transposed))
    if info:
        raise MatrixError(phrase("{name} is singular: its entry {info}, {info} is 0", name=name, info=info))
    return x


def triangular_inverse(a: Array, name: str, lower: bool) -> Array:
    """A⁻¹ for a triangular A.

    Raises
    ------
    MatrixError
        Where A is singular.
    """
    if not a.size:
        return a.copy()
    flipped = a.flags.c_contiguous
    inverse, info = _TRTRI[a.dtype.char](a.T if flipped else a, lower=int(lower != flipped))
    if info:
        raise MatrixError(phrase("{name} is singular: its entry {info}, {info} is 0", name=name, info=info))
    # LAPACK leaves the other triangle as it was.
    inverse = inverse.T if flipped else inverse
    return np.tril(inverse) if lower else np.triu(inverse)


TILE = 128
"""The order of the tiles that a matrix and its transpose are added in, so that both stay in the cache."""


def plus_transpose(a: Array) -> Array:
    """A + Aᵀ."""
    n = len(a)
    if n < 4 * TILE:
        total = a.T.copy()
        total += a
        return total
    total = np.empty((n, n), a.dtype)
    for i in range(0, n, TILE):
        for j in range(0, i + 1, TILE):
            tile = total[i : i + TILE, j : j + TILE]
            np.add(a[i : i + TILE, j : j + TILE], a[j : j + TILE, i : i + TILE].T, out=tile)
            if i != j:
                total[j : j + TILE, i : i + TILE] = tile.T
    return total


def symmetric_times_vector(a: Array, b: Array) -> Array:
    """A b for a symmetric A, of which one half is read."""
    if not a.flags.forc:
        return a.dot(b)
    whole = a.T if a.flags.c_contiguous else a
    return _SYMV[a.dtype.char](1.0, whole, b.reshape(-1)).reshape(b.shape)


def triangular_product(a: Array, b: Array, lower: bool) -> Array:
    """A B for a triangular A, by half the work of a general product."""
    if a.flags.f_contiguous and not a.flags.c_contiguous:
        return _TRMM[a.dtype.char](1.0, a, b.T, side=1, lower=int(lower), trans_a=1).T
    # With arrays in C order BLAS sees the transposes: (A B)ᵀ = Bᵀ Aᵀ, and Aᵀ is triangular the other way.
    return _TRMM[a.dtype.char](1.0, a.T, b.T, side=1, lower=int(not lower)).T


def product_with_triangular(a: Array, b: Array, lower: bool) -> Array:
    """A B for a triangular B, likewise."""
    if b.flags.f_contiguous and not b.flags.c_contiguous:
        return _TRMM[b.dtype.char](1.0, b, a.T, lower=int(lower), trans_a=1).T
    return _TRMM[b.dtype.char](1.0, b.T, a.T, lower=int(not lower)).T


def weighted_gram(a: Array, d: Array) -> Array:
    """Aᵀ diag(d) A; by half the work where no weight is negative."""
    if d.min() < 0:
        return (a * d[:, None]).T @ a
    root = np.sqrt(d)[:, None] * a
    return root.T @ root


Term = tuple[float, Array | None, Array | None, bool]


def kron_combination(shape: tuple[int, int, int, int], terms: list[Term], dtype: Any) -> Array:
    """Σ c A ⊗ B, or c (A ⊗ B) K where a term ends with True, in one array.

    ``shape`` is that of rows and columns taken apart: row (i, k), column (j, l). ``None`` stands for
    an identity.
    """
    rows, blocks, columns, inner = shape
    dense = [(c, a, b, turned) for c, a, b, turned in terms if a is not None and b is not None]
    if dense:
        # Every block (i, k) is a sum of outer products: one small product for each, all in one call.
        left = np.empty((rows, blocks, columns, len(dense)), dtype)
        right = np.empty((rows, blocks, len(dense), inner), dtype)
        for place, (c, a, b, turned) in enumerate(dense):
            left[..., place] = b if turned else a[:, None]
            np.multiply(c, a[:, None] if turned else b, out=right[:, :, place])
        out = left @ right
    else:
        out = np.zeros(shape, dtype)
    for c, a, b, turned in terms:
        if a is None or b is None:
            _add_kron_with_identity(out.swapaxes(2, 3) if turned else out, c, a, b)
    return out.reshape(rows * blocks, columns * inner)


def _add_kron_with_identity(out: Array, c: float, a: Array | None, b: Array | None) -> None:
    """Add c I ⊗ B or c A ⊗ I to an array of four axes."""
    if b is not None:
        np.einsum("ikil->ikl", out)[:] += c * b
    elif a is not None:
        np.einsum("ikjk->ijk", out)[:] += (c * a)[:, :, None]


def diagonal_of(a: Array) -> Array:
    """The diagonal of A as an array that can be written to."""
    if a.flags.forc:
        return a.reshape(-1, order="A")[:: len(a) + 1]
    return np.einsum("ii->i", a)


def diagonal_blocks_of(a: Array, count: int) -> Array:
    """The blocks on the diagonal of A, however it lies in memory, as an array that can be written to."""
    rows, columns = a.shape[0] // count, a.shape[1] // count
    down, across = a.strides
    strides = (rows * down + columns * across, down, across)
    return np.lib.stride_tricks.as_strided(a, (count, rows, columns), strides)
