"""vec of expressions and equations: the printed line, the rules, and the matrix against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg

LINES = [
    ("A X B", None, "X", "vec(AXB) = (Bᵀ ⊗ A) vec(X)"),
    ("A X B + C X D = E", None, "X", "(Bᵀ ⊗ A + Dᵀ ⊗ C) vec(X) = vec(E)"),
    ("A X B + C X' D = E", None, "X", "(Bᵀ ⊗ A + (Dᵀ ⊗ C)K_np) vec(X) = vec(E)"),
    ("X = A X A' + Q", None, "X", "(I − (A ⊗ A)) vec(X) = vec(Q)"),
    ("A S + S A' = Q", "S: n×n symmetric", "S", "(A ⊗ I + I ⊗ A)D_n vech(S) = vec(Q)"),
    ("A T B", "T: n×n lower triangular", "T", "vec(ATB) = (Bᵀ ⊗ A)L_nᵀ vech(T)"),
    ("A T B", "T: n×n upper triangular", "T", "vec(ATB) = (Bᵀ ⊗ A)K_nn L_nᵀ vech(Tᵀ)"),
    ("A T B", "T: n×n skew", "T", "vec(ATB) = (Bᵀ ⊗ A)(I − K_nn)L_nᵀ vech(T)"),
    ("A T B", "T: n×n diagonal", "T", "vec(ATB) = (Bᵀ ∗ A) diag(T)"),
    ("A diag(x) B", None, "x", "vec(A diag(x)B) = (Bᵀ ∗ A)x"),
    ("A .* X + X", None, "X", "vec(A ⊙ X + X) = (diag(vec(A)) + I) vec(X)"),
    ("X'", "X: m×n", "X", "vec(Xᵀ) = K_mn vec(X)"),
    ("tr(A' X)", None, "X", "tr(AXᵀ) = vec(A)ᵀ vec(X)"),
    ("tr(X' A X B)", None, "X", "tr(AXBXᵀ) = vec(X)ᵀ(Bᵀ ⊗ A) vec(X)"),
    ("tr(A B C D)", None, ("D", "B"), "tr(ABCD) = vec(D)ᵀ(A ⊗ Cᵀ)K_np vec(B)"),
    ("x' A y", None, ("x", "y"), "xᵀAy = xᵀAy"),
    ("A x = b", None, "x", "Ax = b"),
    ("A X + Y B = C", None, ("X", "Y"), "(I ⊗ A) vec(X) + (Bᵀ ⊗ I) vec(Y) = vec(C)"),
    ("sum_i A_i X B_i = C", "A_i: m×n, B_i: p×q, i = 1..N", "X", "(Σ_i B_iᵀ ⊗ A_i) vec(X) = vec(C)"),
    ("A X = 0", None, "X", "(I ⊗ A) vec(X) = 0"),
    ("(X - X')/2", "X: n×n", "X", "vec(½(X − Xᵀ)) = ½(I − K_nn) vec(X)"),
    ("tr(A S B S)", "S: n×n symmetric", "S", "tr(ASBS) = ½ vech(S)ᵀD_nᵀ(A ⊗ Bᵀ + B ⊗ Aᵀ)D_n vech(S)"),
    ("tr(S S)", "S: n×n symmetric", "S", "tr(S²) = ‖D_n vech(S)‖²"),
    ("2 X", "X: m×n", "X", "vec(2X) = 2 vec(X)"),
    ("t X + A", "t: scalar, X: m×n", "X", "vec(A + tX) = t vec(X) + vec(A)"),
]


@pytest.mark.parametrize(("text", "given", "unknown", "line"), LINES)
def test_line(text: str, given: str | None, unknown: Any, line: str) -> None:
    found = mg.vectorize(text, unknown, given=given)
    assert str(found) == line
    assert found.verification.verified


def _vech(x: Any) -> Any:
    return np.concatenate([x[j:, j] for j in range(len(x))])


def test_the_matrix_is_numpy_s() -> None:
    rng = np.random.default_rng(3)
    a, b, c, d, x = (rng.normal(size=shape) for shape in [(2, 3), (4, 5), (2, 4), (3, 5), (3, 4)])
    found = mg.vectorize("A X B + C X' D", "X")
    matrix = mg.evaluate(found.matrix, {"A": a, "B": b, "C": c, "D": d, "p": 4})
    vec = (a @ x @ b + c @ x.T @ d).ravel(order="F")
    assert np.allclose(matrix @ x.ravel(order="F"), vec)
    assert np.allclose(matrix[:, 0], (np.outer(a[:, 0], b[0]) + np.outer(c[:, 0], d[0])).ravel(order="F"))


@pytest.mark.parametrize(
    "structure", ["symmetric", "lower triangular", "upper triangular", "skew", "diagonal"]
)
def test_structured_unknowns(structure: str) -> None:
    rng = np.random.default_rng(5)
    a, b, x = (rng.normal(size=shape) for shape in [(2, 3), (3, 4), (3, 3)])
    x = {
        "symmetric": x + x.T,
        "lower triangular": np.tril(x),
        "upper triangular": np.triu(x),
        "skew": x - x.T,
        "diagonal": np.diag(np.diag(x)),
    }[structure]
    entries = np.diag(x) if structure == "diagonal" else _vech(x.T if structure.startswith("upper") else x)
    found = mg.vectorize("A T B", "T", given=f"T: n×n {structure}")
    matrix = mg.evaluate(found.matrix, {"A": a, "B": b})
    assert np.allclose(matrix @ entries, (a @ x @ b).ravel(order="F"))


def test_rules_have_sources() -> None:
    found = mg.vectorize("A S B + C S' D = E", "S", given="S: n×n symmetric")
    assert all(rule.source for rule in found.rules)
    assert [rule.english for rule in found.rules] == [
        "vec is linear",
        "vec(AXB) = (Bᵀ ⊗ A) vec(X)",
        "vec(X) = D vech(X) for symmetric X",
    ]
    steps = [step for step, _ in mg.vectorize("A X B + C X' D = E", "X").steps()]
    assert steps == ["vec(AXB) = (Bᵀ ⊗ A) vec(X)", "vec(CXᵀD) = (Dᵀ ⊗ C)K_np vec(X)"]


@pytest.mark.parametrize(
    ("text", "unknown", "message"),
    [
        ("A X X'", "X", "not linear in X"),
        ("A B C", None, "which variable is unknown"),
        ("A X B", "Z", "Z is not a variable"),
        ("A X B Y", ("X", "Y"), "not linear in X and Y"),
        ("tr(A X B Y) + tr(X)", ("X", "Y"), "not linear in X and Y"),
        ("tr(X' X Y)", ("X", "Y"), "not linear in X and Y"),
        ("sign(X) + X", "X", "not linear in X"),
    ],
)
def test_refusals(text: str, unknown: Any, message: str) -> None:
    with pytest.raises(mg.ArgumentError, match=message):
        mg.vectorize(text, unknown)


def test_several_matrices_are_asked_for_one_by_one() -> None:
    found = mg.vectorize("A X + Y B = C", ("X", "Y"))
    assert [str(vector) for vector, _ in found.parts] == ["vec(X)", "vec(Y)"]
    with pytest.raises(mg.ArgumentError, match="2 variables"):
        _ = found.matrix


def test_the_cross_product_is_a_matrix_on_its_vector() -> None:
    given = "a: 3, b: 3, c: 3, x: 3"
    for text, line in (
        ("cross(a, x)", "a × x = [a]×x"),
        ("cross(x, a)", "x × a = −[a]×x"),
        ("cross(a, cross(b, x))", "a × (b × x) = [a]×[b]×x"),
        ("cross(a, x) + c", "a × x + c = [a]×x + c"),
        ("cross(a, x) + cross(x, b)", "a × x + x × b = ([a]× − [b]×)x"),
    ):
        found = mg.vectorize(text, "x", given=given)
        assert str(found) == line
        assert found.verification.verified
        assert not found.says_nothing
    assert mg.vectorize("A x", "x").says_nothing
