"""How Julia writes what it writes in its own way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matgrad.compilation.backends.base.language import entries as shared, loops
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
    product,
    times,
    transposed,
)
from matgrad.compilation.backends.julia.writer import JULIA as JULIA, JuliaWriter as JuliaWriter
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value

writes = JULIA.writes
SHARED = (shared, loops)

_HELPERS = {"lgamma": "log_abs_gamma", "gamma": "gamma_function"}


def _column(node: Node) -> Node:
    return call("vec", node)


# ---- leaves ----------------------------------------------------------------------------------------


@writes(ir.CONSTANT)
def _constant(w: JuliaWriter, v: Value) -> Node:
    rows = tuple(tuple(Number(x) for x in row) for row in v.params[0])
    return Listed(tuple(row[0] for row in rows)) if Kind.of(v) is Kind.COLUMN else Blocks(rows)


@writes(ir.ZEROS, ir.ONES)
def _filled(w: JuliaWriter, v: Value) -> Node:
    return call(v.op.name, *w.extent(v))


@writes(ir.EYE)
def _eye(w: JuliaWriter, v: Value) -> Node:
    return call("Matrix{Float64}", Name("I"), w.rows(v), w.rows(v))


# ---- entry by entry --------------------------------------------------------------------------------


@writes(ir.APPLY)
def _apply(w: JuliaWriter, v: Value) -> Node:
    name, a = v.params[0], w(v.args[0])
    if name in shared.FUNCTIONS:
        return w.mapped(shared.FUNCTIONS[name], a)
    return w.mapped_helper(_HELPERS.get(name, name), a)


@writes(ir.POLYGAMMA)
def _polygamma(w: JuliaWriter, v: Value) -> Node:
    return w.mapped_helper("poly_gamma", Number(v.params[0]), w(v.args[0]))


@writes(ir.MAXIMUM)
def _maximum(w: JuliaWriter, v: Value) -> Node:
    return w.mapped("max", *w.all(v.args))


@writes(ir.ARCTAN2)
def _arctan2(w: JuliaWriter, v: Value) -> Node:
    return w.mapped("atan", *w.all(v.args))


@writes(ir.SELECT)
def _select(w: JuliaWriter, v: Value) -> Node:
    return w.mapped_helper("select", *w.all(v.args))


@writes(ir.CUMSUM)
def _cumsum(w: JuliaWriter, v: Value) -> Node:
    return w.helper("cumsum_from_end" if v.params[0] else "cumsum_down", w(v.args[0]))


@writes(ir.CUMPROD)
def _cumprod(w: JuliaWriter, v: Value) -> Node:
    return w.helper("cumprod_down", w(v.args[0]))


@writes(ir.COLUMN_PRODS)
def _column_prods(w: JuliaWriter, v: Value) -> Node:
    a = w(v.args[0])
    return call("prod", a) if v.args[0].kind == "vector" else w.helper("column_prods", a)


@writes(ir.PRODS_OF_OTHERS)
def _prods_of_others(w: JuliaWriter, v: Value) -> Node:
    return w.helper("prods_of_others" if v.kind == "vector" else "prods_of_others_by_column", w(v.args[0]))


@writes(ir.NORMS)
def _norms(w: JuliaWriter, v: Value) -> Node:
    a = w(v.args[0])
    return w.helper("row_norms", a) if v.params[0] else call("norm", a)


# ---- rows and columns ------------------------------------------------------------------------------


@writes(ir.BROADCAST_COLUMN)
def _broadcast_column(w: JuliaWriter, v: Value) -> Node:
    return call("fill" if v.kind == "vector" else "repeat", w(v.args[0]), Number(1), w.columns(v))


@writes(ir.BROADCAST_ROW)
def _broadcast_row(w: JuliaWriter, v: Value) -> Node:
    a = w(v.args[0])
    if v.kind == "vector":
        return call("fill", a, w.rows(v))
    return call("repeat", Transposed(a), w.rows(v), Number(1))


writes(ir.TOTAL, names_operand=True)(shared.calling("sum"))
writes(ir.INNER)(shared.calling("dot"))
writes(ir.TRACE)(shared.calling("tr"))
writes(ir.MAX)(shared.calling("maximum"))


def _along(function: str, axis: int) -> Callable[[JuliaWriter, Value], Node]:
    """What is computed of each row or column, as a column."""

    def entry(w: JuliaWriter, v: Value) -> Node:
        a = w(v.args[0])
        return call(function, a) if v.kind == "scalar" else _column(call(function, a, dims=Number(axis)))

    return entry


writes(ir.ROW_SUMS)(_along("sum", 2))
writes(ir.COLUMN_SUMS)(_along("sum", 1))
writes(ir.COLUMN_MAX, names_operand=True)(_along("maximum", 1))


@writes(ir.ROW_INNER)
def _row_inner(w: JuliaWriter, v: Value) -> Node:
    a, b = w.all(v.args)
    return call("dot", a, b) if v.kind == "scalar" else _column(call("sum", times(a, b), dims=Number(2)))


@writes(ir.SOFTMAX, ir.LOG_SOFTMAX)
def _softmax(w: JuliaWriter, v: Value) -> Node:
    return w.helper(f"{v.op.name}_along", w(v.args[0]), dims=Number(v.params[0] + 1))


@writes(ir.LOGSUMEXP)
def _logsumexp(w: JuliaWriter, v: Value) -> Node:
    node = w.helper("log_sum_exp", w(v.args[0]), dims=Number(v.params[0] + 1))
    return call("only", node) if v.kind == "scalar" else node


# ---- products and rearrangements -------------------------------------------------------------------


@writes(ir.MATMUL)
def _matmul(w: JuliaWriter, v: Value) -> Node:
    left = v.args[0]
    a, b = w.all(v.args)
    if v.kind == "scalar" and left.kind == "vector":
        # A row of a matrix with one row would give a vector of length 1.
        return call("dot", w(left.args[0]) if left.op is ir.TRANSPOSE else _column(a), b)
    return product(a, b)


@writes(ir.TRANSPOSE)
def _transpose(w: JuliaWriter, v: Value) -> Node:
    a = w(v.args[0])
    # What is computed with dots from a row is a matrix with one row, whose adjoint is no Vector.
    return _column(a) if Kind.of(v) is Kind.COLUMN else Transposed(a)


@writes(ir.RESHAPE)
def _reshape(w: JuliaWriter, v: Value) -> Node:
    a = w(v.args[0])
    return _column(a) if Kind.of(v) is Kind.COLUMN else call("reshape", a, *w.shape(v))


writes(ir.DIAG)(shared.calling("diagm"))
writes(ir.DIAGONAL)(shared.calling("diag"))


@writes(ir.PART, names_operand=True)
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


@writes(ir.TAKE_ROWS, names_operand=True)
def _take_rows(w: JuliaWriter, v: Value) -> Node:
    places = w.places(v)
    return Index(w(v.args[0]), (places,) if v.args[0].kind == "vector" else (places, Slice()))


@writes(ir.TAKE_COLUMNS, names_operand=True)
def _take_columns(w: JuliaWriter, v: Value) -> Node:
    return index(w(v.args[0]), Slice(), w.places(v))


# ---- linear algebra --------------------------------------------------------------------------------


def _symmetric(node: Node) -> Node:
    return call("Symmetric", node)


@writes(ir.CHOLESKY)
def _cholesky(w: JuliaWriter, v: Value) -> Node:
    return call("Matrix", Attribute(call("cholesky", _symmetric(w(v.args[0]))), "L"))


@writes(ir.CHOLESKY_FACTOR)
def _cholesky_factor(w: JuliaWriter, v: Value) -> Node:
    return w.kept(v, call("cholesky", _symmetric(w(v.args[0]))))


@writes(ir.LU_FACTOR)
def _lu_factor(w: JuliaWriter, v: Value) -> Node:
    # The determinant of a singular matrix is 0 and no error; solving with one is an error all the same.
    singular = any(user.op.is_singular for user in w.program.values if v in user.args)
    return w.kept(v, call("lu", w(v.args[0]), **({"check": Word(False)} if singular else {})))


@writes(ir.SOLVE_CHOLESKY)
def _solve_cholesky(w: JuliaWriter, v: Value) -> Node:
    return shared.solve(*w.all(v.args))


@writes(ir.SOLVE_LU)
def _solve_lu(w: JuliaWriter, v: Value) -> Node:
    factor, b = w.all(v.args)
    return shared.solve(Transposed(factor) if v.params and v.params[0] else factor, b)


def _triangle(w: JuliaWriter, v: Value) -> Node:
    return call("LowerTriangular" if v.params[0] else "UpperTriangular", w(v.args[0]))


@writes(ir.SOLVE_TRIANGULAR)
def _solve_triangular(w: JuliaWriter, v: Value) -> Node:
    a = _triangle(w, v)
    return shared.solve(transposed(a) if v.params[1] else a, w(v.args[1]))


@writes(ir.INVERSE_TRIANGULAR)
def _inverse_triangular(w: JuliaWriter, v: Value) -> Node:
    return call("Matrix", call("inv", _triangle(w, v)))


writes(ir.INVERSE_CHOLESKY, ir.INVERSE_LU)(shared.calling("inv"))
writes(ir.LOG_DET_CHOLESKY, ir.LOG_DET_LU)(shared.calling("logdet"))
writes(ir.DET_CHOLESKY, ir.DET_LU)(shared.calling("det"))
writes(ir.EXPM)(shared.calling("exp"))


@writes(ir.LOGM)
def _logm(w: JuliaWriter, v: Value) -> Node:
    return call("real", call("log", w(v.args[0])))


@writes(ir.SQRTM)
def _sqrtm(w: JuliaWriter, v: Value) -> Node:
    return call("real", call("sqrt", w(v.args[0])))


@writes(ir.MATRIX_POWER_BY)
def _matrix_power_by(w: JuliaWriter, v: Value) -> Node:
    a, exponent = w.all(v.args)
    return Binary("^", a, call("Int", exponent))


@writes(ir.SYLVESTER)
def _sylvester(w: JuliaWriter, v: Value) -> Node:
    # Julia's function solves A X + X B + C = 0.
    a, b, c = w.all(v.args)
    return call("sylvester", a, b, negative(c))


def _matrix(w: JuliaWriter, v: Value) -> Node:
    """A value as a matrix, whatever its shape: the parts of which it is made are matrices and a Vector."""
    if v.kind == "scalar":
        return call("fill", w(v), Number(1), Number(1))
    return call("reshape", w(v), *w.shape(v)) if v.kind == "vector" else w(v)


@writes(ir.EIGH)
def _eigh(w: JuliaWriter, v: Value) -> Node:
    return w.several(v, w.helper("sorted_eigen", _matrix(w, v.args[0])), 2)


@writes(ir.SVD)
def _svd(w: JuliaWriter, v: Value) -> Node:
    return w.several(v, w.helper("thin_svd", _matrix(w, v.args[0])), 3)


@writes(ir.ITEM)
def _item(w: JuliaWriter, v: Value) -> Node:
    whole = v.args[0]
    w(whole)
    node = w.parts[whole][v.params[0]]
    if v.kind == "scalar":
        return call("only", node)
    holds_values = v.params[0] == (0 if whole.op is ir.EIGH else 1)
    return node if holds_values or v.kind == "matrix" else _column(node)
