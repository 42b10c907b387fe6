"""The command ``matgrad check``: is an answer right, and if not, what is wrong with it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Literal

import click

from matgrad import checking, language
from matgrad.api.arguments import letters_asked
from matgrad.calculus.presentation import Convention, Layout
from matgrad.cli import options
from matgrad.cli.commands import command
from matgrad.cli.input import standard_input
from matgrad.cli.present import describe_interpretation, present_error, said_of
from matgrad.cli.process import BROKEN_PIPE, BadUse, discard_output
from matgrad.cli.record import error_record, verdict_record
from matgrad.cli.request import Language, Request, Syntax
from matgrad.cli.solve import choose_variables
from matgrad.cli.terminal import Line, write, write_json
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.files import text_of_file
from matgrad.core.words import Phrase, language_asked, phrase
from matgrad.results.parts import Part

WRONG = 3
"""The exit status of a wrong answer."""

CheckedForm = Literal["auto", "gradient", "differential", "jacobian", "hessian"]

CHECK_HELP = """Check an answer: is it the derivative, and what is wrong?

\b
  matgrad check "x' A x" --wrt x --answer "2 A x"
  matgrad check "A X B" --wrt X --answer "kron(B', A)" --layout numerator
  matgrad check "tr(A X)" --wrt X --given "X: n×n symmetric" --answer "df = tr(A dX)"
  matgrad check --derivation homework.txt

Any correct form is right: either layout, the gradient as a column or a row, the Jacobian on vec, a
differential in dX, either convention for a symmetric variable. --layout, --convention and --form ask
for one; so does a left side such as "df/dx' =" (numerator layout), "grad f =" or "df =".

A derivation is a file (or - for standard input) with one statement a line; # starts a comment:

