"""Derivatives of cumulative products where an entry is 0: made to be computed, never shown.

Only the first zero of a column has a slope there: all products behind another zero stay 0. With 1 in the
place of the first zero the products are those of the other entries.
"""

from __future__ import annotations

from fractions import Fraction

from matgrad.core.arrays import Array, Arrays
from matgrad.ops.robust_values import Computed


def _parts(xp: Arrays, x: Array) -> tuple[Array, Array, Array, Array]:
    """1 at entries that are not 0, 1 at the first zero of a column, and X with 1 for zeros, and for that."""
    rows, columns = xp.shape(x)
    ones = xp.ones(rows, columns)
    above = xp.map(lambda f, t: f.step(t), x)
    below = xp.map(lambda f, t: f.step(t), xp.scale(Fraction(-1), x))
    alive = xp.add(above, below)
    zero = xp.subtract(ones, alive)
    later = xp.map(lambda f, t: f.step(t), xp.subtract(xp.cumsum(zero), xp.scale(Fraction(3, 2), ones)))
    first = xp.hadamard(zero, xp.subtract(ones, later))
    return alive, first, xp.add(x, zero), xp.add(x, first)


class CumulativeProductGradient(Computed):
    """Σ_{i ≥ k} g_i ∏_{j ≤ i, j ≠ k} x_j for every entry k of each column."""

    __slots__ = ()
    kind = "cumprod_gradient"

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        x, g = values
        alive, first, divisors, others = _parts(xp, x)
        summed = xp.cumsum(xp.hadamard(xp.cumprod(x), g), from_end=True)
        usual = xp.hadamard(alive, xp.hadamard(summed, xp.power(divisors, xp.number(-1))))
        at_zero = xp.cumsum(xp.hadamard(xp.cumprod(others), g), from_end=True)
        return xp.add(usual, xp.hadamard(first, at_zero))


class CumulativeProductChange(Computed):
    """Σ_{k ≤ i} v_k ∏_{j ≤ i, j ≠ k} x_j for every entry i of each column."""

    __slots__ = ()
    kind = "cumprod_change"

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        x, v = values
        alive, first, divisors, others = _parts(xp, x)
        relative = xp.hadamard(alive, xp.hadamard(v, xp.power(divisors, xp.number(-1))))
        usual = xp.hadamard(xp.cumprod(x), xp.cumsum(relative))
        return xp.add(usual, xp.hadamard(xp.cumprod(others), xp.cumsum(xp.hadamard(first, v))))
