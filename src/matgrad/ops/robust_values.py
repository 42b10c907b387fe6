"""Values that stay right where the parts of what they stand for do not: made to be computed, never shown.

They have no derivative: derivatives are taken before an expression is prepared for computing
(:mod:`matgrad.rewrite.computable_forms`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, SCALAR, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation


def _unit(xp: Arrays, a: Array) -> Array:
    return xp.over_norms(a, xp.norms(a))


def _direction(xp: Arrays, a: Array) -> Array:
    if xp.shape(a) == (1, 1):
        # Of one number ±1: a quotient would be merged with powers of the number, which underflow.
        return xp.power(xp.map(lambda f, value: f.sign(value), a), xp.number(-1))
    return xp.scalar_times(xp.power(xp.norms(a), xp.number(-1)), a)


def _unit_rows(xp: Arrays, a: Array) -> Array:
    return xp.over_norms(a, xp.norms(a, by_row=True))


def _square(xp: Arrays, a: Array) -> Array:
    rows, columns = xp.shape(a)
    return xp.matmul(xp.matmul(xp.ones(1, rows), xp.hadamard(a, a)), xp.ones(columns, 1))


def _singular_vectors(xp: Arrays, a: Array, side: int) -> Array:
    decomposition = xp.svd(a)
    xp.require_nonzero(decomposition[1])
    return decomposition[side]


def _range_vectors(xp: Arrays, a: Array) -> Array:
    """The left singular vectors, with zeros for those of the singular values that are zero up to rounding."""
    left, values, _ = xp.svd(a)
    if xp.shape(values)[0] == 1:
        # σ σ⁺ of one number, without the quotient that is taken for 1 where σ is 0.
        return xp.matmul(left, xp.map(lambda f, value: f.sign(value), values))
    share = xp.hadamard(values, xp.diagonal(xp.pinv(xp.diag(values))))
    return xp.matmul(left, xp.diag(share))


def _checked_inverse(xp: Arrays, a: Array) -> Array:
    xp.require_nonzero(xp.svd(a)[1])
    return xp.inv(a)


def _beside(xp: Arrays, u: Array, point: Fraction, reach: Fraction) -> tuple[Array, Array, Array]:
    """u less a point, how far that is, and 1 where it is within reach, 0 elsewhere."""
    ones = xp.ones(*xp.shape(u))
    distance = xp.subtract(u, xp.scale(point, ones)) if point else u
    size = xp.map(lambda f, value: f.absolute(value), distance)
    inside = xp.map(lambda f, value: f.step(value), xp.subtract(xp.scale(reach, ones), size))
    return distance, size, inside


def _outside(xp: Arrays, inside: Array) -> Array:
    return xp.subtract(xp.ones(*xp.shape(inside)), inside)


def _away(xp: Arrays, u: Array, point: Fraction, reach: Fraction) -> Array:
    *_, inside = _beside(xp, u, point, reach)
    return xp.add(xp.scale(point + reach, inside), xp.hadamard(_outside(xp, inside), u))


def _near(
    xp: Arrays, u: Array, value: Array, point: Fraction, reach: Fraction, terms: Sequence[Fraction]
) -> Array:
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


VALUES: dict[str, Callable[..., Array]] = {
    "norm": lambda xp, a: xp.norms(a),
    "square": _square,
    "row_norms": lambda xp, a: xp.norms(a, by_row=True),
    "unit": _unit,
    "direction": _direction,
    "unit_rows": _unit_rows,
    "power_or_zero": lambda xp, a, exponent: xp.power_or_zero(a, exponent),
    "checked_inverse": _checked_inverse,
    "det_hessian": lambda xp, a, shape: xp.det_hessian(a),
    "away": _away,
    "near": _near,
    "xlogy": lambda xp, a, u, exponent: xp.xlogy(a, u, exponent),
    "eigenvectors": lambda xp, a: xp.eigh(a)[1],
    "range_singular_vectors": lambda xp, a, shape: _range_vectors(xp, a),
    "coupled_singular_vectors": lambda xp, a, shape: xp.svd(a)[2],
    "left_singular_vectors": lambda xp, a, shape: _singular_vectors(xp, a, 0),
    "right_singular_vectors": lambda xp, a, shape: _singular_vectors(xp, a, 2),
}
"""What each kind computes of its operands: norms without overflow and their squares, x/‖x‖ with 0 at 0 (of
all of x, or of each row) or with no number there, powers with 0 for a pole, a ⊙ log(u)ᵏ with 0 where a is
0, inverses that are refused where rounding hides that there is none, the Hessian of det, numbers moved away
from a point, and values near it by a power series in their place, and eigenvectors or singular vectors
where any basis will do: of one side at full rank, or of both, with zeros for the left ones of singular
values that are 0 ("range")."""


class Computed(Expr):
    """A value of a kind of :data:`VALUES`. ``data`` is the kind and what it needs besides operands."""

    __slots__ = ()
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        if data[0] in ("norm", "square"):
            return SCALAR
        if data[0] == "row_norms":
            return (args[0].rows, ONE)
        if data[0] == "det_hessian" or data[0].endswith("singular_vectors"):
            shape: Shape = data[1]
            return shape
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.intern(args, data)

    def infer_facts(self) -> Fact:
        kind = self.data[0]
        if kind in ("norm", "square", "row_norms"):
            return Fact.NONNEGATIVE
        if kind == "eigenvectors":
            return Fact.ORTHOGONAL
        if kind == "det_hessian":
            return Fact.SYMMETRIC
        if kind in ("unit", "direction"):
            return self.args[0].facts & Fact.SYMMETRIC
        vectors = kind.endswith("singular_vectors") and not kind.startswith("range")
        return Fact.ORTHONORMAL_COLUMNS if vectors else Fact.NONE

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return VALUES[self.data[0]](xp, *values, *self.data[1:])

    def notation(self) -> Notation:
        name = self.data[0]
        return Notation(*[f"{name}({{*}})"] * 4)


def computed(kind: str, *args: Expr, more: tuple[Any, ...] = ()) -> Expr:
    """A value of one of the kinds of :data:`VALUES`."""
    return Computed.intern(args, (kind, *more))
