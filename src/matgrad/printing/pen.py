"""What those who write one kind of expression ask of whoever writes the others."""

from __future__ import annotations

from typing import Protocol

from matgrad.core.expr import Expr
from matgrad.printing.brackets import Piece, Term
from matgrad.printing.medium import Medium
from matgrad.printing.shapes import Parts


class Pen(Protocol):
    """Writes the parts of an expression."""

    medium: Medium

    def piece(self, node: Expr, /) -> Piece:
        """An expression with its sign."""

    def product(self, parts: Parts, /) -> Term:
        """A number, scalars and a chain."""

    def function(self, node: Expr, /) -> Term:
        """A call, or what else a notation says."""
