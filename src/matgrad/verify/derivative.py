"""Is a derivative right? Compared with a difference quotient in arbitrary precision.

With 40 digits and a step of 10⁻¹², the central difference agrees with the true directional
derivative to about 20 digits, so that agreement needs no tuned tolerance: a wrong formula is off
by many orders of magnitude more. The samples have small distinct dimensions, random values with
the declared facts, and a random direction in which the variable may change.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from matgrad.core.errors import EvaluationError, MatgradError, VerificationError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.verify.directions import direction, move
from matgrad.verify.evaluate import evaluate_nodes
from matgrad.verify.precise import PreciseArrays
from matgrad.verify.sampling import samples

DIGITS = 40
STEP = Fraction(1, 10**12)
POINTS = 2
RELATIVE = Fraction(1, 10**14)
"""How far the two may be apart, relative to the larger."""
ABSOLUTE = Fraction(1, 10**20)
"""How far apart, relative to the values of the function: the noise of the quotient."""

Claim = Callable[[PreciseArrays, Sequence[Any], Any], Any]
"""The directional derivative that an answer claims: from the values of its expressions and dX."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was verified.

    Attributes
    ----------
    verified : bool
        Whether the answer agreed with the difference quotient at every point tried.
    points : int
        At how many random points.
    digits : int
        The digits of the arithmetic.
    reason : str
        Why not, where it is not verified.
    """

    verified: bool
    points: int = 0
    digits: int = DIGITS
    reason: str = ""

    def __str__(self) -> str:
        if self.verified:
            plural = "" if self.points == 1 else "s"
            return f"verified at {self.points} random point{plural} with {self.digits} digits"
        return f"not verified: {self.reason}"


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
                quotient, scale = _difference_quotient(function, variable, values, v, xp)
            except VerificationError:
                raise
            except (MatgradError, ArithmeticError) as error:
                reason = _why(error)
                continue
            _compare(expected, quotient, scale, xp, what, sizes)
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
    function: Expr, variable: Symbol, values: dict[str, Any], v: Any, xp: PreciseArrays
) -> tuple[Any, Any]:
    """(F(X(h)) − F(X(−h)))/2h along the curve of the variable, and the size of F."""
    name = variable.label
    ends = []
    for sign in (1, -1):
        moved = move(variable, values[name], v, sign * STEP, xp)
        ends.append(evaluate_nodes([function], {**values, name: moved}, xp)[0])
    return xp.scale(1 / (2 * STEP), xp.subtract(ends[0], ends[1])), xp.largest(ends[0])


def _compare(expected: Any, quotient: Any, scale: Any, xp: PreciseArrays, what: str, sizes: dict[str, int]) -> None:
    if xp.shape(expected) != xp.shape(quotient):
        raise VerificationError(
            f"{what} has the shape {xp.shape(expected)} where {xp.shape(quotient)} is due; please report this"
        )
    gap = xp.largest(xp.subtract(expected, quotient))
    size = max(xp.largest(expected), xp.largest(quotient))
    if not gap <= xp.entry(RELATIVE) * size + xp.entry(ABSOLUTE) * (1 + scale):
        where = ", ".join(f"{name} = {value}" for name, value in sizes.items()) or "scalars"
        raise VerificationError(
            f"{what} disagrees with the difference quotient by {float(gap):.2g} where it is of size "
            f"{float(size):.2g} (sample with {where}); it is not shown, please report this"
        )


def inner(xp: PreciseArrays, a: Any, b: Any) -> Any:
    """⟨A, B⟩ as a 1×1 array."""
    rows, columns = xp.shape(a)
    product = xp.hadamard(a, b)
    return xp.matmul(xp.matmul(xp.ones(1, rows), product), xp.ones(columns, 1))


def column(xp: PreciseArrays, a: Any) -> Any:
    """vec(A)."""
    rows, columns = xp.shape(a)
    return xp.reshape(a, rows * columns, 1)


def half_column(xp: PreciseArrays, a: Any) -> Any:
    """vech(A) of a square array."""
    n = xp.shape(a)[0]
    entries = [xp.part(a, slice(i, i + 1), slice(j, j + 1)) for j in range(n) for i in range(j, n)]
    return xp.grid([[entry] for entry in entries])
