"""Parts of a matrix with a pattern along its diagonals: a band, Toeplitz, circulant.

Each is the orthogonal projection on the matrices of its pattern, in the Frobenius inner product: a band keeps
entries, and the nearest Toeplitz matrix has the mean of each diagonal on it (Chu & Plemmons, 2003,
Linear Algebra Appl. 366; the nearest circulant one: T. Chan, 1988, SIAM J. Sci. Stat. Comput. 9).
"""

from __future__ import annotations

from matgrad.core.arrays import Array, Arrays
from matgrad.core.dims import Dim, Shape
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import PATTERN, Fact, widths, within
from matgrad.core.notation import Notation
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import Sum, add, content, multiply, scale, split_scalars
from matgrad.ops.diagonals import diag
from matgrad.ops.hadamard import hadamard
from matgrad.ops.leaves import eye, is_zero, ones
from matgrad.ops.linear_operation import LinearOperation
from matgrad.ops.registry import function
from matgrad.ops.requirements import require_square
from matgrad.ops.reshaping import vec

_MIRRORED = Fact.SYMMETRIC | Fact.SKEW


class BandPart(LinearOperation):
    """The entries of a band, with zeros elsewhere. ``data`` is how far it reaches below and above."""

    __slots__ = ()
    name = "band"
    self_adjoint = True
    reason = Phrase("a band is linear")

    @classmethod
    def matrix_for(cls, data: Data, rows: Dim, columns: Dim) -> Expr:
        return diag(vec(cls.rebuild((ones(rows, columns),), data)))

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return band(args[0], *data)

    def infer_facts(self) -> Fact:
        x, (lower, upper) = self.args[0], self.data
        facts = x.facts & (Fact.NONNEGATIVE | Fact.CONSTANT | Fact.INTEGER | PATTERN | Fact.TOEPLITZ)
        if not self.is_square:
            return facts
        return facts | within(lower, upper) | (x.facts & _MIRRORED if lower == upper else Fact.NONE)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        x, (lower, upper) = values[0], self.data
        m, n = xp.shape(x)
        # Zeros above and before the matrix move its diagonals to where triangles end.
        if upper:
            x = xp.part(xp.tril(xp.grid([[xp.zeros(upper, n)], [x]])), slice(upper, upper + m), slice(0, n))
        else:
            x = xp.tril(x)
        if not lower:
            return xp.tril(x, upper=True)
        wide = xp.tril(xp.grid([[xp.zeros(m, lower), x]]), upper=True)
        return xp.part(wide, slice(0, m), slice(lower, lower + n))

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        lower, upper = self.data
        return band(transposed[0], upper, lower)

    def explanation(self) -> Phrase | None:
        return Phrase("band(M, p, q) keeps the p diagonals below the main one, itself, and the q above it")

    def notation(self) -> Notation:
        lower, upper = self.data
        text = f"band({{0}}, {lower}, {upper})"
        latex = rf"\operatorname{{{{band}}}}\left({{0}}, {lower}, {upper}\right)"
        return Notation(text, text, latex, text)


@function("band", example="tr(A*band(X, 1, 2))", given="A: n×m, X: m×n")
def band(x: Expr, lower: int, upper: int) -> Expr:
    """The diagonals from the lower-th below the main one to the upper-th above it, zeros elsewhere.

    Raises
    ------
    ArgumentError
        When a number of diagonals is negative.
    """
    if lower < 0 or upper < 0:
        raise ArgumentError(
            phrase("a band has a number of diagonals on each side, not {width}", width=min(lower, upper)),
            fix=f"band({x}, {max(lower, 0)}, {max(upper, 0)})",
        )
    if x.is_scalar or is_zero(x):
        return x
    if x.is_square:
        if _is_within(x, lower, upper):
            return x
        if lower == upper == 0:
            return hadamard(eye(x.rows), x)
    if isinstance(x, BandPart):
        return band(x.args[0], min(lower, x.data[0]), min(upper, x.data[1]))
    split = split_scalars(x)
    if split is not None:
        return multiply(split[0], band(split[1], lower, upper))
    if isinstance(x, Sum):
        own = [term for term in x.args if x.is_square and _is_within(term, lower, upper)]
        if own:
            return add(*own, band(add(*(term for term in x.args if term not in own)), lower, upper))
        common, rest = content(x)
        if common != 1:
            return scale(common, band(rest, lower, upper))
    return BandPart.intern((x,), (lower, upper))


