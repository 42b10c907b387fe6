"""The angle of a point of the plane, entry by entry."""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape, same
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import add, scale
from matgrad.ops.comparisons import spread
from matgrad.ops.elementwise import entrywise
from matgrad.ops.hadamard import hadamard
from matgrad.ops.leaves import number
from matgrad.ops.power import power, square
from matgrad.ops.registry import function
from matgrad.ops.transpose import Transpose


class Arctan2(Expr):
    """The angles of the points (b, a), entry by entry, above −π and up to π."""

    __slots__ = ()
    name = "arctan2"
    rank = 50
    worth_keeping = True
    reason = Phrase("differential of the angle of a point")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        a, b = args
        if not (same(a.rows, b.rows) and same(a.columns, b.columns)):
            raise ShapeError(
                phrase("arctan2 of {a} and {b}: the shapes differ", a=a.describe(), b=b.describe())
            )
        return a.shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return arctan2(*args)

    def infer_facts(self) -> Fact:
        a, b = self.args
        return a.facts & b.facts & (Fact.CONSTANT | Fact.SYMMETRIC) | a.facts & Fact.NONNEGATIVE

    def where_no_derivative(self) -> Phrase | None:
        return Phrase("where a point lies on the negative half of the axis, or at 0")

    def linear_map(self, index: int) -> LinearMap:
        a, b = self.args
        over = power(add(square(a), square(b)), number(-1))
        return entrywise(hadamard(b, over) if index == 0 else scale(-1, hadamard(a, over)))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.arctan2(*values)

    def transpose_operands(self) -> tuple[Expr, ...]:
        return () if self.args[0].is_vector else self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        if not transposed or any(isinstance(x, Transpose) for x in transposed):
            return self if transposed == self.args else None
        return self.rebuild(transposed, ())

    def notation(self) -> Notation:
        return call("arctan2", r"\operatorname{arctan2}", numpy="arctan2")


@function("arctan2", "atan2", numpy=("arctan2", "atan2"), example="sum(arctan2(y, x))", given="x: n, y: n")
def arctan2(a: Expr, b: Expr) -> Expr:
    """The angles of the points (b, a), entry by entry.

    Raises
    ------
    ShapeError
        When the shapes differ, and neither is a scalar.
    """
    return Arctan2.intern(spread(a, b))
