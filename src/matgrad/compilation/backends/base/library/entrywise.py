"""How array libraries write leaves and what is computed entry by entry."""

from __future__ import annotations

from fractions import Fraction

from matgrad.compilation.backends.base.arrays import as_column
from matgrad.compilation.backends.base.library.table import writes
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.tree import Listed, Name, Node, Number, entrywise, over, power, times
from matgrad.compilation.backends.base.writer import scaled, total
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value

# ---- leaves ----------------------------------------------------------------------------------------


@writes(ir.INPUT)
def _input(w: ArrayWriter, v: Value) -> Node:
    return Name(w.arguments[v.params[0]])


@writes(ir.CONSTANT)
def _constant(w: ArrayWriter, v: Value) -> Node:
    rows = [[Number(x) for x in row] for row in v.params[0]]
    if v.kind == "vector":
        return w.lifted(Listed(tuple(x for row in rows for x in row)))
    return w.lifted(Listed(tuple(Listed(tuple(row)) for row in rows)))


@writes(ir.ZEROS)
def _zeros(w: ArrayWriter, v: Value) -> Node:
    return w.made("zeros", w.extent(v))


@writes(ir.ONES)
def _ones(w: ArrayWriter, v: Value) -> Node:
    return w.made("ones", w.extent(v))


@writes(ir.EYE)
def _eye(w: ArrayWriter, v: Value) -> Node:
    return w.made("eye", w.size(v.rows))


@writes(ir.UNIT)
def _unit(w: ArrayWriter, v: Value) -> Node:
    return w.cast(entrywise("==", w.arange(w.size(v.rows)), w.size(v.params[0])))


@writes(ir.SELECTION)
def _selection(w: ArrayWriter, v: Value) -> Node:
    return w.cast(entrywise("==", as_column(w.places(v)), w.arange(w.size(v.columns))))


# ---- entry by entry --------------------------------------------------------------------------------


@writes(ir.SUM)
def _sum(w: ArrayWriter, v: Value) -> Node:
    # The other terms give ones their shape.
    plain = all(map(w.is_plain, v.args))
    nodes = [Number(1) if a.op is ir.ONES else w.array(a) if plain else w(a) for a in v.args]
    return total(v.params, nodes)


@writes(ir.SCALE)
def _scale(w: ArrayWriter, v: Value) -> Node:
    return scaled(v.params[0], w.array(v.args[0]))


@writes(ir.SCALAR_TIMES, ir.HADAMARD)
def _times(w: ArrayWriter, v: Value) -> Node:
    return times(*w.operands(v))


@writes(ir.POWER)
def _power(w: ArrayWriter, v: Value) -> Node:
    a, exponent = w.array(v.args[0]), v.params[0]
    if exponent == Fraction(1, 2):
        return w.lib("sqrt", a)
    if exponent == Fraction(-1, 2):
        return over(Number(1), w.lib("sqrt", a))
    if exponent == -1:
        return over(Number(1), a)
    if exponent < 0 and isinstance(exponent, Fraction) and exponent.denominator == 1:
        return over(Number(1), power(a, Number(-exponent)))
    return power(a, Number(exponent))


@writes(ir.POWER_BY)
def _power_by(w: ArrayWriter, v: Value) -> Node:
    return power(*w.arrays(v.args))


@writes(ir.POWER_OR_ZERO)
def _power_or_zero(w: ArrayWriter, v: Value) -> Node:
    return w.own("power_or_zero", *w.arrays(v.args))


@writes(ir.XLOGY)
def _xlogy(w: ArrayWriter, v: Value) -> Node:
    return w.own("xlogy", *w.arrays(v.args), Number(v.params[0]))


@writes(ir.NORMS)
def _norms(w: ArrayWriter, v: Value) -> Node:
    return w.own("row_norms" if v.params[0] else "norm", w.array(v.args[0]))


@writes(ir.OVER_NORMS)
def _over_norms(w: ArrayWriter, v: Value) -> Node:
    a, norms = w.arrays(v.args)
    return w.own("over_norms", a, as_column(norms) if v.args[1].kind == "vector" else norms)


@writes(ir.APPLY)
def _apply(w: ArrayWriter, v: Value) -> Node:
    name, a = v.params[0], w.array(v.args[0])
    known = w.names_of_functions.get(name)
    return w.own(name, a) if known is None else w.lib(known, a)


@writes(ir.LOGADDEXP)
def _logaddexp(w: ArrayWriter, v: Value) -> Node:
    return w.lib("logaddexp", *w.arrays(v.args))


@writes(ir.LOG_COSH)
def _log_cosh(w: ArrayWriter, v: Value) -> Node:
    return w.own("log_cosh", w.array(v.args[0]))


@writes(ir.POLYGAMMA)
def _polygamma(w: ArrayWriter, v: Value) -> Node:
    return w.own("polygamma", Number(v.params[0]), w.array(v.args[0]))


@writes(ir.MAXIMUM)
def _maximum(w: ArrayWriter, v: Value) -> Node:
    return w.lib("maximum", *w.arrays(v.args))


@writes(ir.ARCTAN2)
def _arctan2(w: ArrayWriter, v: Value) -> Node:
    return w.lib("arctan2", *w.arrays(v.args))


@writes(ir.SELECT)
def _select(w: ArrayWriter, v: Value) -> Node:
    return w.own("select", *w.arrays(v.args))
