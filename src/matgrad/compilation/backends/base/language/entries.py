"""What languages with matrices write in the same way."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from matgrad.compilation.backends.base.arrays import triangle_of
from matgrad.compilation.backends.base.language.table import writes
from matgrad.compilation.backends.base.language.writer import TextWriter, mapped
from matgrad.compilation.backends.base.tree import (
    Binary,
    Blocks,
    Name,
    Node,
    Number,
    Transposed,
    call,
    over,
    power,
    product,
    times,
    transposed,
)
from matgrad.compilation.backends.base.writer import scaled, total
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value

FUNCTIONS = {
    "exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "sqrt": "sqrt",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos", "atan": "atan",
    "asinh": "asinh", "acosh": "acosh", "atanh": "atanh",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sign": "sign", "absolute": "abs", "erf": "erf",
}  # fmt: skip
"""The functions of a number that these languages have, by their names in ours."""


def calling(name: str) -> Callable[[TextWriter, Value], Node]:
    """Write a call of a function of the language on the operands."""
    return lambda w, v: call(name, *w.all(v.args))


def solve(left: Node, right: Node) -> Node:
    """The X with A X = B."""
    return Binary("\\", left, right)


@writes(ir.INPUT)
def _input(w: TextWriter, v: Value) -> Node:
    return Name(w.arguments[v.params[0]])


@writes(ir.CONSTANT)
def _constant(w: TextWriter, v: Value) -> Node:
    return Blocks(tuple(tuple(Number(x) for x in row) for row in v.params[0]))


@writes(ir.UNIT)
def _unit(w: TextWriter, v: Value) -> Node:
    return w.helper("unit_vector", w.size(v.params[0] + 1), w.rows(v))


@writes(ir.SELECTION)
def _selection(w: TextWriter, v: Value) -> Node:
    return w.helper("selection_matrix", w.places(v), w.columns(v))


# ---- entry by entry --------------------------------------------------------------------------------


@writes(ir.SUM)
def _sum(w: TextWriter, v: Value) -> Node:
    # Ones need no shape where another term has it.
    filled = any(arg.op is not ir.ONES for arg in v.args)
    return total(v.params, [Number(1) if filled and a.op is ir.ONES else w(a) for a in v.args])


@writes(ir.SCALE)
def _scale(w: TextWriter, v: Value) -> Node:
    return scaled(v.params[0], w(v.args[0]))


@writes(ir.SCALAR_TIMES, ir.HADAMARD, ir.SCALE_ROWS)
def _times(w: TextWriter, v: Value) -> Node:
    return times(*w.all(v.args))


@writes(ir.SCALE_COLUMNS)
def _scale_columns(w: TextWriter, v: Value) -> Node:
    a, d = w.all(v.args)
    return times(a, d if v.args[1].kind == "scalar" else Transposed(d, kind=d.kind.turned))


@writes(ir.POWER)
def _power(w: TextWriter, v: Value) -> Node:
    a, exponent = w(v.args[0]), v.params[0]
    if exponent == Fraction(1, 2):
        return w.root(a)
    if exponent == Fraction(-1, 2):
        return over(Number(1), w.root(a))
    return over(Number(1), a) if exponent == -1 else power(a, Number(exponent))


@writes(ir.POWER_BY)
def _power_by(w: TextWriter, v: Value) -> Node:
    return power(*w.all(v.args))


@writes(ir.POWER_OR_ZERO)
def _power_or_zero(w: TextWriter, v: Value) -> Node:
    return w.mapped_helper("power_or_zero", *w.all(v.args))


@writes(ir.XLOGY)
def _xlogy(w: TextWriter, v: Value) -> Node:
    return w.mapped_helper("x_log_y", *w.all(v.args), Number(v.params[0]))


@writes(ir.LOGADDEXP)
def _logaddexp(w: TextWriter, v: Value) -> Node:
    return w.mapped_helper("log_add_exp", *w.all(v.args))


@writes(ir.LOG_COSH)
def _log_cosh(w: TextWriter, v: Value) -> Node:
    return w.mapped_helper("log_cosh", w(v.args[0]))


@writes(ir.IS_MAX)
def _is_max(w: TextWriter, v: Value) -> Node:
    return w.helper("is_largest", w(v.args[0]))


@writes(ir.OVER_NORMS)
def _over_norms(w: TextWriter, v: Value) -> Node:
    return w.helper("over_norms", *w.all(v.args))


# ---- products --------------------------------------------------------------------------------------


@writes(ir.GRAM, names_operand=True)
def _gram(w: TextWriter, v: Value) -> Node:
    a = w(v.args[0])
    return product(transposed(a), a)


@writes(ir.WEIGHTED_GRAM, names_operand=True)
def _weighted_gram(w: TextWriter, v: Value) -> Node:
    a, d = w.all(v.args)
    return product(transposed(a), times(d, a))


@writes(ir.KRON)
def _kron(w: TextWriter, v: Value) -> Node:
    return call("kron", *w.all(v.args))


# ---- rearrangements --------------------------------------------------------------------------------


@writes(ir.TRANSPOSE)
def _transpose(w: TextWriter, v: Value) -> Node:
    a = w(v.args[0])
    return Transposed(a, kind=a.kind.turned)


@writes(ir.TRIL)
def _tril(w: TextWriter, v: Value) -> Node:
    name, *offset = triangle_of(v)
    return call(name, w(v.args[0]), *map(Number, offset))


@writes(ir.GRID)
def _grid(w: TextWriter, v: Value) -> Node:
    width, blocks = v.params[0], w.all(v.args)
    return Blocks(tuple(tuple(blocks[i : i + width]) for i in range(0, len(blocks), width)))


@writes(ir.SCATTER_ROWS)
def _scatter_rows(w: TextWriter, v: Value) -> Node:
    chosen = w.helper("selection_matrix", w.places(v), w.rows(v))
    return product(Transposed(chosen), w(v.args[0]))


# ---- linear algebra --------------------------------------------------------------------------------


@writes(ir.ADJUGATE, ir.DET_HESSIAN)
def _of_singular(w: TextWriter, v: Value) -> Node:
    return w.helper(v.op.name, w(v.args[1]))


@writes(ir.PINV)
def _pinv(w: TextWriter, v: Value) -> Node:
    a = w(v.args[0])
    return w.helper("deflated_pinv", a, Number(v.params[0])) if v.params[0] else call("pinv", a)


@writes(ir.STEIN)
def _stein(w: TextWriter, v: Value) -> Node:
    return w.helper("stein", *w.all(v.args))


@writes(ir.MATRIX_POWER)
def _matrix_power(w: TextWriter, v: Value) -> Node:
    return Binary("^", w(v.args[0]), Number(v.params[0]))


@writes(ir.ITEM)
def _item(w: TextWriter, v: Value) -> Node:
    w(v.args[0])
    place: int = v.params[0]
    return w.parts[v.args[0]][place]


@writes(ir.REQUIRE_GAPS)
def _require_gaps(w: TextWriter, v: Value) -> Node:
    only = v.params[0]
    # Places count from 1, those from the end from −1 down, 0 stands for all.
    return w.helper("require_gaps", *w.all(v.args), Number(0 if only is None else only + (only >= 0)))


@writes(ir.REQUIRE_NONZERO)
def _require_nonzero(w: TextWriter, v: Value) -> Node:
    return w.helper("require_nonzero", *w.all(v.args))


@writes(ir.CALL)
def _call(w: TextWriter, v: Value) -> Node:
    return call(w.called[v.params[0]], *w.all(v.args))


@writes(ir.CALL_EACH)
def _call_each(w: TextWriter, v: Value) -> Node:
    return mapped(Name(w.called[v.params[0]]), *w.all(v.args))
