"""Do two expressions have the same value? Decided at random points in arbitrary precision."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.errors import EvaluationError, MatgradError
from matgrad.core.expr import Expr
from matgrad.verify.claims import DIGITS
from matgrad.verify.evaluate import evaluate_nodes
from matgrad.verify.precise import PreciseArrays
from matgrad.verify.sampling import samples

POINTS = 3
MORE = 5
"""How many more points are tried where a dimension has had but one size."""

TOLERANCE = Fraction(1, 10**20)
NOISE = Fraction(1, 10**28)
"""What is left of values of the size of the sample where they cancel."""

HUGE = 10**60
"""Values beyond this are not compared: exponentials of exponentials have no digits left."""


def same_value(a: Expr, b: Expr, points: int = POINTS) -> bool:
    """Whether two expressions agree at random points where both are defined.

    Raises
    ------
    EvaluationError
        When no such point is found.
    """
    if a is b:
        return True
    if a.shape != b.shape:
        return False
    # Ill-conditioned values lose many digits; what differs, differs with three times as many too.
    return _agree(a, b, points, DIGITS) or _agree(a, b, points, 3 * DIGITS)


def _agree(a: Expr, b: Expr, points: int, digits: int) -> bool:
    agreed = 0
    seen: dict[str, set[int]] = {}
    for sizes, values in samples([a, b], digits=digits):
        xp = PreciseArrays(sizes, digits)
        try:
            left, right = evaluate_nodes([a, b], values, xp)
        except (MatgradError, ArithmeticError):
            continue
        largest = max(xp.largest(left), xp.largest(right))
        if not largest < HUGE:
            continue
        gap = xp.largest(xp.subtract(left, right))
        if not gap <= xp.entry(TOLERANCE) * largest + xp.entry(NOISE):
            return False
        agreed += 1
        for name, size in sizes.items():
            seen.setdefault(name, set()).add(size)
        # A number must not pass for a dimension that has been the same at every point.
        varied = all(len(different) > 1 for different in seen.values())
        if agreed >= points and (varied or agreed == points + MORE):
            return True
    if not agreed:
        raise EvaluationError("no random point was found where both expressions are defined")
    return True
