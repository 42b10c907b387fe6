"""Several stationary points by one number: the roots of a polynomial, each with its nature."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import add, multiply, scale, subtract
from matgrad.ops.leaves import Number, is_zero, number
from matgrad.ops.power import power, sqrt
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.linear import is_positive
from matgrad.stationarity.natures import nature_of
from matgrad.stationarity.powers import coefficients_by_power
from matgrad.stationarity.solving import forms_of
from matgrad.stationarity.verdicts import NATURES, POINT
from matgrad.stationarity.verifying import vanishes


def several_points(function: Expr, variable: Symbol, equation: Expr) -> tuple[Phrase, ...]:
    """The points where a function of one number is stationary, each with its nature, if all are known.

    Parameters
    ----------
    function : Expr
        The function.
    variable : Symbol
        The number.
    equation : Expr
        Its derivative, which is zero.
    """
    if not variable.is_scalar or variable.facts & (Fact.NONNEGATIVE | Fact.INTEGER):
        return ()
    for form in forms_of(equation, variable):
        parts = coefficients_by_power(form, variable)
        roots = None if parts is None else _roots(parts)
        if not roots or len(roots) < 2:
            continue
        try:
            if not all(vanishes(equation.substitute({variable: root})) for root in roots):
                return ()
            return tuple(
                POINT.filled(what=variable, value=root, nature=_nature(function, variable, root))
                for root in roots
            )
        except MatgradError:
            return ()
    return ()


def _nature(function: Expr, variable: Symbol, root: Expr) -> Phrase:
    return NATURES[nature_of(function, [variable], {variable: root}).name]


def _roots(parts: dict[Expr, Expr]) -> list[Expr] | None:
    """The real roots of a polynomial of degree 2 in x or x², times a power of x; ``None`` of others."""
    by_degree: dict[int, Expr] = {}
    for exponent, coefficient in parts.items():
        value = exponent.value if isinstance(exponent, Number) else Fraction(-1)
        if value < 0 or value.denominator != 1:
            return None
        by_degree[int(value)] = coefficient
    least = min(by_degree)
    found = [number(0)] if least else []
    shifted = {degree - least: coefficient for degree, coefficient in by_degree.items()}
    degree = max(shifted)
    if degree == 1 or (degree == 2 and set(shifted) <= {0, 1, 2}):
        rest = _quadratic(*(shifted.get(k, number(0)) for k in (2, 1, 0)))
    elif set(shifted) <= {0, 2, 4}:
        squares = _quadratic(*(shifted.get(k, number(0)) for k in (4, 2, 0)))
        rest = None if squares is None else [x for square in squares for x in _both_roots(square)]
        if squares is not None and not all(isinstance(square, Number) for square in squares):
            return None
    else:
        return None
    if rest is None:
        return None
    return _sorted([*found, *rest])


def _both_roots(square: Expr) -> list[Expr]:
    """The real numbers of which a number is the square."""
    assert isinstance(square, Number)
    return [scale(-1, sqrt(square)), sqrt(square)] if square.value > 0 else []


def _quadratic(a: Expr, b: Expr, c: Expr) -> list[Expr] | None:
    """The real roots of ax² + bx + c; ``None`` where it is not known which are real."""
    if is_zero(a):
        return [simplify(scale(-1, multiply(c, power(b, number(-1)))))]
    inside = simplify(subtract(multiply(b, b), scale(4, multiply(a, c))))
    if isinstance(inside, Number) and inside.value < 0:
        return []
    if not (is_positive(inside) or (isinstance(inside, Number) and inside.value > 0)):
        return None
    half = multiply(number(Fraction(1, 2)), power(a, number(-1)))
    root = sqrt(inside)
    return [simplify(multiply(half, add(scale(-1, b), scale(sign, root)))) for sign in (-1, 1)]


def _sorted(roots: list[Expr]) -> list[Expr]:
    """From left to right, where they are all numbers."""
    found = list(dict.fromkeys(roots))
    if all(isinstance(root, Number) for root in found):
        found.sort(key=lambda root: root.value if isinstance(root, Number) else 0)
    return found
