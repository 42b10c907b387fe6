"""A ⊗ B + C ⊗ D: solved by a Kronecker sum where coefficients are well conditioned, else by QZ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.linalg as linalg

from matgrad import solvers
from matgrad.core.errors import MatgradError
from matgrad.core.lazy import cached_property
from matgrad.core.words import phrase
from matgrad.kronecker import triangular
from matgrad.kronecker.composites import SOLUTIONS, Scaled, Sum
from matgrad.kronecker.diagonals import Identity
from matgrad.kronecker.matrices import Dense
from matgrad.kronecker.operator import Operator, SignedLog, kind_of
from matgrad.kronecker.products import Kron, kron_of
from matgrad.kronecker.reading import owned, require_finite
from matgrad.kronecker.refusals import SingularOperatorError
from matgrad.kronecker.sums import KronSum, columns_solved, singular_equation

Array = Any

_WELL_CONDITIONED = 1e-5
"""Reciprocal condition numbers above which a coefficient is divided out, when double precision is used."""


class TwoTerms(Operator):
    """A ⊗ B + C ⊗ D of square factors: for solving and for its determinant.

    Parameters
    ----------
    whole : Operator
        The sum.
    first, second : Kron
        Its terms.
    """

    def __init__(self, whole: Operator, first: Kron, second: Kron) -> None:
        self.whole = whole
        self.coefficients = [
            f if isinstance(f, Dense) else Dense(owned(f.to_dense()))
            for f in (*first.factors, *second.factors)
        ]
        super().__init__(whole.shape, kind_of(self.coefficients))

    @cached_property
    def label(self) -> str:
        return self.whole.label

    @cached_property
    def _divided(self) -> tuple[Operator, KronSum] | None:
        """(A ⊗ B + C ⊗ D) = (C ⊗ B)(C⁻¹A ⊕ B⁻¹D), or (A ⊗ D)(A⁻¹C ⊕ D⁻¹B): what is better conditioned."""
        a, b, c, d = self.coefficients
        for f in self.coefficients:
            require_finite(f.array, f"a coefficient of {self.label}")
        limit = max(_WELL_CONDITIONED, np.finfo(self.dtype).eps ** 0.5)
        pairs = [((c, b), (a, d)), ((a, d), (c, b))]
        goodness = [min(x._reciprocal_condition, y._reciprocal_condition) for (x, y), _ in pairs]
        best = int(goodness[1] > goodness[0])
        if goodness[best] < limit:
            return None
        (x, y), (u, v) = pairs[best]
        parts = [Dense(owned(x._solve(u.array))), Dense(owned(y._solve(v.array)))]
        return kron_of([x, y]), KronSum(parts)

    @cached_property
    def _pencil(self) -> tuple[Array, ...]:
        """Unitary Q, Z and triangles S, T with A = Q S Zᴴ, C = Q T Zᴴ, and the same for B and D."""
        a, b, c, d = (f.array for f in self.coefficients)
        s, t, q, z = linalg.qz(a, c, output="complex", check_finite=False)
        p, r, u, w = linalg.qz(b, d, output="complex", check_finite=False)
        return s, t, q, z, p, r, u, w

    @cached_property
    def _eigenvalues(self) -> Array:
        """The diagonal of the triangular system: sᵢ pⱼ + tᵢ rⱼ."""
        s, t, _, _, p, r, _, _ = self._pencil
        return np.multiply.outer(s.diagonal(), p.diagonal()) + np.multiply.outer(t.diagonal(), r.diagonal())

    def _check_invertible(self) -> None:
        if self.kind.kind != "c":
            if self._equation.is_singular:
                raise singular_equation(self._equation, self._named)
            return
        if self._divided is not None:
            try:
                self._divided[1]._check_invertible()
            except SingularOperatorError as error:
                raise SingularOperatorError(
                    phrase(
                        "{name} is singular to working precision: a generalised eigenvalue of its "
                        "left factors is minus one of its right factors",
                        name=self.named,
                    ),
                    fix=error.remedy,
                ) from None
            return
        s, t, _, _, p, r, _, _ = self._pencil
        size = np.abs(self._eigenvalues)
        scale = linalg.norm(s) * linalg.norm(p) + linalg.norm(t) * linalg.norm(r)
        place = np.unravel_index(int(size.argmin()), size.shape)
        if size[place] <= max(size.shape) * np.finfo(self.dtype).eps * scale:
            i, j = place
            raise SingularOperatorError(
                phrase(
                    "{name} is singular to working precision: of the generalised eigenvalues "
                    "{s} of its left factors and {p} of its right ones the combination "
                    "vanishes",
                    name=self.named,
                    s=_ratio(s[i, i], t[i, i]),
                    p=_ratio(p[j, j], r[j, j]),
                )
            )

    @cached_property
    def _named(self) -> str:
        """The label, with letters for factors that have no names."""
        if all(f.name for f in self.coefficients):
            return self.label
        return f"{self.label}, written as A ⊗ B + C ⊗ D,"

    @cached_property
    def _equation(self) -> solvers.TwoTerms:
        """B X Aᵀ + D X Cᵀ = Y, whose solution is that of the system, on vec."""
        for f in self.coefficients:
            require_finite(f.array, f"a coefficient of {self.label}")
        a, b, c, d = (f.array for f in self.coefficients)
        first, second, third, fourth = (
            f.name or letter for f, letter in zip(self.coefficients, "ABCD", strict=True)
        )
        return solvers.TwoTerms(b, a.T, d, c.T, (second, first, fourth, third))

    def _solve(self, Y: Array) -> Array:
        if self.kind.kind != "c" and Y.dtype.kind == "c":
            return self._solve(Y.real) + 1j * self._solve(Y.imag)
        if self.kind.kind != "c":
            return columns_solved(self._equation, Y, self._named)
        self._check_invertible()
        kind = np.result_type(self.kind, Y)
        if self._divided is not None:
            outer, inner = self._divided
            x = inner._solve(outer._solve(Y))
            if self._is_accurate(x, Y):
                return x.astype(kind, copy=False)
        s, t, q, z, p, r, u, w = self._pencil
        m, n = len(q), len(u)
        solved = np.empty(Y.shape, np.result_type(s, Y))
        for column in range(Y.shape[1]):
            right = u.conj().T @ Y[:, column].reshape(m, n).T @ q.conj()
            try:
                inner_solution = triangular.two_terms(s, t, p, r, right)
            except triangular.PerturbedError:
                raise SingularOperatorError(phrase("{name} is singular", name=self.named)) from None
            solved[:, column] = (w @ inner_solution @ z.T).T.reshape(-1)
        return solved.astype(kind) if kind.kind == "c" else solved.real.astype(kind)

    def _is_accurate(self, x: Array, Y: Array) -> bool:
        """Whether the residual is that of a backward stable solution, give or take some digits."""
        a, b, c, d = (linalg.norm(f.array) for f in self.coefficients)
        off = np.abs(self.whole._apply(x) - Y).max()
        limit = 1e4 * np.finfo(self.dtype).eps * ((a * b + c * d) * np.abs(x).max() + np.abs(Y).max())
        return bool(off <= limit)

    def slogdet(self) -> SignedLog:
        if self._divided is not None:
            outer, inner = self._divided
            (s1, l1), (s2, l2) = outer.slogdet(), inner.slogdet()
            return SignedLog(s1 * s2, l1 + l2)
        _, _, q, z, _, _, u, w = self._pencil
        values = self._eigenvalues
        if not values.all():
            return SignedLog(self.dtype.type(0), -np.inf)
        m, n = len(q), len(u)
        phases = [np.linalg.det(x) for x in (q, z, u, w)]
        angle = n * (np.angle(phases[0]) - np.angle(phases[1])) + m * (
            np.angle(phases[2]) - np.angle(phases[3])
        )
        sign = np.exp(1j * (np.angle(values).sum() + angle))
        logarithm = float(np.log(np.abs(values)).sum())
        if self.dtype.kind == "c":
            return SignedLog(self.dtype.type(sign), logarithm)
        return SignedLog(self.dtype.type(1 if sign.real > 0 else -1), logarithm)


def _ratio(a: Any, b: Any) -> str:
    if abs(b) <= np.finfo(float).eps * abs(a):
        return "∞"
    value = complex(a / b)
    return f"{value.real:.6g}" if abs(value.imag) < 1e-12 * abs(value) else f"{value:.6g}"


def _two_terms(whole: Sum) -> Operator | None:
    """Two products of two square factors each, of the same orders; one may be a multiple of the identity."""
    if len(whole.terms) != 2:
        return None
    pairs = [term for term in whole.terms if isinstance(term, Kron) and len(term.factors) == 2]
    if not pairs or any(not term.is_of_square_factors for term in pairs):
        return None
    orders = [f.shape[0] for f in pairs[0].factors]
    terms = [_as_pair(term, orders) for term in whole.terms]
    if terms[0] is None or terms[1] is None:
        return None
    try:
        return TwoTerms(whole, terms[0], terms[1])
    except MatgradError:
        return None


def _as_pair(term: Operator, orders: Sequence[int]) -> Kron | None:
    """A term as a product of two factors of given orders."""
    if isinstance(term, Kron) and len(term.factors) == 2:
        return term if [f.shape[0] for f in term.factors] == list(orders) else None
    if isinstance(term, Identity):
        return Kron([Identity(n) for n in orders])
    if isinstance(term, Scaled) and isinstance(term.operand, Identity):
        return Kron([Identity(orders[0])._scaled(term.c), Identity(orders[1])])
    return None


SOLUTIONS.append(_two_terms)
