"""The gamma function, its logarithm, and the derivatives of that: digamma, trigamma, polygamma."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import factorial
from typing import Any

from matgrad.core.arrays import Array, Arrays, Functions
from matgrad.core.dims import SCALAR, Dim, Shape
from matgrad.core.errors import ArgumentError, DomainError, ShapeError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.linear_map import LinearMap
from matgrad.core.notation import Notation, call
from matgrad.core.words import Phrase, phrase
from matgrad.ops import maps as lm
from matgrad.ops.arithmetic import add, subtract
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import hadamard
from matgrad.ops.leaves import Number, number, zeros
from matgrad.ops.orientation import oriented
from matgrad.ops.power import exp
from matgrad.ops.reductions import total
from matgrad.ops.registry import function

_DLMF = "NIST Digital Library of Mathematical Functions"
LARGEST_ORDER = 64
"""The highest derivative of the digamma function that is written."""
LARGEST_FACTORIAL = 64
"""Up to this number Γ of a whole number is a number."""


def _is_pole(x: Expr) -> bool:
    return isinstance(x, Number) and x.value <= 0 and x.value.denominator == 1


def _refuse_pole(name: str, x: Expr) -> None:
    if _is_pole(x):
        raise DomainError(phrase("{name} has a pole at {x}", name=name, x=x))


class LogGamma(Elementwise):
    """log|Γ(x)| of every entry, for positive entries the logarithm of the gamma function."""

    __slots__ = ()
    name = "lgamma"
    written = call("lgamma")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        _refuse_pole("log Γ", x)
        if isinstance(x, Number) and x.value in (1, 2):
            return number(0)
        return None

    def slope(self) -> Expr:
        return digamma(self.args[0])

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.lgamma(t)


@function(
    "lgamma",
    "gammaln",
    "loggamma",
    "log_gamma",
    numpy="special.gammaln",
    example="sum(lgamma(x))",
    given="x: n positive",
)
def lgamma(x: Expr) -> Expr:
    """log|Γ(x)| of every entry, the logarithm of the gamma function.

    Raises
    ------
    DomainError
        At the poles 0, −1, −2, ….
    """
    return LogGamma.of(x)


class Polygamma(Elementwise):
    """ψ⁽ᵏ⁾, the derivative of order k + 1 of log Γ, of every entry. ``data`` is k (DLMF, 5.15)."""

    __slots__ = ()
    name = "polygamma"
    is_family = True

    def reason_for(self, indices: Sequence[int]) -> Phrase | None:
        if not self.data[0]:
            return Phrase("derivative of the digamma function", _DLMF, "5.15")
        return Phrase("derivative of a polygamma function", _DLMF, "5.15")

    @classmethod
    def of(cls, x: Expr) -> Expr:
        return _polygamma(0, x)

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return _polygamma(data[0], args[0])

    def infer_facts(self) -> Fact:
        # ψ′, ψ‴, … are sums of even powers.
        return super().infer_facts() | (Fact.POSITIVE if self.data[0] % 2 else Fact.NONE)

    def slope(self) -> Expr:
        return _polygamma(self.data[0] + 1, self.args[0])

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.polygamma(self.data[0], values[0])

    def notation(self) -> Notation:
        order = self.data[0]
        if order < 2:
            return call(("digamma", "trigamma")[order], numpy=("digamma", "trigamma")[order])
        text = f"polygamma({order}, {{0}})"
        return Notation(text, text, rf"\operatorname{{polygamma}}\left({order}, {{0}}\right)", text)


def _polygamma(order: int, x: Expr) -> Expr:
    if order > LARGEST_ORDER:
        raise ArgumentError(
            phrase(
                "polygamma is written up to the order {largest_order}, not {order}",
                largest_order=LARGEST_ORDER,
                order=order,
            )
        )
    _refuse_pole("polygamma", x)
    return oriented(Polygamma, x, (order,))


@function(
    "digamma", numpy=("special.digamma", "special.psi"), example="sum(digamma(x))", given="x: n positive"
)
def digamma(x: Expr) -> Expr:
    """The digamma function ψ(x) = d log Γ(x)/dx of every entry.

    Raises
    ------
    DomainError
        At the poles 0, −1, −2, ….
    """
    return _polygamma(0, x)


@function("trigamma", example="sum(trigamma(x))", given="x: n positive")
def trigamma(x: Expr) -> Expr:
    """The trigamma function ψ′(x) of every entry.

    Raises
    ------
    DomainError
        At the poles 0, −1, −2, ….
    """
    return _polygamma(1, x)


@function("polygamma", numpy="special.polygamma", example="sum(polygamma(2, x))", given="x: n positive")
def polygamma(order: int, x: Expr) -> Expr:
    """The derivative of the digamma function of a whole order from 0 up, of every entry.

    Raises
    ------
    ArgumentError
        When the order is negative or very large.
    DomainError
        At the poles 0, −1, −2, ….
    """
    if order < 0:
        raise ArgumentError(
            phrase("the order of polygamma is a whole number from 0 up, not {order}", order=order)
        )
    return _polygamma(order, x)


class Gamma(Elementwise):
    """The gamma function of every entry."""

    __slots__ = ()
    name = "gamma_function"
    shown_in_words = "Γ"
    grows_fast = True
    written = call("gamma_function")

    def reason_for(self, indices: Sequence[int]) -> Phrase | None:
        return Phrase("derivative of the gamma function", _DLMF, "5.2")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        _refuse_pole("Γ", x)
        if isinstance(x, Number) and x.value.denominator == 1 and x.value <= LARGEST_FACTORIAL:
            return number(Fraction(factorial(int(x.value) - 1)))
        return None

    def infer_facts(self) -> Fact:
        return super().infer_facts() | self.args[0].facts & Fact.POSITIVE

    def slope(self) -> Expr:
        return hadamard(self, digamma(self.args[0]))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.gamma(t)


@function(
    "gamma_function",
    "gammafn",
    "tgamma",
    numpy="special.gamma",
    example="sum(gamma_function(x))",
    given="x: n positive",
)
def gamma_function(x: Expr) -> Expr:
    """The gamma function Γ(x) of every entry.

    Raises
    ------
    DomainError
        At the poles 0, −1, −2, ….
    """
    return Gamma.of(x)


@function(
    "betaln",
    "log_beta",
    numpy="special.betaln",
    example="sum(betaln(x, y))",
    given="x: n positive, y: n positive",
)
def betaln(a: Expr, b: Expr | None = None) -> Expr:
    """The logarithm of the beta function, log Γ(a) + log Γ(b) − log Γ(a + b), entry by entry.

    With one argument that of the multivariate one, Σ log Γ(aᵢ) − log Γ(Σ aᵢ).

    Raises
    ------
    ShapeError
        When the shapes differ.
    """
    if b is None:
        return subtract(total(lgamma(a)), lgamma(total(a)))
    return add(lgamma(a), subtract(lgamma(b), lgamma(add(a, b))))


@function(
    "beta_function",
    "betafn",
    numpy="special.beta",
    example="sum(beta_function(x, y))",
    given="x: n positive, y: n positive",
)
def beta_function(a: Expr, b: Expr | None = None) -> Expr:
    """The beta function Γ(a) Γ(b)/Γ(a + b), entry by entry; of one vector the multivariate one.

    Where Γ is negative this is its absolute value.

    Raises
    ------
    ShapeError
        When the shapes differ.
    """
    return exp(betaln(a, b))


class MultivariatePolygamma(Expr):
    """The derivative of order k of log Γ_p(a) (Muirhead, 1982, sec. 2.1). ``data`` is ``(k, p)``.

    log Γ_p(a) = p(p − 1)/4 · log π + Σ_{j=1}^p log Γ(a + (1 − j)/2).
    """

    __slots__ = ()
    name = "multipolygamma"
    reason = Phrase("derivative of the multivariate gamma function", "Muirhead (1982)", "sec. 2.1")
    legend = Phrase("multigammaln(a, p) is log Γ_p(a) of the multivariate gamma function Γ_p")
    rank = 50

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        if not args[0].is_scalar:
            raise ShapeError(
                phrase("the multivariate gamma function is of a scalar, not of {x}", x=args[0].describe())
            )
        return SCALAR

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return _multipolygamma(data[0], args[0], data[1])

    def infer_facts(self) -> Fact:
        positive = self.data[0] and self.data[0] % 2 == 0
        return self.args[0].facts & Fact.CONSTANT | (Fact.POSITIVE if positive else Fact.NONE)

    def linear_map(self, index: int) -> LinearMap:
        return lm.Scale(_multipolygamma(self.data[0] + 1, self.args[0], self.data[1]), SCALAR)

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        order, dim = self.data
        p = xp.size(dim)
        ones = xp.ones(p, 1)
        # a + (1 − j)/2 for j = 1, …, p: the sums of a triangle of ones count.
        places = xp.matmul(xp.tril(xp.ones(p, p)), ones)
        half = Fraction(1, 2)
        shifts = xp.add(xp.scale(half, ones), xp.scale(-half, places))
        entries = xp.add(xp.scalar_times(values[0], ones), shifts)
        if order:
            terms = xp.polygamma(order - 1, entries)
        else:
            constant = xp.scale(Fraction(1, 2), xp.map(lambda f, t: f.log(t), xp.pi()))
            # Σ (j − 1)/2 = p(p − 1)/4.
            shares = xp.scalar_times(constant, xp.subtract(places, ones))
            terms = xp.add(xp.map(lambda f, t: f.lgamma(t), entries), shares)
        return xp.matmul(xp.transpose(ones), terms)

    def notation(self) -> Notation:
        order, dim = self.data
        if order > 1:
            text = f"multipolygamma({order}, {{0}}, {dim})"
            latex = rf"\operatorname{{multipolygamma}}\left({order}, {{0}}, {dim}\right)"
            return Notation(text, text, latex, text)
        name = ("multigammaln", "multidigamma")[order]
        text = f"{name}({{0}}, {dim})"
        return Notation(text, text, rf"\operatorname{{{name}}}\left({{0}}, {dim}\right)", text)


def _multipolygamma(order: int, a: Expr, p: Dim) -> Expr:
    MultivariatePolygamma.shape_rule((a,), (order, p))
    if order > LARGEST_ORDER:
        raise ArgumentError(
            phrase(
                "multipolygamma is written up to the order {largest_order}, not {order}",
                largest_order=LARGEST_ORDER,
                order=order,
            )
        )
    if p.is_integer and int(p) == 1:
        return _polygamma(order - 1, a) if order else lgamma(a)
    if p.is_integer and int(p) == 0:
        return zeros(*SCALAR)
    return MultivariatePolygamma.intern((a,), (order, p))


@function(
    "multigammaln",
    "mvlgamma",
    numpy="special.multigammaln",
    example="multigammaln(a + 4, p)",
    given="a: scalar positive",
)
def multigammaln(a: Expr, p: Dim) -> Expr:
    """log Γ_p(a), the logarithm of the multivariate gamma function, for a > (p − 1)/2.

    Raises
    ------
    ShapeError
        When a is not a scalar.
    """
    return _multipolygamma(0, a, p)


@function("multidigamma", example="multidigamma(a + 4, p)", given="a: scalar positive")
def multidigamma(a: Expr, p: Dim) -> Expr:
    """The multivariate digamma function, the derivative of log Γ_p(a).

    Raises
    ------
    ShapeError
        When a is not a scalar.
    """
    return _multipolygamma(1, a, p)


@function("multipolygamma", example="multipolygamma(2, a + 4, p)", given="a: scalar positive")
def multipolygamma(order: int, a: Expr, p: Dim) -> Expr:
    """The derivative of log Γ_p(a) of a whole order.

    Raises
    ------
    ShapeError
        When a is not a scalar.
    ArgumentError
        When the order is negative or very large.
    """
    if order < 0:
        raise ArgumentError(
            phrase("the order of multipolygamma is a whole number from 0 up, not {order}", order=order)
        )
    return _multipolygamma(order, a, p)
