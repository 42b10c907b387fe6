"""Functions and equations of symmetric matrices in their bases of eigenvectors, found once for all of them.

With A = P diag(λ) Pᵀ and B = Q diag(μ) Qᵀ positive definite, A^½ is P diag(√λ) Pᵀ, and the X with
A X + X B = C is P (Pᵀ C Q ⊘ (λ1ᵀ + 1μᵀ)) Qᵀ (Golub & Van Loan, 2013, sec. 7.6.3). Nothing is singular, and
all equations with these coefficients, also that of a gradient, read the same two bases.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from matgrad.compilation.ir.builder_inverses import Inverses
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import SOLVE_SYLVESTER, SYLVESTER_FACTORS, TRANSPOSE
from matgrad.core.facts import Fact

Multiply = Callable[[Sequence[Value]], Value]


class Spectra(Inverses):
    """Makes what is computed in bases of eigenvectors."""

    spectra: dict[Value, tuple[Value, Value]]
    """The eigenvectors and eigenvalues of what was made of them."""

    def is_in_basis(self, *matrices: Value) -> bool:
        """Whether matrices are known to be positive definite, and computed with in bases of eigenvectors."""
        return self.structured and all(
            a.kind == "matrix" and bool(a.facts & Fact.POSITIVE_DEFINITE) for a in matrices
        )

    def basis(self, a: Value) -> tuple[Value, Value]:
        """The eigenvectors of a symmetric matrix, and the column of its eigenvalues."""
        known = self.spectra.get(a)
        return self._eigen(a, a.rows) if known is None else known

    def root_by_spectrum(self, a: Value) -> Value:
        """The square root of a positive definite matrix."""
        vectors, values = self.basis(a)
        # What is smaller than rounding may come out below zero.
        roots = self.apply("sqrt", self.apply("relu", values))
        root = self.matmul(self.scale_columns(vectors, roots), self.transpose(vectors))
        self.knowing(root, Fact.SYMMETRIC | Fact.POSITIVE_DEFINITE)
        self.spectra[root] = (vectors, roots)
        return root

    def sylvester_by_spectra(self, a: Value, b: Value, c: Value, multiply: Multiply) -> Value:
        """The X with A X + X B = C for positive definite A and B."""
        if c.op is TRANSPOSE:
            # One form of an equation and its transpose.
            return self.transpose(self.sylvester_by_spectra(b, a, c.args[0], multiply))
        (p, first), (q, second) = self.basis(a), self.basis(b)
        turned = multiply([self.transpose(p), c, q])
        sums = self.sum(
            [
                (Fraction(1), self.repeated_columns(first, c.shape)),
                (Fraction(1), self.repeated_rows(second, c.shape)),
            ],
            c.shape,
        )
        return multiply([p, self.hadamard(turned, self.power(sums, -1)), self.transpose(q)])

    def sylvester(self, a: Value, b: Value, c: Value) -> Value:
        """The X with A X + X B = C by factors that its adjoint and the equation of Xᵀ read as well."""
        forms = [
            (a, b, False, False),
            (self.transpose(a), self.transpose(b), True, False),
            (self.transpose(b), self.transpose(a), False, True),
            (b, a, True, True),
        ]
        first, second, adjoint, turned = min(
            forms, key=lambda form: (sum(x.op is TRANSPOSE for x in form[:2]), form[0].index, form[1].index)
        )
        if turned:
            c = self.transpose(c)
        factors = self.make(SYLVESTER_FACTORS, (first, second), c.shape)
        x = self.make(SOLVE_SYLVESTER, (factors, c), c.shape, (adjoint,))
        return self.transpose(x) if turned else x
