"""Is a derivative right? Compared with a difference quotient in arbitrary precision.

With 40 digits and a step of 10⁻¹², the central difference agrees with the true directional
derivative to about 20 digits, so that agreement needs no tuned tolerance: a wrong formula is off
by many orders of magnitude more. Where the two do not agree, digits and step are refined until they do,
or until the quotient has converged to something else: only that is called wrong. The samples have small
distinct dimensions, random values with the declared facts, on both sides of every kink, and a random
direction in which the variable may change.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from matgrad.core.dims import all_symbols
from matgrad.core.errors import EvaluationError, MatgradError, TooFarError, VerificationError
from matgrad.core.expr import Expr, Symbol, closed_nodes, symbols_of
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays, short
from matgrad.verify import claims
from matgrad.verify.agreement import TOO_FAR, Gaps, digits_for, gaps, require_digits, vanish
from matgrad.verify.choose_sizes import SizeConstraints
from matgrad.verify.claims import DIGITS, Claim, Verification, inner
from matgrad.verify.directions import direction, move, normal
from matgrad.verify.sampling import Sample
from matgrad.verify.search import Search

STEP = Fraction(1, 10**12)
POINTS = 2
RELATIVE = Fraction(1, 10**18)
"""How far the two may be apart, relative to the larger."""
REFINED = 4
"""So many times are the digits doubled and the step squared, where the two do not agree."""
SHRINK = Fraction(1, 10**10)
"""By how much twice the digits and the square of the step shrink what the quotient itself is off by."""
CONVERGED = 1000
"""By how much nearer the quotients of two steps must be to each other than to what is claimed."""
BENT = 1000
"""A slope that changes within the step by more than this part of it is no slope there."""
SETTLED = Fraction(1, 10**6)
"""How far the quotients of two steps may be apart, relative to their size, once they have converged."""
SPARE = 10**6
"""By how much rounding may be more than that of one operation on the largest part of a function."""

MANY = 10
"""An entry such as x[100000] asks for a size; small ones do not count when sizes are weighed."""
TOO_LARGE = 25_000
"""Matrices with more entries than this are not computed with."""

_DERIVATIVE = phrase("the derivative")


def verify_claim(
    function: Expr,
    variable: Symbol,
    claimed: Sequence[Expr],
    claim: Claim,
    *,
    change: Symbol | None = None,
    what: str | Phrase = _DERIVATIVE,
    points: int = POINTS,
    tangent: bool = False,
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
    tangent : bool
        Whether the first of ``claimed`` is a gradient that must be tangent to the set on which the
        variable moves; directions along that set alone do not show what stands out of it.

    Raises
    ------
    VerificationError
        When the two disagree.
    """
    roots = [function, *claimed]
    variable.require(symbols_of(roots).get(variable.label, variable))
    return _Trial(function, variable, claimed, claim, change, what, points, tangent).run()


