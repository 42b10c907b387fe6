"""A session as a conversation, without a terminal."""

from __future__ import annotations

import re

import pytest

from matgrad import printing
from matgrad.core.expr import Expr
from matgrad.exercises import TOPICS, Session, practice
from matgrad.exercises.texts import WORDS


def session(
    topic: str = "quadratic", level: int = 2, number: int | None = 2, language: str = "en"
) -> Session:
    begun = Session(practice(topic, level, 11, language=language), number, language)
    begun.start()
    return begun


def said(begun: Session, line: str) -> str:
    return "\n".join(reply.text for reply in begun.respond(line))


def own_answer(begun: Session) -> str:
    answer = begun.current.exercise.result.expr
    assert isinstance(answer, Expr)
    return printing.text(answer)


def test_a_right_answer_leads_on() -> None:
    begun = session()
    line = begun.current.exercise.result.line()
    reply = said(begun, own_answer(begun))
    assert reply.startswith(f"Right: {line}")
    assert "Problem 2: quadratic forms, difficulty 2" in reply
    assert not begun.finished
    reply = said(begun, own_answer(begun))
    assert "2 of 2 solved, 2 of them at the first try and without a hint." in reply
    assert begun.finished


def test_a_wrong_answer_is_diagnosed_and_the_right_one_is_kept() -> None:
    begun = session()
    line = begun.current.exercise.result.right_side()
    wrong = f"3 ({own_answer(begun)})"
    replies = [said(begun, wrong) for _ in range(3)]
    assert all(reply.startswith("Not right: ") and line not in reply for reply in replies)
    assert "show" not in replies[1]
    assert "3 tries so far" in replies[2]
    assert "show" in replies[2]
    assert begun.current.wrong == 3
    said(begun, own_answer(begun))
    assert "1 of 1 solved, 0 of them at the first try" in said(begun, "quit")


@pytest.mark.parametrize("line", ["2 A (", "x $ y", "unknown_name", "@@", "\x00", "—", "'" * 2000])
def test_what_cannot_be_read_is_no_try(line: str) -> None:
    begun = session()
    reply = said(begun, line)
    assert "did not count" in reply
    assert "declare" not in reply
    assert begun.current.wrong == 0


def test_carets_point_at_the_place() -> None:
    reply = said(session(), "2 $ x")
    assert re.search(r"^  2 \$ x\n    \^$", reply, re.MULTILINE)


def test_an_empty_line_asks_for_an_answer() -> None:
    begun = session()
    assert said(begun, "   ") == WORDS["empty"].english
    assert begun.current.wrong == 0


def test_hints_come_one_by_one_and_stop_before_the_result() -> None:
    begun = session()
    exercise = begun.current.exercise
    count = len(exercise.hints()) - 1
    for k in range(1, count + 1):
        assert said(begun, "hint") == f"Hint {k} of {count}: {exercise.hint(k)}"
    assert said(begun, "hint") == WORDS["result_next"].english
    assert begun.current.hints == count
    said(begun, own_answer(begun))
    assert "1 of 1 solved, 0 of them" in said(begun, "quit")


@pytest.mark.parametrize("command", ["show", "solution", " SHOW "])
def test_the_solution_ends_with_the_result(command: str) -> None:
    begun = session()
    line = begun.current.exercise.result.right_side()
    solution = begun.respond(command)[1].text
    assert line in solution.splitlines()[-1]
    assert begun.current.exercise.number == 2


def test_skipping_and_quitting_are_counted() -> None:
    begun = session(number=None)
    assert said(begun, "skip").startswith("Skipped.")
    assert "0 of 1 solved" in (end := said(begun, "quit"))
    assert "To practise: quadratic forms." in end


def test_a_session_without_an_answer_says_so() -> None:
    begun = session()
    assert said(begun, "quit") == WORDS["nothing"].english


def test_the_question_can_be_read_again() -> None:
    begun = session()
    assert begun.current.exercise.question() in said(begun, "again")


def test_commands_are_not_taken_for_answers_with_such_names() -> None:
    begun = session()
    assert "hint" in said(begun, "help")
    assert "hint" not in said(begun, "help x")


def test_everything_is_said_in_chinese() -> None:
    begun = session(language="zh")
    wrong = f"3 ({own_answer(begun)})"
    replies = [said(begun, line) for line in (wrong, wrong, wrong, "提示", "帮助", "", "解答", "跳过")]
    for reply in replies:
        assert re.search(r"[\u4e00-\u9fff]", reply), reply
        assert not re.search(r"\b(?:the|of|is|right|wrong|tries)\b", reply), reply


@pytest.mark.parametrize("name", WORDS)
def test_both_languages_fill_the_same_fields(name: str) -> None:
    phrase = WORDS[name]
    fields = re.compile(r"\{(\w+)\}")
    assert sorted(fields.findall(phrase.english)) == sorted(fields.findall(phrase.text("zh")))
    assert phrase.english != phrase.text("zh")


@pytest.mark.parametrize("topic", TOPICS)
def test_no_diagnosis_spells_the_answer_out(topic: str) -> None:
    begun = session(topic, 2)
    answer = begun.current.exercise.result.expr
    assert isinstance(answer, Expr)
    # Answers of a letter or two may well occur in what is said about them.
    assert len(begun.current.exercise.answer()) > 3
    shown = begun.current.exercise.answer()
    for wrong in (f"-({answer})", f"2 ({answer})", f"{answer} + 1", f"({answer}) ({answer})"):
        reply = said(begun, wrong)
        assert not reply.startswith("Right")
        assert shown not in reply.replace(wrong, "")
    assert begun.current.wrong >= 2
