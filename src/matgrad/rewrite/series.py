"""Laurent series of functions of one number, truncated, about a point.

The coefficients are mpmath numbers of many digits, so that what cancels is seen to cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

TERMS = 36
"""Coefficients that are kept."""

DIGITS = 60

NOTHING = 40
"""A sum is zero where so many digits of it cancel."""


class NoSeriesError(Exception):
    """There is no Laurent series, or none is found here: a root or a logarithm of zero, a kink."""


@lru_cache(maxsize=1)
def context() -> Any:
    """The arithmetic of the coefficients."""
    # Loaded here, because mpmath would slow the import of the package down.
    import mpmath

    ctx: Any = mpmath.MPContext()
    ctx.dps = DIGITS
    return ctx


def _total(terms: Iterable[Any]) -> Any:
    """A sum, exactly 0 where it cancels but for rounding."""
    ctx, numbers = context(), list(terms)
    if len(numbers) < 2:
        return numbers[0] if numbers else ctx.zero
    total, size = ctx.fsum(numbers), ctx.fsum(numbers, absolute=True)
    return total if abs(total) > size * ctx.mpf(10) ** -NOTHING else ctx.zero


def _places(terms: Sequence[Any]) -> list[int]:
    """Where coefficients are not 0: series of polynomials have few."""
    return [k for k, c in enumerate(terms) if c]


@dataclass(frozen=True, slots=True)
class Series:
    """Σ cₖ d^(order + k); the first coefficient is not 0, but for the series 0.

    Attributes
    ----------
    order : int
        The exponent of the first term.
    terms : tuple of number
        The coefficients cₖ, as many as are known.
    """

    order: int
    terms: tuple[Any, ...]

    @classmethod
    def of(cls, order: int, terms: Sequence[Any]) -> Series:
        """The series with leading zeros left out."""
        lead = next((k for k, c in enumerate(terms) if c), None)
        return cls(0, (context().zero,) * TERMS) if lead is None else cls(order + lead, tuple(terms[lead:]))

    @classmethod
    def constant(cls, value: Fraction | Any) -> Series:
        """A number."""
        ctx = context()
        if isinstance(value, Fraction):
            value = ctx.mpf(value.numerator) / value.denominator
        return cls(0, (value, *[ctx.zero] * (TERMS - 1)))

    @classmethod
    def variable(cls, point: Fraction) -> Series:
        """The variable itself, about a point."""
        ctx = context()
        rest = (ctx.one, *[ctx.zero] * (TERMS - 2))
        return cls.of(0, (ctx.mpf(point.numerator) / point.denominator, *rest))

    @property
    def is_zero(self) -> bool:
        """Whether no term is left."""
        return not any(self.terms)

    @property
    def end(self) -> int:
        """The exponent of the first term that is not known."""
        return self.order + len(self.terms)

    def at(self, exponent: int) -> Any:
        """The coefficient of a power."""
        place = exponent - self.order
        return self.terms[place] if 0 <= place < len(self.terms) else context().zero

    def __add__(self, other: Series) -> Series:
        if self.is_zero or other.is_zero:
            return other if self.is_zero else self
        low, high = min(self.order, other.order), min(self.end, other.end)
        return Series.of(low, [_total((self.at(k), other.at(k))) for k in range(low, high)])

    def __mul__(self, other: Series) -> Series:
        count = min(len(self.terms), len(other.terms))
        left, right = self.terms, other.terms
        steps = _places(left[:count])
        terms = [
            _total(left[i] * right[k - i] for i in steps if i <= k and right[k - i]) for k in range(count)
        ]
        return Series.of(self.order + other.order, terms)

    def power(self, exponent: Fraction) -> Series:
        """A rational power.

        Raises
        ------
        NoSeriesError
            Where the series begins with a power of which that is none, or with a negative number.
        """
        lead, order = self.terms[0], self.order * exponent
        if not lead or order.denominator != 1 or (exponent.denominator != 1 and lead < 0):
            raise NoSeriesError
        # (1 + u)^q by the recurrence of Euler (Knuth, TAOCP 2, sec. 4.7).
        ctx = context()
        q = ctx.mpf(exponent.numerator) / exponent.denominator
        base = [c / lead for c in self.terms]
        steps = _places(base)[1:]
        terms = [ctx.one]
        for n in range(1, len(base)):
            earlier = [(k, terms[n - k]) for k in steps if k <= n and terms[n - k]]
            terms.append(_total((q * k - n + k) * base[k] * c for k, c in earlier) / n)
        front = lead**q
        return Series.of(int(order), [front * c for c in terms])

    @property
    def slope(self) -> Series:
        """The derivative."""
        return Series.of(self.order - 1, [(self.order + k) * c for k, c in enumerate(self.terms)])

    def through(self, name: str) -> Series:
        """A function of :data:`FUNCTIONS` of the series.

        Raises
        ------
        NoSeriesError
            Where it has a pole, or the function none there.
        """
        if self.order < 0 or name not in FUNCTIONS:
            raise NoSeriesError
        try:
            result = FUNCTIONS[name](self)
        except (ArithmeticError, ValueError) as error:
            raise NoSeriesError from error
        ctx = context()
        if any(isinstance(c, ctx.mpc) or not ctx.isfinite(c) for c in result.terms):
            raise NoSeriesError
        return result


def _integral(slope: Series, start: Any) -> Series:
    """The series with a given derivative and first coefficient."""
    if slope.order < 0:
        raise NoSeriesError
    return Series.of(0, [start, *(slope.at(k) / (k + 1) for k in range(slope.end))])


def _pair(u: Series, start: tuple[Any, Any], sign: int) -> tuple[Series, Series]:
    """The f and g with f′ = g u′ and g′ = ± f u′: sine and cosine, of angles or hyperbolic."""
    f, g = [start[0]], [start[1]]
    slopes = [(k, k * u.at(k)) for k in range(1, u.end) if u.at(k)]
    for n in range(1, u.end):
        steps = [(c, n - k) for k, c in slopes if k <= n]
        following = _total(c * g[k] for c, k in steps) / n
        g.append(sign * _total(c * f[k] for c, k in steps) / n)
        f.append(following)
    return Series.of(0, f), Series.of(0, g)


def _exp(u: Series) -> Series:
    value = context().exp(u.at(0))
    return _pair(u, (value, value), 1)[0]


def _angles(u: Series) -> tuple[Series, Series]:
    ctx = context()
    return _pair(u, (ctx.sin(u.at(0)), ctx.cos(u.at(0))), -1)


def _hyperbolic(u: Series) -> tuple[Series, Series]:
    ctx = context()
    return _pair(u, (ctx.sinh(u.at(0)), ctx.cosh(u.at(0))), 1)


def _inverse(x: Series) -> Series:
    return x.power(Fraction(-1))


def _plus(x: Series, number: int) -> Series:
    return x + Series.constant(Fraction(number))


def _negative(x: Series) -> Series:
    return Series(x.order, tuple(-c for c in x.terms))


def _asin(u: Series) -> Series:
    root = _plus(_negative(u * u), 1).power(Fraction(-1, 2))
    return _integral(u.slope * root, context().asin(u.at(0)))


def _sigmoid(u: Series) -> Series:
    return _inverse(_plus(_exp(_negative(u)), 1))


def _erf(u: Series) -> Series:
    ctx = context()
    front = Series.constant(2 / ctx.sqrt(ctx.pi))
    return _integral(front * u.slope * _exp(_negative(u * u)), ctx.erf(u.at(0)))


FUNCTIONS: dict[str, Callable[[Series], Series]] = {
    "exp": _exp,
    "log": lambda u: _integral(u.slope * _inverse(u), context().log(u.at(0))),
    "sin": lambda u: _angles(u)[0],
    "cos": lambda u: _angles(u)[1],
    "tan": lambda u: _angles(u)[0] * _inverse(_angles(u)[1]),
    "asin": _asin,
    "acos": lambda u: Series.constant(context().pi / 2) + _negative(_asin(u)),
    "atan": lambda u: _integral(u.slope * _inverse(_plus(u * u, 1)), context().atan(u.at(0))),
    "sinh": lambda u: _hyperbolic(u)[0],
    "cosh": lambda u: _hyperbolic(u)[1],
    "tanh": lambda u: _hyperbolic(u)[0] * _inverse(_hyperbolic(u)[1]),
    "sigmoid": _sigmoid,
    "softplus": lambda u: _integral(u.slope * _sigmoid(u), context().log(1 + context().exp(u.at(0)))),
    "erf": _erf,
}
"""Functions that have a power series wherever they are defined: of a series without a pole."""
