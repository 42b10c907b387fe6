"""Values that stay right where the parts of what they stand for do not: made to be computed, never shown.

They have no derivative: derivatives are taken before an expression is prepared for computing
(:mod:`matgrad.rewrite.computable_forms`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, ClassVar, Self

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, SCALAR, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation


class Computed(Expr):
    """A value that is computed. A subclass is one kind; ``data`` is what it is called, and what it needs."""

    __slots__ = ()
    rank = 50
    kind: ClassVar[str]
    """What it is called in programs."""
    range_facts: ClassVar[Fact] = Fact.NONE

    @classmethod
    def of(cls, *args: Expr, more: tuple[Any, ...] = ()) -> Self:
        """The value for some operands, and what it needs besides them."""
        return cls.intern(args, (cls.kind, *more))

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.intern(args, data)

    def infer_facts(self) -> Fact:
        return self.range_facts

    def notation(self) -> Notation:
        return Notation(*[f"{self.kind}({{*}})"] * 4)


class AsComputed(Computed):
    """X as it is rounded: its mean is what rounding has left, where that of what it stands for is 0."""

    __slots__ = ()
    kind = "rounded"

    def infer_facts(self) -> Fact:
        return self.args[0].facts

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return values[0]


class Less(Computed):
    """X − Y, where X is rounded first: no term of X goes into another sum."""

    __slots__ = ()
    kind = "less"

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.subtract(*values)


# ---- norms and directions ---------------------------------------------------------------------


class Norm(Computed):
    """‖X‖ without overflow."""

    __slots__ = ()
    kind = "norm"
    range_facts = Fact.NONNEGATIVE

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.norms(values[0])


class SquaredNorm(Computed):
    """‖X‖² as the sum of the squares of the entries."""

    __slots__ = ()
    kind = "square"
    range_facts = Fact.NONNEGATIVE

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        (a,) = values
        rows, columns = xp.shape(a)
        return xp.matmul(xp.matmul(xp.ones(1, rows), xp.hadamard(a, a)), xp.ones(columns, 1))


class RowNorms(Computed):
    """The norms of the rows as a column, without overflow."""

    __slots__ = ()
    kind = "row_norms"
    range_facts = Fact.NONNEGATIVE

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (args[0].rows, ONE)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.norms(values[0], by_row=True)


class OverNorm(Computed):
    """X/‖X‖, with 0 at 0."""

    __slots__ = ()
    kind = "unit"

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.SYMMETRIC

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.over_norms(values[0], xp.norms(values[0]))


class Direction(Computed):
    """X/‖X‖, which is no number at 0."""

    __slots__ = ()
    kind = "direction"

    def infer_facts(self) -> Fact:
        return self.args[0].facts & Fact.SYMMETRIC

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        (a,) = values
        if xp.shape(a) == (1, 1):
            # Of one number ±1: a quotient would be merged with powers of the number, which underflow.
            return xp.power(xp.map(lambda f, value: f.sign(value), a), xp.number(-1))
        return xp.scalar_times(xp.power(xp.norms(a), xp.number(-1)), a)


class RowsOverNorms(Computed):
    """Each row over its norm, with 0 for a row of zeros."""

    __slots__ = ()
    kind = "unit_rows"

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.over_norms(values[0], xp.norms(values[0], by_row=True))


# ---- powers, logarithms, and functions near a point ----------------------------------------------


class PowerOrZero(Computed):
    """A power, with 0 for a pole."""

    __slots__ = ()
    kind = "power_or_zero"

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        a, exponent = values
        return xp.power_or_zero(a, exponent)


class TimesLogarithm(Computed):
    """A ⊙ log(U)ᵏ, with 0 where A is 0. It needs k."""

    __slots__ = ()
    kind = "xlogy"

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        a, u = values
        return xp.xlogy(a, u, self.data[1])


def _beside(xp: Arrays, u: Array, point: Fraction, reach: Fraction) -> tuple[Array, Array, Array]:
    """u less a point, how far that is, and 1 where it is within reach, 0 elsewhere."""
    ones = xp.ones(*xp.shape(u))
    distance = xp.subtract(u, xp.scale(point, ones)) if point else u
    size = xp.map(lambda f, value: f.absolute(value), distance)
    inside = xp.map(lambda f, value: f.step(value), xp.subtract(xp.scale(reach, ones), size))
    return distance, size, inside


def _outside(xp: Arrays, inside: Array) -> Array:
    return xp.subtract(xp.ones(*xp.shape(inside)), inside)


class Away(Computed):
    """The entries, with those near a point moved away from it. It needs the point and how near."""

    __slots__ = ()
    kind = "away"

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        (u,), (_, point, reach) = values, self.data
        *_, inside = _beside(xp, u, point, reach)
        return xp.add(xp.scale(point + reach, inside), xp.hadamard(_outside(xp, inside), u))


class Near(Computed):
    """A value, and near a point of its variable a power series in its place.

    Operands are the variable and the value; it needs the point, how near, and the coefficients.
    """

    __slots__ = ()
    kind = "near"

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        (u, value), (_, point, reach, terms) = values, self.data
        distance, size, inside = _beside(xp, u, point, reach)
        ones = xp.ones(*xp.shape(u))
        # Cut off where it is not used, so that no power of it overflows.
        beyond = xp.map(lambda f, value: f.relu(value), xp.subtract(size, xp.scale(reach, ones)))
        sign = xp.map(lambda f, value: f.sign(value), distance)
        distance = xp.subtract(distance, xp.hadamard(sign, beyond))
        series = xp.scale(terms[-1], ones)
        for term in reversed(terms[:-1]):
            series = xp.hadamard(series, distance)
            series = xp.add(xp.scale(term, ones), series) if term else series
        return xp.add(xp.hadamard(inside, series), xp.hadamard(_outside(xp, inside), value))


# ---- determinants and inverses ------------------------------------------------------------------


class CheckedInverse(Computed):
    """The inverse, refused where rounding hides that there is none."""

    __slots__ = ()
    kind = "checked_inverse"

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        xp.require_nonzero(xp.svd(values[0])[1])
        return xp.inv(values[0])


class Shaped(Computed):
    """A value whose shape is stated: it needs that."""

    __slots__ = ()

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        shape: Shape = data[1]
        return shape


class DetHessian(Shaped):
    """The Hessian of the determinant."""

    __slots__ = ()
    kind = "det_hessian"
    range_facts = Fact.SYMMETRIC

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.det_hessian(values[0])


# ---- eigenvectors and singular vectors where any basis will do -----------------------------------


class AnyEigenvectors(Computed):
    """Eigenvectors, where eigenvalues coincide too."""

    __slots__ = ()
    kind = "eigenvectors"
    range_facts = Fact.ORTHOGONAL

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.eigh(values[0])[1]


class AnyLeftVectors(Shaped):
    """Left singular vectors of a matrix of full rank."""

    __slots__ = ()
    kind = "left_singular_vectors"
    range_facts = Fact.ORTHONORMAL_COLUMNS

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        left, sizes, _ = xp.svd(values[0])
        xp.require_nonzero(sizes)
        return left


class AnyRightVectors(Shaped):
    """Right singular vectors of a matrix of full rank."""

    __slots__ = ()
    kind = "right_singular_vectors"
    range_facts = Fact.ORTHONORMAL_COLUMNS

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        _, sizes, right = xp.svd(values[0])
        xp.require_nonzero(sizes)
        return right


class RangeVectors(Shaped):
    """Left singular vectors, with zeros for those of the singular values that are zero up to rounding."""

    __slots__ = ()
    kind = "range_singular_vectors"

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        left, sizes, _ = xp.svd(values[0])
        if xp.shape(sizes)[0] == 1:
            # σ σ⁺ of one number, without the quotient that is taken for 1 where σ is 0.
            return xp.matmul(left, xp.map(lambda f, value: f.sign(value), sizes))
        share = xp.hadamard(sizes, xp.diagonal(xp.pinv(xp.diag(sizes))))
        return xp.matmul(left, xp.diag(share))


class CoupledVectors(Shaped):
    """The right singular vectors that belong to those of :class:`RangeVectors`."""

    __slots__ = ()
    kind = "coupled_singular_vectors"
    range_facts = Fact.ORTHONORMAL_COLUMNS

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.svd(values[0])[2]
