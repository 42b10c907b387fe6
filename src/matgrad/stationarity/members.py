"""Values of families of numbers by their members: n_k/Σ_j n_j, not the column n over its sum."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, postorder
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, multiply
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.indices.binding import open_index
from matgrad.ops.indices.members import Family, member
from matgrad.ops.indices.sums import indexed_sum
from matgrad.ops.leaves import Ones, number, unit
from matgrad.ops.power import Power, power
from matgrad.ops.transpose import transpose
from matgrad.rewrite.simplify import simplify


def member_of(value: Expr, family: Family) -> Expr:
    """The member of a stack under the letters of its family: e_kᵀ v."""
    return by_members(_entry(value, family, places_of(family)))


def _entry(value: Expr, family: Family, places: tuple[Dim, ...]) -> Expr:
    """An entry of what is made entry by entry of other stacks."""
    if value.is_scalar:
        return value
    if isinstance(value, Ones):
        return number(1)
    if isinstance(value, (Sum, Hadamard, Power, Elementwise)):
        parts = [_entry(arg, family, places) for arg in value.args]
        if isinstance(value, Sum):
            return add(*parts)
        if isinstance(value, Hadamard):
            return multiply(*parts)
        return power(*parts) if isinstance(value, Power) else value.rebuild(tuple(parts), value.data)
    if isinstance(value, Product) and len(value.chain) == 1:
        return multiply(number(value.coefficient), *value.scalars, _entry(value.chain[0], family, places))
    return simplify(member(family, value, places))


def stack_of(value: Expr, family: Family) -> Expr:
    """A stack as the sum of its members, each at its place: Σ_k v_k e_k."""
    places: list[Dim] = []
    for _ in family.ranges:
        taken = frozenset(name for dim in places for name in dim.names) | _names(value)
        places.append(open_index(taken))
    whole = family.stacked_at(by_members(_entry(value, family, tuple(places))), places)
    for place, (_, last) in zip(places, family.ranges, strict=True):
        whole = indexed_sum(whole, place, ONE, last)
    return whole


def places_of(family: Family) -> tuple[Dim, ...]:
    """The letters that a family was declared with."""
    return tuple(Dim.symbol(letter) for letter, _ in family.ranges)


def by_members(value: Expr) -> Expr:
    """Sums over the entries of families as Σ over their members."""

    def summed(node: Expr) -> Expr | None:
        if not isinstance(node, Product) or not any(
            isinstance(factor, Family) and factor.is_of_numbers for factor in node.chain
        ):
            return None
        chain = list(node.chain)
        bounds: list[tuple[Dim, Dim]] = []
        for end in (0, -1):
            column = transpose(chain[end]) if end == 0 else chain[end]
            if len(chain) > 1 and isinstance(column, Ones) and column.columns is ONE:
                place = open_index(_names(node) | frozenset(n for dim, _ in bounds for n in dim.names), "j")
                here = unit(place, column.rows)
                chain[end] = transpose(here) if end == 0 else here
                bounds.append((place, column.rows))
        if not bounds:
            return None
        body = multiply(*chain)
        for place, last in reversed(bounds):
            body = indexed_sum(body, place, ONE, last)
        return multiply(number(node.coefficient), *node.scalars, body)

    return rewrite_bottom_up(value, summed)


def substituted(
    phrase: Phrase, known: Mapping[Expr, Expr], last: Callable[[Expr], Expr] = by_members
) -> Phrase:
    """A phrase with other expressions in it."""

    def put(value: object) -> object:
        if isinstance(value, Phrase):
            return substituted(value, known, last)
        return last(value.substitute(known)) if isinstance(value, Expr) else value

    return replace(phrase, fields=tuple((name, put(value)) for name, value in phrase.fields))


def _names(value: Expr) -> frozenset[str]:
    """The names of dimensions in an expression, and of its indices."""
    nodes = postorder(value)
    found = {name for node in nodes for dim in node.shape for name in dim.names}
    found |= {name for node in nodes for dim in node.data if isinstance(dim, Dim) for name in dim.names}
    return frozenset(found)
