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


@pytest.mark.parametrize(
    ("f", "answer", "wrt", "order"),
    [
        ("x.^3", "∂F_i/∂x_i = 3 x_i^2", "x", 1),
        ("x.^3", "J_ii = 3 x_i^2", "x", 1),
        ("sum(x.^3)", "∂_i ∂_i f = 6 x_i", "x", 2),
        ("sum(x.^3)", "H_ii = 6 x_i", "x", 2),
        ("tr(A X)", "∂f/∂X_ii = A_ii", "X", 1),
    ],
)
def test_entries_with_one_letter_twice_are_not_the_whole(f: str, answer: str, wrt: str, order: int) -> None:
    with pytest.raises(mg.MatgradError, match="nothing is said of the other entries"):
        mg.check(f, wrt, answer, order=order)


@pytest.mark.parametrize(
    ("answer", "is_right"),
    [
        ("∂F_i/∂x_i = 3x_i^2, ∂F_j/∂x_i = 0 for i ≠ j", True),
        ("dF_i/dx_i = 3 x_i^2, dF_i/dx_j = 0 (i != j)", True),
        (
            r"\frac{\partial F_i}{\partial x_i} = 3x_i^2, \frac{\partial F_i}{\partial x_j} = 0 for i \neq j",
            True,
        ),
        ("J_ii = 3 x_i^2, J_ij = 0", True),
        ("∂F_i/∂x_i = 2x_i^2, ∂F_i/∂x_j = 0 for i ≠ j", False),
        ("∂F_i/∂x_i = 3x_i^2, ∂F_i/∂x_j = x_j for i ≠ j", False),
    ],
)
def test_two_equations_of_entries_are_one_answer(answer: str, is_right: bool) -> None:
    assert mg.check("x.^3", "x", answer, given="x: n").correct is is_right
