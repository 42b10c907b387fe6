"""Reductions along axes: sums, means, extremes, norms."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from matgrad.core.dims import ZERO, Dim, same
from matgrad.core.errors import ArgumentError, NoMeaningHereError, ShapeError
from matgrad.core.exact import as_fraction
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.ops import (
    arithmetic,
    cumulative,
    diagonals,
    leaves,
    line_extremes,
    piecewise,
    power,
    reductions,
    reshaping,
    singular_values,
    softmax,
    transpose,
)
from matgrad.ops.arrays import entrywise
from matgrad.ops.arrays.lifting import axes_of, axis_of, flag, lift, raveled, require_same, stacked
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
        raise ArgumentError(phrase("ddof is a number"), fix="ddof=1")
    if not removed:
        return spread
    count = _count(x, axis)
    left = count - Dim({(): removed})
    if left is ZERO:
        raise ArgumentError(
            phrase("a variance of {count} entries cannot have ddof={removed}", count=count, removed=removed)
        )
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
            raise ArgumentError(
                phrase("numpy.average: weights with one axis need to know which"), fix="axis=0"
            )
        place = axis_of(axis, 2, "average")
        if not same(w.dims[0], x.dims[place]):
            raise ShapeError(
                phrase(
                    "{w} are not the weights of an axis of length {dim}", w=w.describe(), dim=x.dims[place]
                )
            )
        if place == 0:
            w = SymbolicArray(w.expr, 2)
        return entrywise.divide(
            sum(entrywise.multiply(x, w), axis, keepdims=keepdims), reductions.total(w.expr)
        )
    require_same(x, w, phrase("average"))
    weighted = sum(entrywise.multiply(x, w), axis, keepdims=keepdims)
    return entrywise.divide(weighted, sum(w, axis, keepdims=keepdims))


def _extreme(name: str, whole: Build, by_column: Build, by_row: Build) -> Callable[..., SymbolicArray]:
    def apply(a: Any, axis: Any = None, *, keepdims: Any = False) -> SymbolicArray:
        return along(lift(a), axis, keepdims, name, whole, by_column, by_row)

    return apply


max = _extreme("max", reductions.maximum, line_extremes.column_max, line_extremes.row_max)
min = _extreme("min", reductions.minimum, line_extremes.column_min, line_extremes.row_min)
prod = _extreme("prod", cumulative.prod, cumulative.column_prod, cumulative.row_prod)


def ptp(a: Any, axis: Any = None, *, keepdims: Any = False) -> SymbolicArray:
    return entrywise.subtract(max(a, axis, keepdims=keepdims), min(a, axis, keepdims=keepdims))


def _accumulated(name: str, build: Build) -> Callable[..., SymbolicArray]:
    """Something of the first entries of each line; without an axis of all entries, row by row."""

    def apply(a: Any, axis: Any = None) -> SymbolicArray:
        x = lift(a)
        if axis is None or not x.ndim:
            x = SymbolicArray(raveled(x), 1)
        if (0 if axis is None else axis_of(axis, x.ndim, name)) == 0:
            return SymbolicArray(build(x.expr), x.ndim)
        return SymbolicArray(transpose.transpose(build(transpose.transpose(x.expr))), 2)

    return apply


cumsum = _accumulated("cumsum", cumulative.cumsum)
cumprod = _accumulated("cumprod", cumulative.cumprod)


def _cumulative(name: str, apply: Callable[..., SymbolicArray]) -> Callable[..., SymbolicArray]:
    """The functions of the array API, which want an axis where there are two."""

    def named(x: Any, /, *, axis: Any = None, include_initial: Any = False) -> SymbolicArray:
        if flag(include_initial, "include_initial"):
            raise ArgumentError(
                phrase("numpy.{name} has no first entry here", name=name), fix="np.concatenate([[0], …])"
            )
        if axis is None and lift(x).ndim != 1:
            raise ArgumentError(
                phrase("numpy.{name} of {x} needs an axis", name=name, x=lift(x).describe()), fix="axis=0"
            )
        return apply(x, 0 if axis is None else axis)

    return named


def diff(a: Any, n: Any = 1, axis: Any = -1) -> SymbolicArray:
    """Differences of neighbours."""
    x = lift(a)
    times = as_fraction(n)
    if times is None or times.denominator != 1 or not 0 <= times <= 8:
        raise ArgumentError(phrase("numpy.diff is taken a small whole number of times"), fix="np.diff(x, 2)")
    place = axis_of(axis, x.ndim, "diff") if x.ndim else None
    if place is None:
        raise ArgumentError(phrase("numpy.diff needs an array with an axis"))
    for _ in range(int(times)):
        later, earlier = slice(1, None), slice(None, -1)
        keys = (later, earlier) if not place else ((slice(None), later), (slice(None), earlier))
        x = entrywise.subtract(x[keys[0]], x[keys[1]])
    return x


def ediff1d(ary: Any) -> SymbolicArray:
    return diff(SymbolicArray(raveled(lift(ary)), 1))


def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> SymbolicArray:
    array = lift(y)
    if array.ndim != 1:
        raise ArgumentError(
            phrase("numpy.trapezoid is of an array with one axis here"), fix="np.sum(…, axis=0)"
        )
    width = dx if x is None else diff(x)
    return sum(
        entrywise.multiply(width, entrywise.multiply(Fraction(1, 2), entrywise.add(array[1:], array[:-1])))
    )


def cov(m: Any, y: Any = None, rowvar: Any = True, bias: Any = False, ddof: Any = None) -> SymbolicArray:
    """Covariances of the rows; of one array with one axis its variance."""
    x = lift(m)
    if y is not None:
        raise ArgumentError(phrase("numpy.cov is of one array here"), fix="np.cov(np.stack([x, y]))")
    removed = ddof if ddof is not None else 0 if flag(bias, "bias") else 1
    if x.ndim < 2:
        return var(x, ddof=removed)
    rows = x if flag(rowvar, "rowvar") else x.T
    centred = entrywise.subtract(rows, mean(rows, 1, keepdims=True)).expr
    count = as_fraction(removed)
    if count is None:
        raise ArgumentError(phrase("ddof is a number"), fix="ddof=1")
    more = rows.dims[1] - Dim({(): count})
    if more is ZERO:
        raise ArgumentError(
            phrase(
                "a covariance of {dim} observation(s) cannot have ddof={removed}",
                dim=rows.dims[1],
                removed=removed,
            )
        )
    left = _number(more)
    product = arithmetic.multiply(centred, transpose.transpose(centred))
    return SymbolicArray(arithmetic.multiply(power.power(left, leaves.number(-1)), product), 2)


def corrcoef(x: Any, y: Any = None, rowvar: Any = True) -> SymbolicArray:
    """The covariances over the deviations; of two arrays with one axis of the rows that they are."""
    rows = stacked([lift(x), lift(y)]) if y is not None else lift(x)
    covariances = cov(rows, None, rowvar)
    if covariances.ndim < 2:
        return lift(1)
    deviations = entrywise.entrywise(power.sqrt, SymbolicArray(diagonals.diagonal(covariances.expr), 1))
    return entrywise.divide(entrywise.divide(covariances, deviations), deviations[:, None])


def polyval(p: Any, x: Any) -> SymbolicArray:
    """The polynomial with these coefficients, that of the highest power first (Horner)."""
    coefficients = lift(p)
    if coefficients.ndim != 1 or not coefficients.dims[0].is_integer:
        raise ArgumentError(
            phrase("numpy.polyval needs to know how many coefficients there are"), fix="given='p: 3'"
        )
    value = entrywise.multiply(0, x)
    for k in range(int(coefficients.dims[0])):
        value = entrywise.add(entrywise.multiply(value, x), coefficients[k])
    return value


# ---- norms ---------------------------------------------------------------------------------------


def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> SymbolicArray:
    array, keep = lift(x), flag(keepdims, "keepdims")
    if not array.ndim and axis is not None:
        raise ArgumentError(phrase("numpy.linalg.norm: a number has no axis"))
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
        raise ArgumentError(phrase("numpy.linalg.norm needs an array with one or two axes"))
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
        raise ArgumentError(
            phrase("numpy.linalg.norm: {array} is no order of a norm", array=array.describe()), fix="ord=1"
        )
    return array.expr


def _vector_norm(x: Expr, ord: Any) -> Expr:
    if ord is None:
        return reductions.norm(x)
    if isinstance(ord, str):
        raise ArgumentError(
            phrase("numpy.linalg.norm: a vector has no norm {ord}", ord=repr(ord)),
            fix=phrase("ord=1, 2 or np.inf"),
        )
    if ord == float("inf"):
        return reductions.norm_inf(x)
    if ord == -float("inf"):
        return reductions.minimum(piecewise.absolute(x))
    if ord == 2:
        return reductions.norm(x)
    if ord == 1:
        return reductions.norm1(x)
    if not isinstance(ord, Expr) and ord < 1:
        raise NoMeaningHereError(
            phrase("numpy.linalg.norm with ord={ord} is no norm, and has no meaning here", ord=ord),
            fix="ord=1",
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
        phrase("numpy.linalg.norm with ord={ord} has no meaning for a matrix here", ord=str(ord)),
        fix=phrase("'fro', 'nuc', 1, 2 or np.inf"),
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
    raise ArgumentError(
        phrase("numpy.linalg.norm with ord={ord} has no meaning along an axis", ord=str(ord)),
        fix=phrase("ord=1 or 2"),
    )


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
        raise ArgumentError(
            phrase("numpy.linalg.matrix_norm needs a matrix, not {array}", array=array.describe())
        )
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
    "prod": prod,
    "cumsum": cumsum,
    "cumprod": cumprod,
    "cumulative_sum": _cumulative("cumulative_sum", cumsum),
    "cumulative_prod": _cumulative("cumulative_prod", cumprod),
    "diff": diff,
    "ediff1d": ediff1d,
    "trapezoid": trapezoid,
    "cov": cov,
    "corrcoef": corrcoef,
    "polyval": polyval,
    # No entry is not a number.
    "nansum": sum,
    "nanmean": mean,
    "nanvar": var,
    "nanstd": std,
    "nanmax": max,
    "nanmin": min,
    "nanprod": prod,
    "nancumsum": cumsum,
    "nancumprod": cumprod,
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
