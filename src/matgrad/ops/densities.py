"""The density of the normal distribution and its logarithm, as combinations of other operations."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.errors import ShapeError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.ops.arithmetic import add, multiply, scale, subtract
from matgrad.ops.determinant import logdet
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import dimension, is_number, pi
from matgrad.ops.power import exp, log
from matgrad.ops.registry import function
from matgrad.ops.transpose import transpose

_HALF = Fraction(-1, 2)


@function(
    "gaussian_logpdf",
    example="gaussian_logpdf(x, mu, S)",
    given="x: n, mu: n, S: n×n positive definite",
)
def gaussian_logpdf(x: Expr, mean: Expr, covariance: Expr) -> Expr:
    """The logarithm of the density N(x | μ, Σ) of the normal distribution; Σ is the variance of a number.

    −½ (x − μ)ᵀ Σ⁻¹ (x − μ) − ½ log det Σ − n/2 log 2π (Bishop, Pattern Recognition and Machine Learning,
    equation 2.43).

    Raises
    ------
    ShapeError
        When x is neither a column nor a number, or the covariance does not fit it.
    """
    if not (x.is_scalar or x.is_vector):
        raise ShapeError(
            phrase("the density of a normal distribution is that of a column, not of {x}", x=x.describe())
        )
    if x.is_vector and covariance.is_scalar:
        raise ShapeError(
            phrase("the covariance of the column {x} is a matrix, not a number", x=x.describe()),
            fix=phrase("sigma^2 I for equal variances"),
        )
    apart = x if is_number(mean, 0) else subtract(x, mean)
    distance = multiply(transpose(apart), inv(covariance), apart)
    return scale(_HALF, add(distance, logdet(covariance), multiply(dimension(x.rows), log(scale(2, pi())))))


@function(
    "gaussian_pdf",
    example="gaussian_pdf(x, mu, S)",
    given="x: n, mu: n, S: n×n positive definite",
)
def gaussian_pdf(x: Expr, mean: Expr, covariance: Expr) -> Expr:
    """The density N(x | μ, Σ) of the normal distribution; Σ is the variance where x is a number.

    Raises
    ------
    ShapeError
        When x is neither a column nor a number, or the covariance does not fit it.
    """
    return exp(gaussian_logpdf(x, mean, covariance))
