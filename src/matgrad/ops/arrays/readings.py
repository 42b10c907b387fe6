"""What NumPy's functions mean of plain expressions, whose vectors are columns.

A NumPy user's vector has one axis; as a matrix it is a column with two. A function is worked out in
both readings: where they agree, or one of them is impossible, there is nothing to ask. Where they
differ, the question is put to the user, but for a few functions that are always meant one way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from matgrad.core.dims import active_unifier
from matgrad.core.errors import MatgradError, NoMeaningHereError, ShapeError
from matgrad.core.expr import Expr
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arrays.lifting import holds_arrays
from matgrad.ops.arrays.symbolic import SymbolicArray
from matgrad.ops.convert import to_expr

Apply = Callable[[tuple[Any, ...], dict[str, Any]], Any]

PREFERRED = {
    "diag": 1,
    "inner": 1,
    "matrix_transpose": 2,
    "ndim": 2,
    "permute_dims": 2,
    "shape": 2,
    "swapaxes": 2,
    "transpose": 2,
}
"""The functions that are meant one way: the diagonal matrix of a vector, its transpose as a row."""


def both_readings(
    name: str, apply: Apply, args: tuple[Any, ...], kwargs: Mapping[str, Any] | None = None
) -> Any:
    """Apply a function of symbolic arrays to plain expressions.

    Raises
    ------
    ShapeError
        When vectors as arrays with one axis and as columns give different results.
    MatgradError
        When the function takes its arguments in neither reading.
    """
    options = dict(kwargs or {})
    if any(_is_symbolic(value) for value in (*args, *options.values())):
        return apply(args, options)
    preferred = PREFERRED.get(name)
    if preferred is not None or not any(_has_vector(value) for value in (*args, *options.values())):
        return _lowered(_in_reading(apply, args, options, preferred or 1))
    unifier = active_unifier()
    start = unifier.state() if unifier is not None else None
    found: dict[int, Any] = {}
    failure: MatgradError | None = None
    for axes in (1, 2):
        if unifier is not None:
            unifier.restore(start)
        try:
            result = _in_reading(apply, args, options, axes)
        except NoMeaningHereError:
            # NumPy gives a value in this reading, which the other one may not have.
            raise
        except MatgradError as error:
            failure = failure or error
            continue
        found[axes] = (result, unifier.state() if unifier is not None else None)
    if not found:
        assert failure is not None
        raise failure
    if len(found) == 2:
        one, two = found[1][0], found[2][0]
        if not _agree(one, two):
            raise ShapeError(
                phrase(
                    "numpy.{name} is not clear here: where the vectors are arrays with one "
                    "axis it gives {one}, where they are columns {two}",
                    name=name,
                    one=_said(one),
                    two=_said(two),
                ),
                fix=phrase(
                    "write out which is meant: mg.hstack and mg.vstack put columns side by "
                    "side and below each other, A @ x and mg.outer(x, y) multiply, x.T is a "
                    "row; or hand over a NumPy function, in which vectors have one axis"
                ),
            )
        chosen = 2
    else:
        (chosen,) = found
    if unifier is not None:
        unifier.restore(found[chosen][1])
    return _lowered(found[chosen][0])


def _in_reading(apply: Apply, args: tuple[Any, ...], options: dict[str, Any], axes: int) -> Any:
    seen = tuple(_seen(value, axes) for value in args)
    seen_options = {key: _seen(value, axes) for key, value in options.items()}
    return apply(seen, seen_options)


def _is_symbolic(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_is_symbolic(entry) for entry in value)
    return isinstance(value, SymbolicArray)


def _has_vector(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_has_vector(entry) for entry in value)
    return isinstance(value, Expr) and (value.is_vector or value.is_row)


def _seen(value: Any, axes: int) -> Any:
    """An argument in one reading: vectors with that number of axes."""
    if isinstance(value, Expr):
        if value.is_scalar:
            return SymbolicArray(value, 0)
        if axes == 1 and (value.is_vector or value.is_row):
            return SymbolicArray(value if value.is_vector else value.T, 1)
        return SymbolicArray(value, 2)
    if isinstance(value, (list, tuple)) and holds_arrays(value):
        return type(value)([_seen(entry, axes) for entry in value])
    if axes == 2 and getattr(value, "ndim", 0) == 1 and hasattr(value, "tolist"):
        return SymbolicArray(to_expr(value), 2)
    return value


def _agree(one: Any, two: Any) -> bool:
    """Whether two readings come to the same; a row is an array with one axis lying down."""
    if isinstance(one, tuple) and isinstance(two, tuple):
        return len(one) == len(two) and all(_agree(a, b) for a, b in zip(one, two, strict=True))
    if isinstance(one, SymbolicArray) and isinstance(two, SymbolicArray):
        return one.expr is two.expr or (one.ndim == 1 and one.expr.T is two.expr)
    return type(one) is type(two) and not isinstance(one, SymbolicArray) and bool(one == two)


def _lowered(result: Any) -> Any:
    if isinstance(result, SymbolicArray):
        return result.expr
    if isinstance(result, tuple):
        lowered = [_lowered(part) for part in result]
        return result._make(lowered) if hasattr(result, "_make") else tuple(lowered)
    return result


def _said(result: Any) -> str | Phrase:
    return result.describe() if isinstance(result, SymbolicArray) else str(result)
