"""How products are written in NumPy."""

from __future__ import annotations

from collections.abc import Callable

from matgrad.compilation.backends.base.arrays import ALL, NEW, as_column, flattened
from matgrad.compilation.backends.base.tree import (
    Grouped,
    Index,
    Listed,
    Name,
    Node,
    Number,
    Slice,
    Statement,
    String,
    Transposed,
    Update,
    Word,
    assign,
    call,
    index,
    method,
    product,
    times,
)
from matgrad.compilation.backends.base.writer import Steps
from matgrad.compilation.backends.numpy import layouts
from matgrad.compilation.backends.numpy.calls import LINEAR_ALGEBRA, SMALL, multiplied, turned, two_axes
from matgrad.compilation.backends.numpy.layouts import Layouts
from matgrad.compilation.backends.numpy.table import writes
from matgrad.compilation.backends.numpy.writer import NumpyWriter
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.numbers import Scalar, magnitude
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.sizes import plain
from matgrad.core.facts import Fact

TRIANGULAR = 48
"""From this order on BLAS is worth calling for half the work of a triangular product."""

SYMMETRIC = 256
"""From this order on a matrix is worth reading by half for a product with a vector."""

THIN = 4
"""How many times as many columns as rows make a product a thin one."""

LARGE = 100_000
"""Products of more multiplications are worth a look at the signs of their weights."""

_TRIANGULAR = Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR


def _matmul_layout(known: Layouts, v: Value) -> str:
    return "F" if is_thin(v) else "C"


@writes(ir.MATMUL, layout=_matmul_layout)
def _matmul(w: NumpyWriter, v: Value) -> Node:
    a, b = v.args
    if a.columns == 1:
        return times(as_column(w(a)), w(b))
    if v.kind == "matrix" and a.facts & _TRIANGULAR and plain(a.rows) >= TRIANGULAR:
        lower = Word(bool(a.facts & Fact.LOWER_TRIANGULAR))
        return call(w.own(LINEAR_ALGEBRA, "triangular_product"), w(a), w(b), lower=lower)
    if v.kind == "matrix" and b.facts & _TRIANGULAR and plain(b.rows) >= TRIANGULAR and not is_thin(v):
        lower = Word(bool(b.facts & Fact.LOWER_TRIANGULAR))
        return call(w.own(LINEAR_ALGEBRA, "product_with_triangular"), w(a), w(b), lower=lower)
    if b.columns == 1 and a.facts & Fact.SYMMETRIC and plain(a.rows) >= SYMMETRIC:
        return call(w.own(LINEAR_ALGEBRA, "symmetric_times_vector"), w(a), w(b))
    if is_thin(v):
        return Transposed(product(turned(w, b), turned(w, a)))
    return multiplied(w, w(a), w(b), _size(v))


@writes(ir.PERMUTED)
def _permuted(w: NumpyWriter, v: Value) -> Node:
    p, b = v.args
    turned, behind = v.params
    # Columns of B P come in the order in which rows of Pᵀ B would.
    inverted = {"inverted": Word(True)} if turned != behind else {}
    order = call(w.own(LINEAR_ALGEBRA, "order_of"), w(p), **inverted)
    return index(w(b), ALL, order) if behind else index(w(b), order)


def _size(v: Value) -> int:
    """How many multiplications a product takes."""
    a, b = v.args
    return plain(a.rows * a.columns * b.columns)


def is_thin(v: Value) -> bool:
    """Whether a product has few rows: as the transpose of a product with few columns it is faster."""
    a, b = v.args
    few = THIN * a.rows <= b.columns
    return v.kind == "matrix" and plain(a.columns) > 1 and _size(v) > SMALL and few


@writes(ir.GRAM, layout=layouts.by_rows)
def _gram(w: NumpyWriter, v: Value) -> Node:
    a = v.args[0]
    return multiplied(w, turned(w, a), w(a), plain(a.rows * a.columns**2))


@writes(ir.WEIGHTED_GRAM, layout=layouts.by_rows)
def _weighted_gram(w: NumpyWriter, v: Value) -> Node:
    a, d = v.args
    if plain(a.rows * a.columns**2) > LARGE:
        return call(w.own(LINEAR_ALGEBRA, "weighted_gram"), w(a), w(d))
    return method(times(turned(w, a), w(d)), "dot", w(a))


