"""The terms of an expression that is linear in dX, each with dX in it once."""

from __future__ import annotations

from itertools import chain

from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.explain.inert import with_operands
from matgrad.ops.arithmetic import Sum


def terms_of(expr: Expr, change: Symbol) -> list[Expr]:
    """Multiply out the sums around dX, and nothing else.

    Parameters
    ----------
    expr : Expr
        Linear in the change.
    change : Symbol
        dX.
    """
    done: dict[Expr, list[Expr]] = {change: [change]}
    for node in postorder(expr, lambda n: n not in done):
        live = [place for place, arg in enumerate(node.args) if done.get(arg)]
        if isinstance(node, Sum):
            done[node] = list(chain.from_iterable(done[arg] for arg in node.args))
        elif len(live) == 1:
            place = live[0]
            done[node] = [
                with_operands(node, (*node.args[:place], part, *node.args[place + 1 :]))
                for part in done[node.args[place]]
            ]
        else:
            # A factor that does not change has no terms; one that changes in two operands stays whole.
            done[node] = [node] if live else []
    return done[expr]
