"""Problems whose answer is a Jacobian or a Hessian: vectors by vectors, vec and Kronecker, second order."""

from __future__ import annotations

from matgrad.core.expr import Expr, Symbol
from matgrad.ops.arithmetic import add, multiply, subtract
from matgrad.ops.elementwise import cos, exp, log, sin, softplus
from matgrad.ops.hadamard import hadamard
from matgrad.ops.inverse import inv
from matgrad.ops.reductions import logsumexp, norm, softmax, total
from matgrad.ops.trace import logdet, trace
from matgrad.ops.transpose import transpose
from matgrad.practice import forms
from matgrad.practice.draw import Draw
from matgrad.practice.topic import Problem, topic


@topic("vector", "vectors by vectors", "向量对向量求导")
def vectors(draw: Draw, level: int) -> Problem:
    """Vector functions of a vector, in numerator or denominator layout."""
    layout = "numerator" if draw.chance(0.5) else "denominator"
    x = forms.vector_variable(draw)
    return Problem(_vector_function(draw, x, level), x, layout=layout)


def _vector_function(draw: Draw, x: Symbol, level: int) -> Expr:
    if level == 1:
        kind = draw.choose(("affine", "affine", "outer", "scaled", "entries"))
        if kind == "outer":
            return multiply(forms.linear_form(draw, x, 0), draw.vector(draw.size()))
        if kind == "scaled":
            return forms.weighted(draw, hadamard(draw.vector(x.rows), x))
        if kind == "entries":
            return draw.choose(forms.SMOOTH)(x)
        result = forms.linear(draw, x, draw.between(1, 2))
        return forms.shifted(draw, result) if draw.chance(0.5) else result
    kind = draw.choose(
        ("layer", "product", "scalar", "mixed")
        if level == 2
        else ("layer", "product", "scalar", "mixed", "unit")
    )
    if kind == "layer":
        inner = forms.affine(draw, x, 1) if draw.chance(0.5) else forms.linear(draw, x, draw.between(0, 1))
        value = (softmax if level == 3 and draw.chance(0.3) else draw.choose(forms.SMOOTH))(inner)
        again = level == 3 or inner is x
        return multiply(draw.matrix(draw.size(reuse=0.3), value.rows), value) if again else value
    if kind == "product":
        left = draw.choose(forms.SMOOTH)(x) if level == 3 or draw.chance(0.3) else x
        return hadamard(left, multiply(draw.matrix(x.rows, x.rows), x))
    if kind == "scalar":
        factor = forms.linear_form(draw, x, 0) if level == 2 else forms.quadratic_form(draw, x)
        return multiply(factor, x if level == 2 and draw.chance(0.5) else forms.linear(draw, x, 1))
    if kind == "mixed":
        factor = (
            forms.quadratic_form(draw, x)
            if level == 2
            else draw.choose((exp, sin, cos, forms.square))(forms.linear_form(draw, x, 0))
        )
        return multiply(factor, draw.vector(draw.size(reuse=0.5)) if level == 2 else forms.linear(draw, x, 1))
    direction = forms.shifted(draw, x) if draw.chance(0.5) else x
    return multiply(forms.reciprocal(norm(direction)), direction)


@topic("kronecker", "vec and Kronecker products", "vec 与 Kronecker 积")
def kronecker(draw: Draw, level: int) -> Problem:
    """Matrix functions of a matrix, whose Jacobians on vec are Kronecker products."""
    layout = "denominator" if level > 1 and draw.chance(0.3) else "numerator"
    function, x = _matrix_function(draw, level)
    return Problem(function, x, layout=layout)


def _matrix_function(draw: Draw, level: int) -> tuple[Expr, Symbol]:
    if level == 1:
        x = forms.matrix_variable(draw, square=0.2)
        result = forms.linear(draw, x, draw.between(1, 2), transposed=0.0)
        return (forms.shifted(draw, result) if draw.chance(0.35) else forms.weighted(draw, result)), x
    kind = draw.choose(
        ("transposed", "square", "terms", "hadamard") if level == 2 else ("inverse", "gram", "cubic", "terms")
    )
    if kind == "hadamard":
        x = forms.matrix_variable(draw)
        value = x if draw.chance(0.4) else draw.choose(forms.TWICE)(x)
        return hadamard(draw.matrix(*x.shape), value) if value is x or draw.chance(0.5) else value, x
    if kind in ("square", "cubic", "inverse"):
        x = forms.square_variable(draw)
        return _product(draw, x, kind), x
    x = forms.matrix_variable(draw, square=0.2)
    if kind == "transposed":
        return forms.linear(draw, x, draw.between(1, 2), transposed=1.0), x
    if kind == "gram":
        left = transpose(x) if draw.chance(0.6) else x
        inner = () if draw.chance(0.4) else (draw.matrix(left.columns, left.columns),)
        return multiply(left, *inner, transpose(left)), x
    above, right = draw.size(), draw.size(reuse=0.5)
    terms: list[Expr] = [
        multiply(draw.matrix(above, x.rows), x, draw.matrix(x.columns, right)),
        multiply(draw.matrix(above, x.columns), transpose(x), draw.matrix(x.rows, right))
        if level == 3
        else multiply(draw.matrix(above, x.rows), x, draw.matrix(x.columns, right)),
    ]
    return forms.combined(draw, terms), x


