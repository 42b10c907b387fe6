"""How products, solves and determinants by a pattern along the diagonals are written in NumPy."""

from __future__ import annotations

from matgrad.compilation.backends.base.tree import Node, Number, Word, call
from matgrad.compilation.backends.numpy import layouts
from matgrad.compilation.backends.numpy.calls import DIAGONAL_PATTERNS, calling, name_of
from matgrad.compilation.backends.numpy.table import writes
from matgrad.compilation.backends.numpy.writer import NumpyWriter
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value


@writes(ir.PATTERN_PRODUCT)
def _product(w: NumpyWriter, v: Value) -> Node:
    kind, *widths = v.params[0]
    return call(w.own(DIAGONAL_PATTERNS, f"{kind}_product"), *w.all(v.args), *map(Number, widths))


@writes(ir.PATTERN_FACTOR)
def _factor(w: NumpyWriter, v: Value) -> Node:
    (kind, *widths), definite = v.params
    a = v.args[0]
    if kind == "circulant":
        return call(w.own(DIAGONAL_PATTERNS, "circulant_factors"), w(a), name_of(w, a))
    if definite:
        return call(w.own(DIAGONAL_PATTERNS, "band_cholesky"), w(a), name_of(w, a), Number(widths[0]))
    return call(w.own(DIAGONAL_PATTERNS, "band_lu"), w(a), name_of(w, a), *map(Number, widths))


@writes(ir.SOLVE_PATTERN, layout=layouts.by_columns)
def _solve(w: NumpyWriter, v: Value) -> Node:
    flipped = {"transposed": Word(True)} if v.params[0] else {}
    return call(w.own(DIAGONAL_PATTERNS, "pattern_solve"), *w.all(v.args), **flipped)


writes(ir.INVERSE_PATTERN)(calling(DIAGONAL_PATTERNS, "pattern_inverse"))
writes(ir.LOG_DET_PATTERN)(calling(DIAGONAL_PATTERNS, "pattern_log_det"))
writes(ir.DET_PATTERN)(calling(DIAGONAL_PATTERNS, "pattern_det"))
