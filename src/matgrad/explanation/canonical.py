"""Where a line changes because the constructors bring it to canonical form: by which named identities."""

from __future__ import annotations

from matgrad.core.expr import Expr, postorder
from matgrad.core.identity import step
from matgrad.core.words import Phrase
from matgrad.explanation.unsimplified import Change

MOST_NODES = 400
"""Longer expressions are not rebuilt for the sake of a name."""


def canonical(expr: Expr) -> tuple[Expr, tuple[Phrase, ...]]:
    """An expression as the constructors build it, and the identities between families that this takes.

    Parameters
    ----------
    expr : Expr
        An expression as it is written in a line.

    Returns
    -------
    tuple of (Expr, tuple of Phrase)
        Its canonical form, and the names of the identities in the order in which they are applied.
    """
    done: dict[Expr, Expr] = {}
    names: dict[Phrase, None] = {}
    for node in postorder(expr):
        if not node.args or isinstance(node, Change):
            done[node] = node
            continue
        args = tuple(done[arg] for arg in node.args)
        built = node.rebuild(args, node.data)
        stands = type(node).intern(args, node.data)
        while built is not stands and (found := step(stands)) is not None:
            stands, reason = found
            names[reason] = None
        done[node] = built
    return done[expr], tuple(names)


def identities_between(before: Expr, after: Expr) -> tuple[Phrase, ...]:
    """The named identities by which one line is the next; none where more than them is needed."""
    if before.tree_size > MOST_NODES:
        return ()
    built, names = canonical(before)
    return names if names and built is canonical(after)[0] else ()
