"""Multiplying out: products, ⊙ and ⊗ over sums."""

from __future__ import annotations

from itertools import product as combinations

from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import Product, Sum, add, multiply
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.kronecker import Kron, kron
from matgrad.ops.leaves import number

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
    choices = [arg.args if isinstance(arg, Sum) else (arg,) for arg in expr.args]
    count = 1
    for choice in choices:
        count *= len(choice)
    if count == 1 or count > LIMIT:
        return expr
    return add(*(_joined(expr, parts) for parts in combinations(*choices)))


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
