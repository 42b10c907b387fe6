"""Answers by members of a family and by parts of a variable, of the first and of the second order."""

from __future__ import annotations

import pytest

import matgrad as mg

DATA = "x_i: n, y_i: scalar, i = 1..N, w: n"
SQUARES = "sum_i (y_i - x_i'*w)^2"
SUMMED = "sum_{i,j} x_j' x_i"
MEMBERS = "x_i: n, i = 1..N, j = 1..N"
AB = "A: n×n, B: n×n"
AX = "A: n×n, x: n"


@pytest.mark.parametrize(
    ("f", "given", "wrt", "order", "answer"),
    [
        (SQUARES, DATA, "x_k", 1, "-2 (y_k - x_k'*w) w"),
        (SQUARES, DATA, "x", 2, "2 w w'"),
        (SQUARES, DATA, "y", 2, "2"),
        ("sum_i norm(x_i-m)^4", "x_i: n, i=1..N, m: n", "x", 2, "8 (x_k-m)*(x_k-m)' + 4 norm(x_k-m)^2*I"),
        (SUMMED, MEMBERS, "x", 2, "2 I"),
        (
            "sum_{i>j} v_j p_i^{v_j}",
            "v_i: scalar, p_i: scalar positive, i=1..N, j=1..N",
            "v",
            1,
            r"\frac{\partial f}{\partial v_k} = \sum_{i>k} p_i^{v_k} + v_k \sum_{i>k} p_i^{v_k} \log p_i",
        ),
        (SUMMED, MEMBERS, "x", 2, r"\frac{\partial^2 f}{\partial x_k \partial x_l^\top} = 2 I"),
        ("sum_i x_i' x_i", MEMBERS, "x", 2, r"\frac{\partial^2 f}{\partial x_k \partial x_k^\top} = 2 I"),
        ("log det(A+B)", AB, "A[1,:]", 1, "inv(A+B)[:,1]'"),
        ("log det(A+B)", AB, "diag(A)", 1, "diag(inv(A+B))"),
        ("x'*A*x", AX, "x[2]", 1, "(A*x+A'*x)[2]"),
        ("x'*A*x", AX, "A[1,2]", 1, "x[1]*x[2]"),
        ("sum(A.^2)", "A: n×n", "A[1,2]", 2, "2"),
        ("x'*A*x", AX, "x[1:2]", 2, "(A+A')[1:2,1:2]"),
        ("tr(X^3)", "X: n×n", "X'", 1, "3*X^2"),
        ("sum_i X[i,1]^2", "X: m×n", "X", 2, "2 kron(e_1 e_1', I)"),
        ("tr(A*X)", "A: n×n", "X", 1, "A_ji"),
        ("x'*A*x", AX, "x", 1, "sum_j (A_ij + A_ji) x_j"),
        ("sum_i X[i,:] b", "X: m×n, b: n", "X", 1, "b_l"),
        ("sum_i X[i,:] b", "X: m×n, b: n", "X", 1, "b_j"),
    ],
)
def test_right(f: str, given: str, wrt: str, order: int, answer: str) -> None:
    verdict = mg.check(f, wrt, answer, given=given, order=order)
    assert verdict.correct, verdict.reason


@pytest.mark.parametrize(
    ("f", "given", "wrt", "order", "answer", "reason"),
    [
        (SQUARES, DATA, "x", 2, "3 w w'", "a constant factor is wrong: the answer is 3/2 times"),
        (SQUARES, DATA, "y", 2, "-2", "the sign is wrong"),
        ("sum_i x_i' x_i", MEMBERS, "x", 2, r"\frac{\partial^2 f}{\partial x_k \partial x_l^\top} = 2 I", ""),
        (SUMMED, MEMBERS, "x", 2, "d^2 f/dx_k dx_l = 2 [k=l] I", "the factor [k=l] is too much"),
        ("log det(A+B)", AB, "A[1,:]", 1, "-inv(A+B)[:,1]'", "the sign is wrong"),
        ("log det(A+B)", AB, "diag(A)", 1, "diag(A+B)", "this is not the derivative"),
        ("x'*A*x", AX, "A[1,2]", 1, "x[1]", "the factor x_2 is missing"),
        ("x'*A*x", AX, "x[1:2]", 2, "A[1:2,1:2]", ""),
        ("sum_i X[i,1]^2", "X: m×n", "X", 2, "2 kron(I, e_1 e_1')", "the factors are in the wrong order"),
    ],
)
def test_wrong(f: str, given: str, wrt: str, order: int, answer: str, reason: str) -> None:
    verdict = mg.check(f, wrt, answer, given=given, order=order)
    assert not verdict.correct
    assert verdict.reason.startswith(reason)


def test_the_right_answer_is_that_by_the_part() -> None:
    verdict = mg.check("log det(A+B)", "A[1,:]", "A[1,:]", given=AB)
    assert verdict.suggestion == str(mg.derive("log det(A+B)", "A[1,:]", given=AB))