def _is_within(x: Expr, lower: int, upper: int) -> bool:
    below, above = widths(x.facts)
    return below is not None and above is not None and below <= lower and above <= upper


class _Means(LinearOperation):
    """The mean of the entries of each diagonal, or of two that are joined, in all their places."""

    __slots__ = ()
    wanted = Fact.TOEPLITZ
    kept = _MIRRORED | Fact.POSITIVE | Fact.NONNEGATIVE | Fact.CONSTANT

    @classmethod
    def of(cls, x: Expr) -> Expr:
        cls.shape_rule((x,), ())
        if x.is_scalar or x.facts & cls.wanted:
            return x
        own = [term for term in x.args if term.facts & cls.wanted] if isinstance(x, Sum) else []
        if own:
            return add(*own, cls.of(add(*(term for term in x.args if term not in own))))
        return super().of(x)

    def infer_facts(self) -> Fact:
        return self.wanted | self.args[0].facts & self.kept

    def transpose_operands(self) -> tuple[Expr, ...]:
        return self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self.of(transposed[0])


class ToeplitzPart(_Means):
    """The nearest Toeplitz matrix: the mean of each diagonal in all of its places."""

    __slots__ = ()
    name = "toeplitz_part"
    self_adjoint = True
    reason = Phrase("a mean of each diagonal is linear")
    legend = Phrase("toeplitz_part(M) has the mean of each diagonal of M in all places of that diagonal")
    kept = _Means.kept | PATTERN

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        m, n = xp.shape(values[0])
        past = m + n
        sums = xp.part(_sums_of_diagonals(xp, values[0]), slice(1, past), slice(0, 1))
        counts = xp.part(_sums_of_diagonals(xp, xp.ones(m, n)), slice(1, past), slice(0, 1))
        means = xp.hadamard(sums, xp.power(counts, xp.number(-1)))
        return _along_diagonals(xp, xp.grid([[xp.zeros(1, 1)], [means], [xp.zeros(1, 1)]]), m, n)


class CirculantPart(_Means):
    """The nearest circulant matrix: the mean of each cyclic diagonal in all of its places."""

    __slots__ = ()
    name = "circulant_part"
    self_adjoint = True
    reason = Phrase("a mean of each diagonal is linear")
    legend = Phrase(
        "circulant_part(M) has the mean of each cyclic diagonal of M in all places of it; "
        "it goes on at the other side"
    )
    example_shape = "n×n"
    wanted = Fact.CIRCULANT
    kept = _Means.kept | Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        require_square(args[0], phrase("a circulant part"), "toeplitz_part({})")
        return args[0].shape

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        n, _ = xp.shape(values[0])
        cyclic = _cyclic_sums(xp, values[0])
        means = xp.hadamard(cyclic, xp.power(_cyclic_sums(xp, xp.ones(n, n)), xp.number(-1)))
        return _along_diagonals(xp, xp.grid([[means], [means], [xp.zeros(1, 1)]]), n, n)


def _sums_of_diagonals(xp: Arrays, x: Array) -> Array:
    """The sums of the diagonals of an m×n array as a column: that of i − j in row n + i − j, counted from 0.

    Below n×n zeros, the columns of X lie one behind the other in memory. Read as columns that are one entry
    longer, each is moved by one place against the one before: diagonals become rows.
    """
    m, n = xp.shape(x)
    stacked = xp.reshape(xp.grid([[xp.zeros(n, n)], [x]]), (m + n) * n, 1)
    moved = xp.reshape(xp.grid([[stacked], [xp.zeros(n, 1)]]), m + n + 1, n)
    return xp.matmul(moved, xp.ones(n, 1))


def _cyclic_sums(xp: Arrays, x: Array) -> Array:
    """The sums of the cyclic diagonals of an n×n array: of i − j modulo n in row i − j."""
    n, _ = xp.shape(x)
    sums = _sums_of_diagonals(xp, x)
    return xp.add(xp.part(sums, slice(n, 2 * n), slice(0, 1)), xp.part(sums, slice(0, n), slice(0, 1)))


def _along_diagonals(xp: Arrays, numbers: Array, m: int, n: int) -> Array:
    """The m×n array with a number on each diagonal: what is undone by the sums, each over its count."""
    moved = xp.reshape(xp.matmul(numbers, xp.ones(1, n)), (m + n + 1) * n, 1)
    stacked = xp.reshape(xp.part(moved, slice(0, (m + n) * n), slice(0, 1)), m + n, n)
    return xp.part(stacked, slice(n, n + m), slice(0, n))
