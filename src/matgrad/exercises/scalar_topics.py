"""Problems whose function is a scalar and whose answer is a gradient."""

from __future__ import annotations

from matgrad.calculus.question import Question
from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.exercises import parts
from matgrad.exercises.draw import Draw
from matgrad.exercises.topic import topic
from matgrad.ops.arithmetic import add, multiply, scale, subtract
from matgrad.ops.determinant import det, logdet
from matgrad.ops.diagonals import diag
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import eye, number
from matgrad.ops.power import Power, exp, log, sqrt
from matgrad.ops.reductions import total
from matgrad.ops.trace import trace
from matgrad.ops.transpose import transpose


@topic(1, "linear", Phrase("linear forms"))
def linear(draw: Draw, level: int) -> Question:
    """aᵀx, aᵀXb, sums of such; from level 3 on with products, symmetric X, and diag(x)."""
    if level == 3 and draw.chance(0.3):
        x: Symbol = parts.square_variable(draw, symmetric=1.0)
    else:
        x = parts.vector_variable(draw) if draw.chance(0.35) else parts.matrix_variable(draw, square=0.3)
    if level == 1:
        terms = [parts.linear_form(draw, x, draw.between(0, 1) if x.is_vector else 0)]
        if draw.chance(0.3):
            terms.append(parts.linear_form(draw, x, 0))
        return Question(parts.combined(draw, [parts.weighted(draw, terms[0]), *terms[1:]]), x)
    if level == 3 and x.is_vector and draw.chance(0.4):
        inner = multiply(diag(x), draw.matrix(x.rows, draw.size()))
        form = multiply(transpose(draw.vector(x.rows)), inner, draw.vector(inner.columns))
        return Question(parts.combined(draw, [form, parts.linear_form(draw, x, 0)]), x)
    terms = [parts.linear_form(draw, x, draw.between(level - 2, 1)) for _ in range(draw.between(2, level))]
    return Question(parts.combined(draw, terms), x)


@topic(2, "quadratic", Phrase("quadratic forms"))
def quadratic(draw: Draw, level: int) -> Question:
    """Forms uᵀMw of columns affine in the variable, with linear terms and penalties."""
    if level == 1:
        x = parts.vector_variable(draw)
        form = (
            parts.squared_norm(parts.affine(draw, x, 0))
            if draw.chance(0.25)
            else parts.quadratic_form(draw, x)
        )
        if draw.chance(0.25):
            return Question(parts.combined(draw, [form, parts.linear_form(draw, x, 0)]), x)
        return Question(parts.halved(draw, form) if draw.chance(0.5) else parts.weighted(draw, form), x)
    x = (
        parts.vector_variable(draw)
        if draw.chance(0.6 if level == 2 else 0.4)
        else parts.matrix_variable(draw)
    )
    u = parts.column(draw, x, draw.between(0, 1) if level == 2 or not x.is_vector else 1)
    if draw.chance(0.6):
        u = parts.shifted(draw, u)
    inner = parts.middle(draw, u.rows) if level == 3 or x.is_vector else None
    form = parts.squared_norm(u) if inner is None else parts.sandwich(draw, u, u, inner)
    if level == 3 and draw.chance(0.25):
        base = parts.column(draw, x, 0)
        other = multiply(draw.matrix(u.rows, base.rows), base)
        form = parts.sandwich(draw, u, parts.shifted(draw, other) if draw.chance(0.5) else other, inner)
    form = parts.halved(draw, form, 0.2)
    if draw.chance(0.3 if level == 2 else 0.6):
        extra = parts.regulariser(draw, x) if draw.chance(0.6) else parts.linear_form(draw, x, 0)
        form = add(form, extra) if draw.chance(0.7) else subtract(form, extra)
    return Question(form, x)


@topic(3, "trace", Phrase("traces"))
def traces(draw: Draw, level: int) -> Question:
    """Traces of products in which X and Xᵀ occur once, twice or three times, and Frobenius norms."""
    x = parts.square_variable(draw, symmetric=0.6) if level == 3 and draw.chance(0.35) else _any_matrix(draw)
    if level == 1:
        first = parts.weighted(draw, trace(_cycle(draw, x, 1, draw.between(1, 2))))
        more = [trace(_cycle(draw, x, 1, draw.between(0, 1)))] if draw.chance(0.3) else []
        return Question(parts.combined(draw, [first, *more]), x)
    if not x.has(Fact.SYMMETRIC) and draw.chance(0.3):
        is_weighted = level == 3 and draw.chance(0.5)
        factors = draw.between(0, level - 1)
        residual = parts.shifted(draw, parts.linear(draw, x, factors, transposed=0.0 if is_weighted else 0.3))
        form = parts.squared_norm(residual)
        if is_weighted:
            weight = draw.matrix(residual.rows, residual.rows, symmetric=True)
            form = trace(multiply(transpose(residual), weight, residual))
        terms = [parts.halved(draw, form)]
    else:
        terms = [trace(_cycle(draw, x, draw.between(2, level), draw.between(1, 2)))]
    if draw.chance(0.25 if level == 2 else 0.5):
        second = parts.regulariser(draw, x) if draw.chance(0.3) else trace(_cycle(draw, x, 1, 1))
        terms.append(second)
    return Question(parts.combined(draw, terms), x)


