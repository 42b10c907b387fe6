"""How formulas look in a paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from matgrad.core.errors import ArgumentError
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.words import phrase

ENVIRONMENTS = ("align", "aligned", "beamer")
"""What rows are set in."""

ONE_COLUMN, TWO_COLUMNS, SLIDE = 345.0, 240.0, 300.0
"""The widths of a page of ``article``, of a column of two, and of a slide, in points."""

TRANSPOSES = (r"\top", "T", r"\mathsf{T}", r"\mathrm{T}", r"\intercal", "'")
"""Signs of a transpose that papers use."""

_LETTER = regex(r"\\(?:mathrm|mathtt)\{[^{}]*\}|\\[A-Za-z]+|[^\W\d_]")
_ACCENTS = (r"\hat", r"\bar", r"\tilde", r"\vec", r"\dot", r"\ddot", r"\widehat", r"\widetilde", r"\Delta")
_WHOLE = regex(r"\\(?:operatorname|text|mathrm|mathtt|begin|end)\{[^{}]*\}|\\[A-Za-z]+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class LatexStyle:
    r"""How formulas are set in a paper.

    Attributes
    ----------
    width : float
        The width of the column in points: 345 in ``article``, 240 where there are two columns.
    environment : str
        ``"align"``, ``"aligned"`` (inside a display), or ``"beamer"``: a frame that shows a line at a time.
    numbered : bool
        Whether the last line has a number.
    bold : bool
        Whether vectors and matrices are bold.
    transpose : str
        The sign of a transpose: ``\top``, ``T``, ``\mathsf{T}``, ``\mathrm{T}``, ``'``, or ``\intercal``,
        which needs amssymb.
    upright : bool
        Whether the d of a differential is upright.

    Raises
    ------
    ArgumentError
        For an environment or a sign that is none of these, or a width that holds no formula.

    Examples
    --------
    >>> LatexStyle(width=240, transpose="T").environment
    'align'
    """

    width: float = ONE_COLUMN
    environment: str = "align"
    numbered: bool = False
    bold: bool = False
    transpose: str = r"\top"
    upright: bool = True

    def __post_init__(self) -> None:
        if self.environment not in ENVIRONMENTS:
            raise ArgumentError(
                phrase("{name} is no environment that derivations are set in", name=repr(self.environment)),
                fix=", ".join(ENVIRONMENTS),
            )
        if not isinstance(self.width, (int, float)) or not 100 <= self.width <= 10_000:
            raise ArgumentError(
                phrase("a column is 100 to 10000 pt wide, not {width}", width=repr(self.width)),
                fix="width=240",
            )
        if self.transpose not in TRANSPOSES:
            raise ArgumentError(
                phrase("{sign} is no sign of a transpose", sign=repr(self.transpose)),
                fix=", ".join(TRANSPOSES),
            )

    @classmethod
    def of(cls, words: str) -> LatexStyle:
        """The style that words tell: ``"two columns, bold, transpose T, numbered"``.

        Parameters
        ----------
        words : str
            With commas between them: ``two columns``, ``width 300``, ``bold``, ``numbered``, ``italic d``,
            ``transpose T``, and one of ``align``, ``aligned`` and ``beamer``.

        Raises
        ------
        ArgumentError
            For a word that is none of these.

        Examples
        --------
        >>> LatexStyle.of("two columns, bold").width
        240.0
        """
        style = cls()
        if not isinstance(words, str):
            raise ArgumentError(phrase("{given} is no style of formulas", given=repr(words)), fix='"bold"')
        for word in filter(None, (part.strip() for part in words.split(","))):
            head, _, rest = word.partition(" ")
            if word in _NAMED:
                style = replace(style, **_NAMED[word])
            elif head == "width" and rest.removesuffix("pt").strip().isdigit():
                style = replace(style, width=float(rest.removesuffix("pt")))
            elif head == "transpose" and rest:
                style = replace(style, transpose="\\" + rest if "\\" + rest in TRANSPOSES else rest)
            else:
                raise ArgumentError(
                    phrase("{word} says nothing about the style of formulas", word=repr(word)),
                    fix=", ".join([*_NAMED, "width 300", "transpose T"]),
                )
        return style

    def dress(self, bold: Iterable[str]) -> Callable[[str], str]:
        """What puts LaTeX into this style.

        Parameters
        ----------
        bold : iterable of str
            The names of vectors and matrices.
        """
        letters = {letter for name in bold if (letter := _letter_of(name))} if self.bold else set()

        def dressed(text: str) -> str:
            pieces = _WHOLE.findall(text)
            text = "".join(_bold(piece) if piece in letters else piece for piece in pieces)
            if not self.upright:
                text = text.replace(r"\mathrm{d}", "d ")
            if self.transpose == "'":
                return text.replace(r"^{\top}", "'").replace(r"-\top}", r"-1\prime}")
            return re.sub(r"\\top(?![A-Za-z])", lambda _: self.transpose, text)

        return dressed


ANY_WIDTH = LatexStyle(width=10_000)
"""Lines of any length."""


def style_of(given: object, otherwise: LatexStyle) -> LatexStyle:
    """The style that is handed over: one, the words that tell one, or nothing.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    if given is None:
        return otherwise
    if isinstance(given, str):
        return LatexStyle.of(given)
    if not isinstance(given, LatexStyle):
        raise ArgumentError(
            phrase("{given} is no style of formulas", given=repr(given)), fix='style="two columns, bold"'
        )
    return given


_NAMED: dict[str, dict[str, Any]] = {
    "two columns": {"width": TWO_COLUMNS},
    "bold": {"bold": True},
    "numbered": {"numbered": True},
    "italic d": {"upright": False},
    "align": {"environment": "align"},
    "aligned": {"environment": "aligned"},
    "beamer": {"environment": "beamer", "width": SLIDE},
}


def _letter_of(name: str) -> str | None:
    """The letter of a name that is set bold, without its accent and its index."""
    return next((token for token in _LETTER.findall(name) if token not in _ACCENTS), None)


def _bold(letter: str) -> str:
    if letter.startswith((r"\mathrm", r"\mathtt")):
        return r"\mathbf" + letter[len(r"\mathrm") :]
    return rf"\boldsymbol{{{letter}}}" if letter.startswith("\\") else rf"\mathbf{{{letter}}}"
