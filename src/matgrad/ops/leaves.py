"""Expressions without operands: numbers, constants and special matrices."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from operator import add, matmul
from typing import Any

from matgrad.core.arrays import Array, Arrays, Planning
from matgrad.core.dims import ONE, SCALAR, Dim, Shape
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.exact import as_fraction
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation, subscript
from matgrad.core.words import phrase
from matgrad.ops.registry import function


class Leaf(Expr):
    """An expression without operands."""

    __slots__ = ()
    form = "leaf"
    reading_cost = 1.2

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.intern(args, data)


class Number(Leaf):
    """An exact rational number. ``data`` is ``(value,)``."""

    __slots__ = ()
    name = "number"
    reading_cost = 0.5
    rank = 0

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    @property
    def value(self) -> Fraction:
        """The number."""
        return self.data[0]  # type: ignore[no-any-return]

    def infer_facts(self) -> Fact:
        facts = Fact.CONSTANT
        if self.value > 0:
            facts |= Fact.POSITIVE
        if self.value >= 0:
            facts |= Fact.NONNEGATIVE
        if self.value.denominator == 1:
            facts |= Fact.INTEGER
        return facts

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.number(self.value)

    def lead(self) -> str:
        return ""


_CACHED = 64


_WHOLE: dict[int, Expr] = {}
"""The numbers from −64 to 64 that were made."""


def number(value: Fraction | int) -> Expr:
    """Make an exact number."""
    if value.denominator == 1 and -_CACHED <= value <= _CACHED:
        # Most numbers are small, and the hash of a fraction is slow.
        whole = value.numerator
        known = _WHOLE.get(whole)
        if known is None:
            known = _WHOLE[whole] = Number.intern((), (Fraction(whole),))
        return known
    return Number.intern((), (Fraction(value),))


class Dimension(Leaf):
    """A dimension used as a number, as n in ``sum(x)/n``. ``data`` is ``(dim,)``."""

    __slots__ = ()
    name = "dimension"
    rank = 1

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return dimension(data[0])

    @property
    def dim(self) -> Dim:
        """The dimension."""
        return self.data[0]  # type: ignore[no-any-return]

    def infer_facts(self) -> Fact:
        return Fact.CONSTANT | Fact.POSITIVE | Fact.INTEGER

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.number(xp.size(self.dim))

    def lead(self) -> str:
        return str(self.dim)


def dimension(dim: Dim) -> Expr:
    """Make the number that a dimension stands for; products of dimensions come apart."""
    if dim.is_integer:
        return number(int(dim))
    if len(dim.terms) > 1:
        return reduce(add, (dimension(Dim({m: c})) for m, c in dim.terms))
    monomial, coefficient = dim.terms[0]
    if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1:
        return Dimension.intern((), (dim,))
    factors = [Dimension.intern((), (Dim({((a, 1),): Fraction(1)}),)) ** number(p) for a, p in monomial]
    return reduce(matmul, factors, number(coefficient))


class Pi(Leaf):
    """The number π."""

    __slots__ = ()
    name = "pi"
    rank = 2

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return SCALAR

    def infer_facts(self) -> Fact:
        return Fact.CONSTANT | Fact.POSITIVE

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.pi()

    def notation(self) -> Notation:
        return Notation("pi", "π", r"\pi", "pi")


@function("pi", example="t*pi", given="t: scalar")
def pi() -> Expr:
    """The number π."""
    return Pi.intern()


class Literal(Leaf):
    """A matrix of exact numbers. ``data`` is a tuple of rows."""

    __slots__ = ()
    name = "literal"
    rank = 3

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (Dim.of(len(data)), Dim.of(len(data[0])))

    def infer_facts(self) -> Fact:
        facts = Fact.CONSTANT
        if self.is_square and all(
            self.data[i][j] == self.data[j][i] for i in range(len(self.data)) for j in range(i)
        ):
            facts |= Fact.SYMMETRIC
        return facts

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.constant(self.data)

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return literal(tuple(zip(*self.data, strict=True)))


LARGEST = 20_000
"""How many numbers a matrix may hold that is part of an expression, where each is kept exactly."""


def require_small(entries: int) -> None:
    """Refuse to keep more numbers than an expression can hold.

    Raises
    ------
    ArgumentError
        Where there are more.
    """
    if entries > LARGEST:
        raise ArgumentError(
            phrase(
                "an array of {entries} numbers cannot be part of an expression, which "
                "holds at most {largest} of them",
                entries=f"{entries:,}",
                largest=f"{LARGEST:,}",
            ),
            fix=phrase("a variable in its place, whose array is given with the others"),
        )


def literal(rows: Any) -> Expr:
    """Make a matrix of numbers from rows of numbers.

    Raises
    ------
    ArgumentError
        When an entry is not a number, the rows have unequal lengths, or there are too many.
    """
    written = [tuple(row) for row in rows]
    require_small(sum(map(len, written)))
    table = tuple(tuple(as_fraction(entry) for entry in row) for row in written)
    if not table or not table[0] or any(len(row) != len(table[0]) for row in table):
        raise ArgumentError(phrase("a matrix of numbers needs rows of equal length, none of them empty"))
    if any(entry is None for row in table for entry in row):
        raise ArgumentError(phrase("a matrix of numbers holds something that is not a finite number"))
    if len(table) == 1 and len(table[0]) == 1 and table[0][0] is not None:
        return number(table[0][0])
    return Literal.intern((), table)


class Eye(Leaf):
    """The identity matrix. ``data`` is ``(n,)``."""

    __slots__ = ()
    name = "eye"
    reading_cost = 0.8
    rank = 4

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (data[0], data[0])

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return eye(data[0])

    def infer_facts(self) -> Fact:
        return Fact.CONSTANT | Fact.DIAGONAL | Fact.IDEMPOTENT | Fact.INVERTIBLE | Fact.TOEPLITZ

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.eye(xp.size(self.data[0]))

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self

    def notation(self) -> Notation:
        n = str(self.data[0])
        return Notation(f"eye({n})", "I", "I", f"eye({n})")


@function(
    "eye", "I", "identity", numpy=("eye", "identity"), example="tr(X + t*eye(n))", given="X: n×n, t: scalar"
)
def eye(n: Dim) -> Expr:
    """The identity matrix of order n."""
    return number(1) if n is ONE else Eye.intern((), (n,))


class Zeros(Leaf):
    """The zero matrix. ``data`` is ``(rows, columns)``."""

    __slots__ = ()
    name = "zeros"
    rank = 5

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (data[0], data[1])

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return zeros(*data)

    def infer_facts(self) -> Fact:
        facts = Fact.CONSTANT | Fact.NONNEGATIVE
        return facts | Fact.DIAGONAL | Fact.SKEW | Fact.POSITIVE_SEMIDEFINITE if self.is_square else facts

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.zeros(xp.size(self.data[0]), xp.size(self.data[1]))

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return zeros(self.data[1], self.data[0])

    def notation(self) -> Notation:
        inside = ", ".join(str(d) for d in (self.data if self.data[1] is not ONE else self.data[:1]))
        return Notation(f"zeros({inside})", "0", "0", f"zeros({inside})")


@function("zeros", numpy="zeros", example="X + zeros(m, n)", given="X: m×n")
def zeros(rows: Dim, columns: Dim = ONE) -> Expr:
    """The zero matrix of that shape; a column where one dimension is given."""
    return number(0) if rows is ONE and columns is ONE else Zeros.intern((), (rows, columns))


def is_zero(expr: Expr) -> bool:
    """Whether an expression is the number or the matrix zero."""
    return isinstance(expr, Zeros) or (isinstance(expr, Number) and expr.value == 0)


def is_number(expr: Expr, value: int) -> bool:
    """Whether an expression is that number."""
    return isinstance(expr, Number) and expr.value == value


class Ones(Leaf):
    """The column of ones. ``data`` is ``(n,)``."""

    __slots__ = ()
    name = "ones"
    reading_cost = 0.9
    rank = 6

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return (data[0], ONE)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return ones(data[0])

    def infer_facts(self) -> Fact:
        return Fact.CONSTANT | Fact.POSITIVE

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.ones(xp.size(self.data[0]), 1)

    def notation(self) -> Notation:
        n = str(self.data[0])
        return Notation(f"ones({n})", "𝟏", r"\mathbf{1}", f"ones({n})")


@function("ones", numpy="ones", example="x'*ones(n)", given="x: n")
def ones(rows: Dim, columns: Dim = ONE) -> Expr:
    """The matrix of ones of that shape: the outer product of two columns of ones."""
    column = number(1) if rows is ONE else Ones.intern((), (rows,))
    if columns is ONE:
        return column
    return column @ Ones.intern((), (columns,)).T


class Unit(Leaf):
    """The unit vector e_i. ``data`` is ``(index, n)``, the index counting from 1.

    The index is a whole number or the name of one.
    """

    __slots__ = ()
    name = "unit"
    rank = 7

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        index, n = data
        if index.is_integer and n.is_integer and not 1 <= int(index) <= int(n):
            raise ShapeError(
                phrase("the index {index} is out of range: it runs from 1 to {n}", index=index, n=n)
            )
        if index.is_integer and int(index) < 1:
            raise ShapeError(
                phrase("the index {index} is out of range: it runs from 1 to {n}", index=index, n=n)
            )
        return (n, ONE)

    def infer_facts(self) -> Fact:
        return Fact.CONSTANT | Fact.NONNEGATIVE | Fact.SIMPLEX

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        index, n = (xp.size(d) for d in self.data)
        if not 1 <= index <= n:
            raise ShapeError(
                phrase("the index {index} is out of range: it runs from 1 to {n}", index=index, n=n)
            )
        return xp.constant([[1 if i == index else 0] for i in range(1, n + 1)])

    def planned(self, plan: Planning, *values: Array) -> Array:
        return plan.unit(*self.data)

    def notation(self) -> Notation:
        i, n = (str(d) for d in self.data)
        below = i.replace(" - ", "−").replace(" + ", "+")
        return Notation(f"e({i}, {n})", f"e{subscript(below)}", f"e_{{{i}}}", f"e({i}, {n})")


@function("e", "unit_vector", example="x'*e(2, n)", given="x: n")
def unit(index: Dim, n: Dim) -> Expr:
    """The unit vector e_i of length n; i counts from 1."""
    return number(1) if n is ONE else Unit.intern((), (index, n))


@function("single_entry", example="tr(X'*single_entry(1, 2, m, n))", given="X: m×n")
def single_entry(i: Dim, j: Dim, rows: Dim, columns: Dim) -> Expr:
    """The single-entry matrix J^{ij} = e_i e_jᵀ (Matrix Cookbook, sec. 9.7)."""
    return unit(i, rows) @ unit(j, columns).T
