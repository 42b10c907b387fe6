"""A X + Xᵀ B = C and A X B + C Xᵀ D = E, which is brought to it."""

from __future__ import annotations

from typing import Any

import numpy as np

from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import (
    as_matrix,
    one_type,
    require_shape,
    require_square,
    shown_number,
    turned_name,
)
from matgrad.solvers.iterated import DENSE
from matgrad.solvers.linear import TwoSided
from matgrad.solvers.schur import qz
from matgrad.solvers.several import Several
from matgrad.solvers.system import LinearSystem
from matgrad.solvers.triangular import Pencil, flipped, solve_coupled
from matgrad.solvers.two_terms import homogeneous

Array = Any

_LEAF = 6
"""The order up to which it is solved as the linear system that it is."""


class TransposedSylvester(LinearSystem):
    """A X + Xᵀ B = C for square coefficients, whose generalised Schur form is found once.

    One solution exists unless λᵢλⱼ = 1 for two eigenvalues of A − λBᵀ, or one is −1 (De Terán & Dopico,
    2011). With A = Q S Zᵀ, Bᵀ = Q T Zᵀ and Y = Zᵀ X Q it is S Y + Yᵀ Tᵀ = Qᵀ C Q, solved by halves.

    Parameters
    ----------
    a, b : array
        Both n×n.

    Examples
    --------
    >>> TransposedSylvester([[1.0]], [[2.0]]).solve([[6.0]]).value.tolist()
    [[2.0]]
    """

    text = "A X + Xᵀ B = C"
    method = "generalised Schur form (QZ) of A − λBᵀ and a triangular equation"

    def __init__(self, a: Any, b: Any, names: tuple[str, str] = ("A", "B")) -> None:
        a, b = as_matrix(a, names[0]), as_matrix(b, names[1])
        require_square(a, names[0])
        self.a, self.b = one_type(a, b)
        require_shape(self.b, self.a.shape, names[1], f"{names[0]} says")
        self.names = names
        self.dtype = self.a.dtype
        self.shape = self.right_shape = self.a.shape

    @cached_property
    def norm(self) -> float:
        """‖A‖ + ‖B‖ in the Frobenius norm."""
        return float(np.linalg.norm(self.a) + np.linalg.norm(self.b))

    def apply(self, x: Array) -> Array:
        """A X + Xᵀ B."""
        return self.a @ x + x.T @ self.b

    def apply_adjoint(self, y: Array) -> Array:
        """Aᵀ Y + B Yᵀ."""
        return self.a.T @ y + self.b @ y.T

    @cached_property
    def _form(self) -> tuple[Array, Array, Array, Array]:
        return qz(self.a, np.asfortranarray(self.b.T))

    @cached_property
    def _adjoint(self) -> LinearSystem:
        """The adjoint equation, of another form."""
        eye = np.eye(len(self.a), dtype=self.dtype)
        return with_transpose(self.a.T, eye, self.b, eye)

    def _solve(self, c: Array) -> Array:
        s, t, q, z = self._form
        f = q.T @ c @ q
        _solve_turned(Pencil.of(s, t), f)
        x = z @ f @ q.T
        left = c - self.apply(x)
        f = q.T @ left @ q
        _solve_turned(Pencil.of(s, t), f)
        better = x + z @ f @ q.T
        return better if np.linalg.norm(c - self.apply(better)) < np.linalg.norm(left) else x

    def _solve_adjoint(self, c: Array) -> Array:
        return self._adjoint._solve(c)

    @cached_property
    def pair(self) -> tuple[complex, complex, float, bool]:
        """The eigenvalues of A − λBᵀ whose product is nearest to 1, or the one nearest to −1."""
        alpha, beta = homogeneous(*self._form[:2])
        products = abs(alpha[:, None] * alpha[None, :] - beta[:, None] * beta[None, :])
        alone = abs(alpha + beta)
        np.fill_diagonal(products, np.inf)
        i, j = divmod(int(products.argmin()), len(alpha))
        k = int(alone.argmin())
        with np.errstate(divide="ignore", invalid="ignore"):
            values = alpha / beta
        if products[i, j] <= alone[k]:
            return complex(values[i]), complex(values[j]), float(products[i, j]), False
        return complex(values[k]), complex(values[k]), float(alone[k]), True

    def nearness(self) -> float:
        """How near a pair is, relative."""
        return self.pair[2] if self.a.size else 1.0

    def why_singular(self) -> str | Phrase:
        """The pair of eigenvalues."""
        a, b = self.names[0], turned_name(self.names[1])
        first, second, distance, alone = self.pair
        if distance > 1e-6:
            return phrase(
                "it is singular to working precision, though no eigenvalues of {a} − λ{b} say so", a=a, b=b
            )
        if alone:
            return phrase("{a} − λ{b} has the eigenvalue −1", a=a, b=b)
        both = f"{shown_number(first)} and {shown_number(second)}"
        return phrase("the product of the eigenvalues {both} of {a} − λ{b} is 1", both=both, a=a, b=b)


