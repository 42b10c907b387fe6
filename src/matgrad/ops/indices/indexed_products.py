"""Products over indices: Π_{i=a}^b body of scalars."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import SCALAR, Dim, Shape
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, multiply
from matgrad.ops.indices.binding import closed, open_index, with_indices
from matgrad.ops.indices.conditions import Conditions, holds, simplified, substituted
from matgrad.ops.indices.guard import guard
from matgrad.ops.indices.sums import indexed_sum
from matgrad.ops.leaves import dimension, is_number, number
from matgrad.ops.power import Exp, exp, power


class IndexedProduct(Expr):
    """A product over an index. ``data`` is ``(index, first, last, conditions)``; the operand is the body.

    Where the conditions do not hold, the factor is 1.
    """

    __slots__ = ()
    name = "indexed_product"
    binds = True
    scoped = True
    rank = 43
    form = "over"
    reason = Phrase("product rule", "Matrix Cookbook", "eq. 37")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        if not args[0].is_scalar:
            raise ShapeError(
                phrase("a product over an index is one of scalars; {x} is not one", x=args[0].describe()),
                fix=phrase("a product of few factors is written out"),
            )
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return indexed_product(args[0], *data)

    @property
    def index(self) -> Dim:
        """The index."""
        return self.data[0]  # type: ignore[no-any-return]

    @property
    def index_name(self) -> str:
        """The name of the index."""
        (name,) = self.index.names
        return name

    @property
    def range(self) -> tuple[Dim, Dim]:
        """The first and the last value of the index."""
        return self.data[1], self.data[2]

    @property
    def conditions(self) -> Conditions:
        """Of which factors the product is."""
        return self.data[3]  # type: ignore[no-any-return]

    def infer_facts(self) -> Fact:
        return self.args[0].facts & (Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER)

    def linear_map(self, index: int) -> LinearMap:
        """The map of one factor: the product of the others; that of the product is the sum of these."""
        body = self.args[0]
        if body.facts & Fact.POSITIVE and not self.conditions:
            return lm.Outer(multiply(self, power(body, number(-1))))
        other = open_index(self.indices | body.indices, "j")
        inner = with_indices(body, {self.index_name: other})
        apart = ("≠", other - self.index)
        kept = substituted(self.conditions, {self.index_name: other})
        return lm.Outer(indexed_product(inner, other, *self.range, (*kept, apart)))

    def gathered(self, term: Expr) -> Expr:
        """The sum of a term over the factors of this product."""
        return indexed_sum(guard(term, self.conditions), *self.data[:3])

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        first, last = (xp.size(d) for d in self.range)
        return xp.power(values[0], xp.number(max(0, last - first + 1)))

    def scoped_value(self, xp: Arrays, operand: Callable[[Mapping[str, int]], Array]) -> Array:
        first, last = (xp.size(d) for d in self.range)
        total = xp.number(1)
        for value in range(first, last + 1):
            at = {self.index_name: Dim.of(value)}
            if all(holds(c[0], xp.size(c[1].substitute(at))) for c in self.conditions):
                total = xp.hadamard(total, operand({self.index_name: value}))
        return total

    def notation(self) -> Notation:
        return Notation("Π({0})", "Π({0})", "Π({0})", "Π({0})")


def indexed_product(body: Expr, index: Dim, first: Dim, last: Dim, conditions: Conditions = ()) -> Expr:
    """The product of a scalar body over an index, which is free in it."""
    if not index.indices:
        return IndexedProduct.intern((body,), (index, first, last, conditions))  # as it is written
    (name,) = index.names
    known = simplified(conditions)
    if known is None or is_number(body, 1):
        return number(1)
    if first.is_integer and last.is_integer and int(last) < int(first):
        return number(1)
    if not known:
        count = last - first + 1
        if name not in body.indices:
            return power(body, dimension(count))
        if isinstance(body, Exp):
            return exp(indexed_sum(body.args[0], index, first, last))
        if isinstance(body, Product):
            free = [s for s in body.scalars if name not in s.indices]
            if body.coefficient != 1 or free:
                constant = multiply(number(body.coefficient), *free)
                outside = power(constant, dimension(count))
                rest = [s for s in body.scalars if name in s.indices]
                inner = multiply(*rest, *body.chain)
                return multiply(outside, indexed_product(inner, index, first, last))
    _, body, data = closed(IndexedProduct.name, body, (index, first, last, known))
    return IndexedProduct.intern((body,), data)
