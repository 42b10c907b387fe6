"""Cumulative sums and products of columns, and products of all entries of a column."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, Dim, Shape
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import multiply, scale, subtract
from matgrad.ops.kronecker import kron
from matgrad.ops.leaves import Number, Ones, eye, number, ones
from matgrad.ops.linear_operation import LinearOperation, OperationMap
from matgrad.ops.power import power
from matgrad.ops.registry import Difference, function
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose
from matgrad.ops.triangles import tril

_ZERO_ENTRY = Phrase("where an entry is 0")


def _down(name: str) -> Notation:
    """A function of each column: without an axis NumPy takes the entries of a matrix as one row."""
    return replace(call(name), numpy=f"{name}({{*}}, axis=0)")


class CumulativeSum(LinearOperation):
    """The sums of the entries of each column up to each place."""

    __slots__ = ()
    name = "cumsum"
    reason = Phrase("a cumulative sum is linear")

    @classmethod
    def matrix(cls, rows: Dim, columns: Dim) -> Expr:
        return kron(eye(columns), tril(ones(rows, rows)))

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cumsum(args[0])

    def infer_facts(self) -> Fact:
        x = self.args[0]
        return x.facts & (Fact.CONSTANT | Fact.POSITIVE | Fact.NONNEGATIVE | Fact.INTEGER)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.cumsum(values[0])

    def notation(self) -> Notation:
        return call(self.name) if self.is_vector else _down(self.name)


@function("cumsum", numpy="cumsum", example="sum(cumsum(X) .* A)", given="A: m×n, X: m×n")
def cumsum(x: Expr) -> Expr:
    """The sums of the entries of a vector, or of each column of a matrix, up to each place."""
    return x if x.rows is ONE else CumulativeSum.of(x)


class CumulativeSumFromEnd(LinearOperation):
    """The sums of the entries of each column from each place on: the adjoint of the cumulative sum."""

    __slots__ = ()
    name = "cumsum_from_end"
    adjoint = CumulativeSum
    reason = Phrase("a cumulative sum is linear")

    @classmethod
    def matrix(cls, rows: Dim, columns: Dim) -> Expr:
        return kron(eye(columns), transpose(tril(ones(rows, rows))))

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cumsum_from_end(args[0])

    def infer_facts(self) -> Fact:
        x = self.args[0]
        return x.facts & (Fact.CONSTANT | Fact.POSITIVE | Fact.NONNEGATIVE | Fact.INTEGER)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.cumsum(values[0], from_end=True)


@function("cumsum_from_end", example="sum(cumsum_from_end(X) .* A)", given="A: m×n, X: m×n")
def cumsum_from_end(x: Expr) -> Expr:
    """The sums of the entries of a vector, or of each column of a matrix, from each place on."""
    return x if x.rows is ONE else CumulativeSumFromEnd.of(x)


class CumulativeProduct(Expr):
    """The products C of the entries of each column up to each place. dC = C ⊙ cumsum(dX ⊘ X)."""

    __slots__ = ()
    name = "cumprod"
    reason = Phrase("differential of a cumulative product")
    joins_factors = True
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cumprod(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (Fact.CONSTANT | Fact.POSITIVE | Fact.NONNEGATIVE | Fact.INTEGER)

    def linear_map(self, index: int) -> LinearMap:
        x = self.args[0]
        return lm.compose(
            lm.HadamardBy(self),
            OperationMap(CumulativeSum, x.shape, x.shape),
            lm.HadamardBy(power(x, number(-1))),
        )

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.cumprod(values[0])

    def notation(self) -> Notation:
        return call("cumprod") if self.is_vector else _down("cumprod")


@function("cumprod", numpy="cumprod", example="sum(cumprod(X) .* A)", given="A: m×n, X: m×n positive")
def cumprod(x: Expr) -> Expr:
    """The products of the entries of a vector, or of each column of a matrix, up to each place."""
    if x.rows is ONE or isinstance(x, Ones):
        return x
    return CumulativeProduct.intern((x,))


class ColumnProduct(Expr):
    """The row of the products of the columns. dp = 1ᵀ(O ⊙ dX) with O the products of the other entries."""

    __slots__ = ()
    name = "column_prod"
    reason = Phrase("product rule")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (ONE, args[0].columns)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return column_prod(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (Fact.CONSTANT | Fact.POSITIVE | Fact.NONNEGATIVE | Fact.INTEGER)

    def linear_map(self, index: int) -> LinearMap:
        x = self.args[0]
        others = others_prod(x)
        if x.is_vector:
            return lm.Inner(others)
        return lm.compose(lm.Left(transpose(ones(x.rows)), x.shape), lm.HadamardBy(others))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.column_prods(values[0])

    def notation(self) -> Notation:
        if self.args[0].is_vector:
            return call("prod", r"\operatorname{prod}")
        return call("column_prod")


@function("column_prod", "col_prod", example="sum(exp(column_prod(X)))", given="X: m×n")
def column_prod(x: Expr) -> Expr:
    """The row of the products of the entries of the columns."""
    if x.rows is ONE:
        return x
    if isinstance(x, Ones):
        return transpose(ones(x.columns))
    if isinstance(x, Number):
        return x
    return ColumnProduct.intern((x,))


@function("row_prod", example="sum(exp(row_prod(X)))", given="X: m×n")
def row_prod(x: Expr) -> Expr:
    """The column of the products of the entries of the rows."""
    return transpose(column_prod(transpose(x)))


@function(
    "prod",
    "product",
    numpy="prod",
    example="prod(x)",
    given="x: n",
    matlab=Difference("prod", Phrase("prod(X) is the product of all entries; MATLAB's is column_prod(X)")),
)
def prod(x: Expr) -> Expr:
    """The product of all entries."""
    return column_prod(vec(x))


class ProductOfOthers(Expr):
    """For each entry the product of the others of its column, O. dO = (1 1ᵀ(O ⊙ dX) − O ⊙ dX) ⊘ X."""

    __slots__ = ()
    name = "others_prod"
    reason = Phrase("product rule")
    legend = Phrase("others_prod(x) is for each entry the product of the others")
    no_derivative = _ZERO_ENTRY
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return others_prod(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (Fact.CONSTANT | Fact.POSITIVE | Fact.NONNEGATIVE | Fact.INTEGER)

    def linear_map(self, index: int) -> LinearMap:
        x = self.args[0]
        if x.is_vector and not x.facts & Fact.POSITIVE:
            # Without a division by entries that may be 0.
            return lm.Left(others_pair_prod(x), x.shape)
        weighted = lm.HadamardBy(self)
        column = ones(x.rows)
        everywhere = lm.Left(multiply(column, transpose(column)), x.shape)
        rest = lm.add_maps(everywhere, lm.negated(lm.Identity(x.shape)))
        return lm.compose(lm.HadamardBy(power(x, number(-1))), rest, weighted)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.prods_of_others(values[0])

    def notation(self) -> Notation:
        return call("others_prod")


@function("others_prod", example="sum(others_prod(X) .* A)", given="A: m×n, X: m×n positive")
def others_prod(x: Expr) -> Expr:
    """For each entry the product of the others of its column."""
    if x.rows is ONE or isinstance(x, Ones):
        return ones(*x.shape)
    return ProductOfOthers.intern((x,))


class ProductOfOtherPairs(Expr):
    """For two entries of a vector the product of the others, with 0 on the diagonal: the Hessian of prod."""

    __slots__ = ()
    name = "others_pair_prod"
    reason = Phrase("differential of products of other entries")
    no_derivative = _ZERO_ENTRY
    rank = 50
    legend = Phrase(
        "others_pair_prod(x)_ij is the product of all entries of x but x_i and x_j, and 0 for i = j"
    )

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        (x,) = args
        if not x.is_vector:
            raise ShapeError(phrase("others_pair_prod takes a vector, not {x}", x=x.describe()))
        return (x.rows, x.rows)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return others_pair_prod(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (Fact.CONSTANT | Fact.NONNEGATIVE | Fact.INTEGER) | Fact.SYMMETRIC

    def linear_map(self, index: int) -> LinearMap:
        # d(∏ of all but i and j) = (∏ of all but i and j) (Σ_k dx_k/x_k − dx_i/x_i − dx_j/x_j).
        x = self.args[0]
        column = ones(x.rows)
        half = subtract(scale(Fraction(1, 2), multiply(column, transpose(column))), eye(x.rows))
        down = lm.compose(lm.Right(transpose(column), x.shape), lm.Left(half, x.shape))
        both = lm.add_maps(down, lm.compose(lm.Transposition(self.shape), down))
        return lm.compose(lm.HadamardBy(self), both, lm.HadamardBy(power(x, number(-1))))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        (x,) = values
        n = xp.shape(x)[0]
        column, row = xp.ones(n, 1), xp.ones(1, n)
        # Each column is x with 1 in the place of one entry.
        rest = xp.subtract(column, x)
        spread = xp.add(xp.matmul(x, row), xp.hadamard(xp.matmul(rest, row), xp.eye(n)))
        apart = xp.subtract(xp.matmul(column, row), xp.eye(n))
        return xp.hadamard(xp.prods_of_others(spread), apart)

    def notation(self) -> Notation:
        return call("others_pair_prod")


@function("others_pair_prod", example="sum(others_pair_prod(x) .* A)", given="A: n×n, x: n positive")
def others_pair_prod(x: Expr) -> Expr:
    """For two entries of a vector the product of the others, with 0 on the diagonal.

    Raises
    ------
    ShapeError
        When the operand is no vector.
    """
    ProductOfOtherPairs.shape_rule((x,), ())
    if x.rows is ONE:
        return number(0)
    return ProductOfOtherPairs.intern((x,))
