"""Solutions put back into their equations, at random points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from matgrad.core.errors import DomainError, EvaluationError, MatgradError, VerificationError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.facts import Fact
from matgrad.core.words import phrase
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.ops.arithmetic import Product, subtract
from matgrad.ops.inverse import inv
from matgrad.ops.leaves import eye, is_zero
from matgrad.verify.claims import DIGITS, NOWHERE, Verification
from matgrad.verify.equality import POINTS
from matgrad.verify.search import Search


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
            values, xp = sample.values(DIGITS)
            found, *rest = evaluate_nodes([expr, *checks], values, xp)
            if any(_largest(one) > 1e-20 for one in rest):
                raise DomainError.degenerate(phrase("a matrix is not invertible"))
            size = _largest(found)
            if size:
                values, xp = sample.values(3 * DIGITS)
                (precise,) = evaluate_nodes([expr], values, xp)
                if _largest(precise) > size * 1e-30:
                    return False
        except (MatgradError, ArithmeticError) as error:
            search.refuse(sample, error)
            continue
        search.accept(sample)
    if not search.agreed:
        raise EvaluationError(phrase("no random point was found where the solution is defined"))
    return True


def _largest(array: Any) -> Any:
    return max((abs(entry) for row in array for entry in row), default=0)
