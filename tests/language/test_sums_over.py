"""Sums over indices in the text dialects: what they mean, and what is asked about."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.language import interpret
from matgrad.printing import unicode

MEANT = [
    ("sum_i (y_i - w'x_i)^2", "x_i: n, y_i: scalar, i = 1..N, w: n", "Σ_i (wᵀx_i − y_i)²"),
    ("sum_i (y_i - w'x_i)^2", "x_i = X[i,:]', X: N×n, y: N, w: n", "Σ_i (y_i − (Xw)_i)²"),
    ("sum_{i=1}^N x_i", "x_i: n", "Σ_i x_i"),
    ("sum_i x_i + b", "x_i: n, i = 1..N, b: n", "b + Σ_i x_i"),
    ("sum_i a_i b_i/2 - c", "a: n, b: n, c: scalar", "½Σ_i a_i b_i − c"),
    ("sum_{i<j} w_ij", "w_ij: scalar, i = 1..N, j = 1..N", "Σ_{i < j} w_ij"),
    ("sum_{1<=i<j<=N} w_ij", "w_ij: scalar, i = 1..N, j = 1..N", "Σ_{i < j} w_ij"),
    ("sum_{i=2}^n (x_i - x_{i-1})^2", "x: n", "Σ_{i=2}^n (x_i − x_(i − 1))²"),
    ("sum_i -p_i log(p_i)", "p: n positive", "−Σ_i p_i log(p_i)"),
    ("∑_i x_i^2", "x: n", "Σ_i x_i²"),
    ("sum over i of x_i^2", "x: n", "Σ_i x_i²"),
    ("sum(i, x_i^2)", "x: n", "Σ_i x_i²"),
    ("log sum_j exp(z_j)", "z: n", "log(Σ_i exp(z_i))"),
    ("sum_i q_i^2 where q_i = w'x_i - 1", "x_i: n, i = 1..N, w: n", "Σ_i (1 − wᵀx_i)²"),
    ("sum_i i x_i", "x: n", "Σ_i i x_i"),
    ("mean_i x_i", "x_i: n, i = 1..N", "Σ_i x_i/N"),
    ("prod_k c_k", "c_k: scalar, k = 1..K", "Π_k c_k"),
    ("sum_k tr(A_k X)", "A_k: m×n, k = 1..K, X: n×m", "Σ_k tr(A_k X)"),
    ("sum_{i,j} A[i,j] B[j,i]", "A: m×n, B: n×m", "Σ_{i, j} B_ij A_ji"),
    ("sum_i x_i + x_1", "x: n", "Σ_i x_i + x_1"),
    ("sum(X)", "X: m×n", "sum(X)"),
    ("sum_{i != j} (A_i X')[:, j]", "A_i: n×n, X: N×n, i = 1..N, j = 1..N", "Σ_{i ≠ j} (A_i Xᵀ)[:, j]"),
]


@pytest.mark.parametrize(("text", "given", "shown"), MEANT)
def test_it_is_read_as_meant_and_shown_so(text: str, given: str, shown: str) -> None:
    interpretation = interpret(text, given)
    assert unicode(interpretation.expr) == shown
    assert mg.parse(str(interpretation.expr), interpretation.declarations()) is interpretation.expr


ASKED = [
    ("sum_i (y_i - w'x_i)^2", None, "the range of the index i is not known", "i = 1..N"),
    ("sum_i (x_i - a)^2 + b x_i", "x: n, a: scalar, b: scalar", "bound by no sum here", "with brackets"),
    ("y_i + 1", "y_i: scalar, i = 1..N", "the index i is bound by no sum here", "sum_i"),
    ("sum_i X_i", "X: m×n", "may be a row or a column", "X[i,:]'"),
    ("sum_i x_i y_i", "x: n, y: m", "the range of i is not clear", "sum_{i=1}"),
    ("sum_i w_i", "w_ij: scalar, i = 1..N, j = 1..N", "have 2 indices, and 1", "w_ij"),
    ("sum_i x_i + x", "x_i: n, i = 1..N", "x is a family", "x_i"),
    (
        "sum_k x_k",
        "x_i: n, i = 1..N, k = 1..K",
        "k is declared up to K, and counts x_k up to N",
        "sum_{k=1}^K",
    ),
    ("sum_{i=1} x_i", "x: n", "the last value of i is missing", "sum_{i=1}^N"),
    ("sum_{i x} x_i", "x: n", "below Σ stands an index", "sum_{i<j}"),
]


@pytest.mark.parametrize(("text", "given", "message", "fix"), ASKED)
def test_what_is_not_clear_is_asked_about(text: str, given: str | None, message: str, fix: str) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        interpret(text, given)
    assert message in str(caught.value)
    assert fix in str(caught.value)
    assert "^" in str(caught.value)


def test_a_family_is_declared_once() -> None:
    with pytest.raises(mg.MatgradError, match="declared as well"):
        interpret("sum_i x_i", "x: n, x_i: scalar, i = 1..N")
    with pytest.raises(mg.MatgradError, match="counted from 1"):
        interpret("sum_i x_i", "x_i: scalar, i = 2..N")


def test_a_family_may_be_counted_from_0() -> None:
    read = interpret("sum_{i=1}^N (x_i - x_{i-1})^2", "x_i: scalar, i = 0..N")
    assert mg.evaluate(read.expr, {"x": [1.0, 4.0, 6.0]}) == 13.0
    assert read.notes() == ["members count from 0 in the text, and from 1 in what is printed"]
    entries = interpret(r"\sum_{i=0}^{N-1} i x_i", "x: N").expr
    assert mg.evaluate(entries, {"x": [1.0, 4.0, 6.0]}) == 16.0
    with pytest.raises(mg.ShapeError, match="run from 1 to N"):
        interpret(r"\sum_{i=0}^{N} x_i", "x: N")


@pytest.mark.parametrize(
    ("text", "declaration", "fix"),
    [
        ("sum_{t=1}^T norm2(x_t - A x_{t-1})^2", "x_i: n, i = 1..T, A: n×n", "a sum over t from 2 on"),
        ("sum_{t=1}^T norm2(x_{t+1} - A x_t)^2", "x_i: n, i = 1..T, A: n×n", "over t that ends at T - 1"),
        ("sum_{i=1}^n x_{n-i} x_i", "x: n", "a range of i"),
    ],
)
def test_a_sum_that_reads_beyond_the_ends_is_refused(text: str, declaration: str, fix: str) -> None:
    with pytest.raises(mg.ShapeError, match="there is no") as caught:
        mg.parse(text, declaration)
    assert fix in str(caught.value)


def test_a_condition_may_keep_places_within_the_ends() -> None:
    assert str(mg.parse("sum_{i=1, i>=2}^n x_{i-1} x_i", "x: n")) == "sum_{i=2}^n x[i] x[i - 1]"