SQUARE = "(sum_i exp(w'x_i))^2"
PAIRS = "x_i: n, w: n, i = 1..N"
BOTH = [
    "2 ([k = l] exp(w'x_k) sum_i exp(w'x_i) + exp(w'(x_k + x_l))) w w'",
    "2 ([k = l] exp(wᵀx_k) Σ_i exp(wᵀx_i) + exp(wᵀ(x_k + x_l)))wwᵀ",
    r"2\left([k = l]\exp(w^\top x_k)\sum_i\exp(w^\top x_i)+\exp(w^\top(x_k + x_l))\right)ww^\top",
]


@pytest.mark.parametrize("answer", BOTH)
def test_both_parts_of_a_second_derivative_by_members_are_read(answer: str) -> None:
    assert mg.check(SQUARE, "x", answer, given=PAIRS, order=2).correct


@pytest.mark.parametrize("answer", BOTH)
def test_a_second_derivative_without_one_of_its_parts_is_wrong(answer: str) -> None:
    for part in ("[k = l]", "2"):
        assert not mg.check(SQUARE, "x", answer.replace(part, "", 1), given=PAIRS, order=2).correct


@pytest.mark.parametrize(
    ("f", "given", "wrt", "order", "answer"),
    [
        ("A*x", "A: m×n", "x", 1, "A_ij"),
        ("x'*A*x", AX, "x", 1, "sum_j (A_kj + A_jk) x_j"),
        ("x'*A*x", AX, "x", 2, "A_ij + A_ji"),
        ("softmax(z)", "z: n", "z", 1, "softmax(z)_i ([i=j] - softmax(z)_j)"),
        ("sum(exp(x))", "x: n", "x", 1, "exp(x_i)"),
        ("exp.(x)", "x: n", "x", 1, "exp(x_i) [i=j]"),
        ("t*x", "t: scalar, x: n", "t", 1, "x_i"),
        ("tr(A*X)", "A: n×m", "X", 1, "A_ji"),
    ],
)
@pytest.mark.parametrize("form", ["auto", "components"])
def test_answers_entry_by_entry(f: str, given: str, wrt: str, order: int, answer: str, form: str) -> None:
    verdict = mg.check(f, wrt, answer, given=given, order=order, form=form)
    assert verdict.correct, verdict.reason
    for wrong in (f"2*({answer})", f"-({answer})"):
        assert not mg.check(f, wrt, wrong, given=given, order=order, form=form).correct


def test_entries_asked_for_are_shown_by_entries() -> None:
    assert "∂f_i/∂x_k = A_ik" in str(mg.check("A*x", "x", "A", given="A: m×n", form="components"))


@pytest.mark.parametrize(
    ("f", "given", "wrt", "order", "answer"),
    [
        ("sum_i norm(x_i)^2", "x_i: n, i = 1..N", "x", 2, "2 [k = l] I"),
        ("sum_g m_g'm_g", "m_g: n, g = 1..G", "m", 2, "2 [g = k] I"),
        ("sum_g m_g'm_g", "m_g: n, g = 1..G", "m", 2, "2 [g = k] eye(n)"),
        ("sum_{s<t} x_s'A x_t", "x_t: n, A: n×n, s = 1..N, t = 1..N", "x", 2, "[t < k] A + [k < t] A'"),
        ("prod_i (1 + tanh(W_ii)/2)", "W: N×N, i = 1..N", "W", 1,
         "[k = l] (1 - tanh(W[k, k])^2) (prod_{i != k} (1 + tanh(W[i, i])/2))/2"),
        ("sum_i logsumexp(r_i)", "r_i = R[i,:]', R: N×D, i = 1..N", "R", 2,
         r"M (I - (\mathbf{1} \mathbf{1}^{\top} \otimes I) M)"
         r" \text{ where } M = \operatorname{diag}(\operatorname{vec}(\operatorname{row\_softmax}(R)))"),
    ],
)  # fmt: skip
def test_sizes_that_an_answer_leaves_open_are_those_of_the_members(
    f: str, given: str, wrt: str, order: int, answer: str
) -> None:
    verdict = mg.check(f, wrt, answer, given=given, order=order)
    assert verdict.correct, verdict.reason
    worse = answer.replace("[k < t] A'", "[k < t] A").replace("2 [", "3 [").replace("/2)", "/3)", 1)
    worse = worse.replace("M (I -", "M (I +")
    assert not mg.check(f, wrt, worse, given=given, order=order).correct


def test_the_first_of_two_members_has_the_letter_of_its_declaration() -> None:
    f, given = "sum_{s<t} x_s'A x_t", "x_t: n, A: n×n, s = 1..N, t = 1..N"
    assert not mg.check(f, "x", "[t < k] A' + [k < t] A", given=given, order=2).correct


def test_gradients_by_an_entry_of_products_come_back_as_text() -> None:
    f, given = "prod_i (1 + tanh(W_ii)/2)", "W: N×N, i = 1..N"
    answer = mg.derive(f, "W", given=given).right_side("text")
    assert mg.check(f, "W", answer, given=given).correct
