"""Writes programs for :mod:`dask.array`."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.compilation.backends.base.library.algebra import (
    called,
    itself,
    of_number,
    quotient,
    reciprocal,
    sylvester_of_numbers,
    transposed_option,
)
from matgrad.compilation.backends.base.library.complete import ARRAYS
from matgrad.compilation.backends.base.library.writer import ArrayWriter
from matgrad.compilation.backends.base.python import Import
from matgrad.compilation.backends.base.table import Table
from matgrad.compilation.backends.base.tree import Listed, Node, Number, String, Word, power
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value

DASK = Table("Dask", ARRAYS)
writes = DASK.writes
DASK.refuses(
    ir.EQUATION_FACTORS, ir.SOLVE_EQUATION, ir.RICCATI, reason="Dask has no solver of matrix equations"
)


class DaskWriter(ArrayWriter):
    """Writes a program for :mod:`dask.array`; nothing in it is computed before it is asked for."""

    table = DASK
    library = Import("dask.array", "", "da")
    functions = Import("matgrad.compilation.backends.dask", "functions", "more")

    def name_of(self, value: Value) -> String:
        """What an error message calls the matrix that a value is made from."""
        source = value.args[0]
        return String(self.notation.of(source.args[0] if source.op.is_factorisation else source))

    def linear(self, function: str, value: Value, *operands: Node) -> Node:
        """A function of our linear algebra for NumPy, on one machine."""
        return self.own("linear", String(function), self.extent(value), self.type, *operands)

    def function_of_matrix(self, function: str, value: Value, *operands: Node) -> Node:
        """A function of our matrix functions for NumPy, on one machine."""
        return self.own("matrix", String(function), self.extent(value), self.type, *operands)

    def kron(self, a: Node, b: Node) -> Node:
        return self.own("kron", a, b)

    def joined(self, parts: Sequence[Node]) -> Node:
        return self.own("joined", Listed(tuple(parts)))


@writes(ir.CHOLESKY)
@of_number(called("sqrt"))
def _cholesky(w: DaskWriter, v: Value) -> Node:
    return w.linear("cholesky", v, w.array(v.args[0]), w.name_of(v))


@writes(ir.CHOLESKY_FACTOR)
@of_number(itself)
def _cholesky_factor(w: DaskWriter, v: Value) -> Node:
    return w.own("factor", String("cholesky"), w.array(v.args[0]), w.name_of(v))


@writes(ir.LU_FACTOR)
@of_number(itself)
def _lu_factor(w: DaskWriter, v: Value) -> Node:
    return w.own("factor", String("lu"), w.array(v.args[0]), w.name_of(v))


@writes(ir.SOLVE_CHOLESKY)
@of_number(quotient)
def _solve_cholesky(w: DaskWriter, v: Value) -> Node:
    return w.own("solve", String("cholesky_solve"), *w.arrays(v.args))


@writes(ir.SOLVE_LU)
@of_number(quotient)
def _solve_lu(w: DaskWriter, v: Value) -> Node:
    return w.own("solve", String("lu_solve"), *w.arrays(v.args), **transposed_option(v))


@writes(ir.SOLVE_TRIANGULAR)
@of_number(quotient)
def _solve_triangular(w: DaskWriter, v: Value) -> Node:
    lower, transposed = v.params
    details = (w.name_of(v), Word(bool(lower)), Word(bool(transposed)))
    return w.own("solve", String("triangular_solve"), *w.arrays(v.args), *details)


@writes(ir.INVERSE_CHOLESKY)
@of_number(reciprocal)
def _inverse_cholesky(w: DaskWriter, v: Value) -> Node:
    return w.linear("cholesky_inverse", v, w.array(v.args[0]))


@writes(ir.INVERSE_LU)
@of_number(reciprocal)
def _inverse_lu(w: DaskWriter, v: Value) -> Node:
    return w.linear("lu_inverse", v, w.array(v.args[0]))


@writes(ir.LOW_RANK_FACTOR)
def _low_rank_factor(w: DaskWriter, v: Value) -> Node:
    d, u, *others = v.args
    options: dict[str, Node] = {"v": w.matrix(others[0])} if others else {}
    options |= {
        key: Word(True) for key, holds in zip(("uniform", "definite"), v.params, strict=True) if holds
    }
    return w.own("low_rank", w.array(d), w.matrix(u), String(w.notation.of(v)), **options)


@writes(ir.SOLVE_LOW_RANK)
def _solve_low_rank(w: DaskWriter, v: Value) -> Node:
    own, _ = v.params
    if not own:
        return w.own("low_rank_solve", *w.arrays(v.args), **transposed_option(v))
    given = (String("low_rank_solve_own"), w.extent(v), w.type, w.array(v.args[0]))
    return w.own("of_low_rank", *given, **transposed_option(v))


@writes(ir.INVERSE_LOW_RANK, ir.INVERSE_DIAGONAL_LOW_RANK)
def _of_low_rank(w: DaskWriter, v: Value) -> Node:
    whole = v.op is ir.INVERSE_LOW_RANK
    function = "low_rank_inverse" if whole else "low_rank_inverse_diagonal"
    return w.own("of_low_rank", String(function), w.extent(v), w.type, w.array(v.args[0]))


@writes(ir.OF_LOW_RANK)
def _of_factors(w: DaskWriter, v: Value) -> Node:
    given = (String(f"low_rank_{v.params[0]}"), w.extent(v), w.type)
    return w.own("of_low_rank", *given, *w.arrays(v.args))


@writes(ir.INVERSE_KRONECKER)
def _inverse_kronecker(w: DaskWriter, v: Value) -> Node:
    return w.own("of_low_rank", String("kronecker_inverse"), w.extent(v), w.type, *w.arrays(v.args))


@writes(ir.LOG_DET_KRONECKER)
def _log_det_kronecker(w: DaskWriter, v: Value) -> Node:
    name = String(" ⊗ ".join(w.notation.of(arg) for arg in v.args))
    return w.own("of_low_rank", String("kronecker_log_det"), w.extent(v), w.type, *w.arrays(v.args), name)


@writes(ir.LOG_DET_LOW_RANK)
def _log_det_low_rank(w: DaskWriter, v: Value) -> Node:
    given = (w.array(v.args[0]), String(w.notation.of(v.args[0])))
    return w.own("of_low_rank", String("low_rank_log_det"), w.extent(v), w.type, *given)


@writes(ir.INVERSE_TRIANGULAR)
@of_number(reciprocal)
def _inverse_triangular(w: DaskWriter, v: Value) -> Node:
    return w.linear("triangular_inverse", v, w.array(v.args[0]), w.name_of(v), Word(bool(v.params[0])))


@writes(ir.LOG_DET_CHOLESKY)
@of_number(called("log"))
def _log_det_cholesky(w: DaskWriter, v: Value) -> Node:
    return w.linear("cholesky_log_det", v, w.array(v.args[0]))


@writes(ir.LOG_DET_LU)
@of_number(called("log"))
def _log_det_lu(w: DaskWriter, v: Value) -> Node:
    return w.linear("lu_log_det", v, w.array(v.args[0]), w.name_of(v))


@writes(ir.DET_CHOLESKY)
@of_number(itself)
def _det_cholesky(w: DaskWriter, v: Value) -> Node:
    return w.linear("cholesky_det", v, w.array(v.args[0]))


@writes(ir.DET_LU)
@of_number(itself)
def _det_lu(w: DaskWriter, v: Value) -> Node:
    # The determinant of a singular matrix is 0, where solving with one is an error.
    return w.own("det", w.array(v.args[0].args[0]))


@writes(ir.ADJUGATE, ir.DET_HESSIAN)
def _of_singular(w: DaskWriter, v: Value) -> Node:
    return w.function_of_matrix(v.op.name, v, w.array(v.args[1]))


@writes(ir.PINV)
def _pinv(w: DaskWriter, v: Value) -> Node:
    nullity = [Number(v.params[0])] if v.params[0] else []
    return w.function_of_matrix("pinv", v, w.matrix(v.args[0]), *nullity)


@writes(ir.MATRIX_POWER)
def _matrix_power(w: DaskWriter, v: Value) -> Node:
    a, exponent = w.array(v.args[0]), Number(v.params[0])
    if v.kind == "scalar":
        return power(a, exponent)
    return w.function_of_matrix("matrix_power", v, a, exponent, w.name_of(v))


@writes(ir.MATRIX_POWER_BY)
def _matrix_power_by(w: DaskWriter, v: Value) -> Node:
    a, exponent = w.arrays(v.args)
    return power(a, exponent) if v.kind == "scalar" else w.own("power_of", a, exponent, w.name_of(v))


for _primitive, _of_one in ((ir.EXPM, "exp"), (ir.LOGM, "log"), (ir.SQRTM, "sqrt")):

    @writes(_primitive)
    @of_number(called(_of_one))
    def _function(w: DaskWriter, v: Value) -> Node:
        return w.function_of_matrix(v.op.name, v, w.array(v.args[0]), w.name_of(v))


@writes(ir.EXPM_STEPS)
def _expm_steps(w: DaskWriter, v: Value) -> Node:
    return w.own("expm_steps", w.array(v.args[0]), w.name_of(v))


@writes(ir.EXPM_OF_STEPS, ir.FRECHET_EXPM)
def _of_steps(w: DaskWriter, v: Value) -> Node:
    return w.own("of_steps", String(v.op.name), w.extent(v), w.type, *w.arrays(v.args))


@writes(ir.SYLVESTER_FACTORS)
def _sylvester_factors(w: DaskWriter, v: Value) -> Node:
    return w.own("sylvester_factors", *w.arrays(v.args), w.name_of(v))


@writes(ir.SOLVE_SYLVESTER)
def _solve_sylvester(w: DaskWriter, v: Value) -> Node:
    return w.function_of_matrix("solve_sylvester", v, *w.arrays(v.args), Word(bool(v.params[0])))


@writes(ir.SYLVESTER)
def _sylvester(w: DaskWriter, v: Value) -> Node:
    if v.kind == "scalar":
        return sylvester_of_numbers(w, v)
    return w.function_of_matrix("sylvester", v, *w.matrices(v), String(w.notation.of(v)))


@writes(ir.STEIN)
def _stein(w: DaskWriter, v: Value) -> Node:
    return w.function_of_matrix("stein", v, *w.matrices(v), String(w.notation.of(v)))


@writes(ir.EIGH)
def _eigh(w: DaskWriter, v: Value) -> Node:
    return w.own("eigh", w.array(v.args[0]), w.name_of(v))


@writes(ir.ITEM)
def _item(w: DaskWriter, v: Value) -> Node:
    return w.own("item", w.array(v.args[0]), Number(v.params[0]), w.extent(v), w.type)


@writes(ir.REQUIRE_GAPS)
def _require_gaps(w: DaskWriter, v: Value) -> Node:
    name = String(w.notation.of(v.args[1]))
    only = [] if v.params[0] is None else [Number(v.params[0])]
    return w.own("require_gaps", *w.arrays(v.args), name, *only)


@writes(ir.REQUIRE_NONZERO)
def _require_nonzero(w: DaskWriter, v: Value) -> Node:
    return w.own("require_nonzero", *w.arrays(v.args), String(w.notation.of(v.args[1])))
