"""Letters of places inside diag and tr in an answer: a matrix by its diagonal, the trace of a number."""

from __future__ import annotations

import pytest

import matgrad as mg

RIGHT = [
    ("log(x)", "diag(1/x_i)"),
    ("x.^3", r"3\operatorname{diag}(x_i^2)"),
    ("x.^3", "3 D where D = diag(x_i^2)"),
    ("exp(A x)", r"\operatorname{diag}(e^{(Ax)_i})A"),
    ("log(A x)", r"\operatorname{diag}(1/\sum_j A_{ij} x_j) A"),
    ("sum(log(1 + (A x).^2))", r"2A^\top\operatorname{diag}(1/(1+(Ax)_i^2))Ax"),
    ("sum(x.^3)", "3 diag(x_i^2) 1"),
]


@pytest.mark.parametrize(("f", "answer"), RIGHT)
def test_a_diagonal_by_its_entries_is_a_matrix(f: str, answer: str) -> None:
    assert mg.check(f, "x", answer).correct
    assert not mg.check(f"3 {f}", "x", answer).correct


@pytest.mark.parametrize(
    ("f", "answer"), [("sum(x.^3)", r"3\operatorname{diag}(x_i^2)"), ("sum(log(x))", "diag(1/x_i)")]
)
def test_a_diagonal_matrix_is_no_gradient(f: str, answer: str) -> None:
    found = mg.check(f, "x", answer)
    assert not found.correct
    assert "diag is too much" in str(found)


def test_a_diagonal_has_one_index() -> None:
    with pytest.raises(mg.ParseError, match="several indices"):
        mg.check("sum(X.^3)", "X", "3 diag(X_ij^2)")


@pytest.mark.parametrize("answer", [r"3\operatorname{tr}(x_i^2)", "2 tr(x_i)"])
def test_the_trace_of_an_entry_is_refused(answer: str) -> None:
    with pytest.raises(mg.ParseError, match="a number for every i"):
        mg.check("sum(x.^2)", "x", answer)
