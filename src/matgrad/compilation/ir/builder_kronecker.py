"""Determinants and inverses of Kronecker products and of sums of them, without the product.

With A = P diag(λ) Pᵀ and B = Q diag(μ) Qᵀ symmetric, A ⊗ B + tI, A ⊗ I + I ⊗ B and all other sums of
products of A or I with B or I have the eigenvectors P ⊗ Q, and eigenvalues that are the same sums of λ and μ
(Van Loan, 2000, sec. 2).
"""

from __future__ import annotations

from collections.abc import Iterator

from matgrad.compilation.ir.builder_low_rank import LowRank
from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    EIGH,
    EYE,
    INVERSE_KRONECKER,
    ITEM,
    KRON,
    ONES,
    REQUIRE_NONZERO,
    SCALAR_TIMES,
    SUM,
    TRANSPOSE,
    ZEROS,
)
from matgrad.core.facts import Fact


class KroneckerSums(LowRank):
    """Makes solves and determinants of Kronecker products and of sums of them."""

    def spectrum(self, a: Value) -> tuple[Value, Value, Value] | None:
        """P, Q and the eigenvalues of a sum of products of A or I with B or I; nothing for others."""
        if not (self.low_rank and self.structured) or a.op is not SUM or not a.symmetric:
            return None
        terms = list(self._kronecker_terms(a))
        products = [term for _, _, term in terms if term.op is KRON]
        if not products or any(term.op is not KRON and not self._is_uniform(term) for _, _, term in terms):
            return None
        n, m = (arg.rows for arg in products[0].args)
        factors: list[Value | None] = [None, None]
        for term in products:
            if (term.args[0].rows, term.args[1].rows) != (n, m):
                return None
            for side, factor in enumerate(term.args):
                if factor.op is EYE:
                    continue
                if not factor.symmetric or factors[side] not in (None, factor):
                    return None
                factors[side] = factor
        (p, first), (q, second) = (
            self._eigen(factor, size) for factor, size in zip(factors, (n, m), strict=True)
        )
        values = []
        for c, scalar, term in terms:
            if term.op is KRON:
                pair = [
                    self.ones((arg.rows, 1)) if arg.op is EYE else known
                    for arg, known in zip(term.args, (first, second), strict=True)
                ]
                value = self.kron(*pair)
            else:
                value = self.diagonal(term)
            values.append((c, value if scalar is None else self.scalar_times(scalar, value)))
        return p, q, self.sum(values, (a.rows, 1))

    def _kronecker_terms(self, a: Value) -> Iterator[tuple[Scalar, Value | None, Value]]:
        for c, term in zip(a.params, a.args, strict=True):
            if term.op is SCALAR_TIMES:
                yield c, term.args[0], term.args[1]
            else:
                yield c, None, term

    def _is_uniform(self, term: Value) -> bool:
        """Whether a term is a multiple of the identity."""
        if not term.facts & Fact.DIAGONAL:
            return False
        core = self.split(self.diagonal(term))[1]
        return core.op is ONES or (core.op is SCALAR_TIMES and core.args[1].op is ONES)

    def _eigen(self, a: Value | None, n: int) -> tuple[Value, Value]:
        if a is None:
            return self.eye(n), self.ones((n, 1))
        # Of the vectors no signs are asked: they stand on both sides.
        both = self.make(EIGH, (a,), a.shape, (True,))
        vectors = self.make(ITEM, (both,), (n, n), (1,), Fact.ORTHOGONAL)
        return vectors, self.make(ITEM, (both,), (n, 1), (0,))

    # ---- what is computed with it ----------------------------------------------------------------

    def inverse_by_spectrum(self, a: Value) -> Value | None:
        """The inverse in the basis of eigenvectors; nothing where that is not at hand."""
        found = self.spectrum(a)
        if found is None:
            return None
        p, q, values = found
        reciprocals = self.power(values, -1)
        if not a.facts & Fact.POSITIVE_DEFINITE:
            reciprocals = self.make(REQUIRE_NONZERO, (reciprocals, values), values.shape)
        value = self.make(INVERSE_KRONECKER, (p, q, reciprocals), a.shape, (), Fact.SYMMETRIC)
        self.summed[value] = a
        return value

    def solve_with(self, inverse: Value, b: Value) -> Value:
        """A⁻¹B for a value A⁻¹, without the inverse."""
        node = inverse.args[0] if inverse.op is TRANSPOSE else inverse
        if node.op is not INVERSE_KRONECKER or self.split(b)[1].op in (ZEROS, EYE):
            return super().solve_with(inverse, b)
        p, q, reciprocals = node.args
        basis = self.kron(p, q)
        return self.matmul(basis, self.scale_rows(reciprocals, self.matmul(self.transpose(basis), b)))

    def block_trace(self, side: str, w: Value, factor: Value) -> Value | None:
        """Σ A_ij W_ij over the blocks of an inverse W in such a basis, or the matrix of ⟨W_ij, B⟩."""
        if w.op is not INVERSE_KRONECKER:
            return None
        p, q, reciprocals = w.args
        table = self.reshape(reciprocals, q.rows, p.rows)
        basis, other = (p, q) if side == "right" else (q, p)
        if factor.shape != other.shape:
            return None
        weights = self.matmul(
            self.transpose(table) if side == "right" else table, self._values_in(other, factor)
        )
        return self.matmul(self.scale_columns(basis, weights), self.transpose(basis))

    def trace_beside(self, a: Value, b: Value) -> Value | None:
        """tr(W (A ⊗ B)) for an inverse W in such a basis: Σ of its eigenvalues by those of A and B in it."""
        for w, other in ((a, b), (b, a)):
            if w.op is INVERSE_KRONECKER and other.op is KRON:
                p, q, reciprocals = w.args
                if (p.rows, q.rows) == tuple(x.rows for x in other.args):
                    values = [self._values_in(v, x) for v, x in zip((p, q), other.args, strict=True)]
                    return self.inner(reciprocals, self.kron(*values))
        return None

    def _values_in(self, basis: Value, a: Value) -> Value:
        """The diagonal of VᵀAV: the eigenvalues, where V are the eigenvectors of A."""
        if basis.op is EYE or a.op is EYE:
            # The columns of a basis have norm 1.
            return self.diagonal(a)
        vectors, values = self._eigen(a, a.rows) if a.symmetric else (None, None)
        if vectors is basis and values is not None:
            return values
        return self.row_inner(self.transpose(basis), self.transpose(self.matmul(a, basis)))

    def diagonal(self, a: Value) -> Value:
        """The diagonal; of such an inverse, without the rest."""
        if a.op is INVERSE_KRONECKER:
            p, q, reciprocals = a.args
            return self.matmul(self.kron(self.power(p, 2), self.power(q, 2)), reciprocals)
        return super().diagonal(a)

    def trace(self, a: Value) -> Value:
        """The sum of the diagonal."""
        front, core = self.split(a)
        if core.op is INVERSE_KRONECKER:
            return self.scale(front, self.total(core.args[2]))
        return super().trace(a)
