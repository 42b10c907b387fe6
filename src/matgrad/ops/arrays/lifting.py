"""Reading the arguments of NumPy's functions: arrays, axes, dimensions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matgrad.core.dims import ONE, Dim, same
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.exact import as_fraction
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase, alternatives, phrase
from matgrad.ops.arithmetic import Product, Sum
from matgrad.ops.arrays.symbolic import SymbolicArray
from matgrad.ops.blocks import vstack
from matgrad.ops.convert import to_expr
from matgrad.ops.leaves import Dimension, Number
from matgrad.ops.power import Power
from matgrad.ops.reshaping import vec

_LENGTH = phrase("a length")

_SHAPE = phrase("a shape")


def lift(value: Any) -> SymbolicArray:
    """Read a symbolic array, an expression (whose columns have one axis), a number or numbers.

    Raises
    ------
    ArgumentError
        For anything else, and for more than two axes.
    """
    if isinstance(value, SymbolicArray):
        return value
    if isinstance(value, Expr):
        return SymbolicArray(value, 0 if value.is_scalar else 1 if value.columns is ONE else 2)
    if isinstance(value, (list, tuple)) and holds_arrays(value):
        # NumPy makes an array of a list of arrays by stacking them.
        return stacked([lift(entry) for entry in value])
    axes = _axes_of(value)
    if axes > 2:
        raise ArgumentError(phrase("arrays have at most two axes here, not {axes}", axes=axes))
    expr = to_expr(value)
    return SymbolicArray(expr, axes)


def stacked(parts: list[SymbolicArray]) -> SymbolicArray:
    """Arrays of equal shape along a new first axis."""
    axes = {part.ndim for part in parts}
    if len(axes) != 1 or 2 in axes:
        raise ShapeError(phrase("only numbers, or arrays with one axis, can be stacked to an array here"))
    if axes == {0}:
        return SymbolicArray(vstack(*(part.expr for part in parts)), 1)
    for part in parts:
        require_same(parts[0], part, phrase("stack"))
    return SymbolicArray(vstack(*(part.expr.T for part in parts)), 2)


def require_same(a: SymbolicArray, b: SymbolicArray, verb: Phrase) -> None:
    """Refuse arrays of different shapes."""
    if a.ndim != b.ndim or not all(same(p, q) for p, q in zip(a.dims, b.dims, strict=True)):
        raise ShapeError(
            phrase("cannot {verb} {a} and {b}: the shapes differ", verb=verb, a=a.describe(), b=b.describe())
        )


def holds_arrays(value: Any) -> bool:
    """Whether a nested list holds a symbolic array."""
    if isinstance(value, (list, tuple)):
        return any(holds_arrays(entry) for entry in value)
    return isinstance(value, (SymbolicArray, Expr))


def _axes_of(value: Any) -> int:
    """The number of axes of numbers."""
    if isinstance(value, (list, tuple)):
        return 1 + max((_axes_of(entry) for entry in value), default=0)
    return int(getattr(value, "ndim", 0) or 0)


def axis_of(axis: Any, ndim: int, name: str) -> int:
    """An axis counted from the first, of an array with that many.

    Raises
    ------
    ArgumentError
        When there is no such axis.
    """
    number = None if isinstance(axis, bool) else as_fraction(axis) if not isinstance(axis, float) else None
    if number is None or number.denominator != 1:
        raise ArgumentError(
            phrase("{name}: an axis is a whole number, not {axis}", name=name, axis=repr(axis)), fix="axis=0"
        )
    if not -ndim <= number < ndim:
        raise ArgumentError(
            phrase(
                "{name}: an array with {ndim} {what} has no axis {axis}",
                name=name,
                ndim=ndim,
                what=phrase("axis") if ndim == 1 else phrase("axes"),
                axis=axis,
            ),
            fix=alternatives([f"axis={place}" for place in range(ndim)]) if ndim else None,
        )
    return int(number) % ndim


def axes_of(axis: Any, ndim: int, name: str) -> tuple[int, ...] | None:
    """The axes that are meant, in their order; ``None`` for all of them together.

    Raises
    ------
    ArgumentError
        When there are no such axes, or one is named twice.
    """
    if axis is None:
        return None
    chosen = tuple(axis_of(a, ndim, name) for a in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    if not chosen or len(set(chosen)) != len(chosen):
        raise ArgumentError(
            phrase("{name}: axis={axis} names no axis, or one twice", name=name, axis=repr(axis)),
            fix="axis=0",
        )
    return None if len(chosen) == ndim else chosen


def flag(value: Any, name: str) -> bool:
    """Read True or False.

    Raises
    ------
    ArgumentError
        For anything else.
    """
    if isinstance(value, (bool, int)) or type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise ArgumentError(phrase("{name} is True or False, not {value}", name=name, value=repr(value)))


def dim_of(value: Any, what: str | Phrase = _LENGTH) -> Dim:
    """Read a dimension: a whole number, a ``Dim``, or a number made of them.

    Raises
    ------
    ArgumentError
        For what is no dimension.
    """
    if isinstance(value, Dim):
        return value
    if isinstance(value, SymbolicArray) and not value.ndim:
        value = value.expr
    if isinstance(value, Expr):
        found = _dim_in(value)
        if found is not None:
            return found
    elif not isinstance(value, (bool, float, SymbolicArray)):
        number = as_fraction(value)
        if number is not None and number.denominator == 1:
            return Dim({(): number})
    raise ArgumentError(
        phrase(
            "{what} is a whole number or made of the lengths of arrays, not {value}",
            what=what,
            value=repr(value),
        ),
        fix="x.shape[0]",
    )


def _dim_in(expr: Expr) -> Dim | None:
    """The dimension that an expression is made of."""
    if isinstance(expr, Dimension):
        return expr.dim
    if isinstance(expr, Number):
        return Dim({(): expr.value})
    if isinstance(expr, Symbol) and expr.is_scalar and expr.facts & Fact.INTEGER:
        return Dim.of(expr.label)
    if isinstance(expr, Sum):
        parts = [_dim_in(arg) for arg in expr.args]
        total = Dim({})
        for part in parts:
            if part is None:
                return None
            total = total + part
        return total
    if isinstance(expr, Product):
        product = Dim({(): expr.coefficient})
        for factor in expr.args:
            part = _dim_in(factor)
            if part is None:
                return None
            product = product * part
        return product
    if isinstance(expr, Power) and isinstance(expr.args[1], Number) and expr.args[1].value in (2, 3, 4):
        base = _dim_in(expr.args[0])
        result = base
        for _ in range(int(expr.args[1].value) - 1):
            result = None if result is None or base is None else result * base
        return result
    return None


def dims_of(shape: Any, what: str | Phrase = _SHAPE) -> tuple[Dim, ...]:
    """Read a shape: a dimension or several.

    Raises
    ------
    ArgumentError
        For what is no shape, or has more than two axes.
    """
    parts: Iterable[Any] = shape if isinstance(shape, (tuple, list)) else (shape,)
    found = tuple(dim_of(part, what) for part in parts)
    if len(found) > 2:
        raise ArgumentError(phrase("arrays have at most two axes here, not {count}", count=len(found)))
    return found


def rows_of(array: SymbolicArray) -> Expr:
    """The entries as NumPy lines them up with a matrix: an array with one axis is a row."""
    return array.expr.T if array.ndim == 1 else array.expr


def raveled(array: SymbolicArray) -> Expr:
    """All entries as a column, row by row."""
    return array.expr if array.ndim < 2 else vec(array.expr.T)
