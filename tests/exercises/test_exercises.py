"""Every topic at every difficulty, for many seeds: sound problems, and enough of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from itertools import islice

import pytest

import matgrad as mg
from matgrad import printing
from matgrad.calculus.dependence import dependent_nodes
from matgrad.core.expr import Expr, symbols_of
from matgrad.exercises import TOPICS, practice
from matgrad.exercises.generate import skeleton
from matgrad.exercises.judging import EFFORT, LONGEST_ANSWER, LONGEST_FUNCTION, Candidate
from matgrad.exercises.topic import LEVELS
from tests.exercises.drawn import SEEDS, first, shows

KINDS = [(topic, level) for topic in TOPICS for level in LEVELS]


@pytest.mark.parametrize(("topic", "level"), KINDS)
def test_exercises_are_sound(topic: str, level: int) -> None:
    for seed in SEEDS:
        exercise = first(topic, level, seed)
        answer = exercise.result.expr
        assert isinstance(answer, Expr)
        assert exercise.result.verification.verified
        assert exercise.variable in dependent_nodes(exercise.function, exercise.variable)
        candidate = Candidate(level, exercise.result)
        assert EFFORT[level][0] <= candidate.effort <= EFFORT[level][1]
        assert len(printing.line(exercise.function, names=False)) <= LONGEST_FUNCTION
        assert len(exercise.result.right_side()) <= LONGEST_ANSWER[level]
        # What a person would type: the answer as text, read with the declarations of the question.
        assert exercise.check(exercise.answer("text")).correct, exercise.question()
        if seed % 5 == 0:
            wrong = answer + answer if seed % 2 else -answer
            assert not exercise.check(wrong).correct, exercise.question()


@pytest.mark.parametrize(("topic", "level"), KINDS)
def test_problems_differ_by_more_than_their_letters(topic: str, level: int) -> None:
    exercises = [first(topic, level, seed) for seed in SEEDS]
    assert len({skeleton(exercise.function) for exercise in exercises}) >= 8
    assert len({name for exercise in exercises for name in symbols_of(exercise.function)}) >= 10
    # One after the other they differ from the eight before.
    row = [skeleton(exercise.function) for exercise in islice(practice(topic, level, 3), 9)]
    assert len(set(row)) == 9


def test_skeletons_forget_letters_and_nothing_else() -> None:
    one = mg.parse("tr(A X' B)", "A: p×n, X: m×n, B: m×p")
    renamed = mg.parse("tr(P Z' Q)", "P: k×n, Z: q×n, Q: q×k")
    other = mg.parse("tr(A X B)", "A: p×m, X: m×n, B: n×p")
    assert skeleton(one) == skeleton(renamed) != skeleton(other)


@pytest.mark.parametrize(("topic", "level"), KINDS)
def test_hints_keep_the_answer_for_the_last(topic: str, level: int) -> None:
    for exercise in (first(topic, level, seed) for seed in SEEDS[:2]):
        *before, last = exercise.hints()
        answer = exercise.answer()
        assert before, exercise.question()
        assert not any(shows(hint, answer) for hint in before), exercise.question()
        assert shows(last, answer), exercise.question()
        assert [exercise.hint(k) for k in range(1, len(before) + 2)] == [*before, last]
        with pytest.raises(mg.ArgumentError, match="there is no hint"):
            exercise.hint(len(before) + 2)


def test_an_answer_is_seen_where_it_stands() -> None:
    assert shows("= 2(x − a)ᵀ dx", "2(x − a)")
    assert shows("∂f/∂X = Aᵀ", "Aᵀ")
    assert not shows("df = tr(Aᵀ dX B)", "Aᵀ")
    assert not shows("df = tr(A dX)", "AᵀBᵀ")


PRINT = """
from itertools import islice
from matgrad.exercises import practice
for topic in ("chain", "kronecker", None):
    for exercise in islice(practice(topic, 2, 17), 4):
        print(exercise.topic.key, exercise.declarations, exercise.function, exercise.result)
