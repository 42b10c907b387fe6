"""Entries of vectors and matrices by their indices."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.core.dims import Dim
from matgrad.core.errors import ShapeError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase
from matgrad.ops import arithmetic, leaves, transpose


def entry(whole: Expr, places: Sequence[Dim], name: str, text: str, where: tuple[int, int]) -> Expr:
    """The entry of a vector or a matrix at places.

    Parameters
    ----------
    whole : Expr
        The vector or the matrix.
    places : sequence of Dim
        One place for each of its axes.
    name : str
        What it is called.
    text : str
        The text that is read.
    where : tuple of int
        Where in the text the entry stands.

    Raises
    ------
    ShapeError
        Where there are fewer or more places than axes.
    """
    is_line = whole.is_vector or whole.is_row
    if whole.is_scalar:
        raise ShapeError(
            phrase("{name} is a number here, and has no entries", name=name),
            fix=phrase(
                "{name} alone where it is the same in every term, or declare {name}_i: scalar, i = 1..N",
                name=name,
            ),
            text=text,
            span=where,
        )
    if len(places) == 2 and not is_line:
        row, column = (leaves.unit(p, n) for p, n in zip(places, whole.shape, strict=True))
        return arithmetic.multiply(transpose.transpose(row), whole, column)
    if len(places) == 1 and is_line:
        column = whole if whole.is_vector else transpose.transpose(whole)
        return arithmetic.multiply(transpose.transpose(leaves.unit(places[0], column.rows)), column)
    if len(places) == 1:
        written = text[where[0] : where[1]]
        index = written.partition("_")[2].strip("{}")
        raise ShapeError(
            phrase(
                "{name} is a matrix, of which {written} may be a row or a column", name=name, written=written
            ),
            fix=phrase(
                "{name}[{index},:]' for the row as a vector, {name}[:,{index}] for the "
                "column, or declare {name}_{index}: n, {index} = 1..N for vectors",
                name=name,
                index=index,
            ),
            text=text,
            span=where,
        )
    raise ShapeError(
        phrase(
            "{name} has {what} axes, and {count} indices are written",
            name=name,
            what=1 if is_line else 2,
            count=len(places),
        ),
        text=text,
        span=where,
    )
