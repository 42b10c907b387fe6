"""Families of matrices as arrays with their indices first, which have more axes than others here."""

from __future__ import annotations

from typing import Any

from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError
from matgrad.core.exact import as_fraction
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arrays.symbolic import SymbolicArray
from matgrad.ops.indices.members import Family


class FamilyArray(SymbolicArray):
    """The array of a family: ``A[k]`` are its members, and ``numpy.einsum`` contracts it.

    The expression is the stack of its members, which no other function may take for the array.

    Parameters
    ----------
    family : Family
        The family.
    """

    __slots__ = ()
    __hash__ = object.__hash__
    expr: Family

    def __init__(self, family: Family) -> None:
        self.expr = family
        self.ndim = len(family.array_shape)

    @property
    def dims(self) -> tuple[Dim, ...]:
        """The length of each axis."""
        return self.expr.array_shape

    def describe(self) -> str | Phrase:
        """Name the array and its shape for a message."""
        return phrase(
            "{name} (the family of shape {shape})",
            name=self.expr.label,
            shape="×".join(map(str, self.dims)),
        )

    @property
    def T(self) -> SymbolicArray:
        """Refused: an array with more than two axes."""
        raise refusal(self, phrase("the transpose"))

    mT = T

    def __getitem__(self, key: Any) -> SymbolicArray:
        keys = key if isinstance(key, tuple) else (key,)
        places = [as_fraction(k) for k in keys]
        if len(places) != len(self.expr.ranges) or any(p is None or p.denominator != 1 for p in places):
            raise refusal(self, phrase("a part"))
        wanted = []
        for place, (_, last) in zip(places, self.expr.ranges, strict=True):
            assert place is not None
            # Counted from 0, or from the end, as NumPy does.
            wanted.append(Dim.of(int(place) + 1) if place >= 0 else last + int(place) + 1)
        rows_and_columns = self.ndim - len(wanted)
        return SymbolicArray(self.expr.member(*wanted), rows_and_columns)


def array_of(symbol: Any, ndim: int) -> SymbolicArray:
    """The array of a variable: of a family its indices first."""
    if not isinstance(symbol, Family):
        return SymbolicArray(symbol, ndim)
    axes = len(symbol.array_shape)
    return SymbolicArray(symbol, axes) if axes < 3 else FamilyArray(symbol)


def refusal(array: FamilyArray, what: str | Phrase) -> ArgumentError:
    """What is said where an array with more than two axes meets what knows two."""
    letters = "kl"[: len(array.expr.ranges)] if len(array.expr.ranges) < 3 else "klp"
    return ArgumentError(
        phrase(
            "{array} has {ndim} axes, and {what} of it is not known here",
            array=array.describe(),
            ndim=array.ndim,
            what=what,
        ),
        fix=phrase(
            "np.einsum('{letters}{number},…', {array}, …), or the sum as a text",
            letters=letters,
            number="ij"[: array.ndim - len(letters)],
            array=array.expr.label,
        ),
    )
