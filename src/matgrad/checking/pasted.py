"""Answers of several lines: a derivation that was pasted whole."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import replace

from matgrad.checking.answer_left_side import LeftSide, equals_signs, read_left_side
from matgrad.checking.messages import say
from matgrad.checking.prose import without_prose
from matgrad.checking.verdict import Verdict
from matgrad.core.lazy import regex

_BREAK = regex(r"\\\\(?:\[[^\]]*\])?|\n|⇒|\\Rightarrow|\\implies")
_FRAME = regex(r"\\(?:begin|end)\{[a-z]+\*?\}|\$\$|\\\[|\\\]|&|^\s*\d+[.)]\s")
_DERIVATIVE = regex(
    r"∂|∇|\\nabla|\\partial|\\[dt]?frac\s*\{\s*(?:\\partial|d|\\mathrm\{d\})|\\mathrm\{d\}|d\s?[^\W\d]|grad"
)
_CHANGE = regex(r"(?:d|\\mathrm\{d\}|\\mathrm d)\s*(?P<name>\w+)")
_WHERE = regex(r"\bwhere\b")


def lines_of(answer: str, names: Container[str] = ()) -> list[str]:
    r"""The lines of a derivation that was pasted; none where the answer is no derivation.

    Parameters
    ----------
    answer : str
        Lines, or the rows of an ``align``: below the first one at least begins with ``=`` or names a
        derivative before it. Names that are defined below an answer make no derivation of it.
    names : container of str
        The names of the function, which are no words of sentences.

    Examples
    --------
    >>> lines_of("df = dx' A x + x' A dx\n   = x' (A + A') dx")
    ["df = dx' A x + x' A dx", "= x' (A + A') dx"]
    """
    answer = without_prose(answer, names)
    lines = [_FRAME.sub(" ", line).strip().rstrip(".,;") for line in _BREAK.split(answer)]
    lines = [line for line in lines if line]
    is_formula = bool(lines) and _begins_with_formula(lines[0], names)
    lines = [
        piece
        for number, line in enumerate(lines)
        for piece in _equations(line, begins_with_formula=is_formula and not number)
    ]
    if len(lines) < 2 or _WHERE.search(answer):
        return []
    is_derivation = any(map(_is_of_derivative, lines[1:]))
    return lines if is_derivation and all(map(equals_signs, lines[is_formula:])) else []


def _is_of_derivative(line: str) -> bool:
    """Whether a line goes on from the one before, or says of which derivative it is."""
    named = read_left_side(line).form in ("gradient", "jacobian", "hessian", "differential")
    return line[0] == "=" or named or _DERIVATIVE.match(line) is not None


_WORD = regex(r"\\?[^\W\d_]+")
_SIGNS_OF_LATEX = frozenset(("\\top", "\\left", "\\right", "\\cdot", "\\frac"))


def _begins_with_formula(line: str, names: Container[str]) -> bool:
    """Whether the first side of a line is an answer itself, as in 2Ax = (A + A')x, and no name of one."""
    places = equals_signs(line)
    side = line[: places[0]].strip() if places else ""
    words = _WORD.findall(side)
    told = all(word in names or word in _SIGNS_OF_LATEX or all(c in names for c in word) for word in words)
    left = read_left_side(line)
    return bool(words) and told and not left.form and not left.top


def _equations(line: str, *, begins_with_formula: bool) -> list[str]:
    """The equations of one line: of df = A = B that of df and A, and = B; of A = B each side."""
    places = equals_signs(line)
    edges = [0, *places[not begins_with_formula :], len(line)]
    return [line[start:end].strip() for start, end in itertools.pairwise(edges)]


def check_lines(
    lines: Sequence[str],
    check: Callable[[str], Verdict],
    check_part: Callable[[str, str, str], Verdict | None],
    language: str,
) -> Verdict:
    """The verdict on a derivation: that on its last line, or on the first one that is wrong.

    Parameters
    ----------
    lines : sequence of str
        See :func:`lines_of`. A line may repeat the function, or give a name to a part of it.
    check : callable
        The verdict on one line.
    check_part : callable
        The verdict on a line about a part that was given a name: dr = A dx, ∂f/∂r = 2r; of its name, the
        line, and the definitions. ``None`` where nothing can be said.
    language : str
        The language of the verdict.
    """
    named: list[str] = []
    verdict: Verdict | None = None
    for number, whole in enumerate(lines, 1):
        line, *definitions = (piece.strip() for piece in whole.split(";"))
        named += definitions
        left = read_left_side(line)
        name = line[: left.end - 1].strip() if left.form == "function" and not left.order else ""
        is_used = any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", later) for later in lines[number:])
        if name and is_used and name.isidentifier():
            named.append(line)
            continue
        where = r" \text{ where } " if "\\" in line else " where "
        defined = where + ", ".join(named) if named else ""
        part = _part_in(left, line, {piece.partition("=")[0].strip() for piece in named})
        if part:
            of_part = check_part(part, line, defined)
            if of_part is None or of_part.correct:
                continue
            found = of_part
        else:
            found = check(line + defined)
        if found.mistake == "function_itself" and number < len(lines):
            continue
        if not found.correct:
            return replace(found, reason=say("line_number", language, number=number, message=found.reason))
        verdict = found
    return verdict if verdict is not None else check(lines[-1])


def _part_in(left: LeftSide, line: str, names: set[str]) -> str:
    """The named part that a line is about: the r of dr, ∂r/∂x and ∂f/∂r; empty where it is about none."""
    changed = _CHANGE.fullmatch(line[: max(left.end - 1, 0)].strip())
    told = (changed["name"] if changed is not None else "", left.top, left.bottom)
    return next((name for name in told if name in names), "")
