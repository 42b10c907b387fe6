"""What a verdict says of a place: never that a piece should be what it is."""

from __future__ import annotations

import pytest

import matgrad as mg

SQUARE_ROOTS = ("sum(sqrt((A x).^2 + eps))", "x", "A: m×n, eps: scalar positive")
LOG_DET = ("log det(X W X')", "X", "X: m×n, W: n×n spd")
FOURTH = ("norm(x x' - A)^2", "x", "A: n×n symmetric")
INVERSE = ("b' inv(A + diag(x)) b", "x", "A: n×n symmetric, b: n")
TWO_NORMS = ("norm(A x)^2 * norm(B x)^2", "x", "A: m×n, B: k×n")
FORM = ("x' A x", "x", "A: n×n")
SYMMETRIC = ("x' A x", "x", "A: n×n symmetric")

TOLD = [
    (
        SQUARE_ROOTS,
        "∂f/∂x_j = sum_i A_ij (A x)_i / ((A x)_i^2 + eps)",
        "((A x)_i^2 + eps) should be √((A x)_i^2 + eps)",
    ),
    (
        SQUARE_ROOTS,
        r"\frac{\partial f}{\partial x_j} = \sum_i A_{ij} \frac{(A x)_i}{(A x)_i^2 + eps}",
        "(A x)_i^2 + eps should be √((A x)_i^2 + eps)",
    ),
    (LOG_DET, "2 inv(M) X W where M = X' W X", "X should be Xᵀ; and a transpose is wrong: X' should be X"),
    (FOURTH, "4 sum_j (x_j x_j - A_ij) x_j", "an index is wrong: x_j should be x_i"),
    (FOURTH, "g_k = 4 sum_j (x_k x_j - A_jj) x_j", "an index is wrong: A_jj should be A_kj"),
    (("tr(X' A X)", "X", "A: m×m symmetric, X: m×n"), "∂f/∂X_ij = 2 sum_k A_jk X_kj", "A_jk should be A_ik"),
    (INVERSE, "-(inv(A + diag(x)) b)_i", "a power is missing: (inv(A + diag(x)) b)_i"),
    (
        TWO_NORMS,
        "2 p A'A x + 2 q B'B x where p = norm(A x)^2, q = norm(B x)^2",
        "p and q are interchanged",
    ),
    (FORM, "2Ax = (A+A')x", "2Ax is right only if A is symmetric"),
    (FORM, "(A+A')x = 2Ax", "2Ax is right only if A is symmetric"),
    (FORM, "2 A x (A symmetric)", "right only if A is symmetric"),
    (FORM, "2 A x for symmetric A", "right only if A is symmetric"),
    (FORM, "A x, or equivalently 2 A x if A is symmetric", "a term is missing: Aᵀx"),
]


@pytest.mark.parametrize(("problem", "answer", "reason"), TOLD)
def test_the_place_is_told_in_words_that_differ(problem: tuple[str, ...], answer: str, reason: str) -> None:
    f, x, given = problem
    found = mg.check(f, x, answer, given=given)
    assert not found.correct
    assert reason in found.reason


RIGHT = [
    (SYMMETRIC, "2 A x (A symmetric)", ""),
    (SYMMETRIC, "2 A x, A symmetric", ""),
    (SYMMETRIC, r"(A + A^\top)x = 2Ax", ""),
    (FORM, "(A + A') x, or equivalently x'(A + A')", ""),
    (FORM, "(A + A') x or equivalently 2 A x if A is symmetric", "is not looked at"),
    (FORM, "df/dx = dx'Ax + x'A dx", "it stands beside df"),
    (("sum(x.^3)", "x", ""), "3 x^2", "powers of its entries"),
    (("sum(log(A x))", "x", "A: m×n"), r"A^\top\left(\frac{1}{Ax}\right)", "division by its entries"),
]


@pytest.mark.parametrize(("problem", "answer", "note"), RIGHT)
def test_a_right_answer_is_read_and_what_is_odd_noted(
    problem: tuple[str, ...], answer: str, note: str
) -> None:
    f, x, given = problem
    found = mg.check(f, x, answer, given=given)
    assert found.correct
    assert note in found.note
    assert bool(note) == bool(found.note)


@pytest.mark.parametrize("answer", ["2 A' A x = 2 A' b", "A x - b = r; 2A'r"])
def test_an_equation_without_the_derivative_is_no_answer(answer: str) -> None:
    with pytest.raises(mg.ParseError, match="this is an equation"):
        mg.check("norm(A x - b)^2", "x", answer, given="A: m×n, b: m")


@pytest.mark.parametrize(
    ("system", "fix"),
    [
        ("(A + diag(x)) c = b", "where c = inv(A + diag(x)) b"),
        ("A c = b + b", "where c = inv(A) (b + b)"),
        ("(A)(diag(x)) c = b", "where Y = A X"),
    ],
)
def test_a_linear_system_behind_where_is_offered_as_a_definition(system: str, fix: str) -> None:
    f, x, given = INVERSE
    with pytest.raises(mg.ParseError) as raised:
        mg.check(f, x, f"-c .* c, where {system}", given=given)
    assert fix in str(raised.value)


def test_huge_numbers_of_an_example_are_told_by_their_power_of_ten() -> None:
    f, x, given = SYMMETRIC
    shown = str(mg.check(f, x, "1e400 x", given=given))
    assert "inf" not in shown
    assert "·10^400" in shown
