"""Intermediate variables that depend on an index: s_i := wᵀx_i is a family, with a member for each i.

A part of a sum over an index has no name outside the sum, but a family has: what stands in the sum is its
member, and the stack of its members is what the name stands for. Lines speak of a member under a letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

from matgrad import printing
from matgrad.core.arrays import Array
from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import PASSED_ON
from matgrad.core.records import dataclass
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.explanation.lines import Point, Side
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.ops.arithmetic import Product, add, multiply
from matgrad.ops.indices.binding import open_index, with_indices
from matgrad.ops.indices.conditions import Conditions, holds, substituted
from matgrad.ops.indices.guard import Guard, guard
from matgrad.ops.indices.letters import letters_for
from matgrad.ops.indices.members import Family, Member
from matgrad.ops.indices.reading import part_of
from matgrad.ops.indices.sums import IndexedSum, indexed_sum
from matgrad.ops.leaves import Unit, number
from matgrad.ops.orientation import known_facts
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import Transpose, transpose
from matgrad.ops.trigonometric import cos, sin
from matgrad.printing.index_names import WrittenMember

Letters = Mapping[str, Dim]
"""What stands for the name of an index."""


@dataclass(frozen=True, slots=True)
class Places:
    """The letters under which a member is spoken of, each with its last value, and when there is one."""

    letters: tuple[Dim, ...] = ()
    lasts: tuple[Dim, ...] = ()
    conditions: Conditions = ()

    def renamed(self, letters: Letters) -> Places:
        """The same under other letters."""
        renamed = tuple(letter.substitute(letters) for letter in self.letters)
        return Places(renamed, self.lasts, substituted(self.conditions, dict(letters)))

    def without(self, others: Places) -> Places:
        """The letters that other places do not have; what holds between all of them holds still."""
        kept = [pair for pair in zip(self.letters, self.lasts, strict=True) if pair[0] not in others.letters]
        conditions = tuple(c for c in self.conditions if c not in others.conditions)
        return Places(tuple(letter for letter, _ in kept), tuple(last for _, last in kept), conditions)

    def joined(self, others: Places) -> Places:
        """All letters of both."""
        more = others.without(self)
        return Places(self.letters + more.letters, self.lasts + more.lasts, self.conditions + more.conditions)

    def bound(self) -> dict[str, Dim]:
        """An index for each letter, open until a sum binds it."""
        return {_name(letter): open_index(frozenset(), _name(letter)) for letter in self.letters}

    def summed(self, term: Expr) -> Expr:
        """Σ of a term over the letters, those of the first letter outermost."""
        return self.around(term.substitute(self.bound())) if self.letters else term

    def around(self, term: Expr, *, as_it_stands: bool = False) -> Expr:
        """Σ of a term in which the indices of :meth:`bound` stand."""
        bound = self.bound()
        conditions = substituted(self.conditions, bound)
        if not as_it_stands:
            term = guard(term, conditions)
        elif conditions:
            term = Guard.intern((term,), (conditions,))
        for index, last in reversed(list(zip(bound.values(), self.lasts, strict=True))):
            data = (index, ONE, last)
            term = IndexedSum.intern((term,), data) if as_it_stands else indexed_sum(term, *data)
        return term

    def among(self, value: Expr) -> Expr:
        """A value where the conditions hold: what it is elsewhere need not be said."""
        known = {(c[0], c[1]) for c in self.conditions}

        def without(node: Expr) -> Expr | None:
            if not isinstance(node, Guard):
                return None
            left = tuple(c for c in node.conditions if (c[0], c[1]) not in known)
            return guard(self.among(node.args[0]), left)

        return rewrite_bottom_up(value, without) if known else value


NOWHERE = Places()
"""The places of what is no member."""


def _name(letter: Dim) -> str:
    (name,) = letter.names
    return name


@dataclass(frozen=True, slots=True)
class ForEach:
    """A side at every value of some letters, one below the other."""

    side: Side
    places: Places

    def write(self, medium: str) -> str:
        """The side, whose letters say it."""
        return self.side.write(medium)

    def evaluate(self, point: Point) -> Array:
        """All values."""
        names = [_name(letter) for letter in self.places.letters]
        rows: list[object] = []
        for values in product(*(range(1, point.xp.size(last) + 1) for last in self.places.lasts)):
            there = point.at(dict(zip(names, values, strict=True)))
            if all(holds(c[0], there.xp.size(c[1])) for c in self.places.conditions):
                rows += self.side.evaluate(there)
        return rows


@dataclass(frozen=True, slots=True)
class MemberRow:
    """The row vec(G_k)ᵀ of what of a gradient belongs to a member; the stack is evaluated once at a point."""

    make: Callable[[], Expr]
    name: Family
    places: Places
    turned: bool

    def write(self, medium: str) -> str:
        """The stack; it is never shown."""
        return printing.line(self.make(), medium, names=False)

    def evaluate(self, point: Point) -> Array:
        """The row, or the column in denominator layout."""
        like = Symbol.stand_in("?stack", *self.name.shape)
        column = vec(part_of(like, self.name, self.places.letters))
        read = column if self.turned else transpose(column)
        return evaluate_nodes([read], {like.label: point.once(self.make())}, point.xp)[0]


def for_each(side: Side, places: Places) -> Side:
    """A side at every value of its letters."""
    return ForEach(side, places) if places.letters else side


def shown(symbol: Symbol, places: Places) -> Symbol:
    """A name as lines write it: a family by its member."""
    return WrittenMember.of(symbol, places.letters) if isinstance(symbol, Family) else symbol


def member_at(symbol: Symbol, places: Places) -> Expr:
    """A name, or the member of a family at its places."""
    return symbol.member(*places.letters) if isinstance(symbol, Family) else symbol


def tried_member(symbol: Family, places: Places) -> Expr:
    """A direction in which a member may move."""
    member = member_at(symbol, places)
    return add(cos(member), sin(member))


def is_read(expr: Expr) -> bool:
    """Whether an expression is a member, an entry or a row of a variable by an index: x_i, X_ij."""
    if isinstance(expr, Transpose):
        return is_read(expr.args[0])
    if isinstance(expr, Member):
        return isinstance(expr.args[0], Symbol)
    if not isinstance(expr, Product) or expr.scalars or expr.coefficient != 1:
        return False
    bases = [factor.args[0] if isinstance(factor, Transpose) else factor for factor in expr.chain]
    others = [base for base in bases if not isinstance(base, Unit)]
    return len(others) == 1 < len(bases) and isinstance(others[0], Symbol)


class Scope:
    """The sums of an expression: the letter and the last value of each index, and under what conditions.

    Parameters
    ----------
    function : Expr
        The expression.
    """

    def __init__(self, function: Expr) -> None:
        nodes = postorder(function)
        self._letters = {name: Dim.symbol(letter) for name, letter in letters_for(function).items()}
        self._ranges = {name: node.data[1:3] for node in nodes if node.binds for name in node.data[0].names}
        self._guarded: dict[Expr, Conditions] = {}
        for node in nodes:
            if isinstance(node, Guard):
                for inner in postorder(node.args[0]):
                    before = self._guarded.get(inner)
                    both = before is None or before == node.conditions
                    self._guarded[inner] = node.conditions if both else ()
            elif node.binds and len(node.data) > 3 and node.data[3]:
                for inner in postorder(node.args[0]):
                    self._guarded[inner] = node.data[3]

    def names_of(self, part: Expr) -> list[str]:
        """The indices of a part, those that stand first in it first."""
        found: dict[str, None] = {}
        for node in postorder(part):
            if not node.args:
                for dim in node.data:
                    if isinstance(dim, Dim):
                        found.update(dict.fromkeys(sorted(dim.indices & part.indices)))
        found.update(dict.fromkeys(sorted(part.indices)))
        return sorted(found, key=lambda name: self._letters[name].sort_key) if self._letters else list(found)

    def is_nameable(self, part: Expr) -> bool:
        """Whether the indices of a part run from 1 to a last value of their own."""
        ranges = [self._ranges.get(name) for name in part.indices]
        return all(found is not None and found[0] is ONE and not found[1].indices for found in ranges)

    def places_of(self, part: Expr) -> Places:
        """The letters of a part."""
        names = self.names_of(part)
        conditions = tuple(
            condition
            for condition in self._guarded.get(part, ())
            if condition[1].indices and condition[1].indices <= set(names)
        )
        return Places(
            tuple(self._letters[name] for name in names),
            tuple(self._ranges[name][1] for name in names),
            substituted(conditions, self._letters),
        )

    def in_letters(self, expr: Expr) -> Expr:
        """An expression with letters for the indices that are free in it."""
        return with_indices(expr, {name: self._letters[name] for name in expr.indices})

    def alike(self, part: Expr) -> tuple[Expr, ...]:
        """A part with numbered indices, and their ranges: the same for what differs in its indices alone."""
        names = self.names_of(part)
        holes = {name: open_index(frozenset(), f"part{n}_") for n, name in enumerate(names)}
        return (with_indices(part, holes), *(self._ranges[name][1] for name in names))


def family(label: str, part: Expr, places: Places) -> Family:
    """The family whose members a part is."""
    letters = [_name(letter) for letter in places.letters]
    ranges = list(zip(letters, places.lasts, strict=True))
    return Family.of(label, ranges, part.rows, part.columns, known_facts(part) & PASSED_ON)


def named_like(symbol: Symbol, label: str, places: Places) -> Symbol:
    """A new name for something of the shape of another, for each member where that is a family."""
    if not isinstance(symbol, Family):
        return Symbol.make(label, *symbol.shape)
    ranges = [(_name(letter), last) for letter, last in zip(places.letters, places.lasts, strict=True)]
    return Family.of(label, ranges, *symbol.member_shape)


def inserted(expr: Expr, name: Symbol, value: Expr, places: Places) -> Expr:
    """An expression with a value for a name, at the places of each member where that is a family."""
    if not isinstance(name, Family):
        return expr.substitute({name: value})

    def at(found: tuple[Dim, ...]) -> Expr:
        letters = {_name(letter): place for letter, place in zip(places.letters, found, strict=True)}
        return value.substitute(letters)

    return with_members(expr, name, at)


def stack(name: Family, body: Expr, places: Places) -> Expr:
    """The stack of all members, from the body of one."""
    bound = places.bound()
    indices = tuple(bound.values())
    return places.around(name.stacked_at(body.substitute(bound), indices))


def with_members(expr: Expr, name: Family, make: Callable[[tuple[Dim, ...]], Expr]) -> Expr:
    """An expression in which the members of a family are something else, made of their places."""

    def replaced(node: Expr) -> Expr | None:
        if isinstance(node, Member) and node.args[0] is name:
            return make(node.data[0])
        if isinstance(node, Product) and any(_is_stack(factor, name) for factor in node.chain):
            chain = _read_in(list(node.chain), name, make)
            scalars = (with_members(scalar, name, make) for scalar in node.scalars)
            return multiply(number(node.coefficient), *scalars, *chain)
        return None

    return rewrite_bottom_up(expr, replaced)


def _is_stack(factor: Expr, name: Family) -> bool:
    return factor is name or (isinstance(factor, Transpose) and factor.args[0] is name)


def _read_in(chain: list[Expr], name: Family, make: Callable[[tuple[Dim, ...]], Expr]) -> list[Expr]:
    """A chain in which what unit vectors read off a stack is something else."""
    found: list[Expr] = []
    while chain:
        here, after = chain[0], chain[1] if len(chain) > 1 else None
        if isinstance(here, Transpose) and isinstance(here.args[0], Unit) and after is name:
            first = here.args[0].data[0]
            if len(name.ranges) == 2:
                assert isinstance(chain[2], Unit)
                found.append(make((first, chain[2].data[0])))
                chain = chain[3:]
            else:
                found.append(transpose(make((first,))))
                chain = chain[2:]
        elif _is_stack(here, name) and isinstance(after, Unit):
            found.append(make((after.data[0],)))
            chain = chain[2:]
        else:
            found.append(with_members(here, name, make))
            chain = chain[1:]
    return found


def occurrences(expr: Expr, name: Family) -> list[tuple[Dim, ...]]:
    """The places at which members of a family stand in an expression."""
    found: dict[tuple[Dim, ...], None] = {}

    def seen(places: tuple[Dim, ...]) -> Expr:
        found[places] = None
        return name.member(*places)

    with_members(expr, name, seen)
    return list(found)


def matched(expr: Expr, own: Places, name: Family, its: Places) -> dict[str, Dim]:
    """What an expression with letters calls them where members of a family keep their own.

    A letter at which every member of the family in it stands is renamed to the letter of the family; a
    letter that would be taken for one of those gets a new one.
    """
    found = occurrences(expr, name)
    renamed: dict[str, Dim] = {}
    if found and all(len(places) == len(its.letters) for places in found):
        for column, letter in enumerate(its.letters):
            here = {places[column] for places in found}
            only = next(iter(here)) if len(here) == 1 else None
            if only in own.letters and _name(only) not in renamed:
                renamed[_name(only)] = letter
    others = Places(tuple(letter for letter in own.letters if _name(letter) not in renamed))
    renamed |= fresh(others, {_name(letter): letter for letter in its.letters}, own)
    return {name: letter for name, letter in renamed.items() if name != _name(letter)}


def fresh(places: Places, others: Letters, besides: Places = NOWHERE) -> dict[str, Dim]:
    """New letters for those that would be taken for others."""
    taken = {_name(letter) for letter in (*places.letters, *others.values(), *besides.letters)}
    renamed: dict[str, Dim] = {}
    for letter in places.letters:
        if letter in others.values():
            new = next(c for c in "ijklpqrstuvabcdh" if c not in taken)
            taken.add(new)
            renamed[_name(letter)] = Dim.symbol(new)
    return renamed


def written_places(symbol: Symbol, letters: Sequence[Dim]) -> Places:
    """The places of a variable that is a family, under given letters."""
    return (
        Places(tuple(letters), tuple(last for _, last in symbol.ranges))
        if isinstance(symbol, Family)
        else NOWHERE
    )
