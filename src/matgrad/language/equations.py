"""Reading an equation: two sides, one set of names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from matgrad.core.errors import MatgradError, ParseError
from matgrad.core.expr import Expr
from matgrad.language.interpretation import Given, Interpretation, MacroSource, interpret
from matgrad.language.signs import narrow
from matgrad.ops.arithmetic import add, subtract

_OPENING, _CLOSING = "([{", ")]}"
_OTHER_RELATIONS = "<>!:="
_END = re.compile(r"[;\n]|,|\bwhere\b|\\q?quad\b|\\text\b|\\\\")
"""What ends the equation: what stands behind it are definitions."""


@dataclass(frozen=True, slots=True)
class ReadEquation:
    """An equation as it was understood.

    Attributes
    ----------
    left, right : Expr
        Its sides, of one shape.
    interpretation : Interpretation
        What the names of both were taken for; its expression is the left side less the right one.
    """

    left: Expr
    right: Expr
    interpretation: Interpretation


def is_equation(text: str) -> bool:
    """Whether an equals sign stands between two sides in a text."""
    return _sides(narrow(text)) is not None


def interpret_equation(
    text: str, given: Given = None, *, syntax: str = "auto", macros: MacroSource = None
) -> ReadEquation:
    """Read an equation, the names of whose sides are the same.

    Parameters
    ----------
    text : str
        ``A X B + C X D = E``, in any dialect, with definitions behind ``where``.
    given, syntax, macros
        As in :func:`matgrad.parse`.

    Raises
    ------
    ParseError
        When there is no equals sign between two sides, or a side cannot be read.
    """
    text = narrow(text)
    place = _sides(text)
    if place is None:
        raise ParseError(
            "an equation has two sides", fix=f"{text.strip()} = C", text=text, span=(0, len(text))
        )
    at, end = place
    left, right, rest = text[:at].replace("&", " "), text[at + 1 : end].replace("&", " "), text[end:]
    for side, span in ((left, (0, at + 1)), (right, (at, end))):
        if not side.strip():
            raise ParseError("one side of the equation is empty", text=text, span=span)
    try:
        whole = interpret(f"{left}-({right}){rest}", given, syntax=syntax, macros=macros)
    except MatgradError as error:
        raise _placed(error, text, at, end) from None
    known = whole.declarations()
    try:
        # What stands alone on the left may take its size from the right, as the I of I = AX does.
        one = interpret(f"{left}{rest}", known, syntax=whole.syntax, macros=macros).expr
        sides = (one, subtract(one, whole.expr)) if one.shape == whole.expr.shape else None
    except MatgradError:
        sides = None
    if sides is None:
        try:
            other = interpret(f"{right}{rest}", known, syntax=whole.syntax, macros=macros).expr
        except MatgradError as error:
            raise _placed(error, text, at, end) from None
        sides = (add(whole.expr, other), other)
    return ReadEquation(*sides, whole)


def _sides(text: str) -> tuple[int, int] | None:
    """Where the equals sign stands, and where the right side ends; ``None`` where there is none.

    Raises
    ------
    ParseError
        Where there are several.
    """
    found: int | None = None
    depth = 0
    end = len(text)
    for i, character in enumerate(text):
        depth += (character in _OPENING) - (character in _CLOSING)
        if depth:
            continue
        if found is not None and _END.match(text, i) and text[found + 1 : i].strip():
            end = i
            break
        if character != "=" or (i and text[i - 1] in _OTHER_RELATIONS) or text[i + 1 : i + 2] == "=":
            continue
        if found is not None:
            raise ParseError(
                "two equals signs make two equations", fix="one of them", text=text, span=(i, i + 1)
            )
        found = i
    return None if found is None else (found, end)


def _placed(error: MatgradError, text: str, at: int, end: int) -> MatgradError:
    """The error with its place in the equation as it was typed."""
    if error.text is None or error.span is None:
        return error

    def moved(place: int) -> int:
        return place if place <= at else min(place - 1, end) if place <= end + 1 else place - 2

    start, stop = error.span
    error.text, error.span = text, (moved(start), max(moved(stop), moved(start) + 1))
    return error
