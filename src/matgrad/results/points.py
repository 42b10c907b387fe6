"""A derivative at a point: the values of variables put in, and a look at whether it is continuous there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from matgrad import numeric, verify
from matgrad.calculus.variable import is_curved
from matgrad.core.dims import shape_text
from matgrad.core.errors import ArgumentError, DomainError, MatgradError, NotDifferentiableError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import LINEAR_STRUCTURE, fact_words
from matgrad.core.words import phrase
from matgrad.ops.arithmetic import add, scale
from matgrad.results.result import Result
from matgrad.rewrite.simplify import simplify

_STEP = Fraction(1, 10**20)
_CLOSE = Fraction(1, 10**10)
_DIGITS = 60
_POINTS = 3


def at_point(result: Result, values: Mapping[Symbol, Expr]) -> Result:
    """A derivative at the point where some variables have values.

    It is the limit of the derivative from all sides; where they differ there is none.

    Parameters
    ----------
    result : Result
        The derivative.
    values : mapping of Symbol to Expr
        The values, of the shapes of the variables.

    Raises
    ------
    ArgumentError
        For a value that has not what is declared of its variable, and for index notation.
    NotDifferentiableError
        Where there is no derivative at the point.
    """
    last = result.differentiations[-1]
    if not isinstance(last.answer, Expr):
        raise ArgumentError(
            phrase("components in index notation are not taken at a point"), fix=phrase("another form")
        )
    for symbol, value in values.items():
        _check(symbol, value)
    try:
        found = simplify(last.answer.substitute(values))
        near = _near(last.answer, values)
        _require_limit(near, found, result.function.substitute(values))
    except DomainError as error:
        raise NotDifferentiableError(
            phrase("there is no derivative at this point: {problem}", problem=error.problem),
            fix=phrase("a point in the domain"),
        ) from None
    steps = (*result.differentiations[:-1], replace(last, answer=found))
    return replace(result, differentiations=steps, point=tuple(values.items()))


def _check(symbol: Symbol, value: Expr) -> None:
    """Refuse a value that its variable cannot have."""
    if value.shape != symbol.shape:
        raise ArgumentError(
            phrase(
                "{symbol} is {shape} and cannot be {value}",
                symbol=symbol.label,
                shape=shape_text(symbol.shape),
                value=value.describe(),
            )
        )
    facts = [word for word in fact_words(symbol.facts) if not value.has(symbol.facts)]
    if facts or is_curved(symbol):
        raise ArgumentError(
            phrase(
                "{symbol} is declared {facts}, and {value} is not",
                symbol=symbol.label,
                facts=" ".join(fact_words(symbol.facts)),
                value=value,
            ),
            fix=phrase("a value that is"),
        )


def _near(answer: Expr, values: Mapping[Symbol, Expr]) -> Expr:
    """The derivative a small step from the point, in a random direction."""
    moved = {}
    for symbol, value in values.items():
        facts = symbol.facts & LINEAR_STRUCTURE
        direction = Symbol.stand_in(f"?{symbol.label}", *symbol.shape, facts)
        moved[symbol] = add(value, scale(_STEP, direction))
    return answer.substitute(moved)


def _require_limit(near: Expr, found: Expr, function: Expr) -> None:
    """Refuse a point that the derivative jumps at.

    Raises
    ------
    NotDifferentiableError
        Where the values near it and at it differ, or one of them does not exist.
    """
    tried = 0
    for sizes, values in verify.samples([near, found, function], digits=_DIGITS):
        xp = numeric.PreciseArrays(sizes, _DIGITS)
        try:
            a, b, _ = numeric.evaluate_nodes([near, found, function], values, xp)
        except (MatgradError, ArithmeticError):
            continue
        pairs = [(x, y) for row, other in zip(a, b, strict=True) for x, y in zip(row, other, strict=True)]
        gap, size = max(abs(x - y) for x, y in pairs), 1 + max(abs(y) for _, y in pairs)
        if gap > size * xp.number(_CLOSE)[0][0]:
            raise NotDifferentiableError(
                phrase("there is no derivative at this point: its values around it differ")
            )
        tried += 1
        if tried == _POINTS:
            return
    raise NotDifferentiableError(phrase("there is no derivative at this point: it has no value there"))
