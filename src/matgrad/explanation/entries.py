"""Formulas by entries as sides of equations: written with Σ and δ, evaluated at every index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from matgrad import printing
from matgrad.calculus.components import Components
from matgrad.calculus.terms import Entry, Index, Term
from matgrad.core.arrays import Array
from matgrad.core.dims import ONE, Dim, Shape
from matgrad.core.expr import Expr, Symbol
from matgrad.core.records import dataclass
from matgrad.explanation.lines import Label, Point, substance
from matgrad.explanation.sides import entry_label, quotient
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.transpose import Transpose
from matgrad.printing.index_notation import entry_indices, in_order, terms_notation
from matgrad.printing.shapes import is_ones, parts_of

Axis = tuple[Index, Dim]
Values = dict[tuple[int, ...], Any]
"""The values of a factor where they are not zero, by the places of its indices."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A sum of products of entries with free indices: Σ_p A_kp X_pl.

    Its value is a matrix: one row for each entry of the function, one column for each of the
    variable, both in the order of vec.

    Attributes
    ----------
    terms : tuple of Term
        The sum.
    rows, columns : tuple of (index, dimension)
        The free indices of the function and of the variable, the row before the column.
    partials : tuple of (Symbol, Label)
        Changes that stand for derivatives not yet inserted, and of what: ∂U_ij/∂X_kl.
    denominator : Label or None
        With respect to what: ∂X_kl.
    """

    terms: tuple[Term, ...]
    rows: tuple[Axis, ...]
    columns: tuple[Axis, ...] = ()
    partials: tuple[tuple[Symbol, Label], ...] = ()
    denominator: Label | None = None

    @classmethod
    def of(cls, shown: Components) -> Indexed:
        """The formula of a derivative in index notation."""
        rows = axes_of((shown.row, shown.column), shown.function.shape)
        columns = axes_of((shown.x_row, shown.x_column), shown.variable.shape)
        return cls(shown.terms, rows, columns)

    @property
    def plain(self) -> Expr | None:
        """The expression that it is, where that is a number without indices."""
        alone = len(self.terms) == 1 and not self.rows and not self.columns
        return self.terms[0].entries[0][0] if alone and _is_one_scalar(self.terms[0]) else None

    def write(self, medium: str) -> str:
        """The formula in a medium."""
        terms = sorted(self.terms, key=lambda term: term.coefficient < 0)
        if self.plain is not None:
            return printing.line(self.plain, medium, names=False)
        return terms_notation([self._partials_last(term) for term in terms], medium, self._partial)

    def _partials_last(self, term: Term) -> Term:
        """The factors of a term, derivatives that are not yet inserted behind the others."""
        changes = {change for change, _ in self.partials}
        entries = sorted(term.entries, key=lambda entry: entry[0] in changes)
        return Term(term.coefficient, tuple(entries), term.sums, term.deltas)

    def _partial(self, entry: Entry, medium: str) -> str | None:
        """∂U_ij/∂X_kl for an entry of a change."""
        name = next((label for change, label in self.partials if change is entry[0]), None)
        if name is None or self.denominator is None:
            return None
        indices = entry_indices(entry[1], entry[2])
        return quotient(entry_label(name, indices), self.denominator).write(medium)

    def evaluate(self, point: Point) -> Array:
        """The value at all free indices."""
        xp = point.xp
        free = [*self.rows, *self.columns]
        total: Values = {}
        for term in self.terms:
            for place, value in _value(term, free, point).items():
                total[place] = total.get(place, xp.entry(0)) + value
        split = len(self.rows)
        return [
            [total.get(row + column, xp.entry(0)) for column in _places(free[split:], xp)]
            for row in _places(free[:split], xp)
        ]


@substance.register
def _(side: Indexed) -> object:
    terms = sorted(side.terms, key=lambda term: term.coefficient < 0)
    return tuple(_factors(side._partials_last(term)) for term in terms)


def _factors(term: Term) -> object:
    """A term taken apart as it is written: its number, sums, deltas, and its factors with their exponents."""
    factors: Counter[object] = Counter()
    for entry in in_order(term.entries):
        factors.update(_entries_of(*entry))
    one = factors.pop(_ONE, 0)  # an entry of a matrix of ones
    assert one >= 0
    return (
        term.coefficient,
        tuple(sorted(index for index, _ in term.sums)),
        term.deltas,
        tuple(factors.items()),
    )


_ONE = ("1",)


def _entries_of(expr: Expr, row: Index, column: Index) -> list[object]:
    """The factors that an entry is: a_k and b_k for that of a ⊙ b, X_lk for that of Xᵀ at k, l."""
    if isinstance(expr, Transpose):
        return _entries_of(expr.args[0], column, row)
    if expr.is_scalar or expr.is_row:
        return [(expr, row, column)]
    if is_ones(parts_of(expr)):
        return [_ONE]
    if isinstance(expr, Hadamard):
        return [factor for arg in expr.args for factor in _entries_of(arg, row, column)]
    if isinstance(expr, Elementwise):
        return [(type(expr), expr.data, *_entries_of(expr.args[0], row, column))]
    return [(expr, row, column)]


def _is_one_scalar(term: Term) -> bool:
    """Whether a term is a scalar expression and nothing else."""
    return (
        term.coefficient == 1
        and len(term.entries) == 1
        and not term.sums
        and not term.deltas
        and not any(term.entries[0][1:])
    )


def axes_of(indices: Sequence[Index], shape: Shape) -> tuple[Axis, ...]:
    """The indices of a matrix with their dimensions; an axis of length 1 has none."""
    return tuple((index, dim) for index, dim in zip(indices, shape, strict=True) if dim is not ONE)


def _places(axes: Sequence[Axis], xp: Any) -> Iterable[tuple[int, ...]]:
    """All places in the order of vec: the row runs fastest."""
    ranges = [range(xp.size(dim)) for _, dim in reversed(axes)]
    return [tuple(reversed(place)) for place in product(*ranges)]


def _value(term: Term, free: Sequence[Axis], point: Point) -> Values:
    """A term at all free indices, its sums carried out one after the other."""
    xp = point.xp
    sizes = {index: xp.size(dim) for index, dim in (*free, *term.sums)}
    factors = [_delta(a, b, sizes, xp) for a, b in term.deltas]
    factors += [_entry(point.value(expr), row, column) for expr, row, column in term.entries]
    for index, _ in term.sums:
        touched = [factor for factor in factors if index in factor[0]]
        rest = [factor for factor in factors if index not in factor[0]]
        if not touched:
            touched = [((index,), {(place,): xp.entry(1) for place in range(sizes[index])})]
        factors = [*rest, _summed(_joined(touched, sizes, xp), index)]
    ones: list[Factor] = [
        ((index,), {(place,): xp.entry(1) for place in range(sizes[index])}) for index, _ in free
    ]
    number: Factor = ((), {(): xp.entry(term.coefficient)})
    axes, values = _joined([number, *factors, *ones], sizes, xp)
    order = [axes.index(index) for index, _ in free]
    return {tuple(place[k] for k in order): value for place, value in values.items()}


Factor = tuple[tuple[Index, ...], Values]


def _delta(a: Index, b: Index, sizes: Mapping[Index, int], xp: Any) -> Factor:
    one = xp.entry(1)
    if a.isdigit() or b.isdigit():
        free, place = (b, int(a) - 1) if a.isdigit() else (a, int(b) - 1)
        if free.isdigit():
            return (), {(): one} if a == b else {}
        return (free,), {(place,): one}
    if a == b:
        return (a,), {(k,): one for k in range(sizes[a])}
    return (a, b), {(k, k): one for k in range(sizes[a])}


def _entry(array: Any, row: Index, column: Index) -> Factor:
    """The entries of an array that are not zero, at indices, at fixed places, or on the diagonal."""
    entries = {(i, j): value for i, line in enumerate(array) for j, value in enumerate(line) if value}
    for axis, index in enumerate((row, column)):
        if index.isdigit():
            entries = {at: value for at, value in entries.items() if at[axis] == int(index) - 1}
    row, column = ("" if index.isdigit() else index for index in (row, column))
    if row and column and row == column:
        return (row,), {(i,): value for (i, j), value in entries.items() if i == j}
    axes = tuple(index for index in (row, column) if index)
    keep = [k for k, index in enumerate((row, column)) if index]
    return axes, {tuple(place[k] for k in keep): value for place, value in entries.items()}


def _joined(factors: Sequence[Factor], sizes: Mapping[Index, int], xp: Any) -> Factor:
    """The product of factors, over all their indices."""
    axes: tuple[Index, ...] = ()
    values: Values = {(): xp.entry(1)}
    for its_axes, its_values in factors:
        shared = [(axes.index(index), k) for k, index in enumerate(its_axes) if index in axes]
        new = [k for k, index in enumerate(its_axes) if index not in axes]
        groups: dict[tuple[int, ...], list[tuple[tuple[int, ...], Any]]] = {}
        for place, value in its_values.items():
            key = tuple(place[k] for _, k in shared)
            groups.setdefault(key, []).append((tuple(place[k] for k in new), value))
        joined: Values = {}
        for place, value in values.items():
            for tail, other in groups.get(tuple(place[k] for k, _ in shared), ()):
                joined[place + tail] = value * other
        axes, values = axes + tuple(its_axes[k] for k in new), joined
    return axes, values


def _summed(factor: Factor, index: Index) -> Factor:
    """A factor summed over one of its indices."""
    axes, values = factor
    drop = axes.index(index)
    out: Values = {}
    for place, value in values.items():
        rest = place[:drop] + place[drop + 1 :]
        out[rest] = out[rest] + value if rest in out else value
    return axes[:drop] + axes[drop + 1 :], out
