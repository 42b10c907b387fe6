"""The cells into which the kinks of expressions cut the space of their variables, and samples in them.

relu(t − 3) relu(3.1 − t) is 0 on either side of each kink alone; only where both are open is it not. Kinks
that a line crosses between two of its points are told apart by bisection, however near to each other they
are, and from each new cell other lines lead on, one variable at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations, count, pairwise
from typing import Any

from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.verify.lines import Line, between, lines
from matgrad.verify.sampling import Sample, Source

DIGITS = 20
"""Enough to tell on which side of a kink a sample lies."""

WINDOW = 4
"""So many rows and columns of an operand are looked at one by one."""

FEW = 8
"""Of so many places of kinks every combination is a cell of its own; of more, every one of a pair."""

EVALUATIONS = 3000
"""So many times the operands are evaluated at most, if they are scalars; less often if they are larger."""

STEPS = 75
"""Divisions of a stretch after which two kinks that were crossed together are taken for one."""

Cell = tuple[Any, ...]
"""For each place of a kink its side: a sign, or the number of the entry that is the largest."""

_EXPONENTS = (-120, -60, -25, -6, -4, *range(-2, 8), 9, 11, 14, 17, 20)
_FACTORS = tuple(Fraction(2) ** k for k in _EXPONENTS)
_LENGTHS = tuple(Fraction(2) ** k for k in (-4, -2, 0, 1, 2, 3, 5, 7, 10, 14, 18))
_SEEDS = ("cell 0", "cell 1")


class Cells:
    """The cells that were met.

    Parameters
    ----------
    kinks : sequence of (Expr, str)
        The operand of each kink and its kind.
    """

    def __init__(self, kinks: Sequence[tuple[Expr, str]]) -> None:
        self._kinds = [kind for _, kind in kinks]
        self._operands = [operand for operand, _ in kinks]
        self._met: set[Cell] = set()
        self._one: set[frozenset[int]] = set()
        """Places that lines cross together, however finely one looks."""
        self._left = 0
        """How many more evaluations may be made."""

    def note(self, sample: Sample) -> None:
        """Keep in mind that a sample was tried."""
        cell = self._cell(sample)
        if cell is not None:
            self._meet(cell)

    def samples(self, source: Source, base: Sample) -> Iterator[Sample]:
        """Samples in cells that were not met, found along lines that lead from cell to cell."""
        first = self._cell(base)
        if first is None or len(first) < 2:
            return
        ways = list(lines(self._operands, source, _FACTORS, _LENGTHS, _SEEDS))
        entries = sum(
            operand.rows.value(base.sizes) * operand.columns.value(base.sizes) for operand in self._operands
        )
        self._left = max(EVALUATIONS // (1 + entries // 8), EVALUATIONS // 8)
        here: list[tuple[Cell, Sample]] = [(first, base)]
        known = {first}
        for turn in count():
            if not here or self._left <= 0:
                return
            # Where most is positive, products of branches are not 0; the oldest cells are not forgotten.
            most = max(range(len(here)), key=lambda k: here[k][0].count("+"))
            cell, sample = here.pop(most if turn % 2 == 0 else 0)
            for line in ways:
                for found, there in self._along(line, sample, cell):
                    if found not in known:
                        known.add(found)
                        here.append((found, there))
                        if self._meet(found):
                            yield there

    def _along(self, line: Line, base: Sample, cell: Cell) -> Iterator[tuple[Cell, Sample]]:
        """The cells that a line meets."""
        points: list[tuple[Fraction, Cell]] = []
        for amount in line.amounts:
            if self._left <= 0:
                return
            met = cell if amount == line.start else self._beside(cell, line.at(base, amount))
            if met is not None:
                points.append((amount, met))
        yielded = {cell}
        # The nearest of a cell leaves room to go on from there.
        for amount, met in sorted(points, key=lambda point: abs(point[0] - line.start)):
            if met not in yielded:
                yielded.add(met)
                yield met, line.at(base, amount)
        gaps = list(pairwise(points))
        while gaps:
            (low, left), (high, right) = gaps.pop()
            crossed = frozenset(k for k, (a, b) in enumerate(zip(left, right, strict=True)) if a != b)
            if len(crossed) < 2 or crossed in self._one:
                continue
            for _ in range(STEPS):
                if self._left <= 0:
                    return
                middle = between(low, high)
                met = self._beside(cell, line.at(base, middle))
                if met == left:
                    low = middle
                elif met == right:
                    high = middle
                elif met is None:
                    break
                else:
                    if met not in yielded:
                        yielded.add(met)
                        yield met, line.at(base, middle)
                    gaps += [((low, left), (middle, met)), ((middle, met), (high, right))]
                    break
            else:
                self._one.add(crossed)

    def _meet(self, cell: Cell) -> bool:
        """Note a cell; whether it, or a pair of its sides, had not been met."""
        places = list(enumerate(cell))
        parts: set[Cell] = {cell} if len(cell) <= FEW else set(combinations(places, 2))
        new = not parts <= self._met
        self._met |= parts
        return new

    def _beside(self, cell: Cell, sample: Sample) -> Cell | None:
        """The cell of a sample; ``None`` where it lies on a kink, though those of another cell do not."""
        met = self._cell(sample)
        return None if met is None or met.count("0") > cell.count("0") else met

    def _cell(self, sample: Sample) -> Cell | None:
        """The cell in which a sample lies; ``None`` where the operands have no value."""
        self._left -= 1
        try:
            values, xp = sample.values(DIGITS)
            operands = evaluate_nodes(self._operands, values, xp)
        except (MatgradError, ArithmeticError):
            return None
        sides: list[Any] = []
        for kind, value in zip(self._kinds, operands, strict=True):
            if kind == "sign":
                sides += (_side(x) for row in value[:WINDOW] for x in row[:WINDOW])
                continue
            lines = [[x for row in value for x in row]]
            if kind == "largest of columns":
                lines = [list(column) for column in zip(*value, strict=True)][:WINDOW]
            sides += (max(range(len(line)), key=line.__getitem__) for line in lines)
        return tuple(sides)


def _side(margin: Any) -> str:
    return "+" if margin > 0 else "−" if margin else "0"
