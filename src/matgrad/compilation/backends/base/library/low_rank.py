"""How array libraries write solves with a diagonal matrix plus one of low rank."""

from __future__ import annotations

from matgrad.compilation.backends.base.library.table import writes
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.tree import Node, Word
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value


@writes(ir.LOW_RANK_FACTOR)
def _factor(w: ArrayWriter, v: Value) -> Node:
    d, u = v.args
    return w.own("low_rank", w.array(d), w.matrix(u), **({"uniform": Word(True)} if v.params[0] else {}))


@writes(ir.SOLVE_LOW_RANK)
def _solve(w: ArrayWriter, v: Value) -> Node:
    if v.params[0]:
        return w.reshaped(v, w.own("low_rank_solve_own", w.array(v.args[0])))
    return w.own("low_rank_solve", *w.arrays(v.args))


@writes(ir.INVERSE_LOW_RANK)
def _inverse(w: ArrayWriter, v: Value) -> Node:
    return w.own("low_rank_solve", w.array(v.args[0]), w.made("eye", w.size(v.rows)))


@writes(ir.INVERSE_DIAGONAL_LOW_RANK, ir.LOG_DET_LOW_RANK)
def _of_factors(w: ArrayWriter, v: Value) -> Node:
    names = {ir.LOG_DET_LOW_RANK: "low_rank_log_det"}
    return w.own(names.get(v.op, "low_rank_inverse_diagonal"), w.array(v.args[0]))


@writes(ir.OF_LOW_RANK)
def _of_low_rank(w: ArrayWriter, v: Value) -> Node:
    factor, *others = v.args
    node = w.own(f"low_rank_{v.params[0]}", w.array(factor), *map(w.matrix, others))
    return w.reshaped(v, node) if v.params[0] == "inner" else node


@writes(ir.INVERSE_KRONECKER, ir.LOG_DET_KRONECKER)
def _of_kronecker(w: ArrayWriter, v: Value) -> Node:
    name = "kronecker_inverse" if v.op is ir.INVERSE_KRONECKER else "kronecker_log_det"
    return w.own(name, *w.arrays(v.args))
