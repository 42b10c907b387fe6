"""NumPy arrays bound to the variables of a program: what they are, and which sizes they show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

import numpy as np

from matgrad.compilation.backends.base.signature import Signature
from matgrad.compilation.backends.numpy.sparse_inputs import (
    as_held,
    is_ready,
    of_family,
    read_any,
)
from matgrad.compilation.backends.numpy.writer import Argument
from matgrad.compilation.ir.stored import Stored
from matgrad.core.axes import NO_AXES, Axes
from matgrad.core.records import dataclass
from matgrad.numeric.inputs import how_stored, read_array, read_size, two_axes


@dataclass(frozen=True)
class Binding:
    """A set of arrays, and what it has in common with all others that are computed in the same way.

    Attributes
    ----------
    sizes : dict of str to int
        The number that each symbolic dimension stands for.
    arrays : dict of str to ndarray
        The arrays as they were read.
    arguments : dict of str to Argument
        How each array comes.
    dtype : str
        float32 when every array is float32, and float64 otherwise.
    flat : bool
        Whether there are vectors and all of them come with one axis.
    held : dict of str to Stored
        How the arguments are held that are no arrays.
    """

    sizes: dict[str, int]
    arrays: dict[str, Any]
    arguments: dict[str, Argument]
    dtype: str
    flat: bool
    held: Mapping[str, Stored] = field(default_factory=dict)


def known_names(signature: Signature) -> set[str]:
    """What may be given by keyword: variables, and dimensions also where an array shows them."""
    return signature.symbols.keys() | signature.dims


def bind(
    signature: Signature, given: Mapping[str, Any], axes: Axes = NO_AXES, *, sparse: bool = False
) -> Binding:
    """Read what arrays show; those of a traced function must have its axes.

    Sparse arrays and linear operators stay what they are where the caller can compute with them.

    Raises
    ------
    EvaluationError
        When an argument is missing or unknown, is no array of real numbers, or does not conform.
    """
    signature.require_known(given, known_names(signature))
    named = signature.dims - signature.symbols.keys()
    sizes = {name: read_size(name, given[name]) for name in named if name in given}
    reading = read_any if sparse else read_array
    arrays = {name: reading(name, given[name]) for name in signature.symbols}
    shapes = {name: a.shape for name, a in arrays.items()}
    axes.require(shapes)
    sizes = signature.sizes(shapes, sizes)
    signature.require_sizes(signature.dims, sizes)
    flat = signature.flat(shapes)
    for name, symbol in signature.symbols.items():
        if symbol.has_own_axes:
            if how_stored(arrays[name]):
                arrays[name] = of_family(name, arrays[name])
            arrays[name] = arrays[name].reshape(two_axes(symbol, shapes[name]))
    floating = [a.dtype for a in arrays.values() if a.ndim]
    single = bool(floating) and all(d == np.float32 for d in floating)
    dtype = "float32" if single else "float64"
    held = {name: found for name, a in arrays.items() if (found := as_held(a)) is not None}
    arguments = {
        name: Argument(a.ndim, _order(a), str(a.dtype) == dtype and a.dtype.isnative)
        if name not in held
        else Argument(a.ndim, "", is_ready(a, dtype), how_stored(a))
        for name, a in arrays.items()
    }
    return Binding(sizes, arrays, arguments, dtype, flat, held)


def _order(a: Any) -> str:
    if a.ndim < 2 or a.flags.c_contiguous:
        return "C"
    return "F" if a.flags.f_contiguous else ""
