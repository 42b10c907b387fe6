"""Functions with kinks, entry by entry: the absolute value, the sign, the rectifier and its step."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from matgrad.core.arrays import Functions
from matgrad.core.expr import Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation, call
from matgrad.ops.arithmetic import content, scale
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.leaves import Number, number, ones, zeros
from matgrad.ops.registry import function


class Step(Elementwise):
    """1 where the entry is positive, else 0: the derivative of relu, away from 0."""

    __slots__ = ()
    name = "step"
    kinks_at = (0,)
    range_facts = Fact.NONNEGATIVE
    at_zero = Fraction(0)
    written = Notation("step({0})", "𝟏[{0} > 0]", r"\mathbf{1}\left[{0} > 0\right]", "step({0})")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        if x.facts & Fact.POSITIVE:
            return ones(*x.shape)
        return _without_positive_factor(cls, x)

    def slope(self) -> Expr:
        return zeros(*self.shape)

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.step(t)


def _without_positive_factor(cls: type[Elementwise], x: Expr) -> Expr | None:
    """f(c x) = f(x) for c > 0."""
    common, rest = content(x)
    if common not in (1, -1):
        return cls.of(rest if common > 0 else scale(-1, rest))
    return None


@function("step", numpy="heaviside", example="sum(step(x) .* x)", given="x: n")
def step(x: Expr) -> Expr:
    """1 where the entry is positive, else 0."""
    return Step.of(x)


class Relu(Elementwise):
    """max(x, 0) of every entry; differentiable away from 0."""

    __slots__ = ()
    name = "relu"
    kinks_at = (0,)
    range_facts = Fact.NONNEGATIVE
    at_zero = Fraction(0)
    written = call("relu", r"\operatorname{ReLU}")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        if x.facts & Fact.NONNEGATIVE:
            return x
        common, _ = content(x)
        if abs(common) != 1:
            return scale(abs(common), cls.of(scale(1 / abs(common), x)))
        return None

    def slope(self) -> Expr:
        return step(self.args[0])

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.relu(t)


@function("relu", example="sum(relu(x))", given="x: n")
def relu(x: Expr) -> Expr:
    """max(x, 0) of every entry."""
    return Relu.of(x)


class Sign(Elementwise):
    """−1, 0 or 1 of every entry."""

    __slots__ = ()
    name = "sign"
    kinks_at = (0,)
    parity = -1
    at_zero = Fraction(0)
    written = call("sign")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        if x.facts & Fact.POSITIVE:
            return ones(*x.shape)
        return _without_positive_factor(cls, x)

    def slope(self) -> Expr:
        return zeros(*self.shape)

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.sign(t)


@function("sign", "sgn", numpy="sign", example="sum(sign(x) .* x)", given="x: n")
def sign(x: Expr) -> Expr:
    """−1, 0 or 1, as every entry is negative, zero or positive."""
    return Sign.of(x)


class Abs(Elementwise):
    """The absolute value of every entry; differentiable away from 0."""

    __slots__ = ()
    name = "abs"
    shown_in_words = "| |"
    kinks_at = (0,)
    parity = 1
    range_facts = Fact.NONNEGATIVE
    at_zero = Fraction(0)
    written = Notation("abs({0})", "|{0}|", r"\left|{0}\right|", "abs({0})")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        if isinstance(x, Number):
            return number(abs(x.value))
        if x.facts & Fact.NONNEGATIVE:
            return x
        if isinstance(x, Abs):
            return x
        common, _ = content(x)
        if abs(common) != 1:
            return scale(abs(common), cls.of(scale(1 / abs(common), x)))
        return None

    def slope(self) -> Expr:
        return sign(self.args[0])

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.absolute(t)


@function("abs", "absolute", numpy=("absolute", "abs", "fabs"), example="sum(abs(x))", given="x: n")
def absolute(x: Expr) -> Expr:
    """The absolute value of every entry."""
    return Abs.of(x)
