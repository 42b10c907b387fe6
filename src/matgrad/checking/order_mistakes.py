"""Factors in the wrong order: right if matrices commuted."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from matgrad.checking.case import Case, Finding
from matgrad.checking.value_mistakes import terms_in
from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import Product, add
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Number
from matgrad.ops.matrix_power import MatrixPower

Factors = frozenset[tuple[Expr, Fraction]]
"""What a product is made of, in no order: each factor with its exponent."""


def order(case: Case) -> Iterator[Finding]:
    """The terms are made of the right factors, in another order."""
    own = _terms(case.expr)
    for place, target in enumerate(case.targets[:2]):
        right = _terms(target.expr)
        if _loose(own) != _loose(right) or not any(len(factors) > 1 for factors, _, _ in own):
            continue
        odd = [term for _, _, term in own if all(term is not other for _, _, other in right)]
        due = [term for _, _, term in right if all(term is not other for _, _, other in own)]
        for term in odd:
            others = _due(term, due)
            if others:
                yield Finding("order_of_factors", 1.55 + 0.1 * place, {"old": term, "new": add(*others)})
                break


def _due(term: Expr, due: list[Expr]) -> list[Expr]:
    """The right terms that are made of what a term is made of."""
    factors = _factors(term)[0]
    return [other for other in due if _factors(other)[0] == factors]


def _terms(expr: Expr) -> list[tuple[Factors, Fraction, Expr]]:
    return [(*_factors(part), part) for part in terms_in(expr)]


def _loose(terms: list[tuple[Factors, Fraction, Expr]]) -> dict[Factors, Fraction]:
    """A sum, as if all factors commuted."""
    found: dict[Factors, Fraction] = {}
    for factors, coefficient, _ in terms:
        found[factors] = found.get(factors, Fraction(0)) + coefficient
    return {factors: total for factors, total in found.items() if total}


def _factors(term: Expr) -> tuple[Factors, Fraction]:
    """The factors of a term with their exponents, and the number before it."""
    coefficient = term.coefficient if isinstance(term, Product) else Fraction(1)
    parts = term.args if isinstance(term, Product) else (term,)
    exponents: dict[Expr, Fraction] = {}
    for part in parts:
        base, exponent = _base(part)
        exponents[base] = exponents.get(base, Fraction(0)) + exponent
    return frozenset((base, exponent) for base, exponent in exponents.items() if exponent), coefficient


def _base(factor: Expr) -> tuple[Expr, Fraction]:
    """The base and the exponent of a factor: of X⁻² the X and −2."""
    if isinstance(factor, Inverse):
        base, exponent = _base(factor.args[0])
        return base, -exponent
    if isinstance(factor, MatrixPower) and isinstance(factor.args[1], Number):
        base, exponent = _base(factor.args[0])
        return base, exponent * factor.args[1].value
    return factor, Fraction(1)
