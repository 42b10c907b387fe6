"""Equations are read side by side: one set of names, errors under the place that was typed."""

from __future__ import annotations

import pytest

from matgrad.core.errors import MatgradError, ParseError, ShapeError
from matgrad.language.equations import interpret_equation, is_equation

READ = [
    ("A X B + C X D = E", None, "A X B + C X D", "E"),
    ("A'X + X A + Q = 0", None, "A' X + Q + X A", "zeros(n, n)"),
    ("X = A X A' + Q", None, "X", "A X A' + Q"),
    ("I = A X", None, "eye(m)", "A X"),
    (r"A X B + C X D &= E", None, "A X B + C X D", "E"),
    ("A X = E + F where F = G'", None, "A X", "E + G'"),
    ("A @ X = b - c", "b: m×p, c: m×p", "A X", "b - c"),
    ("sum_{i=1}^N A_i X = C", "A_i: m×n, i = 1..N", "(sum_i A_i) X", "C"),
]


@pytest.mark.parametrize(("text", "given", "left", "right"), READ)
def test_sides(text: str, given: str | None, left: str, right: str) -> None:
    found = interpret_equation(text, given)
    assert (str(found.left), str(found.right)) == (left, right)


@pytest.mark.parametrize(
    ("text", "kind", "marked"),
    [
        ("A X B", ParseError, "A X B"),
        ("A X = = B", ParseError, "="),
        ("A X = B = C", ParseError, "="),
        ("= A X", ParseError, "="),
        ("A X = B + x", ShapeError, "B + x"),
        ("A X = trase(B)", ParseError, "trase"),
    ],
)
def test_errors_lie_where_they_were_typed(text: str, kind: type[MatgradError], marked: str) -> None:
    with pytest.raises(kind) as caught:
        interpret_equation(text)
    assert caught.value.text == text
    assert caught.value.span is not None
    start, end = caught.value.span
    assert text[start:end].strip() == marked


def test_a_relation_is_no_equation() -> None:
    assert not is_equation("x >= 0")
    assert not is_equation("sum_{i=1}^n x_i")
    assert is_equation("A x = b")
