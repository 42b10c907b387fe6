"""What compiled code for Dask needs beside Dask's own functions: all of it stays lazy.

Factorisations and rearrangements of small matrices are tasks of their own, on arrays in one piece.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import dask.array as da
import numpy as np
import scipy.linalg
import scipy.special
from dask.delayed import delayed

from matgrad.compilation.backends.base.library.functions import SharedFunctions
from matgrad.compilation.backends.base.library.selections import (
    commutation as commutation,
    duplication as duplication,
    elimination as elimination,
)
from matgrad.compilation.backends.numpy import (
    exponentials,
    linear_algebra,
    low_rank as thin,
    matrix_functions,
)
from matgrad.compilation.backends.numpy.each_member import EACH
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import Symbol
from matgrad.core.facts import SQUARE_ONLY, Fact
from matgrad.core.words import Phrase, phrase
from matgrad.numeric.contradictions import contradiction, contradiction_of_gram
from matgrad.numeric.inputs import check_declared

sigmoid = scipy.special.expit
erf = scipy.special.erf
lgamma = scipy.special.gammaln
gamma = scipy.special.gamma
"""NumPy's universal functions act on the blocks of a Dask array."""


def in_one_piece(a: Any) -> Any:
    """An array as one task; factorisations are so already."""
    if not isinstance(a, da.Array):
        return a
    return a.rechunk(-1).to_delayed().item()


def task(function: Callable[..., Any], *operands: Any, **named: Any) -> Any:
    """A function of whole arrays as a task."""
    return delayed(function, pure=True)(*(in_one_piece(a) for a in operands), **named)


def on_one(
    function: Callable[..., Any], shape: Sequence[int], dtype: Any, *operands: Any, **named: Any
) -> Any:
    """A function of whole arrays, computed on one machine, as an array of that shape."""
    result = task(_shaped, function, tuple(shape), dtype, *operands, **named)
    return da.from_delayed(result, shape=tuple(shape), dtype=dtype)


def _shaped(
    function: Callable[..., Any], shape: tuple[int, ...], dtype: Any, *operands: Any, **named: Any
) -> Any:
    return np.asarray(function(*operands, **named), dtype=dtype).reshape(shape)


def _largest(x: Any, axes: tuple[int, ...]) -> Any:
    return abs(x).max(axis=axes, keepdims=True)


_shared = SharedFunctions(da, _largest)
power_or_zero = _shared.power_or_zero
xlogy = _shared.xlogy
norm = _shared.norm
row_norms = _shared.row_norms
over_norms = _shared.over_norms
select = _shared.select
cumsum_from_end = _shared.cumsum_from_end
prods_of_others = _shared.prods_of_others
face_split = _shared.face_split
log_cosh = _shared.log_cosh


