"""Triangles, skew matrices and matrices of numbers: their traces, diagonals, products and inverses."""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.dims import ZERO
from matgrad.core.expr import Expr
from matgrad.core.identity import identity
from matgrad.core.words import Phrase
from matgrad.ops.arithmetic import Product, multiply
from matgrad.ops.blocks import Part, part
from matgrad.ops.cross_product import SkewMatrix
from matgrad.ops.determinant import Determinant
from matgrad.ops.diagonals import DiagonalPart, diagonal
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import Literal, Unit, literal, number, unit
from matgrad.ops.trace import Trace, trace
from matgrad.ops.transpose import Transpose, transpose
from matgrad.ops.triangles import LowerTriangle

SMALL = 6
"""Matrices of numbers up to this order are multiplied and inverted exactly."""

_NUMBERS = "arithmetic of exact numbers"
_HORN = "Horn & Johnson (2013)"

Table = tuple[tuple[Fraction, ...], ...]


@identity(
    DiagonalPart,
    LowerTriangle,
    reason=Phrase("diagonal of a triangle", "definition of tril"),
    on=("tril(M)",),
    given="M: n×n",
)
def diagonal_of_triangle(x: Expr) -> Expr | None:
    """The diagonal of tril(M) is that of M."""
    return diagonal(x.args[0]) if x.is_square else None


@identity(
    Trace,
    LowerTriangle,
    reason=Phrase("trace of a triangle", "definition of tril"),
    on=("tril(M)",),
    given="M: n×n",
)
def trace_of_triangle(x: Expr) -> Expr | None:
    """tr(tril(M)) = tr(M)."""
    return trace(x.args[0])


@identity(
    Trace,
    SkewMatrix,
    reason=Phrase("trace of a skew matrix", _HORN, "sec. 0.2.5"),
    on=("skew_matrix(a)",),
    given="a: 3",
)
def trace_of_skew(x: Expr) -> Expr | None:
    """tr([a]×) = 0."""
    return number(0)


# ---- entries of parts ------------------------------------------------------------------------


@identity(
    Product,
    Part,
    Unit,
    reason=Phrase("part of a part", "definition of a block"),
    on=("A[1:3, 2:4]", "e(2, 3)"),
    given="A: 5×6",
    data=(Fraction(1), 0),
    neighbours=True,
)
def column_of_part(left: Expr, right: Expr) -> Expr | None:
    """The column j of A[r, c₀:c₁] is that of A[r, :] at c₀ + j."""
    (r0, r1, c0, _), x = left.data, left.args[0]
    if left.columns is x.columns:
        return None
    return multiply(part(x, (r0, r1, ZERO, x.columns)), unit(c0 + right.data[0], x.columns))


@identity(
    Product,
    Transpose,
    Part,
    reason=Phrase("part of a part", "definition of a block"),
    on=("e(2, 3)'", "A[1:3, 2:4]"),
    given="A: 5×6",
    data=(Fraction(1), 0),
    neighbours=True,
)
def row_of_part(left: Expr, right: Expr) -> Expr | None:
    """The row i of A[r₀:r₁, c] is that of A[:, c] at r₀ + i."""
    (r0, _, c0, c1), x = right.data, right.args[0]
    if right.rows is x.rows or not isinstance(left.args[0], Unit):
        return None
    row = transpose(unit(r0 + left.args[0].data[0], x.rows))
    return multiply(row, part(x, (ZERO, x.rows, c0, c1)))


# ---- matrices of numbers ---------------------------------------------------------------------


@identity(
    Product,
    Literal,
    Literal,
    reason=Phrase("product of matrices of numbers", _NUMBERS),
    on=("[1, 2; 3, 4]", "[1; 1]"),
    given="",
    data=(Fraction(1), 0),
    neighbours=True,
)
def product_of_numbers(left: Expr, right: Expr) -> Expr | None:
    """The rows of one times the columns of the other."""
    rows, columns = left.data, tuple(zip(*right.data, strict=True))
    if max(len(rows), len(right.data), len(columns)) > SMALL:
        return None
    return literal([[sum(a * b for a, b in zip(r, c, strict=True)) for c in columns] for r in rows])


@identity(
    Trace,
    Literal,
    reason=Phrase("trace of a matrix of numbers", _NUMBERS),
    on=("[1, 2; 3, 4]",),
    given="",
)
def trace_of_numbers(x: Expr) -> Expr | None:
    """The sum of the diagonal."""
    return number(sum((row[place] for place, row in enumerate(x.data)), Fraction(0)))


@identity(
    Determinant,
    Literal,
    reason=Phrase("determinant of a matrix of numbers", _NUMBERS),
    on=("[1, 2; 3, 4]",),
    given="",
)
def determinant_of_numbers(x: Expr) -> Expr | None:
    """By elimination."""
    return number(_eliminated(x.data)[0]) if len(x.data) <= SMALL else None


@identity(
    Inverse,
    Literal,
    reason=Phrase("inverse of a matrix of numbers", _NUMBERS),
    on=("[1, 2; 3, 4]",),
    given="",
)
def inverse_of_numbers(x: Expr) -> Expr | None:
    """By elimination; a singular matrix stays as it is, to be refused where its value is asked for."""
    if len(x.data) > SMALL:
        return None
    _, table = _eliminated(x.data)
    return None if table is None else literal(table)


def _eliminated(data: Table) -> tuple[Fraction, list[list[Fraction]] | None]:
    """The determinant, and the inverse where there is one (Gauss and Jordan)."""
    n = len(data)
    rows = [[*row, *(Fraction(i == j) for j in range(n))] for i, row in enumerate(data)]
    size = Fraction(1)
    for place in range(n):
        pivot = next((i for i in range(place, n) if rows[i][place]), None)
        if pivot is None:
            return Fraction(0), None
        if pivot != place:
            rows[place], rows[pivot], size = rows[pivot], rows[place], -size
        size *= rows[place][place]
        rows[place] = [entry / rows[place][place] for entry in rows[place]]
        for i in range(n):
            if i != place and rows[i][place]:
                front = rows[i][place]
                rows[i] = [a - front * b for a, b in zip(rows[i], rows[place], strict=True)]
    return size, [row[n:] for row in rows]
