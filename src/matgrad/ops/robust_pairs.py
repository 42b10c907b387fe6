"""Products of differences, of all pairs at once: made to be computed, never shown.

‖x_i − x_j‖² is x_iᵀx_i + x_jᵀx_j − 2x_iᵀx_j, which is one product of matrices for all pairs. Points that are
close to one another beside how far they are from zero lose their digits there, so that their mean is taken
off first; what rounding leaves below zero is zero.
"""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape
from matgrad.core.expr import Data, Expr, postorder
from matgrad.core.facts import Fact
from matgrad.ops.arithmetic import content, scale
from matgrad.ops.leaves import Number
from matgrad.ops.power import Power, power
from matgrad.ops.robust_values import Computed
from matgrad.ops.transpose import Transpose, transpose


def squared_distances(c: Expr, d: Expr) -> SquaredDistances:
    """‖c_i + d_j‖² of the columns of two matrices."""
    negative = scale(-1, c)
    if negative is not d:
        return SquaredDistances.of(c, d)
    return SquaredDistances.of(negative if content(c)[0] < 0 else c)


def strictly(x: Expr, *, upper: bool) -> Expr:
    """The entries of a square matrix below its diagonal, or above it, whatever stands elsewhere."""
    front, core = content(x)
    if isinstance(core, Power) and isinstance(core.exponent, Number) and core.exponent.value > 0:
        return scale(front, power(strictly(core.args[0], upper=upper), core.exponent))
    turned = transpose(core)
    if _transposes(turned) < _transposes(core):
        return scale(front, transpose(StrictTriangle.of(turned, more=(not upper,))))
    return scale(front, StrictTriangle.of(core, more=(upper,)))


def _transposes(x: Expr) -> int:
    return sum(isinstance(node, Transpose) for node in postorder(x))


class SquaredDistances(Computed):
    """‖c_i − c_j‖² of the columns of one matrix, or ‖c_i + d_j‖² of those of two."""

    __slots__ = ()
    kind = "squared_distances"

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].columns, args[-1].columns)

    def infer_facts(self) -> Fact:
        return Fact.NONNEGATIVE | (Fact.SYMMETRIC if len(self.args) == 1 else Fact.NONE)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        if len(values) == 1:
            c, _ = _centred(xp, values[0], values[0])
            products = xp.matmul(xp.transpose(c), c)
            column = xp.diagonal(products)
            whole = _spread(xp, column, column, xp.scale(Fraction(-2), products))
        else:
            c, d = _centred(xp, *values)
            products = xp.matmul(xp.transpose(c), d)
            whole = _spread(xp, _inner(xp, c, c), _inner(xp, d, d), xp.scale(Fraction(2), products))
        return xp.map(lambda f, value: f.relu(value), whole)


class FromMean(Computed):
    """The columns of a matrix less the mean of those of another one."""

    __slots__ = ()
    kind = "from_mean"

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        columns, others = values
        if not xp.shape(others)[1]:
            return columns
        return xp.subtract(columns, xp.matmul(_mean(xp, others), xp.ones(1, xp.shape(columns)[1])))


class StrictTriangle(Computed):
    """The entries below the diagonal or above it, with zeros in all other places. It needs which."""

    __slots__ = ()
    kind = "strict_triangle"

    def infer_facts(self) -> Fact:
        triangle = Fact.UPPER_TRIANGULAR if self.data[1] else Fact.LOWER_TRIANGULAR
        return self.args[0].facts & Fact.NONNEGATIVE | triangle

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.tril(values[0], strict=True, upper=self.data[1])


class PairProducts(Computed):
    """(c_i + d_j)ᵀ(e_i + f_j) of the columns of four matrices."""

    __slots__ = ()
    kind = "pair_products"

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].columns, args[1].columns)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        c, d = _centred(xp, *values[:2])
        e, f = _centred(xp, *values[2:])
        products = xp.add(xp.matmul(xp.transpose(c), f), xp.matmul(xp.transpose(e), d))
        return _spread(xp, _inner(xp, c, e), _inner(xp, d, f), products)


def _centred(xp: Arrays, c: Array, d: Array) -> tuple[Array, Array]:
    """Columns of which the sums are the same, the first ones with mean 0."""
    count, others = xp.shape(c)[1], xp.shape(d)[1]
    if not count:
        return c, d
    mean = _mean(xp, c)
    return (
        xp.subtract(c, xp.matmul(mean, xp.ones(1, count))),
        xp.add(d, xp.matmul(mean, xp.ones(1, others))),
    )


def _mean(xp: Arrays, c: Array) -> Array:
    """The mean of columns, of which there is at least one."""
    count = xp.shape(c)[1]
    # Not as a fraction: how many there are may be known only where the code runs.
    return xp.scalar_times(xp.power(xp.number(count), xp.number(-1)), xp.matmul(c, xp.ones(count, 1)))


def _inner(xp: Arrays, a: Array, b: Array) -> Array:
    """The products aᵢᵀbᵢ as a column."""
    return xp.matmul(xp.transpose(xp.hadamard(a, b)), xp.ones(xp.shape(a)[0], 1))


def _spread(xp: Arrays, column: Array, row: Array, rest: Array) -> Array:
    """column 1ᵀ + 1 rowᵀ + rest."""
    tall, wide = xp.shape(column)[0], xp.shape(row)[0]
    first = xp.matmul(column, xp.ones(1, wide))
    return xp.add(xp.add(first, xp.matmul(xp.ones(tall, 1), xp.transpose(row))), rest)
