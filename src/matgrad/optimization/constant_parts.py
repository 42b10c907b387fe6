"""Work that need not be repeated: parts of expressions that do not depend on what changes often."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from matgrad.core.expr import Expr, Symbol, names_in, postorder, symbols_of
from matgrad.core.labels import free_name
from matgrad.ops.orientation import known_facts


def split(exprs: Sequence[Expr], changing: Collection[Symbol]) -> tuple[list[Expr], dict[Symbol, Expr]]:
    """Take out of expressions what does not depend on some variables and is costly to repeat.

    Parameters
    ----------
    exprs : sequence of Expr
        What is computed often.
    changing : collection of Symbol
        The variables that differ from one time to the next.

    Returns
    -------
    exprs : list of Expr
        The expressions with new variables for the parts taken out.
    parts : dict of Symbol to Expr
        What the new variables stand for; to be computed once.
    """
    order = postorder(exprs)
    moving: set[Expr] = set(changing)
    for node in order:
        if any(arg in moving for arg in node.args):
            moving.add(node)

    def is_part(node: Expr) -> bool:
        return node not in moving and node.worth_keeping and bool(symbols_of(node))

    taken = names_in(exprs)
    parts: dict[Symbol, Expr] = {}
    new: dict[Expr, Expr] = {}
    for node in postorder(exprs, lambda node: not is_part(node)):
        for part in [arg for arg in node.args if arg not in new and is_part(arg)]:
            name = free_name(f"part{len(parts) + 1}", taken)
            taken.add(name)
            symbol = Symbol.make(name, *part.shape, known_facts(part))
            parts[symbol] = part
            new[part] = symbol
        if any(arg in new for arg in node.args):
            new[node] = type(node).rebuild(tuple(new.get(arg, arg) for arg in node.args), node.data)
    return [new.get(expr, expr) for expr in exprs], parts
