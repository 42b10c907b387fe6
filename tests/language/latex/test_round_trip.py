"""What is written as LaTeX is read back as the same expression."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

import matgrad as mg
from matgrad.language import interpret
from matgrad.ops.registry import FUNCTIONS
from tests.golden.loader import cases
from tests.printing.test_round_trip import DECLARATIONS, expressions

UNREAD = frozenset(["frechet_power", "frechet_matrix_power"])
"""Derivatives of powers are written out as sums, and read as these: Σ_i Xⁱ E Xᵏ⁻¹⁻ⁱ."""


def read_back(text: str, given: str) -> None:
    """Write an expression as LaTeX and read it."""
    read = interpret(text, given)
    written = mg.latex(read.expr)
    assert mg.parse(written, read.declarations() or None, syntax="latex") is read.expr, written


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
@pytest.mark.parametrize("part", ["expression", "answer"])
def test_golden_cases(case: object, part: str) -> None:
    text = getattr(case, part)
    if text is None:
        pytest.skip("no answer is stated")
    try:
        interpret(text, getattr(case, "given", ""))
    except mg.MatgradError:
        pytest.skip("the answer is no expression by itself")
    if text == "elimination(n)":
        pytest.skip("alone, L_n may be any matrix of a user")
    read_back(text, getattr(case, "given", ""))


@pytest.mark.parametrize("name", sorted({f.name for f in FUNCTIONS.values()} - UNREAD))
def test_functions(name: str) -> None:
    read_back(FUNCTIONS[name].example, FUNCTIONS[name].given)


@settings(max_examples=150, deadline=None)
@given(expressions())
def test_random_expressions(expr: mg.Expr) -> None:
    written = mg.latex(expr)
    assert mg.parse(written, DECLARATIONS, syntax="latex") is expr, written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        (r"(\log(w^\top w))^2", r"(\log(w^{\top} w))^{2}"),
        (r"w^\top (\log(w))^{\circ 2}", r"w^{\top} (\log(w))^{\circ 2}"),
        (r"\tilde X w", r"\tilde{X} w"),
        (r"\hat y + \bar{x}", r"\bar{x} + \hat{y}"),
        (r"\operatorname{tr}(A) I", r"\operatorname{tr}(A) I_{n}"),
    ],
)
def test_names_and_sizes(text: str, written: str) -> None:
    given = "X_tilde: m×n, w: n, y_hat: n, x_bar: n, A: m×m"
    expr = mg.parse(text.replace(" I", " I_n"), given)
    assert mg.latex(expr) == written
    assert mg.parse(written, given) is expr
