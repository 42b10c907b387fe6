"""How arrays lie in memory: what a plan must know of them, as the key under which it is found again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any

import numpy as np

from matgrad.numeric.inputs import how_stored

KEPT = 512
"""How many combinations of shapes and strides are remembered."""

PLAIN = (np.ndarray, float, int, np.float64, np.float32)
"""Types of which the type, with shape and strides, says all that a plan must know."""

_ARRAYS = (np.ndarray, np.generic)
"""Types that have a memory layout."""

layout = attrgetter("__class__", "shape", "strides", "dtype")
"""The memory layout of an array; numbers have none."""


def layouts(given: Sequence[Any]) -> tuple[Any, ...]:
    """The types of some arguments, with the memory layouts of those that have one."""
    return tuple([layout(a) if isinstance(a, _ARRAYS) else _held_layout(a) for a in given])


def _held_layout(a: Any) -> Any:
    """The type of an argument that is no array; of a sparse one or an operator with its shape and type."""
    return (type(a), a.shape, a.dtype) if how_stored(a) else type(a)


def is_of_objects(array: Any) -> bool:
    """Whether an array holds Python's objects, of which each must be seen to be a number on every call."""
    return isinstance(array, np.ndarray) and array.dtype.kind == "O"


def picker(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What takes the values of some names from a mapping, in order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda arrays: tuple([arrays[name] for name in names])