def _any_matrix(draw: Draw) -> Symbol:
    return parts.matrix_variable(draw, square=0.4)


def _cycle(draw: Draw, x: Symbol, occurrences: int, constants: int) -> Expr:
    """A square product of X's and Xᵀ's with constants where shapes need them, and some more."""
    result: Expr | None = None
    left = constants
    for _ in range(occurrences):
        factor = transpose(x) if draw.chance(0.4) else x
        if result is None:
            result = factor
            continue
        if result.columns is not factor.rows or (left > 1 and draw.chance(0.5)):
            result = multiply(result, draw.matrix(result.columns, factor.rows))
            left -= 1
        result = multiply(result, factor)
    assert result is not None
    if occurrences == 1 and left > 1:
        result = multiply(result, draw.matrix(result.columns, draw.size(reuse=0.3)))
    if result.rows is not result.columns or left > 0:
        result = multiply(draw.matrix(result.columns, result.rows), result)
    return result


@topic(4, "determinant", Phrase("determinants"))
def determinants(draw: Draw, level: int) -> Question:
    """det and log det of X, AXB, XᵀAX, A + X, with further terms and factors."""
    argument, x = _square_argument(draw, level)
    outer = logdet if draw.chance(0.5) else det
    value = outer(argument)
    if level == 1:
        if outer is det and draw.chance(0.3):
            value = parts.square(value) if draw.chance(0.5) else parts.reciprocal(value)
        return Question(parts.weighted(draw, value), x)
    if level == 3 and outer is det and draw.chance(0.5):
        factor = parts.matrix_form(draw, x, 1)
        return Question(multiply(value, factor), x)
    value = parts.halved(draw, value, 0.1)
    if draw.chance(0.4 if level == 2 else 0.7):
        other = _companion(draw, x, level)
        value = add(value, other) if draw.chance(0.5) else subtract(value, other)
    return Question(value, x)


def _square_argument(draw: Draw, level: int) -> tuple[Expr, Symbol]:
    """A square matrix that depends on X, with X."""
    if level == 1:
        x = parts.square_variable(draw)
        return _same_size(draw, x, draw.between(0, 2)), x
    kind = draw.choose(
        ("gram", "gram", "sum", "power", "structured") if level == 3 else ("gram", "sum", "power")
    )
    if kind == "gram":
        x = parts.matrix_variable(draw)
        return gram(draw, x, constant=level == 3 and draw.chance(0.5)), x
    x = parts.square_variable(draw, symmetric=1.0 if kind == "structured" else 0.0)
    if kind == "power":
        return multiply(x, x) if draw.chance(0.4) else multiply(x, draw.matrix(x.rows, x.rows), x), x
    if kind == "structured":
        return _same_size(draw, x, draw.between(0, 1)), x
    return parts.plus(draw, _same_size(draw, x, draw.between(0, level - 1))), x


def _same_size(draw: Draw, x: Symbol, factors: int) -> Expr:
    """X between square constants: AX, XB, AXB."""
    result = transpose(x) if draw.chance(0.15) else x
    for _ in range(factors):
        factor = draw.matrix(x.rows, x.rows)
        result = multiply(factor, result) if draw.chance(0.5) else multiply(result, factor)
    return result


def gram(draw: Draw, x: Symbol, constant: bool) -> Expr:
    """XᵀX or XᵀAX or XAXᵀ, with an identity or a definite matrix added where it is asked for."""
    left = x if draw.chance(0.3) else transpose(x)
    kind = draw.choose(("none", "definite", "symmetric", "general"))
    facts = {"definite": {"positive_definite": True}, "symmetric": {"symmetric": True}}.get(kind, {})
    inner = () if kind == "none" else (draw.matrix(left.columns, left.columns, **facts),)
    result = multiply(left, *inner, transpose(left))
    if not constant:
        return result
    if draw.chance(0.5):
        return add(eye(result.rows), result)
    return add(draw.matrix(result.rows, result.rows, positive_definite=True), result)


