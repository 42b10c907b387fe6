"""The softmax family: softmax, log-softmax, log-sum-exp."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import ONE, Dim, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase
from matgrad.ops import maps as lm
from matgrad.ops.leaves import ones, zeros
from matgrad.ops.orientation import orient
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_axis
from matgrad.ops.transpose import transpose


class Normalised(Expr):
    """What softmax, log-softmax and logsumexp share: they work down each column.

    The versions by row are these of the transpose.
    """

    __slots__ = ()
    worth_keeping = True
    tends = True
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def of(cls, x: Expr, axis: str = "column") -> Expr:
        """Make the node; ``axis`` says whether it works down columns or along rows."""
        chosen, flipped = orient(x)
        if flipped:
            return transpose(cls.of(chosen, "row" if axis == "column" else "column"))
        if x.is_scalar or (axis == "row" and x.columns is ONE):
            return cls.of_single(x)
        return cls.intern((x,), (axis,))

    @classmethod
    def of_single(cls, x: Expr) -> Expr:
        """The value where every row or column worked on has one entry."""
        raise NotImplementedError(f"{cls.__name__} states no value on single entries")

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.of(args[0], data[0])

    def lift(self, operands: Sequence[Expr | None], count: Dim) -> Expr | None:
        if operands[0] is None or not self.args[0].is_vector:
            return None
        whole = self.of(operands[0], "column")
        return transpose(whole) if self.is_scalar else whole

    def rounding(self, entries: Sequence[Any]) -> Any:
        return max(entries) - min(entries)

    @property
    def by_row(self) -> bool:
        """Whether it works along rows."""
        return bool(self.data[0] == "row")

    def planned(self, plan: Planning, *values: Array) -> Array:
        return plan.normalised(self.name, values[0], by_row=self.by_row)

    def collapse_map(self) -> LinearMap:
        """Sum along the axis and spread the sum again: X ↦ 11ᵀX or X11ᵀ; self-adjoint."""
        n = self.args[0].columns if self.by_row else self.args[0].rows
        square = ones(n, n)
        shape = self.args[0].shape
        return lm.Right(square, shape) if self.by_row else lm.Left(square, shape)

    def written_as(self, base: str, latex: str) -> Notation:
        """The notation: plain for vectors, with the axis for matrices."""
        if self.args[0].is_vector:
            return call(base, latex)
        name = f"{self.data[0]}_{base}"
        return call(name, rf"\operatorname{{{self.data[0]}\_{base}}}")


def stable_softmax(xp: Arrays, x: Array) -> Array:
    """The softmax of each column, shifted by the column's largest entry."""
    shifted = xp.subtract(x, xp.matmul(xp.ones(xp.shape(x)[0], 1), xp.column_max(x)))
    e = xp.map(lambda f, t: f.exp(t), shifted)
    sums = xp.matmul(xp.ones(1, xp.shape(x)[0]), e)
    inverse = xp.power(sums, xp.number(-1))
    return xp.hadamard(e, xp.matmul(xp.ones(xp.shape(x)[0], 1), inverse))


def stable_logsumexp(xp: Arrays, x: Array) -> Array:
    """log Σ exp of each column as a row, shifted by the column's largest entry."""
    top = xp.column_max(x)
    shifted = xp.subtract(x, xp.matmul(xp.ones(xp.shape(x)[0], 1), top))
    sums = xp.matmul(xp.ones(1, xp.shape(x)[0]), xp.map(lambda f, t: f.exp(t), shifted))
    return xp.add(top, xp.map(lambda f, t: f.log(t), sums))


class Softmax(Normalised):
    """exp(x) / Σ exp(x). ds = s ⊙ dx − s (sᵀdx): the map diag(s) − ssᵀ (Bishop, 2006, sec. 4.3.4)."""

    __slots__ = ()
    name = "softmax"
    reason = Phrase("differential of softmax", "Bishop (2006)", "sec. 4.3.4")

    @classmethod
    def of_single(cls, x: Expr) -> Expr:
        return ones(*x.shape)

    def infer_facts(self) -> Fact:
        facts = Fact.POSITIVE | self.args[0].facts & Fact.CONSTANT
        return facts | (Fact.SIMPLEX_ROWS if self.by_row else Fact.SIMPLEX)

    def linear_map(self, index: int) -> LinearMap:
        by_softmax = lm.HadamardBy(self)
        if self.is_vector:
            return lm.add_maps(by_softmax, lm.negated(lm.compose(lm.Outer(self), lm.Inner(self))))
        return lm.add_maps(by_softmax, lm.negated(lm.compose(by_softmax, self.collapse_map(), by_softmax)))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        x = xp.transpose(values[0]) if self.by_row else values[0]
        s = stable_softmax(xp, x)
        return xp.transpose(s) if self.by_row else s

    def notation(self) -> Notation:
        return self.written_as("softmax", r"\operatorname{softmax}")


