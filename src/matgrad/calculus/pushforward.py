"""Forward mode: the derivative applied to a direction, node by node."""

from __future__ import annotations

from matgrad.calculus.dependence import dependent_nodes, differentiable_operands
from matgrad.core.expr import Expr, Symbol
from matgrad.ops.arithmetic import add
from matgrad.ops.leaves import zeros


def pushforward(expr: Expr, variable: Symbol, direction: Expr) -> Expr:
    """L[V] for the derivative L of ``expr`` with respect to a variable.

    Parameters
    ----------
    expr : Expr
        F(X).
    variable : Symbol
        X.
    direction : Expr
        V, of the shape of X.
    """
    order = dependent_nodes(expr, variable)
    changes: dict[Expr, Expr] = {variable: direction}
    for node in order:
        if node is variable:
            continue
        parts = [
            node.linear_map(place).apply(changes[node.args[place]])
            for place in differentiable_operands(node, changes)
        ]
        change = add(*parts) if parts else zeros(*node.shape)
        changes[node] = node.gathered(change) if node.binds else change
    return changes.get(expr, zeros(*expr.shape))
