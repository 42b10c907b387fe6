"""The NumPy source of programs: the door to the writer with all that it can write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matgrad.compilation.backends.base.python import Pasted
from matgrad.compilation.backends.numpy import (
    algebra,
    entrywise,
    pattern_entries,
    products,
    rearrangements,
    reductions,
    sparse_entries,
    stack_entries,
)
from matgrad.compilation.backends.numpy.writer import Argument, NumpyWriter, Source
from matgrad.compilation.ir.program import Program

FAMILIES = (
    entrywise,
    reductions,
    products,
    rearrangements,
    algebra,
    pattern_entries,
    stack_entries,
    sparse_entries,
)
"""Where the primitives are written."""


def numpy_source(
    program: Program,
    arguments: Mapping[str, Argument],
    flat: Sequence[bool],
    dtype: str = "float64",
    numbers: Sequence[bool] | None = None,
    *,
    pasted: Pasted | None = None,
    name: str = "compute",
    fill: Sequence[int] = (),
) -> Source:
    """The NumPy source of a program; the parameters are those of :class:`NumpyWriter`."""
    return NumpyWriter(program, arguments, flat, dtype, numbers, pasted, name, fill).write()
