"""How the same entries in other places are written in NumPy."""

from __future__ import annotations

from matgrad.compilation.backends.base.arrays import ALL, flattened, triangle_of
from matgrad.compilation.backends.base.tree import (
    Call,
    Do,
    Index,
    Listed,
    Name,
    Node,
    Number,
    Slice,
    Statement,
    Transposed,
    assign,
    index,
    method,
)
from matgrad.compilation.backends.base.writer import Steps
from matgrad.compilation.backends.numpy import layouts
from matgrad.compilation.backends.numpy.calls import calling_numpy, places_of, shape_of, turned, two_axes
from matgrad.compilation.backends.numpy.table import writes
from matgrad.compilation.backends.numpy.writer import NumpyWriter
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value


@writes(ir.TRANSPOSE, layout=layouts.turned)
def _transpose(w: NumpyWriter, v: Value) -> Node:
    a = v.args[0]
    return w(a) if a.kind == "vector" else Transposed(w(a))


@writes(ir.RESHAPE)
def _reshape(w: NumpyWriter, v: Value) -> Node:
    a = v.args[0]
    flat = w(a) if a.kind == "vector" else turned(w, a)
    if v.kind == "vector":
        return flattened(flat)
    return Transposed(method(flat, "reshape", w.size(v.columns), w.size(v.rows)))


@writes(ir.TRIL, layout=layouts.by_rows)
def _tril(w: NumpyWriter, v: Value) -> Node:
    name, *offset = triangle_of(v)
    return w.np(name, w(v.args[0]), *map(Number, offset))


writes(ir.DIAG)(calling_numpy("diag"))


@writes(ir.DIAGONAL)
def _diagonal(w: NumpyWriter, v: Value) -> Node:
    # A copy, so that nothing reads the array of the matrix after this line.
    return method(w.np("diagonal", w(v.args[0])), "copy")


@writes(ir.PART)
def _part(w: NumpyWriter, v: Value) -> Node:
    a = v.args[0]
    r0, r1, c0, c1 = v.params
    if a.kind == "vector":
        low, high = (r0, r1) if a.columns == 1 else (c0, c1)
        place = w.size(low) if v.kind == "scalar" else Slice(w.size(low), w.size(high))
        return index(w(a), place)
    rows = _range(w, r0, r1, a.rows)
    columns = _range(w, c0, c1, a.columns)
    places = (rows,) if columns == ALL else (rows, columns)
    return Index(w(a), places)


def _range(w: NumpyWriter, low: int, high: int, size: int) -> Node:
    """One place, all of them, or those from one to another."""
    if high - low == 1:
        return w.size(low)
    return ALL if high - low == size else Slice(w.size(low), w.size(high))


@writes(ir.GRID)
def _grid(w: NumpyWriter, v: Value) -> Node:
    width = v.params[0]
    if v.kind == "vector":
        return w.np("hstack", Listed(tuple(w.arguments_of(v))))
    numbers = all(a.kind == "scalar" for a in v.args)
    blocks = w.arguments_of(v) if numbers else [two_axes(w, a) for a in v.args]
    if width == len(blocks) and not numbers:
        return w.np("hstack", Listed(tuple(blocks)))
    if width == 1 and not numbers:
        return w.np("vstack", Listed(tuple(blocks)))
    rows = [Listed(tuple(blocks[i : i + width])) for i in range(0, len(blocks), width)]
    return w.np("array" if numbers else "block", Listed(tuple(rows)))


def _commuted(flat: Node, m: Node, n: Node) -> Call:
    """A vector with its entries in the order of the transpose of what it is the vec of."""
    return flattened(Transposed(method(flat, "reshape", n, m)))


@writes(ir.TAKE_ROWS)
def _take_rows(w: NumpyWriter, v: Value) -> Node:
    a, selection = v.args[0], v.params[0]
    if selection.kind == "commutation":
        m, n = map(w.size, selection.sizes)
        if a.kind == "vector":
            return _commuted(w(a), m, n)
        if a.kind == "matrix":
            apart = method(w(a), "reshape", n, m, Number(-1))
            return method(method(apart, "swapaxes", Number(0), Number(1)), "reshape", *w.shape(v))
    return index(w(a), places_of(w, v))


@writes(ir.TAKE_COLUMNS)
def _take_columns(w: NumpyWriter, v: Value) -> Node:
    a, selection = v.args[0], v.params[0]
    if selection.kind == "commutation" and a.kind == "vector":
        return _commuted(w(a), *map(w.size, selection.sizes))
    return index(w(a), ALL, places_of(w, v))


@writes(ir.SCATTER_ROWS)
def _scatter_rows(w: NumpyWriter, v: Value) -> Steps:
    zeros = w.np("zeros", shape_of(w, v), **w.typed)
    places, rows = places_of(w, v), w(v.args[0])

    def lines(out: Name) -> list[Statement]:
        return [assign(out, zeros), Do(w.np("add.at", out, places, rows))]

    return Steps(lines)
