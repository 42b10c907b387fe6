"""Derivatives of cumulative products, computed without a division by an entry that is 0."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import Sum, add, scale, split_number
from matgrad.ops.cumulative import CumulativeProduct, CumulativeSum, CumulativeSumFromEnd
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.leaves import Number, number, ones
from matgrad.ops.power import Power, power, split_exponent
from matgrad.ops.robust_products import CumulativeProductChange, CumulativeProductGradient


def of_cumulative_product(node: Hadamard) -> Expr | None:
    """(C ⊙ G, summed from the end) ⊘ X and C ⊙ (V ⊘ X, summed), of the cumulative products C of X."""
    for factor in node.args:
        if isinstance(factor, CumulativeSumFromEnd):
            for other in node.args:
                x = _inverted(other)
                g = None if x is None else _without(factor.args[0], x)
                if x is not None and g is not None:
                    return _among(node, (factor, other), CumulativeProductGradient.of(x, g))
        if isinstance(factor, CumulativeSum):
            for other in node.args:
                v = _divided(factor.args[0], other.args[0]) if isinstance(other, CumulativeProduct) else None
                if v is not None:
                    return _among(node, (factor, other), CumulativeProductChange.of(other.args[0], v))
    return None


def _among(node: Hadamard, gone: Sequence[Expr], made: Expr) -> Expr:
    left = [factor for factor in node.args if factor not in gone]
    return hadamard(*left, made) if left else made


def _inverted(factor: Expr) -> Expr | None:
    """X, of 1 ⊘ X."""
    exponent = factor.exponent if isinstance(factor, Power) else None
    is_inverse = isinstance(exponent, Number) and exponent.value == -1
    return factor.args[0] if is_inverse else None


def _without(term: Expr, x: Expr) -> Expr | None:
    """The G of C ⊙ G, for the cumulative products C of X; ``None`` where C is no factor."""
    if isinstance(term, Sum):
        found = [_without(part, x) for part in term.args]
        return None if None in found else add(*(part for part in found if part is not None))
    front, core = split_number(term)
    factors = core.args if isinstance(core, Hadamard) else (core,)
    for place, factor in enumerate(factors):
        base, exponent = split_exponent(factor)
        if not (isinstance(base, CumulativeProduct) and base.args[0] is x and isinstance(exponent, Number)):
            continue
        if exponent.value >= 1:
            rest = [] if exponent.value == 1 else [power(base, number(exponent.value - 1))]
            left = (*factors[:place], *rest, *factors[place + 1 :])
            return scale(front, hadamard(*left) if len(left) > 1 else left[0] if left else ones(*x.shape))
    return None


def _divided(term: Expr, x: Expr) -> Expr | None:
    """The V of V ⊘ X."""
    if isinstance(term, Sum):
        found = [_divided(part, x) for part in term.args]
        return None if None in found else add(*(part for part in found if part is not None))
    front, core = split_number(term)
    factors = core.args if isinstance(core, Hadamard) else (core,)
    place = next((k for k, f in enumerate(factors) if _inverted(f) is x), None)
    if place is None:
        return None
    left = (*factors[:place], *factors[place + 1 :])
    return scale(front, hadamard(*left) if len(left) > 1 else left[0] if left else ones(*x.shape))
