"""Inverses of square matrices."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import Shape
from matgrad.core.errors import DomainError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, content, multiply, scale
from matgrad.ops.leaves import Number, is_zero, number
from matgrad.ops.orientation import oriented
from matgrad.ops.power import power
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.transpose import Transpose, transpose

WRITTEN_OUT = 64
"""The largest power of a product that is that many factors; a larger one stays a power."""

INHERITED = (
    Fact.SYMMETRIC
    | Fact.SKEW
    | Fact.DIAGONAL
    | Fact.LOWER_TRIANGULAR
    | Fact.UPPER_TRIANGULAR
    | Fact.ORTHOGONAL
    | Fact.PERMUTATION
    | Fact.CIRCULANT
    | Fact.POSITIVE_DEFINITE
    | Fact.POSITIVE_SEMIDEFINITE
    | Fact.CONSTANT
)
"""Facts that a matrix shares with its inverse."""


class Inverse(Expr):
    """The inverse of a square matrix. d(X⁻¹) = −X⁻¹ dX X⁻¹ (Matrix Cookbook, eq. 40)."""

    __slots__ = ()
    name = "inverse"
    worth_keeping = True
    form = "postfix"
    reason = Phrase("differential of the inverse", "Magnus & Neudecker (2019)", "ch. 8, sec. 4")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], phrase("an inverse"), Phrase("pinv({x}) for the pseudoinverse"))
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

    def linear_map(self, index: int) -> LinearMap:
        return lm.negated(lm.two_sided(self, self, self.shape))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.inv(values[0])

    def planned(self, plan: Planning, *values: Array) -> Array:
        return plan.inverse(values[0])

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self if transposed[0] is self.args[0] else None

    def notation(self) -> Notation:
        return Notation("inv({0})", "inv({0})", r"\left({0}\right)^{-1}", "inv({0})")


def is_odd_skew(x: Expr) -> bool:
    """Whether a matrix is singular as a skew one of odd order is: det(−X) = −det(X)."""
    return bool(x.facts & Fact.SKEW) and x.rows.is_integer and int(x.rows) % 2 == 1


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
    require_square(x, phrase("an inverse"), Phrase("pinv({x}) for the pseudoinverse"))
    if x.is_scalar:
        return power(x, number(-1))
    if is_zero(x) or is_odd_skew(x):
        raise DomainError(phrase("{x} is singular and has no inverse", x=x.describe()), fix=f"pinv({x})")
    if isinstance(x, Inverse):
        return x.args[0]
    if isinstance(x, Transpose):
        return transpose(inv(x.args[0]))
    known = composed(Inverse, x)
    if known is not None:
        return known
    if isinstance(x, Product):
        scalar = multiply(number(x.coefficient), *x.scalars)
        if not (isinstance(scalar, Number) and scalar.value == 1):
            rest = multiply(*x.chain)
            return multiply(power(scalar, number(-1)), inv(rest))
        if all(factor.is_square for factor in x.chain):
            return multiply(*(inv(factor) for factor in reversed(x.chain)))
    if isinstance(x, Sum):
        common, rest = content(x)
        if common != 1:
            return scale(1 / common, inv(rest))
    if x.facts & Fact.ORTHOGONAL:
        return x.T
    if x.facts & Fact.IDEMPOTENT:
        raise DomainError(
            phrase("{x} is idempotent: it is singular unless it is the identity", x=x.describe()),
            fix=f"pinv({x})",
        )
    return oriented(Inverse, x, parity=-1)


@function("solve", numpy="linalg.solve", example="sum(solve(A, b))", given="A: n×n, b: n")
def solve(a: Expr, b: Expr) -> Expr:
    """The solution A⁻¹B of A X = B.

    Raises
    ------
    ShapeError
        When A is not square or B has another number of rows.
    """
    return multiply(inv(a), b)