@dataclass(frozen=True, slots=True)
class _Trial:
    """What is to be verified; see :func:`verify_claim`."""

    function: Expr
    variable: Symbol
    claimed: Sequence[Expr]
    claim: Claim
    change: Symbol | None
    what: str | Phrase
    points: int
    tangent: bool

    def run(self) -> Verification:
        """Try samples until as many as asked for agree.

        Raises
        ------
        VerificationError
            At the first that disagrees.
        """
        exprs = [self.function, *self.claimed, self.variable]
        try:
            if least_entries(exprs[:-1]) > TOO_LARGE:
                return Verification(False, why=claims.TOO_LARGE)
            search = Search(exprs, self.points)
            why = claims.UNDEFINED
            for sample in search:
                try:
                    converged = self._agrees(sample, search.agreed)
                except VerificationError:
                    raise
                except (MatgradError, ArithmeticError) as error:
                    search.refuse(sample, error)
                    why = claims.NOWHERE.filled(why=search.reason)
                    continue
                if converged:
                    search.accept(sample)
                else:
                    why = claims.NOT_CONVERGED
        except EvaluationError as error:
            return Verification(False, why=claims.AS_SAID.filled(why=error.problem))
        if not search.agreed:
            return Verification(False, why=why)
        if search.impossible:
            where = ", ".join(f"{name} = {size}" for name, size in search.impossible.items())
            return Verification(
                False,
                why=claims.AT_SIZES.filled(where=where, why=why),
            )
        return Verification(
            True,
            len(search.agreed),
            DIGITS,
            untried=tuple(search.untried()),
            sizes=tuple(search.unmet().items()),
        )

    def _agrees(self, sample: Sample, agreed: Sequence[Sample]) -> bool:
        """Compare at one sample; ``False`` where the quotient does not converge and says nothing."""
        precision = Precision.of([self.function, *self.claimed])
        before, _, _ = self._compared(sample, precision)
        if not before:
            return True
        # Ill-conditioned samples lose many digits; what is wrong is wrong with many more too.
        for _ in range(REFINED):
            precision = precision.refined
            after, quotient, size = self._compared(sample, precision)
            xp = sample.values(precision.digits)[1]
            if vanish(before, after, SHRINK, xp):
                return True
            gap, before = max(after.values()), after
            rounding = self._rounding(sample, precision)
            if gap <= rounding:
                continue
            _, other, _ = self._compared(sample, precision, wider=10)
            apart = xp.largest(xp.subtract(quotient, other))
            settled = max(xp.entry(SETTLED) * xp.largest(quotient), rounding)
            if CONVERGED * apart < gap and apart <= settled and not self._bends(sample, precision):
                require_digits([self.function, *self.claimed], sample, precision.digits, gap, agreed)
                raise _disagreement(self.what, gap, size, sample.sizes)
        if gap <= rounding:
            raise TooFarError(TOO_FAR)
        return False

    def _bends(self, sample: Sample, precision: Precision) -> bool:
        """Whether the slope changes within the step, at a kink or a phase: then the quotient is none."""
        if self._turns(sample, precision):
            return True
        values, xp = sample.values(precision.digits)
        v = direction(self.variable, values, xp, self._rng(sample))
        values = values if self.change is None else {**values, self.change.label: v}
        name, h = self.variable.label, xp.entry(precision.step)
        here = evaluate_nodes(self.claimed, values, xp)
        for t in (h, -h):
            moved = move(self.variable, values[name], v, t, xp)
            there = evaluate_nodes(self.claimed, {**values, name: moved}, xp)
            for a, b in zip(here, there, strict=True):
                if BENT * xp.largest(xp.subtract(a, b)) > xp.largest(a):
                    return True
        return False

    def _rng(self, sample: Sample) -> random.Random:
        """The numbers that a direction is drawn from."""
        return random.Random(f"{sample.seed}/{self.variable.label}")

    def _turns(self, sample: Sample, precision: Precision) -> bool:
        """Whether a phase turns many times within the step: then the quotient is nowhere near a slope."""
        values, xp = sample.values(precision.digits)
        nodes = [node for node in closed_nodes(self.function) if node.oscillates]
        phases = evaluate_nodes([arg for node in nodes for arg in node.args], values, xp)
        return any(xp.largest(phase) * xp.entry(precision.step) > 1 for phase in phases)

    def _rounding(self, sample: Sample, precision: Precision) -> Any:
        """What rounding makes of the quotient: that of the largest part of the function, over the step."""
        values, xp = sample.values(precision.digits)
        parts = evaluate_nodes(closed_nodes(self.function), values, xp)
        largest = max(xp.largest(part) for part in parts)
        return largest * xp.entry(SPARE / (precision.step * 10**precision.digits))

    def _compared(self, sample: Sample, precision: Precision, wider: int = 1) -> tuple[Gaps, Any, Any]:
        """Where what is claimed and the quotient differ; the quotient, and how large the two are."""
        digits, step = precision.digits, wider * precision.step
        values, xp = sample.values(digits)
        rng = self._rng(sample)
        v = direction(self.variable, values, xp, rng)
        if not xp.largest(v):
            raise EvaluationError(
                phrase("{variable} cannot change at any point tried", variable=self.variable.label)
            )
        values = values if self.change is None else {**values, self.change.label: v}
        claimed = evaluate_nodes(self.claimed, values, xp)
        expected = self.claim(xp, claimed, v)
        quotient = _difference_quotient(self.function, self.variable, values, v, xp, step)
        if xp.shape(expected) != xp.shape(quotient):
            raise VerificationError(
                phrase(
                    "the answer has the shape {expected} where {quotient} is due; please report this",
                    expected=xp.shape(expected),
                    quotient=xp.shape(quotient),
                )
            )
        if self.tangent:
            across = normal(self.variable, values, xp, rng)
            share = xp.entry(precision.relative) * xp.largest(claimed[0]) * xp.largest(across)
            out = inner(xp, claimed[0], across)
            if xp.largest(out) > share:
                expected, quotient = [*expected, *out], [*quotient, *xp.number(0)]
        size = max(xp.largest(expected), xp.largest(quotient))
        return gaps(expected, quotient, precision.relative, xp), quotient, size


@dataclass(frozen=True, slots=True)
class Precision:
    """With how many digits and which step two derivatives are compared, and how far they may be apart."""

    digits: int
    step: Fraction
    relative: Fraction

    @classmethod
    def of(cls, exprs: Sequence[Expr]) -> Precision:
        """As needed that no term with a small number such as 10⁻³⁰ x is lost beside others."""
        more = digits_for(exprs, 0)
        step = STEP / 10 ** ((more + 1) // 2)
        return cls(DIGITS + 2 * more, step, RELATIVE / 10**more)

    @property
    def refined(self) -> Precision:
        return Precision(2 * self.digits, self.step**2, self.relative)


def least_entries(exprs: Sequence[Expr]) -> int:
    """The number of entries of the largest matrix where every symbol is 2, or as large as entries ask for."""
    nodes = closed_nodes(exprs)
    shapes = {node.shape for node in nodes}
    sizes = dict.fromkeys(all_symbols(shapes), 2)
    asked = SizeConstraints.of(nodes).at_least or {}
    sizes |= {name: size for name, size in asked.items() if size > MANY}
    return max(rows.value(sizes) * columns.value(sizes) for rows, columns in shapes)


def _difference_quotient(
    function: Expr, variable: Symbol, values: dict[str, Any], v: Any, xp: PreciseArrays, step: Fraction
) -> Any:
    """(F(X(h)) − F(X(−h)))/2h along the curve of the variable."""
    name, h = variable.label, xp.entry(step)
    ends = []
    for t in (h, -h):
        moved = move(variable, values[name], v, t, xp)
        ends.append(evaluate_nodes([function], {**values, name: moved}, xp)[0])
    return xp.scalar_times([[1 / (2 * h)]], xp.subtract(ends[0], ends[1]))


def _disagreement(what: str | Phrase, gap: Any, size: Any, sizes: dict[str, int]) -> VerificationError:
    where = ", ".join(f"{name} = {value}" for name, value in sizes.items()) or "scalars"
    return VerificationError(
        phrase(
            "{what} disagrees with the difference quotient by {gap} where it is of "
            "size {size} (sample with {where}); it is not shown, please report this",
            what=what,
            gap=short(gap),
            size=short(size),
            where=where,
        )
    )
