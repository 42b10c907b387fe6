"""Are gradients by several variables right? All of them are compared with one difference quotient.

All variables are moved at once, each in a random direction: the quotient is the sum of what each gradient
says of its own direction. One that is wrong stands out of the sum by what it is wrong by: directions are
shortened until all parts are of one size, that of the smallest, and the function is computed with as many
more digits. What does not agree then is looked at on its own.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.lazy import DeferredModule
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.precise_linalg import Rows
from matgrad.verify.claims import DIGITS, Verification, inner
from matgrad.verify.derivative_check import POINTS, REFINED, TOO_LARGE, Precision, least_entries
from matgrad.verify.directions import direction, move
from matgrad.verify.sampling import Sample
from matgrad.verify.search import Search

if TYPE_CHECKING:
    import mpmath
else:
    mpmath = DeferredModule("mpmath")

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
    for _ in range(REFINED):
        values, xp = sample.values(precision.digits)
        rng = random.Random(f"{sample.seed}/all")
        along = {x: direction(x, values, xp, rng) for x in gradients}
        found = evaluate_nodes(list(gradients.values()), values, xp)
        parts = {x: inner(xp, g, along[x])[0][0] for x, g in zip(gradients, found, strict=True)}
        orders = _level(xp, along, parts)
        # What is small beside the value of the function takes as many more digits of that.
        finer = replace(precision, digits=precision.digits + -(-orders // DIGITS) * DIGITS)
        quotient, share = _quotient(function, along, sample, finer), xp.entry(SHOWN)
        gap = abs(quotient - sum(parts.values()))
        shown = {x for x, part in parts.items() if gap <= share * abs(part)}
        if len(shown) == len(gradients):
            break
        precision = precision.refined
    return shown


def _level(xp: PreciseArrays, along: dict[Symbol, Rows], parts: dict[Symbol, Any]) -> int:
    """Shorten directions until the parts are of one size; return the largest order of magnitude taken off."""
    orders = {x: mpmath.mag(part) for x, part in parts.items() if part}
    least = min(orders.values(), default=0)
    for x, order in orders.items():
        if order > least:
            shorter = xp.ctx.ldexp(1, least - order)
            along[x] = xp.scalar_times([[shorter]], along[x])
            parts[x] *= shorter
    return (max(orders.values(), default=0) - least) * 3 // 10


def _quotient(function: Expr, along: Mapping[Symbol, Rows], sample: Sample, precision: Precision) -> Any:
    """The difference quotient where all variables move at once."""
    values, xp = sample.values(precision.digits)
    h = xp.entry(precision.step)
    ends = []
    for t in (h, -h):
        moved = {x.label: move(x, values[x.label], v, t, xp) for x, v in along.items()}
        ends.append(evaluate_nodes([function], {**values, **moved}, xp)[0][0][0])
    return (ends[0] - ends[1]) / (2 * h)
