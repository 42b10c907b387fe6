"""The point by families of vectors and matrices, member by member: m_k of Σ_k Σ_i r_ik ‖x_i − m_k‖².

Where a function is a sum over the members of what each has to itself, the others do not matter to one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from matgrad.calculus.pullback import pullback, pullbacks
from matgrad.calculus.variable import project
from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, names_in, postorder, symbols_of
from matgrad.core.records import dataclass
from matgrad.ops.arithmetic import Product, add, multiply, summands
from matgrad.ops.indices.binding import open_index, with_indices
from matgrad.ops.indices.guard import has_guard
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.reading import part_of
from matgrad.ops.indices.sums import IndexedSum, indexed_sum
from matgrad.ops.leaves import number
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.members import substituted
from matgrad.stationarity.point import StationaryPoint
from matgrad.stationarity.verifying import verified
from matgrad.verify.claims import NOT_ASKED_FOR, Verification
from matgrad.verify.equality import same_value


@dataclass(frozen=True, slots=True)
class OneMember:
    """What a function is to one member of each of some families.

    Attributes
    ----------
    function : Expr
        The terms that hold those members.
    members : dict of Symbol to Family
        The variable that stands for each of them, and its family.
    place : Dim
        Their index.
    letter : str
        The letter that it is written with.
    """

    function: Expr
    members: dict[Symbol, Family]
    place: Dim
    letter: str

    def lettered(self, expr: Expr) -> Expr:
        """An expression with the letter for the index."""
        (name,) = self.place.names
        return with_indices(expr, {name: Dim.symbol(self.letter)})

    def stack(self, member: Symbol, value: Expr) -> Expr:
        """The stack of the values of all members."""
        family = self.members[member]
        ((_, last),) = family.ranges
        return indexed_sum(family.stacked_at(value, [self.place]), self.place, ONE, last)


def by_one_member(
    function: Expr,
    variables: Sequence[Symbol],
    constraints: Sequence[Expr],
    find: Callable[..., StationaryPoint],
    *,
    check: bool,
    names: Mapping[str, Expr],
) -> StationaryPoint | None:
    """The point by families of vectors and matrices, as that by one member of each.

    Families of numbers beside them are solved for by themselves.

    Parameters
    ----------
    function, variables, constraints, check, names
        As for :func:`matgrad.stationarity.find_stationary`.
    find : callable
        That function.
    """
    families = [x for x in variables if isinstance(x, Family) and not x.is_of_numbers]
    others = [x for x in variables if x not in families]
    if not families or (constraints and not others):
        return None
    one = one_member(function, families)
    if one is None:
        return None
    try:
        at = find(one.function, list(one.members), check=False)
        beside = [find(function, others, constraints, check=check)] if others else []
    except MatgradError:
        return None
    parts = [at, *beside]
    if not all(part.solutions for part in parts) or any(
        x in symbols_of([e for part in parts for e in part.equations.values()]).values()
        and x in symbols_of([v for part in parts for v in part.solutions.values()]).values()
        for x in variables
    ):
        return None
    stacks: dict[Symbol, Expr] = {family: one.stack(x, at.solutions[x]) for x, family in one.members.items()}
    verification = Verification(False, why=NOT_ASKED_FOR)
    if check:
        slopes = pullbacks(function, families, number(1))
        verification = verified({x: project(slopes[x], x) for x in families}, stacks)
        if not verification.verified:
            return None
    named: dict[Expr, Expr] = {x: family.member(one.place) for x, family in one.members.items()}

    def shown(expr: Expr) -> Expr:
        return one.lettered(expr.substitute(named))

    solutions: dict[Symbol, Expr] = dict(stacks)
    members: dict[Symbol, Expr] = {
        family: shown(at.in_terms.get(x, at.solutions[x])) for x, family in one.members.items()
    }
    equations: dict[Symbol, Expr] = {family: shown(at.equations[x]) for x, family in one.members.items()}
    for part in beside:
        solutions |= part.solutions
        members |= part.members
        equations |= part.equations
    return StationaryPoint(
        function,
        tuple(variables),
        equations,
        {**{x: solutions[x] for x in variables}, **solutions},
        at.nature if len({part.nature for part in parts}) == 1 else "not known",
        tuple(substituted(reason, named, one.lettered) for reason in at.why)
        + tuple(reason for part in beside for reason in part.why),
        tuple(substituted(condition, named, one.lettered) for condition in at.conditions)
        + tuple(condition for part in beside for condition in part.conditions),
        tuple(reason for part in parts for reason in part.how),
        verification,
        dict(names),
        members=members,
    )


def one_member(function: Expr, families: Sequence[Family]) -> OneMember | None:
    """What a function is to one member of each family; ``None`` where members meet in its terms.

    Parameters
    ----------
    function : Expr
        A sum over the members.
    families : sequence of Family
        Families with one index each, which runs over the same range.
    """
    if len({family.ranges for family in families}) != 1 or len(families[0].ranges) != 1:
        return None
    ((letter, last),) = families[0].ranges
    place = open_index(frozenset(name for node in postorder(function) for name in node.indices))
    taken = names_in(function)
    members: dict[Symbol, Family] = {}
    for family in families:
        label = f"{family.label}_{letter}"
        if label in taken:
            return None
        members[Symbol.make(label, *family.member_shape, family.member_facts)] = family
    alone: dict[Expr, Expr] = {family: family.stacked_at(x, [place]) for x, family in members.items()}
    terms = [_of_one(term, alone, place, last) for term in summands(function) if _holds(term, alone)]
    found = [term for term in terms if term is not None]
    if len(found) < len(terms) or not found:
        return None
    whole = add(*found)
    if any(has_guard(node) for node in postorder(whole)):
        return None
    one = OneMember(whole, members, place, letter)
    return one if all(_is_slope(function, one, x) for x in members) else None


def _holds(expr: Expr, families: dict[Expr, Expr]) -> bool:
    return any(node in families for node in postorder(expr))


def _of_one(term: Expr, alone: dict[Expr, Expr], place: Dim, last: Dim) -> Expr | None:
    """A term without its sum over the members, for one of them."""
    if isinstance(term, IndexedSum):
        if term.range == (ONE, last):
            body = with_indices(term.args[0], {term.index_name: place}).substitute(alone)
            if not _holds(body, alone) and place.names & body.indices:
                return body
        inner = [_of_one(part, alone, place, last) for part in summands(term.args[0])]
        kept = [part for part in inner if part is not None]
        return term.gathered(add(*kept)) if len(kept) == len(inner) else None
    if isinstance(term, Product) and not term.chain:
        holding = [factor for factor in term.scalars if _holds(factor, alone)]
        if len(holding) == 1:
            parts = [_of_one(part, alone, place, last) for part in summands(holding[0])]
            kept = [part for part in parts if part is not None]
            if len(kept) < len(parts):
                return None
            others = [factor for factor in term.scalars if factor is not holding[0]]
            return multiply(number(term.coefficient), *others, add(*kept))
    return None


def _is_slope(function: Expr, one: OneMember, x: Symbol) -> bool:
    """Whether the derivative by a member is that of what the function is to it."""
    there: dict[Expr, Expr] = {y: other.member(one.place) for y, other in one.members.items()}
    mine = project(pullback(one.function, x, number(1)), x).substitute(there)
    family = one.members[x]
    whole = project(pullback(function, family, number(1)), family)
    theirs = project(simplify(part_of(whole, family, [one.place])), x)
    return simplify(mine) is simplify(theirs) or same_value(one.stack(x, mine), whole)
