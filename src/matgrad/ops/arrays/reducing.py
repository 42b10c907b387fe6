"""Reductions along axes: sums, means, extremes, norms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matgrad.core.dims import ZERO, Dim, same
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.exact import as_fraction
from matgrad.core.expr import Expr
from matgrad.ops import (
    arithmetic,
    blocks,
    leaves,
    piecewise,
    power,
    reductions,
    reshaping,
    singular_values,
    softmax,
    transpose,
    triangles,
)
from matgrad.ops.arrays import entrywise
from matgrad.ops.arrays.lifting import axes_of, axis_of, flag, lift, raveled, require_same
from matgrad.ops.arrays.symbolic import SymbolicArray

Build = Callable[[Expr], Expr]


def along(
    x: SymbolicArray, axis: Any, keepdims: Any, name: str, whole: Build, by_column: Build, by_row: Build
) -> SymbolicArray:
    """A reduction of all entries, of each column to a row (axis 0) or of each row to a column (axis 1)."""
    keep = flag(keepdims, "keepdims")
    axes = axes_of(axis, x.ndim, name)
    if axes is None or x.ndim < 2:
        return SymbolicArray(whole(x.expr), x.ndim if keep else 0)
    result = by_column(x.expr) if axes == (0,) else by_row(x.expr)
    if keep:
        return SymbolicArray(result, 2)
    return SymbolicArray(transpose.transpose(result) if axes == (0,) else result, 1)


def sum(a: Any, axis: Any = None, *, keepdims: Any = False) -> SymbolicArray:
    return along(
        lift(a), axis, keepdims, "sum", reductions.total, reductions.column_sum, reductions.row_sum
    )  # fmt: skip


def mean(a: Any, axis: Any = None, *, keepdims: Any = False) -> SymbolicArray:
    return along(
        lift(a), axis, keepdims, "mean", reductions.mean, reductions.column_mean, reductions.row_mean
    )  # fmt: skip


def _count(x: SymbolicArray, axis: Any) -> Dim:
    axes = axes_of(axis, x.ndim, "var")
    return x.expr.rows * x.expr.columns if axes is None else x.dims[axes[0]]


def var(
    a: Any, axis: Any = None, *, ddof: Any = 0, correction: Any = None, keepdims: Any = False
) -> SymbolicArray:
    x = lift(a)
    spread = along(x, axis, keepdims, "var", reductions.var, reductions.column_var, reductions.row_var)
    removed = as_fraction(ddof if correction is None else correction)
    if removed is None:
        raise ArgumentError("ddof is a number", fix="ddof=1")
    if not removed:
        return spread
    count = _count(x, axis)
    left = count - Dim({(): removed})
    if left is ZERO:
        raise ArgumentError(f"a variance of {count} entries cannot have ddof={removed}")
    factor = arithmetic.multiply(leaves.dimension(count), power.power(_number(left), leaves.number(-1)))
    return entrywise.scaled(factor, spread)


def _number(dim: Dim) -> Expr:
    """A dimension, or a sum of one and any number, as an expression."""
    return arithmetic.add(
        *(leaves.number(c) if not m else leaves.dimension(Dim({m: c})) for m, c in dim.terms)
    )


def std(
    a: Any, axis: Any = None, *, ddof: Any = 0, correction: Any = None, keepdims: Any = False
) -> SymbolicArray:
    spread = var(a, axis, ddof=ddof, correction=correction, keepdims=keepdims)
    return entrywise.entrywise(power.sqrt, spread)


def average(a: Any, axis: Any = None, weights: Any = None, *, keepdims: Any = False) -> SymbolicArray:
    x = lift(a)
    if weights is None:
        return mean(x, axis, keepdims=keepdims)
    w = lift(weights)
    if x.ndim == 2 and w.ndim == 1:
        if axis is None:
            raise ArgumentError("numpy.average: weights with one axis need to know which", fix="axis=0")
        place = axis_of(axis, 2, "average")
        if not same(w.dims[0], x.dims[place]):
            raise ShapeError(f"{w.describe()} are not the weights of an axis of length {x.dims[place]}")
        if place == 0:
            w = SymbolicArray(w.expr, 2)
        return entrywise.divide(
            sum(entrywise.multiply(x, w), axis, keepdims=keepdims), reductions.total(w.expr)
        )
    require_same(x, w, "average")
    weighted = sum(entrywise.multiply(x, w), axis, keepdims=keepdims)
    return entrywise.divide(weighted, sum(w, axis, keepdims=keepdims))


def _lines(x: Expr, build: Build, by_row: bool) -> Expr:
    """A reduction of each row, or each column, of a matrix with a known number of them.

    Raises
    ------
    ArgumentError
        When there is no knowing how many there are.
    """
    lines = x if by_row else transpose.transpose(x)
    if not lines.rows.is_integer or int(lines.rows) > 64:
        raise ArgumentError(
            "the largest or smallest entry is known of all entries together, and of each row or column "
            "where there are few of them and their number is declared",
            fix="np.max(X), or declare the sizes: given='X: 3×4'",
        )
    whole = lines.columns
    parts = [
        build(blocks.part(lines, (Dim.of(i), Dim.of(i + 1), ZERO, whole))) for i in range(int(lines.rows))
    ]
    column = blocks.vstack(*parts)
    return column if by_row else transpose.transpose(column)


def _extreme(name: str, build: Build) -> Callable[..., SymbolicArray]:
    def apply(a: Any, axis: Any = None, *, keepdims: Any = False) -> SymbolicArray:
        return along(
            lift(a),
            axis,
            keepdims,
            name,
            build,
            lambda x: _lines(x, build, False),
            lambda x: _lines(x, build, True),
        )

    return apply


max = _extreme("max", reductions.maximum)
min = _extreme("min", reductions.minimum)


def ptp(a: Any, axis: Any = None, *, keepdims: Any = False) -> SymbolicArray:
    return entrywise.subtract(max(a, axis, keepdims=keepdims), min(a, axis, keepdims=keepdims))


def cumsum(a: Any, axis: Any = None) -> SymbolicArray:
    """Sums of the first entries: a triangle of ones times the array."""
    x = lift(a)
    if axis is None:
        x = SymbolicArray(raveled(x), 1)
    place = 0 if axis is None else axis_of(axis, x.ndim, "cumsum")
    triangle = triangles.tril(leaves.ones(x.dims[place], x.dims[place])) if x.ndim else leaves.number(1)
    if place == 0:
        return SymbolicArray(arithmetic.multiply(triangle, x.expr), x.ndim)
    return SymbolicArray(arithmetic.multiply(x.expr, transpose.transpose(triangle)), 2)


def diff(a: Any, n: Any = 1, axis: Any = -1) -> SymbolicArray:
    """Differences of neighbours."""
    x = lift(a)
    times = as_fraction(n)
    if times is None or times.denominator != 1 or not 0 <= times <= 8:
        raise ArgumentError("numpy.diff is taken a small whole number of times", fix="np.diff(x, 2)")
    place = axis_of(axis, x.ndim, "diff") if x.ndim else None
    if place is None:
        raise ArgumentError("numpy.diff needs an array with an axis")
    for _ in range(int(times)):
        later, earlier = slice(1, None), slice(None, -1)
        keys = (later, earlier) if not place else ((slice(None), later), (slice(None), earlier))
        x = entrywise.subtract(x[keys[0]], x[keys[1]])
    return x


# ---- norms ---------------------------------------------------------------------------------------


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> SymbolicArray:
    array, keep = lift(x), flag(keepdims, "keepdims")
    if not array.ndim and axis is not None:
        raise ArgumentError("numpy.linalg.norm: a number has no axis")
    ord = None if ord is None else _order(ord)
    if axis is None and ord is None:
        return SymbolicArray(reductions.norm(array.expr), array.ndim if keep else 0)
    chosen = axis if isinstance(axis, (tuple, list)) else None if axis is None else (axis,)
    axes = (
        tuple(range(array.ndim))
        if chosen is None
        else tuple(axis_of(a, array.ndim, "numpy.linalg.norm") for a in chosen)
    )
    if not 1 <= len(axes) <= 2 or len(set(axes)) != len(axes):
        raise ArgumentError("numpy.linalg.norm needs an array with one or two axes")
    if len(axes) == 2:
        matrix = array.expr if axes == (0, 1) else transpose.transpose(array.expr)
        return SymbolicArray(_matrix_norm(matrix, ord), 2 if keep else 0)
    if array.ndim == 1:
        return SymbolicArray(_vector_norm(array.expr, ord), 1 if keep else 0)
    return _norms_along(array, axes[0], ord, keep)


def _order(ord: Any) -> Any:
    if isinstance(ord, str):
        return ord
    if isinstance(ord, float) and ord in (float("inf"), -float("inf")):
        return ord
    exact = as_fraction(ord)
    if exact is not None:
        return exact
    array = lift(ord)
    if array.ndim:
        raise ArgumentError(f"numpy.linalg.norm: {array.describe()} is no order of a norm", fix="ord=1")
    return array.expr


def _vector_norm(x: Expr, ord: Any) -> Expr:
    if ord is None:
        return reductions.norm(x)
    if isinstance(ord, str):
        raise ArgumentError(f"numpy.linalg.norm: a vector has no norm {ord!r}", fix="ord=1, 2 or np.inf")
    if ord == float("inf"):
        return reductions.norm_inf(x)
    if ord == -float("inf"):
        return reductions.minimum(piecewise.absolute(x))
    if ord == 2:
        return reductions.norm(x)
    if ord == 1:
        return reductions.norm1(x)
    if not isinstance(ord, Expr) and ord < 1:
        raise ArgumentError(
            f"numpy.linalg.norm with ord={ord} is no norm, and has no meaning here", fix="ord=1"
        )
    return reductions.norm_p(x, ord if isinstance(ord, Expr) else leaves.number(ord))


def _matrix_norm(x: Expr, ord: Any) -> Expr:
    size = piecewise.absolute
    if ord is None or ord == "fro":
        return reductions.norm(x)
    if ord == "nuc":
        return singular_values.nuclear_norm(x)
    if not isinstance(ord, (str, Expr)):
        if ord == 2:
            return singular_values.spectral_norm(x)
        if ord == 1:
            return reductions.maximum(reductions.column_sum(size(x)))
        if ord == -1:
            return reductions.minimum(reductions.column_sum(size(x)))
        if ord == float("inf"):
            return reductions.maximum(reductions.row_sum(size(x)))
        if ord == -float("inf"):
            return reductions.minimum(reductions.row_sum(size(x)))
    raise ArgumentError(
        f"numpy.linalg.norm with ord={ord!s} has no meaning for a matrix here",
        fix="'fro', 'nuc', 1, 2 or np.inf",
    )


def _norms_along(x: SymbolicArray, axis: int, ord: Any, keep: bool) -> SymbolicArray:
    """The norm of each row or column."""
    if ord is None or (not isinstance(ord, (str, Expr)) and ord == 2):
        squares = entrywise.entrywise(power.square, x)
        return entrywise.entrywise(power.sqrt, sum(squares, axis, keepdims=keep))
    sizes = entrywise.entrywise(piecewise.absolute, x)
    if not isinstance(ord, (str, Expr)):
        if ord == 1:
            return sum(sizes, axis, keepdims=keep)
        if ord == float("inf"):
            return max(sizes, axis, keepdims=keep)
        if ord == -float("inf"):
            return min(sizes, axis, keepdims=keep)
        if ord > 1:
            powers = sum(entrywise.raise_to(sizes, ord), axis, keepdims=keep)
            return entrywise.raise_to(powers, 1 / ord)
    raise ArgumentError(f"numpy.linalg.norm with ord={ord!s} has no meaning along an axis", fix="ord=1 or 2")


def vector_norm(x: Any, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> SymbolicArray:
    array = lift(x)
    if array.ndim == 2 and axes_of(axis, 2, "vector_norm") is None:
        flat = norm(SymbolicArray(raveled(array), 1), ord)
        return SymbolicArray(flat.expr, 2 if flag(keepdims, "keepdims") else 0)
    if not array.ndim and axis is None:
        return entrywise.entrywise(piecewise.absolute, array)
    return norm(array, ord, axis, keepdims)


def matrix_norm(x: Any, *, keepdims: Any = False, ord: Any = "fro") -> SymbolicArray:
    array = lift(x)
    if array.ndim != 2:
        raise ArgumentError(f"numpy.linalg.matrix_norm needs a matrix, not {array.describe()}")
    return norm(array, ord, (0, 1), keepdims)


# ---- normalised exponentials -----------------------------------------------------------------------


def _normalised(name: str, whole: Build, by_column: Build, by_row: Build) -> Callable[..., SymbolicArray]:
    """softmax and log_softmax keep the shape; over both axes they go entry by entry of the flat array."""

    def apply(x: Any, axis: Any = None) -> SymbolicArray:
        array = lift(x)
        axes = axes_of(axis, array.ndim, name)
        if array.ndim < 2:
            return SymbolicArray(whole(array.expr), array.ndim)
        if axes is None:
            flat = whole(reshaping.vec(array.expr))
            return SymbolicArray(reshaping.reshape(flat, *array.expr.shape), 2)
        return SymbolicArray(by_column(array.expr) if axes == (0,) else by_row(array.expr), 2)

    return apply


def logsumexp(a: Any, axis: Any = None, *, keepdims: Any = False) -> SymbolicArray:
    return along(
        lift(a),
        axis,
        keepdims,
        "logsumexp",
        lambda x: softmax.logsumexp(reshaping.vec(x)),
        softmax.column_logsumexp,
        softmax.row_logsumexp,
    )


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "sum": sum,
    "mean": mean,
    "var": var,
    "std": std,
    "average": average,
    "max": max,
    "amax": max,
    "min": min,
    "amin": min,
    "ptp": ptp,
    "cumsum": cumsum,
    "diff": diff,
    "norm": norm,
    "linalg.norm": norm,
    "linalg.vector_norm": vector_norm,
    "linalg.matrix_norm": matrix_norm,
    "logsumexp": logsumexp,
    "softmax": _normalised(
        "softmax", softmax.softmax, softmax.column_softmax, softmax.row_softmax
    ),
    "log_softmax": _normalised(
        "log_softmax", softmax.logsoftmax, softmax.column_logsoftmax, softmax.row_logsoftmax
    ),
}  # fmt: skip
