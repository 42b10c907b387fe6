"""A X + X B = C, with the Lyapunov equations among them."""

from __future__ import annotations

from typing import Any

import numpy as np

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import frobenius, shown_number
from matgrad.solvers.nearest import nearest_pair, nonzero
from matgrad.solvers.schur import Tridiagonal, eigh, is_symmetric, products, schur, symmetric_products
from matgrad.solvers.triangular import solve_lyapunov, solve_sylvester
from matgrad.solvers.two_squares import OfTwoSquares

Array = Any

_REDUCED = 300
"""The order from which solving with shifted tridiagonal matrices costs less than eigenvectors."""
_UNSEEN = 1e-2
"""A random vector may have so little of the singular direction, and more where it is more than luck."""


class Sylvester(OfTwoSquares):
    """A X + X B = C for coefficients that are factorised once.

    One solution exists unless an eigenvalue of A is the negative of one of B. Bartels and Stewart (1972),
    with the triangular equation solved by halves; symmetric coefficients by the eigenvalues of one of them,
    the other being reduced to tridiagonal form where it is large.

    Parameters
    ----------
    a, b : array
        m×m and n×n.

    Examples
    --------
    >>> Sylvester([[2.0]], [[1.0, 0.0], [0.0, 3.0]]).solve([[3.0, 10.0]]).value.tolist()
    [[1.0, 2.0]]
    """

    text = "A X + X B = C"

    @property
    def by_schur_forms(self) -> str:
        return f"Bartels–Stewart with {'one Schur form' if self.is_lyapunov else 'two Schur forms'}"

    @cached_property
    def norm(self) -> float:
        """‖A‖ + ‖B‖ in the Frobenius norm."""
        return frobenius(self.a) + frobenius(self.b)

    @cached_property
    def _left(self) -> tuple[Array, Array, Array]:
        return eigh(self.a, self.names[0]) if self.is_symmetric else schur(self.a, self.names[0])

    @cached_property
    def _right(self) -> tuple[Array, Array, Array]:
        """The form of B; where B = Aᵀ that of A, to be transposed."""
        if self.is_lyapunov:
            return self._left
        return eigh(self.b, self.names[1]) if self.is_symmetric else schur(self.b, self.names[1])

    def apply(self, x: Array) -> Array:
        """A X + X B."""
        return self.a @ x + x @ self.b

    def apply_adjoint(self, y: Array) -> Array:
        """Aᵀ Y + Y Bᵀ."""
        return self.a.T @ y + y @ self.b.T

    @cached_property
    def _one_reduced(self) -> bool:
        """Whether only the smaller of two symmetric coefficients is diagonalised: the other is reduced."""
        return self.is_symmetric and not self.is_lyapunov and max(self.shape) >= _REDUCED

    @cached_property
    def _reduced(self) -> tuple[tuple[Array, Array], Tridiagonal]:
        """Eigenvalues and vectors of the smaller coefficient, the other as Q T Qᵀ."""
        small, large = (self.a, self.b) if len(self.a) <= len(self.b) else (self.b, self.a)
        name = self.names[small is self.b]
        values, vectors, _ = eigh(small, name)
        return (values, vectors), Tridiagonal(large)

    def _solved_by_shifts(self, c: Array) -> Array:
        """With Uᵀ A U = diag(λ) every row of Y = Uᵀ X has a system of its own: yᵢ (B + λᵢ I) = (Uᵀ C)ᵢ."""
        (values, u), t = self._reduced
        turned = len(self.a) > len(self.b)
        c = c.T if turned else c
        f = np.empty_like(c, order="C")
        np.matmul(u.T, c[:, 1:], out=f[:, :-1])
        f[:, -1] = u.T @ c[:, 0]
        t.solve_shifted(values, f)
        x = np.empty_like(f)
        np.matmul(u, f[:, :-1], out=x[:, 1:])
        x[:, 0] = u @ f[:, -1]
        return x.T if turned else x

    def _solve(self, c: Array) -> Array:
        return self._solved(c, adjoint=False)

    def _solve_adjoint(self, c: Array) -> Array:
        return self._solved(c, adjoint=True)

    def _solved(self, c: Array, *, adjoint: bool) -> Array:
        if self._one_reduced:
            return self._solved_by_shifts(c)
        (r, u, _), (s, v, _) = self._left, self._right
        if self.is_lyapunov and (self.is_symmetric or not adjoint) and is_symmetric(c):
            return self._symmetric(c, r, u)
        f = products(u.T, c, v)
        if self.is_symmetric:
            f /= nonzero(r[:, None] + s[None, :])
        else:
            solve_sylvester(r, s, f, turn_r=adjoint, turn_s=adjoint != self.is_lyapunov)
        return products(u, f, v.T)

    def _symmetric(self, c: Array, r: Array, u: Array) -> Array:
        """The symmetric X of a Lyapunov equation with a symmetric right side."""
        f = symmetric_products(c, u, exactly=False)
        if self.is_symmetric:
            f /= nonzero(r[:, None] + r[None, :])
        else:
            solve_lyapunov(r, f)
        return symmetric_products(f, u.T)

    @property
    def _spectra(self) -> tuple[Array, Array]:
        if self._one_reduced:
            (small, _), large = self._reduced
            return (large.values, small) if len(self.a) > len(self.b) else (small, large.values)
        return self._left[2], self._right[2]

    @cached_property
    def pair(self) -> tuple[complex, complex, float]:
        """The eigenvalues of A and B whose sum is nearest to zero, and the size of it."""
        left, right = self._spectra
        i, j, distance = nearest_pair(left, -right)
        return complex(left[i]), complex(right[j]), distance

    @property
    def _growth(self) -> float:
        """By how much an equation of one row or column made a random vector grow, if that was looked at."""
        return self._reduced[1].growth if self._one_reduced else 0.0

    def nearness(self) -> float:
        """The smallest sum of eigenvalues over the norm, or what a random vector said of it."""
        growth = self._growth
        if growth and self.norm:
            return _UNSEEN / (growth * self.norm)
        return self.pair[2] / self.norm if self.norm else 0.0

    @cached_property
    def reciprocal_condition(self) -> float:
        """Exact for symmetric coefficients."""
        if self.is_symmetric:
            left, right = self._spectra
            ends = [abs(i + j) for i in (left.min(), left.max()) for j in (right.min(), right.max())]
            largest = self.measure(float(max(ends)))
            return float(self.pair[2] / largest) if largest else 0.0
        return self._estimated_condition()

    def why_singular(self) -> str | Phrase:
        """The pair of eigenvalues with sum zero."""
        first, second, distance = self.pair
        a, b = self.names
        if distance <= 1e-6 * self.norm:
            return phrase(
                "the eigenvalue {first} of {a} and the eigenvalue {second} of {b} add up to 0",
                first=shown_number(first),
                a=a,
                second=shown_number(second),
                b=b,
            )
        return phrase(
            "its coefficients are so far from normal that it is singular to working "
            "precision, though no two eigenvalues add up to less than {distance}",
            distance=f"{distance:.2g}",
        )
