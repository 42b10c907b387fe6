"""Sums over indices: Σ_{i=a}^b body, in canonical form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from itertools import permutations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import ONE, Dim, Shape
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import ALONG_DIAGONALS, PATTERN, Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, content, multiply, scale, split_number
from matgrad.ops.indices.binding import apart, closed, with_indices
from matgrad.ops.indices.conditions import Conditions, solved, substituted, within
from matgrad.ops.indices.guard import Guard, each_term, guard, has_guard, over_terms, split_guard
from matgrad.ops.leaves import dimension, is_zero, number, zeros

_KEPT = (
    Fact.SYMMETRIC
    | Fact.SKEW
    | PATTERN
    | ALONG_DIAGONALS
    | Fact.POSITIVE
    | Fact.NONNEGATIVE
    | Fact.POSITIVE_DEFINITE
    | Fact.POSITIVE_SEMIDEFINITE
    | Fact.CONSTANT
    | Fact.INTEGER
)
_NEEDS_A_TERM = Fact.POSITIVE | Fact.POSITIVE_DEFINITE


class IndexedSum(Expr):
    """A sum over an index. ``data`` is ``(index, first, last)``; the operand is the body."""

    __slots__ = ()
    name = "indexed_sum"
    linearity = "each"
    binds = True
    scoped = True
    rank = 42
    form = "over"
    reason = Phrase("the differential is linear", "Matrix Cookbook", "eq. 35")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return indexed_sum(args[0], *data)

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

    def infer_facts(self) -> Fact:
        facts = self.args[0].facts & _KEPT
        # What says that every term is positive says nothing where there may be no term.
        return facts if self.data[1] is ONE and not self.data[2].indices else facts & ~_NEEDS_A_TERM

    def linear_map(self, index: int) -> LinearMap:
        """The map of one term; that of the sum is the sum of these over the index."""
        return lm.Identity(self.shape)

    def gathered(self, term: Expr) -> Expr:
        """The sum of a term over the range of this sum."""
        return indexed_sum(term, *self.data)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        first, last = (xp.size(d) for d in self.range)
        return xp.scale(max(0, last - first + 1), values[0])

    def scoped_value(self, xp: Arrays, operand: Callable[[Mapping[str, int]], Array]) -> Array:
        first, last = (xp.size(d) for d in self.range)
        total = xp.zeros(xp.size(self.rows), xp.size(self.columns))
        for value in range(first, last + 1):
            total = xp.add(total, operand({self.index_name: value}))
        return total

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return indexed_sum(transposed[0], *self.data)

    def notation(self) -> Notation:
        return Notation("Σ({0})", "Σ({0})", "Σ({0})", "Σ({0})")


def indexed_sum(body: Expr, index: Dim, first: Dim, last: Dim) -> Expr:
    """The sum of a body over an index, which is free in it.

    What does not depend on the index leaves the sum; a condition that gives the index its value takes its
    place: Σ_i δ_ik g(i) = g(k).
    """
    (name,) = index.names
    if not index.indices:
        return IndexedSum.intern((body,), (index, first, last))  # as it is written, under a letter
    if is_zero(body) or (first.is_integer and last.is_integer and int(last) < int(first)):
        return zeros(*body.shape)
    if name not in body.indices:
        return multiply(dimension(last - first + 1), body)
    if first is last:
        return with_indices(body, {name: first})
    if isinstance(body, Sum) and has_guard(body):
        return each_term(body, lambda term: indexed_sum(term, index, first, last))
    terms = over_terms(body)
    if terms is not None:
        return each_term(terms, lambda term: indexed_sum(term, index, first, last))
    conditions: Conditions = ()
    inner = body
    guarded = split_guard(body)
    if guarded is not None:
        conditions, inner = guarded
        for condition in conditions:
            value = solved(condition, name)
            if value is not None:
                rest = tuple(c for c in conditions if c is not condition)
                chosen = {name: value}
                left = substituted(rest, chosen) + _in_range(condition, name, value, first, last)
                return guard(with_indices(inner, chosen), left)
        free = tuple(c for c in conditions if name not in c[1].names)
        if free:
            bound = tuple(c for c in conditions if name in c[1].names)
            return guard(indexed_sum(guard(inner, bound), index, first, last), free)
        narrowed = _narrowed(conditions, name, first, last)
        if narrowed is not None:
            rest, low, high = narrowed
            return indexed_sum(guard(inner, rest), index, low, high)
        body = guard(inner, conditions)
    outside = _independent(inner, name)
    if outside is not None:
        before, inside, after = outside
        return multiply(*before, indexed_sum(guard(inside, conditions), index, first, last), *after)
    if isinstance(body, Sum):
        common, rest_of = content(body)
        if common != 1:
            return scale(common, indexed_sum(rest_of, index, first, last))
    return _in_order(body, index, first, last)


_MOST_ORDERED = 3
"""Of more sums inside each other the order stays as it is."""

_MOST_REMEMBERED = 2048
"""Bodies of which the order of the sums is remembered: candidates for a form share most of their sums."""


@lru_cache(maxsize=_MOST_REMEMBERED)
def _in_order(body: Expr, *bound: Dim) -> Expr:
    """The sum of a body that is a sum as well: of the orders of their indices the first one."""
    bounds: list[tuple[Dim, ...]] = [bound]
    conditions: Conditions = ()
    core = body
    taken = body.indices | bound[0].indices
    while isinstance(core, (IndexedSum, Guard)):
        if isinstance(core, Guard):
            conditions += core.conditions
        else:
            core = apart(core, taken)
            bounds.append(core.data)
            taken |= core.data[0].indices
        core = core.args[0]
    names = {name for index, *_ in bounds for name in index.names}
    fixed = any(not names.isdisjoint(end.names) for _, *ends in bounds for end in ends)
    if fixed or not 1 < len(bounds) <= _MOST_ORDERED:
        return _closed(body, bound)
    nests = [_nested(core, order, conditions) for order in permutations(bounds)]
    # The sign in front depends on names, so that it says nothing of the order.
    front, first = min(nests, key=lambda nest: nest[1].key[3])
    if any(nest is first and other != front for other, nest in nests):
        return zeros(*body.shape)  # Σ_ij (x_i − x_j): in the other order it is its own opposite
    return scale(front, first)


def _nested(core: Expr, bounds: tuple[tuple[Dim, ...], ...], conditions: Conditions) -> tuple[Fraction, Expr]:
    """A number and a nest of sums in an order, each condition under the innermost sum that it speaks of."""
    front = Fraction(1)
    for bound in reversed(bounds):
        names = bound[0].names
        own = tuple(c for c in conditions if not names.isdisjoint(c[1].names))
        conditions = tuple(c for c in conditions if names.isdisjoint(c[1].names))
        before, core = split_number(guard(core, own))
        after, core = split_number(_closed(core, bound))
        front *= before * after
    return front, guard(core, conditions)


def _closed(body: Expr, bound: tuple[Dim, ...]) -> Expr:
    number_part, body, data = closed(IndexedSum.name, body, bound, content)
    return scale(number_part, IndexedSum.intern((body,), data))


def _in_range(
    condition: tuple[object, ...], name: str, value: Dim, first: Dim, last: Dim
) -> tuple[tuple[object, ...], ...]:
    """That the value which an equation gives an index lies in its range."""
    if len(condition) == 4:
        place, length = condition[2], condition[3]
        assert isinstance(place, Dim)
        assert isinstance(length, Dim)
        # The place p(i) of a unit vector is that of another one, which is between 1 and the length.
        place = place if name not in place.names else place.substitute({name: value})
        shift = value - place
        if shift.is_integer:
            return within(place, first - shift, last - shift, length)
    return within(value, first, last, None)


def _narrowed(
    conditions: tuple[tuple[object, ...], ...], name: str, first: Dim, last: Dim
) -> tuple[tuple[tuple[object, ...], ...], Dim, Dim] | None:
    """The range 2..n that 1..n and i ≥ 2 make together, with the conditions that are left."""
    for condition in conditions:
        sign, distance = condition[0], condition[1]
        assert isinstance(distance, Dim)
        if sign != "≥":
            continue
        root = solved(("=", distance), name)
        if root is None:
            continue
        grows = (distance.substitute({name: root + 1})).is_integer and int(
            distance.substitute({name: root + 1})
        ) > 0
        rest = tuple(c for c in conditions if c is not condition)
        if grows and (gain := root - first).is_integer:
            return rest, root if int(gain) > 0 else first, last
        if not grows and (gain := last - root).is_integer:
            return rest, first, root if int(gain) > 0 else last
    return None


def _independent(body: Expr, name: str) -> tuple[list[Expr], Expr, list[Expr]] | None:
    """The factors of a body that do not depend on an index, before and behind the rest."""
    if not isinstance(body, Product):
        # Under a condition alone stands what does not depend on any index.
        return None if body.indices or body is number(1) else ([body], number(1), [])
    before: list[Expr] = [] if body.coefficient == 1 else [number(body.coefficient)]
    # What depends on an index of another sum stays, so that Σ_i Σ_j x_i A_ij x_j is one double sum.
    before += [s for s in body.scalars if not s.indices]
    scalars = [s for s in body.scalars if s.indices]
    chain = list(body.chain)
    after: list[Expr] = []
    if not body.is_scalar:
        # Factors leave at the ends of the chain, as long as what stays has both its dimensions.
        while len(chain) > 1 and not chain[0].indices and not chain[0].is_row:
            if chain[0].rows is ONE or _reads_member(chain[0], chain[1]):
                break
            before.append(chain.pop(0))
        while len(chain) > 1 and not chain[-1].indices and not chain[-1].is_vector:
            if chain[-1].columns is ONE or _reads_member(chain[-1], chain[-2]):
                break
            after.insert(0, chain.pop())
    if not any(factor.indices for factor in chain) and chain and not body.is_scalar:
        after, chain = [*chain, *after], []
    if not before and not after:
        return None
    return before, multiply(*scalars, *chain) if scalars or chain else number(Fraction(1)), after


def _reads_member(factor: Expr, neighbour: Expr) -> bool:
    """Whether a factor and the unit vector beside it are one member of a family, as in Xᵀe_i."""
    base = factor.T if factor.T.rank <= factor.rank else factor
    return base.is_family and bool(neighbour.indices)
