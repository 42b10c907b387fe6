"""Families: x_i, y_i, w_ij, A_k, and the stacks that their members are read off.

A family of scalars with one or two indices is a vector or a matrix, one of vectors with one index a matrix
whose rows they are: their members are entries and rows, read by unit vectors. Every other family is the
column of its members, one below the other, as an array with its indices first is read.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, Dim, Shape
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr, Symbol
from matgrad.core.facts import LINEAR_STRUCTURE, Fact, closure, of_one_type
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply
from matgrad.ops.indices.binding import apart
from matgrad.ops.indices.conditions import equal_places
from matgrad.ops.indices.guard import Guard, guard
from matgrad.ops.indices.sums import IndexedSum, indexed_sum
from matgrad.ops.leaves import is_zero, number, unit, zeros
from matgrad.ops.transpose import transpose

_ENTRYWISE = Fact.POSITIVE | Fact.NONNEGATIVE | Fact.INTEGER | Fact.CONSTANT
"""Facts that a stack has because its members have them."""


_ABOVE: weakref.WeakKeyDictionary[Expr, str] = weakref.WeakKeyDictionary()
"""Where the indices of members were last seen to stand: x^{(i)} and x_i are one name, and one family."""


class Family(Symbol):
    """The stack of the members of a family.

    ``data`` goes on after that of a variable with the ranges, ``((letter, last), …)``, and the rows, columns
    and facts of a member.
    """

    __slots__ = ()
    name = "family"
    is_family = True
    reading_cost = 9.0
    """The stack for itself is nothing that was written: its members are read."""

    @classmethod
    def of(
        cls,
        label: str,
        ranges: Sequence[tuple[str, Dim]],
        rows: Dim,
        columns: Dim,
        facts: Fact = Fact.NONE,
        *,
        differential: bool = False,
        above: str | None = None,
    ) -> Family:
        """Make a family of members of a shape; each index has a letter and runs from 1 to its last value.

        Where people write ``x^{(i)}`` or ``x^{[i]}``, ``above`` is the bracket; ``None`` where nobody says.
        """
        facts = of_one_type(closure(facts))
        shape = _stacked([last for _, last in ranges], rows, columns)
        data = (label, *shape, facts & _ENTRYWISE, differential, tuple(ranges), rows, columns, facts)
        made = cls.intern((), data)
        if above is not None:
            _ABOVE[made] = above
        return made

    @property
    def ranges(self) -> tuple[tuple[str, Dim], ...]:
        """The letter and the last value of each index."""
        return self.data[5]  # type: ignore[no-any-return]

    @property
    def member_shape(self) -> Shape:
        """The shape of a member."""
        return self.data[6], self.data[7]

    @property
    def member_facts(self) -> Fact:
        """What is declared of each member."""
        return self.data[8]  # type: ignore[no-any-return]

    @property
    def is_of_numbers(self) -> bool:
        """Whether its members are the entries of a column or a matrix."""
        return self.member_shape == (ONE, ONE) and len(self.ranges) <= 2

    @property
    def above(self) -> str:
        """The bracket that opens the index of a member, where that is written above: in the last text."""
        return _ABOVE.get(self, "")

    @property
    def array_shape(self) -> tuple[Dim, ...]:
        """The indices first, then rows and columns of a member, as far as they are not 1."""
        lasts = tuple(last for _, last in self.ranges)
        rows, columns = self.member_shape
        return (*lasts, rows, columns) if columns is not ONE else (*lasts, rows) if rows is not ONE else lasts

    @property
    def has_own_axes(self) -> bool:
        return not self.is_vector or len(self.array_shape) > 1

    @property
    def members_are_rows(self) -> bool:
        """Whether its members are vectors that are the rows of the stack."""
        return len(self.ranges) == 1 and self.data[7] is ONE

    def change(self, label: str) -> Symbol:
        facts = self.member_facts & LINEAR_STRUCTURE & ~Fact.CONSTANT
        return Family.of(label, self.ranges, *self.member_shape, facts, differential=True, above=self.above)

    def stacked_at(self, block: Expr, places: Sequence[Dim]) -> Expr:
        """The stack that has a member at places and is 0 elsewhere."""
        rows, columns = self.member_shape
        lasts = tuple(last for _, last in self.ranges)
        if rows is ONE and columns is ONE and len(lasts) == 2:
            return multiply(block, unit(places[0], lasts[0]), transpose(unit(places[1], lasts[1])))
        if columns is ONE and len(lasts) == 1:
            return multiply(unit(places[0], lasts[0]), transpose(block))
        return placed(block, tuple(places), lasts, rows, columns)

    def member(self, *places: Dim) -> Expr:
        """The member at places, each counted from 1."""
        return member(self, self, places)


def _stacked(lasts: Sequence[Dim], rows: Dim, columns: Dim) -> Shape:
    """The shape of the stack of members."""
    if rows is ONE and columns is ONE and len(lasts) == 2:
        return lasts[0], lasts[1]
    if columns is ONE and len(lasts) == 1:
        return lasts[0], rows
    total = ONE
    for last in lasts:
        total = total * last
    return total * rows, columns


def member(family: Family, stack: Expr, places: Sequence[Dim]) -> Expr:
    """A member of a family, or the part of a matrix of the shape of its stack that belongs to the member."""
    (rows, columns), lasts = family.member_shape, [last for _, last in family.ranges]
    if len(places) != len(lasts):
        raise ShapeError(
            phrase(
                "{family} has {count} indices, not {count_of_places}",
                family=family.label,
                count=len(lasts),
                count_of_places=len(places),
            )
        )
    if rows is ONE and columns is ONE and len(lasts) == 2:
        return multiply(unit(places[0], lasts[0]).T, stack, unit(places[1], lasts[1]))
    if columns is ONE and len(lasts) == 1:
        return multiply(transpose(stack), unit(places[0], lasts[0]))
    return at_place(stack, tuple(places), tuple(lasts), rows, columns)


class Member(Expr):
    """One of the blocks that a stack is the column of. ``data`` is ``(places, lasts, rows, columns)``."""

    __slots__ = ()
    name = "member"
    linearity = "each"
    rank = 10
    form = "postfix"
    reading_cost = 1.0
    reason = Phrase("a member is a part of its family")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return data[2], data[3]

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return at_place(args[0], *data)

    def infer_facts(self) -> Fact:
        stack = self.args[0]
        return stack.member_facts if isinstance(stack, Family) else stack.facts & _ENTRYWISE

    def linear_map(self, index: int) -> LinearMap:
        return MemberMap(self.args[0].shape, self.data)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        start = place_of(xp, self.data) * xp.size(self.rows)
        return xp.part(values[0], slice(start, start + xp.size(self.rows)), slice(0, xp.size(self.columns)))

    def notation(self) -> Notation:
        places = ", ".join(map(str, self.data[0]))
        return Notation(f"{{0}}[{places}]", f"{{0}}[{places}]", rf"{{0}}_{{{places}}}", f"{{0}}[{places}]")


class Placed(Expr):
    """The stack with a block at places, 0 elsewhere. ``data`` is ``(places, lasts, rows, columns)``."""

    __slots__ = ()
    name = "placed"
    linearity = "each"
    reason = Phrase("a member is a part of its family")
    legend = Phrase("[A]_k is the stack with A at the place k and 0 elsewhere")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        total = ONE
        for last in data[1]:
            total = total * last
        return total * data[2], data[3]

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return placed(args[0], *data)

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (Fact.NONNEGATIVE | Fact.INTEGER | Fact.CONSTANT)

    def linear_map(self, index: int) -> LinearMap:
        return PlacedMap(self.args[0].shape, self.shape, self.data)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        rows, columns = xp.shape(values[0])
        before = place_of(xp, self.data) * rows
        after = xp.size(self.rows) - before - rows
        pieces = [[xp.zeros(n, columns)] for n in (before, after)]
        parts = [*([pieces[0]] if before else []), [values[0]], *([pieces[1]] if after else [])]
        return xp.grid(parts)

    def notation(self) -> Notation:
        places = ", ".join(map(str, self.data[0]))
        return Notation(
            f"placed({{0}}, {places})",
            f"[{{0}}]_{places}",
            rf"[{{0}}]_{{{places}}}",
            f"placed({{0}}, {places})",
        )


def place_of(xp: Arrays, data: Data) -> int:
    """How many blocks stand before the one at some places.

    Raises
    ------
    ShapeError
        Where a place is none.
    """
    number_of = 0
    for place, last in zip(data[0], data[1], strict=True):
        value, most = xp.size(place), xp.size(last)
        if not 1 <= value <= most:
            raise ShapeError(
                phrase("the index {value} is out of range: it runs from 1 to {most}", value=value, most=most)
            )
        number_of = number_of * most + value - 1
    return number_of


class MemberMap(LinearMap):
    """V ↦ the block of V at places."""

    __slots__ = ("data", "domain")

    def __init__(self, domain: Shape, data: Data) -> None:
        self.domain, self.data = domain, data

    @property
    def codomain(self) -> Shape:  # type: ignore[override]
        return self.data[2], self.data[3]

    def apply(self, v: Expr) -> Expr:
        return at_place(v, *self.data)

    def adjoint(self) -> LinearMap:
        return PlacedMap(self.codomain, self.domain, self.data)


class PlacedMap(LinearMap):
    """V ↦ the stack with V at places."""

    __slots__ = ("codomain", "data", "domain")

    def __init__(self, domain: Shape, codomain: Shape, data: Data) -> None:
        self.domain, self.codomain, self.data = domain, codomain, data

    def apply(self, v: Expr) -> Expr:
        return placed(v, *self.data)

    def adjoint(self) -> LinearMap:
        return MemberMap(self.codomain, self.data)


def at_place(stack: Expr, places: tuple[Dim, ...], lasts: tuple[Dim, ...], rows: Dim, columns: Dim) -> Expr:
    """The block of a stack at places: a sum is read term by term, and δ_ik stands for what is placed."""
    again = (places, lasts, rows, columns)
    if is_zero(stack):
        return zeros(rows, columns)
    if isinstance(stack, Sum):
        return add(*(at_place(term, *again) for term in stack.args))
    if isinstance(stack, IndexedSum):
        stack = apart(stack, frozenset(name for place in places for name in place.indices))
        return indexed_sum(at_place(stack.args[0], *again), *stack.data)
    if isinstance(stack, Guard):
        return guard(at_place(stack.args[0], *again), stack.conditions)
    if isinstance(stack, Product) and len(stack.chain) == 1:
        return multiply(number(stack.coefficient), *stack.scalars, at_place(stack.chain[0], *again))
    if isinstance(stack, Placed) and stack.data[1:] == again[1:]:
        equations = [equal_places(i, k, n) for i, k, n in zip(stack.data[0], places, lasts, strict=True)]
        return guard(stack.args[0], equations)
    return Member.intern((stack,), again)


def placed(block: Expr, places: tuple[Dim, ...], lasts: tuple[Dim, ...], rows: Dim, columns: Dim) -> Expr:
    """The stack with a block at places."""
    data = (places, lasts, rows, columns)
    if is_zero(block):
        return zeros(*Placed.shape_rule((block,), data))
    if isinstance(block, Guard):
        return guard(placed(block.args[0], *data), block.conditions)
    if isinstance(block, Product) and (block.scalars or block.coefficient != 1):
        inner = multiply(*block.chain) if block.chain else number(1)
        if inner.shape == block.shape:
            return multiply(number(block.coefficient), *block.scalars, placed(inner, *data))
    return Placed.intern((block,), data)
