"""NumPy's functions on symbolic arrays, by name, and what is said of those that there are not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from matgrad.core.errors import ArgumentError
from matgrad.ops.arrays import entrywise, products, reducing, shaping
from matgrad.ops.arrays.indexing import index
from matgrad.ops.arrays.lifting import lift
from matgrad.ops.arrays.symbolic import (
    SymbolicArray,
    refuse_comparison,
    refuse_steps,
    refuse_truth,
)

TABLE: dict[str, Callable[..., Any]] = {
    **entrywise.UFUNCS,
    **entrywise.FUNCTIONS,
    **reducing.FUNCTIONS,
    **products.FUNCTIONS,
    **shaping.FUNCTIONS,
}
"""Every function under the name that NumPy (or SciPy) has for it."""

_COMPARISONS = frozenset({
    "equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "allclose", "isclose",
    "array_equal", "array_equiv", "searchsorted", "where", "select", "argwhere", "nonzero",
    "flatnonzero", "count_nonzero", "argmax", "argmin", "nanargmax", "nanargmin", "sort", "argsort",
    "partition", "argpartition", "unique", "median", "quantile", "percentile", "choose", "extract",
    "sign_bit", "signbit", "isin", "in1d",
})  # fmt: skip
_TRUTHS = frozenset({
    "any", "all", "logical_and", "logical_or", "logical_not", "logical_xor", "isnan", "isinf",
    "isfinite", "alltrue",
})  # fmt: skip
_STEPS = frozenset({
    "floor", "ceil", "rint", "trunc", "round", "around", "fix", "floor_divide", "mod", "remainder",
    "fmod", "divmod", "modf",
})  # fmt: skip
_FIXES = {
    "prod": "np.exp(np.sum(np.log(x))) for positive entries",
    "cumprod": "np.exp(np.cumsum(np.log(x))) for positive entries",
    "einsum": "A @ x, np.sum(A * B), np.outer(x, y)",
    "dstack": "np.stack, np.hstack, np.vstack",
    "linalg.eig": "np.linalg.eigvalsh of a symmetric matrix",
    "linalg.eigvals": "np.linalg.eigvalsh of a symmetric matrix",
    "linalg.eigh": "np.linalg.eigvalsh(S)",
    "linalg.qr": "np.linalg.cholesky(X.T @ X)",
    "linalg.lstsq": "np.linalg.pinv(A) @ b, np.linalg.solve(A.T @ A, A.T @ b)",
    "linalg.cond": "np.linalg.norm(X, 2) * np.linalg.norm(np.linalg.inv(X), 2)",
    "linalg.matrix_rank": "np.linalg.svdvals(X)",
    "linalg.tensorinv": "np.linalg.inv(X)",
    "cov": "(X - X.mean(axis=0)).T @ (X - X.mean(axis=0)) / (n - 1)",
    "corrcoef": "the covariances by the deviations: x @ y / (np.linalg.norm(x) * np.linalg.norm(y))",
    "arctan2": "np.arctan(y / x)",
    "cbrt": "np.sign(x) * np.abs(x) ** (1 / 3)",
    "sinc": "np.sin(np.pi * x) / (np.pi * x)",
    "polyval": "c[0] * x ** 2 + c[1] * x + c[2]",
    "roll": "np.concatenate([x[-1:], x[:-1]])",
    "convolve": "a product with a matrix",
    "copyto": "a new array: x = y",
}
_REAL = ("float", "float64", "double", "d", "f8")


def call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call the function that NumPy has under a name such as ``linalg.inv``.

    Raises
    ------
    ArgumentError
        When the function has no meaning for expressions, or not with these arguments.
    """
    function = TABLE.get(name)
    if function is None:
        raise unknown(name, args)
    options = {key: value for key, value in kwargs.items() if not is_usual(key, value)}
    try:
        _signature(function).bind(*args, **options)
    except TypeError as error:
        wanted = ", ".join(str(p).partition(":")[0].partition(" =")[0] for p in _parameters(function))
        raise ArgumentError(f"numpy.{name} on expressions takes ({wanted}): {error}") from None
    return function(*args, **options)


@cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def _parameters(function: Callable[..., Any]) -> list[str]:
    return [p.name for p in _signature(function).parameters.values()]


def is_usual(key: str, value: Any) -> bool:
    """Whether an option says what holds here anyway: real numbers, all entries, a new array."""
    if isinstance(value, SymbolicArray):
        return False
    if type(value).__name__ == "_NoValueType":
        return True
    match key:
        case "dtype":
            return value is None or str(getattr(value, "__name__", value)) in _REAL
        case "where":
            return value is True
        case "out":
            return value is None or (isinstance(value, tuple) and all(v is None for v in value))
        case "casting":
            return isinstance(value, str)
        case "subok" | "copy":
            return value is None or isinstance(value, bool)
        case "order":
            return isinstance(value, str) and value == "K"
        case "initial" | "signature" | "like" | "device":
            return value is None
    return False


def unknown(name: str, args: tuple[Any, ...]) -> Exception:
    """The error for a function that has no meaning for expressions."""
    base = name.rpartition(".")[2]
    described = "an expression"
    for arg in args:
        if isinstance(arg, SymbolicArray):
            described = arg.describe()
            break
    for names, refuse in (
        (_COMPARISONS, refuse_comparison),
        (_TRUTHS, refuse_truth),
        (_STEPS, refuse_steps),
    ):  # fmt: skip
        if base in names:
            try:
                refuse(f"numpy.{name}: {described}")
            except ArgumentError as error:
                return error
    return ArgumentError(
        f"numpy.{name} has no meaning for expressions yet",
        fix=_FIXES.get(name, "write it with the operations of matgrad: see the reference of functions"),
    )


_REDUCED = {"add": "sum", "maximum": "max", "minimum": "min"}


def ufunc(ufunc: Any, method: str, inputs: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Apply a NumPy ufunc, or one of its methods, to symbolic arrays."""
    name = ufunc.__name__
    if method == "__call__":
        return call(name, inputs, kwargs)
    if method == "reduce" and name in _REDUCED:
        options = {"axis": 0, **kwargs}
        if len(inputs) == 1:
            return call(_REDUCED[name], inputs, options)
    if method == "outer" and name in TABLE and len(inputs) == 2 and not kwargs:
        a, b = lift(inputs[0]), lift(inputs[1])
        if a.ndim + b.ndim <= 2:
            left = a[:, None] if a.ndim == b.ndim == 1 else a
            return call(name, (left, b), {})
    if method == "accumulate" and name == "add" and len(inputs) == 1:
        return call("cumsum", inputs, {"axis": 0, **kwargs})
    raise ArgumentError(f"numpy.{name}.{method} has no meaning for expressions here", fix=f"numpy.{name}")


class _Functions:
    """What symbolic arrays ask for; see :class:`matgrad.ops.arrays.symbolic.Functions`."""

    call = staticmethod(call)
    ufunc = staticmethod(ufunc)
    index = staticmethod(index)


def install() -> None:
    """Give symbolic arrays NumPy's functions."""
    SymbolicArray.functions = _Functions()
