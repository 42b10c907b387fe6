"""What compiled code calls of SciPy for sparse arrays: nothing is filled in here but what is asked for."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

import numpy as np
from scipy.sparse import csc_array, csr_array
from scipy.sparse.linalg import splu, spsolve_triangular
from scipy.special import xlogy

from matgrad.compilation.backends.numpy.linear_algebra import MatrixError
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.numeric.sparse_contradictions import definite_factors

Array = Any
Sparse = Any


def as_rows(a: Any, dtype: Any) -> Sparse:
    """A sparse matrix by rows, or by columns where it comes so, with entries of a type."""
    kind = csc_array if getattr(a, "format", "") == "csc" else csr_array
    if a.__class__ is kind and a.dtype == dtype:
        return a
    return kind(a, dtype=dtype)


def as_column(a: Any, dtype: Any) -> Array:
    """The entries of a sparse row or column as an array with one axis."""
    return np.asarray(a.toarray(), dtype).reshape(-1)


def _like(a: Sparse, entries: Array) -> Sparse:
    """A matrix with entries in the same places."""
    made = copy(a)
    made.data = entries
    return made


def _spread(a: Sparse, d: Array) -> Array:
    """The number of its row, or column where a matrix is held by columns, at each entry."""
    return np.repeat(d, np.diff(a.indptr))


def _once(a: Sparse) -> Sparse:
    """A matrix that stores no entry twice, in order."""
    if a.has_canonical_format:
        return a
    own = a.copy()
    own.sum_duplicates()
    return own


def _same_places(a: Sparse, b: Sparse) -> bool:
    """Whether two matrices without double entries store entries in the same places."""
    if a.__class__ is not b.__class__ or len(a.indices) != len(b.indices):
        return False
    return all(
        x is y or x.__array_interface__["data"] == y.__array_interface__["data"] or bool((x == y).all())
        for x, y in ((a.indptr, b.indptr), (a.indices, b.indices))
    )


def combination(*terms: tuple[float, Sparse]) -> Sparse:
    """Σ c A, entry by entry where all store theirs in the same places."""
    (c, first), *others = terms
    entries = first.data if c == 1 else c * first.data
    total = None
    for d, a in others:
        if total is None and a.has_canonical_format and _same_places(first, a):
            entries = entries + (a.data if d == 1 else d * a.data)
            continue
        total = _like(first, entries) if total is None else total
        total = total + (a if d == 1 else d * a)
    return _like(first, entries) if total is None else total


def row_sums(a: Sparse) -> Array:
    """A 1, as a product, which is faster than sums of slices."""
    return a @ np.ones(a.shape[1], a.dtype)


def scaled_rows(d: Array, a: Sparse) -> Sparse:
    """Diag(d) A."""
    return _like(a, a.data * (_spread(a, d) if a.format == "csr" else d[a.indices]))


def scaled_columns(a: Sparse, d: Array) -> Sparse:
    """A diag(d)."""
    return _like(a, a.data * (_spread(a, d) if a.format == "csc" else d[a.indices]))


def of_entries(function: Callable[[Array], Array], a: Sparse) -> Sparse:
    """A function with f(0) = 0 of every entry."""
    a = _once(a)
    return _like(a, function(a.data))


def relu(x: Array) -> Array:
    """Max(x, 0)."""
    return np.maximum(x, 0)


def softplus(x: Array) -> Array:
    """log(1 + exp x)."""
    return np.logaddexp(x, 0)


def entries_of(a: Sparse) -> Array:
    """The stored entries, each once."""
    return _once(a).data


def _at_places(a: Sparse, b: Array) -> Array:
    """The entries of an array in the places of those of a sparse matrix."""
    lines = np.repeat(np.arange(len(a.indptr) - 1), np.diff(a.indptr))
    return b[lines, a.indices] if a.format == "csr" else b[a.indices, lines]


def hadamard(a: Sparse, *others: Any) -> Sparse:
    """A ⊙ B, sparse as A is; B is an array or sparse too."""
    for b in others:
        if isinstance(b, np.ndarray):
            a = _like(a, a.data * _at_places(a, b))
            continue
        a, b = _once(a), _once(b)
        a = _like(a, a.data * b.data) if _same_places(a, b) else as_rows(a.multiply(b), a.dtype)
    return a


def sampled_product(w: Sparse, a: Array, b: Array) -> Sparse:
    """W ⊙ (A B), of which only the entries in the places of W are computed."""
    lines = np.repeat(np.arange(len(w.indptr) - 1), np.diff(w.indptr))
    rows, columns = (lines, w.indices) if w.format == "csr" else (w.indices, lines)
    turned = b.T if b.T.flags.c_contiguous else np.ascontiguousarray(b.T)
    return _like(w, w.data * np.einsum("ij,ij->i", a[rows], turned[columns]))


def squares_of_difference(
    c: float, x: Sparse, d: float, a: Array, b: Array, xb: Array, aa: Array, bb: Array
) -> Any:
    """‖c X + d A B‖² from X Bᵀ, AᵀA and B Bᵀ; block by block of rows where those cancel."""
    entries = entries_of(x)
    own, other = c * c * (entries @ entries), d * d * np.vdot(aa, bb)
    value = own + 2 * c * d * np.vdot(a, xb) + other
    if value >= _SHARE * (own + other):
        return value
    rows = max(1, _BLOCK // x.shape[1])
    x = csr_array(x)
    total = 0 * own
    for start in range(0, x.shape[0], rows):
        block_of = d * (a[start : start + rows] @ b) + c * x[start : start + rows]
        total += np.vdot(block_of, block_of)
    return total


_SHARE = 0.1
"""Down to this share of the squares their difference has all digits but one."""

_BLOCK = 1 << 18
"""Entries that are formed at a time."""


def places_of(w: Sparse) -> Sparse:
    """1 in the places of the stored entries."""
    w = _once(w)
    return _like(w, np.ones_like(w.data))


def _entries_in_places(w: Sparse, a: Sparse) -> Array:
    """The entries of a matrix in the places of those of W, which stores none twice."""
    a = _once(a)
    if _same_places(w, a):
        return a.data
    lines = np.repeat(np.arange(len(w.indptr) - 1), np.diff(w.indptr))
    rows, columns = (lines, w.indices) if w.format == "csr" else (w.indices, lines)
    return np.asarray(csr_array(a)[rows, columns]).reshape(-1)


def function_in_places(w: Sparse, a: Sparse, function: Callable[[Array], Array]) -> Sparse:
    """W ⊙ f(A), of the entries in the places of W alone."""
    w = _once(w)
    return _like(w, w.data * function(_entries_in_places(w, a)))


def power_in_places(w: Sparse, a: Sparse, exponent: float) -> Sparse:
    """W ⊙ Aᵖ entry by entry, in the places of W alone."""
    return function_in_places(w, a, lambda x: x**exponent)


def xlogy_in_places(w: Sparse, a: Sparse, exponent: int) -> Sparse:
    """W ⊙ log(A)ᵖ in the places of W alone, 0 where the entry of W is."""
    w = _once(w)
    entries = _entries_in_places(w, a)
    if exponent == 1:
        return _like(w, xlogy(w.data, entries))
    return _like(w, np.where(w.data == 0, 0, w.data * np.log(entries) ** exponent))


def inner(a: Any, b: Any) -> Any:
    """Σ a⊙b of two matrices of which one at least is sparse."""
    if isinstance(a, np.ndarray):
        a, b = b, a
    if isinstance(b, np.ndarray):
        return a.data @ _at_places(a, b)
    a, b = _once(a), _once(b)
    return a.data @ b.data if _same_places(a, b) else a.multiply(b).sum()


def row_inner(a: Any, b: Any) -> Array:
    """The row sums of A ⊙ B, of which one at least is sparse."""
    if isinstance(a, np.ndarray):
        a, b = b, a
    return hadamard(a, b).sum(axis=1)


def plus_dense(a: Sparse, b: Array) -> Array:
    """The array B with the entries of A added."""
    total: Array = a + b
    return total


def diagonal_matrix(d: Array) -> Sparse:
    """The diagonal matrix of a column."""
    n = len(d)
    return csr_array((d, np.arange(n, dtype=np.int32), np.arange(n + 1, dtype=np.int32)), shape=(n, n))


def block(a: Sparse, r0: int, r1: int, c0: int, c1: int) -> Sparse:
    """A[r0:r1, c0:c1]."""
    return a[r0:r1, c0:c1]


def line(a: Sparse, r0: int, r1: int, c0: int, c1: int) -> Array:
    """A row or a column as an array with one axis, or a single entry."""
    found = a[r0:r1, c0:c1].toarray().reshape(-1)
    return found if len(found) > 1 else found[0]


# ---- factorisations --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Factors:
    """A sparse LU factorisation.

    Attributes
    ----------
    lu : SuperLU
        The factorisation.
    pivots : ndarray, optional
        The diagonal of U, where it was looked at.
    """

    lu: Any
    pivots: Array = None

    @property
    def diagonal(self) -> Array:
        """The diagonal of U."""
        return self.lu.U.diagonal() if self.pivots is None else self.pivots


def lu(a: Sparse, name: str) -> Factors:
    """The LU factorisation of A by SuperLU.

    Raises
    ------
    MatrixError
        Where A is singular.
    """
    factors = lu_or_singular(a)
    if factors is None:
        raise MatrixError(phrase("{name} is singular", name=name))
    return factors


def lu_or_singular(a: Sparse) -> Factors | None:
    """The LU factorisation of A; nothing where A is singular."""
    try:
        return Factors(splu(csc_array(a)))
    except RuntimeError:
        return None


def cholesky(a: Sparse, name: str) -> Factors:
    """The factorisation of a positive definite A: LU without pivoting, U a diagonal times Lᵀ.

    Raises
    ------
    MatrixError
        Where A is not positive definite.
    """
    found = definite_factors(a)
    if isinstance(found, str):
        raise MatrixError(phrase("{name} is not positive definite", name=name))
    if isinstance(found, Phrase):
        raise MatrixError(phrase("{name} is {what}", name=name, what=found))
    return Factors(*found)


def solve(factors: Factors, b: Array, *, transposed: bool = False) -> Array:
    """A⁻¹B or A⁻ᵀB."""
    return factors.lu.solve(np.asarray(b), "T" if transposed else "N")


def inverse(factors: Factors) -> Array:
    """A⁻¹, which has no zeros."""
    n = factors.lu.shape[0]
    return factors.lu.solve(np.eye(n, dtype=factors.diagonal.dtype))


def triangular_solve(a: Sparse, b: Array, name: str, *, lower: bool, transposed: bool = False) -> Array:
    """A⁻¹B or A⁻ᵀB for a triangular matrix.

    Raises
    ------
    MatrixError
        Where there is a zero on the diagonal.
    """
    if not a.diagonal().all():
        raise MatrixError(phrase("{name} is singular", name=name))
    if transposed:
        a, lower = a.T, not lower
    return spsolve_triangular(csr_array(a), b, lower=lower)


def cholesky_log_det(factors: Factors) -> Any:
    """log det A of a positive definite matrix."""
    return np.log(factors.diagonal).sum()


def cholesky_det(factors: Factors) -> Any:
    """Det A of a positive definite matrix."""
    return factors.diagonal.prod()


def lu_log_det(factors: Factors, name: str) -> Any:
    """log det A.

    Raises
    ------
    MatrixError
        Where det A is negative.
    """
    pivots = factors.diagonal
    if _sign(factors.lu, pivots) < 0:
        raise MatrixError(phrase("the determinant of {name} is negative and has no logarithm", name=name))
    return np.log(np.abs(pivots)).sum()


def lu_det(factors: Factors | None) -> Any:
    """Det A; zero of a singular matrix."""
    if factors is None:
        return np.float64(0)
    return _sign(factors.lu, np.ones(1)) * factors.diagonal.prod()


def _sign(factors: Any, pivots: Array) -> float:
    """The sign of a product of pivots after the exchanges of rows and columns."""
    exchanges = _parity(factors.perm_r) + _parity(factors.perm_c)
    return float(np.prod(np.sign(pivots))) * (-1.0) ** exchanges


def _parity(places: Array) -> int:
    """0 or 1: whether a permutation is made of an odd number of exchanges."""
    from_place = places.tolist()
    seen = [False] * len(from_place)
    cycles = 0
    for start in range(len(from_place)):
        if seen[start]:
            continue
        cycles += 1
        at = start
        while not seen[at]:
            seen[at] = True
            at = from_place[at]
    return (len(from_place) - cycles) % 2
