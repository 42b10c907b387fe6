"""What works entry by entry, with NumPy's broadcasting made explicit by columns of ones."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from matgrad.core.dims import ONE, Dim, same
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.exact import as_fraction
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.ops import (
    activations,
    arithmetic,
    comparisons,
    diagonals,
    gamma_functions,
    hadamard,
    leaves,
    piecewise,
    power,
    transpose,
)
from matgrad.ops.arrays.lifting import dims_of, lift, rows_of
from matgrad.ops.arrays.symbolic import Condition, SymbolicArray
from matgrad.ops.registry import NUMPY_FUNCTIONS

Binary = Callable[[Expr, Expr], Expr]

ONE_ARGUMENT = (
    "exp", "log", "log1p", "expm1", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh",
    "tanh", "arcsinh", "arccosh", "arctanh", "sign", "absolute", "fabs", "sqrt", "square",
    "special.expit", "special.erf",
    "log2", "log10", "special.gammaln", "special.gamma", "special.psi",
)  # fmt: skip
"""The functions of one number that the language has under NumPy's names."""


def repeated(x: Expr, rows: Dim, columns: Dim) -> Expr:
    """Repeat a scalar, a row or a column over a shape."""
    if x.rows is ONE and rows is not ONE:
        x = arithmetic.multiply(leaves.ones(rows), x)
    if x.columns is ONE and columns is not ONE:
        x = arithmetic.multiply(x, transpose.transpose(leaves.ones(columns)))
    return x


def product_of(a: Expr, b: Expr) -> Expr:
    """The product entry by entry of what was lined up; a scalar, a row or a column goes with all."""
    if a.is_scalar or b.is_scalar:
        return arithmetic.multiply(a, b)
    for line, full in ((a, b), (b, a)):
        if line.is_row and full.rows is not ONE and full.columns is not ONE:
            return arithmetic.multiply(full, diagonals.diag(transpose.transpose(line)))
        if line.is_vector and full.rows is not ONE and full.columns is not ONE:
            return arithmetic.multiply(diagonals.diag(line), full)
    if a.columns is ONE and b.rows is ONE:
        return arithmetic.multiply(a, b)
    if a.rows is ONE and b.columns is ONE:
        return arithmetic.multiply(b, a)
    return hadamard.hadamard(a, b)


def _common(a: SymbolicArray, b: SymbolicArray) -> tuple[Expr, Expr, int, Dim, Dim]:
    """The operands in one orientation, and the axes and shape of the result.

    Raises
    ------
    ShapeError
        When the shapes cannot be broadcast together.
    """
    ndim = max(a.ndim, b.ndim)
    left, right = (a.expr, b.expr) if ndim < 2 else (rows_of(a), rows_of(b))
    sizes = []
    for p, q in zip(left.shape, right.shape, strict=True):
        if p is not ONE and q is not ONE and not same(p, q):
            raise ShapeError(
                phrase("cannot broadcast {a} and {b} together", a=a.describe(), b=b.describe()),
                fix=phrase("x[:, None] to go with the rows") if a.ndim != b.ndim else None,
            )
        sizes.append(q if p is ONE else p)
    return left, right, ndim, sizes[0], sizes[1]


def binary(build: Binary) -> Callable[[Any, Any], SymbolicArray]:
    """A function of two arrays whose operands must be spread over the shape of the result."""

    def apply(a: Any, b: Any) -> SymbolicArray:
        left, right, ndim, rows, columns = _common(lift(a), lift(b))
        return SymbolicArray(build(repeated(left, rows, columns), repeated(right, rows, columns)), ndim)

    return apply


add = binary(arithmetic.add)
subtract = binary(arithmetic.subtract)


def multiply(a: Any, b: Any) -> SymbolicArray:
    left, right, ndim, _, _ = _common(lift(a), lift(b))
    kind = Condition if isinstance(a, Condition) and isinstance(b, Condition) else SymbolicArray
    return kind(product_of(left, right), ndim)


def divide(a: Any, b: Any) -> SymbolicArray:
    return multiply(a, reciprocal(b))


def raise_to(base: Any, exponent: Any) -> SymbolicArray:
    x, p = lift(base), lift(exponent)
    if p.expr.is_scalar:
        left, _, ndim, _, _ = _common(x, p)
        return SymbolicArray(power.power(left, p.expr), ndim)
    # a ** x with x an array: exp(log(a) x), entry by entry.
    return entrywise(power.exp, multiply(entrywise(power.log, x), p))


def entrywise(build: Callable[[Expr], Expr], x: Any) -> SymbolicArray:
    """A function of one number, applied to every entry."""
    array = lift(x)
    return SymbolicArray(build(array.expr), array.ndim)


def one_argument(name: str) -> Callable[[Any], SymbolicArray]:
    """The function of one number that goes by a NumPy name."""
    build = NUMPY_FUNCTIONS[name].build

    def apply(x: Any) -> SymbolicArray:
        return entrywise(build, x)

    return apply


def scaled(factor: Expr, x: SymbolicArray) -> SymbolicArray:
    """A number times an array."""
    return SymbolicArray(arithmetic.multiply(factor, x.expr), x.ndim)


def negative(x: Any) -> SymbolicArray:
    return scaled(leaves.number(-1), lift(x))


def unchanged(x: Any) -> SymbolicArray:
    return lift(x)


def reciprocal(x: Any) -> SymbolicArray:
    return entrywise(lambda e: power.power(e, leaves.number(-1)), x)


def _log_of(base: int) -> Expr:
    return power.log(leaves.number(base))


