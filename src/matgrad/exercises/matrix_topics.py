"""Problems whose answer is a Jacobian or a Hessian: vectors by vectors, vec and Kronecker, second order."""

from __future__ import annotations

from matgrad.calculus.question import Question
from matgrad.core.dims import Dim
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import Phrase
from matgrad.exercises import parts
from matgrad.exercises.draw import Draw
from matgrad.exercises.topic import topic
from matgrad.ops.activations import softplus
from matgrad.ops.arithmetic import add, multiply, subtract
from matgrad.ops.determinant import logdet
from matgrad.ops.hadamard import hadamard
from matgrad.ops.inverse import inv
from matgrad.ops.power import exp, log
from matgrad.ops.reductions import norm, total
from matgrad.ops.softmax import logsumexp, softmax
from matgrad.ops.trace import trace
from matgrad.ops.transpose import transpose
from matgrad.ops.trigonometric import cos, sin


@topic(6, "vector", Phrase("vectors by vectors"))
def vectors(draw: Draw, level: int) -> Question:
    """Vector functions of a vector, in numerator or denominator layout."""
    layout = "numerator" if draw.chance(0.5) else "denominator"
    x = parts.vector_variable(draw)
    return Question(_vector_function(draw, x, level), x, layout=layout)


def _vector_function(draw: Draw, x: Symbol, level: int) -> Expr:
    if level == 1:
        kind = draw.choose(("affine", "affine", "outer", "scaled", "entries"))
        if kind == "outer":
            return multiply(parts.linear_form(draw, x, 0), draw.vector(draw.size()))
        if kind == "scaled":
            return parts.weighted(draw, hadamard(draw.vector(x.rows), x))
        if kind == "entries":
            return draw.choose(parts.SMOOTH)(x)
        result = parts.linear(draw, x, draw.between(1, 2))
        return parts.shifted(draw, result) if draw.chance(0.5) else result
    kind = draw.choose(
        ("layer", "product", "scalar", "mixed")
        if level == 2
        else ("layer", "product", "scalar", "mixed", "unit")
    )
    if kind == "layer":
        inner = parts.affine(draw, x, 1) if draw.chance(0.5) else parts.linear(draw, x, draw.between(0, 1))
        value = (softmax if level == 3 and draw.chance(0.3) else draw.choose(parts.SMOOTH))(inner)
        again = level == 3 or inner is x
        return multiply(draw.matrix(draw.size(reuse=0.3), value.rows), value) if again else value
    if kind == "product":
        left = draw.choose(parts.SMOOTH)(x) if level == 3 or draw.chance(0.3) else x
        return hadamard(left, multiply(draw.matrix(x.rows, x.rows), x))
    if kind == "scalar":
        factor = parts.linear_form(draw, x, 0) if level == 2 else parts.quadratic_form(draw, x)
        return multiply(factor, x if level == 2 and draw.chance(0.5) else parts.linear(draw, x, 1))
    if kind == "mixed":
        factor = (
            parts.quadratic_form(draw, x)
            if level == 2
            else draw.choose((exp, sin, cos, parts.square))(parts.linear_form(draw, x, 0))
        )
        return multiply(factor, draw.vector(draw.size(reuse=0.5)) if level == 2 else parts.linear(draw, x, 1))
    direction = parts.shifted(draw, x) if draw.chance(0.5) else x
    return multiply(parts.reciprocal(norm(direction)), direction)


@topic(7, "kronecker", Phrase("vec and Kronecker products"))
def kronecker(draw: Draw, level: int) -> Question:
    """Matrix functions of a matrix, whose Jacobians on vec are Kronecker products."""
    layout = "denominator" if level > 1 and draw.chance(0.3) else "numerator"
    function, x = _matrix_function(draw, level)
    return Question(function, x, layout=layout)


def _matrix_function(draw: Draw, level: int) -> tuple[Expr, Symbol]:
    if level == 1:
        if draw.chance(0.2):
            x = parts.square_variable(draw)
            return _two_sided(draw, x), x
        x = parts.matrix_variable(draw, square=0.2)
        result = parts.linear(draw, x, draw.between(1, 2), transposed=0.0)
        return (parts.shifted(draw, result) if draw.chance(0.35) else parts.weighted(draw, result)), x
    kind = draw.choose(
        ("transposed", "two", "terms", "entries") if level == 2 else ("two", "two", "three", "terms")
    )
    if kind == "entries":
        x = parts.matrix_variable(draw)
        value = x if draw.chance(0.4) else draw.choose(parts.TWICE)(x)
        return hadamard(draw.matrix(*x.shape), value) if value is x or draw.chance(0.5) else value, x
    if kind == "transposed":
        x = parts.matrix_variable(draw, square=0.2)
        return parts.linear(draw, x, draw.between(1, 2), transposed=1.0), x
    if kind == "terms":
        x = parts.matrix_variable(draw, square=0.2)
        above, right = draw.size(), draw.size(reuse=0.5)
        second = transpose(x) if level == 3 else x
        terms = [_between(draw, x, above, right), _between(draw, second, above, right)]
        return parts.combined(draw, terms), x
    x = parts.square_variable(draw) if kind == "three" or draw.chance(0.6) else parts.matrix_variable(draw)
    return _product(draw, x, 3 if kind == "three" else 2, level), x


