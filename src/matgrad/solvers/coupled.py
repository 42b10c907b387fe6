"""A X + Y B = C and D X + Y E = F: the coupled Sylvester equations of two unknowns."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import lapack

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import as_matrix, one_type, require_shape, require_square, shown_number
from matgrad.solvers.schur import qz
from matgrad.solvers.system import LinearSystem
from matgrad.solvers.triangular import Pencil, solve_coupled
from matgrad.solvers.two_terms import homogeneous, is_singular_pencil

Array = Any


class CoupledSylvester(LinearSystem):
    """A X + Y B = C and D X + Y E = F for coefficients that are factorised once; X stands above Y.

    One solution exists unless A − λD and B − λE have an eigenvalue in common (infinity too). Both pencils are
    brought to generalised Schur form, and the triangular pair is solved by halves (Kågström & Westin, 1989;
    Jonsson & Kågström, 2002).

    Parameters
    ----------
    a, b, d, e : array
        m×m, n×n, m×m and n×n.

    Examples
    --------
    >>> pair = CoupledSylvester([[1.0]], [[2.0]], [[3.0]], [[4.0]])
    >>> pair.solve([[5.0], [11.0]]).value.round(12).tolist()
    [[1.0], [2.0]]
    """

    text = "A X + Y B = C; D X + Y E = F"
    method = "generalised Schur forms (QZ) of A − λD and B − λE and a triangular pair of equations"
    right_name = "the right sides"

    def __init__(
        self, a: Any, b: Any, d: Any, e: Any, names: tuple[str, str, str, str] = ("A", "B", "D", "E")
    ) -> None:
        given = [as_matrix(value, name) for value, name in zip((a, b, d, e), names, strict=True)]
        for value, name in zip(given, names, strict=True):
            require_square(value, name)
        self.a, self.b, self.d, self.e = one_type(*given)
        require_shape(self.d, self.a.shape, names[2], f"{names[0]} says")
        require_shape(self.e, self.b.shape, names[3], f"{names[1]} says")
        self.names = names
        self.dtype = self.a.dtype
        self.order = len(self.a)
        self.shape = self.right_shape = (2 * self.order, len(self.b))

    @cached_property
    def norm(self) -> float:
        """‖A‖ + ‖B‖ + ‖D‖ + ‖E‖ in the Frobenius norm."""
        return float(sum(np.linalg.norm(x) for x in (self.a, self.b, self.d, self.e)))

    def apply(self, x: Array) -> Array:
        """A X + Y B above D X + Y E."""
        x, y = x[: self.order], x[self.order :]
        return np.vstack([self.a @ x + y @ self.b, self.d @ x + y @ self.e])

    def apply_adjoint(self, y: Array) -> Array:
        """Aᵀ G + Dᵀ H above G Bᵀ + H Eᵀ."""
        g, h = y[: self.order], y[self.order :]
        return np.vstack([self.a.T @ g + self.d.T @ h, g @ self.b.T + h @ self.e.T])

    @cached_property
    def _forms(self) -> tuple[tuple[Array, Array, Array, Array], tuple[Array, Array, Array, Array]]:
        return qz(self.a, self.d), qz(self.b, self.e)

    def _solve(self, c: Array) -> Array:
        return self._refined(c, adjoint=False)

    def _solve_adjoint(self, c: Array) -> Array:
        return self._refined(c, adjoint=True)

    def _refined(self, c: Array, *, adjoint: bool) -> Array:
        """With one step of refinement where it helps."""
        one, apply = (self._once_adjoint, self.apply_adjoint) if adjoint else (self._once, self.apply)
        x = one(c)
        left = c - apply(x)
        before = np.linalg.norm(left)
        eps = float(np.finfo(self.dtype).eps)
        size = self.norm * np.linalg.norm(x) + np.linalg.norm(c)
        if not np.isfinite(before) or before <= 4 * eps * size / np.sqrt(sum(self.shape)):
            return x
        better = x + one(left)
        return better if np.linalg.norm(c - apply(better)) < before else x

    def _once(self, c: Array) -> Array:
        """With A = Q S Zᵀ, D = Q T Zᵀ, B = P U Wᵀ, E = P V Wᵀ it is S R + L U, T R + L V."""
        (s, t, q, z), (u, v, p, w) = self._forms
        m = self.order
        first = np.asfortranarray(q.T @ c[:m] @ w)
        second = np.asfortranarray(q.T @ c[m:] @ w)
        solve_coupled(Pencil.of(s, t), Pencil.of(u, v), first, second)
        return np.vstack([z @ first @ w.T, q @ second @ p.T])

    def _once_adjoint(self, c: Array) -> Array:
        """Sᵀ R + Tᵀ L and R Uᵀ + L Vᵀ, by LAPACK."""
        (s, t, q, z), (u, v, p, w) = self._forms
        m = self.order
        tgsyl = lapack.dtgsyl if self.dtype.char == "d" else lapack.stgsyl
        first, second = z.T @ c[:m] @ w, q.T @ c[m:] @ p
        # LAPACK has S R − L U, so that of the adjoint the second right side changes its sign too.
        r, y, scale, _, _ = tgsyl(s, -u, first, t, -v, second, trans=b"T")
        with np.errstate(all="ignore"):
            return np.vstack([q @ r @ w.T, q @ y @ w.T]) / scale

    @cached_property
    def pair(self) -> tuple[complex, complex, float]:
        """The eigenvalues of A − λD and B − λE that are nearest to each other, and how near."""
        (s, t, _, _), (u, v, _, _) = self._forms
        alpha, beta = homogeneous(s, t)
        gamma, delta = homogeneous(u, v)
        # Of homogeneous pairs the imaginary parts may stand in either member.
        gaps = abs(alpha[:, None] * delta[None, :] - beta[:, None] * gamma[None, :])
        i, j = divmod(int(gaps.argmin()), len(gamma))
        with np.errstate(divide="ignore", invalid="ignore"):
            return complex(alpha[i] / beta[i]), complex(gamma[j] / delta[j]), float(gaps[i, j])

    def nearness(self) -> float:
        """How near two eigenvalues are, relative."""
        return self.pair[2] if self.a.size and self.b.size else 1.0

    def why_singular(self) -> str | Phrase:
        """The eigenvalue in common, or the pencil that has none."""
        a, b, d, e = self.names
        for first, second, one, other in ((self.a, self.d, a, d), (self.b, self.e, b, e)):
            if is_singular_pencil(first, second):
                return phrase("det({one} − λ{other}) is zero for every λ", one=one, other=other)
        first, second, distance = self.pair
        if not np.isfinite(first) or abs(first) > 1e12:
            return phrase("{d} and {e} are both singular", d=d, e=e)
        if distance > 1e-6:
            return phrase(
                "it is singular to working precision, though no two eigenvalues of {a} − "
                "λ{d} and {b} − λ{e} are nearer than {distance}",
                a=a,
                d=d,
                b=b,
                e=e,
                distance=f"{distance:.2g}",
            )
        return phrase(
            "{a} − λ{d} and {b} − λ{e} have the eigenvalue {second} in common",
            a=a,
            d=d,
            b=b,
            e=e,
            second=shown_number(second),
        )
