"""Several stationary points by one number: the roots of a polynomial, each with its nature."""

from __future__ import annotations

from fractions import Fraction
from math import gcd
from typing import NamedTuple

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import add, content, multiply, scale, subtract
from matgrad.ops.leaves import Number, is_zero, number
from matgrad.ops.power import power, sqrt
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.domain import insides
from matgrad.stationarity.elimination import POSITIVE
from matgrad.stationarity.linear import NOT_ZERO, is_positive
from matgrad.stationarity.natures import BY_DERIVATIVES, Nature, nature_of
from matgrad.stationarity.powers import coefficients_by_power
from matgrad.stationarity.solving import forms_of
from matgrad.stationarity.verdicts import BECAUSE, NATURES, POINT, Point
from matgrad.stationarity.verifying import vanishes


class Root(NamedTuple):
    """A point, and the sign of the second derivative there: 0 where it does not follow from the equation."""

    value: Expr
    slope: int = 0


class Several(NamedTuple):
    """The points where a function of one number is stationary, and when they are; one or several."""

    points: tuple[Point, ...]
    why: tuple[Phrase, ...]
    conditions: tuple[Phrase, ...]

    @property
    def nature(self) -> Nature:
        """The one that all have, else that each has its own."""
        natures = {point.nature for point in self.points}
        return Nature(natures.pop() if len(natures) == 1 else "several", self.why)


def several_points(function: Expr, variable: Symbol, equation: Expr) -> Several | None:
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
        return None
    for form in forms_of(equation, variable):
        parts = coefficients_by_power(form, variable)
        found = None if parts is None else _roots(parts)
        if not found or not found.roots:
            continue
        try:
            roots = [root for root in found.roots if not _is_outside(function, variable, root.value)]
            if not all(vanishes(equation.substitute({variable: root.value})) for root in roots):
                return None
            natures = [_nature(function, variable, root, is_slope=form is equation) for root in roots]
        except MatgradError:
            return None
        points = tuple(
            Point({variable: root.value}, nature.name) for root, nature in zip(roots, natures, strict=True)
        )
        if len(points) == 1:
            return Several(points, natures[0].why, found.conditions)
        why = tuple(_said(variable, *each) for each in zip(points, natures, strict=True))
        return Several(points, why, found.conditions)
    return None


def _is_outside(function: Expr, variable: Symbol, root: Expr) -> bool:
    """Whether a logarithm or a root is taken there of what is negative, so that the function has no value."""
    inside = insides(function, variable, {variable: root}, numbers=True)
    return any(is_positive(scale(-1, simplify(one.value))) for one in inside)


def _said(variable: Symbol, point: Point, nature: Nature) -> Phrase:
    told = POINT.filled(what=variable, value=point.values[variable], nature=NATURES[nature.name])
    by_derivatives = {reason.english for reason in BY_DERIVATIVES}
    reasons = [reason for reason in nature.why if reason.english in by_derivatives]
    return BECAUSE.filled(point=told, reason=reasons[0]) if reasons else told


def _nature(function: Expr, variable: Symbol, root: Root, *, is_slope: bool) -> Nature:
    found = nature_of(function, [variable], {variable: root.value})
    if found.name != "not known" or not (root.slope and is_slope):
        return found
    return Nature("minimum" if root.slope > 0 else "maximum", ())


class _Found(NamedTuple):
    roots: list[Root]
    conditions: tuple[Phrase, ...] = ()


def _roots(parts: dict[Expr, Expr]) -> _Found | None:
    """The real roots of a polynomial of degree 2 in a power of x, times a power of x; ``None`` of others."""
    by_degree: dict[int, Expr] = {}
    for exponent, coefficient in parts.items():
        value = exponent.value if isinstance(exponent, Number) else Fraction(-1)
        if value < 0 or value.denominator != 1:
            return None
        by_degree[int(value)] = coefficient
    least = min(by_degree)
    before = [Root(number(0))] if least else []
    shifted = {degree - least: coefficient for degree, coefficient in by_degree.items()}
    step = 1 if max(shifted) == 2 else gcd(*shifted)
    if not step:
        return _Found(before)
    if max(shifted) > 2 * step:
        return None
    of_powers = _quadratic(
        *(shifted.get(k * step, number(0)) for k in (2, 1, 0)), asks=not least and step == 1
    )
    if of_powers is None:
        return None
    found = of_powers.roots if step == 1 else []
    for power_of in of_powers.roots if step > 1 else ():
        bases = _bases(power_of.value, step)
        if bases is None:
            return None
        found = [*found, *map(Root, bases)]
    return of_powers._replace(roots=_sorted([*before, *found]))


def _bases(value: Expr, exponent: int) -> list[Expr] | None:
    """The real numbers of which a number is a power; ``None`` where its sign is not known."""
    if is_zero(value):
        return [value]
    opposite = scale(-1, value)
    if is_positive(value):
        root = power(value, number(Fraction(1, exponent)))
        return [root] if exponent % 2 else [scale(-1, root), root]
    if not is_positive(opposite):
        return None
    return [scale(-1, power(opposite, number(Fraction(1, exponent))))] if exponent % 2 else []


def _quadratic(a: Expr, b: Expr, c: Expr, *, asks: bool) -> _Found | None:
    """The real roots of ax² + bx + c; ``None`` where it is not known which are real, unless one may ask.

    At (−b ± r)/2a its slope is ±r, for the root r of the discriminant, whatever the sign of a is.
    """
    if is_zero(a):
        return _Found([Root(simplify(scale(-1, multiply(c, power(b, number(-1))))))])
    inside = simplify(subtract(multiply(b, b), scale(4, multiply(a, c))))
    if isinstance(inside, Number) and inside.value <= 0:
        middle = simplify(multiply(scale(Fraction(-1, 2), b), power(a, number(-1))))
        return _Found([Root(middle)] if is_zero(inside) else [])
    conditions: list[Phrase] = []
    if not (is_positive(inside) or (isinstance(inside, Number) and inside.value > 0)):
        if not asks or isinstance(inside, Number):
            return None
        front, plain = content(inside)
        conditions.append(POSITIVE.filled(what=plain if front > 0 else scale(-1, plain)))
    if not (is_positive(a) or is_positive(scale(-1, a)) or isinstance(a, Number)):
        conditions.append(NOT_ZERO.filled(what=content(a)[1]))
    half = multiply(number(Fraction(1, 2)), power(a, number(-1)))
    root = sqrt(inside)
    roots = [
        Root(simplify(multiply(half, add(scale(-1, b), scale(sign, root)))), sign)
        for sign in ((-1, 1) if content(a)[0] > 0 else (1, -1))
    ]
    return _Found(roots, tuple(conditions))


def _sorted(roots: list[Root]) -> list[Root]:
    """From left to right, where they are all numbers."""
    found = list({root.value: root for root in roots}.values())
    if all(isinstance(root.value, Number) for root in found):
        found.sort(key=lambda root: root.value.value if isinstance(root.value, Number) else 0)
    return found
