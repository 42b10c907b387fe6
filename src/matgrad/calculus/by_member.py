"""Derivatives by the members of a family: ∂f/∂x_k is what of ∂f/∂X belongs to x_k."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.calculus.counting import counted
from matgrad.calculus.derivative import Simplifier
from matgrad.calculus.jacobian import linear_map_of
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import project
from matgrad.core.dims import ONE, Dim, Shape
from matgrad.core.expr import Expr, Symbol, names_in, postorder
from matgrad.core.records import dataclass
from matgrad.ops.arithmetic import multiply
from matgrad.ops.indices.binding import open_index
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.reading import part_of
from matgrad.ops.indices.sums import indexed_sum
from matgrad.ops.reshaping import reshape, vec

_LETTERS = "klmpqrstijabcd"
_BOUND = frozenset("ij")
"""Letters of sums, beside which ∂f/∂x_k is written; other letters of a family are kept: ∂f/∂μ_k."""


@dataclass(frozen=True, slots=True)
class ByMember:
    """A derivative by a member, whose places are free indices.

    Attributes
    ----------
    family : Symbol
        The family; of a second derivative the variable that it is first differentiated by.
    places : tuple of tuple of Dim
        The places of the member, or of both members of a second derivative; those of no family are empty.
    expr : Expr
        The derivative.
    second : Symbol, optional
        The variable that a gradient is differentiated by, for a second derivative.
    """

    family: Symbol
    places: tuple[tuple[Dim, ...], ...]
    expr: Expr
    second: Symbol | None = None


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


def kept_letters(family: Family, function: Expr) -> tuple[Dim, ...] | None:
    """The letters that a family was declared with, where they are those of its members in a derivative.

    Members under i and j have others, k and l, unless these are letters of other families.
    """
    own = [letter for letter, _ in family.ranges]
    nodes = postorder(function)
    others = {letter for node in nodes if isinstance(node, Family) for letter, _ in node.ranges}
    others |= {node.label for node in nodes if isinstance(node, Symbol)}
    others |= {name for node in nodes for dim in node.shape for name in dim.symbols}
    is_usual = others.isdisjoint(_LETTERS[: len(own)])
    return None if _BOUND.intersection(own) and is_usual else tuple(map(Dim.symbol, own))


def _lasts(family: Symbol, places: Sequence[Dim]) -> dict[Dim, Dim]:
    """The last value of each place of a member."""
    if not isinstance(family, Family):
        return {}
    return dict(zip(places, (last for _, last in family.ranges), strict=True))


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
    found = simplify(project(part, like, convention))
    found = simplify(counted(found, _lasts(family, places)))
    kept = kept_letters(family, gradient)
    if kept is None:
        return ByMember(family, (places,), found)
    letters = {str(place): own for place, own in zip(places, kept, strict=True)}
    return ByMember(family, (kept,), found.substitute(letters))


def hessian_by_members(first: ByMember, simplify: Simplifier, second: Symbol | None = None) -> ByMember:
    """The second derivative by two members, from the gradient by one of them.

    Parameters
    ----------
    first : ByMember
        The gradient by a member; or, without places, the whole gradient by another variable.
    simplify : callable
        Brings it to the form in which it is shown.
    second : Symbol, optional
        What the gradient is differentiated by, where it is not the same family.
    """
    places = first.places[0]
    by = first.family if second is None else second
    others: tuple[Dim, ...] = ()
    if isinstance(by, Family):
        others = free_places(by, [first.expr], places)
        change = Symbol.stand_in("?change", *by.member_shape)
        moved = pushforward(first.expr, by, by.stacked_at(change, others))
    else:
        change = Symbol.stand_in("?change", *by.shape)
        moved = pushforward(first.expr, by, change)
    found = simplify(linear_map_of(moved, change).kronecker())
    if places:
        found = counted(found, _lasts(first.family, places))
    lasts = _lasts(by, others)
    return ByMember(first.family, (places, others), counted(simplify(counted(found, lasts)), lasts), by)


def jacobian_by_member(function: Expr, family: Family, simplify: Simplifier) -> ByMember:
    """The Jacobian of a function on vec by one member."""
    places = kept_letters(family, function) or free_places(family, [function])
    change = Symbol.stand_in("?change", *family.member_shape)
    moved = simplify(pushforward(function, family, family.stacked_at(change, places)))
    return ByMember(family, (places,), simplify(linear_map_of(moved, change).kronecker()))


def moved_by(found: ByMember, change: Symbol, shape: Shape | None = None) -> Expr:
    """What a second derivative by members, or a Jacobian by one, says of the change of what it is of.

    Parameters
    ----------
    found : ByMember
        The second derivative; its value is the change of the whole gradient.
    change : Symbol
        The change of what is differentiated by: dX, dY.
    shape : (Dim, Dim), optional
        Of a Jacobian, the shape of the function.
    """
    places, by = found.places[-1], found.family if found.second is None else found.second
    own = found.places[0] if len(found.places) > 1 else ()
    moving = change.member(*places) if isinstance(change, Family) else change
    column = multiply(found.expr, vec(moving))
    of = found.family
    if shape is None:
        shape = of.member_shape if isinstance(of, Family) else of.shape
    body = reshape(column, *shape)
    if own and isinstance(of, Family):
        body = of.stacked_at(body, own)
        body = _over(body, own, of)
    return _over(body, places, by)


def _over(body: Expr, places: Sequence[Dim], family: Symbol) -> Expr:
    """A sum over the places of the members of a family."""
    if not isinstance(family, Family):
        return body
    for place, (_, last) in zip(places, family.ranges, strict=True):
        index = open_index(body.indices)
        (name,) = place.names
        body = indexed_sum(body.substitute({name: index}), index, ONE, last)
    return body


def stacked(found: ByMember) -> Expr:
    """The stack of a gradient by a member, for every place: what the formula says of all members."""
    (places,) = found.places
    assert isinstance(found.family, Family)
    return _over(found.family.stacked_at(found.expr, places), places, found.family)
