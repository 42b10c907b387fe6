"""Do two expressions have the same value? Decided at random points in arbitrary precision."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from matgrad.core.errors import EvaluationError, MatgradError, TooFarError
from matgrad.core.expr import Expr, closed_nodes
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays
from matgrad.verify.agreement import (
    LONGEST,
    OFTEN,
    TOO_FAR,
    Gaps,
    digits_for,
    extra_digits,
    gaps,
    require_digits,
    vanish,
)
from matgrad.verify.claims import DIGITS, Untried, untried_text
from matgrad.verify.sampling import Sample
from matgrad.verify.search import Search

POINTS = 3

SPARE = 6
"""Digits that rounding may cost before two values are looked at with more of them."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found of two expressions.

    Attributes
    ----------
    equal : bool
        Whether they agreed at every point.
    untried : tuple of Untried
        The branches that no point lies on.
    impossible : tuple of (str, int)
        Sizes at which the two have no value, though they have one at others.
    """

    equal: bool
    untried: tuple[Untried, ...] = ()
    impossible: tuple[tuple[str, int], ...] = ()

    def said(self, language: str, write: Callable[[Expr], str] = str) -> str:
        """What stayed untried, in a line; empty where nothing did."""
        sizes = [f"{name} = {size}" for name, size in self.impossible]
        return untried_text(self.untried, language, write, sizes)


def same_value(a: Expr, b: Expr, points: int = POINTS, *, seek: bool = True) -> bool:
    """Whether two expressions agree at random points where both are defined.

    With ``seek=False`` no search is made for sides of kinks that random samples do not meet.

    Raises
    ------
    EvaluationError
        When no such point is found; a :class:`TooFarError` where the values at all that were found are
        too large or too small to compare.
    """
    return compare(a, b, points, seek=seek).equal


def compare(a: Expr, b: Expr, points: int = POINTS, *, seek: bool = True) -> Comparison:
    """Compare two expressions in several sizes and scales, and on both sides of their kinks.

    Raises
    ------
    EvaluationError
        When no point is found where both are defined; a :class:`TooFarError` where the values at all that
        were found are too large or too small to compare.
    """
    if a is b:
        return Comparison(True)
    if a.shape != b.shape:
        return Comparison(False)
    digits = digits_for([a, b], DIGITS)
    search = Search([a, b], points, thorough=True, seek=seek)
    nodes = closed_nodes([a, b])
    lost = False
    for sample in search:
        try:
            values, xp = sample.values(digits)
            known = dict(zip(nodes, evaluate_nodes(nodes, values, xp), strict=True))
            more = extra_digits(known, digits, OFTEN if search.agreed else LONGEST)
            precise = digits + (more or 0)
            before = _gaps(a, b, sample, precise) if more else _apart(known[a], known[b], xp, digits)
            # Ill-conditioned values lose many digits; what differs, differs with three times as many too.
            after = _gaps(a, b, sample, 3 * precise) if before else {}
            if not vanish(before, after, Fraction(1, 10**precise), xp):
                require_digits([a, b], sample, 3 * precise, max(after.values()), search.agreed, (a, b), after)
                return Comparison(False)
            if more is None:
                # They agree in the digits that are left, which says nothing.
                raise TooFarError(TOO_FAR)
        except (MatgradError, ArithmeticError) as error:
            lost = lost or isinstance(error, TooFarError)
            search.refuse(sample, error)
            continue
        search.accept(sample)
    if not search.agreed:
        if lost:
            raise TooFarError(phrase("at every random point found the values are too small to compare"))
        raise EvaluationError(phrase("no random point was found where both expressions are defined"))
    return Comparison(True, tuple(search.untried()), tuple((search.impossible or search.unmet()).items()))


def _gaps(a: Expr, b: Expr, sample: Sample, digits: int) -> Gaps:
    values, xp = sample.values(digits)
    left, right = evaluate_nodes([a, b], values, xp)
    return _apart(left, right, xp, digits)


def _apart(left: Any, right: Any, xp: PreciseArrays, digits: int) -> Gaps:
    return gaps(left, right, Fraction(1, 10 ** (digits - SPARE)), xp)
