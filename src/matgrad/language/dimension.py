"""Dimensions as they are written: ``m*n``, ``n + 1``, ``(n^2 + n)/2``, ``min(m, n)``."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from matgrad.core.dims import ONE, ZERO, Dim, minimum
from matgrad.core.errors import ParseError
from matgrad.core.words import phrase
from matgrad.language import syntax as s


def constant(value: Fraction) -> Dim:
    """The dimension, or the index, of a number."""
    return Dim({(): value})


def read_dimension(root: s.Node, text: str, resolve: Callable[[s.Name], Dim]) -> Dim:
    """Read a tree as a dimension.

    Parameters
    ----------
    root : Node
        The tree.
    text : str
        The text it comes from, for messages.
    resolve : callable
        Gives the dimension that a name stands for.

    Raises
    ------
    ParseError
        For anything that is not made of numbers, names, ``+ - * /``, whole powers and ``min``.
    """
    values: dict[s.Node, Dim] = {}
    for node in reversed(list(s.walk(root))):
        values[node] = _value(node, values, text, resolve)
    return values[root]


def _value(node: s.Node, values: dict[s.Node, Dim], text: str, resolve: Callable[[s.Name], Dim]) -> Dim:
    match node:
        case s.Num(value=value):
            return constant(value)
        case s.Name():
            return resolve(node)
        case s.Signed(sign=sign, operand=operand):
            return values[operand] if sign > 0 else -values[operand]
        case s.Group(items=(inner,), is_list=False):
            return values[inner]
        case s.Sum(terms=terms):
            total = ZERO
            for sign, term in terms:
                total = total + values[term] if sign > 0 else total - values[term]
            return total
        case s.Product(factors=factors):
            product = ONE
            for operator, factor in factors:
                dim = values[factor]
                if operator in ("", "*", "⋅"):
                    product = product * dim
                elif operator == "/" and dim.is_integer and dim.terms:
                    product = product * constant(1 / dim.terms[0][1])
                else:
                    raise _refused(node, text)
            return product
        case s.Power(base=base, exponent=exponent):
            power = values[exponent]
            if power.is_integer and 0 <= _number(power) <= 8 and _number(power).denominator == 1:
                result = ONE
                for _ in range(int(power)):
                    result = result * values[base]
                return result
        case s.Call(function=s.Name(text="min"), args=(left, right)):
            return minimum(values[left], values[right])
    raise _refused(node, text)


def _number(dim: Dim) -> Fraction:
    return dim.terms[0][1] if dim.terms else Fraction(0)


def _refused(node: s.Node, text: str) -> ParseError:
    return ParseError(
        phrase("a dimension or an index is made of whole numbers and names"),
        fix=phrase("n, 3, m*n, n+1 or min(m, n)"),
        text=text,
        span=node.span,
    )


def check_whole(dim: Dim, node: s.Node, text: str) -> Dim:
    """Refuse a dimension that is a number but not a natural one, and one such as −n that never is."""
    if dim.terms and not dim.is_integer and all(factor < 0 for _, factor in dim.terms):
        raise ParseError(
            phrase("{dim} is not a dimension: it is negative", dim=dim), text=text, span=node.span
        )
    if dim.is_integer and (_number(dim) < 0 or _number(dim).denominator != 1):
        raise ParseError(
            phrase("{dim} is not a dimension: it must be a whole number", dim=_number(dim)),
            text=text,
            span=node.span,
        )
    return dim