\b
  A: n×n, x: n                     declarations
  f = x' A x                       what is differentiated, and other names
  df = dx' A x + x' A dx           a differential; d(…) may stand on the right
     = x' (A + A') dx              a continuation
  grad = (A + A') x                also df/dx, ∂f/∂x, J, H

The first wrong line is named, and what is wrong with it.

Exit status: 0 when all is right; 2 when the input cannot be understood; 3 when something is wrong; 4 when
there is no derivative or none is known."""


# An expression may start with a minus sign: what is no known option is taken for the expression.
@command(CHECK_HELP, minus=True)
@click.argument("expression", metavar="[EXPR]", required=False, help="The expression, in quotes.")
@click.option("--wrt", metavar="NAME", default="", show_default=False, help="The variable.")
@click.option("--answer", help="The answer, with or without a left side; - reads stdin.")
@click.option("--derivation", metavar="FILE", help="A derivation to be checked line by line.")
@options.given
@options.order
@click.option(
    "--form", type=options.words(CheckedForm), default="auto", help="The form asked for; auto is any."
)
@click.option("--layout", type=options.words(Layout), show_default="either one", help="The layout asked for.")
@click.option(
    "--convention",
    type=options.words(Convention),
    show_default="either one",
    help="For a symmetric variable: the convention asked for.",
)
@options.syntax("The dialect of the expressions.")
@options.macros
@options.written_as(Literal["unicode", "json"], "unicode", "How to write the verdict.")
@options.lang
def check(
    expression: str | None,
    wrt: str,
    answer: str | None,
    derivation: str | None,
    given: Sequence[str],
    order: int,
    form: CheckedForm,
    layout: Layout | None,
    convention: Convention | None,
    syntax: Syntax,
    macros: str,
    output: Literal["unicode", "json"],
    lang: Language | None,
) -> int:
    """Check an answer; the help text is above."""
    asked: dict[str, Any] = {
        "layout": layout,
        "convention": convention,
        "syntax": syntax,
        "language": lang or language_asked(),
    }
    declared = ", ".join(given)
    try:
        try:
            if derivation is not None:
                status = _derivation(derivation, wrt, declared, output, asked)
            else:
                request = Request(
                    _required(expression, phrase("an expression"), "EXPR"),
                    (wrt,) if wrt else (),
                    declared,
                    macros=macros,
                )
                text = _required(answer, phrase("an answer"), "--answer ANSWER")
                status = _answer(request, text, output, asked | {"order": order, "form": form})
        except MatgradError as error:
            status = error.exit_status
            if output == "json":
                _write_record(error_record(None, error))
            else:
                write(sys.stderr, present_error(error))
    except BrokenPipeError:
        # Told apart here, because Click takes it for a failure of its own.
        discard_output()
        status = BROKEN_PIPE
    return status


def _required(text: str | None, what: Phrase, option: str) -> str:
    if text is None:
        raise BadUse(phrase("{what} is missing: {option}, or --derivation FILE", what=what, option=option))
    return standard_input().strip() if text == "-" else text


def _answer(request: Request, text: str, output: str, options: dict[str, Any]) -> int:
    """Check one answer, write the verdict, and return the exit status."""
    read, name, verdict = judge(request, text, options)
    if output == "json":
        _write_record(judged_record(request, read, name, verdict))
    else:
        write(sys.stdout, judged_lines(read, verdict))
    return 0 if verdict.correct else WRONG


def judge(
    request: Request, text: str, options: dict[str, Any]
) -> tuple[language.Interpretation, str, checking.Verdict]:
    """How the problem is read, the name of its variable, and the verdict on an answer.

    Raises
    ------
    MatgradError
        When the problem or the answer cannot be understood.
    """
    read = language.interpret(
        request.expression, request.given, syntax=options["syntax"], macros=request.macros
    )
    (variable, *more) = choose_variables(request, read)
    if more:
        raise ArgumentError(
            phrase("an answer is checked for one variable at a time"), fix=f"--wrt {request.wrt[0]}"
        )
    verdict = checking.check(
        read.expr,
        variable,
        text,
        symbols=read.symbols.values(),
        bindings=read.bindings,
        members=read.members,
        letters=letters_asked(request.wrt[0] if request.wrt else None, read.symbols),
        **options,
    )
    return read, variable.symbol.label if isinstance(variable, Part) else variable.label, verdict


def judged_record(
    request: Request, read: language.Interpretation, name: str, verdict: checking.Verdict
) -> dict[str, Any]:
    """A verdict on an answer, with the problem, as an object of JSON."""
    head = {"schema": 1, "expression": request.expression, "wrt": name}
    return head | verdict_record(verdict) | {"notes": list(read.notes(verdict.language))}


def judged_lines(read: language.Interpretation, verdict: checking.Verdict) -> list[Line]:
    """A verdict as people read it, below the problem."""
    head = describe_interpretation(read, "unicode", verdict.language)
    return [((head, "plain"),), *said_of(read, "unicode", verdict.language), (), *_laid_out(verdict)]


def _derivation(place: str, wrt: str, given: str, output: str, options: dict[str, Any]) -> int:
    """Check a derivation, write what is found, and return the exit status."""
    verdict = checking.check_derivation(
        standard_input() if place == "-" else text_of_file(place), wrt or None, given=given or None, **options
    )
    if output == "json":
        _write_record(derivation_record(verdict))
    else:
        write(sys.stdout, [((row, "plain"),) for row in verdict.lines()])
    return 0 if verdict.correct else WRONG


def _laid_out(verdict: checking.Verdict) -> list[Line]:
    first, *rest = verdict.lines()
    return [((first, "good" if verdict.correct else "error"),), *(((row, "plain"),) for row in rest)]


def derivation_record(verdict: checking.DerivationVerdict) -> dict[str, Any]:
    """A verdict on the lines of a derivation, as an object of JSON."""
    first = verdict.first_wrong
    return {
        "schema": 1,
        "correct": verdict.correct,
        "first_wrong": first.number if first is not None else None,
        "lines": [
            {
                "line": step.number,
                "text": step.text,
                "status": step.status,
                "verdict": verdict_record(step.verdict) if step.verdict is not None else None,
            }
            for step in verdict.steps
        ],
    }


def _write_record(record: dict[str, Any]) -> None:
    write_json(sys.stdout, [record])
