"""How array libraries write rows and columns, and what is computed of each."""

from __future__ import annotations

from collections.abc import Callable

from matgrad.compilation.backends.base.arrays import as_column
from matgrad.compilation.backends.base.library.table import writes
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.tree import Node, Number, method, product, times
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value


@writes(ir.SCALE_ROWS)
def _scale_rows(w: ArrayWriter, v: Value) -> Node:
    d, a = w.arrays(v.args)
    return times(as_column(d) if v.kind == "matrix" else d, a)


@writes(ir.SCALE_COLUMNS)
def _scale_columns(w: ArrayWriter, v: Value) -> Node:
    return times(*w.arrays(v.args))


@writes(ir.BROADCAST_COLUMN)
def _broadcast_column(w: ArrayWriter, v: Value) -> Node:
    node = w.array(v.args[0])
    if v.columns == 1:
        return node
    return w.lib("broadcast_to", as_column(node) if v.kind == "matrix" else node, w.extent(v))


@writes(ir.BROADCAST_ROW)
def _broadcast_row(w: ArrayWriter, v: Value) -> Node:
    node = w.array(v.args[0])
    return node if v.rows == 1 else w.lib("broadcast_to", node, w.extent(v))


@writes(ir.TOTAL)
def _total(w: ArrayWriter, v: Value) -> Node:
    a = w.array(v.args[0])
    return a if v.args[0].kind == "scalar" else method(a, "sum")


def _sums(axis: int) -> Callable[[ArrayWriter, Value], Node]:
    def entry(w: ArrayWriter, v: Value) -> Node:
        first, a = v.args[0], w.array(v.args[0])
        if first.shape[axis] == 1:
            return a
        return method(a, "sum", Number(axis)) if first.kind == "matrix" else method(a, "sum")

    return entry


writes(ir.ROW_SUMS)(_sums(1))
writes(ir.COLUMN_SUMS)(_sums(0))


@writes(ir.INNER)
def _inner(w: ArrayWriter, v: Value) -> Node:
    a, b = w.arrays(v.args)
    kind = v.args[0].kind
    if kind == "vector":
        return product(a, b)
    return times(a, b) if kind == "scalar" else method(times(a, b), "sum")


@writes(ir.ROW_INNER)
def _row_inner(w: ArrayWriter, v: Value) -> Node:
    a, b = w.arrays(v.args)
    first = v.args[0]
    if first.columns == 1:
        return times(a, b)
    return product(a, b) if first.rows == 1 else method(times(a, b), "sum", Number(1))


@writes(ir.TRACE)
def _trace(w: ArrayWriter, v: Value) -> Node:
    a = w.array(v.args[0])
    return a if v.args[0].kind == "scalar" else w.lib("trace", a)


@writes(ir.MAX)
def _max(w: ArrayWriter, v: Value) -> Node:
    a = w.array(v.args[0])
    return a if v.args[0].kind == "scalar" else method(a, "max")


@writes(ir.IS_MAX)
def _is_max(w: ArrayWriter, v: Value) -> Node:
    a = w.array(v.args[0])
    return w.lib("ones_like", a) if v.kind == "scalar" else w.own("is_max", a)


@writes(ir.COLUMN_MAX)
def _column_max(w: ArrayWriter, v: Value) -> Node:
    first, a = v.args[0], w.array(v.args[0])
    if first.rows == 1:
        return a
    return method(a, "max") if first.columns == 1 else w.lib("max", a, axis=Number(0))


@writes(ir.CUMSUM)
def _cumsum(w: ArrayWriter, v: Value) -> Node:
    a = w.array(v.args[0])
    return w.own("cumsum_from_end", a) if v.params[0] else w.lib("cumsum", a, Number(0))


@writes(ir.CUMPROD)
def _cumprod(w: ArrayWriter, v: Value) -> Node:
    return w.lib("cumprod", w.array(v.args[0]), Number(0))


@writes(ir.COLUMN_PRODS)
def _column_prods(w: ArrayWriter, v: Value) -> Node:
    return method(w.array(v.args[0]), "prod", Number(0))


@writes(ir.PRODS_OF_OTHERS)
def _prods_of_others(w: ArrayWriter, v: Value) -> Node:
    return w.own("prods_of_others", w.array(v.args[0]))


def _along(v: Value) -> Number | None:
    """The axis of a softmax as libraries count; nothing where it goes over one entry only."""
    first, axis = v.args[0], v.params[0]
    if first.shape[axis] == 1:
        return None
    return Number(int(axis) if first.kind == "matrix" else 0)


@writes(ir.SOFTMAX)
def _softmax(w: ArrayWriter, v: Value) -> Node:
    a, axis = w.array(v.args[0]), _along(v)
    return w.lib("ones_like", a) if axis is None else w.own("softmax", a, axis)


@writes(ir.LOG_SOFTMAX)
def _log_softmax(w: ArrayWriter, v: Value) -> Node:
    a, axis = w.array(v.args[0]), _along(v)
    return w.lib("zeros_like", a) if axis is None else w.own("log_softmax", a, axis)


@writes(ir.LOGSUMEXP)
def _logsumexp(w: ArrayWriter, v: Value) -> Node:
    a, axis = w.array(v.args[0]), _along(v)
    return a if axis is None else w.own("logsumexp", a, axis)
