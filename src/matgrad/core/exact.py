"""Numbers of Python and NumPy, read exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from matgrad.core.dims import Dim


def as_fraction(value: Any) -> Fraction | None:
    """Read a Python or NumPy number exactly; ``None`` for anything else.

    A float counts as the decimal number it prints as: 0.1 is 1/10.
    """
    if isinstance(value, (bool, Dim)):
        return None
    if isinstance(value, (int, Fraction)):
        return Fraction(value)
    if hasattr(value, "ndim") and (
        value.ndim or str(getattr(value, "dtype", "f8")).startswith(("bool", "complex", "clongdouble"))
    ):
        return None  # NumPy would make a complex number real, with a warning
    # An array of floats with no axes has __index__ too, and raises.
    whole = not hasattr(value, "shape") or str(getattr(value, "dtype", "")).lstrip("u").startswith("int")
    if whole and hasattr(value, "__index__"):
        return Fraction(value.__index__())
    if isinstance(value, float) or (hasattr(value, "__float__") and getattr(value, "ndim", None) == 0):
        try:
            number = float(value)
        except (TypeError, ValueError):
            return None  # a complex number, or a text in an array
        if number != number or number in (float("inf"), float("-inf")):
            return None
        return Fraction(repr(number))
    return None
