"""How formulas look: bold letters, signs, environments, and what is refused."""

from __future__ import annotations

import re

import pytest

import matgrad as mg
from matgrad.core.expr import OPERATIONS
from matgrad.explanation.citations import worded


def test_letters_of_vectors_and_matrices_are_bold_and_scalars_are_not() -> None:
    derivation = mg.explain("s x' A x", "x", given="s: scalar")
    text = derivation.latex(style=mg.LatexStyle(bold=True))
    assert r"\mathbf{x}^{\top} \mathbf{A} \mathbf{x}" in text
    assert r"\mathbf{s}" not in text
    assert r"\mathbf{f}" not in text
    assert r"\frac{\partial f}{\partial \mathbf{x}}" in text
    greek = mg.derive("(x - mu)' (x - mu)", "mu", given="mu: n").latex(mg.LatexStyle(bold=True))
    assert r"\boldsymbol{\mu}" in greek


@pytest.mark.parametrize(
    ("sign", "shown"),
    [("T", "A^{T}"), (r"\mathsf{T}", r"A^{\mathsf{T}}"), ("'", "A'"), (r"\intercal", r"A^{\intercal}")],
)
def test_the_sign_of_a_transpose_is_the_one_asked_for(sign: str, shown: str) -> None:
    text = mg.derive("x' A x", "x").latex(mg.LatexStyle(transpose=sign))
    assert shown in text
    assert r"\top" not in text


def test_a_differential_is_upright_or_not() -> None:
    derivation = mg.explain("x' x", "x")
    assert r"\mathrm{d}" in derivation.latex(style=mg.LatexStyle())
    assert r"\mathrm{d}" not in derivation.latex(style=mg.LatexStyle(upright=False))


def test_environments() -> None:
    result, derivation = mg.derive("x' x", "x"), mg.explain("x' x", "x")
    assert result.latex() == r"\[ \frac{\partial f}{\partial x} = 2 x \]"
    assert result.latex(mg.LatexStyle(numbered=True)).startswith(r"\begin{equation}")
    numbered = derivation.latex(style=mg.LatexStyle(numbered=True))
    assert numbered.startswith("\\begin{align}\n")
    assert numbered.count(r"\nonumber") == numbered.count(r"\\")
    inner = derivation.latex(style=mg.LatexStyle(environment="aligned"))
    assert inner.startswith("\\[\n\\begin{aligned}")
    assert inner.endswith("\\end{aligned}\n\\]")


def test_a_style_is_told_in_words() -> None:
    assert mg.LatexStyle.of("two columns, bold, transpose T, numbered") == mg.LatexStyle(
        width=240, bold=True, transpose="T", numbered=True
    )
    assert mg.LatexStyle.of("") == mg.LatexStyle()
    assert mg.LatexStyle.of("width 300pt, italic d, transpose intercal") == mg.LatexStyle(
        width=300, upright=False, transpose=r"\intercal"
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: mg.LatexStyle.of("three columns"),
            "'three columns' says nothing about the style of formulas",
        ),
        (lambda: mg.LatexStyle(transpose="t"), "'t' is no sign of a transpose"),
        (lambda: mg.LatexStyle(environment="table"), "'table' is no environment that derivations are set in"),
        (lambda: mg.derive("x' x", "x").latex(3), "3 is no style of formulas"),  # type: ignore[arg-type]
        (lambda: mg.LatexStyle(width=3), "a column is 100 to 10000 pt wide, not 3"),
        (lambda: mg.LatexStyle(width="wide"), "a column is 100 to 10000 pt wide, not 'wide'"),  # type: ignore[arg-type]
    ],
)
def test_what_says_nothing_is_refused(call: object, message: str) -> None:
    with pytest.raises(mg.ArgumentError, match=re.escape(message)):
        call()  # type: ignore[operator]


def test_legends_hold_no_sign_that_a_text_font_lacks() -> None:
    legends = {worded(legend, "en", "latex") for op in OPERATIONS.values() if (legend := op.legend)}
    assert len(legends) > 10
    # Signs of ISO 8859-1 and names with accents are set by every LaTeX.
    assert not [text for text in legends if max(map(ord, text)) > 0x24F]
