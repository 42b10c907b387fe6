"""How a value is written in comments and messages: what primitives need to say theirs."""

from __future__ import annotations

from fractions import Fraction
from typing import Protocol, TypeVar

from matgrad.compilation.ir.numbers import EXACT, Scalar, shown

ADD, ENTRYWISE, MUL, POST, ATOM = 1, 2, 3, 4, 5
"""How tightly a notation binds."""

SUPERSCRIPTS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")

Text = tuple[str, int]
V = TypeVar("V", contravariant=True)


class Speller(Protocol[V]):
    """Writes the operands of a value."""

    def operand(self, value: V, least: int, /) -> str:
        """An operand in brackets where it binds less; its name where it is long."""

    def whole(self, value: V, /) -> Text:
        """An operand as it is written by itself."""


def number_text(x: Scalar) -> str:
    """A number as a reader would write it."""
    if isinstance(x, Fraction) and max(abs(x.numerator), x.denominator) >= EXACT:
        return shown(x).replace("-", "−")
    if isinstance(x, Fraction):
        text = str(x) if x.denominator != 1 else str(x.numerator)
        return text.replace("-", "−")
    return f"{x:.6g}".replace("-", "−")


def signed(text: str, negative: bool, before: str) -> str:
    """What was written, and one more term."""
    if not before:
        return f"−{text}" if negative else text
    return f"{before} {'−' if negative else '+'} {text}"
