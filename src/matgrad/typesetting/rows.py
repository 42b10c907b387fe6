"""The rows of a derivation before they are set."""

from __future__ import annotations

from matgrad.core.records import dataclass

DEFINED = r"\mathrel{:=}"
"""The relation of a name with what it stands for."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: what stands left of the relation, the relation, what stands right of it, and why.

    Attributes
    ----------
    left, relation, right : str
        LaTeX for math mode; the relation may be empty.
    reason : str
        LaTeX for a text.
    """

    left: str
    relation: str
    right: str
    reason: str = ""
