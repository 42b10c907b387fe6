"""Laurent series against mpmath's values of the functions themselves."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from matgrad.rewrite.series import FUNCTIONS, NoSeriesError, Series, context

DISTANCE = mpmath.mpf("0.03")


def value(series: Series) -> mpmath.mpf:
    """The value a little beside the point."""
    return mpmath.fsum(c * DISTANCE ** (series.order + k) for k, c in enumerate(series.terms))


def direct(name: str, x: mpmath.mpf) -> mpmath.mpf:
    """The function by mpmath."""
    if name == "sigmoid":
        return 1 / (1 + mpmath.exp(-x))
    return mpmath.log(1 + mpmath.exp(x)) if name == "softplus" else getattr(mpmath, name)(x)


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_a_function_of_a_series_has_its_value_beside_the_point(name: str) -> None:
    with mpmath.workdps(60):
        for point in (Fraction(1, 3), Fraction(0)):
            if name == "log" and not point:
                continue
            x = Series.variable(point)
            inner = x * x + x * Series.constant(Fraction(1, 2))
            at = mpmath.mpf(point.numerator) / point.denominator + DISTANCE
            assert abs(value(inner.through(name)) - direct(name, at * at + at / 2)) < 1e-28


def test_what_cancels_has_the_order_of_what_is_left() -> None:
    x, minus = Series.variable(Fraction(0)), Series.constant(Fraction(-1))
    quotient = (x + minus * x.through("sin")) * x.power(Fraction(-3))
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
            series.through(name)
