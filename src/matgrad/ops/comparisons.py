"""The larger and the smaller of two, comparisons, and functions in pieces.

A comparison is 1 where it holds and 0 where it does not. Away from where its sides are equal it is constant.
"""

from __future__ import annotations

from math import prod
from typing import ClassVar

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Shape, same
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale, subtract
from matgrad.ops.elementwise import entrywise
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.leaves import Number, Ones, is_zero, number, ones
from matgrad.ops.piecewise import Step, relu, step
from matgrad.ops.registry import function
from matgrad.ops.transpose import Transpose

_EQUAL = Phrase("where operands of {name} are equal")


def spread(*operands: Expr) -> tuple[Expr, ...]:
    """Scalars repeated over the shape of the others.

    Raises
    ------
    ShapeError
        When two operands have different shapes, and neither is a scalar.
    """
    full = next((x for x in operands if not x.is_scalar), None)
    if full is None:
        return operands
    for x in operands:
        fits = x.is_scalar or (same(x.rows, full.rows) and same(x.columns, full.columns))
        if not fits:
            raise ShapeError(
                phrase(
                    "{full} and {x} are compared entry by entry: the shapes differ",
                    full=full.describe(),
                    x=x.describe(),
                )
            )
    return tuple(multiply(x, ones(*full.shape)) if x.is_scalar else x for x in operands)


class _OfTwo(Expr):
    """The larger or the smaller of two, entry by entry; differentiable where they differ."""

    __slots__ = ()
    rank = 50
    short: ClassVar[str] = ""

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        a, b = args
        if not (same(a.rows, b.rows) and same(a.columns, b.columns)):
            raise ShapeError(
                phrase(
                    "{short} of {a} and {b}: the shapes differ",
                    short=cls.short,
                    a=a.describe(),
                    b=b.describe(),
                )
            )
        return a.shape

    def where_no_derivative(self) -> Phrase | None:
        return _EQUAL.filled(name=self.short)

    def kinks(self) -> tuple[tuple[Expr, str], ...]:
        return ((subtract(*self.args), "sign"),)

    def transpose_operands(self) -> tuple[Expr, ...]:
        return () if self.args[0].is_vector else self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        if not transposed or any(isinstance(x, Transpose) for x in transposed):
            return self if transposed == self.args else None
        return self.rebuild(transposed, ())

    def notation(self) -> Notation:
        return call(self.short, rf"\{self.short}", numpy=self.name)


def _ordered(a: Expr, b: Expr) -> tuple[Expr, Expr]:
    return (a, b) if a.key <= b.key else (b, a)


class Larger(_OfTwo):
    """The larger of two, entry by entry. d max(A, B) = 𝟏[A > B] ⊙ dA + (1 − 𝟏[A > B]) ⊙ dB."""

    __slots__ = ()
    name = "maximum"
    short = "max"
    reason = Phrase("differential of the larger of two")

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return larger(*args)

    def infer_facts(self) -> Fact:
        a, b = self.args
        either = (a.facts | b.facts) & (Fact.POSITIVE | Fact.NONNEGATIVE)
        return either | a.facts & b.facts & (Fact.CONSTANT | Fact.INTEGER | Fact.SYMMETRIC)

    def linear_map(self, index: int) -> LinearMap:
        above = greater(*self.args)
        return entrywise(above if index == 0 else complement(above))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.larger(*values)


@function("maximum", "fmax", numpy=("maximum", "fmax"), example="sum(maximum(x, y))", given="x: n, y: n")
def larger(a: Expr, b: Expr) -> Expr:
    """The larger of two, entry by entry.

    Raises
    ------
    ShapeError
        When the shapes differ, and neither is a scalar.
    """
    a, b = spread(a, b)
    if a is b:
        return a
    if is_zero(a) or is_zero(b):
        return relu(b if is_zero(a) else a)
    if isinstance(a, Number) and isinstance(b, Number):
        return number(max(a.value, b.value))
    return Larger.intern(_ordered(a, b))


