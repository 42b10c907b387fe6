"""The sums and products that linear maps are applied by."""

from __future__ import annotations

from matgrad.core.expr import Expr
from matgrad.ops import arithmetic, hadamard, trace


class Algebra:
    """Sums and products; see :class:`matgrad.core.linear_map.Algebra`."""

    def add(self, *terms: Expr) -> Expr:
        return arithmetic.add(*terms)

    def multiply(self, *factors: Expr) -> Expr:
        return arithmetic.multiply(*factors)

    def hadamard(self, *factors: Expr) -> Expr:
        return hadamard.hadamard(*factors)

    def inner_product(self, a: Expr, b: Expr) -> Expr:
        return trace.inner_product(a, b)
