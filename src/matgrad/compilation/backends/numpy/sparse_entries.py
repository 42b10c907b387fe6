"""How primitives are written on SciPy's sparse arrays and linear operators."""

from __future__ import annotations

from matgrad.compilation.backends.base.table import Entry
from matgrad.compilation.backends.base.tree import (
    Attribute,
    Grouped,
    Listed,
    Name,
    Node,
    Number,
    String,
    Transposed,
    Word,
    call,
    entrywise as joined,
    method,
    negative,
    product,
    times,
)
from matgrad.compilation.backends.base.writer import total
from matgrad.compilation.backends.numpy.calls import name_of, turned
from matgrad.compilation.backends.numpy.entrywise import SPECIAL, UFUNCS, combination
from matgrad.compilation.backends.numpy.table import SPARSE
from matgrad.compilation.backends.numpy.writer import SPARSE_ARRAYS, NumpyWriter
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.numbers import Scalar, magnitude
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.sparse_rules import is_operator, is_sparse

writes = SPARSE.writes

SCIPY = "scipy.sparse"


def _own(w: NumpyWriter, name: str) -> Name:
    """A function for sparse arrays, under a name that says so."""
    return w.own(SPARSE_ARRAYS, name)


def _calling(name: str) -> Entry:
    return lambda w, v: call(_own(w, name), *w.all(v.args))


def _method(name: str, **named: int) -> Entry:
    return lambda w, v: method(w(v.args[0]), name, **{key: Number(n) for key, n in named.items()})


@writes(ir.INPUT)
def _input(w: NumpyWriter, v: Value) -> Node:
    return Name(w.names[v])


@writes(ir.TRANSPOSE)
def _transpose(w: NumpyWriter, v: Value) -> Node:
    return Transposed(w(v.args[0]))


@writes(ir.SCALE)
def _scale(w: NumpyWriter, v: Value) -> Node:
    c = v.params[0]
    return negative(w(v.args[0])) if c == -1 else times(Number(c), w(v.args[0]))


@writes(ir.SCALAR_TIMES)
def _scalar_times(w: NumpyWriter, v: Value) -> Node:
    return times(w(v.args[1]), w(v.args[0]))


@writes(ir.SUM)
def _sum(w: NumpyWriter, v: Value) -> Node:
    terms = list(zip(v.params, v.args, strict=True))
    if v.stored is not None:
        if all(is_sparse(a) for _, a in terms):
            parts = [Grouped((Number(c), w(a))) for c, a in terms]
            return call(_own(w, "combination"), *parts)
        return total([c for c, _ in terms], [_sparse_term(w, a) for _, a in terms])
    dense: list[tuple[Scalar, Value]] = [(c, a) for c, a in terms if a.stored is None]
    made = combination(w, dense)
    for c, a in terms:
        if a.stored is not None:
            size = magnitude(c)
            node = w(a) if size == 1 else times(Number(size), w(a))
            made = joined("-" if c < 0 else "+", made, node)
    return made


def _sparse_term(w: NumpyWriter, a: Value) -> Node:
    """A term of a sparse sum."""
    if a.op is ir.EYE:
        return call(w.own(SCIPY, "eye_array"), w.size(a.rows), format=String("csr"), **w.typed)
    if a.op is ir.DIAG:
        return call(_own(w, "diagonal_matrix"), w.argument(a.args[0]))
    return w(a)


@writes(ir.MATMUL)
def _matmul(w: NumpyWriter, v: Value) -> Node:
    a, b = v.args
    if is_operator(a):
        adjoint = a.op is ir.TRANSPOSE
        forward, backward = ("matvec", "rmatvec") if b.kind == "vector" else ("matmat", "rmatmat")
        name = backward if adjoint else forward
        return method(w(a.args[0] if adjoint else a), name, w(b))
    if is_operator(b):
        adjoint = b.op is ir.TRANSPOSE
        name = "matmat" if adjoint else "rmatmat"
        return Transposed(method(w(b.args[0] if adjoint else b), name, turned(w, a)))
    return product(w(a), w(b))


@writes(ir.GRAM)
def _gram(w: NumpyWriter, v: Value) -> Node:
    a = v.args[0]
    return product(turned(w, a), w(a))


@writes(ir.WEIGHTED_GRAM)
def _weighted_gram(w: NumpyWriter, v: Value) -> Node:
    a, d = v.args
    return product(turned(w, a), call(_own(w, "scaled_rows"), w(d), w(a)))


@writes(ir.KRON)
def _kron(w: NumpyWriter, v: Value) -> Node:
    factors = [_sparse_term(w, a) for a in v.args]
    return call(w.own(SCIPY, "kron"), *factors, format=String("csr"))


writes(ir.PLACES)(_calling("places_of"))


@writes(ir.FUNCTION_IN_PLACES)
def _function_in_places(w: NumpyWriter, v: Value) -> Node:
    kind, parameter = v.params
    mask, argument = w.all(v.args)
    if kind == "apply":
        return call(_own(w, "function_in_places"), mask, argument, _function(w, parameter))
    name = "power_in_places" if kind == "power" else "xlogy_in_places"
    return call(_own(w, name), mask, argument, Number(parameter))


@writes(ir.SQUARES_OF_DIFFERENCE)
def _squares_of_difference(w: NumpyWriter, v: Value) -> Node:
    c, d = v.params
    x, *others = w.all(v.args)
    return call(_own(w, "squares_of_difference"), Number(c), x, Number(d), *others)


