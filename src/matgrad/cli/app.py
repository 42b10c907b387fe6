"""The commands and their options."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Literal

import click

from matgrad import __version__, exercises
from matgrad.calculus.presentation import Convention, Layout
from matgrad.cli import completion, options
from matgrad.cli.batch import answer_lines, answer_one
from matgrad.cli.commands import Group, command
from matgrad.cli.formats import Format
from matgrad.cli.practice import hold_session
from matgrad.cli.process import BROKEN_PIPE, BadUse, discard_output
from matgrad.cli.request import Form, Language, Method, Request, Syntax, names
from matgrad.core.words import language_asked, phrase

DIFF_HELP = """Differentiate a matrix expression.

\b
  matgrad diff "tr(A X B X')" --wrt X --given "A: m×m symmetric"
  matgrad diff "norm(A @ x - b)**2" --wrt x --order 2
  matgrad diff "X^-1" --wrt X --layout denominator
  matgrad diff "log(det(X' A X))" --wrt X --steps
  matgrad diff "norm(A x - b)^2" --wrt x --format julia
  matgrad diff "log det(A + B)" --wrt "A[1, :]"
  matgrad diff "sum(softplus(X w))" --wrt w --order 2 --at "w = 0"
  matgrad diff '\\log|X| + \\operatorname{tr}(X^{-1} S)' --wrt X --given "X: n×n SPD"

Capital letters are matrices, lower-case letters vectors (columns), Greek names scalars; what
--given declares counts first, and shapes that are not declared are inferred.

With "-" for EXPR, or none, problems are read from standard input, one a line: an expression, or a
JSON object such as {"expression": "tr(A X)", "wrt": "X"}. Blank lines and lines that start with #
are skipped.

Exit status: 0; 2 when the input cannot be understood; 4 when there is no derivative or none is
known. Of several problems, the worst."""


PRACTICE_HELP = """Solve problems: differentiate, be checked, be helped.

\b
  matgrad practice --topic trace
  matgrad practice --difficulty 3 --number 5
  matgrad practice --topic kronecker --seed 7 --lang zh

Topics: linear, quadratic, trace, determinant, inverse, vector (by vector, in both layouts),
kronecker (and vec), elementwise, chain (rule), hessian.

Difficulty 1 needs one rule of a table, 2 a few rules together, 3 is as in an examination.

A wrong answer is told what is wrong with it; what cannot be read is no try. hint gives the next step
of the derivation, show the solution, skip the next problem, help how to write answers, and quit or the
end of the input a summary. Answers are read from standard input, one a line.

Exit status: 0; 2 for an option that cannot be understood."""


def _topics(context: Any, parameter: Any, incomplete: str) -> list[str]:
    """What a shell offers for ``--topic``."""
    return [topic for topic in exercises.TOPICS if topic.startswith(incomplete)]


# An expression may start with a minus sign: what is no known option is taken for the expression.
@command(DIFF_HELP, minus=True)
@click.argument("words", nargs=-1, metavar="[EXPR]...", help="The expression, in quotes; - reads stdin.")
@click.option("--wrt", multiple=True, metavar="NAME", help="The variable; several with commas or repeated.")
@options.given
@click.option("--at", multiple=True, metavar="POINT", help='Where to take it: "w = 0", "X = I".')
@options.order
@click.option("--form", type=options.words(Form), default="auto", help="How to show the derivative.")
@click.option("--layout", type=options.words(Layout), default="numerator", help="The layout of a Jacobian.")
@click.option(
    "--convention",
    type=options.words(Convention),
    default="subspace",
    help="By a symmetric (diagonal, …) variable: within the subspace, or entry by entry.",
)
@options.syntax("The dialect of the expression.")
@options.macros
@options.written_as(Format, None, "How to write the answer.", shown="unicode")
@click.option("--steps", is_flag=True, help="Show the derivation, with the rule used in each line.")
@click.option(
    "--method",
    type=options.words(Method),
    show_default="differential",
    help="How to derive: by differentials, entry by entry, by the chain rule.",
)
@options.lang
@click.option(
    "--latex",
    metavar="STYLE",
    default="",
    show_default=False,
    help='How LaTeX is set: "two columns, bold, transpose T, numbered".',
)
@options.no_verify
def diff(
    words: Sequence[str],
    wrt: Sequence[str],
    given: Sequence[str],
    at: Sequence[str],
    order: int,
    form: Form,
    layout: Layout,
    convention: Convention,
    syntax: Syntax,
    macros: str,
    output: Format | None,
    steps: bool,
    method: Method | None,
    lang: Language | None,
    latex: str,
    no_verify: bool,
) -> int:
    """Differentiate a matrix expression; the help text is above."""
    expression = _expression(words)
    request = Request(
        expression=expression,
        wrt=tuple(name for text in wrt for name in names(text)),
        given=", ".join(given),
        at=", ".join(at),
        order=order,
        form=form,
        layout=layout,
        convention=convention,
        syntax=syntax,
        macros=macros,
        verify=not no_verify,
        method=method or ("differential" if steps else None),
        lang=lang or language_asked(),
        latex=latex,
    )
    chosen = output or _default_format()
    try:
        if expression == "-":
            status = answer_lines(sys.stdin.buffer, request, chosen)
        else:
            status = answer_one(request, chosen)
    except BrokenPipeError:
        # Told apart here, because Click takes it for a failure of its own.
        discard_output()
        status = BROKEN_PIPE
    return status


@command(PRACTICE_HELP)
@click.option(
    "--topic",
    show_default="all in turn",
    help="The topic; its beginning is enough.",
    shell_complete=_topics,
)
@click.option("--difficulty", type=click.IntRange(1, 3), default=1, help="From one rule to an examination.")
@click.option("--seed", type=int, show_default="drawn anew", help="The same seed gives the same problems.")
@click.option(
    "--number", type=click.IntRange(min=1), show_default="until you quit", help="How many problems."
)
@options.lang
def practice(
    topic: str | None, difficulty: int, seed: int | None, number: int | None, lang: Language | None
) -> int:
    """Solve problems; the help text is above."""
    try:
        status = hold_session(topic, difficulty, seed, number, lang or language_asked(), _default_format())
    except BrokenPipeError:
        # Told apart here, because Click takes it for a failure of its own.
        discard_output()
        status = BROKEN_PIPE
    return status


@click.group(
    cls=Group,
    help="Derivatives of matrix expressions: in textbook notation, verified numerically.",
    context_settings={"help_option_names": ["-h", "--help"], "show_default": True},
    commands=[diff, practice],
)
@click.version_option(__version__, "--version", "-V", message="matgrad %(version)s", help="Show the version.")
@completion.install
@completion.show
def app() -> None:
    """The commands together; the help text is above."""


def _expression(words: Sequence[str]) -> str:
    if len(words) > 1:
        raise BadUse(phrase('one expression is expected, in quotes: "{words}"', words=" ".join(words)))
    return words[0] if words else "-"


def _default_format() -> Literal["unicode", "text"]:
    """Unicode wherever the output can hold it."""
    try:
        "∂ᵀ∈ℝ".encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return "text"
    return "unicode"
