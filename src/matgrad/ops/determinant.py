"""Determinants and the adjugate."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import SCALAR, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale
from matgrad.ops.inverse import INHERITED, inv, is_odd_skew
from matgrad.ops.leaves import Eye, dimension, is_zero, number
from matgrad.ops.orientation import orient, oriented
from matgrad.ops.power import log, power
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.transpose import Transpose, transpose


class Determinant(Expr):
    """The determinant. d det X = det X tr(X⁻¹ dX) (Jacobi; Matrix Cookbook, eq. 41)."""

    __slots__ = ()
    name = "determinant"
    joins_factors = True
    reason = Phrase("differential of the determinant (Jacobi)", "Matrix Cookbook", "eq. 41")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], phrase("a determinant"), "det({}'*{})")
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return det(args[0])

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts & (Fact.CONSTANT | Fact.INTEGER)
        if self.args[0].facts & Fact.POSITIVE_DEFINITE:
            facts |= Fact.POSITIVE
        elif self.args[0].facts & Fact.POSITIVE_SEMIDEFINITE:
            facts |= Fact.NONNEGATIVE
        return facts

    def linear_map(self, index: int) -> LinearMap:
        return lm.Inner(multiply(self, inv(self.args[0]).T))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.det(values[0])

    def notation(self) -> Notation:
        return call("det", r"\det")


@function("det", "determinant", numpy="linalg.det", example="det(A*X*B)", given="A: n×n, X: n×n, B: n×n")
def det(x: Expr) -> Expr:
    """The determinant of a square matrix.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    require_square(x, phrase("a determinant"), "det({}'*{})")
    if x.is_scalar:
        return x
    if isinstance(x, Eye):
        return number(1)
    if is_zero(x) or is_odd_skew(x):
        return number(0)
    if isinstance(x, Transpose):
        return det(x.args[0])
    known = composed(Determinant, x)
    if known is not None:
        return known
    if isinstance(x, Product):
        scalar = multiply(number(x.coefficient), *x.scalars)
        if scalar is not number(1):
            rest = det(multiply(*x.chain))
            return multiply(power(scalar, dimension(x.rows)), rest)
    if isinstance(x, Sum):
        common, rest = content(x)
        if common < 0:
            common, rest = -common, scale(-1, rest)
        if common != 1:
            return multiply(power(number(common), dimension(x.rows)), det(rest))
    return Determinant.intern((orient(x)[0],))


class LogDet(Expr):
    """log det, where the determinant is positive. d log det X = tr(X⁻¹ dX) (Matrix Cookbook, eq. 43)."""

    __slots__ = ()
    name = "logdet"
    reason = Phrase("differential of log det", "Matrix Cookbook", "eq. 43")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], phrase("a determinant"), "logdet({}'*{})")
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return logdet(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.CONSTANT

    def linear_map(self, index: int) -> LinearMap:
        return lm.Inner(inv(self.args[0]).T)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.log_det(values[0])

    def notation(self) -> Notation:
        return Notation("logdet({0})", "log det({0})", r"\log\det\left({0}\right)", "logdet({0})")


@function("logdet", "log_det", example="logdet(X'*A*X)", given="X: m×n, A: m×m spd")
def logdet(x: Expr) -> Expr:
    """The logarithm of the determinant of a square matrix, where the determinant is positive.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    require_square(x, phrase("a determinant"), "logdet({}'*{})")
    if x.is_scalar:
        return log(x)
    if isinstance(x, Eye):
        return number(0)
    if isinstance(x, Transpose):
        return logdet(x.args[0])
    known = composed(LogDet, x)
    if known is not None:
        return known
    if isinstance(x, Product):
        positive = x.coefficient > 0 and all(s.facts & Fact.POSITIVE for s in x.scalars)
        if positive and (x.coefficient != 1 or x.scalars):
            scalar = multiply(number(x.coefficient), *x.scalars)
            rest = logdet(multiply(*x.chain))
            return add(multiply(dimension(x.rows), log(scalar)), rest)
        if (
            all(factor.facts & Fact.POSITIVE_DEFINITE for factor in x.chain)
            and not x.scalars
            and x.coefficient == 1
        ):
            return add(*(logdet(factor) for factor in x.chain))
    return LogDet.intern((orient(x)[0],))


class Adjugate(Expr):
    """The adjugate det(X) X⁻¹, at invertible X.

    d adj X = tr(X⁻¹dX) adj X − X⁻¹ dX adj X (Magnus & Neudecker, 2019, ch. 8, sec. 7).
    """

    __slots__ = ()
    name = "adjugate"
    joins_factors = True
    no_derivative = Phrase("where the matrix is singular")
    reason = Phrase("differential of the adjugate", "Magnus & Neudecker (2019)", "ch. 8, sec. 7")
    legend = Phrase("adj(M) is the adjugate, the transposed matrix of the cofactors of M")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], phrase("an adjugate"), phrase("a square matrix"))
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return adjugate(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (INHERITED & ~(Fact.ORTHOGONAL | Fact.PERMUTATION | Fact.SKEW))

    def linear_map(self, index: int) -> LinearMap:
        inverted = inv(self.args[0])
        return lm.add_maps(
            lm.compose(lm.Outer(self), lm.Inner(inverted.T)),
            lm.negated(lm.two_sided(inverted, self, self.shape)),
        )

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.adjugate(values[0])

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self if transposed[0] is self.args[0] else None

    def notation(self) -> Notation:
        return call("adjugate", r"\operatorname{adj}", unicode="adj")


@function("adjugate", "adj", example="tr(A*adjugate(X))", given="A: n×n, X: n×n")
def adjugate(x: Expr) -> Expr:
    """The adjugate of a square matrix: det(X) X⁻¹ where X is invertible.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    require_square(x, phrase("an adjugate"), phrase("a square matrix"))
    if x.is_scalar:
        return number(1)
    return oriented(Adjugate, x)


@function("cofactor", "cof", example="tr(A*cofactor(X))", given="A: n×n, X: n×n")
def cofactor(x: Expr) -> Expr:
    """The matrix of the cofactors of a square matrix, which is the transpose of its adjugate.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    return transpose(adjugate(x))
