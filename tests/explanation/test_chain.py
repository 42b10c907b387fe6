"""The chain rule: every golden case, the classic results as printed, and what the graph consists of."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

import matgrad as mg
from matgrad.core.expr import Symbol
from matgrad.explanation import explain
from matgrad.explanation.graph import graph_of
from matgrad.explanation.sides import Paths
from tests.explanation.every_case import check, check_that_wrong_lines_are_found, printed, transcripts
from tests.golden.loader import Case, cases


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_every_line_holds(case: Case) -> None:
    check(case, "chain")


@pytest.mark.parametrize("case", transcripts("chain"), ids=lambda case: str(case["name"]))
def test_transcript(case: dict[str, Any]) -> None:
    assert printed(case, "chain").split("\n") == case["lines"].strip("\n").split("\n")


@pytest.mark.parametrize(
    ("expression", "given", "wrt"),
    [
        ("norm(W sigmoid(V x) - y)^2", "W: k×h, V: h×n, x: n, y: k", "V"),
        ("x' A x", "A: n×n, x: n", "x"),
        ("A inv(X) B", "A: p×n, X: n×n, B: n×q", "X"),
    ],
)
def test_a_wrong_line_is_found(expression: str, given: str, wrt: str) -> None:
    read = mg.interpret(expression, given)
    assert check_that_wrong_lines_are_found(explain(read.expr, read.symbols[wrt], method="chain")) >= 4


@pytest.mark.parametrize(
    ("expression", "given", "wrt", "names"),
    [
        ("norm(A x - b)^2", "A: m×n, x: n, b: m", "x", ["r = Ax − b"]),
        ("a' X b", "a: m, X: m×n, b: n", "X", ["u = Xb"]),
        # The same affine map under a function and in a linear term is one variable.
        ("sum(softplus(X w)) - y' X w", "X: m×n, w: n, y: m", "w", ["u = Xw"]),
        ("tanh(B tanh(A x))", "A: m×n, B: p×m, x: n", "x", ["u = Ax", "h = tanh(u)", "v = Bh"]),
        # Neither a transposition nor a number is a step of its own.
        ("tr(2 X')", "X: n×n", "X", []),
        ("sum(exp(-x))", "x: n", "x", ["h = exp(−x)"]),
        # Letters that are taken are left alone.
        ("norm(r x - u)^2", "r: m×n, x: n, u: m", "x", ["q = rx − u"]),
    ],
)
def test_intermediate_variables(expression: str, given: str, wrt: str, names: list[str]) -> None:
    read = mg.interpret(expression, given)
    variable = read.symbols[wrt]
    function = mg.simplify(read.expr)
    graph = graph_of(function, variable)
    written = [
        f"{mg.printing.unicode(name)} = {mg.printing.unicode(meaning)}" for name, meaning in graph.names
    ]
    assert written == names
    assert graph.written_out(graph.top) is function


def network(depth: int) -> tuple[mg.Expr, Symbol]:
    """A network of tanh layers, and its input."""
    x = mg.vector("x", "n")
    value: mg.Expr = x
    for layer in range(1, depth + 1):
        value = mg.tanh(mg.matrix(f"W{layer}", "n", "n") @ value)
    return value.T @ value, x


def test_length_is_linear_in_the_depth() -> None:
    """Each adjoint is written once, in the one before it: 8 lines for a layer, none of them longer."""
    lengths = []
    for depth in (4, 8, 16):
        function, x = network(depth)
        derivation = explain(function, x, method="chain")
        lengths.append(sum(bool(line.reasons) for line in derivation.lines))
        # The function and the answer are as long as they are; no line between them grows with the depth.
        assert max(len(line.right.write("unicode")) for line in derivation.lines[1:-1]) < 60
    assert lengths[2] - lengths[1] == 2 * (lengths[1] - lengths[0]) == 64
    assert derivation.verify(points=1).verified


@pytest.mark.parametrize("layout", ["numerator", "denominator"])
def test_shapes_conform(layout: str) -> None:
    read = mg.interpret("sigmoid(A tanh(B x))", "A: p×m, B: m×n, x: n")
    derivation = explain(read.expr, read.symbols["x"], method="chain", layout=layout)
    paths = [line.right for line in derivation.lines if isinstance(line.right, Paths)]
    assert paths
    for right in paths:
        for path in right.shapes:
            assert all(a[1] is b[0] for a, b in pairwise(path))
            assert (path[0][0], path[-1][1]) == right.whole
    last = derivation.lines[-1]
    assert derivation.verify().verified
    assert last.right.write("unicode") == mg.derive(read.expr, read.symbols["x"], layout=layout).right_side()