class LogSoftmax(Normalised):
    """x − log Σ exp(x). Its change is dx − 1 (sᵀdx) with s the softmax."""

    __slots__ = ()
    name = "log_softmax"
    reason = Phrase("differential of log-softmax")

    @classmethod
    def of_single(cls, x: Expr) -> Expr:
        return zeros(*x.shape)

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.CONSTANT

    def linear_map(self, index: int) -> LinearMap:
        s = Softmax.of(self.args[0], self.data[0])
        if self.is_vector:
            spread = lm.compose(lm.Outer(ones(self.rows)), lm.Inner(s))
        else:
            spread = lm.compose(self.collapse_map(), lm.HadamardBy(s))
        return lm.add_maps(lm.Identity(self.shape), lm.negated(spread))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        x = xp.transpose(values[0]) if self.by_row else values[0]
        spread = xp.matmul(xp.ones(xp.shape(x)[0], 1), stable_logsumexp(xp, x))
        result = xp.subtract(x, spread)
        return xp.transpose(result) if self.by_row else result

    def notation(self) -> Notation:
        return self.written_as("logsoftmax", r"\log\operatorname{softmax}")


class LogSumExp(Normalised):
    """log Σ exp(x). Its change is sᵀdx with s the softmax."""

    __slots__ = ()
    name = "logsumexp"
    reason = Phrase("differential of log-sum-exp", "Boyd & Vandenberghe (2004)", "sec. 3.1.5")

    @classmethod
    def of_single(cls, x: Expr) -> Expr:
        return x

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        x = args[0]
        return (x.rows, ONE) if data[0] == "row" else (ONE, x.columns)

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.CONSTANT

    def linear_map(self, index: int) -> LinearMap:
        x = self.args[0]
        s = Softmax.of(x, self.data[0])
        if x.is_vector:
            return lm.Inner(s)
        if self.by_row:
            return lm.compose(lm.Right(ones(x.columns), x.shape), lm.HadamardBy(s))
        return lm.compose(lm.Left(transpose(ones(x.rows)), x.shape), lm.HadamardBy(s))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        x = xp.transpose(values[0]) if self.by_row else values[0]
        result = stable_logsumexp(xp, x)
        return xp.transpose(result) if self.by_row else result

    def notation(self) -> Notation:
        return self.written_as("logsumexp", r"\operatorname{logsumexp}")


def _vector_version(cls: type[Normalised], x: Expr, operation: str) -> Expr:
    require_axis(x, operation)
    return cls.of(x, "row" if x.is_row else "column")


@function("softmax", numpy="special.softmax", example="a'*softmax(x)", given="a: n, x: n")
def softmax(x: Expr) -> Expr:
    """The softmax of a vector.

    Raises
    ------
    ShapeError
        For a matrix, for which row_softmax and column_softmax say which is meant.
    """
    return _vector_version(Softmax, x, "softmax")


@function("row_softmax", example="sum(A .* row_softmax(X))", given="A: m×n, X: m×n")
def row_softmax(x: Expr) -> Expr:
    """The softmax of every row."""
    return Softmax.of(x, "row")


@function("column_softmax", "col_softmax", example="sum(A .* column_softmax(X))", given="A: m×n, X: m×n")
def column_softmax(x: Expr) -> Expr:
    """The softmax of every column."""
    return Softmax.of(x, "column")


@function(
    "logsoftmax", "log_softmax", numpy="special.log_softmax", example="a'*logsoftmax(x)", given="a: n, x: n"
)
def logsoftmax(x: Expr) -> Expr:
    """The logarithm of the softmax of a vector.

    Raises
    ------
    ShapeError
        For a matrix, for which row_logsoftmax and column_logsoftmax say which is meant.
    """
    return _vector_version(LogSoftmax, x, "logsoftmax")


@function("row_logsoftmax", "row_log_softmax", example="sum(A .* row_logsoftmax(X))", given="A: m×n, X: m×n")
def row_logsoftmax(x: Expr) -> Expr:
    """The logarithm of the softmax of every row."""
    return LogSoftmax.of(x, "row")


@function(
    "column_logsoftmax",
    "column_log_softmax",
    example="sum(A .* column_logsoftmax(X))",
    given="A: m×n, X: m×n",
)
def column_logsoftmax(x: Expr) -> Expr:
    """The logarithm of the softmax of every column."""
    return LogSoftmax.of(x, "column")


@function("logsumexp", "lse", numpy="special.logsumexp", example="logsumexp(A*x)", given="A: m×n, x: n")
def logsumexp(x: Expr) -> Expr:
    """log Σ exp(x) of a vector.

    Raises
    ------
    ShapeError
        For a matrix, for which row_logsumexp and column_logsumexp say which is meant.
    """
    return _vector_version(LogSumExp, x, "logsumexp")


@function("row_logsumexp", example="sum(row_logsumexp(X))", given="X: m×n")
def row_logsumexp(x: Expr) -> Expr:
    """log Σ exp of every row, as a column."""
    return LogSumExp.of(x, "row")


@function("column_logsumexp", "col_logsumexp", example="sum(column_logsumexp(X))", given="X: m×n")
def column_logsumexp(x: Expr) -> Expr:
    """log Σ exp of every column, as a row."""
    return LogSumExp.of(x, "column")
