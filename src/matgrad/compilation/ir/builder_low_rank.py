"""A diagonal matrix plus one of low rank, found among the terms of a sum.

D + U Uᵀ, D + U C Uᵀ and D + U Vᵀ with k ≪ n columns have inverses and determinants at the cost of k×k ones,
and are never formed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from matgrad.compilation.ir.builder_patterns import Patterns
from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    CHOLESKY,
    EYE,
    GRAM,
    GRID,
    INVERSE_DIAGONAL_LOW_RANK,
    INVERSE_LOW_RANK,
    LOG_DET_LOW_RANK,
    LOW_RANK_FACTOR,
    MATMUL,
    OF_LOW_RANK,
    ONES,
    PART,
    SCALAR_TIMES,
    SOLVE_LOW_RANK,
    SUM,
    TRANSPOSE,
    WEIGHTED_GRAM,
    ZEROS,
)
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass


@dataclass(frozen=True)
class _Part:
    """A term of a sum: a diagonal, or U Vᵀ; U Uᵀ where there is no V."""

    diagonal: Value | None = None
    left: Value | None = None
    right: Value | None = None


class LowRank(Patterns):
    """Makes solves and determinants of diagonals plus matrices of low rank."""

    low_rank: bool
    """Whether a diagonal plus a matrix of low rank, and sums of ⊗ in one basis, are solved with as such."""

    branches: bool
    """Whether code may decide by values, so that it has the general form where a special one has none."""

    summed: dict[Value, Value]
    """The sums that factorisations are of."""

    def low_rank_factor(self, a: Value) -> Value | None:
        """The factorisation of a sum of a diagonal and matrices of low rank, where it is one."""
        if not (self.low_rank and self.structured) or a.op is not SUM or a.rows < 2:
            return None
        parts = [self._part_of_sum(c, term) for c, term in zip(a.params, a.args, strict=True)]
        if any(part is None for part in parts):
            return None
        found = [part for part in parts if part is not None]
        diagonals = [(Fraction(1), part.diagonal) for part in found if part.diagonal is not None]
        low = [part for part in found if part.left is not None]
        rank = sum(part.left.columns for part in low if part.left is not None)
        if not diagonals or not low or 2 * rank > a.rows:
            return None
        d = self.sum(diagonals, (a.rows, 1))
        multiple = self._multiple_of_ones(d)
        d = d if multiple is None else multiple
        operands = [d, self._beside([part.left for part in low])]
        definite = bool(d.facts & Fact.POSITIVE)
        if any(part.right is not None for part in low):
            definite = False
            operands.append(self._beside([part.right or part.left for part in low]))
        if not definite and not self.branches:
            return None
        known = bool(a.facts & Fact.POSITIVE_DEFINITE)
        factor = self.make(LOW_RANK_FACTOR, operands, a.shape, (multiple is not None, definite or known))
        self.summed[factor] = a
        return factor

    def _multiple_of_ones(self, d: Value) -> Value | None:
        """The s of a column s1."""
        front, core = self.split(d)
        if core.op is ONES:
            return self.number(front)
        if core.op is SCALAR_TIMES and core.args[1].op is ONES:
            return self.scale(front, core.args[0])
        return None

    def _beside(self, columns: Sequence[Value | None]) -> Value:
        return self.grid([[column for column in columns if column is not None]])

    def _part_of_sum(self, c: Scalar, term: Value) -> _Part | None:
        if term.facts & Fact.DIAGONAL:
            return _Part(self.scale(c, self.diagonal(term)))
        if term.op is SCALAR_TIMES:
            s, base = term.args
            inner = self._part_of_sum(c, base)
            if inner is None or inner.left is None:
                return None
            if inner.right is None and s.facts & Fact.NONNEGATIVE:
                return _Part(None, self.scalar_times(self.apply("sqrt", s), inner.left))
            return _Part(None, self.scalar_times(s, inner.left), inner.right or inner.left)
        pair = self._low_rank(term)
        if pair is None or pair[0].columns >= term.rows:
            return None
        left, right = pair
        if right is None and c > 0:
            return _Part(None, self.scale(_root(c), left))
        return _Part(None, self.scale(c, left), left if right is None else right)

    def _low_rank(self, a: Value) -> tuple[Value, Value | None] | None:
        """The U and V with A = U Vᵀ; no V where A = U Uᵀ."""
        if a.op is TRANSPOSE:
            pair = self._low_rank(a.args[0])
            return pair if pair is None or pair[1] is None else (pair[1], pair[0])
        if a.op is GRAM:
            return self.transpose(a.args[0]), None
        if a.op is WEIGHTED_GRAM:
            x, weights = a.args
            return self.transpose(self.scale_rows(weights, x)), self.transpose(x)
        if a.op is not MATMUL:
            return None
        left, right = a.args[0], self.transpose(a.args[1])
        if left is right:
            return left, None
        for one, other in ((left, right), (right, left)):
            core = self._core(one, other)
            if core is not None and core.facts & Fact.POSITIVE_DEFINITE:
                root = self.make(CHOLESKY, (core,), core.shape, (), Fact.LOWER_TRIANGULAR | Fact.INVERTIBLE)
                return self.matmul(one, root if core.kind == "matrix" else self.apply("sqrt", core)), None
        return left, right

    def _core(self, u: Value, product: Value) -> Value | None:
        """The symmetric C of a product U C."""
        if product.op is MATMUL and product.args[0] is u and product.args[1].symmetric:
            return product.args[1]
        turned = self.transpose(product)
        if turned.op is MATMUL and turned.args[1] is self.transpose(u) and turned.args[0].symmetric:
            return turned.args[0]
        return None

    # ---- what is computed with it ----------------------------------------------------------------

    def log_det_low_rank(self, factor: Value) -> Value:
        """The logarithm of the determinant."""
        return self.make(LOG_DET_LOW_RANK, (factor,), (1, 1))

    def solve_with(self, inverse: Value, b: Value) -> Value:
        """A⁻¹B for a value A⁻¹, without the inverse."""
        flipped = inverse.op is TRANSPOSE
        node = inverse.args[0] if flipped else inverse
        front, core = self.split(b)
        if node.op is not INVERSE_LOW_RANK or core.op in (ZEROS, EYE):
            return super().solve_with(inverse, b)
        factor = node.args[0]
        own = self._of_columns(factor, core, flipped=flipped)
        value = self.make(SOLVE_LOW_RANK, (factor, core), b.shape, (False, flipped)) if own is None else own
        return self.scale(front, value)

    def _of_columns(self, factor: Value, b: Value, *, flipped: bool) -> Value | None:
        """A⁻¹U for columns U that A has: they are at hand to more digits than a difference has."""
        u = factor.args[-1 if flipped else 1]
        place = self._place_among(u, b)
        if place is None:
            return None
        start, over = place
        own = self.make(SOLVE_LOW_RANK, (factor,), u.shape, (True, flipped))
        return self.scalar_times(over, self.part(own, 0, u.rows, start, start + b.columns))

    def _place_among(self, u: Value, b: Value) -> tuple[int, Value] | None:
        """Where the columns of U begin that are a multiple of B, and one over the multiple."""
        start = 0
        for block in u.args if u.op is GRID else (u,):
            number, core = self.split(block)
            if core is b:
                return start, self.number(1 / number)
            if core.op is SCALAR_TIMES and core.args[1] is b and core.args[0].facts & Fact.POSITIVE:
                return start, self.scale(1 / number, self.power(core.args[0], -1))
            start += block.columns
        return None

    def _inner_of_own(self, b: Value, y: Value) -> Value | None:
        """BᵀA⁻¹U for columns B that U has, of at most k×k numbers (Woodbury): never of the n rows again."""
        front, core = self.split(y)
        scalar = None
        if core.op is SCALAR_TIMES:
            scalar, core = core.args
        first, last, own = (
            (core.params[2], core.params[3], core.args[0]) if core.op is PART else (0, core.columns, core)
        )
        if own.op is not SOLVE_LOW_RANK or own.params != (True, False) or core.rows != own.rows:
            return None
        factor = own.args[0]
        number, plain = self.split(b)
        place = self._place_among(factor.args[1], plain)
        if len(factor.args) > 2 or place is None:
            return None
        start, over = place
        k = own.columns
        inner = self.make(OF_LOW_RANK, (factor,), (k, k), ("inner",), Fact.POSITIVE_SEMIDEFINITE)
        block = self.scalar_times(over, self.part(inner, start, start + b.columns, first, last))
        block = self.scale(front * number, block)
        return block if scalar is None else self.scalar_times(scalar, block)

    def _matmul(self, a: Value, b: Value) -> Value:
        if b.rows > 1:
            found = self._inner_of_own(self.transpose(a), b)
            if found is None and b.op is not SOLVE_LOW_RANK:
                turned = self._inner_of_own(b, self.transpose(a))
                found = None if turned is None else self.transpose(turned)
            if found is not None:
                return found
        return super()._matmul(a, b)

    def inner(self, a: Value, b: Value) -> Value:
        """Σ a⊙b of two values of one shape."""
        if a.kind == "matrix":
            for one, other in ((a, b), (b, a)):
                found = self._inner_of_own(one, other)
                if found is not None:
                    return self.trace(found)
        return super().inner(a, b)

    def diagonal(self, a: Value) -> Value:
        """The diagonal; of such an inverse A⁻¹, or of A⁻¹MA⁻¹, without the rest."""
        if a.op is INVERSE_LOW_RANK:
            return self.make(INVERSE_DIAGONAL_LOW_RANK, (a.args[0],), (a.rows, 1))
        if self._is_thin_solve(a):
            inner = self.transpose(a.args[1])
            if self._is_thin_solve(inner) and inner.args[0] is a.args[0] and inner.args[1].symmetric:
                return self._with(a.args[0], inner.args[1], "diagonal_with", (a.rows, 1))
        return super().diagonal(a)

    def is_thin_inverse(self, a: Value) -> bool:
        """Whether a value is the inverse of a symmetric matrix of this kind, which products do not form."""
        return a.op is INVERSE_LOW_RANK and len(a.args[0].args) == 2 and not self.is_formed(a)

    @staticmethod
    def _is_thin_solve(a: Value) -> bool:
        """Whether a value is A⁻¹M with a symmetric A."""
        return a.op is SOLVE_LOW_RANK and not a.params[0] and len(a.args[0].args) == 2 and a.rows == a.columns

    def _with(self, factor: Value, m: Value, kind: str, shape: tuple[int, int]) -> Value:
        """What takes M and M A⁻¹U besides the factorisation."""
        u = factor.args[1]
        own = self.make(SOLVE_LOW_RANK, (factor,), u.shape, (True, False))
        return self.make(OF_LOW_RANK, (factor, m, self.matmul(m, own)), shape, (kind,))

    def trace(self, a: Value) -> Value:
        """The sum of the diagonal."""
        front, core = self.split(a)
        node = core.args[0] if core.op is TRANSPOSE else core
        if node.op is INVERSE_LOW_RANK and len(node.args[0].args) == 2:
            return self.scale(front, self.make(OF_LOW_RANK, (node.args[0],), (1, 1), ("trace",)))
        if node.op is INVERSE_LOW_RANK:
            return self.scale(front, self.total(self.diagonal(node)))
        if self._is_thin_solve(node):
            return self.scale(front, self._with(node.args[0], node.args[1], "trace_with", (1, 1)))
        return super().trace(a)


def _root(c: Scalar) -> Scalar:
    """The square root of a number, exact where it is one."""
    if isinstance(c, Fraction):
        over, under = math.isqrt(c.numerator), math.isqrt(c.denominator)
        if over**2 == c.numerator and under**2 == c.denominator:
            return Fraction(over, under)
    return math.sqrt(c)
