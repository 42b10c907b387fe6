"""What a check finds."""

from __future__ import annotations

import html
from typing import Any, Protocol

from matgrad.checking.counterexample import Counterexample
from matgrad.checking.messages import say
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.results import Result

_NOTE = Phrase("note: {text}")


class _Judged(Protocol):
    @property
    def correct(self) -> bool: ...
    @property
    def headline(self) -> str: ...
    def lines(self) -> list[str]: ...


class Judgement:
    """What is true where something is right, and shows itself by its lines."""

    def __bool__(self: _Judged) -> bool:
        return self.correct

    @property
    def headline(self: _Judged) -> str:
        """All of it in one line."""
        return self.lines()[0]

    def __str__(self: _Judged) -> str:
        return "\n".join(self.lines())

    def __repr__(self: _Judged) -> str:
        return f"<{type(self).__name__}: {self.headline}>"

    def _repr_mimebundle_(self: _Judged, include: Any = None, exclude: Any = None) -> dict[str, str]:
        colour = "#1a7f37" if self.correct else "#cf222e"
        first, *rest = (html.escape(line) for line in self.lines())
        shown = "\n".join([f'<strong style="color: {colour}">{first}</strong>', *rest])
        return {
            "text/plain": str(self),
            "text/html": f'<pre style="white-space: pre-wrap">{shown}</pre>',
        }


@dataclass(frozen=True, repr=False)
class Verdict(Judgement):
    """Whether an answer is right, and what is wrong with it.

    Attributes
    ----------
    correct : bool
        Whether it is right. A verdict is true where its answer is.
    reason : str
        A right answer: what it is (its form, layout and convention). A wrong one: how it is wrong.
    mistake : str
        The name of the mistake, such as ``"factor"``; empty where there is none.
    mistakes : tuple of str
        The names of all mistakes, where several were made at once.
    suggestion : str
        The right answer as an equation, in the form that was meant.
    hint : str
        What else helps: how to declare what would make the answer right; may be empty.
    counterexample : Counterexample or None
        Small numbers on which a wrong answer of the right shape fails; shown where nothing simpler
        explains it.
    answer : str
        The answer as it was written.
    place : tuple of int or None
        Start and end, in the answer, of what is wrong.
    form, layout, convention : str or None
        Of a right answer: ``"gradient"``, ``"jacobian"``, ``"differential"`` …; ``"numerator"`` or
        ``"denominator"``; ``"subspace"`` or ``"independent"``.
    expected : Result or None
        The derivative that the answer was compared with, and its verification; ``None`` for a line
        of a derivation that is no derivative.
    untried : str
        Of a right answer: the branches and sizes at which no sample lies; may be empty.
    language : str
        The language of the messages.
    note : str
        How the answer is read, where that is not as it stands; may be empty.
    named : tuple of Expr
        Of a wrong answer: the expressions that the reason names.
    """

    correct: bool
    reason: str
    suggestion: str
    answer: str
    expected: Result | None
    mistake: str = ""
    mistakes: tuple[str, ...] = ()
    hint: str = ""
    counterexample: Counterexample | None = None
    place: tuple[int, int] | None = None
    form: str | None = None
    layout: str | None = None
    convention: str | None = None
    untried: str = ""
    note: str = ""
    language: str = "en"
    named: tuple[Expr, ...] = ()

    def lines(self) -> list[str]:
        """What is shown, line by line."""
        if self.correct:
            head = say("right", self.language, what=self.reason)
            said = [line for line in (self.untried, self.note) if line]
            return [head, self.suggestion, *self._legends(), *said, *self._remark()]
        # An error knows how to point at a place in a text.
        pointed = MatgradError(self.reason, text=self.answer, span=self.place)
        first, *rest = pointed.lines()
        lines = [say("wrong", self.language, what=first), *rest]
        lines += [say("expected", self.language, what=self.suggestion), *self._legends()]
        if self.counterexample is not None and self.mistake == "unexplained":
            lines += self.counterexample.lines(self.language)
        said = [line for line in (self.hint, self.note) if line]
        return [*lines, *said, *self._remark()]

    def _legends(self) -> list[str]:
        """What the functions are that the right line shows: others_prod(x)."""
        legends = self.expected.legends if self.expected is not None else []
        return [_NOTE.text(self.language, text=legend.text(self.language)) for legend in legends]

    def _remark(self) -> list[str]:
        """That the derivative itself could not be verified, where that is so."""
        if self.expected is None or self.expected.verification.verified:
            return []
        return [say("not_verified", self.language, why=self.expected.verification.why.text(self.language))]