@writes(ir.KRON, layout=layouts.by_rows)
def _kron(w: NumpyWriter, v: Value) -> Node | Steps:
    a, b = v.args
    if v.kind == "vector":
        return flattened(w.np("multiply.outer", w(a), w(b)))
    shape = tuple(w.shape(v))
    if a.op is ir.EYE or b.op is ir.EYE:
        return _kron_with_eye(w, v, shape)
    left = {
        "matrix": (ALL, NEW, ALL, NEW),
        "vector": (ALL, NEW, NEW, NEW) if a.columns == 1 else (ALL, NEW),
    }[a.kind]
    right = w(b)
    if b.kind == "matrix":
        right = Index(right, (ALL, NEW, ALL))
    elif b.columns == 1:
        right = Index(right, (ALL, NEW, NEW))
    return method(times(Index(w(a), left), right), "reshape", *shape)


def _kron_with_eye(w: NumpyWriter, v: Value, shape: tuple[Node, ...]) -> Steps:
    """A view of zeros whose blocks on the diagonal are filled."""
    a, b = v.args
    sizes = Grouped(tuple(map(w.size, (a.rows, b.rows, a.columns, b.columns))))
    zeros = w.np("zeros", sizes, **w.typed)
    which, inner = ("iaib->iab", b) if a.op is ir.EYE else ("aibi->iab", a)
    blocks = two_axes(w, inner)

    def lines(out: Name) -> list[Statement]:
        filled = index(w.np("einsum", String(which), out), Slice())
        return [assign(out, zeros), assign(filled, blocks), assign(out, method(out, "reshape", *shape))]

    return Steps(lines)


@writes(ir.KRON_APPLY)
def _kron_apply(w: NumpyWriter, v: Value) -> Node:
    a, b, m = v.args
    node: Node = method(w(m), "reshape", *map(w.size, (a.columns, b.columns, m.columns)))
    if b.op is not ir.EYE:
        node = product(two_axes(w, b), node)
    if a.op is not ir.EYE:
        flat = method(node, "reshape", w.size(a.columns), w.size(b.rows * m.columns))
        node = product(two_axes(w, a), flat)
    return method(node, "reshape", *w.shape(v))


@writes(ir.KRON_COMBINATION)
def _kron_combination(w: NumpyWriter, v: Value) -> Node:
    terms = []
    for i, (c, commuted) in enumerate(v.params):
        pair = [Word(None) if x.op is ir.EYE else two_axes(w, x) for x in v.args[2 * i : 2 * i + 2]]
        terms.append(Grouped((Number(c), *pair, Word(commuted))))
    a, b = v.args[:2]
    columns = (b.columns, a.columns) if v.params[0][1] else (a.columns, b.columns)
    shape = Grouped(tuple(map(w.size, (a.rows, b.rows, *columns))))
    return call(w.own(LINEAR_ALGEBRA, "kron_combination"), shape, Listed(tuple(terms)), w.type)


@writes(ir.FACE_SPLIT)
def _face_split(w: NumpyWriter, v: Value) -> Node:
    p, x = w.all(v.args)
    return method(times(Index(p, (ALL, ALL, NEW)), Index(x, (ALL, NEW))), "reshape", *w.shape(v))


@writes(ir.BLOCK_PRODUCTS)
def _block_products(w: NumpyWriter, v: Value) -> Steps:
    zeros = w.np("zeros", Grouped(tuple(w.shape(v))), **w.typed)
    step = blocks_step(w, v, 1, "")
    return Steps(lambda out: [assign(out, zeros), step(out)])


def blocks_step(w: NumpyWriter, v: Value, c: Scalar, sign: str | None = None) -> Callable[[Name], Statement]:
    """The line that adds the diagonal blocks of a value to a matrix, or sets them."""
    x, spread = v.args
    k = v.params[0]
    p, q = x.columns, spread.columns // k
    whole = product(turned(w, x), w(spread))
    blocks: Node = method(
        method(whole, "reshape", w.size(p), w.size(k), w.size(q)), "swapaxes", Number(0), Number(1)
    )
    size = magnitude(c)
    made = blocks if size == 1 else times(Number(size), blocks)
    view = w.own(LINEAR_ALGEBRA, "diagonal_blocks_of")

    def line(out: Name) -> Statement:
        target = index(call(view, out, w.size(k)), Slice())
        if sign == "":
            return assign(target, made)
        return Update(target, "-" if c < 0 else "+", made)

    return line
