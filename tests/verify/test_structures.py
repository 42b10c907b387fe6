"""Gradients by what is declared together: tangent to the set, zero where nothing can change, or refused."""

from __future__ import annotations

from typing import Any

import pytest

import matgrad as mg
from matgrad.core.dims import dims
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact, closure
from matgrad.ops.leaves import is_zero
from matgrad.results import derive
from matgrad.verify.claims import inner
from matgrad.verify.derivative_check import verify_claim

(N,) = dims("n")
A = mg.matrix("A", "n", "n")

FIXED = (
    Fact.ORTHOGONAL | Fact.DIAGONAL, Fact.ORTHOGONAL | Fact.POSITIVE_DEFINITE,
    Fact.SKEW | Fact.LOWER_TRIANGULAR, Fact.SKEW | Fact.UPPER_TRIANGULAR, Fact.SKEW | Fact.DIAGONAL,
    Fact.SKEW | Fact.NONNEGATIVE,
    Fact.SKEW | Fact.SYMMETRIC, Fact.ORTHOGONAL | Fact.LOWER_TRIANGULAR, Fact.ORTHOGONAL | Fact.INTEGER,
    Fact.ORTHOGONAL | Fact.NONNEGATIVE, Fact.ORTHOGONAL | Fact.SIMPLEX, Fact.DIAGONAL | Fact.SIMPLEX,
    Fact.ORTHONORMAL_COLUMNS | Fact.POSITIVE_SEMIDEFINITE,
)  # fmt: skip


def variable(facts: Fact) -> Symbol:
    return Symbol.make("X", N, N, closure(facts))


@pytest.mark.parametrize("facts", FIXED)
@pytest.mark.parametrize("form", ["gradient", "jacobian", "differential", "components"])
def test_what_cannot_change_has_the_derivative_zero(facts: Fact, form: str) -> None:
    x = variable(facts)
    found = derive(mg.trace(A @ x), x, form=form)
    assert is_zero(found.expr) if isinstance(found.expr, Expr) else not found.expr.terms
    assert not found.verification.verified
    assert "cannot change" in found.verification.reason


def test_orthogonal_symmetric_and_skew_matrices_have_their_own_tangent_spaces() -> None:
    x = variable(Fact.ORTHOGONAL | Fact.SYMMETRIC)
    assert str(mg.gradient(mg.trace(A @ x), x)) == "(A + A' - X (A + A') X)/4"
    y = variable(Fact.ORTHOGONAL | Fact.SKEW)
    assert mg.equivalent(mg.gradient(mg.trace(A @ y), y), (A.T - A + y @ (A.T - A) @ y) / 4)


def test_columns_of_the_simplex_are_centred_each() -> None:
    x = mg.matrix("X", "m", "n", simplex=True)
    b = mg.matrix("B", "m", "n")
    ones = mg.parse("ones(m, m)", "B: m×n")
    assert mg.equivalent(mg.gradient(mg.trace(b.T @ x), x), b - ones @ b / mg.parse("m", "B: m×n"))


@pytest.mark.parametrize(
    "facts",
    [Fact.SIMPLEX | Fact.SYMMETRIC, Fact.SIMPLEX | Fact.LOWER_TRIANGULAR],
)
def test_sets_that_are_no_surface_are_refused(facts: Fact) -> None:
    x = variable(facts)
    for form in ("gradient", "differential"):
        with pytest.raises(mg.NotDifferentiableError, match="neither a subspace nor one smooth surface"):
            derive(mg.trace(A @ x), x, form=form)


def test_orthonormal_nonnegative_columns_are_refused_but_for_one() -> None:
    x = mg.matrix("X", "m", "n", orthonormal=True, nonnegative=True)
    with pytest.raises(mg.NotDifferentiableError):
        derive(mg.trace(mg.matrix("B", "n", "m") @ x), x)
    one = mg.vector("x", "m", orthonormal=True, nonnegative=True)
    assert derive(mg.dot(mg.vector("b", "m"), one), one).verification.verified


def test_a_gradient_that_stands_out_of_the_tangent_space_is_not_verified() -> None:
    x = variable(Fact.ORTHOGONAL | Fact.SYMMETRIC)
    f = mg.trace(A @ x)

    def claim(xp: Any, at: Any, v: Any) -> Any:
        return inner(xp, at[0], v)

    right = mg.gradient(f, x)
    verify_claim(f, x, [right], claim, tangent=True)
    out = right + x @ (A + A.T) @ x + A + A.T  # the added part is normal to the set
    verify_claim(f, x, [out], claim)
    with pytest.raises(mg.VerificationError):
        verify_claim(f, x, [out], claim, tangent=True)


def test_no_direction_is_no_verification() -> None:
    x = variable(Fact.ORTHOGONAL | Fact.DIAGONAL)
    found = verify_claim(mg.trace(A @ x), x, [A], lambda xp, at, v: inner(xp, at[0], v))
    assert not found.verified
    assert "X cannot change" in found.reason


def test_a_derivative_of_another_shape_is_refused_whatever_the_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = mg.vector("x", "n"), mg.vector("y", "n")
    monkeypatch.setattr("matgrad.calculus.derivative.Derivative.gradient", A)
    with pytest.raises(mg.VerificationError, match="shape n×n where n×1 is due"):
        derive(mg.dot(x, y), x)


def test_a_whole_variable_is_told_to_be_taken_for_real() -> None:
    f = mg.parse("x^k", "x: scalar positive, k: integer")
    notes = derive(f, mg.scalar("k", integer=True)).notes
    assert notes == ("k is declared whole: the derivative is that of the same formula for real k",)


@pytest.mark.parametrize(
    ("words", "fix"),
    [
        ("diagonal positive", "D: n×n diagonal positive definite"),
        ("lower triangular positive", "D: n×n lower triangular nonnegative invertible"),
        ("skew positive", "D: n×n skew"),
        ("positive orthogonal", "D: n×n orthogonal"),
    ],
)
def test_a_matrix_with_zeros_cannot_be_declared_positive(words: str, fix: str) -> None:
    with pytest.raises(mg.DeclarationError, match="which is said of every entry") as caught:
        mg.derive("tr(A D)", "D", given=f"A: n×n, D: n×n {words}")
    assert caught.value.fix == fix
    assert mg.derive("tr(A D)", "D", given=f"A: n×n, {fix}").verification.verified


@pytest.mark.parametrize(
    ("text", "variable", "expected"),
    [
        ("-sum(Y .* column_log_softmax(Z))", "Z", "column_softmax(Z) - Y"),
        ("-sum(Y' .* row_log_softmax(Z'))", "Z", "column_softmax(Z) - Y"),
        ("-sum(Y .* column_log_softmax(W*X))", "W", "(column_softmax(W X) - Y) X'"),
        ("norm(Y'*ones(k) - b)^2", "b", "2 (b - 1)"),
    ],
)
def test_columns_of_labels_sum_to_one(text: str, variable: str, expected: str) -> None:
    given = "Y: k×n simplex integer, Z: k×n, W: k×p, X: p×n, b: n"
    assert str(mg.gradient(text, variable, given=given)) == expected
    plain = mg.gradient(text, variable, given=given.replace(" simplex integer", ""))
    assert str(plain) != expected


@pytest.mark.parametrize("text", ["Y[1:2, :]", "2 Y", "Y + Y", "Y .* Y", "A Y", "Y'", "diag(p) Y"])
def test_what_is_made_of_labels_need_not_sum_to_one(text: str) -> None:
    made = mg.parse(text, "Y: 3×3 simplex, A: 3×3, p: 3")
    assert not made.facts & Fact.SIMPLEX
