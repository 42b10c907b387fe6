"""Matrix equations and stationary points for the page."""

from __future__ import annotations

from typing import Any

from matgrad import equations, language, printing, stationarity as points
from matgrad.api.arguments import Reading
from matgrad.api.matrix_equations import read_equation, read_equations_of_text
from matgrad.api.stationary_points import read_constraints, read_variables
from matgrad.api.vectorizing import unknowns_of
from matgrad.cli.request import names
from matgrad.core.errors import ArgumentError
from matgrad.core.words import phrase
from matgrad.explanation.citations import with_citation, worded
from matgrad.language.equations import interpret_equation, is_equation
from matgrad.language.points_asked import point_asked
from matgrad.page.derivatives import MEDIA
from matgrad.page.question import Question, Record, understood
from matgrad.results.inner import verify_inner
from matgrad.results.vectorization import vectorized


def _both(lines: Any) -> Record:
    """What a function of the medium gives in each of them."""
    return {medium: lines(medium) for medium in MEDIA}


def solve(question: Question) -> Record:
    """An equation, or several between semicolons: kind, condition, solution, and the way to it."""
    lang = question.lang
    unknowns = names(question.wrt)
    options: dict[str, Any] = {"syntax": question.syntax, "macros": question.macros}
    if len(unknowns) > 1:
        texts = language.split_equations(question.expression)
        several, symbols = read_equations_of_text(texts, unknowns, question.given, **options)
        verify_inner(several.interpretation.derived)
        read = several.interpretation
        found: Any = equations.solve_equations(several.sides, symbols)
        normal, lines, legends = found.normal_lines, found.lines, found.legends(lang)
        labels = [x.label for x in found.unknowns]
    else:
        unknown = unknowns[0] if unknowns else None
        one, symbol = read_equation(question.expression, unknown, question.given, **options)
        verify_inner(one.interpretation.derived)
        read = one.interpretation
        single = equations.solve_equation(one.left, one.right, symbol)
        found, legends, labels = single, single.legends(lang), [symbol.label]

        def normal(medium: str) -> list[str]:
            return [single.normal_line(medium)]

        def lines(medium: str) -> list[str]:
            return [single.line(medium)]

    def written(expr: Any) -> str:
        return printing.line(expr, "unicode", names=False)

    return understood(read, lang) | {
        "unknowns": labels,
        "kind": found.form.name.text(lang),
        "normal": _both(normal),
        "condition": found.form.condition_text(written, lang),
        "lines": _both(lines),
        "legends": list(legends),
        "method": worded(with_citation(found.form.method), lang, "unicode"),
        "steps": [
            {"line": _both(step.line), "rule": worded(with_citation(step.reason), lang, "unicode")}
            for step in found.steps
        ],
        "verified": found.verification.verified,
        "verification": found.verification.text(lang),
    }


def stationary(question: Question) -> Record:
    """Where a derivative is zero, in closed form, and of what nature the point is."""
    lang = question.lang
    asked = point_asked(question.expression)
    texts = [*asked.constraints, *([question.subject_to] if question.subject_to.strip() else [])]
    how: dict[str, Any] = {"syntax": question.syntax, "macros": question.macros}
    given = language.given_with_constraints(asked.function, texts, question.given, **how)
    read = language.interpret(asked.function, given, **how)
    verify_inner(read.derived)
    reading = Reading(read.expr, read.symbols, read.bindings, syntax=read.syntax)
    wanted = names(question.wrt) or asked.variables or (None,)
    variables = read_variables(reading, wanted)
    conditions = read_constraints(reading, question.subject_to.strip() or (), asked.constraints)
    point = points.find_stationary(read.expr, variables, conditions, check=True, names=read.bindings)
    missing = point.no_solution
    return understood(read, lang) | {
        "unknowns": [symbol.label for symbol in point.variables],
        "equations": _both(point.equation_lines),
        "lines": _both(point.lines),
        "missing": None if missing is None else missing.text(lang),
        "conditions": [points.said(condition, lang, "unicode") for condition in point.conditions],
        "legends": [points.said(legend, lang, "unicode") for legend in point.legends],
        "nature": point.nature_said.text(lang),
        "known": point.nature != "not known",
        "reasons": [
            {"rule": points.said(reason, lang, "unicode"), "citation": reason.citation or None}
            for reason in point.why
        ],
        "notes": [points.said(note, lang, "unicode") for note in point.notes],
        "verified": point.verification.verified,
        "verification": point.verification.text(lang),
    }


def vec(question: Question) -> Record:
    """An expression or an equation on vec of its variable."""
    lang = question.lang
    options: dict[str, Any] = {"syntax": question.syntax, "macros": question.macros}
    both = is_equation(question.expression)
    if both:
        read = interpret_equation(question.expression, question.given, **options).interpretation
    else:
        read = language.interpret(question.expression, question.given, **options)
    verify_inner(read.derived)
    asked = names(question.wrt) or None
    unknowns = unknowns_of(Reading(read.expr, read.symbols), asked)
    if not unknowns:
        raise ArgumentError(phrase("the expression has no variables"))
    found = vectorized(read.expr, unknowns, is_equation=both)
    return understood(read, lang) | {
        "unknowns": [symbol.label for symbol in found.unknowns],
        "lines": _both(lambda medium: [found.line(medium)]),
        "steps": [
            {
                "line": step,
                "reasons": [{"rule": r.text(lang), "citation": r.citation or None} for r in reasons],
            }
            for step, reasons in found.steps("latex")
        ],
        "verified": found.verification.verified,
        "verification": found.verification.text(lang),
    }
