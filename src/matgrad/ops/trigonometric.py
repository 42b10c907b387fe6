"""Trigonometric and hyperbolic functions, entry by entry."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from matgrad.core.arrays import Functions
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import call
from matgrad.ops.arithmetic import add, multiply, scale
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import hadamard
from matgrad.ops.leaves import is_zero, number, ones, pi
from matgrad.ops.power import power, square
from matgrad.ops.registry import function


class Sin(Elementwise):
    """The sine of every entry."""

    __slots__ = ()
    name = "sin"
    oscillates = True
    parity = -1
    at_zero = Fraction(0)
    written = call("sin", r"\sin")
    of_squares = call("sin", r"\sin^{\circ}")

    def slope(self) -> Expr:
        return cos(self.args[0])

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.sin(t)


@function("sin", numpy="sin", example="sum(sin(x))", given="x: n")
def sin(x: Expr) -> Expr:
    """The sine of every entry."""
    return Sin.of(x)


class Cos(Elementwise):
    """The cosine of every entry."""

    __slots__ = ()
    name = "cos"
    oscillates = True
    parity = 1
    at_zero = Fraction(1)
    written = call("cos", r"\cos")
    of_squares = call("cos", r"\cos^{\circ}")

    def slope(self) -> Expr:
        return scale(-1, sin(self.args[0]))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.cos(t)


@function("cos", numpy="cos", example="sum(cos(x))", given="x: n")
def cos(x: Expr) -> Expr:
    """The cosine of every entry."""
    return Cos.of(x)


class Tan(Elementwise):
    """The tangent of every entry."""

    __slots__ = ()
    name = "tan"
    oscillates = True
    parity = -1
    at_zero = Fraction(0)
    written = call("tan", r"\tan")
    of_squares = call("tan", r"\tan^{\circ}")

    def slope(self) -> Expr:
        return add(self.one, square(self))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.tan(t)


@function("tan", numpy="tan", example="sum(tan(x))", given="x: n")
def tan(x: Expr) -> Expr:
    """The tangent of every entry."""
    return Tan.of(x)


def _one_minus_square(node: Elementwise, x: Expr, sign: int = -1) -> Expr:
    return add(node.one, scale(sign, square(x)))


class Asin(Elementwise):
    """The inverse sine of every entry."""

    __slots__ = ()
    name = "asin"
    parity = -1
    at_zero = Fraction(0)
    written = call("asin", r"\arcsin", numpy="arcsin")

    def slope(self) -> Expr:
        return power(_one_minus_square(self, self.args[0]), number(Fraction(-1, 2)))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.asin(t)


@function("asin", "arcsin", numpy="arcsin", example="sum(asin(x))", given="x: n")
def asin(x: Expr) -> Expr:
    """The inverse sine of every entry."""
    return Asin.of(x)


class Acos(Elementwise):
    """The inverse cosine of every entry."""

    __slots__ = ()
    name = "acos"
    written = call("acos", r"\arccos", numpy="arccos")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        return multiply(number(Fraction(1, 2)), pi(), ones(*x.shape)) if is_zero(x) else None

    def slope(self) -> Expr:
        return scale(-1, power(_one_minus_square(self, self.args[0]), number(Fraction(-1, 2))))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.acos(t)


@function("acos", "arccos", numpy="arccos", example="sum(acos(x))", given="x: n")
def acos(x: Expr) -> Expr:
    """The inverse cosine of every entry."""
    return Acos.of(x)


class Atan(Elementwise):
    """The inverse tangent of every entry."""

    __slots__ = ()
    name = "atan"
    parity = -1
    at_zero = Fraction(0)
    written = call("atan", r"\arctan", numpy="arctan")

    def slope(self) -> Expr:
        return power(_one_minus_square(self, self.args[0], 1), number(-1))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.atan(t)


@function("atan", "arctan", numpy="arctan", example="sum(atan(x))", given="x: n")
def atan(x: Expr) -> Expr:
    """The inverse tangent of every entry."""
    return Atan.of(x)


class Sinh(Elementwise):
    """The hyperbolic sine of every entry."""

    __slots__ = ()
    name = "sinh"
    grows_fast = True
    parity = -1
    at_zero = Fraction(0)
    written = call("sinh", r"\sinh")
    of_squares = call("sinh", r"\sinh^{\circ}")

    def slope(self) -> Expr:
        return cosh(self.args[0])

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.sinh(t)


@function("sinh", numpy="sinh", example="sum(sinh(x))", given="x: n")
def sinh(x: Expr) -> Expr:
    """The hyperbolic sine of every entry."""
    return Sinh.of(x)


class Cosh(Elementwise):
    """The hyperbolic cosine of every entry."""

    __slots__ = ()
    name = "cosh"
    grows_fast = True
    parity = 1
    range_facts = Fact.POSITIVE
    at_zero = Fraction(1)
    written = call("cosh", r"\cosh")
    of_squares = call("cosh", r"\cosh^{\circ}")

    def slope(self) -> Expr:
        return sinh(self.args[0])

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.cosh(t)


@function("cosh", numpy="cosh", example="sum(cosh(x))", given="x: n")
def cosh(x: Expr) -> Expr:
    """The hyperbolic cosine of every entry."""
    return Cosh.of(x)


class Tanh(Elementwise):
    """The hyperbolic tangent of every entry."""

    __slots__ = ()
    name = "tanh"
    saturates = True
    tends = True
    parity = -1
    at_zero = Fraction(0)
    written = call("tanh", r"\tanh")

    def slope(self) -> Expr:
        return _one_minus_square(self, self)

    def rounding(self, entries: Sequence[Any]) -> Any:
        return 2 * max(map(abs, entries))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.tanh(t)


@function("tanh", numpy="tanh", example="sum(tanh(x))", given="x: n")
def tanh(x: Expr) -> Expr:
    """The hyperbolic tangent of every entry."""
    return Tanh.of(x)


class Asinh(Elementwise):
    """The inverse hyperbolic sine of every entry."""

    __slots__ = ()
    name = "asinh"
    parity = -1
    at_zero = Fraction(0)
    written = call("asinh", r"\operatorname{arsinh}", numpy="arcsinh")

    def slope(self) -> Expr:
        return power(_one_minus_square(self, self.args[0], 1), number(Fraction(-1, 2)))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.asinh(t)


@function("asinh", "arcsinh", "arsinh", numpy="arcsinh", example="sum(asinh(x))", given="x: n")
def asinh(x: Expr) -> Expr:
    """The inverse hyperbolic sine of every entry."""
    return Asinh.of(x)


class Acosh(Elementwise):
    """The inverse hyperbolic cosine of every entry, which is at least 1."""

    __slots__ = ()
    name = "acosh"
    range_facts = Fact.NONNEGATIVE
    written = call("acosh", r"\operatorname{arcosh}", numpy="arccosh")

    def slope(self) -> Expr:
        # Not as the root of x² − 1, which loses digits near 1 and is real below −1.
        x, one, root = self.args[0], self.one, number(Fraction(-1, 2))
        return hadamard(power(add(x, scale(-1, one)), root), power(add(x, one), root))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.acosh(t)


@function("acosh", "arccosh", "arcosh", numpy="arccosh", example="sum(acosh(1 + x))", given="x: n positive")
def acosh(x: Expr) -> Expr:
    """The inverse hyperbolic cosine of every entry."""
    return Acosh.of(x)


class Atanh(Elementwise):
    """The inverse hyperbolic tangent of every entry, which lies between −1 and 1."""

    __slots__ = ()
    name = "atanh"
    parity = -1
    at_zero = Fraction(0)
    written = call("atanh", r"\operatorname{artanh}", numpy="arctanh")

    def slope(self) -> Expr:
        return power(_one_minus_square(self, self.args[0]), number(-1))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.atanh(t)


@function("atanh", "arctanh", "artanh", numpy="arctanh", example="sum(atanh(x))", given="x: n")
def atanh(x: Expr) -> Expr:
    """The inverse hyperbolic tangent of every entry."""
    return Atanh.of(x)


@function("sec", example="sum(sec(x))", given="x: n")
def sec(x: Expr) -> Expr:
    """The secant of every entry, 1/cos."""
    return power(cos(x), number(-1))


@function("csc", example="sum(csc(x))", given="x: n positive")
def csc(x: Expr) -> Expr:
    """The cosecant of every entry, 1/sin."""
    return power(sin(x), number(-1))


@function("sech", example="sum(sech(x))", given="x: n")
def sech(x: Expr) -> Expr:
    """The hyperbolic secant of every entry, 1/cosh."""
    return power(cosh(x), number(-1))


@function("csch", example="sum(csch(x))", given="x: n positive")
def csch(x: Expr) -> Expr:
    """The hyperbolic cosecant of every entry, 1/sinh."""
    return power(sinh(x), number(-1))


class Cot(Elementwise):
    """The cotangent of every entry."""

    __slots__ = ()
    name = "cot"
    oscillates = True
    parity = -1
    written = call("cot", r"\cot")

    def slope(self) -> Expr:
        return scale(-1, power(sin(self.args[0]), number(-2)))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.cos(t) / f.sin(t)


@function("cot", example="sum(cot(x))", given="x: n positive")
def cot(x: Expr) -> Expr:
    """The cotangent of every entry."""
    return Cot.of(x)


class Coth(Elementwise):
    """The hyperbolic cotangent of every entry."""

    __slots__ = ()
    name = "coth"
    parity = -1
    written = call("coth", r"\coth")

    def slope(self) -> Expr:
        return scale(-1, power(sinh(self.args[0]), number(-2)))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return 1 / f.tanh(t)


@function("coth", example="sum(coth(x))", given="x: n positive")
def coth(x: Expr) -> Expr:
    """The hyperbolic cotangent of every entry."""
    return Coth.of(x)
