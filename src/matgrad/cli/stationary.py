"""The command ``matgrad stationary``: where the derivative is zero, in closed form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Literal

import click

from matgrad import explanation, language, stationarity as points
from matgrad.api.arguments import Reading
from matgrad.api.stationary_points import read_constraints, read_variables
from matgrad.cli import options
from matgrad.cli.answers import answer_with
from matgrad.cli.commands import command
from matgrad.cli.formats import COMMENT, shown_in
from matgrad.cli.present import derivation_lines, describe_interpretation, said_of
from matgrad.cli.record import step_record
from matgrad.cli.request import Language, Syntax, names
from matgrad.cli.terminal import Line
from matgrad.core.words import Phrase, language_asked
from matgrad.language.points_asked import point_asked
from matgrad.results.inner import verify_inner

STATIONARY_HELP = """Solve df/dx = 0 in closed form: a minimum, or what it is.

\b
  matgrad stationary "norm(y - X b)^2" --wrt b
  matgrad stationary "norm(y - X b)^2 + lambda norm(b)^2" --wrt b --given "lambda > 0"
  matgrad stationary "n logdet(S) + tr(S^-1 C)" --wrt S --given "S, C: d×d spd, n: positive scalar"
  matgrad stationary '\\min_w \\|y - Xw\\|^2'
  matgrad stationary "x' P x" --wrt x --given "P: n×n spd" --subject-to "A x = b; sum(x) = 1"
  matgrad stationary "norm(y - X b - Z g)^2" --wrt b,g

Several variables are named with commas; several linear constraints stand between semicolons, each with a
Lagrange multiplier. The solution is put back into the equations at random points. A minimum, a maximum or a
saddle is said with its reasons, and else that the nature is not known; --steps shows the way to it.

Exit status: 0; 2 when the input cannot be understood; 4 when no closed form is known."""

NO_CLOSED_FORM = 4
Answer = tuple[language.Interpretation, points.StationaryPoint]
Medium = Literal["unicode", "text", "latex", "json"]

_ZERO = Phrase("stationary where")
_IF = Phrase("if {condition}")


# An expression may start with a minus sign: what is no known option is taken for the expression.
@command(STATIONARY_HELP, minus=True)
@click.argument("expression", metavar="EXPR", help="The function, in quotes.")
@click.option("--wrt", multiple=True, metavar="NAME", help="The variable; several with commas.")
@click.option(
    "--subject-to",
    multiple=True,
    metavar="EQUATION",
    help='Linear constraints: "A x = b; sum(x) = 1".',
)
@options.given
@options.syntax("The dialect of the expression.")
@options.macros
@options.written_as(Medium, "unicode", "How to write the answer.")
@click.option("--steps", is_flag=True, help="Show the derivation, with the rule used in each line.")
@options.lang
@options.no_verify
def stationary(
    expression: str,
    wrt: Sequence[str],
    subject_to: Sequence[str],
    given: Sequence[str],
    syntax: Syntax,
    macros: str,
    output: Medium,
    steps: bool,
    lang: Language | None,
    no_verify: bool,
) -> int:
    """Solve df/dx = 0; the help text is above."""
    declared = ", ".join(given)
    named = tuple(name for text in wrt for name in names(text))

    asked: dict[str, Any] = {"syntax": syntax, "macros": macros, "verify": not no_verify}

    def found() -> Answer:
        return find_point(expression, named, declared, subject_to, **asked)

    def record(answer: Answer) -> dict[str, Any]:
        return point_record(expression, answer, steps=steps, lang=lang or language_asked())

    def lines(answer: Answer) -> Iterator[Line]:
        return point_lines(*answer, output, lang or language_asked(), steps=steps)

    def status(answer: Answer) -> int:
        return 0 if answer[1].solutions or answer[1].points else NO_CLOSED_FORM

    return answer_with(found, record, lines, json=output == "json", status=status)


def find_point(
    expression: str,
    named: tuple[str, ...],
    declared: str,
    subject_to: Sequence[str] = (),
    *,
    syntax: Syntax = "auto",
    macros: str | None = None,
    verify: bool = True,
) -> Answer:
    """How a function is read, and where its derivative is zero.

    Raises
    ------
    MatgradError
        When it cannot be understood.
    """
    asked = point_asked(expression)
    texts = [*asked.constraints, *subject_to]
    given = language.given_with_constraints(asked.function, texts, declared, syntax=syntax, macros=macros)
    read = language.interpret(asked.function, given, syntax=syntax, macros=macros)
    if verify:
        verify_inner(read.derived)
    reading = Reading(read.expr, read.symbols, read.bindings, syntax=read.syntax)
    variables = read_variables(reading, named or asked.variables or (None,))
    conditions = read_constraints(reading, subject_to, asked.constraints)
    found = points.find_stationary(read.expr, variables, conditions, check=verify, names=read.bindings)
    return read, replace(found, called=read.name or "", written=explanation.as_written(read))


def point_record(expression: str, answer: Answer, *, steps: bool = False, lang: str = "en") -> dict[str, Any]:
    """A stationary point as an object of JSON."""
    read, point = answer
    derived = {"steps": [step_record(line, lang) for line in point.derivation(lang).lines]} if steps else {}
    return (
        {
            "schema": 1,
            "expression": expression,
            "wrt": [symbol.label for symbol in point.variables],
            "given": read.declarations(),
        }
        | point.record()
        | derived
    )


def point_lines(
    read: language.Interpretation,
    point: points.StationaryPoint,
    output: Medium,
    lang: str,
    *,
    steps: bool = False,
) -> Iterator[Line]:
    """A stationary point as people read it."""
    comment = COMMENT.get(output, "")
    indent = "" if comment else "  "
    yield ((comment + describe_interpretation(read, output, lang or language_asked()), "plain"),)
    yield from said_of(read, output, lang or language_asked())
    if steps:
        yield from derivation_lines(point.derivation(lang), output)
    else:
        yield ()
        yield ((f"{comment}{_ZERO.text(lang)}", "quiet"),)
        for equation in point.equation_lines(output):
            yield ((shown_in(output, equation), "plain"),)
    yield ()
    missing = point.no_solution
    if missing is not None:
        yield ((f"{comment}{missing.text(lang)}", "warning"),)
    for line in point.lines(output):
        yield ((shown_in(output, line), "result"),)
    for legend in point.legends:
        yield ((f"{comment}{indent}{points.said(legend, lang, output)}", "quiet"),)
    for remark in point.how:
        if remark.english == points.FOLLOWS.english:
            yield ((f"{comment}{indent}{points.said(remark, lang, output)}", "quiet"),)
    for condition in point.conditions:
        yield (
            (f"{comment}{indent}{_IF.text(lang, condition=points.said(condition, lang, output))}", "quiet"),
        )
    known = point.nature != "not known"
    if known or missing in (None, points.NO_SOLUTION):
        yield ()
        yield ((f"{comment}{point.nature_said.text(lang)}", "good" if known else "warning"),)
    for reason in point.why:
        why = points.said(reason, lang, output)
        if reason.source:
            why = Phrase("{rule} ({citation})").text(lang, rule=why, citation=reason.citation)
        yield ((f"{comment}{indent}{why}", "quiet"),)
    for said in point.notes:
        note = Phrase("note: {text}").text(lang, text=points.said(said, lang, output))
        yield ((f"{comment}{note}", "warning"),)
    check = point.verification
    if point.solutions or point.points:
        yield ((f"{comment}{check.text(lang)}", "good" if check.verified else "warning"),)
