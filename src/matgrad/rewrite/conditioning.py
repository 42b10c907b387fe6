"""Which forms are no worse conditioned than what was written.

A difference of data such as X − 1μᵀ is known to all its digits where the data are, however near they are to
each other; multiplied out it is a difference of products, each rounded, and the digits are gone (Higham,
2002, sec. 1.7). So such a difference is opened only where nothing is left to cancel, or where it stays
together in a longer sum. A difference of rounded products, as Ax − b is one, has no digits that are lost in
AᵀAx − Aᵀb.
"""

from __future__ import annotations

from collections.abc import Iterator

from matgrad.core.expr import Expr, postorder
from matgrad.ops.activations import Sigmoid
from matgrad.ops.arithmetic import Product, Sum, split_number
from matgrad.ops.diagonals import Diag
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.indices.members import Member
from matgrad.ops.kronecker import Kron
from matgrad.ops.leaves import Eye, Number, Ones, is_zero
from matgrad.ops.piecewise import Step
from matgrad.ops.transpose import Transpose
from matgrad.rewrite.expanding import expanded, expanded_terms

_WHOLE = (Ones, Eye, Number, Diag, Hadamard, Product, Sum)
"""What is made of these and of steps alone is a whole number in every entry."""


def is_difference(x: Expr) -> bool:
    """Whether a sum has terms of both signs."""
    return isinstance(x, Sum) and len({split_number(term)[0] > 0 for term in x.args}) == 2


def is_no_worse(opened: Expr, node: Expr) -> bool:
    """Whether a form that an expression takes when it is multiplied out is as well conditioned as it was.

    Parameters
    ----------
    opened : Expr
        What :func:`expanded` made of it, or what that became by common factors.
    node : Expr
        The sum, product, ⊙ or ⊗ as it was.
    """
    differences = list(dict.fromkeys(_differences(node)))
    if not differences:
        return True
    if not any(is_difference(part) for part in postorder(opened)) or _cancels(node):
        return True
    sums = [frozenset(map(_core, part.args)) for part in postorder(opened) if isinstance(part, Sum)]
    return all(any(frozenset(map(_core, d.args)) <= terms for terms in sums) for d in differences)


def _differences(node: Expr) -> Iterator[Expr]:
    """The differences of data that are opened where an expression is multiplied out."""
    for term in node.args if isinstance(node, Sum) else (node,):
        if isinstance(term, (Product, Hadamard, Kron)):
            for arg in term.args:
                if is_difference(arg) and all(map(_is_known, arg.args)) and not _is_of_steps(arg):
                    yield arg


def _is_known(term: Expr) -> bool:
    """Whether a term of a sum is not rounded: data, some of them repeated, or σ(x), from which 1 is far."""
    core = split_number(term)[1]
    if not core.args or isinstance(core, (Sigmoid, Member, Step)):
        return True
    if isinstance(core, (Transpose, Diag)):
        return _is_known(core.args[0])
    if isinstance(core, Product):
        factors = [f for f in core.args if not (isinstance(f, Ones) or isinstance(f.T, Ones))]
        return len(factors) == 1 and _is_known(factors[0])
    return False


def _is_of_steps(x: Expr) -> bool:
    """Whether an expression is made of steps and ones alone: differences of 0 and 1 are exact in any form."""
    if isinstance(x, Step):
        return True
    return isinstance(x, _WHOLE) and all(map(_is_of_steps, x.args))


def _core(term: Expr) -> Expr:
    return split_number(term)[1]


def _cancels(node: Expr) -> bool:
    """Whether terms of the expression multiplied out cancel each other, or vanish."""
    signs: dict[Expr, bool] = {}
    for term in expanded_terms(node):
        front, core = split_number(term)
        if signs.setdefault(core, front > 0) != (front > 0) or _vanishes(term):
            return True
    return False


def _vanishes(term: Expr) -> bool:
    factors = term.scalars if isinstance(term, Product) else ()
    return any(is_zero(expanded(part)) for part in (term, *factors))
