"""X − A X B = C, with the discrete Lyapunov equations among them."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from scipy.linalg import lapack

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import frobenius, largest, shown_number
from matgrad.solvers.nearest import ALL_PAIRS, nearest_pair, nonzero
from matgrad.solvers.schur import eigh, is_symmetric, products, schur, symmetric_products
from matgrad.solvers.triangular import (
    Pencil,
    Scaled,
    flipped,
    modes_pay,
    solve_coupled,
    solve_lyapunov,
    solve_sylvester,
    solve_symmetric_stein,
)
from matgrad.solvers.two_squares import OfTwoSquares

Array = Any

_ONE_TURN = 200
"""The order up to which one inverse of I + A costs less than the turns of all leaves."""
_ROUNDING = 4
"""What may be left over, for each row and column, in units of rounding of the terms."""
_WELL = 1e-6
"""The reciprocal condition from which I + A and I + B are inverted."""
_VERY_WELL = 100
"""The condition, for each row, up to which the other sign is not looked at."""


class Turn(NamedTuple):
    """Of a quasi-triangular T: (I + T)⁻¹, twice that, 2(I + T)⁻¹ − I with blocks where T has them.

    Attributes
    ----------
    condition : float
        That of I + T in the Frobenius norm, which is n of the identity.
    """

    inverse: Array
    twice: Array
    turned: Array
    condition: float

    @classmethod
    def of(cls, t: Array) -> Turn | None:
        """That of one matrix, if I + T is well conditioned."""
        eye = _identity(len(t), t.dtype.char)
        moved = t + eye
        solve = lapack.dgesv if t.dtype.char == "d" else lapack.sgesv
        _, _, inverse, singular = solve(moved, eye)
        condition = np.inf if singular else frobenius(moved) * frobenius(inverse)
        if not condition * _WELL <= 1:
            return None
        twice = inverse + inverse
        return cls(inverse, twice, twice - eye, condition)


@cache
def _identity(n: int, code: str) -> Array:
    eye = np.eye(n, dtype=code, order="F")
    eye.flags.writeable = False
    return eye


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
        return eigh(self.a, self.names[0]) if self.is_symmetric else schur(self.a, self.names[0])

    @cached_property
    def _right(self) -> tuple[Array, Array, Array]:
        """The form of B; where B = Aᵀ that of A, to be transposed."""
        if self.is_lyapunov:
            return self._left
        return eigh(self.b, self.names[1]) if self.is_symmetric else schur(self.b, self.names[1])

    @cached_property
    def _pencils(self) -> tuple[Pencil, Pencil]:
        """Those of the equation, −R Y S + Y, over its scale; Rᵀ has rows and columns turned round."""
        s = self._right[0]
        left, right = self._sides(self._left[0], flipped(s) if self.is_lyapunov else s)
        right.mirrored = left if self.is_lyapunov else None
        return left, right

    @cached_property
    def _pencils_of_adjoint(self) -> tuple[Pencil, Pencil]:
        """Those of the adjoint equation, with rows and columns turned round."""
        s = self._right[0]
        return self._sides(flipped(self._left[0]), s if self.is_lyapunov else flipped(s))

    def _sides(self, r: Array, s: Array) -> tuple[Pencil, Pencil]:
        of_s, scale = self._scales
        one, pay = self.dtype.type(1), modes_pay(self.shape)
        return (
            Pencil(Scaled(-of_s / scale, r), Scaled(one), len(r), self.dtype, by_modes=pay),
            Pencil(Scaled(one / scale), Scaled(-one / of_s, s), len(s), self.dtype, by_modes=pay),
        )

    @cached_property
    def _scales(self) -> tuple[Any, Any]:
        """Powers of 2: the size of S, and that of the equation where it is more than 1.

        R S = (σR)(S/σ); without them a large R stands beside a 1 in one equation, and digits go.
        """
        r = largest(self._left[0])
        s = r if self.is_lyapunov else largest(self._right[0])
        of_s = 2.0 ** np.round(np.log2(s)) if s else 1.0
        scale = 2.0 ** np.round(np.log2(max(1.0, r * of_s)))
        return self.dtype.type(of_s), self.dtype.type(scale)

    @cached_property
    def _turned(self) -> tuple[Turn, Turn] | None:
        """Both forms turned, R into K = 2(I + σR)⁻¹ − I: then K Y + Y K′ = 2(I + σR)⁻¹F(I + σS)⁻¹.

        Nothing where they are large, or where neither sign leaves both well conditioned.
        """
        if max(self.shape) > _ONE_TURN:
            return None
        r, s = self._left[0], self._right[0]
        of_s = 1 if self.is_lyapunov else self._scales[0]  # a large R beside a small S would cancel
        best = None
        for sign in (self.dtype.type(1), self.dtype.type(-1)):
            first = Turn.of(sign * of_s * r)
            second = first if self.is_lyapunov or first is None else Turn.of(sign / of_s * s)
            if first is None or second is None:
                continue
            if best is None or max(first.condition, second.condition) < max(t.condition for t in best):
                best = first, second
            if max(t.condition for t in best) <= _VERY_WELL * max(self.shape):
                break
        return best

    def _by_turn(self, f: Array, *, adjoint: bool, symmetric: bool) -> Array | None:
        """The Y with Y − R Y S = F, refined once; nothing where more than rounding is left over then."""
        if self._turned is None:
            return None
        r, s = self._left[0], self._right[0]
        if adjoint:
            r = r.T
        if adjoint != self.is_lyapunov:
            s = s.T
        y, left, given = None, f, frobenius(f)
        rounding = _ROUNDING * (16 + sum(self.shape)) * float(np.finfo(f.dtype).eps)
        for _ in range(2):
            change = self._once_by_turn(left, adjoint=adjoint, symmetric=symmetric)
            y = change if y is None else y + change
            across = products(r, y, s)
            left = f - y
            left += across
            if frobenius(left) <= rounding * (frobenius(y) + frobenius(across) + given):
                return y
        return None

    def _once_by_turn(self, f: Array, *, adjoint: bool, symmetric: bool) -> Array:
        assert self._turned is not None
        first, second = self._turned
        turn_s = adjoint != self.is_lyapunov
        before, after = (first.twice.T if adjoint else first.twice), second.inverse
        y = products(before, f, after.T if turn_s else after)
        if symmetric:
            solve_lyapunov(first.turned, y)
        else:
            solve_sylvester(first.turned, second.turned, y, turn_r=adjoint, turn_s=turn_s)
        return y

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
            f = symmetric_products(c, u, exactly=False)
            if self.is_symmetric:
                f /= nonzero(1 - r[:, None] * r[None, :])
                return symmetric_products(f, u.T)
            found = self._by_turn(f, adjoint=False, symmetric=True)
            if found is None:
                solve_symmetric_stein(r, *self._pencils, self._scales[1], f)
            return symmetric_products(f if found is None else found, u.T)
        f = products(u.T, c, v)
        if self.is_symmetric:
            f /= nonzero(1 - r[:, None] * s[None, :])
        else:
            found = self._by_turn(f, adjoint=adjoint, symmetric=False)
            f = self._by_pencils(f, adjoint) if found is None else found
        return products(u, f, v.T)

    def _by_pencils(self, f: Array, adjoint: bool) -> Array:
        """The Y with Y − R Y S = F, or of the adjoint, leaf by leaf.

        With P = Y S/σ the equation over its scale is L − R P = F beside P − L S = 0, whose L is Y.
        """
        left, right = self._pencils_of_adjoint if adjoint else self._pencils
        rows = slice(None, None, -1 if adjoint else 1)
        columns = slice(None, None, -1 if adjoint != self.is_lyapunov else 1)
        f = np.ascontiguousarray(f[rows, columns]) / self._scales[1]
        y = np.zeros_like(f)
        solve_coupled(left, right, f, y)
        return y[rows, columns]

    @cached_property
    def _spectra(self) -> tuple[Array, Array]:
        return self._left[2], self._right[2]

    @cached_property
    def pair(self) -> tuple[complex, complex, float]:
        """The eigenvalues of A and B whose product is nearest to one, and its distance from it."""
        left, right = self._spectra
        if not len(left) or not len(right):
            return 0, 0, np.inf
        if len(left) * len(right) <= ALL_PAIRS:
            distances = abs(1 - left[:, None] * right)
            i, j = divmod(int(distances.argmin()), len(right))
            return complex(left[i]), complex(right[j]), float(distances[i, j])
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

    def why_singular(self) -> str | Phrase:
        """The pair of eigenvalues with product one."""
        first, second, distance = self.pair
        a, b = self.names
        if distance <= 1e-6:
            return phrase(
                "the product of the eigenvalue {first} of {a} and the eigenvalue {second} of {b} is 1",
                first=shown_number(first),
                a=a,
                second=shown_number(second),
                b=b,
            )
        return phrase(
            "its coefficients are so far from normal that it is singular to working "
            "precision, though no product of two eigenvalues is nearer to 1 than "
            "{distance}",
            distance=f"{distance:.2g}",
        )
