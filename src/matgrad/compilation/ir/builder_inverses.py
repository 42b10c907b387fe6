"""Inverses and determinants, by the factorisation that suits a matrix."""

from __future__ import annotations

from fractions import Fraction

from matgrad.compilation.ir.builder_kronecker import KroneckerSums
from matgrad.compilation.ir.builder_products import TRIANGULAR, is_inverse, matrix_of_inverse
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    CHOLESKY_FACTOR,
    DET_CHOLESKY,
    DET_LU,
    DIAG,
    EYE,
    GRAM,
    INVERSE_CHOLESKY,
    INVERSE_KRONECKER,
    INVERSE_LOW_RANK,
    INVERSE_LU,
    INVERSE_TRIANGULAR,
    KRON,
    LOG_DET_CHOLESKY,
    LOG_DET_KRONECKER,
    LOG_DET_LU,
    LU_FACTOR,
    TRANSPOSE,
)
from matgrad.core.facts import Fact
from matgrad.ops.inverse import INHERITED


class Inverses(KroneckerSums):
    """Makes what is computed from factorisations."""

    def factor(self, a: Value) -> Value:
        """The factorisation that suits a matrix: Cholesky for a definite one, else LU."""
        positive = a.facts & (Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE)
        return self.make(CHOLESKY_FACTOR if positive else LU_FACTOR, (a,), a.shape)

    def inverse(self, a: Value) -> Value:
        """The inverse, as a value that products replace by solves."""
        if a.kind == "scalar":
            return self.power(a, -1)
        front, a = self.split(a)
        if front != 1:
            return self.scale(1 / front, self.inverse(a))
        if a.op is TRANSPOSE:
            return self.transpose(self.inverse(a.args[0]))
        if a.op is EYE:
            return a
        if a.op is DIAG:
            return self.diag(self.power(a.args[0], -1))
        if a.facts & Fact.ORTHOGONAL:
            return self.transpose(a)
        if a.op in (INVERSE_LOW_RANK, INVERSE_KRONECKER):
            return self.summed[a.args[0] if a.op is INVERSE_LOW_RANK else a]
        if is_inverse(a):
            return matrix_of_inverse(a)
        if a.op is KRON and all(arg.rows == arg.columns for arg in a.args):
            return self.kron(self.inverse(a.args[0]), self.inverse(a.args[1]))
        facts = a.facts & INHERITED
        if a.facts & Fact.DIAGONAL:
            return self.diag(self.power(self.diagonal(a), -1))
        by_pattern = self.inverse_of_pattern(a, facts)
        if by_pattern is not None:
            return by_pattern
        if a.facts & TRIANGULAR:
            lower = bool(a.facts & Fact.LOWER_TRIANGULAR)
            return self.make(INVERSE_TRIANGULAR, (a,), a.shape, (lower,), facts)
        thin = self.low_rank_factor(a)
        if thin is not None:
            return self.make(INVERSE_LOW_RANK, (thin,), a.shape, (), facts)
        by_spectrum = self.inverse_by_spectrum(a)
        if by_spectrum is not None:
            return by_spectrum
        factor = self.factor(a)
        op = INVERSE_CHOLESKY if factor.op is CHOLESKY_FACTOR else INVERSE_LU
        return self.make(op, (factor,), a.shape, (), facts)

    def determinant(self, a: Value, *, log: bool) -> Value:
        """The determinant or its logarithm."""
        if a.kind == "scalar":
            return self.apply("log", a) if log else a
        if a.op is TRANSPOSE:
            return self.determinant(a.args[0], log=log)
        if a.op is EYE:
            return self.number(0 if log else 1)
        product = self._determinant_of_product(a, log=log)
        if product is not None:
            return product
        by_pattern = self.determinant_of_pattern(a, log=log)
        if by_pattern is not None:
            return by_pattern
        found = self.spectrum(a) if log and a.facts & Fact.POSITIVE_DEFINITE else None
        if found is not None:
            return self.total(self.apply("log", found[2]))
        thin = self.low_rank_factor(a) if log else None
        if thin is not None:
            return self.log_det_low_rank(thin)
        if a.op is GRAM and log and a.rows == a.args[0].rows and a.args[0].facts & TRIANGULAR:
            # det RᵀR = (Π r_ii)²: no product is formed.
            a = self.diag(self.power(self.diagonal(a.args[0]), 2))
        if a.op is DIAG and log and a.args[0].facts & Fact.POSITIVE:
            return self.total(self.apply("log", a.args[0]))
        if a.facts & (TRIANGULAR | Fact.DIAGONAL):
            # Such a matrix is its own LU factorisation.
            return self.make(LOG_DET_LU if log else DET_LU, (self.make(LU_FACTOR, (a,), a.shape),), (1, 1))
        factor = self.factor(a)
        if not log and factor.op is CHOLESKY_FACTOR and not a.facts & Fact.POSITIVE_DEFINITE:
            # A singular semidefinite matrix has a determinant, though no Cholesky factorisation.
            factor = self.make(LU_FACTOR, (a,), a.shape)
        if factor.op is CHOLESKY_FACTOR:
            if log:
                return self.make(LOG_DET_CHOLESKY, (factor,), (1, 1))
            return self.make(DET_CHOLESKY, (factor,), (1, 1), (), Fact.POSITIVE)
        return self.make(LOG_DET_LU if log else DET_LU, (factor,), (1, 1))

    def _determinant_of_product(self, a: Value, *, log: bool) -> Value | None:
        """The logarithm of the determinant of A ⊗ B; nothing where it is no such product."""
        if a.op is not KRON or not log or any(arg.rows != arg.columns for arg in a.args):
            return None
        left, right = a.args
        if left.facts & right.facts & Fact.POSITIVE_DEFINITE:
            parts = ((left, right.rows), (right, left.rows))
            return self.sum([(Fraction(n), self.determinant(x, log=True)) for x, n in parts], (1, 1))
        # With factors of odd order and a negative determinant each, the whole has a positive one.
        return self.make(LOG_DET_KRONECKER, (left, right), (1, 1)) if self.structured else None
