"""The search for samples at which expressions are compared: the one of verification, checks and proofs.

Every dimension is to be met in two sizes, so that no number passes for it and no rank for a full one;
every side of every kink is to be met, and for a comparison of two expressions several scales as well.
What stayed untried is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain

from matgrad.core.errors import DomainError, MatgradError
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase
from matgrad.ops.leaves import Dimension
from matgrad.verify.agreement import require_digits
from matgrad.verify.branches import Branches
from matgrad.verify.claims import DIGITS, Untried, Verification
from matgrad.verify.drawing import UNSCALED
from matgrad.verify.sampling import GENERIC, SCALES, Move, Sample, Source, shares_signs

_ORDER = (0, 3, 1, 2)
"""Of every four attempts at sizes the two that differ in every dimension come first."""

ATTEMPTS = len(_ORDER) * len(GENERIC)

CANDIDATES = 24
"""So many random samples are looked at for the sides of kinks."""

MORE = 16
"""At most so many points are taken for the sides of kinks."""

CELLS = 24
"""At most so many points are taken for combinations of sides."""

OFTEN = 6
"""After so many samples of a size without a value, the expressions are taken to have none there."""

STRETCHED = 6
"""The size of one dimension beside others of 2: twice a rank of 2, and two more."""

STRETCHES = 3
"""How many such samples are tried."""

SIZES = (2, 7)
"""Further sizes of every dimension at which two expressions are compared, where they make sense."""

COUNTED = (12, 19)
"""Further sizes of dimensions that are numbers in an expression, as n in Σx/n."""

WHOLE = 12
"""So many more samples are taken where a variable is a whole number."""

LARGEST = 1000
"""Matrices with more entries than this are not made larger."""


class Search:
    """Samples to try, in the order in which they tell most; hears which were of use.

    Parameters
    ----------
    exprs : sequence of Expr
        Expressions that are evaluated together.
    points : int
        How many samples are to agree.
    thorough : bool
        Whether to try several scales and other sizes too.
    seek : bool
        Whether to look for the sides of kinks that random samples do not meet.
    seed : int or str
        Another seed gives other samples.
    """

    def __init__(
        self,
        exprs: Sequence[Expr],
        points: int,
        *,
        thorough: bool = False,
        seek: bool = True,
        seed: int | str = 0,
    ) -> None:
        self._exprs = exprs
        self.source = Source(exprs, seed)
        self.points = points
        self.thorough, self.seek = thorough, seek
        self.branches = Branches(exprs)
        self.agreed: list[Sample] = []
        self.reason: str | Phrase = ""
        """Why the last sample that was of no use was of none."""
        self._names = set(self.source.constraints.names())
        self._whole = [s.label for s in self.source.symbols if s.is_scalar and s.facts & Fact.INTEGER]
        self._seen: dict[str, set[int]] = {}
        self._failed: dict[str, dict[int, list[bool]]] = {}
        """For each dimension and size, of every sample of no use: was a rank or a coincidence in the way?"""
        self.impossible: dict[str, int] = {}
        """Sizes at which the expressions have no value, though they have one at others."""

    def accept(self, sample: Sample) -> None:
        """Hear that the expressions were compared at a sample."""
        self.agreed.append(sample)
        _add(self._seen, sample.sizes)
        if self._whole:
            values, _ = sample.values(20)
            _add(self._seen, {name: int(values[name][0][0]) for name in self._whole})
        if self.branches and not self._hides(sample):
            self.branches.note(sample)

    def _hides(self, sample: Sample) -> bool:
        """Whether an extreme sample leaves out terms beside others, so that it may not show a branch."""
        if not sample.is_extreme:
            return False
        try:
            require_digits(self._exprs, sample, DIGITS, 1, self.agreed)
        except MatgradError:
            return True
        return False

    def refuse(self, sample: Sample, why: Exception) -> None:
        """Hear that the expressions have no value at a sample."""
        self.reason = why.problem if isinstance(why, MatgradError) else str(why)
        for name, size in sample.sizes.items():
            failed = self._failed.setdefault(name, {}).setdefault(size, [])
            failed.append(isinstance(why, DomainError) and why.is_degenerate)

    @property
    def _fixed(self) -> set[str]:
        """The names that have had but one value at the samples that were compared."""
        names = {*self._names, *self._whole}
        return {name for name in names if len(self._seen.get(name, ())) < 2}

    def untried(self) -> list[Untried]:
        """The sides of kinks at which nothing was compared."""
        return self.branches.untried()

    def verification(self) -> Verification:
        """What was verified at the samples that agreed."""
        untried, sizes = tuple(self.untried()), tuple(self.unmet().items())
        return Verification(True, len(self.agreed), DIGITS, untried=untried, sizes=sizes)

    def __iter__(self) -> Iterator[Sample]:
        yield from self._generic()
        if not self.agreed and self.thorough:
            yield from self._scales()
        if not self.agreed:
            return
        self.impossible = self._never(True)
        if not self.impossible and any(node.needs_gaps for node in self.source.nodes):
            yield from self._stretched()
        if self.thorough:
            yield from self._other_sizes()
            yield from self._scales()
            yield from self._whole_numbers()
        if self.branches:
            yield from self._sides()

    def _generic(self) -> Iterator[Sample]:
        """Samples of ordinary size, until every dimension has had two sizes."""
        for place in range(ATTEMPTS):
            if len(self.agreed) >= self.points and not self._fixed:
                return
            group, member = divmod(place, len(_ORDER))
            sample = self.source.draw(len(_ORDER) * group + _ORDER[member], GENERIC[group])
            if len(self.agreed) < self.points or self._varies(sample):
                yield sample

    def _never(self, degenerate: bool) -> dict[str, int]:
        """Sizes at which nothing could be compared: because of ranks, or as the domain is narrow there."""
        return {
            name: size
            for name, sizes in sorted(self._failed.items())
            if name in self._names
            for size, failed in sorted(sizes.items(), reverse=True)
            if len(failed) >= OFTEN and all(failed) == degenerate and size not in self._seen[name]
        }

    def unmet(self) -> dict[str, int]:
        """Dimensions of which one size only was met, and another one tried in vain."""
        fixed = self._fixed
        return {name: size for name, size in self._never(False).items() if name in fixed}

    def _stretched(self) -> Iterator[Sample]:
        """Samples with one dimension much larger than the others, where ranks are what they may be."""
        names, least = sorted(self._names), self.source.constraints.at_least or {}
        for name in names:
            sizes = {other: STRETCHED if other == name else max(2, least.get(other, 2)) for other in names}
            sizes |= dict.fromkeys(self.source.constraints.indices, 1)
            if not self.source.constraints.hold(sizes):
                continue
            before = len(self.agreed)
            for attempt, style in enumerate(GENERIC[:STRETCHES]):
                if len(self.agreed) == before:
                    yield self.source.draw(3000 + attempt, style, sizes)
            if len(self.agreed) == before:
                last = [self._failed.get(other, {}).get(size, [False])[-1] for other, size in sizes.items()]
                if all(last):
                    self.impossible = sizes
                    return

    def _varies(self, sample: Sample) -> bool:
        """Whether a sample has a size that has not been had, or a whole number that may be one."""
        fixed = self._fixed
        others = (name for name in fixed if name in sample.sizes)
        return bool(fixed & set(self._whole)) or any(
            sample.sizes[name] not in self._seen.get(name, ()) for name in others
        )

    def _other_sizes(self) -> Iterator[Sample]:
        """A smaller and a larger sample, where that is not too much to compute."""
        shapes = {node.shape for node in self.source.nodes}
        names = sorted(self._names)
        tries = [{name: size + k for k, name in enumerate(names)} for size in SIZES]
        dims = [node.dim for node in self.source.nodes if isinstance(node, Dimension)]
        counted = {name for dim in dims for name in dim.symbols}
        if counted:
            tries += [{name: size if name in counted else 2 for name in names} for size in COUNTED]
        for place, sizes in enumerate(tries):
            sizes |= dict.fromkeys(self.source.constraints.indices, 1)
            least = self.source.constraints.at_least or {}
            if any(sizes[name] < smallest for name, smallest in least.items()):
                continue
            if self.source.constraints.hold(sizes) and all(
                rows.value(sizes) * columns.value(sizes) <= LARGEST for rows, columns in shapes
            ):
                yield self.source.draw(4000 + place, GENERIC[0], sizes)

    def _whole_numbers(self) -> Iterator[Sample]:
        """More samples where a whole number is a variable: its parity meets the signs of the others."""
        if self._whole:
            for attempt in range(WHOLE):
                yield self.source.draw(5000 + attempt, SCALES[2], self.agreed[0].sizes)

    def _scales(self) -> Iterator[Sample]:
        """Samples of other scales, and with other whole numbers."""
        sizes = self.agreed[0].sizes if self.agreed else None
        for attempt, style in enumerate(SCALES):
            yield self.source.draw(1000 + attempt, style, sizes)

    def _sides(self) -> Iterator[Sample]:
        """Samples on sides of kinks that were not tried: opposite ones, random ones, sought ones."""
        base, before = self.agreed[0], len(self.agreed)
        opposite = [
            Move(s.label, Fraction(-1))
            for s in self.source.symbols
            if not s.facts & UNSCALED and not shares_signs(s.facts)
        ]
        # Two of three of ordinary size, the third of one of the other scales.
        styles = [SCALES[k // 3 % len(SCALES)] if k % 3 == 2 else GENERIC[0] for k in range(CANDIDATES)]
        drawn = (self.source.draw(2000 + k, style, base.sizes) for k, style in enumerate(styles))
        candidates = chain([base.moved(*opposite)], drawn)
        for sample in candidates:
            if self.branches.complete or len(self.agreed) >= before + MORE:
                break
            if self.branches.is_new(sample):
                yield sample
        if not self.seek:
            return
        for sample in self.branches.directed(self.source, self.agreed[:2]):
            if len(self.agreed) >= before + MORE:
                break
            yield sample
        if not self.thorough:
            return
        before = len(self.agreed)
        for sample in self.branches.cells.samples(self.source, base):
            if len(self.agreed) >= before + CELLS:
                return
            yield sample


def _add(known: dict[str, set[int]], values: dict[str, int]) -> None:
    for name, value in values.items():
        known.setdefault(name, set()).add(value)
