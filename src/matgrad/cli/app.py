"""The commands and their options."""

from __future__ import annotations

import sys
from typing import Annotated, Literal

import typer

from matgrad import __version__, exercises
from matgrad.calculus.presentation import Convention, Layout
from matgrad.cli.batch import answer_lines, answer_one
from matgrad.cli.commands import Command, Group
from matgrad.cli.formats import Format
from matgrad.cli.options import Given, Lang, Macros, Order
from matgrad.cli.practice import hold_session
from matgrad.cli.process import BROKEN_PIPE, BadUse, discard_output
from matgrad.cli.request import Form, Method, Request, Syntax, names
from matgrad.core.words import language_asked, phrase

app = typer.Typer(
    name="matgrad",
    help="Derivatives of matrix expressions: in textbook notation, verified numerically.",
    cls=Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=True,
)

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


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"matgrad {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Derivatives of matrix expressions: in textbook notation, verified numerically."""


# An expression may start with a minus sign: what is no known option is taken for the expression.
@app.command(cls=Command, help=DIFF_HELP, context_settings={"ignore_unknown_options": True})
def diff(
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="EXPR", show_default=False, help="The expression, in quotes; - reads stdin."),
    ] = None,
    wrt: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", show_default=False, help="The variable; several with commas or repeated."
        ),
    ] = None,
    given: Given = None,
    at: Annotated[
        list[str] | None,
        typer.Option(metavar="POINT", show_default=False, help='Where to take it: "w = 0", "X = I".'),
    ] = None,
    order: Order = 1,
    form: Annotated[Form, typer.Option(help="How to show the derivative.")] = "auto",
    layout: Annotated[Layout, typer.Option(help="The layout of a Jacobian.")] = "numerator",
    convention: Annotated[
        Convention,
        typer.Option(help="By a symmetric (diagonal, …) variable: within the subspace, or entry by entry."),
    ] = "subspace",
    syntax: Annotated[Syntax, typer.Option(help="The dialect of the expression.")] = "auto",
    macros: Macros = None,
    output: Annotated[
        Format | None,
        typer.Option("--format", show_default="unicode", help="How to write the answer."),
    ] = None,
    steps: Annotated[
        bool, typer.Option("--steps", help="Show the derivation, with the rule used in each line.")
    ] = False,
    method: Annotated[
        Method | None,
        typer.Option(
            show_default="differential",
            help="How to derive: by differentials, entry by entry, by the chain rule.",
        ),
    ] = None,
    lang: Lang = None,
    latex: Annotated[
        str,
        typer.Option(
            metavar="STYLE",
            show_default=False,
            help='How LaTeX is set: "two columns, bold, transpose T, numbered".',
        ),
    ] = "",
    no_verify: Annotated[bool, typer.Option("--no-verify", help="Skip the numeric verification.")] = False,
) -> None:
    """Differentiate a matrix expression; the help text is above."""
    expression = _expression(words or [])
    request = Request(
        expression=expression,
        wrt=tuple(name for text in wrt or () for name in names(text)),
        given=", ".join(given or ()),
        at=", ".join(at or ()),
        order=order,
        form=form,
        layout=layout,
        convention=convention,
        syntax=syntax,
        macros=macros or "",
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
        # Told apart here, because typer takes it for a failure of its own.
        discard_output()
        status = BROKEN_PIPE
    raise typer.Exit(status)


@app.command(cls=Command, help=PRACTICE_HELP)
def practice(
    topic: Annotated[
        str | None,
        typer.Option(
            show_default="all in turn",
            help="The topic; its beginning is enough.",
            autocompletion=lambda: list(exercises.TOPICS),
        ),
    ] = None,
    difficulty: Annotated[int, typer.Option(min=1, max=3, help="From one rule to an examination.")] = 1,
    seed: Annotated[
        int | None, typer.Option(show_default="random", help="The same seed gives the same problems.")
    ] = None,
    number: Annotated[
        int | None, typer.Option(min=1, show_default="until you quit", help="How many problems.")
    ] = None,
    lang: Lang = None,
) -> None:
    """Solve problems; the help text is above."""
    try:
        status = hold_session(topic, difficulty, seed, number, lang or language_asked(), _default_format())
    except BrokenPipeError:
        # Told apart here, because typer takes it for a failure of its own.
        discard_output()
        status = BROKEN_PIPE
    raise typer.Exit(status)


def _expression(words: list[str]) -> str:
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
