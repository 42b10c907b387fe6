"""Sums over data and the matrix forms that mean the same: values, and derivatives by a variable."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.core.expr import symbols_of
from matgrad.language import interpret
from matgrad.rewrite.lifting import lifted

MEMBERS = "x_i: D, y_i: scalar, z_i: D, d_ij: scalar, p_i: scalar positive, t_i: C, i = 1..N, j = 1..N, "
STACKS = "x: N×D, y: N, z: N×D, d: N×N, p: N positive, t: N×C, "
OTHERS = (
    "A_k: M×D, B_k: M×N, k = 1..K, w: D, v: D, S: D×D SPD, W: C×D, R: N×N, X: N×D, Z: N×D, a: N, b: N, "
    "V: D×N, G: D×D, s: scalar"
)
"""In matrix forms ``x``, ``y``, … are the stacks: the members of ``x`` are its rows."""

PAIRS = [
    ("sum_i (y_i - w'x_i)^2", "norm(y - x w)^2", "w"),
    ("sum_i p_i (y_i - w'x_i)^2", "(y - x w)' diag(p) (y - x w)", "w"),
    ("sum_i x_i x_i'", "x'x", "x"),
    ("sum_i x_i z_i'", "x'z", "z"),
    ("sum_i p_i x_i x_i'", "x' diag(p) x", "p"),
    ("sum_i y_i x_i", "x'y", "y"),
    ("sum_i x_i", "x' ones(N)", "x"),
    ("mean_i x_i", "x' ones(N)/N", "x"),
    ("sum_i y_i", "y' ones(N)", "y"),
    ("sum_i y_i^2", "y'y", "y"),
    ("sum_i norm(x_i)^2", "tr(x'x)", "x"),
    ("sum_i x_i' z_i", "tr(x'z)", "x"),
    ("sum_i x_i' S x_i", "tr(x S x')", "S"),
    ("sum_i x_i' S z_i", "tr(S z'x)", "S"),
    ("sum_i (x_i - w)' S (x_i - w)", "tr((x - ones(N) w') S (x - ones(N) w')')", "w"),
    ("sum_i (x_i - w)' inv(S) (x_i - w)", "tr(inv(S) (x - ones(N) w')' (x - ones(N) w'))", "S"),
    ("sum_i (x_i - w) (x_i - w)'", "(x - ones(N) w')' (x - ones(N) w')", "w"),
    ("sum_i log(1 + exp(w'x_i))", "sum(log(1 + exp(x w)))", "w"),
    ("sum_i log(1 + exp(-y_i w'x_i))", "sum(log(1 + exp(-y.*(x w))))", "w"),
    ("sum_i (y_i log(sigmoid(w'x_i)) + (1 - y_i) log(1 - sigmoid(w'x_i)))",
     "y' log(sigmoid(x w)) + (ones(N) - y)' log(1 - sigmoid(x w))", "w"),
    ("sum_i (exp(w'x_i) - y_i w'x_i)", "sum(exp(x w)) - y' x w", "w"),
    ("sum_i logsumexp(W x_i)", "sum(log(exp(x W') ones(C)))", "W"),
    ("sum_i t_i' W x_i", "tr(W x' t)", "W"),
    ("sum_i norm(t_i - W x_i)^2", "norm(t - x W')^2", "W"),
    ("sum_i p_i norm(t_i - W x_i)^2", "tr((t - x W')' diag(p) (t - x W'))", "W"),
    ("sum_i p_i log(p_i)", "p' log(p)", "p"),
    ("sum_i log(p_i)", "sum(log(p))", "p"),
    ("sum_i exp(y_i)", "sum(exp(y))", "y"),
    ("sum_i y_i a_i", "a'y", "a"),
    ("sum_i a_i b_i", "a'b", "a"),
    ("sum_i X[i,:] w", "ones(N)' X w", "X"),
    ("sum_i (X[i,:] w)^2", "w'X'X w", "X"),
    ("sum_i X[i,:]' Z[i,:]", "X'Z", "X"),
    ("sum_i a_i X[i,:]'", "X'a", "X"),
    ("sum_i R_ii", "tr(R)", "R"),
    ("sum_{i,j} R_ij", "ones(N)' R ones(N)", "R"),
    ("sum_{i,j} R_ij^2", "tr(R'R)", "R"),
    ("sum_{i,j} R_ij a_i b_j", "a'R b", "R"),
    ("sum_{i,j} a_i a_j R_ij", "a'R a", "a"),
    ("sum_i sum_j R_ij x_j", "x' R' ones(N)", "R"),
    ("sum_{i,j} R_ij x_i x_j'", "x' R x", "R"),
    ("sum_{i,j} R_ij (x_i' x_j)", "tr(R x x')", "R"),
    ("sum_{i,j} y_i y_j x_i' x_j", "norm(x'y)^2", "y"),
    ("sum_{i,j} x_i' S x_j", "ones(N)' x S x' ones(N)", "x"),
    ("sum_{i,j} (y_i - y_j)^2", "2 N y'y - 2 (y' ones(N))^2", "y"),
    ("sum_{i,j} norm(x_i - x_j)^2", "2 N tr(x'x) - 2 norm(x' ones(N))^2", "x"),
    ("sum_{i<j} (y_i - y_j)^2", "N y'y - (y' ones(N))^2", "y"),
    ("sum_{i<j} norm(x_i - x_j)^2", "N tr(x'x) - norm(x' ones(N))^2", "x"),
    ("sum_{i<j} y_i y_j", "((y' ones(N))^2 - y'y)/2", "y"),
    ("sum_{i<j} a_i b_j + sum_{i>j} a_i b_j", "(a' ones(N)) (b' ones(N)) - a'b", "a"),
    ("sum_{i != j} x_i' x_j", "norm(x' ones(N))^2 - tr(x'x)", "x"),
    ("sum_{i<j} R_ij", "sum(tril(R')) - tr(R)", "R"),
    ("sum_{i<=j} R_ij", "sum(tril(R'))", "R"),
    ("sum_{i,j} (d_ij - x_i' z_j)^2", "norm(d - x z')^2", "z"),
    ("sum_{i,j} R_ij (d_ij - x_i'x_j)^2", "sum(R.*(d - x x').^2)", "x"),
    ("sum_{i,j} R_ij norm(x_i - x_j)^2",
     "tr((diag(R ones(N)) + diag(R' ones(N)) - R - R') x x')", "x"),
    ("sum_k tr(A_k S A_k')", "tr(S sum_k A_k' A_k)", "S"),
    ("sum_k tr(A_k V B_k')", "tr(V sum_k B_k' A_k)", "V"),
    ("sum_k norm(A_k w)^2", "w' (sum_k A_k' A_k) w", "w"),
    ("sum_k norm(A_k V - B_k)^2",
     "tr(V' (sum_k A_k' A_k) V) - 2 tr(V' sum_k A_k' B_k) + sum_k norm(B_k)^2", "V"),
    ("sum_i (s - y_i)^2", "N s^2 - 2 s y' ones(N) + y'y", "s"),
    ("sum_i (w'x_i)^3", "sum((x w).^3)", "w"),
    ("prod_i exp(y_i)", "exp(y' ones(N))", "y"),
]  # fmt: skip


def _pair(total: str, matrix: str) -> tuple[mg.Expr, mg.Expr]:
    """A sum, and the matrix form with the families of the sum for its stacks."""
    one, other = interpret(total, MEMBERS + OTHERS).expr, interpret(matrix, STACKS + OTHERS).expr
    families = {name: s for name, s in symbols_of(one).items() if s.is_family and name in symbols_of(other)}
    return one, other.substitute(families)


def _meet(one: mg.Expr, other: mg.Expr) -> bool:
    return lifted(one) is lifted(other) or mg.equivalent(one, other)


@pytest.mark.parametrize(("total", "matrix", "wrt"), PAIRS, ids=[total for total, *_ in PAIRS])
def test_a_sum_and_its_matrix_form_are_equal(total: str, matrix: str, wrt: str) -> None:
    one, other = _pair(total, matrix)
    assert _meet(one, other)
    if one.is_scalar:
        assert _meet(mg.gradient(one, wrt), mg.gradient(other, wrt))


@pytest.mark.parametrize(
    ("total", "matrix", "wrt"), [p for p in PAIRS if p[2] in ("w", "s", "y")], ids=lambda text: text
)
def test_their_second_derivatives_are_equal(total: str, matrix: str, wrt: str) -> None:
    one, other = _pair(total, matrix)
    if one.is_scalar:
        assert _meet(mg.hessian(one, wrt), mg.hessian(other, wrt))
    else:
        assert _meet(mg.jacobian(one, wrt), mg.jacobian(other, wrt))


def test_there_are_sixty_pairs_and_more_than_half_have_one_canonical_form() -> None:
    pairs = [_pair(total, matrix) for total, matrix, _ in PAIRS]
    forms = [lifted(one) is lifted(other) for one, other in pairs]
    assert len(forms) >= 60
    assert sum(forms) > 30
