"""How factorisations, solves and functions of matrices are written in NumPy."""

from __future__ import annotations

from dataclasses import replace

from matgrad.compilation.backends.base.table import Entry
from matgrad.compilation.backends.base.tree import (
    Call,
    Do,
    Index,
    Name,
    Node,
    Number,
    Slice,
    String,
    Word,
    assign,
    call,
    index,
)
from matgrad.compilation.backends.base.writer import Steps
from matgrad.compilation.backends.numpy import layouts
from matgrad.compilation.backends.numpy.calls import (
    EXPONENTIALS,
    LINEAR_ALGEBRA,
    LOW_RANK,
    MATRIX_FUNCTIONS,
    calling,
    name_of,
    two_axes,
)
from matgrad.compilation.backends.numpy.table import writes
from matgrad.compilation.backends.numpy.writer import NumpyWriter
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.sizes import plain
from matgrad.core.facts import Fact


def _factorised(w: NumpyWriter, name: str, a: Value) -> Call:
    return call(w.own(LINEAR_ALGEBRA, name), w(a), name_of(w, a))


@writes(ir.CHOLESKY, ir.CHOLESKY_FACTOR, layout=layouts.by_columns)
def _cholesky(w: NumpyWriter, v: Value) -> Node:
    made = _factorised(w, "cholesky", v.args[0])
    readers = [u for u in w.program.values if v in u.args]
    if plain(v.rows) >= LARGE and v not in w.program.outputs and all(u.op in _OF_TRIANGLE for u in readers):
        return replace(made, named=(*made.named, ("clean", Word(False))))
    return made


_TRIANGULAR = Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR | Fact.DIAGONAL

LARGE = 64
"""From this order on it takes longer to write zeros above a triangle than to say that none are needed."""

_OF_TRIANGLE = frozenset({ir.SOLVE_CHOLESKY, ir.LOG_DET_CHOLESKY, ir.DET_CHOLESKY})
"""What reads nothing above it."""


@writes(ir.LU_FACTOR)
def _lu_factor(w: NumpyWriter, v: Value) -> Node:
    readers = [u for u in w.program.values if v in u.args]
    a = v.args[0]
    triangle = {"lower": Word(bool(a.facts & Fact.LOWER_TRIANGULAR))} if a.facts & _TRIANGULAR else {}
    if readers and v not in w.program.outputs and all(u.op.is_singular for u in readers):
        # A singular matrix has a determinant, though nothing else of this.
        name = "lu_of_triangular_or_singular" if triangle else "lu_or_singular"
        return call(w.own(LINEAR_ALGEBRA, name), w(a), **triangle)
    if triangle:
        return call(w.own(LINEAR_ALGEBRA, "lu_of_triangular"), w(a), name_of(w, a), **triangle)
    return _factorised(w, "symmetric_factors" if _tries_cholesky(w, v) else "lu", v.args[0])


def _tries_cholesky(w: NumpyWriter, factor: Value) -> bool:
    """Whether a symmetric matrix is factorised by Cholesky where that is possible: all readers must know."""
    readers = (ir.SOLVE_LU, ir.INVERSE_LU, ir.LOG_DET_LU)
    return (
        factor.op is ir.LU_FACTOR
        and factor.args[0].symmetric
        and not factor.args[0].facts & _TRIANGULAR
        and factor not in w.program.outputs
        and all(u.op in readers for u in w.program.values if factor in u.args)
    )


def _of_factors(w: NumpyWriter, factor: Value, symmetric: str, general: str) -> Node:
    return w.own(LINEAR_ALGEBRA, symmetric if _tries_cholesky(w, factor) else general)


@writes(ir.LOG_DET_LU)
def _log_det_lu(w: NumpyWriter, v: Value) -> Node:
    factor = v.args[0]
    return call(
        _of_factors(w, factor, "symmetric_log_det", "lu_log_det"), w(factor), name_of(w, factor.args[0])
    )


@writes(ir.SOLVE_LU, layout=layouts.by_columns)
def _solve_lu(w: NumpyWriter, v: Value) -> Node:
    flipped = {"transposed": Word(True)} if v.params[0] and not _tries_cholesky(w, v.args[0]) else {}
    return call(_of_factors(w, v.args[0], "symmetric_solve", "lu_solve"), *w.all(v.args), **flipped)


@writes(ir.INVERSE_LU)
def _inverse_lu(w: NumpyWriter, v: Value) -> Node:
    return call(_of_factors(w, v.args[0], "symmetric_inverse", "lu_inverse"), w(v.args[0]))


@writes(ir.INVERSE_TRIANGULAR)
def _inverse_triangular(w: NumpyWriter, v: Value) -> Node:
    a = v.args[0]
    return call(w.own(LINEAR_ALGEBRA, "triangular_inverse"), w(a), name_of(w, a), lower=Word(v.params[0]))


