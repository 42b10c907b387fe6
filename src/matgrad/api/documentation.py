"""What the public functions say of the arguments and errors that they share, said once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from matgrad.core.lazy import regex

_Function = TypeVar("_Function", bound=Callable[..., Any])

_PLACE = regex(r"^( *)\{(\w+)(?: ([^{}]+))?\}$", re.MULTILINE)

SAID = {
    "function": """{} : Expr, str or callable
    An expression of any shape, its text, or a plain NumPy function.""",
    "function_to_derive": """{} : Expr, str or callable
    An expression of any shape m×n, its text, or a plain NumPy function.""",
    "scalar_function": """{} : Expr, str or callable
    A scalar expression, its text, or a plain NumPy function of its variables.""",
    "variable": """x, at : Symbol or str
    The variable, of shape p×q, either way.""",
    "variables": """x, at : Symbol or str, or a sequence of them
    The variable, of shape p×q, or a part of one such as ``X[0, :]`` or ``"X[1, :]"``, either way. Of
    several variables all come at once: the gradients from one reverse pass, the joint Hessian.""",
    "given": """given : str, optional
    Declarations, where ``{}`` is text or a function.""",
    "point": """point : str or mapping, optional
    The point at which it is taken: ``"w = 0, X = I"``, or values by variable or name.""",
    "verify": """verify : bool
    Whether to compare the {} with a difference quotient.""",
    "verify_each": """verify : bool
    Whether to compare each derivative with a difference quotient when it is first used.""",
    "wrt": """wrt : Symbol, str or a sequence of them, optional
    The arguments that it may be differentiated by; all by default. A derivative by another raises.""",
    "check": """check : bool
    Whether every call sees that the arrays have the facts that are declared of their variables; see
    :func:`compile`.""",
    "functions": """functions : mapping of str to callable, optional
    What functions that are only names compute, with their derivatives by names of their own: ``f``,
    ``grad_f``, ``H_f``, ``J_g``; see :func:`compile`.{}""",
    "by_name": """callable
    Takes {} by name or in the order of its ``arguments``: those of a NumPy function as it has them,
    others in the order of their names.""",
    "lang": """lang : {{"en", "zh"}}
    The language of {}.""",
    "not_scalar": """ShapeError
    When f is not scalar.""",
    "no_derivative": """NotDifferentiableError
    When there is no derivative, or none is known.
VerificationError
    When the {} disagrees with the difference quotient.""",
    "not_read": """ParseError, ShapeError
    Where ``{}`` is text that cannot be read.""",
}
"""Entries of docstrings by name; a docstring names one on a line of its own, as in ``{given f}``."""


def documented(function: _Function) -> _Function:
    """Write out in the docstring of a function what it names in braces."""

    def said(place: re.Match[str]) -> str:
        indent, name, word = place.groups()
        lines = SAID[name].format(word or "").split("\n")
        return "\n".join(indent + line for line in lines)

    function.__doc__ = _PLACE.sub(said, function.__doc__ or "")
    return function
