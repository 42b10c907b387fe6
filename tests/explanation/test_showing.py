"""What a line shows is seen by its expressions: the answer, alone, among factors, or lying as a row."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.explanation.lines import Formula, Line, alike, width
from matgrad.explanation.showing import holds, shows
from matgrad.explanation.sides import added
from matgrad.explanation.unsimplified import plus
from matgrad.ops.leaves import number

GIVEN = "A: n×n, B: n×n, X: n×n, a: n, x: n, w: n, t: scalar"


def read(text: str) -> mg.Expr:
    """An expression in the names of the tests."""
    return mg.parse(text, GIVEN)


@pytest.mark.parametrize(
    ("line", "answer", "is_shown"),
    [
        ("2 (x - a)' w", "2 (x - a)", True),
        ("A'", "A'", True),
        ("tr(A' X B)", "A'", False),
        ("tr(A X)", "A' B'", False),
        ("exp(a' x) a' w", "exp(a' x) a", True),
        ("A B X A w", "B X A", True),
        ("A B X A w", "A X A", False),
        ("-sum(sin(X) .* A)", "-sin(X)", False),
        ("-sin(x)' w", "-sin(x)", True),
        ("A .* B .* cos(X)", "B .* cos(X)", True),
        ("norm(x - a)^2", "norm(a)^2", False),
    ],
)
def test_an_answer_is_seen_where_it_stands(line: str, answer: str, is_shown: bool) -> None:
    assert shows(Line(Formula(read(line))), read(answer)) is is_shown


def test_some_of_the_terms_of_a_sum_are_held() -> None:
    assert holds(read("A + B + X"), read("A + X"))
    assert not holds(read("A + B"), read("A + X"))


def test_sides_are_alike_by_what_they_are_made_of() -> None:
    first, second = read("a' x"), read("t")
    assert alike(added([first]), Formula(first))
    assert alike(Formula(plus(first, second)), Formula(first + second))
    assert not alike(added([first, second]), Formula(first))
    assert not alike(added([number(2) * first, number(2) * second]), Formula(number(2) * (first + second)))


def test_the_width_is_that_of_the_line() -> None:
    assert width(Formula(read("A X"))) == 2
