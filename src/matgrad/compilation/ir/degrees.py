"""The degree of a value in the exponentials among its operands, from theirs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.compilation.ir.primitive import Value

Degree = Fraction | None


def linear(v: Value, below: Sequence[Fraction]) -> Degree:
    """What is linear in its first operand."""
    return below[0]


def multilinear(v: Value, below: Sequence[Fraction]) -> Degree:
    """What is linear in each operand."""
    return sum(below, Fraction(0))


def quadratic(v: Value, below: Sequence[Fraction]) -> Degree:
    """What is quadratic in its operand."""
    return 2 * below[0]


def of_sum(v: Value, below: Sequence[Fraction]) -> Degree:
    """Sums have the degree of their largest term; the others are made smaller."""
    return max(below)


def of_power(v: Value, below: Sequence[Fraction]) -> Degree:
    """A power of a number."""
    if v.kind == "scalar" and isinstance(v.params[0], Fraction):
        return below[0] * v.params[0]
    return None


def of_function(v: Value, below: Sequence[Fraction]) -> Degree:
    """The logarithm of a number takes a factor as a term."""
    return Fraction(0) if v.params[0] in ("log", "log1p") and v.kind == "scalar" else None
