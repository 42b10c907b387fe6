"""How MATLAB writes what it writes in its own way."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from matgrad.compilation.backends.base.language import entries as shared
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
    over,
    power,
    product,
    times,
)
from matgrad.compilation.backends.base.writer import Line
from matgrad.compilation.backends.matlab.writer import MATLAB as MATLAB, MatlabWriter as MatlabWriter
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    APPLY,
    BROADCAST_COLUMN,
    BROADCAST_ROW,
    CHOLESKY,
    CHOLESKY_FACTOR,
    COLUMN_MAX,
    COLUMN_PRODS,
    COLUMN_SUMS,
    CUMPROD,
    CUMSUM,
    DET_CHOLESKY,
    DET_LU,
    DIAG,
    DIAGONAL,
    EIGH,
    EXPM,
    EYE,
    INNER,
    INVERSE_CHOLESKY,
    INVERSE_LU,
    INVERSE_TRIANGULAR,
    IS_MAX,
    LOG_COSH,
    LOG_DET_CHOLESKY,
    LOG_DET_LU,
    LOG_SOFTMAX,
    LOGADDEXP,
    LOGM,
    LOGSUMEXP,
    LU_FACTOR,
    MATMUL,
    MATRIX_POWER,
    MATRIX_POWER_BY,
    MAX,
    MAXIMUM,
    NORMS,
    ONES,
    PART,
    POLYGAMMA,
    POWER,
    POWER_BY,
    POWER_OR_ZERO,
    PRODS_OF_OTHERS,
    RESHAPE,
    ROW_INNER,
    ROW_SUMS,
    SELECT,
    SOFTMAX,
    SOLVE_CHOLESKY,
    SOLVE_LU,
    SOLVE_TRIANGULAR,
    SQRTM,
    SVD,
    SYLVESTER,
    TAKE_COLUMNS,
    TAKE_ROWS,
    TOTAL,
    TRACE,
    XLOGY,
    ZEROS,
)

writes = MATLAB.writes
SHARED = shared

_FUNCTIONS = {
    "exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "sqrt": "sqrt",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos", "atan": "atan",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sign": "sign", "absolute": "abs", "erf": "erf",
}  # fmt: skip

_HELPERS = {"lgamma": "log_abs_gamma", "gamma": "gamma_function"}

_NONE = Listed(())
"""An argument that is left out."""


def _calling(name: str) -> Callable[[MatlabWriter, Value], Node]:
    """Write a call of a function of MATLAB on the operands."""
    return lambda w, v: call(name, *w.all(v.args))


def _helping(name: str) -> Callable[[MatlabWriter, Value], Node]:
    """Write a call of a function of ours on the operands."""
    return lambda w, v: w.helper(name, *w.all(v.args))


def _root(a: Node) -> Node:
    return of_kind(call("sqrt", a), a.kind)


# ---- leaves ----------------------------------------------------------------------------------------


@writes(ZEROS, ONES)
def _filled(w: MatlabWriter, v: Value) -> Node:
    return call(v.op.name, *w.shape(v))


@writes(EYE)
def _eye(w: MatlabWriter, v: Value) -> Node:
    return call("eye", w.rows(v))


# ---- entry by entry --------------------------------------------------------------------------------


@writes(POWER)
def _power(w: MatlabWriter, v: Value) -> Node:
    a, exponent = w(v.args[0]), v.params[0]
    if exponent == Fraction(1, 2):
        return _root(a)
    if exponent == Fraction(-1, 2):
        return over(Number(1), _root(a))
    return over(Number(1), a) if exponent == -1 else power(a, Number(exponent))


@writes(POWER_BY)
def _power_by(w: MatlabWriter, v: Value) -> Node:
    return power(*w.all(v.args))


writes(POWER_OR_ZERO)(_helping("power_or_zero"))
writes(LOGADDEXP)(_helping("log_add_exp"))
writes(LOG_COSH)(_helping("log_cosh"))


@writes(XLOGY)
def _xlogy(w: MatlabWriter, v: Value) -> Node:
    return w.helper("x_log_y", *w.all(v.args), Number(v.params[0]))


@writes(APPLY)
def _apply(w: MatlabWriter, v: Value) -> Node:
    name, a = v.params[0], w(v.args[0])
    if name in _FUNCTIONS:
        return call(_FUNCTIONS[name], a)
    if name == "relu":
        return call("max", a, Number(0))
    if name == "step":
        return call("double", entrywise(">", a, Number(0)))
    return w.helper(_HELPERS.get(name, name), a)


@writes(POLYGAMMA)
def _polygamma(w: MatlabWriter, v: Value) -> Node:
    return w.helper("poly_gamma", Number(v.params[0]), w(v.args[0]))


writes(MAXIMUM)(_calling("max"))
writes(SELECT)(_helping("select"))


@writes(CUMSUM)
def _cumsum(w: MatlabWriter, v: Value) -> Node:
    a = w(v.args[0])
    return w.helper("cumsum_from_end", a) if v.params[0] else call("cumsum", a, Number(1))


@writes(CUMPROD)
def _cumprod(w: MatlabWriter, v: Value) -> Node:
    return call("cumprod", w(v.args[0]), Number(1))


writes(COLUMN_PRODS)(_helping("column_prods"))
writes(PRODS_OF_OTHERS)(_helping("prods_of_others"))


@writes(NORMS)
def _norms(w: MatlabWriter, v: Value) -> Node:
    a = w(v.args[0])
    return w.helper("row_norms", a) if v.params[0] else call("norm", a, String("fro"))


# ---- rows and columns ------------------------------------------------------------------------------


@writes(BROADCAST_COLUMN)
def _broadcast_column(w: MatlabWriter, v: Value) -> Node:
    return call("repmat", w(v.args[0]), Number(1), w.columns(v))


@writes(BROADCAST_ROW)
def _broadcast_row(w: MatlabWriter, v: Value) -> Node:
    return call("repmat", Transposed(w(v.args[0])), w.rows(v), Number(1))


@writes(TOTAL, names_operand=True)
def _total(w: MatlabWriter, v: Value) -> Node:
    a = w(v.args[0])
    return call("sum", a if v.args[0].kind != "matrix" else Index(a, (Slice(),)))


@writes(ROW_SUMS)
def _row_sums(w: MatlabWriter, v: Value) -> Node:
    return call("sum", w(v.args[0]), Number(2))


@writes(COLUMN_SUMS)
def _column_sums(w: MatlabWriter, v: Value) -> Node:
    return Transposed(call("sum", w(v.args[0]), Number(1)))


@writes(INNER)
def _inner(w: MatlabWriter, v: Value) -> Node:
    first, (a, b) = v.args[0], w.all(v.args)
    if first.kind == "matrix":
        return call("sum", call("sum", times(a, b)))
    return product(a, Transposed(b)) if first.rows == 1 else product(Transposed(a), b)


@writes(ROW_INNER)
def _row_inner(w: MatlabWriter, v: Value) -> Node:
    return call("sum", times(*w.all(v.args)), Number(2))


writes(TRACE)(_calling("trace"))


@writes(MAX)
def _max(w: MatlabWriter, v: Value) -> Node:
    largest = call("max", w(v.args[0]))
    return largest if v.args[0].kind != "matrix" else call("max", largest)


writes(IS_MAX)(_helping("is_largest"))


@writes(COLUMN_MAX, names_operand=True)
def _column_max(w: MatlabWriter, v: Value) -> Node:
    return Transposed(call("max", w(v.args[0]), _NONE, Number(1)))


@writes(SOFTMAX, LOG_SOFTMAX)
def _softmax(w: MatlabWriter, v: Value) -> Node:
    return w.helper(f"{v.op.name}_along", w(v.args[0]), Number(v.params[0] + 1))


@writes(LOGSUMEXP)
def _logsumexp(w: MatlabWriter, v: Value) -> Node:
    return w.helper("log_sum_exp", w(v.args[0]), Number(v.params[0] + 1))


# ---- products and rearrangements -------------------------------------------------------------------


@writes(MATMUL)
def _matmul(w: MatlabWriter, v: Value) -> Node:
    return product(*w.all(v.args))


@writes(RESHAPE)
def _reshape(w: MatlabWriter, v: Value) -> Node:
    return call("reshape", w(v.args[0]), *w.shape(v))


writes(DIAG, DIAGONAL)(_calling("diag"))


@writes(PART, names_operand=True)
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


@writes(TAKE_ROWS, names_operand=True)
def _take_rows(w: MatlabWriter, v: Value) -> Node:
    return w.helper("rows_of", w(v.args[0]), w.places(v))


@writes(TAKE_COLUMNS, names_operand=True)
def _take_columns(w: MatlabWriter, v: Value) -> Node:
    return w.helper("columns_of", w(v.args[0]), w.places(v))


# ---- linear algebra --------------------------------------------------------------------------------


def _solve(left: Node, right: Node) -> Node:
    return Binary("\\", left, right)


def _solve_by_factor(factor: Node, b: Node) -> Node:
    """A solve with L Lᵀ."""
    return _solve(Transposed(factor), _solve(factor, b))


def _lower_factor(a: Node) -> Node:
    return call("chol", a, String("lower"))


@writes(CHOLESKY)
def _cholesky(w: MatlabWriter, v: Value) -> Node:
    return _lower_factor(w(v.args[0]))


@writes(CHOLESKY_FACTOR)
def _cholesky_factor(w: MatlabWriter, v: Value) -> Node:
    return w.kept(v, _lower_factor(w(v.args[0])))


@writes(LU_FACTOR)
def _lu_factor(w: MatlabWriter, v: Value) -> Node:
    solves = [user for user in w.program.values if v in user.args and user.op is SOLVE_LU]
    a = w(v.args[0])
    # Named, so that its text is not repeated; MATLAB factorises where it is used.
    whole = a if isinstance(a, Name) else w.kept(v, a)
    if len(solves) < 2:
        return whole
    low, up, order = (w.part_of(whole.name, letter) for letter in "LUP")
    w.lines.append(Line(Assign((low, up, order), call("lu", whole))))
    w.factors[v] = (low, up, order)
    return whole


@writes(SOLVE_CHOLESKY)
def _solve_cholesky(w: MatlabWriter, v: Value) -> Node:
    return _solve_by_factor(*w.all(v.args))


@writes(SOLVE_LU)
def _solve_lu(w: MatlabWriter, v: Value) -> Node:
    turned = bool(v.params and v.params[0])
    a, b = w.all(v.args)
    if v.args[0] not in w.factors:
        return _solve(Transposed(a) if turned else a, b)
    low, up, order = w.factors[v.args[0]]
    if turned:
        return product(Transposed(order), _solve(Transposed(low), _solve(Transposed(up), b)))
    return _solve(up, _solve(low, product(order, b)))


@writes(SOLVE_TRIANGULAR)
def _solve_triangular(w: MatlabWriter, v: Value) -> Node:
    a, b = w.all(v.args)
    return _solve(Transposed(a) if v.params[1] else a, b)


@writes(INVERSE_CHOLESKY)
def _inverse_cholesky(w: MatlabWriter, v: Value) -> Node:
    return _solve_by_factor(w(v.args[0]), call("eye", w.rows(v)))


writes(INVERSE_LU)(_calling("inv"))


@writes(INVERSE_TRIANGULAR)
def _inverse_triangular(w: MatlabWriter, v: Value) -> Node:
    return _solve(w(v.args[0]), call("eye", w.rows(v)))


@writes(LOG_DET_CHOLESKY)
def _log_det_cholesky(w: MatlabWriter, v: Value) -> Node:
    logs = call("sum", call("log", call("diag", w(v.args[0]))))
    return times(Number(2), of_kind(logs, Kind.NUMBER))


writes(LOG_DET_LU)(_helping("log_det"))


@writes(DET_CHOLESKY)
def _det_cholesky(w: MatlabWriter, v: Value) -> Node:
    return Binary("^", call("prod", call("diag", w(v.args[0]))), Number(2))


writes(DET_LU)(_calling("det"))
writes(EXPM)(_calling("expm"))
writes(LOGM)(_calling("logm"))
writes(SQRTM)(_calling("sqrtm"))
writes(SYLVESTER)(_calling("sylvester"))


@writes(MATRIX_POWER)
def _matrix_power(w: MatlabWriter, v: Value) -> Node:
    return Binary("^", w(v.args[0]), Number(v.params[0]))


@writes(MATRIX_POWER_BY)
def _matrix_power_by(w: MatlabWriter, v: Value) -> Node:
    return Binary("^", *w.all(v.args))


@writes(EIGH)
def _eigh(w: MatlabWriter, v: Value) -> Node:
    return w.several(v, w.helper("eigen", w(v.args[0])), 2)


@writes(SVD)
def _svd(w: MatlabWriter, v: Value) -> Node:
    return w.several(v, w.helper("thin_svd", w(v.args[0])), 3)
