"""A question of the page, and how its text is read."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from matgrad import language
from matgrad.api.arguments import Reading
from matgrad.cli.present import describe_interpretation
from matgrad.cli.request import Request, names, require_short
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.facts import fact_words
from matgrad.core.records import dataclass
from matgrad.core.words import LANGUAGES, alternatives, phrase
from matgrad.language.declared_text import declaration_text
from matgrad.printing.names import latex_name, unicode_name

USUAL = ("x", "X", "w", "W", "theta", "Theta", "beta", "b", "B", "mu", "Sigma", "S", "z", "Z", "t")
"""By what people usually differentiate, where they do not say."""

DEEPEST = 500 if sys.platform == "emscripten" else None
"""A browser's stack ends a program that frees what is nested more deeply; there is no limit elsewhere."""

_OPENING, _CLOSING = "([{", ")]}"
_CHAINED = "-+'′ᵀ⊤^!.~"
"""Signs of which each may stand behind or before another, so that operations are nested without brackets."""

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What the page asks; a field that is not given is as it is here.

    Attributes
    ----------
    ask : str
        What is asked for; the others say of what. Those of a problem are as in the command line.
    """

    ask: str = "derive"
    expression: str = ""
    wrt: str = ""
    given: str = ""
    at: str = ""
    order: int = 1
    form: str = "auto"
    layout: str = "numerator"
    convention: str = "subspace"
    syntax: str = "auto"
    macros: str = ""
    lang: str = "en"
    method: str = "differential"
    backend: str = "numpy"
    answer: str = ""
    subject_to: str = ""
    topic: str = ""
    difficulty: int = 1
    seed: int = 0
    lines: tuple[str, ...] = ()
    kind: str = "line"
    entries: str = ""


def read_question(asked: Mapping[str, Any]) -> Question:
    """Read a question.

    Raises
    ------
    ArgumentError
        For an unknown field, one of another type, a text that is too long, or a language that has no
        catalogue.
    """
    known = {field.name: field.default for field in fields(Question)}
    read: dict[str, Any] = {}
    for name, value in asked.items():
        if name not in known:
            raise ArgumentError(phrase("the page has no field {name}", name=repr(name)))
        if name == "lines":
            if not isinstance(value, (list, tuple)) or not all(isinstance(line, str) for line in value):
                raise ArgumentError(phrase("the lines of a session are strings"))
            value = tuple(value)
        elif type(value) is not type(known[name]):
            raise ArgumentError(
                phrase(
                    "{name} is {known_name}, not {value_name}",
                    name=name,
                    known_name=type(known[name]).__name__,
                    value_name=type(value).__name__,
                )
            )
        for text in value if name == "lines" else (value,):
            if isinstance(text, str):
                require_short(text)
            if isinstance(text, str) and DEEPEST is not None and depth(text) > DEEPEST:
                raise ArgumentError(
                    phrase(
                        "this text is nested {count} deep; what is nested at most {most} deep is read here",
                        count=depth(text),
                        most=DEEPEST,
                    )
                )
        read[name] = value
    question = Question(**read)
    if question.lang not in LANGUAGES:
        raise ArgumentError(
            phrase("there is no catalogue for {lang}", lang=repr(question.lang)), fix=alternatives(LANGUAGES)
        )
    return question


def depth(text: str) -> int:
    """How deeply a text is nested: by brackets, and by signs in a row.

    Examples
    --------
    >>> depth("((x))"), depth("x--y"), depth("(x) + (y)")
    (2, 2, 1)
    """
    opened = row = most = 0
    for sign in text:
        if sign in _OPENING:
            opened += 1
        elif sign in _CLOSING:
            opened = max(0, opened - 1)
        row = row + 1 if sign in _CHAINED else row if sign.isspace() else 0
        most = max(most, opened, row)
    return most


def request_of(question: Question, interpretation: language.Interpretation) -> Request:
    """The problem as the command line states it, with the variable that is meant."""
    if not 1 <= question.order <= MOST:
        raise ArgumentError(
            phrase(
                "derivatives of order 1 to {most} are shown here, not {order}",
                most=MOST,
                order=question.order,
            )
        )
    return Request(
        expression=question.expression,
        wrt=_wrt(question, interpretation),
        given=question.given,
        at=question.at,
        order=question.order,
        form=question.form,  # type: ignore[arg-type]
        layout=question.layout,  # type: ignore[arg-type]
        convention=question.convention,  # type: ignore[arg-type]
        syntax=question.syntax,  # type: ignore[arg-type]
        macros=question.macros,
        lang=question.lang,
    )


MOST = 4
"""Derivatives of higher orders take longer than anyone waits for a page."""


def _wrt(question: Question, interpretation: language.Interpretation) -> tuple[str, ...]:
    """The variable or part that is named; where there is none of that name, one that is usually meant.

    While a formula is typed, the variable of the one before it is still named. `understood` says it where
    another one is taken; what is no name at all, or more than one, is refused.
    """
    asked = names(question.wrt)
    if len(asked) > 1:
        raise ArgumentError(
            phrase("the page differentiates by one variable at a time, not by {wrt}", wrt=", ".join(asked)),
            fix=asked[0],
        )
    if asked and (_is_found(interpretation, asked[0]) or not _is_name(asked[0])):
        return asked
    occurring = list(symbols_of(interpretation.expr))
    if not occurring:
        raise ArgumentError(phrase("the expression has no variables to differentiate by"))
    return (next((name for name in USUAL if name in occurring), occurring[-1]),)


def _is_name(asked: str) -> bool:
    """Whether a text names a variable, and is not what should be a part of one, such as ``A[1, :]``."""
    return not any(sign in asked for sign in "[](),:")


def _is_found(interpretation: language.Interpretation, name: str) -> bool:
    reading = Reading(interpretation.expr, interpretation.symbols, syntax=interpretation.syntax)
    try:
        return reading.find_part(name) is not None
    except MatgradError:
        return False


def understood(
    interpretation: language.Interpretation, lang: str, question: Question | None = None
) -> Record:
    """How a text was read: the function, its variables with shapes and facts, and what is said of it.

    With a question, it is said where its variable does not occur, so that another one is taken.
    """
    return {
        "interpretation": {
            medium: describe_interpretation(interpretation, medium, lang)
            for medium in ("text", "unicode", "latex")
        },
        "syntax": interpretation.syntax,
        "variables": variables(interpretation.expr, interpretation.symbols),
        "readings": [*_taken_instead(question, interpretation, lang), *interpretation.notes(lang)],
    }


def _taken_instead(
    question: Question | None, interpretation: language.Interpretation, lang: str
) -> list[str]:
    if question is None or not (asked := names(question.wrt)):
        return []
    (taken,) = _wrt(question, interpretation)
    if taken in asked:
        return []
    said = phrase(
        "{asked} does not occur in it: the derivative is by {taken}",
        asked=unicode_name(asked[0]),
        taken=unicode_name(taken),
    )
    return [said.text(lang)]


def variables(expr: Expr, symbols: Mapping[str, Symbol]) -> list[Record]:
    """The variables of a text: their names, and what is declared or inferred of each."""
    occurring = set(symbols_of(expr))
    return [
        {
            "name": symbol.label,
            "latex": latex_name(symbol.label),
            "unicode": unicode_name(symbol.label),
            "declared": declaration_text(symbol).partition(": ")[2],
            "head": declaration_text(symbol).partition(": ")[0],
            "shape": [str(dim) for dim in symbol.shape],
            "facts": fact_words(symbol.facts),
            "occurs": symbol.label in occurring,
        }
        for symbol in symbols.values()
    ]
