"""Inverses and powers of square matrices."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape, same
from matgrad.core.errors import DomainError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation
from matgrad.core.reason import Reason
from matgrad.ops import arithmetic, kronecker, linear_map as lm, matrix_functions, power as powers, structure
from matgrad.ops.leaves import Eye, Number, eye, is_zero, number
from matgrad.ops.registry import function
from matgrad.ops.transpose import Transpose, oriented, transpose

WRITTEN_OUT = 64
"""The largest power of a product that is that many factors; a larger one stays a power."""

INHERITED = (
    Fact.SYMMETRIC
    | Fact.SKEW
    | Fact.DIAGONAL
    | Fact.LOWER_TRIANGULAR
    | Fact.UPPER_TRIANGULAR
    | Fact.ORTHOGONAL
    | Fact.POSITIVE_DEFINITE
    | Fact.CONSTANT
)
"""Facts that a matrix shares with its inverse."""


def require_square(x: Expr, operation: str, fix: str) -> None:
    """Refuse a matrix that is not square; ``{}`` in the fix stands for its text."""
    if not same(x.rows, x.columns):
        text = f"({x})" if x.args and not isinstance(x, Transpose) else str(x)
        raise ShapeError(
            f"{operation} needs a square matrix; {x.describe()} is not square", fix=fix.replace("{}", text)
        )


class Inverse(Expr):
    """The inverse of a square matrix. d(X⁻¹) = −X⁻¹ dX X⁻¹ (Matrix Cookbook, eq. 40)."""

    __slots__ = ()
    name = "inverse"
    reason = Reason("differential of the inverse", "逆矩阵的微分", "Magnus & Neudecker (2019), ch. 8, sec. 4")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], "an inverse", "pinv({}) for the pseudoinverse")
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return inv(args[0])

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts
        result = facts & INHERITED | Fact.INVERTIBLE
        if self.args[0].T is self.args[0]:
            result |= Fact.SYMMETRIC
        return result

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.negated(lm.two_sided(self, self, self.shape))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.inv(values[0])

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self if transposed[0] is self.args[0] else None

    def notation(self) -> Notation:
        return Notation("inv({0})", "inv({0})", r"\left({0}\right)^{-1}", "inv({0})")


@function("inv", "inverse", numpy="linalg.inv", example="a'*inv(X)*b", given="X: n×n, a: n, b: n")
def inv(x: Expr) -> Expr:
    """The inverse of a square matrix.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    DomainError
        When it is known to be singular.
    """
    require_square(x, "an inverse", "pinv({}) for the pseudoinverse")
    if x.is_scalar:
        return powers.power(x, number(-1))
    if is_zero(x):
        raise DomainError(f"{x.describe()} is singular and has no inverse", fix=f"pinv({x})")
    if isinstance(x, (Eye, kronecker.Commutation)):
        return x.T
    if isinstance(x, Inverse):
        return x.args[0]
    if isinstance(x, Transpose):
        return transpose(inv(x.args[0]))
    if isinstance(x, MatrixPower):
        return matrix_power(x.args[0], arithmetic.scale(-1, x.args[1]))
    if isinstance(x, arithmetic.Product):
        scalar = arithmetic.multiply(number(x.coefficient), *x.scalars)
        if not (isinstance(scalar, Number) and scalar.value == 1):
            rest = arithmetic.multiply(*x.chain)
            return arithmetic.multiply(powers.power(scalar, number(-1)), inv(rest))
        if all(factor.is_square for factor in x.chain):
            return arithmetic.multiply(*(inv(factor) for factor in reversed(x.chain)))
    if isinstance(x, arithmetic.Sum):
        common, rest = arithmetic.content(x)
        if common != 1:
            return arithmetic.scale(1 / common, inv(rest))
    if isinstance(x, structure.Diag):
        return structure.diag(powers.power(x.args[0], number(-1)))
    if isinstance(x, kronecker.Kron) and all(factor.is_square for factor in x.args):
        return kronecker.kron(*(inv(factor) for factor in x.args))
    if isinstance(x, matrix_functions.Expm):
        return matrix_functions.expm(arithmetic.scale(-1, x.args[0]))
    if x.facts & Fact.ORTHOGONAL:
        return x.T
    return oriented(Inverse, x)


class MatrixPower(Expr):
    """A square matrix to a whole power, which may be a symbol. ``args`` are base and exponent."""

    __slots__ = ()
    name = "matrix_power"
    reason = Reason("differential of a matrix power", "矩阵幂的微分")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], "a matrix power", "a power .^ for entry by entry")
        if not args[1].is_scalar:
            raise ShapeError(f"the exponent {args[1].describe()} of a matrix power is not a scalar")
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
        return facts

    def linear_map(self, index: int) -> lm.LinearMap:
        base, exponent = self.args
        if isinstance(exponent, Number) and exponent.value < 0:
            # X⁻ᵏ = (X⁻¹)ᵏ: first the change of the inverse, then that of its power.
            inverted = inv(base)
            outer = matrix_functions.frechet_map("power", inverted, (number(-exponent.value),))
            return lm.compose(outer, lm.negated(lm.two_sided(inverted, inverted, self.shape)))
        return matrix_functions.frechet_map("power", base, (exponent,))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.matrix_power(values[0], values[1])

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args[:1]

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        if self.args[0].facts & Fact.SKEW:
            return arithmetic.multiply(powers.power(number(-1), self.args[1]), self)
        return self if transposed[0] is self.args[0] else None

    def notation(self) -> Notation:
        return Notation("{0}^{1}", "{0}^{1}", "{0}^{{{1}}}", "matrix_power({0}, {1})")


@function(
    "matrix_power", numpy="linalg.matrix_power", example="tr(matrix_power(X, k))", given="X: n×n, k: integer"
)
def matrix_power(x: Expr, exponent: Expr) -> Expr:
    """A square matrix to a whole power: a number, or a scalar declared an integer.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    DomainError
        When the exponent is a number but not a whole one.
    """
    require_square(x, "a matrix power", "a power .^ for entry by entry")
    if x.is_scalar:
        return powers.power(x, exponent)
    if isinstance(exponent, Number):
        if exponent.value.denominator != 1:
            raise DomainError(
                f"a matrix power needs a whole exponent, not {exponent}",
                fix=f"sqrtm({x}) for the square root, {x} .^ ({exponent}) for entry by entry",
            )
        if exponent.value == 0:
            return eye(x.rows)
        if exponent.value == 1:
            return x
        if exponent.value == -1:
            return inv(x)
    elif not exponent.facts & Fact.INTEGER:
        raise DomainError(
            f"the exponent {exponent} of a matrix power must be a whole number",
            fix=f"declare {exponent}: integer",
        )
    if isinstance(x, (Eye,)):
        return x
    if isinstance(x, Inverse):
        return matrix_power(x.args[0], arithmetic.scale(-1, exponent))
    if isinstance(x, MatrixPower):
        return matrix_power(x.args[0], arithmetic.multiply(x.args[1], exponent))
    if isinstance(x, Transpose):
        return transpose(matrix_power(x.args[0], exponent))
    if isinstance(x, structure.Diag):
        return structure.diag(powers.power(x.args[0], exponent))
    if isinstance(x, arithmetic.Product):
        scalar = arithmetic.multiply(number(x.coefficient), *x.scalars)
        if not (isinstance(scalar, Number) and scalar.value == 1):
            rest = arithmetic.multiply(*x.chain)
            return arithmetic.multiply(powers.power(scalar, exponent), matrix_power(rest, exponent))
    if isinstance(x, arithmetic.Sum):
        common, rest = arithmetic.content(x)
        if common != 1:
            return arithmetic.multiply(powers.power(number(common), exponent), matrix_power(rest, exponent))
    if (
        isinstance(x, arithmetic.Product)
        and isinstance(exponent, Number)
        and 0 < exponent.value <= WRITTEN_OUT
    ):
        return arithmetic.multiply(*([x] * int(exponent.value)))
    if isinstance(x, matrix_functions.Expm):
        return matrix_functions.expm(arithmetic.multiply(exponent, x.args[0]))
    return _oriented_power(x, exponent)


def _oriented_power(x: Expr, exponent: Expr) -> Expr:
    from matgrad.ops.transpose import orient

    chosen, flipped = orient(x)
    node = MatrixPower.intern((chosen, exponent))
    return transpose(node) if flipped else node


def split_power(x: Expr) -> tuple[Expr, Expr]:
    """Write a factor as base and exponent: X⁻¹ as (X, −1), X⁻ᵀ as (Xᵀ, −1)."""
    if isinstance(x, Inverse):
        return x.args[0], number(-1)
    if isinstance(x, MatrixPower):
        return x.args[0], x.args[1]
    if isinstance(x, Transpose):
        base, exponent = split_power(x.args[0])
        return (x, exponent) if base is x.args[0] else (transpose(base), exponent)
    return x, number(1)


@function("solve", numpy="linalg.solve", example="sum(solve(A, b))", given="A: n×n, b: n")
def solve(a: Expr, b: Expr) -> Expr:
    """The solution A⁻¹B of A X = B.

    Raises
    ------
    ShapeError
        When A is not square or B has another number of rows.
    """
    return arithmetic.multiply(inv(a), b)
