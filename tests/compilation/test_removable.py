"""Quotients at and near the points where they are 0/0, in every array library, against mpmath."""

from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

import matgrad as mg
from tests.compilation.test_special_data import LIBRARIES, value

LIMITS = [
    ("sin(t)/t", 0, 1),
    ("sin(3*t)/(2*t)", 0, 1.5),
    ("(1 - cos(t))/t^2", 0, 0.5),
    ("(1 - cos(t))/t", 0, 0),
    ("(exp(t) - 1)/t", 0, 1),
    ("(exp(t) - 1 - t)/t^2", 0, 0.5),
    ("t/(exp(t) - 1)", 0, 1),
    ("log(1 + t)/t", 0, 1),
    ("log(t)/(t - 1)", 1, 1),
    ("(t^2 - 1)/(t - 1)", 1, 2),
    ("sin(t - 1/2)/(t - 1/2)", 0.5, 1),
    ("(t - sin(t))/t^3", 0, 1 / 6),
    ("1/t - 1/sin(t)", 0, 0),
    ("tanh(t)/t", 0, 1),
    ("erf(t)/t", 0, 2 / np.sqrt(np.pi)),
    ("(sqrt(1 + t) - 1)/t", 0, 0.5),
    ("(softplus(t) - log(2))/t", 0, 0.5),
]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(("text", "at", "limit"), LIMITS)
def test_a_quotient_has_its_limit(text: str, at: float, limit: float, library: str) -> None:
    np.testing.assert_allclose(value(mg.parse(text, "t: scalar"), library, t=at), limit, rtol=1e-14)


POINTS = [1e-300, 1e-170, 1e-20, -1e-9, 1e-5, -1e-2, 0.1, 0.3, -0.7, 1.3, 1.31, -1.4, 3.0, 1e5]


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("text", "direct"),
    [
        ("(1 - cos(t))/t^2", lambda t: (1 - mpmath.cos(t)) / t**2),
        ("(exp(t) - 1 - t)/t^2", lambda t: (mpmath.exp(t) - 1 - t) / t**2),
        ("(t - sin(t))/t^3", lambda t: (t - mpmath.sin(t)) / t**3),
        ("log(1 + t^2)/t", lambda t: mpmath.log(1 + t**2) / t),
        ("cos(t)/t - sin(t)/t^2", lambda t: mpmath.cos(t) / t - mpmath.sin(t) / t**2),
    ],
)
def test_no_digits_are_lost_beside_the_point(text: str, direct: Any, library: str) -> None:
    expr = mg.parse(text, "t: scalar")
    with mpmath.workdps(1000):
        for t in POINTS:
            if t > 100 and "exp" in text:
                continue
            expected = float(direct(mpmath.mpf(t)))
            np.testing.assert_allclose(float(value(expr, library, t=t)), expected, rtol=5e-14, atol=1e-300)


@pytest.mark.parametrize("library", LIBRARIES)
def test_entries_of_a_matrix_are_removed_one_by_one(library: str) -> None:
    x = np.array([[0, 1.0, 1e-9], [2, -1, 1e200]])
    np.testing.assert_allclose(
        value(mg.parse("sin(X)./X", "X: m×n"), library, X=x), np.sinc(x / np.pi), rtol=1e-13, atol=1e-190
    )
    slope = mg.gradient(mg.parse("sum(A.*(sin(X)./X))", "A: m×n, X: m×n"), "X")
    y, a = x[:, :2], np.array([[5.0, 2], [3, 4]])
    safe = np.where(y == 0, 1, y)
    expected = np.where(y == 0, 0, np.cos(safe) / safe - np.sin(safe) / safe**2)
    np.testing.assert_allclose(value(slope, library, A=a, X=y), a * expected, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("library", LIBRARIES)
def test_derivatives_and_norms_have_their_limits(library: str) -> None:
    sinc = mg.parse("sin(t)/t", "t: scalar")
    np.testing.assert_allclose(value(mg.gradient(sinc, "t"), library, t=0.0), 0, atol=1e-16)
    np.testing.assert_allclose(value(mg.hessian(sinc, "t"), library, t=0.0), -1 / 3, rtol=1e-14)
    radial = mg.parse("sin(norm(x))/norm(x)", "x: n")
    np.testing.assert_allclose(value(radial, library, x=np.zeros(3)), 1, rtol=1e-15)
    np.testing.assert_allclose(value(mg.gradient(radial, "x"), library, x=np.zeros(3)), np.zeros(3))
    x = np.array([3e-5, 4e-5])
    np.testing.assert_allclose(value(mg.gradient(radial, "x"), library, x=x), -x / 3, rtol=1e-8)
    whole = mg.parse("(x'x - 1)/(norm(x) - 1)", "x: n")
    np.testing.assert_allclose(value(whole, library, x=np.array([0.6, 0.8])), 2, rtol=1e-14)


def test_a_quotient_without_a_point_of_that_kind_is_computed_as_it_is_written() -> None:
    source = mg.compile(mg.parse("1 ./ (ones(n) + exp(-x)) + x ./ (x.^2 + ones(n))", "x: n")).source
    assert "step" not in source
