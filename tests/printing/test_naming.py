"""Repeated parts get names where that makes the line shorter, and mean the same."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.printing import line, with_names

GIVEN = "A: m×n, W: m×n, b: m, x: n, y: n, t: scalar"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("diag(softmax(x)) - softmax(x) softmax(x)'", "diag(s) − ssᵀ where s = softmax(x)"),
        (
            "kron(x x', diag(softmax(W x)) - softmax(W x) softmax(W x)')",
            "xxᵀ ⊗ (diag(s) − ssᵀ) where s = softmax(Wx)",
        ),
        (
            "A' (A x - b)/norm(A x - b) - (x' A' (A x - b)) A' (A x - b)/norm(A x - b)^3",
            "Aᵀr/‖r‖ − (rᵀAx)Aᵀr/‖r‖³ where r = Ax − b",
        ),
        ("(softmax(W x) - b) x'", "(softmax(Wx) − b)xᵀ"),
        ("sigmoid(x) .* (1 - sigmoid(x))", "σ(x) ⊙ (1 − σ(x))"),
        ("2 A' (A x - b)", "2Aᵀ(Ax − b)"),
    ],
)
def test_lines(source: str, expected: str) -> None:
    assert line(mg.parse(source, GIVEN)) == expected


def test_the_names_mean_the_same() -> None:
    expr = mg.parse("diag(softmax(tanh(W x))) - softmax(tanh(W x)) softmax(tanh(W x))'", GIVEN)
    main, bindings = with_names(expr)
    assert bindings
    for symbol, value in reversed(bindings):
        main = main.substitute({symbol: value})
    assert main is expr


def test_a_name_in_use_is_not_taken() -> None:
    expr = mg.parse("diag(softmax(s)) - softmax(s) softmax(s)'", "s: n")
    assert line(expr) == "diag(p) − ppᵀ where p = softmax(s)"


def test_an_unknown_medium_is_refused() -> None:
    with pytest.raises(mg.ArgumentError, match="no medium"):
        line(mg.parse("x", GIVEN), "html")