def exp2(x: Any) -> SymbolicArray:
    return entrywise(power.exp, multiply(_log_of(2), x))


def radians(x: Any) -> SymbolicArray:
    return multiply(x, arithmetic.multiply(leaves.pi(), leaves.number(Fraction(1, 180))))


def degrees(x: Any) -> SymbolicArray:
    return multiply(x, arithmetic.multiply(power.power(leaves.pi(), leaves.number(-1)), leaves.number(180)))


def hypot(a: Any, b: Any) -> SymbolicArray:
    return entrywise(power.sqrt, add(entrywise(power.square, a), entrywise(power.square, b)))


logaddexp = binary(activations.logaddexp)
maximum = binary(comparisons.larger)
minimum = binary(comparisons.smaller)


def logaddexp2(a: Any, b: Any) -> SymbolicArray:
    """The same to the base 2."""
    together = logaddexp(multiply(_log_of(2), a), multiply(_log_of(2), b))
    return divide(together, _log_of(2))


def cbrt(x: Any) -> SymbolicArray:
    """The real cube root, sign(x) |x|^(1/3)."""
    root = raise_to(entrywise(piecewise.absolute, x), Fraction(1, 3))
    return multiply(entrywise(piecewise.sign, x), root)


def nan_to_num(
    x: Any, copy: Any = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> SymbolicArray:
    """The array itself: every entry is a finite real number."""
    return lift(x)


def clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> SymbolicArray:
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    result = lift(a)
    if low is not None:
        result = maximum(result, low)
    return result if high is None else minimum(result, high)


betaln = binary(gamma_functions.betaln)
beta = binary(gamma_functions.beta_function)


def heaviside(x: Any, at_zero: Any) -> SymbolicArray:
    """1 where x > 0, 0 where x < 0, and the given number between."""
    number = as_fraction(at_zero)
    if number is None:
        raise ArgumentError(
            phrase("numpy.heaviside takes a number for its value at 0"), fix="np.heaviside(x, 0.5)"
        )
    array = lift(x)
    above = entrywise(piecewise.step, array)
    if not number:
        return above
    below = entrywise(piecewise.step, negative(array))
    between = subtract(subtract(1, above), below)
    return add(above, multiply(number, between))


def broadcast_to(array: Any, shape: Any) -> SymbolicArray:
    """Repeat an array over a shape.

    Raises
    ------
    ShapeError
        When its shape cannot be spread to the new one.
    """
    x, dims = lift(array), dims_of(shape)
    if not dims and not x.ndim:
        return x
    wide = add(x, SymbolicArray(leaves.zeros(*_two(dims)), len(dims))) if dims else x
    if wide.ndim != len(dims) or not all(same(p, q) for p, q in zip(wide.dims, dims, strict=True)):
        raise ShapeError(
            phrase(
                "{x} cannot be broadcast to the shape ({dims})",
                x=x.describe(),
                dims=", ".join(map(str, dims)),
            )
        )
    return wide


def full_like(a: Any, fill_value: Any, *, shape: Any = None) -> SymbolicArray:
    return broadcast_to(fill_value, lift(a).shape if shape is None else shape)


def _two(dims: tuple[Dim, ...]) -> tuple[Dim, Dim]:
    return (dims[0], dims[1] if len(dims) == 2 else ONE)


def zeros_like(a: Any, *, shape: Any = None) -> SymbolicArray:
    return full_like(a, 0, shape=shape)


def ones_like(a: Any, *, shape: Any = None) -> SymbolicArray:
    return full_like(a, 1, shape=shape)


def real_if_close(a: Any, tol: Any = 100) -> SymbolicArray:
    """The array itself."""
    return lift(a)


def imag(x: Any) -> SymbolicArray:
    return lift(x).imag


UFUNCS: dict[str, Callable[..., Any]] = {
    "add": add,
    "subtract": subtract,
    "multiply": multiply,
    "divide": divide,
    "true_divide": divide,
    "power": raise_to,
    "float_power": raise_to,
    "negative": negative,
    "positive": unchanged,
    "conjugate": unchanged,
    "conj": unchanged,
    "reciprocal": reciprocal,
    "exp2": exp2,
    "radians": radians,
    "deg2rad": radians,
    "degrees": degrees,
    "rad2deg": degrees,
    "hypot": hypot,
    "logaddexp": logaddexp,
    "logaddexp2": logaddexp2,
    "cbrt": cbrt,
    "asinh": one_argument("arcsinh"),
    "acosh": one_argument("arccosh"),
    "atanh": one_argument("arctanh"),
    "maximum": maximum,
    "minimum": minimum,
    "fmax": maximum,
    "fmin": minimum,
    "heaviside": heaviside,
    "betaln": betaln,
    "beta": beta,
    "digamma": one_argument("special.psi"),
    "abs": one_argument("absolute"),
    "asin": one_argument("arcsin"),
    "acos": one_argument("arccos"),
    "atan": one_argument("arctan"),
    "pow": raise_to,
    **{name.rpartition(".")[2]: one_argument(name) for name in ONE_ARGUMENT},
}
"""NumPy's and SciPy's ufuncs that have a meaning for expressions."""

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "clip": clip,
    "broadcast_to": broadcast_to,
    "full_like": full_like,
    "zeros_like": zeros_like,
    "ones_like": ones_like,
    "real": unchanged,
    "imag": imag,
    "copy": unchanged,
    "nan_to_num": nan_to_num,
    "real_if_close": real_if_close,
}