writes(ir.SAMPLED_PRODUCT)(_calling("sampled_product"))
writes(ir.SCALE_ROWS)(_calling("scaled_rows"))
writes(ir.SCALE_COLUMNS)(_calling("scaled_columns"))
writes(ir.HADAMARD)(
    lambda w, v: call(
        _own(w, "hadamard"),
        *w.all(sorted(v.args, key=lambda a: a.stored is None)),
    )
)


@writes(ir.POWER)
def _power(w: NumpyWriter, v: Value) -> Node:
    return method(w(v.args[0]), "power", Number(v.params[0]))


@writes(ir.APPLY)
def _apply(w: NumpyWriter, v: Value) -> Node:
    return call(_own(w, "of_entries"), _function(w, v.params[0]), w(v.args[0]))


def _function(w: NumpyWriter, name: str) -> Node:
    """A function of every entry, by its name."""
    if name in ("relu", "softplus"):
        return _own(w, name)
    if name in SPECIAL:
        return w.own("scipy.special", SPECIAL[name])
    return Attribute(w.library, UFUNCS[name])


writes(ir.TOTAL)(_method("sum"))
writes(ir.ROW_SUMS)(_calling("row_sums"))
writes(ir.COLUMN_SUMS)(lambda w, v: call(_own(w, "row_sums"), Transposed(w(v.args[0]))))
writes(ir.TRACE)(_method("trace"))
writes(ir.DIAGONAL)(_method("diagonal"))
writes(ir.FILLED_IN)(_method("toarray"))
writes(ir.INNER)(_calling("inner"))
writes(ir.ROW_INNER)(_calling("row_inner"))


@writes(ir.NORMS)
def _norms(w: NumpyWriter, v: Value) -> Node:
    a = w(v.args[0])
    if v.params[0]:
        return call(w.own("scipy.sparse.linalg", "norm"), a, axis=Number(1))
    return call(w.own("matgrad.compilation.backends.numpy.matrix_functions", "norm"), _entries(w, a))


def _entries(w: NumpyWriter, a: Node) -> Node:
    return call(_own(w, "entries_of"), a)


@writes(ir.PART)
def _part(w: NumpyWriter, v: Value) -> Node:
    name = "block" if v.kind == "matrix" else "line"
    return call(_own(w, name), w(v.args[0]), *map(w.size, v.params))


@writes(ir.TRIL)
def _tril(w: NumpyWriter, v: Value) -> Node:
    strict, upper = v.params
    place = {"k": Number(1 if upper else -1)} if strict else {}
    name = "triu" if upper else "tril"
    return call(w.own(SCIPY, name), w(v.args[0]), format=String("csr"), **place)


@writes(ir.GRID)
def _grid(w: NumpyWriter, v: Value) -> Node:
    wide = v.params[0]
    blocks = [_block(w, a) for a in v.args]
    lines = [Listed(tuple(blocks[i : i + wide])) for i in range(0, len(blocks), wide)]
    return call(w.own(SCIPY, "block_array"), Listed(tuple(lines)), format=String("csr"))


def _block(w: NumpyWriter, a: Value) -> Node:
    if a.op is ir.ZEROS:
        return call(w.own(SCIPY, "csr_array"), Grouped(tuple(w.shape(a))), **w.typed)
    return _sparse_term(w, a)


# ---- factorisations --------------------------------------------------------------------------------


def _factorised(name: str) -> Entry:
    return lambda w, v: call(_own(w, name), w(v.args[0]), name_of(w, v.args[0]))


writes(ir.CHOLESKY_FACTOR)(_factorised("cholesky"))
writes(ir.SOLVE_CHOLESKY)(_calling("solve"))
writes(ir.INVERSE_CHOLESKY, ir.INVERSE_LU)(_calling("inverse"))
writes(ir.LOG_DET_CHOLESKY)(_calling("cholesky_log_det"))
writes(ir.DET_CHOLESKY)(_calling("cholesky_det"))
writes(ir.DET_LU)(_calling("lu_det"))


@writes(ir.LU_FACTOR)
def _lu_factor(w: NumpyWriter, v: Value) -> Node:
    readers = [u for u in w.program.values if v in u.args]
    if readers and v not in w.program.outputs and all(u.op.is_singular for u in readers):
        return call(_own(w, "lu_or_singular"), w(v.args[0]))
    return _factorised("lu")(w, v)  # type: ignore[no-any-return]


@writes(ir.LOG_DET_LU)
def _log_det_lu(w: NumpyWriter, v: Value) -> Node:
    factor = v.args[0]
    return call(_own(w, "lu_log_det"), w(factor), name_of(w, factor.args[0]))


@writes(ir.SOLVE_LU)
def _solve_lu(w: NumpyWriter, v: Value) -> Node:
    flipped = {"transposed": Word(True)} if v.params[0] else {}
    return call(_own(w, "solve"), *w.all(v.args), **flipped)


@writes(ir.SOLVE_TRIANGULAR)
def _solve_triangular(w: NumpyWriter, v: Value) -> Node:
    a, b = v.args
    lower, transposed = v.params
    flipped = {"transposed": Word(True)} if transposed else {}
    return call(_own(w, "triangular_solve"), w(a), w(b), name_of(w, a), lower=Word(lower), **flipped)
