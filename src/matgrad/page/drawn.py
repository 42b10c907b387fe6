"""Points at which pictures are drawn, and the values there."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from math import isfinite

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.precise_linalg import Rows
from matgrad.verify.choose_sizes import SizeConstraints, choose_sizes
from matgrad.verify.sampling import STYLES, sample

DIGITS = 20
ATTEMPTS = 72


def points(
    exprs: list[Expr], more: list[Symbol], seed: int, times: int = 1
) -> Iterator[tuple[dict[str, Rows], dict[str, int]]]:
    """Points at which expressions may be evaluated, with sizes so many times as large as small ones."""
    nodes = postorder([*exprs, *more])
    symbols = sorted(
        {node.label: node for node in nodes if isinstance(node, Symbol)}.values(), key=lambda s: s.label
    )
    constraints = SizeConstraints.of(nodes)
    for attempt in range(ATTEMPTS):
        rng = random.Random(f"plot/{seed}/{attempt}")
        try:
            sizes = {name: size * times for name, size in choose_sizes(constraints, rng, attempt).items()}
            if times > 1 and not constraints.hold(sizes):
                continue
            xp = PreciseArrays(sizes, DIGITS)
            yield sample(symbols, xp, rng, STYLES[attempt % len(STYLES)]), sizes
        except MatgradError:
            continue


def value_at(expr: Expr, values: Mapping[str, Rows], xp: PreciseArrays) -> Rows | None:
    """The value of an expression at a point; none where it has none."""
    try:
        found: Rows = evaluate_nodes([expr], values, xp)[0]
    except (MatgradError, ArithmeticError):
        return None
    return found


def number_of(value: Rows | None) -> float | None:
    """A value as a number that can be drawn."""
    if value is None:
        return None
    found = float(value[0][0])
    return found if isfinite(found) else None
