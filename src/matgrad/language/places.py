"""Indices that are written without commas."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.language import syntax as s


def digits_apart(items: Sequence[s.Node]) -> list[s.Node]:
    """The two indices of a matrix that are written as one number: of 12 the 1 and the 2."""
    if len(items) == 1 and isinstance(items[0], s.Num) and 10 < items[0].value < 100:
        tens, ones = divmod(int(items[0].value), 10)
        if tens and ones:
            return [s.Num(items[0].span, Fraction(tens)), s.Num(items[0].span, Fraction(ones))]
    return list(items)
