"""What is shown: the lines of a verdict, in both languages, with its counterexample."""

from __future__ import annotations

import re
import string
from pathlib import Path
from typing import Any

import pytest

import matgrad as mg
import matgrad.checking
from matgrad.calculus.structure import STRUCTURES
from matgrad.checking.messages import MESSAGES, say
from matgrad.core.facts import BANDS, FACT_ADJECTIVES
from matgrad.core.words import LANGUAGES
from tests.checking.test_forms import verdict

SOURCES = [path.read_text(encoding="utf-8") for path in Path(matgrad.checking.__file__).parent.glob("*.py")]


def fields(text: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_name_the_same_in_both_languages(name: str) -> None:
    message = MESSAGES[name]
    assert fields(message.english) == fields(message.text("zh"))
    assert message.english
    assert re.search("[一-鿿]", message.text("zh"))


@pytest.mark.parametrize("name", MESSAGES)
def test_every_message_is_used(name: str) -> None:
    composed = ("right_", "convention_", "scalar_factor_", "term_scalar_", "line_")
    quoted = (f'"{name}"', f"'{name}'")
    used = any(q in source for q in quoted for source in SOURCES if "MESSAGES: dict" not in source)
    assert used or name.startswith(composed) or name.endswith("_beside")


def test_facts_are_the_words_of_declarations() -> None:
    for fact, words in FACT_ADJECTIVES.items():
        declared = "banded(2, 1)" if fact is BANDS else words.english
        assert mg.parse("A", f"A: n×n {declared}").facts & fact
    assert {s.fact for s in STRUCTURES if not s.is_fixed} <= set(FACT_ADJECTIVES)


def test_a_wrong_answer_is_told_what_is_wrong_what_is_right_and_how_to_declare_it() -> None:
    assert str(verdict("x' A x", "x", "2 A x")).split("\n") == [
        "wrong: 2Ax is right only if A is symmetric (it is not declared so)",
        "right: ∂f/∂x = (A + Aᵀ)x",
        'if it is, declare it: --given "A: n×n symmetric"',
    ]


def test_a_declaration_that_is_offered_makes_the_answer_right() -> None:
    assert verdict("x' A x", "x", "2 A x", "A: n×n symmetric").correct


def test_a_place_in_the_answer_is_pointed_at() -> None:
    assert str(verdict("sum(W .* W .* W)", "W", "df/dW = 3 W")).split("\n") == [
        "wrong: a power is missing: W should be W ⊙ W",
        "  df/dW = 3 W",
        "            ^",
        "right: ∂f/∂W = 3(W ⊙ W)",
    ]


def test_the_same_in_chinese() -> None:
    lines = str(verdict("x' A x", "x", "2 A x", language="zh")).split("\n")
    assert lines[0] == "错误：只有当 A 对称时 2Ax 才正确（题目未声明）"
    assert "分母布局" in str(verdict("x' A x", "x", "(A + A') x", language="zh"))


def test_a_right_answer_is_told_its_layout() -> None:
    assert "numerator layout" in verdict("A x", "x", "A", "A: m×n").reason
    assert "denominator layout" in verdict("A x", "x", "A'", "A: m×n").reason
    assert str(verdict("A x", "x", "A'", "A: m×n")).split("\n")[1] == "∂f/∂xᵀ = A"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counterexample_can_be_checked_by_hand(language: str) -> None:
    found = verdict("x' A x", "x", "3 x + A x", language=language)
    assert found.mistake == "unexplained"
    example = found.counterexample
    assert example is not None
    numbers = [float(n.replace("−", "-")) for n in re.findall(r"−?\d+", " ".join(example.values.values()))]
    assert all(abs(number) <= 9 for number in numbers)
    assert example.lines(language)[0] in str(found)
    assert example.lines(language)[1] in str(found)
    # The values, put in by hand.
    a, x = example.values["A"], example.values["x"]
    rows = [[float(n) for n in row.split()] for row in a.replace("−", "-").strip("[]").split(";")]
    column = [float(n) for n in x.replace("−", "-").strip("()").split(",")]
    size = range(len(column))
    given = [3 * column[i] + sum(rows[i][j] * column[j] for j in size) for i in size]
    due = [sum((rows[i][j] + rows[j][i]) * column[j] for j in size) for i in size]
    assert [float(n) for n in example.given.replace("−", "-").strip("()").split(",")] == given
    assert [float(n) for n in example.due.replace("−", "-").strip("()").split(",")] == due


def test_a_counterexample_keeps_what_is_declared() -> None:
    found = verdict("x' S x + sum(log(p))", "x", "3 S x", "S: n×n symmetric, x: n, p: n positive")
    assert found.counterexample is not None
    rows = [row.split() for row in found.counterexample.values["S"].strip("[]").split("; ")]
    assert all(rows[i][j] == rows[j][i] for i in range(len(rows)) for j in range(len(rows)))


def test_unknown_names_of_messages_are_an_error() -> None:
    with pytest.raises(KeyError):
        say("no such message", "en")


@pytest.mark.parametrize("answer", [None, {1}, object()])
def test_an_answer_is_a_text_or_an_expression(answer: Any) -> None:
    with pytest.raises(mg.ArgumentError, match="is not an expression"):
        mg.check("x' x", "x", answer)


def test_an_answer_may_be_a_number() -> None:
    assert mg.check("3 t", "t", 3, given="t: scalar").correct
    assert not mg.check("3 t", "t", 2, given="t: scalar").correct
    assert not mg.check("x' x", "x", 3).correct


def test_an_answer_that_is_like_no_function_is_told_so() -> None:
    """Functions of entries are tried for the derivative of another; a family without a member is none."""
    found = verdict("sum(log(x))", "x", "3 sin(x)", "x: n positive")
    assert not found.correct
    assert found.reason == "this is not the derivative"


@pytest.mark.parametrize(
    ("f", "answer", "reason"),
    [
        ("tr(A X B C)", "A' B' C'", "the factors are in the wrong order: B' C' should be CᵀBᵀ"),
        ("tr(A X^-1 B)", "-X^-1 A B X^-1", "the factors are in the wrong order: A B should be BA"),
        ("tr(A B X C)", "B A C'", "transposes are wrong: B A should be BᵀAᵀ"),
    ],
)
def test_of_a_product_only_the_wrong_factors_are_shown(f: str, answer: str, reason: str) -> None:
    assert mg.check(f, "X", answer).reason == reason


def test_the_right_line_is_in_the_layout_that_is_asked_for() -> None:
    asked = mg.check("norm(A x - b)^2", "x", "2 A'(A x - b)", layout="numerator")
    assert asked.lines()[-1] == "right: ∂f/∂xᵀ = 2(Ax − b)ᵀA"
    assert mg.check("norm(A x - b)^2", "x", "A'(A x - b)").lines()[-1] == "right: ∂f/∂x = 2Aᵀ(Ax − b)"


def test_the_right_line_is_no_name_for_itself() -> None:
    verdict = mg.check_derivation("f = x' A x\ndf = 2 x' A dx\ngrad = 2 A x", "x")
    assert "right: df = dxᵀAx + xᵀA dx" in verdict.lines()
