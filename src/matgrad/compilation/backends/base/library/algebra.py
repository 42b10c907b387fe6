"""How array libraries write factorisations, solves and functions of matrices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matgrad.compilation.backends.base.library.table import writes
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.tree import (
    Grouped,
    Name,
    Node,
    Number,
    Word,
    call,
    entrywise,
    index,
    method,
    over,
    power,
    times,
)
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value

Entry = Callable[[Any, Value], Node]


def of_number(function: Entry) -> Callable[[Entry], Entry]:
    """Write otherwise what is done to a matrix, or a factorisation of one, that is 1×1."""

    def decorate(entry: Entry) -> Entry:
        return lambda w, v: function(w, v) if is_of_number(v) else entry(w, v)

    return decorate


def is_of_number(v: Value) -> bool:
    """Whether what a value is made of, or what that factorises, is 1×1: then it is its own factorisation."""
    first = v.args[0]
    return (first.args[0] if first.op.is_factorisation else first).kind == "scalar"


def quotient(w: ArrayWriter, v: Value) -> Node:
    """A solve with a number."""
    factor, b = w.arrays(v.args)
    return over(b, factor)


def reciprocal(w: ArrayWriter, v: Value) -> Node:
    """The inverse of a number."""
    return over(Number(1), w.array(v.args[0]))


def itself(w: ArrayWriter, v: Value) -> Node:
    """What is its own factorisation, or determinant."""
    return w.array(v.args[0])


def called(name: str) -> Entry:
    """A function of the library of a number."""
    return lambda w, v: w.lib(name, w.array(v.args[0]))


@writes(ir.CHOLESKY)
@of_number(called("sqrt"))
def _cholesky(w: ArrayWriter, v: Value) -> Node:
    return w.lib("linalg.cholesky", w.array(v.args[0]))


@writes(ir.CHOLESKY_FACTOR)
@of_number(itself)
def _cholesky_factor(w: ArrayWriter, v: Value) -> Node:
    return w.lib("linalg.cholesky", w.array(v.args[0]))


@writes(ir.LU_FACTOR)
@of_number(itself)
def _lu_factor(w: ArrayWriter, v: Value) -> Node:
    return w.own("lu_factor", w.array(v.args[0]))


@writes(ir.SOLVE_CHOLESKY)
@of_number(quotient)
def _solve_cholesky(w: ArrayWriter, v: Value) -> Node:
    return w.own("solve_cholesky", *w.arrays(v.args))


def transposed_option(v: Value) -> dict[str, Node]:
    """Whether a solve is one with the transpose."""
    return {"transposed": Word(True)} if v.params and v.params[-1] else {}


@writes(ir.SOLVE_LU)
@of_number(quotient)
def _solve_lu(w: ArrayWriter, v: Value) -> Node:
    return w.own("solve_lu", *w.arrays(v.args), **transposed_option(v))


@writes(ir.SOLVE_TRIANGULAR)
@of_number(quotient)
def _solve_triangular(w: ArrayWriter, v: Value) -> Node:
    lower = Word(bool(v.params[0]))
    return w.own("solve_triangular", *w.arrays(v.args), lower=lower, **transposed_option(v))


@writes(ir.INVERSE_CHOLESKY)
@of_number(reciprocal)
def _inverse_cholesky(w: ArrayWriter, v: Value) -> Node:
    return w.own("solve_cholesky", w.array(v.args[0]), w.made("eye", w.size(v.rows)))


@writes(ir.INVERSE_LU)
@of_number(reciprocal)
def _inverse_lu(w: ArrayWriter, v: Value) -> Node:
    return w.own("solve_lu", w.array(v.args[0]), w.made("eye", w.size(v.rows)))


@writes(ir.INVERSE_TRIANGULAR)
@of_number(reciprocal)
def _inverse_triangular(w: ArrayWriter, v: Value) -> Node:
    eye = w.made("eye", w.size(v.rows))
    return w.own("solve_triangular", w.array(v.args[0]), eye, lower=Word(bool(v.params[0])))


@writes(ir.LOG_DET_CHOLESKY)
@of_number(called("log"))
def _log_det_cholesky(w: ArrayWriter, v: Value) -> Node:
    logs = w.lib("log", w.lib("diagonal", w.array(v.args[0])))
    return times(Number(2), method(logs, "sum"))


@writes(ir.LOG_DET_LU)
@of_number(called("log"))
def _log_det_lu(w: ArrayWriter, v: Value) -> Node:
    return w.own("log_det_lu", w.array(v.args[0]))


@writes(ir.DET_CHOLESKY)
@of_number(itself)
def _det_cholesky(w: ArrayWriter, v: Value) -> Node:
    return power(w.lib("prod", w.lib("diagonal", w.array(v.args[0]))), Number(2))


@writes(ir.DET_LU)
@of_number(itself)
def _det_lu(w: ArrayWriter, v: Value) -> Node:
    return w.own("det_lu", w.array(v.args[0]))


@writes(ir.ADJUGATE, ir.DET_HESSIAN)
def _of_singular(w: ArrayWriter, v: Value) -> Node:
    return w.own(v.op.name, w.array(v.args[1]))


@writes(ir.PINV)
def _pinv(w: ArrayWriter, v: Value) -> Node:
    if v.params[0]:
        return w.own("deflated_pinv", w.array(v.args[0]), Number(v.params[0]))
    return w.reshaped(v, w.lib("linalg.pinv", w.matrix(v.args[0])))


@writes(ir.MATRIX_POWER)
def _matrix_power(w: ArrayWriter, v: Value) -> Node:
    a, exponent = w.array(v.args[0]), Number(v.params[0])
    return power(a, exponent) if v.kind == "scalar" else w.lib("linalg.matrix_power", a, exponent)


@writes(ir.MATRIX_POWER_BY)
def _matrix_power_by(w: ArrayWriter, v: Value) -> Node:
    a, exponent = w.arrays(v.args)
    return power(a, exponent) if v.kind == "scalar" else w.own("matrix_power", a, exponent)


def _function(name: str, of_one: str) -> Entry:
    """A function of a matrix, which of a number is one that the library has."""
    return of_number(called(of_one))(lambda w, v: w.own(name, w.array(v.args[0])))


writes(ir.EXPM)(_function("expm", "exp"))
writes(ir.LOGM)(_function("logm", "log"))
writes(ir.SQRTM)(_function("sqrtm", "sqrt"))


@writes(ir.EXPM_STEPS)
def _expm_steps(w: ArrayWriter, v: Value) -> Node:
    return w.array(v.args[0])


@writes(ir.EXPM_OF_STEPS)
def _expm_of_steps(w: ArrayWriter, v: Value) -> Node:
    return w.own("expm", w.array(v.args[0]))


@writes(ir.FRECHET_EXPM)
def _frechet_expm(w: ArrayWriter, v: Value) -> Node:
    return w.own("frechet_expm", *w.arrays(v.args))


@writes(ir.SYLVESTER_FACTORS)
def _sylvester_factors(w: ArrayWriter, v: Value) -> Node:
    return Grouped(tuple(w.matrices(v)))


@writes(ir.SOLVE_SYLVESTER)
def _solve_sylvester(w: ArrayWriter, v: Value) -> Node:
    factors, c = v.args
    adjoint = {"adjoint": Word(True)} if v.params[0] else {}
    return w.reshaped(v, w.own("solve_sylvester", w.array(factors), w.matrix(c), **adjoint))


def sylvester_of_numbers(w: ArrayWriter, v: Value) -> Node:
    """The solution of a linear equation."""
    a, b, c = w.arrays(v.args)
    return over(c, entrywise("+", a, b))


@writes(ir.SYLVESTER)
def _sylvester(w: ArrayWriter, v: Value) -> Node:
    if v.kind == "scalar":
        return sylvester_of_numbers(w, v)
    return w.reshaped(v, w.own("sylvester", *w.matrices(v)))


@writes(ir.STEIN)
def _stein(w: ArrayWriter, v: Value) -> Node:
    return w.reshaped(v, w.own("stein", *w.matrices(v)))


@writes(ir.EQUATION_FACTORS)
def _equation_factors(w: ArrayWriter, v: Value) -> Node:
    return Grouped((Number(v.params[0]), *w.matrices(v)))


@writes(ir.SOLVE_EQUATION)
def _solve_equation(w: ArrayWriter, v: Value) -> Node:
    factors, c = v.args
    adjoint = {"adjoint": Word(True)} if v.params[0] else {}
    return w.reshaped(v, w.own("solve_equation", w.array(factors), w.matrix(c), **adjoint))


@writes(ir.RICCATI)
def _riccati(w: ArrayWriter, v: Value) -> Node:
    return w.reshaped(v, w.own("riccati", *w.matrices(v), discrete=Word(v.params[0])))


@writes(ir.EIGH, ir.SVD)
def _decomposed(w: ArrayWriter, v: Value) -> Node:
    return w.own(v.op.name, w.matrix(v.args[0]))


@writes(ir.ITEM)
def _item(w: ArrayWriter, v: Value) -> Node:
    place = v.params[0]
    node = index(w.array(v.args[0]), Number(place))
    is_column = place == (0 if v.args[0].op is ir.EIGH else 1)
    return node if is_column and v.kind == "vector" else w.reshaped(v, node)


@writes(ir.REQUIRE_GAPS)
def _require_gaps(w: ArrayWriter, v: Value) -> Node:
    only = [] if v.params[0] is None else [Number(v.params[0])]
    return w.own("require_gaps", *w.arrays(v.args), *only)


@writes(ir.REQUIRE_NONZERO)
def _require_nonzero(w: ArrayWriter, v: Value) -> Node:
    return w.own("require_nonzero", *w.arrays(v.args))


@writes(ir.CALL, ir.CALL_EACH)
def _call(w: ArrayWriter, v: Value) -> Node:
    return call(Name(w.called[v.params[0]]), *w.arrays(v.args))
