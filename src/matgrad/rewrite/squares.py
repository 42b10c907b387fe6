"""Sums of squares, and the norms that are their roots."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.ops.arithmetic import Product, Sum, multiply, split_number
from matgrad.ops.blocks import hstack, vstack
from matgrad.ops.cross_product import SkewMatrix
from matgrad.ops.leaves import Number, Ones, number
from matgrad.ops.matrix_power import MatrixPower, matrix_power
from matgrad.ops.piecewise import Abs
from matgrad.ops.power import Power, power
from matgrad.ops.reshaping import reshape, vec
from matgrad.ops.robust_values import RowNorms
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose, transpose


def squared(x: Expr) -> Expr | None:
    """The r of rᵀr, or the R of tr(RᵀR); ``None`` where a scalar is no sum of squares."""
    if not x.is_scalar:
        return None
    if isinstance(x, Power):
        whole = x.exponent.value if isinstance(x.exponent, Number) else Fraction(1)
        return None if whole % 2 else power(x.args[0], number(whole / 2))
    if isinstance(x, Trace):
        x = x.args[0]
    front, x = split_number(x)
    if not isinstance(x, Product) or x.coefficient != 1 or x.scalars or front != sign_of_square(x.chain):
        return None
    half, odd = divmod(len(x.chain), 2)
    right = list(x.chain[half:])
    if odd:
        middle = right[0]
        exponent = middle.args[1] if isinstance(middle, MatrixPower) and middle.T is middle else None
        if not isinstance(exponent, Number) or exponent.value % 2:
            return None
        right[0] = matrix_power(middle.args[0], number(exponent.value / 2))
        if right[0].T is not right[0]:
            return None  # a skew K: K² is symmetric, and −KᵀK
    return multiply(*right)


def sign_of_square(chain: Sequence[Expr]) -> int:
    """The number with which a chain is a square YᵀY: −1 where an odd number of cross products stand in Y.

    [a]×ᵀ is −[a]×, so that ‖a × b‖² is −bᵀ[a]×[a]×b. It is 0 where a chain is no square.
    """
    half = len(chain) // 2
    pairs = [(chain[i], chain[-1 - i]) for i in range(half)]
    turned = [factor is other and isinstance(factor, SkewMatrix) for factor, other in pairs]
    if not all(skew or factor.T is other for (factor, other), skew in zip(pairs, turned, strict=True)):
        return 0
    return -1 if sum(turned) % 2 else 1


def is_root(node: Expr) -> bool:
    """Whether a power has an exponent that is not whole: a norm, or a pole that is not one of a fraction."""
    return isinstance(node, Power) and not (
        isinstance(node.exponent, Number) and node.exponent.value.denominator == 1
    )


def is_pole(node: Expr) -> bool:
    """Whether a power is one of ‖r‖ with a negative exponent."""
    return (
        isinstance(node, Power)
        and isinstance(node.exponent, Number)
        and node.exponent.value < 0
        and squared(node.args[0]) is not None
    )


def is_long_square(node: Expr) -> bool:
    """Whether a scalar is ‖r‖² for a product r."""
    chain = node.args[0] if isinstance(node, Trace) else node
    return isinstance(chain, Product) and len(chain.chain) > 2 and squared(node) is not None


def root_of_squares(x: Expr) -> Expr | None:
    """The r of rᵀr; of a sum xᵀx + yᵀy + c² with a number c, the x, y and c one below the other."""
    parts = squares(x)
    if parts is None:
        return squared(x)
    return vstack(*(vec(part) if not part.is_scalar else part for part in parts))


def squares(x: Expr) -> list[Expr] | None:
    """The x, y and c of a sum xᵀx + yᵀy + c²; ``None`` for anything else."""
    if not isinstance(x, Sum) or not x.is_scalar:
        return None
    parts = []
    for term in x.args:
        front, rest = split_number(term)
        root = number(1) if isinstance(rest, Number) else squared(rest)
        if front <= 0 or root is None:
            return None
        parts.append(multiply(power(number(front), number(Fraction(1, 2))), root))
    return parts


def entry_squares(x: Expr) -> list[tuple[Fraction, Expr]] | None:
    """The a, X and b, Y of a sum of squares by entries, a X ⊙ X + b Y ⊙ Y; ``None`` for anything else."""
    if not isinstance(x, Sum) or x.is_scalar:
        return None
    parts = []
    for term in x.args:
        front, rest = split_number(term)
        if front <= 0 or not (isinstance(rest, Power) and rest.exponent is number(2)):
            return None
        parts.append((front, rest.args[0]))
    return parts


def entry_norms(parts: Sequence[tuple[Fraction, Expr]]) -> Expr:
    """The roots of the sums of the squares of the entries of some matrices."""
    half = number(Fraction(1, 2))
    columns = [multiply(power(number(front), half), vec(part)) for front, part in parts]
    return reshape(RowNorms.of(hstack(*columns)), *parts[0][1].shape)


def squared_rows(x: Expr) -> Expr | None:
    """The Y of a column of the sums of squares of its rows, (Y ⊙ Y) 1."""
    if not isinstance(x, Product) or x.coefficient != 1 or x.scalars or len(x.chain) != 2:
        return None
    squares, right = x.chain
    turned = isinstance(squares, Transpose)
    inner = squares.args[0] if turned else squares
    if not (isinstance(right, Ones) and isinstance(inner, Power) and inner.exponent is number(2)):
        return None
    return transpose(inner.args[0]) if turned else inner.args[0]


def sum_of_powers(base: Expr) -> tuple[Expr | None, Expr | None]:
    """The x and p of Σ|x|ᵖ."""
    if isinstance(base, Product) and all(isinstance(f, (Ones, Transpose, Power)) for f in base.chain):
        powers = [f for f in base.chain if isinstance(f, Power)]
        if len(powers) == 1 and isinstance(powers[0].args[0], Abs):
            return powers[0].args[0].args[0], powers[0].exponent
    return None, None


def quadratic(base: Expr) -> Expr | None:
    """The x of xᵀAx with A positive semidefinite."""
    if isinstance(base, Product) and base.is_scalar and len(base.chain) == 3:
        row, middle, column = base.chain
        if row.T is column and middle.facts & Fact.POSITIVE_SEMIDEFINITE:
            return column
    return None
