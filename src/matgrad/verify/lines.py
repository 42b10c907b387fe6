"""Lines and curves along which samples are moved: a variable times a factor, or along a random direction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.verify.drawing import UNSCALED
from matgrad.verify.sampling import Move, Sample, Source, shares_signs

_SHARE = Fraction(8, 21)


def between(low: Fraction, high: Fraction) -> Fraction:
    """An amount between two others, never their middle: of ±f that is 0, where every product vanishes."""
    return low + _SHARE * (high - low)


@dataclass(frozen=True, slots=True)
class Line:
    """A way to leave a sample."""

    label: str
    seed: str
    amounts: tuple[Fraction, ...]
    start: Fraction
    """The amount that changes nothing."""

    def at(self, base: Sample, amount: Fraction) -> Sample:
        """The sample after so much of the change."""
        return base.moved(Move(self.label, amount, self.seed))


def lines(
    operands: Sequence[Expr],
    source: Source,
    factors: tuple[Fraction, ...],
    lengths: tuple[Fraction, ...],
    seeds: Sequence[str],
) -> Iterator[Line]:
    """Lines along which operands change, the simplest first.

    Parameters
    ----------
    operands : sequence of Expr
        What is to change.
    source : Source
        Knows the variables.
    factors, lengths : tuple of Fraction
        Where to look on lines of either sort; their opposites are looked at as well.
    seeds : sequence of str
        For each the random direction of every variable.
    """
    inside = set(postorder(operands))
    symbols: list[Symbol] = [s for s in source.symbols if s in inside]
    for symbol in symbols:
        if not symbol.facts & UNSCALED:
            signed = not shares_signs(symbol.facts)
            amounts = (*(-f for f in reversed(factors)), *factors) if signed else factors
            yield Line(symbol.label, "", amounts, Fraction(1))
    amounts = (*(-f for f in reversed(lengths)), Fraction(0), *lengths)
    for seed in seeds:
        for symbol in symbols:
            if not symbol.is_scalar and not symbol.facts & Fact.INTEGER:
                yield Line(symbol.label, seed, amounts, Fraction(0))
