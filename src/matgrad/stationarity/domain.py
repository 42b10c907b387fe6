"""What is known of numbers at a point because the function is defined there: of log(1 − p) that 1 − p > 0."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from matgrad.calculus.dependence import dependent_nodes
from matgrad.core.expr import Expr, Symbol
from matgrad.ops.arithmetic import Product, add, content, multiply, scale, summands
from matgrad.ops.leaves import Number, number
from matgrad.ops.power import Log, Power, power, split_exponent
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.linear import is_positive
from matgrad.stationarity.solving import multiplied_out


class Inside(NamedTuple):
    """A number that a logarithm or a root is taken of, at the point: above / below, and positive."""

    value: Expr
    above: Expr
    below: Expr

    @property
    def plain(self) -> Expr:
        """What is positive as it is, without a number in front and what else is positive anyway."""
        if not is_positive(self.below):
            return self.value
        front, rest = content(self.above)
        return rest if front > 0 else scale(-1, rest)


def insides(
    function: Expr, variable: Symbol, point: dict[Symbol, Expr], *, numbers: bool = False
) -> list[Inside]:
    """The numbers in logarithms and roots at a point, but those that are positive anyway.

    Parameters
    ----------
    function, variable, point
        The function, and where.
    numbers : bool
        Whether to list those without data too, as the −1 of log(−1).
    """
    found = []
    for node in dependent_nodes(function, variable):
        exponent = node.exponent if isinstance(node, Power) else None
        is_root = isinstance(exponent, Number) and exponent.value.denominator % 2 == 0
        if not ((isinstance(node, Log) or is_root) and node.args[0].is_scalar):
            continue
        there = simplify(node.args[0].substitute(point))
        inside = as_fraction(there)
        if not (
            is_positive(there) or (isinstance(there, Number) and not numbers) or is_positive(inside.plain)
        ):
            found.append(inside)
    return list(dict.fromkeys(found))


def as_fraction(scalar: Expr) -> Inside:
    """A sum of fractions as one fraction."""
    terms = summands(multiplied_out(scalar))
    below: dict[Expr, Fraction] = {}
    for term in terms:
        for factor in _factors(term):
            base, exponent = split_exponent(factor)
            if isinstance(exponent, Number) and exponent.value < 0:
                below[base] = max(below.get(base, Fraction(0)), -exponent.value)
    whole = multiply(*(power(base, number(exponent)) for base, exponent in below.items()))
    above = multiplied_out(add(*(multiply(whole, term) for term in terms)))
    return Inside(scalar, simplify(above), whole)


def _factors(term: Expr) -> tuple[Expr, ...]:
    return term.scalars if isinstance(term, Product) else (term,)


class Sign(NamedTuple):
    """1 or −1, and a number whose sign it is to be multiplied by; ``None`` for none."""

    front: int
    of: Expr | None


def sign_of_sum(scalar: Expr, known: Sequence[Inside]) -> Sign | None:
    """The sign of a sum whose terms all have it, where some numbers are positive; ``None`` of others.

    Parameters
    ----------
    scalar : Expr
        The sum, in which a variable may stand in even powers.
    known : sequence of Inside
        What is positive.
    """
    signs = list(dict.fromkeys(_sign_of_term(term, known) for term in summands(scalar)))
    return signs[0] if len(signs) == 1 else None


def _sign_of_term(term: Expr, known: Sequence[Inside]) -> Sign | None:
    """Of a product: of each of its factors, those of unknown sign being above or below what is known."""
    front, rest = content(term)
    sign, of = (1 if front > 0 else -1), None
    for factor in _factors(rest) if not isinstance(rest, Number) else ():
        _, exponent = split_exponent(factor)
        is_even = isinstance(exponent, Number) and exponent.value.denominator == 1 and exponent.value % 2 == 0
        if is_even or is_positive(factor):
            continue
        found = _as_known(factor, known)
        if found is None or (of is not None and found.of is not None):
            return None
        sign, of = sign * found.front, of if found.of is None else found.of
    return Sign(sign, of)


def _as_known(factor: Expr, known: Sequence[Inside]) -> Sign | None:
    """The sign of a number that stands above the line of one that is positive."""
    front, core = content(multiplied_out(factor))
    for _, above, below in known:
        front_above, core_above = content(multiplied_out(above))
        if core_above is core:
            sign = 1 if front * front_above > 0 else -1
            if is_positive(below):
                return Sign(sign, None)
            # Above and below have the same sign.
            front_below, core_below = content(below)
            return Sign(sign if front_below > 0 else -sign, core_below)
    return None
