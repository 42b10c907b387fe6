"""Derivations of several lines: the first wrong line is named, and what is wrong with it."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad.checking import check_derivation


def statuses(text: str, **options: str) -> list[str]:
    """What each equation is found to be."""
    return [step.status for step in check_derivation(text, **options).steps]


def test_all_lines_right() -> None:
    text = """
    # least squares
    A: m×n
    r = A x - b
    f = r' r
    df = 2 r' dr
    dr = A dx
    df = 2 r' A dx
    grad = 2 A' r = 2 A' (A x - b)
    H = 2 A' A
    """
    verdict = check_derivation(text)
    assert verdict.correct
    assert bool(verdict)
    assert [s.status for s in verdict.steps] == ["given", "given", *["right"] * 6]
    assert str(verdict).endswith("every line is right")


def test_the_first_wrong_line_is_named_with_its_reason() -> None:
    verdict = check_derivation("f = x' A x\ndf = dx' A x + x' A dx\n   = 2 x' A dx\n\ngrad = 2 A' x\n", "x")
    assert not verdict
    assert verdict.first_wrong is not None
    assert verdict.first_wrong.number == 3
    assert verdict.first_wrong.verdict is not None
    assert verdict.first_wrong.verdict.mistake == "fact"
    assert [s.status for s in verdict.steps] == ["given", "right", "wrong", "follows"]
    assert "line 3" in str(verdict)


@pytest.mark.parametrize(
    ("text", "number", "mistake"),
    [
        ("f = log det(X)\ndf = tr(inv(X) dX)\nd(inv(X)) = inv(X) dX inv(X)", 3, "sign"),
        ("f = tr(X' A X)\ndf = tr(dX' A X + X' A dX)\n= tr(X' (A + A') dX)\ngrad = (A + A')' X'", 4, None),
        ("f = norm(A x - b)^2\n= x' A' A x - 2 b' A x - b' b\ndf = 2 x' A' A dx - 2 b' A dx", 2, "term_sign"),
        ("y = sigmoid(W x)\nf = sum(y)\ndy = y .* (1 - y) .* (W dx)\ngrad = y .* (1 - y)", 4, None),
        ("wrt x\nf = a' x\ngrad = a = a + x", 3, "extra_term"),
        ("F = X A X\ndF = dX A X", 2, "lost_term"),
        ("wrt X\nf = a' X b\n∂f/∂X = b a'\nJ = vec(b a')'", 4, None),
    ],
)
def test_wrong_lines(text: str, number: int, mistake: str | None) -> None:
    verdict = check_derivation(text)
    wrong = verdict.first_wrong
    assert wrong is not None
    assert wrong.number == number, str(verdict)
    assert wrong.verdict is not None
    assert mistake is None or wrong.verdict.mistake == mistake


def test_the_place_is_that_in_the_line() -> None:
    verdict = check_derivation("f = sum(W .* W .* W)\ngrad = 3 W", "W")
    assert verdict.first_wrong is not None
    found = verdict.first_wrong.verdict
    assert found is not None
    assert found.answer == "grad = 3 W"
    assert found.place == (9, 10)


def test_the_variable_is_found_or_asked_for() -> None:
    assert statuses("f = x' A x\ndf = x' (A + A') dx") == ["given", "right"]
    assert statuses("f = x' A x\n∂f/∂x = (A + A') x") == ["given", "right"]
    assert statuses("wrt x\nf = x' A x\ngrad = (A + A') x") == ["given", "right"]
    with pytest.raises(mg.ArgumentError, match="with respect to what"):
        check_derivation("f = x' A y\ngrad = A y")


def test_the_language_and_the_layout_are_handed_on() -> None:
    text = "f = a' x\n∂f/∂x = a'"
    assert check_derivation(text).correct
    strict = check_derivation(text, layout="denominator", language="zh")
    assert "第 2 行" in str(strict)
    assert "分子布局" in str(strict)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f = x' A x\ndf = 2 x' A )", "with respect to what"),
        ("wrt x\nf = x' A x\ndf = 2 x' A )", "line 3"),
        ("wrt x\nf = x' A x\ngrad = 2 B x", "line 3: B does not occur"),
        ("wrt x\ngrad = 2 A x = 3", "line 2"),
        ("wrt x\nA: n×n symetric\nf = x' A x\ngrad = 2 A x", "line 2"),
        ("wrt x\nf = x' A x", "nothing is derived"),
        ("wrt y\nf = x' A x\ngrad = 2 A x", "y does not occur"),
        ("wrt x\n= x' A x", "line 2"),
        ("", "with respect to what"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(text: str, message: str) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        check_derivation(text)
    assert message in caught.value.message
