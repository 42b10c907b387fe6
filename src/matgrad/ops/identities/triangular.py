"""The diagonal of the inverse of a triangular matrix."""

from __future__ import annotations

from matgrad.core.expr import Expr
from matgrad.core.facts import TRIANGULAR
from matgrad.core.identity import identity
from matgrad.core.words import Phrase
from matgrad.ops.diagonals import DiagonalPart, diagonal
from matgrad.ops.inverse import Inverse
from matgrad.ops.leaves import number
from matgrad.ops.power import power


@identity(
    DiagonalPart,
    Inverse,
    reason=Phrase("diagonal of the inverse of a triangular matrix", "Horn & Johnson (2013)", "sec. 0.9.3"),
    on=("inv(L)",),
    given="L: n×n lower triangular invertible",
)
def diagonal_of_triangular_inverse(x: Expr) -> Expr | None:
    """The diagonal of L⁻¹ has the reciprocals of that of L, for triangular L."""
    inside = x.args[0]
    return power(diagonal(inside), number(-1)) if inside.facts & TRIANGULAR else None
