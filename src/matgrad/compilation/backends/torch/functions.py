"""What compiled code for PyTorch needs beside PyTorch's own functions.

All of it may be mapped and differentiated by ``torch.func`` and autograd. Where data lie outside a
domain the result is NaN, or the error of PyTorch's own decomposition.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from matgrad.compilation.backends.base.library import selections
from matgrad.compilation.backends.base.library.functions import DifferentiableFunctions
from matgrad.compilation.backends.base.library.host_equations import Equations
from matgrad.compilation.backends.base.library.low_rank_functions import LowRankFunctions
from matgrad.compilation.backends.base.library.stack_functions import StackFunctions
from matgrad.compilation.backends.torch.equations import solve_on_host

sigmoid = torch.sigmoid
relu = torch.relu
erf = torch.erf
lgamma = torch.lgamma
expm = torch.linalg.matrix_exp


def _largest(x: Any, axes: tuple[int, ...]) -> Any:
    return x.detach().abs().amax(axes, keepdim=True)


def _eye(n: int, like: Any) -> Any:
    return torch.eye(n, dtype=like.dtype, device=like.device)


def _repeat(count: int, step: Callable[[Any], Any], state: Any) -> Any:
    for _ in range(count):
        state = step(state)
    return state


class _Stacks(StackFunctions):
    """Functions of stacks, in the words of PyTorch."""

    def _largest(self, a: Any, axes: tuple[int, ...]) -> Any:
        return a.detach().abs().amax(axes, keepdim=True)

    def _signed_largest(self, a: Any, axes: tuple[int, ...]) -> Any:
        return a.amax(axes, keepdim=True)

    def _along(self, a: Any, places: Any, axis: int) -> Any:
        return torch.take_along_dim(a, places, axis)

    def expm(self, a: Any) -> Any:
        return expm(a)

    def diag(self, v: Any) -> Any:
        return v * _eye(v.shape[-2], v)


_shared = DifferentiableFunctions(torch, _largest, eye=_eye, along=torch.take_along_dim, repeat=_repeat)
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
stacks = _Stacks(torch, _shared)
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


def solve_sylvester(factors: Any, c: Any, adjoint: bool = False) -> Any:
    """The X with A X + X B = C, or with Aᵀ X + X Bᵀ = C."""
    a, b = factors
    return sylvester(a.T, b.T, c) if adjoint else sylvester(a, b, c)


def commutation(m: int, n: int) -> Any:
    """The places of the ones of a commutation matrix."""
    return torch.from_numpy(selections.commutation(m, n))


def duplication(n: int) -> Any:
    """The places of the ones of a duplication matrix."""
    return torch.from_numpy(selections.duplication(n))


def elimination(n: int) -> Any:
    """The places of the ones of an elimination matrix."""
    return torch.from_numpy(selections.elimination(n))


def softplus(x: Any) -> Any:
    """log(1 + exp(x)) to full accuracy, which PyTorch's own has only up to 20."""
    return torch.logaddexp(x, torch.zeros_like(x))


def step(x: Any) -> Any:
    """1 for a positive number and 0 otherwise."""
    return (x > 0).to(x.dtype)


def gamma(x: Any) -> Any:
    """The gamma function, below 0 with the sign that it has there."""
    sign = torch.where(x > 0, 1.0, 1 - 2 * torch.remainder(torch.floor(x), 2)).to(x.dtype)
    return sign * torch.exp(torch.lgamma(x))


def polygamma(order: int, x: Any) -> Any:
    """The derivative of that order of the digamma function; PyTorch's own trigamma has few digits."""
    if order != 1:
        return torch.special.polygamma(order, x)
    above = torch.where(x > 0, x, 1 - x)
    series = torch.special.zeta(torch.full_like(above, 2), above)
    reflected = (torch.pi / torch.sin(torch.pi * torch.where(x > 0, 0.5, x))) ** 2 - series
    return torch.where(x > 0, series, reflected)


def softmax(x: Any, axis: int) -> Any:
    """exp(x) / Σ exp(x) along an axis."""
    return torch.softmax(x, axis)


def log_softmax(x: Any, axis: int) -> Any:
    """x − log Σ exp(x) along an axis."""
    return torch.log_softmax(x, axis)


def logsumexp(x: Any, axis: int) -> Any:
    """log Σ exp(x) along an axis."""
    return torch.logsumexp(x, axis)


