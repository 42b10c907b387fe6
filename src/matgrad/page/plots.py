"""Pictures for the page, as numbers: a function along a line with its tangent, and a matrix by entries."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from math import isfinite, sqrt
from typing import Any

from matgrad.core.errors import ArgumentError, EvaluationError, MatgradError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import LINEAR_STRUCTURE, closure
from matgrad.core.words import phrase
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.precise_linalg import Rows
from matgrad.page.derivatives import result_of
from matgrad.page.question import Question, Record
from matgrad.printing.names import unicode_name
from matgrad.results import Result
from matgrad.verify.choose_sizes import SizeConstraints, choose_sizes
from matgrad.verify.sampling import STYLES, sample

DIGITS = 20
HALF = 20
"""So many points lie on each side of the middle of a line."""
REACH, SHORT = 1.0, 0.2
"""How far a line goes, beside the size of the variable: at first, and where that leaves what is defined."""
LONG_ATTEMPTS, ATTEMPTS = 24, 72
LARGEST = 36
"""Rows and columns of a matrix that is shown."""


def plot(question: Question) -> Record:
    """A picture: ``line``, or ``matrix`` for the derivative as a map of its entries."""
    result = result_of(question)
    if question.kind == "matrix":
        return _matrix(result, question.seed)
    return _line(result, question.seed)


def _drawn(
    exprs: list[Expr], more: list[Symbol], seed: int
) -> Iterator[tuple[dict[str, Rows], dict[str, int]]]:
    """Points at which expressions may be evaluated."""
    nodes = postorder([*exprs, *more])
    symbols = sorted(
        {node.label: node for node in nodes if isinstance(node, Symbol)}.values(), key=lambda s: s.label
    )
    constraints = SizeConstraints.of(nodes)
    for attempt in range(ATTEMPTS):
        rng = random.Random(f"plot/{seed}/{attempt}")
        try:
            sizes = choose_sizes(constraints, rng, attempt)
            xp = PreciseArrays(sizes, DIGITS)
            yield sample(symbols, xp, rng, STYLES[attempt % len(STYLES)]), sizes
        except MatgradError:
            continue


def _value(expr: Expr, values: Mapping[str, Rows], xp: PreciseArrays) -> Rows | None:
    try:
        found: Rows = evaluate_nodes([expr], values, xp)[0]
    except (MatgradError, ArithmeticError):
        return None
    return found


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
    for attempt, (values, sizes) in enumerate(_drawn([function, slope], [change], seed)):
        reach = REACH if attempt < LONG_ATTEMPTS else SHORT
        xp = PreciseArrays(sizes, DIGITS)
        middle, gradient = _value(function, values, xp), _value(slope, values, xp)
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
            curve.append(_number(_value(function, {**values, variable.label: moved}, xp)))
        predicted = sum(
            float(g) * float(d) * size / length
            for r, s in zip(gradient, direction, strict=True)
            for g, d in zip(r, s, strict=True)
        )
        value = _number(middle)
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


def _number(value: Rows | None) -> float | None:
    if value is None:
        return None
    found = float(value[0][0])
    return found if isfinite(found) else None


def _matrix(result: Result, seed: int) -> Record:
    """The entries of the derivative at a random point."""
    expr: Any = result.expr
    if not isinstance(expr, Expr):
        raise ArgumentError(phrase("components in index notation have no matrix to be shown"))
    for values, sizes in _drawn([expr, result.function], [], seed):
        found = _value(expr, values, PreciseArrays(sizes, DIGITS))
        if found is None:
            continue
        if len(found) > LARGEST or len(found[0]) > LARGEST:
            continue
        cells = [[float(x) for x in row] for row in found]
        if all(isfinite(x) for row in cells for x in row):
            return {"kind": "matrix", "cells": cells, "sizes": sizes}
    raise EvaluationError(
        phrase("no random point was found at which the derivative is small enough to be shown")
    )
