"""Pieces of source text that know how tightly they bind."""

from __future__ import annotations

from dataclasses import dataclass

ADDED, PRODUCT, NEGATIVE, RAISED, ATOM = range(5)
"""How tightly a piece binds: a sum needs brackets inside a product, an atom nowhere."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Text of an expression, and how tightly it binds."""

    text: str
    level: int = ATOM

    def at(self, level: int) -> str:
        """The text as an operand of something that binds that tightly, in brackets where needed."""
        return self.text if self.level >= level else f"({self.text})"

    @property
    def bare(self) -> str:
        """The text where nothing binds, as an argument of a call."""
        return self.text

    def __str__(self) -> str:
        return self.text
