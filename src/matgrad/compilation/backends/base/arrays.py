"""How arrays of Python libraries are seen in another shape."""

from __future__ import annotations

from typing import Any

from matgrad.compilation.backends.base.tree import Call, Index, Node, Number, Slice, Word, method
from matgrad.compilation.ir.primitive import Value

ALL, NEW = Slice(), Word(None)


def as_column(node: Node) -> Index:
    """An array with one axis as a matrix with one column."""
    return Index(node, (ALL, NEW))


def as_row(node: Node) -> Index:
    """An array with one axis as a matrix with one row."""
    return Index(node, (NEW, ALL))


def flattened(node: Node) -> Call:
    """All entries of an array, with one axis."""
    return method(node, "reshape", Number(-1))


def triangle_of(v: Value) -> tuple[Any, ...]:
    """The name of the function that takes a triangle, and how far off the diagonal it begins if it does."""
    strict, upper = v.params
    name = "triu" if upper else "tril"
    return (name, 1 if upper else -1) if strict else (name,)
