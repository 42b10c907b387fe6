"""Common factors: AB + AC = A(B + C), on either side, among scalars, in ⊙ and in ⊗."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import Product, Sum, add, multiply, split_number
from matgrad.ops.diagonals import Diag, diag
from matgrad.ops.hadamard import Hadamard, hadamard
from matgrad.ops.kronecker import Commutation, Kron, commutation, kron
from matgrad.ops.leaves import Number, eye, number, ones
from matgrad.ops.power import power, split_exponent
from matgrad.ops.transpose import Transpose

LONG = 24
"""Sums of more terms than this are long."""

Parts = tuple[Expr, list[Expr], list[Expr]]
"""The number, the scalar factors and the chain of a term."""
Rest = Callable[[], Expr]
Split = tuple[Expr, Rest]
"""A factor and what is left of the term without it, to be worked out where it is needed."""


def factored(expr: Sum) -> Iterator[Expr]:
    """Every way to take one common factor out of some of the terms of a sum.

    Of a sum of more than :data:`LONG` terms only the factor that most terms share is taken, of
    each kind: the ways are as many as the terms, and each costs as much as there are terms.
    """
    parts = [(term, _parts(term)) for term in expr.args]
    yield from _common_powers(expr, parts)
    yield from _turned_kron(expr, parts)
    for splits, join in _METHODS:
        groups: dict[Expr, list[tuple[Expr, Rest]]] = {}
        for term, taken in parts:
            for factor, rest in splits(term, taken):
                groups.setdefault(factor, []).append((term, rest))
        shared = {factor: members for factor, members in groups.items() if len(members) > 1}
        if len(expr.args) > LONG:
            shared = dict(sorted(shared.items(), key=lambda group: -len(group[1]))[:1])
        for factor, members in shared.items():
            terms = {term for term, _ in members}
            if len(terms) < len(members):
                continue
            inside = add(*(rest() for _, rest in members))
            others = [term for term in expr.args if term not in terms]
            yield add(join(factor, inside), *others)


def _common_powers(expr: Sum, parts: Sequence[tuple[Expr, Parts]]) -> Iterator[Expr]:
    """Take a power of a scalar out of all terms: n⁻¹A + n⁻²B = n⁻¹(A + n⁻¹B) = n⁻²(nA + B)."""
    ranges: dict[Expr, tuple[Fraction, Fraction]] = {}
    for place, (_, (_, scalars, _)) in enumerate(parts):
        exponents: dict[Expr, Fraction] = {}
        for scalar in scalars:
            base, exponent = split_exponent(scalar)
            if isinstance(exponent, Number):
                exponents[base] = exponent.value
        shared = [base for base in exponents if place == 0 or base in ranges]
        ranges = {
            base: (
                min(exponents[base], ranges.get(base, (exponents[base],))[0]),
                max(exponents[base], ranges.get(base, (exponents[base],))[-1]),
            )
            for base in shared
        }
    for base, bounds in ranges.items():
        for value in dict.fromkeys(reversed(bounds)):
            common, inverse = power(base, number(value)), power(base, number(-value))
            yield multiply(common, add(*(multiply(inverse, term) for term in expr.args)))


def _turned_kron(expr: Sum, parts: Sequence[tuple[Expr, Parts]]) -> Iterator[Expr]:
    """A ⊗ B + (B ⊗ A)K = (I + K)(A ⊗ B), as K(A ⊗ B) = (B ⊗ A)K (Magnus & Neudecker, 1979)."""
    whole = {(front, tuple(scalars), tuple(chain)): term for term, (front, scalars, chain) in parts}
    for term, (front, scalars, chain) in parts:
        if len(chain) != 2 or not isinstance(chain[0], Kron) or not isinstance(chain[1], Commutation):
            continue
        if len(chain[0].args) != 2:
            continue
        b, a = chain[0].args
        straight = kron(a, b)
        other = whole.get((front, tuple(scalars), (straight,)))
        if other is None or chain[1].data != (b.columns, a.columns):
            continue
        both = add(eye(straight.rows), commutation(b.rows, a.rows))
        rest = [each for each in expr.args if each is not term and each is not other]
        yield add(multiply(front, *scalars, both, straight), *rest)


def _parts(term: Expr) -> Parts:
    if isinstance(term, Product):
        if term.is_scalar and term.chain:
            return number(1), [], list(term.chain)
        return number(term.coefficient), list(term.scalars), list(term.chain)
    coefficient, rest = split_number(term)
    return number(coefficient), [], [rest]


def _left(term: Expr, parts: Parts) -> list[Split]:
    coefficient, scalars, chain = parts
    if not chain or (term.is_scalar and len(chain) < 2):
        return []
    first = chain[0]
    rest = chain[1:] if len(chain) > 1 else [eye(first.columns)]
    return [(first, lambda: multiply(coefficient, *scalars, *rest))]


def _right(term: Expr, parts: Parts) -> list[Split]:
    coefficient, scalars, chain = parts
    if not chain or (term.is_scalar and len(chain) < 2):
        return []
    last = chain[-1]
    rest = chain[:-1] if len(chain) > 1 else [eye(last.rows)]
    return [(last, lambda: multiply(coefficient, *scalars, *rest))]


def _scalar(term: Expr, parts: Parts) -> list[Split]:
    coefficient, scalars, chain = parts
    if term.is_scalar and chain:
        # A scalar that is a chain, or a single function, is a factor as a whole.
        front, rest = split_number(term)
        coefficient, scalars, chain = number(front), [rest], []

    def without(place: int) -> Expr:
        return multiply(coefficient, *scalars[:place], *scalars[place + 1 :], *chain)

    return [(scalar, partial(without, i)) for i, scalar in enumerate(scalars)]


def _hadamard(term: Expr, parts: Parts) -> list[Split]:
    coefficient, scalars, chain = parts
    if len(chain) != 1 or term.is_scalar:
        return []
    inner = chain[0]
    turned = isinstance(inner, Transpose) and isinstance(inner.args[0], Hadamard)
    factors = (
        [f.T for f in inner.args[0].args]
        if turned
        else list(inner.args)
        if isinstance(inner, Hadamard)
        else [inner]
    )

    def without(place: int, *kept: Expr) -> Expr:
        others = [*kept, *factors[:place], *factors[place + 1 :]]
        return multiply(coefficient, *scalars, hadamard(*others) if others else ones(*term.shape))

    splits: list[Split] = []
    for i, factor in enumerate(factors):
        splits.append((factor, partial(without, i)))
        base, exponent = split_exponent(factor)
        if base is not factor and exponent is number(2):
            splits.append((base, partial(without, i, base)))
    return splits


def _kron(parts: Parts, place: int) -> list[Split]:
    coefficient, scalars, chain = parts
    if len(chain) != 1 or not isinstance(chain[0], Kron):
        return []
    factors = chain[0].args
    rest = factors[1:] if place == 0 else factors[:-1]
    return [(factors[place], lambda: multiply(coefficient, *scalars, kron(*rest)))]


def _diag(term: Expr, parts: Parts) -> list[Split]:
    coefficient, scalars, chain = parts
    if len(chain) != 1 or not isinstance(chain[0], Diag):
        return []
    return [(number(1), lambda: multiply(coefficient, *scalars, chain[0].args[0]))]


_METHODS: tuple[tuple[Callable[[Expr, Parts], list[Split]], Callable[[Expr, Expr], Expr]], ...] = (
    (_left, lambda factor, inside: multiply(factor, inside)),
    (_right, lambda factor, inside: multiply(inside, factor)),
    (_scalar, lambda factor, inside: multiply(factor, inside)),
    (_hadamard, lambda factor, inside: hadamard(factor, inside)),
    (lambda term, parts: _kron(parts, 0), lambda factor, inside: kron(factor, inside)),
    (lambda term, parts: _kron(parts, -1), lambda factor, inside: kron(inside, factor)),
    (_diag, lambda factor, inside: diag(inside)),
)
