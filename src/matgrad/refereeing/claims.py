"""One claim of a document, and what was found of it."""

from __future__ import annotations

from typing import Any, Literal

from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.refereeing.documents import Place

Status = Literal["verified", "wrong", "ambiguous", "not understood"]

WORDS: dict[str, Phrase] = {
    "verified": Phrase("verified"),
    "wrong": Phrase("wrong"),
    "ambiguous": Phrase("ambiguous"),
    "not understood": Phrase("not understood"),
}


@dataclass(frozen=True)
class Claim:
    r"""One claim of a document.

    Attributes
    ----------
    text : str
        What is claimed, in the LaTeX of the author: ``\nabla f(x) = 2 A x``.
    place : Place
        Where it stands: line and column, in a notebook also the cell.
    status : {"verified", "wrong", "ambiguous", "not understood"}
        What was found.
    reason : str
        Why, where it is not verified; what was verified where it is.
    corrected : str
        Of what is wrong: the line as it should be, in LaTeX.
    right : str
        The same as it is read.
    mistake : str
        The name of the mistake, as in a verdict.
    marked : tuple of int or None
        Where in ``text`` the mistake lies.
    shown : tuple of str
        ``text`` and ``corrected`` with the macros of the document put in, to be set by whatever sets LaTeX.
    """

    text: str
    place: Place
    status: Status
    reason: str = ""
    corrected: str = ""
    right: str = ""
    mistake: str = ""
    marked: tuple[int, int] | None = None
    shown: tuple[str, str] = ("", "")

    def record(self) -> dict[str, Any]:
        """The claim as JSON has it."""
        return {
            "line": self.place.line,
            "column": self.place.column,
            "cell": self.place.cell,
            "file": self.place.file,
            "status": self.status.replace(" ", "_"),
            "claim": self.text,
            "reason": self.reason,
            "corrected": self.corrected or None,
            "right": self.right or None,
            "mistake": self.mistake or None,
            "marked": list(self.marked) if self.marked is not None else None,
        }
