"""Indices as they are written: without commas, and a step before or behind a letter."""

from __future__ import annotations

from collections.abc import Container, Sequence
from fractions import Fraction

from matgrad.language import syntax as s


def digits_apart(items: Sequence[s.Node]) -> list[s.Node]:
    """The two indices of a matrix that are written as one number: of 12 the 1 and the 2."""
    if len(items) == 1 and isinstance(items[0], s.Num) and 10 < items[0].value < 100:
        tens, ones = divmod(int(items[0].value), 10)
        if tens and ones:
            return [s.Num(items[0].span, Fraction(tens)), s.Num(items[0].span, Fraction(ones))]
    return list(items)


def shift_label(node: s.Node) -> str | None:
    """An index a few steps before or behind a letter, as a part of a name: tm1 for t - 1, kp1 for k + 1."""
    if not isinstance(node, s.Sum) or len(node.terms) != 2:
        return None
    (first, letter), (sign, steps) = node.terms
    if first < 0 or not isinstance(letter, s.Name) or len(letter.text) != 1 or not isinstance(steps, s.Num):
        return None
    if steps.value.denominator != 1 or not 0 < steps.value < 10:
        return None
    return f"{letter.text}{'p' if sign > 0 else 'm'}{steps.value}"


def as_word(node: s.Node) -> str | None:
    """A subscript as a part of a name."""
    if isinstance(node, s.Name):
        return node.text
    if isinstance(node, s.Num) and node.value.denominator == 1 and node.value >= 0:
        return str(node.value)
    if isinstance(node, s.Group) and len(node.items) == 1:
        return as_word(node.items[0])
    return shift_label(node)


def name_of(node: s.Node) -> str | None:
    """The name that a piece is, with what stands below it: x_1 as the text language and LaTeX read it."""
    bare = s.inner(node)
    if isinstance(bare, s.Name):
        return bare.text
    if not isinstance(bare, s.Subscripted):
        return None
    words = [as_word(item) for item in bare.items]
    return f"{bare.base.text}_{''.join(filter(None, words))}" if all(words) else None


def is_indexed(name: str, bound: Container[str]) -> bool:
    """Whether a name ends with indices of sums: y_i, w_ij."""
    below = name.rpartition("_")[2] if "_" in name else ""
    return bool(below) and all(letter in bound for letter in below)


def is_raised_function(node: s.Power) -> bool:
    """Whether it is the function that is raised, as in tanh²(v), which for vectors has one reading."""
    call = node.base
    return isinstance(call, s.Call) and bool(call.args) and node.exponent.span[0] < call.args[0].span[0]
