"""The branches of expressions with kinks, and samples that lie on each of them.

relu(t − 3) is 0 for every t below 3: whoever samples there alone takes 0 for its derivative. Of every
operation with a kink both sides are wanted, entry by entry, and for a maximum every place of the largest
entry. Where random samples stay on one side, a search along lines and curves looks for the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, closed_nodes
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.verify.cells import DIGITS, WINDOW, Cells
from matgrad.verify.claims import Untried
from matgrad.verify.lines import Line, between, lines
from matgrad.verify.sampling import Sample, Source

PATTERNS = 3
"""Of so many scalar kinks all combinations of sides are tried, as far as random samples meet them."""

DIRECTIONS = 4
"""So many lines of each variable are tried, each from the highest point of the one before."""

EVALUATIONS = 400
"""So many times the operand of a kink is evaluated at most in search of what was not tried."""

STEPS = 40
"""Steps by which the highest point between two others is narrowed down."""

NEAR = 5
"""Steps by which a sample is brought nearer to the kink."""

_ENDS = 27
"""Factors and lengths go up to 2 to this power in small steps."""

_FAR = (-160, -110, -75, -50, -30, -15), (34, 45, 60, 80, 110, 160, 220, 300)
"""Powers of 2 below and beyond, as far as factors go."""

Side = tuple[int, tuple[int, int], int]
"""The place of a kink in the list, the entry of its operand, and its sign there."""

Pattern = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kink:
    """What decides on a branch: the sign of the entries of an operand, or which is the largest."""

    operand: Expr
    kind: str

    def margins(self, value: list[list[Any]]) -> Iterator[tuple[tuple[int, int], Any]]:
        """For each entry a number whose sign says on which side it is."""
        places = [(i, j) for i in range(len(value)) for j in range(len(value[0]))]
        shown = [(i, j) for i, j in places if i < WINDOW and j < WINDOW]
        if self.kind == "sign":
            yield from ((place, value[place[0]][place[1]]) for place in shown)
            return
        groups = [[x for row in value for x in row]]
        if self.kind == "largest of columns":
            groups = [list(column) for column in zip(*value, strict=True)]
        tops = [sorted(group, reverse=True)[:2] for group in groups]
        for i, j in shown:
            own = value[i][j]
            top, *rest = tops[j if len(tops) > 1 else 0]
            yield (i, j), own - (top if own != top else rest[0] if rest else own)

    def signs(self) -> tuple[int, ...]:
        """The sides that are wanted."""
        return (1,) if self.kind != "sign" or self.operand.facts & Fact.NONNEGATIVE else (1, -1)


class Branches:
    """The sides of all kinks of expressions, and which were tried.

    Parameters
    ----------
    exprs : sequence of Expr
        The expressions.
    """

    def __init__(self, exprs: Sequence[Expr]) -> None:
        found = (Kink(operand, kind) for node in closed_nodes(exprs) for operand, kind in node.kinks())
        self.kinks = list(dict.fromkeys(found))
        self.cells = Cells([(kink.operand, kink.kind) for kink in self.kinks])
        self._tried: set[Side] = set()
        self._wanted: set[Side] = set()
        scalars = [place for place, kink in enumerate(self.kinks) if kink.operand.is_scalar]
        self._scalars = scalars if 1 < len(scalars) <= PATTERNS else []
        self._patterns: set[Pattern] = set()
        """The combinations of sides of the scalar kinks that were not tried."""
        if self._scalars:
            self._patterns = set(product((1, -1), repeat=len(self._scalars)))

    def __bool__(self) -> bool:
        return bool(self.kinks)

    def note(self, sample: Sample) -> None:
        """Keep in mind that a sample was tried."""
        sides, pattern = self._sides(sample)
        if not self._tried:
            # The entries of the first sample: other sizes have more, of the same kind.
            for place, entry, _ in sides:
                self._wanted |= {(place, entry, sign) for sign in self.kinks[place].signs()}
        self._tried |= sides
        self._patterns.discard(pattern)
        self.cells.note(sample)

    def is_new(self, sample: Sample) -> bool:
        """Whether a sample lies on a side that was not tried."""
        sides, pattern = self._sides(sample)
        return pattern in self._patterns or not self._open.isdisjoint(sides)

    @property
    def _open(self) -> set[Side]:
        return self._wanted - self._tried

    @property
    def complete(self) -> bool:
        """Whether every side was tried, and every combination of few."""
        return not self._open and not self._patterns

    def untried(self) -> list[Untried]:
        """What was not tried, kink by kink."""
        partly = {(place, sign) for place, _, sign in self._tried}
        missing = dict.fromkeys((place, sign) for place, _, sign in sorted(self._open))
        return [
            Untried(self.kinks[place].operand, self.kinks[place].kind, sign, (place, sign) in partly)
            for place, sign in missing
        ]

    def _sides(self, sample: Sample) -> tuple[set[Side], Pattern]:
        """The sides on which a sample lies; none where the operands have no value there."""
        values = self._values(sample)
        if values is None:
            return set(), ()
        sides = {
            (place, entry, _sign(margin))
            for place, (kink, value) in enumerate(zip(self.kinks, values, strict=True))
            for entry, margin in kink.margins(value)
            if margin
        }
        return sides, tuple(_sign(values[place][0][0]) for place in self._scalars)

    def _values(self, sample: Sample) -> list[list[list[Any]]] | None:
        try:
            values, xp = sample.values(DIGITS)
            return evaluate_nodes([kink.operand for kink in self.kinks], values, xp)
        except (MatgradError, ArithmeticError):
            return None

    # ---- looking for what was not tried ---------------------------------------------------------

    def directed(self, source: Source, bases: Sequence[Sample]) -> Iterator[Sample]:
        """Samples on the sides not tried, found along lines that leave from samples."""
        budget = Budget(EVALUATIONS)
        for side in sorted(self._open):
            climb = _Climb(self.kinks[side[0]], side, budget)
            for base in bases:
                here = base
                for line in lines([climb.kink.operand], source, _FACTORS, _LENGTHS, _SEEDS):
                    if side in self._tried or not budget.left:
                        break
                    found, here = climb.along(line, here)
                    if found is not None:
                        yield found


@dataclass(slots=True)
class Budget:
    """How many more evaluations a search may take."""

    left: int


@dataclass(frozen=True, slots=True)
class _Climb:
    """Climbs from sample to sample to where the margin of a kink has the wanted sign."""

    kink: Kink
    side: Side
    budget: Budget

    def height(self, sample: Sample) -> Any:
        """The margin, positive on the wanted side; ``None`` where it has no value."""
        self.budget.left -= 1
        _, entry, sign = self.side
        try:
            values, xp = sample.values(DIGITS)
            (value,) = evaluate_nodes([self.kink.operand], values, xp)
        except (MatgradError, ArithmeticError):
            return None
        return next((sign * margin for place, margin in self.kink.margins(value) if place == entry), None)

    def along(self, line: Line, base: Sample) -> tuple[Sample | None, Sample]:
        """The sample on a line that lies on the wanted side, near the kink; and the highest one met."""
        heights = [(amount, self.height(line.at(base, amount))) for amount in line.amounts]
        known = [(amount, h) for amount, h in heights if h is not None]
        positive = [k for k, (_, h) in enumerate(known) if h > 0]
        if positive:
            # The nearest: of factors in the number of doublings, of lengths in the length.
            middle = min(range(len(known)), key=lambda k: abs(known[k][0] - line.start))
            k = min(positive, key=lambda k: abs(k - middle))
            step = 1 if k < middle else -1
            outside = known[k + step][0] if 0 <= k + step < len(known) else known[k][0]
            return line.at(base, self._nearer(line, base, known[k][0], outside)), base
        if len(known) < 3:
            return None, base
        inside, outside, above = self._summit(line, base, known)
        if not above:
            return None, base if inside == line.start else line.at(base, inside)
        return line.at(base, self._nearer(line, base, inside, outside)), base

    def _nearer(self, line: Line, base: Sample, inside: Fraction, outside: Fraction) -> Fraction:
        """An amount on the wanted side, nearer to the kink."""
        for _ in range(NEAR):
            middle = between(inside, outside)
            h = self.height(line.at(base, middle))
            if h is not None and h > 0:
                inside = middle
            else:
                outside = middle
        return inside

    def _summit(
        self, line: Line, base: Sample, known: list[tuple[Fraction, Any]]
    ) -> tuple[Fraction, Fraction, bool]:
        """The highest amount between two others, a neighbour, and whether it lies on the wanted side."""
        k = max(range(len(known)), key=lambda k: known[k][1])
        left, top, right = (known[min(max(j, 0), len(known) - 1)][0] for j in (k - 1, k, k + 1))
        best = known[k][1]
        for _ in range(STEPS):
            tries = [(m, self.height(line.at(base, m))) for m in (between(left, top), between(top, right))]
            better = [(h, m) for m, h in tries if h is not None and h > best]
            if better:
                best, middle = max(better)
                left, top, right = (left, middle, top) if middle < top else (top, middle, right)
                if best > 0:
                    return top, left, True
            else:
                left, right = tries[0][0], tries[1][0]
            if self.budget.left <= 0:
                break
        return top, top, False


def _sign(margin: Any) -> int:
    return 1 if margin > 0 else -1


_FACTORS = tuple(Fraction(2) ** k for k in (*_FAR[0], *range(-8, _ENDS + 1), *_FAR[1]))
_LENGTHS = tuple(Fraction(4) ** k for k in range(-2, _ENDS // 2))
_SEEDS = tuple(f"line {k}" for k in range(DIRECTIONS))