class OneOfEach(LinearSystem):
    """A X B + C Xᵀ D = E for square coefficients of which B and C, or A and D, can be inverted.

    C⁻¹A X + Xᵀ D B⁻¹ = C⁻¹ E B⁻¹ is a T-Sylvester equation, and so is what the transposed unknown solves.

    Parameters
    ----------
    a, b, c, d : array
        All n×n.

    Examples
    --------
    >>> OneOfEach([[1.0]], [[2.0]], [[3.0]], [[1.0]]).solve([[10.0]]).value.round(12).tolist()
    [[2.0]]
    """

    text = "A X B + C Xᵀ D = E"
    right_name = "E"

    def __init__(self, a: Any, b: Any, c: Any, d: Any) -> None:
        given = one_type(*(as_matrix(x, name) for x, name in zip((a, b, c, d), "ABCD", strict=True)))
        self.a, self.b, self.c, self.d = given
        self.dtype = self.a.dtype
        self.shape = self.right_shape = self.a.shape

    @cached_property
    def _by_rows(self) -> tuple[TwoSided, TwoSided]:
        """C X B and A X D: with which of them the equation is multiplied through."""
        return TwoSided(self.c, self.b), TwoSided(self.a, self.d)

    @cached_property
    def inverted(self) -> float:
        """How well conditioned the two coefficients that are inverted are."""
        return max(pair.reciprocal_condition for pair in self._by_rows)

    @cached_property
    def _is_turned(self) -> bool:
        """Whether A and D are inverted, and the unknown is Xᵀ."""
        first, second = self._by_rows
        return second.reciprocal_condition > first.reciprocal_condition

    @cached_property
    def _inner(self) -> TransposedSylvester:
        a, b, c, d = self.a, self.b, self.c, self.d
        if self._is_turned:
            a, b, c, d = c, d, a, b
        return TransposedSylvester(np.linalg.solve(c, a), np.linalg.solve(b.T, d.T).T)

    @cached_property
    def method(self) -> str:
        """How it is solved."""
        return f"reduced to a T-Sylvester equation by inverting coefficients: {TransposedSylvester.method}"

    @cached_property
    def norm(self) -> float:
        """‖A‖‖B‖ + ‖C‖‖D‖ in the Frobenius norm."""
        a, b, c, d = (float(np.linalg.norm(x)) for x in (self.a, self.b, self.c, self.d))
        return a * b + c * d

    def apply(self, x: Array) -> Array:
        """A X B + C Xᵀ D."""
        return self.a @ x @ self.b + self.c @ x.T @ self.d

    def apply_adjoint(self, y: Array) -> Array:
        """Aᵀ Y Bᵀ + D Yᵀ C."""
        return self.a.T @ y @ self.b.T + self.d @ y.T @ self.c

    @cached_property
    def _adjoint(self) -> LinearSystem:
        return with_transpose(self.a.T, self.b.T, self.d, self.c)

    def _once(self, e: Array) -> Array:
        x = self._inner._solve(self._by_rows[self._is_turned]._solve(e))
        return x.T if self._is_turned else x

    def _solve(self, c: Array) -> Array:
        x = self._once(c)
        left = c - self.apply(x)
        for _ in range(3):  # what the inverted coefficients cost is won back
            better = x + self._once(left)
            remains = c - self.apply(better)
            if not np.linalg.norm(remains) < 0.5 * np.linalg.norm(left):
                return x
            x, left = better, remains
        return x

    def _solve_adjoint(self, c: Array) -> Array:
        return self._adjoint._solve(c)

    def nearness(self) -> float:
        """How near a pair of eigenvalues is to what makes it singular."""
        return self._inner.nearness()

    def why_singular(self) -> str | Phrase:
        """No pair of eigenvalues of the coefficients as they were given."""
        return phrase("its matrix on vec(X) has not full rank")


