"""Powers of square matrices."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.bandwidths import WIDEST
from matgrad.core.dims import Shape
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import BANDS, Fact, pattern_of_product
from matgrad.core.identity import composed, identity
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, content, multiply, scale, subtract
from matgrad.ops.cross_product import SkewMatrix
from matgrad.ops.frechet import ANALYTIC, Analytic, base_of, frechet, frechet_map, frechet_matrix
from matgrad.ops.inverse import INHERITED, Inverse, inv
from matgrad.ops.leaves import Eye, Number, eye, is_zero, number
from matgrad.ops.matrix_functions import Sqrtm
from matgrad.ops.orientation import orient
from matgrad.ops.power import power
from matgrad.ops.real_matrix_power import RealMatrixPower, is_definite, real_power
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.transpose import Transpose, transpose

WRITTEN_OUT = 64
"""The largest power of a product that is that many factors; a larger one stays a power."""


class MatrixPower(Expr):
    """A square matrix to a whole power, which may be a symbol. ``args`` are base and exponent."""

    __slots__ = ()
    name = "matrix_power"
    form = "power"
    reason = Phrase("differential of a matrix power")
    rank = 50

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
        return matrix_power(*args)

    @property
    def operand_indices(self) -> tuple[int, ...]:
        return (0,)

    def infer_facts(self) -> Fact:
        base, exponent = self.args
        facts = base.facts & (INHERITED | Fact.INVERTIBLE) & ~Fact.SKEW
        if base.T is base:
            facts |= Fact.SYMMETRIC
            if isinstance(exponent, Number) and exponent.value % 2 == 0:
                facts |= Fact.POSITIVE_SEMIDEFINITE
        if isinstance(exponent, Number) and base.facts & BANDS and 0 < exponent.value <= WIDEST:
            facts |= pattern_of_product([base.facts] * int(exponent.value))
        return facts

    def linear_map(self, index: int) -> LinearMap:
        base, exponent = self.args
        if isinstance(exponent, Number) and exponent.value < 0:
            # X⁻ᵏ = (X⁻¹)ᵏ: first the change of the inverse, then that of its power.
            inverted = inv(base)
            outer = frechet_map("power", inverted, (number(-exponent.value),))
            return lm.compose(outer, lm.negated(lm.two_sided(inverted, inverted, self.shape)))
        return frechet_map("power", base, (exponent,))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.matrix_power(values[0], values[1])

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args[:1]

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        if self.args[0].facts & Fact.SKEW:
            return multiply(power(number(-1), self.args[1]), self)
        return self if transposed[0] is self.args[0] else None

    def notation(self) -> Notation:
        return Notation("{0}^{1}", "{0}^{1}", "{0}^{{{1}}}", "matrix_power({0}, {1})")


@function(
    "matrix_power", numpy="linalg.matrix_power", example="tr(matrix_power(X, k))", given="X: n×n, k: integer"
)
def matrix_power(x: Expr, exponent: Expr) -> Expr:
    """A square matrix to a whole power, or a positive definite one to any real power.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    DomainError
        When the exponent is not known to be whole, and the matrix not to be positive definite.
    """
    require_square(x, phrase("a matrix power"), phrase("a power .^ for entry by entry"))
    if x.is_scalar:
        return power(x, exponent)
    projected = power_of_projector(x, exponent)
    if projected is not None:
        return projected
    if isinstance(exponent, Number):
        if exponent.value.denominator != 1:
            return real_power(x, exponent)
        if exponent.value == 0:
            return eye(x.rows)
        if exponent.value == 1:
            return x
        if exponent.value == -1:
            return inv(x)
        if exponent.value > 1 and is_zero(x):
            return x
    elif not exponent.facts & Fact.INTEGER:
        return real_power(x, exponent)
    if isinstance(x, Eye):
        return x
    if isinstance(x, SkewMatrix) and isinstance(exponent, Number) and 0 < exponent.value <= WRITTEN_OUT:
        return multiply(*([x] * int(exponent.value)))
    known = composed(MatrixPower, x, exponent)
    if known is not None:
        return known
    if isinstance(x, (MatrixPower, RealMatrixPower)):
        return matrix_power(x.args[0], multiply(x.args[1], exponent))
    if isinstance(x, Transpose):
        return transpose(matrix_power(x.args[0], exponent))
    if isinstance(x, Product):
        scalar = multiply(number(x.coefficient), *x.scalars)
        if not (isinstance(scalar, Number) and scalar.value == 1):
            rest = multiply(*x.chain)
            return multiply(power(scalar, exponent), matrix_power(rest, exponent))
    if isinstance(x, Sum):
        common, rest = content(x)
        if common != 1:
            return multiply(power(number(common), exponent), matrix_power(rest, exponent))
    if isinstance(x, Product) and isinstance(exponent, Number) and 0 < exponent.value <= WRITTEN_OUT:
        return multiply(*([x] * int(exponent.value)))
    return _oriented_power(x, exponent)


@identity(
    MatrixPower,
    Expr,
    reason=Phrase("powers of a projector", "Horn & Johnson (2013)", "sec. 1.1"),
    on=("P", "3"),
    given="P: n×n idempotent",
)
def power_of_projector(x: Expr, exponent: Expr) -> Expr | None:
    """Pᵏ = P for k > 0, where P² = P; and (−P)ᵏ = (−1)ᵏ P, of which P − I is written so."""
    if not isinstance(exponent, Number) or exponent.value <= 0:
        return None
    if x.facts & Fact.IDEMPOTENT:
        return x
    if exponent.value.denominator == 1 and isinstance(x, Sum) and len(x.args) == 2:
        turned = scale(-1, x)
        if turned.facts & Fact.IDEMPOTENT:
            return scale((-1) ** int(exponent.value), turned)
    return None


def _oriented_power(x: Expr, exponent: Expr) -> Expr:
    chosen, flipped = orient(x)
    node = MatrixPower.intern((chosen, exponent))
    return transpose(node) if flipped else node


def split_power(x: Expr) -> tuple[Expr, Expr]:
    """Write a factor as base and exponent: X⁻¹ as (X, −1), X⁻ᵀ as (Xᵀ, −1)."""
    if isinstance(x, Inverse):
        return x.args[0], number(-1)
    if isinstance(x, (MatrixPower, RealMatrixPower)):
        return x.args[0], x.args[1]
    if isinstance(x, Sqrtm) and is_definite(x.args[0]):
        return x.args[0], number(Fraction(1, 2))
    if isinstance(x, Transpose):
        base, exponent = split_power(x.args[0])
        return (x, exponent) if base is x.args[0] else (transpose(base), exponent)
    return x, number(1)


def _derivative(a: Expr, parameters: tuple[Expr, ...]) -> Expr:
    k = parameters[0]
    return multiply(k, matrix_power(a, subtract(k, number(1))))


ANALYTIC["power"] = Analytic(
    lambda a, parameters: matrix_power(a, parameters[0]),
    _derivative,
    lambda xp, a, parameters: xp.matrix_power(a, parameters[0]),
)


@base_of.register
def _(x: MatrixPower) -> Expr:
    return x.args[0]


@function("frechet_power", example="tr(A*frechet_power(X, k, B))", given="A: n×n, X: n×n, B: n×n, k: integer")
def frechet_power(x: Expr, exponent: Expr, *directions: Expr) -> Expr:
    """The Fréchet derivative of X^k: Σ X^i V X^(k−1−i)."""
    return frechet("power", x, (exponent,), directions)


@function(
    "frechet_matrix_power",
    example="frechet_matrix_power(X, k)*vec(B)",
    given="X: n×n constant, B: n×n, k: integer",
)
def frechet_matrix_power(x: Expr, exponent: Expr, *directions: Expr) -> Expr:
    """The matrix on vec of the Fréchet derivative of X^k."""
    return frechet_matrix("power", x, (exponent,), directions)
