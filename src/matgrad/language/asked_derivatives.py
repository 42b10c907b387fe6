"""Derivatives that a text asks for in its signs, ∂/∂x and ∇: the formula is to be the function alone."""

from __future__ import annotations

import re

from matgrad.core.errors import ParseError, UnknownNameError
from matgrad.core.lazy import regex
from matgrad.core.words import Phrase, phrase
from matgrad.language.subscripts import lowered

_ASKED = (
    re.compile(r"\s*∂(?P<two>²?)(?P<of>[^=]*?)/\s*∂\s*(?P<by>[^\W\d](?:[^\W²])*)(?P<rest>.*)", re.S),
    re.compile(r"\s*d(?P<two>[²2]?)\s*(?P<of>\(.*\))\s*/\s*d(?P<by>[^\W\d]\w*)(?P<rest>)\s*", re.S),
    re.compile(r"\s*∇(?P<two>²?)(?:_\{?(?P<by>[^\W\d]\w*)\}?\s*|(?=[(\[‖|]))(?P<of>)(?P<rest>.+)", re.S),
)
_IN_LATEX = regex(
    r"\\nabla\s*_\s*\{?(?:\\[a-z]+\s*\{?)?(?P<nabla>\w+)"
    r"|\\d?frac\s*\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}\s*\{\s*(?:\\partial|\\mathrm\s*\{?d\}?|\\d|d)\s*"
    r"(?:\\(?:mathbf|boldsymbol|bm|vec|mathbb)\s*\{?)?\\?(?P<below>\w+)"
    r"|\\partial\s*_\s*\{?\\?(?P<partial>\w+)"
)
MESSAGE = phrase("a derivative is asked for here, and the formula is to be the function alone")


def spelling(function: str | Phrase, variable: str, *, twice: bool = False) -> Phrase:
    """What asks for the derivative of a function by a variable."""
    return phrase(
        "{function}, and the variable beside it: wrt='{variable}', or --wrt {variable}{order}",
        function=function,
        variable=variable,
        order=" --order 2" if twice else "",
    )


def check_asked(text: str) -> None:
    """Refuse ``∂(x'Ax)/∂x``, ``∂/∂X tr(AX)``, ``d(x'Ax)/dx`` and ``∇_x (x'Ax)`` at the start.

    Raises
    ------
    ParseError
        With the function alone, and the variable.
    """
    below, _ = lowered(text)
    found = next((match for pattern in _ASKED if (match := pattern.fullmatch(below)) is not None), None)
    if found is None:
        return
    over, rest = found["of"].strip(), found["rest"].strip().lstrip("²")
    function = over if over.startswith("(") else rest if rest and not over else phrase("the function")
    raise ParseError(
        MESSAGE,
        fix=spelling(
            function if isinstance(function, Phrase) else _bare(function),
            found["by"] or "x",
            twice=bool(found["two"]),
        ),
        text=text,
        span=(0, len(text)),
    )


def asked_in_latex(text: str) -> str:
    """The variable by which a formula that begins so asks for a derivative."""
    found = _IN_LATEX.match(text)
    return next(filter(None, found.groups()), "x") if found is not None else "x"


def check_gradient(name: str, typed: str) -> None:
    """Refuse ∇f and ∇²f(x) of an f that is not declared.

    Raises
    ------
    UnknownNameError
        With its declaration.
    """
    if typed[:1] not in "∇∂" or not typed:
        return
    function = name.partition("_")[2]
    raise UnknownNameError(
        phrase(
            "{typed} is the derivative of a function, and {function} is not declared one",
            typed=typed[0],
            function=function,
        ),
        fix=phrase("declare {function}: n -> scalar, x: n, and ∇{function}(x)", function=function),
    )


def _bare(function: str) -> str:
    """A function without the brackets that enclose all of it."""
    depth = 0
    for place, letter in enumerate(function):
        depth += (letter == "(") - (letter == ")")
        if depth == 0:
            return function[1:-1] if function[:1] == "(" and place == len(function) - 1 else function
    return function
