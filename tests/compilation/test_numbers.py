"""Numbers of every size in generated code: as exact arithmetic has them, or refused."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends import code_for, compile_for
from matgrad.compilation.ir.numbers import literal, nearest, power
from matgrad.core.errors import ArgumentError

IN_RANGE = [
    "1e-30", "1e30", "-1e30", "3e9", "2147483648", "-9007199254740993", "1/3", "1e-30/3", "10^22/7", "0.1",
    "123456789012345678901234567890", "1/123456789012345678901234567890", "2^-40", "2^70", "7/2^60", "1e300",
    "10^300/3", "1e-300",
]  # fmt: skip
X = np.array([1.5, -2.0])
TEXTS = ("numpy", "jax", "torch", "julia", "matlab")


def exact(text: str) -> Fraction:
    """A quotient or power of decimal numbers."""
    if "/" in text:
        above, below = text.split("/")
        return exact(above) / exact(below)
    base, _, exponent = text.partition("^")
    return Fraction(base) ** int(exponent or 1)


def given(backend: str, x: Any) -> Any:
    if backend == "torch":
        import torch

        return torch.tensor(x)
    return x


def as_numpy(value: Any) -> Any:
    return np.asarray(value)


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
@pytest.mark.parametrize("number", IN_RANGE)
@pytest.mark.parametrize("form", ["({})*x", "x + ({})*ones(n,1)", "sum(x)*({})", "x .* exp(x) * ({})"])
def test_double_precision(form: str, number: str, backend: str) -> None:
    import jax

    f = mg.parse(form.format(number), "x: n")
    with jax.enable_x64(True):
        got = as_numpy(compile_for(f, backend)(x=given(backend, X)))
    c = float(exact(number))
    right = {"({})*x": c * X, "x + ({})*ones(n,1)": X + c, "sum(x)*({})": X.sum() * c}.get(
        form, c * X * np.exp(X)
    )
    np.testing.assert_allclose(got, right, rtol=4e-15)


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
@pytest.mark.parametrize("number", IN_RANGE)
def test_single_precision(number: str, backend: str) -> None:
    x = X.astype(np.float32)
    fn = compile_for(mg.parse(f"({number})*x", "x: n"), backend)
    c = float(exact(number))
    if 2.0**-126 <= abs(c) < 3e38:
        got = as_numpy(fn(x=given(backend, x)))
        assert got.dtype == np.float32
        np.testing.assert_allclose(got, c * X, rtol=1e-6)
    else:
        with pytest.raises(mg.EvaluationError, match="float32"):
            fn(x=given(backend, x))


@pytest.mark.parametrize("number", ["10^400", "1/10^400", "10^5000", "(10^200)^3", "10^400/3"])
@pytest.mark.parametrize(
    "form", ["({})*x", "x + ({})*ones(n,1)", "sum(x) - ({})", "[1, {}; 2, 3]*[x[1]; x[2]]"]
)
def test_numbers_that_no_double_is_near_are_refused(form: str, number: str) -> None:
    try:
        f = mg.parse(form.format(number), "x: n")
    except mg.MatgradError:
        return  # refused even earlier
    for backend in TEXTS:
        with pytest.raises(mg.MatgradError):
            code_for([f], backend)
    with pytest.raises(mg.MatgradError):
        compile_for(f)(x=X)


@pytest.mark.parametrize("backend", TEXTS)
@pytest.mark.parametrize("number", ["sqrt(2)*10^400", "log(10^400)", "10^400/10^399", "(10^400)^(1/200)"])
def test_text_has_the_number_or_is_refused(number: str, backend: str) -> None:
    try:
        text = code_for([mg.parse(f"{number}*x", "x: n")], backend)
    except mg.MatgradError:
        return
    assert "inf" not in text.lower()


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
def test_large_whole_exponents(backend: str) -> None:
    import jax

    f = mg.parse("x .^ 3000000000", "x: n")
    x = np.array([1 + 1e-9, -1.0])
    with jax.enable_x64(True):
        got = as_numpy(compile_for(f, backend)(x=given(backend, x)))
    np.testing.assert_allclose(got, [np.exp(3e9 * np.log1p(x[0] - 1)), 1], rtol=1e-6)


def test_literals() -> None:
    assert literal(Fraction(3)) == "3"
    assert literal(Fraction(1, 3)) == "1 / 3"
    assert literal(Fraction(10) ** 30) == "1e+30"
    assert literal(Fraction(1, 4)) == "0.25"
    assert nearest(Fraction(2, 3) * 10**40) == float(Fraction(2, 3) * 10**40)
    assert power(Fraction(2, 3), Fraction(5)) == Fraction(32, 243)
    assert power(Fraction(10**9 + 1, 10**9), Fraction(10**9)) == pytest.approx(math.e, rel=1e-6)
    with pytest.raises(ArgumentError, match="out of the range"):
        power(Fraction(10), Fraction(10**9))
