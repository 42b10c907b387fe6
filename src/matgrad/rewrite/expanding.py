"""Multiplying out: products, ⊙ and ⊗ over sums."""

from __future__ import annotations

from itertools import pairwise, product as combinations
from math import prod

from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import Product, Sum, add, multiply, split_number
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.kronecker import Kron, kron
from matgrad.ops.leaves import Ones, is_zero, number

LIMIT = 64
"""More terms than this are not written out."""


def expanded(expr: Expr) -> Expr:
    """Multiply out the sums among the factors of a product, and the terms of a sum.

    Only the top is opened: what stands inside functions stays, and so do squares yᵀy. An expression
    that would have more than :data:`LIMIT` terms is returned as it is.
    """
    if isinstance(expr, Sum):
        whole = add(*(expanded(term) for term in expr.args)) if len(expr.args) <= LIMIT else expr
        return whole if len(whole.args) <= LIMIT else expr
    if not isinstance(expr, (Product, Hadamard, Kron)) or is_square(expr):
        return expr
    kept = _squared_differences(expr)
    choices = [arg.args if isinstance(arg, Sum) and arg not in kept else (arg,) for arg in expr.args]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count == 1 or count > LIMIT:
        return expr
    whole = add(*(_joined(expr, parts) for parts in combinations(*choices)))
    terms = len(whole.args) if isinstance(whole, Sum) else int(not is_zero(whole))
    return expr if terms == count and sums_differences(expr) else whole


def expanded_terms(expr: Expr) -> list[Expr]:
    """The terms of an expression multiplied out, before those that are alike are collected.

    Unlike :func:`expanded` it opens every sum; what has more than :data:`LIMIT` terms is one.
    """
    if isinstance(expr, Sum):
        return [part for term in expr.args for part in expanded_terms(term)]
    if not isinstance(expr, (Product, Hadamard, Kron)):
        return [expr]
    choices = [arg.args if isinstance(arg, Sum) else (arg,) for arg in expr.args]
    if prod(map(len, choices)) > LIMIT:
        return [expr]
    return [_joined(expr, parts) for parts in combinations(*choices)]


def sums_differences(expr: Expr) -> bool:
    """Whether a product sums differences, as Σ(xᵢ − μ) = 1ᵀ(x − μ1) does.

    Multiplied out it is a difference of sums, Σxᵢ − nμ, and digits are lost where all xᵢ are near μ
    (Higham, 2002, sec. 1.8). Differences from a mean are another matter: they vanish multiplied out.
    """
    if not isinstance(expr, Product):
        return False
    return any(
        (isinstance(one, Ones) and _is_difference(other))
        for left, right in pairwise(expr.chain)
        for one, other in ((left.T, right), (right, left))
    )


def _squared_differences(expr: Expr) -> set[Expr]:
    """The D and Dᵀ of products DᵀD of differences, which multiplied out lose digits as sums of them do."""
    if not isinstance(expr, Product):
        return set()
    pairs = [pair for pair in pairwise(expr.chain) if pair[0].T is pair[1] and _is_difference(pair[1])]
    return {factor for pair in pairs for factor in pair}


def _is_difference(x: Expr) -> bool:
    signs = {split_number(term)[0] > 0 for term in x.args} if isinstance(x, Sum) else set()
    return len(signs) == 2


def is_square(node: Expr) -> bool:
    """Whether a scalar is written yᵀy: a square is read more easily than its terms."""
    return (
        isinstance(node, Product)
        and node.is_scalar
        and len(node.chain) == 2
        and node.chain[0].T is node.chain[1]
    )


def _joined(expr: Expr, parts: tuple[Expr, ...]) -> Expr:
    """The product, ⊙ or ⊗ of one term from each factor."""
    if isinstance(expr, Product):
        return multiply(number(expr.coefficient), *parts)
    return hadamard(*parts) if isinstance(expr, Hadamard) else kron(*parts)
