"""Smooth activations, entry by entry: logistic, softplus, error function, GELU."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from matgrad.core.arrays import Functions
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import call
from matgrad.ops.arithmetic import add, multiply, scale, subtract
from matgrad.ops.comparisons import spread
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import hadamard
from matgrad.ops.leaves import number, pi
from matgrad.ops.power import exp, power, square
from matgrad.ops.registry import function


class Sigmoid(Elementwise):
    """The logistic function 1/(1 + exp(−x)) of every entry."""

    __slots__ = ()
    name = "sigmoid"
    saturates = True
    tends = True
    range_facts = Fact.POSITIVE
    at_zero = Fraction(1, 2)
    written = call("sigmoid", r"\sigma", unicode="σ")
    of_matrices = call("sigmoid", unicode="σ")

    def slope(self) -> Expr:
        return hadamard(self, subtract(self.one, self))

    def rounding(self, entries: Sequence[Any]) -> Any:
        return max(map(abs, entries))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.sigmoid(t)


@function("sigmoid", "logistic", "σ", numpy="special.expit", example="sum(sigmoid(x))", given="x: n")
def sigmoid(x: Expr) -> Expr:
    """The logistic function 1/(1 + exp(−x)) of every entry."""
    return Sigmoid.of(x)


class Softplus(Elementwise):
    """log(1 + exp(x)) of every entry."""

    __slots__ = ()
    name = "softplus"
    tends = True
    range_facts = Fact.POSITIVE
    written = call("softplus")

    def slope(self) -> Expr:
        return sigmoid(self.args[0])

    def rounding(self, entries: Sequence[Any]) -> Any:
        return max(map(abs, entries))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.softplus(t)


@function("softplus", example="sum(softplus(x))", given="x: n")
def softplus(x: Expr) -> Expr:
    """log(1 + exp(x)) of every entry."""
    return Softplus.of(x)


@function("logaddexp", numpy="logaddexp", example="sum(logaddexp(x, y))", given="x: n, y: n")
def logaddexp(a: Expr, b: Expr) -> Expr:
    """log(exp a + exp b) of every entry: b + softplus(a − b).

    Raises
    ------
    ShapeError
        When the shapes differ, and neither is a scalar.
    """
    a, b = spread(a, b)
    return add(b, softplus(subtract(a, b)))


class Erf(Elementwise):
    """The error function of every entry."""

    __slots__ = ()
    name = "erf"
    saturates = True
    tends = True
    most_digits = 600
    parity = -1
    at_zero = Fraction(0)
    written = call("erf")

    def slope(self) -> Expr:
        x = self.args[0]
        factor = scale(2, power(pi(), number(Fraction(-1, 2))))
        return multiply(factor, exp(scale(-1, square(x))))

    def rounding(self, entries: Sequence[Any]) -> Any:
        return max(map(abs, entries)) ** 2

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.erf(t)


@function("erf", numpy="special.erf", example="sum(erf(x))", given="x: n")
def erf(x: Expr) -> Expr:
    """The error function of every entry."""
    return Erf.of(x)


class Gelu(Elementwise):
    """x Φ(x) of every entry, Φ the standard normal distribution (Hendrycks & Gimpel, 2016)."""

    __slots__ = ()
    name = "gelu"
    tends = True
    most_digits = 600
    at_zero = Fraction(0)
    written = call("gelu", r"\operatorname{GELU}")

    def slope(self) -> Expr:
        x = self.args[0]
        half = Fraction(1, 2)
        scaled = multiply(power(number(2), number(-half)), x)
        distribution = scale(half, add(self.one, erf(scaled)))
        density = multiply(
            power(multiply(number(2), pi()), number(-half)),
            exp(scale(-half, square(x))),
        )
        return add(distribution, hadamard(x, density))

    def rounding(self, entries: Sequence[Any]) -> Any:
        return max(map(abs, entries)) ** 2

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return t * (1 + f.erf(t / f.sqrt(2))) / 2


@function("gelu", "GELU", example="sum(gelu(x))", given="x: n")
def gelu(x: Expr) -> Expr:
    """x Φ(x) of every entry, Φ the standard normal distribution."""
    return Gelu.of(x)


@function("silu", "swish", example="sum(silu(x))", given="x: n")
def silu(x: Expr) -> Expr:
    """x σ(x) of every entry (Elfwing, Uchibe & Doya, 2018)."""
    return hadamard(x, sigmoid(x))


@function("logsigmoid", "log_sigmoid", example="sum(logsigmoid(x))", given="x: n")
def logsigmoid(x: Expr) -> Expr:
    """log σ(x) of every entry, as −log(1 + exp(−x))."""
    return scale(-1, softplus(scale(-1, x)))