def is_max(x: Any) -> Any:
    """1 at the largest entry (the first of equals, column by column), 0 elsewhere."""
    flat = x.T.reshape(-1) if x.ndim == 2 else x
    # argmax does not promise the first of equals; the smallest place of a largest entry is it.
    places = torch.arange(flat.shape[0], device=x.device)
    first = torch.where(flat == flat.max(), places, flat.shape[0]).min()
    chosen = (places == first).to(x.dtype)
    return chosen.reshape(x.shape[1], x.shape[0]).T if x.ndim == 2 else chosen


def scatter_rows(a: Any, places: Any, rows: int) -> Any:
    """The sums of the rows of ``a`` that share a place."""
    zeros = torch.zeros((rows, *a.shape[1:]), dtype=a.dtype, device=a.device)
    return zeros.index_add(0, places.to(a.device), a)


def _as_columns(b: Any) -> Any:
    return b[:, None] if b.ndim == 1 else b


def lu_factor(a: Any) -> Any:
    """An LU factorisation."""
    return torch.linalg.lu_factor(a)


def solve_lu(factor: Any, b: Any, transposed: bool = False) -> Any:
    """Solve with a factorised matrix, or with its transpose."""
    lu, pivots = factor
    return torch.linalg.lu_solve(lu, pivots, _as_columns(b), adjoint=transposed).reshape(b.shape)


def solve_cholesky(factor: Any, b: Any) -> Any:
    """Solve with a matrix whose lower Cholesky factor is given."""
    return torch.cholesky_solve(_as_columns(b), factor).reshape(b.shape)


_low_rank = LowRankFunctions(torch, eye=_eye, solve=solve_cholesky)
low_rank = _low_rank.factor
low_rank_log_det = _low_rank.log_det
low_rank_solve = _low_rank.solve
low_rank_solve_own = _low_rank.solve_own
low_rank_inverse_diagonal = _low_rank.inverse_diagonal
low_rank_inner, low_rank_trace = _low_rank.inner, _low_rank.trace
low_rank_trace_with, low_rank_diagonal_with = _low_rank.trace_with, _low_rank.diagonal_with
kronecker_inverse = _low_rank.kronecker_inverse
kronecker_log_det = _low_rank.kronecker_log_det


def solve_triangular(a: Any, b: Any, lower: bool, transposed: bool = False) -> Any:
    """Solve with a triangular matrix, or with its transpose."""
    matrix, upper = (a.T, lower) if transposed else (a, not lower)
    return torch.linalg.solve_triangular(matrix, _as_columns(b), upper=upper).reshape(b.shape)


def _sign_of_pivots(pivots: Any, dtype: Any) -> Any:
    swaps = (pivots != torch.arange(1, pivots.shape[-1] + 1, device=pivots.device)).sum()
    return (1 - 2 * (swaps % 2)).to(dtype)


def _by_condition(a: Any, regular: Callable[[Any], Any], singular: Callable[[Any], Any]) -> Any:
    """One way for a well conditioned matrix, another for others.

    Each way is taken with a matrix on which it has a derivative, so that none of them is no number.
    """
    values = torch.linalg.svdvals(a.detach())
    good = values[-1] > 100 * _shared.epsilon(a.dtype) ** 0.5 * values[0]
    distinct = torch.diag(torch.arange(1, a.shape[0] + 1, dtype=a.dtype, device=a.device))
    return torch.where(
        good, regular(torch.where(good, a, _eye(len(a), a))), singular(torch.where(good, distinct, a))
    )


def adjugate(a: Any) -> Any:
    """det(A) A⁻¹; from the singular values where A is ill conditioned."""
    return _by_condition(a, _shared.regular_adjugate, _shared.singular_adjugate)


def det_hessian(a: Any) -> Any:
    """The second derivative of det on vec(A), likewise."""
    return _by_condition(a, _shared.regular_det_hessian, _shared.singular_det_hessian)


def log_det_lu(factor: Any) -> Any:
    """log det, from an LU factorisation; NaN where the determinant is not positive."""
    lu, pivots = factor
    diagonal = torch.diagonal(lu)
    sign = _sign_of_pivots(pivots, lu.dtype) * torch.sign(diagonal).prod()
    return torch.where(sign > 0, diagonal.abs().log().sum(), torch.nan)


def kron(a: Any, b: Any) -> Any:
    """The Kronecker product; PyTorch's own takes no transposes."""
    return torch.kron(a.contiguous(), b.contiguous())
