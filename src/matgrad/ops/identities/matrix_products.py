"""What factors that stand side by side in a product make together."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.expr import Expr
from matgrad.core.identity import identity, joined
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.identities.neighbours import orthonormal_columns, powers_of_one_matrix
from matgrad.ops.identities.projectors import projector_facts
from matgrad.ops.identities.scalar_products import scalar_product
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Eye, Number, number
from matgrad.ops.orientation import orientation_key, turned_round
from matgrad.ops.power import Exp, Power, exp, power, split_exponent
from matgrad.ops.transpose import Transpose

__all__ = ["collect_powers", "projector_facts", "push", "scalar_chain"]

LONGEST = 32
"""Inverses of products with more factors than this are not looked for to the left of a factor."""


def push(chain: list[Expr], factor: Expr) -> Expr | None:
    """Put a factor at the end of a chain.

    Returns
    -------
    Expr or None
        What the factor and the end of the chain have become; it is to be pushed next.
    """
    if isinstance(factor, Eye):
        return None
    if chain:
        merged = merge_pair(chain[-1], factor)
        if merged is not None:
            chain.pop()
            return merged
        length = _cancels_with(chain, factor)
        if length:
            del chain[-length:]
            return None
    chain.append(factor)
    return None


def merge_pair(left: Expr, right: Expr) -> Expr | None:
    """The product of two neighbours, where it has a simpler form than their product."""
    merged = joined(left, right)
    if merged is None and (isinstance(left, Transpose) or isinstance(right, Transpose)):
        turned = joined(right.T, left.T)
        merged = None if turned is None else turned.T
    if merged is None:
        merged = powers_of_one_matrix(left, right)
    return orthonormal_columns(left, right) if merged is None else merged


def _cancels_with(chain: list[Expr], factor: Expr) -> int:
    """How many factors at the end of a chain make, with the new one, an identity."""
    factors = _inverse_chain(factor)
    if len(factors) > 1 and tuple(chain[-len(factors) :]) == factors:
        return len(factors)
    for place in range(len(chain) - 2, max(-1, len(chain) - 2 - LONGEST), -1):
        factors = _inverse_chain(chain[place])
        if len(factors) > 1 and factors == (*chain[place + 1 :], factor):
            return len(chain) - place
    return 0


def _inverse_chain(factor: Expr) -> tuple[Expr, ...]:
    """The factors of B where the given one is (B)⁻¹ or (B)⁻ᵀ for a product B."""
    if isinstance(factor, Transpose):
        inner = factor.args[0]
        base = inner.args[0].T if isinstance(inner, Inverse) else None
    else:
        base = factor.args[0] if isinstance(factor, Inverse) else None
    return base.chain if isinstance(base, Product) else ()


def scalar_chain(chain: list[Expr]) -> Expr:
    """The scalar that a chain from a row to a column stands for, in canonical orientation."""
    if len(chain) == 1:
        return chain[0]
    if len(chain) == 2:
        return scalar_product(chain[0].T, chain[1])
    sign, reverse = turned_round(chain)
    if sign < 0 and reverse == chain:
        return number(0)  # aᵀKa of a skew K equals its own negative
    if orientation_key(chain) <= orientation_key(reverse):
        return Product.intern(tuple(chain), (Fraction(1), 0))
    return scale(sign, multiply(*reverse))


def collect_powers(scalars: list[Expr]) -> tuple[Fraction, list[Expr]]:
    """Merge equal bases among scalar factors and put them in order."""
    coefficient = Fraction(1)
    if not scalars:
        return coefficient, scalars
    for _ in range(10):
        numbers = [f for f in scalars if isinstance(f, Number)]
        for n in numbers:
            coefficient *= n.value
        scalars = [f for f in scalars if not isinstance(f, Number)]
        if len(scalars) < 2:
            break
        groups = grouped_by_base(scalars)
        if all(len(group) == 1 for group in groups.values()):
            break
        scalars = []
        for base, group in groups.items():
            if len(group) == 1:
                scalars.append(group[0][0])
                continue
            merged = merged_powers(base, [exponent for _, exponent in group])
            if isinstance(merged, Product) and not merged.chain:
                coefficient *= merged.coefficient
                scalars += merged.scalars
            elif isinstance(merged, Sum):
                number_part, merged = content(merged)
                coefficient *= number_part
                scalars.append(merged)
            else:
                scalars.append(merged)
    return coefficient, sorted(scalars, key=lambda factor: factor.key)


def grouped_by_base(factors: list[Expr]) -> dict[Expr | str, list[tuple[Expr, Expr]]]:
    """Factors with their exponents, by base; exponentials together, under ``"exp"``."""
    groups: dict[Expr | str, list[tuple[Expr, Expr]]] = {}
    for factor in factors:
        if isinstance(factor, Exp):
            groups.setdefault("exp", []).append((factor, factor.args[0]))
        else:
            base, exponent = split_exponent(factor)
            groups.setdefault(base, []).append((factor, exponent))
    return groups


def merged_powers(base: Expr | str, exponents: list[Expr]) -> Expr:
    """bᵖ ⊙ b^q = b^(p+q), and exp(x) ⊙ exp(y) = exp(x + y) where the base is ``"exp"``."""
    exponent = add(*exponents)
    return exp(exponent) if isinstance(base, str) else power(base, exponent)


def _merged(left: Expr, right: Expr) -> Expr | None:
    groups = grouped_by_base([left, right])
    if len(groups) > 1:
        return None
    ((base, group),) = groups.items()
    return merged_powers(base, [exponent for _, exponent in group])


identity(
    Product,
    Exp,
    Exp,
    reason=Phrase("product of exponentials", "NIST Digital Library of Mathematical Functions", "4.2.33"),
    on=("exp(s)", "exp(t)"),
    given="s: scalar, t: scalar",
    data=(Fraction(1), 2),
)(_merged)
identity(
    Product,
    Power,
    Power,
    reason=Phrase("powers of one base"),
    on=("s^a", "s^3"),
    given="s: scalar positive, a: scalar",
    data=(Fraction(1), 2),
)(_merged)
identity(
    Hadamard,
    Exp,
    Exp,
    reason=Phrase("product of exponentials", "NIST Digital Library of Mathematical Functions", "4.2.33"),
    on=("exp(X)", "exp(Y)"),
    given="X: m×n, Y: m×n",
)(_merged)
identity(
    Hadamard,
    Power,
    Power,
    reason=Phrase("powers of one base"),
    on=("X.^a", "X.^3"),
    given="X: m×n positive, a: scalar",
)(_merged)
