"""What compiled code for JAX needs beside JAX's own functions.

All of it may be traced, mapped and differentiated. Where data lie outside a domain the result is NaN:
under tracing no error can be raised.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import jax.scipy.linalg as jsl

from matgrad.compilation.backends.base.library.functions import DifferentiableFunctions
from matgrad.compilation.backends.base.library.host_equations import Equations
from matgrad.compilation.backends.base.library.low_rank_functions import LowRankFunctions
from matgrad.compilation.backends.base.library.selections import (
    commutation as commutation,
    duplication as duplication,
    elimination as elimination,
)
from matgrad.compilation.backends.base.library.stack_functions import StackFunctions
from matgrad.compilation.backends.jax.equations import solve_on_host

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


def _eye(n: int, like: Any) -> Any:
    return jnp.eye(n, dtype=like.dtype)


def _repeat(count: int, step: Callable[[Any], Any], state: Any) -> Any:
    return jax.lax.fori_loop(0, count, lambda _, before: step(before), state)


_shared = DifferentiableFunctions(jnp, _largest, eye=_eye, along=jnp.take_along_axis, repeat=_repeat)
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
log_cosh = _shared.log_cosh


class _Stacks(StackFunctions):
    """Functions of stacks, with those that JAX has elsewhere."""

    def expm(self, a: Any) -> Any:
        return expm(a)

    def of_one(self, function: Any, *given: Any) -> Any:
        for _ in range(max(a.ndim for a in given) - 2):
            function = jax.vmap(function)
        lead = jnp.broadcast_shapes(*(a.shape[:-2] for a in given))
        return function(*(jnp.broadcast_to(a, (*lead, *a.shape[-2:])) for a in given))


stacks = _Stacks(jnp, _shared)
matrix_power = _shared.matrix_power
sqrtm = _shared.sqrtm
logm = _shared.logm
block_products = _shared.block_products
_equations = Equations(_shared, solve_on_host)
sylvester = _equations.sylvester
stein = _equations.stein
solve_equation = _equations.solve_equation
frechet_expm = partial(_shared.frechet_expm, expm)
riccati = _shared.riccati
eigh = _shared.eigh
svd = _shared.svd
require_gaps = _shared.require_gaps
require_nonzero = _shared.require_nonzero


def step(x: Any) -> Any:
    """1 for a positive number and 0 otherwise."""
    return (x > 0).astype(x.dtype)


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


_low_rank = LowRankFunctions(jnp, eye=_eye, solve=solve_cholesky)
low_rank = _low_rank.factor
low_rank_log_det = _low_rank.log_det
low_rank_solve = _low_rank.solve
low_rank_solve_own = _low_rank.solve_own
low_rank_inverse_diagonal = _low_rank.inverse_diagonal
low_rank_inner, low_rank_trace = _low_rank.inner, _low_rank.trace
low_rank_trace_with, low_rank_diagonal_with = _low_rank.trace_with, _low_rank.diagonal_with
kronecker_inverse = _low_rank.kronecker_inverse
kronecker_log_det = _low_rank.kronecker_log_det


def solve_sylvester(factors: Any, c: Any, adjoint: bool = False) -> Any:
    """The X with A X + X B = C, or with Aᵀ X + X Bᵀ = C."""
    a, b = factors
    return sylvester(a.T, b.T, c) if adjoint else sylvester(a, b, c)


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


def _is_regular(a: Any) -> Any:
    singular = jnp.linalg.svd(jax.lax.stop_gradient(a), compute_uv=False)
    return singular[-1] > 100 * _shared.epsilon(a.dtype) ** 0.5 * singular[0]


def adjugate(a: Any) -> Any:
    """det(A) A⁻¹; from the singular values where A is ill conditioned."""
    return jax.lax.cond(_is_regular(a), _shared.regular_adjugate, _shared.singular_adjugate, a)


def det_hessian(a: Any) -> Any:
    """The second derivative of det on vec(A), likewise."""
    return jax.lax.cond(_is_regular(a), _shared.regular_det_hessian, _shared.singular_det_hessian, a)


def log_det_lu(factor: Any) -> Any:
    """log det, from an LU factorisation; NaN where the determinant is not positive."""
    lu, pivots = factor
    diagonal = jnp.diagonal(lu)
    sign = _sign_of_pivots(pivots, lu.dtype) * jnp.prod(jnp.sign(diagonal))
    return jnp.where(sign > 0, jnp.sum(jnp.log(jnp.abs(diagonal))), jnp.nan)
