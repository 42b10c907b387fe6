"""What people read: the interpretation, the result, what it is, and whether it was verified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from matgrad.cli.solve import Answer, Solution
from matgrad.cli.terminal import Line
from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr

if TYPE_CHECKING:
    from matgrad.explain import Derivation
    from matgrad.language import Interpretation
    from matgrad.results import Result

Medium = Literal["text", "unicode", "latex", "numpy"]

COMMENT: dict[Medium, str] = {"text": "", "unicode": "", "latex": "% ", "numpy": "# "}
"""What makes a remark a comment, so that LaTeX and Python can be pasted whole."""


def present(solution: Solution, medium: Medium) -> Iterator[Line]:
    """Lay out a solution as lines.

    Raises
    ------
    ArgumentError
        When the medium cannot hold the form of the result.
    """
    answered = [answer for answer in solution.answers if not isinstance(answer.result, MatgradError)]
    if answered:
        yield ((COMMENT[medium] + describe_interpretation(solution.interpretation, medium), "plain"),)
    for answer in answered:
        assert not isinstance(answer.result, MatgradError)
        if answer.steps is not None and not isinstance(answer.steps, MatgradError):
            yield from _steps(answer.steps, medium)
        yield from _answer(answer.result, medium)


def describe_interpretation(interpretation: Interpretation, medium: Medium) -> str:
    """Say how the text was understood: the function, and the space of each of its variables."""
    from matgrad import printing
    from matgrad.printing.describe import describe_symbols
    from matgrad.printing.left_side import function_name

    expr = interpretation.expr
    equation = f"{function_name(expr)} = {printing.line(expr, medium, names=False)}"
    if medium in ("unicode", "latex"):
        reals = r": \mathbb{R} \to \mathbb{R}" if medium == "latex" else ": ℝ → ℝ"
        spaces = [describe_symbols(interpretation.symbols.values(), medium)] if interpretation.symbols else []
        where = ", ".join([*spaces, *(name + reals for name in interpretation.functions)])
    else:
        where = _plain(interpretation.declarations(), "text")
    if not where:
        return equation
    return rf"{equation} \quad\text{{where }} {where}" if medium == "latex" else f"{equation}   where {where}"


def equation(result: Result, medium: Medium) -> str:
    """The result as an equation.

    Raises
    ------
    ArgumentError
        When the medium cannot hold the form of the result.
    """
    if medium == "numpy" and not isinstance(result.expr, Expr):
        raise ArgumentError(
            "components in index notation are not NumPy source", fix="another form, or --format unicode"
        )
    return result.line(medium)


def _steps(derivation: Derivation, medium: Medium) -> Iterator[Line]:
    yield ()
    match medium:
        case "latex":
            text, indent = derivation.latex(), ""
        case "numpy":
            text, indent = derivation.text("text"), COMMENT[medium]
        case _:
            text, indent = derivation.text(medium), "  "
    for row in text.splitlines():
        yield ((indent + row, "plain"),)


def _answer(result: Result, medium: Medium) -> Iterator[Line]:
    comment = COMMENT[medium]
    indent = "" if comment else "  "
    yield ()
    for row in equation(result, medium).splitlines():
        yield ((indent + row, "result"),)
    yield ()
    yield ((comment + _plain(describe_form(result, medium), medium), "quiet"),)
    for note in result.notes:
        yield ((f"{comment}note: {_plain(note, medium)}", "warning"),)
    check = result.verification
    yield ((f"{comment}{check}", "good" if check.verified else "warning"),)


def _plain(remark: str, medium: Medium) -> str:
    """A remark in ASCII for plain text, in which the parser's own spelling of a shape is m x n."""
    return remark.translate(_ASCII) if medium == "text" else remark


_ASCII = str.maketrans({"×": " x ", "ᵀ": "'", "²": "^2", "−": "-", "⊙": ".*"})


def describe_form(result: Result, medium: Medium) -> str:
    """Say what the result is: its form and shape, its layout and its convention."""
    from matgrad.printing.left_side import function_name
    from matgrad.printing.unicode import dim_text

    # In plain text a product of dimensions is written so that it can be declared: m*n.
    write = str if medium == "text" else dim_text
    function, variable = result.function, result.variable
    name = function_name(function)
    change = f"d{variable.label}" if variable.is_vector else f"vec(d{variable.label})"
    sizes = result.expr.shape if isinstance(result.expr, Expr) else ()
    shape = ", " + "×".join(_factor(write(d), d) for d in sizes) if sizes else ""
    match result.form:
        case "jacobian":
            value = f"d{name}" if function.columns is ONE else f"vec(d{name})"
            product = f"{change}ᵀ J = {value}ᵀ" if result.layout == "denominator" else f"{value} = J {change}"
            text = f"Jacobian in {result.layout} layout{shape}: {product}"
        case "hessian":
            text = f"Hessian{shape}: d²{name} = {change}ᵀ H {change}"
        case "derivative":
            text = f"derivative{_of_order(result)}{shape}"
        case "differential":
            text = f"differential{_of_order(result)}{shape}"
        case form:
            text = f"{form}{shape}"
    return f"{text}; {result.convention}" if result.convention else text


def _factor(text: str, dim: Dim) -> str:
    return f"({text})" if len(dim.terms) > 1 else text


def _of_order(result: Result) -> str:
    return f" of order {result.order}" if result.order > 1 else ""


def present_error(error: MatgradError, place: str = "") -> Iterator[Line]:
    """Lay out an error: what is wrong, where, and a fix."""
    first, *rest = str(error).split("\n")
    yield ((f"{place}error: ", "error"), (first, "plain"))
    for row in rest:
        yield ((row, "plain"),)


def unanswered(solution: Solution) -> Iterator[tuple[Answer, MatgradError]]:
    """The answers that miss what was asked for, and why."""
    for answer in solution.answers:
        for error in answer.errors:
            yield answer, error
