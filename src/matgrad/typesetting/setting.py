"""Rows of a derivation in ``align`` and its kin, none wider than its column."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from matgrad.typesetting.atoms import width
from matgrad.typesetting.breaking import broken, widest
from matgrad.typesetting.rows import Row
from matgrad.typesetting.shortening import shortened
from matgrad.typesetting.style import ANY_WIDTH, LatexStyle
from matgrad.typesetting.widths import of_word

_RELATION = 13.4
"""An equals sign with its spaces."""
_BETWEEN = 22.0
"""Between formulas and reasons."""
_REASONS = 96.0
"""The narrowest column of reasons."""
_LEFT = 0.5
"""The part of a line that a left side takes at most: all rows have as much less for what is right of it."""
_SURE = 0.98
"""The part of what is free that formulas and reasons beside them fill: widths are measured in one font."""


def set_rows(rows: Sequence[Row], style: LatexStyle, bold: Iterable[str] = ()) -> str:
    """Rows in an environment; long right sides are broken, reasons stand beside or below.

    Parameters
    ----------
    rows : sequence of Row
        The rows.
    style : LatexStyle
        How they are set.
    bold : iterable of str
        The names of vectors and matrices in LaTeX, for a style in which these are bold.
    """
    clothe = style.dress(bold)
    rows = [Row(clothe(r.left), r.relation, clothe(r.right), _within(r.reason, clothe)) for r in rows]
    if style is ANY_WIDTH:  # nothing is measured
        return _set([_lines(row, [(row.right, 0)], _comment(row)) for row in rows], style)
    rows = [_without_left(row) if width(row.left) > _LEFT * style.width else row for row in rows]
    lefts = max(width(row.left) for row in rows) + _RELATION
    reasons = [row.reason for row in rows if row.reason]
    room = style.width - lefts
    rows = shortened(rows, room)
    whole = max(width(row.right) for row in rows)
    said = max((_of_text(reason) for reason in reasons), default=0.0)
    if not reasons or whole + _BETWEEN + said <= _SURE * room:
        return _set([_lines(row, broken(row.right, room), _comment(row)) for row in rows], style)
    columns = _beside(rows, room, whole)
    if columns is not None:
        return _set(columns, style)
    return _set([[*_lines(row, broken(row.right, room)), *_below(row, room)] for row in rows], style)


def _without_left(row: Row) -> Row:
    """A row that is broken as a whole, at its relation too."""
    return Row("", "", f"{row.left} {row.relation} {row.right}", row.reason)


def set_equation(left: str, right: str, style: LatexStyle, bold: Iterable[str] = ()) -> str:
    """One equation as a display, or in an environment of rows where it is too long for a line.

    Parameters
    ----------
    left, right : str
        LaTeX for math mode.
    style : LatexStyle
        How it is set.
    bold : iterable of str
        The names of vectors and matrices in LaTeX, for a style in which these are bold.
    """
    clothe = style.dress(bold)
    if width(left) + width(right) + _RELATION > style.width or style.environment == "beamer":
        return set_rows([Row(left, "=", right)], style, bold)
    text = f"{clothe(left)} = {clothe(right)}"
    return f"\\begin{{equation}}\n{text}\n\\end{{equation}}" if style.numbered else f"\\[ {text} \\]"


def _within(text: str, clothe: Callable[[str], str]) -> str:
    """A text whose formulas are put into a style."""
    return "$".join(clothe(part) if k % 2 else part for k, part in enumerate(text.split("$")))


def _of_text(text: str) -> float:
    """The width of a text with formulas in it."""
    parts = text.split("$")
    return sum(width(part) if k % 2 else of_word(part) for k, part in enumerate(parts))


def _beside(rows: Sequence[Row], room: float, whole: float) -> list[list[str]] | None:
    """With reasons in a column of their own, if formulas leave one and few of them must be broken."""
    formulas = min(whole, room - _BETWEEN - _REASONS)
    if formulas < 0.5 * room:
        return None
    broken_rows = [broken(row.right, formulas) for row in rows]
    taken = max(map(widest, broken_rows))
    if sum(map(len, broken_rows)) > 1.5 * len(rows) or taken > formulas + 1:
        return None
    column = _SURE * room - taken - _BETWEEN
    out = []
    for row, lines in zip(rows, broken_rows, strict=True):
        box = rf" && \parbox[t]{{{column:.0f}pt}}{{\raggedright\footnotesize {row.reason}}}"
        out.append(_lines(row, lines, box if row.reason else ""))
    return out


def _comment(row: Row) -> str:
    """The reason behind its formula."""
    return rf" && \text{{{row.reason}}}" if row.reason else ""


def _below(row: Row, room: float) -> list[str]:
    """The reason under its formula."""
    if not row.reason:
        return []
    if _of_text(row.reason) * 0.85 + 20 <= room:
        return [rf"&\quad \text{{\footnotesize ({row.reason})}}"]
    return [rf"&\quad \parbox[t]{{{room - 14:.0f}pt}}{{\raggedright\footnotesize ({row.reason})}}"]


def _lines(row: Row, lines: Sequence[tuple[str, int]], comment: str = "") -> list[str]:
    """The lines of a row, as its right side was broken, the reason behind the first."""
    (first, _), *others = lines
    return [
        f"{row.left} &{row.relation} {first}{comment}".strip(),
        *("&" + r"\quad " * quads + text for text, quads in others),
    ]


_ON_A_PAGE = 15
"""So many lines stand on one page, also where each is a tall fraction."""


def _set(rows: Sequence[Sequence[str]], style: LatexStyle) -> str:
    if style.environment == "beamer":
        shown = [
            "\n".join([rf"\onslide<{k}->", " \\\\\n".join(lines)]) for k, lines in enumerate(rows, start=1)
        ]
        body = " \\\\\n".join(shown)
        return f"\\begin{{frame}}\n\\begin{{align*}}\n{body}\n\\end{{align*}}\n\\end{{frame}}"
    lines = [line for row in rows for line in row]
    if style.environment == "aligned":
        body = " \\\\\n".join(lines)
        inner = f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"
        return f"\\begin{{equation}}\n{inner}\n\\end{{equation}}" if style.numbered else f"\\[\n{inner}\n\\]"
    environment = "align" if style.numbered else "align*"
    if style.numbered:
        lines = [rf"{line} \nonumber" for line in lines[:-1]] + [lines[-1]]
    body = " \\\\\n".join(lines)
    display = f"\\begin{{{environment}}}\n{body}\n\\end{{{environment}}}"
    # A display stays on one page unless it is told that it may not: what is taller would run off it.
    return f"{{\\allowdisplaybreaks\n{display}\n}}" if len(lines) > _ON_A_PAGE else display
