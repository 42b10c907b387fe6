"""Where a line changes because the constructors bring it to canonical form: by which named identities."""

from __future__ import annotations

from matgrad.core.expr import Expr, postorder
from matgrad.core.identity import step
from matgrad.core.words import Phrase
from matgrad.explanation.lines import Label
from matgrad.explanation.reasons import DISTRIBUTE, SCALAR_TRANSPOSE, SINCE
from matgrad.explanation.unsimplified import Change
from matgrad.ops.arithmetic import Product, Sum, content, split_number
from matgrad.ops.kronecker import Commutation
from matgrad.ops.leaves import Number
from matgrad.ops.maps import Right, Transposition
from matgrad.ops.power import Power
from matgrad.ops.trace import Trace
from matgrad.printing import begins_with_minus
from matgrad.printing.shapes import has_mixed_signs

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
    done, names = _built(expr)
    return done[expr], names


def canonical_parts(expr: Expr) -> dict[Expr, Expr]:
    """Each part of an expression as it is written, with its canonical form."""
    return _built(expr)[0]


def _built(expr: Expr) -> tuple[dict[Expr, Expr], tuple[Phrase, ...]]:
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
    return done, tuple(names)


K_TURNS = Phrase(
    "K_pm (A ⊗ B) = (B ⊗ A) K_qn for A of shape m×n and B of shape p×q", "Magnus & Neudecker (1979)"
)
COMMON_FACTOR = Phrase("put what is common in front")
EQUAL_TERMS = Phrase("put equal terms together")
COMMON_DENOMINATOR = Phrase("over one denominator")
REARRANGED = Phrase("simplify")
CANCELLED = Phrase("cancel")


def rewriting(before: Expr, after: Expr) -> tuple[Phrase, ...]:
    """Why one line is the next, where only algebra lies between them: its identities, or what it does.

    Parameters
    ----------
    before, after : Expr
        The two lines.
    """
    names = identities_between(before, after)
    if names:
        return names
    if not isinstance(before, Sum):
        return _of_one_term(before, after)
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


def _of_one_term(before: Expr, after: Expr) -> tuple[Phrase, ...]:
    """Why a term is written otherwise, where no identity says it."""
    if isinstance(content(after)[1], Sum):
        return (DISTRIBUTE,)
    if any(is_divisor(node) for node in postorder(after)) and after.tree_size < before.tree_size:
        return (CANCELLED,)
    if before.tree_size > MOST_NODES or canonical(before)[0] is not canonical(after)[0]:
        return (REARRANGED,)
    found: list[Phrase] = []
    traces = [[node for node in postorder(side) if isinstance(node, Trace)] for side in (before, after)]
    if set(traces[0]) != set(traces[1]):
        shifted = {_round(node) for node in traces[0]} == {_round(node) for node in traces[1]}
        said = Right.adjoint_reason if shifted else Transposition.adjoint_reason
        found += [] if said is None else [said]
    # The sign of a difference is no other factor.
    chains = [
        {tuple(canonical(factor)[0] for factor in node.chain) for node in _scalar_chains(side)}
        for side in (before, after)
    ]
    if chains[0] != chains[1]:
        found.append(SCALAR_TRANSPOSE)
    return tuple(found) or (REARRANGED,)


def _round(node: Trace) -> frozenset[tuple[Expr, ...]]:
    """The chains whose trace is the same by cyclic shifts."""
    inner = node.args[0]
    chain = inner.chain if isinstance(inner, Product) else (inner,)
    return frozenset(chain[turn:] + chain[:turn] for turn in range(len(chain)))


def _scalar_chains(side: Expr) -> list[Product]:
    nodes = (node for node in postorder(side) if isinstance(node, Product))
    return [node for node in nodes if node.is_scalar and len(node.chain) > 1]


TURNED = SINCE.filled(form=Label("−(A − B) = B − A", "-(A - B) = B - A", "-(A - B) = B - A"))


def turned_signs(before: Expr, after: Expr) -> tuple[Phrase, ...]:
    """That a difference takes a minus over, where that is all that becomes of the sign of a line."""
    if begins_with_minus(before) == begins_with_minus(after):
        return ()
    sums = (node for line in (before, after) for node in postorder(line) if isinstance(node, Sum))
    return (TURNED,) if any(has_mixed_signs(Sum.intern(node.args)) for node in sums) else ()


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
