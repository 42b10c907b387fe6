"""Sums, means, variances, norms, extremes, and the softmax family."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, SCALAR, Dim, Shape
from matgrad.core.errors import DomainError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase
from matgrad.ops import arithmetic, elementwise, hadamard, linear_map as lm, power, trace
from matgrad.ops.leaves import Number, dimension, is_zero, number, ones, zeros
from matgrad.ops.registry import function
from matgrad.ops.transpose import orient, transpose


@function("sum", numpy="sum", example="sum(X)", given="X: m×n")
def total(x: Expr) -> Expr:
    """The sum of all entries: 1ᵀX1."""
    return arithmetic.multiply(transpose(ones(x.rows)), x, ones(x.columns))


@function("row_sum", "row_sums", example="sum(exp(row_sum(X)))", given="X: m×n")
def row_sum(x: Expr) -> Expr:
    """The column of the sums of the rows: X1."""
    return arithmetic.multiply(x, ones(x.columns))


@function("column_sum", "column_sums", "col_sum", example="sum(exp(column_sum(X)))", given="X: m×n")
def column_sum(x: Expr) -> Expr:
    """The row of the sums of the columns: 1ᵀX."""
    return arithmetic.multiply(transpose(ones(x.rows)), x)


def _over(x: Expr, count: Dim) -> Expr:
    return arithmetic.multiply(power.power(dimension(count), number(-1)), x)


@function("mean", "average", numpy=("mean", "average"), example="mean(X)", given="X: m×n")
def mean(x: Expr) -> Expr:
    """The mean of all entries."""
    return _over(total(x), x.rows * x.columns)


@function("row_mean", "row_means", example="sum(exp(row_mean(X)))", given="X: m×n")
def row_mean(x: Expr) -> Expr:
    """The column of the means of the rows."""
    return _over(row_sum(x), x.columns)


@function("column_mean", "column_means", "col_mean", example="sum(exp(column_mean(X)))", given="X: m×n")
def column_mean(x: Expr) -> Expr:
    """The row of the means of the columns."""
    return _over(column_sum(x), x.rows)


@function("var", "variance", numpy="var", example="var(x)", given="x: n")
def var(x: Expr) -> Expr:
    """The variance of all entries, with divisor n."""
    centred = arithmetic.subtract(x, arithmetic.multiply(mean(x), ones(*x.shape)))
    return _over(trace.inner_product(centred, centred), x.rows * x.columns)


@function("std", numpy="std", example="std(x)", given="x: n")
def std(x: Expr) -> Expr:
    """The standard deviation of all entries, with divisor n."""
    return power.sqrt(var(x))


@function("column_var", "col_var", example="sum(exp(column_var(X)))", given="X: m×n")
def column_var(x: Expr) -> Expr:
    """The row of the variances of the columns, with divisor m."""
    centred = arithmetic.subtract(x, arithmetic.multiply(ones(x.rows), column_mean(x)))
    return column_mean(power.square(centred))


@function("column_std", "col_std", example="sum(column_std(X))", given="X: m×n")
def column_std(x: Expr) -> Expr:
    """The row of the standard deviations of the columns, with divisor m."""
    return power.sqrt(column_var(x))


@function("row_var", example="sum(exp(row_var(X)))", given="X: m×n")
def row_var(x: Expr) -> Expr:
    """The column of the variances of the rows, with divisor n."""
    return transpose(column_var(transpose(x)))


@function("row_std", example="sum(row_std(X))", given="X: m×n")
def row_std(x: Expr) -> Expr:
    """The column of the standard deviations of the rows, with divisor n."""
    return power.sqrt(row_var(x))


@function("dot", "inner", example="dot(x, A*x)", given="x: n, A: n×n")
def dot(a: Expr, b: Expr) -> Expr:
    """The inner product ⟨A, B⟩ = tr(AᵀB), of columns aᵀb.

    Raises
    ------
    ShapeError
        When the shapes differ.
    """
    hadamard.Hadamard.shape_rule((a, b), ())
    return trace.inner_product(a, b)


class Max(Expr):
    """The largest entry; differentiable where it is attained once."""

    __slots__ = ()
    name = "max"
    kink = "largest"
    reason = Phrase("differential of the maximum", "最大值的微分")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return maximum(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.Inner(argmax(self.args[0]))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.max(values[0])

    def notation(self) -> Notation:
        return call("max", r"\max")


@function("max", numpy=("max", "amax"), example="max(X)", given="X: m×n")
def maximum(x: Expr) -> Expr:
    """The largest of all entries."""
    if x.is_scalar:
        return x
    if is_zero(x):
        return number(0)
    common, rest = arithmetic.content(x)
    if common > 0 and common != 1:
        return arithmetic.scale(common, maximum(rest))
    return Max.intern((orient(x)[0],))


@function("min", numpy=("min", "amin"), example="min(X)", given="X: m×n")
def minimum(x: Expr) -> Expr:
    """The smallest of all entries."""
    return arithmetic.scale(-1, maximum(arithmetic.scale(-1, x)))


class ArgMax(Expr):
    """1 at the largest entry and 0 elsewhere: the derivative of max, where it is attained once."""

    __slots__ = ()
    name = "argmax"
    kink = "largest"
    reason = Phrase("piecewise constant", "分段常数")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return argmax(args[0])

    def infer_facts(self) -> Fact:
        return Fact.NONNEGATIVE | (Fact.SIMPLEX if self.is_vector else Fact.NONE)

    def linear_map(self, index: int) -> lm.LinearMap:
        return lm.Zero(self.args[0].shape, self.shape)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.is_max(values[0])

    def notation(self) -> Notation:
        return Notation(
            "onehot_max({0})", "𝟏[{0} = max]", r"\mathbf{1}\left[{0} = \max\right]", "onehot_max({0})"
        )


@function("onehot_max", example="sum(onehot_max(x) .* x)", given="x: n")
def argmax(x: Expr) -> Expr:
    """The matrix with 1 at the largest entry and 0 elsewhere."""
    if x.is_scalar:
        return number(1)
    common, rest = arithmetic.content(x)
    if common > 0 and common != 1:
        return argmax(rest)
    chosen, flipped = orient(x)
    node = ArgMax.intern((chosen,))
    return transpose(node) if flipped else node


@function(
    "norm", "norm2", "norm_fro", numpy="linalg.norm", example="norm(A*x - b)", given="A: m×n, x: n, b: m"
)
def norm(x: Expr) -> Expr:
    """The 2-norm of a vector, the Frobenius norm of a matrix: the root of the sum of squares."""
    if x.is_scalar:
        return elementwise.absolute(x)
    return power.sqrt(trace.inner_product(x, x))


@function("norm1", example="norm1(x)", given="x: n")
def norm1(x: Expr) -> Expr:
    """The sum of the absolute values of all entries."""
    return total(elementwise.absolute(x))


@function("norm_inf", "norminf", example="norm_inf(x)", given="x: n")
def norm_inf(x: Expr) -> Expr:
    """The largest absolute value of the entries."""
    return maximum(elementwise.absolute(x))


@function("norm_p", "pnorm", example="norm_p(x, 3)", given="x: n")
def norm_p(x: Expr, p: Expr) -> Expr:
    """The p-norm (Σ |x_i|^p)^(1/p) of all entries.

    Raises
    ------
    DomainError
        When p is a number below 1, for which this is no norm.
    """
    if isinstance(p, Number) and p.value < 1:
        raise DomainError(f"a p-norm needs p ≥ 1, not {p}")
    return power.power(total(power.power(elementwise.absolute(x), p)), power.power(p, number(-1)))


def require_axis(x: Expr, operation: str) -> None:
    """Refuse a matrix where a vector is meant."""
    if x.columns is not ONE and x.rows is not ONE:
        raise ShapeError(
            f"{operation} of the matrix {x.describe()}: by row or by column?",
            fix=f"row_{operation}({x}) or column_{operation}({x})",
        )


class Normalised(Expr):
    """What softmax, log-softmax and logsumexp share: they work down each column.

    The versions by row are these of the transpose.
    """

    __slots__ = ()
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

    @property
    def by_row(self) -> bool:
        """Whether it works along rows."""
        return bool(self.data[0] == "row")

    def collapse_map(self) -> lm.LinearMap:
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
    reason = Phrase("differential of softmax", "softmax 的微分", "Bishop (2006), sec. 4.3.4")

    @classmethod
    def of_single(cls, x: Expr) -> Expr:
        return ones(*x.shape)

    def infer_facts(self) -> Fact:
        facts = Fact.POSITIVE | self.args[0].facts & Fact.CONSTANT
        return facts | Fact.SIMPLEX if self.is_vector else facts

    def linear_map(self, index: int) -> lm.LinearMap:
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
    reason = Phrase("differential of log-softmax", "log-softmax 的微分")

    @classmethod
    def of_single(cls, x: Expr) -> Expr:
        return zeros(*x.shape)

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.CONSTANT

    def linear_map(self, index: int) -> lm.LinearMap:
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
    reason = Phrase(
        "differential of log-sum-exp", "log-sum-exp 的微分", "Boyd & Vandenberghe (2004), sec. 3.1.5"
    )

    @classmethod
    def of_single(cls, x: Expr) -> Expr:
        return x

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        x = args[0]
        return (x.rows, ONE) if data[0] == "row" else (ONE, x.columns)

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.CONSTANT

    def linear_map(self, index: int) -> lm.LinearMap:
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
