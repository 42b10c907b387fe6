"""Sizes that are not known: numbers that say which dimension they are the size of.

A plan is made for given sizes. For text for arrays of any size, each is a number that carries its dimension:
numbers decide between plans, dimensions are what is written. Where the number itself would reach the code, it
is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Rational
from typing import Any, NoReturn

from matgrad.core.dims import ONE, Dim, Minimum, minimum
from matgrad.core.errors import ArgumentError
from matgrad.core.words import phrase


class SizeError(ArgumentError):
    """The number of an unknown size is asked for."""


def depends_on_sizes() -> SizeError:
    """What is said of code that is not the same for all sizes."""
    return SizeError(
        phrase("the code depends on the sizes, which are not known"),
        fix=phrase('declare the sizes as numbers, as in "X: 3×3"'),
    )


class Size:
    """A size that is not known, with a number that stands for it.

    Sums, differences and products are sizes; what comes to a plain number is one. Two are equal where their
    dimensions are, and none equals a number; which is larger is decided by the numbers.

    Parameters
    ----------
    number : int
        What stands for it while a plan is made.
    dim : Dim
        What it is the size of.

    Examples
    --------
    >>> m, n = Size(22, Dim.of("m")), Size(34, Dim.of("n"))
    >>> (m * n + 1).dim
    Dim(m*n + 1)
    >>> (m + 2) - m, m < n, m == 22
    (2, True, False)
    """

    __slots__ = ("dim", "number")

    def __init__(self, number: int, dim: Dim) -> None:
        self.number, self.dim = number, dim

    def _made(self, number: int, dim: Dim) -> Any:
        return int(dim) if dim.is_integer else Size(number, dim)

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Size):
            return self._made(self.number + other.number, self.dim + other.dim)
        if isinstance(other, int):
            return self._made(self.number + other, self.dim + other)
        return self._leaks()

    __radd__ = __add__

    def __neg__(self) -> Any:
        return self._made(-self.number, -self.dim)

    def __sub__(self, other: Any) -> Any:
        return self + -other

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Size):
            return self._made(self.number * other.number, self.dim * other.dim)
        if isinstance(other, int):
            return self._made(self.number * other, self.dim * other)
        return self._leaks()

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Any:
        result: Any = 1
        for _ in range(exponent):
            result = result * self
        return result

    def __floordiv__(self, other: Any) -> Any:
        divisor = plain(other)
        dim = None if divisor == 0 or self.number % divisor else quotient(self.dim, dim_of(other))
        return self._leaks() if dim is None else self._made(self.number // divisor, dim)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Size) and self.dim is other.dim

    def __hash__(self) -> int:
        return hash(self.dim)

    def __lt__(self, other: Any) -> bool:
        return self.number < plain(other)

    def __le__(self, other: Any) -> bool:
        return self.number <= plain(other)

    def __gt__(self, other: Any) -> bool:
        return self.number > plain(other)

    def __ge__(self, other: Any) -> bool:
        return self.number >= plain(other)

    def __bool__(self) -> bool:
        return self.number != 0

    def _leaks(self, *_: Any) -> NoReturn:
        raise depends_on_sizes()

    __index__ = __int__ = __float__ = __truediv__ = __rtruediv__ = __mod__ = __divmod__ = _leaks
    __rfloordiv__ = __rpow__ = __round__ = __trunc__ = _leaks

    @property
    def numerator(self) -> NoReturn:
        """Refused: no fraction is made of it."""
        raise depends_on_sizes()

    denominator = numerator

    def __str__(self) -> str:
        return str(self.dim)

    def __repr__(self) -> str:
        return f"Size({self.number}, {self.dim})"


def plain(size: Any) -> int:
    """The number that stands for a size, to compare plans; it must not reach the code."""
    number: int = size.number if type(size) is Size else size
    return number


def dim_of(size: Any) -> Dim:
    """The dimension of a size."""
    return size.dim if isinstance(size, Size) else Dim.of(size)


def quotient(dim: Dim, divisor: Dim) -> Dim | None:
    """A dimension over one with a single term, where no term is left over."""
    if len(divisor.terms) != 1:
        return Dim.of(1) if dim is divisor else None
    ((below, size),) = divisor.terms
    terms = {}
    for monomial, coefficient in dim.terms:
        powers = dict(monomial)
        for atom, power in below:
            powers[atom] = powers.get(atom, 0) - power
        if any(power < 0 for power in powers.values()):
            return None
        terms[tuple((atom, power) for atom, power in powers.items() if power)] = coefficient / size
    return Dim(terms)


def _of_sizes(dim: Dim) -> Dim:
    """A dimension with 1 for the smaller of it and a size: a size that is not known is at least 1."""
    if not any(isinstance(atom, Minimum) for monomial, _ in dim.terms for atom, _ in monomial):
        return dim
    terms: dict[Any, Any] = {}
    for monomial, coefficient in dim.terms:
        left = tuple((atom, power) for atom, power in monomial if not _is_one(atom))
        terms[left] = terms.get(left, 0) + coefficient
    return Dim(terms)


def _is_one(atom: Any) -> bool:
    """Whether an atom of a dimension is the smaller of 1 and a product or sum of sizes."""
    if not isinstance(atom, Minimum) or ONE not in (atom.left, atom.right):
        return False
    other = atom.right if atom.left is ONE else atom.left
    return all(coefficient >= 1 for _, coefficient in other.terms)


def smaller(a: Any, b: Any) -> Any:
    """The smaller of two sizes."""
    if isinstance(a, Size) or isinstance(b, Size):
        dim = _of_sizes(minimum(dim_of(a), dim_of(b)))
        return int(dim) if dim.is_integer else Size(min(plain(a), plain(b)), dim)
    return min(a, b)


# Fractions of a size are refused by its numerator.
Rational.register(Size)


class OpenSizes(dict[str, int]):
    """Numbers that stand for dimensions whose sizes are not known.

    Parameters
    ----------
    numbers : mapping of str to int
        What stands for each name.
    known : mapping of str to Dim, optional
        Names whose value is known after all, as that of an index whose terms are written out.
    """

    def __init__(self, numbers: Any = (), known: Mapping[str, Dim] | None = None) -> None:
        super().__init__(numbers)
        self.known = {**getattr(numbers, "known", {}), **(known or {})}

    def size(self, dim: Dim) -> Any:
        """The size of a dimension."""
        dim = _of_sizes(dim.substitute(self.known) if self.known else dim)
        return int(dim) if dim.is_integer else Size(dim.value(self), dim)


def size_of(dim: Dim, sizes: Mapping[str, int]) -> Any:
    """The size of a dimension: a number where it is known."""
    return sizes.size(dim) if isinstance(sizes, OpenSizes) else dim.value(sizes)


def with_numbers(sizes: Mapping[str, int], numbers: Mapping[str, int]) -> Mapping[str, int]:
    """Sizes with more names that stand for numbers; what was not known before is not known then."""
    found = {name: Dim.of(number) for name, number in numbers.items()}
    return OpenSizes(sizes, found) if isinstance(sizes, OpenSizes) else {**sizes, **numbers}
