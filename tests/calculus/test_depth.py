"""Depth is no limit: nothing recurses, and nothing grows faster than the graph."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable

import pytest

import matgrad as mg
from matgrad.core.expr import postorder, symbols_of

k, n = mg.dims("k n")
A, B, C = (mg.matrix(name, n, n) for name in "ABC")
S = mg.matrix("S", n, n, symmetric=True)
x, y = mg.vector("x", n), mg.vector("y", n)
t = mg.scalar("t", positive=True)


def network(layers: int) -> mg.Expr:
    h: mg.Expr = x
    for i in range(layers):
        h = mg.tanh(mg.matrix(f"W{i}", n, n) @ h + mg.vector(f"b{i}", n))
    residual = h - y
    return residual.T @ residual


def first_gradient(layers: int, *, verify: bool = False) -> mg.Result:
    return mg.derive(network(layers), mg.matrix("W0", n, n), form="gradient", verify=verify)


def nested(start: mg.Expr, step: Callable[[mg.Expr], mg.Expr], depth: int) -> mg.Expr:
    result = start
    for _ in range(depth):
        result = step(result)
    return result


def test_the_gradient_of_a_network_grows_with_its_depth() -> None:
    small, large = (len(postorder(first_gradient(layers).expr)) for layers in (100, 200))  # type: ignore[arg-type]
    assert large <= 2.3 * small


def test_the_gradient_of_a_very_deep_network() -> None:
    assert sys.getrecursionlimit() < 2000
    result = first_gradient(2000)
    assert isinstance(result.expr, mg.Expr)
    assert len(postorder(result.expr)) > 10_000


def test_the_gradient_of_a_deep_network_is_verified() -> None:
    assert first_gradient(50, verify=True).verification.verified


CHAINS: dict[str, tuple[mg.Expr, Callable[[mg.Expr], mg.Expr]]] = {
    "products of sums": (B, lambda e: A @ (B + e)),
    "sums of products": (B, lambda e: (C + e) @ A),
    "transposes": (B, lambda e: (A @ e + B).T),
    "entrywise products": (B, lambda e: A * (B + e)),
    "functions": (x, lambda e: mg.sin(A @ e) + y),
    "inverses": (B, lambda e: mg.inv(A + e)),
    "quotients": (t, lambda e: 1 / (t + e)),
    "traces": (t, lambda e: mg.log(mg.trace(A @ B) ** 2 + e)),
    "softmax": (x, lambda e: mg.softmax(A @ e)),
    "symmetric": (S, lambda e: mg.sym(A @ e @ A.T + B)),
}


@pytest.mark.parametrize("kind", CHAINS)
def test_deep_expressions(kind: str) -> None:
    """Everything that walks an expression, three times as deep as Python's recursion limit."""
    expr = nested(*CHAINS[kind], 3000)
    assert expr.T.T is expr
    assert isinstance(expr.facts, int)
    assert copy.deepcopy(expr) is expr
    assert hash(expr) == hash(expr.T.T)
    assert pickle.loads(pickle.dumps(expr)) is expr
    renamed = expr.substitute({n: k})
    assert renamed.shape == tuple(k if dim is n else dim for dim in expr.shape)
    assert renamed.substitute({k: n}) is expr
    assert len(str(expr)) > 3000


@pytest.mark.parametrize("kind", [kind for kind in CHAINS if kind != "traces"])
def test_deep_expressions_are_simplified_and_differentiated(kind: str) -> None:
    start, step = CHAINS[kind]
    expr = nested(start, step, 60)
    assert mg.simplify(expr).shape == expr.shape
    variable = next(iter(symbols_of(expr).values()))
    result = mg.derive(expr, variable, form="differential", verify=False)
    assert isinstance(result.expr, mg.Expr)


def test_messages_about_shared_parts_end() -> None:
    """Written out, the expression would have 2^200 symbols."""
    expr = nested(x, lambda e: e + A @ e / mg.norm(e), 200)
    with pytest.raises(mg.ShapeError, match="an expression of"):
        mg.gradient(expr, x)
