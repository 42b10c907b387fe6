"""Shapes that are not declared: found from what the operations need, named in order, said aloud."""

import pytest

from matgrad.core.errors import ShapeError, UnknownNameError
from matgrad.core.facts import Fact
from matgrad.language import interpret, parse

INFERRED = [
    ("x' A x", "x: n, A: n×n"),
    ("x' A y", "x: m, A: m×n, y: n"),
    ("‖A x - b‖²", "A: m×n, x: n, b: m"),
    ("norm(T - U V')^2", "T: m×n, U: m×p, V: n×p"),
    ("tr(A X B)", "A: m×n, X: n×p, B: p×m"),
    ("log det(X' A X)", "X: m×n, A: m×m"),
    ("A .* B - C", "A: m×n, B: m×n, C: m×n"),
    ("inv(X)", "X: n×n"),
    ("X^k", "X: n×n, k: integer"),
    ("X + eye(n)", "X: n×n"),
    ("X + I", "X: n×n"),
    ("A X + X B", "A: m×m, X: m×n, B: n×n"),
    ("diag(x) A diag(y)", "x: m, A: m×n, y: n"),
    ("[A, b; c', 1]", "A: m×n, b: m, c: n"),
    ("[a; b]' x", "a: m, b: n, x: m + n"),
    ("vec(A X B)' y", "A: m×n, X: n×p, B: p×q, y: m*q"),
    ("kron(A, B) vec(X)", "A: m×n, B: p×q, X: q×n"),
    ("reshape(x, m, n) y", "x: m*n, y: n"),
    ("a × b", "a: 3, b: 3"),
    ("x - mean(x)", "x: n"),
    ("lambda x + α y", "lambda: scalar, x: n, α: scalar, y: n"),
    ("𝟏ᵀ X 𝟏", "X: m×n"),
    ("x[i]", "x: n"),
    ("X[i, j] e(k, j)", "X: m×n"),
    ("e(1, n)' x", "x: n"),
    ("sum(ones(n) .* x)/n", "x: n"),
    ("norm(Z) where Z = A x - b", "A: m×n, x: n, b: m"),
    ("A @ x + b", "A: m×n, x: n, b: m"),
    ("X.T @ np.linalg.inv(S) @ X", "X: m×n, S: m×m"),
    ("np.hstack([A, B]) @ x", "A: m×n, B: m×p, x: n + p"),
    ("m' x", "m: n, x: n"),
    ("tr(A dX)", "X: n×m, A: m×n"),
]


@pytest.mark.parametrize(("text", "declarations"), INFERRED)
def test_inferred_shapes(text: str, declarations: str) -> None:
    found = interpret(text)
    assert found.expr is parse(text, declarations)
    assert sorted(found.declarations().split(", ")) == sorted(declarations.split(", "))


def test_declared_and_inferred_shapes_meet() -> None:
    found = interpret("tr(A X B)", "X: p×q")
    assert found.declarations() == "X: p×q, A: n×p, B: q×n"


def test_letters_in_use_are_not_given_to_dimensions() -> None:
    assert interpret("m' A n").declarations() == "m: p, A: p×q, n: q"


def test_a_dimension_stands_for_its_number() -> None:
    assert parse("sum(x)/n", "x: n") is parse("mean(x)", "x: n")
    # A whole number that is a dimension is that dimension; a scalar would be a second n.
    for given in ("x: n, n: dimension", "x: n, n: integer", "n ∈ ℕ, x: n", {"x": "n", "n": "dimension"}):
        assert parse("sum(x)/n", given) is parse("mean(x)", "x: n")
    assert parse("n*eye(n)", "n: integer") is parse("n*eye(n)", "n: dimension")


def test_open_shapes_in_declarations() -> None:
    found = interpret("x' S x", "S: symmetric, x: vector")
    assert found.declarations() == "S: n×n symmetric, x: n"


def test_facts_of_differentials() -> None:
    symbols = interpret("tr(S dS)", "S: n×n positive definite").symbols
    assert symbols["dS"].is_differential
    assert symbols["dS"].has(Fact.SYMMETRIC)
    assert not symbols["dS"].has(Fact.POSITIVE_DEFINITE)


def test_unused_declarations_are_kept() -> None:
    found = interpret("a' a", "a: n, X: m×n, f: function")
    assert list(found.symbols) == ["a", "X"]
    assert found.functions == ("f",)


def test_description() -> None:
    assert interpret("t f(x' S x)", "S: n×n symmetric, t: scalar").description() == (
        "S ∈ ℝ^{n×n} symmetric, t ∈ ℝ, x ∈ ℝⁿ, f: ℝ → ℝ"
    )


def test_names_bound_in_the_text() -> None:
    found = interpret("f = norm(Z) where Z = A Y, Y = X'")
    assert found.name == "f"
    assert list(found.bindings) == ["Y", "Z"]
    assert found.bindings["Z"] is parse("A X'", found.declarations())


@pytest.mark.parametrize("text", ["A x", "x + 1"])
def test_strict(text: str) -> None:
    with pytest.raises(UnknownNameError, match="is not declared"):
        interpret(text, strict=True)
    interpret(text, "A: m×n, x: n", strict=True)


def test_nothing_is_inferred_to_be_a_vector_or_a_scalar() -> None:
    with pytest.raises(ShapeError):
        parse("x' X y + Z x", "Z: 1×1, x: n, X: n×n, y: n×2")
    with pytest.raises(ShapeError):
        parse("x + A", "x: n")
