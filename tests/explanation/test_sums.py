"""Sums over data: every line of every method holds, by shared parameters and by members, up to order 2."""

from __future__ import annotations

from typing import Any

import pytest

import matgrad as mg
from matgrad.core.expr import Expr
from matgrad.explanation import explain
from matgrad.explanation.derivation import METHODS
from matgrad.explanation.methods import derivation_of
from matgrad.results.answering import derive
from tests.explanation.every_case import check_that_wrong_lines_are_found

MIXTURE = "sum_i log(sum_k p_k exp(-norm(x_i - mu_k)^2/2))"
MIXED = "x_i: n, mu_k: n, p_k: scalar positive, i = 1..N, k = 1..K"
GAUSSIAN = "sum_i (x_i - mu)' inv(S) (x_i - mu)"
NORMAL = "x_i: n, i = 1..N, mu: n, S: n×n spd"
SOFTMAX = "sum_i (log(sum_k exp(x_i'*w_k)) - sum_k y_ik x_i' w_k)"
CLASSES = "x_i: n, w_k: n, y_ik: scalar, i = 1..N, k = 1..K"
PLACES = [
    ("sum_i log(1 + exp(-y_i*x_i'*w))", "x_i: n, y_i: scalar, i = 1..N, w: n", "w"),
    ("sum_i (y_i - x_i'*w)^2", "x_i: n, y_i: scalar, i = 1..N, w: n", "w"),
    (GAUSSIAN, NORMAL, "mu"),
    (GAUSSIAN, NORMAL, "S"),
    (GAUSSIAN, NORMAL, "x"),
    (SOFTMAX, CLASSES, "w"),
    (MIXTURE, MIXED, "mu"),
    (MIXTURE, MIXED, "p"),
    ("sum_{i<j} norm(x_i - x_j)^2", "x_i: n, i = 1..N", "x"),
    ("log(sum_i exp(a_i' x))", "a_i: n, i = 1..N, x: n", "x"),
    ("sum_i norm(W x_i - y_i)^2", "x_i: n, y_i: m, i = 1..N, W: m×n", "W"),
    ("sum_i logdet(A_i X A_i')", "A_i: m×n, i = 1..N, X: n×n spd", "X"),
    # Simplifying takes the variable out of the sum that it was typed in.
    ("sum_{i,j} W_ij log(p_i)", "p_i: positive scalar, i = 1..n, W: n×m, j = 1..m", "W"),
    ("prod_i (1 + x_i' w)", "x_i: n, i = 1..N, w: n", "w"),
]
"""Functions, what is declared, and the variable."""

VECTORS = ("sum_i tanh(x_i' w) x_i", "x_i: n, i = 1..N, w: n", "w")


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: f"{place[0]} by {place[2]}")
def test_every_line_holds(place: tuple[str, str, str], method: str, order: int) -> None:
    f, given, wrt = place
    answer = mg.derive(f, wrt, given=given, order=order, verify=False)
    derivation = mg.explain(f, wrt, given=given, order=order, method=method, verify=False)
    verification = derivation.verify(points=1)
    assert verification.verified, verification.reason
    last = derivation.lines[-1].right.write("unicode").split("   ")[0]  # without the shape behind it
    assert last == answer.right_side("unicode").split(" where ")[0]


@pytest.mark.parametrize("layout", ["numerator", "denominator"])
@pytest.mark.parametrize("method", METHODS)
def test_jacobians(method: str, layout: str) -> None:
    f, given, wrt = VECTORS
    derivation = mg.explain(f, wrt, given=given, layout=layout, method=method)
    answer = mg.jacobian(f, wrt, given=given, layout=layout)
    assert isinstance(answer, Expr)
    assert derivation.result is answer


@pytest.mark.parametrize("place", PLACES[:9], ids=lambda place: f"{place[0]} by {place[2]}")
def test_the_chain_rule_for_differentials(place: tuple[str, str, str]) -> None:
    f, given, wrt = place
    derivation = mg.explain(f, wrt, given=given, form="differential", method="chain", verify=False)
    assert derivation.verify(points=1).verified


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("place", [PLACES[0], PLACES[4], PLACES[6]], ids=lambda place: place[2])
def test_a_wrong_line_is_found(place: tuple[str, str, str], method: str) -> None:
    f, given, wrt = place
    read = mg.interpret(f, given)
    assert check_that_wrong_lines_are_found(explain(read.expr, read.symbols[wrt], method=method)) >= 2


def test_what_differs_in_its_indices_alone_has_one_name() -> None:
    derivation = mg.explain(
        "sum_i tanh(x_i' w) + sum_j exp(x_j' w)", "w", given="x_i: n, i = 1..N, w: n", method="chain"
    )
    assert [
        line.left.write("unicode") for line in derivation.lines if line.relation == ":=" and line.left
    ] == ["s_i"]


MIXED_DERIVATIVES = [
    ("t", "x", "∂²f/∂t ∂x_kᵀ = (1 + twᵀx_k) exp(twᵀx_k)wᵀ"),
    ("x", "t", "∂²f/∂x_k ∂t = exp(twᵀx_k)(w + t(wᵀx_k)w)"),
    ("x", "w", "∂²f/∂x_k ∂wᵀ = exp(twᵀx_k)(t² w x_kᵀ + tI)"),
    ("w", "x", "∂²f/∂w ∂x_kᵀ = exp(twᵀx_k)(t² x_k wᵀ + tI)"),
]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("first", "second", "printed"), MIXED_DERIVATIVES)
def test_mixed_second_derivatives(first: str, second: str, printed: str, method: str) -> None:
    read = mg.interpret("sum_i exp(t w'x_i)", "x_i: n, t: scalar, w: n, i = 1..N")
    x, y = (read.symbols[name] for name in (first, second))
    result = derive(read.expr, x, order=2, other=y)
    assert str(result) == printed
    assert derivation_of(result, method=method).verify(points=1).verified


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("text", "given", "wrt", "asked"),
    [
        ("sum_i norm(x_i) x_i", "x_i: n", "x", {"form": "jacobian"}),
        ("sum_i norm(x_i) x_i", "x_i: n", "x", {"form": "jacobian", "layout": "denominator"}),
        ("sum_i A_i X A_i'", "A_i: m×n, X: n×n", "A", {"form": "jacobian"}),
        ("sum_i exp(t a_i)", "t: scalar, a_i: scalar", "t", {"order": 3}),
        (
            "sum_i y_i logdet(A_i + S)",
            "y_i: scalar, S: n×n spd, A_i: n×n spd",
            "S",
            {"order": 2, "convention": "independent"},
        ),
        ("exp(x_1'x_2)", "x_i: n", "x", {}),
        ("sum_i (c_i - c_i)", "c_i: scalar", "c", {}),
        ("sum_{i<j} exp(a_i v_j)", "a_i: scalar, v: N", "v", {}),
    ],
    ids=str,
)
def test_every_view_has_steps(text: str, given: str, wrt: str, asked: dict[str, Any], method: str) -> None:
    derivation = mg.explain(
        text, wrt, given=f"{given}, i = 1..N, j = 1..N", method=method, verify=False, **asked
    )
    assert derivation.verify(points=1).verified
