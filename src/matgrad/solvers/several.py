"""Σ Aᵢ X Bᵢ + Σ Aⱼ Xᵀ Bⱼ = C: any number of terms, also with Xᵀ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator, gmres

from matgrad.core.errors import DomainError, MatgradError
from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase, phrase
from matgrad.solvers.checks import as_matrix, one_type, require_shape
from matgrad.solvers.dense import DenseFactors, factorised
from matgrad.solvers.system import LinearSystem
from matgrad.solvers.two_terms import TwoTerms

Array = Any

DENSE = 1600
"""Up to so many unknowns the matrix on vec(X) is formed."""

LAST_RESORT = 4900
"""Up to so many unknowns it is formed where the iteration does not come near."""


class Several(LinearSystem):
    """Σ Aᵢ X Bᵢ + Σ Aⱼ Xᵀ Bⱼ = C with as many equations as unknowns.

    Small ones by LU of the matrix on vec(X); others by GMRES on the structured operator, preconditioned by
    its two largest terms with X, and where that does not come near by the matrix as long as it fits.

    Parameters
    ----------
    plain : int
        How many of the terms have X; the terms behind them have Xᵀ.
    coefficients : sequence of array
        A₁, B₁, A₂, B₂, …

    Examples
    --------
    >>> Several(1, [[[1.0]], [[1.0]], [[2.0]], [[1.0]]]).solve([[6.0]]).value.tolist()
    [[2.0]]
    """

    def __init__(self, plain: int, coefficients: Sequence[Any]) -> None:
        names = [f"{'AB'[k % 2]}{k // 2 + 1}" for k in range(len(coefficients))]
        given = one_type(*(as_matrix(x, name) for x, name in zip(coefficients, names, strict=True)))
        self.pairs = list(zip(given[::2], given[1::2], strict=True))
        self.plain = plain
        self.dtype = given[0].dtype
        a, b = self.pairs[0]
        self.right_shape = (a.shape[0], b.shape[1])
        self.shape = (a.shape[1], b.shape[0]) if plain else (b.shape[0], a.shape[1])
        m, n = self.shape
        for i, (a, b) in enumerate(self.pairs):
            inner = (m, n) if i < plain else (n, m)
            require_shape(a, (self.right_shape[0], inner[0]), names[2 * i], "the other coefficients say")
            require_shape(b, (inner[1], self.right_shape[1]), names[2 * i + 1], "the other coefficients say")
        terms = [f"A{i + 1} X{'' if i < plain else 'ᵀ'} B{i + 1}" for i in range(len(self.pairs))]
        self.text = f"{' + '.join(terms)} = C"
        self.steps = 0

    @cached_property
    def is_dense(self) -> bool:
        """Whether it is small enough for its matrix."""
        return int(np.prod(self.shape)) <= DENSE

    @cached_property
    def method(self) -> str:
        """How it is solved."""
        if self.is_dense:
            return "LU factorisation of the matrix on vec(X)"
        how = self._preconditioner[1]
        return f"GMRES on the structured operator, {how}"

    @cached_property
    def norm(self) -> float:
        """Σ ‖A‖‖B‖ in the Frobenius norm."""
        return float(sum(np.linalg.norm(a) * np.linalg.norm(b) for a, b in self.pairs))

    def apply(self, x: Array) -> Array:
        """Σ A X B + Σ A Xᵀ B."""
        terms = [a @ (x if i < self.plain else x.T) @ b for i, (a, b) in enumerate(self.pairs)]
        return sum(terms[1:], terms[0])

    def apply_adjoint(self, y: Array) -> Array:
        """Σ Aᵀ Y Bᵀ + Σ B Yᵀ A."""
        terms = [a.T @ y @ b.T if i < self.plain else b @ y.T @ a for i, (a, b) in enumerate(self.pairs)]
        return sum(terms[1:], terms[0])

    def to_dense(self) -> Array:
        """The matrix on vec(X): Σ Bᵀ ⊗ A, with the columns of the terms with Xᵀ in another order."""
        m, n = self.shape
        p, q = self.right_shape
        whole = np.zeros((p * q, m * n), self.dtype)
        for i, (a, b) in enumerate(self.pairs):
            term = np.kron(b.T, a)
            if i >= self.plain:
                term = term.reshape(p * q, m, n).transpose(0, 2, 1).reshape(p * q, m * n)
            whole += term
        return whole

    @cached_property
    def _factors(self) -> DenseFactors:
        return factorised(self.to_dense())

    def nearness(self) -> float:
        """What the factors of the matrix say; of large equations nothing."""
        return self._factors.reciprocal_condition if self.is_dense else 1.0

    @cached_property
    def _preconditioner(self) -> tuple[TwoTerms | None, str]:
        """The two largest of the terms with X, where those can be solved."""
        square = [
            (float(np.linalg.norm(a) * np.linalg.norm(b)), i)
            for i, (a, b) in enumerate(self.pairs[: self.plain])
            if a.shape[0] == a.shape[1] and b.shape[0] == b.shape[1]
        ]
        largest = sorted(i for _, i in sorted(square, reverse=True)[:2])
        if largest:
            (a, b), *more = (self.pairs[i] for i in largest)
            c, d = more[0] if more else (np.zeros_like(a), np.zeros_like(b))
            try:
                found = TwoTerms(a, b, c, d)
                if not found.is_singular:
                    return found, f"preconditioned by term {' and '.join(str(i + 1) for i in largest)}"
            except MatgradError:
                pass
        return None, "without a preconditioner"

    def _solve(self, c: Array) -> Array:
        return self._solved(c, adjoint=False)

    def _solve_adjoint(self, c: Array) -> Array:
        return self._solved(c, adjoint=True)

    def _solved(self, c: Array, *, adjoint: bool) -> Array:
        given, shape = (self.shape, self.right_shape) if adjoint else (self.right_shape, self.shape)
        if self.is_dense:
            x = self._factors.solve(c.ravel(order="F"), transposed=adjoint)
            return x.reshape(shape, order="F")
        try:
            return self._iterated(c, given, shape, adjoint)
        except DomainError:
            if c.size > LAST_RESORT:
                raise
        self.is_dense = True
        self.__dict__.pop("method", None)
        return self._solved(c, adjoint=adjoint)

    def _iterated(self, c: Array, given: tuple[int, int], shape: tuple[int, int], adjoint: bool) -> Array:
        apply = self.apply_adjoint if adjoint else self.apply
        near = self._preconditioner[0]
        size = c.size

        def operator(function: Any, before: tuple[int, int]) -> LinearOperator:
            return LinearOperator(
                (size, size), matvec=lambda v: function(v.reshape(before)).ravel(), dtype=self.dtype
            )

        inverse = None
        if near is not None and given == shape:
            inverse = operator(near._solve_adjoint if adjoint else near._solve, given)
        self.steps = 0

        def count(_: float) -> None:
            self.steps += 1

        found, info = gmres(
            operator(apply, shape), c.ravel(), rtol=1e-13, atol=0.0, restart=60, maxiter=20, M=inverse,
            callback=count, callback_type="pr_norm",
        )  # fmt: skip
        x = found.reshape(shape)
        for _ in range(2):
            left = c - apply(x)
            if np.linalg.norm(left) <= 1e-13 * (self.norm * np.linalg.norm(x) + np.linalg.norm(c)):
                return x
            more, info = gmres(
                operator(apply, shape), left.ravel(), rtol=1e-6, atol=0.0, restart=60, maxiter=20, M=inverse
            )
            x = x + more.reshape(shape)
        left_over = np.linalg.norm(c - apply(x)) / np.linalg.norm(c)
        if info and left_over > 1e-10:
            raise DomainError(
                phrase(
                    "GMRES for {text} did not come near: after {steps} steps the residual is "
                    "{left_over} of the right side",
                    text=self.text,
                    steps=self.steps,
                    left_over=f"{left_over:.1e}",
                )
            )
        return x

    @cached_property
    def reciprocal_condition(self) -> float:
        """Of large ones that of inverse iteration too, each step an iteration of its own."""
        return self._estimated_condition()

    def why_singular(self) -> str | Phrase:
        """No pair of eigenvalues tells it of more than two terms."""
        return phrase("its matrix on vec(X) has not full rank")