def _companion(draw: Draw, x: Symbol, level: int) -> Expr:
    """A second term beside a determinant or an inverse."""
    if level == 3 and draw.chance(0.3):
        return parts.regulariser(draw, x)
    return parts.weighted(draw, parts.matrix_form(draw, x, 1))


@topic(5, "inverse", Phrase("inverses"))
def inverses(draw: Draw, level: int) -> Question:
    """tr(AX⁻¹) and aᵀX⁻¹b, inverses of AXB and A + X, products of inverses."""
    if level == 3 and draw.chance(0.25):
        return _rank_one(draw)
    if level == 1:
        x = parts.square_variable(draw)
        return Question(parts.weighted(draw, _closed(draw, inv(transpose(x) if draw.chance(0.15) else x))), x)
    x, form = _inverse_form(draw, level)
    if draw.chance(0.2 if level == 2 else 0.4):
        other = (
            parts.weighted(draw, logdet(x)) if x.is_square and draw.chance(0.5) else _companion(draw, x, 2)
        )
        form = add(form, other) if draw.chance(0.6) else subtract(form, other)
    return Question(form, x)


def _inverse_form(draw: Draw, level: int) -> tuple[Symbol, Expr]:
    """A variable, and a scalar that depends on it through an inverse."""
    kind = draw.choose(
        ("sum", "sum", "twice", "norm") if level == 2 else ("gram", "gram", "structured", "sum", "norm")
    )
    if kind == "gram":
        x = parts.matrix_variable(draw)
        return x, _closed(draw, inv(gram(draw, x, constant=draw.chance(0.4))))
    if kind == "structured":
        x = parts.square_variable(draw, symmetric=1.0)
        return x, _closed(draw, inv(x))
    x = parts.square_variable(draw)
    if kind == "twice":
        middle = () if draw.chance(0.4) else (draw.matrix(x.rows, x.rows),)
        return x, _closed(draw, multiply(inv(x), *middle, inv(x)))
    shifted = parts.plus(draw, _same_size(draw, x, draw.between(0, 1)))
    if kind == "sum":
        return x, _closed(draw, inv(shifted))
    solution = multiply(inv(x if level == 2 else shifted), draw.vector(x.rows))
    residual = parts.shifted(draw, solution) if draw.chance(0.6) else solution
    return x, parts.halved(draw, parts.squared_norm(residual))


def _closed(draw: Draw, matrix: Expr) -> Expr:
    """A scalar linear in a square matrix: tr(AY), tr(Y), aᵀYb, aᵀYa."""
    kind = draw.choose(("trace", "trace", "bilinear", "quadratic", "plain"))
    if kind == "trace":
        return trace(multiply(draw.matrix(matrix.columns, matrix.rows), matrix))
    if kind == "plain":
        return trace(matrix)
    a = draw.vector(matrix.rows)
    return multiply(transpose(a), matrix, a if kind == "quadratic" else draw.vector(matrix.columns))


def _rank_one(draw: Draw) -> Question:
    """An inverse that depends on a vector or a scalar: (A + xxᵀ)⁻¹, (A + diag(x))⁻¹, (A + tB)⁻¹."""
    n = draw.size()
    kind = draw.choose(("outer", "diagonal", "scalar"))
    if kind == "scalar":
        t = parts.scalar_variable(draw)
        argument = add(draw.matrix(n, n), multiply(t, draw.matrix(n, n)))
        return Question(_closed(draw, inv(argument)), t)
    x = draw.variable("vector", n, ONE)
    base = draw.matrix(n, n, positive_definite=True)
    change = multiply(x, transpose(x)) if kind == "outer" else diag(x)
    return Question(_closed(draw, inv(add(base, change))), x)


@topic(8, "elementwise", Phrase("elementwise functions"))
def elementwise(draw: Draw, level: int) -> Question:
    """Sums of functions of entries and of Hadamard products."""
    vector = draw.chance(0.6)
    positive = level == 1 and draw.chance(0.2)
    facts = {"positive": True} if positive else {}
    x = parts.vector_variable(draw, **facts) if vector else parts.matrix_variable(draw, 0.0, **facts)
    if level == 1:
        return Question(_weighed_sum(draw, _entrywise(draw, x, positive)), x)
    factors = draw.between(0 if level == 2 else 1, 1)
    inner = parts.linear(draw, x, factors, transposed=0.3 if factors else 0.0)
    if draw.chance(0.4):
        inner = parts.plus(draw, inner)
    kind = draw.choose(("function", "product", "norm"))
    if kind == "function":
        return Question(_with_penalty(draw, level, _weighed_sum(draw, _entrywise(draw, inner, False)), x), x)
    if kind == "product":
        left, right = (
            (x, x) if level == 2 or not vector else (_image(draw, x, x.rows), _image(draw, x, x.rows))
        )
        return Question(_weighed_sum(draw, hadamard(left, _entrywise(draw, right, False))), x)
    value = subtract(_activated(draw, inner), parts.constant(draw, *inner.shape))
    return Question(parts.halved(draw, parts.squared_norm(value)), x)