_INVERTED = 1e-8
"""The reciprocal condition from which two coefficients are inverted."""


def with_transpose(a: Array, b: Array, c: Array, d: Array) -> LinearSystem:
    """The solver of A X B + C Xᵀ D = E.

    Its matrix on vec(X) where that is small, or where no two coefficients are well conditioned.
    """
    if all(x.shape == a.shape and x.shape[0] == x.shape[1] for x in (a, b, c, d)) and a.size > DENSE:
        found = OneOfEach(a, b, c, d)
        if found.inverted > _INVERTED:
            return found
    return Several(1, (a, b, c, d))


def _solve_turned(pencil: Pencil, f: Array) -> None:
    """Replace F by the Y with S Y + Yᵀ Tᵀ = F."""
    n = pencil.order
    if n <= _LEAF or pencil.is_whole:
        _solve_leaf(pencil.a, pencil.d, f)
        return
    k = pencil.cut
    first, second = pencil.halves
    s, t = pencil.a[:k, k:], pencil.d[:k, k:]
    corner = f[k:, k:]
    _solve_turned(second, corner)
    # With P = Y₁₂ and L = Y₂₁ᵀ:  S₁₁P + L T₂₂ᵀ = F₁₂ − S₁₂Y₂₂,  T₁₁P + L S₂₂ᵀ = F₂₁ᵀ − T₁₂Y₂₂.
    e = np.ascontiguousarray((f[:k, k:] - s @ corner)[:, ::-1])
    g = np.ascontiguousarray((f[k:, :k].T - t @ corner)[:, ::-1])
    solve_coupled(first, Pencil.of(flipped(second.d), flipped(second.a)), e, g)
    f[:k, k:] = e[:, ::-1]
    low = f[k:, :k]
    low[...] = g[:, ::-1].T
    f[:k, :k] -= s @ low + (t @ low).T
    _solve_turned(first, f[:k, :k])


def _solve_leaf(s: Array, t: Array, f: Array) -> None:
    n = len(s)
    system = np.kron(np.eye(n), s)
    turned = np.kron(t, np.eye(n)).reshape(n * n, n, n)
    # Of vec(Yᵀ Tᵀ) = (T ⊗ I) vec(Yᵀ) the columns in the order of vec(Y).
    system += turned.transpose(0, 2, 1).reshape(n * n, n * n)
    tiny = np.finfo(f.dtype).eps * (abs(system).max() or 1)
    try:
        y = np.linalg.solve(system, f.ravel(order="F"))
        fine = bool(np.isfinite(y).all())
    except np.linalg.LinAlgError:
        fine = False
    if not fine:
        rows, values, columns = np.linalg.svd(system)
        y = columns.T @ ((rows.T @ f.ravel(order="F")) / np.maximum(values, tiny))
    f[...] = y.reshape((n, n), order="F")
