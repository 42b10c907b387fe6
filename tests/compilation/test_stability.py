"""Extreme arguments: finite wherever the mathematics is, whatever form was written."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.numpy.function import compile_expressions

BIG = np.array([1e4, -1e4, 3.0])
LOW = np.array([-1e4, -1.1e4, -1e4])
TABLE = np.array([[1e4, -1e4], [-1e4, 1e4], [1.0, 2.0]])

FORMS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("sum(log(1 + exp(-y .* (X*w))))", "X: m×n, w: n, y: m", "w",
     {"X": np.eye(3), "w": BIG, "y": np.array([1.0, 1, -1])}),
    ("sum(sigmoid(x))", "x: n", "x", {"x": BIG}),
    ("sum(1 ./ (1 + exp(-x)))", "x: n", "x", {"x": BIG}),
    ("sum(exp(x) ./ (1 + exp(x)))", "x: n", "x", {"x": BIG}),
    ("sum(exp(-x) ./ (1 + exp(-x)))", "x: n", "x", {"x": BIG}),
    ("log(sum(exp(x)))", "x: n", "x", {"x": BIG}),
    ("log(sum(exp(x)))", "x: n", "x", {"x": LOW}),
    ("log(1 + sum(exp(x)))", "x: n", "x", {"x": BIG}),
    ("a'*log(exp(x)/sum(exp(x)))", "x: n, a: n", "x", {"x": BIG, "a": np.ones(3)}),
    ("a'*(exp(x)/sum(exp(x)))", "x: n, a: n", "x", {"x": BIG, "a": np.arange(3.0)}),
    ("a'*(exp(x)/sum(exp(x)))", "x: n, a: n", "x", {"x": LOW, "a": np.arange(3.0)}),
    ("sum(log(exp(x) + exp(y)))", "x: n, y: n", "x", {"x": BIG, "y": -BIG}),
    ("sum(log(1 - sigmoid(x)))", "x: n", "x", {"x": BIG}),
    ("sum(log(sigmoid(x)))", "x: n", "x", {"x": BIG}),
    ("sum(log(cosh(x)))", "x: n", "x", {"x": BIG}),
    ("sum(tanh(x)) + sum(softplus(x))", "x: n", "x", {"x": BIG}),
    ("sum(log(row_sum(exp(X))))", "X: m×n", "X", {"X": TABLE}),
    ("-sum(Y .* log(row_softmax(X*W)))", "X: m×n, W: n×k, Y: m×k", "W",
     {"X": np.eye(3), "W": TABLE, "Y": np.eye(3)[:, :2]}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "given", "wrt", "arrays"), FORMS, ids=[f[0] for f in FORMS])
def test_value_gradient_and_hessian_are_finite(
    text: str, given: str, wrt: str, arrays: dict[str, Any]
) -> None:
    f = mg.parse(text, given)
    exprs = [f, mg.gradient(f, wrt, verify=False), mg.hessian(f, wrt, verify=False)]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        results = compile_expressions(exprs)(**arrays)
    assert all(np.isfinite(result).all() for result in results)


def test_limits() -> None:
    x = mg.vector("x", "n")
    given = {"x": BIG}
    assert compile_expressions(mg.parse("log(sum(exp(x)))", [x]))(**given) == 1e4
    assert compile_expressions(mg.parse("exp(x)/sum(exp(x))", [x]))(**given).tolist() == [1, 0, 0]
    assert compile_expressions(mg.parse("log(1 + exp(x))", [x]))(**given)[:2].tolist() == [1e4, 0]
    small = {"x": np.array([1e-12, -1e-12])}
    assert np.allclose(
        compile_expressions(mg.parse("exp(x) - 1", [x]))(**small), small["x"], rtol=1e-11, atol=0
    )
    assert np.allclose(
        compile_expressions(mg.parse("log(1 + x)", [x]))(**small), small["x"], rtol=1e-11, atol=0
    )
    far = {"x": np.array([40.0, 700.0])}
    complement = compile_expressions(mg.parse("1 - sigmoid(x)", [x]))(**far)
    assert np.allclose(complement, np.exp(-far["x"]), rtol=1e-12, atol=0)
