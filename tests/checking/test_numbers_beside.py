"""A number that an answer adds to a vector or a matrix: the ones, or I, are missing, but not in code."""

from __future__ import annotations

import pytest

import matgrad as mg

LOGS = "sum(log(A x)) - log(sum(x))"
FORM = "x' A x + c sum(x)"
TRACE = "tr(A' A) - c tr(A)"
TOTAL = "tr(A' A) - c sum(A)"
SQUARE = "c: scalar, A: n×n"


@pytest.mark.parametrize(
    ("function", "variable", "answer", "given", "mistake", "named"),
    [
        (LOGS, "x", "A'(1/(A x)) - 1/(1'x)", None, "ones_beside_vector", "1/(1'x) should be 𝟏/sum(x)"),
        (
            LOGS,
            "x",
            r"A^\top \frac{1}{Ax} - \frac{1}{\mathbf{1}^\top x}",
            None,
            "ones_beside_vector",
            "𝟏/sum(x)",
        ),
        (FORM, "x", "(A + A')x + c", SQUARE, "ones_beside_vector", "c should be c𝟏"),
        (FORM, "x", "c + Ax + A'x", SQUARE, "ones_beside_vector", "c should be c𝟏"),
        (FORM, "x", r"(A + A^\top) x + c", SQUARE, "ones_beside_vector", "c should be c𝟏"),
        ("x' A x + sum(x)", "x", "(A + A')x + 1", None, "ones_beside_vector", "1 should be 𝟏"),
        (
            "x'x - c sum(x)",
            "x",
            "2r where r = x - c/2",
            "c: scalar",
            "ones_beside_vector",
            "c/2 should be ½c𝟏",
        ),
        (TOTAL, "A", "2A - c", SQUARE, "ones_beside_matrix", "c should be c𝟏𝟏ᵀ"),
        (TRACE, "A", "2A - c", SQUARE, "identity_beside", "c should be cI"),
        (TRACE, "A", "2*A - c", SQUARE, "identity_beside", "c should be cI"),
    ],
)
def test_missing_on_paper(
    function: str, variable: str, answer: str, given: str | None, mistake: str, named: str
) -> None:
    verdict = mg.check(function, variable, answer, given=given)
    assert not verdict.correct
    assert verdict.mistakes == (mistake,)
    assert named in verdict.reason
    assert verdict.place is not None


@pytest.mark.parametrize(
    ("function", "variable", "answer", "given"),
    [
        # Code adds a number to every entry: NumPy, MATLAB, Julia.
        (LOGS, "x", "A.T @ (1/(A @ x)) - 1/np.sum(x)", None),
        (LOGS, "x", "A'*(1./(A*x)) - 1/sum(x)", None),
        (FORM, "x", "(A + A.T) @ x + c", SQUARE),
        (FORM, "x", "(A + A')*x + c", SQUARE),
        (FORM, "x", "(A + A')*x .+ c", SQUARE),
        (TOTAL, "A", "2*A - c", SQUARE),
        (TOTAL, "A", "2A .- c", SQUARE),
        # On paper with the ones.
        (LOGS, "x", "A'(1/(A x)) - 𝟏/(1'x)", None),
        (FORM, "x", r"(A + A^\top) x + c \mathbf{1}", SQUARE),
        # Entry by entry, beside functions of entries, and beside single vectors.
        ("x'x - c sum(x)", "x", "2x_i - c", "c: scalar"),
        ("sum(x .* log(x))", "x", r"\log x + 1", None),
        ("sum(log(1 + exp(x)))", "x", "1/(1 + exp(-x))", None),
        ("sum(x.^3) - sum(x)", "x", "3x^2 - 1", None),
        ("a' softmax(x)", "x", "softmax(x) .* (a - a' softmax(x))", None),
        ("a' softmax(x)", "x", r"p \odot (a - a^\top p) \text{ where } p = \operatorname{softmax}(x)", None),
        # Whoever set the problem adds a number to a vector.
        ("norm(A x + c)^2", "x", "2A'(A x + c)", "c: scalar, A: m×n"),
    ],
)
def test_not_missing(function: str, variable: str, answer: str, given: str | None) -> None:
    assert mg.check(function, variable, answer, given=given).correct


@pytest.mark.parametrize("function", [LOGS, FORM, TOTAL])
def test_what_is_printed_has_its_ones(function: str) -> None:
    variable = "A" if function is TOTAL else "x"
    given = None if function is LOGS else SQUARE
    printed = str(mg.gradient(function, variable, given=given))
    assert mg.check(function, variable, printed, given=given).correct
