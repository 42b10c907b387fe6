"""Whether two values agree, with no tolerance to tune.

Numbers that agree to nearly all their digits are taken for equal. Others are computed once more with
more digits: what is left by rounding, or by the step of a difference quotient, shrinks then by as many
orders of magnitude; a true difference stays what it is, however small it is beside the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import chain
from typing import TYPE_CHECKING, Any

from matgrad.core.errors import TooFarError
from matgrad.core.expr import Expr, closed_nodes, postorder
from matgrad.core.lazy import DeferredModule
from matgrad.core.words import phrase
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays
from matgrad.ops.arithmetic import Sum
from matgrad.verify.sampling import Sample

if TYPE_CHECKING:
    import mpmath
else:
    mpmath = DeferredModule("mpmath")

Gaps = dict[tuple[int, int], Any]
"""How far apart two arrays are, entry by entry, where they do not agree."""

MORE_DIGITS = 800
"""At most so many digits are added for the numbers in expressions."""

_SPARE_BITS = 40
"""Bits at the end of a number that rounding may have touched."""

LONGEST = 6000
"""Numbers of more digits are not computed with."""

OFTEN = 200
"""Nor are numbers of more digits than this once two expressions have agreed somewhere."""

TOO_FAR = phrase("the values are too large or too small to compare")

_SHORT = 32
"""Bits of a number that the digits in use have room for."""


def gaps(a: Any, b: Any, relative: Fraction, xp: PreciseArrays) -> Gaps:
    """The entries in which two arrays differ by more than a share of the larger, and by how much."""
    share = xp.entry(relative)
    found: Gaps = {}
    for i, (row, other) in enumerate(zip(a, b, strict=True)):
        for j, (x, y) in enumerate(zip(row, other, strict=True)):
            if x is y:
                continue
            gap = abs(x - y)
            if gap and not gap <= share * max(abs(x), abs(y)):
                found[i, j] = gap
    return found


def vanish(before: Gaps, after: Gaps, shrink: Fraction, xp: PreciseArrays) -> bool:
    """Whether gaps are of the arithmetic: with more digits they close, or shrink by that factor."""
    if not after:
        return True
    factor = xp.entry(shrink)
    largest = max(before.values())
    # Where two zeros met by chance, the gaps of the other entries tell what rounding leaves.
    return all(gap <= factor * before.get(place, largest) for place, gap in after.items())


def extra_digits(known: Mapping[Expr, Any], digits: int, most: int = LONGEST) -> int | None:
    """How many more digits it takes that no term, no phase and no distance to a bound is lost.

    Two forms that differ by such a term alone would seem to agree, and two forms of one value to
    differ, where a sine is taken of what has fewer digits than stand before its point.

    Parameters
    ----------
    known : mapping of Expr to array
        The values of all parts of the expressions that are compared.
    digits : int
        The precision of the values.
    most : int
        Digits that may be computed with.

    Returns
    -------
    int or None
        ``None`` where it takes more.

    Raises
    ------
    TooFarError
        Where a phase takes more: any two values of the sine are then as good as another.
    """
    if not any(node.tends or node.grows_fast or node.oscillates for node in known):
        return 0
    bits = phase = 0
    most = min([most, *(node.most_digits for node in known if node.most_digits is not None)])
    for node in known:
        if isinstance(node, Sum):
            parts = [] if node.scoped else [known[arg] for arg in node.args]
            for entries in zip(*(chain.from_iterable(part) for part in parts), strict=True):
                sizes = [mpmath.mag(x) for x in entries if x]
                bits = max(bits, max(sizes) - min(sizes)) if sizes else bits
        elif node.tends:
            operand = [x for row in known[node.args[0]] for x in row]
            bits = max(bits, int(node.rounding(operand) / mpmath.ln2))
        elif node.oscillates:
            phases = chain.from_iterable(chain.from_iterable(known[arg] for arg in node.args))
            phase = max([phase, *(mpmath.mag(x) for x in phases if x)])
    if phase * 3 // 10 + digits > most:
        raise TooFarError(TOO_FAR)
    needed = max(bits, phase) * 3 // 10
    if needed <= digits // 2:
        return 0
    return needed if needed + digits <= most else None


def require_digits(
    exprs: Sequence[Expr],
    sample: Sample,
    digits: int,
    gap: Any,
    agreed: Sequence[Sample],
    compared: Sequence[Expr] = (),
    apart: Gaps | None = None,
) -> None:
    """Refuse a sample at which digits are lost that no precision brings back.

    1 − tanh(x) is 0 for x = 10⁶ in any precision, where its other form 2 / (exp(2x) + 1) is not. Such a
    sample says nothing of two forms that differ there. What is lost where they agree as well is no loss:
    a sum may be zero. Nor is what a sum that is ``compared`` itself leaves out, where an entry is further
    ``apart`` than all that it may have lost there.

    Raises
    ------
    TooFarError
        When it does.
    """
    nodes = closed_nodes(exprs)
    inner = {arg for node in nodes for arg in node.args}
    ends = {end for end in compared if isinstance(end, Sum) and end not in inner}
    least, lost = _lost(nodes, sample, digits)
    if lost & ends and apart:
        values, xp = sample.values(digits)
        terms = evaluate_nodes([arg for end in ends for arg in end.args], values, xp)
        if any(far > least * max(abs(term[i][j]) for term in terms) for (i, j), far in apart.items()):
            lost -= ends
    if lost and agreed and not agreed[0].is_extreme:
        lost -= _lost(nodes, agreed[0], digits, zeros=True)[1]
    if lost or (sample.is_extreme and gap <= least):
        raise TooFarError(TOO_FAR)


def _lost(nodes: Sequence[Expr], sample: Sample, digits: int, zeros: bool = False) -> tuple[Any, set[Expr]]:
    """What counts as nothing; sums that cancel or leave terms out, and functions rounded to their bound.

    With ``zeros`` the sums that cancel alone.
    """
    values, xp = sample.values(digits)
    least = xp.ctx.ldexp(1, _SPARE_BITS - xp.ctx.prec)
    known = dict(zip(nodes, evaluate_nodes(nodes, values, xp), strict=True))
    found: set[Expr] = set()
    fading: set[Expr] = set()
    for node, value in known.items():
        parts = [] if node.scoped else [known[arg] for arg in node.args]
        if node.saturates or node.tends or node.grows_fast or not fading.isdisjoint(node.args):
            fading.add(node)
        # What is algebra all the way down, as I − P of a projector, may be zero and has lost nothing.
        if (
            isinstance(node, Sum)
            and node in fading
            and any(
                _is_lost(total, [part[i][j] for part in parts], least, zeros)
                for i, row in enumerate(value)
                for j, total in enumerate(row)
            )
        ):
            found.add(node)
        elif node.saturates and not zeros:
            pairs = zip(value, parts[0], strict=True)
            if any(abs(y) == 1 and x for row, other in pairs for y, x in zip(row, other, strict=True)):
                found.add(node)
    return least, found


def _is_lost(total: Any, terms: Sequence[Any], least: Any, zeros: bool) -> bool:
    sizes = [abs(term) for term in terms if term]
    parts = [abs(total)] if zeros else [abs(total), *sizes]
    return bool(sizes) and min(parts) <= least * max(sizes)


def digits_for(exprs: Sequence[Expr], digits: int) -> int:
    """Digits with which a number in the expressions is not lost beside others: 10⁻³⁰⁰ x needs 300 more."""
    numbers = [item for node in postorder(exprs) for item in _numbers(node.data)]
    bits = max((abs(x.numerator).bit_length() for x in numbers), default=0)
    bits += max((x.denominator.bit_length() for x in numbers), default=0)
    return digits if bits <= _SHORT else digits + min(bits * 3 // 10, MORE_DIGITS)


def _numbers(data: Iterable[Any]) -> Iterator[Fraction]:
    for item in data:
        if isinstance(item, Fraction):
            yield item
        elif isinstance(item, tuple):
            yield from _numbers(item)
