"""What factors of a Hadamard product make together: powers of one base, diagonals, outer products."""

from __future__ import annotations

from collections import Counter

from matgrad.core.expr import Expr
from matgrad.core.identity import identity
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, multiply, scale, split_number
from matgrad.ops.diagonals import Diag, diag, diagonal
from matgrad.ops.hadamard import Hadamard, hadamard, parts_of
from matgrad.ops.identities.matrix_products import grouped_by_base, merged_powers
from matgrad.ops.leaves import Eye, number


def collect_powers(factors: list[Expr], scalars: list[Expr]) -> list[Expr]:
    """Merge equal bases, and exponentials."""
    groups = grouped_by_base(factors)
    _join_negatives(groups, scalars)
    if all(len(group) == 1 for group in groups.values()):
        return factors
    result: list[Expr] = []
    for shared, group in groups.items():
        if len(group) == 1:
            result.append(group[0][0])
            continue
        merged = merged_powers(shared, [exponent for _, exponent in group])
        result += parts_of(merged, scalars)
    return collect_powers(result, scalars) if len(result) < len(factors) else result


def _join_negatives(groups: dict[Expr | str, list[tuple[Expr, Expr]]], scalars: list[Expr]) -> None:
    """(a − b) ⊙ (b − a)^p = −(b − a)^(p+1): put a difference to the powers of its negative."""
    sums = [b for b in groups if not isinstance(b, str) and isinstance(b, Sum)]
    # A sum and its negative have the same terms but for the numbers in front.
    alike = Counter(_without_numbers(base) for base in sums) if len(sums) > 1 else {}
    for base in sums:
        if alike.get(_without_numbers(base), 1) < 2:
            continue
        group = groups.get(base, [])
        negative = scale(-1, base)
        if negative in groups and all(exponent is number(1) for _, exponent in group):
            del groups[base]
            for _ in group:
                scalars.append(number(-1))
                groups[negative].append((negative, number(1)))


def _without_numbers(x: Expr) -> tuple[Expr, ...]:
    return tuple(split_number(term)[1] for term in x.args)


def structured(factors: list[Expr]) -> Expr | None:
    """Use an identity, a diagonal or an outer product among the factors."""
    for place, factor in enumerate(factors):
        others = factors[:place] + factors[place + 1 :]
        if not others:
            return None
        if isinstance(factor, Eye):
            return identity_in_product(factor, hadamard(*others))
        if isinstance(factor, Diag):
            return diagonal_in_product(factor, hadamard(*others))
        if _is_outer_product(factor):
            return outer_product_in_product(factor, hadamard(*others))
    return None


def _is_outer_product(factor: Expr) -> bool:
    if not isinstance(factor, Product) or len(factor.chain) != 2:
        return False
    column, row = factor.chain
    return column.is_vector and row.is_row


@identity(
    Hadamard,
    Eye,
    Expr,
    reason=Phrase("I ⊙ X keeps the diagonal"),
    on=("eye(n)", "X"),
    given="X: n×n",
)
def identity_in_product(factor: Expr, rest: Expr) -> Expr | None:
    """I ⊙ X = diag(diagonal(X))."""
    return diag(diagonal(rest))


@identity(
    Hadamard,
    Diag,
    Expr,
    reason=Phrase("diag(a) ⊙ X = diag(a ⊙ diagonal(X))"),
    on=("diag(a)", "X"),
    given="a: n, X: n×n",
)
def diagonal_in_product(factor: Expr, rest: Expr) -> Expr | None:
    """diag(a) ⊙ X = diag(a ⊙ diagonal(X))."""
    return diag(hadamard(factor.args[0], diagonal(rest)))


@identity(
    Hadamard,
    Product,
    Expr,
    reason=Phrase("abᵀ ⊙ X = diag(a) X diag(b)", "Horn & Johnson (1991)", "lem. 5.1.2"),
    on=("a*b'", "X"),
    given="a: m, b: n, X: m×n",
)
def outer_product_in_product(factor: Expr, rest: Expr) -> Expr | None:
    """abᵀ ⊙ X = diag(a) X diag(b)."""
    if not _is_outer_product(factor) or not isinstance(factor, Product):
        return None
    column, row = factor.chain
    return multiply(diag(column), rest, diag(row.T))
