"""What an author looks for in an expression before writing it: its factors, its signs, its squares."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd
from typing import NamedTuple

from matgrad.core.dims import ONE
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.ops.arithmetic import AS_TYPED, Product, Sum, multiply, scale, split_number
from matgrad.ops.cross_product import SkewMatrix
from matgrad.ops.diagonals import Diag
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.indices.guard import Guard
from matgrad.ops.indices.indexed_products import IndexedProduct
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.kronecker import Commutation, Kron
from matgrad.ops.leaves import Dimension, Eye, Number, Ones, number
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.orientation import count_transposes
from matgrad.ops.power import Power, power, split_exponent
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose


class Parts(NamedTuple):
    """A term taken apart: a number, scalar factors, and a chain of matrices."""

    number: Fraction
    scalars: tuple[Expr, ...]
    chain: tuple[Expr, ...]


def parts_of(expr: Expr) -> Parts:
    """Take an expression apart."""
    if isinstance(expr, Product):
        return Parts(expr.coefficient, expr.scalars, expr.chain)
    if isinstance(expr, Number):
        return Parts(expr.value, (), ())
    return Parts(Fraction(1), (expr,), ()) if expr.is_scalar else Parts(Fraction(1), (), (expr,))


def is_ones(term: Parts) -> bool:
    """Whether a term is a scalar times a column or a matrix of ones."""
    chain = term.chain
    if len(chain) == 1:
        return isinstance(chain[0], Ones)
    return len(chain) == 2 and isinstance(chain[0], Ones) and isinstance(_inside(chain[1]), Ones)


def is_bound(term: Parts) -> bool:
    """Whether a term is a number, of every entry."""
    return is_ones(term) if term.chain else not term.scalars


def is_diagonal(term: Parts) -> bool:
    """Whether a term is an identity or a diagonal matrix, beside which 1 would not be read as 𝟏𝟏ᵀ."""
    return len(term.chain) == 1 and isinstance(term.chain[0], (Eye, Diag))


def _inside(expr: Expr) -> Expr:
    return expr.args[0] if isinstance(expr, Transpose) else expr


def terms_in_order(node: Expr, negate: bool) -> list[Parts]:
    """The terms of a sum in the order of their names, identities and ones last, whatever their sign."""
    terms = [parts_of(term) for term in node.args]
    if negate:
        terms = [term._replace(number=-term.number) for term in terms]
    if node.data:
        return terms
    number_first = node.is_scalar and not any(
        _is_polynomial(term) for term in terms if term.scalars or term.chain
    )
    return sorted(terms, key=lambda term: _place(term, number_first))


def _place(term: Parts, number_first: bool) -> tuple[int, str, int]:
    """The place of a term."""
    if not term.scalars and not term.chain:
        return (0 if number_first else 2, "", 0)
    chain = term.chain or term.scalars
    if is_ones(term) or (len(chain) == 1 and isinstance(chain[0], Eye)):
        return (2, "", 0)
    first = chain[0]
    if len(chain) == 1 and isinstance(first, Commutation):
        return (3, "", 0)
    if isinstance(first, (Kron, Hadamard)) and isinstance(first.args[0], Eye):
        return (1, first.args[-1].key[1], 0)
    transposes = (
        count_transposes(first.args[0]) if isinstance(first, Kron) else sum(map(count_transposes, chain))
    )
    return (1 if isinstance(first, Dimension) else 0, first.key[1], transposes)


def _is_polynomial(term: Parts) -> bool:
    """Whether a scalar term is made of powers of variables and dimensions only."""
    return not term.chain and all(
        isinstance(s.args[0] if isinstance(s, Power) else s, (Symbol, Dimension)) for s in term.scalars
    )


def common_number(terms: Sequence[Parts]) -> Fraction:
    """The number to write in front of a sum: of a common factor or a common denominator.

    A sum with a number among its terms, as 2k − 2, is left as it is.
    """
    if any(not term.scalars and not term.chain for term in terms):
        return Fraction(1)
    denominators = {term.number.denominator for term in terms}
    if len(denominators) > 1:
        return Fraction(1)
    common = Fraction(gcd(*(term.number.numerator for term in terms)), denominators.pop())
    if common != 1 and all(term.number < 0 for term in terms):
        return -common
    return common


def has_mixed_signs(expr: Expr) -> bool:
    """Whether a difference, alone or inside an odd function or a product, could take a minus over."""
    if isinstance(expr, Transpose):
        expr = expr.args[0]
    if isinstance(expr, IndexedSum):
        body = summand(expr)
        if isinstance(body, Product):
            return difference_among(body.chain) is not None
        return isinstance(body, Sum) and has_mixed_signs(body)
    if isinstance(expr, Sum):
        if expr.data == AS_TYPED:
            return False  # its author chose the signs
        signs = {isinstance(term, (Product, Number)) and parts_of(term).number < 0 for term in expr.args}
        return len(signs) == 2
    is_odd = isinstance(expr, Elementwise) and expr.parity < 0
    return (is_odd or isinstance(expr, (Hadamard, Kron, Diag))) and difference_inside(expr) is not None


def summand(node: Expr) -> Expr:
    """What stands behind the signs of sums over indices and their conditions."""
    while isinstance(node, (IndexedSum, Guard)):
        node = node.args[0]
    return node


def ends_in_product(node: Expr) -> bool:
    """Whether what a product over an index is of would reach beyond the end of a factor as it is written."""
    while isinstance(node, Guard):
        node = node.args[0]
    factors = node.args if isinstance(node, Product) else (node,)
    return any(isinstance(factor, IndexedProduct) for factor in factors)


def difference_among(factors: Sequence[Expr]) -> Expr | None:
    """The first difference that stands alone among the factors of a chain, unlike that in (x − y)(x − y)ᵀ.

    A number such as the residual in Σ_i (y_i − wᵀx_i)x_i is written as it is known.
    """
    for factor in factors:
        alone = sum(other is factor or other.T is factor for other in factors) == 1
        if alone and isinstance(factor, Sum) and has_mixed_signs(factor):
            return factor
    return None


def difference_inside(expr: Expr) -> Expr | None:
    """The difference among the operands of a function or ⊙ that takes a minus: rather y − h than 1 − h²."""
    found = [
        arg
        for arg in expr.args
        if _is_difference(arg, isinstance(expr, Hadamard))
        and sum(other is arg or other.T is arg for other in expr.args) == 1
    ]
    return min(found, key=holds_number, default=None)


def _is_difference(arg: Expr, in_hadamard: bool) -> bool:
    """Whether a factor of ⊙ is a difference, or a product with one: (Y − P)C."""
    if isinstance(arg, Product):
        return in_hadamard and not arg.scalars and difference_among(arg.chain) is not None
    return isinstance(arg, Sum) and has_mixed_signs(arg)


def turned_inside(node: Expr, negate: bool) -> set[Expr]:
    """The factors of ⊙ written with the other sign: one that takes a minus, and one beside h² − 1."""
    chosen = difference_inside(node)
    if chosen is None:
        return set()
    awkward = [
        arg
        for arg in node.args
        if arg is not chosen and isinstance(arg, Sum) and has_mixed_signs(arg) and _ends_in_minus_one(arg)
    ]
    negate ^= len(awkward) % 2 == 1
    return {*awkward, *((chosen,) if negate else ())}


def _ends_in_minus_one(difference: Expr) -> bool:
    """Whether a number is taken away, as in h² − 1."""
    return any(is_bound(term) and term.number < 0 for term in map(parts_of, difference.args))


def begins_with_one(node: Expr) -> bool:
    """Whether a difference, alone or inside, is of 1 and a value: 1 − h² and 1 − σ keep their 1 in front."""
    if isinstance(node, Transpose):
        node = node.args[0]
    inside = None if isinstance(node, Sum) else difference_inside(node)
    node = node if inside is None else inside
    if not isinstance(node, Sum):
        return False
    terms = [parts_of(term) for term in node.args]
    others = [term for term in terms if not is_bound(term)]
    if len(terms) != 2 or len(others) != 1 or others[0].scalars or len(others[0].chain) != 1:
        return False
    base, exponent = split_exponent(others[0].chain[0])
    is_square = isinstance(base, Symbol) and exponent is number(2)  # the h of a layer, under its name
    return {abs(term.number) for term in terms} == {1} and (isinstance(base, Elementwise) or is_square)


def holds_number(difference: Expr) -> bool:
    """Whether a number stands in a difference, as in 1 − h²."""
    return isinstance(difference, Sum) and any(is_bound(parts_of(term)) for term in difference.args)


def leads_positive(node: Expr) -> bool:
    """Whether a difference has a plus before the term that comes first in the order of names."""
    if isinstance(node, Transpose):
        node = node.args[0]
    if isinstance(node, IndexedSum):
        node = summand(node)
        if isinstance(node, Product):
            inner = difference_among(node.chain)
            return inner is None or leads_positive(inner)
    if node.is_row or needs_flip(node):
        node = node.T
    if sign := sign_of_sizes(node):
        return sign > 0
    inside = None if isinstance(node, Sum) else difference_inside(node)
    node = node if inside is None else inside
    if isinstance(node, Product):
        among = difference_among(node.chain)
        return among is None or leads_positive(among)
    terms = [parts_of(term) for term in node.args]
    if begins_with_one(node):
        return any(term.number > 0 for term in terms if is_bound(term))
    if any(term.number > 0 and not term.scalars and (is_ones(term) or not term.chain) for term in terms):
        # 1 − x reads well, whatever the order of names.
        return True
    vectors = all(
        term.chain[:1] == term.chain and isinstance(_inside(term.chain[0]), Symbol)
        for term in terms
        if term.chain
    )
    return min(terms, key=lambda term: (vectors and not _is_unknown(term), *_place(term, False))).number > 0


def _is_unknown(term: Parts) -> bool:
    """Whether a term goes by one of the letters u to z, which come first in x − a."""
    return bool(term.chain) and term.chain[0].key[1][:1].lower() in {*"uvwxyz"}


def is_cross_product(chain: Sequence[Expr]) -> bool:
    """Whether a chain is [a]× b, or [a]×[b]× c, to be written a × b, a × (b × c)."""
    crossed = len(chain) > 1 and all(isinstance(factor, SkewMatrix) for factor in chain[:-1])
    return crossed and chain[-1].is_vector


def is_inner_product_of_crosses(chain: Sequence[Expr]) -> bool:
    """Whether a chain is aᵀ[b]×[c]× d, which is (a × b)ᵀ(c × d)."""
    return (
        len(chain) == 4
        and chain[0].is_row
        and chain[-1].is_vector
        and all(isinstance(factor, SkewMatrix) for factor in chain[1:3])
    )


def _degrees_of_sizes(node: Expr) -> list[tuple[Fraction, bool]]:
    """The degree of every term of a sum of sizes, and whether it has a plus; none for other sums."""
    degrees: list[tuple[Fraction, bool]] = []
    for term in node.args if isinstance(node, Sum) and node.is_scalar and node.data != AS_TYPED else ():
        coefficient, scalars, chain = parts_of(term)
        degree = Fraction(0)
        for base, exponent in map(split_exponent, scalars):
            if not isinstance(base, Dimension) or not isinstance(exponent, Number):
                return []
            degree += exponent.value
        if chain:
            return []
        degrees.append((degree, coefficient > 0))
    return degrees


def sign_of_sizes(node: Expr) -> int:
    """The sign of n − 1 and n² − n, which large sizes decide; 0 where none is sure, and for other sums."""
    degrees = _degrees_of_sizes(node)
    highest = max((degree for degree, _ in degrees), default=None)
    signs = [1 if is_positive else -1 for degree, is_positive in degrees if degree == highest]
    return signs[0] if len(set(signs)) == 1 else 0


def _divides_by_sizes(factor: Expr) -> bool:
    """Whether a factor is one over an odd power of a difference of sizes, as 1/(n − m)."""
    if not isinstance(factor, Power) or not _degrees_of_sizes(factor.args[0]):
        return False
    exponent = factor.args[1]
    is_odd = isinstance(exponent, Number) and exponent.value < 0 and exponent.value % 2 == 1
    return is_odd and has_mixed_signs(factor.args[0])


def is_added(term: Parts) -> bool:
    """Whether a term has a plus in a sum once 1/(1 − n) is written −1/(n − 1)."""
    falling = [f for f in term.scalars if _divides_by_sizes(f) and sign_of_sizes(f.args[0]) < 0]
    return (term.number > 0) == (len(falling) % 2 == 0)


def signs_of_differences(negative: bool, factors: Sequence[Expr], free: bool) -> tuple[bool, list[Expr]]:
    """Choose which differences among the factors are written the other way round.

    Returns
    -------
    negative : bool
        Whether a minus stays in front: only where no difference can take it.
    turned : list of Expr
        The factors to write with the other sign: both of a pair (x − y)(x − y)ᵀ, and of single
        ones those that would start with a minus, as far as the sign of the product allows.
    """
    divisors = [factor for factor in factors if _divides_by_sizes(factor)]
    falling = [factor for factor in divisors if sign_of_sizes(factor.args[0]) < 0]
    if negative and not free and not falling:
        falling = [factor for factor in divisors if not sign_of_sizes(factor.args[0])][:1]  # −x/(m − n)
    if falling:
        rest = negative != (len(falling) % 2 == 1)
        left, others = _signs_of_others(rest, factors, free)
        if free or not left or rest == negative:
            return left, [*falling, *others]
    return _signs_of_others(negative, factors, free)


def _signs_of_others(negative: bool, factors: Sequence[Expr], free: bool) -> tuple[bool, list[Expr]]:
    """Which differences above the bar are written the other way round, and whether a minus is left."""
    turned: list[Expr] = []
    single: list[Expr] = []
    for factor in factors:
        if has_mixed_signs(factor):
            count = sum(other is factor or other.T is factor or factor.T is other for other in factors)
            if count == 1:
                single.append(factor)
            elif count % 2 == 0 and not leads_positive(factor):
                turned.append(factor)
    if not single:
        return negative, turned
    awkward = [factor for factor in single if not leads_positive(factor)]
    if free:
        return negative != (len(awkward) % 2 == 1), turned + awkward
    if len(awkward) % 2 == negative:
        return False, turned + awkward
    # One more, or one less, is turned; 1 − h² stays as it is, behind a minus where there is nothing else.
    yielding = [factor for factor in single if not begins_with_one(factor)]
    if not yielding:
        return True, turned + awkward
    last = [factor for factor in awkward if factor in yielding][-1:]
    awkward = [f for f in awkward if f not in last] if last else [*awkward, yielding[0]]
    return False, turned + awkward


def needs_flip(expr: Expr) -> bool:
    """Whether a factor has fewer transposes when it is written as (…)ᵀ."""
    if not isinstance(expr, (Sum, Hadamard)) or ONE in expr.shape or expr.data:
        return False
    flipped = expr.T
    return type(flipped) is type(expr) and _transposes(flipped) < _transposes(expr)


def _transposes(expr: Expr) -> int:
    if isinstance(expr, Hadamard):
        return sum(count_transposes(arg) for arg in expr.args)
    return count_transposes(expr)


def average(scalars: tuple[Expr, ...]) -> tuple[tuple[Expr, ...], tuple[Expr, ...]]:
    """Find a mean among scalar factors: a sum of entries over the number of entries.

    Returns
    -------
    rest : tuple of Expr
        The other scalar factors.
    averaged : tuple of Expr
        The chain whose entries are averaged; empty where there is none.
    """
    counts = [
        s
        for s in scalars
        if isinstance(s, Power) and isinstance(s.args[0], Dimension) and s.args[1].data == (-1,)
    ]
    if not counts:
        return scalars, ()
    for scalar in scalars:
        chain = scalar.chain if isinstance(scalar, Product) else ()
        if not chain or not isinstance(_inside(chain[0]), Ones) or isinstance(chain[0], Ones):
            continue
        inner = chain[1:-1] if isinstance(chain[-1], Ones) else chain[1:]
        if not inner:
            continue
        sizes = [dim for dim in (inner[0].rows, inner[-1].columns) if dim is not ONE]
        used = [next((c for c in counts if c.args[0].data[0] is size), None) for size in sizes]
        if None not in used and len(set(used)) == len(used):
            return tuple(s for s in scalars if s is not scalar and s not in used), inner
    return scalars, ()


def joined_roots(
    front: Fraction, scalars: tuple[Expr, ...], *, as_typed: bool
) -> tuple[Fraction, tuple[Expr, ...]]:
    """Several roots of positive numbers as one: √2 √D √K / √h is √(2DK/h), and ½√2 c / √π is c/√(2π)."""
    by_degree: dict[int, list[tuple[Expr, Expr, Fraction]]] = {}
    for scalar in () if as_typed else scalars:
        if isinstance(scalar, Power) and isinstance(scalar.exponent, Number):
            base, exponent = scalar.args[0], scalar.exponent.value
            if exponent.denominator > 1 and (base.facts & Fact.POSITIVE or isinstance(base, Number)):
                by_degree.setdefault(exponent.denominator, []).append((scalar, base, exponent))
    for degree, roots in by_degree.items():
        if len(roots) < 2:
            continue
        inside = []
        divides = any(exponent < 0 for *_, exponent in roots)
        for _, base, exponent in roots:
            half = divides and 2 * exponent == 1 and isinstance(base, Number)
            if half and isinstance(base, Number) and front.denominator % base.value == 0:
                front, exponent = front * base.value, exponent - 1
            inside.append((base, exponent * degree))
        sign = -1 if all(exponent < 0 for _, exponent in inside) else 1
        whole = multiply(*(power(base, number(sign * exponent)) for base, exponent in inside))
        root = Power.intern((whole, number(Fraction(sign, degree))))
        taken = [scalar for scalar, *_ in roots]
        scalars = (*(scalar for scalar in scalars if scalar not in taken), root)
    # An indicator stands in front: [k = l] y_k x_k.
    return front, tuple(sorted(scalars, key=lambda scalar: not isinstance(scalar, Guard)))


def square_root(node: Expr) -> tuple[Expr, ...] | None:
    """The chain Y of a scalar that is yᵀy or tr(YᵀY)."""
    if isinstance(node, Product) and node.coefficient == 1 and not node.scalars:
        return _half(node.chain)
    front, rest = split_number(node)
    if front == -1 and isinstance(rest, Product) and not rest.scalars:
        return _half_of_cross_products(rest.chain)
    if not isinstance(node, Trace):
        return None
    inner = node.args[0]
    chain = inner.chain if isinstance(inner, Product) else (inner,)
    halves = [_half(chain[turn:] + chain[:turn]) for turn in range(len(chain))]
    found = [half for half in halves if half is not None]
    # A matrix and its transpose have the same norm.
    found += [tuple(factor.T for factor in reversed(half)) for half in found]
    return min(
        found, key=lambda half: (sum(map(count_transposes, half)), [f.key for f in half]), default=None
    )


def square_of_cross_product(
    number: Fraction, scalars: Sequence[Expr], chain: Sequence[Expr]
) -> tuple[Expr, ...] | None:
    """The chain Y of a product that is a positive number times ‖Y‖², for a cross product Y."""
    if number > 0 or len(scalars) + bool(chain) != 1:
        return None
    if scalars:
        return square_root(scale(-1, scalars[0]))
    return _half_of_cross_products(tuple(chain)) if chain[0].is_row and chain[-1].is_vector else None


def _half_of_cross_products(chain: tuple[Expr, ...]) -> tuple[Expr, ...] | None:
    """The [a]× b of −bᵀ[a]×[a]×b = ‖a × b‖²."""
    half = chain[len(chain) // 2 :]
    pairs = list(zip(chain, reversed(chain), strict=True))[: len(chain) // 2]
    skew = [factor is other and isinstance(factor, SkewMatrix) for factor, other in pairs]
    fits = len(chain) % 2 == 0 and sum(skew) % 2 == 1
    return half if fits and all(s or a.T is b for (a, b), s in zip(pairs, skew, strict=True)) else None


def _half(chain: tuple[Expr, ...]) -> tuple[Expr, ...] | None:
    """The right half of a chain that reads the same transposed and backwards."""
    half, odd = divmod(len(chain), 2)
    if any(chain[i].T is not chain[-1 - i] for i in range(half)):
        return None
    if not odd:
        return chain[half:]
    root = _symmetric_root(chain[half])
    return None if root is None else (root, *chain[half + 1 :])


def _symmetric_root(factor: Expr) -> Expr | None:
    """S for the square S² of a symmetric matrix."""
    if not isinstance(factor, MatrixPower) or factor.args[1].data != (Fraction(2),):
        return None
    return factor.args[0] if factor.args[0].T is factor.args[0] else None
