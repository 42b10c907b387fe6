"""Letters of an answer told entry by entry: the free ones are those of its left side."""

from __future__ import annotations

import pytest

import matgrad as mg

CUBES, LINEAR = ("sum(x.^3)", "x: n", "x"), ("A x", "A: m×n, x: n", "x")
TRACE = ("tr(A X B)", "A: m×n, X: n×p, B: p×m", "X")
POWERS = ("sum((A X B).^3)", "A: m×n, X: n×p, B: p×q", "X")
FORM = ("x' A x", "A: n×n, x: n", "x")
Problem = tuple[str, str, str]
RIGHT = [
    (CUBES, "∂f/∂x_i = 3 x_i^2"),
    (CUBES, "∂f/∂x_k = 3 x_k^2"),
    (CUBES, "∂f/∂x_i = 3 sum_j delta_ij x_j^2"),
    (CUBES, "3 x_j^2"),
    (LINEAR, "∂F_k/∂x_l = A_kl"),
    (LINEAR, "J_ij = A_ij"),
    (TRACE, "∂f/∂X_kl = (A'B')_kl"),
    (TRACE, "∂f/∂X_ij = (BA)_ji"),
    (POWERS, "∂f/∂X_pq = 3 sum_kl A_kp (A X B)_kl^2 B_ql"),
    (FORM, "∂f/∂x_k = sum_j x_j (A_jk + A_kj)"),
]
WRONG = [
    (CUBES, "∂f/∂x_i = 3 x_j^2", "the index j is none of the left side"),
    (CUBES, "∂f/∂x_i = sum_i 3 x_i^2", ""),
    (LINEAR, "∂F_i/∂x_j = A_kl", "the index k is none of the left side"),
    (LINEAR, "∂F_i/∂x_j = A_ik", "the index k is none of the left side"),
    (LINEAR, "J_ij = A_kl", "the index k is none of the left side"),
    (TRACE, "∂f/∂X_ij = (BA)_kl", "the index k is none of the left side"),
    (TRACE, "∂f/∂X_ij = (A'B')_kl", "the index k is none of the left side"),
    (POWERS, "∂f/∂X_pq = 3 sum_kl A_ki (A X B)_kl^2 B_jl", "the index i is none of the left side"),
    (FORM, "∂f/∂x_i = sum_j x_j (A_jk + A_kj)", "the index k is none of the left side"),
    (FORM, "∇_i f = sum_j x_j (A_jk + A_kj)", "the index k is none of the left side"),
    (FORM, "∂f/∂x_i = x_j (A_ij + A_ji)", "no sum runs over it"),
    (FORM, "∂f/∂x_j = sum_j x_j (A_jk + A_kj)", "the index j of the left side is summed over, and k is not"),
    (FORM, "∂f/∂x_k = sum_k x_k (A_jk + A_kj)", "the index k of the left side is summed over, and j is not"),
]


@pytest.mark.parametrize(("problem", "answer"), RIGHT)
def test_the_letters_of_the_left_side_are_free_on_the_right(problem: Problem, answer: str) -> None:
    function, declared, variable = problem
    assert mg.check(mg.parse(function, declared), variable, answer).correct


@pytest.mark.parametrize(("problem", "answer", "reason"), WRONG)
def test_other_letters_tell_no_entry(problem: Problem, answer: str, reason: str) -> None:
    function, declared, variable = problem
    verdict = mg.check(mg.parse(function, declared), variable, answer)
    assert not verdict.correct
    assert reason in str(verdict.reason)


@pytest.mark.parametrize(
    ("answer", "note"),
    [
        ("∂f/∂x_i = A x + A' x", "the left side is one entry"),
        ("df/dx = dx' A x + x' A dx", "beside df"),
        ("df = dx' A x + x' A dx", ""),
    ],
)
def test_what_the_left_side_says_too_little_or_too_much_of_is_noted(answer: str, note: str) -> None:
    verdict = mg.check(mg.parse("x' A x", "A: n×n, x: n"), "x", answer)
    assert verdict.correct
    assert note in verdict.note
    assert bool(note) == bool(verdict.note)


@pytest.mark.parametrize(
    ("answer", "correct"),
    [
        ("2A'(Ax-b) = 0", True),
        ("∇f = 2A'(Ax-b) = 0", True),
        (r"2A^\top(Ax-b) = \mathbf{0}", True),
        ("2A'r = 0 where r = Ax - b", True),
        ("A'(Ax-b) = 0", False),
        ("∇f = 2A'(Ax+b) = 0", False),
        ("∇f = 0", False),
        ("df = 0", False),
        ("0", False),
    ],
)
def test_a_condition_behind_the_answer_is_noted(answer: str, correct: bool) -> None:
    verdict = mg.check(mg.parse("norm(A x - b)^2", "A: m×n, x: n, b: m"), "x", answer)
    assert verdict.correct == correct
    has_condition = answer not in ("∇f = 0", "df = 0", "0")
    assert ("where the derivative vanishes" in verdict.note) == has_condition


def test_a_derivative_may_be_zero() -> None:
    assert mg.check(mg.parse("a' x", "a: n, x: n"), "x", "∇²f = 0").correct
