"""Formulas as papers and posts have them mean what the same formula says in the text dialect."""

from __future__ import annotations

import pytest

import matgrad as mg
from tests.language.latex.reading import Formula, formulas

FORMULAS = formulas("formulas.txt")


def test_there_are_enough() -> None:
    assert len(FORMULAS) > 280


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.latex)
def test_a_formula_means_what_the_text_says(formula: Formula) -> None:
    assert formula.expected.startswith("== ")
    read = mg.parse(formula.latex, formula.given, syntax="latex")
    meant = mg.parse(formula.expected[3:], formula.given, syntax="matlab")
    assert read is meant or mg.equivalent(read, meant)


@pytest.mark.parametrize(
    "text", [r"x^\top x", r"\frac{1}{2}", r"\|x\|", r"$x'x$", r"\operatorname{tr}(X)", r"\alpha x", r"\{x\}"]
)
def test_a_command_makes_a_text_latex(text: str) -> None:
    assert mg.interpret(text, "x: n, X: n×n").syntax == "latex"


@pytest.mark.parametrize("text", ["x' x", "A\\b", "A \\ b", "A\\(b + b)", "x.T @ x", "‖x‖²", "A\\x"])
def test_other_texts_are_none(text: str) -> None:
    assert mg.interpret(text, "A: n×n, x: n, b: n").syntax != "latex"


def test_signs_of_paper_without_a_backslash() -> None:
    given = "X: m×n, w: n, y: m, alpha: scalar"
    read = mg.parse("f(w) = ‖Xw − y‖² + α‖w‖²", given)
    assert read is mg.parse("norm(X w - y)^2 + alpha norm(w)^2", given)
    assert mg.parse("f(w) = ‖Xw − y‖² + α‖w‖²", given, syntax="latex") is read


def test_the_name_on_the_left() -> None:
    read = mg.interpret(r"\mathcal{L}(w) = w^\top w", "w: n")
    assert read.name == "L"
    assert read.expr is mg.parse("w' w", "w: n")


def test_undeclared_names_have_the_kinds_of_the_text_dialect() -> None:
    read = mg.interpret(r"\lambda x^\top A x")
    assert {name: symbol.describe() for name, symbol in read.symbols.items()} == {
        "lambda": "lambda (1×1)",
        "x": "x (n×1)",
        "A": "A (n×n)",
    }
