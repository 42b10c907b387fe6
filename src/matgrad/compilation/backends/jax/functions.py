"""What compiled code for JAX needs beside JAX's own functions.

All of it may be traced, mapped and differentiated. Where data lie outside a domain the result is NaN:
under tracing no error can be raised.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl

from matgrad.compilation.backends.base.library.functions import SharedFunctions
from matgrad.compilation.backends.base.library.iterations import DOUBLINGS, NODES, ROOTS, WEIGHTS
from matgrad.compilation.backends.base.library.selections import (
    commutation as commutation,
    duplication as duplication,
    elimination as elimination,
)

sigmoid = jax.nn.sigmoid
softplus = jax.nn.softplus
relu = jax.nn.relu
erf = jax.scipy.special.erf
lgamma = jax.scipy.special.gammaln
gamma = jax.scipy.special.gamma
polygamma = jax.scipy.special.polygamma
expm = jsl.expm


def _largest(x: Any, axes: tuple[int, ...]) -> Any:
    return jax.lax.stop_gradient(jnp.max(jnp.abs(x), axis=axes, keepdims=True, initial=0))


_shared = SharedFunctions(jnp, _largest)
power_or_zero = _shared.power_or_zero
xlogy = _shared.xlogy
norm = _shared.norm
row_norms = _shared.row_norms
over_norms = _shared.over_norms
select = _shared.select
cumsum_from_end = _shared.cumsum_from_end
prods_of_others = _shared.prods_of_others
face_split = _shared.face_split
kron_apply = _shared.kron_apply
kron_combination = _shared.kron_combination
deflated_pinv = _shared.deflated_pinv


def step(x: Any) -> Any:
    """1 for a positive number and 0 otherwise."""
    return (x > 0).astype(x.dtype)


def log_cosh(x: Any) -> Any:
    """log(cosh x) without overflow."""
    size = jnp.abs(x)
    return size + jnp.log1p(jnp.exp(-2 * size)) - jnp.log(2.0).astype(x.dtype)


def softmax(x: Any, axis: int) -> Any:
    """exp(x) / Σ exp(x) along an axis."""
    return jax.nn.softmax(x, axis=axis)


def log_softmax(x: Any, axis: int) -> Any:
    """x − log Σ exp(x) along an axis."""
    return jax.nn.log_softmax(x, axis=axis)


def logsumexp(x: Any, axis: int) -> Any:
    """log Σ exp(x) along an axis."""
    return jax.nn.logsumexp(x, axis=axis)


def is_max(x: Any) -> Any:
    """1 at the largest entry (the first of equals, column by column), 0 elsewhere."""
    flat = x.T.reshape(-1)
    chosen = (jnp.arange(flat.size) == jnp.argmax(flat)).astype(x.dtype)
    return chosen.reshape(x.T.shape).T


def scatter_rows(a: Any, places: Any, rows: int) -> Any:
    """The sums of the rows of ``a`` that share a place."""
    return jnp.zeros((rows, *a.shape[1:]), a.dtype).at[places].add(a)


def lu_factor(a: Any) -> Any:
    """An LU factorisation."""
    return jsl.lu_factor(a)


def solve_lu(factor: Any, b: Any, transposed: bool = False) -> Any:
    """Solve with a factorised matrix, or with its transpose."""
    return jsl.lu_solve(factor, b, trans=int(transposed))


def solve_cholesky(factor: Any, b: Any) -> Any:
    """Solve with a matrix whose lower Cholesky factor is given."""
    return jsl.cho_solve((factor, True), b)


def solve_triangular(a: Any, b: Any, lower: bool, transposed: bool = False) -> Any:
    """Solve with a triangular matrix, or with its transpose."""
    return jsl.solve_triangular(a, b, lower=lower, trans=int(transposed))


def _sign_of_pivots(pivots: Any, dtype: Any) -> Any:
    swaps = jnp.sum(pivots != jnp.arange(pivots.shape[-1]))
    return (1 - 2 * (swaps % 2)).astype(dtype)


def det_lu(factor: Any) -> Any:
    """The determinant, from an LU factorisation."""
    lu, pivots = factor
    return _sign_of_pivots(pivots, lu.dtype) * jnp.prod(jnp.diagonal(lu))


def _singular_adjugate(a: Any) -> Any:
    """det(U) det(V) V diag(∏_{j≠i} s_j) Uᵀ for A = U diag(s) Vᵀ."""
    u, s, vt = jnp.linalg.svd(a)
    others = jnp.prod(jnp.where(jnp.eye(len(s), dtype=bool), 1, s), axis=1)
    sign = jnp.sign(jnp.linalg.det(u) * jnp.linalg.det(vt))
    return (vt.T * (sign * others)) @ u.T


def _singular_det_hessian(a: Any) -> Any:
    """det(U) det(V) times the second derivative of ∏ s_i in the bases U and V."""
    n = a.shape[0]
    u, s, vt = jnp.linalg.svd(a)
    left_out = jnp.eye(n, dtype=bool)
    others = jnp.prod(jnp.where(left_out[:, None] | left_out[None], 1, s), axis=2)
    others = jnp.where(left_out, 0, others) * jnp.sign(jnp.linalg.det(u) * jnp.linalg.det(vt))
    ones = jnp.einsum("ai,ib,ij,cj,jd->badc", u, vt, others, u, vt)
    crossed = jnp.einsum("ai,jb,ij,cj,id->badc", u, vt, others, u, vt)
    return (ones - crossed).reshape(n * n, n * n)


def _is_regular(a: Any) -> Any:
    singular = jnp.linalg.svd(jax.lax.stop_gradient(a), compute_uv=False)
    return singular[-1] > 100 * _epsilon(a.dtype) ** 0.5 * singular[0]


def adjugate(a: Any) -> Any:
    """det(A) A⁻¹; from the singular values where A is ill conditioned."""
    return jax.lax.cond(
        _is_regular(a), lambda x: jnp.linalg.det(x) * jnp.linalg.inv(x), _singular_adjugate, a
    )


def det_hessian(a: Any) -> Any:
    """The second derivative of det on vec(A), likewise."""
    return jax.lax.cond(_is_regular(a), _shared.regular_det_hessian, _singular_det_hessian, a)


def log_det_lu(factor: Any) -> Any:
    """log det, from an LU factorisation; NaN where the determinant is not positive."""
    lu, pivots = factor
    diagonal = jnp.diagonal(lu)
    sign = _sign_of_pivots(pivots, lu.dtype) * jnp.prod(jnp.sign(diagonal))
    return jnp.where(sign > 0, jnp.sum(jnp.log(jnp.abs(diagonal))), jnp.nan)


def matrix_power(a: Any, exponent: Any) -> Any:
    """A square matrix to a whole power that may be traced, by repeated squaring.

    31 squarings reach every whole number of 32 bits; what is not needed is not computed with, so
    that neither values nor derivatives overflow. NaN where the exponent is not whole.
    """
    n = a.shape[0]
    identity = jnp.eye(n, dtype=a.dtype)
    negative = exponent < 0
    base = jnp.where(negative, jnp.linalg.inv(jnp.where(negative, a, identity)), a)
    whole = jnp.round(jnp.abs(exponent)).astype(jnp.int32)

    def square(_: Any, state: Any) -> Any:
        result, power, rest = state
        result = jnp.where(rest % 2 == 1, result @ power, result)
        rest = rest // 2
        return result, jnp.where(rest > 0, power @ power, identity), rest

    result = jax.lax.fori_loop(0, 31, square, (identity, base, whole))[0]
    return jnp.where(jnp.round(exponent) == exponent, result, jnp.nan)


def sqrtm(a: Any) -> Any:
    """The principal square root, by the product form of the Denman–Beavers iteration.

    Higham (2008), eq. 6.29. The number of steps is fixed, so that the iteration can be differentiated
    in reverse; scaling by the determinant makes it converge in a few.
    """
    n = a.shape[0]
    identity = jnp.eye(n, dtype=a.dtype)

    def step_of(number: Any, state: Any) -> Any:
        m, x = state
        inverse = jnp.linalg.inv(m)
        scaling = jnp.exp(-jnp.linalg.slogdet(m)[1] / (2 * n))
        mu = jnp.where(number < ROOTS // 2, scaling, jnp.ones_like(scaling))
        x = mu / 2 * x @ (identity + inverse / mu**2)
        return (identity + (mu**2 * m + inverse / mu**2) / 2) / 2, x

    return jax.lax.fori_loop(0, ROOTS, step_of, (a, a))[1]


def logm(a: Any) -> Any:
    """The principal logarithm of a matrix.

    By inverse scaling: square roots until the matrix is near the identity, there a Padé approximant
    in partial fractions, which are Gauss-Legendre nodes (Higham, 2008, eq. 11.18).
    """
    identity = jnp.eye(a.shape[0], dtype=a.dtype)
    root = jax.lax.fori_loop(0, DOUBLINGS, lambda _, power: sqrtm(power), a)
    near = root - identity
    terms = [w * jnp.linalg.solve(identity + x * near, near) for x, w in zip(NODES, WEIGHTS, strict=True)]
    return 2**DOUBLINGS * sum(terms[1:], terms[0])


def block_products(x: Any, f: Any, count: int) -> Any:
    """The block diagonal matrix of Xᵀ F_a for the blocks F = [F_1, F_2, …] of columns."""
    rows, columns = x.shape[1], f.shape[1] // count
    blocks = (x.T @ f).reshape(rows, count, columns)
    whole = jnp.einsum("iaj,ab->aibj", blocks, jnp.eye(count, dtype=x.dtype))
    return whole.reshape(count * rows, count * columns)


def sylvester(a: Any, b: Any, c: Any) -> Any:
    """The X with A X + X B = C, as one linear system on vec(X)."""
    m, n = c.shape
    eye_m, eye_n = jnp.eye(m, dtype=c.dtype), jnp.eye(n, dtype=c.dtype)
    system = jnp.kron(eye_n, a) + jnp.kron(b.T, eye_m)
    return jnp.linalg.solve(system, c.T.reshape(-1)).reshape(n, m).T


def _signs(columns: Any) -> Any:
    """The sign of the entry of largest magnitude of each column."""
    places = jnp.argmax(jnp.abs(columns), axis=0)
    largest = jnp.take_along_axis(columns, places[None, :], axis=0)[0]
    return jnp.where(largest < 0, -1, 1).astype(columns.dtype)


def eigh(a: Any) -> tuple[Any, Any]:
    """Ascending eigenvalues and eigenvectors, the entry of largest magnitude of each positive."""
    values, vectors = jnp.linalg.eigh(a)
    return values, vectors * _signs(vectors)


def svd(a: Any) -> tuple[Any, Any, Any]:
    """U, s, V; the entry of largest magnitude of each column of U is positive."""
    u, s, vt = jnp.linalg.svd(a, full_matrices=False)
    signs = _signs(u)
    return u * signs, s, vt.T * signs


def _epsilon(dtype: Any) -> float:
    """The precision of a type."""
    finfo: Any = jnp.finfo
    return float(finfo(dtype).eps)


def require_gaps(result: Any, values: Any, only: int | None = None) -> Any:
    """The result, or NaN where two of the values coincide."""
    gaps = jnp.abs(values[:, None] - values[None, :]) + jnp.diag(
        jnp.full(values.shape, jnp.inf, values.dtype)
    )
    nearest = jnp.min(gaps) if only is None else jnp.min(gaps[only])
    bound = 8 * _epsilon(values.dtype) * jnp.max(jnp.abs(values))
    return jnp.where(nearest > bound, result, jnp.nan)


def require_nonzero(result: Any, values: Any) -> Any:
    """The result, or NaN where one of the values is zero."""
    size = jnp.abs(values)
    return jnp.where(jnp.min(size) > 8 * _epsilon(values.dtype) * jnp.max(size), result, jnp.nan)
