"""Reverse mode: the adjoint of the derivative, accumulated over the graph.

Cotangents are summed per node before they go on, so the work is linear in the number of distinct
nodes however they are shared (Griewank & Walther, 2008, ch. 3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from matgrad.calculus.dependence import dependent_nodes, differentiable_operands
from matgrad.core.expr import Expr, Symbol, postorder
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
    return pullbacks(expr, [variable], cotangent)[variable]


def pullbacks(expr: Expr, variables: Sequence[Symbol], cotangent: Expr) -> dict[Expr, Expr]:
    """L*[G] for the derivative by each of several variables, all in one pass.

    Parameters
    ----------
    expr : Expr
        F(X, Y, …).
    variables : sequence of Symbol
        X, Y, ….
    cotangent : Expr
        G, of the shape of F.

    Returns
    -------
    dict of Expr to Expr
        For each variable a matrix of its shape.
    """
    found: dict[Expr, Expr] = {variable: zeros(*variable.shape) for variable in variables}
    order = dependent_nodes(expr, *variables)
    dependent = set(order)
    if expr in dependent:
        for node, total in _spread(order, dependent, expr, cotangent, set(variables), ""):
            found[node] = total
    return found


def _spread(
    order: list[Expr], dependent: set[Expr], root: Expr, cotangent: Expr, ends: Collection[Expr], index: str
) -> list[tuple[Expr, Expr]]:
    """Send a cotangent down, as far as the parts that a sum over an index is made of.

    Parameters
    ----------
    order : list of Expr
        The nodes that depend on the variable, operands first.
    dependent : set of Expr
        The same.
    root, cotangent : Expr
        Where to start, and with what.
    ends : collection of Expr
        Where to end: at the variables.
    index : str
        The name of the index under which the root stands, or nothing: what does not depend on it receives
        what arrives there for every value of the index, and is gone into outside.

    Returns
    -------
    list of (Expr, Expr)
        Where it ended, and with what.
    """
    pending: dict[Expr, list[Expr]] = defaultdict(list)
    pending[root].append(cotangent)
    arrived: list[tuple[Expr, Expr]] = []
    for node in reversed(order):
        incoming = pending.pop(node, None)
        if incoming is None:
            continue
        total = add(*incoming)
        if is_zero(total) and node not in ends:
            continue
        if node in ends or (index and index not in node.indices):
            arrived.append((node, total))
            continue
        if node.binds:
            for part, collected in _into(node, order, dependent, total, ends):
                pending[part].append(collected)
            continue
        for place in differentiable_operands(node, dependent):
            pending[node.args[place]].append(node.linear_map(place).adjoint().apply(total))
    return arrived


def _into(
    node: Expr, order: list[Expr], dependent: set[Expr], total: Expr, ends: Collection[Expr]
) -> list[tuple[Expr, Expr]]:
    """Send a cotangent into the body of a sum over an index, once for all values of the index."""
    body = node.args[0]
    inside = node.linear_map(0).adjoint().apply(total)
    below = set(postorder(body))
    (name,) = node.data[0].names
    inner = [part for part in order if part in below]
    return [
        (part, node.gathered(found)) for part, found in _spread(inner, dependent, body, inside, ends, name)
    ]
