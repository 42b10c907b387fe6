"""How leaves and what is computed entry by entry are written in NumPy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from matgrad.compilation.backends.base.arrays import as_column
from matgrad.compilation.backends.base.tree import (
    Index,
    Listed,
    Name,
    Node,
    Number,
    Slice,
    Statement,
    Update,
    assign,
    call,
    entrywise as joined,
    index,
    method,
    negative,
    over,
    power,
    times,
)
from matgrad.compilation.backends.base.writer import Steps, is_constant
from matgrad.compilation.backends.numpy import layouts
from matgrad.compilation.backends.numpy.calls import (
    LINEAR_ALGEBRA,
    MATRIX_FUNCTIONS,
    calling,
    calling_numpy,
    places_of,
    shape_of,
)
from matgrad.compilation.backends.numpy.products import blocks_step
from matgrad.compilation.backends.numpy.table import writes
from matgrad.compilation.backends.numpy.writer import NumpyWriter
from matgrad.compilation.ir import primitives as ir
from matgrad.compilation.ir.numbers import Scalar, magnitude, nearest
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.sizes import plain

TURNED = 48
"""From this order on adding a matrix to its transpose is worth a function of its own."""

MANY = 256
"""From so many entries on several fast functions are faster than a slow one."""

UFUNCS = {
    "exp": "exp", "log": "log", "log1p": "log1p", "expm1": "expm1", "sqrt": "sqrt",
    "sin": "sin", "cos": "cos", "tan": "tan", "asin": "arcsin", "acos": "arccos",
    "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
    "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "sign": "sign",
    "absolute": "abs",
}  # fmt: skip

SPECIAL = {"sigmoid": "expit", "erf": "erf", "lgamma": "gammaln", "gamma": "gamma"}
"""Functions of every entry that SciPy has."""

Term = tuple[Scalar, Value]

# ---- leaves ----------------------------------------------------------------------------------------


@writes(ir.INPUT)
def _input(w: NumpyWriter, v: Value) -> Node:
    return Name(w.names[v])


@writes(ir.ZEROS)
def _zeros(w: NumpyWriter, v: Value) -> Node:
    return w.np("zeros", shape_of(w, v), **w.typed)


@writes(ir.ONES)
def _ones(w: NumpyWriter, v: Value) -> Node:
    return w.np("ones", shape_of(w, v), **w.typed)


@writes(ir.EYE)
def _eye(w: NumpyWriter, v: Value) -> Node:
    return w.np("eye", w.size(v.rows), **w.typed)


@writes(ir.CONSTANT)
def _constant(w: NumpyWriter, v: Value) -> Node:
    rows = [[Number(float(nearest(x))) for x in row] for row in v.params[0]]
    entries = [x for row in rows for x in row] if v.kind == "vector" else [Listed(tuple(row)) for row in rows]
    return w.constant(w.np("array", Listed(tuple(entries)), **w.typed))


@writes(ir.UNIT)
def _unit(w: NumpyWriter, v: Value) -> Steps:
    zeros = w.np("zeros", w.size(v.rows), **w.typed)
    place = w.size(v.params[0])
    return Steps(lambda out: [assign(out, zeros), assign(index(out, place), Number(1))])


@writes(ir.SELECTION)
def _selection(w: NumpyWriter, v: Value) -> Steps:
    zeros = w.np("zeros", shape_of(w, v), **w.typed)
    places = (w.np("arange", w.size(v.rows)), places_of(w, v))
    return Steps(lambda out: [assign(out, zeros), assign(Index(out, places), Number(1))])


# ---- sums ------------------------------------------------------------------------------------------


@writes(ir.SUM, layout=layouts.as_operands)
def _sum(w: NumpyWriter, v: Value) -> Node | Steps:
    terms: list[Term] = list(zip(v.params, v.args, strict=True))
    terms.sort(key=_order_of_terms)
    if v.kind == "matrix" and len(terms) == 2 and terms[0][0] == terms[1][0] == 1:
        for (_, a), (_, b) in (terms, terms[::-1]):
            if b.op is ir.TRANSPOSE and b.args[0] is a and plain(a.rows) >= TURNED:
                return call(w.own(LINEAR_ALGEBRA, "plus_transpose"), w(a))
    on_diagonal = [(c, a) for c, a in terms if a.op.is_on_diagonal]
    rest = [(c, a) for c, a in terms if not a.op.is_on_diagonal]
    if v.kind == "matrix" and on_diagonal and rest:
        return _with_diagonal(w, v, rest, on_diagonal)
    for c, a in sorted(rest, key=lambda term: abs(term[0]) != 1):
        taken = w.reuse(v, a) if v.kind == "matrix" and not a.op.is_spread and len(rest) > 1 else None
        if taken is not None:
            return _in_place(w, taken, c, [term for term in rest if term[1] is not a])
    return _combination(w, terms, _fills(v, rest))


def _order_of_terms(term: Term) -> tuple[bool, bool]:
    """What is added before what is taken away, and arrays before what is spread over them."""
    return term[0] < 0, term[1].op.is_spread


def combination(w: NumpyWriter, terms: Sequence[Term]) -> Node:
    """A sum of terms of which one has the shape of the whole."""
    return _combination(w, sorted(terms, key=_order_of_terms), True)


def _fills(v: Value, terms: Sequence[Term]) -> bool:
    """Whether one of the terms has the shape of the sum, so that numbers may be spread over it."""
    return any(not (is_constant(a) or (a.op.is_spread and v.kind == "matrix")) for _, a in terms)


def _in_place(w: NumpyWriter, taken: Node, c: Scalar, others: Sequence[Term]) -> Steps:
    """Multiply an array by a number and add to it."""
    added = [(d, _term(w, magnitude(d), a, spread=True)) for d, a in others]

    if c == -1 and others[0][0] > 0:
        (_, first), *added = added
        made: Node = w.np("subtract", first, taken, out=taken)
    else:
        made = taken if c == 1 else _scaled_in_place(w, taken, c)
    updates = [("-" if d < 0 else "+", node) for d, node in added]
    return _made_in_place(made, updates)


def _scaled_in_place(w: NumpyWriter, taken: Node, c: Scalar) -> Node:
    if c == -1:
        return w.np("negative", taken, out=taken)
    return w.np("multiply", taken, Number(c), out=taken)


def _combination(w: NumpyWriter, terms: Sequence[Term], full: bool) -> Node:
    both = {a.op for _, a in terms} >= {ir.BROADCAST_ROW, ir.BROADCAST_COLUMN}
    total: Node | None = None
    for c, a in terms:
        node = _term(w, magnitude(c), a, spread=full or both)
        if total is None:
            total = negative(node) if c < 0 else node
        else:
            total = joined("-" if c < 0 else "+", total, node)
    assert total is not None
    return total


def _term(w: NumpyWriter, size: Scalar, a: Value, *, spread: bool) -> Node:
    if a.op is ir.NUMBER:
        return Number(size * a.params[0])
    if a.op is ir.ONES and spread:
        return Number(size)
    if spread and a.op is ir.SCALAR_TIMES and is_constant(a):
        a = a.args[0]
    if spread and a.op in (ir.BROADCAST_COLUMN, ir.BROADCAST_ROW):
        inner = w(a.args[0])
        node: Node = as_column(inner) if a.op is ir.BROADCAST_COLUMN else inner
    else:
        node = w(a)
    return node if size == 1 else times(Number(size), node)


def _with_diagonal(w: NumpyWriter, v: Value, rest: Sequence[Term], on_diagonal: Sequence[Term]) -> Steps:
    """Add to the diagonal of a matrix that is made first."""
    for _, a in on_diagonal:
        if a.op is ir.DIAG and any(arg is x for _, x in rest for arg in a.args[0].args):
            w.held(a.args[0])  # As sums of the matrix, which is then free to be written to.
    first = _owned(w, v, rest[0][1]) if len(rest) == 1 and rest[0][0] == 1 else None
    if first is None:
        first = _combination(w, rest, _fills(v, rest))
    made = first
    steps = []
    for c, a in on_diagonal:
        if a.op is ir.BLOCK_PRODUCTS:
            steps.append(blocks_step(w, a, c))
            continue
        what = Number(magnitude(c)) if a.op is ir.EYE else _term(w, magnitude(c), a.args[0], spread=True)
        steps.append(_diagonal_step(w, c, what))
    return Steps(lambda out: [assign(out, made), *(step(out) for step in steps)])


def _diagonal_step(w: NumpyWriter, c: Scalar, what: Node) -> Callable[[Name], Statement]:
    view = w.own(LINEAR_ALGEBRA, "diagonal_of")
    return lambda out: Update(index(call(view, out), Slice()), "-" if c < 0 else "+", what)


def _owned(w: NumpyWriter, v: Value, a: Value) -> Node:
    """An operand as an array that is written to: its own, where nothing else reads that, or a copy."""
    node = w(a)
    if a.op.allocates and a not in w.names:
        return node  # Made inside this line.
    return w.overwritten(v, a) or method(node, "copy")


# ---- products and powers ---------------------------------------------------------------------------


@writes(ir.SCALE, layout=layouts.as_operands)
def _scale(w: NumpyWriter, v: Value) -> Node | Steps:
    c, a = v.params[0], v.args[0]
    taken = w.reuse(v, a)
    if taken is not None:
        return _made_in_place(_scaled_in_place(w, taken, c))
    if c == -1:
        return negative(w(a))
    if isinstance(c, Fraction) and abs(c.numerator) == 1 and c.denominator & (c.denominator - 1):
        halved = over(w(a), Number(c.denominator))
        return negative(halved) if c < 0 else halved
    return times(Number(c), w(a))


def _made_in_place(made: Node, updates: Sequence[tuple[str, Node]] = ()) -> Steps:
    """What is written where an operand stands, with what changes it there."""
    return Steps(lambda out: [assign(out, made), *(Update(out, sign, node) for sign, node in updates)])


def is_divisor(w: NumpyWriter, a: Value) -> bool:
    """Whether a factor is a reciprocal with no name: what it divides is divided."""
    return a.op is ir.POWER and a.params[0] == -1 and w.is_inside(a)


def scaled(w: NumpyWriter, factor: Value, a: Node) -> Node:
    """A factor times an array, or the array over what the factor is the reciprocal of."""
    return over(a, w(factor.args[0])) if is_divisor(w, factor) else times(w(factor), a)


@writes(ir.SCALAR_TIMES, layout=layouts.as_operands)
def _scalar_times(w: NumpyWriter, v: Value) -> Node | Steps:
    taken = w.reuse(v, v.args[1]) if v.kind == "matrix" and not is_divisor(w, v.args[0]) else None
    if taken is not None:
        return _made_in_place(w.np("multiply", taken, w(v.args[0]), out=taken))
    return scaled(w, v.args[0], w(v.args[1]))


@writes(ir.HADAMARD, layout=layouts.as_operands)
def _hadamard(w: NumpyWriter, v: Value) -> Node | Steps:
    for a in v.args:
        taken = w.reuse(v, a) if not is_divisor(w, a) else None
        if taken is not None:
            others = [_factor(w, other) for other in v.args if other is not a]
            (sign, first), *more = others
            made = w.np("multiply" if sign == "*" else "divide", taken, first, out=taken)
            return _made_in_place(made, more)
    above = [w(a) for a in v.args if not is_divisor(w, a)]
    node = times(*above) if above else Number(1)
    for a in v.args:
        if is_divisor(w, a):
            node = over(node, w(a.args[0]))
    return node


def _factor(w: NumpyWriter, a: Value) -> tuple[str, Node]:
    """A factor as what an array is multiplied or divided by."""
    return ("/", w(a.args[0])) if is_divisor(w, a) else ("*", w(a))


@writes(ir.POWER, layout=layouts.as_operands)
def _power(w: NumpyWriter, v: Value) -> Node | Steps:
    a, p = v.args[0], v.params[0]
    if p == -1:
        taken = w.reuse(v, a) if v.kind == "matrix" else None
        if taken is not None:
            return _made_in_place(w.np("divide", Number(1), taken, out=taken))
        return over(Number(1), w(a))
    if p == 2 and v.kind == "matrix":
        return _in_its_place(w, v, "square")
    if p == Fraction(1, 2):
        return _in_its_place(w, v, "sqrt")
    if p == Fraction(-1, 2):
        return over(Number(1), w.np("sqrt", w(a)))
    if Fraction(p).denominator == 1:
        whole = _whole_power(w, a, abs(int(p)))
        return over(Number(1), whole) if p < 0 else whole
    return w.np("power", w(a), Number(p))


def _whole_power(w: NumpyWriter, a: Value, p: int) -> Node:
    """Squares and cubes by multiplication, which is much faster than a general power."""
    node = w(a)
    if a.kind == "scalar":
        return power(node, Number(p))
    if p == 2:
        return w.np("square", node)
    if p == 3 and isinstance(node, Name):
        return times(node, w.np("square", node))
    if p == 4:
        return w.np("square", w.np("square", node))
    return w.np("power", node, Number(p))


writes(ir.POWER_BY, layout=layouts.as_operands)(calling_numpy("power"))


def _in_its_place(w: NumpyWriter, v: Value, function: str, *more: Node) -> Node | Steps:
    """A function of a large array, written where the array stands if nothing else reads that."""
    a = v.args[0]
    taken = w.reuse(v, a) if v.kind == "matrix" else None
    if taken is None:
        return w.np(function, w.argument(a), *more)
    return _made_in_place(w.np(function, taken, *more, out=taken))


@writes(ir.APPLY, layout=layouts.as_operands)
def _apply(w: NumpyWriter, v: Value) -> Node | Steps:
    name, inner = v.params[0], w.argument(v.args[0])
    if name in UFUNCS:
        return _in_its_place(w, v, UFUNCS[name])
    if name in ("sigmoid", "softplus") and plain(v.rows * v.columns) >= MANY:
        return call(w.own(MATRIX_FUNCTIONS, name), inner)
    if name in SPECIAL:
        return call(w.own("scipy.special", SPECIAL[name]), inner)
    if name == "relu":
        return _in_its_place(w, v, "maximum", Number(0))
    if name == "softplus":
        return w.np("logaddexp", inner, Number(0))
    return call(w.own(MATRIX_FUNCTIONS, name), inner)


writes(ir.LOGADDEXP, layout=layouts.as_operands)(calling_numpy("logaddexp"))
writes(ir.LOG_COSH, layout=layouts.as_operands)(calling(MATRIX_FUNCTIONS, "log_cosh"))
writes(ir.POWER_OR_ZERO)(calling(MATRIX_FUNCTIONS, "power_or_zero"))


@writes(ir.XLOGY)
def _xlogy(w: NumpyWriter, v: Value) -> Node:
    return call(w.own(MATRIX_FUNCTIONS, "xlogy"), *w.arguments_of(v), Number(v.params[0]))


@writes(ir.POLYGAMMA)
def _polygamma(w: NumpyWriter, v: Value) -> Node:
    return call(w.own("scipy.special", "polygamma"), Number(v.params[0]), w.argument(v.args[0]))


writes(ir.MAXIMUM, layout=layouts.as_operands)(calling_numpy("maximum"))
writes(ir.ARCTAN2, layout=layouts.as_operands)(calling_numpy("arctan2"))
writes(ir.SELECT)(calling(MATRIX_FUNCTIONS, "select"))
