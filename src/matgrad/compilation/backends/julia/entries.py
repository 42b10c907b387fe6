"""How Julia writes what it writes in its own way."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from matgrad.compilation.backends.base.language import entries as shared
from matgrad.compilation.backends.base.tree import (
    Attribute,
    Binary,
    Blocks,
    Index,
    Kind,
    Listed,
    Name,
    Node,
    Number,
    Slice,
    Transposed,
    Word,
    call,
    index,
    negative,
    over,
    power,
    product,
    times,
    transposed,
)
from matgrad.compilation.backends.julia.writer import JULIA as JULIA, JuliaWriter as JuliaWriter
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
    CONSTANT,
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
    ITEM,
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
    TRANSPOSE,
    XLOGY,
    ZEROS,
)

writes = JULIA.writes
SHARED = shared

_FUNCTIONS = {
    "exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "sqrt": "sqrt",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "asin", "acos": "acos", "atan": "atan",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sign": "sign", "absolute": "abs", "erf": "erf",
}  # fmt: skip


_HELPERS = {"lgamma": "log_abs_gamma", "gamma": "gamma_function"}


def _calling(name: str) -> Callable[[JuliaWriter, Value], Node]:
    """Write a call of a function of Julia on the operands."""
    return lambda w, v: call(name, *w.all(v.args))


def _column(node: Node) -> Node:
    return call("vec", node)


# ---- leaves ----------------------------------------------------------------------------------------


@writes(CONSTANT)
def _constant(w: JuliaWriter, v: Value) -> Node:
    rows = tuple(tuple(Number(x) for x in row) for row in v.params[0])
    return Listed(tuple(row[0] for row in rows)) if Kind.of(v) is Kind.COLUMN else Blocks(rows)


@writes(ZEROS, ONES)
def _filled(w: JuliaWriter, v: Value) -> Node:
    return call(v.op.name, *w.extent(v))


@writes(EYE)
def _eye(w: JuliaWriter, v: Value) -> Node:
    return call("Matrix{Float64}", Name("I"), w.rows(v), w.rows(v))


# ---- entry by entry --------------------------------------------------------------------------------


@writes(POWER)
def _power(w: JuliaWriter, v: Value) -> Node:
    a, exponent = w(v.args[0]), v.params[0]
    if exponent == Fraction(1, 2):
        return w.mapped("sqrt", a)
    if exponent == Fraction(-1, 2):
        return over(Number(1), w.mapped("sqrt", a))
    return over(Number(1), a) if exponent == -1 else power(a, Number(exponent))


@writes(POWER_BY)
def _power_by(w: JuliaWriter, v: Value) -> Node:
    return power(*w.all(v.args))


@writes(POWER_OR_ZERO)
def _power_or_zero(w: JuliaWriter, v: Value) -> Node:
    return w.mapped_helper("power_or_zero", *w.all(v.args))


@writes(XLOGY)
def _xlogy(w: JuliaWriter, v: Value) -> Node:
    return w.mapped_helper("x_log_y", *w.all(v.args), Number(v.params[0]))


@writes(APPLY)
def _apply(w: JuliaWriter, v: Value) -> Node:
    name, a = v.params[0], w(v.args[0])
    return (
        w.mapped(_FUNCTIONS[name], a) if name in _FUNCTIONS else w.mapped_helper(_HELPERS.get(name, name), a)
    )


@writes(POLYGAMMA)
def _polygamma(w: JuliaWriter, v: Value) -> Node:
    return w.mapped_helper("poly_gamma", Number(v.params[0]), w(v.args[0]))


@writes(MAXIMUM)
def _maximum(w: JuliaWriter, v: Value) -> Node:
    return w.mapped("max", *w.all(v.args))


@writes(SELECT)
def _select(w: JuliaWriter, v: Value) -> Node:
    return w.mapped_helper("select", *w.all(v.args))


@writes(CUMSUM)
def _cumsum(w: JuliaWriter, v: Value) -> Node:
    return w.helper("cumsum_from_end" if v.params[0] else "cumsum_down", w(v.args[0]))


@writes(CUMPROD)
def _cumprod(w: JuliaWriter, v: Value) -> Node:
    return w.helper("cumprod_down", w(v.args[0]))


@writes(COLUMN_PRODS)
def _column_prods(w: JuliaWriter, v: Value) -> Node:
    a = w(v.args[0])
    return call("prod", a) if v.args[0].kind == "vector" else w.helper("column_prods", a)


@writes(PRODS_OF_OTHERS)
def _prods_of_others(w: JuliaWriter, v: Value) -> Node:
    return w.helper("prods_of_others" if v.kind == "vector" else "prods_of_others_by_column", w(v.args[0]))


@writes(LOGADDEXP)
def _logaddexp(w: JuliaWriter, v: Value) -> Node:
    return w.mapped_helper("log_add_exp", *w.all(v.args))


@writes(LOG_COSH)
def _log_cosh(w: JuliaWriter, v: Value) -> Node:
    return w.mapped_helper("log_cosh", w(v.args[0]))


@writes(NORMS)
def _norms(w: JuliaWriter, v: Value) -> Node:
    a = w(v.args[0])
    return w.helper("row_norms", a) if v.params[0] else call("norm", a)


# ---- rows and columns ------------------------------------------------------------------------------


@writes(BROADCAST_COLUMN)
def _broadcast_column(w: JuliaWriter, v: Value) -> Node:
    return call("fill" if v.kind == "vector" else "repeat", w(v.args[0]), Number(1), w.columns(v))


@writes(BROADCAST_ROW)
def _broadcast_row(w: JuliaWriter, v: Value) -> Node:
    a = w(v.args[0])
    if v.kind == "vector":
        return call("fill", a, w.rows(v))
    return call("repeat", Transposed(a), w.rows(v), Number(1))


writes(TOTAL, names_operand=True)(_calling("sum"))
writes(INNER)(_calling("dot"))
writes(TRACE)(_calling("tr"))
writes(MAX)(_calling("maximum"))


def _along(function: str, axis: int) -> Callable[[JuliaWriter, Value], Node]:
    """What is computed of each row or column, as a column."""

    def entry(w: JuliaWriter, v: Value) -> Node:
        a = w(v.args[0])
        return call(function, a) if v.kind == "scalar" else _column(call(function, a, dims=Number(axis)))

    return entry


writes(ROW_SUMS)(_along("sum", 2))
writes(COLUMN_SUMS)(_along("sum", 1))
writes(COLUMN_MAX, names_operand=True)(_along("maximum", 1))


@writes(ROW_INNER)
def _row_inner(w: JuliaWriter, v: Value) -> Node:
    a, b = w.all(v.args)
    return call("dot", a, b) if v.kind == "scalar" else _column(call("sum", times(a, b), dims=Number(2)))


@writes(IS_MAX)
def _is_max(w: JuliaWriter, v: Value) -> Node:
    return w.helper("is_largest", w(v.args[0]))


@writes(SOFTMAX, LOG_SOFTMAX)
def _softmax(w: JuliaWriter, v: Value) -> Node:
    return w.helper(f"{v.op.name}_along", w(v.args[0]), dims=Number(v.params[0] + 1))


@writes(LOGSUMEXP)
def _logsumexp(w: JuliaWriter, v: Value) -> Node:
    node = w.helper("log_sum_exp", w(v.args[0]), dims=Number(v.params[0] + 1))
    return call("only", node) if v.kind == "scalar" else node


# ---- products and rearrangements -------------------------------------------------------------------


@writes(MATMUL)
def _matmul(w: JuliaWriter, v: Value) -> Node:
    left = v.args[0]
    a, b = w.all(v.args)
    if v.kind == "scalar" and left.kind == "vector":
        # A row of a matrix with one row would give a vector of length 1.
        return call("dot", w(left.args[0]) if left.op is TRANSPOSE else _column(a), b)
    return product(a, b)


@writes(TRANSPOSE)
def _transpose(w: JuliaWriter, v: Value) -> Node:
    a = w(v.args[0])
    # What is computed with dots from a row is a matrix with one row, whose adjoint is no Vector.
    return _column(a) if Kind.of(v) is Kind.COLUMN else Transposed(a)


@writes(RESHAPE)
def _reshape(w: JuliaWriter, v: Value) -> Node:
    a = w(v.args[0])
    return _column(a) if Kind.of(v) is Kind.COLUMN else call("reshape", a, *w.shape(v))


writes(DIAG)(_calling("diagm"))
writes(DIAGONAL)(_calling("diag"))


@writes(PART, names_operand=True)
def _part(w: JuliaWriter, v: Value) -> Node:
    r0, r1, c0, c1 = v.params
    first, a = v.args[0], w(v.args[0])
    rows, columns = _range(w, r0, r1, first.rows), _range(w, c0, c1, first.columns)
    if Kind.of(first) is Kind.COLUMN:
        return index(a, rows)
    node = index(a, rows, columns)
    return Transposed(node) if Kind.of(v) is Kind.ROW else node


def _range(w: JuliaWriter, low: Any, high: Any, size: Any) -> Node:
    """One place, all of them, or those from one to another; from 1 on."""
    if high - low == 1:
        return w.size(low + 1)
    return Slice() if low == 0 and high == size else Slice(w.size(low + 1), w.size(high))


@writes(TAKE_ROWS, names_operand=True)
def _take_rows(w: JuliaWriter, v: Value) -> Node:
    places = w.places(v)
    return Index(w(v.args[0]), (places,) if v.args[0].kind == "vector" else (places, Slice()))


@writes(TAKE_COLUMNS, names_operand=True)
def _take_columns(w: JuliaWriter, v: Value) -> Node:
    return index(w(v.args[0]), Slice(), w.places(v))


# ---- linear algebra --------------------------------------------------------------------------------


def _symmetric(node: Node) -> Node:
    return call("Symmetric", node)


def _solve(left: Node, right: Node) -> Node:
    return Binary("\\", left, right)


@writes(CHOLESKY)
def _cholesky(w: JuliaWriter, v: Value) -> Node:
    return call("Matrix", Attribute(call("cholesky", _symmetric(w(v.args[0]))), "L"))


@writes(CHOLESKY_FACTOR)
def _cholesky_factor(w: JuliaWriter, v: Value) -> Node:
    return w.kept(v, call("cholesky", _symmetric(w(v.args[0]))))


@writes(LU_FACTOR)
def _lu_factor(w: JuliaWriter, v: Value) -> Node:
    # The determinant of a singular matrix is 0 and no error; solving with one is an error all the same.
    singular = any(user.op.is_singular for user in w.program.values if v in user.args)
    return w.kept(v, call("lu", w(v.args[0]), **({"check": Word(False)} if singular else {})))


@writes(SOLVE_CHOLESKY)
def _solve_cholesky(w: JuliaWriter, v: Value) -> Node:
    return _solve(*w.all(v.args))


@writes(SOLVE_LU)
def _solve_lu(w: JuliaWriter, v: Value) -> Node:
    factor, b = w.all(v.args)
    return _solve(Transposed(factor) if v.params and v.params[0] else factor, b)


def _triangle(w: JuliaWriter, v: Value) -> Node:
    return call("LowerTriangular" if v.params[0] else "UpperTriangular", w(v.args[0]))


@writes(SOLVE_TRIANGULAR)
def _solve_triangular(w: JuliaWriter, v: Value) -> Node:
    a = _triangle(w, v)
    return _solve(transposed(a) if v.params[1] else a, w(v.args[1]))


@writes(INVERSE_TRIANGULAR)
def _inverse_triangular(w: JuliaWriter, v: Value) -> Node:
    return call("Matrix", call("inv", _triangle(w, v)))


writes(INVERSE_CHOLESKY, INVERSE_LU)(_calling("inv"))
writes(LOG_DET_CHOLESKY, LOG_DET_LU)(_calling("logdet"))
writes(DET_CHOLESKY, DET_LU)(_calling("det"))
writes(EXPM)(_calling("exp"))


@writes(LOGM)
def _logm(w: JuliaWriter, v: Value) -> Node:
    return call("real", call("log", w(v.args[0])))


@writes(SQRTM)
def _sqrtm(w: JuliaWriter, v: Value) -> Node:
    return call("real", call("sqrt", w(v.args[0])))


@writes(MATRIX_POWER)
def _matrix_power(w: JuliaWriter, v: Value) -> Node:
    return Binary("^", w(v.args[0]), Number(v.params[0]))


@writes(MATRIX_POWER_BY)
def _matrix_power_by(w: JuliaWriter, v: Value) -> Node:
    a, exponent = w.all(v.args)
    return Binary("^", a, call("Int", exponent))


@writes(SYLVESTER)
def _sylvester(w: JuliaWriter, v: Value) -> Node:
    # Julia's function solves A X + X B + C = 0.
    a, b, c = w.all(v.args)
    return call("sylvester", a, b, negative(c))


def _matrix(w: JuliaWriter, v: Value) -> Node:
    """A value as a matrix, whatever its shape: the parts of which it is made are matrices and a Vector."""
    if v.kind == "scalar":
        return call("fill", w(v), Number(1), Number(1))
    return call("reshape", w(v), *w.shape(v)) if v.kind == "vector" else w(v)


@writes(EIGH)
def _eigh(w: JuliaWriter, v: Value) -> Node:
    return w.several(v, w.helper("sorted_eigen", _matrix(w, v.args[0])), 2)


@writes(SVD)
def _svd(w: JuliaWriter, v: Value) -> Node:
    return w.several(v, w.helper("thin_svd", _matrix(w, v.args[0])), 3)


@writes(ITEM)
def _item(w: JuliaWriter, v: Value) -> Node:
    whole = v.args[0]
    w(whole)
    node = w.parts[whole][v.params[0]]
    if v.kind == "scalar":
        return call("only", node)
    holds_values = v.params[0] == (0 if whole.op is EIGH else 1)
    return node if holds_values or v.kind == "matrix" else _column(node)
