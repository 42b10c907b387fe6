"""Lines of a formula: nothing is lost, none is too wide, and they break where people break them."""

from __future__ import annotations

import re

import pytest

from matgrad.typesetting.atoms import atoms_of, joined, width
from matgrad.typesetting.breaking import broken

FORMULAS = [
    r"\operatorname{tr}((X^{\top} A X)^{-1} X^{\top} A \, \mathrm{d}X)"
    r" + \operatorname{tr}((X^{\top} A X)^{-\top} X^{\top})",
    r"A X (X^{\top} A X)^{-1} + A^{\top} X (X^{\top} A X)^{-\top} - 2 \lambda X"
    r" \quad\text{where } H = X (X^{\top} X)^{-1} X^{\top}",
    r"\left\|\frac{a + b}{c} - \sum_{i=1}^{n} x_i y_i\right\|^2"
    r" + \left(\alpha\beta + \frac{1}{2} Y\right)^{\top} (Y - X)",
    r"\operatorname{softmax}(W x) \odot (\operatorname{softmax}(W x) - y) \otimes \operatorname{vec}(X)",
]


def told(text: str) -> str:
    """The atoms without blanks, fixed brackets as those that grow, and signs that a break brings left out."""
    text = re.sub(r"\\(?:left|right|[bB]igg?[lr])(?![A-Za-z])", "", text)
    return re.sub(r"\s|\\quad|\\qquad|\{\}(?:\\cdot)?|\\,", "", text)


@pytest.mark.parametrize("formula", FORMULAS)
@pytest.mark.parametrize("room", [400, 230, 160, 110, 80])
def test_lines_hold_the_whole_formula(formula: str, room: float) -> None:
    lines = broken(formula, room)
    assert "".join(told(text) for text, _ in lines) == told(formula)
    assert all(quads in (0, 1, 2) for _, quads in lines)
    if room >= 110:
        assert all(width(text) + 10 * quads <= room for text, quads in lines)


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_that_fits_stays_as_it_is(formula: str) -> None:
    assert broken(formula, 1000) == [(formula, 0)]
    assert joined(atoms_of(formula)) == formula


def test_sums_break_before_their_signs_and_products_at_a_dot() -> None:
    assert broken("A B C + D E F - G H", 60) == [("A B C", 0), ("{}+ D E F", 1), ("{}- G H", 1)]
    lines = [text for text, _ in broken("(A + B) (C + D) (E + F) (G + H)", 110)]
    assert len(lines) == 2
    assert lines[1].startswith(r"{}\cdot (")
    assert all(text.count("(") == text.count(")") for text in lines)


def test_brackets_that_grow_are_opened_for_a_break_alone() -> None:
    tall = r"2 \left(\frac{A}{n} X Y Z + \frac{B}{n} X Y Z\right)"
    assert broken(tall, 200) == [(tall, 0)]
    lines = [text for text, _ in broken(tall, 70)]
    assert lines[0].startswith(r"2 \biggl(")
    assert lines[-1].endswith(r"\biggr)")


def test_a_fraction_that_no_line_holds_becomes_a_product() -> None:
    wide = r"\frac{A X B + C X D + E X F}{2 r^{3}}"
    assert next(text for text, _ in broken(wide, 80)).startswith(r"\frac{1}{2 r^{3}} \Bigl(A X B")


def test_nothing_is_torn_from_its_operator() -> None:
    for text, _ in broken(r"\mathrm{d}X \, Y \, \mathrm{d}Z \, \log(x) \operatorname{tr}(A B)", 40):
        assert not text.endswith((r"\mathrm{d}", r"\log", r"\operatorname{tr}"))
