"""Derivatives in index notation: ∂F_ij/∂X_kl as sums of products of entries.

The differential is written out entry by entry, with a new summation index for every matrix
product, until dX_kl stands alone; contracting the deltas leaves the component.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch
from itertools import chain, count

from matgrad.calculus.dependence import dependent_nodes
from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.ops.arithmetic import Product, Sum
from matgrad.ops.diagonals import Diag, DiagonalPart
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.leaves import Eye, Ones, Unit, dimension
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose

Index = str
Entry = tuple[Expr, Index, Index]
"""An entry of a matrix; the empty index belongs to an axis of length 1."""

ROW, COLUMN = "i", "j"
X_ROW, X_COLUMN = "k", "l"
_SUMMATION = "pqrsuvwabcdefgh"


@dataclass(frozen=True, slots=True)
class Term:
    """A number times entries, summed over indices, times Kronecker deltas."""

    coefficient: Fraction
    entries: tuple[Entry, ...] = ()
    sums: tuple[tuple[Index, Dim], ...] = ()
    deltas: tuple[tuple[Index, Index], ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Components:
    """∂F_ij/∂X_kl in index notation.

    Attributes
    ----------
    terms : tuple of Term
        The sum. Where it is empty, the derivative is zero.
    function, variable : Expr
        F and X; an axis of length 1 has no index.
    """

    terms: tuple[Term, ...]
    function: Expr
    variable: Symbol
    row: Index
    column: Index
    x_row: Index
    x_column: Index

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
        The letters to take, in this order.
    """

    def __init__(self, taken: set[str], letters: str = _SUMMATION) -> None:
        self._free: Iterator[str] = chain(
            [c for c in letters if c not in taken], (f"{c}{n}" for n in count(1) for c in "pqrs")
        )

    def new(self, dim: Dim) -> Index:
        return "" if dim is ONE else next(self._free)


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
    row = "" if function.rows is ONE else ROW
    column = "" if function.columns is ONE else COLUMN if row else ROW
    x_row = "" if variable.rows is ONE else X_ROW
    x_column = "" if variable.columns is ONE else X_COLUMN if x_row else X_ROW
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


@dataclass(slots=True)
class EntryWriter:
    """Writes the entries of an expression as sums of products of entries of its parts.

    Attributes
    ----------
    deltas : mapping of Symbol to pair of indices
        Changes dX of which one entry is 1 and the others are 0: dX_ij is δ_ik δ_jl.
    dependent : set of Expr
        The nodes that are written out; of the others only sums, products and transposes are.
    indices : Indices
        Where new summation indices come from.
    opaque : frozenset of Expr
        Nodes that are left whole though they are dependent: (X⁻¹)_ij.
    fixed : bool
        Whether numbers may stand for indices, as in X_12 for e₁ᵀXe₂.
    """

    deltas: Mapping[Symbol, tuple[Index, Index]]
    dependent: Container[Expr]
    indices: Indices
    opaque: Container[Expr] = frozenset()
    fixed: bool = False

    def entry(self, expr: Expr, row: Index, column: Index) -> list[Term]:
        """The entry of an expression at a pair of indices, as a sum of terms."""
        whole = [Term(Fraction(1), ((expr, row, column),))]
        if expr in self.opaque:
            return whole
        if isinstance(expr, Symbol) and expr in self.deltas:
            at = self.deltas[expr]
            pairs = tuple((a, b) for a, b in zip((row, column), at, strict=True) if a or b)
            return [Term(Fraction(1), deltas=pairs)]
        if self.fixed and isinstance(expr, Unit) and expr.data[0].is_integer:
            return [Term(Fraction(1), deltas=((row, str(expr.data[0])),))]
        found = by_parts(expr, self, row, column)
        if found is not None:
            return found
        return by_rule(expr, self, row, column) if expr in self.dependent else whole


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
        f"the differential passes through {kind}, which has no notation by entries",
        fix="ask for the form jacobian or differential",
    )


@by_parts.register
def _(expr: Sum, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    return [term for arg in expr.args for term in writer.entry(arg, row, column)]


@by_parts.register
def _(expr: Product, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    parts = [writer.entry(scalar, "", "") for scalar in expr.scalars]
    factors = expr.chain
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


@by_rule.register
def _(expr: Hadamard, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    return times(*(writer.entry(arg, row, column) for arg in expr.args))


@by_rule.register
def _(expr: Trace, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    n = expr.args[0].rows
    index = writer.indices.new(n)
    return [summed(term, index, n) for term in writer.entry(expr.args[0], index, index)]


@by_rule.register
def _(expr: Diag, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    return [_with_delta(term, row, column) for term in writer.entry(expr.args[0], row, "")]


@by_rule.register
def _(expr: DiagonalPart, writer: EntryWriter, row: Index, column: Index) -> list[Term]:
    return writer.entry(expr.args[0], row, row)


def times(*factors: list[Term]) -> list[Term]:
    """Multiply sums of terms out."""
    result = [Term(Fraction(1))]
    for factor in factors:
        result = [
            Term(a.coefficient * b.coefficient, a.entries + b.entries, a.sums + b.sums, a.deltas + b.deltas)
            for a in result
            for b in factor
        ]
    return result


def summed(term: Term, index: Index, dim: Dim) -> Term:
    """A term summed over one more index; the empty index needs no sum."""
    return Term(term.coefficient, term.entries, (*term.sums, (index, dim)), term.deltas) if index else term


def _with_delta(term: Term, a: Index, b: Index) -> Term:
    return Term(term.coefficient, term.entries, term.sums, (*term.deltas, (a, b)))


def contracted(term: Term) -> Term:
    """Use every delta that holds a summation index: the sum goes, the index takes its value."""
    sums = dict(term.sums)
    entries, deltas = list(term.entries), list(term.deltas)
    progress = True
    while progress:
        progress = False
        for place, (a, b) in enumerate(deltas):
            if a == b:
                del deltas[place]
                progress = True
                break
            bound = a if a in sums else b if b in sums else None
            if bound is None:
                continue
            other = b if bound == a else a
            del deltas[place], sums[bound]
            entries = [(e, other if r == bound else r, other if c == bound else c) for e, r, c in entries]
            deltas = [(other if r == bound else r, other if c == bound else c) for r, c in deltas]
            progress = True
            break
    used = {index for _, r, c in entries for index in (r, c)} | {index for pair in deltas for index in pair}
    for index in [index for index in sums if index not in used]:
        entries.append((dimension(sums.pop(index)), "", ""))
    ordered = tuple(sorted((a, b) if a <= b else (b, a) for a, b in deltas))
    return Term(term.coefficient, tuple(entries), tuple(sums.items()), ordered)


def collected(terms: list[Term]) -> Iterator[Term]:
    """Add up terms that differ in the number only."""
    totals: dict[tuple[object, ...], tuple[Fraction, Term]] = {}
    for term in terms:
        renaming = {index: f"#{place}" for place, (index, _) in enumerate(term.sums)}
        key = (
            tuple((e, renaming.get(r, r), renaming.get(c, c)) for e, r, c in term.entries),
            tuple(dim for _, dim in term.sums),
            term.deltas,
        )
        total, first = totals.get(key, (Fraction(0), term))
        totals[key] = (total + term.coefficient, first)
    for total, term in totals.values():
        if total:
            yield Term(total, term.entries, term.sums, term.deltas)
