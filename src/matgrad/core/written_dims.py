"""Dimensions written as sums and products: ``m*n``, ``n + 1``, ``n(n+1)/2``."""

from __future__ import annotations

import ast
import re
from fractions import Fraction

from matgrad.core.dims import ONE, Dim, DimLike, minimum
from matgrad.core.errors import ArgumentError
from matgrad.core.lazy import regex
from matgrad.core.words import phrase

_SIGN = regex(r"[-+*/^()·⋅×]|^\d+[^\W\d]")
_SIDE_BY_SIDE = regex(
    r"(?<=\d)(?=[^\W\d])|(?<=\))(?=[\w(])|(?<=[\w])\s+(?=[\w(])|(?<=\w)(?=\((?!\s*\w+\s*\)))"
)
_MOST = 8


def read_dim(value: DimLike) -> Dim:
    """The dimension of a name, a number, or a text made of both with signs between them.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    if not isinstance(value, str) or not _SIGN.search(value):
        return Dim.of(value)
    text = re.sub("[·⋅×]", "*", value.strip()).replace("^", "**")
    text = text if text.startswith("min(") else _SIDE_BY_SIDE.sub("*", text)
    try:
        dim = _value(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError):
        dim = None
    parts = [] if dim is None else [c for _, c in dim.terms]
    is_negative = bool(parts) and max(parts) < 0  # -n, for every n
    if dim is None or is_negative or any(c.denominator > 64 for c in parts):
        raise ArgumentError(
            phrase("{value} is not a name for a dimension, nor made of such", value=repr(value)),
            fix=phrase('"n", 3, "m*n" or "n+1"'),
        )
    return dim


def _value(node: ast.expr) -> Dim | None:
    """The dimension that a piece of the text is; the text is only read, never run."""
    match node:
        case ast.Name(id=name):
            return Dim.of(name)
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return Dim.of(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = _value(operand)
            return None if inner is None else -inner
        case ast.Call(func=ast.Name(id="min"), args=[first, second], keywords=[]):
            one, other = _value(first), _value(second)
            return None if one is None or other is None else minimum(one, other)
        case ast.BinOp(left=left, op=operator, right=right):
            a, b = _value(left), _value(right)
            return None if a is None or b is None else _joined(a, operator, b)
    return None


def _joined(a: Dim, operator: ast.operator, b: Dim) -> Dim | None:
    """Two dimensions joined by a sign."""
    match operator:
        case ast.Add():
            return a + b
        case ast.Sub():
            return a - b
        case ast.Mult():
            return a * b
        case ast.Div() if b.is_integer and int(b):
            return a * Dim({(): Fraction(1, int(b))})
        case ast.Pow() if b.is_integer and 0 <= int(b) <= _MOST:
            result = ONE
            for _ in range(int(b)):
                result = result * a
            return result
    return None
