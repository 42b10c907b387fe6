"""What a document is made of: words, and formulas."""

from __future__ import annotations

from matgrad.core.records import dataclass
from matgrad.language.latex.macros import Macro


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


@dataclass(frozen=True, slots=True)
class Defined:
    """A macro that a document defines: where, its name, and whether an earlier one of that name is kept."""

    start: int
    name: str
    macro: Macro
    is_kept: bool = False


Piece = ProsePiece | FormulaPiece
