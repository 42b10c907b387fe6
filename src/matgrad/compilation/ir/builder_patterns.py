"""Bands, and one number on each diagonal, found among what is known of values.

A band of few diagonals is multiplied diagonal by diagonal and factorised within the band (Golub & Van Loan,
2013, sec. 4.3). Circulant matrices have the Fourier vectors as eigenvectors, and a Toeplitz matrix is a part
of a circulant one (sec. 4.8). What is not larger than the dense product or factorisation is chosen.
"""

from __future__ import annotations

from matgrad.compilation.ir.builder_products import Products
from matgrad.compilation.ir.cost import ENTRY, START, product_flops
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    DET_PATTERN,
    EYE,
    INVERSE_PATTERN,
    LOG_DET_PATTERN,
    MEMBER,
    PATTERN_FACTOR,
    PATTERN_PRODUCT,
    PLACED_AT,
    SOLVE_PATTERN,
    UNIT_AT,
    ZEROS,
)
from matgrad.compilation.ir.primitives.diagonal_patterns import product_time
from matgrad.core.facts import ALONG_DIAGONALS, BANDS, PATTERN, Fact, closure, pattern_of_product, widths

Pattern = tuple[str | int, ...]

SMALLEST = 32
"""Matrices of smaller order are computed with as any others."""

NARROW = 8
"""How many times as large as its number of diagonals the order of a band is that is factorised as one."""

_KNOWN = PATTERN | ALONG_DIAGONALS
_AT_INDEX = frozenset({MEMBER, UNIT_AT, PLACED_AT})


class Patterns(Products):
    """Makes products, solves and determinants of matrices with a pattern along their diagonals."""

    patterns: bool
    """Whether the backend computes with patterns along diagonals."""

    def __init__(self) -> None:
        super().__init__()
        self._at_index: dict[Value, bool] = {}

    def pattern_of(self, a: Value) -> Pattern | None:
        """The pattern of a matrix that is computed with as such; nothing for others."""
        if not self.patterns or not a.facts & (BANDS | ALONG_DIAGONALS) or a.facts & Fact.DIAGONAL:
            return None
        if a.kind != "matrix" or a.stored is not None or min(a.extent) < SMALLEST or self._is_at_index(a):
            return None
        lower, upper = widths(a.facts)
        if lower is not None and upper is not None:
            return ("band", lower, upper)
        if a.facts & Fact.CIRCULANT:
            return ("circulant",)
        return ("toeplitz",) if a.facts & Fact.TOEPLITZ else None

    def _is_at_index(self, a: Value) -> bool:
        """Whether a value is that of one member of a family, which are computed with all at once."""
        stack = [a]
        while stack:
            v = stack[-1]
            waiting = [arg for arg in v.args if arg not in self._at_index]
            if v not in self._at_index and waiting:
                stack += waiting
                continue
            self._at_index[v] = v.op in _AT_INDEX or any(self._at_index[arg] for arg in v.args)
            stack.pop()
        return self._at_index[a]

    def _structured_product(self, a: Value, b: Value) -> Value | None:
        found = super()._structured_product(a, b)
        if found is not None:
            return found
        product = self._by_pattern(a, b)
        if product is not None:
            return product
        turned = self._by_pattern(self.transpose(b), self.transpose(a)) if b.facts & _KNOWN else None
        return None if turned is None else self.transpose(turned)

    def _by_pattern(self, a: Value, b: Value) -> Value | None:
        """A B for a matrix A of a pattern, where that takes less time than a product of any matrices."""
        pattern = self.pattern_of(a) if b.stored is None else None
        if pattern is None:
            return None
        (rows, inner), columns = a.extent, b.extent[1]
        dense = float(product_flops(rows, inner, columns)) if columns > 1 else ENTRY * rows * inner
        if START + product_time(pattern, rows, inner, columns) >= dense:
            return None
        number, b = self.split(b)
        facts = pattern_of_product([a.facts, b.facts]) if rows == inner == columns else Fact.NONE
        shape = (a.rows, b.columns)
        return self.scale(number, self.make(PATTERN_PRODUCT, (a, b), shape, (pattern,), facts))

    def gram(self, a: Value) -> Value:
        """AᵀA."""
        product = self._by_pattern(self.transpose(a), a) if a.facts & _KNOWN else None
        if product is None:
            return super().gram(a)
        return self.knowing(product, closure(product.facts | Fact.POSITIVE_SEMIDEFINITE))

    def pattern_factor(self, a: Value) -> Value | None:
        """The factorisation of a square matrix of a pattern; nothing where that is not worth it."""
        pattern = self.pattern_of(a)
        if pattern is None or pattern[0] == "toeplitz":
            return None
        if pattern[0] == "band" and NARROW * (int(pattern[1]) + int(pattern[2]) + 1) > a.extent[0]:
            return None
        definite = bool(a.facts & Fact.POSITIVE_DEFINITE)
        return self.make(PATTERN_FACTOR, (a,), a.shape, (pattern, definite))

    def inverse_of_pattern(self, a: Value, facts: Fact) -> Value | None:
        """The inverse of such a matrix, as a value that products replace by solves."""
        factor = self.pattern_factor(a)
        return None if factor is None else self.make(INVERSE_PATTERN, (factor,), a.shape, (), facts)

    def determinant_of_pattern(self, a: Value, *, log: bool) -> Value | None:
        """The determinant of such a matrix, or its logarithm."""
        factor = self.pattern_factor(a)
        if factor is None:
            return None
        return self.make(LOG_DET_PATTERN if log else DET_PATTERN, (factor,), (1, 1))

    def solve_with(self, inverse: Value, b: Value) -> Value:
        """A⁻¹B for a value A⁻¹, without the inverse."""
        node = inverse if not inverse.args or inverse.op.is_inverse else inverse.args[0]
        front, core = self.split(b)
        if node.op is not INVERSE_PATTERN or core.op in (ZEROS, EYE):
            return super().solve_with(inverse, b)
        value = self.make(SOLVE_PATTERN, (node.args[0], core), b.shape, (node is not inverse,))
        return self.scale(front, value)
