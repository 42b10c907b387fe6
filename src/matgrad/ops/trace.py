"""Trace, determinants, the adjugate and the pseudoinverse."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import SCALAR, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase
from matgrad.ops import (
    arithmetic,
    elementwise,
    hadamard,
    inverse,
    kronecker,
    linear_map as lm,
    matrix_functions,
    merging,
    power as powers,
    spectral,
    structure,
)
from matgrad.ops.leaves import Eye, dimension, eye, is_zero, number, zeros
from matgrad.ops.registry import function
from matgrad.ops.transpose import Transpose, orient, oriented


class Trace(Expr):
    """The trace. d tr(X) = tr(dX) (Matrix Cookbook, eq. 36)."""

    __slots__ = ()
    name = "trace"
    reason = Phrase("differential of the trace", "迹的微分", "Matrix Cookbook, eq. 36")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        inverse.require_square(args[0], "a trace", "sum({}) for the sum of all entries")
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return trace(args[0])

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts & Fact.CONSTANT
        if self.args[0].facts & Fact.POSITIVE_DEFINITE:
            return facts | Fact.POSITIVE
        if self.args[0].facts & Fact.POSITIVE_SEMIDEFINITE:
            return facts | Fact.NONNEGATIVE
        return facts

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.Inner(eye(self.args[0].rows))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        total = xp.diagonal(values[0])
        return xp.matmul(xp.ones(1, xp.shape(total)[0]), total)

    def notation(self) -> Notation:
        return call("tr", r"\operatorname{tr}", numpy="trace")


@function("tr", "trace", numpy="trace", example="tr(A*X)", given="A: n×m, X: m×n")
def trace(x: Expr) -> Expr:
    """The sum of the diagonal entries of a square matrix.

    Raises
    ------
    ShapeError
        When the matrix is not square.
    """
    if x.is_scalar:
        return x
    inverse.require_square(x, "a trace", "sum({}) for the sum of all entries")
    if isinstance(x, Eye):
        return dimension(x.rows)
    if is_zero(x):
        return number(0)
    if isinstance(x, arithmetic.Sum):
        return arithmetic.add(*(trace(term) for term in x.args))
    if isinstance(x, arithmetic.Product):
        scalars = (number(x.coefficient), *x.scalars)
        return arithmetic.multiply(*scalars, _trace_of_chain(list(x.chain)))
    if isinstance(x, Transpose):
        return trace(x.args[0])
    if isinstance(x, structure.Diag):
        return merging.total(x.args[0])
    if isinstance(x, kronecker.Kron) and all(factor.is_square for factor in x.args):
        return arithmetic.multiply(*(trace(factor) for factor in x.args))
    if isinstance(x, hadamard.Hadamard) and len(x.args) >= 2 and any(f.facts & Fact.DIAGONAL for f in x.args):
        return merging.total(structure.diagonal(x))
    return Trace.intern((orient(x)[0],))


def _trace_of_chain(chain: list[Expr]) -> Expr:
    """The trace of a product of matrices: a scalar if it can be rotated to one, else canonical.

    The trace is the same for every rotation of the chain and of its transpose; the canonical one
    has the fewest transposes, is a quadratic form XᵀAX where it can be, then comes first in the
    order of operands.
    """
    if len(chain) == 1:
        return trace(chain[0])
    for place in range(len(chain)):
        if chain[place].rows.is_integer and int(chain[place].rows) == 1:
            return arithmetic.multiply(*chain[place:], *chain[:place])
    rotated = arithmetic.multiply(chain[-1], *chain[:-1])
    if not (isinstance(rotated, arithmetic.Product) and len(rotated.chain) == len(chain)):
        return trace(rotated)
    flipped, reverse = merging.turned_round(chain)
    turns = [
        (_place_of_turn(turn), sign, turn)
        for sign, cycle in ((Fraction(1), chain), (flipped, reverse))
        for turn in (cycle[place:] + cycle[:place] for place in range(len(cycle)))
    ]
    _, sign, best = min(turns, key=lambda turn: turn[0])
    product = arithmetic.multiply(*best)
    if not (isinstance(product, arithmetic.Product) and len(product.chain) == len(best)):
        return arithmetic.scale(sign, trace(product))
    return arithmetic.scale(sign, Trace.intern((arithmetic.Product.intern(tuple(best), (Fraction(1), 0)),)))


def _place_of_turn(turn: list[Expr]) -> tuple[object, ...]:
    transposes, *order = merging.orientation_key(turn)
    return (transposes, turn[0].T is not turn[-1], *order)


def inner_product(a: Expr, b: Expr) -> Expr:
    """⟨A, B⟩ = tr(AᵀB), of columns aᵀb."""
    if a.shape[1].is_integer and int(a.shape[1]) == 1:
        return arithmetic.multiply(a.T, b)
    if a.shape[0].is_integer and int(a.shape[0]) == 1:
        return arithmetic.multiply(a, b.T)
    return trace(arithmetic.multiply(a.T, b))


class Determinant(Expr):
    """The determinant. d det X = det X tr(X⁻¹ dX) (Jacobi; Matrix Cookbook, eq. 41)."""

    __slots__ = ()
    name = "determinant"
    reason = Phrase(
        "differential of the determinant (Jacobi)", "行列式的微分（Jacobi 公式）", "Matrix Cookbook, eq. 41"
    )
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        inverse.require_square(args[0], "a determinant", "det({}'*{})")
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

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.Inner(arithmetic.multiply(self, inverse.inv(self.args[0]).T))

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
    inverse.require_square(x, "a determinant", "det({}'*{})")
    if x.is_scalar:
        return x
    if isinstance(x, Eye):
        return number(1)
    if is_zero(x):
        return number(0)
    if isinstance(x, Transpose):
        return det(x.args[0])
    if isinstance(x, inverse.Inverse):
        return powers.power(det(x.args[0]), number(-1))
    if isinstance(x, inverse.MatrixPower):
        return powers.power(det(x.args[0]), x.args[1])
    if isinstance(x, arithmetic.Product):
        scalar = arithmetic.multiply(number(x.coefficient), *x.scalars)
        if scalar is not number(1):
            rest = det(arithmetic.multiply(*x.chain))
            return arithmetic.multiply(powers.power(scalar, dimension(x.rows)), rest)
    if isinstance(x, arithmetic.Sum):
        common, rest = arithmetic.content(x)
        if common < 0:
            common, rest = -common, arithmetic.scale(-1, rest)
        if common != 1:
            return arithmetic.multiply(powers.power(number(common), dimension(x.rows)), det(rest))
    if isinstance(x, kronecker.Kron) and all(factor.is_square for factor in x.args):
        return arithmetic.multiply(
            *(powers.power(det(f), _cofactor_order(x, i)) for i, f in enumerate(x.args))
        )
    if isinstance(x, matrix_functions.Expm):
        return elementwise.exp(trace(x.args[0]))
    return Determinant.intern((orient(x)[0],))


def _cofactor_order(x: Expr, place: int) -> Expr:
    """The order of the Kronecker product of the other factors."""
    orders = [dimension(f.rows) for i, f in enumerate(x.args) if i != place]
    return arithmetic.multiply(*orders)


class LogDet(Expr):
    """log det, where the determinant is positive. d log det X = tr(X⁻¹ dX) (Matrix Cookbook, eq. 43)."""

    __slots__ = ()
    name = "logdet"
    reason = Phrase("differential of log det", "log det 的微分", "Matrix Cookbook, eq. 43")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        inverse.require_square(args[0], "a determinant", "logdet({}'*{})")
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return logdet(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.CONSTANT

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.Inner(inverse.inv(self.args[0]).T)

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
    inverse.require_square(x, "a determinant", "logdet({}'*{})")
    if x.is_scalar:
        return elementwise.log(x)
    if isinstance(x, Eye):
        return number(0)
    if isinstance(x, Transpose):
        return logdet(x.args[0])
    if isinstance(x, inverse.Inverse):
        return arithmetic.scale(-1, logdet(x.args[0]))
    if isinstance(x, arithmetic.Product):
        positive = x.coefficient > 0 and all(s.facts & Fact.POSITIVE for s in x.scalars)
        if positive and (x.coefficient != 1 or x.scalars):
            scalar = arithmetic.multiply(number(x.coefficient), *x.scalars)
            rest = logdet(arithmetic.multiply(*x.chain))
            return arithmetic.add(arithmetic.multiply(dimension(x.rows), elementwise.log(scalar)), rest)
        if (
            all(factor.facts & Fact.POSITIVE_DEFINITE for factor in x.chain)
            and not x.scalars
            and x.coefficient == 1
        ):
            return arithmetic.add(*(logdet(factor) for factor in x.chain))
    if isinstance(x, matrix_functions.Expm):
        return trace(x.args[0])
    return LogDet.intern((orient(x)[0],))


class Adjugate(Expr):
    """The adjugate det(X) X⁻¹, at invertible X.

    d adj X = tr(X⁻¹dX) adj X − X⁻¹ dX adj X (Magnus & Neudecker, 2019, ch. 8, sec. 7).
    """

    __slots__ = ()
    name = "adjugate"
    reason = Phrase(
        "differential of the adjugate", "伴随矩阵的微分", "Magnus & Neudecker (2019), ch. 8, sec. 7"
    )
    legend = Phrase("adj(X) = det(X) X⁻¹ is the adjugate", "adj(X) = det(X) X⁻¹ 是伴随矩阵")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        inverse.require_square(args[0], "an adjugate", "a square matrix")
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return adjugate(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (inverse.INHERITED & ~(Fact.ORTHOGONAL | Fact.SKEW))

    def linear_map(self, index: int) -> lm.LinearMap:
        inverted = inverse.inv(self.args[0])
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
    inverse.require_square(x, "an adjugate", "a square matrix")
    if x.is_scalar:
        return number(1)
    return oriented(Adjugate, x)


class Pinv(Expr):
    """The Moore-Penrose pseudoinverse, where the rank does not change.

    dX⁺ = −X⁺dX X⁺ + X⁺X⁺ᵀ dXᵀ (I − XX⁺) + (I − X⁺X) dXᵀ X⁺ᵀX⁺ (Golub & Pereyra, 1973).
    """

    __slots__ = ()
    name = "pinv"
    reason = Phrase("differential of the pseudoinverse", "伪逆的微分", "Golub & Pereyra (1973)")
    legend = Phrase("X⁺ is the pseudoinverse", "X⁺ 是伪逆")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].columns, args[0].rows)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return pinv(args[0])

    def infer_facts(self) -> Fact:
        keep = Fact.SYMMETRIC | Fact.SKEW | Fact.POSITIVE_SEMIDEFINITE | Fact.DIAGONAL | Fact.CONSTANT
        return self.args[0].facts & keep

    def linear_map(self, index: int) -> lm.LinearMap:
        x = self.args[0]
        multiply, subtract = arithmetic.multiply, arithmetic.subtract
        flipped = (x.columns, x.rows)
        left_rest = subtract(eye(x.rows), multiply(x, self))
        right_rest = subtract(eye(x.columns), multiply(self, x))
        transposition = lm.Transposition(x.shape)
        return lm.add_maps(
            lm.negated(lm.two_sided(self, self, x.shape)),
            lm.compose(lm.two_sided(multiply(self, self.T), left_rest, flipped), transposition),
            lm.compose(lm.two_sided(right_rest, multiply(self.T, self), flipped), transposition),
        )

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        # A null vector that is known is not searched for among numbers of the size of rounding.
        return xp.pinv(values[0], nullity=spectral.known_nullity(self.args[0]))

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self if transposed[0] is self.args[0] else None

    def absorb_right(self, right: Expr) -> Expr | None:
        if right is self.args[0] and right.facts & Fact.ORTHONORMAL_COLUMNS:
            return eye(self.rows)
        return None

    def notation(self) -> Notation:
        return Notation("pinv({0})", "{0}⁺", "{0}^{{+}}", "pinv({0})")


@function("pinv", "pseudoinverse", numpy="linalg.pinv", example="tr(A*pinv(X))", given="A: m×n, X: m×n")
def pinv(x: Expr) -> Expr:
    """The Moore-Penrose pseudoinverse X⁺."""
    if x.is_scalar:
        return powers.power(x, number(-1))
    if is_zero(x):
        return zeros(x.columns, x.rows)
    if x.facts & Fact.INVERTIBLE:
        return inverse.inv(x)
    if x.facts & Fact.ORTHONORMAL_COLUMNS:
        return x.T
    if isinstance(x, Pinv):
        return x.args[0]
    split = arithmetic.split_scalars(x)
    if split is not None:
        return arithmetic.multiply(powers.power(split[0], number(-1)), pinv(split[1]))
    return oriented(Pinv, x)
