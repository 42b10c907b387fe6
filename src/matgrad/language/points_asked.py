r"""``\min_w`` in front of a function asks for a point: which variables, and under which constraints."""

from __future__ import annotations

import re

from matgrad.core.lazy import regex
from matgrad.core.records import dataclass

_HEAD = regex(
    r"""\s*(?:[^=<>]{1,40}=\s*)?            # the ŵ = in front
    (?:\\underset\{(?P<under>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}\s*\{?)?
    (?:\\arg\s*\\?|\\operatorname\*?\{\s*arg[\s\\,;~]*|\\mathop\{\s*|arg\s?)?
    \\?(?P<sense>min|max)(?:imi[sz]e)?\s*\}?
    (?:\\limits)?\s*
    (?:_(?:\{(?P<braced>(?:[^{}]|\{[^{}]*\})*)\}|(?P<one>\\?[^\W\d_]+)))?
    (?:\s|\\[,;:!]|\\quad|~|\})*""",
    re.VERBOSE,
)
_CONSTRAINTS = regex(
    r"(?:[,;]|\\q?quad|\\[,;:]|\s)*(?:\\(?:text|mathrm|textrm)\{\s*)?"
    r"\b(?:s\.\s?t\.?|subject\s+to|such\s+that)\s*:?\s*\}?(?:\\q?quad|\\[,;:]|\s)*"
)
_BETWEEN = regex(r",(?![^(\[{]*[)\]}])|\\\\")
_DOMAIN = regex(r"\s*(?:\\in|∈)\s*.*")


@dataclass(frozen=True, slots=True)
class PointAsked:
    """A function, and the point of it that is asked for.

    Attributes
    ----------
    function : str
        The text of the function.
    variables : tuple of str
        By which it is to be smallest or largest; empty where none is named.
    constraints : tuple of str
        The texts of its constraints.
    sense : str
        ``"min"``, ``"max"``, or nothing where only a function is given.
    """

    function: str
    variables: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    sense: str = ""


def point_asked(text: str) -> PointAsked:
    r"""Take a text apart: ``\min_w \|y - Xw\|^2 \text{ s.t. } Aw = b``.

    Parameters
    ----------
    text : str
        A function, with or without what is asked of it.
    """
    function, *constraints = _CONSTRAINTS.split(text)
    listed = tuple(
        part.strip()
        for each in constraints
        for part in re.split(r",(?![^(\[{]*[)\]}])|\\\\", each)
        if part.strip()
    )
    match = _HEAD.match(function)
    named = "" if match is None else match["braced"] or match["one"] or match["under"] or ""
    if match is None or not named:
        return PointAsked(function, constraints=listed)
    rest = function[match.end() :]
    names = [_DOMAIN.sub("", name).strip() for name in re.split(r",(?![^{]*\})", named)]
    if not rest.strip() or any(not name or re.fullmatch(r"[ijkl]", name) for name in names):
        # max_i x_i is the largest entry of x.
        return PointAsked(function, constraints=listed)
    return PointAsked(rest, tuple(names), listed, match["sense"])
