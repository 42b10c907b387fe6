"""Powers, exponentials and logarithms, entry by entry; of scalars, the 1×1 case."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import Any

from matgrad.core.arrays import Array, Arrays, Functions
from matgrad.core.dims import Dim, Shape
from matgrad.core.errors import DomainError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import ALONG_DIAGONALS, PATTERN, Fact
from matgrad.core.identity import composed
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import Product, Sum, add, content, multiply, scale, subtract
from matgrad.ops.elementwise import Elementwise, entrywise
from matgrad.ops.hadamard import hadamard
from matgrad.ops.leaves import Number, Ones, is_zero, number, ones
from matgrad.ops.orientation import orient
from matgrad.ops.registry import function
from matgrad.ops.transpose import Transpose, transpose


class Power(Expr):
    """X to a scalar power, entry by entry. ``args`` are base and exponent.

    The change goes through V ↦ p X^(p−1) ⊙ V in the base, and c ↦ c X^p ⊙ log X in the exponent.
    """

    __slots__ = ()
    name = "power"
    worth_keeping = True
    form = "power"
    reason = Phrase("power rule")
    rank = 45

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        if not args[1].is_scalar:
            raise ShapeError(phrase("the exponent {y} is not a scalar", y=args[1].describe()))
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return power(*args)

    @property
    def exponent(self) -> Expr:
        """The exponent."""
        return self.args[1]

    @property
    def operand_indices(self) -> tuple[int, ...]:
        return (0,) if self.args[1].facts & Fact.CONSTANT else (0, 1)

    def infer_facts(self) -> Fact:
        base, exponent = self.args
        facts = base.facts & (Fact.SYMMETRIC | Fact.CONSTANT | ALONG_DIAGONALS)
        even = isinstance(exponent, Number) and exponent.value.denominator == 1 and exponent.value % 2 == 0
        if base.facts & Fact.POSITIVE:
            facts |= Fact.POSITIVE
        if base.facts & Fact.NONNEGATIVE or even:
            facts |= Fact.NONNEGATIVE
        if isinstance(exponent, Number) and exponent.value.denominator != 1:
            facts |= Fact.NONNEGATIVE
            if exponent.value < 0:
                facts |= Fact.POSITIVE
        if isinstance(exponent, Number) and exponent.value >= 0 and exponent.value.denominator == 1:
            facts |= base.facts & Fact.INTEGER
        if isinstance(exponent, Number) and exponent.value > 0:
            facts |= base.facts & PATTERN
        return facts

    def linear_map(self, index: int) -> LinearMap:
        base, exponent = self.args
        if index == 1:
            return lm.Outer(hadamard(self, log(base)))
        slope = multiply(exponent, power(base, subtract(exponent, number(1))))
        return entrywise(slope)

    def lift(self, operands: Sequence[Expr | None], count: Dim) -> Expr | None:
        base, exponent = operands
        if base is not None and exponent is None:
            return power(base, self.exponent)
        if not self.is_scalar or exponent is None or not self.args[0].facts & Fact.POSITIVE:
            return None
        if base is None:
            return exp(multiply(log(self.args[0]), exponent))
        return exp(hadamard(exponent, log(base)))

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.power(values[0], values[1])

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return None

    def notation(self) -> Notation:
        return Notation("{0} .^ {1}", "{0}^∘{1}", r"{0}^{{\circ {1}}}", "{0} ** {1}")


def _is_table_of_ones(x: Expr) -> bool:
    """Whether a matrix is 𝟏𝟏ᵀ."""
    lines = (f.args[0] if isinstance(f, Transpose) else f for f in x.args)
    return isinstance(x, Product) and x.coefficient == 1 and all(isinstance(line, Ones) for line in lines)


@function("power", numpy="power", example="sum(power(x, 3))", given="x: n")
def power(x: Expr, exponent: Expr) -> Expr:
    """X to a scalar power, entry by entry.

    Raises
    ------
    ShapeError
        When the exponent is not a scalar.
    DomainError
        For zero to a negative power.
    """
    if not exponent.is_scalar:
        Power.shape_rule((x, exponent), ())
    if isinstance(exponent, Number):
        if exponent.value == 1:
            return x
        if exponent.value == 0:
            return ones(*x.shape)
        if isinstance(x, Number):
            return _number_power(x.value, exponent.value)
        if is_zero(x):
            if exponent.value < 0:
                raise DomainError(
                    phrase(
                        "{x} has no power {exponent}: a division by zero", x=x.describe(), exponent=exponent
                    )
                )
            return x
    elif isinstance(x, Number) and x.value == 1:
        return x
    if isinstance(x, Ones) or _is_table_of_ones(x):
        return x
    if isinstance(x, Transpose):
        return transpose(power(x.args[0], exponent))
    known = composed(Power, x, exponent)
    if known is not None:
        return known
    whole = _is_whole(exponent)
    if isinstance(x, Product):
        split = _distribute(x, exponent, whole)
        if split is not None:
            return split
    if isinstance(x, Sum):
        common, rest = content(x)
        if not whole and common < 0:
            common, rest = -common, scale(-1, rest)
        if common != 1:
            return multiply(power(number(common), exponent), power(rest, exponent))
    chosen, flipped = orient(x)
    node = Power.intern((chosen, exponent))
    return transpose(node) if flipped else node


def _is_whole(exponent: Expr) -> bool:
    return bool(exponent.facts & Fact.INTEGER)


def _distribute(x: Product, exponent: Expr, whole: bool) -> Expr | None:
    """(c s X)^p = c^p s^p X^p, as far as c and s are positive or p is whole."""
    if x.is_scalar and x.chain:
        return None
    out: list[Expr] = []
    kept: list[Expr] = []
    coefficient = x.coefficient
    if whole:
        out = [power(number(coefficient), exponent), *(power(s, exponent) for s in x.scalars)]
    else:
        if abs(coefficient) != 1:
            out.append(power(number(abs(coefficient)), exponent))
        sign = -1 if coefficient < 0 else 1
        for s in x.scalars:
            (out if s.facts & Fact.POSITIVE else kept).append(
                power(s, exponent) if s.facts & Fact.POSITIVE else s
            )
        if not out:
            return None
        kept.insert(0, number(sign))
    rest = multiply(*kept, *x.chain) if kept or x.chain else number(1)
    if whole and not x.chain:
        return multiply(*out)
    if rest is x:
        return None
    return multiply(*out, power(rest, exponent))


def _number_power(base: Fraction, exponent: Fraction) -> Expr:
    """A number to a rational power, exact, with the exponent of what stays brought into (0, 1)."""
    if base == 0 and exponent < 0:
        raise DomainError(phrase("zero has no negative power: a division by zero"))
    if exponent.denominator == 1:
        if abs(exponent) > 4096:
            raise DomainError(
                phrase("the power {base}^{exponent} is too large to write out", base=base, exponent=exponent)
            )
        return number(base ** int(exponent))
    if base < 0:
        raise DomainError(
            phrase("the negative number {base} has no real power {exponent}", base=base, exponent=exponent)
        )
    if base in (0, 1):
        return number(base)
    whole = exponent.numerator // exponent.denominator
    rest = exponent - whole
    coefficient = base**whole
    numerator, denominator = base.numerator, base.denominator
    exact = _exact_root(numerator, rest.denominator), _exact_root(denominator, rest.denominator)
    if exact[0] is not None and exact[1] is not None:
        return number(coefficient * Fraction(exact[0], exact[1]) ** rest.numerator)
    if rest.denominator == 2:
        square, free = _square_part(numerator * denominator)
        coefficient *= Fraction(square, denominator)
        if free == 1:
            return number(coefficient)
        root = Power.intern((number(free), number(Fraction(1, 2))))
        return multiply(number(coefficient), root)
    return multiply(number(coefficient), Power.intern((number(base), number(rest))))


def _exact_root(value: int, degree: int) -> int | None:
    """The whole root of a positive number, where it has one."""
    guess = round(value ** (1 / degree)) if value < 1 << 50 else 0
    return guess if guess**degree == value else None


def _square_part(value: int) -> tuple[int, int]:
    """Write a positive number as s² f; f is free of the squares of small primes."""
    root = isqrt(value)
    if root * root == value:
        return root, 1
    square = 1
    for prime in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31):
        while value % (prime * prime) == 0:
            value //= prime * prime
            square *= prime
    return square, value


@function(
    "sqrt",
    numpy="sqrt",
    example="sum(sqrt(x))",
    given="x: n positive",
    of_squares=Phrase(
        "sqrt(X) is entry by entry, as in MATLAB; the square root of a matrix is sqrtm(X)",
    ),
)
def sqrt(x: Expr) -> Expr:
    """The square root, entry by entry."""
    return power(x, number(Fraction(1, 2)))


@function("square", numpy="square", example="sum(square(x))", given="x: n")
def square(x: Expr) -> Expr:
    """The square, entry by entry."""
    return power(x, number(2))


@function("divide", numpy="divide", example="sum(divide(A, X))", given="A: m×n, X: m×n positive")
def divide(a: Expr, b: Expr) -> Expr:
    """The quotient entry by entry; division by a scalar divides every entry.

    Raises
    ------
    ShapeError
        When the shapes differ and the divisor is no scalar.
    """
    reciprocal = power(b, number(Fraction(-1)))
    return multiply(reciprocal, a) if b.is_scalar else hadamard(a, reciprocal)


def split_exponent(factor: Expr) -> tuple[Expr, Expr]:
    """Write a factor as base and exponent, entry by entry."""
    if isinstance(factor, Power):
        return factor.args[0], factor.args[1]
    if isinstance(factor, Transpose) and isinstance(factor.args[0], Power):
        return transpose(factor.args[0].args[0]), factor.args[0].args[1]
    return factor, number(1)


class Exp(Elementwise):
    """The exponential of every entry."""

    __slots__ = ()
    name = "exp"
    grows_fast = True
    range_facts = Fact.POSITIVE
    at_zero = Fraction(1)
    written = call("exp", r"\exp")
    of_squares = call("exp", r"\exp^{\circ}")

    def slope(self) -> Expr:
        return self

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.exp(t)


@function(
    "exp",
    numpy="exp",
    example="sum(exp(X))",
    given="X: m×n",
    of_squares=Phrase(
        "exp(X) is entry by entry, as in MATLAB; the exponential of a matrix is expm(X)",
    ),
)
def exp(x: Expr) -> Expr:
    """The exponential of every entry (for the matrix exponential, see expm)."""
    return Exp.of(x)


class Log(Elementwise):
    """The natural logarithm of every entry."""

    __slots__ = ()
    name = "log"
    joins_factors = True
    written = call("log", r"\log")
    of_squares = call("log", r"\log^{\circ}")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        if isinstance(x, Number):
            if x.value <= 0:
                raise DomainError(phrase("log({x}) is not real", x=x))
            if x.value == 1:
                return number(0)
        if x.is_scalar and isinstance(x, Product) and not x.chain and x.coefficient > 0:
            factors = ([number(x.coefficient)] if x.coefficient != 1 else []) + list(x.scalars)
            if len(factors) > 1 and sum(not f.facts & Fact.POSITIVE for f in factors) <= 1:
                return add(*(cls.of(f) for f in factors))
        return None

    def slope(self) -> Expr:
        return power(self.args[0], number(-1))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.log(t)


@function(
    "log",
    "ln",
    numpy="log",
    example="sum(log(x))",
    given="x: n positive",
    of_squares=Phrase(
        "log(X) is entry by entry, as in MATLAB; the logarithm of a matrix is logm(X)",
    ),
)
def log(x: Expr) -> Expr:
    """The natural logarithm of every entry.

    Raises
    ------
    DomainError
        For a number that is not positive.
    """
    return Log.of(x)


@function("log1p", numpy="log1p", example="sum(log1p(x))", given="x: n positive")
def log1p(x: Expr) -> Expr:
    """log(1 + x), entry by entry."""
    return log(add(ones(*x.shape), x))


@function("expm1", numpy="expm1", example="sum(expm1(x))", given="x: n")
def expm1(x: Expr) -> Expr:
    """exp(x) − 1, entry by entry."""
    return subtract(exp(x), ones(*x.shape))


@function("log2", numpy="log2", example="sum(log2(x))", given="x: n positive")
def log2(x: Expr) -> Expr:
    """The logarithm to the base 2 of every entry: log(x)/log(2)."""
    return multiply(power(log(number(2)), number(-1)), log(x))


@function("log10", numpy="log10", example="sum(log10(x))", given="x: n positive")
def log10(x: Expr) -> Expr:
    """The logarithm to the base 10 of every entry: log(x)/log(10)."""
    return multiply(power(log(number(10)), number(-1)), log(x))


@function("reciprocal", numpy="reciprocal", example="sum(reciprocal(x))", given="x: n positive")
def reciprocal(x: Expr) -> Expr:
    """1 over every entry."""
    return power(x, number(-1))
