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


class _Jump(Elementwise):
    """A function that is constant on either side of 0, where it jumps from its value there."""

    __slots__ = ()
    kinks_at = (0,)
    at_zero = Fraction(0)

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        if x.facts & Fact.POSITIVE:
            return ones(*x.shape)
        common, rest = content(x)
        if common not in (1, -1):
            return cls.of(rest if common > 0 else scale(-1, rest))
        return None

    def slope(self) -> Expr:
        return zeros(*self.shape)


def _with_factor_outside(cls: type[Elementwise], x: Expr) -> Expr | None:
    """f(c x) = |c| f(±x)."""
    common, _ = content(x)
    return None if abs(common) == 1 else scale(abs(common), cls.of(scale(1 / abs(common), x)))


class Step(_Jump):
    """1 where the entry is positive, else 0: the derivative of relu, away from 0."""

    __slots__ = ()
    name = "step"
    range_facts = Fact.NONNEGATIVE
    written = Notation("step({0})", "𝟏[{0} > 0]", r"\mathbf{1}\left[{0} > 0\right]", "step({0})")

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.step(t)


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
        return _with_factor_outside(cls, x)

    def slope(self) -> Expr:
        return step(self.args[0])

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.relu(t)


@function("relu", "ReLU", example="sum(relu(x))", given="x: n")
def relu(x: Expr) -> Expr:
    """max(x, 0) of every entry."""
    return Relu.of(x)


class Sign(_Jump):
    """−1, 0 or 1 of every entry."""

    __slots__ = ()
    name = "sign"
    parity = -1
    written = call("sign")

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
    of_vectors = Notation("abs({0})", "|{0}|", r"\operatorname{{abs}}\left({0}\right)", "abs({0})")
    of_matrices = Notation("abs({0})", "abs({0})", r"\operatorname{{abs}}\left({0}\right)", "abs({0})")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        if isinstance(x, Number):
            return number(abs(x.value))
        if x.facts & Fact.NONNEGATIVE:
            return x
        if isinstance(x, Abs):
            return x
        return _with_factor_outside(cls, x)

    def slope(self) -> Expr:
        return sign(self.args[0])

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.absolute(t)


@function("abs", "absolute", numpy=("absolute", "abs", "fabs"), example="sum(abs(x))", given="x: n")
def absolute(x: Expr) -> Expr:
    """The absolute value of every entry."""
    return Abs.of(x)
