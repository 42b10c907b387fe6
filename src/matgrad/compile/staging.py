"""Work that need not be repeated: parts of expressions that do not depend on what changes often."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.inverse import Inverse
from matgrad.ops.power import Power
from matgrad.ops.reductions import Normalised

KEPT = (Elementwise, Inverse, Normalised, Power)
"""Operations whose values are worth keeping. Products stay, so that their order may be chosen."""


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
    taken = set(symbols_of(exprs))
    parts: dict[Symbol, Expr] = {}
    new: dict[Expr, Expr] = {}

    def standing_for(part: Expr) -> Expr:
        if part not in new:
            name = f"part{len(parts) + 1}"
            while name in taken:
                name += "_"
            taken.add(name)
            symbol = Symbol.make(name, *part.shape, part.facts)
            parts[symbol] = part
            new[part] = symbol
        return new[part]

    for node in order:
        if node not in moving or not node.args:
            continue
        args = []
        for arg in node.args:
            if arg in moving:
                args.append(new.get(arg, arg))
            else:
                args.append(standing_for(arg) if isinstance(arg, KEPT) and symbols_of(arg) else arg)
        if any(a is not b for a, b in zip(args, node.args, strict=True)):
            new[node] = type(node).rebuild(tuple(args), node.data)
    return [new.get(expr, expr) for expr in exprs], parts
