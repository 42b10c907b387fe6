"""Is a derivation right? Every line is tried at random points in arbitrary precision."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from matgrad.calculus.pushforward import pushforward
from matgrad.core.errors import EvaluationError, MatgradError, VerificationError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.explanation.derivation import Derivation, Line, Side
from matgrad.explanation.inert import Change
from matgrad.verify.claims import DIGITS, Verification
from matgrad.verify.derivative import TOO_LARGE, least_entries
from matgrad.verify.directions import direction
from matgrad.verify.precise import PreciseArrays
from matgrad.verify.sampling import ATTEMPTS, samples

if TYPE_CHECKING:
    from matgrad.core.arrays import Array

TOLERANCE = Fraction(1, 10**18)
"""How far two values may be apart, relative to the larger."""
NOISE = Fraction(1, 10**24)
"""What is left of values of ordinary size where they cancel."""
HUGE = 10**60
"""Values beyond this are not compared."""


class Point:
    """Values for the variables, for dX and for the names that a derivation defines.

    Parameters
    ----------
    derivation : Derivation
        Whose lines are evaluated here.
    values : mapping of str to array
        The arrays of the variables and of dX by name.
    xp : PreciseArrays
        Their arithmetic; it knows the sizes of the dimensions.
    """

    def __init__(self, derivation: Derivation, values: Mapping[str, Array], xp: PreciseArrays) -> None:
        self.xp = xp
        self._derivation = derivation
        self._done: dict[Expr, Array] = {}
        self._values = values

    def value(self, expr: Expr) -> Array:
        """The value of an expression, in which defined names and held differentials may stand."""
        done = self._done
        if expr in done:
            return done[expr]
        for node in postorder(expr, lambda n: n not in done):
            done[node] = self._of(node)
        return done[expr]

    def _of(self, node: Expr) -> Array:
        if isinstance(node, Symbol):
            definition = self._derivation.definitions.get(node)
            if definition is not None:
                return self.value(definition)
            if node.label not in self._values:
                raise EvaluationError(f"the variable {node.label} has no value")
            return self._values[node.label]
        if isinstance(node, Change):
            return self.value(self._differential(node.expr))
        return node.numeric(self.xp, *[self._done[arg] for arg in node.args])

    def _differential(self, expr: Expr) -> Expr:
        """What a held differential stands for: the derivative applied to dX."""
        change = self._derivation.change
        if change is None:
            raise EvaluationError(f"a derivation without dX holds the differential of {expr}")
        whole = expr
        for symbol, meaning in reversed(list(self._derivation.definitions.items())):
            whole = whole.substitute({symbol: meaning})
        return pushforward(whole, self._derivation.variable, change)


def verify(derivation: Derivation, points: int = 2) -> Verification:
    """Try every line of a derivation at random points.

    Parameters
    ----------
    derivation : Derivation
        What to try.
    points : int
        At how many points.

    Raises
    ------
    VerificationError
        When the two sides of a claim differ; the message names the line.
    """
    try:
        return _run(derivation, points, DIGITS)
    except VerificationError:
        # Ill-conditioned values lose many digits; what differs, differs with three times as many too.
        return _run(derivation, points, 3 * DIGITS)


def _run(derivation: Derivation, points: int, digits: int) -> Verification:
    roots = _roots(derivation)
    agreed = 0
    reason = "no random point was found where every line is defined"
    try:
        if least_entries(roots) > TOO_LARGE:
            return Verification(False, reason="the declared sizes are too large for arbitrary precision")
        for attempt, (sizes, values) in enumerate(samples(roots, attempts=2 * ATTEMPTS, digits=digits)):
            xp = PreciseArrays(sizes, digits)
            try:
                _try_lines(derivation, Point(derivation, _with_change(derivation, values, xp, attempt), xp))
            except VerificationError:
                raise
            except (MatgradError, ArithmeticError) as error:
                reason = error.message if isinstance(error, MatgradError) else str(error)
                continue
            agreed += 1
            if agreed == points:
                break
    except EvaluationError as error:
        reason = error.message
    return Verification(True, agreed, digits) if agreed else Verification(False, reason=reason)


def _roots(derivation: Derivation) -> Sequence[Expr]:
    """The expressions whose variables and dimensions a point must give values.

    They are those that verifying the answer draws its points for, so that both find points in the
    same domains; dX is given a value afterwards.
    """
    roots = [derivation.function, derivation.variable, *derivation.definitions.values()]
    if isinstance(derivation.result, Expr) and derivation.change not in postorder(derivation.result):
        roots.insert(1, derivation.result)
    return roots


def _with_change(
    derivation: Derivation, values: dict[str, Any], xp: PreciseArrays, attempt: int
) -> dict[str, Any]:
    """The values with that of dX: a direction in which the variable may change."""
    if derivation.change is None:
        return values
    rng = random.Random(f"{attempt}/{derivation.variable.label}/{derivation.function.key[3].hex()}")
    return {**values, derivation.change.label: direction(derivation.variable, values, xp, rng)}


def _try_lines(derivation: Derivation, point: Point) -> None:
    for number, line in enumerate(derivation.lines, start=1):
        for left, right in line.claims:
            _compare(number, line, left, right, point)


def _compare(number: int, line: Line, left: Side, right: Side, point: Point) -> None:
    xp = point.xp
    a, b = left.evaluate(point), right.evaluate(point)
    if xp.shape(a) != xp.shape(b):
        raise VerificationError(
            f"line {number} of the derivation, {_brief(line)}, has the shape {xp.shape(b)} "
            f"where {xp.shape(a)} is due; it is not shown, please report this"
        )
    size = max(xp.largest(a), xp.largest(b))
    if not size < HUGE:
        raise EvaluationError("the values are too large to compare")
    if not xp.largest(xp.subtract(a, b)) <= xp.entry(TOLERANCE) * size + xp.entry(NOISE):
        raise VerificationError(
            f"line {number} of the derivation, {_brief(line)}, does not follow from what "
            "stands before it; it is not shown, please report this"
        )


def _brief(line: Line) -> str:
    text = line.right.write("unicode")
    return text if len(text) <= 60 else text[:57] + "…"
