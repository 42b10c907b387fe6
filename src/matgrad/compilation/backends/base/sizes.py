"""How sizes are written: numbers as they are, others as polynomials in the names of dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from typing import Any

from matgrad.compilation.backends.base.names import Names
from matgrad.compilation.backends.base.tree import (
    Binary,
    Kind,
    Name,
    Negative,
    Node,
    Number,
    call,
    entrywise,
    of_kind,
    power,
    times,
)
from matgrad.compilation.ir.sizes import Size
from matgrad.core.dims import Atom, Dim, Minimum
from matgrad.core.expr import Symbol
from matgrad.core.records import dataclass
from matgrad.ops.indices.members import Family


@dataclass(frozen=True)
class SizeOf:
    """What the name of a dimension needs: to be found."""

    dim: str


class SizeNames:
    """The names of dimensions in a text.

    Parameters
    ----------
    names : Names
        Where all names of the text come from.
    whole : str
        The operator that divides whole numbers without a rest.
    """

    def __init__(self, names: Names, whole: str = "/") -> None:
        self._names = names
        self._whole = whole
        self._known: dict[str, Name] = {}

    def name(self, dim: str) -> Name:
        """The name of a dimension."""
        if dim not in self._known:
            self._known[dim] = Name(self._names.claim(dim), SizeOf(dim), kind=Kind.NUMBER)
        return self._known[dim]

    def call(self, dim: str, name: Name) -> None:
        """Give a dimension a name."""
        self._known[dim] = name

    def node(self, size: Any) -> Node:
        """A size, or a place among so many."""
        return self.polynomial(size.dim) if isinstance(size, Size) else Number(int(size))

    def polynomial(self, dim: Dim) -> Node:
        """A dimension."""
        denominator = max((c.denominator for _, c in dim.terms), default=1)
        total: Node | None = None
        for monomial, coefficient in dim.terms:
            term = self._term(monomial, abs(coefficient * denominator))
            if total is None:
                total = term if coefficient > 0 else Negative(term, kind=Kind.NUMBER)
            else:
                total = entrywise("+" if coefficient > 0 else "-", total, term)
        assert total is not None
        if denominator == 1:
            return total
        return Binary(self._whole, total, Number(denominator), kind=Kind.NUMBER)

    def _term(self, monomial: tuple[tuple[Atom, int], ...], coefficient: Fraction) -> Node:
        factors: list[Node] = [] if coefficient == 1 and monomial else [Number(coefficient)]
        for atom, exponent in monomial:
            base = self._atom(atom)
            factors.append(base if exponent == 1 else power(base, Number(exponent)))
        return reduce(times, factors)

    def _atom(self, atom: Atom) -> Node:
        if isinstance(atom, Minimum):
            parts = (self.polynomial(atom.left), self.polynomial(atom.right))
            return of_kind(call("min", *parts), Kind.NUMBER)
        return self.name(atom)


def shown_by(dim: str, symbols: Mapping[str, Symbol]) -> tuple[Symbol, int] | None:
    """A variable whose array has so many places along an axis; ``None`` where none shows it."""
    for symbol in symbols.values():
        for axis, size in enumerate(axes_of(symbol)):
            if str(size) == dim:
                return symbol, axis
    return None


def axes_of(symbol: Symbol) -> tuple[Dim, ...]:
    """The axes of the array of a variable: of a family its indices first."""
    return symbol.array_shape if isinstance(symbol, Family) else symbol.shape
