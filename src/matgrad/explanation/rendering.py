"""Derivations on paper: aligned text, LaTeX, and one hint at a time."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from matgrad.core.errors import ArgumentError
from matgrad.core.languages import require_language
from matgrad.core.words import Phrase, phrase
from matgrad.explanation.citations import sources, together
from matgrad.explanation.lines import EQUALS, LET, THEREFORE, Line
from matgrad.typesetting.rows import DEFINED, Row
from matgrad.typesetting.setting import set_rows
from matgrad.typesetting.style import LatexStyle

_PLAIN_RELATIONS = {EQUALS: "=", THEREFORE: "=>", LET: ":="}
_LATEX_RELATIONS = {EQUALS: "=", THEREFORE: r"\Rightarrow", LET: DEFINED}
_WIDEST = 72
"""Rules stand in a column of their own up to this place; beside longer lines, after two spaces."""


def plain(
    lines: Sequence[Line], notes: Sequence[str], medium: str, language: str, citations: bool = False
) -> str:
    """The lines under each other, relations and rules aligned; below them where the rules are written."""
    require_language(language)
    if medium not in ("unicode", "text"):
        raise ArgumentError(
            phrase("there is no derivation in the medium {medium}", medium=repr(medium)),
            fix=phrase("unicode or text"),
        )
    rows = [_row(line, medium) for line in lines]
    margin = len(str(len(rows)))
    indent = max((_width(left) for left, relation, _ in rows if relation != THEREFORE), default=0)
    equations = [_equation(row, indent, medium) for row in rows]
    stop = min(max(_width(text) for text in equations), _WIDEST)
    out = []
    for number, (text, line) in enumerate(zip(equations, lines, strict=True), start=1):
        rules = together(line.reasons, language, medium)
        padding = " " * max(stop - _width(text), 0)
        out.append(f"{number:>{margin}}  {text}{padding}   {rules}".rstrip())
    below = list(notes)
    if citations:
        below += sources((reason for line in lines for reason in line.reasons), language, medium)
    return "\n".join([*out, *([""] if citations and below else []), *below])


def _row(line: Line, medium: str) -> tuple[str, str, str]:
    return ("" if line.left is None else line.left.write(medium), line.relation, line.right.write(medium))


def _equation(row: tuple[str, str, str], indent: int, medium: str) -> str:
    left, relation, right = row
    sign = relation if medium == "unicode" else _PLAIN_RELATIONS[relation]
    if relation == THEREFORE:
        return f"{sign} {left} = {right}" if left else f"{sign} {right}"
    return f"{left}{' ' * (indent - _width(left))} {sign} {right}"


def _width(text: str) -> int:
    """The columns that a text takes at a terminal: accents none, Chinese signs two."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1
        for sign in text
    )


def align(
    lines: Sequence[Line], language: str, citations: bool, style: LatexStyle, bold: Iterable[str] = ()
) -> str:
    """An environment of aligned rows with the rules beside or below, and their sources if asked for."""
    require_language(language)
    rows = [latex_row(line, together(line.reasons, language, "latex", citations)) for line in lines]
    return set_rows(rows, style, bold)


def latex_row(line: Line, rules: str) -> Row:
    """A line in LaTeX, in the parts that are aligned."""
    left, relation, right = _row(line, "latex")
    if relation == THEREFORE and left:
        left, right = "", f"{left} = {right}"
    return Row(left, _LATEX_RELATIONS[relation], right, rules)


def hints(lines: Sequence[Line], medium: str, language: str) -> tuple[str, ...]:
    """The rules of each line and what it says."""
    require_language(language)
    out = []
    for line in lines:
        left, relation, right = _row(line, medium)
        rules = together(line.reasons, language)
        equation = f"{left} {EQUALS if relation == THEREFORE else relation} {right}".strip()
        said = Phrase("{rules}: {equation}")
        out.append(said.text(language, rules=rules, equation=equation) if rules else equation)
    return tuple(out)
