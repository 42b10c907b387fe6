"""Answers meant otherwise than they stand: NumPy's arrays, 1 for 𝟏, |x|, lam, letters that are sizes."""

from __future__ import annotations

import pytest

import matgrad as mg

CODE = [
    ("exp(x' P x / 2 + q' x)", "x", "P: n×n symmetric", "np.exp(0.5 * x @ P @ x + q @ x) * (P @ x + q)"),
    ("(x' y) (x' z)", "x", "x, y, z: n", "x @ y * z + x @ z * y"),
    ("norm(A x - b)^2", "x", "A: m×n", "2*A.T@(A@x.reshape(-1,1) - b.reshape(-1,1))"),
    ("a' X b", "X", "X: m×n", "a[:, None] * b[None, :]"),
    ("a' X b", "X", "X: m×n", "a[:, None] * b"),
    ("y' X w", "w", "X: m×n, y: m", "np.sum(y[:, None] * X, axis=0)"),
    ("y' X w", "w", "X: m×n, y: m", "(X.T * y).sum(axis=1)"),
    ("sum(relu(A x))", "x", "A: m×n", "A.T @ (A @ x > 0).astype(float)"),
]


@pytest.mark.parametrize(("f", "x", "given", "answer"), CODE)
def test_arrays_of_one_axis_are_read(f: str, x: str, given: str, answer: str) -> None:
    assert mg.check(f, x, answer, given=given).correct
    assert not mg.check(f"3 ({f})", x, answer, given=given).correct


def test_one_stands_for_ones_where_only_that_fits() -> None:
    found = mg.check("x - logsumexp(x) * ones(n)", "x", "I - 1 s' where s = softmax(x)", given="x: n")
    assert found.correct
    assert "note: the number 1 is read as 𝟏, the column of ones" in str(found)


@pytest.mark.parametrize(("f", "said"), [("norm(x)", "its norm"), ("norm1(x)", "the absolute values")])
def test_bars_of_a_vector_are_what_is_right(f: str, said: str) -> None:
    found = mg.check(f, "x", "x / |x|")
    assert found.correct
    assert said in found.note


@pytest.mark.parametrize("answer", ["2*lam*x", "2 λ x", r"2\lambda x"])
@pytest.mark.parametrize("name", ["lambda", "lam"])
def test_spellings_of_a_name(name: str, answer: str) -> None:
    assert mg.check(f"{name} x' x", "x", answer, given=f"{name}: scalar").correct


def test_a_letter_may_be_a_size_as_well() -> None:
    f, given = "norm(R - U V')^2", "R: m×n, U: m×k, V: n×k"
    assert mg.check(f, "U", "∂f/∂U_ik = -2 sum_j (R_ij - (U V')_ij) V_jk", given=given).correct
    found = mg.check(f, "U", "∂f/∂U_ik = -2 sum_j (R_ij - (U V')_ij)", given=given)
    assert found.mistake == "missing_factor"
    assert "V_jk" in found.reason


@pytest.mark.parametrize(
    ("f", "given", "answer"),
    [
        ("a' X b", "X: m×n", "∂f/∂X_ij = a_j b_i"),
        ("A X", "A: m×n, X: n×p", "∂F_ij/∂X_kl = A_jk delta_il"),
    ],
)
def test_letters_are_interchanged(f: str, given: str, answer: str) -> None:
    assert mg.check(f, "X", answer, given=given).mistake == "letters_interchanged"


def test_an_example_is_in_the_layout_of_the_reason() -> None:
    found = mg.check("log det(X)", "X", "-inv(X)")
    assert found.mistake == "sign"
    assert found.suggestion == "∂f/∂Xᵀ = X⁻¹"


def test_no_fact_is_told_that_leaves_nothing() -> None:
    found = mg.check("x' B y + x' x", "x", "-B y + 2 x", given="B: n×n symmetric, x, y: n")
    assert found.mistake == "term_sign"


def test_an_unknown_name_is_no_mistake() -> None:
    with pytest.raises(mg.MatgradError, match="does not occur"):
        mg.check("x' x", "x", "foo 2 x")


@pytest.mark.parametrize("answer", ["3 x^2", "3x²", "∂f/∂x = 3(x)^2", "x^2 + 2x²"])
def test_a_power_of_a_vector_is_that_of_its_entries(answer: str) -> None:
    found = mg.check("sum(x.^3)", "x", answer, given="x: n")
    assert found.correct
    assert "the powers of its entries" in found.note
    wrong = mg.check("2 sum(x.^3)", "x", answer, given="x: n")
    assert wrong.mistake == "factor"


def test_a_power_of_a_matrix_is_its_own_product() -> None:
    assert not mg.check("sum(X.^3)", "X", "3 X^2", given="X: n×n").correct
    assert not mg.check("sum(X.^3)", "X", "3 X^2", given="X: m×n").correct


@pytest.mark.parametrize(
    ("function", "wrt", "answer", "given"),
    [
        ("diag(x) A diag(x)", "x", "I ∗ (diag(x)A) + (diag(x)Aᵀ) ∗ I", "A: n×n, x: n"),
        ("diagonal(X)", "X", "(I ∗ I)ᵀ", "X: n×n"),
        ("x' A x", "x", "A ∗ x + A' ∗ x", "A: n×n, x: n"),
    ],
)
def test_the_star_of_a_product_column_by_column_is_that_of_every_product(
    function: str, wrt: str, answer: str, given: str
) -> None:
    assert mg.check(function, wrt, answer, given=given).correct


def test_a_star_that_fits_as_no_derivative_is_wrong() -> None:
    assert not mg.check("diag(x) A diag(x)", "x", "I ∗ (diag(x)A)", given="A: n×n, x: n").correct
