"""How a value is written in comments and messages: what primitives need to say theirs."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple, Protocol, TypeVar

from matgrad.compilation.ir.numbers import EXACT, Scalar, magnitude, shown

ADD, ENTRYWISE, MUL, POST, ATOM = 1, 2, 3, 4, 5
"""How tightly a notation binds."""

SUPERSCRIPTS = str.maketrans("0123456789-.", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻·")

_MINUS = str.maketrans("-", "−")


class Text(NamedTuple):
    """A notation, and how tightly it binds.

    Attributes
    ----------
    text : str
        The notation.
    level : int
        How tightly it binds.
    positive : str
        The notation without the minus that it starts with; empty where it starts with none.
    """

    text: str
    level: int = ATOM
    positive: str = ""


def with_sign(negative: bool, text: str, level: int) -> Text:
    """A notation behind a minus, where it has one."""
    return Text(f"−{text}", level, text) if negative else Text(text, level)


V = TypeVar("V", contravariant=True)


class Speller(Protocol[V]):
    """Writes the operands of a value."""

    def operand(self, value: V, least: int = ATOM, /) -> str:
        """An operand in brackets where it binds less; its name where it is long."""

    def term(self, value: V, least: int, /) -> tuple[bool, str]:
        """Whether an operand starts with a minus, and what follows that."""

    def whole(self, value: V, /) -> Text:
        """An operand as it is written by itself."""


def number_text(x: Scalar) -> str:
    """A number as a reader would write it."""
    body = positive_text(magnitude(x))
    return f"−{body}" if x < 0 else body


def positive_text(x: Scalar) -> str:
    """A number that is not negative, as a reader would write it."""
    if not isinstance(x, Fraction):
        return f"{x:.6g}".translate(_MINUS)
    if max(x.numerator, x.denominator) >= EXACT:
        return shown(x).translate(_MINUS)
    return str(x)


def signed(text: str, negative: bool, before: str) -> str:
    """What was written, and one more term."""
    if not before:
        return f"−{text}" if negative else text
    return f"{before} {'−' if negative else '+'} {text}"
