"""Random samples for the variables of expressions, to be searched until they lie in the domain."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from fractions import Fraction

from matgrad.core.errors import DomainError, EvaluationError
from matgrad.core.expr import Expr, Symbol, postorder, variables_among
from matgrad.core.facts import ON_SIMPLEX, Fact, fact_words
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.precise_linalg import Rows
from matgrad.ops.indices.members import Family
from matgrad.verify.choose_sizes import SizeConstraints, choose_sizes
from matgrad.verify.directions import direction, move
from matgrad.verify.drawing import Drawing, Style

STYLES = (
    Style(),
    Style(low=20, high=180, signed=False),
    Style(low=10, high=90, square="dominant"),
    Style(low=10, high=90, signed=False),
    Style(low=2, high=30),
    Style(low=35, high=65, signed=False, square="dominant"),
    Style(low=20, high=120, square="definite"),
    Style(low=120, high=180, signed=False),
    Style(low=2, high=20, signed=False, square="dominant"),
    Style(low=150, high=450, signed=False, square="definite"),
    Style(low=200, high=600),
    Style(full_rank=False),
)
"""From the most telling sample, with both signs, to those that reach narrow domains."""

GENERIC = tuple(replace(style, short=False, whole=4) for style in STYLES)
"""The same on no lattice of round numbers."""

SCALES = tuple(
    Style(short=False, whole=whole, magnitude=magnitude, signed=signed)
    for magnitude, whole in ((-3, 5), (1, 6), (3, 7), (6, 9))
    for signed in (True, False)
)
"""Small, large and huge values: what holds near 1 may be a coincidence of |x| < π."""

ATTEMPTS = 2 * len(STYLES)
"""Every style once with tall and once with wide matrices."""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of one variable of a sample: by a factor, or along a random line or curve.

    Attributes
    ----------
    label : str
        The variable.
    amount : Fraction
        The factor, or how far along.
    seed : str
        Which line; empty for a factor.
    """

    label: str
    amount: Fraction
    seed: str = ""


