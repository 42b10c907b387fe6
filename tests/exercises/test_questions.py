"""Questions in every medium and language."""

from __future__ import annotations

import re
from itertools import islice

import pytest

import matgrad as mg
from matgrad.core.facts import Fact
from matgrad.exercises import TOPICS, practice
from matgrad.exercises.topic import LEVELS
from matgrad.language import parse
from tests.exercises.drawn import SEEDS, first


@pytest.mark.parametrize("topic", TOPICS)
def test_questions_say_what_is_needed(topic: str) -> None:
    for exercise in (first(topic, level, seed) for level in LEVELS for seed in SEEDS[:3]):
        question = exercise.question()
        assert all(mg.printing.unicode(symbol) in question for symbol in exercise.symbols())
        assert exercise.result.left_side() in question
        # The declarations and the text say the same as the expression.
        assert parse(str(exercise.function), exercise.declarations) is exercise.function
        text = exercise.question("text")
        assert text.isascii()
        assert f"= {exercise.function} where" in text


@pytest.mark.parametrize("topic", TOPICS)
def test_latex_is_well_formed(topic: str) -> None:
    for exercise in (first(topic, 3, seed) for seed in SEEDS[:4]):
        latex = exercise.question("latex")
        assert latex.count("$") % 2 == 0
        assert latex.count("{") == latex.count("}")
        assert latex.count(r"\left") == latex.count(r"\right")
        outside = re.sub(r"\$[^$]*\$", "", latex)
        assert not re.search(r"[\\^_∂ℝᵀ×]", outside)
        assert exercise._repr_markdown_().replace("  \n", "\n") == latex
        assert repr(exercise) == str(exercise) == exercise.question()


@pytest.mark.parametrize("topic", TOPICS)
def test_questions_are_asked_in_chinese(topic: str) -> None:
    english = first(topic, 2, 4)
    chinese = next(practice(topic, 2, 4, language="zh"))
    assert chinese.function is english.function
    assert chinese.question().startswith(english.question().partition(" where")[0])
    assert "求" in chinese.question()
    assert not re.search(r"\b(?:where|Find|the)\b", chinese.question())
    assert re.search(r"[\u4e00-\u9fff]", chinese.hint(1) + chinese.topic.title.text("zh"))


def test_what_a_learner_cannot_guess_is_said() -> None:
    with_relu = next(e for e in practice("elementwise", 2, 1) if "relu" in str(e.function))
    assert "is written step" in with_relu.question()
    turned = next(e for e in practice("kronecker", 2, 1) if "commutation" in e.answer("text"))
    assert "is written commutation(m, n)" in turned.question()
    symmetric = next(e for e in practice("trace", 3, 1) if e.variable.has(Fact.SYMMETRIC))
    assert f"{symmetric.variable.label} is symmetric: give" in symmetric.question()
    plain = next(practice("linear", 1, 1))
    assert len(plain.question().splitlines()) == 2


def test_layouts_are_named() -> None:
    layouts = {}
    for exercise in islice(practice("vector", 1, 3), 12):
        layouts[exercise.result.question.layout] = exercise.question()
    assert "in numerator layout" in layouts["numerator"]
    assert layouts["numerator"].splitlines()[1].count("= J d") == 1
    assert "in denominator layout" in layouts["denominator"]
    assert layouts["denominator"].splitlines()[1].count("= Jᵀ d") == 1


def test_a_solution_can_be_derived_by_every_method_that_applies() -> None:
    exercise = next(practice("trace", 2, 2))
    for method in ("differential", "chain", "definition"):
        assert exercise.solution(method).method == method
    with pytest.raises(mg.ArgumentError, match="'guess'"):
        exercise.solution("guess")
