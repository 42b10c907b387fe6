"""Reading what stands beside an expression: a number, a dimension, an array of numbers."""

from __future__ import annotations

from typing import Any

from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError
from matgrad.core.exact import as_fraction
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.ops import arithmetic, leaves


def to_expr(value: Any) -> Expr:
    """Read a number, a dimension, or an array or nested list of numbers as an expression.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    if isinstance(value, Expr):
        return value
    lowered = getattr(type(value), "lowered", None)
    if lowered is not None:
        return to_expr(lowered(value))
    if isinstance(value, Dim):
        return leaves.dimension(value)
    exact = as_fraction(value)
    if exact is not None:
        return leaves.number(exact)
    if isinstance(value, (list, tuple)) or hasattr(value, "tolist"):
        entries = getattr(value, "size", 0)
        if isinstance(entries, int) and entries > leaves.LARGEST:
            return _large(value, entries)
        rows = value.tolist() if hasattr(value, "tolist") else list(value)
        if isinstance(rows, list) and rows:
            if any(isinstance(entry, Expr) for row in rows for entry in (row if _is_list(row) else (row,))):
                raise ArgumentError(
                    phrase("a list of expressions is not a matrix of numbers"),
                    fix="mg.block([[A, B], [C, D]]), mg.vstack(s, t)",
                )
            if not any(_is_list(row) for row in rows):
                rows = [[entry] for entry in rows]
            if all(_is_list(row) for row in rows):
                return leaves.literal(rows)
    raise ArgumentError(
        phrase("{value} is not an expression, a number or a matrix of numbers", value=_brief(value))
    )


def _large(array: Any, entries: int) -> Expr:
    """An array of many numbers, which are all the same."""
    sizes = (*array.shape, 1)[:2]
    one = array.flat[0] if hasattr(array, "flat") else None
    exact = as_fraction(one)
    if exact is None or array.ndim > 2 or not bool((array == one).all()):
        leaves.require_small(entries)
    assert exact is not None
    return arithmetic.multiply(leaves.number(exact), leaves.ones(*map(Dim.of, sizes)))


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}…"
