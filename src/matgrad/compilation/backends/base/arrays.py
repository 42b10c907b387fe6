"""How arrays of Python libraries are seen in another shape."""

from __future__ import annotations

from matgrad.compilation.backends.base.tree import Call, Index, Node, Number, Slice, Word, method

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
