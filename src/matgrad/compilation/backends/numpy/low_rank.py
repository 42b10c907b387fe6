"""What compiled code calls for a diagonal matrix plus one of low rank, D + U Vᵀ with k ≪ n columns.

A few rows in which D is small beside U Vᵀ would spoil the formula of Woodbury: what they hold would be a
difference of large numbers. These rows B are kept out and eliminated last (delayed pivots, as in Duff & Reid,
1983): with N the others, G = I + V_Nᵀ D_N⁻¹ U_N and the Schur complement H = D_B + U_B G⁻¹ V_Bᵀ,

    det A = det D_N det G det H,    H x_B = b_B − U_B G⁻¹ y,    x_N = D_N⁻¹ (b_N − U_N G⁻¹ (y + V_Bᵀ x_B))

with y = V_Nᵀ D_N⁻¹ b_N. Where this is not safe, A is formed and factorised.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matgrad.compilation.backends.numpy.linear_algebra import (
    MatrixError,
    cholesky,
    cholesky_inverse,
    cholesky_log_det,
    cholesky_solve,
    diagonal_of,
    lu,
    lu_inverse,
    lu_log_det,
    lu_solve,
)
from matgrad.core.lazy import cached_property
from matgrad.core.words import phrase

Array = Any

_APART = 10.0
"""Rows whose share of U Vᵀ is so many times that of the others are eliminated last."""

_NONE = np.empty(0, dtype=np.intp)

_LOST = 1e4
"""Digits that may be lost in G and H where their signs are not known."""


class _BySolving:
    """What follows of solves, where nothing shorter is at hand."""

    u: Array

    def solve(self, b: Array, transposed: bool = False) -> Array:
        """A⁻¹B or A⁻ᵀB."""
        raise NotImplementedError

    def solve_own(self, transposed: bool = False) -> Array:
        """A⁻¹U or A⁻ᵀV."""
        raise NotImplementedError

    def inverse_diagonal(self) -> Array:
        """The diagonal of A⁻¹."""
        raise NotImplementedError

    def inner(self) -> Array:
        """UᵀA⁻¹U."""
        return self.u.T @ self.solve_own()

    def trace(self) -> Any:
        """tr A⁻¹."""
        return self.inverse_diagonal().sum()

    def trace_with(self, m: Array, product: Array) -> Any:
        """tr(A⁻¹M), with M A⁻¹U at hand."""
        return self.solve(m).trace()

    def diagonal_with(self, m: Array, product: Array) -> Array:
        """The diagonal of A⁻¹MA⁻¹ for symmetric A and M, likewise."""
        return self.solve(self.solve(m).T).diagonal().copy()


class UniformFactors(_BySolving):
    """The factorisation of sI + UUᵀ, positive definite, by sI + UᵀU.

    Parameters
    ----------
    s : float
        The multiple of the identity.
    base : ndarray
        The columns, of shape (n, k).
    root : ndarray, optional
        The R of columns U = BR, which are then formed only where they are asked for.

    Raises
    ------
    MatrixError
        Where this is not safe, or the matrix not positive definite.
    """

    def __init__(self, s: Any, base: Array, root: Array | None = None) -> None:
        if not s > 0:
            raise MatrixError(phrase("the diagonal is not positive"))
        self.s, self.base, self.root = s, base, root
        self.gram = base.T @ base
        if root is not None:
            self.gram = root.T @ self.gram @ root
        small = self.gram.copy()
        diagonal_of(small)[:] += s
        if not small.trace() < np.inf:
            raise MatrixError(phrase("a number is too large"))
        self.small = cholesky(small, "G")

    def log_det(self, name: str) -> Any:
        """log det A."""
        n, k = self.base.shape
        return cholesky_log_det(self.small) + (n - k) * np.log(self.s)

    @cached_property
    def u(self) -> Array:
        """The columns."""
        return self.base if self.root is None else self.base @ self.root

    def solve(self, b: Array, transposed: bool = False) -> Array:
        """A⁻¹B."""
        y = self.base.T @ b
        if self.root is None:
            y = cholesky_solve(self.small, y)
        else:
            y = self.root @ cholesky_solve(self.small, self.root.T @ y)
        out = self.base @ y
        np.subtract(b, out, out=out)
        if self.s != 1:
            out /= self.s
        return out

    def solve_own(self, transposed: bool = False) -> Array:
        """A⁻¹U = U (sI + UᵀU)⁻¹, without a difference."""
        # A copy, as the caller may write on it what is then read again.
        return self._own.copy()

    @cached_property
    def _own(self) -> Array:
        inverse = cholesky_inverse(self.small)
        return self.base @ (inverse if self.root is None else self.root @ inverse)

    def inner(self) -> Array:
        """UᵀA⁻¹U."""
        return cholesky_solve(self.small, self.gram)

    def trace(self) -> Any:
        """tr A⁻¹: of the n eigenvalues all but k are 1/s, so that nothing cancels."""
        return (len(self.base) - self.inner().trace()) / self.s

    def inverse(self) -> Array:
        """A⁻¹."""
        out = self._own @ self.u.T
        np.negative(out, out=out)
        diagonal_of(out)[:] += 1
        out /= self.s
        return out

    def inverse_diagonal(self) -> Array:
        """The diagonal of A⁻¹."""
        return (1 - np.einsum("ij,ij->i", self.u, self._own)) / self.s

    def trace_with(self, m: Array, product: Array) -> Any:
        """tr(A⁻¹M), with M A⁻¹U at hand."""
        return (m.trace() - np.vdot(self.u, product)) / self.s

    def diagonal_with(self, m: Array, product: Array) -> Array:
        """The diagonal of A⁻¹MA⁻¹ for a symmetric M, likewise."""
        inner = self._own @ (self.u.T @ product)
        inner -= 2 * product
        return (m.diagonal() + np.einsum("ij,ij->i", self.u, inner)) / self.s**2


class LowRankFactors(_BySolving):
    """The factorisation of diag(d) + U Uᵀ, positive definite.

    Parameters
    ----------
    d : ndarray
        The diagonal.
    u : ndarray
        The columns, of shape (n, k).

    Raises
    ------
    MatrixError
        Where this is not safe, or the matrix not positive definite.
    """

    last: Array = _NONE

    def __init__(self, d: Array, u: Array) -> None:
        self.d, self.u = d, u
        self.weights = 1 / d
        small = u.T @ self._inner
        # The trace is the sum of the shares of the rows.
        total = sum(small.diagonal().tolist())
        if not (len(d) and self._is_even(total)):
            self.last = _rows_kept_out(d, u, u)
            self.weights = _reciprocals(d, self.last)
            del self._inner
            if not (self.weights >= 0).all():
                raise MatrixError(phrase("the diagonal is not positive"))
            small = u.T @ self._inner
            total = sum(small.diagonal().tolist())
        if not total < np.inf:
            raise MatrixError(phrase("a number is too large"))
        diagonal_of(small)[:] += 1
        self.small = cholesky(small, "G")
        if len(self.last):
            own = u[self.last]
            self.across = cholesky_solve(self.small, own.T)
            schur = own @ self.across
            diagonal_of(schur)[:] += d[self.last]
            self.schur = cholesky(schur, "H")

    def _is_even(self, total: float) -> bool:
        """Whether no row is kept out, as far as the largest share and the sum of all say."""
        n, k = self.u.shape
        if not (n > k and total < np.inf and self.d.min() > 0):
            return False
        top = float((self.u * self._inner).dot(np.ones(k, self.u.dtype)).max())
        # The largest but k is at least the mean of what k of the largest size leave.
        return bool(top <= _APART * max(1.0, (total - k * top) / (n - k)))

    def log_det(self, name: str) -> Any:
        """log det A."""
        total = cholesky_log_det(self.small) + np.log(_others(self.d, self.last)).sum()
        return total + cholesky_log_det(self.schur) if len(self.last) else total

    def solve(self, b: Array, transposed: bool = False) -> Array:
        """A⁻¹B."""
        y = self._inner.T @ b
        if len(self.last):
            x = cholesky_solve(self.schur, b[self.last] - self.across.T @ y)
            y = y + self.u[self.last].T @ x
        out = self._inner @ cholesky_solve(self.small, y)
        np.subtract(_scaled_rows(self.weights, b), out, out=out)
        if len(self.last):
            out[self.last] = x
        return out

    def solve_own(self, transposed: bool = False) -> Array:
        """A⁻¹U = D⁻¹U (I + Uᵀ D⁻¹ U)⁻¹, without a difference."""
        if not len(self.last):
            # A copy, as the caller may write on it what is then read again.
            return self._own.copy()
        x = cholesky_solve(self.schur, self.across.T)
        out = self._inner @ (cholesky_inverse(self.small) - self.across @ x)
        out[self.last] = x
        return out

    def trace_with(self, m: Array, product: Array) -> Any:
        """tr(A⁻¹M), with M A⁻¹U at hand."""
        if len(self.last):
            return super().trace_with(m, product)
        return self.weights @ m.diagonal() - np.vdot(self._inner, product)

    def diagonal_with(self, m: Array, product: Array) -> Array:
        """The diagonal of A⁻¹MA⁻¹ for a symmetric M, likewise."""
        if len(self.last):
            return super().diagonal_with(m, product)
        # UᵀA⁻¹ M A⁻¹U beside 2 D⁻¹ M A⁻¹U
        inner = self._own @ (self._inner.T @ product)
        inner -= (2 * self.weights)[:, None] * product
        return self.weights**2 * m.diagonal() + np.einsum("ij,ij->i", self._inner, inner)

    @cached_property
    def _inner(self) -> Array:
        """D⁻¹U."""
        return self.weights[:, None] * self.u

    @cached_property
    def _own(self) -> Array:
        """D⁻¹U (I + Uᵀ D⁻¹ U)⁻¹."""
        return self._inner @ cholesky_inverse(self.small)

    def inverse(self) -> Array:
        """A⁻¹."""
        inner = self._inner
        out = -(self._own @ inner.T)
        diagonal_of(out)[:] += self.weights
        if len(self.last):
            edge = self._edge(inner)
            out += edge @ cholesky_solve(self.schur, edge.T)
        return out

    def inverse_diagonal(self) -> Array:
        """The diagonal of A⁻¹."""
        inner = self._inner
        out = self.weights - np.einsum("ij,ij->i", inner, self._own)
        if len(self.last):
            edge = self._edge(inner)
            out += np.einsum("ij,ji->i", edge, cholesky_solve(self.schur, edge.T))
        return out

    def _edge(self, inner: Array) -> Array:
        """The E with A⁻¹ = A_N⁻¹ + E H⁻¹ Eᵀ."""
        edge = -(inner @ self.across)
        edge[self.last, np.arange(len(self.last))] += 1
        return edge


class GeneralLowRankFactors(_BySolving):
    """The factorisation of diag(d) + U Vᵀ, of any signs.

    Parameters
    ----------
    d, u, v : ndarray
        The diagonal and the columns, of shape (n, k).

    Raises
    ------
    MatrixError
        Where too many digits would be lost.
    """

    def __init__(self, d: Array, u: Array, v: Array) -> None:
        self.d, self.u, self.v = d, u, v
        self.last = _rows_kept_out(d, u, v)
        self.weights = _reciprocals(d, self.last)
        inner = self.weights[:, None] * u
        small = v.T @ inner
        diagonal_of(small)[:] += 1
        self.small = _safe_lu(small, np.eye(len(small)) + abs(v).T @ abs(inner))
        left, right = u[self.last], v[self.last]
        self.across = lu_solve(self.small, right.T)
        schur = left @ self.across
        size = abs(left) @ abs(self.across) + np.diag(abs(d[self.last]))
        diagonal_of(schur)[:] += d[self.last]
        self.schur = _safe_lu(schur, size)

    def log_det(self, name: str) -> Any:
        """log det A."""
        others = _others(self.d, self.last)
        parts = [_sign_and_log(self.small), _sign_and_log(self.schur)]
        sign = np.prod(np.sign(others)) * parts[0][0] * parts[1][0]
        if sign < 0:
            raise MatrixError(phrase("{name} has a negative determinant, which has no logarithm", name=name))
        return np.log(abs(others)).sum() + parts[0][1] + parts[1][1]

    def solve(self, b: Array, transposed: bool = False) -> Array:
        """A⁻¹B or A⁻ᵀB, refined once."""
        u, v = (self.v, self.u) if transposed else (self.u, self.v)
        x = self._once(b, transposed)
        return x + self._once(b - _scaled_rows(self.d, x) - u @ (v.T @ x), transposed)

    def _once(self, b: Array, transposed: bool) -> Array:
        u, v = (self.v, self.u) if transposed else (self.u, self.v)
        y = v.T @ _scaled_rows(self.weights, b)
        rest = b[self.last] - u[self.last] @ lu_solve(self.small, y, transposed)
        x = lu_solve(self.schur, rest, transposed)
        z = lu_solve(self.small, y + v[self.last].T @ x, transposed)
        out = _scaled_rows(self.weights, b - u @ z)
        out[self.last] = x
        return out

    def solve_own(self, transposed: bool = False) -> Array:
        """A⁻¹U or A⁻ᵀV."""
        return self.solve(self.v if transposed else self.u, transposed)

    def inverse(self) -> Array:
        """A⁻¹."""
        return self.solve(np.eye(len(self.d), dtype=self.u.dtype))

    def inverse_diagonal(self) -> Array:
        """The diagonal of A⁻¹."""
        left, right = self.weights[:, None] * self.u, self.weights[:, None] * self.v
        out = self.weights - np.einsum("ij,ji->i", left, lu_solve(self.small, right.T))
        if len(self.last):
            places = np.arange(len(self.last))
            over = -(left @ self.across)
            over[self.last, places] += 1
            under = -(right @ lu_solve(self.small, self.u[self.last].T, transposed=True))
            under[self.last, places] += 1
            out += np.einsum("ij,ji->i", over, lu_solve(self.schur, under.T))
        return out


class FormedFactors(_BySolving):
    """The factorisation of the matrix itself, where the structure is of no use.

    Parameters
    ----------
    a, u, v : ndarray
        The matrix and its columns.
    definite : bool
        Whether it is known to be positive definite.
    name : str
        What a message calls the matrix.
    """

    def __init__(self, a: Array, u: Array, v: Array, definite: bool, name: str) -> None:
        self.u, self.v, self.definite = u, v, definite
        self.factor: Any = cholesky(a, name) if definite else lu(a, name)

    def log_det(self, name: str) -> Any:
        """log det A."""
        return cholesky_log_det(self.factor) if self.definite else lu_log_det(self.factor, name)

    def solve(self, b: Array, transposed: bool = False) -> Array:
        """A⁻¹B or A⁻ᵀB."""
        return cholesky_solve(self.factor, b) if self.definite else lu_solve(self.factor, b, transposed)

    def solve_own(self, transposed: bool = False) -> Array:
        """A⁻¹U or A⁻ᵀV."""
        return self.solve(self.v if transposed else self.u, transposed)

    def inverse(self) -> Array:
        """A⁻¹."""
        return cholesky_inverse(self.factor) if self.definite else lu_inverse(self.factor)

    def inverse_diagonal(self) -> Array:
        """The diagonal of A⁻¹."""
        return self.inverse().diagonal().copy()


Factors = UniformFactors | LowRankFactors | GeneralLowRankFactors | FormedFactors


def low_rank(
    d: Array,
    u: Array,
    name: str,
    *,
    v: Array = None,
    root: Array = None,
    uniform: bool = False,
    definite: bool = False,
) -> Factors:
    """The factorisation of diag(d) + U Vᵀ, V = U where it is left out; with a root R, of diag(d) + UR (UR)ᵀ.

    Raises
    ------
    MatrixError
        Where it is singular, or not positive definite although that is known of it.
    """
    u = u.reshape(len(u), -1)
    right = u if v is None else v.reshape(len(u), -1)
    # What overflows or is no number is found, and the next kind tried.
    with np.errstate(all="ignore"):
        if v is None:
            try:
                return UniformFactors(np.asarray(d).flat[0], u, root) if uniform else LowRankFactors(d, u)
            except MatrixError:
                pass
        if root is not None:
            u = right = u @ root
        if not definite:
            try:
                return GeneralLowRankFactors(_column(d, u), u, right)
            except MatrixError:
                pass
    d = _column(d, u)
    if np.count_nonzero(d == 0) > u.shape[1]:
        # Rounding would hide it: of so many rows the columns have at most k that are independent.
        raise MatrixError(phrase("{name} is singular", name=name))
    formed = u @ right.T
    diagonal_of(formed)[:] += d
    return FormedFactors(formed, u, right, definite, name)


def _column(d: Array, u: Array) -> Array:
    """The diagonal, also where one number stands for all of it."""
    return np.full(len(u), d, u.dtype) if np.size(d) == 1 else d


def low_rank_solve(factors: Factors, b: Array, transposed: bool = False) -> Array:
    """A⁻¹B or A⁻ᵀB."""
    return factors.solve(b, transposed)


def low_rank_solve_own(factors: Factors, transposed: bool = False) -> Array:
    """A⁻¹U or A⁻ᵀV."""
    return factors.solve_own(transposed)


def low_rank_inverse(factors: Factors) -> Array:
    """A⁻¹."""
    return factors.inverse()


def low_rank_inverse_diagonal(factors: Factors) -> Array:
    """The diagonal of A⁻¹."""
    return factors.inverse_diagonal()


def low_rank_inner(factors: Factors) -> Array:
    """VᵀA⁻¹U."""
    return factors.inner()


def low_rank_trace(factors: Factors) -> Any:
    """tr A⁻¹."""
    return factors.trace()


def low_rank_trace_with(factors: Factors, m: Array, product: Array) -> Any:
    """tr(A⁻¹M), with M A⁻¹U at hand."""
    return factors.trace_with(m, product)


def low_rank_diagonal_with(factors: Factors, m: Array, product: Array) -> Array:
    """The diagonal of A⁻¹MA⁻¹, likewise."""
    return factors.diagonal_with(m, product)


def low_rank_log_det(factors: Factors, name: str) -> Any:
    """log det A.

    Raises
    ------
    MatrixError
        Where the determinant is negative.
    """
    return factors.log_det(name)


def kronecker_inverse(p: Array, q: Array, values: Array) -> Array:
    """(P ⊗ Q) diag(v) (P ⊗ Q)ᵀ."""
    basis = np.kron(p, q)
    return (basis * values) @ basis.T


def kronecker_log_det(a: Array, b: Array, name: str) -> Any:
    """log det(A ⊗ B) = q log det A + p log det B, for orders p and q.

    Raises
    ------
    MatrixError
        Where the determinant is negative or zero.
    """
    (sign, size), (other_sign, other_size) = np.linalg.slogdet(a), np.linalg.slogdet(b)
    whole = sign ** len(b) * other_sign ** len(a)
    if whole == 0:
        raise MatrixError(phrase("{name} is singular", name=name))
    if whole < 0:
        raise MatrixError(phrase("the determinant of {name} is negative and has no logarithm", name=name))
    return len(b) * size + len(a) * other_size


def _rows_kept_out(d: Array, u: Array, v: Array) -> Array:
    """The places of at most k rows in which d is small beside U Vᵀ, as it is not in the others."""
    n, k = u.shape
    squares = np.einsum("ij,ij->i", u, u)
    if v is not u:
        squares = np.sqrt(squares * np.einsum("ij,ij->i", v, v))
        d = abs(d)
    with np.errstate(all="ignore"):
        share = np.where(d > 0, squares / d, np.inf)
    if n and share.max() <= _APART:
        return np.empty(0, dtype=np.intp)
    top = np.argpartition(share, n - k - 1)[n - k - 1 :]
    return top[share[top] > _APART * max(1.0, share[top[0]])]


def _reciprocals(d: Array, left_out: Array) -> Array:
    """1/d, with zeros in some places."""
    weights = np.zeros_like(d)
    used = np.ones(len(d), dtype=bool)
    used[left_out] = False
    np.divide(1, d, out=weights, where=used)
    if not np.isfinite(weights).all():
        raise MatrixError(phrase("the diagonal has zeros"))
    return weights


def _others(d: Array, left_out: Array) -> Array:
    return np.delete(d, left_out) if len(left_out) else d


def _scaled_rows(weights: Array, b: Array) -> Array:
    return weights * b if b.ndim == 1 else weights[:, None] * b


def _safe_lu(a: Array, size: Array) -> Any:
    """An LU factorisation, where what the entries were summed of is not much larger than what is left."""
    factors = lu(a, "G")
    if len(a) and not (abs(lu_inverse(factors)) @ size).max() < _LOST:
        raise MatrixError(phrase("too many digits would be lost"))
    return factors


def _sign_and_log(factors: Any) -> tuple[Any, Any]:
    factor, pivots, _ = factors
    diagonal = factor.diagonal()
    swaps = np.count_nonzero(pivots != np.arange(len(pivots)))
    return np.prod(np.sign(diagonal)) * (-1) ** swaps, np.log(abs(diagonal)).sum()
