"""What people read: the interpretation, the result, what it is, and whether it was verified."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from matgrad.cli.solve import Answer, Solution
from matgrad.cli.terminal import Line
from matgrad.core.dims import shape_text
from matgrad.core.errors import MatgradError

if TYPE_CHECKING:
    from matgrad.api import Result

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
    yield ((comment + describe_form(result), "quiet"),)
    for note in result.notes:
        yield ((f"{comment}note: {note}", "warning"),)
    check = result.verification
    yield ((comment + describe_verification(result), "good" if check.verified else "warning"),)


def describe_form(result: Result) -> str:
    """Say what the result is: its form and shape, its layout and its convention."""
    shape = shape_text(result.expr.shape)
    return f"{result.form}, {shape}"


def describe_verification(result: Result) -> str:
    """Say whether the result was verified, and if not why."""
    check = result.verification
    if check.verified:
        points = "point" if check.points == 1 else "points"
        return f"verified: {check.points} random {points}, {check.digits} digits"
    return f"not verified: {check.reason}"


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
