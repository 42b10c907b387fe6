"""Sizes that an equation leaves open, so chosen that there are as many equations as unknowns."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from matgrad.calculus.linear_terms import linear_terms
from matgrad.core.dims import Dim
from matgrad.core.expr import Expr, Symbol


def square_sizes(
    wholes: Sequence[Expr], unknowns: Sequence[Symbol], declared: Collection[Dim]
) -> dict[Dim, Dim]:
    """Which sizes are to be which others, that every A and B of A X B is square.

    Parameters
    ----------
    wholes : sequence of Expr
        The left side of each equation less the right one.
    unknowns : sequence of Symbol
        X, or several.
    declared : collection of Dim
        The sizes that the user speaks of, which stay.
    """
    pairs = []
    for whole in wholes:
        found = linear_terms(whole, unknowns)
        if found is None or not found.terms or not all(term.is_two_sided for term in found.terms):
            return {}
        for term in found.terms:
            m, n = term.unknown.shape
            pairs += list(zip(whole.shape, (n, m) if term.transposed else (m, n), strict=True))
    known: dict[Dim, Dim] = {}

    def last(dim: Dim) -> Dim:
        while dim in known:
            dim = known[dim]
        return dim

    for first, second in pairs:
        one, other = last(first), last(second)
        if one == other:
            continue
        if one in declared or not _is_name(one):
            one, other = other, one
        if one in declared or not (_is_name(one) and _is_name(other)):
            return {}
        known[one] = other
    return {dim: last(dim) for dim in known}


def _is_name(dim: Dim) -> bool:
    return len(dim.symbols) == 1 and str(dim) in dim.symbols
