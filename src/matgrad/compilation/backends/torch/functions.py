"""What compiled code for PyTorch needs beside PyTorch's own functions.

All of it may be mapped and differentiated by ``torch.func`` and autograd. Where data lie outside a
domain the result is NaN, or the error of PyTorch's own decomposition.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from matgrad.compilation.backends.base.library import selections
from matgrad.compilation.backends.base.library.functions import SharedFunctions
from matgrad.compilation.backends.base.library.iterations import DOUBLINGS, NODES, ROOTS, WEIGHTS

sigmoid = torch.sigmoid
relu = torch.relu
erf = torch.erf
lgamma = torch.lgamma
expm = torch.linalg.matrix_exp


def _largest(x: Any, axes: tuple[int, ...]) -> Any:
    return x.detach().abs().amax(axes, keepdim=True)


_shared = SharedFunctions(torch, _largest)
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


def log_cosh(x: Any) -> Any:
    """log(cosh x) without overflow."""
    size = x.abs()
    return size + torch.log1p(torch.exp(-2 * size)) - 0.6931471805599453


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


def solve_triangular(a: Any, b: Any, lower: bool, transposed: bool = False) -> Any:
    """Solve with a triangular matrix, or with its transpose."""
    matrix, upper = (a.T, lower) if transposed else (a, not lower)
    return torch.linalg.solve_triangular(matrix, _as_columns(b), upper=upper).reshape(b.shape)


def _sign_of_pivots(pivots: Any, dtype: Any) -> Any:
    swaps = (pivots != torch.arange(1, pivots.shape[-1] + 1, device=pivots.device)).sum()
    return (1 - 2 * (swaps % 2)).to(dtype)


def _singular_adjugate(a: Any) -> Any:
    """det(U) det(V) V diag(∏_{j≠i} s_j) Uᵀ for A = U diag(s) Vᵀ."""
    u, s, vt = torch.linalg.svd(a)
    diagonal = torch.eye(len(s), dtype=torch.bool, device=a.device)
    others = torch.where(diagonal, 1, s).prod(1)
    sign = torch.sign(torch.linalg.det(u) * torch.linalg.det(vt))
    return (vt.T * (sign * others)) @ u.T


def _singular_det_hessian(a: Any) -> Any:
    """det(U) det(V) times the second derivative of ∏ s_i in the bases U and V."""
    n = a.shape[0]
    u, s, vt = torch.linalg.svd(a)
    left_out = torch.eye(n, dtype=torch.bool, device=a.device)
    others = torch.where(left_out[:, None] | left_out[None], 1, s).prod(2)
    others = torch.where(left_out, 0, others) * torch.sign(torch.linalg.det(u) * torch.linalg.det(vt))
    ones = torch.einsum("ai,ib,ij,cj,jd->badc", u, vt, others, u, vt)
    crossed = torch.einsum("ai,jb,ij,cj,id->badc", u, vt, others, u, vt)
    return (ones - crossed).reshape(n * n, n * n)


def _by_condition(a: Any, regular: Callable[[Any], Any], singular: Callable[[Any], Any]) -> Any:
    """One way for a well conditioned matrix, another for others.

    Each way is taken with a matrix on which it has a derivative, so that none of them is no number.
    """
    values = torch.linalg.svdvals(a.detach())
    good = values[-1] > 100 * torch.finfo(a.dtype).eps ** 0.5 * values[0]
    identity = torch.eye(a.shape[0], dtype=a.dtype, device=a.device)
    distinct = torch.diag(torch.arange(1, a.shape[0] + 1, dtype=a.dtype, device=a.device))
    return torch.where(
        good, regular(torch.where(good, a, identity)), singular(torch.where(good, distinct, a))
    )


def adjugate(a: Any) -> Any:
    """det(A) A⁻¹; from the singular values where A is ill conditioned."""
    return _by_condition(a, lambda x: torch.linalg.det(x) * torch.linalg.inv(x), _singular_adjugate)


def det_hessian(a: Any) -> Any:
    """The second derivative of det on vec(A), likewise."""
    return _by_condition(a, _shared.regular_det_hessian, _singular_det_hessian)


def log_det_lu(factor: Any) -> Any:
    """log det, from an LU factorisation; NaN where the determinant is not positive."""
    lu, pivots = factor
    diagonal = torch.diagonal(lu)
    sign = _sign_of_pivots(pivots, lu.dtype) * torch.sign(diagonal).prod()
    return torch.where(sign > 0, diagonal.abs().log().sum(), torch.nan)


def matrix_power(a: Any, exponent: Any) -> Any:
    """A square matrix to a whole power held by a tensor, by repeated squaring.

    31 squarings reach every whole number of 32 bits; what is not needed is not computed with, so
    that neither values nor derivatives overflow. NaN where the exponent is not whole.
    """
    identity = torch.eye(a.shape[0], dtype=a.dtype, device=a.device)
    negative = exponent < 0
    base = torch.where(negative, torch.linalg.inv(torch.where(negative, a, identity)), a)
    rest = exponent.abs().round().long()
    result, power = identity, base
    for _ in range(31):
        result = torch.where(rest % 2 == 1, result @ power, result)
        rest = rest // 2
        power = torch.where(rest > 0, power @ power, identity)
    return torch.where(exponent.round() == exponent, result, torch.nan)


def sqrtm(a: Any) -> Any:
    """The principal square root, by the product form of the Denman–Beavers iteration.

    Higham (2008), eq. 6.29; scaling by the determinant makes it converge in a few of the fixed
    number of steps.
    """
    n = a.shape[0]
    identity = torch.eye(n, dtype=a.dtype, device=a.device)
    m, x = a, a
    for number in range(ROOTS):
        inverse = torch.linalg.inv(m)
        if number < ROOTS // 2:
            mu = torch.exp(-torch.linalg.slogdet(m)[1] / (2 * n))
        else:
            mu = torch.ones((), dtype=a.dtype, device=a.device)
        x = mu / 2 * x @ (identity + inverse / mu**2)
        m = (identity + (mu**2 * m + inverse / mu**2) / 2) / 2
    return x


def logm(a: Any) -> Any:
    """The principal logarithm of a matrix.

    By inverse scaling: square roots until the matrix is near the identity, there a Padé approximant
    in partial fractions, which are Gauss-Legendre nodes (Higham, 2008, eq. 11.18).
    """
    identity = torch.eye(a.shape[0], dtype=a.dtype, device=a.device)
    root = a
    for _ in range(DOUBLINGS):
        root = sqrtm(root)
    near = root - identity
    total = torch.zeros_like(a)
    for x, weight in zip(NODES, WEIGHTS, strict=True):
        total = total + weight * torch.linalg.solve(identity + x * near, near)
    return 2**DOUBLINGS * total


def kron(a: Any, b: Any) -> Any:
    """The Kronecker product; PyTorch's own takes no transposes."""
    return torch.kron(a.contiguous(), b.contiguous())


