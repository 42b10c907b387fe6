"""Derivatives by one entry: in an answer its name is that of the entry, and its indices are places."""

from __future__ import annotations

import pytest

import matgrad as mg

RIGHT = [
    ("norm(x)^2", "x_i", "2 x_i"),
    ("1/2 norm(x)^2", "x_i", "x_i"),
    ("sum(x.^3)", "x_i", "3 x_i^2"),
    ("sum(exp(x))", "x_k", "exp(x_k)"),
    ("sum(x .* log(x))", "x_i", "log(x_i) + 1"),
    ("log(sum(exp(x)))", "x_k", "exp(x_k)/sum(exp(x))"),
    ("norm(W)^2", "W_ij", "2 W_ij"),
    ("norm(x)^2", "x_i", "df = 2 x_i dx_i"),
    ("norm(x)^2", "x_i", "∂f/∂x_i = 2 x_i"),
    ("norm(x)^2", "x[1]", "2 x[1]"),
    ("a' x", "x_i", "a_i"),
    ("x' A x", "x_i", "sum_j (A_ij + A_ji) x_j"),
    ("tr(A X)", "X_ij", "A_ji"),
    ("norm(A x - b)^2", "x_k", "2 sum_i A_ik ((A x)_i - b_i)"),
]
WRONG = [
    ("norm(x)^2", "x_i", "x_i", "multiply it by 2"),
    ("sum(x.^3)", "x_i", "3 x_i", "the factor x_i is missing"),
    ("norm(W)^2", "W_ij", "2 W_ji", "W_ji should be W_ij"),
    ("a' x", "x_i", "a_i + x_i", "one term too many: x_i"),
    ("x' A x", "x_i", "2 A_ii x_i", "only if A is diagonal"),
    ("tr(A X)", "X_ij", "A_ij", "A_ij should be A_ji"),
]


@pytest.mark.parametrize(("function", "entry", "answer"), RIGHT)
def test_the_entry_itself_stands_in_right_answers(function: str, entry: str, answer: str) -> None:
    assert mg.check(function, entry, answer).correct


@pytest.mark.parametrize(("function", "entry", "answer", "reason"), WRONG)
def test_wrong_answers_are_explained_in_its_name(function: str, entry: str, answer: str, reason: str) -> None:
    verdict = mg.check(function, entry, answer)
    assert not verdict.correct
    assert reason in str(verdict.reason)
