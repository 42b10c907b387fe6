"""What people read: the interpretation, the result, what it is, and whether it was verified."""

from __future__ import annotations

from collections.abc import Iterator

from matgrad import explanation, language, printing, stationarity
from matgrad.calculus.presentation import FORMS, LAYOUTS
from matgrad.cli.as_typed import as_typed
from matgrad.cli.formats import CODE, COMMENT, Format, Medium
from matgrad.cli.solve import Answer, Solution
from matgrad.cli.terminal import ERROR, Line
from matgrad.compilation.backends import code_for
from matgrad.core.author_names import named_by_author
from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import Phrase, language_asked, phrase
from matgrad.printing.describe import describe_symbols
from matgrad.printing.left_side import name_of
from matgrad.printing.names import unicode_name
from matgrad.printing.unicode import dim_text
from matgrad.results import Result
from matgrad.typesetting.style import LatexStyle


def present(solution: Solution, medium: Medium) -> Iterator[Line]:
    """Lay out a solution as lines.

    Raises
    ------
    ArgumentError
        When the medium cannot hold the form of the result.
    """
    lang, style = solution.request.lang, LatexStyle.of(solution.request.latex)
    answered = [answer for answer in solution.answers if not isinstance(answer.result, MatgradError)]
    if answered:
        shown: Medium = "unicode" if medium in CODE else medium
        yield from _echo(solution.interpretation, shown, COMMENT[medium], lang)
        yield from said_of(solution.interpretation, medium, lang)
    for answer in answered:
        assert not isinstance(answer.result, MatgradError)
        if answer.steps is not None and not isinstance(answer.steps, MatgradError):
            yield from derivation_lines(answer.steps, medium, style)
        yield from _answer(answer.result, medium, lang, style)


def _echo(interpretation: language.Interpretation, medium: Medium, comment: str, lang: str) -> Iterator[Line]:
    """How the text was understood, below what was typed where that has another form."""
    echo, typed = describe_interpretation(interpretation, medium, lang), as_typed(interpretation, medium)
    if typed is not None and (typed.isascii() or medium != "text"):
        name, _, rest = echo.partition(" = ")
        yield ((f"{comment}{name} = {typed}", "plain"),)
        echo = f"{' ' * len(name)} = {rest}"
    yield ((comment + echo, "plain"),)


def said_of(interpretation: language.Interpretation, medium: Medium, lang: str) -> Iterator[Line]:
    """Where the text means something else than its usual reader may think."""
    for said in interpretation.notes(lang):
        note = Phrase("note: {text}").text(lang, text=said)
        yield ((COMMENT[medium] + _plain(note, medium), "warning"),)


def variables_of(interpretation: language.Interpretation, output: Format, lang: str) -> Iterator[Line]:
    """What its variables are, and what must be said of the text; then an empty line."""
    medium = "unicode" if output in CODE else output
    symbols = list(interpretation.symbols.values())
    word = Phrase("where").text(lang)
    spaces = interpretation.declarations() if medium == "text" else describe_symbols(symbols, medium, lang)
    yield ((f"{COMMENT[output]}{word} {spaces}", "plain"),)
    yield from said_of(interpretation, output, lang)
    yield ()


def describe_interpretation(interpretation: language.Interpretation, medium: Medium, lang: str = "en") -> str:
    """Say how the text was understood: the function, and the space of each of its variables."""
    expr, called = interpretation.expr, interpretation.name or ""
    equation = f"{name_of(expr, called, medium)} = {printing.line(expr, medium, names=False)}"
    if medium in ("unicode", "latex"):
        symbols = interpretation.symbols.values()
        spaces = [describe_symbols(symbols, medium, lang)] if symbols else []
        where = ", ".join([*spaces, *interpretation.function_spaces(medium, lang)])
    else:
        where = _plain(interpretation.declarations(), "text")
    if not where:
        return equation
    word = Phrase("where").text(lang)
    return (
        rf"{equation} \quad\text{{{word} }} {where}" if medium == "latex" else f"{equation}   {word} {where}"
    )


