"""Every rule of structure is tested with numbers, by a test made from the rule itself; and what they give."""

from __future__ import annotations

import numpy as np
import pytest

import matgrad as mg
from matgrad.rewrite.structure import STRUCTURE
from matgrad.rewrite.structure_rule import StructureRule

RULES = [rule for rule in STRUCTURE if isinstance(rule, StructureRule)]
NAMED = pytest.mark.parametrize(
    "rule", [pytest.param(rule, id=f"{rule.reason.english}: {rule.on}") for rule in RULES]
)


@NAMED
def test_rule_keeps_value_and_shape(rule: StructureRule) -> None:
    left = mg.parse(rule.on, rule.given)
    right = rule.apply(left)
    assert right is not None
    assert right is not left
    assert right.shape == left.shape
    assert mg.equivalent(left, right)


@NAMED
def test_simplification_uses_and_names_the_rule(rule: StructureRule) -> None:
    left = mg.parse(rule.on, rule.given)
    right = rule.apply(left)
    assert right is not None
    assert mg.simplify(left) is mg.simplify(right)


def test_every_rule_has_a_name_and_a_citation() -> None:
    assert all(rule.reason.english and rule.reason.citation for rule in RULES)


FOUR = "A: m×p, B: m×q, C: n×p, D: n×q"
THREE = "A: m×m, B: m×n, C: m×p, D: n×n, E: n×p, F: p×p"
SQUARE = "A: m×m, B: m×n, C: n×m, D: n×n"


@pytest.mark.parametrize(
    ("text", "given", "printed"),
    [
        ("[A, B; C, D]*[x; y]", f"{FOUR}, x: p, y: q", "[(A x + B y); (C x + D y)]"),
        ("[A, B; C, D][1:m, :]", FOUR, "[A, B]"),
        ("[A, B; C, D][m + 1:m + n, p + 1:p + q]", FOUR, "D"),
        ("vstack(x, y, z)[1:n + m]", "x: n, y: m, z: p", "[x; y]"),
        ("hstack(A, B)[:, 2:3]", "A: m×4, B: m×q", "A[:, 2:3]"),
        ("A[1:4, 2:5][2:3, 1:2]", "A: 6×5", "A[2:3, 2:3]"),
        ("A[2:4, 2:5][2, 3]", "A: 6×5", "A[3, 4]"),
        (
            "inv([A, 0; 0, D])",
            "A: m×m invertible, D: n×n invertible",
            "[inv(A), zeros(m, n); zeros(n, m), inv(D)]",
        ),
        ("inv([A, B; 0, D])", "A: m×m, B: m×n, D: n×n", "[inv(A), -inv(A) B inv(D); zeros(n, m), inv(D)]"),
        ("inv([A, B; C, D])", SQUARE, "inv([A, B; C, D])"),
        (
            "inv([A, 0, 0; 0, B, 0; 0, 0, C])",
            "A: m×m, B: n×n, C: p×p",
            "[inv(A), zeros(m, n), zeros(m, p); zeros(n, m), inv(B), zeros(n, p); "
            "zeros(p, m), zeros(p, n), inv(C)]",
        ),
        ("det([A, B, C; 0, D, E; 0, 0, F])", THREE, "det(A) det(D) det(F)"),
        ("det([A, 0, 0; B', D, 0; C', E', F])", THREE, "det(A) det(D) det(F)"),
        ("norm(cross(a, cross(p, a))/norm(cross(p, a)))", "a: 3, p: 3", "norm(a)"),
        ("cross(a, cross(a, cross(a, p)))", "a: 3, p: 3", "norm(a)^2 cross(p, a)"),
        ("[A, B, C; 0, D, E; 0, 0, F] inv([A, B, C; 0, D, E; 0, 0, F])", THREE, "eye(m + n + p)"),
        (
            "logdet([A, B, C; 0, D, E; 0, 0, F])",
            "A: m×m spd, B: m×n, C: m×p, D: n×n spd, E: n×p, F: p×p spd",
            "logdet(A) + logdet(D) + logdet(F)",
        ),
        ("logdet([A, B; B', D])", "A: m×m symmetric, B: m×n, D: n×n", "logdet([A, B; B', D])"),
        ("tr([A, B; C, D])", SQUARE, "tr(A) + tr(D)"),
        ("[A; B]*[C, D]", "A: m×p, B: n×p, C: p×k, D: p×l", "[A; B] [C, D]"),
        ("A*inv(eye(n) + A) - inv(eye(n) + A)*A", "A: n×n", "zeros(n, n)"),
        ("logm(A)*A - A*logm(A)", "A: n×n spd", "zeros(n, n)"),
        ("A*expm(B) - expm(B)*A", "A: n×n, B: n×n", "A expm(B) - expm(B) A"),
        ("expm(A')*A", "A: n×n", "expm(A)' A"),
        ("expm(A)*expm(-A)", "A: n×n", "eye(n)"),
        ("expm(A)*expm(B)", "A: n×n, B: n×n", "expm(A) expm(B)"),
        ("(X*pinv(X))'", "X: m×n", "X pinv(X)"),
        ("X'*X*pinv(X)", "X: m×n", "X'"),
        ("(eye(m) - X*pinv(X))^3", "X: m×n", "eye(m) - X pinv(X)"),
        ("abs(det(Q))", "Q: n×n orthogonal", "1"),
        ("det(Q)^3", "Q: n×n orthogonal", "det(Q)^3"),
        ("det(P*A*inv(P))", "A: n×n, P: n×n invertible", "det(A)"),
        ("logdet(diag(x))", "x: n", "logdet(diag(x))"),
        ("diag(tril(M))", "M: n×n", "diagonal(M)"),
        ("triu(tril(M))", "M: n×n", "M .* eye(n)"),
        ("tr(skew_matrix(a)) + tr(tril(M))", "a: 3, M: n×n", "tr(M)"),
        ("[1, 2; 3, 4]*[1; 1] + [1; 0]", "", "[4; 7]"),
        ("inv([1, 2; 3, 4])*[1, 2; 5, 6]", "", "[3, 2; -1, 0]"),
        ("det([1, 2; 3, 4]) + det([1, 2; 2, 4])", "", "-2"),
    ],
)
def test_simplified(text: str, given: str, printed: str) -> None:
    expr = mg.parse(text, given)
    simple = mg.simplify(expr)
    assert str(simple) == printed
    assert mg.equivalent(expr, simple)


