"""Random arrays with given facts.

Entries are generic reals, on no lattice of round numbers: sin(100 π t) is 0 at every short decimal. Where
a person is to follow the numbers, they are short decimals.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from matgrad.core.errors import DomainError
from matgrad.core.facts import (
    ALONG_DIAGONALS,
    BANDS,
    ON_SIMPLEX,
    TRIANGULAR,
    Fact,
    closure,
    has_diagonals,
    is_outside,
)
from matgrad.core.lazy import DeferredModule
from matgrad.core.records import dataclass
from matgrad.numeric.precise import PreciseArrays
from matgrad.numeric.precise_linalg import Number, Rows

if TYPE_CHECKING:
    import mpmath.libmp as libmp
else:
    libmp = DeferredModule("mpmath.libmp")

_TRIES = 40
_LARGEST_CONDITION = 1000


@dataclass(frozen=True)
class Style:
    """How an array is drawn, as far as the declared facts leave it open.

    Parameters
    ----------
    low, high : int
        The range of the magnitudes of entries, in hundredths.
    signed : bool
        Whether entries may be negative.
    square : {"general", "dominant", "definite"}
        What a square matrix of which nothing is declared looks like: anything, the identity plus
        a small part, or symmetric positive definite.
    full_rank : bool
        Whether a positive semidefinite matrix has full rank.
    magnitude : int
        The power of 10 by which arrays are multiplied whose facts allow it.
    whole : int
        The largest magnitude of whole numbers.
    short : bool
        Whether entries are short decimals, for a person to read; else they are generic.
    """

    low: int = 30
    high: int = 199
    signed: bool = True
    square: str = "general"
    full_rank: bool = True
    magnitude: int = 0
    whole: int = 3
    short: bool = True


_BITS = 64
"""Random bits of a generic entry: exact in every precision in use, and on no lattice that matters."""

UNSCALED = Fact.ORTHONORMAL_COLUMNS | ON_SIMPLEX | Fact.INTEGER | Fact.IDEMPOTENT
"""Facts that a multiple of a matrix does not have."""


class Drawing:
    """Draws an array that has the given facts.

    Parameters
    ----------
    xp : PreciseArrays
        The arithmetic.
    rng : random.Random
        The source of the entries.
    style : Style
        How to draw what the facts leave open.
    facts : Fact
        What the array must have, closed under implication.
    """

    def __init__(self, xp: PreciseArrays, rng: random.Random, style: Style, facts: Fact) -> None:
        self.xp = xp
        self.rng = rng
        self.style = style
        self.facts = facts

    def array(self, rows: int, columns: int) -> Rows | None:
        """An array of that shape; ``None`` where the facts contradict each other."""
        draw = self._way(rows, columns)
        for _ in range(_TRIES):
            array = draw(rows, columns)
            if array is None:
                return None
            if self.facts & Fact.POSITIVE and any(x <= 0 for row in array for x in row):
                continue
            if not self.facts & Fact.INVERTIBLE or self._well_conditioned(array):
                return self._scaled(array)
        return None

    def _scaled(self, array: Rows) -> Rows:
        magnitude = self.style.magnitude
        if not magnitude or self.facts & UNSCALED:
            return array
        return self.xp.scale(Fraction(10) ** magnitude, array)

    def _way(self, rows: int, columns: int) -> Callable[[int, int], Rows | None]:
        facts = self.facts
        if has_diagonals(facts) and facts & (Fact.ORTHONORMAL_COLUMNS | Fact.IDEMPOTENT | ON_SIMPLEX):
            if facts & ALONG_DIAGONALS:
                return self._curved_along_diagonals
            return self._in_blocks
        if facts & Fact.ORTHONORMAL_COLUMNS:
            return self._orthonormal
        if facts & Fact.IDEMPOTENT:
            return self._idempotent
        if facts & Fact.SIMPLEX_ROWS:
            return self._doubly_stochastic if facts & Fact.SIMPLEX else self._simplex_rows
        if facts & Fact.SIMPLEX:
            return self._simplex
        if facts & Fact.POSITIVE_SEMIDEFINITE and not facts & (TRIANGULAR | Fact.SKEW):
            return self._dominated if has_diagonals(facts) else self._semidefinite
        if rows == columns > 1 and not facts & ~(Fact.INVERTIBLE | Fact.CONSTANT):
            if self.style.square == "definite":
                return self._semidefinite
            if self.style.square == "dominant":
                return self._dominant
        return self._patterned

    def _well_conditioned(self, array: Rows) -> bool:
        try:
            inverse = self.xp.inv(array)
        except DomainError:
            return False
        return bool(self.xp.largest(array) * self.xp.largest(inverse) < _LARGEST_CONDITION)

    def _numbers(self, count: int) -> list[Number]:
        """Distinct short decimals of the style, or small whole numbers."""
        entry, rng, style = self.xp.entry, self.rng, self.style
        signed = style.signed and not self.facts & (Fact.NONNEGATIVE | Fact.POSITIVE_SEMIDEFINITE)
        if self.facts & Fact.INTEGER:
            whole = [rng.randint(1, style.whole) for _ in range(count)]
            signed = signed and count > 1
            return [entry(k * rng.choice((-1, 1)) if signed else k) for k in whole]
        if not style.short:
            return [self._generic(style.low, style.high, signed) for _ in range(count)]
        choices = range(style.low, style.high + 1)
        hundredths = rng.sample(choices, count) if count <= len(choices) else rng.choices(choices, k=count)
        make, precision = self.xp.ctx.make_mpf, self.xp.ctx.prec
        signs = [k * rng.choice((-1, 1)) for k in hundredths] if signed else hundredths
        return [make(libmp.from_rational(k, 100, precision, "n")) for k in signs]

    def _generic(self, low: int, high: int, signed: bool) -> Number:
        """A real between two numbers of hundredths, of either sign."""
        rng = self.rng
        mantissa = ((low << _BITS) + (high - low) * rng.getrandbits(_BITS)) // 100
        if signed and rng.random() < 0.5:
            mantissa = -mantissa
        ctx = self.xp.ctx
        return ctx.make_mpf(libmp.from_man_exp(mantissa, -_BITS, ctx.prec, "n"))

    def _general(self, rows: int, columns: int) -> Rows:
        numbers = self._numbers(rows * columns)
        return [numbers[i * columns : (i + 1) * columns] for i in range(rows)]

    def _patterned(self, rows: int, columns: int) -> Rows:
        """Entries anywhere but where symmetry or a triangle fixes them."""
        facts, zero = self.facts, self.xp.ctx.zero
        if facts & ALONG_DIAGONALS:
            return self._along_diagonals(rows, columns)
        vanishing = facts & Fact.SKEW and facts & (Fact.SYMMETRIC | TRIANGULAR | Fact.NONNEGATIVE)
        array = self._general(rows, columns)
        if not facts & (Fact.SYMMETRIC | Fact.SKEW | TRIANGULAR | BANDS):
            return array
        for i in range(rows):
            for j in range(columns):
                if vanishing or is_outside(facts, i, j):
                    array[i][j] = zero
                elif facts & Fact.SYMMETRIC and j < i:
                    array[i][j] = array[j][i]
                elif facts & Fact.SKEW and j < i:
                    array[i][j] = -array[j][i]
        return array

    def _along_diagonals(self, rows: int, columns: int) -> Rows:
        """One number on each diagonal, and of a circulant matrix one on two that are joined end to end."""
        facts = self.facts
        mirrored = facts & (Fact.SYMMETRIC | Fact.SKEW)

        def place(i: int, j: int) -> tuple[int, int]:
            """Which number an entry is, and with which sign."""
            d, other = j - i, i - j
            if facts & Fact.CIRCULANT:
                d, other = d % columns, other % columns
            flips = mirrored and other < d
            return (other if flips else d), (-1 if flips and facts & Fact.SKEW else 1)

        entries = [(i, j) for i in range(rows) for j in range(columns)]
        empty = {place(i, j)[0] for i, j in entries if is_outside(facts, i, j)}
        if facts & Fact.SKEW and facts & (Fact.SYMMETRIC | TRIANGULAR | Fact.NONNEGATIVE):
            empty = {place(i, j)[0] for i, j in entries}
        if facts & Fact.SKEW and facts & Fact.CIRCULANT and columns % 2 == 0:
            empty.add(columns // 2)  # which is its own opposite
        drawn = dict(zip(range(-rows, columns), self._numbers(rows + columns), strict=True))
        array = self.xp.zeros(rows, columns)
        for i, j in entries:
            which, sign = place(i, j)
            if which not in empty:
                array[i][j] = sign * drawn[which]
        return array

    def _dominated(self, rows: int, columns: int) -> Rows:
        """Symmetric with a pattern, and with a diagonal that makes it semidefinite, or definite."""
        xp, facts = self.xp, self.facts
        plain = Drawing(xp, self.rng, self.style, facts & ~(Fact.POSITIVE_SEMIDEFINITE | Fact.INVERTIBLE))
        array = plain._patterned(rows, columns)
        definite = self.style.full_rank or facts & Fact.INVERTIBLE or rows == 1
        sign = 1 if facts & (Fact.NONNEGATIVE | Fact.INTEGER) or definite else -1
        sums = [sum(abs(x) for j, x in enumerate(row) if j != i) for i, row in enumerate(array)]
        over = [abs(row[i]) if definite else 0 for i, row in enumerate(array)]
        if facts & Fact.TOEPLITZ:
            sums = [max(sums)] * rows
        for i, row in enumerate(array):
            array[i] = [x if definite else sign * abs(x) for x in row]
            array[i][i] = sums[i] + over[i]
        return array

    def _in_blocks(self, rows: int, columns: int) -> Rows | None:
        """Blocks of order 2 on the diagonal, or of 1, each with all facts but the band."""
        facts, xp = self.facts & ~BANDS, self.xp
        array = xp.zeros(rows, columns)
        for start in range(0, rows, 2):
            size = min(2, rows - start)
            block = Drawing(xp, self.rng, self.style, facts).array(size, size)
            if block is None:
                return None
            for i, row in enumerate(block):
                array[start + i][start : start + size] = row
        return array

    def _curved_along_diagonals(self, m: int, n: int) -> Rows | None:
        """Of a cyclic shift where it is whole, else of the Cayley transform of a skew circulant; a mean."""
        facts, xp = self.facts, self.xp
        if m < n or facts & (Fact.SKEW | BANDS | ON_SIMPLEX):
            return None
        if facts & Fact.IDEMPOTENT:
            mean = xp.scale(Fraction(1, n), xp.ones(n, n))
            centred = facts & Fact.NONNEGATIVE or self.rng.random() < 0.5
            return None if facts & Fact.INTEGER else mean if centred else xp.subtract(xp.eye(n), mean)
        if facts & Fact.SYMMETRIC:
            return xp.scale(self.rng.choice((-1, 1)), xp.eye(n))
        if facts & (Fact.INTEGER | Fact.NONNEGATIVE):
            turn = self.rng.randrange(m)
            return xp.constant([[int((i - j) % m == turn) for j in range(n)] for i in range(m)])
        skew = closure(Fact.SKEW | Fact.CIRCULANT)
        turned = cayley(xp, Drawing(xp, self.rng, Style(short=self.style.short), skew)._patterned(m, m))
        return [row[:n] for row in turned]

    def _dominant(self, rows: int, columns: int) -> Rows:
        """The identity, somewhat scaled, plus a small part that is not symmetric."""
        entry, rng = self.xp.entry, self.rng
        array = self.xp.scale(Fraction(1, 4 * rows), self._general(rows, columns))
        for i in range(rows):
            short = self.style.short
            array[i][i] = (
                entry(Fraction(rng.randint(90, 150), 100)) if short else self._generic(90, 150, False)
            )
        return array

    def _semidefinite(self, rows: int, columns: int) -> Rows:
        """M Mᵀ + I, or M Mᵀ of lower rank."""
        xp, rng, facts = self.xp, self.rng, self.facts
        definite = self.style.full_rank or bool(facts & Fact.INVERTIBLE) or rows == 1
        signs = (1,) if facts & Fact.NONNEGATIVE else (-1, 1)
        unit = 1 if facts & Fact.INTEGER else 10
        largest = 2 if facts & Fact.INTEGER else 9
        rank = rows if definite else rows - 1
        if self.style.short or facts & Fact.INTEGER:
            whole = [[rng.choice(signs) * rng.randint(1, largest) for _ in range(rank)] for _ in range(rows)]
            factor = xp.scale(Fraction(1, unit), xp.constant(whole))
        else:
            factor = [[self._generic(10, 90, len(signs) > 1) for _ in range(rank)] for _ in range(rows)]
        array = xp.matmul(factor, xp.transpose(factor))
        if definite:
            array = xp.add(array, xp.eye(rows))
        # Styles with all entries below 1 stand for small matrices.
        small = self.style.high < 100 and not facts & Fact.INTEGER
        return xp.scale(Fraction(1, 10), array) if small else array

    def _orthonormal(self, rows: int, columns: int) -> Rows | None:
        """Orthonormal columns: of a permutation, a reflection, or a Cayley transform."""
        xp, rng, facts = self.xp, self.rng, self.facts
        if columns > rows or (facts & Fact.SIMPLEX_ROWS and columns < rows):
            return None
        if facts & Fact.POSITIVE_SEMIDEFINITE:
            return None if facts & Fact.SKEW else xp.eye(rows)
        whole = facts & (Fact.INTEGER | Fact.NONNEGATIVE)
        if columns == 1 < rows and whole and not facts & Fact.INTEGER:
            return self._unit(rows)
        if facts & TRIANGULAR or (whole and facts & Fact.SYMMETRIC):
            if facts & Fact.SKEW:
                return None
            signs = [1 if facts & Fact.NONNEGATIVE else rng.choice((-1, 1)) for _ in range(rows)]
            return xp.diag(xp.constant([[sign] for sign in signs]))
        if facts & Fact.SKEW:
            return self._complex_structure(rows)
        if whole:
            order = rng.sample(range(rows), rows)
            return xp.constant([[int(order[j] == i) for j in range(columns)] for i in range(rows)])
        if facts & Fact.SYMMETRIC:
            v = self._general(rows, 1)
            flipped = xp.transpose(v)
            share = xp.scale(2, xp.power(xp.matmul(flipped, v), xp.number(-1)))
            return xp.subtract(xp.eye(rows), xp.scalar_times(share, xp.matmul(v, flipped)))
        rotation = self._rotation(rows)
        if rng.random() < 0.5:
            rotation = [[-row[0], *row[1:]] for row in rotation]
        return [row[:columns] for row in rotation]

    def _unit(self, rows: int) -> Rows:
        """A column of length 1 with entries of the style."""
        v = self._general(rows, 1)
        squares = self.xp.matmul(self.xp.transpose(v), v)
        return self.xp.scalar_times(self.xp.power(squares, self.xp.number(Fraction(-1, 2))), v)

    def _rotation(self, n: int) -> Rows:
        plain = Style(short=self.style.short)
        return cayley(self.xp, Drawing(self.xp, self.rng, plain, Fact.SKEW)._patterned(n, n))

    def _complex_structure(self, n: int) -> Rows | None:
        """A skew orthogonal matrix: a quarter turn in planes, or a signed permutation of them."""
        if n % 2 or self.facts & (Fact.NONNEGATIVE | Fact.SYMMETRIC):
            return None
        turn = self.xp.constant(
            [[(j == i + 1 and i % 2 == 0) - (j == i - 1 and i % 2 == 1) for j in range(n)] for i in range(n)]
        )
        if self.facts & Fact.INTEGER:
            return turn
        rotation = self._rotation(n)
        return self.xp.matmul(rotation, self.xp.matmul(turn, self.xp.transpose(rotation)))

    def _idempotent(self, n: int, _: int) -> Rows | None:
        """A projector of a rank between 0 and n: T D T⁻¹ with ones and zeros on the diagonal of D."""
        xp, rng, facts = self.xp, self.rng, self.facts
        if facts & Fact.SIMPLEX_ROWS:
            if facts & Fact.SIMPLEX and not facts & Fact.SYMMETRIC:
                return None
            if not facts & Fact.SIMPLEX:
                swapped = facts & ~(Fact.SIMPLEX_ROWS | Fact.ONE_HOT_ROWS) | Fact.SIMPLEX
                turned = Drawing(xp, rng, self.style, swapped)._idempotent(n, n)
                return None if turned is None else xp.transpose(turned)
        if facts & Fact.SKEW:
            return xp.zeros(n, n)
        if n == 1:
            return xp.constant([[1 if facts & (Fact.POSITIVE | Fact.SIMPLEX) else rng.randint(0, 1)]])
        kept = rng.sample(range(n), rng.randint(1, n - 1))
        ones = xp.diag(xp.constant([[int(i in kept)] for i in range(n)]))
        if facts & Fact.DIAGONAL:
            return None if facts & Fact.SIMPLEX else ones
        if facts & (Fact.NONNEGATIVE | Fact.SIMPLEX):
            whole = facts & (Fact.INTEGER | TRIANGULAR)
            return self._nonnegative_projector(n, kept) if whole else self._averages(n, len(kept))
        if facts & Fact.SYMMETRIC:
            turn = self._rotation(n)
            return xp.matmul(turn, xp.matmul(ones, xp.transpose(turn)))
        sides = facts & TRIANGULAR or TRIANGULAR
        turn = xp.eye(n)
        for side in (Fact.LOWER_TRIANGULAR, Fact.UPPER_TRIANGULAR):
            if sides & side:
                turn = xp.matmul(turn, self._unit_triangular(n, side))
        return xp.matmul(turn, xp.matmul(ones, xp.inv(turn)))

    def _unit_triangular(self, n: int, side: Fact) -> Rows:
        """A triangular matrix with ones on its diagonal; its inverse is whole where it is."""
        small = Style(low=10, high=90, whole=1, short=self.style.short)
        drawn = Drawing(self.xp, self.rng, small, side | self.facts & Fact.INTEGER)._patterned(n, n)
        return [[self.xp.ctx.one if i == j else drawn[i][j] for j in range(n)] for i in range(n)]

    def _averages(self, n: int, rank: int) -> Rows:
        """A projector without a negative entry: u vᵀ with vᵀu = 1 in each of some blocks, or in one."""
        facts, xp = self.facts, self.xp
        order = self.rng.sample(range(n), n)
        cuts = [0, *sorted(self.rng.sample(range(1, n), rank - 1 if not facts & Fact.POSITIVE else 0)), n]
        array = xp.zeros(n, n)
        for low, high in pairwise(cuts):
            u = self._general(high - low, 1)
            v = xp.ones(high - low, 1) if facts & Fact.SIMPLEX else self._general(high - low, 1)
            if facts & Fact.SYMMETRIC:
                u = v
            product = xp.matmul(xp.transpose(v), u)
            block = xp.scalar_times(xp.power(product, xp.number(-1)), xp.matmul(u, xp.transpose(v)))
            for i, place in enumerate(order[low:high]):
                for j, other in enumerate(order[low:high]):
                    array[place][other] = block[i][j]
        return array

    def _nonnegative_projector(self, n: int, kept: list[int]) -> Rows | None:
        """I in some rows and columns, anything in the other columns of these rows, and zeros below."""
        facts, xp = self.facts, self.xp
        if facts & Fact.POSITIVE or (facts & Fact.SIMPLEX and facts & TRIANGULAR):
            return None
        below = bool(facts & Fact.LOWER_TRIANGULAR)
        array = xp.zeros(n, n)
        drawn = self._general(n, n)
        for j in range(n):
            if j in kept:
                array[j][j] = xp.ctx.one
            elif facts & Fact.SIMPLEX:
                array[self.rng.choice(kept)][j] = xp.ctx.one
            else:
                for i in kept:
                    if not facts & TRIANGULAR or (i > j) == below:
                        array[i][j] = drawn[i][j]
        return array

    def _simplex_rows(self, rows: int, columns: int) -> Rows | None:
        """Rows of positive numbers that sum to one."""
        swapped = self.facts & ~(Fact.SIMPLEX_ROWS | Fact.ONE_HOT_ROWS) | Fact.SIMPLEX
        turned = Drawing(self.xp, self.rng, self.style, swapped)._simplex(columns, rows)
        return None if turned is None else self.xp.transpose(turned)

    def _doubly_stochastic(self, rows: int, columns: int) -> Rows | None:
        """A mean of permutations, with weights that sum to one; a permutation where it is whole."""
        xp, rng = self.xp, self.rng
        special = Fact.SYMMETRIC | Fact.SKEW | TRIANGULAR
        if rows != columns or (self.facts & special and rows > 1):
            return None
        count = 1 if self.facts & Fact.INTEGER else rows * rows
        weights = Drawing(xp, rng, self.style, closure(Fact.SIMPLEX))._simplex(count, 1)
        assert weights is not None
        total = xp.zeros(rows, rows)
        for (weight,) in weights:
            order = rng.sample(range(rows), rows)
            table = xp.constant([[int(order[j] == i) for j in range(rows)] for i in range(rows)])
            total = xp.add(total, xp.scalar_times([[weight]], table))
        return total

    def _simplex(self, rows: int, columns: int) -> Rows | None:
        """Columns of positive numbers that sum to one."""
        if self.facts & (Fact.SYMMETRIC | Fact.SKEW | TRIANGULAR) and rows > 1:
            return None
        drawn: list[list[Fraction | int]] = []
        total = 100 * (1 + rows // 20)
        for _ in range(columns):
            if self.facts & Fact.INTEGER:
                place = self.rng.randrange(rows)
                drawn.append([int(i == place) for i in range(rows)])
                continue
            if self.style.short:
                parts, inner = total, self.rng.sample(range(1, total), rows - 1)
            else:
                parts = 1 << _BITS
                inner = [self.rng.randrange(1, parts) for _ in range(rows - 1)]
            cuts = [0, *sorted(inner), parts]
            drawn.append([Fraction(high - low, parts) for low, high in pairwise(cuts)])
        return self.xp.transpose(self.xp.constant(drawn))


def cayley(xp: PreciseArrays, turn: Rows) -> Rows:
    """The Cayley transform (I - K/2)⁻¹(I + K/2): I + K to first order, a rotation for a skew K."""
    half = xp.scale(Fraction(1, 2), turn)
    identity = xp.eye(len(turn))
    return xp.solve(xp.subtract(identity, half), xp.add(identity, half))