def code_of(result: Result, backend: str) -> str:
    """A function that computes the value and the derivative.

    Raises
    ------
    ArgumentError
        Where the form is none of matrices, or the code depends on sizes that are not known.
    """
    if not isinstance(result.expr, Expr):
        raise ArgumentError(
            phrase("components in index notation are no code"),
            fix=phrase("another form, or --format unicode"),
        )
    names = ["value", result.form]
    with named_by_author(result.names):
        return code_for(
            [result.function, result.expr], backend, name=f"value_and_{result.form}", results=names
        )


def derivation_lines(
    derivation: explanation.Derivation | stationarity.PointDerivation,
    medium: Medium,
    style: LatexStyle | None = None,
) -> Iterator[Line]:
    """A derivation as people read it, below an empty line."""
    yield ()
    match medium:
        case "latex":
            text, indent = derivation.latex(citations=True, style=style), ""
        case "text":
            text, indent = derivation.text("text", citations=True), "  "
        case _:
            text, indent = derivation.text("unicode", citations=True), COMMENT[medium] or "  "
    for row in text.splitlines():
        yield (((indent + row).rstrip(), "plain"),)


def _answer(result: Result, medium: Medium, lang: str, style: LatexStyle) -> Iterator[Line]:
    comment = COMMENT[medium]
    indent = "" if comment else "  "
    yield ()
    match medium:
        case "latex":
            written = result.latex(style)
        case _:
            written = code_of(result, medium) if medium in CODE else result.line(medium)
    for row in written.splitlines():
        yield (((indent + row).rstrip(), "result"),)
    yield ()
    yield ((comment + _plain(describe_form(result, medium, lang), medium), "quiet"),)
    for remark in result.remarks:
        name = _name(result.variable, medium)
        note = Phrase("note: {text}").text(lang, text=remark.text(lang, name=name))
        yield ((comment + _plain(note, medium), "warning"),)
    check = result.verification
    shown: Medium = "unicode" if medium in CODE else medium
    said = check.text(lang, lambda expr: printing.line(expr, shown, names=False))
    yield ((comment + said, "good" if check.verified else "warning"),)


def _plain(remark: str, medium: Medium) -> str:
    """A remark in ASCII for plain text, in which the parser's own spelling of a shape is m x n."""
    return remark.translate(_ASCII) if medium == "text" else remark


_ASCII = str.maketrans(
    {"×": " x ", "ᵀ": "'", "²": "^2", "−": "-", "⊙": ".*", "‖": "||", "Σ": "sum ", "ᵢ": "i ", "ⱼ": "j "}
)


def describe_form(result: Result, medium: Medium, lang: str = "en") -> str:
    """Say what the result is: its form and shape, its layout and its convention."""
    # In plain text a product of dimensions is written so that it can be declared: m*n.
    write = str if medium == "text" else dim_text
    shown = result.expr if result.by_member is None else result.by_member.expr
    sizes = shown.shape if isinstance(shown, Expr) else ()
    shape = ", " + "×".join(_factor(write(d), d) for d in sizes) if sizes else ""
    text = FORMS[result.form].text(lang)
    if result.form == "jacobian":
        layout = LAYOUTS[result.layout or "numerator"]
        text += Phrase(" in {layout} layout").text(lang, layout=layout)
    elif result.form != "hessian" and result.order > 1:
        text += Phrase(" of order {order}").text(lang, order=result.order)
    said = result.statement("unicode" if medium in CODE else medium)
    parts = [text + shape + (f": {said}" if said else "")]
    if result.meaning:
        parts.append(result.meaning.text(lang, name=_name(result.variable, medium)))
    return Phrase("; ").text(lang).join(parts)


def _name(variable: Symbol, medium: Medium) -> str:
    """A variable as words around the mathematics write it."""
    return variable.label if medium == "text" else unicode_name(variable.label)


def _factor(text: str, dim: Dim) -> str:
    return f"({text})" if len(dim.terms) > 1 else text


def present_error(error: MatgradError, place: str = "") -> Iterator[Line]:
    """Lay out an error: what is wrong, where, and a fix."""
    first, *rest = str(error).split("\n")
    yield ((f"{place}{ERROR.text(language_asked())}", "error"), (first, "plain"))
    for row in rest:
        yield ((row, "plain"),)


def unanswered(solution: Solution) -> Iterator[tuple[Answer, MatgradError]]:
    """The answers that miss what was asked for, and why."""
    for answer in solution.answers:
        for error in answer.errors:
            yield answer, error
