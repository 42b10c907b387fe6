"""Sums over data come back as people write them: with rows, the smallest, and labels as typed."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.language import parse
from matgrad.printing import unicode

DATA = "X: N×n, w: n, x_i = X[i,:]', y_i: scalar, i = 1..N"
FAMILY = "x_i: n, w: n, f_i: scalar, y_i: scalar, i = 1..N"


@pytest.mark.parametrize(
    ("source", "given", "wrt", "printed"),
    [
        ("sum_i (y_i - x_i' w)^2", DATA, "w", "−2Σ_i (y_i − wᵀx_i)x_i where x_i = X[i, :]ᵀ"),
        ("sum_i (y_i - X[i,:] w)^2", DATA, "w", "−2Σ_i (y_i − wᵀx_i)x_i where x_i = X[i, :]ᵀ"),
        (
            "sum_i (y_i - X[i,:] w)^2",
            "X: N×n, w: n, y_i: scalar, i = 1..N",
            "w",
            "2Σ_i ((Xw)_i − y_i)X[i, :]ᵀ",
        ),
        ("sum_i (y_i - X[i,:] w)^2", "X: N×n, w: n, y: N", "w", "2Xᵀ(Xw − y)"),
        ("max_i f_i", FAMILY, "f_k", "𝟏[f_k = max_i f_i]"),
        ("min_i f_i", FAMILY, "f_k", "𝟏[f_k = min_i f_i]"),
        ("min(x)", "x: n", "x", "𝟏[x = min]"),
        ("exp(min(x))", "x: n", "x", "exp(min(x))𝟏[x = min]"),
        (r"\sum_{i=1}^N \|x^{(i)} - w\|^2", "", "w", "2Σ_i (w − x⁽ⁱ⁾)"),
        (r"\sum_{i=1}^N \|x^{(i)} - w\|^2", "", "x^{(k)}", "2(x⁽ᵏ⁾ − w)"),
        ("sum_{i=1}^N norm(x^{(i)} - w)^2", "", "w", "2Σ_i (w − x⁽ⁱ⁾)"),
        ("sum_{i=1}^N norm(x⁽ⁱ⁾ - w)^2", "", "w", "2Σ_i (w − x⁽ⁱ⁾)"),
        ("sum_{i=1}^N norm(x_i - w)^2", "", "w", "2Σ_i (w − x_i)"),
    ],
)
def test_a_gradient_reads_as_in_a_textbook(source: str, given: str, wrt: str, printed: str) -> None:
    shown = mg.derive(source, wrt, given=given or None).line()
    assert shown.partition("= ")[2] == printed


@pytest.mark.parametrize(
    ("source", "given", "printed"),
    [
        ("min_i x_i^2", "x: n", "min_i x_i²"),
        ("min_i norm(x_i - w)", FAMILY, "min_i ‖w − x_i‖"),
        ("min(x - y)", "x: n, y: n", "min(x − y)"),
        ("1 - max(x - y)", "x: n, y: n", "1 − max(x − y)"),
        ("max(x - y)", "x: n, y: n", "max(x − y)"),
        ("3 min(x) - min(y)", "x: n, y: n", "3 min(x) − min(y)"),
        ("min(x)^2", "x: n", "min(x)²"),
        ("column_min(X)", "X: m×n", "column_min(X)"),
        ("lambda_min(S)", "S: n×n symmetric", "λ_min(S)"),
        ("max(-2 x)", "x: n", "−2 min(x)"),
    ],
)
def test_the_smallest_is_no_largest_of_opposites(source: str, given: str, printed: str) -> None:
    expr = parse(source, given)
    assert unicode(expr) == printed
    assert parse(str(expr), given) is expr
    assert parse(mg.latex(expr), given) is expr


def test_labels_above_come_back_in_latex() -> None:
    result = mg.derive(r"\frac{1}{2m}\sum_{i=1}^m (\theta^\top x^{(i)} - y^{(i)})^2", r"\theta")
    assert "x^{(i)}" in result.line("latex")
    assert "x_{i}" not in result.line("latex")


def test_a_raised_index_is_the_same_member() -> None:
    raised = parse(r"\sum_{i=1}^N \|x^{(i)}\|^2", "x_i: n")
    assert parse("sum_{i=1}^N x_i' x_i", "x_i: n") is raised
