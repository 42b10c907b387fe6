"""A X B + C X D = E with square coefficients, any of which may be singular."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg
from scipy.linalg import lapack

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import as_matrix, one_type, require_shape, require_square, shown_number
from matgrad.solvers.nearest import nearest_pair
from matgrad.solvers.schur import qz
from matgrad.solvers.sylvester import Sylvester
from matgrad.solvers.system import LinearSystem
from matgrad.solvers.triangular import Pencil, flipped, solve_coupled

Array = Any

_TURNS = ((1.0, 0.0), (0.0, 1.0), (0.6, 0.8), (0.8, -0.6), (0.28, -0.96), (0.96, 0.28))
"""A X B + C X D is the same sum in (cA + sC, cC − sA) and (cB + sD, cD − sB)."""
_INVERTED = 1e-4
"""The reciprocal condition from which no turn is looked for that is better to invert."""
_WELL = 1e-7
"""The reciprocal condition from which a coefficient is inverted; refinement mends what that costs."""


class TwoTerms(LinearSystem):
    """A X B + C X D = E for coefficients that are factorised once.

    One solution exists unless det(A − λC) and det(D + λB) have a root in common (infinity too). Where two of
    the coefficients, or of their combinations, can be inverted it becomes a Sylvester equation; else both
    pencils are brought to generalised Schur form (Gardiner, Laub, Amato & Moler, 1992).

    Parameters
    ----------
    a, b, c, d : array
        m×m, n×n, m×m and n×n.
    by_qz : bool, default False
        Take the generalised Schur forms in any case.

    Examples
    --------
    >>> TwoTerms([[2.0]], [[1.0]], [[1.0]], [[3.0]]).solve([[10.0]]).value.round(12).tolist()
    [[2.0]]
    """

    text = "A X B + C X D = E"
    right_name = "E"

    def __init__(
        self, a: Any, b: Any, c: Any, d: Any, names: tuple[str, str, str, str] = ("A", "B", "C", "D"),
        *, by_qz: bool = False,
    ) -> None:  # fmt: skip
        given = [as_matrix(value, name) for value, name in zip((a, b, c, d), names, strict=True)]
        for value, name in zip(given, names, strict=True):
            require_square(value, name)
        self.a, self.b, self.c, self.d = one_type(*given)
        require_shape(self.c, self.a.shape, names[2], f"{names[0]} says")
        require_shape(self.d, self.b.shape, names[3], f"{names[1]} says")
        self.names = names
        self.by_qz = by_qz
        self.dtype = self.a.dtype
        self.shape = self.right_shape = (len(self.a), len(self.b))

    @cached_property
    def method(self) -> str:
        """Which of the two ways it takes."""
        if self._reduced is not None:
            return f"reduced to a Sylvester equation by inverting coefficients: {self._reduced[0].method}"
        return "generalised Schur forms (QZ) of both pencils and a triangular equation"

    @cached_property
    def norm(self) -> float:
        """‖A‖‖B‖ + ‖C‖‖D‖ in the Frobenius norm."""
        size = np.linalg.norm
        return float(size(self.a) * size(self.b) + size(self.c) * size(self.d))

    def apply(self, x: Array) -> Array:
        """A X B + C X D."""
        return self.a @ x @ self.b + self.c @ x @ self.d

    def apply_adjoint(self, y: Array) -> Array:
        """Aᵀ Y Bᵀ + Cᵀ Y Dᵀ."""
        return self.a.T @ y @ self.b.T + self.c.T @ y @ self.d.T

    # ---- the coefficients, of one size and turned -----------------------------------------------------

    @cached_property
    def _sizes(self) -> tuple[float, float]:
        return float(np.linalg.norm(self.a)) or 1.0, float(np.linalg.norm(self.c)) or 1.0

    def _turned(self, turn: tuple[float, float]) -> tuple[Array, Array, Array, Array]:
        (c, s), (p, q) = turn, self._sizes
        a, b, g, d = self.a / p, self.b * p, self.c / q, self.d * q
        if s == 0:
            return a, b, g, d
        return c * a + s * g, c * b + s * d, c * g - s * a, c * d - s * b

    @cached_property
    def _reduced(self) -> tuple[Sylvester, tuple[Any, bool], tuple[Any, bool], tuple[float, float]] | None:
        """A⁻¹C X + X B D⁻¹ = A⁻¹ E D⁻¹ of the first turn by which A and D are well conditioned."""
        if self.by_qz or not self.a.size or not self.b.size:
            return None
        for turn in _TURNS:
            a, b, c, d = self._turned(turn)
            left = _factors(a)
            if left is None:
                continue
            right = _factors(d)
            if right is None:
                continue
            inner = Sylvester(scipy.linalg.lu_solve(left, c), scipy.linalg.lu_solve(right, b.T, trans=1).T)
            return inner, left, right, turn
        return None

    @cached_property
    def _forms(self) -> tuple[Any, Any, tuple[float, float]]:
        """The generalised Schur forms, by the turn whose C is best to invert."""
        best, turn = -1.0, _TURNS[0]
        for tried in _TURNS:
            condition = _reciprocal_condition(self._turned(tried)[2])
            if condition > best:
                best, turn = condition, tried
            if best > _INVERTED:
                break
        a, b, c, d = self._turned(turn)
        return qz(a, c), qz(b, d), turn

    # ---- solving --------------------------------------------------------------------------------------

    def _solve(self, c: Array) -> Array:
        return self._solved(c, adjoint=False)

    def _solve_adjoint(self, c: Array) -> Array:
        return self._solved(c, adjoint=True)

    def _solved(self, e: Array, *, adjoint: bool) -> Array:
        one = self._by_sylvester if self._reduced is not None else self._by_forms
        apply = self.apply_adjoint if adjoint else self.apply
        x = one(e, adjoint)
        left = e - apply(x)
        before = np.linalg.norm(left)
        if not np.isfinite(before):
            return x
        eps = np.finfo(self.dtype).eps
        if before <= 4 * eps * (self.norm * np.linalg.norm(x) + np.linalg.norm(e)) / np.sqrt(sum(self.shape)):
            return x
        better = x + one(left, adjoint)
        return better if np.linalg.norm(e - apply(better)) < before else x

    def _by_sylvester(self, e: Array, adjoint: bool) -> Array:
        assert self._reduced is not None
        inner, left, right, _ = self._reduced
        solve: Any = scipy.linalg.lu_solve
        if adjoint:
            # X = S⁻¹(A⁻¹ E D⁻¹), so the adjoint is A⁻ᵀ S⁻*(G) D⁻ᵀ.
            y = inner._solve_adjoint(np.array(e))
            return solve(right, solve(left, y, trans=1).T).T
        return inner._solve(solve(right, solve(left, e).T, trans=1).T)

    def _by_forms(self, e: Array, adjoint: bool) -> Array:
        (s, t, q, z), (u, v, p, w), _ = self._forms
        if adjoint:
            f = np.ascontiguousarray((z.T @ e @ p)[::-1, ::-1])
            s, t, u, v = flipped(s), flipped(t), flipped(u), flipped(v)
        else:
            f = q.T @ e @ w
        low = np.zeros_like(f)
        solve_coupled(Pencil.of(s, t), Pencil.of(v, -u), f, low)
        # L = T Y
        with np.errstate(all="ignore"):
            y = lapack.dtrtrs(t, low)[0] if t.dtype.char == "d" else lapack.strtrs(t, low)[0]
        return q @ y[::-1, ::-1] @ w.T if adjoint else z @ y @ p.T

    # ---- what is singular -----------------------------------------------------------------------------

    @cached_property
    def pair(self) -> tuple[complex, complex, float]:
        """The eigenvalues λ of A − λC and μ of D − μB that are nearest to cancelling, and how near."""
        if self._reduced is not None:
            inner, _, _, (c, s) = self._reduced
            rho = inner._spectra[0]
            sigma = inner._spectra[1]
            i, j, distance = nearest_pair(rho, -sigma)
            p, q = self._sizes
            with np.errstate(divide="ignore", invalid="ignore"):
                # C′v = ρA′v  and  B′w = σD′w, turned back
                first = np.divide(c - rho[i] * s, s + rho[i] * c) * p / q
                second = np.divide(c + sigma[j] * s, sigma[j] * c - s) * p / q
            return complex(first), complex(second), distance / inner.norm if inner.norm else 0.0
        (s, t, _, _), (u, v, _, _), (co, si) = self._forms
        p, q = self._sizes
        alpha, beta = homogeneous(s, t)
        gamma, delta = homogeneous(u, v)
        sums = abs(alpha[:, None] * gamma[None, :] + beta[:, None] * delta[None, :])
        i, j = divmod(int(sums.argmin()), len(gamma))
        with np.errstate(divide="ignore", invalid="ignore"):
            # A = (cA′ − sC′), C = (sA′ + cC′), B = (cB′ − sD′), D = (sB′ + cD′)
            first = (co * alpha[i] - si * beta[i]) / (si * alpha[i] + co * beta[i]) * p / q
            second = (si * gamma[j] + co * delta[j]) / (co * gamma[j] - si * delta[j]) * p / q
        return complex(first), complex(second), float(sums[i, j])

    def nearness(self) -> float:
        """The smallest sum of a pair of eigenvalues, relative."""
        return self.pair[2] if self.a.size and self.b.size else 1.0

    def why_singular(self) -> str | Phrase:
        """The pair of eigenvalues, or the pencil that has none."""
        a, b, c, d = self.names
        for first, second, one, other in ((self.a, self.c, a, c), (self.d, self.b, d, b)):
            if is_singular_pencil(first, second):
                return phrase("det({one} − λ{other}) is zero for every λ", one=one, other=other)
        first, second, _ = self.pair
        if not np.isfinite(first) or abs(first) > 1e12:
            return phrase("{c} and {b} are both singular", c=c, b=b)
        return phrase(
            "the eigenvalue {first} of {a} − λ{c} and the eigenvalue {second} of {d} − λ{b} add up to 0",
            first=shown_number(first),
            a=a,
            c=c,
            second=shown_number(second),
            d=d,
            b=b,
        )


def _factors(a: Array) -> tuple[Any, Any] | None:
    """The LU factorisation of what is well conditioned."""
    getrf, gecon = (lapack.dgetrf, lapack.dgecon) if a.dtype.char == "d" else (lapack.sgetrf, lapack.sgecon)
    lu, pivots, info = getrf(a)
    if info:
        return None
    condition, _ = gecon(lu, abs(a).sum(0).max(initial=0))
    return (lu, pivots) if condition > (_WELL if a.dtype.char == "d" else 1e-3) else None


def _reciprocal_condition(a: Array) -> float:
    getrf, gecon = (lapack.dgetrf, lapack.dgecon) if a.dtype.char == "d" else (lapack.sgetrf, lapack.sgecon)
    lu, _, info = getrf(a)
    return 0.0 if info else float(gecon(lu, abs(a).sum(0).max(initial=0))[0])


def is_singular_pencil(first: Array, second: Array) -> bool:
    """Whether det(A − λC) is zero for every λ, but for rounding."""
    size, than = np.linalg.norm(first) or 1.0, np.linalg.norm(second) or 1.0
    return all(_reciprocal_condition(x * first / size + y * second / than) < 1e-13 for x, y in _TURNS)


def homogeneous(s: Array, t: Array) -> tuple[Array, Array]:
    """The eigenvalues of a quasi-triangular pencil as pairs of length one."""
    alpha, beta = np.diagonal(s).astype(complex), np.diagonal(t).astype(complex)
    k = np.flatnonzero(np.diagonal(s, -1))
    if len(k):
        rows, columns = np.stack([k, k + 1])[:, None], np.stack([k, k + 1])[None, :]
        blocks = [np.moveaxis(m[rows, columns], 2, 0) for m in (s, t)]
        found = [_of_block(*pair) for pair in zip(*blocks, strict=True)]
        alpha[k], alpha[k + 1], beta[k], beta[k + 1] = np.array(found).T
    size = np.sqrt(abs(alpha) ** 2 + abs(beta) ** 2)
    size[size == 0] = 1
    return alpha / size, beta / size


def _of_block(s: Array, t: Array) -> tuple[complex, complex, float, float]:
    """The eigenvalues of a pencil of order 2 as pairs, by LAPACK."""
    ggev = lapack.dggev if s.dtype.char == "d" else lapack.sggev
    real, imaginary, beta, *_ = ggev(s, t, compute_vl=0, compute_vr=0)
    return complex(real[0], imaginary[0]), complex(real[1], imaginary[1]), beta[0], beta[1]
