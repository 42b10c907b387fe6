"""Σ Aᵢ X Bᵢ + Σ Aⱼ Xᵀ Bⱼ = C: any number of terms, also with Xᵀ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from matgrad.core.errors import MatgradError
from matgrad.core.lazy import cached_property
from matgrad.solvers.checks import as_matrix, one_type, require_shape
from matgrad.solvers.iterated import Iterated
from matgrad.solvers.two_terms import TwoTerms

Array = Any


class Several(Iterated):
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
