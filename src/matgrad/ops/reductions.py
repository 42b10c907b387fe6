"""Sums, means, variances, norms and extremes."""

from __future__ import annotations

from functools import reduce

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import SCALAR, Dim, Shape
from matgrad.core.errors import DomainError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import content, multiply, scale, subtract
from matgrad.ops.comparisons import larger, smaller
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.leaves import Number, dimension, is_zero, number, ones
from matgrad.ops.orientation import orient
from matgrad.ops.piecewise import absolute
from matgrad.ops.power import power, sqrt, square
from matgrad.ops.registry import Difference, function
from matgrad.ops.trace import inner_product
from matgrad.ops.transpose import transpose

_OVER_ALL = Phrase(
    "{name} is over all entries and divides by their number n, as in NumPy; "
    "PyTorch's divides by n − 1, and MATLAB's as well, by column",
)
_REPEATED = Phrase("where the extreme value is attained more than once")


@function(
    "sum",
    numpy="sum",
    example="sum(X)",
    given="X: m×n",
    matlab=Difference(
        "sum",
        Phrase(
            "sum(X) is the sum of all entries, ΣᵢΣⱼ X_ij; MATLAB's is column_sum(X)",
        ),
    ),
)
def total(x: Expr) -> Expr:
    """The sum of all entries: 1ᵀX1."""
    return multiply(transpose(ones(x.rows)), x, ones(x.columns))


@function("row_sum", "row_sums", example="sum(exp(row_sum(X)))", given="X: m×n")
def row_sum(x: Expr) -> Expr:
    """The column of the sums of the rows: X1."""
    return multiply(x, ones(x.columns))


@function("column_sum", "column_sums", "col_sum", example="sum(exp(column_sum(X)))", given="X: m×n")
def column_sum(x: Expr) -> Expr:
    """The row of the sums of the columns: 1ᵀX."""
    return multiply(transpose(ones(x.rows)), x)


def _over(x: Expr, count: Dim) -> Expr:
    return multiply(power(dimension(count), number(-1)), x)


@function(
    "mean",
    "average",
    numpy=("mean", "average"),
    example="mean(X)",
    given="X: m×n",
    matlab=Difference(
        "mean",
        Phrase(
            "mean(X) is the mean of all entries; MATLAB's is column_mean(X)",
        ),
    ),
)
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


@function(
    "var",
    "variance",
    numpy="var",
    example="var(x)",
    given="x: n",
    matlab=Difference(
        "var",
        _OVER_ALL.filled(name="var"),
        of_vectors=True,
    ),
)
def var(x: Expr) -> Expr:
    """The variance of all entries, with divisor n."""
    centred = subtract(x, multiply(mean(x), ones(*x.shape)))
    return _over(inner_product(centred, centred), x.rows * x.columns)


@function(
    "std",
    numpy="std",
    example="std(x)",
    given="x: n",
    matlab=Difference(
        "std",
        _OVER_ALL.filled(name="std"),
        of_vectors=True,
    ),
)
def std(x: Expr) -> Expr:
    """The standard deviation of all entries, with divisor n."""
    return sqrt(var(x))


@function("column_var", "col_var", example="sum(exp(column_var(X)))", given="X: m×n")
def column_var(x: Expr) -> Expr:
    """The row of the variances of the columns, with divisor m."""
    centred = subtract(x, multiply(ones(x.rows), column_mean(x)))
    return column_mean(square(centred))


@function("column_std", "col_std", example="sum(column_std(X))", given="X: m×n")
def column_std(x: Expr) -> Expr:
    """The row of the standard deviations of the columns, with divisor m."""
    return sqrt(column_var(x))


@function("row_var", example="sum(exp(row_var(X)))", given="X: m×n")
def row_var(x: Expr) -> Expr:
    """The column of the variances of the rows, with divisor n."""
    return transpose(column_var(transpose(x)))


@function("row_std", example="sum(row_std(X))", given="X: m×n")
def row_std(x: Expr) -> Expr:
    """The column of the standard deviations of the rows, with divisor n."""
    return sqrt(row_var(x))


@function(
    "dot",
    "inner",
    example="dot(x, A*x)",
    given="x: n, A: n×n",
    matlab=Difference(
        "dot",
        Phrase(
            "dot(A, B) is the sum over all entries, tr(AᵀB); MATLAB's is that of each column",
        ),
    ),
)
def dot(a: Expr, b: Expr) -> Expr:
    """The inner product ⟨A, B⟩ = tr(AᵀB), of columns aᵀb.

    Raises
    ------
    ShapeError
        When the shapes differ.
    """
    Hadamard.shape_rule((a, b), ())
    return inner_product(a, b)


class Max(Expr):
    """The largest entry; differentiable where it is attained once."""

    __slots__ = ()
    name = "max"
    mirrored = (-1, call("min", r"\min"))
    no_derivative = _REPEATED
    kink = "largest"
    reason = Phrase("differential of the maximum")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return maximum(args[0])

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)

    def linear_map(self, index: int) -> LinearMap:
        return lm.Inner(argmax(self.args[0]))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.max(values[0])

    def notation(self) -> Notation:
        return call("max", r"\max")


