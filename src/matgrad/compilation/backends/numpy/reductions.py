"""How rows and columns, and what is computed of each, are written in NumPy."""

from __future__ import annotations

from collections.abc import Callable

from matgrad.compilation.backends.base.arrays import as_column
from matgrad.compilation.backends.base.table import Entry
from matgrad.compilation.backends.base.tree import (
    Grouped,
    Node,
    Number,
    String,
    Transposed,
    assign,
    call,
    method,
    over,
    times,
)
from matgrad.compilation.backends.base.writer import Steps
from matgrad.compilation.backends.numpy import layouts
from matgrad.compilation.backends.numpy.calls import MATRIX_FUNCTIONS, calling, multiplied
from matgrad.compilation.backends.numpy.entrywise import is_divisor
from matgrad.compilation.backends.numpy.table import writes
from matgrad.compilation.backends.numpy.writer import NumpyWriter
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.sizes import plain


@writes(ir.SCALE_ROWS, layout=layouts.as_second)
def _scale_rows(w: NumpyWriter, v: Value) -> Node | Steps:
    d, a = v.args
    taken = w.reuse(v, a)
    if taken is not None:
        return _scaled_in_place(w, d, taken, as_column)
    if is_divisor(w, d):
        return over(w(a), as_column(w(d.args[0])))
    return times(as_column(w(d)), w(a))


@writes(ir.SCALE_COLUMNS, layout=layouts.as_first)
def _scale_columns(w: NumpyWriter, v: Value) -> Node | Steps:
    a, d = v.args
    taken = w.reuse(v, a)
    if taken is not None:
        return _scaled_in_place(w, d, taken, lambda node: node)
    return over(w(a), w(d.args[0])) if is_divisor(w, d) else times(w(a), w(d))


def _scaled_in_place(w: NumpyWriter, d: Value, taken: Node, spread: Callable[[Node], Node]) -> Steps:
    """A matrix that nothing else reads, its rows or columns scaled where it stands."""
    if is_divisor(w, d):
        made = w.np("divide", taken, spread(w(d.args[0])), out=taken)
    else:
        made = w.np("multiply", taken, spread(w(d)), out=taken)
    return Steps(lambda out: [assign(out, made)])


@writes(ir.BROADCAST_COLUMN)
def _broadcast_column(w: NumpyWriter, v: Value) -> Node:
    return w.np("repeat", as_column(w(v.args[0])), w.size(v.columns), axis=Number(1))


@writes(ir.BROADCAST_ROW)
def _broadcast_row(w: NumpyWriter, v: Value) -> Node:
    return w.np("tile", w(v.args[0]), Grouped((w.size(v.rows), Number(1))))


SHORT = 512
"""Up to this length sums are products with ones: as exact there, and several times as fast."""

NARROW = 16
"""Up to so many columns the largest entries of rows are found column by column."""


def _ones(w: NumpyWriter, count: int) -> Node:
    """Ones, made once."""
    return w.constant(w.np("ones", Number(count), **w.typed))


def _sums(axis: int) -> Entry:
    """The sums of rows (1) or columns (0)."""

    def written(w: NumpyWriter, v: Value) -> Node:
        a = v.args[0]
        count = plain(a.columns if axis else a.rows)
        if count <= SHORT and a.kind == "matrix" and w.pasted is None and w.layouts[a] in ("C", "F"):
            ones = _ones(w, count)
            return method(w(a), "dot", ones) if axis else method(ones, "dot", w(a))
        return method(w(a), "sum", axis=Number(axis))

    return written


def _total(w: NumpyWriter, v: Value) -> Node:
    """The sum of all entries."""
    a = v.args[0]
    if a.kind == "vector" and plain(a.rows * a.columns) <= SHORT and w.pasted is None:
        return method(w(a), "dot", _ones(w, plain(a.rows * a.columns)))
    return method(w(a), "sum")


def _column_max(w: NumpyWriter, v: Value) -> Node:
    """The largest entries of columns."""
    a = v.args[0]
    if a.op is ir.TRANSPOSE and a.kind == "matrix" and plain(a.rows) <= NARROW:
        return call(w.own(MATRIX_FUNCTIONS, "row_max"), w(a.args[0]))
    return method(w(a), "max", axis=Number(0))


def _method(name: str, axis: int | None = None) -> Entry:
    """What an array computes of all entries, or along an axis."""
    named = {} if axis is None else {"axis": Number(axis)}
    return lambda w, v: method(w(v.args[0]), name, **named)


writes(ir.TOTAL)(_total)
writes(ir.ROW_SUMS)(_sums(1))
writes(ir.COLUMN_SUMS)(_sums(0))
writes(ir.TRACE)(_method("trace"))
writes(ir.MAX)(_method("max"))
writes(ir.COLUMN_MAX)(_column_max)
writes(ir.IS_MAX)(calling(MATRIX_FUNCTIONS, "is_max"))


writes(ir.COLUMN_PRODS)(_method("prod", 0))
writes(ir.PRODS_OF_OTHERS)(calling(MATRIX_FUNCTIONS, "prods_of_others"))


@writes(ir.CUMSUM)
def _cumsum(w: NumpyWriter, v: Value) -> Node:
    if v.params[0]:
        return call(w.own(MATRIX_FUNCTIONS, "cumsum_from_end"), w.argument(v.args[0]))
    return w.np("cumsum", w(v.args[0]), axis=Number(0))


@writes(ir.CUMPROD)
def _cumprod(w: NumpyWriter, v: Value) -> Node:
    return w.np("cumprod", w(v.args[0]), axis=Number(0))


@writes(ir.INNER)
def _inner(w: NumpyWriter, v: Value) -> Node:
    a, b = v.args
    if a.kind == "vector":
        return multiplied(w, w(a), w(b), plain(a.rows))
    contiguous = w.layouts[a] in ("C", "F")
    if (a is b and contiguous) or (w.layouts[a] == w.layouts[b] and contiguous):
        return w.np("vdot", _contiguous(w, a), _contiguous(w, b))
    return w.np("einsum", String("ij,ij->"), w(a), w(b))


def _contiguous(w: NumpyWriter, a: Value) -> Node:
    if w.layouts[a] == "C":
        return w(a)
    return w(a.args[0]) if a.op is ir.TRANSPOSE else Transposed(w(a))


@writes(ir.ROW_INNER)
def _row_inner(w: NumpyWriter, v: Value) -> Node:
    return w.np("einsum", String("ij,ij->i"), *w.all(v.args))


@writes(ir.NORMS)
def _norms(w: NumpyWriter, v: Value) -> Node:
    return call(w.own(MATRIX_FUNCTIONS, "row_norms" if v.params[0] else "norm"), w.argument(v.args[0]))


@writes(ir.OVER_NORMS)
def _over_norms(w: NumpyWriter, v: Value) -> Node:
    name = "over_norm" if v.args[1].kind == "scalar" else "over_row_norms"
    return call(w.own(MATRIX_FUNCTIONS, name), *w.arguments_of(v))


@writes(ir.SOFTMAX, ir.LOG_SOFTMAX, layout=layouts.as_first)
@writes(ir.LOGSUMEXP)
def _normalised(w: NumpyWriter, v: Value) -> Node:
    axis = {} if v.args[0].kind == "vector" else {"axis": Number(v.params[0])}
    return call(w.own(MATRIX_FUNCTIONS, v.op.name), w.argument(v.args[0]), **axis)
