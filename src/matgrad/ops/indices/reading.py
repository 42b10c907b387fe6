"""The part of a gradient that belongs to a member or an entry: Σ_i δ_ik g(i) = g(k)."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import Product, Sum, add, multiply
from matgrad.ops.indices.binding import apart
from matgrad.ops.indices.guard import Guard, guard
from matgrad.ops.indices.members import Family, at_place
from matgrad.ops.indices.sums import IndexedSum, indexed_sum
from matgrad.ops.leaves import number, unit


def between(left: Expr | None, middle: Expr, right: Expr | None) -> Expr:
    """A product with unit vectors, taken into sums, so that it meets what stands under them."""
    if isinstance(middle, Sum):
        return add(*(between(left, term, right) for term in middle.args))
    if isinstance(middle, IndexedSum):
        middle = apart(
            middle, frozenset[str]().union(*(side.indices for side in (left, right) if side is not None))
        )
        return indexed_sum(between(left, middle.args[0], right), *middle.data)
    if isinstance(middle, Guard):
        return guard(between(left, middle.args[0], right), middle.conditions)
    if isinstance(middle, Product) and middle.chain:
        scalars = [number(middle.coefficient), *middle.scalars]
        chain = list(middle.chain)
        if len(chain) == 1:
            return multiply(*scalars, between(left, chain[0], right))
        if left is not None and isinstance(chain[0], (Sum, IndexedSum)):
            chain[0], left = between(left, chain[0], None), None
        if right is not None and isinstance(chain[-1], (Sum, IndexedSum)):
            chain[-1], right = between(None, chain[-1], right), None
        middle = multiply(*scalars, *chain)
    return multiply(*(factor for factor in (left, middle, right) if factor is not None))


def part_of(stack: Expr, family: Family, places: Sequence[Dim]) -> Expr:
    """The part of a matrix of the shape of a family's stack that belongs to a member."""
    (rows, columns), lasts = family.member_shape, [last for _, last in family.ranges]
    if rows is ONE and columns is ONE and len(lasts) == 2:
        return between(unit(places[0], lasts[0]).T, stack, unit(places[1], lasts[1]))
    if columns is ONE and len(lasts) == 1:
        return between(unit(places[0], lasts[0]).T, stack, None).T
    return at_place(stack, tuple(places), tuple(lasts), rows, columns)