class _Stacks:
    """Functions of stacks: each is one task for every block of the first axis, which holds whole members."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return partial(_of_stacks, name)


def _of_stacks(name: str, *given: Any) -> Any:
    arrays = [da.asarray(a) for a in given if isinstance(a, (da.Array, np.ndarray)) and a.ndim >= 2]
    axes = np.broadcast_shapes(*(a.shape[:-2] for a in arrays))
    lead = next(a for a in arrays if a.shape[0] == axes[0] and a.ndim == len(axes) + 2)
    function = partial(_block_of_stacks, name, given[len(arrays) :])
    seen = function(*map(_like, arrays))
    whole = [a.rechunk({k: -1 for k in range(a.ndim) if k or a.ndim == 2}) for a in arrays]
    whole = [a.rechunk({0: lead.chunks[0]}) if a.ndim > 2 and a.shape[0] == axes[0] else a for a in whole]
    chunks = (lead.chunks[0], *((n,) for n in (*axes[1:], *seen.shape[-2:])))
    return da.map_blocks(function, *whole, chunks=chunks, dtype=lead.dtype)


def _like(a: Any) -> Any:
    """One member of the shape of those of a stack, which every function takes: definite, or distinct."""
    rows, columns = a.shape[-2:]
    one = np.ones((rows, columns)) + np.eye(rows, columns)
    if columns == 1:
        one = np.arange(1.0, rows + 1)[:, None]
    return one.reshape((1,) * (a.ndim - 2) + one.shape)


def _block_of_stacks(name: str, numbers: Sequence[Any], *arrays: Any) -> Any:
    return getattr(EACH, name)(*arrays, *numbers)


stacks = _Stacks()


def softplus(x: Any) -> Any:
    """log(1 + exp(x)) without overflow."""
    return da.logaddexp(x, 0)


def relu(x: Any) -> Any:
    """The larger of a number and 0."""
    return da.maximum(x, 0)


def step(x: Any) -> Any:
    """1 for a positive number and 0 otherwise."""
    return (x > 0).astype(x.dtype)


def polygamma(order: int, x: Any) -> Any:
    """The derivative of that order of the digamma function."""
    return da.map_blocks(partial(scipy.special.polygamma, order), x, dtype=x.dtype)


def logsumexp(x: Any, axis: int) -> Any:
    """log Σ exp(x) along an axis, without overflow."""
    top = x.max(axis=axis, keepdims=True)
    return (top + da.log(da.exp(x - top).sum(axis=axis, keepdims=True))).sum(axis=axis)


def log_softmax(x: Any, axis: int) -> Any:
    """x − log Σ exp(x) along an axis."""
    shifted = x - x.max(axis=axis, keepdims=True)
    return shifted - da.log(da.exp(shifted).sum(axis=axis, keepdims=True))


def softmax(x: Any, axis: int) -> Any:
    """exp(x) / Σ exp(x) along an axis."""
    e = da.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def is_max(a: Any) -> Any:
    """1 at the largest entry (the first of equals, column by column), 0 elsewhere."""
    if a.ndim == 1:
        return (da.arange(a.shape[0], chunks=a.chunks) == a.argmax(axis=0)).astype(a.dtype)
    return on_one(matrix_functions.is_max, a.shape, a.dtype, a)


def block_products(x: Any, f: Any, count: int) -> Any:
    """The block diagonal matrix of Xᵀ F_a for the blocks F = [F_1, F_2, …] of columns."""
    return on_one(_on_diagonal, (count * x.shape[1], f.shape[1]), x.dtype, x.T @ f, count)


def _on_diagonal(products: Any, count: int) -> Any:
    return scipy.linalg.block_diag(*np.hsplit(products, count))


def kron_apply(a: Any, b: Any, m: Any) -> Any:
    """(A ⊗ B) M, with the Kronecker product never formed."""
    return on_one(_kron_apply, (a.shape[0] * b.shape[0], m.shape[1]), m.dtype, a, b, m)


def _kron_apply(a: Any, b: Any, m: Any) -> Any:
    return np.einsum("in,jq,nqk->ijk", a, b, m.reshape(a.shape[1], b.shape[1], -1), optimize=True)


def kron_combination(*terms: tuple[float, Any, Any, bool]) -> Any:
    """Σ c A ⊗ B; where a term is turned, the column (l, j) is a_j ⊗ b_l."""
    factors = [matrix for _, a, b, _ in terms for matrix in (a, b)]
    (rows, columns), (more_rows, more_columns) = factors[0].shape, factors[1].shape
    signs = [(factor, turned) for factor, _, _, turned in terms]
    shape = (rows * more_rows, columns * more_columns)
    return on_one(_kron_combination, shape, factors[0].dtype, *factors, signs=signs)


def _kron_combination(*factors: Any, signs: Sequence[tuple[float, bool]]) -> Any:
    total: Any = 0
    for (factor, turned), a, b in zip(signs, factors[::2], factors[1::2], strict=True):
        cube = np.einsum("ij,pq->ipqj" if turned else "ij,pq->ipjq", a, b)
        total = total + factor * cube.reshape(len(a) * len(b), -1)
    return total


def scatter_rows(a: Any, places: Any, rows: int) -> Any:
    """The sums of the rows of ``a`` that share a place."""
    return on_one(_scatter, (rows, *a.shape[1:]), a.dtype, a, places, rows)


def _scatter(a: Any, places: Any, rows: int) -> Any:
    result = np.zeros((rows, *a.shape[1:]), dtype=a.dtype)
    np.add.at(result, places, a)
    return result


def kron(a: Any, b: Any) -> Any:
    """The Kronecker product; NumPy's own would compute Dask arrays at once."""
    shape = [m * n for m, n in zip(a.shape, b.shape, strict=True)]
    return on_one(np.kron, shape, a.dtype, a, b)


