"""Functions of NumPy and SciPy that are made of others, entry by entry."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from matgrad.ops import activations, angles, arithmetic, leaves, piecewise, power, trigonometric
from matgrad.ops.arrays.entrywise import add, binary, divide, entrywise, multiply, negative, subtract
from matgrad.ops.arrays.symbolic import SymbolicArray

_HALF = Fraction(1, 2)


def sinc(x: Any) -> SymbolicArray:
    """sin(πx)/(πx), which is 1 at 0."""
    angle = multiply(leaves.pi(), x)
    return divide(entrywise(trigonometric.sin, angle), angle)


def copysign(a: Any, b: Any) -> SymbolicArray:
    """|a| with the sign of b."""
    return multiply(entrywise(piecewise.absolute, a), entrywise(piecewise.sign, b))


def logit(x: Any) -> SymbolicArray:
    """log(x/(1 − x))."""
    return subtract(entrywise(power.log, x), entrywise(power.log1p, negative(x)))


def log_expit(x: Any) -> SymbolicArray:
    """log σ(x), as −log(1 + e⁻ˣ)."""
    return negative(entrywise(activations.softplus, negative(x)))


def xlogy(x: Any, y: Any) -> SymbolicArray:
    return multiply(x, entrywise(power.log, y))


def xlog1py(x: Any, y: Any) -> SymbolicArray:
    return multiply(x, entrywise(power.log1p, y))


def entr(x: Any) -> SymbolicArray:
    """−x log x."""
    return negative(xlogy(x, x))


def rel_entr(x: Any, y: Any) -> SymbolicArray:
    """x log(x/y)."""
    return multiply(x, subtract(entrywise(power.log, x), entrywise(power.log, y)))


def kl_div(x: Any, y: Any) -> SymbolicArray:
    """x log(x/y) − x + y."""
    return add(subtract(rel_entr(x, y), x), y)


def erfc(x: Any) -> SymbolicArray:
    """1 − erf(x)."""
    return subtract(1, entrywise(activations.erf, x))


def ndtr(x: Any) -> SymbolicArray:
    """The distribution function of the standard normal distribution."""
    root = power.power(leaves.number(2), leaves.number(-_HALF))
    inside = entrywise(lambda e: arithmetic.multiply(root, e), x)
    return multiply(_HALF, add(1, entrywise(activations.erf, inside)))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "arctan2": binary(angles.arctan2),
    "atan2": binary(angles.arctan2),
    "sinc": sinc,
    "copysign": copysign,
    "logit": logit,
    "log_expit": log_expit,
    "xlogy": xlogy,
    "xlog1py": xlog1py,
    "entr": entr,
    "rel_entr": rel_entr,
    "kl_div": kl_div,
    "erfc": erfc,
    "ndtr": ndtr,
}
"""What they do, by the names that they have there."""
