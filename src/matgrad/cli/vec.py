"""The command ``matgrad vec``: an expression or an equation on vec of its variable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from matgrad import language
from matgrad.api.arguments import Reading
from matgrad.api.vectorizing import unknowns_on_vec
from matgrad.cli import options
from matgrad.cli.answers import answer_with
from matgrad.cli.commands import command
from matgrad.cli.formats import CODE, COMMENT, Format, shown_in
from matgrad.cli.present import variables_of
from matgrad.cli.request import Language, Syntax, names
from matgrad.cli.terminal import Line
from matgrad.compilation.backends import code_for
from matgrad.core.expr import symbols_of
from matgrad.core.words import Phrase, language_asked
from matgrad.explanation.citations import with_citation, worded
from matgrad.language.equations import interpret_equation, is_equation
from matgrad.results.inner import verify_inner
from matgrad.results.vectorization import Vectorization, vectorized

VEC_HELP = """Write an expression or an equation on vec of its variable.

\b
  matgrad vec "A X B + C X D = E" --unknown X
  matgrad vec "A X' B" --unknown X
  matgrad vec "A S + S A' = Q" --unknown S --given "S: n×n symmetric"
  matgrad vec "A diag(x) B" --unknown x --format latex

vec(AXB) = (Bᵀ ⊗ A) vec(X); a transpose is the commutation matrix K, a Hadamard product a diagonal matrix;
of a symmetric or triangular variable vech(X) stands there, with D or L, of a diagonal one its diagonal.

Exit status: 0; 2 when the input cannot be understood, or is not linear in the variable."""

Answer = tuple[language.Interpretation, Vectorization]
_ITSELF = Phrase("{names} is a column, and its own vec; --unknown {other} writes it on vec({other})")


# An expression may start with a minus sign: what is no known option is taken for the expression.
@command(VEC_HELP, minus=True)
@click.argument("expression", metavar="EXPR", help="The expression or equation, in quotes.")
@click.option(
    "--unknown",
    "--wrt",
    multiple=True,
    metavar="NAME",
    help="The variable; several with commas or repeated.",
)
@options.given
@options.syntax("The dialect of the expression.")
@options.macros
@options.written_as(Format, "unicode", "How to write the answer.")
@click.option("--steps", is_flag=True, help="Show what each term becomes, and by which rule.")
@options.lang
@options.no_verify
def vec(
    expression: str,
    unknown: Sequence[str],
    given: Sequence[str],
    syntax: Syntax,
    macros: str,
    output: Format,
    steps: bool,
    lang: Language | None,
    no_verify: bool,
) -> int:
    """Write an expression on vec of its variable; the help text is above."""
    declared = ", ".join(given)
    named = tuple(name for text in unknown for name in names(text))

    asked: dict[str, Any] = {"syntax": syntax, "macros": macros, "verify": not no_verify}

    def found() -> Answer:
        return find_on_vec(expression, named, declared, **asked)

    def record(answer: Answer) -> dict[str, Any]:
        return on_vec_record(expression, answer)

    def lines(answer: Answer) -> Iterator[Line]:
        return on_vec_lines(*answer, output, steps, lang or language_asked())

    return answer_with(found, record, lines, json=output == "json")


def find_on_vec(
    expression: str,
    named: tuple[str, ...],
    declared: str,
    *,
    syntax: Syntax = "auto",
    macros: str | None = None,
    verify: bool = True,
) -> Answer:
    """How an expression or an equation is read, and what it is on vec of its variables.

    Raises
    ------
    MatgradError
        When it cannot be understood, or is not linear in them.
    """
    if is_equation(expression):
        equation = interpret_equation(expression, declared, syntax=syntax, macros=macros)
        interpretation, both = equation.interpretation, True
    else:
        interpretation = language.interpret(expression, declared, syntax=syntax, macros=macros)
        both = False
    if verify:
        verify_inner(interpretation.derived)
    reading = Reading(interpretation.expr, interpretation.symbols)
    unknowns = unknowns_on_vec(reading, named or None, is_equation=both)
    return interpretation, vectorized(interpretation.expr, unknowns, is_equation=both, check=verify)


def on_vec_record(expression: str, answer: Answer) -> dict[str, Any]:
    """What an expression is on vec, as an object of JSON."""
    interpretation, vectorization = answer
    return {
        "schema": 1,
        "expression": expression,
        "unknown": [symbol.label for symbol in vectorization.unknowns],
        "given": interpretation.declarations(),
    } | vectorization.record()


def on_vec_lines(
    interpretation: language.Interpretation, found: Vectorization, output: Format, steps: bool, lang: str
) -> Iterator[Line]:
    """What an expression is on vec, as people read it."""
    comment = COMMENT[output]
    medium = "unicode" if output in CODE else output
    yield from variables_of(interpretation, output, lang)
    indent = "" if comment else "  "
    rules = found.rules
    if steps:
        for step, reasons in found.steps(medium):
            yield ((f"{comment}{indent}{step}", "plain"),)
            for reason in reasons:
                yield ((f"{comment}{indent}    {worded(with_citation(reason), lang, medium)}", "quiet"),)
        yield ()
        rules = ()
    shown = _code(found, output) if output in CODE else found.line(medium)
    for row in shown.splitlines():
        yield ((shown_in(output, row), "result"),)
    others = [x for x in symbols_of(found.function).values() if not (x.is_vector or x.is_scalar)]
    if found.says_nothing and others:
        yield ()
        said = _ITSELF.text(lang, names=", ".join(x.label for x in found.unknowns), other=others[0].label)
        yield ((f"{comment}{said}", "quiet"),)
    yield ()
    for rule in rules:
        yield ((f"{comment}{worded(with_citation(rule), lang, medium)}", "quiet"),)
    check = found.verification
    yield ((f"{comment}{check.text(lang)}", "good" if check.verified else "warning"),)


def _code(found: Vectorization, backend: str) -> str:
    """A function that makes the matrices, and the column that does not depend on the variables."""
    names = ["matrix"] if len(found.parts) == 1 else [f"matrix_{k + 1}" for k in range(len(found.parts))]
    matrices = [matrix for _, matrix in found.parts] if found.form.square is None else [found.matrix]
    if found.form.square is not None:
        names = ["matrix"]
    rest = "right_side" if found.is_equation else "rest"
    return code_for([*matrices, found.rest], backend, name="matrices_on_vec", results=[*names, rest])
