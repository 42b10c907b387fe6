"""X − A X B = C, with the discrete Lyapunov equations among them."""

from __future__ import annotations

from typing import Any

import numpy as np

from matgrad.core.lazy import cached_property
from matgrad.solvers.checks import frobenius, shown_number
from matgrad.solvers.nearest import nearest_pair, nonzero
from matgrad.solvers.schur import eigh, is_symmetric, schur, symmetric_products
from matgrad.solvers.triangular import Pencil, flipped, solve_coupled, solve_symmetric_stein
from matgrad.solvers.two_squares import OfTwoSquares

Array = Any


class Stein(OfTwoSquares):
    """X − A X B = C for coefficients that are factorised once.

    One solution exists unless an eigenvalue of A is the reciprocal of one of B. Schur forms and a
    triangular equation solved by halves; symmetric coefficients by their eigenvalues.

    Parameters
    ----------
    a, b : array
        m×m and n×n.

    Examples
    --------
    >>> Stein([[0.5]], [[1.0, 0.0], [0.0, 0.0]]).solve([[1.0, 2.0]]).value.tolist()
    [[2.0, 2.0]]
    """

    text = "X − A X B = C"

    @property
    def by_schur_forms(self) -> str:
        return f"{'one Schur form' if self.is_lyapunov else 'two Schur forms'} and a triangular equation"

    @cached_property
    def norm(self) -> float:
        """√(size of the unknown's identity) is 1 on each entry: 1 + ‖A‖‖B‖."""
        return 1 + frobenius(self.a) * frobenius(self.b)

    @cached_property
    def _left(self) -> tuple[Array, Array, Array]:
        return eigh(self.a) if self.is_symmetric else schur(self.a, self.names[0])

    @cached_property
    def _right(self) -> tuple[Array, Array, Array]:
        """The form of B, or of A where B = Aᵀ: then with its rows and columns turned round."""
        if self.is_symmetric:
            return self._left if self.is_lyapunov else eigh(self.b)
        if self.is_lyapunov:
            r, u, values = self._left
            return flipped(r), u[:, ::-1], values
        return schur(self.b, self.names[1])

    @cached_property
    def _pencils(self) -> tuple[Pencil, Pencil, Pencil, Pencil]:
        """Those of the equation, −R Y S + Y, and of its adjoint, over its scale."""
        of_s, scale = self._scales
        r, s = self._left[0] * (of_s / scale), self._right[0] / of_s
        eye_m, eye_n = np.eye(len(r), dtype=r.dtype), np.eye(len(s), dtype=s.dtype) / scale
        back_r, back_s = flipped(r), flipped(s)
        left = Pencil(-r, eye_m)
        right = Pencil(eye_n, -s, left if self.is_lyapunov else None)
        return left, right, Pencil(-back_r, eye_m), Pencil(eye_n, -back_s)

    @cached_property
    def _scales(self) -> tuple[Any, Any]:
        """Powers of 2: the size of S, and that of the equation where it is more than 1.

        R S = (σR)(S/σ); without them a large R stands beside a 1 in one equation, and digits go.
        """
        r, s = (abs(form[0]).max(initial=0) for form in (self._left, self._right))
        of_s = 2.0 ** np.round(np.log2(s)) if s else 1.0
        scale = 2.0 ** np.round(np.log2(max(1.0, r * of_s)))
        return self.dtype.type(of_s), self.dtype.type(scale)

    def apply(self, x: Array) -> Array:
        """X − A X B."""
        return x - self.a @ x @ self.b

    def apply_adjoint(self, y: Array) -> Array:
        """Y − Aᵀ Y Bᵀ."""
        return y - self.a.T @ y @ self.b.T

    def _solve(self, c: Array) -> Array:
        return self._solved(c, adjoint=False)

    def _solve_adjoint(self, c: Array) -> Array:
        return self._solved(c, adjoint=True)

    def _solved(self, c: Array, *, adjoint: bool) -> Array:
        (r, u, _), (s, v, _) = self._left, self._right
        if self.is_lyapunov and (self.is_symmetric or not adjoint) and is_symmetric(c):
            f = symmetric_products(c, u)
            if self.is_symmetric:
                f /= nonzero(1 - r[:, None] * r[None, :])
            else:
                solve_symmetric_stein(r, *self._pencils[:2], self._scales[1], f)
            return symmetric_products(f, u.T)
        f = u.T @ c @ v
        if self.is_symmetric:
            f /= nonzero(1 - r[:, None] * s[None, :])
            return u @ f @ v.T
        # With P = Y S/σ the equation over its scale is L − R P = F beside P − L S = 0, whose L is Y.
        left, right = self._pencils[2:] if adjoint else self._pencils[:2]
        y = np.zeros_like(f)
        f /= self._scales[1]
        if adjoint:
            solve_coupled(left, right, np.ascontiguousarray(f[::-1, ::-1]), y)
            return u @ y[::-1, ::-1] @ v.T
        solve_coupled(left, right, f, y)
        return u @ y @ v.T

    @cached_property
    def _spectra(self) -> tuple[Array, Array]:
        return self._left[2], self._right[2]

    @cached_property
    def pair(self) -> tuple[complex, complex, float]:
        """The eigenvalues of A and B whose product is nearest to one, and its distance from it."""
        left, right = self._spectra
        if not len(left) or not len(right):
            return 0, 0, np.inf
        with np.errstate(divide="ignore", invalid="ignore"):
            big = np.where(right == 0, np.inf, 1 / np.where(right == 0, 1, right))
        keep = np.flatnonzero(np.isfinite(big))
        if not len(keep):
            return complex(left[0]), 0j, 1.0
        i, j, _ = nearest_pair(left, big[keep])
        found = complex(left[i]), complex(right[keep[j]])
        return (*found, abs(1 - found[0] * found[1]))

    def nearness(self) -> float:
        """The smallest distance of a product of eigenvalues from 1, over the norm."""
        return self.pair[2] / self.norm

    @cached_property
    def reciprocal_condition(self) -> float:
        """Exact for symmetric coefficients."""
        if self.is_symmetric:
            left, right = self._spectra
            sizes = abs(1 - left[:, None] * right[None, :])
            largest = self.measure(float(sizes.max()))
            return float(sizes.min() / largest) if largest else 0.0
        return self._estimated_condition()

    def why_singular(self) -> str:
        """The pair of eigenvalues with product one."""
        first, second, distance = self.pair
        a, b = self.names
        if distance <= 1e-6:
            return (
                f"the product of the eigenvalue {shown_number(first)} of {a} and the eigenvalue "
                f"{shown_number(second)} of {b} is 1"
            )
        return (
            "its coefficients are so far from normal that it is singular to working precision, though no "
            f"product of two eigenvalues is nearer to 1 than {distance:.2g}"
        )
