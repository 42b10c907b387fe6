"""Logistic functions of one argument share an exponential, and keep their digits everywhere."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.numpy import matrix_functions
from matgrad.compilation.ir.primitives import APPLY

FAR = np.array(
    [0.0, -0.0, 1e-300, 1e-12, -1e-12, 0.5, -0.5, 3, -3, 36, -36, 40, -40, 700, -700, 745, -745, 1e4, -1e4]
)
"""Where formulas for these functions lose digits, overflow or underflow."""


def exactly(function: str, t: float) -> float:
    with mpmath.workdps(40):
        e = mpmath.exp(mpmath.mpf(-t))
        values = {
            "softplus": lambda: mpmath.log1p(mpmath.exp(mpmath.mpf(t))) if t < 0 else t + mpmath.log1p(e),
            "sigmoid": lambda: 1 / (1 + e),
            "slope": lambda: e / (1 + e) ** 2,
        }
        return float(values[function]())


def test_value_gradient_and_hessian_of_many() -> None:
    t = np.tile(FAR, 100)
    read = mg.interpret("sum(log(1 + exp(x)))", "x: n")
    fn = mg.compile(
        [
            mg.parse("log(1 + exp(x))", "x: n"),
            mg.gradient(read.expr, "x"),
            mg.parse("exp(x)./(1+exp(x)).^2", "x: n"),
        ]
    )
    with np.errstate(over="raise", invalid="raise"):
        found = fn(x=t)
    assert sum(v.op is APPLY and v.params[0] == "exp" for v in fn._program.values) == 1
    for name, values in zip(("softplus", "sigmoid", "slope"), found, strict=True):
        wanted = np.array([exactly(name, x) for x in FAR])
        np.testing.assert_allclose(values[: len(FAR)], wanted, rtol=1e-15 * 8, atol=1e-307)


@pytest.mark.parametrize("size", [1, 20, 1000])
@pytest.mark.parametrize("name", ["softplus", "sigmoid"])
def test_functions(name: str, size: int) -> None:
    x = np.resize(FAR, size)
    function = getattr(matrix_functions, name)
    with np.errstate(over="raise", invalid="raise"):
        found = function(x)
    np.testing.assert_allclose(found, [exactly(name, t) for t in x], rtol=1e-15 * 8, atol=1e-307)
    assert function(x.astype(np.float32)).dtype == np.float32
    with np.errstate(invalid="ignore"):
        far = function(np.resize([np.inf, -np.inf, np.nan], max(size, 3)))
    np.testing.assert_array_equal(far[:3], [np.inf if name == "softplus" else 1, 0, np.nan])


@pytest.mark.parametrize("shape", [(3, 4), (40, 2), (40, 1), (40, 16), (40, 17), (5, 300)])
def test_lines(shape: tuple[int, int]) -> None:
    """The largest entries, and softmax and its like, of rows of few and many entries."""
    X = np.random.default_rng(0).standard_normal(shape) * 10
    np.testing.assert_array_equal(matrix_functions.row_max(X), X.max(axis=1))
    top = X.max(axis=1, keepdims=True)
    e = np.exp(X - top)
    total = e.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(matrix_functions.softmax(X, 1), e / total, rtol=1e-14)
    np.testing.assert_allclose(
        matrix_functions.log_softmax(X, 1), X - top - np.log(total), rtol=1e-13, atol=1e-13
    )
    np.testing.assert_allclose(matrix_functions.logsumexp(X, 1), (top + np.log(total))[:, 0], rtol=1e-14)
    np.testing.assert_allclose(matrix_functions.softmax(X.T, 0), (e / total).T, rtol=1e-14)
    X[0, 0] = np.nan
    assert np.isnan(matrix_functions.row_max(X)[0])


@pytest.mark.parametrize("size", [10, 2000])
def test_the_plan_says_so(size: int) -> None:
    read = mg.interpret("sum(log(1 + exp(x)))", "x: n")
    fn = mg.compile([read.expr, mg.gradient(read.expr, "x"), mg.hessian(read.expr, "x")])
    fn(x=np.linspace(-1, 1, size))
    assert ("by one exponential" in str(fn.plan)) == (size == 2000)
