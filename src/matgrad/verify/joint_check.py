"""Are gradients by several variables right? All of them are compared with one difference quotient.

All variables are moved at once, each in a random direction: the quotient is the sum of what each gradient
says of its own direction. One that is wrong stands out of the sum by what it is wrong by; so the quotient is
taken with as many digits as the smallest part needs. What does not agree then is looked at on its own.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.verify.claims import Verification, inner
from matgrad.verify.derivative_check import POINTS, REFINED, TOO_LARGE, Precision, least_entries
from matgrad.verify.directions import direction, move
from matgrad.verify.sampling import Sample
from matgrad.verify.search import Search

SHOWN = Fraction(1, 10**12)
"""The quotient must be as near as this to the sum, relative to what each gradient contributes."""


def verify_jointly(function: Expr, gradients: Mapping[Symbol, Expr]) -> dict[Symbol, Verification]:
    """What is verified of gradients by several variables at once.

    Parameters
    ----------
    function : Expr
        f, a scalar.
    gradients : mapping of Symbol to Expr
        Variables that may change in every direction, with the gradients by them.

    Returns
    -------
    dict of Symbol to Verification
        For the variables whose gradients were compared; the others are to be looked at on their own.
    """
    exprs = [function, *gradients.values(), *gradients]
    try:
        if least_entries(exprs) > TOO_LARGE:
            return {}
        search = Search(exprs, POINTS)
        shown = set(gradients)
        for sample in search:
            try:
                shown &= _shown(function, gradients, sample)
            except (MatgradError, ArithmeticError) as error:
                search.refuse(sample, error)
                continue
            if not shown:
                return {}
            search.accept(sample)
    except MatgradError:
        return {}
    if not search.agreed or search.impossible:
        return {}
    return dict.fromkeys(shown, search.verification())


def _shown(function: Expr, gradients: Mapping[Symbol, Expr], sample: Sample) -> set[Symbol]:
    """The variables whose gradients agree with the quotient at a sample."""
    precision = Precision.of([function, *gradients.values()])
    shown: set[Symbol] = set()
    for _ in range(REFINED):
        shown = _shown_with(function, gradients, sample, precision)
        if len(shown) == len(gradients):
            break
        precision = precision.refined
    return shown


def _shown_with(
    function: Expr, gradients: Mapping[Symbol, Expr], sample: Sample, precision: Precision
) -> set[Symbol]:
    values, xp = sample.values(precision.digits)
    along = {x: direction(x, values, xp, random.Random(f"{sample.seed}/{x.label}")) for x in gradients}
    found = evaluate_nodes(list(gradients.values()), values, xp)
    parts = {x: inner(xp, g, along[x])[0][0] for x, g in zip(gradients, found, strict=True)}
    ends = []
    for sign in (1, -1):
        step = sign * precision.step
        moved = {x.label: move(x, values[x.label], v, step, xp) for x, v in along.items()}
        ends.append(evaluate_nodes([function], {**values, **moved}, xp)[0])
    quotient = xp.scale(1 / (2 * precision.step), xp.subtract(ends[0], ends[1]))[0][0]
    gap, share = abs(quotient - sum(parts.values())), xp.entry(SHOWN)
    return {x for x, part in parts.items() if gap <= share * abs(part)}
