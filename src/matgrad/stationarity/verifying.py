"""Solutions put back into their equations, at random points."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from matgrad.core.errors import DomainError, EvaluationError, MatgradError, VerificationError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.words import phrase
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.ops.arithmetic import Product, subtract
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import eye, is_zero
from matgrad.verify.claims import DIGITS, NOWHERE, Verification
from matgrad.verify.equality import POINTS
from matgrad.verify.sampling import GENERIC, Sample, Source
from matgrad.verify.search import Search

ATTEMPTS = 120
SIZES = (1, 2, 3, 5, 8)
"""Sizes that dimensions are tried in, and how often, where samples of ordinary sizes have no solution."""


def verified(
    equations: Mapping[Symbol, Expr],
    solutions: Mapping[Symbol, Expr],
    inverted: Sequence[Expr] = (),
    tall: Sequence[Expr] = (),
) -> Verification:
    """Put solutions back into the equations, at random points where simplification does not show it.

    Parameters
    ----------
    equations, solutions : mapping of Symbol to Expr
        What is zero, and where.
    inverted : sequence of Expr
        Matrices that are invertible by condition: a point where one is not says nothing.
    tall : sequence of Expr
        Matrices that have no more columns than rows at the points that are tried.

    Raises
    ------
    VerificationError
        When an equation does not hold.
    """
    for equation in equations.values():
        try:
            left = equation.substitute(dict(solutions))
            # Also of what holds anyway it is seen whether the conditions ever do.
            holds = (is_zero(left) and not inverted) or vanishes(left, inverted, tall)
        except MatgradError as error:
            return Verification(False, why=NOWHERE.filled(why=error.problem))
        if not holds:
            raise VerificationError(
                phrase(
                    "the stationary point found does not solve {equation} = 0: this is an "
                    "error of matgrad, to be reported",
                    equation=equation,
                )
            )
    return Verification(True, POINTS)


def vanishes(expr: Expr, inverted: Sequence[Expr] = (), tall: Sequence[Expr] = ()) -> bool:
    """Whether an expression is zero at random points where some matrices are invertible.

    Raises
    ------
    EvaluationError
        When no such point is found.
    """
    matrices = [matrix for matrix in inverted if matrix.is_square and not matrix.is_scalar]
    checks = [subtract(eye(m.rows), Product.intern((m, inv(m)), (Fraction(1), 0))) for m in matrices]
    # Orthonormal columns of their shapes are drawn in sizes that have room for them.
    shapes = [Symbol.stand_in(f"Q{k}", *m.shape, Fact.ORTHONORMAL_COLUMNS) for k, m in enumerate(tall)]
    search = Search([expr, *checks, *shapes], POINTS, thorough=True)
    for sample in search:
        try:
            if not _vanishes_at(sample, expr, checks):
                return False
        except (MatgradError, ArithmeticError) as error:
            search.refuse(sample, error)
            continue
        search.accept(sample)
    agreed = len(search.agreed)
    for sample in () if agreed else _of_many_sizes(search.source):
        try:
            if not _vanishes_at(sample, expr, checks):
                return False
        except (MatgradError, ArithmeticError):
            continue
        agreed += 1
        if agreed == POINTS:
            break
    if not agreed:
        raise EvaluationError(phrase("no random point was found where the solution is defined"))
    return True


def _vanishes_at(sample: Sample, expr: Expr, checks: Sequence[Expr]) -> bool:
    """Whether an expression is zero at a sample.

    Raises
    ------
    DomainError
        Where what is to be invertible is not: one of the checks is not zero.
    """
    values, xp = sample.values(DIGITS)
    found, *rest = evaluate_nodes([expr, *checks], values, xp)
    if any(_largest(one) > 1e-20 for one in rest):
        raise DomainError.degenerate(phrase("a matrix is not invertible"))
    size = _largest(found)
    # Rounded numbers of very different sizes may leave what only the smallest of them do: more digits tell.
    for digits in (3 * DIGITS, 9 * DIGITS):
        values, xp = sample.values(digits)
        (precise,) = evaluate_nodes([expr], values, xp) if size else (found,)
        rest = _largest(precise)
        if rest <= size * 1e-30:
            return True
        size = rest
    return False


def is_never_definite(value: Expr) -> bool:
    """Whether a matrix that holds no data, such as exp(−𝟏𝟏ᵀ), is not positive definite at size 2 already."""
    if symbols_of(value) or value.is_scalar or not value.is_square:
        return False
    source = Source([value])
    sample = source.draw(0, GENERIC[0], dict.fromkeys(sorted(source.constraints.names()), 2))
    values, xp = sample.values(DIGITS)
    (rows,) = evaluate_nodes([value], values, xp)
    minors = (
        (rows[0][0], rows[0][0] * rows[1][1] - rows[0][1] * rows[1][0]) if len(rows) > 1 else (rows[0][0],)
    )
    return any(minor < 1e-20 for minor in minors)


def _of_many_sizes(source: Source) -> Iterator[Sample]:
    """Samples with dimensions that differ much: rows enough for the columns of several matrices together."""
    rng = random.Random(0)
    names = sorted(source.constraints.names())
    for attempt in range(ATTEMPTS):
        sizes = {name: rng.choice(SIZES) for name in names}
        sizes |= dict.fromkeys(source.constraints.indices, 1)
        if source.constraints.hold(sizes):
            yield source.draw(attempt, GENERIC[0], sizes)


def _largest(array: Any) -> Any:
    return max((abs(entry) for row in array for entry in row), default=0)