@pytest.mark.parametrize(
    ("text", "given", "wrt", "printed"),
    [
        ("logdet(eye(n) + A*S)", "A: n×n spd, S: n×n spd", "A", "inv(S A + eye(n)) S"),
        ("tr(inv(eye(n) + A*S))", "A: n×n spd, S: n×n spd", "A", "-(S A + eye(n))^(-2) S"),
        ("logdet([A, B; B', D])", "A: m×m spd, B: m×n, D: n×n spd", "B", "-2 inv(A) B inv(D - B' inv(A) B)"),
        ("norm([A, B]*[x; y])^2", "A: m×p, B: m×q, x: p, y: q", "x", "2 A' (A x + B y)"),
    ],
)
def test_gradients(text: str, given: str, wrt: str, printed: str) -> None:
    assert str(mg.gradient(mg.parse(text, given), wrt)) == printed


@pytest.mark.parametrize(
    ("text", "wrt", "printed"),
    [
        ("norm(cross(p, a))", "p", "cross(a, cross(p, a))/norm(cross(a, p))"),
        ("norm(cross(p, a))^2", "p", "2 cross(a, cross(p, a))"),
        ("norm(cross(a, p) - b)^2", "p", "2 cross(a, cross(p, a) + b)"),
        ("b'*cross(a, cross(p, c))", "p", "cross(c, cross(b, a))"),
    ],
)
def test_cross_products(text: str, wrt: str, printed: str) -> None:
    given = "a: 3, b: 3, c: 3, p: 3"
    slope = mg.gradient(mg.parse(text, given), wrt)
    assert str(slope) == printed
    assert mg.parse(printed, given) is slope


def test_the_length_of_a_cross_product_of_parallel_vectors_is_zero() -> None:
    length = mg.parse("norm(cross(p, a))", "p: 3, a: 3")
    assert str(length) == "norm(cross(a, p))"
    a = np.array([0.1, 0.7, 0.3])
    value, slope = mg.compile([length, mg.gradient(length, "p")])(p=3 * a, a=a)
    assert 0 <= value < 1e-15
    assert np.isfinite(slope).all()
