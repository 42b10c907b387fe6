"""Every form in which a right answer may be written, and what is said of it."""

from __future__ import annotations

from typing import Any

import pytest

import matgrad as mg
from matgrad.checking import Verdict, check
from matgrad.checking.answer_left_side import read_left_side


def verdict(f: str, wrt: str, answer: str, given: str | None = None, **options: Any) -> Verdict:
    """What is said of an answer."""
    read = mg.interpret(f, given)
    return check(
        read.expr,
        read.symbols[wrt],
        answer,
        symbols=read.symbols.values(),
        bindings=read.bindings,
        **options,
    )


@pytest.mark.parametrize(
    ("f", "wrt", "given", "answer", "form", "layout", "convention"),
    [
        ("x' A x", "x", None, "(A + A') x", "gradient", "denominator", None),
        ("x' A x", "x", None, "x' (A + A')", "gradient", "numerator", None),
        ("x' A x", "x", None, "dx' A x + x' A dx", "differential", None, None),
        ("x' A x", "x", None, "d(x') A x + x' d(A x)", "differential", None, None),
        ("tr(A X B)", "X", None, "tr(B A dX)", "differential", None, None),
        ("tr(A X B)", "X", None, "A' B'", "gradient", "denominator", None),
        ("tr(A X B)", "X", None, "B A", "gradient", "numerator", None),
        ("tr(A X B)", "X", "A: p×m, X: m×n, B: n×p", "vec(B A)", None, None, None),
        ("tr(A X B)", "X", "A: p×m, X: m×n, B: n×p", "vec(A' B')'", "jacobian", "numerator", None),
        ("tr(A X B)", "X", "A: p×m, X: m×n, B: n×p", "vec(A' B')", "jacobian", "denominator", None),
        ("A x", "x", "A: m×n", "A", "jacobian", "numerator", None),
        ("A x", "x", "A: m×n", "A'", "jacobian", "denominator", None),
        ("A X B", "X", None, "kron(B', A)", "jacobian", "numerator", None),
        ("A X B", "X", None, "kron(B', I) kron(I, A)", "jacobian", "numerator", None),
        ("A X B", "X", None, "kron(B, A')", "jacobian", "denominator", None),
        ("A X B", "X", None, "kron(B', A) vec(dX)", "differential", None, None),
        ("X'", "X", "X: m×n", "commutation(m, n)", "jacobian", "numerator", None),
        ("tr(A X)", "X", "X: n×n symmetric", "(A + A')/2", "gradient", "denominator", "subspace"),
        ("tr(A X)", "X", "X: n×n symmetric", "A + A' - A .* I", "gradient", "denominator", "independent"),
        (
            "tr(A X)",
            "X",
            "X: n×n symmetric",
            "vech(A + A' - A .* I)",
            "jacobian",
            "denominator",
            "independent",
        ),
        ("log det(X)", "X", "X: n×n symmetric", "df = tr(inv(X) dX)", "differential", None, None),
        ("sin(t) x", "t", "t: scalar, x: n", "cos(t) x", "derivative", "numerator", None),
        ("sin(t) x", "t", "t: scalar, x: n", "cos(t) x'", "derivative", "denominator", None),
        ("x' A x", "x", None, "H = A + A'", "hessian", None, None),
        ("x' A x", "x", None, "∂²f/∂x∂x' = A + A'", "hessian", None, None),
        ("x' A x", "x", None, "d²f = 2 dx' A dx", "differential", None, None),
        ("exp(2 t)", "t", "t: scalar", "f''(t) = 4 exp(2 t)", "derivative", None, None),
        ("x[i]", "x", "x: n", "e_i", "gradient", "denominator", None),
        ("X[i, j]", "X", "X: m×n", "e_i e_j'", "gradient", "denominator", None),
        ("sum(x)", "x", None, "𝟏", "gradient", "denominator", None),
        ("tr(X)", "X", None, "I", "gradient", "denominator", None),
        ("norm(r)^2 where r = A x - b", "x", None, "2 A' r", "gradient", "denominator", None),
        ("norm(A x - b)^2", "x", None, "2 A' r where r = A x - b", "gradient", "denominator", None),
        ("norm(A @ x - b)**2", "x", None, "2 * A.T @ (A @ x - b)", "gradient", "denominator", None),
        ("g(a' x)", "x", "g: function", "g'(a' x) a", "gradient", "denominator", None),
        ("b", "x", "x: n, b: m", "0", "jacobian", "numerator", None),
        (
            "tr(X' A X)",
            "X",
            "X: n×k orthonormal, A: n×n symmetric",
            "2 tr(X' A dX)",
            "differential",
            None,
            None,
        ),
    ],
)
def test_every_form_is_right(
    f: str, wrt: str, given: str | None, answer: str, form: str | None, layout: str, convention: str
) -> None:
    found = verdict(f, wrt, answer, given)
    if form is None:
        # Of the shape of nothing: the vec of the transpose is no derivative.
        assert not found.correct
        return
    assert found.correct, str(found)
    assert (found.form, found.layout, found.convention) == (form, layout, convention)


