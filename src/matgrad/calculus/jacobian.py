"""The linear map of a differential, read off the expression that is linear in dX."""

from __future__ import annotations

from collections.abc import Mapping

from matgrad.calculus.dependence import dependent_nodes, differentiable_operands
from matgrad.calculus.pullback import pullback
from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, Symbol
from matgrad.core.linear_map import LinearMap
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import add, multiply
from matgrad.ops.leaves import number
from matgrad.ops.reshaping import ReshapeMap

MOST_TERMS = 12
"""More terms than this are not multiplied out."""


def linear_map_of(expr: Expr, change: Symbol) -> LinearMap:
    """The map dX ↦ ``expr``, for an expression that is linear in the symbol dX.

    Sums are multiplied out, so that every summand is a composition of elementary maps and its
    matrix on vec a single Kronecker product; where they would be many, as in a deep network, the matrix on
    vec of each part stays one expression, which those that are made of the part share.

    Parameters
    ----------
    expr : Expr
        A differential.
    change : Symbol
        dX.
    """
    maps: dict[Expr, tuple[LinearMap, ...]] = {}
    order = dependent_nodes(expr, change)
    for node in order:
        if node is change:
            maps[node] = (lm.Identity(change.shape),)
        elif node.is_scalar and not change.is_scalar:
            maps[node] = (lm.Inner(pullback(node, change, number(1))),)
        else:
            parts: list[LinearMap] = []
            for place in differentiable_operands(node, maps):
                local = node.linear_map(place)
                alternatives = local.maps if isinstance(local, lm.SumOfMaps) else (local,)
                parts += [
                    lm.compose(outer, inner) for outer in alternatives for inner in maps[node.args[place]]
                ]
            if node.binds:
                parts = [lm.Gathered(node, part) for part in parts]
            if len(parts) > MOST_TERMS:
                parts = [_with_shared_matrix(node, maps)]
            maps[node] = tuple(parts)
    if expr not in maps:
        return lm.Zero(change.shape, expr.shape)
    return lm.add_maps(*maps[expr])


def _with_shared_matrix(node: Expr, maps: Mapping[Expr, tuple[LinearMap, ...]]) -> LinearMap:
    """The map of an operation as one matrix on vec, made of those of its operands."""
    terms = []
    for place in differentiable_operands(node, maps):
        below = lm.add_maps(*maps[node.args[place]])
        terms.append(multiply(node.linear_map(place).kronecker(), below.kronecker()))
    column = (below.domain[0] * below.domain[1], ONE)
    stacked = lm.Left(add(*terms), column)
    return lm.compose(ReshapeMap(stacked.codomain, node.shape), stacked, ReshapeMap(below.domain, column))
