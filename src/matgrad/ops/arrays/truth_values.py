"""Comparisons of arrays, and what is chosen by them: numpy.where, select and piecewise."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any

from matgrad.core.dims import ONE, Dim, same
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.ops import comparisons
from matgrad.ops.arrays.entrywise import binary, repeated
from matgrad.ops.arrays.lifting import lift, rows_of
from matgrad.ops.arrays.symbolic import Condition, SymbolicArray

Build = Callable[[Expr, Expr], Expr]


def compared(build: Build) -> Callable[[Any, Any], Condition]:
    """A comparison of two arrays, entry by entry."""
    apply = binary(build)

    def compare(a: Any, b: Any) -> Condition:
        result = apply(a, b)
        return Condition(result.expr, result.ndim)

    return compare


def _conditions(*values: Any) -> tuple[SymbolicArray, ...]:
    """Conditions as arrays.

    Raises
    ------
    ArgumentError
        For what is not made of comparisons.
    """
    arrays = tuple(lift(value) for value in values)
    for array in arrays:
        if not isinstance(array, Condition):
            comparisons.require_condition(array.expr)
    return arrays


logical_and = compared(comparisons.logical_and)
logical_or = compared(comparisons.logical_or)


def both(a: Any, b: Any) -> Condition:
    return logical_and(*_conditions(a, b))


def either(a: Any, b: Any) -> Condition:
    return logical_or(*_conditions(a, b))


def opposite(x: Any) -> Condition:
    (condition,) = _conditions(x)
    return Condition(comparisons.complement(condition.expr), condition.ndim)


def where(condition: Any, x: Any = None, y: Any = None, /) -> SymbolicArray:
    """Entries of x where the condition holds, and of y elsewhere.

    Raises
    ------
    ArgumentError
        When only the places are asked for, which are numbers that depend on the data.
    """
    if x is None or y is None:
        raise ArgumentError(
            phrase("numpy.where with a condition alone gives places, which depend on the data")
        )
    chosen = _spread(*_conditions(condition), lift(x), lift(y))
    return SymbolicArray(comparisons.where(*(part.expr for part in chosen)), chosen[0].ndim)


def _spread(*arrays: SymbolicArray) -> list[SymbolicArray]:
    """Arrays repeated over the shape that they have together.

    Raises
    ------
    ShapeError
        When they have none.
    """
    ndim = max(array.ndim for array in arrays)
    exprs = [array.expr if ndim < 2 else rows_of(array) for array in arrays]
    sizes: list[Dim] = [ONE, ONE]
    for array, expr in zip(arrays, exprs, strict=True):
        for place, dim in enumerate(expr.shape):
            if sizes[place] is ONE:
                sizes[place] = dim
            elif dim is not ONE and not same(sizes[place], dim):
                raise ShapeError(
                    phrase(
                        "cannot broadcast {array} and {first_array} together",
                        array=array.describe(),
                        first_array=arrays[0].describe(),
                    )
                )
    return [SymbolicArray(repeated(expr, *sizes), ndim) for expr in exprs]


def select(condlist: Any, choicelist: Any, default: Any = 0) -> SymbolicArray:
    """The first choice whose condition holds."""
    if len(condlist) != len(choicelist) or not condlist:
        raise ArgumentError(phrase("numpy.select takes as many choices as conditions, and one at least"))
    pairs = list(zip(condlist, choicelist, strict=True))
    return reduce(lambda rest, pair: where(pair[0], pair[1], rest), reversed(pairs), lift(default))


def piecewise(x: Any, condlist: Any, funclist: Any) -> SymbolicArray:
    """The function of the last condition that holds; one more function is for where none does."""
    array = lift(x)
    conditions = list(condlist) if isinstance(condlist, (list, tuple)) else [condlist]
    functions = [f if callable(f) else (lambda _, value=f: value) for f in funclist]
    if len(functions) not in (len(conditions), len(conditions) + 1):
        raise ArgumentError(phrase("numpy.piecewise takes as many functions as conditions, or one more"))
    result = lift(functions[-1](array)) if len(functions) > len(conditions) else lift(0)
    for condition, function in zip(conditions, functions, strict=False):
        result = where(condition, function(array), result)
    return result


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "greater": compared(comparisons.greater),
    "greater_equal": compared(comparisons.greater_equal),
    "less": compared(comparisons.less),
    "less_equal": compared(comparisons.less_equal),
    "logical_and": both,
    "logical_or": either,
    "logical_not": opposite,
    "bitwise_and": both,
    "bitwise_or": either,
    "bitwise_not": opposite,
    "bitwise_invert": opposite,
    "invert": opposite,
    "where": where,
    "select": select,
    "piecewise": piecewise,
}