def test_a_tangent_differential_is_compared_on_its_curved_set() -> None:
    given = "X: n×k orthonormal, A: n×n symmetric"
    # dX'X is skew, so that its trace with the symmetric X'AX vanishes.
    assert verdict("tr(X' A X)", "X", "2 tr(X' A dX) + tr(dX' X X' A X)", given).correct
    assert not verdict("tr(X' A X)", "X", "2 tr(X' A dX) + tr(dX' A X)", given).correct


@pytest.mark.parametrize(
    ("text", "form", "layout", "order"),
    [
        ("df = 1", "differential", None, None),
        ("dF = 1", "differential", None, None),
        ("d(inv(X)) = 1", "differential", None, None),
        ("d tr(X) = 1", "differential", None, None),
        ("vec(dF) = 1", "differential", None, None),
        ("d²f = 1", "differential", None, 2),
        ("d^2 f = 1", "differential", None, 2),
        ("grad = 1", "gradient", None, None),
        ("grad_x f = 1", "gradient", None, None),
        ("∇f = 1", "gradient", None, None),
        ("∇_x f(x) = 1", "gradient", None, None),
        ("∇²f = 1", "hessian", None, 2),
        ("H = 1", "hessian", None, 2),
        ("hess f = 1", "hessian", None, 2),
        ("J = 1", "jacobian", None, None),
        ("Df(x) = 1", "jacobian", None, None),
        ("df/dx = 1", "", None, None),
        ("∂f/∂x = 1", "", None, None),
        ("∂f/∂xᵀ = 1", "", "numerator", None),
        ("df/dx' = 1", "", "numerator", None),
        ("∂f/∂x^T = 1", "", "numerator", None),
        ("∂fᵀ/∂x = 1", "", "denominator", None),
        ("∂vec(F)/∂vec(X)ᵀ = 1", "", "numerator", None),
        ("∂(x'Ax)/∂x = 1", "", None, None),
        ("∂²f/∂x∂xᵀ = 1", "", None, 2),
        ("d²f/dt² = 1", "", None, 2),
        ("y = 1", "function", None, None),
        ("f'(x) = 1", "function", None, None),
        ("f''(x) = 1", "function", None, 2),
        ("delta = 1", "function", None, None),
        ("2 A x", "", None, None),
        ("2 A y where y = x", "", None, None),
    ],
)
def test_left_sides(text: str, form: str, layout: str | None, order: int | None) -> None:
    left = read_left_side(text)
    assert (left.form, left.layout, left.order) == (form, layout, order)


