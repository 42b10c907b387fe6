"""Which of X and Xᵀ is written: the one with fewer transposes, then the first in the order of operands."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.dims import ONE
from matgrad.core.expr import Data, Expr, Key, postorder
from matgrad.core.facts import Fact
from matgrad.ops.arithmetic import Product, Sum, content, scale
from matgrad.ops.transpose import Transpose, transpose


def known_facts(x: Expr) -> Fact:
    """What holds of an expression, for a name that is to stand for it.

    An expression that is its own transpose, or the negative of it, need not have this as a fact; a
    name keeps nothing of it but its facts.
    """
    facts = x.facts
    if not x.is_scalar and x.rows is x.columns:
        if x.T is x:
            facts |= Fact.SYMMETRIC
        elif x.T is scale(-1, x):
            facts |= Fact.SKEW
    return facts


def count_transposes(x: Expr) -> int:
    """How many transposes are written at the top of an expression."""
    if isinstance(x, Transpose):
        return 1
    if isinstance(x, Product):
        return sum(isinstance(arg, Transpose) for arg in x.args)
    if isinstance(x, Sum):
        return sum(
            count_transposes(arg) if isinstance(arg, Product) else isinstance(arg, Transpose)
            for arg in x.args
        )
    return 0


def orient(x: Expr) -> tuple[Expr, bool]:
    """Choose between X and Xᵀ the one that is written inside a function with f(Xᵀ) = f(X)ᵀ.

    Columns come before rows, then fewer transposes, then the order of operands.

    Returns
    -------
    chosen : Expr
        X or its transpose.
    flipped : bool
        Whether it is the transpose.
    """
    if x.shape[1] is ONE:
        return x, False
    if x.shape[0] is ONE:
        return transpose(x), True
    other = transpose(x)
    if other is x or x.facts & Fact.SKEW:
        return x, False
    return (other, True) if _order(other) < _order(x) else (x, False)


def _order(x: Expr) -> tuple[int, Key]:
    """The fewest transposes first, then the order of operands."""
    return count_transposes(x), x.key


def as_written(x: Expr) -> tuple[Expr, bool]:
    """Of Y⁻ᵀ with ⊗ in Y, whether it is written as the inverse of Yᵀ: where that has no more transposes.

    The order of operands chose between Y and Yᵀ; ⊗ hides its transposes from that choice.

    Returns
    -------
    inside : Expr
        What stands in the inverse.
    turned : bool
        Whether the inverse has a transpose behind it.
    """
    nodes = postorder(x)
    if not any(node.name == "kron" for node in nodes):
        return x, True
    other = transpose(x)
    count = sum(isinstance(node, Transpose) for node in nodes)
    more = sum(isinstance(node, Transpose) for node in postorder(other)) > count
    return (x, True) if more else (other, False)


def oriented(build: type[Expr], x: Expr, data: Data = (), parity: int = 0) -> Expr:
    """Make the node f(X) of a function with f(Xᵀ) = f(X)ᵀ in canonical orientation.

    The operand of an odd or even function has its sign in front. 2X − Xᵀ turned round may have none
    there, as −(X − 2Xᵀ): with a parity the two that are compared are those with the sign taken out.
    """
    sign = 1
    chosen, flipped = orient(x)
    if parity:
        other = transpose(x)
        if content(other)[0] < 0:
            other = scale(-1, other)
            flipped = x.is_row or (not x.is_vector and _order(other) < _order(x))
            chosen, sign = (other, parity) if flipped else (x, 1)
    node = build.intern((chosen,), data)
    return scale(sign, transpose(node) if flipped else node)


def turned_round(chain: list[Expr]) -> tuple[Fraction, list[Expr]]:
    """The factors of the transpose of a chain, and the sign that skew factors bring."""
    # As in a product, where a sum has its content in front: X − Xᵀ turned round is −(X − Xᵀ).
    parts = [content(factor.T) for factor in reversed(chain)]
    sign = Fraction(1)
    for number_part, _ in parts:
        sign *= number_part
    return sign, [rest for _, rest in parts]


def orientation_key(chain: list[Expr]) -> tuple[int, list[Key]]:
    """The fewest transposes first, then the order of operands."""
    return sum(map(count_transposes, chain)), [factor.key for factor in chain]
