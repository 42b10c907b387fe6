"""Is a derivative right? Compared with a difference quotient in arbitrary precision.

With 40 digits and a step of 10⁻¹², the central difference agrees with the true directional
derivative to about 20 digits, so that agreement needs no tuned tolerance: a wrong formula is off
by many orders of magnitude more. The samples have small distinct dimensions, random values with
the declared facts, and a random direction in which the variable may change.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from matgrad.core.errors import DomainError, EvaluationError, MatgradError, VerificationError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.verify.claims import DIGITS, Claim, Verification
from matgrad.verify.directions import direction, move
from matgrad.verify.evaluate import evaluate_nodes
from matgrad.verify.precise import PreciseArrays
from matgrad.verify.sampling import samples

STEP = Fraction(1, 10**12)
POINTS = 2
RELATIVE = Fraction(1, 10**14)
"""How far the two may be apart, relative to the larger."""
ABSOLUTE = Fraction(1, 10**20)
"""How far apart, relative to the values of the function: the noise of the quotient."""

HUGE = 10**30
"""Values beyond this are not compared: their noise drowns the quotient."""


def verify_claim(
    function: Expr,
    variable: Symbol,
    claimed: Sequence[Expr],
    claim: Claim,
    *,
    change: Symbol | None = None,
    what: str = "the derivative",
    points: int = POINTS,
) -> Verification:
    """Compare a claimed directional derivative with the difference quotient of a function.

    Parameters
    ----------
    function : Expr
        F(X).
    variable : Symbol
        X.
    claimed : sequence of Expr
        The expressions of the answer.
    claim : callable
        Computes the claimed change of F from the values of ``claimed`` and the direction.
    change : Symbol, optional
        The symbol dX, where the expressions hold it; it is given the direction as its value.
    what : str
        What is verified, for the message.
    points : int
        At how many points.

    Raises
    ------
    VerificationError
        When the two disagree.
    """
    agreed = 0
    reason = "no random point was found where the expression and its derivative are defined"
    roots = [function, *claimed]
    names = symbols_of(roots)
    if any(symbol is not variable for name, symbol in names.items() if name == variable.label):
        raise EvaluationError(f"the name {variable.label} stands for two different variables")
    try:
        for attempt, (sizes, values) in enumerate(samples([*roots, variable], digits=DIGITS)):
            xp = PreciseArrays(sizes, DIGITS)
            rng = random.Random(f"{attempt}/{variable.label}/{function.key[3].hex()}")
            try:
                v = direction(variable, values, xp, rng)
                values = {**values, change.label: v} if change is not None else values
                at = evaluate_nodes(claimed, values, xp)
                expected = claim(xp, at, v)
                quotient, scale = _difference_quotient(function, variable, values, v, xp, STEP)
                gap, size = _distance(expected, quotient, scale, xp)
                if gap is not None:
                    other, _ = _difference_quotient(function, variable, values, v, xp, 10 * STEP)
                    if not _converges(quotient, other, gap, scale, xp):
                        # The quotient itself has not converged: the sample says nothing.
                        reason = "the difference quotient does not converge at any point tried"
                        continue
            except VerificationError:
                raise
            except (MatgradError, ArithmeticError) as error:
                reason = _why(error)
                continue
            if gap is not None:
                raise _disagreement(what, gap, size, sizes)
            agreed += 1
            if agreed == points:
                break
    except EvaluationError as error:
        reason = error.message
    return Verification(True, agreed) if agreed else Verification(False, reason=reason)


def _why(error: Exception) -> str:
    message = error.message if isinstance(error, MatgradError) else str(error)
    return f"no random point was found in the domain ({message})"


def _difference_quotient(
    function: Expr, variable: Symbol, values: dict[str, Any], v: Any, xp: PreciseArrays, step: Fraction
) -> tuple[Any, Any]:
    """(F(X(h)) − F(X(−h)))/2h along the curve of the variable, and the size of F."""
    name = variable.label
    ends = []
    for sign in (1, -1):
        moved = move(variable, values[name], v, sign * step, xp)
        ends.append(evaluate_nodes([function], {**values, name: moved}, xp)[0])
    return xp.scale(1 / (2 * step), xp.subtract(ends[0], ends[1])), xp.largest(ends[0])


def _converges(a: Any, b: Any, gap: Any, scale: Any, xp: PreciseArrays) -> bool:
    """Whether the quotients of two steps agree as those of a smooth function do.

    They must also be nearer to each other than to what is claimed: else the gap may be theirs.
    """
    size = max(xp.largest(a), xp.largest(b))
    change = xp.largest(xp.subtract(a, b))
    return bool(change <= size / 10**6 + (1 + scale) / 10**15 and change < gap)


def _distance(expected: Any, quotient: Any, scale: Any, xp: PreciseArrays) -> tuple[Any, Any]:
    """How far apart the two are, or ``None`` where they agree; and how large they are.

    Raises
    ------
    DomainError
        When a value is too large to compare.
    """
    if xp.shape(expected) != xp.shape(quotient):
        raise VerificationError(
            f"the answer has the shape {xp.shape(expected)} where {xp.shape(quotient)} is due; "
            "please report this"
        )
    gap = xp.largest(xp.subtract(expected, quotient))
    size = max(xp.largest(expected), xp.largest(quotient))
    if not max(size, scale) < HUGE:
        raise DomainError("the values are too large to compare")
    if gap <= xp.entry(RELATIVE) * size + xp.entry(ABSOLUTE) * (1 + scale):
        return None, size
    return gap, size


def _disagreement(what: str, gap: Any, size: Any, sizes: dict[str, int]) -> VerificationError:
    where = ", ".join(f"{name} = {value}" for name, value in sizes.items()) or "scalars"
    return VerificationError(
        f"{what} disagrees with the difference quotient by {float(gap):.2g} where it is of size "
        f"{float(size):.2g} (sample with {where}); it is not shown, please report this"
    )