@function(
    "max",
    numpy=("max", "amax"),
    example="max(X)",
    given="X: m×n",
    matlab=Difference(
        "max",
        Phrase(
            "max(X) is the largest of all entries; MATLAB's is that of each column",
        ),
    ),
)
def maximum(x: Expr, *others: Expr) -> Expr:
    """The largest of all entries; of several operands the largest, entry by entry.

    Raises
    ------
    ShapeError
        When several operands differ in shape, and none but one is a scalar.
    """
    if others:
        return reduce(larger, others, x)
    if x.is_scalar:
        return x
    if is_zero(x):
        return number(0)
    common, rest = content(x)
    if abs(common) != 1:
        return scale(abs(common), maximum(scale(common / abs(common), rest)))
    return Max.intern((orient(x)[0],))


@function(
    "min",
    numpy=("min", "amin"),
    example="min(X)",
    given="X: m×n",
    matlab=Difference(
        "min",
        Phrase(
            "min(X) is the smallest of all entries; MATLAB's is that of each column",
        ),
    ),
)
def minimum(x: Expr, *others: Expr) -> Expr:
    """The smallest of all entries; of several operands the smallest, entry by entry.

    Raises
    ------
    ShapeError
        When several operands differ in shape, and none but one is a scalar.
    """
    if others:
        return reduce(smaller, others, x)
    return scale(-1, maximum(scale(-1, x)))


class ArgMax(Expr):
    """1 at the largest entry and 0 elsewhere: the derivative of max, where it is attained once."""

    __slots__ = ()
    name = "argmax"
    mirrored = (
        1,
        Notation("onehot_min({0})", "𝟏[{0} = min]", r"\mathbf{1}\left[{0} = \min\right]", "onehot_min({0})"),
    )
    no_derivative = _REPEATED
    kink = "largest"
    reason = Phrase("piecewise constant")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return argmax(args[0])

    def infer_facts(self) -> Fact:
        return Fact.NONNEGATIVE | (Fact.SIMPLEX if self.is_vector else Fact.NONE)

    def linear_map(self, index: int) -> LinearMap:
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
    common, rest = content(x)
    if abs(common) != 1:
        return argmax(scale(common / abs(common), rest))
    chosen, flipped = orient(x)
    node = ArgMax.intern((chosen,))
    return transpose(node) if flipped else node


@function("onehot_min", example="sum(onehot_min(x) .* x)", given="x: n")
def argmin(x: Expr) -> Expr:
    """The matrix with 1 at the smallest entry and 0 elsewhere."""
    return argmax(scale(-1, x))


@function(
    "norm",
    "norm2",
    "norm_fro",
    numpy="linalg.norm",
    example="norm(A*x - b)",
    given="A: m×n, x: n, b: m",
    matlab=Difference(
        "norm",
        Phrase(
            "norm(X) of a matrix is the Frobenius norm ‖X‖_F; MATLAB's is spectral_norm(X)",
        ),
    ),
)
def norm(x: Expr) -> Expr:
    """The 2-norm of a vector, the Frobenius norm of a matrix: the root of the sum of squares."""
    if x.is_scalar:
        return absolute(x)
    return sqrt(inner_product(x, x))


@function("norm1", example="norm1(x)", given="x: n")
def norm1(x: Expr) -> Expr:
    """The sum of the absolute values of all entries."""
    return total(absolute(x))


@function("norm_inf", "norminf", example="norm_inf(x)", given="x: n")
def norm_inf(x: Expr) -> Expr:
    """The largest absolute value of the entries."""
    return maximum(absolute(x))


@function("norm_p", "pnorm", example="norm_p(x, 3)", given="x: n")
def norm_p(x: Expr, p: Expr) -> Expr:
    """The p-norm (Σ |x_i|^p)^(1/p) of all entries.

    Raises
    ------
    DomainError
        When p is a number below 1, for which this is no norm.
    """
    if isinstance(p, Number) and p.value < 1:
        raise DomainError(phrase("a p-norm needs p ≥ 1, not {p}", p=p))
    return power(total(power(absolute(x), p)), power(p, number(-1)))


@function("row_norm", "row_norms", example="sum(row_norm(X))", given="X: m×n")
def row_norm(x: Expr) -> Expr:
    """The column of the 2-norms of the rows."""
    return sqrt(row_sum(square(x)))


@function("column_norm", "column_norms", "col_norm", example="sum(column_norm(X))", given="X: m×n")
def column_norm(x: Expr) -> Expr:
    """The row of the 2-norms of the columns."""
    return sqrt(column_sum(square(x)))


@function("row_norm1", example="sum(exp(row_norm1(X)))", given="X: m×n")
def row_norm1(x: Expr) -> Expr:
    """The column of the sums of the absolute values of the rows."""
    return row_sum(absolute(x))


@function("column_norm1", "col_norm1", example="sum(exp(column_norm1(X)))", given="X: m×n")
def column_norm1(x: Expr) -> Expr:
    """The row of the sums of the absolute values of the columns."""
    return column_sum(absolute(x))