"""


def test_a_seed_gives_the_same_problems_in_every_process() -> None:
    outputs = []
    for hashing in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": hashing, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run(
            [sys.executable, "-c", PRINT], env=environment, capture_output=True, encoding="utf-8", check=True
        )
        outputs.append(done.stdout)
    assert outputs[0] == outputs[1]
    assert len(set(outputs[0].splitlines())) > 9


SEED_ONE = [
    "b' A X c + g' X P r",
    "norm(P x + u)^2",
    "tr(A X' M X')",
    "logdet(P X + Q)",
    "tr(C inv(B + X))",
    "x .* (C x)",
    "P .* cosh(X)",
    "sum(X .* softplus(X))",
    "w' tanh(U v)",
    "sum(u.^3) + u' P u",
]


def test_seeds_have_fixed_problems() -> None:
    """These lines change only when the generators do: a seed in a course book must keep its problems."""
    asked = [str(first(topic, 2, 1).function) for topic in TOPICS]
    assert asked == SEED_ONE


def test_other_seeds_have_other_problems() -> None:
    assert len({str(first("trace", 3, seed).function) for seed in SEEDS}) >= 18
    drawn = {next(practice("inverse", 2)).seed for _ in range(3)}
    assert len(drawn) > 1


def test_without_a_topic_every_topic_comes_once_in_a_round() -> None:
    rounds = list(islice(practice(None, 1, 6), 2 * len(TOPICS)))
    orders = [[e.topic.key for e in rounds[i : i + len(TOPICS)]] for i in (0, len(TOPICS))]
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(TOPICS)
    assert orders[0] != orders[1]
    assert [e.number for e in rounds] == list(range(1, len(rounds) + 1))


def test_difficulty_grows() -> None:
    for topic in TOPICS:
        effort = [
            sum(Candidate(level, e.result).effort for e in islice(practice(topic, level, 2), 5))
            for level in LEVELS
        ]
        assert effort == sorted(effort), topic


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"topic": "algebra"}, "'algebra' is not a topic"),
        ({"topic": ""}, "'' is not a topic"),
        ({"difficulty": 4}, "4 is not a difficulty"),
        ({"difficulty": True}, "True is not a difficulty"),
        ({"seed": 1.5}, "a seed is a whole number"),
        ({"language": "fr"}, "'fr' is not a language"),
    ],
)
def test_what_does_not_exist_is_refused_at_once(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(mg.ArgumentError, match=re.escape(message)):
        practice(**arguments)  # type: ignore[arg-type]


def test_the_beginning_of_a_topic_is_enough() -> None:
    assert first("det", 1, 1).topic.key == "determinant"
    assert first("Traces", 1, 1).topic.key == "trace"
    assert first("迹", 1, 1).topic.key == "trace"


def test_forms_that_were_not_asked_for_are_wrong() -> None:
    exercise = next(e for e in practice("trace", 1, 3) if not e.variable.is_square)
    assert isinstance(exercise.result.expr, Expr)
    assert not exercise.check(exercise.result.expr.T).correct
    for layout in ("numerator", "denominator"):
        exercise = next(e for e in practice("vector", 1, 3) if e.result.question.layout == layout)
        assert isinstance(exercise.result.expr, Expr)
        assert exercise.result.layout == layout
        if exercise.result.expr.T is not exercise.result.expr:
            assert not exercise.check(exercise.result.expr.T).correct


@pytest.mark.parametrize("topic", ["linear", "quadratic", "determinant", "chain", "kronecker"])
def test_answers_may_be_copied_from_the_screen(topic: str) -> None:
    """Without blanks between letters, and with λ and Σ for the variables lambda and Sigma."""
    for exercise in (first(topic, level, seed) for level in LEVELS for seed in SEEDS[:3]):
        answer = exercise.answer()
        # These signs have no meaning in the language; the question says what is written instead.
        if not any(sign in answer for sign in ("½", "∘", "𝟏[", "K")):
            assert exercise.check(answer).correct, exercise.question()
            assert exercise.check(f"{exercise.result.left_side()} = {answer}").correct


def test_names_of_functions_are_no_products() -> None:
    exercise = next(e for e in practice("trace", 2, 5) if len(re.findall(r"\btr\b", str(e.function))) == 1)
    with pytest.raises(mg.MatgradError, match="xyz"):
        exercise.check("xyz")
    assert not exercise.check(str(exercise.function)).correct


def test_either_convention_is_right_for_symmetric_variables() -> None:
    exercise = next(e for e in practice("determinant", 3, 1) if e.variable.has(mg.core.facts.Fact.SYMMETRIC))
    assert "symmetric" in exercise.question()
    independent = mg.gradient(exercise.function, exercise.variable, convention="independent")
    assert exercise.check(independent).correct
    assert exercise.check(mg.gradient(exercise.function, exercise.variable)).correct
