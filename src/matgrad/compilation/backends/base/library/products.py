"""How array libraries write products."""

from __future__ import annotations

from matgrad.compilation.backends.base.arrays import as_column
from matgrad.compilation.backends.base.library.table import writes
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.tree import (
    Grouped,
    Node,
    Number,
    Word,
    product,
    times,
    transposed,
)
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value


@writes(ir.MATMUL)
def _matmul(w: ArrayWriter, v: Value) -> Node:
    a, b = w.arrays(v.args)
    left, right = v.args
    if "scalar" in (left.kind, right.kind):
        return times(a, b)
    if left.columns == 1:
        # A column times a row; a column times a single number was taken above.
        return w.outer(a, b)
    return product(a, b)


@writes(ir.PERMUTED)
def _permuted(w: ArrayWriter, v: Value) -> Node:
    p, b = w.arrays(v.args)
    turned, behind = v.params
    order = transposed(p) if turned else p
    return product(b, order) if behind else product(order, b)


@writes(ir.GRAM)
def _gram(w: ArrayWriter, v: Value) -> Node:
    first, a = v.args[0], w.array(v.args[0])
    if first.kind == "matrix":
        return product(transposed(a), a)
    if first.kind == "scalar":
        return times(a, a)
    return product(a, a) if first.columns == 1 else w.outer(a, a)


@writes(ir.WEIGHTED_GRAM)
def _weighted_gram(w: ArrayWriter, v: Value) -> Node:
    first, (a, d) = v.args[0], w.arrays(v.args)
    if first.kind == "matrix":
        return product(transposed(a), times(as_column(d), a))
    if first.kind == "scalar":
        return times(a, d, a)
    return product(times(d, a), a) if first.columns == 1 else times(d, w.outer(a, a))


@writes(ir.KRON)
def _kron(w: ArrayWriter, v: Value) -> Node:
    left, right = v.args
    a, b = w.arrays(v.args)
    if "scalar" in (left.kind, right.kind):
        return times(a, b)
    if v.kind == "vector" or left.kind == right.kind == "matrix":
        return w.kron(a, b)
    if left.kind == right.kind:
        return w.outer(a, b) if left.columns == 1 else w.outer(b, a)
    return w.kron(w.matrix(left), w.matrix(right))


@writes(ir.KRON_APPLY)
def _kron_apply(w: ArrayWriter, v: Value) -> Node:
    return w.reshaped(v, w.own("kron_apply", *w.matrices(v)))


@writes(ir.FACE_SPLIT)
def _face_split(w: ArrayWriter, v: Value) -> Node:
    return w.reshaped(v, w.own("face_split", *w.matrices(v)))


@writes(ir.BLOCK_PRODUCTS)
def _block_products(w: ArrayWriter, v: Value) -> Node:
    return w.reshaped(v, w.own("block_products", *w.matrices(v), w.size(v.params[0])))


@writes(ir.KRON_COMBINATION)
def _kron_combination(w: ArrayWriter, v: Value) -> Node:
    wide = w.matrices(v)
    terms = [
        Grouped((Number(c), *wide[2 * i : 2 * i + 2], Word(turned))) for i, (c, turned) in enumerate(v.params)
    ]
    return w.reshaped(v, w.own("kron_combination", *terms))