def joined(parts: Sequence[Any]) -> Any:
    """Numbers and arrays with one axis, one behind the other."""
    return da.concatenate([a.reshape(1) if a.ndim == 0 else a for a in parts])


def linear(function: str, shape: Sequence[int], dtype: Any, *operands: Any, **named: Any) -> Any:
    """A function of :mod:`matgrad.compilation.backends.numpy.linear_algebra` as an array."""
    return on_one(getattr(linear_algebra, function), shape, dtype, *operands, **named)


def solve(function: str, matrix: Any, b: Any, *details: Any, **named: Any) -> Any:
    """Solve for every block of columns of ``b``, with a matrix or factorisation that is whole."""
    b = b.rechunk({0: -1})
    given = task(np.asarray, matrix) if isinstance(matrix, da.Array) else matrix
    return da.map_blocks(
        _solve, b, function=function, matrix=given, details=details, named=named, dtype=b.dtype
    )


def _solve(b: Any, function: str, matrix: Any, details: Any, named: Any) -> Any:
    return getattr(linear_algebra, function)(matrix, b, *details, **named)


def low_rank(d: Any, u: Any, name: str, v: Any = None, **named: Any) -> Any:
    """The factorisation of a diagonal matrix plus one of low rank, for those who solve with it."""
    return task(thin.low_rank, d, u, name, v=None if v is None else in_one_piece(v), **named)


def low_rank_solve(factors: Any, b: Any, transposed: bool = False) -> Any:
    """Solve for every block of columns of ``b``."""
    b = b.rechunk({0: -1})
    given = {"factors": factors, "transposed": transposed}
    return da.map_blocks(_low_rank_solve, b, **given, dtype=b.dtype, meta=b._meta)


def _low_rank_solve(b: Any, factors: Any, transposed: bool) -> Any:
    return thin.low_rank_solve(factors, b, transposed)


def of_low_rank(function: str, shape: Sequence[int], dtype: Any, *operands: Any, **named: Any) -> Any:
    """A function of :mod:`matgrad.compilation.backends.numpy.low_rank` as an array."""
    return on_one(getattr(thin, function), shape, dtype, *operands, **named)


def expm_steps(a: Any, name: str) -> Any:
    """The steps of a matrix exponential, for those who read them."""
    return task(exponentials.expm_steps, a, name)


def sylvester_factors(a: Any, b: Any, name: str) -> Any:
    """The coefficients of a Sylvester equation, for those who solve it."""
    return task(matrix_functions.sylvester_factors, a, b, name)


def of_steps(function: str, shape: Sequence[int], dtype: Any, *operands: Any) -> Any:
    """A function of :mod:`matgrad.compilation.backends.numpy.exponentials` as an array."""
    return on_one(getattr(exponentials, function), shape, dtype, *operands)


def det(a: Any) -> Any:
    """The determinant; 0 of a singular matrix."""
    return on_one(np.linalg.det, (), a.dtype, a)


def factor(function: str, *operands: Any) -> Any:
    """A factorisation of the linear algebra for NumPy, for those who solve with it."""
    return task(getattr(linear_algebra, function), *operands)


