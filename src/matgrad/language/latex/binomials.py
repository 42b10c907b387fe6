r"""Binomial coefficients, ``\binom{n}{k}``: polynomials of n for a number k, else by the gamma function."""

from __future__ import annotations

from fractions import Fraction
from math import factorial

from matgrad.language import syntax as s

_LARGEST = 10
"""The largest number below for which the polynomial is written out."""


def binomial(above: s.Node, below: s.Node, span: s.Span) -> s.Node:
    """The tree of a binomial coefficient, n over k."""
    top, bottom = s.Group(above.span, (above,), False), s.Group(below.span, (below,), False)
    if isinstance(below, s.Num) and below.value.denominator == 1 and 0 < below.value <= _LARGEST:
        count = int(below.value)
        factors: list[tuple[str, s.Node]] = [("", top)]
        for step in range(1, count):
            terms: list[tuple[int, s.Node]] = [(1, top), (-1, s.Num(span, Fraction(step)))]
            factors.append(("", s.Group(span, (s.Sum(span, terms),), False)))
        return s.Group(
            span, (s.Product(span, [*factors, ("/", s.Num(span, Fraction(factorial(count))))]),), False
        )
    rest = s.Sum(span, [(1, top), (-1, bottom)])
    first, *others = (_factorial(part, span) for part in (top, bottom, rest))
    return s.Group(span, (s.Product(span, [("", first), *(("/", other) for other in others)]),), False)


def _factorial(node: s.Node, span: s.Span) -> s.Node:
    one = s.Num(span, Fraction(1))
    return s.Call(span, s.Name(span, "gammafn"), (s.Sum(span, [(1, node), (1, one)]),))
