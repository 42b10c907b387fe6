"""Costs that are to grow as the work does, by what is counted; times are in benchmarks/growth.py."""

from __future__ import annotations

import gc
import re
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad import printing
from matgrad.core import expr as expressions
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.explanation.typed_form import _Writer, as_written
from matgrad.language import letters_by_place
from matgrad.language.calls import Calls
from matgrad.language.latex import sigma


def residual(layers: int) -> tuple[Expr, Symbol]:
    """‖h_L − y‖² with h = tanh(W h) + h, and its first weights."""
    h: Expr = mg.vector("x", "n")
    for i in range(layers):
        h = mg.tanh(mg.matrix(f"W{i}", "n", "n") @ h) + h
    return mg.norm(h - mg.vector("y", "n")) ** 2, mg.matrix("W0", "n", "n")


def plain(layers: int) -> tuple[Expr, Symbol]:
    """The same without h."""
    h: Expr = mg.vector("x", "n")
    for i in range(layers):
        h = mg.tanh(mg.matrix(f"W{i}", "n", "n") @ h)
    return mg.norm(h - mg.vector("y", "n")) ** 2, mg.matrix("W0", "n", "n")


def values_of(layers: int) -> dict[str, Any]:
    rng = np.random.default_rng(layers)
    weights = {f"W{i}": 0.5 * rng.normal(size=(2, 2)) for i in range(layers)}
    return {**weights, "x": rng.normal(size=2), "y": rng.normal(size=2)}


@pytest.mark.parametrize("network", [residual, plain])
def test_each_layer_adds_as_many_lines_of_the_same_width_to_an_explanation(network: Any) -> None:
    lines = {layers: mg.explain(*network(layers)).lines for layers in (12, 24, 36)}
    counts = {layers: len(found) for layers, found in lines.items()}
    assert abs((counts[36] - counts[24]) - (counts[24] - counts[12])) <= 12
    assert max(len(line.right.write("unicode")) for line in lines[36]) < 160


def test_the_sums_of_a_residual_network_are_named_one_by_the_other() -> None:
    found = mg.explain(*residual(6))
    named = [
        f"{line.left.write('unicode')} := {line.right.write('unicode')}" for line in found.lines if line.left
    ]
    assert named[:6] == [
        "z₁ := W₀x",
        "a₁ := tanh(z₁)",
        "s₁ := a₁ + x",
        "z₂ := W₁s₁",
        "a₂ := tanh(z₂)",
        "s₂ := a₂ + s₁",
    ]
    assert found.verify().verified


def test_a_deep_network_is_explained_and_verified() -> None:
    found = mg.explain(*residual(40))
    assert found.verify().verified
    assert re.fullmatch("g[₀-₉]+xᵀ", found.lines[-1].right.write("unicode"))


@pytest.mark.parametrize("layers", [4, 9, 16])
def test_hessians_of_residual_networks(layers: int) -> None:
    function, variable = residual(layers)
    values, step = values_of(layers), 1e-6
    gradient = mg.gradient(function, variable, verify=False)
    columns = []
    for k in range(4):
        move = np.zeros(4)
        move[k] = step
        moved = [values["W0"] + sign * move.reshape(2, 2, order="F") for sign in (1, -1)]
        ends = [mg.evaluate(gradient, {**values, "W0": W}).ravel(order="F") for W in moved]
        columns.append((ends[0] - ends[1]) / (2 * step))
    hessian = mg.evaluate(mg.hessian(function, variable, verify=False), values)
    assert np.allclose(hessian, np.stack(columns, axis=1), rtol=1e-6, atol=1e-6)


def test_the_hessian_of_a_deep_residual_network_is_as_long_as_its_graph() -> None:
    sizes = {}
    for layers in (12, 24):
        hessian = mg.hessian(*residual(layers), verify=False)
        sizes[layers] = len(postorder(hessian)), len(printing.line(hessian, "unicode"))
    assert sizes[24][0] < 2.6 * sizes[12][0]
    assert sizes[24][1] < 3.2 * sizes[12][1]


def test_what_is_dropped_is_let_go() -> None:
    def solve(i: int) -> None:
        x, A = mg.vector(f"x{i}", f"n{i}"), mg.matrix(f"A{i}", f"m{i}", f"n{i}")
        str(mg.gradient(mg.norm(A @ x) ** 2, x, verify=False))

    solve(0)
    gc.collect()
    before = len(expressions._table)
    for i in range(1, 200):
        solve(i)
    gc.collect()
    assert len(expressions._table) <= before + 20


def test_the_gradients_by_many_variables_are_one_pass_and_one_comparison() -> None:
    function, _ = plain(60)
    variables = tuple(mg.matrix(f"W{i}", "n", "n") for i in range(60))
    together = mg.gradient(function, variables)
    nodes = len(postorder(together))
    assert nodes < 12 * 60
    assert together[30] is mg.gradient(function, variables[30], verify=False)


def nested(outside: str, times: int) -> str:
    text = "A"
    for _ in range(times):
        text = outside.format(text)
    return text


def counting(monkeypatch: pytest.MonkeyPatch, owner: type, name: str) -> list[object]:
    """Every node that a method is called with from now on."""
    met: list[object] = []
    method = getattr(owner, name)

    def counted(self: Any, node: object) -> Any:
        met.append(node)
        return method(self, node)

    monkeypatch.setattr(owner, name, counted)
    return met


def test_calls_in_calls_are_read_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    met = counting(monkeypatch, Calls, "call")
    mg.parse(f"tr({nested('A log(det({}))', 6)})", given="A: n×n spd")
    few = len(met)
    mg.parse(f"tr({nested('A log(det({}))', 12)})", given="A: n×n spd")
    assert few > 0
    assert len(met) - few <= 2 * few


def test_calls_in_calls_are_written_once_each(monkeypatch: pytest.MonkeyPatch) -> None:
    met = counting(monkeypatch, _Writer, "_put")
    as_written(mg.interpret(f"sum({nested('sin({})', 6)})", given="A: n×n"))
    few = len(met)
    as_written(mg.interpret(f"sum({nested('sin({})', 12)})", given="A: n×n"))
    assert few > 0
    assert len(met) - few <= 2 * few


@pytest.mark.parametrize(
    ("module", "name", "term", "given"),
    [
        (letters_by_place, "_letter_terms", "A x", ""),
        (sigma, "_free_letters", r"\sum_i x_i^2", "x: n"),
    ],
)
def test_the_terms_of_a_sum_are_looked_at_once_each(
    module: Any, name: str, term: str, given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    met: list[int] = []
    look = getattr(module, name)

    def counted(node: Any, *rest: Any) -> Any:
        met.append(sum(1 for _ in node.children()))
        return look(node, *rest)

    monkeypatch.setattr(module, name, counted)
    mg.parse(" + ".join([term] * 20), given)
    few = sum(met) + len(met)
    mg.parse(" + ".join([term] * 40), given)
    assert 0 < sum(met) + len(met) - few <= 2 * few + 2


def test_brackets_in_brackets_are_read() -> None:
    assert mg.parse("(" * 1000 + "x" + " + y)" * 1000) is mg.parse("x + 1000 y")
