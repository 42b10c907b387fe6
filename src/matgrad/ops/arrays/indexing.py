"""Entries, rows, columns and parts of arrays, counted from 0 as in NumPy."""

from __future__ import annotations

from typing import Any

from matgrad.core.dims import ONE, ZERO, Dim
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.words import phrase
from matgrad.ops import blocks
from matgrad.ops.arrays.lifting import dim_of
from matgrad.ops.arrays.symbolic import SymbolicArray


def index(x: SymbolicArray, key: Any) -> SymbolicArray:
    """``x[i]``, ``X[i, j]``, ``X[:, j]``, ``x[i:j]``, ``x[:, None]``, ``X[..., 0]``.

    Raises
    ------
    ShapeError
        When there is no such entry.
    ArgumentError
        When the index is no whole number, length, plain slice or new axis.
    """
    items = list(key) if isinstance(key, tuple) else [key]
    used = sum(item is not None and item is not Ellipsis for item in items)
    if used > x.ndim:
        raise ArgumentError(
            phrase("{x} takes {ndim} indices, not {used}", x=x.describe(), ndim=x.ndim, used=used)
        )
    dots = [i for i, item in enumerate(items) if item is Ellipsis]
    if len(dots) > 1:
        raise ArgumentError(phrase("an index has at most one ellipsis"))
    place = dots[0] if dots else len(items)
    items[place : place + len(dots)] = [slice(None)] * (x.ndim - used)

    bounds, kept = [], []
    axes = iter(x.dims)
    for item in items:
        if item is None:
            kept.append(ONE)
            continue
        size = next(axes)
        first, past = _bounds(item, size)
        bounds.append((first, past))
        if isinstance(item, slice):
            kept.append(past - first)
    if len(kept) > 2:
        raise ArgumentError(phrase("arrays have at most two axes here, not {count}", count=len(kept)))
    (r0, r1), (c0, c1) = (*bounds, (ZERO, ONE), (ZERO, ONE))[:2]
    part = blocks.part(x.expr, (r0, r1, c0, c1))
    return _arranged(part, x.ndim, items, len(kept))


def _arranged(part: Any, ndim: int, items: list[Any], kept: int) -> SymbolicArray:
    """Bring the part of a matrix into the orientation of the axes that are left."""
    if kept < 2:
        # One axis: a column, whichever axis it came from.
        return SymbolicArray(part.T if part.rows is ONE else part, kept)
    if ndim == 2 and all(isinstance(item, slice) for item in items):
        return SymbolicArray(part, 2)
    # One axis of the array and a new one: a column where the new one comes last.
    column = part.T if part.rows is ONE else part
    order = [item for item in items if item is None or isinstance(item, slice)]
    return SymbolicArray(column.T if order[0] is None else column, 2)


def _bounds(key: Any, size: Dim) -> tuple[Dim, Dim]:
    if isinstance(key, slice):
        if key.step is not None and (isinstance(key.step, SymbolicArray) or key.step != 1):
            raise ArgumentError(phrase("slices with a step have no meaning here"), fix="X[i:j]")
        first = ZERO if key.start is None else _place(key.start, size, slicing=True)
        past = size if key.stop is None else _place(key.stop, size, slicing=True)
        if first.is_integer and past.is_integer and int(past) <= int(first):
            raise ShapeError(
                phrase(
                    "the part {first}:{past} of an axis of length {size} is empty",
                    first=first,
                    past=past,
                    size=size,
                )
            )
        difference = past - first
        if difference.is_integer and int(difference) <= 0:
            raise ShapeError(
                phrase(
                    "the part {first}:{past} of an axis of length {size} is empty",
                    first=first,
                    past=past,
                    size=size,
                )
            )
        return first, past
    first = _place(key, size)
    return first, first + 1


def _place(value: Any, size: Dim, slicing: bool = False) -> Dim:
    if isinstance(value, (bool, list, tuple)) or getattr(value, "ndim", None):
        raise ArgumentError(
            phrase("an array is indexed by whole numbers and slices here"),
            fix="X[i], X[i:j], np.stack([x[0], x[2]])",
        )
    dim = dim_of(value, phrase("an index"))
    if not dim.is_integer:
        return dim
    number = int(dim)
    if dim.terms and dim.terms[0][1] != number:
        raise ArgumentError(phrase("{dim} is not an index", dim=dim), fix=phrase("a whole number"))
    if size.is_integer:
        length = int(size)
        if slicing:
            return Dim.of(min(max(number + length if number < 0 else number, 0), length))
        if not -length <= number < length:
            raise ShapeError(
                phrase(
                    "the index {number} is out of range for an axis of length {length}",
                    number=number,
                    length=length,
                )
            )
        return Dim.of(number % length)
    return Dim.of(number) if number >= 0 else size + number
