"""Linear constraints that follow from others, or contradict them: told by ranks at random points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matgrad.calculus.linear_terms import linear_terms
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.words import Phrase, phrase
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.ops.blocks import hstack
from matgrad.ops.reshaping import vec
from matgrad.verify.claims import DIGITS
from matgrad.verify.sampling import GENERIC, Source

FOLLOWS = Phrase("the constraint {what} = 0 follows from the others, and is left out")
TWICE = Phrase("the constraint {what} = 0 is given twice, and taken once")
CONTRADICTS = Phrase("the constraint {what} = 0 contradicts the others")
CONTRADICTS_IN_GENERAL = Phrase("the constraint {what} = 0 contradicts the others, but for particular data")

_WIDE = 5
"""So much larger than constraints are the dimensions of variables: what depends does so by its form."""

_TINY = 1e-20


def dependent(constraints: Sequence[Expr], variables: Sequence[Symbol]) -> dict[Expr, bool]:
    """The constraints whose left sides depend on those before them, each with whether it contradicts them.

    Parameters
    ----------
    constraints : sequence of Expr
        What is zero, linear in the variables.
    variables : sequence of Symbol
        The variables.
    """
    if len(constraints) < 2:
        return {}
    try:
        rows = [_row(constraint, variables) for constraint in constraints]
        first, second = (_at_a_point(rows, constraints, variables, attempt) for attempt in range(2))
    except (MatgradError, ArithmeticError):
        return {}
    return {
        constraints[place]: contradicts
        for place, contradicts in first.items()
        if second.get(place) is contradicts
    }


def _row(constraint: Expr, variables: Sequence[Symbol]) -> Expr:
    """The matrix of a constraint on the vecs of all variables, and what is free of them behind it."""
    found = linear_terms(constraint, variables)
    if found is None:
        raise MatgradError(phrase("not linear"))
    return hstack(*(found.map_of(x).kronecker() for x in variables), vec(found.rest))


def _at_a_point(
    rows: Sequence[Expr], constraints: Sequence[Expr], variables: Sequence[Symbol], attempt: int
) -> dict[int, bool]:
    source = Source([*rows, *variables])
    own = {name for x in variables for dim in x.shape for name in dim.names}
    counted = {name for x in constraints for dim in x.shape for name in dim.names}
    wide = 2 * len(constraints) + _WIDE
    names = sorted({*source.constraints.names(), *own})
    sizes = {name: wide if name in own and name not in counted else 2 for name in names}
    sample = source.draw(attempt, GENERIC[0], sizes)
    values, xp = sample.values(DIGITS)
    found: dict[int, bool] = {}
    basis: list[tuple[int, list[Any]]] = []
    for place, matrix in enumerate(evaluate_nodes(rows, values, xp)):
        reduced = [_reduced(list(row), basis) for row in matrix]
        left = [row for row in reduced if _largest(row[:-1]) > _TINY]
        if not left:
            found[place] = any(abs(row[-1]) > _TINY for row in reduced)
            continue
        for row in reduced:
            again = _reduced(row, basis)
            size = _largest(again[:-1])
            if size > _TINY:
                pivot = next(k for k, entry in enumerate(again) if abs(entry) == size)
                basis.append((pivot, [entry / again[pivot] for entry in again]))
    return found


def _reduced(row: list[Any], basis: Sequence[tuple[int, list[Any]]]) -> list[Any]:
    """A row less multiples of those before it, so that it is zero at their pivots."""
    for pivot, other in basis:
        front = row[pivot]
        if front:
            row = [entry - front * own for entry, own in zip(row, other, strict=True)]
    return row


def _largest(row: Sequence[Any]) -> Any:
    return max((abs(entry) for entry in row), default=0)


def is_never(constraints: Sequence[Expr], variables: Sequence[Symbol]) -> bool:
    """Whether constraints that contradict each other do so whatever is given: they hold numbers alone."""
    given = {x for constraint in constraints for x in symbols_of(constraint).values()}
    return given <= set(variables)
