"""What Julia's operators and functions accept, by the kinds of their operands, and what they give.

Kinds: numbers (Python's), ``Vector`` (an array with one axis), ``Matrix`` (with two), ``Row`` (the adjoint
of a vector), ``Wrapped`` (Symmetric, LowerTriangular, UpperTriangular), ``Factored`` and the identity ``I``.
A combination that is not listed is an error, as it is a MethodError or a DimensionMismatch in Julia 1.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.linalg as sl
import scipy.special as special

from tests.compilation.julia.syntax import JuliaError

Value = Any


@dataclass
class Row:
    """The adjoint of a vector."""

    parent: Any


@dataclass
class Wrapped:
    """A matrix with a structure in its type."""

    kind: str
    matrix: Any


@dataclass
class Factored:
    """A factorisation."""

    kind: str
    matrix: Any


IDENTITY = object()


@dataclass
class Type:
    """A name of a type, as it stands before a bracket."""

    name: str


def kind(value: Value) -> str:
    """The name of the kind of a value."""
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating)):
        return "Number"
    if isinstance(value, np.ndarray):
        return {1: "Vector", 2: "Matrix"}.get(value.ndim, f"Array{{Float64, {value.ndim}}}")
    if value is IDENTITY:
        return "UniformScaling"
    return value.kind if isinstance(value, Wrapped) else type(value).__name__


def dense(value: Value) -> Any:
    """A vector or matrix of whatever type as an array; a row has two axes."""
    if isinstance(value, Row):
        return value.parent[None, :]
    if isinstance(value, Wrapped):
        a = value.matrix
        if value.kind == "Symmetric":
            return np.triu(a) + np.triu(a, 1).T
        return np.tril(a) if value.kind == "LowerTriangular" else np.triu(a)
    if isinstance(value, np.ndarray):
        return value
    raise JuliaError(f"a {kind(value)} where an array is expected")


def matrix(value: Value) -> Any:
    """A matrix as an array with two axes."""
    array = dense(value)
    if array.ndim != 2:
        raise JuliaError("a Vector where a matrix is expected")
    return array


def square(value: Value) -> Any:
    """A square matrix."""
    array = matrix(value)
    if array.shape[0] != array.shape[1]:
        raise JuliaError(f"a matrix that is not square: {array.shape}")
    return array


def number(value: Value) -> Any:
    """A number."""
    if kind(value) != "Number":
        raise JuliaError(f"a {kind(value)} where a number is expected")
    return value


def is_number(value: Value) -> bool:
    """Whether a value is a number."""
    return kind(value) == "Number"


def whole(value: Value) -> int:
    """An integer; Julia does not take 2.0 for one."""
    if not isinstance(value, (int, np.integer)) or isinstance(value, bool):
        raise JuliaError(f"{value!r} is not an Int")
    return int(value)


def vector(value: Value) -> Any:
    """A vector."""
    if kind(value) != "Vector":
        raise JuliaError(f"a {kind(value)} where a Vector is expected")
    return value


# ---- operators --------------------------------------------------------------------------------------


def _added(sign: Callable[[Any, Any], Any]) -> Callable[[Value, Value], Value]:
    def combine(a: Value, b: Value) -> Value:
        if is_number(a) and is_number(b):
            return sign(a, b)
        if b is IDENTITY and not is_number(a):
            return sign(square(a), np.eye(len(square(a))))
        if isinstance(a, Row) and isinstance(b, Row):
            return Row(_same(sign, a.parent, b.parent))
        if is_number(a) or is_number(b):
            raise JuliaError(f"{sign.__name__} of a {kind(a)} and a {kind(b)} without a dot")
        return _same(sign, dense(a), dense(b))

    return combine


def _same(sign: Callable[[Any, Any], Any], a: Any, b: Any) -> Any:
    if a.shape != b.shape:
        raise JuliaError(f"{sign.__name__} of arrays of shapes {a.shape} and {b.shape}")
    return sign(a, b)


def _times(a: Value, b: Value) -> Value:
    if is_number(a) or is_number(b):
        if is_number(a) and is_number(b):
            return a * b
        array, scalar = (b, a) if is_number(a) else (a, b)
        return Row(array.parent * scalar) if isinstance(array, Row) else dense(array) * scalar
    if isinstance(a, Row):
        if kind(b) == "Vector":
            return _contract(a.parent, b)
        if isinstance(b, Row):
            raise JuliaError("a product of two rows")
        return Row(_contract(a.parent, matrix(b)))
    if kind(a) == "Vector":
        if kind(b) == "Vector":
            raise JuliaError("a product of two vectors")
        return _contract(a[:, None], matrix(b))
    return _contract(matrix(a), dense(b))


def _contract(a: Any, b: Any) -> Any:
    if a.shape[-1] != b.shape[0]:
        raise JuliaError(f"a product of arrays of shapes {a.shape} and {b.shape}")
    return a @ b


def _over(a: Value, b: Value) -> Value:
    if not is_number(b):
        raise JuliaError(f"a {kind(a)} over a {kind(b)} without a dot")
    if is_number(a):
        return np.float64(a) / b
    return Row(a.parent / b) if isinstance(a, Row) else dense(a) / b


def _solve(a: Value, b: Value) -> Value:
    if kind(b) not in ("Vector", "Matrix"):
        raise JuliaError(f"a left division into a {kind(b)}")
    whole_matrix = a.matrix if isinstance(a, Factored) else square(a)
    if b.shape[0] != len(whole_matrix):
        raise JuliaError(f"a left division of shapes {whole_matrix.shape} and {b.shape}")
    return np.linalg.solve(whole_matrix, b)


def _power(a: Value, b: Value) -> Value:
    if is_number(a) and is_number(b):
        if isinstance(a, int) and isinstance(b, int):
            return a**b
        with np.errstate(all="ignore"):
            return np.float64(a) ** b
    return np.linalg.matrix_power(square(a), whole(b))


def _whole_quotient(a: Value, b: Value) -> Value:
    return whole(a) // whole(b)


def _compared(sign: Callable[[Any, Any], Any]) -> Callable[[Value, Value], Value]:
    return lambda a, b: bool(sign(number(a), number(b)))


PLAIN: dict[str, Callable[[Value, Value], Value]] = {
    "+": _added(operator.add), "-": _added(operator.sub), "*": _times, "/": _over, "\\": _solve,
    "^": _power, "÷": _whole_quotient, "==": _compared(operator.eq), "!=": _compared(operator.ne),
    "<": _compared(operator.lt), ">": _compared(operator.gt), "<=": _compared(operator.le),
    ">=": _compared(operator.ge),
}  # fmt: skip
"""Operators without a dot."""


def spread(function: Callable[..., Any], *operands: Value) -> Value:
    """A function of numbers entry by entry: a vector is a column, a row a matrix with one row."""
    if all(map(is_number, operands)):
        return function(*operands)
    arrays = [x if is_number(x) else dense(x) for x in operands]
    flat = all(is_number(x) or x.ndim == 1 for x in arrays)
    wide = [x if is_number(x) or x.ndim == 2 else x[:, None] for x in arrays]
    shapes = [x.shape for x in wide if not is_number(x)]
    try:
        shape = np.broadcast_shapes(*shapes)
    except ValueError:
        raise JuliaError(f"arrays of the shapes {shapes} do not broadcast") from None
    full = [np.full(shape, x) if is_number(x) else np.broadcast_to(x, shape) for x in wide]
    entries = [function(*(x.item() for x in xs)) for xs in zip(*(x.ravel() for x in full), strict=True)]
    result = np.array(entries, dtype=None if entries else float).reshape(shape)
    return result[:, 0] if flat else result


# ---- functions ----------------------------------------------------------------------------------------


def _of_number(function: Callable[[Any], Any]) -> Callable[[Value], Value]:
    def call(x: Value) -> Value:
        if not is_number(x):
            raise JuliaError(f"{function.__name__} of a {kind(x)} without a dot")
        with np.errstate(all="ignore"):
            return function(x)

    return call


def _arc_tangent(y: Value, *x: Value) -> Value:
    """The angle of a slope, or of a point by its height and width."""
    if not all(map(is_number, (y, *x))):
        raise JuliaError("atan without a dot of what is no number")
    return np.arctan2(y, *x) if x else np.arctan(y)


def _of_square(on_number: Callable[[Any], Any], on_matrix: Callable[[Any], Any]) -> Callable[[Value], Value]:
    """A function that of a square matrix is the function of the matrix."""
    plain = _of_number(on_number)
    return lambda x: plain(x) if is_number(x) or kind(x) == "Vector" else on_matrix(square(x))


def _reduced(function: Callable[..., Any]) -> Callable[..., Value]:
    def call(*operands: Value, dims: int | None = None) -> Value:
        *mapped, x = operands
        if mapped:
            x = spread(mapped[0], x)
        if is_number(x):
            if dims is not None:
                raise JuliaError("dims of a number")
            return x
        array = dense(x)
        if dims is None:
            return function(array)
        if array.ndim == 1:
            return np.array([function(array)]) if dims == 1 else array
        return function(array, axis=whole(dims) - 1, keepdims=True)

    return call


def _along(function: Callable[..., Any]) -> Callable[..., Value]:
    """A function that keeps the shape, down columns."""

    def call(x: Value, *, dims: Value) -> Value:
        if whole(dims) != 1:
            raise JuliaError("only down columns here")
        return function(dense(x), axis=0)

    return call


def _polygamma(order: Value, x: Value) -> Value:
    return float(special.polygamma(whole(order), number(x)))


def _log_abs_gamma(x: Value) -> Value:
    return [special.gammaln(number(x)), special.gammasgn(number(x))]


def _product(x: Value, *, init: Value | None = None, dims: Value | None = None) -> Value:
    array = dense(x)
    if dims is not None:
        return _reduced(np.prod)(x, dims=dims)
    return np.prod(array) * (1 if init is None else number(init))


def _places(x: Value) -> Value:
    """The place of the first largest entry, column by column, as a place in the flattened array."""
    array = dense(x)
    return ("place", int(np.argmax(array.ravel(order="F"))), array.ndim)


def _dot(a: Value, b: Value) -> Value:
    if is_number(a) and is_number(b):
        return a * b
    x, y = (dense(v).ravel(order="F") for v in (a, b))
    if x.shape != y.shape:
        raise JuliaError(f"dot of {x.size} and {y.size} entries")
    return x @ y


def _kron(a: Value, b: Value) -> Value:
    if is_number(a) or is_number(b):
        return _times(a, b)
    x, y = dense(a), dense(b)
    if x.ndim == y.ndim == 1:
        return np.kron(x, y)
    return np.kron(x if x.ndim == 2 else x[:, None], y if y.ndim == 2 else y[:, None])


def _size(x: Value, axis: Value) -> Value:
    shape = dense(x).shape
    return shape[whole(axis) - 1] if whole(axis) <= len(shape) else 1


def _reshape(x: Value, *sizes: Value) -> Value:
    array = dense(x)
    if sum(n is ... for n in sizes) > 1:
        raise JuliaError("two axes with a colon")
    given = np.prod([whole(n) for n in sizes if n is not ...], dtype=int)
    # An axis with a colon takes what is left.
    found = [array.size // given if n is ... else whole(n) for n in sizes]
    if array.size != np.prod(found, dtype=int):
        raise JuliaError(f"{array.size} entries reshaped to {sizes}")
    return array.reshape(found, order="F")


def _permuted(x: Value, order: Value = (2, 1)) -> Value:
    array = dense(x)
    places = [whole(place) - 1 for place in order]
    if sorted(places) != list(range(array.ndim)):
        raise JuliaError(f"the axes of a {kind(x)} in the order {order}")
    return array.transpose(places)


def _repeat(x: Value, *times: Value) -> Value:
    array = dense(x)
    if len(times) != 2:
        raise JuliaError("repeat takes two counts here")
    return np.tile(array if array.ndim == 2 else array[:, None], [whole(n) for n in times])


def _filled(value: float) -> Callable[..., Value]:
    def call(*sizes: Value) -> Value:
        integral = isinstance(sizes[0], Type) and sizes[0].name == "Int"
        return np.full(
            [whole(n) for n in (sizes[1:] if integral else sizes)], value, int if integral else float
        )

    return call


def _cholesky(x: Value) -> Value:
    if is_number(x):
        return Factored("cholesky", np.array([[x]]))
    if kind(x) != "Symmetric":
        raise JuliaError("cholesky of a matrix that rounding may leave unsymmetric")
    np.linalg.cholesky(dense(x))
    return Factored("cholesky", dense(x))


def _lu(x: Value, *, check: bool = True) -> Value:
    a = square(x)
    if check and np.linalg.matrix_rank(a) < len(a):
        raise JuliaError("a singular matrix")
    return Factored("lu", a)


def _factored(value: Value) -> Any:
    return value.matrix if isinstance(value, Factored) else square(value)


def _logdet(x: Value) -> Value:
    if is_number(x):
        return np.log(x)
    sign, size = np.linalg.slogdet(_factored(x))
    if sign <= 0:
        raise JuliaError("logdet of a negative determinant")
    return size


def _inverse(x: Value) -> Value:
    if is_number(x):
        return 1 / np.float64(x)
    inverse = np.linalg.inv(_factored(x))
    return Wrapped(x.kind, inverse) if isinstance(x, Wrapped) else inverse


def _eigen(x: Value) -> Value:
    if kind(x) != "Symmetric":
        raise JuliaError("the eigenvalues of a matrix that is not Symmetric may be complex")
    return tuple(np.linalg.eigh(dense(x)))


def _svd(x: Value) -> Value:
    u, s, vt = np.linalg.svd(matrix(x), full_matrices=False)
    return u, s, vt.T


def _wrapped(name: str) -> Callable[[Value], Value]:
    return lambda x: Wrapped(name, square(x))


def _like(value: float) -> Callable[[Value], Value]:
    return lambda x: type(x)(value) if is_number(x) else np.full(dense(x).shape, value, dense(x).dtype)


def _error(message: str) -> Value:
    raise JuliaError(f"error: {message}")


def _sylvester(a: Value, b: Value, c: Value) -> Value:
    if is_number(a):
        return -number(c) / (a + number(b))
    return sl.solve_sylvester(square(a), square(b), -matrix(c))


def _diagm(x: Value) -> Value:
    return np.diag(vector(x))


def _only(x: Value) -> Value:
    if is_number(x):
        return x
    if dense(x).size != 1:
        raise JuliaError("only of several entries")
    return dense(x).ravel()[0]


def _integer(x: Value) -> Value:
    if number(x) != int(x):
        raise JuliaError(f"Int({x})")
    return int(x)


def _exp_matrix(a: Any) -> Any:
    return sl.expm(a)


BASE: dict[str, Callable[..., Value]] = {
    "exp": _of_square(np.exp, _exp_matrix),
    "log": _of_square(np.log, sl.logm),
    "sqrt": _of_square(np.sqrt, sl.sqrtm),
    **{name: _of_number(getattr(np, name)) for name in ("log1p", "expm1", "sin", "cos", "tan", "sinh", "cosh",
                                                       "tanh", "sign")},
    "asin": _of_number(np.arcsin), "acos": _of_number(np.arccos), "atan": _arc_tangent,
    **{name: _of_number(getattr(np, f"arc{name[1:]}")) for name in ("asinh", "acosh", "atanh")},
    "abs": _of_number(abs),
    "max": lambda a, b: max(number(a), number(b)), "min": lambda a, b: min(number(a), number(b)),
    "div": _whole_quotient,
    "one": _like(1), "zero": _like(0), "oftype": lambda like, x: np.float64(x),
    "real": lambda x: np.real(x) if is_number(x) else np.real(dense(x)),
    "sum": _reduced(np.sum), "maximum": _reduced(np.max), "minimum": _reduced(np.min),
    "vec": lambda x: dense(x).ravel(order="F"),
    "size": _size, "length": lambda x: 1 if is_number(x) else dense(x).size,
    "reshape": _reshape, "repeat": _repeat, "permutedims": _permuted,
    "fill": lambda x, *sizes: np.full([whole(n) for n in sizes], number(x)),
    "zeros": _filled(0), "ones": _filled(1),
    "cumsum": _along(np.cumsum), "cumprod": _along(np.cumprod), "reverse": _along(np.flip),
    "first": lambda both: both[0],
    "prod": _product, "iszero": lambda x: bool(number(x) == 0),
    "eachindex": lambda x: np.arange(1, dense(x).size + 1), "eachrow": lambda x: list(matrix(x)),
    "argmax": _places, "only": _only, "eachcol": lambda x: list(matrix(x).T),
    "eps": lambda: np.finfo(float).eps, "error": _error, "Int": _integer, "Float64": _of_number(float),
}  # fmt: skip
"""Functions that are there without a package."""

LINEAR_ALGEBRA: dict[str, Callable[..., Value]] = {
    "dot": _dot, "kron": _kron, "norm": lambda x: abs(x) if is_number(x) else np.sqrt((dense(x) ** 2).sum()),
    "tr": lambda x: x if is_number(x) else np.trace(square(x)),
    "det": lambda x: x if is_number(x) else np.linalg.det(_factored(x)),
    "inv": _inverse, "logdet": _logdet,
    "diag": lambda x: np.diagonal(matrix(x)).copy(), "diagm": _diagm,
    "tril": lambda x, k=0: np.tril(matrix(x), k), "triu": lambda x, k=0: np.triu(matrix(x), k),
    "pinv": lambda x: np.linalg.pinv(matrix(x)) if kind(x) != "Vector" else Row(x / (x @ x)),
    "cholesky": _cholesky, "lu": _lu, "eigen": _eigen, "svd": _svd, "sylvester": _sylvester,
    **{name: _wrapped(name) for name in ("Symmetric", "LowerTriangular", "UpperTriangular")},
}  # fmt: skip
"""Functions of the package LinearAlgebra, or exported by it."""

SPECIAL: dict[str, Callable[..., Value]] = {
    "erf": _of_number(special.erf),
    "gamma": _of_number(special.gamma),
    "polygamma": _polygamma,
    "logabsgamma": _log_abs_gamma,
}
"""Functions of the package SpecialFunctions."""

CONSTANTS: dict[str, Value] = {"Inf": np.inf, "NaN": np.nan}

PACKAGES: dict[str, dict[str, Value]] = {
    "LinearAlgebra": {**LINEAR_ALGEBRA, "I": IDENTITY},
    "SpecialFunctions": dict(SPECIAL),
}
"""What ``using`` brings in."""
