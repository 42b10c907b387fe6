"""What is linear in an unknown is taken apart: c A X B, c A Xᵀ B, other maps, and a rest."""

from __future__ import annotations

import pytest

from matgrad.calculus.linear_terms import linear_terms
from matgrad.core.expr import symbols_of
from matgrad.language import parse
from matgrad.ops.arithmetic import add
from matgrad.verify.equality import same_value

SIDED = [
    ("A X B + C X D - E", "", [("A", "B", False), ("C", "D", False)]),
    ("A X + X' B - C", "", [("A", "eye(m)", False), ("eye(m)", "B", True)]),
    ("A X B + C X B", "", [("A + C", "B", False)]),
    ("A X + A X B", "", [("A", "B + eye(p)", False)]),
    ("3 A X - t X + C", "t: scalar, X: n×p", [("3 A - t eye(n)", "eye(p)", False)]),
    ("sum_i A_i X B", "A_i: m×n, i = 1..N", [("sum_i A_i", "B", False)]),
    ("(A X B)'", "", [("B'", "A'", True)]),
]


@pytest.mark.parametrize(("text", "given", "expected"), SIDED)
def test_terms_between_two_factors(text: str, given: str, expected: list[tuple[str, str, bool]]) -> None:
    expr = parse(text, given)
    found = linear_terms(expr, [symbols_of(expr)["X"]])
    assert found is not None
    assert [(str(t.left), str(t.right), t.transposed) for t in found.terms] == expected
    assert same_value(add(*(term.expr for term in found.terms), found.rest), expr)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("A .* X + X - B", ""),
        ("sum_i A_i X B_i", "A_i: m×n, B_i: p×q, i = 1..N"),
        ("A diag(X) - b", "X: n×n"),
        ("tr(A X) B + C X", ""),
    ],
)
def test_other_maps_are_kept_and_add_up(text: str, given: str) -> None:
    expr = parse(text, given)
    found = linear_terms(expr, [symbols_of(expr)["X"]])
    assert found is not None
    assert not all(term.is_two_sided for term in found.terms)
    assert same_value(add(*(term.expr for term in found.terms), found.rest), expr)


def test_several_unknowns() -> None:
    expr = parse("A X + B Y C - D")
    x, y = symbols_of(expr)["X"], symbols_of(expr)["Y"]
    found = linear_terms(expr, [x, y])
    assert found is not None
    assert [str(t.left) for t in found.of(x)] == ["A"]
    assert [str(t.right) for t in found.of(y)] == ["C"]
    both = parse("A X + X Y", "A: n×n, X: n×n, Y: n×n")
    assert linear_terms(both, [symbols_of(both)["X"], symbols_of(both)["Y"]]) is None


@pytest.mark.parametrize("text", ["A X X'", "inv(X) + X", "A X + sign(X)", "X + relu(X)", "exp(X) + A"])
def test_what_is_not_linear_is_none(text: str) -> None:
    expr = parse(text, "X: n×n, A: n×n")
    assert linear_terms(expr, [symbols_of(expr)["X"]]) is None
