"""Answers about sums over indices: by shared parameters, by members and by entries."""

from __future__ import annotations

import pytest

import matgrad as mg

POINTS = "x_i: n, y_i: scalar, i = 1..N, w: n"
PAIRS = "q_i: scalar, r_i: 3, i = 1..n"
SQUARES, CHARGES = "sum_i (y_i - w'x_i)^2", "1/2 sum_{i!=j} q_i q_j/norm(r_i - r_j)"

RIGHT = [
    (SQUARES, POINTS, "w", "-2 sum_i (y_i - w'x_i) x_i"),
    (SQUARES, POINTS, "x", "2 (w'x_k - y_k) w"),
    (SQUARES, POINTS, "x", "∂f/∂x_k = 2 (w'x_k - y_k) w"),
    (SQUARES, POINTS, "x", "2 (w'x_i - y_i) w"),
    (CHARGES, PAIRS, "r", "sum_{i != k} q_i q_k (r_i - r_k)/norm(r_i - r_k)^3"),
    ("c prod_i x_i", "c: scalar, x: n", "x", "c prod_{i != k} x_i"),
    ("-sum_{i>j} J_ij s_i s_j", "J: n×n, s: n", "s", "-sum_{i>k} s_i J_ik - sum_{i<k} s_i J_ki"),
    ("sum_i x_i^2", "x: n", "x", "2 x_k"),
    ("sum_i x_i^2", "x: n", "x", "2 x"),
]
WRONG = [
    (SQUARES, POINTS, "w", "2 sum_i (y_i - w'x_i) x_i", "sign"),
    (SQUARES, POINTS, "x", "(w'x_k - y_k) w", "factor"),
    (SQUARES, POINTS, "x", "2 (w'x_k - y_k) x_k", ""),
    (CHARGES, PAIRS, "r", "sum_{i != k} q_i q_k (r_k - r_i)/norm(r_i - r_k)^3", "sign"),
    ("c prod_i x_i", "c: scalar, x: n", "x", "c prod_i x_i", ""),
    ("sum_i x_i^2", "x: n", "x", "x_k", "factor"),
]


@pytest.mark.parametrize(("function", "given", "wrt", "answer"), RIGHT)
def test_right_answers_are_right(function: str, given: str, wrt: str, answer: str) -> None:
    assert mg.check(function, wrt, answer, given=given).correct


@pytest.mark.parametrize(("function", "given", "wrt", "answer", "reason"), WRONG)
def test_wrong_answers_are_wrong(function: str, given: str, wrt: str, answer: str, reason: str) -> None:
    verdict = mg.check(function, wrt, answer, given=given)
    assert not verdict.correct
    assert reason in str(verdict)


def test_what_is_printed_is_right() -> None:
    for function, given, wrt, _ in RIGHT:
        printed = mg.derive(function, wrt, given=given).right_side("text")
        assert mg.check(function, wrt, printed, given=given).correct, printed


_CHARGES = ("sum_{i!=j} q_i q_j/norm(r_i-r_j)", "q_i: scalar, r_i: 3, i=1..n, j=1..n")
_STEPS = ("sum_{t=1}^{T} norm(z_t - A z_{t+1})^2", "z_t: d, t=1..T+1, A: d×d")


@pytest.mark.parametrize(
    ("problem", "by"),
    [
        *((_CHARGES, by) for by in ("r_s", "r_t", "r_i", "q_u")),
        *((_STEPS, by) for by in ("z_s", "z_k", "z_t")),
    ],
)
def test_what_is_printed_for_a_member_is_right_whatever_its_index_is_called(
    problem: tuple[str, str], by: str
) -> None:
    f = mg.parse(*problem)
    printed = str(mg.gradient(f, by))
    assert mg.check(f, by, printed).correct
    assert not mg.check(f, by, f"2*({printed})").correct


@pytest.mark.parametrize(
    ("text", "given"),
    [("sum_i x_i y_{n+1-i}", "x: n, y: n"), ("sum_{i<j<k} x_i x_j x_k", "x: n")],
)
def test_what_is_printed_with_unit_vectors_is_read(text: str, given: str) -> None:
    f = mg.parse(text, given)
    gradient = mg.gradient(f, "x")
    assert mg.parse(str(gradient), given) is gradient
    assert mg.check(f, "x", str(gradient)).correct


@pytest.mark.parametrize(
    ("answer", "correct"),
    [
        ("-2 sum_i (y_i - x_i' w) x_i", True),
        ("2 sum_i (w' x_i - y_i) X[i,:]'", True),
        ("2 sum_i (y_i - x_i' w) x_i", False),
    ],
)
def test_an_answer_in_the_rows_that_were_declared(answer: str, correct: bool) -> None:
    given = "X: N×n, w: n, x_i = X[i,:]', y_i: scalar, i = 1..N"
    assert mg.check("sum_i (y_i - x_i' w)^2", "w", answer, given=given).correct is correct