def _two_sided(draw: Draw, x: Symbol) -> Expr:
    """AX + XB, as in Sylvester's equation, or with a multiple of X."""
    left = multiply(draw.matrix(x.rows, x.rows), x)
    right = multiply(x, draw.matrix(x.rows, x.rows)) if draw.chance(0.6) else multiply(draw.scalar(), x)
    return add(left, right) if draw.chance(0.6) else subtract(left, right)


def _between(draw: Draw, x: Expr, rows: Dim, columns: Dim) -> Expr:
    """AXB of a given shape."""
    return multiply(draw.matrix(rows, x.rows), x, draw.matrix(x.columns, columns))


def _product(draw: Draw, x: Symbol, occurrences: int, level: int) -> Expr:
    """Products in which X occurs once as an inverse, or several times, at level 3 transposed as well."""
    if x.is_square and level == 3 and draw.chance(0.35):
        inverse = inv(parts.plus(draw, x) if draw.chance(0.3) else x)
        left = () if draw.chance(0.4) else (draw.matrix(x.rows, x.rows),)
        right = () if draw.chance(0.4) else (draw.choose((x, draw.matrix(x.rows, x.rows))),)
        return multiply(*left, inverse, *right)
    result: Expr = transpose(x) if level == 3 and draw.chance(0.4) else x
    for _ in range(occurrences - 1):
        fits = result.columns is x.rows
        factor = x if fits and (occurrences == 3 or draw.chance(0.6)) else transpose(x)
        if level == 2 and fits:
            factor = x
        if result.columns is not factor.rows or draw.chance(0.35):
            result = multiply(result, draw.matrix(result.columns, factor.rows))
        result = multiply(result, factor)
    return parts.combined(draw, [result, *_linear_term(draw, x, result)]) if draw.chance(0.4) else result


def _linear_term(draw: Draw, x: Symbol, like: Expr) -> list[Expr]:
    """AX or XB with the shape of another expression, where one of them has it."""
    if x.columns is like.columns:
        return [multiply(draw.matrix(like.rows, x.rows), x)]
    return [multiply(x, draw.matrix(x.columns, like.columns))] if x.rows is like.rows else []


@topic(10, "hessian", Phrase("Hessians"))
def hessians(draw: Draw, level: int) -> Question:
    """Second derivatives: of quadratic forms, of functions of linear forms, of losses."""
    function, x = _second_order(draw, level)
    return Question(function, x, order=2)


def _second_order(draw: Draw, level: int) -> tuple[Expr, Symbol]:
    if level == 1:
        x = parts.vector_variable(draw)
        kind = draw.choose(("form", "residual", "square"))
        if kind == "square":
            return parts.weighted(draw, parts.square(_sum_of_linear(draw, x))), x
        form = (
            parts.quadratic_form(draw, x)
            if kind == "form"
            else parts.squared_norm(parts.affine(draw, x, draw.between(0, 1)))
        )
        extra = draw.chance(0.3)
        return parts.combined(
            draw, [parts.halved(draw, form), *([parts.linear_form(draw, x, 0)] if extra else [])]
        ), x
    if level == 2:
        return _second_order_of_functions(draw)
    kind = draw.choose(("matrix", "matrix", "loss", "loss", "composed", "logdet"))
    if kind == "logdet":
        x = parts.square_variable(draw)
        return parts.combined(draw, [logdet(x), trace(multiply(draw.matrix(x.rows, x.rows), x))]), x
    if kind == "matrix":
        x = parts.matrix_variable(draw)
        if draw.chance(0.5):
            return parts.halved(draw, parts.squared_norm(parts.affine(draw, x, draw.between(1, 2)))), x
        left = draw.matrix(x.rows, x.rows)
        right = () if draw.chance(0.4) else (draw.matrix(x.columns, x.columns, symmetric=True),)
        return trace(multiply(transpose(x), left, x, *right)), x
    x = parts.vector_variable(draw)
    if kind == "loss":
        inner = parts.affine(draw, x, 1) if draw.chance(0.5) else parts.linear(draw, x, 1)
        value = logsumexp(inner) if draw.chance(0.3) else total(draw.choose(parts.TWICE)(inner))
        return (add(value, parts.regulariser(draw, x)) if draw.chance(0.4) else value), x
    return parts.of_positive_form(draw, x, (parts.square, exp, log)), x


def _second_order_of_functions(draw: Draw) -> tuple[Expr, Symbol]:
    kind = draw.choose(("linear", "linear", "entries", "product", "definite"))
    if kind == "entries":
        positive = draw.chance(0.3)
        x = parts.vector_variable(draw, **({"positive": True} if positive else {}))
        value = log(x) if positive else draw.choose(parts.TWICE)(x)
        if draw.chance(0.5):
            return multiply(transpose(draw.vector(x.rows)), value), x
        return parts.combined(draw, [total(value), parts.quadratic_form(draw, x)]), x
    x = parts.vector_variable(draw)
    if kind == "linear":
        inner = _sum_of_linear(draw, x)
        if draw.chance(0.35):
            inner = add(inner, draw.scalar())
        outer = draw.choose((exp, sin, cos, parts.cube, softplus, log))
        return outer(inner), x
    if kind == "product":
        return multiply(parts.linear_form(draw, x, 0), parts.linear_form(draw, x, 0)), x
    u = parts.affine(draw, x, 1)
    weight = draw.matrix(u.rows, u.rows, symmetric=True)
    value = multiply(transpose(u), weight, u)
    return (subtract(value, parts.regulariser(draw, x)) if draw.chance(0.4) else value), x


def _sum_of_linear(draw: Draw, x: Symbol) -> Expr:
    return multiply(transpose(draw.vector(x.rows)), x)
