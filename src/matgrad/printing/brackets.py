"""Written pieces of an expression and the one precedence table that puts brackets around them."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Level(IntEnum):
    """How tightly a piece holds together, from loosest to tightest.

    The table is the same in every medium. A piece in a place that asks for a tighter level than
    its own goes into brackets; nothing else decides on brackets.
    """

    SUM = 0
    """``A + B`` and everything with a sign in front."""
    OPERATOR = 1
    """``A ⊙ B``, ``A ⊗ B``: infix operators other than + and −."""
    PRODUCT = 2
    """``A B`` and ``A/t``: factors side by side, and fractions on one line."""
    POSTFIX = 3
    """``Aᵀ``, ``A⁻¹``, ``t²``: one thing with something attached."""
    ATOM = 4
    """``A``, ``tr(A)``, ``(A + B)``: a name, or closed by brackets of its own."""


class Piece(NamedTuple):
    """A piece of text with its level; ``tall`` where brackets around it must grow (LaTeX).

    ``head`` and ``tail`` are the first and the last factor of a product, for what stands beside
    it; empty where the whole is one factor. ``is_call`` where it is a word with brackets behind it,
    ``is_open`` where a script behind its brackets would be read as one of what stands in them,
    ``is_indexed`` where an index in brackets or braces stands at its end. ``tight`` is a sum without
    blanks, as it stands in an exponent.
    """

    text: str
    level: Level
    tall: bool = False
    head: str = ""
    tail: str = ""
    is_call: bool = False
    is_indexed: bool = False
    is_open: bool = False
    tight: str = ""


class Term(NamedTuple):
    """A piece with its sign apart, so that a sum or a product can take the sign over."""

    negative: bool
    piece: Piece
