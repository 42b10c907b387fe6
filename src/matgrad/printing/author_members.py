"""The names that authors defined with indices, in results: Σ_n γ_nk (x_n − μ_k) where γ_nk = ….

What a member stands for is looked for at every place that the result speaks of: as it stands, and among the
factors of a sum together with those that were taken out of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product

from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, postorder, symbols_of
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.ops.arithmetic import Product, multiply, scale
from matgrad.ops.indices.defined import DefinedMembers
from matgrad.ops.indices.members import Member
from matgrad.ops.indices.sums import IndexedSum, indexed_sum
from matgrad.ops.leaves import Unit, number
from matgrad.ops.power import power
from matgrad.printing.compose import Composer
from matgrad.printing.index_names import WrittenMember
from matgrad.printing.row_sums import row_sum
from matgrad.printing.unicode import Unicode

_MOST_PLACES = 5
_MOST_NODES = 1000

_DEPTH = 5
"""How deep names stand inside of what other ones stand for."""

Named = tuple[WrittenMember, Expr]
Meaning = tuple[Expr, Expr]
"""A member, and what it stands for."""


def with_members(expr: Expr, defined: Sequence[DefinedMembers]) -> tuple[Expr, list[Named]]:
    """An expression in the names of its author, where that is shorter, and what these stand for."""
    found: list[Named] = []
    used = symbols_of(expr).keys()
    for one in sorted(defined, key=lambda one: -one.body.tree_size):
        if one.family.label in used or len(postorder(expr)) > _MOST_NODES:
            continue
        named = [_all_named(written, one) for written in (expr, *(body for _, body in found))]
        before = [expr, *(body for _, body in found)]
        if named == before or sum(map(_length, named)) >= sum(map(_length, before)):
            continue
        letters = tuple(Dim.symbol(letter) for letter, _ in one.family.ranges)
        expr, *bodies = named
        found = [(member, body) for (member, _), body in zip(found, bodies, strict=True)]
        found.append((WrittenMember.of(one.family, letters), one.body))
    return expr, found


def _all_named(expr: Expr, one: DefinedMembers) -> Expr:
    """An expression with members in all places: what is renamed as a whole is looked into once more."""
    for _ in range(_DEPTH):
        named = _named(expr, one)
        if named is expr:
            break
        expr = named
    return expr


def _length(expr: Expr) -> int:
    return len(Composer(Unicode()).text(expr))


def _named(expr: Expr, one: DefinedMembers) -> Expr:
    """An expression with members in the place of what they stand for."""
    meanings = list(_meanings(expr, one))
    whole = {value: member for member, value in reversed(meanings)}  # of d_kl and d_lk the first
    whole |= {value.T: member.T for value, member in whole.items() if value.T is not value}
    whole |= {scale(-1, value): scale(-1, member) for value, member in whole.items()}

    def renamed(node: Expr) -> Expr | None:
        if node in whole:
            return whole[node]
        if isinstance(node, IndexedSum):
            return _among_factors(node, (), meanings)
        if isinstance(node, Product):
            sums = [factor for factor in node.args if isinstance(factor, IndexedSum)]
            found = _taken_out(node, sums[0], meanings) if len(sums) == 1 else None
            found = row_sum(node, lambda row: whole.get(row, row)) if found is None else found
            found = _in_product(node, meanings) if found is None else found
            return _in_chain(node, whole) if found is None else found
        return None

    try:
        return rewrite_bottom_up(expr, renamed)
    except MatgradError:  # an operation needs more of the part than a name can say
        return expr


def _meanings(expr: Expr, one: DefinedMembers) -> Iterator[Meaning]:
    """What members at the places that occur in an expression stand for."""
    places: dict[Dim, None] = {}
    for node in postorder(expr):
        if isinstance(node, Unit):
            places[node.data[0]] = None
        elif isinstance(node, Member):
            places |= dict.fromkeys(node.data[0])
    letters = [letter for letter, _ in one.family.ranges]
    if len(places) > _MOST_PLACES:
        return
    for chosen in product(places, repeat=len(letters)):
        try:
            value = one.body.substitute(dict(zip(letters, chosen, strict=True)))
        except MatgradError:
            continue
        yield one.family.member(*chosen), value


def _in_product(node: Product, meanings: Sequence[Meaning]) -> Expr | None:
    """A product with the name of a member for some of its factors."""
    for member, value in meanings:
        if not isinstance(value, Product) or value.chain or value.coefficient != 1:
            continue
        left = Counter(value.scalars)
        kept = [factor for factor in node.scalars if not _take(left, factor)]
        if not left.total():
            return multiply(number(node.coefficient), *kept, member, *node.chain)
    return None


def _in_chain(node: Product, whole: Mapping[Expr, Expr]) -> Expr | None:
    """A product with the name of a member for a part of its chain: x_iᵀw for the entry i of Xw."""
    for value, member in whole.items():
        if not isinstance(value, Product) or value.scalars or value.coefficient != 1:
            continue
        size = len(value.chain)
        for place in range(len(node.chain) - size + 1):
            if node.chain[place : place + size] == value.chain:
                rest = (*node.chain[:place], member, *node.chain[place + size :])
                return multiply(number(node.coefficient), *node.scalars, *rest)
    return None


def _taken_out(node: Product, inner: IndexedSum, meanings: Sequence[Meaning]) -> Expr | None:
    """A product with a sum in which the factors before the sum make up a member with those in it."""
    scalars = [factor for factor in node.scalars if factor is not inner]
    found = _among_factors(inner, scalars, meanings)
    if found is None:
        return None
    chain = [found if factor is inner else factor for factor in node.chain]
    rest = () if inner in node.chain else (found,)
    return multiply(number(node.coefficient), *rest, *chain)


def _among_factors(node: IndexedSum, outside: Sequence[Expr], meanings: Sequence[Meaning]) -> Expr | None:
    """A sum with the name of a member for some of its factors, and those that stand outside of it."""
    body = node.args[0]
    inside = list(body.scalars) if isinstance(body, Product) else [body]
    chain = list(body.chain) if isinstance(body, Product) else []
    coefficient = body.coefficient if isinstance(body, Product) else Fraction(1)
    if not all(factor.is_scalar for factor in inside):
        return None
    there = Counter([*inside, *outside])
    for member, value in meanings:
        if not member.is_scalar:
            continue
        parts = value.scalars if isinstance(value, Product) and not value.chain else (value,)
        own = value.coefficient if isinstance(value, Product) and not value.chain else Fraction(1)
        missing = Counter(parts) - there
        if len(missing) > 1 or any(not _is_short(factor) for factor in missing):
            continue
        if not any(factor in inside and node.index_name in factor.indices for factor in parts):
            continue
        left = Counter(parts)
        kept_in = [factor for factor in inside if not _take(left, factor)]
        kept_out = [factor for factor in outside if not _take(left, factor)]
        divided = [power(factor, number(-1)) for factor in missing.elements()]
        term = multiply(number(coefficient / own), *kept_in, member, *chain)
        return multiply(*kept_out, *divided, indexed_sum(term, *node.data))
    return None


def _take(left: Counter[Expr], factor: Expr) -> bool:
    """Whether a factor is one of those that a member stands for; it is used up."""
    if left[factor] <= 0:
        return False
    left[factor] -= 1
    return True


def _is_short(factor: Expr) -> bool:
    """Whether a factor is a symbol or a member, by which a result may be divided: Σ_n γ_nk/π_k."""
    return factor.shape == (ONE, ONE) and len(Composer(Unicode()).text(factor)) <= 4
