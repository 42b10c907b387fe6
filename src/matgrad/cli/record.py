"""Answers as JSON objects, one a line; docs/json.md describes every field."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from matgrad import checking, explanation
from matgrad.cli.formats import Medium
from matgrad.cli.present import describe_interpretation
from matgrad.cli.request import Request
from matgrad.cli.solve import Answer, Solution
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, symbols_of
from matgrad.core.facts import fact_words
from matgrad.core.words import text_in
from matgrad.results import Result

SCHEMA = 1
"""Grows when a field changes its meaning or goes; a new field leaves it as it is."""

MEDIA: tuple[Medium, ...] = ("text", "unicode", "latex", "numpy")
"""Of code only NumPy's is in JSON, as an expression that the parser reads back."""

Record = dict[str, Any]


def records(solution: Solution) -> Iterator[Record]:
    """Describe each answer of a solution."""
    for answer in solution.answers:
        yield _answer(solution, answer)


def error_record(request: Request | None, error: MatgradError) -> Record:
    """Describe a problem that could not be understood."""
    head: Record = {"schema": SCHEMA}
    if request is not None:
        head["expression"] = request.expression
    return head | {"error": _error(error, error.exit_status)}


def internal_error_record(request: Request | None, message: str, exit_status: int) -> Record:
    """Describe a failure of this program."""
    head: Record = {"schema": SCHEMA}
    if request is not None:
        head["expression"] = request.expression
    error = {
        "kind": "internal",
        "message": message,
        "fix": None,
        "text": None,
        "span": None,
        "exit_status": exit_status,
    }
    return head | {"error": error}


def verdict_record(verdict: checking.Verdict) -> dict[str, Any]:
    """A verdict as an object of JSON."""
    example = verdict.counterexample
    return {
        "answer": verdict.answer.strip(),
        "correct": verdict.correct,
        "mistake": verdict.mistake or None,
        "mistakes": list(verdict.mistakes),
        "reason": verdict.reason,
        "suggestion": verdict.suggestion,
        "hint": verdict.hint or None,
        "note": verdict.note or None,
        "span": list(verdict.place) if verdict.place is not None else None,
        "form": verdict.form,
        "layout": verdict.layout,
        "convention": verdict.convention,
        "counterexample": example.lines(verdict.language) if example is not None else None,
    }


def _answer(solution: Solution, answer: Answer) -> Record:
    head: Record = {
        "schema": SCHEMA,
        "expression": solution.request.expression,
        "interpretation": {
            medium: describe_interpretation(solution.interpretation, medium) for medium in MEDIA
        },
        "variables": [
            {
                "name": symbol.label,
                "shape": [str(d) for d in symbol.shape],
                "facts": fact_words(symbol.facts),
            }
            for symbol in symbols_of(solution.interpretation.expr).values()
        ],
        "wrt": answer.variable,
        "order": solution.request.order,
    }
    if isinstance(answer.result, MatgradError):
        return head | {"error": _error(answer.result, answer.result.exit_status)}
    notes = solution.interpretation.notes(solution.request.lang)
    return head | _result(answer.result, notes) | _steps(answer.steps, solution.request.lang)


def _steps(steps: explanation.Derivation | MatgradError | None, language: str) -> Record:
    if steps is None:
        return {}
    if isinstance(steps, MatgradError):
        return {"steps": None, "steps_error": _error(steps, steps.exit_status)}
    return {"method": steps.method, "steps": [step_record(line, language) for line in steps.lines]}


def step_record(line: explanation.Line, language: str) -> Record:
    """Describe a line of a derivation, with its rules."""
    return {
        "left": None if line.left is None else _written(line.left),
        "relation": line.relation,
        "right": _written(line.right),
        "reasons": [{"rule": r.text(language), "citation": r.citation or None} for r in line.reasons],
    }


def _written(side: explanation.Written) -> Record:
    return {medium: side.write(medium) for medium in ("text", "unicode", "latex")}


def _result(result: Result, notes: list[str]) -> Record:
    check = result.verification
    # Index notation is for people; it is no Python.
    media = MEDIA if isinstance(result.expr, Expr) else [medium for medium in MEDIA if medium != "numpy"]
    return {
        "form": result.form,
        "layout": result.layout,
        "convention": result.convention,
        "shape": [str(d) for d in result.expr.shape] if isinstance(result.expr, Expr) else None,
        "result": {medium: result.right_side(medium) if medium in media else None for medium in MEDIA},
        "line": {medium: result.line(medium) if medium in media else None for medium in MEDIA},
        "notes": [*notes, *result.notes],
        "verification": {
            "verified": check.verified,
            "points": check.points,
            "digits": check.digits,
            "reason": check.reason or None,
            "untried": [
                *(f"{name} = {size}" for name, size in check.sizes),
                *(branch.phrase().text() for branch in check.untried),
            ],
        },
    }


def _error(error: MatgradError, exit_status: int) -> Record:
    return {
        "kind": error_kind(error),
        "message": text_in(error.spoken, error.problem),
        "fix": text_in(error.spoken, error.remedy) if error.remedy else None,
        "text": error.text,
        "span": list(error.span) if error.span is not None else None,
        "exit_status": exit_status,
    }


def error_kind(error: MatgradError) -> str:
    """Name the kind of an error: ``not-differentiable`` for a :class:`NotDifferentiableError`."""
    words = re.findall("[A-Z][a-z]*", type(error).__name__.removesuffix("Error"))
    return "-".join(word.lower() for word in words)
