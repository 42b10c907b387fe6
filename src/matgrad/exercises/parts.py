"""The parts of which problems are composed: linear maps, residuals, quadratic forms, norms, sums of terms.

Each part is drawn at random. What it returns is well formed by construction: constants get the
shapes that the part needs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, Symbol
from matgrad.exercises.draw import Draw
from matgrad.ops.activations import sigmoid, softplus
from matgrad.ops.arithmetic import add, multiply, scale, subtract
from matgrad.ops.leaves import number
from matgrad.ops.piecewise import relu
from matgrad.ops.power import exp, log, power, sqrt
from matgrad.ops.reductions import norm, total
from matgrad.ops.trace import trace
from matgrad.ops.transpose import transpose
from matgrad.ops.trigonometric import cos, cosh, sin, sinh, tanh

Function = Callable[[Expr], Expr]

SMOOTH: tuple[Function, ...] = (exp, sin, cos, tanh, sigmoid, softplus, sinh, cosh)
"""Functions of a number that are defined everywhere."""

ACTIVATIONS: tuple[Function, ...] = (sigmoid, tanh, relu, softplus)
"""Those of neural networks."""


# ---- variables --------------------------------------------------------------------------------


def vector_variable(draw: Draw, **facts: bool) -> Symbol:
    """A vector x."""
    return draw.variable("vector", draw.size(), ONE, **facts)


def matrix_variable(draw: Draw, square: float = 0.0, **facts: bool) -> Symbol:
    """A matrix X, square with a probability."""
    rows = draw.size()
    return draw.variable("matrix", rows, rows if draw.chance(square) else draw.size(), **facts)


def square_variable(draw: Draw, symmetric: float = 0.0) -> Symbol:
    """A square matrix X, declared symmetric with a probability."""
    n = draw.size()
    if draw.chance(symmetric):
        return draw.variable("symmetric", n, n, symmetric=True)
    return draw.variable("matrix", n, n)


def scalar_variable(draw: Draw) -> Symbol:
    """A scalar t."""
    return draw.variable("scalar", ONE, ONE)


# ---- linear and affine maps -------------------------------------------------------------------


def linear(draw: Draw, x: Expr, factors: int, transposed: float = 0.3) -> Expr:
    """X or Xᵀ between constant matrices, as many as are asked for."""
    result = transpose(x) if x.columns is not ONE and draw.chance(transposed) else x
    for _ in range(factors):
        if result.columns is ONE or draw.chance(0.5):
            result = multiply(draw.matrix(draw.size(reuse=0.25), result.rows), result)
        else:
            result = multiply(result, draw.matrix(result.columns, draw.size(reuse=0.25)))
    return result


def constant(draw: Draw, rows: Dim, columns: Dim) -> Expr:
    """A constant of a shape."""
    if rows is ONE and columns is ONE:
        return draw.scalar()
    return draw.vector(rows) if columns is ONE else draw.matrix(rows, columns)


def shifted(draw: Draw, x: Expr) -> Expr:
    """X − C or X + C."""
    other = constant(draw, *x.shape)
    return subtract(x, other) if draw.chance(0.7) else add(x, other)


def plus(draw: Draw, x: Expr) -> Expr:
    """The sum X + C."""
    return add(x, constant(draw, *x.shape))


def affine(draw: Draw, x: Expr, factors: int) -> Expr:
    """A residual such as AX − B."""
    return shifted(draw, linear(draw, x, factors))


def column(draw: Draw, x: Expr, factors: int) -> Expr:
    """A column linear in X: Ax, Xa, AXᵀb."""
    result = linear(draw, x, factors)
    return result if result.columns is ONE else multiply(result, draw.vector(result.columns))


# ---- scalars ----------------------------------------------------------------------------------


def linear_form(draw: Draw, x: Expr, factors: int) -> Expr:
    """A scalar linear in X: aᵀx, aᵀXb, sum(Ax)."""
    inner = linear(draw, x, factors)
    if inner.columns is ONE:
        if factors and draw.chance(0.15):
            return total(inner)
        return multiply(transpose(draw.vector(inner.rows)), inner)
    return multiply(transpose(draw.vector(inner.rows)), inner, draw.vector(inner.columns))


def middle(draw: Draw, n: Dim) -> Expr | None:
    """The matrix of a quadratic form: none, a general one, a symmetric one."""
    kind = draw.choose(("none", "general", "symmetric", "definite"))
    if kind == "none":
        return None
    if kind == "general":
        return draw.matrix(n, n)
    return draw.matrix(n, n, **{"symmetric" if kind == "symmetric" else "positive_definite": True})


def sandwich(draw: Draw, u: Expr, w: Expr, inner: Expr | None) -> Expr:
    """The form uᵀMw of two columns."""
    return multiply(transpose(u), w) if inner is None else multiply(transpose(u), inner, w)


def squared_norm(x: Expr) -> Expr:
    """The squared norm ‖X‖²."""
    return power(norm(x), number(2))


def quadratic_form(draw: Draw, x: Expr) -> Expr:
    """The form xᵀMx of a column with a matrix that is there, or (x − a)ᵀM(x − a)."""
    inner = middle(draw, x.rows)
    if inner is None:
        inner = draw.matrix(x.rows, x.rows)
    u = shifted(draw, x) if draw.chance(0.3) else x
    return sandwich(draw, u, u, inner)


def positive_form(draw: Draw, x: Expr, one: bool = True) -> Expr:
    """A scalar that is positive: xᵀSx with definite S, ‖x − a‖², or, if allowed, 1 + ‖x‖²."""
    kind = draw.choose(("definite", "norm", "distance", "one") if one else ("definite", "norm", "distance"))
    if kind == "definite":
        u = shifted(draw, x) if draw.chance(0.3) else x
        return sandwich(draw, u, u, draw.matrix(x.rows, x.rows, positive_definite=True))
    if kind == "one":
        return add(number(1), squared_norm(x))
    return squared_norm(shifted(draw, x) if kind == "distance" else x)


def matrix_form(draw: Draw, x: Expr, factors: int) -> Expr:
    """A scalar linear in a matrix: tr(AXB) or aᵀXb."""
    if draw.chance(0.4):
        return linear_form(draw, x, factors)
    inner = linear(draw, x, max(factors - 1, 0))
    return trace(multiply(draw.matrix(inner.columns, inner.rows), inner))


def regulariser(draw: Draw, x: Expr) -> Expr:
    """The penalty λ‖X‖², or half of it."""
    penalty = multiply(draw.scalar(), squared_norm(x))
    return halved(draw, penalty, 0.2)


def halved(draw: Draw, x: Expr, probability: float = 0.3) -> Expr:
    """Half of an expression, now and then: ½‖Ax − b‖²."""
    return scale(Fraction(1, 2), x) if draw.chance(probability) else x


def weighted(draw: Draw, x: Expr) -> Expr:
    """An expression with a number or a scalar in front, now and then."""
    kind = draw.choose(("plain", "plain", "plain", "number", "scalar"))
    if kind == "number":
        return scale(draw.choose((2, 3)), x)
    return multiply(draw.scalar(), x) if kind == "scalar" else x


def combined(draw: Draw, terms: Sequence[Expr]) -> Expr:
    """A sum or difference of terms."""
    result = terms[0]
    for term in terms[1:]:
        term = weighted(draw, term)
        result = add(result, term) if draw.chance(0.65) else subtract(result, term)
    return result


# ---- functions of a scalar --------------------------------------------------------------------


def square(x: Expr) -> Expr:
    """The square of a scalar."""
    return power(x, number(2))


def cube(x: Expr) -> Expr:
    """The third power of a scalar."""
    return power(x, number(3))


def reciprocal(x: Expr) -> Expr:
    """The reciprocal of a scalar."""
    return power(x, number(-1))


OF_ANY: tuple[Function, ...] = (exp, sin, cos, square, cube, tanh, sigmoid, softplus)
"""Functions of a scalar that may have any sign."""

OF_POSITIVE: tuple[Function, ...] = (log, sqrt, exp, reciprocal, square, log)
"""Functions of a positive scalar."""


def of_positive_form(draw: Draw, x: Expr, functions: Sequence[Function] = OF_POSITIVE) -> Expr:
    """A function of a positive form; 1 + ‖x‖² stands where it keeps away from 0."""
    outer = draw.choose(functions)
    return outer(positive_form(draw, x, one=outer in (log, sqrt, reciprocal)))


TWICE: tuple[Function, ...] = (exp, sin, cos, sinh, cosh, softplus, cube)
"""Functions whose second derivatives are short."""
