"""How arrays lie in memory: what a plan must know of them, as the key under which it is found again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from matgrad.compilation.backends.base.loading import load
from matgrad.core.expr import Symbol
from matgrad.numeric.inputs import how_stored

KEPT = 512
"""How many combinations of shapes and strides are remembered."""

PLAIN = (np.ndarray, float, int, np.float64, np.float32)
"""Types of which the type, with shape and strides, says all that a plan must know."""

_NUMBERS = frozenset(PLAIN) - {np.ndarray}
"""Types of numbers, which say all alone."""

Key = tuple[Any, ...]


Found = tuple[tuple[Any, ...], Key]
"""Arguments in order, and the key of their plan."""


def finder(symbols: Mapping[str, Symbol], sizes: Sequence[str]) -> Callable[[Mapping[str, Any]], Found]:
    """What takes the arrays of some variables from a mapping, and makes the key of their plan.

    It runs on every call; written out, argument by argument, it takes a third of the time of a loop.

    Parameters
    ----------
    symbols : mapping of str to Symbol
        The variables by their names.
    sizes : sequence of str
        The names of sizes, which are a part of the key.
    """
    scope: dict[str, Any] = {"numbers": _NUMBERS, "otherwise": key_of_any}
    lines, given, parts = [], [], []
    for place, (label, symbol) in enumerate(symbols.items()):
        scope[f"name{place}"] = label
        lines.append(f"    a{place} = arrays[name{place}]")
        given.append(f"a{place}, ")
        parts.append(_looked_at(symbol).replace("a.", f"a{place}.") + ", ")
    for place, label in enumerate(sizes):
        scope[f"size{place}"] = label
        parts.append(f"arrays[size{place}], ")
    every = "".join(given)
    asked = "".join(f"arrays[size{place}], " for place in range(len(sizes)))
    text = "\n".join(
        [
            "def find(arrays):",
            *lines,
            "    try:",
            f"        return ({every}), ({''.join(parts)})",
            "    except AttributeError:  # sparse arrays and operators have no strides, lists no shape",
            f"        return ({every}), (*otherwise(({every})), {asked})",
            "",
        ]
    )
    return load(text, "find", scope)


def _looked_at(symbol: Symbol) -> str:
    """What of an array its plan depends on: of a matrix also how its entries lie in memory."""
    if symbol.is_vector and not symbol.has_own_axes:
        return "a.__class__, a.shape, a.dtype"
    whole = "a.__class__, a.shape, a.strides, a.dtype"
    return f"a.__class__ if a.__class__ in numbers else ({whole})" if symbol.is_scalar else whole


def key_of_any(given: Sequence[Any]) -> Key:
    """The types of some arguments, with how those lie in memory that are arrays."""
    return tuple([_of_any(a) for a in given])


def _of_any(a: Any) -> Any:
    if isinstance(a, (np.ndarray, np.generic)):
        return (type(a), a.shape, a.strides, a.dtype)
    return (type(a), a.shape, a.dtype) if how_stored(a) else type(a)


def is_of_objects(array: Any) -> bool:
    """Whether an array holds Python's objects, of which each must be seen to be a number on every call."""
    return isinstance(array, np.ndarray) and array.dtype.kind == "O"