@dataclass(frozen=True, slots=True)
class Sample:
    """Values for variables, which can be had with any number of digits.

    Attributes
    ----------
    sizes : dict of str to int
        The size of each symbolic dimension.
    symbols : tuple of Symbol
        The variables.
    seed : str
        What the random numbers start from.
    style : Style
        How to draw what declared facts leave open.
    change : Move, optional
        What is done to the values of another sample.
    origin : Sample, optional
        That sample; where there is none, the values are drawn.
    """

    sizes: dict[str, int]
    symbols: tuple[Symbol, ...]
    seed: str
    style: Style
    change: Move | None = None
    origin: Sample | None = None
    _known: dict[int, dict[str, Rows]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_extreme(self) -> bool:
        """Whether values may be so large or small that digits are lost which no precision brings back."""
        return bool(self.change or self.style.magnitude)

    def values(self, digits: int) -> tuple[dict[str, Rows], PreciseArrays]:
        """An array for each variable by its name, and their arithmetic.

        Raises
        ------
        DomainError
            When a move leaves what is declared of a variable.
        EvaluationError
            When declared facts contradict each other.
        """
        xp = PreciseArrays(self.sizes, digits)
        known = self._known.get(digits)
        if known is None:
            if self.origin is None or self.change is None:
                known = sample(self.symbols, xp, random.Random(self.seed), self.style)
            else:
                known = self._moved(self.origin.values(digits)[0], self.change, xp)
            self._known[digits] = known
        return known, xp

    def _moved(self, values: dict[str, Rows], change: Move, xp: PreciseArrays) -> dict[str, Rows]:
        symbol = next(s for s in self.symbols if s.label == change.label)
        value = values[change.label]
        if change.seed:
            along = direction(symbol, values, xp, random.Random(change.seed))
            value = move(symbol, value, along, change.amount, xp)
        else:
            value = xp.scale(change.amount, value)
        if not _has_signs(symbol.facts, value, xp):
            raise DomainError(phrase("{symbol} is no longer what it is declared to be", symbol=symbol.label))
        return {**values, change.label: value}

    def moved(self, *moves: Move) -> Sample:
        """The sample with further changes."""
        sample = self
        for change in moves:
            sample = replace(sample, change=change, origin=sample, _known={})
        return sample


def shares_signs(facts: Fact) -> bool:
    """Whether an array with these facts has not got them with the opposite sign."""
    return bool(facts & (Fact.NONNEGATIVE | Fact.POSITIVE_SEMIDEFINITE))


def _has_signs(facts: Fact, value: Rows, xp: PreciseArrays) -> bool:
    """Whether an array has the signs that are declared; a move keeps all other facts."""
    entries = [x for row in value for x in row]
    if facts & Fact.POSITIVE and not all(x > 0 for x in entries):
        return False
    if facts & (Fact.NONNEGATIVE | ON_SIMPLEX) and not all(x >= 0 for x in entries):
        return False
    if facts & Fact.POSITIVE_SEMIDEFINITE and not facts & Fact.IDEMPOTENT:
        try:
            xp.cholesky(value)
        except DomainError:
            return False
    return True


def samples(
    exprs: Sequence[Expr], seed: int | str = 0, attempts: int = ATTEMPTS, digits: int = 40
) -> Iterator[tuple[dict[str, int], dict[str, Rows]]]:
    """Candidate samples for the variables of expressions, for the caller to try.

    They differ in sizes, in which dimension is the larger, in scale and in signs. The same
    expressions and seed give the same samples on every machine.

    Parameters
    ----------
    exprs : sequence of Expr
        Expressions that are evaluated together.
    seed : int or str
        Another seed gives other samples.
    attempts : int
        How many samples to give.
    digits : int
        The precision of the numbers, as of :class:`PreciseArrays`.

    Yields
    ------
    sizes : dict of str to int
        The size of each symbolic dimension.
    values : dict of str to array
        An array for each variable by its name, of ``PreciseArrays(sizes, digits)``.

    Raises
    ------
    EvaluationError
        When no sizes satisfy the constraints, or declared facts contradict each other.
    """
    source = Source(exprs, seed)
    for attempt in range(attempts):
        drawn = source.draw(attempt, GENERIC[attempt // 2 % len(GENERIC)])
        yield drawn.sizes, drawn.values(digits)[0]


class Source:
    """Draws the samples of expressions.

    Parameters
    ----------
    exprs : sequence of Expr
        Expressions that are evaluated together.
    seed : int or str
        Another seed gives other samples.
    """

    def __init__(self, exprs: Sequence[Expr], seed: int | str = 0) -> None:
        self.nodes = postorder(exprs)
        self.symbols = tuple(variables_among(self.nodes).values())
        self.constraints = SizeConstraints.of(self.nodes)
        self._seed = seed
        self._digest = "/".join(expr.key[3].hex() for expr in exprs)

    def draw(self, attempt: int, style: Style, sizes: dict[str, int] | None = None) -> Sample:
        """A sample; the attempt decides on the sizes where they are not given.

        Raises
        ------
        EvaluationError
            When no sizes satisfy the constraints.
        """
        seed = f"{self._seed}/{attempt}/{self._digest}"
        if sizes is None:
            sizes = choose_sizes(self.constraints, random.Random(seed), attempt)
        return Sample(sizes, self.symbols, seed, style)


def sample(
    symbols: Iterable[Symbol], xp: PreciseArrays, rng: random.Random, style: Style = STYLES[0]
) -> dict[str, Rows]:
    """Random arrays for variables, with everything that is declared of them.

    Parameters
    ----------
    symbols : iterable of Symbol
        The variables.
    xp : PreciseArrays
        The arithmetic; it knows the sizes.
    rng : random.Random
        The source of the samples.
    style : Style
        How to draw what the declared facts leave open.

    Raises
    ------
    EvaluationError
        When the facts declared of a variable contradict each other.
    """
    values = {}
    for symbol in symbols:
        rows, columns = (xp.size(dim) for dim in symbol.shape)
        if isinstance(symbol, Family):
            array = _stack(symbol, xp, rng, style)
        else:
            array = Drawing(xp, rng, style, symbol.facts).array(rows, columns)
        if array is None:
            words = ", ".join(fact_words(symbol.facts))
            raise EvaluationError(
                phrase(
                    "no {rows}×{columns} sample was found for {symbol}, declared {words}",
                    rows=rows,
                    columns=columns,
                    symbol=symbol.label,
                    words=words,
                ),
                fix=phrase("facts that one matrix can have together"),
            )
        values[symbol.label] = array
    return values


def _stack(family: Family, xp: PreciseArrays, rng: random.Random, style: Style) -> Rows | None:
    """The stack of the members of a family, each with what is declared of it."""
    rows, columns = (xp.size(dim) for dim in family.shape)
    height, width = (xp.size(dim) for dim in family.member_shape)
    if not family.member_facts & ~family.facts:
        return Drawing(xp, rng, style, family.facts).array(rows, columns)
    members = []
    for _ in range(rows * columns // (height * width)):
        member = Drawing(xp, rng, style, family.member_facts).array(height, width)
        if member is None:
            return None
        members.append(xp.transpose(member) if family.members_are_rows else member)
    return xp.grid([[member] for member in members])
