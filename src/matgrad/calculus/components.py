"""Derivatives in index notation: ∂F_ij/∂X_kl as sums of products of entries.

The differential is written out entry by entry, with a new summation index for every matrix
product, until dX_kl stands alone; contracting the deltas leaves the component.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import field, replace
from fractions import Fraction
from functools import singledispatch
from itertools import chain, count

from matgrad.calculus.dependence import dependent_nodes
from matgrad.calculus.terms import (
    Index,
    Place,
    Range,
    Term,
    collected,
    contracted,
    place_of,
    summed,
    times,
    with_delta,
)
from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.ops.arithmetic import Product, Sum, multiply
from matgrad.ops.diagonals import Diag, DiagonalPart
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.indices.binding import with_indices
from matgrad.ops.indices.conditions import at_least
from matgrad.ops.indices.guard import Guard
from matgrad.ops.indices.letters import LETTERS, letters_for, reads_whole_range
from matgrad.ops.indices.members import Member
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.leaves import Eye, Number, Ones, Unit
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose
from matgrad.ops.triangles import LowerTriangle

ROW, COLUMN = "i", "j"
X_ROW, X_COLUMN = "k", "l"
SUMMATION = "pqrsuvwabcdefgh"
LONGEST_POWER = 4
"""Powers of matrices up to this one are written out as products."""


@dataclass(frozen=True, slots=True, repr=False)
class Components:
    """∂F_ij/∂X_kl in index notation.

    Attributes
    ----------
    terms : tuple of Term
        The sum. Where it is empty, the derivative is zero.
    function, variable : Expr
        F and X; an axis of length 1 has no index.
    row, column, x_row, x_column : Index
        Of F and of X, of a family those of a member.
    places : tuple of Index
        The places of a member, where X is a family.
    """

    terms: tuple[Term, ...]
    function: Expr
    variable: Symbol
    row: Index
    column: Index
    x_row: Index
    x_column: Index
    places: tuple[Index, ...] = ()

    def __repr__(self) -> str:
        terms = f"{len(self.terms)} term{'' if len(self.terms) == 1 else 's'}"
        return f"<Components of {self.function} with respect to {self.variable}: {terms}>"


class Indices:
    """New summation indices on demand.

    Parameters
    ----------
    taken : set of str
        Letters that mean something else.
    letters : str
        The letters to take for axes of matrices, in this order.
    """

    def __init__(self, taken: set[str], letters: str = SUMMATION) -> None:
        self._taken = set(taken)
        self._letters = letters

    def new(self, dim: Dim) -> Index:
        """An index for an axis; the empty one for an axis of length 1."""
        return "" if dim is ONE else self.letter(self._letters)

    def letter(self, wanted: Iterable[str]) -> Index:
        """The first of some letters that is free."""
        spare = (f"{c}{n}" for n in count(1) for c in "pqrs")
        found = next(c for c in chain(wanted, spare) if c not in self._taken)
        self._taken.add(found)
        return found


def components(differential: Expr, function: Expr, variable: Symbol, change: Symbol) -> Components:
    """Read the components off a differential that is linear in dX.

    Parameters
    ----------
    differential : Expr
        dF.
    function : Expr
        F.
    variable, change : Symbol
        X and dX.

    Raises
    ------
    NotDifferentiableError
        When dX stands inside an operation that has no notation by entries.
    """
    row, column = axes(function, ROW + COLUMN)
    x_row, x_column = axes(variable, X_ROW + X_COLUMN)
    taken = {n.label for n in postorder(differential) if isinstance(n, Symbol)} | {
        ROW,
        COLUMN,
        X_ROW,
        X_COLUMN,
    }
    dependent = set(dependent_nodes(differential, change))
    writer = EntryWriter({change: (x_row, x_column)}, dependent, Indices(taken))
    terms = [contracted(term) for term in writer.entry(differential, row, column)]
    return Components(tuple(collected(terms)), function, variable, row, column, x_row, x_column)


def axes(expr: Expr, letters: Iterable[str]) -> tuple[Index, Index]:
    """The indices of the row and the column of a matrix; an axis of length 1 has none."""
    free = iter(letters)
    row = "" if expr.rows is ONE else next(free)
    return row, "" if expr.columns is ONE else next(free)


@dataclass(slots=True)
class EntryWriter:
    """Writes the entries of an expression as sums of products of entries of its parts.

    Attributes
    ----------
    deltas : mapping of Symbol to indices
        Changes dX of which one entry is 1 and the others are 0: dX_ij is δ_ik δ_jl. Of a family whose members
        are blocks of its stack the places of the member come first.
    dependent : set of Expr
        The nodes that are written out; of the others only sums, products and transposes are.
    indices : Indices
        Where new summation indices come from.
    opaque : frozenset of Expr
        Nodes that are left whole though they are dependent: (X⁻¹)_ij.
    fixed : bool
        Whether numbers may stand for indices, as in X_12 for e₁ᵀXe₂.
    letters : set of str
        The letters of the sums over data that are written out, and of members.
    in_words : bool
        Whether scalars are left whole that do not depend on dX, and so are sums of vectors whose entries
        need no sum: (y_i − wᵀx_i) x_ik.
    """

    deltas: Mapping[Symbol, tuple[Index, ...]]
    dependent: Container[Expr]
    indices: Indices
    opaque: Container[Expr] = frozenset()
    fixed: bool = False
    letters: set[str] = field(default_factory=set)
    in_words: bool = False

    def entry(self, expr: Expr, row: Index, column: Index) -> list[Term]:
        """The entry of an expression at a pair of indices, as a sum of terms."""
        whole = [Term(Fraction(1), ((expr, row, column),))]
        if expr in self.opaque:
            return whole
        if isinstance(expr, Symbol) and expr in self.deltas:
            return [_delta_of((row, column), self.deltas[expr])]
        if isinstance(expr, Member) and expr.args[0] in self.deltas:
            places = tuple(Place.of(place) for place in expr.data[0])
            return [_delta_of((*places, row, column), self.deltas[expr.args[0]])]  # type: ignore[index]
        if isinstance(expr, Unit) and self._is_index(expr.data[0]):
            return [Term(Fraction(1), deltas=((row, Place.of(expr.data[0])),))]
        is_whole = self.in_words and expr.is_scalar and not isinstance(expr, (Product, Guard))
        if is_whole and expr not in self.dependent:
            return whole
        found = by_parts(expr, self, row, column)
        if found is not None:
            return found
        is_written = self.in_words and isinstance(expr, (Hadamard, Diag, DiagonalPart))
        return by_rule(expr, self, row, column) if is_written or expr in self.dependent else whole

    def _is_index(self, place: Dim) -> bool:
        """Whether the place of a unit vector stands for an index: a letter, or a number where they may."""
        return self.fixed if place.is_integer else place.symbols <= self.letters


def _delta_of(at: tuple[Index, ...], where: tuple[Index, ...]) -> Term:
    return Term(Fraction(1), deltas=tuple((a, b) for a, b in zip(at, where, strict=True) if a or b))


@singledispatch
def by_parts(expr: Expr, writer: EntryWriter, row: Index, column: Index) -> list[Term] | None:
    """The entry of what is written out wherever it stands; ``None`` for an operation that is not."""
    return None


@singledispatch
def by_rule(expr: Expr, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    """The entry of an operation that dX stands in, in entries of its operands.

    Raises
    ------
    NotDifferentiableError
        For an operation that is not registered here: it has no notation by entries.
    """
    kind = expr.shown_in_words or expr.name.replace("_", " ")
    raise NotDifferentiableError(
        phrase("the differential passes through {kind}, which has no notation by entries", kind=kind),
        fix=phrase("ask for the form jacobian or differential"),
    )


@by_parts.register
def _(expr: Sum, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    terms = [term for arg in expr.args for term in writer.entry(arg, row, column)]
    if writer.in_words and expr not in writer.dependent:
        short = [contracted(term) for term in terms]
        if not any(term.sums or term.deltas or term.over or term.conditions for term in short):
            return [Term(Fraction(1), ((expr, row, column),))]
    return terms


@by_parts.register
def _(expr: Product, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    parts = [writer.entry(scalar, "", "") for scalar in expr.scalars]
    factors = expr.chain
    if writer.in_words and factors and expr.is_scalar and expr not in writer.dependent:
        factors = (multiply(*factors),)
        return times([Term(expr.coefficient)], *parts, [Term(Fraction(1), ((factors[0], "", ""),))])
    sums: list[tuple[Index, Dim]] = []
    left = row
    for place, factor in enumerate(factors):
        last = place == len(factors) - 1
        right = column if last else writer.indices.new(factor.columns)
        if not last and right:
            sums.append((right, factor.columns))
        parts.append(writer.entry(factor, left, right))
        left = right
    terms = times([Term(expr.coefficient)], *parts)
    for index, dim in sums:
        terms = [summed(term, index, dim) for term in terms]
    return terms


@by_parts.register
def _(expr: Transpose, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    return writer.entry(expr.args[0], column, row)


@by_parts.register
def _(expr: Eye, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    return [Term(Fraction(1), deltas=((row, column),))]


@by_parts.register
def _(expr: Ones, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    return [Term(Fraction(1))]


@by_parts.register
def _(expr: IndexedSum, writer: EntryWriter, row: Index, column: Index) -> list[Term] | None:
    if expr.is_scalar and expr not in writer.dependent:
        return None
    index, first, last = expr.data
    (name,) = index.names
    letter = name
    body = expr.args[0]
    if index.indices:
        letter = writer.indices.letter(chain([letters_for(expr)[name]], LETTERS))
        body = with_indices(body, {name: Dim.symbol(letter)})
    writer.letters.add(letter)
    natural = reads_whole_range(body, Dim.symbol(letter), first, last)
    over = Range(letter, first, last, natural)
    return [replace(term, over=(over, *term.over)) for term in writer.entry(body, row, column)]


@by_parts.register
def _(expr: Guard, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    terms = writer.entry(expr.args[0], row, column)
    return [replace(term, conditions=term.conditions + expr.conditions) for term in terms]


@by_rule.register
def _(expr: Hadamard, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    return times(*(writer.entry(arg, row, column) for arg in expr.args))


@by_rule.register
def _(expr: MatrixPower, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    count = factors_of_power(expr)
    if not count:
        return by_rule.dispatch(Expr)(expr, writer, row, column)
    return writer.entry(Product.intern(expr.args[:1] * count, (Fraction(1), 0)), row, column)


def factors_of_power(expr: Expr) -> int:
    """As how many factors a power of a matrix is written out, X², X³ and X⁴; 0 for anything else."""
    exponent = expr.args[1] if isinstance(expr, MatrixPower) else None
    short = isinstance(exponent, Number) and 2 <= exponent.value <= LONGEST_POWER
    return int(exponent.value) if isinstance(exponent, Number) and short else 0


@by_rule.register
def _(expr: Trace, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    n = expr.args[0].rows
    index = writer.indices.new(n)
    return [summed(term, index, n) for term in writer.entry(expr.args[0], index, index)]


@by_rule.register
def _(expr: Diag, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    return [with_delta(term, row, column) for term in writer.entry(expr.args[0], row, "")]


@by_rule.register
def _(expr: DiagonalPart, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    return writer.entry(expr.args[0], row, row)


@by_rule.register
def _(expr: LowerTriangle, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    kept = at_least(place_of(row), place_of(column))
    terms = writer.entry(expr.args[0], row, column)
    return [replace(term, conditions=(*term.conditions, kept)) for term in terms]
