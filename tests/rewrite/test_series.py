"""Laurent series against mpmath's values of the functions themselves."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from matgrad.core.expr import OPERATIONS
from matgrad.ops.elementwise import Elementwise
from matgrad.rewrite.series import NoSeriesError, Series, context

FUNCTIONS = (
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "cot", "coth", "erf", "exp",
    "gamma_function", "gelu", "lgamma", "log", "sigmoid", "sin", "sinh", "softplus", "tan", "tanh",
)  # fmt: skip
WITH_A_KINK = ("abs", "relu", "sign", "step")
DISTANCE = mpmath.mpf("0.03")


def value(series: Series) -> mpmath.mpf:
    """The value a little beside the point."""
    return mpmath.fsum(c * DISTANCE ** (series.order + k) for k, c in enumerate(series.terms))


def direct(name: str, x: mpmath.mpf) -> mpmath.mpf:
    """The function by mpmath."""
    if name in ("gamma_function", "lgamma"):
        return mpmath.gamma(x) if name == "gamma_function" else mpmath.loggamma(x)
    if name == "gelu":
        return x * mpmath.ncdf(x)
    if name == "sigmoid":
        return 1 / (1 + mpmath.exp(-x))
    return mpmath.log(1 + mpmath.exp(x)) if name == "softplus" else getattr(mpmath, name)(x)


def through(series: Series, name: str) -> Series:
    """The elementwise operation of that name of a series."""
    operation = OPERATIONS[name]
    assert issubclass(operation, Elementwise)
    return series.through(operation.entry)


def test_every_elementwise_operation_is_named_here() -> None:
    names = {name for name, operation in OPERATIONS.items() if issubclass(operation, Elementwise)}
    assert names - {"undefined", "polygamma"} == {*FUNCTIONS, *WITH_A_KINK}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_a_series_has_its_value_beside_the_point(name: str) -> None:
    with mpmath.workdps(60):
        # The inverse hyperbolic cosine begins at 1.
        for point in (Fraction(4, 3) if name == "acosh" else Fraction(1, 3), Fraction(0)):
            if name in ("acosh", "cot", "coth", "gamma_function", "lgamma", "log") and not point:
                continue
            x = Series.variable(point)
            inner = x * x + x * Series.constant(Fraction(1, 2))
            at = mpmath.mpf(point.numerator) / point.denominator + DISTANCE
            assert abs(value(through(inner, name)) - direct(name, at * at + at / 2)) < 1e-28


def test_what_cancels_has_the_order_of_what_is_left() -> None:
    x, minus = Series.variable(Fraction(0)), Series.constant(Fraction(-1))
    quotient = (x + minus * through(x, "sin")) * x.power(Fraction(-3))
    assert quotient.order == 0
    assert abs(quotient.terms[0] - context().mpf(1) / 6) < 1e-50
    assert (x * x).power(Fraction(-3, 2)).order == -3


def test_what_has_no_series_is_refused() -> None:
    x = Series.variable(Fraction(0))
    with pytest.raises(NoSeriesError):
        x.power(Fraction(1, 2))
    for series, name in (
        (x, "log"),
        (x.power(Fraction(-1)), "exp"),
        (Series.variable(Fraction(2)), "asin"),
        (x, "abs"),
    ):
        with pytest.raises(NoSeriesError):
            through(series, name)
