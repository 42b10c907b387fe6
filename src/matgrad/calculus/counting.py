"""Sums of what is the same for every index, and conditions that leave nothing out.

Σ_{i > k} c is (N − k) c for the place k of a member, which is between 1 and N, and
[k < l] A + [k = l] A + [k > l] A is A.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr
from matgrad.core.substitution import rewrite_bottom_up
from matgrad.ops.arithmetic import Product, Sum, add, multiply, scale
from matgrad.ops.indices.conditions import Condition
from matgrad.ops.indices.guard import Guard, guard
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.leaves import dimension


def counted(expr: Expr, places: Mapping[Dim, Dim]) -> Expr:
    """An expression with such sums carried out.

    Parameters
    ----------
    expr : Expr
        The expression.
    places : mapping of Dim to Dim
        The places of members, each with its last value.
    """

    def carried_out(node: Expr) -> Expr | None:
        return _number_of(node, places) if isinstance(node, IndexedSum) else None

    found = rewrite_bottom_up(expr, carried_out)
    return rewrite_bottom_up(found, lambda node: _joined(node) if isinstance(node, Sum) else None)


def _number_of(node: IndexedSum, places: Mapping[Dim, Dim]) -> Expr | None:
    """How often there is what a sum is of."""
    body = node.args[0]
    if not isinstance(body, Guard) or len(body.conditions) != 1 or node.data[1] is not ONE:
        return None
    (index, _, last), (sign, distance) = node.data, body.conditions[0][:2]
    if body.args[0].indices & index.indices:
        return None
    for place, end in places.items():
        if end is not last:
            continue
        counts = {index - place - ONE: last - place, place - index - ONE: place - ONE}
        if sign == "≥" and distance in counts:
            return multiply(dimension(counts[distance]), body.args[0])
        if sign == "≠" and distance in (index - place, place - index):
            return multiply(dimension(last - ONE), body.args[0])
    return None


def _joined(node: Sum) -> Expr | None:
    """A sum in which what stands under k < l and under k > l, and under k = l as well, stands once."""
    terms: dict[Expr, dict[tuple[str, Dim], tuple[Fraction, Condition]]] = {}
    others: list[Expr] = []
    for term in node.args:
        size, rest = _split(term)
        if not isinstance(rest, Guard) or len(rest.conditions) != 1:
            others.append(term)
            continue
        condition = rest.conditions[0]
        known = terms.setdefault(rest.args[0], {})
        known[condition[0], condition[1]] = (size, condition)
    changed = False
    for known in terms.values():
        for (sign, distance), (size, _) in list(known.items()):
            opposite = ("≥", -distance - ONE - ONE)
            if sign != "≥" or (sign, distance) not in known or known.get(opposite, (None,))[0] != size:
                continue
            del known[sign, distance], known[opposite]
            apart = distance + ONE
            known["≠", apart] = (size, ("≠", apart))
            changed = True
        for (sign, distance), (size, _) in list(known.items()):
            same = next((key for key in (("=", distance), ("=", -distance)) if key in known), None)
            if sign == "≠" and same is not None and known[same][0] == size:
                del known[sign, distance], known[same]
                known["", distance] = (size, ())
                changed = True
    if not changed:
        return None
    joined = [
        scale(size, guard(inner, [condition]) if condition else inner)
        for inner, known in terms.items()
        for size, condition in known.values()
    ]
    return add(*others, *joined)


def _split(term: Expr) -> tuple[Fraction, Expr]:
    """The number and the rest of a term."""
    if isinstance(term, Product) and not term.scalars and len(term.chain) == 1:
        return term.coefficient, term.chain[0]
    return Fraction(1), term
