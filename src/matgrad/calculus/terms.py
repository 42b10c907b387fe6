"""Sums of products of entries: Σ_i Σ_p a_i A_kp X_pl δ_ij, and how they are contracted.

The sums over the axes of matrices run over whole dimensions; those over data have ranges and conditions, and
their letters stand in the entries as well as in expressions that are left whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from types import MappingProxyType

from matgrad.core.dims import ZERO, Dim
from matgrad.core.expr import Expr
from matgrad.core.records import dataclass
from matgrad.ops.indices.conditions import Conditions, simplified, solved, substituted
from matgrad.ops.leaves import dimension

Index = str
Entry = tuple[Expr, Index, Index]
"""An entry of a matrix; the empty index belongs to an axis of length 1."""


class Place(str):
    """An index that is more than a letter or a number: i + 1."""

    dim: Dim

    @classmethod
    def of(cls, dim: Dim) -> Index:
        """The index that a place is; a letter or a number is only itself."""
        text = str(dim)
        if dim.is_integer or text.isidentifier():
            return text
        found = cls(text)
        found.dim = dim
        return found


def place_of(index: Index) -> Dim:
    """The place that an index is."""
    if isinstance(index, Place):
        return index.dim
    return Dim.of(int(index)) if index.isdigit() else Dim.symbol(index)


@dataclass(frozen=True, slots=True)
class Range:
    """A sum over data: its letter, its first and last value, and whether members tell a reader these."""

    letter: Index
    first: Dim
    last: Dim
    natural: bool = True


@dataclass(frozen=True, slots=True)
class Term:
    """A number times entries, summed over indices, times Kronecker deltas.

    Attributes
    ----------
    coefficient : Fraction
        The number.
    entries : tuple of Entry
        The entries.
    sums : tuple of (Index, Dim)
        The indices of axes that are summed over.
    deltas : tuple of (Index, Index)
        The deltas.
    over : tuple of Range
        The sums over data, the outermost first.
    conditions : tuple of Condition
        What holds between their letters, and those that are free.
    """

    coefficient: Fraction
    entries: tuple[Entry, ...] = ()
    sums: tuple[tuple[Index, Dim], ...] = ()
    deltas: tuple[tuple[Index, Index], ...] = ()
    over: tuple[Range, ...] = ()
    conditions: Conditions = ()


def times(*factors: list[Term]) -> list[Term]:
    """Multiply sums of terms out."""
    result = [Term(Fraction(1))]
    for factor in factors:
        result = [
            Term(
                a.coefficient * b.coefficient,
                a.entries + b.entries,
                a.sums + b.sums,
                a.deltas + b.deltas,
                a.over + b.over,
                a.conditions + b.conditions,
            )
            for a in result
            for b in factor
        ]
    return result


def summed(term: Term, index: Index, dim: Dim) -> Term:
    """A term summed over one more index; the empty index needs no sum."""
    return replace(term, sums=(*term.sums, (index, dim))) if index else term


def with_delta(term: Term, a: Index, b: Index) -> Term:
    """A term times one more delta."""
    return replace(term, deltas=(*term.deltas, (a, b)))


def renamed(term: Term, letters: Mapping[Index, Index]) -> Term:
    """A term with other indices for some; the sums over them go."""

    def at(index: Index) -> Index:
        if isinstance(index, Place):
            return Place.of(index.dim.substitute(places))
        return letters.get(index, index)

    places = {letter: place_of(index) for letter, index in letters.items()}
    named = {letter for letter in letters if letter in {r.letter for r in term.over}}
    inside = {letter: places[letter] for letter in named}

    def within_letters(expr: Expr) -> Expr:
        return expr.substitute(inside) if inside else expr

    return Term(
        term.coefficient,
        tuple((within_letters(e), at(r), at(c)) for e, r, c in term.entries),
        tuple((index, dim) for index, dim in term.sums if index not in letters),
        tuple((at(a), at(b)) for a, b in term.deltas),
        tuple(
            replace(r, first=r.first.substitute(inside), last=r.last.substitute(inside))
            for r in term.over
            if r.letter not in named
        ),
        substituted(term.conditions, places),
    )


def contracted(term: Term, lengths: Mapping[Index, Dim] = MappingProxyType({})) -> Term:
    """Use every delta that holds a summation index: the sum goes, the index takes its value.

    Parameters
    ----------
    term : Term
        The term.
    lengths : mapping of Index to Dim
        The last values of free indices: that they are between 1 and these need not be said.
    """
    while True:
        for place, (a, b) in enumerate(term.deltas):
            rest = replace(term, deltas=term.deltas[:place] + term.deltas[place + 1 :])
            if a == b:
                term = rest
                break
            found = _solved(rest, a, b, lengths)
            if found is not None:
                term = found
                break
        else:
            break
    entries = list(term.entries)
    used = {index for _, r, c in entries for index in (r, c)} | {i for pair in term.deltas for i in pair}
    used |= {name for condition in term.conditions for name in condition[1].names}
    kept = []
    for index, dim in term.sums:
        if index in used:
            kept.append((index, dim))
        else:
            entries.append((dimension(dim), "", ""))
    ordered = tuple(sorted((a, b) if a <= b else (b, a) for a, b in term.deltas))
    return replace(term, entries=tuple(entries), sums=tuple(kept), deltas=ordered)


def _solved(term: Term, a: Index, b: Index, lengths: Mapping[Index, Dim]) -> Term | None:
    """A term without the sum over one of two equal indices; ``None`` where neither is summed over."""
    sums = dict(term.sums)
    for bound, other in ((a, b), (b, a)):
        if bound in sums:
            return renamed(term, {bound: other})
    equation = ("=", place_of(a) - place_of(b))
    for place, found in reversed(list(enumerate(term.over))):
        value = solved(equation, found.letter)
        # The letter of a sum may be in the bounds of those inside it: its value must be known outside.
        if value is None or value.names & {inner.letter for inner in term.over[place + 1 :]}:
            continue
        new = renamed(term, {found.letter: Place.of(value)})
        known = [
            d for index, last in lengths.items() for d in (Dim.symbol(index) - 1, last - Dim.symbol(index))
        ]
        if found.natural:
            known += [value - 1, found.last - value]
        left = [d for d in (value - found.first, found.last - value) if not _follows(d, known)]
        return replace(new, conditions=(*new.conditions, *(("≥", d) for d in left)))
    return None


def _follows(distance: Dim, known: Sequence[Dim]) -> bool:
    """Whether a distance is not negative because others are not."""
    return any((rest := distance - other).is_integer and int(rest) >= 0 for other in (*known, ZERO))


def collected(terms: list[Term]) -> Iterator[Term]:
    """Add up terms that differ in the number only."""
    totals: dict[tuple[object, ...], tuple[Fraction, Term]] = {}
    for term in terms:
        renaming = {index: f"#{place}" for place, (index, _) in enumerate(term.sums)}
        conditions = simplified(term.conditions)
        if conditions is None:
            continue
        term = replace(term, conditions=conditions)
        key = (
            tuple((e, renaming.get(r, r), renaming.get(c, c)) for e, r, c in term.entries),
            tuple(dim for _, dim in term.sums),
            term.deltas,
            term.over,
            conditions,
        )
        total, first = totals.get(key, (Fraction(0), term))
        totals[key] = (total + term.coefficient, first)
    for total, term in totals.values():
        if total:
            yield replace(term, coefficient=total)
