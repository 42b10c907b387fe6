"""Repeated parts get names where that makes the line shorter, and mean the same."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.expr import symbols_of
from matgrad.core.facts import Fact
from matgrad.ops.orientation import known_facts
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


def test_a_name_keeps_what_holds_of_the_part_it_stands_for() -> None:
    """B − AAᵀ is its own transpose, and an eigenvector asks for this of its name."""
    read = mg.interpret("lambda_min(A A' - B) + lambda_max(A A' - B)^2", "B: m×m symmetric, A: m×n")
    result = mg.derive(read.expr, read.symbols["A"])
    assert result.verification.verified
    assert "where" in result.line("unicode") or "v_max" in result.line("unicode")
    for part in (read.expr, mg.sym(mg.matrix("C", "n", "n"))):
        assert known_facts(part) & Fact.SYMMETRIC or part.is_scalar
    skew = mg.matrix("C", "n", "n") - mg.matrix("C", "n", "n").T
    assert known_facts(skew) & Fact.SKEW


@pytest.mark.parametrize("name", "ABCDEFGHKLMNPQRSUVWXYZ")
def test_a_form_of_a_skew_matrix_is_zero_whatever_its_name(name: str) -> None:
    assert mg.parse(f"sum({name} - {name}')") is mg.parse("0")
    assert mg.parse(f"x' ({name}' - {name}) x") is mg.parse("0")
    twice = mg.parse(f"x' ({name} - {name}') y")
    assert twice is mg.parse(f"y' ({name}' - {name}) x", symbols_of(twice).values())
