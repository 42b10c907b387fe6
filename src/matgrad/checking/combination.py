"""An array as a combination of others: least squares on the few numbers that a check has."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.records import dataclass
from matgrad.numeric.precise_linalg import Number

INDEPENDENT = 1e-8
"""What is left of a column beside those before it, relative to it, is more than rounding above this."""


@dataclass(frozen=True, slots=True)
class Combination:
    """What was found of a column among others.

    Attributes
    ----------
    weights : list of numbers, optional
        The numbers c with c₁ a₁ + … + cₖ aₖ equal to it, where there are such and only these.
    settled : bool
        Whether it is known that there are such, or none: not where the columns depend on each other.
    """

    weights: list[Number] | None
    settled: bool


def combination(columns: Sequence[Sequence[Number]], goal: Sequence[Number], close: float) -> Combination:
    """Find the numbers by which columns add up to another one.

    The columns are made orthogonal one after another (modified Gram–Schmidt, twice for each); Björck (1996),
    Numerical Methods for Least Squares Problems, section 2.4.

    Parameters
    ----------
    columns : sequence of columns
        Of one length.
    goal : column
        Of the same length.
    close : float
        How far from the goal, relative to its largest entry, rounding may leave the sum.
    """
    basis: list[tuple[list[Number], Number]] = []
    triangle: list[list[Number]] = []
    dependent = False
    for column in columns:
        rest, parts = list(column), [0 * column[0]] * len(basis)
        for _ in range(2):
            for place, (direction, square) in enumerate(basis):
                part = _dot(direction, rest) / square
                parts[place] += part
                rest = [x - part * y for x, y in zip(rest, direction, strict=True)]
        square = _dot(rest, rest)
        if square <= INDEPENDENT**2 * _dot(column, column):
            dependent = True
            continue
        basis.append((rest, square))
        triangle.append(parts)
    rest, parts = list(goal), []
    for direction, square in basis:
        part = _dot(direction, rest) / square
        parts.append(part)
        rest = [x - part * y for x, y in zip(rest, direction, strict=True)]
    if max(abs(x) for x in rest) > close * max(abs(x) for x in goal):
        return Combination(None, True)
    if dependent:
        return Combination(None, False)
    weights = parts
    for place in reversed(range(len(weights))):
        for later in range(place + 1, len(weights)):
            weights[place] -= triangle[later][place] * weights[later]
    return Combination(weights, True)


def _dot(u: Sequence[Number], v: Sequence[Number]) -> Number:
    return sum((x * y for x, y in zip(u, v, strict=True)), 0 * u[0])
