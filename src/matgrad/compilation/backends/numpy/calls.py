"""What the NumPy code of primitives is put together from."""

from __future__ import annotations

from matgrad.compilation.backends.base.arrays import as_column, as_row
from matgrad.compilation.backends.base.table import Entry
from matgrad.compilation.backends.base.tree import (
    Grouped,
    Node,
    Number,
    String,
    Transposed,
    call,
    method,
    product,
)
from matgrad.compilation.backends.numpy.writer import NumpyWriter
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import TRANSPOSE

DIAGONAL_PATTERNS = "matgrad.compilation.backends.numpy.diagonal_patterns"
EXPONENTIALS = "matgrad.compilation.backends.numpy.exponentials"
LINEAR_ALGEBRA = "matgrad.compilation.backends.numpy.linear_algebra"
LOW_RANK = "matgrad.compilation.backends.numpy.low_rank"
MATRIX_FUNCTIONS = "matgrad.compilation.backends.numpy.matrix_functions"
SELECTIONS = "matgrad.compilation.backends.base.library.selections"

SMALL = 50_000
"""Products of fewer multiplications are written .dot, which starts faster than @."""


def calling(module: str, name: str) -> Entry:
    """Write a call of a function of ours on the operands."""
    return lambda w, v: call(w.own(module, name), *w.arguments_of(v))


def calling_numpy(name: str) -> Entry:
    """Write a call of a function of NumPy on the operands."""
    return lambda w, v: w.np(name, *w.all(v.args))


def name_of(w: NumpyWriter, v: Value) -> String:
    """What a message calls a matrix."""
    return String(w.plain.of(v))


def shape_of(w: NumpyWriter, v: Value) -> Node:
    """The shape of a new array: its length, or rows and columns."""
    if v.kind == "vector":
        return w.size(v.columns if v.rows == 1 else v.rows)
    return Grouped(tuple(w.shape(v)))


def places_of(w: NumpyWriter, v: Value) -> Node:
    """The places of a selection, found once."""
    selection = v.params[0]
    return w.constant(call(w.own(SELECTIONS, selection.kind), *map(w.size, selection.sizes)))


def two_axes(w: NumpyWriter, a: Value) -> Node:
    """A value as an array with two axes."""
    if a.kind == "matrix":
        return w(a)
    if a.kind == "vector":
        return as_column(w(a)) if a.columns == 1 else as_row(w(a))
    # A written number is an integer where it is whole; matrices are of the type of the program.
    return w.np("reshape", w.argument(a), Grouped((Number(1), Number(1))))


def turned(w: NumpyWriter, a: Value) -> Node:
    """The transpose of a matrix."""
    return w(a.args[0]) if a.op is TRANSPOSE else Transposed(w(a))


def multiplied(w: NumpyWriter, left: Node, right: Node, size: int) -> Node:
    """A product: .dot where starting matters, @ where it does not."""
    return method(left, "dot", right) if size <= SMALL else product(left, right)
