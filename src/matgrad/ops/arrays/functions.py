"""NumPy's functions on symbolic arrays, by name, and what is said of those that there are not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

from matgrad.core.errors import ArgumentError
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arrays import (
    contraction,
    entrywise,
    products,
    rearranging,
    reducing,
    shaping,
    special,
    truth_values,
)
from matgrad.ops.arrays.families import FamilyArray, refusal
from matgrad.ops.arrays.indexing import index
from matgrad.ops.arrays.lifting import lift
from matgrad.ops.arrays.symbolic import (
    Condition,
    SymbolicArray,
    refuse_comparison,
    refuse_steps,
    refuse_truth,
)

TABLE: dict[str, Callable[..., Any]] = {
    **entrywise.UFUNCS,
    **entrywise.FUNCTIONS,
    **special.FUNCTIONS,
    **reducing.FUNCTIONS,
    **products.FUNCTIONS,
    **shaping.FUNCTIONS,
    **truth_values.FUNCTIONS,
    **rearranging.FUNCTIONS,
    "einsum": contraction.einsum,
}
"""Every function under the name that NumPy (or SciPy) has for it."""

_COMPARISONS = frozenset({
    "equal", "not_equal", "allclose", "isclose", "array_equal", "array_equiv", "searchsorted", "argwhere",
    "nonzero", "flatnonzero", "count_nonzero", "argmax", "argmin", "nanargmax", "nanargmin", "sort",
    "argsort", "partition", "argpartition", "unique", "median", "quantile", "percentile", "nanmedian",
    "nanquantile", "nanpercentile", "choose", "extract", "signbit", "isin", "in1d", "digitize", "lexsort",
})  # fmt: skip
_TRUTHS = frozenset({
    "any", "all", "logical_xor", "bitwise_xor", "isnan", "isinf",
    "isfinite", "alltrue",
})  # fmt: skip
_STEPS = frozenset({
    "floor", "ceil", "rint", "trunc", "round", "around", "fix", "floor_divide", "mod", "remainder",
    "fmod", "divmod", "modf",
})  # fmt: skip
_FIXES: dict[str, str | Phrase] = {
    "linalg.eig": phrase("np.linalg.eigvalsh of a symmetric matrix"),
    "linalg.eigvals": phrase("np.linalg.eigvalsh of a symmetric matrix"),
    "linalg.qr": "np.linalg.cholesky(X.T @ X)",
    "linalg.matrix_rank": "np.linalg.svdvals(X)",
    "angle": "np.where(x < 0, np.pi, 0)",
    "copyto": phrase("a new array: x = y"),
    "empty_like": "np.zeros_like(x)",
    "gradient": "np.diff(x), (x[2:] - x[:-2]) / 2",
    "meshgrid": phrase("x[None, :] and y[:, None], which broadcast"),
    "apply_along_axis": phrase("np.sum(A, axis=0) and its like"),
    "apply_over_axes": phrase("np.sum(A, axis=0) and its like"),
    "interp": phrase("products with hat functions: np.maximum(0, 1 - np.abs(t - x))"),
    "roots": phrase("the equation itself: mg.stationary, mg.equation"),
    "poly": phrase("a product of factors: (t - x[0]) * (t - x[1])"),
    "polyfit": "np.linalg.lstsq(np.vander(x, 2), y)[0]",
    "polyder": phrase("mg.gradient of np.polyval"),
    "dsplit": "np.hsplit, np.vsplit",
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
    if name == "matmul" and len(args) == 2 and isinstance(args[0], FamilyArray):
        return contraction.product_of_members(*args)
    if name not in _OF_FAMILIES:
        _refuse_families(name, args)
    if function is None:
        raise unknown(name, args)
    options = {key: value for key, value in kwargs.items() if not is_usual(key, value)}
    _check_conditions(name, args)
    try:
        _signature(function).bind(*args, **options)
    except TypeError as error:
        wanted = ", ".join(str(p).partition(":")[0].partition(" =")[0] for p in _parameters(function))
        raise ArgumentError(
            phrase(
                "numpy.{name} on expressions takes ({wanted}): {error}", name=name, wanted=wanted, error=error
            )
        ) from None
    return function(*args, **options)


_OF_FAMILIES = frozenset({"einsum", "shape", "ndim", "size"})
"""What knows arrays with more than two axes."""


def _refuse_families(name: str, args: tuple[Any, ...]) -> None:
    for arg in args:
        if isinstance(arg, FamilyArray):
            raise refusal(arg, f"numpy.{name}")
        if isinstance(arg, (list, tuple)):
            _refuse_families(name, tuple(arg))


_OF_CONDITIONS = frozenset({
    "logical_and", "logical_or", "logical_not", "bitwise_and", "bitwise_or", "bitwise_not", "bitwise_invert",
    "invert", "where", "select", "piecewise", "multiply",
})  # fmt: skip
"""What NumPy does with truth values as with 1 and 0, however many there are."""
_OF_ONE_CONDITION = frozenset({
    "add", "subtract", "divide", "true_divide", "sum", "mean", "dot", "matmul", "inner", "vdot", "outer",
    "average", "shape", "size", "ndim",
})  # fmt: skip
"""What NumPy does with truth values as with 1 and 0 beside an array of numbers."""


def _check_conditions(name: str, args: tuple[Any, ...]) -> None:
    """Refuse what NumPy does otherwise with truth values than with 1 and 0, such as their sum, which is "or".

    Raises
    ------
    ArgumentError
        With what to write for the numbers.
    """
    count = sum(isinstance(arg, Condition) for arg in args)
    if not count or name in _OF_CONDITIONS or (count == 1 and name in _OF_ONE_CONDITION):
        return
    raise ArgumentError(
        phrase("numpy.{name} of truth values is not that of 1 and 0", name=name),
        fix=phrase("1.0 * (x > 0) for the numbers; &, | and ~ for conditions"),
    )


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
    described: str | Phrase = phrase("an expression")
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
                refuse(phrase("{name}: {described}", name=f"numpy.{name}", described=described))
            except ArgumentError as error:
                return error
    return ArgumentError(
        phrase("numpy.{name} has no meaning for expressions yet", name=name),
        fix=_FIXES.get(
            name, phrase("write it with the operations of matgrad: see the reference of functions")
        ),
    )


_REDUCED = {"add": "sum", "multiply": "prod", "maximum": "max", "minimum": "min"}
_ACCUMULATED = {"add": "cumsum", "multiply": "cumprod"}


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
    if method == "accumulate" and name in _ACCUMULATED and len(inputs) == 1:
        if not lift(inputs[0]).ndim:
            raise ArgumentError(phrase("numpy.{name}.accumulate takes an array, not a number", name=name))
        return call(_ACCUMULATED[name], inputs, {"axis": 0, **kwargs})
    raise ArgumentError(
        phrase("numpy.{name}.{method} has no meaning for expressions here", name=name, method=method),
        fix=f"numpy.{name}",
    )


def _steps_taken(array: SymbolicArray, key: Any) -> tuple[SymbolicArray, Any]:
    """An array and an index of it without steps: ``x[::2]`` takes the places 0, 2, … of a known length."""
    items = list(key) if isinstance(key, tuple) else [key]
    steps = [item.step if isinstance(item, slice) else None for item in items]
    plain = all(item is not None and item is not Ellipsis for item in items) and len(items) <= array.ndim
    if not plain or all(step is None or not isinstance(step, int) or step in (0, 1) for step in steps):
        return array, key
    for axis, (item, step, dim) in enumerate(zip(items, steps, array.dims, strict=False)):
        if not isinstance(step, int) or step in (0, 1):
            continue
        if not dim.is_integer:
            raise ArgumentError(
                phrase(
                    "a slice with a step needs to know the length {dim} of {array}",
                    dim=dim,
                    array=array.describe(),
                ),
                fix=phrase("declare the size: given='x: 3'"),
            )
        places = list(range(*item.indices(int(dim))))
        if not places:
            raise ArgumentError(
                phrase("the part {item} of an axis of length {dim} is empty", item=item, dim=dim)
            )
        array, items[axis] = rearranging.take(array, places, axis), slice(None)
    return array, tuple(items)


class _Functions:
    """What symbolic arrays ask for; see :class:`matgrad.ops.arrays.symbolic.Functions`."""

    call = staticmethod(call)
    ufunc = staticmethod(ufunc)

    @staticmethod
    def index(array: SymbolicArray, key: Any) -> SymbolicArray:
        """An entry or a part, which of a condition is a condition."""
        array, key = _steps_taken(array, key)
        part = index(array, key)
        return Condition(part.expr, part.ndim) if isinstance(array, Condition) else part


def install() -> None:
    """Give symbolic arrays NumPy's functions."""
    SymbolicArray.functions = _Functions()
