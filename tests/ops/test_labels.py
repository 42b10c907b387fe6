"""Rows and columns on the simplex, and one-hot ones: sums that are 1, powers that change no entry."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.facts import Fact
from matgrad.verify.equality import same_value

RNG = np.random.default_rng(8)


@pytest.mark.parametrize("words", ["one-hot rows", "simplex rows", "rows on the simplex", "row-stochastic"])
@pytest.mark.parametrize(
    ("text", "variable", "expected"),
    [
        ("-sum(Y .* row_log_softmax(Z))", "Z", "row_softmax(Z) - Y"),
        ("-sum(Y' .* column_log_softmax(Z'))", "Z", "row_softmax(Z) - Y"),
        ("-sum(Y .* row_log_softmax(X*W))", "W", "X' (row_softmax(X W) - Y)"),
        ("norm(Y*ones(k) - b)^2", "b", "2 (b - 1)"),
        ("-sum(Y .* log(row_softmax(Z)))", "Z", "row_softmax(Z) - Y"),
    ],
)
def test_rows_of_labels_sum_to_one(words: str, text: str, variable: str, expected: str) -> None:
    given = f"Y: N×k {words}, Z: N×k, W: d×k, X: N×d, b: N"
    found = mg.derive(text, variable, given=given)
    assert str(found.expr) == expected
    assert found.verification.verified
    assert str(mg.gradient(text, variable, given=given.replace(f" {words}", ""))) != expected


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Y*ones(k)", "ones(N)"),
        ("ones(k)'*Y'", "ones(N)'"),
        ("sum(Y)", "N"),
        ("Y .* Y", "Y"),
        ("Y.^3", "Y"),
        ("C'.^2", "C'"),
        ("ones(k)'*C", "ones(N)'"),
        ("C'*ones(k)", "ones(N)"),
        ("norm(Y)^2", "N"),
    ],
)
def test_what_follows_from_it(text: str, known: str) -> None:
    given = "Y: N×k one-hot rows, C: k×N one-hot columns"
    assert same_value(mg.parse(text, given), mg.parse(known, given))
    if "norm" not in text:
        assert mg.simplify(mg.parse(text, given)) is mg.parse(known, given)


@pytest.mark.parametrize(
    "text",
    ["Y[1:2, :]", "2*Y", "Y + Y", "A*Y", "Y*A", "diag(p)*Y", "S.^2", "S.*S", "Y - S", "Y(:, 1:2)", "Y.^0.5"],
)
def test_what_is_made_of_labels_need_not_be_labels(text: str) -> None:
    made = mg.parse(text, "Y: 3×3 one-hot rows, S: 3×3 simplex rows, A: 3×3, p: 3")
    if text not in ("Y[1:2, :]", "Y.^0.5"):
        assert not made.facts & (Fact.SIMPLEX_ROWS | Fact.SIMPLEX | Fact.ONE_HOT_ROWS)
    assert not made.facts & (Fact.SIMPLEX | Fact.ONE_HOT)


def test_the_facts_of_rows_are_those_of_columns_of_the_transpose() -> None:
    y = mg.parse("Y", "Y: N×k one-hot rows")
    assert y.T.facts & Fact.ONE_HOT
    assert y.T.facts & Fact.SIMPLEX
    assert not y.T.facts & (Fact.SIMPLEX_ROWS | Fact.ONE_HOT_ROWS)
    assert y.T.T is y
    assert mg.parse("row_softmax(X)", "X: m×n").facts & Fact.SIMPLEX_ROWS
    assert not mg.parse("row_softmax(X)", "X: m×n").facts & Fact.SIMPLEX
    assert mg.parse("column_softmax(X)", "X: m×n").facts & Fact.SIMPLEX


def test_gradients_by_rows_on_the_simplex_are_centred() -> None:
    g = mg.gradient("tr(A'*Y)", "Y", given="Y: N×k simplex rows, A: N×k")
    a = RNG.normal(size=(4, 3))
    found = mg.evaluate(g, {"A": a, "Y": np.full((4, 3), 1 / 3)} if "Y" in str(g) else {"A": a})
    assert np.allclose(found, a - a.mean(axis=1, keepdims=True))
    both = mg.derive("tr(A'*Y)", "Y", given="Y: N×N simplex rows simplex, A: N×N")
    assert both.verification.verified
    a = RNG.normal(size=(4, 4))
    assert isinstance(both.expr, mg.Expr)
    found = mg.evaluate(both.expr, {"A": a})
    assert np.allclose(found.sum(axis=0), 0)
    assert np.allclose(found.sum(axis=1), 0)
    assert str(mg.gradient("tr(A'*Y)", "Y", given="Y: N×k one-hot rows, A: N×k")) == "zeros(N, k)"


BAD: list[tuple[str, Any]] = [
    ("one-hot rows", [[1.0, 0, 0], [0.5, 0.5, 0]]),
    ("one-hot rows", [[1.0, 0, 0], [1, 0, 1]]),
    ("one-hot rows", [[1.0, 0, 0], [0, 0, 0]]),
    ("one-hot rows", [[2.0, -1, 0], [0, 0, 1]]),
    ("one-hot columns", [[1.0, 0, 0], [1, 1, 1]]),
    ("simplex rows", [[0.5, 0.5, 0.1], [0, 0, 1]]),
    ("simplex rows", [[1.5, -0.5, 0.0], [0, 0, 1]]),
]


@pytest.mark.parametrize(("words", "array"), BAD)
def test_arrays_are_held_to_it(words: str, array: Any) -> None:
    f = mg.parse("-sum(Y .* row_log_softmax(Z))", f"Y: N×k {words}, Z: N×k")
    z = RNG.normal(size=(2, 3))
    with pytest.raises(mg.EvaluationError, match="Y is declared"):
        mg.evaluate(f, {"Y": np.array(array), "Z": z})
    with pytest.raises(mg.EvaluationError, match="Y is declared"):
        mg.compile(f)(Y=np.array(array), Z=z)


def test_code_is_the_experts() -> None:
    f = mg.parse("-sum(Y .* row_log_softmax(Z))", "Y: N×k one-hot rows, Z: N×k")
    function = mg.compile([f, mg.gradient(f, "Z")])
    z, labels = RNG.normal(size=(7, 4)), np.eye(4)[RNG.integers(4, size=7)]
    value, gradient = function(Y=labels, Z=z)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert np.isclose(value, -np.sum(labels * np.log(p)))
    assert np.allclose(gradient, p - labels)


def test_one_hot_of_a_matrix_is_asked_about() -> None:
    with pytest.raises(mg.DeclarationError, match="may be its rows or its columns"):
        mg.parse("Y*x", "Y: N×k one-hot, x: k")
    assert mg.parse("y", "y: k one-hot").facts & Fact.ONE_HOT
