"""Sizes that an equation leaves open, so chosen that there are as many equations as unknowns."""

from __future__ import annotations

from collections.abc import Collection

from matgrad.calculus.linear_terms import linear_terms
from matgrad.core.dims import Dim
from matgrad.core.expr import Expr, Symbol


def square_sizes(whole: Expr, unknown: Symbol, declared: Collection[Dim]) -> dict[Dim, Dim]:
    """Which sizes are to be which others, that every A and B of A X B is square.

    Parameters
    ----------
    whole : Expr
        The left side less the right one.
    unknown : Symbol
        X.
    declared : collection of Dim
        The sizes that the user speaks of, which stay.
    """
    found = linear_terms(whole, [unknown])
    if found is None or not found.terms or not all(term.is_two_sided for term in found.terms):
        return {}
    m, n = unknown.shape
    pairs = []
    for turned in {term.transposed for term in found.terms}:
        pairs += list(zip(whole.shape, (n, m) if turned else (m, n), strict=True))
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
