"""Macros: on tokens, with arguments, in the text or handed along."""

from __future__ import annotations

import pytest

import matgrad as mg

GIVEN = "A: m×n, X: m×n, x: n, b: m"
F = mg.parse("dot(A, X) + norm(A x - b)^2", GIVEN)
FORMULA = r"\ip{A}{X} + \nrm{A x - b}^2"


@pytest.mark.parametrize(
    "macros",
    [
        r"\newcommand{\ip}[2]{\langle #1, #2 \rangle}\newcommand{\nrm}[1]{\left\lVert #1 \right\rVert}",
        r"\newcommand\ip[2]{\langle #1, #2 \rangle}\renewcommand{\nrm}[1]{\|#1\|_2}",
        r"\def\ip#1#2{\langle #1,#2\rangle} \def\nrm#1{\|#1\|}",
        r"\providecommand*{\ip}[2]{\langle #1, #2 \rangle}\DeclarePairedDelimiter{\nrm}{\lVert}{\rVert}",
        r"\NewDocumentCommand{\ip}{m m}{\operatorname{tr}(#1^\top #2)} \newcommand{\nrm}[1]{\norm{#1}}",
        {r"\ip": r"\langle #1, #2 \rangle", r"\nrm": r"\lVert #1 \rVert"},
        "\\newcommand{\\inner}[2]{\\langle #1, #2 \\rangle} % it\n\\let\\ip\\inner \\def\\nrm#1{\\|#1\\|}",
    ],
)
def test_macros_handed_along(macros: str | dict[str, str]) -> None:
    assert mg.parse(FORMULA, GIVEN, macros=macros) is F
    if isinstance(macros, str):
        assert mg.parse(macros + "\n" + FORMULA, GIVEN) is F


def test_an_operator_and_an_optional_argument() -> None:
    macros = r"\DeclareMathOperator{\Trace}{tr}\newcommand{\half}[1][2]{\frac{1}{#1}}"
    read = mg.parse(r"\half \Trace(X^\top X) + \half[4] \Trace(A^\top X)", GIVEN, macros=macros)
    assert read is mg.parse("1/2 tr(X' X) + 1/4 tr(A' X)", GIVEN)


def test_a_macro_wins_over_what_a_command_means() -> None:
    assert mg.parse(r"\vec", "x: n", macros=r"\newcommand{\vec}{x}", syntax="latex") is mg.parse("x", "x: n")


def test_an_error_in_an_argument_points_into_the_formula() -> None:
    with pytest.raises(mg.ShapeError) as caught:
        mg.parse(r"\nrm{A b}", GIVEN, macros=r"\newcommand{\nrm}[1]{\|#1\|}")
    assert caught.value.span == (5, 8)


@pytest.mark.parametrize(
    ("macros", "says"),
    [
        (r"\newcommand{\x}{\x\x}", "does not come to an end"),
        (r"\def\x{\y}\def\y{\x}", "does not come to an end"),
        (r"\newcommand{x}{y}", "defines no command"),
        (r"\newcommand{\x}[1]{#2}", "no argument of it"),
        (r"\newcommand{\x}{y", "never closed"),
        (r"\newcommand{\x}", "too few arguments"),
    ],
)
def test_macros_that_cannot_be(macros: str, says: str) -> None:
    with pytest.raises(mg.ParseError, match=says):
        mg.parse(r"\x y", "y: n", macros=macros)


def test_macros_are_text_or_a_mapping() -> None:
    with pytest.raises(mg.ArgumentError, match="text or as a mapping"):
        mg.parse(r"\x", macros=3)  # type: ignore[arg-type]
