"""How factors that stand side by side in a product become one."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.expr import Expr, Key
from matgrad.core.facts import Fact
from matgrad.ops import arithmetic, elementwise, hadamard, inverse, power, structure, trace
from matgrad.ops.leaves import Eye, Number, Ones, Unit, dimension, eye, is_zero, number
from matgrad.ops.transpose import Transpose, count_transposes

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
    merged = _absorbed(left, right)
    if merged is None and (isinstance(left, Transpose) or isinstance(right, Transpose)):
        turned = _absorbed(right.T, left.T)
        merged = None if turned is None else turned.T
    if merged is not None:
        return merged
    left_base, left_exponent = inverse.split_power(left)
    right_base, right_exponent = inverse.split_power(right)
    if left_base is right_base:
        return inverse.matrix_power(left_base, arithmetic.add(left_exponent, right_exponent))
    if left.T is right:
        if right.facts & Fact.ORTHONORMAL_COLUMNS:
            return eye(right.columns)
        if left.facts & Fact.ORTHOGONAL:
            return eye(left.rows)
    return None


def _absorbed(left: Expr, right: Expr) -> Expr | None:
    merged = left.absorb_right(right)
    return right.absorb_left(left) if merged is None else merged


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
        base = inner.args[0].T if isinstance(inner, inverse.Inverse) else None
    else:
        base = factor.args[0] if isinstance(factor, inverse.Inverse) else None
    return base.chain if isinstance(base, arithmetic.Product) else ()


def scalar_chain(chain: list[Expr]) -> Expr:
    """The scalar that a chain from a row to a column stands for, in canonical orientation."""
    if len(chain) == 1:
        return chain[0]
    if len(chain) == 2:
        return dot(chain[0].T, chain[1])
    sign, reverse = turned_round(chain)
    if sign < 0 and reverse == chain:
        return number(0)  # aᵀKa of a skew K equals its own negative
    if orientation_key(chain) <= orientation_key(reverse):
        return arithmetic.Product.intern(tuple(chain), (Fraction(1), 0))
    return arithmetic.scale(sign, arithmetic.multiply(*reverse))


def turned_round(chain: list[Expr]) -> tuple[Fraction, list[Expr]]:
    """The factors of the transpose of a chain, and the sign that skew factors bring."""
    # As in a product, where a sum has its content in front: X − Xᵀ turned round is −(X − Xᵀ).
    parts = [arithmetic.content(factor.T) for factor in reversed(chain)]
    sign = Fraction(1)
    for number_part, _ in parts:
        sign *= number_part
    return sign, [rest for _, rest in parts]


def orientation_key(chain: list[Expr]) -> tuple[int, list[Key]]:
    """The fewest transposes first, then the order of operands."""
    return sum(map(count_transposes, chain)), [factor.key for factor in chain]


def dot(u: Expr, v: Expr) -> Expr:
    """The inner product uᵀv of two columns that are single factors."""
    if isinstance(u, Unit) and isinstance(v, Unit):
        if u is v:
            return number(1)
        if all(w.data[0].is_integer for w in (u, v)):
            return number(0)
    if isinstance(v, Ones) or (isinstance(v, Unit) and not isinstance(u, Ones)):
        u, v = v, u
    if isinstance(u, Ones):
        return total(v)
    composite = (hadamard.Hadamard, power.Power)
    if isinstance(u, composite) or isinstance(v, composite):
        return total(hadamard.hadamard(u, v))
    if structure.is_vec(u) and structure.is_vec(v) and u.args[0].shape == v.args[0].shape:
        return trace.inner_product(u.args[0], v.args[0])
    return _dot_node(u, v)


def total(v: Expr) -> Expr:
    """The sum of the entries of a column."""
    if isinstance(v, Ones):
        return dimension(v.rows)
    if is_zero(v):
        return number(0)
    if v.facts & Fact.SIMPLEX:
        return number(1)
    if isinstance(v, arithmetic.Product) and v.data[1] + (v.coefficient != 1) and len(v.chain) == 1:
        return arithmetic.multiply(number(v.coefficient), *v.scalars, total(v.chain[0]))
    if isinstance(v, structure.DiagonalPart):
        return trace.trace(v.args[0])
    if isinstance(v, arithmetic.Sum) and len(v.args) <= 4:
        # Differences from a mean sum to zero; other sums stay as they are written.
        whole = arithmetic.add(*(total(term) for term in v.args))
        if is_zero(whole):
            return whole
    if isinstance(v, hadamard.Hadamard) and len(v.args) == 2:
        return _dot_node(*v.args)
    if isinstance(v, power.Power) and v.args[1] is number(2):
        return _dot_node(v.args[0], v.args[0])
    if isinstance(v, arithmetic.Product):
        return arithmetic.multiply(_ones_row(v), *v.args)
    if structure.is_vec(v):
        return arithmetic.multiply(
            Ones.intern((), (v.args[0].rows,)).T, v.args[0], Ones.intern((), (v.args[0].columns,))
        )
    return arithmetic.Product.intern((_ones_row(v), v), (Fraction(1), 0))


def _ones_row(v: Expr) -> Expr:
    return Ones.intern((), (v.rows,)).T


def _dot_node(u: Expr, v: Expr) -> Expr:
    if isinstance(u, Ones) or isinstance(v, Ones):
        return total(v if isinstance(u, Ones) else u)
    if isinstance(u, arithmetic.Product) or isinstance(v, arithmetic.Product):
        return arithmetic.multiply(u.T, v)
    if v.key < u.key and not isinstance(u, Unit):
        u, v = v, u
    if isinstance(v, Unit):
        u, v = v, u
    return arithmetic.Product.intern((u.T, v), (Fraction(1), 0))


def collect_powers(scalars: list[Expr]) -> tuple[Fraction, list[Expr]]:
    """Merge equal bases among scalar factors and put them in order."""
    coefficient = Fraction(1)
    for _ in range(10):
        numbers = [f for f in scalars if isinstance(f, Number)]
        for n in numbers:
            coefficient *= n.value
        scalars = [f for f in scalars if not isinstance(f, Number)]
        if len(scalars) < 2:
            break
        groups: dict[Expr | str, list[tuple[Expr, Expr]]] = {}
        for factor in scalars:
            if isinstance(factor, elementwise.Exp):
                groups.setdefault("exp", []).append((factor, factor.args[0]))
            elif isinstance(factor, power.Power):
                groups.setdefault(factor.args[0], []).append((factor, factor.args[1]))
            else:
                groups.setdefault(factor, []).append((factor, number(1)))
        if all(len(group) == 1 for group in groups.values()):
            break
        scalars = []
        for base, group in groups.items():
            if len(group) == 1:
                scalars.append(group[0][0])
                continue
            exponent = arithmetic.add(*(e for _, e in group))
            merged = elementwise.exp(exponent) if isinstance(base, str) else power.power(base, exponent)
            if isinstance(merged, arithmetic.Product) and not merged.chain:
                coefficient *= merged.coefficient
                scalars += merged.scalars
            elif isinstance(merged, arithmetic.Sum):
                number_part, merged = arithmetic.content(merged)
                coefficient *= number_part
                scalars.append(merged)
            else:
                scalars.append(merged)
    return coefficient, sorted(scalars, key=lambda factor: factor.key)
