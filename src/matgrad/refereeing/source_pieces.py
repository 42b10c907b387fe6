"""What a document is made of: words, and formulas."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProsePiece:
    """Words between formulas, with the place where they start."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class FormulaPiece:
    """The place of a formula, whether it is set apart from the words, and its environment."""

    start: int
    end: int
    is_display: bool
    environment: str = ""


Piece = ProsePiece | FormulaPiece
