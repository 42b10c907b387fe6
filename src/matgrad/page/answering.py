"""The one door of the page: a question comes in, an answer or an error in words goes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from matgrad.cli.record import error_record
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.languages import speaking
from matgrad.core.words import LANGUAGES, alternatives, phrase
from matgrad.page import code, derivatives, equations, judging, plots, writing
from matgrad.page.question import Record, read_question

ANSWERS: dict[str, Callable[[Any], Record]] = {
    "derive": derivatives.derive,
    "steps": derivatives.steps,
    "code": code.code,
    "check": judging.check,
    "practice": judging.practice,
    "solve": equations.solve,
    "stationary": equations.stationary,
    "vec": equations.vec,
    "plot": plots.plot,
    "write": writing.write,
}
"""Who answers what is asked for."""


def answer(asked: Mapping[str, Any]) -> Record:
    """Answer a question of the page.

    Parameters
    ----------
    asked : mapping
        ``ask`` names what is asked for: a key of :data:`ANSWERS`. The other fields are those of
        :class:`~matgrad.page.question.Question`.

    Returns
    -------
    dict
        Of what JSON can hold; with a field ``error`` where there is no answer.

    Examples
    --------
    >>> found = answer({"ask": "derive", "expression": "norm(A x - b)^2", "wrt": "x"})
    >>> found["line"]["unicode"]
    '∂f/∂x = 2Aᵀ(Ax − b)'
    >>> answer({"ask": "derive", "expression": "tr(A"})["error"]["span"]
    [2, 3]
    """
    lang = asked.get("lang") if isinstance(asked, dict) else None
    with speaking(lang if lang in LANGUAGES else "en"):
        return _answered(asked)


def _answered(asked: Any) -> Record:
    try:
        question = read_question(asked)
        found = ANSWERS.get(question.ask)
        if found is None:
            raise ArgumentError(
                phrase("the page does not ask for {ask}", ask=repr(question.ask)), fix=alternatives(ANSWERS)
            )
        return found(question)
    except MatgradError as error:
        return _refusal(error)
    except RecursionError:
        return _refusal(ArgumentError(phrase("the expression is nested too deeply to be worked out")))
    except MemoryError:
        return _refusal(
            ArgumentError(phrase("there is not enough memory for this"), fix=phrase("symbolic dimensions"))
        )


def answer_text(text: str) -> str:
    """Answer a question that is written as JSON, in JSON."""
    return json.dumps(answer(json.loads(text)), ensure_ascii=False, allow_nan=False)


def _refusal(error: MatgradError) -> Record:
    record: Record = error_record(None, error)
    record["error"]["lines"] = error.lines()
    return record
