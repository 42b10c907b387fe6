"""Where a line changes because the constructors bring it to canonical form: by which named identities."""

from __future__ import annotations

from matgrad.core.expr import Expr, postorder
from matgrad.core.identity import step
from matgrad.core.words import Phrase
from matgrad.explanation.unsimplified import Change
from matgrad.ops.arithmetic import Product, Sum, content, split_number
from matgrad.ops.kronecker import Commutation
from matgrad.ops.leaves import Number
from matgrad.ops.power import Power

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


K_TURNS = Phrase("K (A ⊗ B) = (B ⊗ A) K", "Magnus & Neudecker (1979)")
COMMON_FACTOR = Phrase("put what is common in front")
EQUAL_TERMS = Phrase("put equal terms together")
COMMON_DENOMINATOR = Phrase("over one denominator")
REARRANGED = Phrase("simplify")


def rewriting(before: Expr, after: Expr) -> tuple[Phrase, ...]:
    """Why one line is the next, where only algebra lies between them: its identities, or what it does.

    Parameters
    ----------
    before, after : Expr
        The two lines.
    """
    names = identities_between(before, after)
    if names or not isinstance(before, Sum):
        return names or (REARRANGED,)
    found: list[Phrase] = []
    if len({split_number(canonical(term)[0])[1] for term in before.args}) == 1:
        return (EQUAL_TERMS,)
    turns = any(isinstance(node, Commutation) for node in postorder(before))
    if turns and after.tree_size < before.tree_size:
        found.append(K_TURNS)
    inside = content(after)[1]
    whole = inside if isinstance(inside, Product) else after
    if isinstance(whole, Product):
        below = any(is_divisor(factor) for factor in whole.args) and has_divisors(before)
        found.append(COMMON_DENOMINATOR if below else COMMON_FACTOR)
    return tuple(found) or (REARRANGED,)


def is_divisor(factor: Expr) -> bool:
    """Whether a factor is a number to a negative power, which stands below a line."""
    if not isinstance(factor, Power) or not factor.is_scalar:
        return False
    return isinstance(factor.exponent, Number) and factor.exponent.value < 0


def has_divisors(expr: Expr) -> bool:
    """Whether a number divides in an expression."""
    return any(is_divisor(node) for node in postorder(expr))


def identities_between(before: Expr, after: Expr) -> tuple[Phrase, ...]:
    """The named identities by which one line is the next; none where more than them is needed."""
    if before.tree_size > MOST_NODES:
        return ()
    built, names = canonical(before)
    return names if names and built is canonical(after)[0] else ()
