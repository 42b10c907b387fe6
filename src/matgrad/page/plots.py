"""Pictures for the page, as numbers: a function along a line or over two entries, and a matrix by entries."""

from __future__ import annotations

from itertools import islice
from math import isfinite, sqrt
from typing import Any

from matgrad.core.errors import ArgumentError, EvaluationError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import LINEAR_STRUCTURE, closure
from matgrad.core.words import phrase
from matgrad.numeric.precise import PreciseArrays
from matgrad.page.derivatives import result_of
from matgrad.page.drawn import ATTEMPTS, DIGITS, number_of, points, value_at
from matgrad.page.question import Question, Record
from matgrad.page.surface import surface
from matgrad.printing.names import unicode_name
from matgrad.results import Result

HALF = 20
"""So many points lie on each side of the middle of a line."""
REACH, SHORT = 1.0, 0.2
"""How far a line goes, beside the size of the variable: at first, and where that leaves what is defined."""
LONG_ATTEMPTS = 24
LARGEST = 36
"""Rows and columns of a matrix that is shown."""
TIMES = ((3, 4), (2, 4), (1, ATTEMPTS))
"""How large a matrix is tried to be drawn: a structure is seen where there is enough of it."""


def plot(question: Question) -> Record:
    """A picture: ``line``, ``surface`` over two entries, or ``matrix`` for the derivative by its entries."""
    result = result_of(question)
    if question.kind == "surface":
        return surface(result, question.seed, question.entries)
    if question.kind == "matrix":
        return _matrix(result, question.seed)
    return _line(result, question.seed)


def _line(result: Result, seed: int) -> Record:
    """The function along a line through a random point, and the tangent that the derivative predicts."""
    function, variable, slope = result.function, result.variable, result.expr
    if not function.is_scalar or result.order != 1 or not isinstance(slope, Expr) or result.part is not None:
        raise ArgumentError(phrase("a line is drawn of a scalar function with its gradient"))
    if slope.shape != variable.shape:
        raise ArgumentError(
            phrase("a line is drawn of a scalar function with its gradient"), fix=phrase("the form gradient")
        )
    kept = closure(variable.facts & LINEAR_STRUCTURE)
    change = Symbol.stand_in("d" + variable.label, variable.rows, variable.columns, kept)
    for attempt, (values, sizes) in enumerate(points([function, slope], [change], seed)):
        reach = REACH if attempt < LONG_ATTEMPTS else SHORT
        xp = PreciseArrays(sizes, DIGITS)
        middle, gradient = value_at(function, values, xp), value_at(slope, values, xp)
        if middle is None or gradient is None:
            continue
        direction = values[change.label]
        length = sqrt(sum(float(x) ** 2 for row in direction for x in row)) or 1.0
        size = sqrt(sum(float(x) ** 2 for row in values[variable.label] for x in row)) or 1.0
        steps = [k / HALF * reach for k in range(-HALF, HALF + 1)]
        curve = []
        for step in steps:
            factor = xp.ctx.mpf(step * size / length)
            moved = [
                [x + factor * d for x, d in zip(r, s, strict=True)]
                for r, s in zip(values[variable.label], direction, strict=True)
            ]
            curve.append(number_of(value_at(function, {**values, variable.label: moved}, xp)))
        predicted = sum(
            float(g) * float(d) * size / length
            for r, s in zip(gradient, direction, strict=True)
            for g, d in zip(r, s, strict=True)
        )
        value = number_of(middle)
        if value is None or not isfinite(predicted) or sum(y is not None for y in curve) < HALF:
            continue
        return {
            "kind": "line",
            "steps": steps,
            "values": curve,
            "tangent": [value + predicted * step for step in steps],
            "slope": predicted,
            "variable": unicode_name(variable.label),
            "sizes": sizes,
        }
    raise EvaluationError(phrase("no random line was found along which the function is defined"))


def _matrix(result: Result, seed: int) -> Record:
    """The entries of the derivative at a random point."""
    expr: Any = result.expr
    if not isinstance(expr, Expr):
        raise ArgumentError(phrase("components in index notation have no matrix to be shown"))
    for times, attempts in TIMES:
        for values, sizes in islice(points([expr, result.function], [], seed, times), attempts):
            xp = PreciseArrays(sizes, DIGITS)
            if max(map(xp.size, expr.shape)) > LARGEST:
                continue
            found = value_at(expr, values, xp)
            if found is None:
                continue
            cells = [[float(x) for x in row] for row in found]
            if all(isfinite(x) for row in cells for x in row):
                return {"kind": "matrix", "cells": cells, "sizes": sizes}
    raise EvaluationError(
        phrase("no random point was found at which the derivative is small enough to be shown")
    )
