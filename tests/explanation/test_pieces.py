"""Functions in pieces are explained: a comparison stays where it is, and its sides have names."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.explanation.derivation import METHODS

HUBER = "sum(where(abs(y - X w) <= delta, (y - X w).^2/2, delta abs(y - X w) - delta^2/2))"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("text", "given", "wrt"),
    [
        (HUBER, "y: m, X: m×n, w: n, delta: scalar positive", "w"),
        ("sum(where(c, x.^2, y)) where c = x > y", "x: n, y: n", "x"),
    ],
)
def test_a_condition_is_no_intermediate_variable(text: str, given: str, wrt: str, method: str) -> None:
    derivation = mg.explain(mg.interpret(text, given).expr, wrt, method=method)
    assert derivation.verify().verified
    assert "𝟏[" in str(derivation)


@pytest.mark.parametrize("text", ["1' y", "y' A 1", r"y^\top 1", "2*(1' y)^2"])
def test_a_one_that_stands_for_a_column_of_ones(text: str) -> None:
    # It has no value of its own: only beside y is it 𝟏.
    for method in ("differential", "definition", "chain"):
        assert mg.explain(text, "y", given="y: n, A: n×n", method=method).verify().verified