class Smaller(_OfTwo):
    """The smaller of two, entry by entry. d min(A, B) = 𝟏[A < B] ⊙ dA + (1 − 𝟏[A < B]) ⊙ dB."""

    __slots__ = ()
    name = "minimum"
    short = "min"
    reason = Phrase("differential of the smaller of two")

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return smaller(*args)

    def infer_facts(self) -> Fact:
        a, b = self.args
        kept = Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER | Fact.SYMMETRIC
        return a.facts & b.facts & kept

    def linear_map(self, index: int) -> LinearMap:
        a, b = self.args
        below = greater(b, a)
        return entrywise(below if index == 0 else complement(below))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        a, b = (xp.scale(-1, value) for value in values)
        return xp.scale(-1, xp.larger(a, b))


@function("minimum", "fmin", numpy=("minimum", "fmin"), example="sum(minimum(x, y))", given="x: n, y: n")
def smaller(a: Expr, b: Expr) -> Expr:
    """The smaller of two, entry by entry.

    Raises
    ------
    ShapeError
        When the shapes differ, and neither is a scalar.
    """
    a, b = spread(a, b)
    if a is b:
        return a
    if is_zero(a) or is_zero(b):
        return scale(-1, relu(scale(-1, b if is_zero(a) else a)))
    if isinstance(a, Number) and isinstance(b, Number):
        return number(min(a.value, b.value))
    return Smaller.intern(_ordered(a, b))


@function("clip", "clamp", numpy="clip", example="sum(clip(x, -1, 2))", given="x: n")
def clip(x: Expr, low: Expr, high: Expr) -> Expr:
    """Every entry brought between two bounds: min(max(x, low), high).

    Raises
    ------
    ShapeError
        When the shapes differ.
    """
    return smaller(larger(x, low), high)


# ---- comparisons -------------------------------------------------------------------------------------


def complement(condition: Expr) -> Expr:
    """1 where a condition is 0, and 0 where it is 1."""
    return subtract(ones(*condition.shape), condition)


@function("greater", numpy="greater", example="sum(greater(x, y) .* x)", given="x: n, y: n")
def greater(a: Expr, b: Expr) -> Expr:
    """1 where a > b and 0 elsewhere, entry by entry.

    Raises
    ------
    ShapeError
        When the shapes differ, and neither is a scalar.
    """
    a, b = spread(a, b)
    return step(subtract(a, b))


@function("less", numpy="less", example="sum(less(x, y) .* x)", given="x: n, y: n")
def less(a: Expr, b: Expr) -> Expr:
    """1 where a < b and 0 elsewhere, entry by entry.

    Raises
    ------
    ShapeError
        When the shapes differ, and neither is a scalar.
    """
    return greater(b, a)


@function("greater_equal", numpy="greater_equal", example="sum(greater_equal(x, y) .* x)", given="x: n, y: n")
def greater_equal(a: Expr, b: Expr) -> Expr:
    """1 where a ≥ b and 0 elsewhere, entry by entry.

    Raises
    ------
    ShapeError
        When the shapes differ, and neither is a scalar.
    """
    return complement(greater(b, a))


@function("less_equal", numpy="less_equal", example="sum(less_equal(x, y) .* x)", given="x: n, y: n")
def less_equal(a: Expr, b: Expr) -> Expr:
    """1 where a ≤ b and 0 elsewhere, entry by entry.

    Raises
    ------
    ShapeError
        When the shapes differ, and neither is a scalar.
    """
    return complement(greater(a, b))


@function(
    "logical_not", numpy="logical_not", example="sum(logical_not(greater(x, y)) .* x)", given="x: n, y: n"
)
def logical_not(condition: Expr) -> Expr:
    """1 where a condition does not hold and 0 where it does, entry by entry."""
    return complement(condition)


@function(
    "logical_and",
    numpy="logical_and",
    example="sum(logical_and(greater(x, 0), less(x, y)) .* x)",
    given="x: n, y: n",
)
def logical_and(a: Expr, b: Expr) -> Expr:
    """1 where both conditions hold and 0 elsewhere, entry by entry.

    Raises
    ------
    ShapeError
        When the shapes differ, and neither is a scalar.
    """
    return hadamard(*spread(a, b))


@function(
    "logical_or",
    numpy="logical_or",
    example="sum(logical_or(less(x, 0), greater(x, y)) .* x)",
    given="x: n, y: n",
)
def logical_or(a: Expr, b: Expr) -> Expr:
    """1 where at least one of two conditions holds and 0 elsewhere, entry by entry.

    Raises
    ------
    ShapeError
        When the shapes differ, and neither is a scalar.
    """
    a, b = spread(a, b)
    return complement(hadamard(complement(a), complement(b)))


