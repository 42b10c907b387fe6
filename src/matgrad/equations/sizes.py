"""Sizes that an equation leaves open, so chosen that there are as many equations as unknowns."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from matgrad.calculus.dependence import dependent_nodes
from matgrad.calculus.linear_terms import LinearTerm, linear_terms
from matgrad.core.dims import Dim, Shape
from matgrad.core.expr import Expr, Symbol
from matgrad.equations.rank_one import update_of
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum
from matgrad.ops.frechet import MatrixFunction
from matgrad.ops.inverse import Inverse
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.reshaping import ReshapeMap
from matgrad.ops.transpose import Transpose


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
        if found is None and len(unknowns) == 1 and _is_of_products(whole, unknowns[0]):
            m, n = unknowns[0].shape
            pairs += [(m, n), (whole.rows, m), (whole.columns, m)]
            continue
        if found is None or not found.terms:
            return {}
        for term in found.terms:
            if update_of(term) is not None:
                continue  # a number from X by any matrix
            shape = whole.shape if term.is_two_sided else _before_vec(term)
            if shape is None:
                return {}
            m, n = term.unknown.shape
            pairs += list(zip(shape, (n, m) if term.transposed else (m, n), strict=True))
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


def _is_of_products(whole: Expr, unknown: Symbol) -> bool:
    """Whether a matrix stands in products, powers and inverses alone, in which it is likely square."""
    nodes = dependent_nodes(whole, unknown)
    matrices = (Symbol, Transpose, Product, Sum, Inverse, MatrixPower, MatrixFunction)
    return not unknown.is_vector and all(isinstance(node, matrices) for node in nodes)


def _is_name(dim: Dim) -> bool:
    return len(dim.symbols) == 1 and str(dim) in dim.symbols


def _before_vec(term: LinearTerm) -> Shape | None:
    """The shape of A X B, where a term is vec(A X B)."""
    first, *rest = term.map.parts
    if not isinstance(first, ReshapeMap) or not rest:
        return None
    is_product = all(isinstance(part, (lm.Left, lm.Right, lm.Scale, lm.Identity)) for part in rest)
    return first.domain if is_product else None
