"""What stands in the text box, written as LaTeX for an input that shows formulas."""

from __future__ import annotations

import re

from matgrad import language, printing
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.expr import Expr
from matgrad.core.lazy import regex
from matgrad.core.words import phrase
from matgrad.language.equations import interpret_equation, is_equation
from matgrad.page.question import Question, Record

_WHERE = regex(r"\bwhere\b")
_QUOTED = regex(r"\s*\$(.*)\$\s*", re.DOTALL)


def write(question: Question) -> Record:
    """The text as LaTeX, which is read as the text is.

    A text that is LaTeX stays as it is. Names that LaTeX writes otherwise, as ``W1``, are told: ``W_1``.

    Raises
    ------
    ArgumentError
        Where the text says what the LaTeX of its formula would not, as definitions.
    """
    text, given = question.expression, question.given
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None and "$" not in quoted.group(1):
        return {"latex": quoted.group(1), "renamed": {}}
    first = _read(text, given)
    if first.syntax == "latex" and "$" not in text:
        return {"latex": text, "renamed": {}}
    if _WHERE.search(text) is not None:
        raise ArgumentError(
            phrase("a formula alone does not say what stands behind where"), fix=phrase("text as the input")
        )
    written = _written(text, given)
    renamed: dict[str, str] = {}
    if not _is_read_as(written, given, first.expr):
        # W1 and W_1 are two names in text and one in LaTeX.
        names = [name for name in first.symbols if re.fullmatch(r"[A-Za-z]\d+", name)]
        renamed = {name: f"{name[0]}_{name[1:]}" for name in names}
        other = _with_names(text, renamed), _with_names(given, renamed)
        if not renamed or not _is_read_as(written, other[1], _read(*other).expr):
            raise ArgumentError(
                phrase("this text has no formula that says the same"), fix=phrase("text as the input")
            )
    return {"latex": written, "renamed": renamed}


def _read(text: str, given: str) -> language.Interpretation:
    return (
        interpret_equation(text, given).interpretation
        if _has_sides(text)
        else language.interpret(text, given)
    )


def _has_sides(text: str) -> bool:
    """Whether a text is an equation, rather than an expression with definitions behind it."""
    return is_equation(text) and _WHERE.search(text) is None


def _written(text: str, given: str) -> str:
    def latex(expr: Expr) -> str:
        return printing.line(expr, "latex", names=False)

    if _has_sides(text):
        read = interpret_equation(text, given)
        return f"{latex(read.left)} = {latex(read.right)}"
    return latex(language.interpret(text, given).expr)


def _is_read_as(latex: str, given: str, expr: Expr) -> bool:
    try:
        return _read(f"${latex}$", given).expr == expr
    except MatgradError:
        return False


def _with_names(text: str, renamed: dict[str, str]) -> str:
    for name, other in renamed.items():
        text = re.sub(rf"(?<![\w\\]){name}(?!\w)", other, text)
    return text
