"""Names and declarations may be pasted as LaTeX as well."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.language import parse_declarations
from matgrad.language.latex.plain import plain_text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"\boldsymbol{\beta}", "beta"),
        (r"\mathbf{X}", "X"),
        (r"\hat{\mathbf{y}}", "y_hat"),
        (r"\tilde X", "X_tilde"),
        (r"\theta_{1}", "theta_1"),
        (r"\mathbf{W}^{(1)}", "W_sup1"),
        ("X[1, :]", "X[1, :]"),
        ("x'", "x'"),
        (r"\mathbf{", r"\mathbf{"),
    ],
)
def test_names(text: str, plain: str) -> None:
    assert plain_text(text) == plain


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (r"\mathbf{X} \in \mathbb{R}^{m\times n}, \hat y: m", "X: m×n, y_hat: m"),
        (
            r"\Sigma: n\times n SPD, \mu: n, \lambda: scalar positive",
            "Sigma: n×n SPD, mu: n, lambda: scalar positive",
        ),
        (r"\mathbf{x}_i \in \mathbb{R}^{d}, i = 1..N", "x_i: d, i = 1..N"),
        (r"W^{(1)}: m \times n", "W_sup1: m×n"),
    ],
)
def test_declarations(text: str, same: str) -> None:
    assert parse_declarations(text).entries.keys() == parse_declarations(same).entries.keys()
    assert parse_declarations(text).symbols == parse_declarations(same).symbols


def test_a_variable_is_named_as_in_the_formula() -> None:
    given = r"\Sigma: n\times n SPD, \tilde X: m\times n"
    assert mg.gradient(r"\log|\Sigma|", r"\Sigma", given=given) is mg.gradient(
        "logdet(Sigma)", "Sigma", given=given
    )
    by_x = mg.gradient(r"\|\tilde X\|_F^2", r"\tilde{X}", given=given)
    assert by_x is mg.parse("2 X_tilde", "X_tilde: m×n")