@writes(ir.SOLVE_TRIANGULAR, layout=layouts.by_columns)
def _solve_triangular(w: NumpyWriter, v: Value) -> Node:
    a, b = v.args
    lower, transposed = v.params
    flipped = {"transposed": Word(True)} if transposed else {}
    solve = w.own(LINEAR_ALGEBRA, "triangular_solve")
    return call(solve, w(a), w(b), name_of(w, a), lower=Word(lower), **flipped)


writes(ir.SOLVE_CHOLESKY, layout=layouts.by_columns)(calling(LINEAR_ALGEBRA, "cholesky_solve"))
writes(ir.INVERSE_CHOLESKY)(calling(LINEAR_ALGEBRA, "cholesky_inverse"))
writes(ir.LOG_DET_CHOLESKY)(calling(LINEAR_ALGEBRA, "cholesky_log_det"))
writes(ir.DET_CHOLESKY)(calling(LINEAR_ALGEBRA, "cholesky_det"))
writes(ir.DET_LU)(calling(LINEAR_ALGEBRA, "lu_det"))
writes(ir.ADJUGATE)(calling(LINEAR_ALGEBRA, "lu_adjugate"))
writes(ir.DET_HESSIAN)(calling(LINEAR_ALGEBRA, "lu_det_hessian"))


@writes(ir.LOW_RANK_FACTOR)
def _low_rank_factor(w: NumpyWriter, v: Value) -> Node:
    d, u, *others = v.args
    uniform, definite = v.params
    options: dict[str, Node] = {"v": two_axes(w, others[0])} if others else {}
    if uniform and not others and u.op is ir.MATMUL and u.args[1].op is ir.CHOLESKY and w.is_inside(u):
        # The columns that a covariance makes are as many as the data, and seldom wanted themselves.
        u, root = u.args
        options["root"] = w(root)
    options |= {key: Word(True) for key, holds in (("uniform", uniform), ("definite", definite)) if holds}
    return call(w.own(LOW_RANK, "low_rank"), w(d), two_axes(w, u), name_of(w, v), **options)


@writes(ir.SOLVE_LOW_RANK)
def _solve_low_rank(w: NumpyWriter, v: Value) -> Node:
    own, transposed = v.params
    flipped = {"transposed": Word(True)} if transposed else {}
    if own:
        node = call(w.own(LOW_RANK, "low_rank_solve_own"), w(v.args[0]), **flipped)
        return node if v.kind == "matrix" else index(node, Slice(), Number(0))
    return call(w.own(LOW_RANK, "low_rank_solve"), *w.all(v.args), **flipped)


@writes(ir.OF_LOW_RANK)
def _of_low_rank(w: NumpyWriter, v: Value) -> Node:
    factor, *others = v.args
    matrices = [two_axes(w, a) for a in others]
    return _shaped_inner(w, v, call(w.own(LOW_RANK, f"low_rank_{v.params[0]}"), w(factor), *matrices))


def _shaped_inner(w: NumpyWriter, v: Value, node: Node) -> Node:
    """UᵀA⁻¹U as NumPy code holds it: a number for one column."""
    return _shaped(w, v, node) if v.params[0] == "inner" else node


@writes(ir.LOG_DET_LOW_RANK)
def _log_det_low_rank(w: NumpyWriter, v: Value) -> Node:
    return call(w.own(LOW_RANK, "low_rank_log_det"), w(v.args[0]), name_of(w, v.args[0]))


@writes(ir.LOG_DET_KRONECKER)
def _log_det_kronecker(w: NumpyWriter, v: Value) -> Node:
    name = String(" ⊗ ".join(w.plain.of(arg) for arg in v.args))
    return call(w.own(LOW_RANK, "kronecker_log_det"), *w.all(v.args), name)


writes(ir.INVERSE_KRONECKER)(calling(LOW_RANK, "kronecker_inverse"))
writes(ir.INVERSE_LOW_RANK)(calling(LOW_RANK, "low_rank_inverse"))
writes(ir.INVERSE_DIAGONAL_LOW_RANK)(calling(LOW_RANK, "low_rank_inverse_diagonal"))


def _naming(name: str) -> Entry:
    """Write a call of a function that says in its messages what its first operand is."""
    return lambda w, v: call(w.own(MATRIX_FUNCTIONS, name), *w.arguments_of(v), name_of(w, v.args[0]))


writes(ir.MATRIX_POWER_BY)(_naming("matrix_power"))
writes(ir.EXPM)(_naming("expm"))
writes(ir.LOGM)(_naming("logm"))
writes(ir.SQRTM)(_naming("sqrtm"))
writes(ir.SYLVESTER)(_naming("sylvester"))
writes(ir.STEIN)(_naming("stein"))


