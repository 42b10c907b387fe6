"""Letters for bound indices, and members as they are written: Σ_i (y_i − wᵀx_i)².

Before an expression is composed its bound indices get letters, those that the families in it were declared
with or else i, j, k; a unit vector beside the stack of a family becomes the member that the two are.
"""

from __future__ import annotations

from collections.abc import Container, Sequence

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Data, Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.ops.arithmetic import AS_TYPED, Product, Sum, multiply, split_number
from matgrad.ops.indices.binding import with_indices_in_data
from matgrad.ops.indices.letters import letters_for
from matgrad.ops.indices.members import Family, Member
from matgrad.ops.leaves import Unit, number
from matgrad.ops.power import Power
from matgrad.ops.transpose import Transpose


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
        raised = (family.above,) if family.above else ()
        own = (facts, family.is_differential, places, lengths, *raised)
        return cls.intern((), (family.label, *shape, *own))

    @property
    def lengths(self) -> tuple[Dim, ...]:
        """The last value of each index."""
        return self.data[6]  # type: ignore[no-any-return]

    @property
    def above(self) -> str:
        """The bracket of an index that stands above."""
        return self.data[7] if len(self.data) > 7 else ""

    @property
    def places(self) -> tuple[Dim, ...]:
        """The places."""
        return self.data[5]  # type: ignore[no-any-return]

    def lead(self) -> str:
        return f"{self.label}_{','.join(map(str, self.places))}"


def written(root: Expr, avoided: Container[str] = ()) -> Expr:
    """An expression with letters for bound indices, none of the avoided, and members written as such."""
    nodes = postorder(root)
    if not any(node.binds or node.is_family or isinstance(node, Member) for node in nodes):
        return root
    letters = {name: Dim.symbol(letter) for name, letter in letters_for(root, avoided).items()}
    done: dict[Expr, Expr] = {}
    typed: set[Expr] = set()
    for node in nodes:
        args = tuple(done[arg] for arg in node.args)
        data = with_indices_in_data(node.data, letters) if letters else node.data
        # What stands as its author typed it is not brought to canonical form.
        if (isinstance(node, Sum) and node.data == AS_TYPED) or not typed.isdisjoint(node.args):
            typed.add(node)
        done[node] = _written(node, args, data, node in typed)
    return done[root]


def _written(node: Expr, args: tuple[Expr, ...], data: Data, stands: bool) -> Expr:
    if node.binds or node.scoped or (stands and not isinstance(node, Product)):
        return type(node).intern(args, data)
    if isinstance(node, Member) and isinstance(args[0], Family):
        return WrittenMember.of(args[0], data[0])
    if isinstance(node, Product):
        members = _with_members(args[node.data[1] :])
        if stands:
            scalars = args[: node.data[1]]
            return Product.intern((*scalars, *(members or args[node.data[1] :])), data)
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


def is_natural(node: Expr) -> bool:
    """Whether the range of a sum is the one that the members and entries in it have."""
    return has_its_range(node.args, *node.data[:3])


def has_its_range(parts: Sequence[Expr], index: Dim, first: Dim, last: Dim) -> bool:
    """Whether members and entries in some parts have the range of an index as their own."""
    if first is not ONE:
        return False
    for part in postorder(parts):
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
