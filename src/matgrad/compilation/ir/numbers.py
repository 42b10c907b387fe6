"""Numbers in generated code: right to the last digit of a double, or refused.

Integers of a moderate size and quotients of such are written as they are; what is larger is written as
the nearest double. A number that no double, or none of the type of the arrays, comes near is refused.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from fractions import Fraction

from matgrad.core.errors import ArgumentError, EvaluationError
from matgrad.core.words import phrase

Scalar = Fraction | float
"""A number known when the program is made: exact, or a float such as √2."""

BARE = Fraction(1)
"""The number in front of a value that has none."""

WHOLE = 1 << 31
"""Larger integers overflow where a library gives them 32 bits."""

EXACT = 1 << 53
"""Up to here the quotient of two integers is one rounding of doubles."""

LONGEST = 1 << 14
"""Exact powers have up to so many bits."""

LIMITS = {
    "float16": (65504.0, 2.0**-14),
    "bfloat16": (3.3895313892515355e38, 2.0**-126),
    "float32": (3.4028234663852886e38, 2.0**-126),
}
"""The largest number of a type, and the smallest that has all its digits."""

_HALF = LIMITS["float16"]


def nearest(x: Scalar) -> float:
    """The double nearest to a number.

    Raises
    ------
    ArgumentError
        Where there is none: the number is too large, or too near to zero.
    """
    try:
        value = float(x)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise ArgumentError(
            phrase(
                "{x} is too large for a double, which goes up to {max}",
                x=shown(x),
                max=f"{sys.float_info.max:.1e}",
            ),
            fix=phrase("another unit, so that the numbers are smaller"),
        )
    if x != 0 and abs(value) < sys.float_info.min:
        raise ArgumentError(
            phrase(
                "{x} is too small for a double, which is exact from {min} on",
                x=shown(x),
                min=f"{sys.float_info.min:.1e}",
            ),
            fix=phrase("another unit, so that the numbers are larger"),
        )
    return value


def literal(x: Scalar) -> str:
    """A number that is not negative, as every language here reads it; a quotient has `` / `` in it."""
    value = nearest(x)
    if not isinstance(x, Fraction):
        return repr(value)
    if x.denominator == 1:
        return str(x.numerator) if x.numerator < WHOLE else repr(value)
    if Fraction(value) == x or max(x.numerator, x.denominator) > EXACT:
        return repr(value)
    return f"{x.numerator} / {x.denominator}"


def power(base: Scalar, exponent: Scalar) -> Scalar:
    """A positive number to a power: exact where both are and the result is of a moderate length.

    Raises
    ------
    ArgumentError
        Where no double comes near the result.
    """
    whole = isinstance(base, Fraction) and Fraction(exponent).denominator == 1
    if isinstance(base, Fraction) and whole:
        bits = max(base.numerator.bit_length(), base.denominator.bit_length()) * float(magnitude(exponent))
        if bits < LONGEST or base == 1:
            return Fraction(base ** int(exponent))
    value: float
    try:
        value = float(base) ** float(exponent)
    except OverflowError:
        value = math.inf
    if not 0 < value < math.inf:
        raise ArgumentError(
            phrase(
                "{base} to the power {exponent} is out of the range of doubles",
                base=shown(base),
                exponent=shown(exponent),
            ),
            fix=phrase("another unit"),
        )
    return value


def magnitude(x: Scalar) -> Scalar:
    """The absolute value, of the same kind."""
    return -x if is_negative(x) else x


def is_negative(x: Scalar) -> bool:
    """Whether a number is below 0; comparing fractions would take their denominators into account."""
    return x.numerator < 0 if isinstance(x, Fraction) else x < 0


def shown(x: Scalar) -> str:
    """A number of any size for a message."""
    if isinstance(x, float) or max(abs(x.numerator), x.denominator) < EXACT:
        return str(x)
    exponent = math.log10(abs(x.numerator)) - math.log10(x.denominator)
    return f"a number of about {'-' if x < 0 else ''}10^{round(exponent)}"


def logarithm(x: Scalar) -> float:
    """The logarithm of a positive number of any size."""
    try:
        return math.log(x)
    except (OverflowError, ValueError):
        assert isinstance(x, Fraction)
        return math.log(x.numerator) - math.log(x.denominator)


def extremes(numbers: Iterable[Scalar]) -> tuple[Scalar, Scalar] | None:
    """The largest and the smallest of some numbers, where some type of arrays may not hold them."""
    found = sorted({magnitude(x) for x in numbers if x})
    if not found or (found[-1] <= _HALF[0] and found[0] >= _HALF[1]):
        return None
    return found[-1], found[0]


def require_representable(numbers: tuple[Scalar, Scalar] | None, dtype: str) -> None:
    """Refuse numbers that arrays of a type cannot hold.

    Raises
    ------
    EvaluationError
        Where the largest or the smallest number is out of range.
    """
    if numbers is None or dtype not in LIMITS:
        return
    most, least = LIMITS[dtype]
    largest, smallest = numbers
    if largest > most:
        raise EvaluationError(
            phrase(
                "{largest} is too large for {dtype}, which goes up to {most}",
                largest=shown(largest),
                dtype=dtype,
                most=f"{most:.1e}",
            ),
            fix=phrase("arrays of float64"),
        )
    if smallest < least:
        raise EvaluationError(
            phrase(
                "{smallest} is too small for {dtype}, which is exact from {least} on",
                smallest=shown(smallest),
                dtype=dtype,
                least=f"{least:.1e}",
            ),
            fix=phrase("arrays of float64"),
        )
