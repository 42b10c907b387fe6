"""Letters for bound indices, and members as they are written: Σ_i (y_i − wᵀx_i)².

Before an expression is composed its bound indices get letters, those that the families in it were declared
with or else i, j, k; a unit vector beside the stack of a family becomes the member that the two are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, count, pairwise

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Data, Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.ops.arithmetic import Product, multiply, split_number
from matgrad.ops.indices.binding import with_indices_in_data
from matgrad.ops.indices.members import Family, Member
from matgrad.ops.leaves import Unit, number
from matgrad.ops.power import Power
from matgrad.ops.transpose import Transpose

_LETTERS = "ijklpqrstuvabcdh"
_RELATIONS = ("≥", "=", "≠")
"""What a condition begins with; what else has two parts is the letter of a family with its last value."""


class WrittenMember(Symbol):
    """A member as it is written. ``data`` is that of a variable, the places, and the last of each index."""

    __slots__ = ()
    name = ""

    @classmethod
    def of(cls, family: Family, places: tuple[Dim, ...]) -> WrittenMember:
        """The member of a family at places."""
        facts = family.member_facts if not family.is_differential else Fact.NONE
        lengths = tuple(last for _, last in family.ranges)
        shape = family.member_shape
        return cls.intern((), (family.label, *shape, facts, family.is_differential, places, lengths))

    @property
    def lengths(self) -> tuple[Dim, ...]:
        """The last value of each index."""
        return self.data[6]  # type: ignore[no-any-return]

    @property
    def places(self) -> tuple[Dim, ...]:
        """The places."""
        return self.data[5]  # type: ignore[no-any-return]

    def lead(self) -> str:
        return f"{self.label}_{','.join(map(str, self.places))}"


def written(root: Expr) -> Expr:
    """An expression whose bound indices have letters, and whose members are written as such."""
    nodes = postorder(root)
    if not any(node.binds or node.is_family or isinstance(node, Member) for node in nodes):
        return root
    letters = {name: Dim.symbol(letter) for name, letter in letters_for(root).items()}
    done: dict[Expr, Expr] = {}
    for node in nodes:
        args = tuple(done[arg] for arg in node.args)
        data = with_indices_in_data(node.data, letters) if letters else node.data
        done[node] = _written(node, args, data)
    return done[root]


def _written(node: Expr, args: tuple[Expr, ...], data: Data) -> Expr:
    if node.binds or node.scoped:
        return type(node).intern(args, data)
    if isinstance(node, Member) and isinstance(args[0], Family):
        return WrittenMember.of(args[0], data[0])
    if isinstance(node, Product):
        members = _with_members(args[node.data[1] :])
        if members is not None:
            return multiply(number(node.coefficient), *args[: node.data[1]], *members)
    if args == node.args:
        return node if data == node.data else node.rebuild(args, data)
    return node.rebuild(args, data)


def _with_members(factors: tuple[Expr, ...]) -> list[Expr] | None:
    """A chain in which families beside unit vectors are members; ``None`` where there is none."""
    found: list[Expr] = []
    place, changed = 0, False
    while place < len(factors):
        here = factors[place]
        after = factors[place + 1] if place + 1 < len(factors) else None
        third = factors[place + 2] if place + 2 < len(factors) else None
        unit = here.args[0] if isinstance(here, Transpose) else None
        if isinstance(unit, Unit) and isinstance(after, Family):
            if len(after.ranges) == 2 and isinstance(third, Unit):
                found.append(WrittenMember.of(after, (unit.data[0], third.data[0])))
                place, changed = place + 3, True
                continue
            if len(after.ranges) == 1:
                found.append(WrittenMember.of(after, (unit.data[0],)).T)
                place, changed = place + 2, True
                continue
        stack = here.args[0] if isinstance(here, Transpose) else here
        family = stack if isinstance(stack, Family) and len(stack.ranges) == 1 else None
        if family is not None and isinstance(after, Unit) and (stack is not here or stack.columns is ONE):
            found.append(WrittenMember.of(family, (after.data[0],)))
            place, changed = place + 2, True
            continue
        found.append(here)
        place += 1
    return found if changed else None


def letters_for(root: Expr) -> dict[str, str]:
    """A letter for the index of each sum: no two that stand inside each other have the same."""
    nodes = postorder(root)
    taken = {node.label for node in nodes if isinstance(node, Symbol)}
    for node in nodes:
        taken |= {name for dim in node.shape for name in dim.symbols} | set(_free_names(node.data))
    wanted = _wanted(nodes)
    ranges = [pair for node in nodes if isinstance(node, Family) for pair in node.ranges]
    columns = _rows_first(nodes)
    letters: dict[str, str] = {}
    around: dict[Expr, set[str]] = {node: set() for node in nodes}
    for node in reversed(nodes):
        inside = around[node]
        if node.binds:
            nest, below = [node], node.args[0]
            while below.binds and type(below) is type(node):
                nest.append(below)
                below = below.args[0]
            (name,) = node.data[0].names
            for member in sorted(nest, key=lambda n: columns.get(n.data[0].sort_key, 0)):
                (one,) = member.data[0].names
                if one in letters:
                    continue
                # The letter of a family has the range that it was declared with.
                others = {letter for letter, last in ranges if last is not member.data[2]}
                spare = (letter for letter in _LETTERS if letter not in others)
                free = chain(wanted.get(one, ()), spare, (f"i_{n}" for n in count(1)))
                used = {letters[other] for other in inside if other in letters}
                used |= {letters[other] for other in {name, *_below(node)} if other in letters}
                letters[one] = next(letter for letter in free if letter not in used and letter not in taken)
            inside = inside | {name}
        for arg in node.args:
            around[arg] |= inside
    return letters


def _rows_first(nodes: list[Expr]) -> dict[str, int]:
    """How often an index is that of a column in an entry of a matrix, less how often that of a row."""
    found: dict[str, int] = {}
    for node in nodes:
        ends = (node.chain[0], node.chain[-1]) if isinstance(node, Product) and len(node.chain) > 2 else ()
        for end, weight in zip(ends, (-1, 1), strict=False):
            unit = end.args[0] if isinstance(end, Transpose) else end
            if isinstance(unit, Unit):
                for name in unit.data[0].indices:
                    found[name] = found.get(name, 0) + weight
    return found


def is_natural(node: Expr) -> bool:
    """Whether the range of a sum is the one that the members and entries in it have."""
    index, first, last = node.data[:3]
    if first is not ONE:
        return False
    for part in postorder(node.args):
        if isinstance(part, Unit) and part.data[0] is index and part.data[1] is last:
            return True
        if isinstance(part, WrittenMember) and any(
            place is index and length is last for place, length in zip(part.places, part.lengths, strict=True)
        ):
            return True
    return False


def reads_places_below(scalars: Sequence[Expr]) -> bool:
    """Whether a divisor among scalars has members or entries whose places are letters."""
    below = [s.args[0] for s in scalars if isinstance(s, Power) and split_number(s.args[1])[0] < 0]
    return any(
        isinstance(part, WrittenMember) or (isinstance(part, Unit) and not part.data[0].is_integer)
        for part in postorder(below)
    )


def _below(node: Expr) -> set[str]:
    """The indices of the sums inside a sum."""
    return {name for part in postorder(node.args) if part.binds for name in part.data[0].names}


def _free_names(data: Data) -> Iterator[str]:
    for item in data:
        if isinstance(item, Dim):
            yield from item.symbols
        elif isinstance(item, tuple) and (len(item) != 2 or item[0] in _RELATIONS):
            yield from _free_names(item)


def _wanted(nodes: list[Expr]) -> dict[str, list[str]]:
    """The letters that the families were declared with, by the indices that read their members."""
    found: dict[str, list[str]] = {}

    def want(place: Dim, letter: str) -> None:
        for name in place.indices:
            found.setdefault(name, []).append(letter)

    for node in nodes:
        if isinstance(node, Member) and isinstance(node.args[0], Family):
            for place, (letter, _) in zip(node.data[0], node.args[0].ranges, strict=True):
                want(place, letter)
        if not isinstance(node, Product):
            continue
        chained = node.chain
        for left, right in pairwise(chained):
            pair = [x.args[0] if isinstance(x, Transpose) else x for x in (left, right)]
            if isinstance(pair[0], Unit) and isinstance(pair[1], Family):
                want(pair[0].data[0], pair[1].ranges[0][0])
            if isinstance(pair[1], Unit) and isinstance(pair[0], Family):
                want(pair[1].data[0], pair[0].ranges[-1][0])
    return found
