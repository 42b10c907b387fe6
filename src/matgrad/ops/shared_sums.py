"""Long sums that stay one node in a longer sum, because another term of it is made of them.

In a residual network h + tanh(Wh) the sum h is a term of what it is an operand of. Written out there, and
again in the next layer, the terms of all layers before would be copied into each layer: the square of the
depth.
"""

from __future__ import annotations

from collections.abc import Iterable

from matgrad.core.expr import Expr

LONG = 8
"""Sums of more terms than this stay one node where another term is made of them."""

_NEAR = 32
"""So many nodes of a term are searched for sums, from the top."""


def sums_within(terms: Iterable[Expr]) -> list[Expr]:
    """The long sums that are near the top of terms of a sum, but are not terms themselves; longest first."""
    found: dict[Expr, None] = {}
    for term in terms:
        if term.tree_size > LONG and term.form != "sum":
            found |= dict.fromkeys(_near_the_top(term))
    return sorted(found, key=lambda x: (-len(x.args), x.key))


def _near_the_top(term: Expr) -> Iterable[Expr]:
    seen = {term}
    layer = [term]
    while layer and len(seen) < _NEAR:
        below = []
        for node in layer:
            for arg in node.args:
                if arg in seen or arg.tree_size <= LONG:
                    continue
                seen.add(arg)
                if arg.form == "sum" and len(arg.args) > LONG:
                    yield arg
                else:
                    below.append(arg)
        layer = below
