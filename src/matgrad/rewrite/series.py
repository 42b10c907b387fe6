"""Laurent series of functions of one number, truncated, about a point.

The coefficients are mpmath numbers of many digits, so that what cancels is seen to cancel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from matgrad.core.arrays import Functions
from matgrad.core.records import dataclass

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

    def __add__(self, other: Series | Fraction | int) -> Series:
        other = lifted(other)
        if self.is_zero or other.is_zero:
            return other if self.is_zero else self
        low, high = min(self.order, other.order), min(self.end, other.end)
        pairs = [(self.at(k), other.at(k)) for k in range(low, high)]
        return Series.of(low, [_total((a, b)) if a and b else a or b for a, b in pairs])

    __radd__ = __add__

    def __mul__(self, other: Series | Fraction | int) -> Series:
        other = lifted(other)
        count = min(len(self.terms), len(other.terms))
        left, right = self.terms, other.terms
        steps = _places(left[:count])
        terms = [
            _total(left[i] * right[k - i] for i in steps if i <= k and right[k - i]) for k in range(count)
        ]
        return Series.of(self.order + other.order, terms)

    __rmul__ = __mul__

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

    def __neg__(self) -> Series:
        return Series(self.order, tuple(-c for c in self.terms))

    def __sub__(self, other: Series | Fraction | int) -> Series:
        return self + -lifted(other)

    def __rsub__(self, other: Fraction | int) -> Series:
        return lifted(other) + -self

    def __truediv__(self, other: Series | Fraction | int) -> Series:
        return self * lifted(other).power(Fraction(-1))

    def __rtruediv__(self, other: Fraction | int) -> Series:
        return lifted(other) * self.power(Fraction(-1))

    def __pow__(self, exponent: Fraction | int) -> Series:
        return self.power(Fraction(exponent))

    def through(self, entry: Callable[[Functions, Any], Any]) -> Series:
        """A function of one number of the series, as an elementwise operation states it.

        Raises
        ------
        NoSeriesError
            Where the series has a pole, or the function has no series there.
        """
        try:
            result = lifted(entry(SeriesFunctions(), _without_pole(self)))
        except (ArithmeticError, ValueError, NotImplementedError) as error:
            raise NoSeriesError from error
        ctx = context()
        if any(isinstance(c, ctx.mpc) or not ctx.isfinite(c) for c in result.terms):
            raise NoSeriesError
        return result


def lifted(value: Series | Fraction | int | Any) -> Series:
    """A series, or a number as one."""
    if isinstance(value, Series):
        return value
    return Series.constant(Fraction(value) if isinstance(value, int) else value)


def _without_pole(value: Any) -> Series:
    u = lifted(value)
    if u.order < 0:
        raise NoSeriesError
    return u


def _integral(slope: Series, start: Any) -> Series:
    """The series with a given derivative and first coefficient."""
    slope = _without_pole(slope)
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


def _angles(value: Any) -> tuple[Series, Series]:
    ctx, u = context(), _without_pole(value)
    return _pair(u, (ctx.sin(u.at(0)), ctx.cos(u.at(0))), -1)


def _hyperbolic(value: Any) -> tuple[Series, Series]:
    ctx, u = context(), _without_pole(value)
    return _pair(u, (ctx.sinh(u.at(0)), ctx.cosh(u.at(0))), 1)


class SeriesFunctions:
    """The functions that elementwise operations are made of, of series without a pole.

    They have a power series wherever they are defined. What has a kink has none: beyond the kink it is
    another function.
    """

    def __init__(self) -> None:
        self.pi = Series.constant(+context().pi)

    def exp(self, value: Any, /) -> Series:
        u = _without_pole(value)
        start = context().exp(u.at(0))
        return _pair(u, (start, start), 1)[0]

    def log(self, value: Any, /) -> Series:
        u = _without_pole(value)
        return _integral(u.slope / u, context().log(u.at(0)))

    def log1p(self, value: Any, /) -> Series:
        return self.log(1 + lifted(value))

    def expm1(self, value: Any, /) -> Series:
        return self.exp(value) - 1

    def sqrt(self, value: Any, /) -> Series:
        return lifted(value).power(Fraction(1, 2))

    def sin(self, value: Any, /) -> Series:
        return _angles(value)[0]

    def cos(self, value: Any, /) -> Series:
        return _angles(value)[1]

    def tan(self, value: Any, /) -> Series:
        sine, cosine = _angles(value)
        return sine / cosine

    def asin(self, value: Any, /) -> Series:
        u = _without_pole(value)
        return _integral(u.slope * (1 - u * u).power(Fraction(-1, 2)), context().asin(u.at(0)))

    def acos(self, value: Any, /) -> Series:
        return Series.constant(context().pi / 2) - self.asin(value)

    def atan(self, value: Any, /) -> Series:
        u = _without_pole(value)
        return _integral(u.slope / (u * u + 1), context().atan(u.at(0)))

    def asinh(self, value: Any, /) -> Series:
        u = _without_pole(value)
        return _integral(u.slope * (u * u + 1).power(Fraction(-1, 2)), context().asinh(u.at(0)))

    def acosh(self, value: Any, /) -> Series:
        u = _without_pole(value)
        return _integral(u.slope * (u * u - 1).power(Fraction(-1, 2)), context().acosh(u.at(0)))

    def atanh(self, value: Any, /) -> Series:
        u = _without_pole(value)
        return _integral(u.slope / (1 - u * u), context().atanh(u.at(0)))

    def sinh(self, value: Any, /) -> Series:
        return _hyperbolic(value)[0]

    def cosh(self, value: Any, /) -> Series:
        return _hyperbolic(value)[1]

    def tanh(self, value: Any, /) -> Series:
        sine, cosine = _hyperbolic(value)
        return sine / cosine

    def sigmoid(self, value: Any, /) -> Series:
        return 1 / (self.exp(-_without_pole(value)) + 1)

    def softplus(self, value: Any, /) -> Series:
        ctx, u = context(), _without_pole(value)
        return _integral(u.slope * self.sigmoid(u), ctx.log(1 + ctx.exp(u.at(0))))

    def erf(self, value: Any, /) -> Series:
        ctx, u = context(), _without_pole(value)
        front = Series.constant(2 / ctx.sqrt(ctx.pi))
        return _integral(front * u.slope * self.exp(-(u * u)), ctx.erf(u.at(0)))

    def lgamma(self, value: Any, /) -> Series:
        ctx, u = context(), _without_pole(value)
        start, change = u.at(0), u - Series.constant(u.at(0))
        total = Series.constant(ctx.zero)
        for k in range(TERMS - 1, 0, -1):
            total = (total + Series.constant(ctx.psi(k - 1, start) / ctx.factorial(k))) * change
        return total + Series.constant(ctx.log(abs(ctx.gamma(start))))

    def gamma(self, value: Any, /) -> Series:
        u = _without_pole(value)
        return self.exp(self.lgamma(u)) * Series.constant(context().sign(context().gamma(u.at(0))))

    def sign(self, value: Any, /) -> Series:
        raise NoSeriesError

    absolute = relu = step = sign
