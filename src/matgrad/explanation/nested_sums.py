"""Sums that others go on from: h₁ = tanh(z₁) + x in h₂ = tanh(z₂) + h₁, which is one sum of three terms.

The canonical form of an expression writes short sums out, so that a residual network of n layers holds
sums of 2, 3, … n terms. Said in names for the sums, each is the one before it and what comes to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

from matgrad.core.expr import Expr
from matgrad.core.records import dataclass
from matgrad.ops.arithmetic import Sum, split_number

LEAST = 3
"""So many sums at least go on from one another where they are given names; fewer are read as they stand."""


@dataclass(frozen=True)
class Continued:
    """A sum that is a multiple of another and some terms more.

    Attributes
    ----------
    factor : Fraction
        What the other sum is multiplied by.
    inner : Expr
        The other sum.
    rest : tuple of Expr
        The terms that come to it.
    """

    factor: Fraction
    inner: Expr
    rest: tuple[Expr, ...]


def continued_sums(nodes: Iterable[Expr], nameable: Collection[Expr]) -> dict[Expr, Continued]:
    """The sums among some nodes that go on from others, where enough of them do.

    Parameters
    ----------
    nodes : iterable of Expr
        Where to look.
    nameable : collection of Expr
        The sums that others may go on from.
    """
    sums = sorted(
        (node for node in nodes if isinstance(node, Sum) and not node.is_scalar),
        key=lambda node: (len(node.args), node.key),
    )
    terms: dict[Expr, dict[Expr, Fraction]] = {
        whole: {rest: number for number, rest in map(split_number, whole.args)} for whole in sums
    }
    by_largest: dict[Expr, list[Expr]] = {}
    found: dict[Expr, Continued] = {}
    depth: dict[Expr, int] = {}
    for whole in sums:
        candidates = [inner for rest in terms[whole] for inner in by_largest.get(rest, [])]
        for inner in sorted(candidates, key=lambda inner: -len(inner.args)):
            factor = _factor(terms[whole], terms[inner])
            if factor is not None and len(inner.args) < len(whole.args):
                others = tuple(term for term in whole.args if split_number(term)[1] not in terms[inner])
                found[whole] = Continued(factor, inner, others)
                break
        depth[whole] = depth[found[whole].inner] + 1 if whole in found else 1
        if whole in nameable:
            largest = max(terms[whole], key=lambda rest: rest.key[2:])
            by_largest.setdefault(largest, []).append(whole)
    return found if max(depth.values(), default=0) >= LEAST else {}


def _factor(whole: Mapping[Expr, Fraction], inner: Mapping[Expr, Fraction]) -> Fraction | None:
    """By what a sum is multiplied inside another one; ``None`` where its terms are not all there."""
    factors = {whole.get(rest, Fraction(0)) / number for rest, number in inner.items()}
    return factors.pop() if len(factors) == 1 and 0 not in factors else None