class Where(Expr):
    """A where a condition holds, else B, entry by entry. ``args`` are the condition, A and B.

    d where(C, A, B) = C ⊙ dA + (1 − C) ⊙ dB, away from where the condition changes.
    """

    __slots__ = ()
    name = "where"
    reason = Phrase("differential of a function in pieces")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        condition, a, b = args
        for x in (a, b):
            if not (same(x.rows, condition.rows) and same(x.columns, condition.columns)):
                raise ShapeError(
                    phrase(
                        "the condition {condition} does not have the shape of {x}",
                        condition=condition.describe(),
                        x=x.describe(),
                    )
                )
        return a.shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return _where(*args)

    def infer_facts(self) -> Fact:
        condition, a, b = self.args
        facts = a.facts & b.facts & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.INTEGER)
        return facts | a.facts & b.facts & condition.facts & (Fact.CONSTANT | Fact.SYMMETRIC)

    def linear_map(self, index: int) -> LinearMap:
        condition = self.args[0]
        if index == 0:
            return lm.Zero(condition.shape, self.shape)
        # A name that stands for a condition in a derivation is compared with 0, as the value is.
        holds = condition if is_condition(condition) else step(condition)
        return entrywise(holds if index == 1 else complement(holds))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.select(*values)

    def transpose_operands(self) -> tuple[Expr, ...]:
        return () if self.args[0].is_vector else self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        if not transposed or any(isinstance(x, Transpose) for x in transposed):
            return self if transposed == self.args else None
        return self.rebuild(transposed, ())

    def notation(self) -> Notation:
        return call("where", r"\operatorname{where}")


@function("where", numpy="where", example="sum(where(greater(x, y), x.^2, y))", given="x: n, y: n")
def where(condition: Expr, a: Expr, b: Expr) -> Expr:
    """A where a condition holds, else B, entry by entry; both must have a value everywhere.

    A condition is a comparison, 1 or 0 in every entry.

    Raises
    ------
    ShapeError
        When the shapes differ, and neither is a scalar.
    ArgumentError
        When the condition may be other than 1 or 0.
    """
    require_condition(condition)
    return _where(condition, a, b)


def _where(condition: Expr, a: Expr, b: Expr) -> Expr:
    condition, a, b = spread(condition, a, b)
    if a is b:
        return a
    if isinstance(condition, Number):
        return a if condition.value else b
    opposite = complement(condition)
    if isinstance(opposite, Step) or (opposite.tree_size < condition.tree_size):
        return Where.intern((opposite, b, a))
    return Where.intern((condition, a, b))


def require_condition(x: Expr) -> None:
    """Refuse what may be other than 1 or 0.

    Raises
    ------
    ArgumentError
        When the expression is not made of comparisons.
    """
    if not is_condition(x):
        raise ArgumentError(
            phrase("{x} is no condition: where takes what is made of comparisons", x=x.describe()),
            fix="where(x > 0, a, b)",
        )


def is_condition(x: Expr) -> bool:
    """Whether an expression is known to be 1 or 0 in every entry, because it is made of comparisons."""
    return _sign(x) == 1


def _sign(x: Expr) -> int:
    """1 for what is 1 or 0 in every entry, −1 for what is −1 or 0, and 0 for what may be neither."""
    if isinstance(x, Transpose):
        return _sign(x.args[0])
    if isinstance(x, (Step, Ones)) or is_zero(x):
        return 1
    if isinstance(x, Number):
        return 1 if x.value in (0, 1) else -1 if x.value == -1 else 0
    if isinstance(x, Hadamard):
        return prod(map(_sign, x.args))
    if isinstance(x, Product):
        # Scalars, repeated over a shape, and a column repeated beside a row.
        chain = x.chain
        outer = len(chain) == 2 and chain[0].is_vector and chain[1].is_row
        if abs(x.coefficient) != 1 or (len(chain) > 1 and not outer):
            return 0
        return int(x.coefficient) * prod(map(_sign, (*x.scalars, *chain)))
    if isinstance(x, Sum):
        ones_more, opposite = add(x, ones(*x.shape)), complement(x)
        if not isinstance(opposite, Sum):
            return max(_sign(opposite), 0)
        return 0 if isinstance(ones_more, Sum) else -max(_sign(ones_more), 0)
    return 0
