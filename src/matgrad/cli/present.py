"""What people read: the interpretation, the result, what it is, and whether it was verified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from matgrad.cli.solve import Answer, Solution
from matgrad.cli.terminal import Line
from matgrad.core.dims import ONE, shape_text
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr

if TYPE_CHECKING:
    from matgrad.results import Result

Medium = Literal["text", "unicode", "latex", "numpy"]

COMMENT: dict[Medium, str] = {"text": "", "unicode": "", "latex": "% ", "numpy": "# "}
"""What makes a remark a comment, so that LaTeX and Python can be pasted whole."""


def present(solution: Solution, medium: Medium) -> Iterator[Line]:
    """Lay out a solution as lines."""
    comment = COMMENT[medium]
    yield ((comment + solution.interpretation.description(medium), "plain"),)
    for answer in solution.answers:
        if not isinstance(answer.result, MatgradError):
            yield from _answer(answer.result, medium)


def _answer(result: Result, medium: Medium) -> Iterator[Line]:
    comment = COMMENT[medium]
    indent = "" if comment else "  "
    yield ()
    for row in result.line(medium).splitlines():
        yield ((indent + row, "result"),)
    yield ()
    yield ((comment + _plain(describe_form(result), medium), "quiet"),)
    for note in result.notes:
        yield ((f"{comment}note: {_plain(note, medium)}", "warning"),)
    check = result.verification
    yield ((f"{comment}{check}", "good" if check.verified else "warning"),)


def _plain(remark: str, medium: Medium) -> str:
    """A remark in ASCII for plain text, in which the parser's own spelling of a shape is m x n."""
    return remark.translate(_ASCII) if medium == "text" else remark


_ASCII = str.maketrans({"×": "x", "ᵀ": "'", "²": "^2", "−": "-", "⊙": ".*"})


def describe_form(result: Result) -> str:
    """Say what the result is: its form and shape, its layout and its convention."""
    function, variable = result.function, result.variable
    name = "f" if function.is_scalar else "F"
    change = f"d{variable.label}" if variable.is_vector else f"vec(d{variable.label})"
    shape = f", {shape_text(result.expr.shape)}" if isinstance(result.expr, Expr) else ""
    match result.form:
        case "jacobian":
            value = f"d{name}" if function.columns is ONE else f"vec(d{name})"
            product = f"{change}ᵀ J = {value}ᵀ" if result.layout == "denominator" else f"{value} = J {change}"
            text = f"Jacobian in {result.layout} layout{shape}: {product}"
        case "hessian":
            text = f"Hessian{shape}: d²f = {change}ᵀ H {change}"
        case "derivative":
            text = f"derivative{_of_order(result)}{shape}"
        case "differential":
            text = f"differential{_of_order(result)}{shape}"
        case form:
            text = f"{form}{shape}"
    return f"{text}; {result.convention}" if result.convention else text


def _of_order(result: Result) -> str:
    return f" of order {result.order}" if result.order > 1 else ""


def present_error(error: MatgradError, place: str = "") -> Iterator[Line]:
    """Lay out an error: what is wrong, where, and a fix."""
    first, *rest = str(error).split("\n")
    yield ((f"{place}error: ", "error"), (first, "plain"))
    for row in rest:
        yield ((row, "plain"),)


def unanswered(solution: Solution) -> Iterator[tuple[Answer, MatgradError]]:
    """The answers that are errors."""
    for answer in solution.answers:
        if isinstance(answer.result, MatgradError):
            yield answer, answer.result
