"""Reverse mode: the adjoint of the derivative, accumulated over the graph.

Cotangents are summed per node before they go on, so the work is linear in the number of distinct
nodes however they are shared (Griewank & Walther, 2008, ch. 3).
"""

from __future__ import annotations

from collections import defaultdict

from matgrad.calculus.dependence import dependent_nodes, differentiable_operands
from matgrad.core.expr import Expr, Symbol
from matgrad.ops.arithmetic import add
from matgrad.ops.leaves import is_zero, zeros


def pullback(expr: Expr, variable: Symbol, cotangent: Expr) -> Expr:
    """L*[G] for the derivative L of ``expr`` with respect to a variable.

    Parameters
    ----------
    expr : Expr
        F(X).
    variable : Symbol
        X.
    cotangent : Expr
        G, of the shape of F.

    Returns
    -------
    Expr
        The matrix of the shape of X with ⟨G, dF⟩ = ⟨L*[G], dX⟩.
    """
    order = dependent_nodes(expr, variable)
    dependent = set(order)
    if expr not in dependent:
        return zeros(*variable.shape)
    pending: dict[Expr, list[Expr]] = defaultdict(list)
    pending[expr].append(cotangent)
    for node in reversed(order):
        incoming = pending.pop(node, None)
        if incoming is None:
            continue
        total = add(*incoming)
        if node is variable:
            return total
        if is_zero(total):
            continue
        for place in differentiable_operands(node, dependent):
            pending[node.args[place]].append(node.linear_map(place).adjoint().apply(total))
    return zeros(*variable.shape)
