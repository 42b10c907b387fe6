"""How MATLAB writes what it writes in its own way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matgrad.compilation.backends.base.language import entries as shared, loops
from matgrad.compilation.backends.base.tree import (
    Assign,
    Binary,
    Index,
    Kind,
    Listed,
    Name,
    Node,
    Number,
    Slice,
    String,
    Transposed,
    call,
    entrywise,
    index,
    of_kind,
    product,
    times,
)
from matgrad.compilation.backends.base.writer import Line
from matgrad.compilation.backends.matlab.writer import MATLAB as MATLAB, MatlabWriter as MatlabWriter
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value

writes = MATLAB.writes
SHARED = (shared, loops)

_HELPERS = {"lgamma": "log_abs_gamma", "gamma": "gamma_function"}

_NONE = Listed(())
"""An argument that is left out."""


def _helping(name: str) -> Callable[[MatlabWriter, Value], Node]:
    """Write a call of a function of ours on the operands."""
    return lambda w, v: w.helper(name, *w.all(v.args))


# ---- leaves ----------------------------------------------------------------------------------------


@writes(ir.ZEROS, ir.ONES)
def _filled(w: MatlabWriter, v: Value) -> Node:
    return call(v.op.name, *w.shape(v))


@writes(ir.EYE)
def _eye(w: MatlabWriter, v: Value) -> Node:
    return call("eye", w.rows(v))


# ---- entry by entry --------------------------------------------------------------------------------


@writes(ir.APPLY)
def _apply(w: MatlabWriter, v: Value) -> Node:
    name, a = v.params[0], w(v.args[0])
    if name in shared.FUNCTIONS:
        return call(shared.FUNCTIONS[name], a)
    if name == "relu":
        return call("max", a, Number(0))
    if name == "step":
        return call("double", entrywise(">", a, Number(0)))
    return w.helper(_HELPERS.get(name, name), a)


@writes(ir.POLYGAMMA)
def _polygamma(w: MatlabWriter, v: Value) -> Node:
    return w.helper("poly_gamma", Number(v.params[0]), w(v.args[0]))


writes(ir.MAXIMUM)(shared.calling("max"))
writes(ir.ARCTAN2)(shared.calling("atan2"))
writes(ir.SELECT)(_helping("select"))


@writes(ir.CUMSUM)
def _cumsum(w: MatlabWriter, v: Value) -> Node:
    a = w(v.args[0])
    return w.helper("cumsum_from_end", a) if v.params[0] else call("cumsum", a, Number(1))


@writes(ir.CUMPROD)
def _cumprod(w: MatlabWriter, v: Value) -> Node:
    return call("cumprod", w(v.args[0]), Number(1))


writes(ir.COLUMN_PRODS)(_helping("column_prods"))
writes(ir.PRODS_OF_OTHERS)(_helping("prods_of_others"))


@writes(ir.NORMS)
def _norms(w: MatlabWriter, v: Value) -> Node:
    a = w(v.args[0])
    return w.helper("row_norms", a) if v.params[0] else call("norm", a, String("fro"))


# ---- rows and columns ------------------------------------------------------------------------------


@writes(ir.BROADCAST_COLUMN)
def _broadcast_column(w: MatlabWriter, v: Value) -> Node:
    return call("repmat", w(v.args[0]), Number(1), w.columns(v))


@writes(ir.BROADCAST_ROW)
def _broadcast_row(w: MatlabWriter, v: Value) -> Node:
    return call("repmat", Transposed(w(v.args[0])), w.rows(v), Number(1))


@writes(ir.TOTAL, names_operand=True)
def _total(w: MatlabWriter, v: Value) -> Node:
    a = w(v.args[0])
    return call("sum", a if v.args[0].kind != "matrix" else Index(a, (Slice(),)))


@writes(ir.ROW_SUMS)
def _row_sums(w: MatlabWriter, v: Value) -> Node:
    return call("sum", w(v.args[0]), Number(2))


@writes(ir.COLUMN_SUMS)
def _column_sums(w: MatlabWriter, v: Value) -> Node:
    return Transposed(call("sum", w(v.args[0]), Number(1)))


@writes(ir.INNER)
def _inner(w: MatlabWriter, v: Value) -> Node:
    first, (a, b) = v.args[0], w.all(v.args)
    if first.kind == "matrix":
        return call("sum", call("sum", times(a, b)))
    return product(a, Transposed(b)) if first.rows == 1 else product(Transposed(a), b)


@writes(ir.ROW_INNER)
def _row_inner(w: MatlabWriter, v: Value) -> Node:
    return call("sum", times(*w.all(v.args)), Number(2))


writes(ir.TRACE)(shared.calling("trace"))


@writes(ir.MAX)
def _max(w: MatlabWriter, v: Value) -> Node:
    largest = call("max", w(v.args[0]))
    return largest if v.args[0].kind != "matrix" else call("max", largest)


@writes(ir.COLUMN_MAX, names_operand=True)
def _column_max(w: MatlabWriter, v: Value) -> Node:
    return Transposed(call("max", w(v.args[0]), _NONE, Number(1)))


@writes(ir.SOFTMAX, ir.LOG_SOFTMAX)
def _softmax(w: MatlabWriter, v: Value) -> Node:
    return w.helper(f"{v.op.name}_along", w(v.args[0]), Number(v.params[0] + 1))


@writes(ir.LOGSUMEXP)
def _logsumexp(w: MatlabWriter, v: Value) -> Node:
    return w.helper("log_sum_exp", w(v.args[0]), Number(v.params[0] + 1))


# ---- products and rearrangements -------------------------------------------------------------------


@writes(ir.MATMUL)
def _matmul(w: MatlabWriter, v: Value) -> Node:
    return product(*w.all(v.args))


@writes(ir.RESHAPE)
def _reshape(w: MatlabWriter, v: Value) -> Node:
    return call("reshape", w(v.args[0]), *w.shape(v))


writes(ir.DIAG, ir.DIAGONAL)(shared.calling("diag"))


@writes(ir.PART, names_operand=True)
def _part(w: MatlabWriter, v: Value) -> Node:
    r0, r1, c0, c1 = v.params
    first, a = v.args[0], w(v.args[0])
    rows, columns = _range(w, r0, r1, first.rows), _range(w, c0, c1, first.columns)
    if first.kind == "vector":
        return index(a, rows if first.columns == 1 else columns)
    return index(a, rows, columns)


def _range(w: MatlabWriter, low: Any, high: Any, size: Any) -> Node:
    """All places, one, or those from one to another; from 1 on."""
    if low == 0 and high == size:
        return Slice()
    return w.size(high) if high - low == 1 else Slice(w.size(low + 1), w.size(high))


@writes(ir.TAKE_ROWS, names_operand=True)
def _take_rows(w: MatlabWriter, v: Value) -> Node:
    return w.helper("rows_of", w(v.args[0]), w.places(v))


@writes(ir.TAKE_COLUMNS, names_operand=True)
def _take_columns(w: MatlabWriter, v: Value) -> Node:
    return w.helper("columns_of", w(v.args[0]), w.places(v))


# ---- linear algebra --------------------------------------------------------------------------------


def _solve_by_factor(factor: Node, b: Node) -> Node:
    """A solve with L Lᵀ."""
    return shared.solve(Transposed(factor), shared.solve(factor, b))


def _lower_factor(a: Node) -> Node:
    return call("chol", a, String("lower"))


@writes(ir.CHOLESKY)
def _cholesky(w: MatlabWriter, v: Value) -> Node:
    return _lower_factor(w(v.args[0]))


@writes(ir.CHOLESKY_FACTOR)
def _cholesky_factor(w: MatlabWriter, v: Value) -> Node:
    return w.kept(v, _lower_factor(w(v.args[0])))


@writes(ir.LU_FACTOR)
def _lu_factor(w: MatlabWriter, v: Value) -> Node:
    solves = [user for user in w.program.values if v in user.args and user.op is ir.SOLVE_LU]
    a = w(v.args[0])
    # Named, so that its text is not repeated; MATLAB factorises where it is used.
    whole = a if isinstance(a, Name) else w.kept(v, a)
    if len(solves) < 2:
        return whole
    low, up, order = (w.part_of(whole.name, letter) for letter in "LUP")
    w.lines.append(Line(Assign((low, up, order), call("lu", whole))))
    w.factors[v] = (low, up, order)
    return whole


@writes(ir.SOLVE_CHOLESKY)
def _solve_cholesky(w: MatlabWriter, v: Value) -> Node:
    return _solve_by_factor(*w.all(v.args))


@writes(ir.SOLVE_LU)
def _solve_lu(w: MatlabWriter, v: Value) -> Node:
    turned = bool(v.params and v.params[0])
    a, b = w.all(v.args)
    if v.args[0] not in w.factors:
        return shared.solve(Transposed(a) if turned else a, b)
    low, up, order = w.factors[v.args[0]]
    if turned:
        return product(Transposed(order), shared.solve(Transposed(low), shared.solve(Transposed(up), b)))
    return shared.solve(up, shared.solve(low, product(order, b)))


@writes(ir.SOLVE_TRIANGULAR)
def _solve_triangular(w: MatlabWriter, v: Value) -> Node:
    a, b = w.all(v.args)
    return shared.solve(Transposed(a) if v.params[1] else a, b)


@writes(ir.INVERSE_CHOLESKY)
def _inverse_cholesky(w: MatlabWriter, v: Value) -> Node:
    return _solve_by_factor(w(v.args[0]), call("eye", w.rows(v)))


writes(ir.INVERSE_LU)(shared.calling("inv"))


@writes(ir.INVERSE_TRIANGULAR)
def _inverse_triangular(w: MatlabWriter, v: Value) -> Node:
    return shared.solve(w(v.args[0]), call("eye", w.rows(v)))


@writes(ir.LOG_DET_CHOLESKY)
def _log_det_cholesky(w: MatlabWriter, v: Value) -> Node:
    logs = call("sum", call("log", call("diag", w(v.args[0]))))
    return times(Number(2), of_kind(logs, Kind.NUMBER))


writes(ir.LOG_DET_LU)(_helping("log_det"))


@writes(ir.DET_CHOLESKY)
def _det_cholesky(w: MatlabWriter, v: Value) -> Node:
    return Binary("^", call("prod", call("diag", w(v.args[0]))), Number(2))


writes(ir.DET_LU)(shared.calling("det"))
writes(ir.EXPM)(shared.calling("expm"))
writes(ir.LOGM)(shared.calling("logm"))
writes(ir.SQRTM)(shared.calling("sqrtm"))
writes(ir.SYLVESTER)(shared.calling("sylvester"))


@writes(ir.MATRIX_POWER_BY)
def _matrix_power_by(w: MatlabWriter, v: Value) -> Node:
    return Binary("^", *w.all(v.args))


@writes(ir.EIGH)
def _eigh(w: MatlabWriter, v: Value) -> Node:
    return w.several(v, w.helper("eigen", w(v.args[0])), 2)


@writes(ir.SVD)
def _svd(w: MatlabWriter, v: Value) -> Node:
    return w.several(v, w.helper("thin_svd", w(v.args[0])), 3)