def matrix(function: str, shape: Sequence[int], dtype: Any, *operands: Any, **named: Any) -> Any:
    """A function of :mod:`matgrad.compilation.backends.numpy.matrix_functions` as an array."""
    return on_one(getattr(matrix_functions, function), shape, dtype, *operands, **named)


def power_of(a: Any, exponent: Any, name: str) -> Any:
    """A square matrix to a whole power that is an array."""
    return on_one(_power, a.shape, a.dtype, a, exponent, name)


def _power(a: Any, exponent: Any, name: str) -> Any:
    return matrix_functions.matrix_power(a, float(exponent), name)


def eigh(a: Any, name: str) -> Any:
    """Eigenvalues and eigenvectors, for :func:`item`."""
    return task(matrix_functions.eigh, a, name)


def svd(a: Any) -> Any:
    """U, s and V, for :func:`item`."""
    return task(matrix_functions.svd, a)


def item(whole: Any, place: int, shape: Sequence[int], dtype: Any) -> Any:
    """One part of a decomposition."""
    return on_one(_item, shape, dtype, whole, place)


def _item(whole: Any, place: int) -> Any:
    return whole[place]


def require_gaps(a: Any, column: Any, name: str, only: int | None = None) -> Any:
    """An array, with an error where two entries of a column coincide."""
    return on_one(_with_gaps, a.shape, a.dtype, a, column, name, only)


def _with_gaps(a: Any, column: Any, name: str, only: int | None) -> Any:
    matrix_functions.require_gaps(column, name, only)
    return a


def require_nonzero(a: Any, column: Any, name: str) -> Any:
    """An array, with an error where an entry of a column is zero."""
    return on_one(_without_zeros, a.shape, a.dtype, a, column, name)


def _without_zeros(a: Any, column: Any, name: str) -> Any:
    matrix_functions.require_nonzero(column, name)
    return a


_BY_ENTRY = Fact.POSITIVE | Fact.NONNEGATIVE | Fact.INTEGER


def held(symbol: Symbol, a: Any) -> Any:
    """An array, with an error where it contradicts what is declared of its variable.

    Blocks of rows are looked at where they lie; only their sums and products are brought together.
    """
    facts = symbol.facts
    a = a if a.dtype.kind == "f" else a.astype(float)
    if facts & SQUARE_ONLY:
        return on_one(_held, a.shape, a.dtype, a, symbol)
    if facts & _BY_ENTRY:
        a = a.map_blocks(_held_block, symbol.label, facts & _BY_ENTRY, dtype=a.dtype, meta=a._meta)
    if facts & Fact.SIMPLEX:
        a = a + on_one(_simplex, (), a.dtype, a.sum(axis=0), symbol.label)
    if facts & Fact.SIMPLEX_ROWS:
        a = a + on_one(_simplex_rows, (), a.dtype, a.sum(axis=1), symbol.label)
    if facts & Fact.ORTHONORMAL_COLUMNS:
        a = a + on_one(_orthonormal, (), a.dtype, a.T @ a, symbol.label)
    return a


def _held(a: Any, symbol: Symbol) -> Any:
    check_declared(symbol, a)
    return a


def _held_block(a: Any, name: str, facts: Fact) -> Any:
    _refuse(name, contradiction(facts, a))
    return a


def _simplex(sums: Any, name: str) -> Any:
    _refuse(name, contradiction(Fact.SIMPLEX, np.atleast_2d(sums)))
    return 0


def _simplex_rows(sums: Any, name: str) -> Any:
    _refuse(name, contradiction(Fact.SIMPLEX_ROWS, np.reshape(sums, (-1, 1))))
    return 0


def _orthonormal(gram: Any, name: str) -> Any:
    _refuse(name, contradiction_of_gram(np.atleast_2d(gram)))
    return 0


def _refuse(name: str, problem: Phrase | None) -> None:
    if problem:
        raise EvaluationError(phrase("{name} is declared {problem}", name=name, problem=problem))
