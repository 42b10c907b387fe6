"""The factors of products as they are written: what must be composed before a product is."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import scale
from matgrad.ops.cross_product import SkewMatrix
from matgrad.ops.leaves import Number
from matgrad.ops.power import Power
from matgrad.printing.shapes import needs_flip, square_root


def negative_exponent(node: Expr) -> Fraction | None:
    """The exponent of a power that is written below the bar."""
    if isinstance(node, Power):
        exponent = node.args[1]
        if isinstance(exponent, Number) and exponent.value < 0:
            return exponent.value
    return None


def upright(factors: Sequence[Expr]) -> list[Expr]:
    """The factors as they are written: sums the way round that has fewer transposes, bases of powers."""
    needed: list[Expr] = []
    for factor in factors:
        if factor.is_scalar and negative_exponent(factor) is not None:
            needed += [factor.args[0], *square_factors(factor.args[0])]
        elif factor.is_scalar:
            needed += [factor, *square_factors(factor)]
        else:
            needed.append(factor.T if needs_flip(factor) else factor)
            if isinstance(factor, SkewMatrix):
                needed.append(factor.args[0])
    return needed


def square_factors(node: Expr) -> list[Expr]:
    """The factors of Y where a scalar is to be written as ‖Y‖²."""
    root = square_root(node) or square_root(scale(-1, node))
    return [] if root is None else upright(root)
