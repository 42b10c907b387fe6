"""A session of exercises as a conversation: a line comes in, a reply goes out.

There is no terminal in it; the command line and the web page hold the same conversation.

A wrong answer gets its diagnosis and never the whole right formula: that is shown only to who asks for
it with ``show``, which is offered from the third wrong try on. What cannot be read is no try.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import islice
from typing import Literal

from matgrad.checking import Verdict
from matgrad.core.errors import MatgradError, UnknownNameError
from matgrad.core.expr import Expr
from matgrad.core.records import dataclass
from matgrad.core.words import LANGUAGES, Phrase
from matgrad.exercises.exercise import Exercise
from matgrad.exercises.texts import say
from matgrad.explanation.showing import holds

Tone = Literal["title", "question", "right", "wrong", "error", "hint", "quiet"]

OFFER_AFTER = 3
"""After how many wrong tries the solution is offered."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A piece of what is said, and the tone it is said in.

    Attributes
    ----------
    text : str
        One or several lines.
    tone : str
        ``"title"``, ``"question"``, ``"right"``, ``"wrong"``, ``"error"``, ``"hint"`` or ``"quiet"``.
    """

    text: str
    tone: Tone = "quiet"


@dataclass(slots=True)
class Record:
    """What became of an exercise."""

    exercise: Exercise
    wrong: int = 0
    hints: int = 0
    solved: bool = False
    closed: bool = False

    @property
    def touched(self) -> bool:
        """Whether anything was done about it."""
        return self.solved or self.closed or self.wrong > 0 or self.hints > 0

    @property
    def solved_alone(self) -> bool:
        """Whether it was solved at the first try and without a hint."""
        return self.solved and not self.wrong and not self.hints


@dataclass
class Session:
    """A conversation about exercises, one after the other.

    Parameters
    ----------
    exercises : iterator of Exercise
        Where they come from; see :func:`matgrad.exercises.practice`.
    number : int, optional
        How many; without end where it is left out.
    language : str
        ``"en"`` or ``"zh"``.
    medium : str
        ``"unicode"`` or ``"text"``.
    """

    exercises: Iterator[Exercise]
    number: int | None = None
    language: str = "en"
    medium: str = "unicode"
    records: list[Record] = field(default_factory=list)
    finished: bool = False

    def __post_init__(self) -> None:
        self.exercises = islice(self.exercises, self.number)

    @property
    def current(self) -> Record:
        """The exercise that is asked now, and what was done about it."""
        return self.records[-1]

    def start(self) -> list[Reply]:
        """What is said first, with the first question."""
        return [Reply(self._say("welcome")), *self._next()]

    def respond(self, line: str) -> list[Reply]:
        """What is said to a line: a command or an answer.

        Errors in an answer are part of the conversation; nothing is raised for them.
        """
        command = _BY_WORD.get(line.strip().lower())
        if command is not None:
            return command(self)
        if not line.strip():
            return [Reply(self._say("empty"))]
        try:
            verdict = self.current.exercise.check(line.strip())
        except MatgradError as error:
            if isinstance(error, UnknownNameError) and error.fix not in self.current.exercise.names:
                # Nothing can be declared here.
                error.remedy = None
            return [Reply("\n".join(error.lines(self.language)), "error"), Reply(self._say("not_counted"))]
        return self._judged(verdict)

    def _judged(self, verdict: Verdict) -> list[Reply]:
        record = self.current
        if verdict.correct:
            record.solved = True
            line = record.exercise.result.line(self.medium)
            return [Reply(self._say("right", line=line), "right"), *self._next()]
        record.wrong += 1
        # An error knows how to point at a place in a text.
        shown = str(MatgradError(self._diagnosis(verdict), text=verdict.answer, span=verdict.place))
        replies = [Reply(self._say("wrong", reason=shown), "wrong")]
        if verdict.counterexample is not None and verdict.mistake == "unexplained":
            replies.append(Reply("\n".join(verdict.counterexample.lines(self.language)), "wrong"))
        if record.wrong >= OFFER_AFTER:
            replies.append(Reply(self._say("offer", count=record.wrong)))
        return replies

    def _diagnosis(self, verdict: Verdict) -> str:
        """The reason of a verdict, unless it spells the whole answer out."""
        answer = self.current.exercise.result.expr
        assert isinstance(answer, Expr)
        if not any(holds(expr, answer) for expr in verdict.named):
            return verdict.reason
        return self._say("not_it" if verdict.place is None else "not_there")

    def summary(self) -> list[Reply]:
        """What is said at the end."""
        self.finished = True
        records = [record for record in self.records if record.touched]
        if not records:
            return [Reply(self._say("nothing"))]
        solved = [record for record in records if record.solved]
        alone = sum(record.solved_alone for record in records)
        replies = [Reply(self._say("summary", solved=len(solved), count=len(records), alone=alone), "title")]
        missed = dict.fromkeys(record.exercise.topic.title for record in records if not record.solved)
        if missed:
            separator = Phrase(", ", context="a list").text(self.language)
            topics = separator.join(title.text(self.language) for title in missed)
            replies.append(Reply(self._say("by_topic", topics=topics)))
        return replies

    def farewell(self, again: str) -> list[Reply]:
        """How to get the same problems once more."""
        return [Reply(self._say("again", options=again))] if self.records else []

    # ---- commands ---------------------------------------------------------------------------------

    def _next(self) -> list[Reply]:
        """The next question, or the end."""
        exercise = next(self.exercises, None)
        if exercise is None:
            return self.summary()
        self.records.append(Record(exercise))
        return self._asked()

    def _asked(self) -> list[Reply]:
        exercise = self.current.exercise
        topic = exercise.topic.title.text(self.language)
        title = self._say("title", number=exercise.number, topic=topic, difficulty=exercise.difficulty)
        return [Reply(title, "title"), Reply(exercise.question(self.medium), "question")]

    def _hint(self) -> list[Reply]:
        record = self.current
        hints = record.exercise.hints(self.medium)
        if record.hints >= len(hints) - 1:
            return [Reply(self._say("result_next"))]
        record.hints += 1
        text = hints[record.hints - 1]
        return [Reply(self._say("hint", number=record.hints, count=len(hints) - 1, text=text), "hint")]

    def _show(self) -> list[Reply]:
        self.current.closed = True
        steps = self.current.exercise.solution().text(self.medium, self.language)
        return [Reply(self._say("solution")), Reply(steps, "hint"), *self._next()]

    def _skip(self) -> list[Reply]:
        self.current.closed = True
        return [Reply(self._say("skipped")), *self._next()]

    def _help(self) -> list[Reply]:
        signs = [] if self.medium == "text" else [Reply(self._say("help_signs"))]
        return [Reply(self._say("help")), *signs]

    def _say(self, name: str, **fields: object) -> str:
        return say(name, self.language, **fields)


_COMMANDS = (
    (Phrase("hint"), (), Session._hint),
    (Phrase("show"), ("solution",), Session._show),
    (Phrase("skip"), (), Session._skip),
    (Phrase("again"), (), Session._asked),
    (Phrase("help"), ("?",), Session._help),
    (Phrase("quit"), ("exit",), Session.summary),
)
"""What can be typed instead of an answer, in every language, and other words for it."""

_BY_WORD = {
    word: command
    for phrase, others, command in _COMMANDS
    for word in (*(phrase.text(language) for language in LANGUAGES), *others)
}
