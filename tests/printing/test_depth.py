"""Depth is no limit: nothing recurses."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import matgrad as mg
from matgrad.ops.registry import FUNCTIONS
from matgrad.printing import latex, line, numpy_source, text, unicode

DEPTH = 5000


@pytest.mark.parametrize("medium", [text, unicode, latex, numpy_source, line])
def test_deep_expressions(medium: Callable[[mg.Expr], str]) -> None:
    expr: mg.Expr = mg.vector("x", "n")
    matrix, bias = mg.matrix("A", "n", "n"), mg.vector("b", "n")
    tanh = FUNCTIONS["tanh"].build
    for _ in range(DEPTH):
        expr = tanh(matrix @ expr + bias)
    written = medium(expr)
    assert written.count("tanh") == DEPTH
    assert written.count("(") == written.count(")")


def test_shared_parts_that_make_a_line_too_long_are_refused() -> None:
    x = mg.matrix("X", "n", "n")
    for _ in range(60):
        x = x @ mg.exp(x)
    with pytest.raises(mg.ArgumentError, match="too long to write"):
        str(x)