def _entrywise(draw: Draw, x: Expr, positive: bool) -> Expr:
    """A function of every entry: one with a name or a power."""
    if positive:
        return draw.choose((log, sqrt, parts.reciprocal))(x)
    if draw.chance(0.25):
        return draw.choose((parts.square, parts.cube))(x)
    return draw.choose(parts.SMOOTH)(x)


def _image(draw: Draw, x: Symbol, rows: Dim) -> Expr:
    """Ax, of as many rows as are asked for, or x itself now and then."""
    return x if rows is x.rows and draw.chance(0.3) else multiply(draw.matrix(rows, x.rows), x)


def _activated(draw: Draw, x: Expr) -> Expr:
    return draw.choose(parts.ACTIVATIONS)(x)


def _weighed_sum(draw: Draw, x: Expr) -> Expr:
    """A sum of all entries, plain or with weights; that of squares would be a norm."""
    is_square = isinstance(x, Power) and x.exponent is number(2)
    if isinstance(x, Hadamard) or (draw.chance(0.45) and not is_square):
        return total(x)
    if x.columns is ONE:
        return multiply(transpose(draw.vector(x.rows)), x)
    return total(hadamard(draw.matrix(*x.shape), x))


def _with_penalty(draw: Draw, level: int, form: Expr, x: Symbol) -> Expr:
    return add(form, parts.regulariser(draw, x)) if level == 3 and draw.chance(0.4) else form


@topic(9, "chain", Phrase("the chain rule"))
def chain(draw: Draw, level: int) -> Question:
    """Functions of forms, of norms and of layers."""
    if level == 3 and draw.chance(0.5):
        return _layers(draw)
    if level == 2 and draw.chance(0.25):
        w = parts.matrix_variable(draw)
        layer = _activated(draw, multiply(w, draw.vector(w.columns)))
        return Question(multiply(transpose(draw.vector(w.rows)), layer), w)
    x: Symbol = parts.vector_variable(draw) if draw.chance(0.65) else parts.matrix_variable(draw, square=0.3)
    if level == 3 and draw.chance(0.4):
        y = x if x.is_vector else multiply(x, draw.vector(x.columns))
        top, bottom = parts.quadratic_form(draw, y), parts.positive_form(draw, y)
        return Question(multiply(top, parts.reciprocal(bottom)), x)
    if draw.chance(0.5):
        outer = draw.choose(parts.OF_ANY)
        inner = _inner_form(draw, x, level)
        # Only exp(−xᵀSx) is met with a minus.
        return Question(outer(scale(-1, inner) if outer is exp and draw.chance(0.4) else inner), x)
    y = x if x.is_vector and level < 3 else parts.column(draw, x, 0 if level == 1 else 1)
    value = parts.of_positive_form(draw, y)
    if level == 3:
        value = multiply(value, parts.linear_form(draw, x, 0))
    return Question(value, x)


def _inner_form(draw: Draw, x: Symbol, level: int) -> Expr:
    if level == 1:
        return parts.linear_form(draw, x, 0)
    if x.is_vector:
        return parts.quadratic_form(draw, x)
    return parts.matrix_form(draw, x, draw.between(1, level - 1))


def _layers(draw: Draw) -> Question:
    """A network of one or two layers with a loss or a weighted sum on top."""
    x = draw.vector(draw.size())
    w = draw.variable("matrix", draw.size(), x.rows)
    hidden = _activated(
        draw, add(multiply(w, x), draw.vector(w.rows)) if draw.chance(0.4) else multiply(w, x)
    )
    if draw.chance(0.4):
        hidden = multiply(draw.matrix(draw.size(), w.rows), hidden)
        if draw.chance(0.3):
            hidden = _activated(draw, hidden)
    if draw.chance(0.5):
        return Question(
            parts.halved(draw, parts.squared_norm(subtract(hidden, draw.vector(hidden.rows))), 0.5), w
        )
    form = multiply(transpose(draw.vector(hidden.rows)), hidden)
    return Question(draw.choose(parts.OF_ANY)(form) if draw.chance(0.3) else form, w)
