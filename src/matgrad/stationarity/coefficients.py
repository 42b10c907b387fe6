"""Of what nature points are where the numbers in front of convex or concave terms are positive."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale, summands
from matgrad.ops.leaves import number
from matgrad.stationarity.curvature import Shape, curvature
from matgrad.stationarity.linear import is_positive
from matgrad.stationarity.verdicts import BOTH

MINIMUM_WHERE = Phrase("a minimum where {condition}")
MAXIMUM_WHERE = Phrase("a maximum where {condition}")
IS_POSITIVE = Phrase("{what} > 0")
IS_NEGATIVE = Phrase("{what} < 0")


def where_coefficients_are_positive(function: Expr, variables: Sequence[Symbol]) -> Phrase | None:
    """Where a function is convex or concave because of the signs of numbers in front; ``None`` of others.

    Parameters
    ----------
    function : Expr
        A sum of terms: (a − 1) log p + (b − 1) log(1 − p) is concave where a − 1 > 0 and b − 1 > 0.
    variables : sequence of Symbol
        By which.
    """
    for sign in (1, -1):
        needed: dict[Expr, Expr] = {}
        terms = []
        for term in summands(function):
            front, rest = _split(term, variables)
            if front is not None:
                factor, core = content(scale(sign, front))
                core = core if factor > 0 else scale(-1, core)
                stand_in = Symbol.stand_in(f"positive{len(needed)}", ONE, ONE, Fact.POSITIVE)
                rest = multiply(scale(sign * abs(factor), needed.setdefault(core, stand_in)), rest)
            terms.append(rest)
        if not needed:
            return None
        bent = curvature(add(*terms), variables)
        if bent is not None and bent.shape in (Shape.CONVEX, Shape.CONCAVE):
            said = MINIMUM_WHERE if bent.shape is Shape.CONVEX else MAXIMUM_WHERE
            conditions = [_condition(core) for core in needed]
            both = reduce(lambda one, other: BOTH.filled(one=one, other=other), conditions)
            return said.filled(condition=both)
    return None


def _condition(positive: Expr) -> Phrase:
    front, rest = content(positive)
    if front < 0 and not isinstance(rest, Sum):
        return IS_NEGATIVE.filled(what=rest)
    return IS_POSITIVE.filled(what=positive)


def _split(term: Expr, variables: Sequence[Symbol]) -> tuple[Expr | None, Expr]:
    """The number in front of a term whose sign is not known, and the rest."""
    if not isinstance(term, Product):
        return None, term
    moving = set(variables)
    if not moving & set(postorder(term)):
        return None, term
    fixed = [s for s in term.scalars if not moving & set(postorder(s)) and not is_positive(s)]
    if not fixed:
        return None, term
    rest = multiply(*(s for s in term.scalars if s not in fixed), *term.chain)
    bent = curvature(rest, variables)
    if bent is not None and bent.shape in (Shape.AFFINE, Shape.CONSTANT):
        return None, term
    return multiply(number(term.coefficient), *fixed), rest
