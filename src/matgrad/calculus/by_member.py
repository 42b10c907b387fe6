"""Derivatives by the members of a family: ∂f/∂x_k is what of ∂f/∂X belongs to x_k."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matgrad.calculus.derivative import Simplifier
from matgrad.calculus.jacobian import linear_map_of
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import project
from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, Symbol, names_in, postorder
from matgrad.ops.indices.binding import open_index
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.reading import part_of
from matgrad.ops.indices.sums import indexed_sum

_LETTERS = "klmpqrstijabcd"


@dataclass(frozen=True, slots=True)
class ByMember:
    """A derivative by a member, whose places are free indices.

    Attributes
    ----------
    family : Family
        The family.
    places : tuple of tuple of Dim
        The places of the member, or of both members of a second derivative.
    expr : Expr
        The derivative.
    """

    family: Family
    places: tuple[tuple[Dim, ...], ...]
    expr: Expr


def free_places(family: Family, taken: Sequence[Expr], used: Sequence[Dim] = ()) -> tuple[Dim, ...]:
    """Letters for the places of a member that nothing else has."""
    names = names_in(taken) | {name for dim in used for name in dim.names}
    names |= {
        name for node in postorder(taken) for dim in node.data if isinstance(dim, Dim) for name in dim.names
    }
    names |= {letter for letter, _ in family.ranges} | {name for dim in family.shape for name in dim.symbols}
    free = [letter for letter in _LETTERS if letter not in names]
    free += [f"k{i}" for i in range(1, 9) if f"k{i}" not in names]
    return tuple(Dim.symbol(letter) for letter in free[: len(family.ranges)])


def gradient_by_member(
    family: Family, gradient: Expr, simplify: Simplifier, convention: str = "subspace"
) -> ByMember:
    """The gradient by a member, from that by the stack, which need not be projected.

    Parameters
    ----------
    family : Family
        The family.
    gradient : Expr
        The gradient, of the shape of the stack.
    simplify : callable
        Brings it to the form in which it is shown.
    convention : str
        How a structured member is meant.
    """
    places = free_places(family, [gradient])
    part = simplify(part_of(gradient, family, places))
    rows, columns = family.member_shape
    like = Symbol.stand_in(family.label, rows, columns, family.member_facts)
    return ByMember(family, (places,), simplify(project(part, like, convention)))


def hessian_by_members(first: ByMember, simplify: Simplifier) -> ByMember:
    """The second derivative by two members, from the gradient by one of them."""
    family, (places,) = first.family, first.places
    others = free_places(family, [first.expr], places)
    rows, columns = family.member_shape
    change = Symbol.stand_in("?change", rows, columns)
    along = family.stacked_at(change, others)
    moved = pushforward(first.expr, family, along)
    found = simplify(linear_map_of(moved, change).kronecker())
    return ByMember(family, (places, others), found)


def stacked(found: ByMember) -> Expr:
    """The stack of a gradient by a member, for every place: what the formula says of all members."""
    (places,) = found.places
    body = found.family.stacked_at(found.expr, places)
    for place, (_, last) in zip(places, found.family.ranges, strict=True):
        index = open_index(body.indices)
        (name,) = place.names
        body = indexed_sum(body.substitute({name: index}), index, ONE, last)
    return body
