"""Is a derivative right? Compared with a difference quotient in arbitrary precision.

With 40 digits and a step of 10⁻¹², the central difference agrees with the true directional
derivative to about 20 digits, so that agreement needs no tuned tolerance: a wrong formula is off
by many orders of magnitude more. The samples have small distinct dimensions, random values with
the declared facts, and a random direction in which the variable may change.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from matgrad.core.dims import all_symbols
from matgrad.core.errors import DomainError, EvaluationError, MatgradError, VerificationError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
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

TOO_LARGE = 25_000
"""Matrices with more entries than this are not computed with."""

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
    roots = [function, *claimed]
    variable.require(symbols_of(roots).get(variable.label, variable))
    trial = _Trial(function, variable, claimed, claim, change, what, points)
    try:
        return trial.run(DIGITS, STEP)
    except VerificationError:
        # Ill-conditioned samples lose many digits; what is wrong is wrong with twice as many too.
        return trial.run(2 * DIGITS, STEP**2)


@dataclass(frozen=True, slots=True)
class _Trial:
    """What is to be verified; see :func:`verify_claim`."""

    function: Expr
    variable: Symbol
    claimed: Sequence[Expr]
    claim: Claim
    change: Symbol | None
    what: str
    points: int

    def run(self, digits: int, step: Fraction) -> Verification:
        """Try samples until as many as asked for agree.

        Raises
        ------
        VerificationError
            At the first that disagrees.
        """
        agreed = 0
        reason = "no random point was found where the expression and its derivative are defined"
        try:
            if least_entries([self.function, *self.claimed]) > TOO_LARGE:
                return Verification(
                    False,
                    reason="the declared sizes are too large for arbitrary precision; try symbolic ones",
                )
            exprs = [self.function, *self.claimed, self.variable]
            for attempt, (sizes, values) in enumerate(samples(exprs, digits=digits)):
                xp = PreciseArrays(sizes, digits)
                try:
                    converged = self._agrees(attempt, sizes, values, xp, step)
                except VerificationError:
                    raise
                except (MatgradError, ArithmeticError) as error:
                    reason = _why(error)
                    continue
                if not converged:
                    reason = "the difference quotient does not converge at any point tried"
                    continue
                agreed += 1
                if agreed == self.points:
                    break
        except EvaluationError as error:
            reason = error.message
        return Verification(True, agreed, digits) if agreed else Verification(False, reason=reason)

    def _agrees(
        self, attempt: int, sizes: dict[str, int], values: dict[str, Any], xp: PreciseArrays, step: Fraction
    ) -> bool:
        """Compare at one sample; ``False`` where the quotient has not converged and says nothing."""
        rng = random.Random(f"{attempt}/{self.variable.label}/{self.function.key[3].hex()}")
        v = direction(self.variable, values, xp, rng)
        values = values if self.change is None else {**values, self.change.label: v}
        expected = self.claim(xp, evaluate_nodes(self.claimed, values, xp), v)
        quotient, scale = _difference_quotient(self.function, self.variable, values, v, xp, step)
        gap, size = _distance(expected, quotient, scale, xp)
        if gap is None:
            return True
        other, _ = _difference_quotient(self.function, self.variable, values, v, xp, 10 * step)
        if not _converges(quotient, other, gap, scale, xp):
            return False
        raise _disagreement(self.what, gap, size, sizes)


def least_entries(exprs: Sequence[Expr]) -> int:
    """The number of entries of the largest matrix in the expressions where every symbol is 2."""
    shapes = {node.shape for node in postorder(exprs)}
    sizes = dict.fromkeys(all_symbols(shapes), 2)
    return max(rows.value(sizes) * columns.value(sizes) for rows, columns in shapes)


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