def test_what_is_asked_for_is_demanded() -> None:
    assert verdict("x' A x", "x", "x' (A + A')", layout="numerator").correct
    assert verdict("x' A x", "x", "x' (A + A')", layout="denominator").mistake == "layout"
    assert verdict("x' A x", "x", "∂f/∂x' = (A + A') x").mistake == "layout"
    assert verdict("A x", "x", "∂fᵀ/∂x = A").mistake == "layout"
    assert verdict("x' A x", "x", "grad f = (A + A') x").correct
    assert verdict("x' A x", "x", "df = (A + A') x").mistake == "form"
    assert verdict("x' A x", "x", "(A + A') x", form="differential").mistake == "form"
    given = "X: n×n symmetric"
    assert verdict("tr(A X)", "X", "A + A' - A .* I", given, convention="subspace").mistake == "convention"
    assert verdict("tr(A X)", "X", "(A + A')/2", given, convention="independent").mistake == "convention"


@pytest.mark.parametrize(
    ("answer", "kind", "span"),
    [
        ("2 A x +", mg.ParseError, (6, 7)),
        ("df/dx = 2 A x)", mg.ParseError, (13, 14)),
        ("2 B x", mg.UnknownNameError, (2, 3)),
        ("grad f = 2 B x", mg.UnknownNameError, (11, 12)),
        ("df = x' dA x", mg.UnknownNameError, (8, 10)),
        ("df = x' A dX", mg.UnknownNameError, (10, 12)),
        ("", mg.ParseError, None),
    ],
)
def test_what_cannot_be_read_is_pointed_at(
    answer: str, kind: type[mg.MatgradError], span: tuple[int, int] | None
) -> None:
    with pytest.raises(kind) as caught:
        verdict("x' A x", "x", answer)
    assert caught.value.span == span
    assert caught.value.text in (answer, None)


def test_factors_that_do_not_conform_are_wrong_and_pointed_at() -> None:
    found = verdict("x' A x", "x", "2 x A")
    assert not found.correct
    assert found.mistake == "nonconforming"
    assert found.place == (2, 5)
    assert "n×1" in found.reason
    assert "n×n" in found.reason
    mended = verdict("norm(A x - b)^2", "x", "2 A (A x - b)", "A: m×n")
    assert mended.mistake == "factor_transpose"
    assert mended.place == (2, 3)
    assert "Aᵀ" in mended.reason


def test_brackets_in_an_answer_are_only_quoted() -> None:
    found = verdict("x' A x", "x", "x^{T} + A x")
    assert found.mistake == "nonconforming"
    assert "x^{T}" in found.reason


def test_the_shapes_are_named_where_they_do_not_fit() -> None:
    found = verdict("norm(A X - B)^2", "X", "sum(B)", "A: m×n, X: n×p")
    assert found.mistake == "shape"
    assert "1×1" in found.reason
    assert "n×p" in found.reason


def test_a_number_does_not_pass_for_a_dimension() -> None:
    # Three is a size that samples have.
    for size in (2, 3, 4, 5):
        assert not verdict("mean(x .* x)", "x", f"2 x / {size}", "x: n").correct
    assert verdict("mean(x .* x)", "x", "2 x / n", "x: n").correct


def test_no_derivative_is_said() -> None:
    with pytest.raises(mg.NotDifferentiableError):
        verdict("matrix_power(X, k) a", "k", "0", "X: n×n, k: integer, a: n")


def test_an_expression_may_be_checked() -> None:
    n = mg.dims("n")[0]
    a, x = mg.matrix("A", n, n), mg.vector("x", n)
    assert check(x.T @ a @ x, x, (a + a.T) @ x)
    found = check(x.T @ a @ x, x, 2 * a @ x)
    assert not found
    assert found.mistake == "fact"
    assert "A is symmetric" in found.reason


def test_unknown_options_are_refused() -> None:
    with pytest.raises(mg.ArgumentError):
        verdict("x' x", "x", "2 x", language="fr")
    with pytest.raises(mg.ArgumentError):
        verdict("x' x", "x", "2 x", layout="sideways")
    with pytest.raises(mg.ArgumentError):
        verdict("x' x", "x", "2 x", convention="other")
    with pytest.raises(mg.ArgumentError):
        verdict("x' x", "x", "2 x", form="sum")
