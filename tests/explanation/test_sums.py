"""Sums over data: every line of every method holds, by shared parameters and by members, up to order 2."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.expr import Expr
from matgrad.explanation import explain
from matgrad.explanation.derivation import METHODS
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
