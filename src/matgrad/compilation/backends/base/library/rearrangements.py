"""How array libraries write the same entries in other places."""

from __future__ import annotations

from typing import Any

from matgrad.compilation.backends.base.arrays import triangle_of
from matgrad.compilation.backends.base.library.table import writes
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.tree import (
    Node,
    Number,
    Slice,
    Transposed,
    index,
    method,
)
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value


@writes(ir.TRANSPOSE)
def _transpose(w: ArrayWriter, v: Value) -> Node:
    a = w.array(v.args[0])
    return Transposed(a) if v.kind == "matrix" else a


@writes(ir.RESHAPE)
def _reshape(w: ArrayWriter, v: Value) -> Node:
    first, a = v.args[0], w.array(v.args[0])
    flat = Transposed(a) if first.kind == "matrix" else a
    if v.kind == "matrix":
        return Transposed(method(flat, "reshape", w.size(v.columns), w.size(v.rows)))
    return method(flat, "reshape", Number(-1)) if first.kind == "matrix" else a


@writes(ir.TRIL)
def _tril(w: ArrayWriter, v: Value) -> Node:
    name, *offset = triangle_of(v)
    return w.lib(name, w.array(v.args[0]), *map(Number, offset))


@writes(ir.DIAG)
def _diag(w: ArrayWriter, v: Value) -> Node:
    a = w.array(v.args[0])
    return a if v.kind == "scalar" else w.lib("diag", a)


@writes(ir.DIAGONAL)
def _diagonal(w: ArrayWriter, v: Value) -> Node:
    a = w.array(v.args[0])
    return a if v.args[0].kind == "scalar" else w.lib("diagonal", a)


@writes(ir.GRID)
def _grid(w: ArrayWriter, v: Value) -> Node:
    width = v.params[0]
    if v.kind == "vector":
        return w.joined(w.arrays(v.args))
    wide = w.matrices(v)
    return w.blocks([wide[i : i + width] for i in range(0, len(wide), width)])


@writes(ir.PART)
def _part(w: ArrayWriter, v: Value) -> Node:
    r0, r1, c0, c1 = v.params
    first, a = v.args[0], w.array(v.args[0])
    rows, columns = _range(w, r0, r1, first.rows), _range(w, c0, c1, first.columns)
    if first.kind == "vector":
        return index(a, rows if first.columns == 1 else columns)
    if v.kind == "matrix" or (r1 > r0 and c1 > c0):
        return index(a, rows, columns)
    block = index(a, Slice(w.size(r0), w.size(r1)), Slice(w.size(c0), w.size(c1)))
    return w.reshaped(v, block)


def _range(w: ArrayWriter, low: Any, high: Any, size: Any) -> Node:
    """One place, or those from one to another."""
    if high - low == 1:
        return w.size(low)
    return Slice(None if low == 0 else w.size(low), None if high == size else w.size(high))


@writes(ir.TAKE_ROWS)
def _take_rows(w: ArrayWriter, v: Value) -> Node:
    first, places = v.args[0], w.places(v)
    if first.kind == "matrix" or first.columns == 1:
        return index(w.array(first), places)
    return index(w.matrix(first), places)


@writes(ir.TAKE_COLUMNS)
def _take_columns(w: ArrayWriter, v: Value) -> Node:
    first, places = v.args[0], w.places(v)
    if first.kind == "vector" and first.rows == 1:
        return index(w.array(first), places)
    return index(w.matrix(first), Slice(), places)


@writes(ir.SCATTER_ROWS)
def _scatter_rows(w: ArrayWriter, v: Value) -> Node:
    return w.own("scatter_rows", w.array(v.args[0]), w.places(v), w.size(v.rows))
