"""Dimensions: integers, symbols and polynomials in them, equal iff their normal forms are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from fractions import Fraction
from operator import index
from typing import TYPE_CHECKING, Any, ClassVar, Union

from matgrad.core.errors import ArgumentError, EvaluationError, NoValueError
from matgrad.core.face import Face
from matgrad.core.interning import Interned
from matgrad.core.labels import check_label, check_stand_in
from matgrad.core.lazy import regex
from matgrad.core.words import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

Atom = Union[str, "Minimum"]
Monomial = tuple[tuple[Atom, int], ...]
DimLike = Union["Dim", int, str]
BOUND = "#"
"""The sign before the name of an index that a sum binds; no name that a user gives has it."""
_MOST_PRODUCTS = 2000
"""The most products of terms of one multiplication: sizes of textbooks have a few terms."""


class Minimum:
    """The smaller of two dimensions, as in the number of singular values."""

    __slots__ = ("__weakref__", "left", "right")
    _table: ClassVar[Interned[Minimum]] = Interned()
    left: Dim
    right: Dim

    def __new__(cls, left: Dim, right: Dim) -> Minimum:
        if right.sort_key < left.sort_key:
            left, right = right, left
        known = cls._table.get((left, right))
        if known is None:
            known = object.__new__(cls)
            known.left, known.right = left, right
            known = cls._table.keep((left, right), known)
        return known

    def __reduce__(self) -> tuple[object, ...]:
        return (Minimum, (self.left, self.right))

    def __str__(self) -> str:
        return f"min({self.left}, {self.right})"


class Dim:
    """A dimension: a polynomial with rational coefficients in named symbols.

    Dimensions are interned: equal normal forms are the same object, so ``is`` and ``==`` agree.

    Parameters
    ----------
    terms : mapping of Monomial to Fraction
        The coefficient of each product of symbols; see :meth:`of` and :func:`dims` for the usual ways.

    Attributes
    ----------
    terms : tuple of (Monomial, Fraction)
        The normal form.
    names : frozenset of str
        All names in it, those of bound indices included.
    symbols : frozenset of str
        The names in it that stand for a number wherever it occurs: no bound indices.

    Examples
    --------
    >>> m, n = Dim.of("m"), Dim.of("n")
    >>> str(m * n + n)
    'm*n + n'
    >>> m + n == n + m
    True
    """

    __slots__ = ("__weakref__", "_text", "names", "sort_key", "symbols", "terms")
    _table: ClassVar[Interned[Dim]] = Interned()
    terms: tuple[tuple[Monomial, Fraction], ...]
    names: frozenset[str]
    symbols: frozenset[str]
    sort_key: str
    _text: str

    def __new__(cls, terms: Mapping[Monomial, Fraction]) -> Dim:
        normal = tuple(
            sorted(
                ((m, c) for m, c in terms.items() if c),
                key=lambda term: (-sum(p for _, p in term[0]), [(str(a), p) for a, p in term[0]]),
            )
        )
        known = cls._table.get(normal)
        if known is None:
            known = object.__new__(cls)
            known.terms = normal
            known.names = names = _names_in(normal)
            known.symbols = frozenset(name for name in names if name[0] != BOUND)
            known._text = _dim_text(normal)
            known.sort_key = known._text
            known = cls._table.keep(normal, known)
        return known

    @staticmethod
    def of(value: DimLike) -> Dim:
        """Make a dimension of an integer or a name."""
        if isinstance(value, Dim):
            return value
        if isinstance(value, str):
            if not value.isidentifier():
                check_label(value, phrase("a dimension"))
                raise ArgumentError(
                    phrase("{value} is not a name for a dimension", value=repr(value)), fix='mg.dims("m n")'
                )
            return Dim({((value, 1),): Fraction(1)})
        try:
            number = None if isinstance(value, bool) else index(value)
        except TypeError:
            number = None
        if number is None:
            raise ArgumentError(
                phrase("a dimension is an integer or a name, not {value}", value=repr(value)),
                fix='mg.dims("m n")',
            )
        if number < 0:
            raise ArgumentError(phrase("a dimension cannot be negative: {number}", number=number))
        return Dim({(): Fraction(number)})

    @staticmethod
    def symbol(name: str) -> Dim:
        """Make the dimension of that name."""
        check_label(name, phrase("a dimension"))
        return Dim({((name, 1),): Fraction(1)})

    @staticmethod
    def unknown(name: str) -> Dim:
        """Make a dimension that is to be found, under a name that no dimension of a user has."""
        return Dim({((check_stand_in(name), 1),): Fraction(1)})

    def __reduce__(self) -> tuple[object, ...]:
        return (Dim, (dict(self.terms),))

    def __add__(self, other: DimLike) -> Dim:
        if not isinstance(other, _DIMENSIONS):
            return _beyond("add", self, other)
        total = dict(self.terms)
        for monomial, coefficient in _coerce(other).terms:
            total[monomial] = total.get(monomial, Fraction(0)) + coefficient
        return Dim(total)

    __radd__ = __add__

    def __neg__(self) -> Dim:
        return Dim({m: -c for m, c in self.terms})

    def __sub__(self, other: DimLike) -> Dim:
        if not isinstance(other, _DIMENSIONS):
            return _beyond("subtract", self, other)
        total = dict(self.terms)
        for monomial, coefficient in _coerce(other).terms:
            total[monomial] = total.get(monomial, Fraction(0)) - coefficient
        return Dim(total)

    def __rsub__(self, other: DimLike) -> Dim:
        if not isinstance(other, _DIMENSIONS):
            return _beyond("subtract", other, self)
        return _coerce(other) + -self

    def __mul__(self, other: DimLike) -> Dim:
        if not isinstance(other, _DIMENSIONS):
            return _beyond("elementwise_product", self, other)
        total: dict[Monomial, Fraction] = {}
        factors = _coerce(other).terms
        if len(self.terms) * len(factors) > _MOST_PRODUCTS:
            raise ArgumentError(
                phrase("a dimension that is a product of so many sums is too long to write out"),
                fix=phrase("a name for each of the sums"),
            )
        for m1, c1 in self.terms:
            for m2, c2 in factors:
                monomial = _multiply(m1, m2)
                total[monomial] = total.get(monomial, Fraction(0)) + c1 * c2
        return Dim(total)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Any:
        return _beyond("divide", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _beyond("divide", other, self)

    def __pow__(self, other: Any) -> Any:
        return _beyond("power", self, other)

    def __rpow__(self, other: Any) -> Any:
        return _beyond("power", other, self)

    def halved(self) -> Dim:
        """Half of this dimension, as in the length n(n+1)/2 of vech."""
        return Dim({m: c / 2 for m, c in self.terms})

    @property
    def is_integer(self) -> bool:
        """Whether this is a plain number."""
        return not self.terms or (len(self.terms) == 1 and self.terms[0][0] == ())

    def __int__(self) -> int:
        if not self.is_integer:
            raise ArgumentError(phrase("the dimension {what} is not a number", what=self))
        return int(self.terms[0][1]) if self.terms else 0

    def __index__(self) -> int:
        if not self.is_integer:
            raise NoValueError(
                phrase("the length {what} is not a number yet", what=self),
                fix=phrase(
                    "mg.ones(n), mg.zeros(n, n) and mg.eye(n) take it; or declare sizes that are numbers"
                ),
            )
        return int(self)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return Face.operators.ufunc(ufunc, method, inputs, kwargs)

    @property
    def indices(self) -> frozenset[str]:
        """The names of the bound indices in it."""
        return self.names - self.symbols

    def value(self, sizes: Mapping[str, int]) -> int:
        """The number it stands for when each name has the given size.

        Raises
        ------
        EvaluationError
            When a name has no size, or the result is not a whole number.
        """
        if len(self.terms) == 1:
            ((monomial, coefficient),) = self.terms
            if len(monomial) == 1 and coefficient == 1 and monomial[0][1] == 1:
                known = sizes.get(monomial[0][0])  # type: ignore[arg-type]  # a single name, as nearly always
                if known is not None:
                    return known
        total = Fraction(0)
        for monomial, coefficient in self.terms:
            product = coefficient
            for atom, power in monomial:
                if isinstance(atom, Minimum):
                    product *= min(atom.left.value(sizes), atom.right.value(sizes)) ** power
                elif atom in sizes:
                    product *= sizes[atom] ** power
                else:
                    raise EvaluationError(phrase("the dimension {atom} has no value", atom=atom))
            total += product
        if total.denominator != 1:
            raise EvaluationError(
                phrase("the dimension {what} is not a whole number here: {total}", what=self, total=total)
            )
        return int(total)

    def substitute(self, replacements: Mapping[str, Dim]) -> Dim:
        """Replace names by dimensions."""
        if self.names.isdisjoint(replacements):
            return self
        total = ZERO
        for monomial, coefficient in self.terms:
            product = Dim({(): coefficient})
            for atom, power in monomial:
                if isinstance(atom, Minimum):
                    factor = minimum(atom.left.substitute(replacements), atom.right.substitute(replacements))
                else:
                    factor = replacements.get(atom, Dim({((atom, 1),): Fraction(1)}))
                for _ in range(power):
                    product = product * factor
            total = total + product
        return total

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"Dim({self._text})"


_DIMENSIONS = (Dim, int, str)


def _coerce(value: DimLike) -> Dim:
    return (
        value
        if isinstance(value, Dim)
        else Dim({(): Fraction(value)})
        if isinstance(value, int)
        else Dim.of(value)
    )


def _beyond(operation: str, left: Any, right: Any) -> Any:
    """What is no dimension any more, as 1/n or n**0.5, is an expression."""
    if not all(isinstance(value, (Dim, int, float, Fraction)) for value in (left, right)):
        return NotImplemented
    return getattr(Face.operators, operation)(left, right)


def _multiply(left: Monomial, right: Monomial) -> Monomial:
    powers = dict(left)
    for atom, power in right:
        powers[atom] = powers.get(atom, 0) + power
    return tuple(sorted(powers.items(), key=lambda item: str(item[0])))


def _names_in(terms: Iterable[tuple[Monomial, Fraction]]) -> frozenset[str]:
    """The names in the atoms of a dimension."""
    found: set[str] = set()
    for monomial, _ in terms:
        for atom, _ in monomial:
            if isinstance(atom, Minimum):
                found |= atom.left.names | atom.right.names
            else:
                found.add(atom)
    return frozenset(found)


def positive_first(dim: Dim) -> str:
    """A dimension as people write it: n - k + 1, not -k + n + 1."""
    terms = list(dim.terms)
    first = next((place for place, (_, coefficient) in enumerate(terms) if coefficient > 0), 0)
    return _dim_text((*terms[first : first + 1], *terms[:first], *terms[first + 1 :]))


def _dim_text(terms: tuple[tuple[Monomial, Fraction], ...]) -> str:
    """Write a polynomial so that it reads, and parses, as a dimension."""
    if not terms:
        return "0"
    denominator = 1
    for _, coefficient in terms:
        denominator = max(denominator, coefficient.denominator)
    parts = []
    for monomial, coefficient in terms:
        number = coefficient * denominator
        names = "*".join(str(a) if p == 1 else f"{a}^{p}" for a, p in monomial)
        size = abs(number)
        body = names if names and size == 1 else f"{size}*{names}" if names else str(size)
        sign = "-" if number < 0 else "+"
        parts.append((sign, body))
    text = ("-" if parts[0][0] == "-" else "") + parts[0][1]
    for sign, body in parts[1:]:
        text += f" {sign} {body}"
    if denominator == 1:
        return text
    return f"({text})/{denominator}" if len(parts) > 1 else f"{text}/{denominator}"


def minimum(left: Dim, right: Dim) -> Dim:
    """The smaller of two dimensions."""
    if left is right:
        return left
    if left.is_integer and right.is_integer:
        return left if int(left) < int(right) else right
    return Dim({((Minimum(left, right), 1),): Fraction(1)})


ZERO = Dim({})
ONE = Dim({(): Fraction(1)})
THREE = Dim({(): Fraction(3)})
Shape = tuple[Dim, Dim]
SCALAR: Shape = (ONE, ONE)


def dims(names: str) -> tuple[Dim, ...]:
    """Make dimensions from their names.

    Parameters
    ----------
    names : str
        Names or whole numbers, with blanks or commas between them.

    Returns
    -------
    tuple of Dim
        One for each name.

    Raises
    ------
    ArgumentError
        For anything but text.

    Examples
    --------
    >>> m, n = dims("m n")
    >>> str(m * n)
    'm*n'
    """
    if not isinstance(names, str):
        raise ArgumentError(
            phrase("dimensions are made of their names, not of {names}", names=repr(names)),
            fix='mg.dims("m n")',
        )
    return tuple(Dim.of(int(name) if name.isdigit() else name) for name in names.replace(",", " ").split())


class Unifier(ABC):
    """Finds dimensions for unknowns such that what must be equal is equal.

    Unknowns are symbols whose name starts with ``?``. Shape rules ask :func:`same`; while a
    unifier is active, an unknown is solved for rather than refused.
    """

    @abstractmethod
    def same(self, left: Dim, right: Dim) -> bool:
        """Make two dimensions equal; say whether that is possible."""

    @abstractmethod
    def state(self) -> object:
        """What is known so far, to be gone back to."""

    @abstractmethod
    def restore(self, state: object) -> None:
        """Forget what was found since."""


_active: ContextVar[Unifier | None] = ContextVar("unifier", default=None)


@contextmanager
def unification(unifier: Unifier) -> Iterator[Unifier]:
    """Let shape rules solve for unknown dimensions while the block runs."""
    token = _active.set(unifier)
    try:
        yield unifier
    finally:
        _active.reset(token)


def active_unifier() -> Unifier | None:
    """The unifier at work, if any."""
    return _active.get()


def same(left: Dim, right: Dim) -> bool:
    """Whether two dimensions are equal; under :func:`unification`, whether they can be made so."""
    if left is right:
        return True
    unifier = _active.get()
    return unifier is not None and unifier.same(left, right)


def shape_text(shape: Shape) -> str:
    """Write a shape as people do: ``m×n``, ``(m + n)×1``."""
    return "×".join(f"({d})" if len(d.terms) > 1 else str(d) for d in shape)


def all_symbols(shapes: Iterable[Shape]) -> frozenset[str]:
    """The names in all the shapes."""
    return frozenset().union(*(d.symbols for shape in shapes for d in shape))


NO_INDICES: frozenset[str] = frozenset()


def indices_in(data: Iterable[object]) -> frozenset[str]:
    """The bound indices that the data of an operation mention."""
    found = NO_INDICES
    for item in data:
        if isinstance(item, Dim):
            found |= item.indices
        elif isinstance(item, tuple):
            found |= indices_in(item)
    return found


_BOUND_NAME = regex("#[0-9a-z.]*")


def without_indices(item: object) -> str:
    """A piece of data as text, in which the names of bound indices do not matter."""
    text = str(item)
    return _BOUND_NAME.sub("#", text) if "#" in text else text