def block_products(x: Any, f: Any, count: int) -> Any:
    """The block diagonal matrix of Xᵀ F_a for the blocks F = [F_1, F_2, …] of columns."""
    rows, columns = x.shape[1], f.shape[1] // count
    blocks = (x.T @ f).reshape(rows, count, columns)
    whole = torch.einsum("iaj,ab->aibj", blocks, torch.eye(count, dtype=x.dtype, device=x.device))
    return whole.reshape(count * rows, count * columns)


def sylvester(a: Any, b: Any, c: Any) -> Any:
    """The X with A X + X B = C, as one linear system on vec(X)."""
    m, n = c.shape
    eye_m = torch.eye(m, dtype=c.dtype, device=c.device)
    eye_n = torch.eye(n, dtype=c.dtype, device=c.device)
    system = kron(eye_n, a) + kron(b.T, eye_m)
    return torch.linalg.solve(system, c.T.reshape(-1)).reshape(n, m).T


def _signs(columns: Any) -> Any:
    """The sign of the entry of largest magnitude of each column."""
    places = columns.abs().argmax(0)
    largest = torch.take_along_dim(columns, places[None, :], 0)[0]
    return torch.where(largest < 0, -1.0, 1.0).to(columns.dtype)


def eigh(a: Any) -> tuple[Any, Any]:
    """Ascending eigenvalues and eigenvectors, the entry of largest magnitude of each positive."""
    values, vectors = torch.linalg.eigh(a)
    return values, vectors * _signs(vectors)


def svd(a: Any) -> tuple[Any, Any, Any]:
    """U, s, V; the entry of largest magnitude of each column of U is positive."""
    u, s, vt = torch.linalg.svd(a, full_matrices=False)
    signs = _signs(u)
    return u * signs, s, vt.T * signs


def require_gaps(result: Any, values: Any, only: int | None = None) -> Any:
    """The result, or NaN where two of the values coincide."""
    far = torch.diag(torch.full_like(values, torch.inf))
    gaps = (values[:, None] - values[None, :]).abs() + far
    nearest = gaps.min() if only is None else gaps[only].min()
    bound = 8 * torch.finfo(values.dtype).eps * values.abs().max()
    return torch.where(nearest > bound, result, torch.nan)


def require_nonzero(result: Any, values: Any) -> Any:
    """The result, or NaN where one of the values is zero."""
    size = values.abs()
    return torch.where(size.min() > 8 * torch.finfo(values.dtype).eps * size.max(), result, torch.nan)