@writes(ir.SYLVESTER_FACTORS)
def _sylvester_factors(w: NumpyWriter, v: Value) -> Node:
    return call(w.own(MATRIX_FUNCTIONS, "sylvester_factors"), *w.all(v.args), name_of(w, v.args[0]))


@writes(ir.SOLVE_SYLVESTER)
def _solve_sylvester(w: NumpyWriter, v: Value) -> Node:
    adjoint = {"adjoint": Word(True)} if v.params[0] else {}
    return call(w.own(MATRIX_FUNCTIONS, "solve_sylvester"), *w.all(v.args), **adjoint)


@writes(ir.EIGH)
def _eigh(w: NumpyWriter, v: Value) -> Node:
    name = "eigh_of_any_signs" if v.params else "eigh"
    return call(w.own(MATRIX_FUNCTIONS, name), w(v.args[0]), name_of(w, v.args[0]))


@writes(ir.EXPM_STEPS)
def _expm_steps(w: NumpyWriter, v: Value) -> Node:
    return call(w.own(EXPONENTIALS, "expm_steps"), w(v.args[0]), name_of(w, v.args[0]))


writes(ir.EXPM_OF_STEPS)(calling(EXPONENTIALS, "expm_of_steps"))
writes(ir.FRECHET_EXPM)(calling(EXPONENTIALS, "frechet_expm"))


@writes(ir.EQUATION_FACTORS)
def _equation_factors(w: NumpyWriter, v: Value) -> Node:
    if v.params[0] == 2 and len(v.args) == 4 and v.args[1].op is v.args[2].op is ir.EYE:
        a, b = two_axes(w, v.args[0]), two_axes(w, v.args[3])
        return call(w.own(MATRIX_FUNCTIONS, "sylvester_system"), a, b)
    coefficients = [two_axes(w, a) for a in v.args]
    return call(w.own(MATRIX_FUNCTIONS, "equation_factors"), Number(v.params[0]), *coefficients)


@writes(ir.SOLVE_EQUATION)
def _solve_equation(w: NumpyWriter, v: Value) -> Node:
    factors, c = v.args
    adjoint = {"adjoint": Word(True)} if v.params[0] else {}
    return _shaped(
        w, v, call(w.own(MATRIX_FUNCTIONS, "solve_equation"), w(factors), two_axes(w, c), **adjoint)
    )


@writes(ir.RICCATI)
def _riccati(w: NumpyWriter, v: Value) -> Node:
    operands = [two_axes(w, a) for a in v.args]
    return _shaped(w, v, call(w.own(MATRIX_FUNCTIONS, "riccati"), *operands, discrete=Word(v.params[0])))


def _shaped(w: NumpyWriter, v: Value, node: Node) -> Node:
    """An array with two axes as NumPy code holds a value."""
    if v.kind == "matrix":
        return node
    if v.kind == "scalar":
        return Index(node, (Number(0), Number(0)))
    return Index(node, (Slice(), Number(0)) if v.columns == 1 else (Number(0), Slice()))


@writes(ir.PINV)
def _pinv(w: NumpyWriter, v: Value) -> Node:
    nullity = {"nullity": Number(v.params[0])} if v.params[0] else {}
    return call(w.own(MATRIX_FUNCTIONS, "pinv"), w(v.args[0]), **nullity)


@writes(ir.MATRIX_POWER)
def _matrix_power(w: NumpyWriter, v: Value) -> Node:
    return w.np("linalg.matrix_power", w(v.args[0]), Number(v.params[0]))


@writes(ir.SVD)
def _svd(w: NumpyWriter, v: Value) -> Node:
    return call(w.own(MATRIX_FUNCTIONS, "svd"), two_axes(w, v.args[0]))


@writes(ir.ITEM)
def _item(w: NumpyWriter, v: Value) -> Node:
    place = index(w(v.args[0]), Number(v.params[0]))
    if v.args[0].op is ir.SVD and v.kind != "matrix":
        # The singular vectors are columns of arrays with two axes, the singular values have one.
        if v.params[0] == 1:
            return place if v.kind == "vector" else index(place, Number(0))
        return Index(place, (Slice() if v.kind == "vector" else Number(0), Number(0)))
    return place


@writes(ir.REQUIRE_GAPS, ir.REQUIRE_NONZERO)
def _require(w: NumpyWriter, v: Value) -> Steps:
    a, column = v.args
    source = column.args[0] if column.op is ir.ITEM else column
    what = name_of(w, source.args[0] if source.args else source)
    only = [Word(None) if p is None else Number(p) for p in v.params]
    held = call(w.own(MATRIX_FUNCTIONS, v.op.name), w.argument(column), what, *only)
    node = w(a)
    return Steps(lambda out: [Do(held), assign(out, node)])


@writes(ir.CALL, ir.CALL_EACH)
def _call(w: NumpyWriter, v: Value) -> Node:
    return call(Name(w.called[v.params[0]]), *w.arguments_of(v))
