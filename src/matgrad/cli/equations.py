"""The command ``matgrad solve``: an equation, its kind, and its solution."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import click

from matgrad import equations, language, printing
from matgrad.api.matrix_equations import read_equation, read_equations_of_text
from matgrad.cli import options
from matgrad.cli.answers import answer_with
from matgrad.cli.commands import command
from matgrad.cli.formats import CODE, COMMENT, Format, shown_in
from matgrad.cli.present import variables_of
from matgrad.cli.request import Language, Syntax, names
from matgrad.cli.terminal import Line
from matgrad.compilation.backends import code_for
from matgrad.core.words import Phrase, language_asked
from matgrad.equations.equation import Equation
from matgrad.equations.system import EquationSystem
from matgrad.explanation.citations import with_citation, worded
from matgrad.results.inner import verify_inner

SOLVE_HELP = """Solve a matrix equation: its kind, condition, solution.

\b
  matgrad solve "A X + X B = C" --for X
  matgrad solve "X = A' X A + Q" --for X
  matgrad solve "A X B + C X D = E" --for X --format numpy
  matgrad solve "A X + Y B = C; D X + Y E = F" --for X,Y
  matgrad solve "A' X + X A - X G X + Q = 0" --for X --given "G: n×n symmetric, Q: n×n symmetric"

Several equations stand between semicolons, their unknowns between commas.
The solution is put back into the equation at random points before it is shown.

Exit status: 0; 2 when the input cannot be understood, or the equation is of no kind that is known."""

Answer = tuple[language.Interpretation, Equation | EquationSystem]


# An equation may start with a minus sign: what is no known option is taken for the equation.
@command(SOLVE_HELP, minus=True)
@click.argument("equation", metavar="EQUATION", help="The equation, in quotes.")
@click.option(
    "--for",
    "--unknown",
    "unknown",
    metavar="NAME",
    default="",
    show_default=False,
    help="What it is solved for: X, or X,Y.",
)
@options.given
@options.syntax("The dialect of the equation.")
@options.macros
@options.written_as(Format, "unicode", "How to write the answer.")
@click.option("--steps", is_flag=True, help="Show the way to the solution.")
@options.lang
@click.option("--no-verify", is_flag=True, help="Do not put the solution back.")
def solve(
    equation: str,
    unknown: str,
    given: Sequence[str],
    syntax: Syntax,
    macros: str,
    output: Format,
    steps: bool,
    lang: Language | None,
    no_verify: bool,
) -> int:
    """Solve a matrix equation; the help text is above."""
    declared = ", ".join(given)
    asked: dict[str, Any] = {"syntax": syntax, "macros": macros, "verify": not no_verify}

    def found() -> Answer:
        return find_solution(equation, names(unknown), declared, **asked)

    def record(answer: Answer) -> dict[str, Any]:
        return solution_record(equation, answer)

    def lines(answer: Answer) -> Iterator[Line]:
        return solution_lines(*answer, output, steps, lang or language_asked())

    return answer_with(found, record, lines, json=output == "json")


def find_solution(
    equation: str,
    unknowns: tuple[str, ...],
    declared: str,
    *,
    syntax: Syntax = "auto",
    macros: str | None = None,
    verify: bool = True,
) -> Answer:
    """How an equation, or several between semicolons, is read, and its solution.

    Raises
    ------
    MatgradError
        When it cannot be understood, or is of no kind that is known.
    """
    if len(unknowns) > 1:
        texts = language.split_equations(equation)
        several, symbols = read_equations_of_text(texts, unknowns, declared, syntax=syntax, macros=macros)
        if verify:
            verify_inner(several.interpretation.derived)
        return several.interpretation, equations.solve_equations(several.sides, symbols, verify=verify)
    unknown = unknowns[0] if unknowns else None
    read, symbol = read_equation(equation, unknown, declared, syntax=syntax, macros=macros)
    if verify:
        verify_inner(read.interpretation.derived)
    return read.interpretation, equations.solve_equation(read.left, read.right, symbol, verify=verify)


def solution_record(equation: str, answer: Answer) -> dict[str, Any]:
    """A solution as an object of JSON."""
    interpretation, solved = answer
    if isinstance(solved, EquationSystem):
        labels: Any = [x.label for x in solved.unknowns]
        solution: Any = None
        if solved.solution is not None:
            solution = dict(zip(labels, map(printing.text, solved.solution), strict=True))
    else:
        labels = solved.unknown.label
        solution = None if solved.solution is None else printing.text(solved.solution)
    return {
        "schema": 1,
        "equation": equation,
        "unknown": labels,
        "given": interpretation.declarations(),
        "kind": solved.kind,
        "normal_form": solved.normal_form,
        "condition": solved.condition,
        "method": solved.method,
        "solution": solution,
        "latex": solved.latex(),
        "verified": solved.verification.verified,
    }


def solution_lines(
    interpretation: language.Interpretation,
    found: Equation | EquationSystem,
    output: Format,
    steps: bool,
    lang: str,
) -> Iterator[Line]:
    """A solution as people read it."""
    comment = COMMENT[output]
    medium = "unicode" if output in CODE else output
    indent = "" if comment else "  "
    yield from variables_of(interpretation, output, lang)

    def written(expr: Any) -> str:
        return printing.line(expr, medium, names=False)

    if isinstance(found, EquationSystem):
        normal, shown_lines = ", ".join(found.normal_lines(medium)), found.lines(medium)
        values, labels, needed = found.solution, [x.label for x in found.unknowns], found.needed
    else:
        normal, shown_lines = found.normal_line(medium), [found.line(medium)]
        values = None if found.solution is None else (found.solution,)
        labels, needed = [found.unknown.label], ()
    what = Phrase("{kind}: {equation}").text(lang, kind=found.form.name, equation=normal)
    yield ((f"{comment}{what}", "plain"),)
    yield ((f"{comment}{found.form.uniqueness_text(written, lang)}", "quiet"),)
    yield ()
    if steps:
        for step in found.steps:
            yield ((f"{comment}{indent}{step.line(medium)}", "plain"),)
            yield ((f"{comment}{indent}    {worded(with_citation(step.reason), lang, medium)}", "quiet"),)
        yield ()
    if output in CODE and values is not None:
        shown_lines = code_for(values, output, name="solve", results=labels).splitlines()
    for row in shown_lines:
        yield ((shown_in(output, row), "result"),)
    yield ()
    if needed:
        all_needed = ", ".join(Phrase("{what} is invertible").text(lang, what=written(x)) for x in needed)
        said = Phrase("the formula holds if: {condition}").text(lang, condition=all_needed)
        yield ((f"{comment}{said}", "quiet"),)
    for legend in found.legends(lang) if output not in CODE else ():
        yield ((f"{comment}{legend}", "quiet"),)
    method = worded(with_citation(found.form.method), lang, medium)
    yield ((f"{comment}{Phrase('solved by: {method}').text(lang, method=method)}", "quiet"),)
    check = found.verification
    said = Phrase("put back: {check}").text(lang, check=check.text(lang))
    yield ((f"{comment}{said}", "good" if check.verified else "warning"),)
