"""The linear map of a differential, read off the expression that is linear in dX."""

from __future__ import annotations

from matgrad.calculus.dependence import dependent_nodes, differentiable_operands
from matgrad.calculus.pullback import pullback
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.linear_map import LinearMap
from matgrad.ops import maps as lm
from matgrad.ops.leaves import number


def linear_map_of(expr: Expr, change: Symbol) -> LinearMap:
    """The map dX ↦ ``expr``, for an expression that is linear in the symbol dX.

    Sums are multiplied out, so that every summand is a composition of elementary maps and its
    matrix on vec a single Kronecker product.

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
            maps[node] = tuple(parts)
            if len(parts) > 2000:
                raise NotDifferentiableError(
                    "the Jacobian has too many terms to write out",
                    fix="ask for the differential, or for the operator on arrays",
                )
    if expr not in maps:
        return lm.Zero(change.shape, expr.shape)
    return lm.add_maps(*maps[expr])
