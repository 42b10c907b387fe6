"""Real powers of positive definite matrices: Aᵗ = V diag(λᵗ) Vᵀ for A = V diag(λ) Vᵀ."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape
from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, subtract
from matgrad.ops.frechet import ANALYTIC, Analytic, base_of, frechet, frechet_map, frechet_matrix
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Eye, Number, is_zero, number
from matgrad.ops.matrix_functions import Sqrtm, logm, sqrtm
from matgrad.ops.power import power
from matgrad.ops.registry import FUNCTIONS, function
from matgrad.ops.requirements import require_square
from matgrad.ops.sylvester import SylvesterSolve

_HALF = number(Fraction(1, 2))
_MINUS_HALF = number(Fraction(-1, 2))
_SINGULAR = Phrase("where a matrix under a real power is not positive definite")
DEFINITE = Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE | Fact.DIAGONAL
"""What has real powers, unless it is singular or, if diagonal, has negative entries."""


class RealMatrixPower(Expr):
    """A positive definite matrix to a real power. ``args`` are base and exponent.

    In the base the change goes through the Fréchet derivative (Daleckii & Krein, 1965), for the exponent −1/2
    through that of the root; in the exponent through c ↦ c Aᵗ log A.
    """

    __slots__ = ()
    name = "real_matrix_power"
    form = "power"
    reason = Phrase("differential of a real power of a matrix", "Daleckii & Krein (1965)")
    rank = 50

    def where_no_derivative(self) -> Phrase | None:
        return None if self.args[0].facts & Fact.POSITIVE_DEFINITE else _SINGULAR

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], phrase("a matrix power"), phrase("a power .^ for entry by entry"))
        if not args[1].is_scalar:
            raise ShapeError(
                phrase("the exponent {y} of a matrix power is not a scalar", y=args[1].describe())
            )
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return FUNCTIONS["matrix_power"].build(*args)

    @property
    def operand_indices(self) -> tuple[int, ...]:
        return (0,) if self.args[1].facts & Fact.CONSTANT else (0, 1)

    def infer_facts(self) -> Fact:
        base, exponent = self.args
        kept = base.facts & Fact.DIAGONAL | base.facts & exponent.facts & Fact.CONSTANT
        return kept | Fact.POSITIVE_DEFINITE

    def linear_map(self, index: int) -> LinearMap:
        base, exponent = self.args
        if index == 1:
            return lm.Outer(multiply(self, logm(base)))
        if base.facts & Fact.DIAGONAL:
            # Its changes are diagonal as well.
            power_below = FUNCTIONS["matrix_power"].build(base, subtract(exponent, number(1)))
            return lm.Left(multiply(exponent, power_below), self.shape)
        if exponent is _MINUS_HALF:
            root = sqrtm(base)
            solve = SylvesterSolve(root, root, self.shape)
            return lm.compose(lm.negated(lm.two_sided(self, self, self.shape)), solve)
        return frechet_map("real_power", base, (exponent,))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        if self.args[0].facts & Fact.DIAGONAL:
            return xp.diag(xp.power(xp.diagonal(values[0]), values[1]))
        eigenvalues, vectors = xp.eigh(values[0])
        powers = xp.diag(xp.power(eigenvalues, values[1]))
        return xp.matmul(xp.matmul(vectors, powers), xp.transpose(vectors))

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args[:1]

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self

    def notation(self) -> Notation:
        return Notation("{0}^{1}", "{0}^{1}", "{0}^{{{1}}}", "matrix_power({0}, {1})")


def is_definite(x: Expr) -> bool:
    """Whether a matrix is known to have real powers; a diagonal one has them where it is positive."""
    return bool(x.facts & DEFINITE)


def real_power(x: Expr, exponent: Expr) -> Expr:
    """A positive definite matrix to a power that is not known to be whole.

    A matrix that is only known to be semidefinite, such as XᵀX, or diagonal, is taken where it is positive
    definite.

    Raises
    ------
    DomainError
        When the matrix is not known to be positive definite.
    """
    require_definite(x, exponent)
    if isinstance(x, Eye):
        return x
    known = composed(RealMatrixPower, x, exponent)
    if known is not None:
        return known
    build = FUNCTIONS["matrix_power"].build
    if isinstance(x, RealMatrixPower):
        return build(x.args[0], multiply(x.args[1], exponent))
    if isinstance(x, Sqrtm) and is_definite(x.args[0]):
        return build(x.args[0], multiply(_HALF, exponent))
    if isinstance(x, Inverse):
        return build(x.args[0], multiply(number(-1), exponent))
    if isinstance(x, Product):
        scalar = multiply(number(x.coefficient), *x.scalars)
        rest = multiply(*x.chain)
        if scalar is not number(1) and scalar.facts & Fact.POSITIVE and is_definite(rest):
            return multiply(power(scalar, exponent), build(rest, exponent))
    if isinstance(x, Sum):
        common, rest = content(x)
        if common != 1 and common > 0 and is_definite(rest):
            return multiply(power(number(common), exponent), build(rest, exponent))
    if exponent is _HALF:
        return sqrtm(x)
    return RealMatrixPower.intern((x, exponent))


def require_definite(x: Expr, exponent: Expr) -> None:
    """Refuse a real power of a matrix that is not known to have one."""
    if is_definite(x):
        return
    whole = (
        ""
        if isinstance(exponent, Number)
        else phrase(", or {exponent}: integer for a whole power", exponent=exponent)
    )
    root = phrase("sqrtm({x}) for the principal root, ", x=x) if exponent is _HALF else ""
    name = "its letters" if x.args else f"{x}: {x.rows}×{x.columns}"
    raise DomainError(
        phrase(
            "a matrix has the power {exponent} where it is positive definite, and {x} is not known to be",
            exponent=exponent,
            x=x.describe(),
        ),
        fix=phrase(
            "{root}declare {name} spd{whole} or {x} .^ ({exponent}) for entry by entry",
            root=root,
            name=name,
            whole=whole,
            x=x,
            exponent=exponent,
        ),
    )


# ---- Fréchet derivatives of xᵗ (log x)ʲ --------------------------------------------------------------


def _divided_differences(
    xp: Arrays, values: Array, parameters: tuple[Array, ...], _: tuple[Expr, ...]
) -> Array:
    """(λᵢᵗ − λⱼᵗ)/(λᵢ − λⱼ), on the diagonal t λᵗ⁻¹, without cancellation.

    With λ = eᵘ it is e^((t−1)(uᵢ+uⱼ)/2) sinh(t d/2)/sinh(d/2), d = uᵢ − uⱼ.
    """
    (t,) = parameters
    n = xp.shape(values)[0]
    column = xp.ones(n, 1)
    logs = xp.matmul(xp.map(lambda f, x: f.log(x), values), xp.transpose(column))
    half = xp.scale(Fraction(1, 2), xp.subtract(logs, xp.transpose(logs)))
    middle = xp.scale(Fraction(1, 2), xp.add(logs, xp.transpose(logs)))
    apart = xp.map(lambda f, x: f.step(f.absolute(x)), half)
    ones = xp.ones(n, n)
    equal = xp.subtract(ones, apart)
    below = xp.add(xp.map(lambda f, x: f.sinh(x), half), equal)
    above = xp.map(lambda f, x: f.sinh(x), xp.scalar_times(t, half))
    quotient = xp.hadamard(above, xp.power(below, xp.number(-1)))
    ratio = xp.add(quotient, xp.scalar_times(t, equal))
    less = xp.subtract(t, xp.number(1))
    return xp.hadamard(xp.map(lambda f, x: f.exp(x), xp.scalar_times(less, middle)), ratio)


def _differences_with_logs(
    xp: Arrays, values: Array, parameters: tuple[Array, ...], exprs: tuple[Expr, ...]
) -> Array:
    """Those of λᵗ uᵏ with u = log λ: λᵗ[i,j] uⱼᵏ + λᵢᵗ u[i,j] (uᵢᵏ⁻¹ + uᵢᵏ⁻² uⱼ + … + uⱼᵏ⁻¹)."""
    t, count = parameters[0], exprs[1]
    assert isinstance(count, Number)
    n = xp.shape(values)[0]
    row = xp.ones(1, n)
    logs = xp.matmul(xp.map(lambda f, x: f.log(x), values), row)
    others = xp.transpose(logs)
    half = xp.scale(Fraction(1, 2), xp.subtract(logs, others))
    equal = xp.subtract(xp.ones(n, n), xp.map(lambda f, x: f.step(f.absolute(x)), half))
    below = xp.add(xp.map(lambda f, x: f.sinh(x), half), equal)
    # u[i,j] is d/2/sinh(d/2) over the geometric mean of the eigenvalues, d = uᵢ − uⱼ.
    of_log = xp.hadamard(xp.add(half, equal), xp.power(below, xp.number(-1)))
    of_log = xp.hadamard(of_log, xp.map(lambda f, x: f.exp(x), xp.subtract(half, logs)))
    total, power = xp.zeros(n, n), xp.ones(n, n)
    for _ in range(int(count.value)):
        total = xp.add(xp.hadamard(logs, total), power)
        power = xp.hadamard(power, others)
    images = xp.map(lambda f, x: f.exp(x), xp.scalar_times(t, logs))
    first = xp.hadamard(_divided_differences(xp, values, (t,), exprs[:1]), power)
    return xp.add(first, xp.hadamard(images, xp.hadamard(of_log, total)))


def _value(xp: Arrays, a: Array, t: Array) -> Array:
    return xp.expm(xp.scalar_times(t, xp.logm(a)))


def _value_with_logs(xp: Arrays, a: Array, parameters: tuple[Array, ...]) -> Array:
    t, count = parameters
    logarithm = xp.logm(a)
    return xp.matmul(xp.expm(xp.scalar_times(t, logarithm)), xp.matrix_power(logarithm, count))


def _power_with_logs(a: Expr, parameters: tuple[Expr, ...]) -> Expr:
    t, count = parameters
    build = FUNCTIONS["matrix_power"].build
    return multiply(build(a, t), build(logm(a), count))


def _slope(a: Expr, parameters: tuple[Expr, ...]) -> Expr:
    (t,) = parameters
    return multiply(t, FUNCTIONS["matrix_power"].build(a, subtract(t, number(1))))


def _slope_with_logs(a: Expr, parameters: tuple[Expr, ...]) -> Expr:
    t, count = parameters
    less = subtract(t, number(1))
    fewer = subtract(count, number(1))
    first = multiply(t, _power_with_logs(a, (less, count)))
    if is_zero(count):
        return first
    return add(first, multiply(count, _power_with_logs(a, (less, fewer))))


def _require_whole(count: Expr) -> None:
    """Refuse a number of logarithms that is not written as a whole number.

    Raises
    ------
    ArgumentError
        Naming it.
    """
    if not isinstance(count, Number) or count.value < 0 or count.value.denominator != 1:
        raise ArgumentError(
            phrase("the number of logarithms must be a whole number from 0 up, not {count}", count=count),
            fix="1",
        )


ANALYTIC["real_power"] = Analytic(
    lambda a, parameters: FUNCTIONS["matrix_power"].build(a, parameters[0]),
    _slope,
    lambda xp, a, parameters: _value(xp, a, parameters[0]),
    divided=_divided_differences,
    by_parameter=("real_power_log", lambda parameters: (*parameters, number(1))),
)
ANALYTIC["real_power_log"] = Analytic(
    _power_with_logs,
    _slope_with_logs,
    _value_with_logs,
    divided=_differences_with_logs,
    by_parameter=("real_power_log", lambda parameters: (parameters[0], add(parameters[1], number(1)))),
)


@base_of.register
def _(x: RealMatrixPower) -> Expr:
    return x.args[0]


@function(
    "frechet_real_power",
    example="tr(A*frechet_real_power(X, t, B))",
    given="A: n×n, X: n×n spd, B: n×n, t: scalar",
)
def frechet_real_power(x: Expr, exponent: Expr, *directions: Expr) -> Expr:
    """The Fréchet derivative of Xᵗ of a positive definite matrix in the given directions.

    Raises
    ------
    DomainError
        When the matrix is not known to be positive definite.
    """
    require_definite(x, exponent)
    return frechet("real_power", x, (exponent,), directions)


@function(
    "frechet_real_power_log",
    example="tr(A*frechet_real_power_log(X, t, 1, B))",
    given="A: n×n, X: n×n spd, B: n×n, t: scalar",
)
def frechet_real_power_log(x: Expr, exponent: Expr, count: Expr, *directions: Expr) -> Expr:
    """The Fréchet derivative of Xᵗ (log X)ʲ of a positive definite matrix in the given directions.

    Raises
    ------
    ArgumentError
        When the number of logarithms is not a whole number from 0 up.
    DomainError
        When the matrix is not known to be positive definite.
    """
    require_definite(x, exponent)
    _require_whole(count)
    return frechet("real_power_log", x, (exponent, count), directions)


@function(
    "frechet_matrix_real_power",
    example="frechet_matrix_real_power(X, t)*vec(B)",
    given="X: n×n spd constant, B: n×n, t: scalar constant",
)
def frechet_matrix_real_power(x: Expr, exponent: Expr, *directions: Expr) -> Expr:
    """The matrix on vec of the Fréchet derivative of Xᵗ of a positive definite matrix.

    Raises
    ------
    DomainError
        When the matrix is not known to be positive definite.
    """
    require_definite(x, exponent)
    return frechet_matrix("real_power", x, (exponent,), directions)


@function(
    "frechet_matrix_real_power_log",
    example="frechet_matrix_real_power_log(X, t, 1)*vec(B)",
    given="X: n×n spd constant, B: n×n, t: scalar constant",
)
def frechet_matrix_real_power_log(x: Expr, exponent: Expr, count: Expr, *directions: Expr) -> Expr:
    """The matrix on vec of the Fréchet derivative of Xᵗ (log X)ʲ of a positive definite matrix.

    Raises
    ------
    ArgumentError
        When the number of logarithms is not a whole number from 0 up.
    DomainError
        When the matrix is not known to be positive definite.
    """
    require_definite(x, exponent)
    _require_whole(count)
    return frechet_matrix("real_power_log", x, (exponent, count), directions)
