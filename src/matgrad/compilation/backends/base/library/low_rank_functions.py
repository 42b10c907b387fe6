"""What array libraries call for diag(d) + U Uᵀ with d > 0 and k ≪ n columns.

The k rows in which d is smallest beside U Uᵀ are eliminated last; the formulas stand in
:mod:`matgrad.compilation.backends.numpy.low_rank`. All of it may be traced and differentiated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matgrad.core.records import dataclass


@dataclass(frozen=True)
class LowRankFactors:
    """A factorisation.

    Attributes
    ----------
    d, u : array
        The diagonal and the columns, the rows that are eliminated last behind the others.
    first : int
        How many rows come first.
    small, schur, across : array
        The Cholesky factors of G and H, and G⁻¹U_Bᵀ; no H where no rows are eliminated last.
    order, back : array
        The places of the rows, and the way back; nothing where no rows are eliminated last.
    """

    d: Any
    u: Any
    first: int
    small: Any
    schur: Any = None
    across: Any = None
    order: Any = None
    back: Any = None


class LowRankFunctions:
    """Functions written once for all libraries with NumPy's names.

    Parameters
    ----------
    xp : module
        The library.
    eye : callable
        The identity of some order, of the type of an array and where that lies.
    solve : callable
        The solution from a lower Cholesky factor and a right-hand side.
    """

    def __init__(self, xp: Any, *, eye: Callable[[int, Any], Any], solve: Callable[[Any, Any], Any]) -> None:
        self.xp, self._eye, self._cholesky_solve = xp, eye, solve

    def factor(self, d: Any, u: Any, uniform: bool = False) -> LowRankFactors:
        """The factorisation of diag(d) + U Uᵀ."""
        xp, (n, k) = self.xp, u.shape
        if uniform:
            d = d + 0 * u[:, 0]
            return LowRankFactors(d, u, n, self._small(d, u))
        order = xp.argsort(xp.sum(u * u, 1) / d)
        d, u, first = d[order], u[order], n - k
        small, own = self._small(d[:first], u[:first]), u[first:]
        across = self._cholesky_solve(small, own.T)
        schur = xp.linalg.cholesky(xp.diag(d[first:]) + own @ across)
        return LowRankFactors(d, u, first, small, schur, across, order, xp.argsort(order))

    def _small(self, d: Any, u: Any) -> Any:
        scaled = u / self.xp.sqrt(d)[:, None]
        return self.xp.linalg.cholesky(self._eye(u.shape[1], u) + scaled.T @ scaled)

    def log_det(self, f: LowRankFactors) -> Any:
        """log det A."""
        log, diagonal = self.xp.log, self.xp.diagonal
        total = log(f.d[: f.first]).sum() + 2 * log(diagonal(f.small)).sum()
        return total if f.schur is None else total + 2 * log(diagonal(f.schur)).sum()

    def solve(self, f: LowRankFactors, b: Any) -> Any:
        """A⁻¹B."""
        b = b if f.order is None else b[f.order]
        d = f.d if b.ndim == 1 else f.d[:, None]
        above, u = b[: f.first], f.u[: f.first]
        y = u.T @ (above / d[: f.first])
        if f.schur is None:
            return (above - u @ self._cholesky_solve(f.small, y)) / d
        x = self._cholesky_solve(f.schur, b[f.first :] - f.across.T @ y)
        z = self._cholesky_solve(f.small, y + f.u[f.first :].T @ x)
        return self.xp.concatenate([(above - u @ z) / d[: f.first], x])[f.back]

    def solve_own(self, f: LowRankFactors) -> Any:
        """A⁻¹U = D⁻¹U (I + Uᵀ D⁻¹ U)⁻¹, without a difference."""
        inner = f.u[: f.first] / f.d[: f.first, None]
        above = self._cholesky_solve(f.small, inner.T).T
        if f.schur is None:
            return above
        x = self._cholesky_solve(f.schur, f.across.T)
        return self.xp.concatenate([above - (inner @ f.across) @ x, x])[f.back]

    def inverse_diagonal(self, f: LowRankFactors) -> Any:
        """The diagonal of A⁻¹."""
        xp = self.xp
        inner = f.u[: f.first] / f.d[: f.first, None]
        above = 1 / f.d[: f.first] - xp.sum(inner * self._cholesky_solve(f.small, inner.T).T, 1)
        if f.schur is None:
            return above
        edge = inner @ f.across
        above = above + xp.sum(edge * self._cholesky_solve(f.schur, edge.T).T, 1)
        last = xp.diagonal(self._cholesky_solve(f.schur, self._eye(f.schur.shape[0], f.u)))
        return xp.concatenate([above, last])[f.back]

    def inner(self, f: LowRankFactors) -> Any:
        """UᵀA⁻¹U."""
        u = f.u if f.back is None else f.u[f.back]
        return u.T @ self.solve_own(f)

    def trace(self, f: LowRankFactors) -> Any:
        """tr A⁻¹."""
        return self.inverse_diagonal(f).sum()

    def trace_with(self, f: LowRankFactors, m: Any, product: Any) -> Any:
        """tr(A⁻¹M)."""
        return self.xp.trace(self.solve(f, m))

    def diagonal_with(self, f: LowRankFactors, m: Any, product: Any) -> Any:
        """The diagonal of A⁻¹MA⁻¹ for a symmetric M."""
        return self.xp.diagonal(self.solve(f, self.solve(f, m).T))

    # ---- Kronecker products ----------------------------------------------------------------------

    def kronecker_inverse(self, p: Any, q: Any, values: Any) -> Any:
        """(P ⊗ Q) diag(v) (P ⊗ Q)ᵀ."""
        basis = self.xp.kron(p, q)
        return (basis * values) @ basis.T

    def kronecker_log_det(self, a: Any, b: Any) -> Any:
        """log det(A ⊗ B) = q log det A + p log det B; NaN where the determinant is negative."""
        (sign, size), (other_sign, other_size) = self.xp.linalg.slogdet(a), self.xp.linalg.slogdet(b)
        whole = sign ** b.shape[0] * other_sign ** a.shape[0]
        total = b.shape[0] * size + a.shape[0] * other_size
        return self.xp.where(whole > 0, total, float("nan"))
