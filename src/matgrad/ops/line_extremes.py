"""The largest and the smallest entry of each column and of each row."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import content, scale
from matgrad.ops.leaves import is_zero, ones, zeros
from matgrad.ops.piecewise import absolute
from matgrad.ops.reductions import argmax, maximum
from matgrad.ops.registry import function
from matgrad.ops.transpose import transpose

_REPEATED = Phrase("where the extreme value of a column is attained more than once")


class ColumnMax(Expr):
    """The row of the largest entries of the columns. dm = 1ᵀ(M ⊙ dX) with M the 1 at each largest entry."""

    __slots__ = ()
    name = "column_max"
    mirrored = (-1, call("column_min"))
    no_derivative = _REPEATED
    kink = "largest of columns"
    reason = Phrase("differential of the maximum")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (ONE, args[0].columns)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return column_max(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)

    def linear_map(self, index: int) -> LinearMap:
        x = self.args[0]
        return lm.compose(lm.Left(transpose(ones(x.rows)), x.shape), lm.HadamardBy(column_argmax(x)))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.column_max(values[0])

    def notation(self) -> Notation:
        return call("column_max")


@function("column_max", "col_max", example="sum(exp(column_max(X)))", given="X: m×n")
def column_max(x: Expr) -> Expr:
    """The row of the largest entries of the columns."""
    if x.rows is ONE:
        return x
    if x.is_vector:
        return maximum(x)
    if is_zero(x):
        return zeros(ONE, x.columns)
    common, rest = content(x)
    if abs(common) != 1:
        return scale(abs(common), column_max(scale(common / abs(common), rest)))
    return ColumnMax.intern((x,))


@function("row_max", example="sum(exp(row_max(X)))", given="X: m×n")
def row_max(x: Expr) -> Expr:
    """The column of the largest entries of the rows."""
    return transpose(column_max(transpose(x)))


@function("column_min", "col_min", example="sum(exp(column_min(X)))", given="X: m×n")
def column_min(x: Expr) -> Expr:
    """The row of the smallest entries of the columns."""
    return scale(-1, column_max(scale(-1, x)))


@function("row_min", example="sum(exp(row_min(X)))", given="X: m×n")
def row_min(x: Expr) -> Expr:
    """The column of the smallest entries of the rows."""
    return scale(-1, row_max(scale(-1, x)))


class ColumnArgMax(Expr):
    """1 at the largest entry of each column and 0 elsewhere, where it is attained once.

    Where it is attained k times it is 1/k at each of them.
    """

    __slots__ = ()
    name = "column_onehot_max"
    mirrored = (1, call("column_onehot_min"))
    no_derivative = _REPEATED
    kink = "largest of columns"
    reason = Phrase("piecewise constant")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return column_argmax(args[0])

    def infer_facts(self) -> Fact:
        return Fact.NONNEGATIVE

    def linear_map(self, index: int) -> LinearMap:
        return lm.Zero(self.args[0].shape, self.shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        x = values[0]
        rows, columns = xp.shape(x)
        column = xp.ones(rows, 1)
        below = xp.map(lambda f, t: f.step(t), xp.subtract(xp.matmul(column, xp.column_max(x)), x))
        largest = xp.subtract(xp.ones(rows, columns), below)
        counts = xp.matmul(xp.transpose(column), largest)
        return xp.hadamard(largest, xp.matmul(column, xp.power(counts, xp.number(-1))))

    def notation(self) -> Notation:
        return call("column_onehot_max")


@function("column_onehot_max", example="sum(column_onehot_max(X) .* X)", given="X: m×n")
def column_argmax(x: Expr) -> Expr:
    """The matrix with 1 at the largest entry of each column and 0 elsewhere."""
    if x.rows is ONE:
        return ones(*x.shape)
    if x.is_vector:
        return argmax(x)
    common, rest = content(x)
    if abs(common) != 1:
        return column_argmax(scale(common / abs(common), rest))
    return ColumnArgMax.intern((x,))


@function("column_onehot_min", example="sum(column_onehot_min(X) .* X)", given="X: m×n")
def column_argmin(x: Expr) -> Expr:
    """The matrix with 1 at the smallest entry of each column and 0 elsewhere."""
    return column_argmax(scale(-1, x))


@function("row_norm_inf", example="sum(exp(row_norm_inf(X)))", given="X: m×n")
def row_norm_inf(x: Expr) -> Expr:
    """The column of the largest absolute values of the rows."""
    return row_max(absolute(x))


@function("column_norm_inf", "col_norm_inf", example="sum(exp(column_norm_inf(X)))", given="X: m×n")
def column_norm_inf(x: Expr) -> Expr:
    """The row of the largest absolute values of the columns."""
    return column_max(absolute(x))
