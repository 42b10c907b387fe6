"""Answers of people, judged for the page: checked, and practised."""

from __future__ import annotations

from collections.abc import Iterable

from matgrad import checking, exercises, language
from matgrad.api.arguments import letters_asked
from matgrad.cli.record import verdict_record
from matgrad.cli.solve import choose_variables
from matgrad.core.errors import ArgumentError
from matgrad.core.words import phrase
from matgrad.page.question import Question, Record, request_of, understood

LONGEST_SESSION = 400
"""Lines of a session that are gone through again where the page was loaded anew."""


def check(question: Question) -> Record:
    """The verdict on an answer, with its diagnosis."""
    read = language.interpret(
        question.expression, question.given, syntax=question.syntax, macros=question.macros
    )
    request = request_of(question, read)
    (variable, *_) = choose_variables(request, read)
    if not question.answer.strip():
        raise ArgumentError(phrase("there is no answer to check yet"))
    verdict = checking.check(
        read.expr,
        variable,
        question.answer,
        symbols=read.symbols.values(),
        bindings=read.bindings,
        letters=letters_asked(request.wrt[0], read.symbols),
        order=question.order,
        form=question.form if question.form != "components" else "auto",
        syntax=question.syntax,
        language=question.lang,
    )
    head = understood(read, question.lang, question) | {"wrt": request.wrt[0]}
    # A declaration is put into the page, not behind an option.
    lines = [line.replace("--given ", "") for line in verdict.lines()]
    return head | verdict_record(verdict) | {"lines": lines}


_Key = tuple[str, int, int, str]


class _Held:
    """A session, and the lines that it was told."""

    def __init__(self, key: _Key) -> None:
        topic, difficulty, seed, lang = key
        self.session = exercises.Session(
            exercises.practice(topic or None, difficulty, seed, language=lang), None, lang, "unicode"
        )
        self.lines: list[str] = []
        self.said = [_said(self.session.start())]

    def tell(self, line: str) -> None:
        """Pass a line on."""
        self.lines.append(line)
        self.said.append(_said(self.session.respond(line)) if not self.session.finished else [])


def _said(replies: Iterable[exercises.Reply]) -> list[Record]:
    return [{"text": reply.text, "tone": reply.tone} for reply in replies]


_held: dict[_Key, _Held] = {}
"""The latest session. It is made again of its seed and lines wherever it is gone: nothing is lost with it."""


def practice(question: Question) -> Record:
    """A session of exercises: what was said to each line, in turn."""
    if len(question.lines) > LONGEST_SESSION:
        raise ArgumentError(phrase("this session has become long"), fix=phrase("a new one"))
    key = (question.topic, question.difficulty, question.seed, question.lang)
    held = _held.get(key)
    if held is None or held.lines != list(question.lines[: len(held.lines)]):
        _held.clear()
        held = _Held(key)
        _held[key] = held
    for line in question.lines[len(held.lines) :]:
        held.tell(line)
    record = held.session.records[-1] if held.session.records else None
    return {
        "turns": held.said,
        "finished": held.session.finished,
        "solved": sum(r.solved for r in held.session.records),
        "asked": len(held.session.records),
        "latex": None if record is None else record.exercise.question("latex"),
        "topics": [{"key": t.key, "title": t.title.text(question.lang)} for t in exercises.TOPICS.values()],
    }
