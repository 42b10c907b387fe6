"""Sums that stay one node: linear in the depth, the same in every order, and cancelled term by term."""

from __future__ import annotations

import random

import numpy as np

import matgrad as mg
from matgrad.core.expr import Expr, postorder
from matgrad.ops.arithmetic import add

TERMS = [mg.vector(f"x{i}", "n") for i in range(12)]


def residual(layers: int) -> Expr:
    """h = tanh(W h) + h, so many times."""
    h: Expr = mg.vector("x", "n")
    for i in range(layers):
        h = mg.tanh(mg.matrix(f"W{i}", "n", "n") @ h) + h
    return h


def edges(expr: Expr) -> int:
    """How many operands all distinct nodes have."""
    return sum(len(node.args) for node in postorder(expr))


def test_a_residual_network_grows_with_its_depth() -> None:
    few, many = edges(residual(50)), edges(residual(200))
    assert many < 4.5 * few
    f, w = mg.norm(residual(50)) ** 2, mg.matrix("W0", "n", "n")
    g, v = mg.norm(residual(200)) ** 2, mg.matrix("W0", "n", "n")
    assert edges(mg.gradient(g, v, verify=False)) < 4.5 * edges(mg.gradient(f, w, verify=False))


def test_the_order_of_construction_does_not_matter() -> None:
    whole = add(*TERMS)
    outside = mg.tanh(whole)
    assert any(node is whole for node in (whole + outside).args)
    rng = random.Random(0)
    for _ in range(10):
        parts = [*TERMS, outside]
        rng.shuffle(parts)
        assert add(*parts) is whole + outside
        total: Expr = parts[0]
        for part in parts[1:]:
            total = total + part
        assert total is whole + outside


def test_terms_cancel() -> None:
    whole = add(*TERMS)
    f = whole + mg.tanh(whole)
    assert f - TERMS[3] is add(*TERMS[:3], *TERMS[4:], mg.tanh(whole))
    assert f - whole is mg.tanh(whole)
    assert (3 * f - 3 * whole) is 3 * mg.tanh(whole)
    assert f.T.T is f


def test_values_and_texts() -> None:
    f = residual(12)
    arrays = {f"W{i}": np.full((2, 2), 0.1 * (i - 5)) for i in range(12)} | {"x": np.array([0.3, -0.7])}
    h = arrays["x"]
    for i in range(12):
        h = np.tanh(arrays[f"W{i}"] @ h) + h
    np.testing.assert_allclose(mg.evaluate(f, arrays), h, rtol=1e-13)
    np.testing.assert_allclose(mg.compile(f)(**arrays), h, rtol=1e-13)
    whole = add(*TERMS)
    f = 2 * (whole + mg.tanh(whole)) - mg.tanh(whole)
    assert mg.parse(str(f), TERMS) is f
    assert mg.parse(mg.latex(f), TERMS, syntax="latex") is f
