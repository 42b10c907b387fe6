"""Sines of large numbers: as many digits as stand before the point of the phase, or none at all."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.errors import EvaluationError
from matgrad.verify.equality import same_value


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("sin(exp(t)^20)", "sin(exp(20*t))"),
        ("tan(exp(t))", "sin(exp(t))/cos(exp(t))"),
        ("cos(10^30*(t + 1))", "cos(10^30*t)*cos(10^30) - sin(10^30*t)*sin(10^30)"),
        ("sin(exp(t^3))^2 + cos(exp(t^3))^2", "1"),
    ],
)
def test_two_forms_of_a_large_phase_are_equal(left: str, right: str) -> None:
    assert same_value(mg.parse(left, "t: scalar"), mg.parse(right, "t: scalar"))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("sin(exp(t))", "sin(exp(t) + 1e-20)"),
        ("tan(10^30*t)", "tan(10^30*t + 1e-10)"),
        ("cos(exp(20*t))", "cos(exp(20*t) + t/10^15)"),
    ],
)
def test_a_small_difference_of_a_large_phase_is_seen(left: str, right: str) -> None:
    assert not same_value(mg.parse(left, "t: scalar"), mg.parse(right, "t: scalar"))


def test_a_phase_that_no_number_of_digits_holds_is_not_compared() -> None:
    given = "t: scalar"
    phase = "exp(2*10^4*(t^2 + 1))"
    left = mg.parse(f"sin({phase})", given)
    right = mg.parse(f"2*sin({phase}/2)*cos({phase}/2)", given)
    with pytest.raises(EvaluationError):
        same_value(left, right)


def test_a_phase_of_eigenvalues() -> None:
    """The eigenvalues themselves have but the digits that are computed with."""
    given = "S: n×n symmetric, s: scalar"
    left = mg.parse("sum(tan(sum(exp(eigenvalues(100*s^2*S + 100*s^2*S')))))", given)
    right = mg.parse("sum(tan(sum(exp(200*s^2*eigenvalues(S)))))", given)
    assert same_value(left, right)


@pytest.mark.parametrize("text", ["fn(sum(cosh(100*x)))", "fn(x*exp(70))' a", "f(exp(100*x' a))"])
def test_a_function_that_is_only_a_name_has_its_phase_too(text: str) -> None:
    """A wave stands in for it: the derivative is verified at large arguments, or said not to be."""
    given = "x: n, a: n, fn: n -> n" if "' a" in text else "x: n, a: n, fn: scalar -> n"
    assert mg.derive(text, "x", given=given).line()