def _product(draw: Draw, x: Symbol, kind: str) -> Expr:
    """Products with X twice or three times, or with its inverse."""

    def square() -> Expr:
        return draw.matrix(x.rows, x.rows)

    if kind == "inverse":
        left = () if draw.chance(0.4) else (square(),)
        right = () if draw.chance(0.4) else (square(),)
        inner = forms.shifted(draw, x) if draw.chance(0.25) else x
        return multiply(*left, inv(inner), *right)
    factors: list[Expr] = [x, x] if kind == "square" else [x, x, x]
    if kind == "square" or draw.chance(0.6):
        if draw.chance(0.6):
            factors.insert(1, square())
        elif draw.chance(0.5):
            factors.insert(draw.choose((0, 2)), square())
    product = multiply(*factors)
    if kind == "square" and draw.chance(0.3):
        return forms.combined(draw, [product, multiply(square(), x)])
    return product


@topic("hessian", "Hessians", "Hessian 矩阵")
def hessians(draw: Draw, level: int) -> Problem:
    """Second derivatives: of quadratic forms, of functions of linear forms, of losses."""
    function, x = _second_order(draw, level)
    return Problem(function, x, order=2)


def _second_order(draw: Draw, level: int) -> tuple[Expr, Symbol]:
    if level == 1:
        x = forms.vector_variable(draw)
        kind = draw.choose(("form", "residual", "square"))
        if kind == "square":
            return forms.weighted(draw, forms.square(_sum_of_linear(draw, x))), x
        form = (
            forms.quadratic_form(draw, x)
            if kind == "form"
            else forms.squared_norm(forms.affine(draw, x, draw.between(0, 1)))
        )
        extra = draw.chance(0.3)
        return forms.combined(
            draw, [forms.halved(draw, form), *([forms.linear_form(draw, x, 0)] if extra else [])]
        ), x
    if level == 2:
        return _second_order_of_functions(draw)
    kind = draw.choose(("matrix", "matrix", "loss", "loss", "composed", "logdet"))
    if kind == "logdet":
        x = forms.square_variable(draw)
        return forms.combined(draw, [logdet(x), trace(multiply(draw.matrix(x.rows, x.rows), x))]), x
    if kind == "matrix":
        x = forms.matrix_variable(draw)
        if draw.chance(0.5):
            return forms.halved(draw, forms.squared_norm(forms.affine(draw, x, draw.between(1, 2)))), x
        left = draw.matrix(x.rows, x.rows)
        right = () if draw.chance(0.4) else (draw.matrix(x.columns, x.columns, symmetric=True),)
        return trace(multiply(transpose(x), left, x, *right)), x
    x = forms.vector_variable(draw)
    if kind == "loss":
        inner = forms.affine(draw, x, 1) if draw.chance(0.5) else forms.linear(draw, x, 1)
        value = logsumexp(inner) if draw.chance(0.3) else total(draw.choose(forms.TWICE)(inner))
        return (add(value, forms.regulariser(draw, x)) if draw.chance(0.4) else value), x
    return draw.choose((forms.square, exp, log))(forms.positive_form(draw, x)), x


def _second_order_of_functions(draw: Draw) -> tuple[Expr, Symbol]:
    kind = draw.choose(("linear", "linear", "entries", "product", "definite"))
    if kind == "entries":
        positive = draw.chance(0.3)
        x = forms.vector_variable(draw, **({"positive": True} if positive else {}))
        value = log(x) if positive else draw.choose(forms.TWICE)(x)
        if draw.chance(0.5):
            return multiply(transpose(draw.vector(x.rows)), value), x
        return forms.combined(draw, [total(value), forms.quadratic_form(draw, x)]), x
    x = forms.vector_variable(draw)
    if kind == "linear":
        inner = _sum_of_linear(draw, x)
        if draw.chance(0.35):
            inner = add(inner, draw.scalar())
        outer = draw.choose((exp, sin, cos, forms.cube, softplus, log))
        return outer(inner), x
    if kind == "product":
        return multiply(forms.linear_form(draw, x, 0), forms.linear_form(draw, x, 0)), x
    u = forms.affine(draw, x, 1)
    weight = draw.matrix(u.rows, u.rows, symmetric=True)
    value = multiply(transpose(u), weight, u)
    return (subtract(value, forms.regulariser(draw, x)) if draw.chance(0.4) else value), x


def _sum_of_linear(draw: Draw, x: Symbol) -> Expr:
    return multiply(transpose(draw.vector(x.rows)), x)
