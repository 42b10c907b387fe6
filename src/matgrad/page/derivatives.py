"""Derivatives for the page: the line, what it is, how it was verified, and the steps that lead to it."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from matgrad import explanation, language, printing
from matgrad.cli.present import describe_form
from matgrad.cli.record import step_record
from matgrad.cli.solve import Answer, solve
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr
from matgrad.page.question import Question, Record, request_of, understood
from matgrad.printing.names import unicode_name
from matgrad.results import Result

MEDIA = ("text", "unicode", "latex")


def derive(question: Question) -> Record:
    """The derivative of an expression, with how the text was read."""
    interpretation, result = _found(question)
    return understood(interpretation, question.lang, question) | result_record(result, question)


def result_of(question: Question) -> Result:
    """The derivative that is asked for."""
    return _found(question)[1]


def _found(question: Question) -> tuple[language.Interpretation, Result]:
    """How the text is read, and its derivative, whatever else is asked of it."""
    plain = Question()
    besides = ("ask", "lang", "method", "backend", "answer", "lines", "kind", "seed", "entries")
    return _kept(replace(question, **{name: getattr(plain, name) for name in besides}))


@lru_cache(maxsize=16)
def _kept(question: Question) -> tuple[language.Interpretation, Result]:
    """The latest derivatives: of one, steps, code and pictures are asked in turn."""
    interpretation = _read(question)
    return interpretation, _answered(question, interpretation)


def _read(question: Question) -> language.Interpretation:
    return language.interpret(
        question.expression, question.given, syntax=question.syntax, macros=question.macros
    )


def _answered(question: Question, interpretation: language.Interpretation) -> Result:
    solution = solve(request_of(question, interpretation))
    (answer, *_) = solution.answers
    return _result(answer)


def _result(answer: Answer) -> Result:
    if isinstance(answer.result, MatgradError):
        raise answer.result
    return answer.result


def result_record(result: Result, question: Question) -> Record:
    """A derivative as the page shows it."""
    lang = question.lang
    check = result.verification
    name = unicode_name(result.variable.label)
    shown = result.expr if result.by_member is None else result.by_member.expr
    return {
        "wrt": result.variable.label if result.part is None else question.wrt,
        "form": result.form,
        "layout": result.layout,
        "order": result.order,
        "scalar": result.function.is_scalar,
        "line": {medium: result.line(medium) for medium in MEDIA},
        "right": {medium: result.right_side(medium) for medium in MEDIA},
        "described": describe_form(result, "unicode", lang),
        "shape": [str(dim) for dim in shown.shape] if isinstance(shown, Expr) else None,
        "remarks": [remark.text(lang, name=name) for remark in result.remarks],
        "verified": check.verified,
        "verification": check.text(lang, lambda expr: printing.line(expr, "unicode", names=False)),
    }


def steps(question: Question) -> Record:
    """The derivation by one of the methods, each line with its rules and where they are written."""
    read, result = _found(question)
    result = replace(result, written=explanation.as_written(read))
    derivation = explanation.derivation_of(result, method=question.method, language=question.lang)
    derivation.verify()
    return {
        "method": derivation.method,
        "line": {medium: result.line(medium) for medium in MEDIA},
        "steps": [step_record(line, question.lang) for line in derivation.lines],
        "text": derivation.text("unicode", question.lang, citations=True),
        "latex": derivation.latex(citations=True),
    }
