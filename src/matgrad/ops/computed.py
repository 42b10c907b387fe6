"""Values that stay right where the parts of what they stand for do not: made to be computed, never shown.

They have no derivative: derivatives are taken before an expression is prepared for computing
(:mod:`matgrad.rewrite.computing`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, SCALAR, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation


def _unit(xp: Arrays, a: Array) -> Array:
    return xp.over_norms(a, xp.norms(a))


def _unit_rows(xp: Arrays, a: Array) -> Array:
    return xp.over_norms(a, xp.norms(a, by_row=True))


def _square(xp: Arrays, a: Array) -> Array:
    rows, columns = xp.shape(a)
    return xp.matmul(xp.matmul(xp.ones(1, rows), xp.hadamard(a, a)), xp.ones(columns, 1))


def _singular_vectors(xp: Arrays, a: Array, side: int) -> Array:
    decomposition = xp.svd(a)
    xp.require_nonzero(decomposition[1])
    return decomposition[side]


def _checked_inverse(xp: Arrays, a: Array) -> Array:
    xp.require_nonzero(xp.svd(a)[1])
    return xp.inv(a)


VALUES: dict[str, Callable[..., Array]] = {
    "norm": lambda xp, a: xp.norms(a),
    "square": _square,
    "row_norms": lambda xp, a: xp.norms(a, by_row=True),
    "unit": _unit,
    "unit_rows": _unit_rows,
    "power_or_zero": lambda xp, a, exponent: xp.power_or_zero(a, exponent),
    "checked_inverse": _checked_inverse,
    "det_hessian": lambda xp, a, shape: xp.det_hessian(a),
    "xlogy": lambda xp, a, u, exponent: xp.xlogy(a, u, exponent),
    "eigenvectors": lambda xp, a: xp.eigh(a)[1],
    "left_singular_vectors": lambda xp, a, shape: _singular_vectors(xp, a, 0),
    "right_singular_vectors": lambda xp, a, shape: _singular_vectors(xp, a, 2),
}
"""What each kind computes of its operands: norms without overflow and their squares, x/‖x‖ with 0 at 0 (of
all of x, or of each row), powers with 0 for a pole, a ⊙ log(u)ᵏ with 0 where a is 0, inverses that are
refused where rounding hides that there is none, the Hessian of det, and eigenvectors or singular vectors
where any basis will do."""


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
        if kind == "unit":
            return self.args[0].facts & Fact.SYMMETRIC
        return Fact.ORTHONORMAL_COLUMNS if kind.endswith("singular_vectors") else Fact.NONE

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return VALUES[self.data[0]](xp, *values, *self.data[1:])

    def notation(self) -> Notation:
        name = self.data[0]
        return Notation(*[f"{name}({{*}})"] * 4)


def computed(kind: str, *args: Expr, more: tuple[Any, ...] = ()) -> Expr:
    """A value of one of the kinds of :data:`VALUES`."""
    return Computed.intern(args, (kind, *more))
