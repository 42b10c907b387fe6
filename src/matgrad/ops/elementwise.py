"""Functions applied to every entry. Their derivative is V ↦ f'(X) ⊙ V (Magnus & Neudecker, ch. 9)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar

from matgrad.core.arrays import Array, Arrays, Functions
from matgrad.core.dims import Shape
from matgrad.core.errors import DomainError
from matgrad.core.expr import Data, Expr
from matgrad.core.facts import Fact
from matgrad.core.notation import Notation, call
from matgrad.core.reason import Reason
from matgrad.ops import arithmetic, hadamard, linear_map as lm, power, reductions, trace
from matgrad.ops.leaves import Number, Ones, is_zero, number, ones, pi, zeros
from matgrad.ops.registry import function
from matgrad.ops.transpose import Transpose, oriented, transpose

KEEPS_ZERO = Fact.DIAGONAL | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR
"""Patterns of zeros that a function with f(0) = 0 keeps."""


def entrywise(slope: Expr) -> lm.LinearMap:
    """The map V ↦ S ⊙ V; of scalars, the product."""
    return lm.Scale(slope, slope.shape) if slope.is_scalar else lm.HadamardBy(slope)


class Elementwise(Expr):
    """A function of one number, applied to every entry."""

    __slots__ = ()
    rank = 50
    parity: ClassVar[int] = 0
    """1 for f(−x) = f(x), −1 for f(−x) = −f(x)."""
    range_facts: ClassVar[Fact] = Fact.NONE
    at_zero: ClassVar[Fraction | None] = None
    """The value at zero, where it is rational."""
    written: ClassVar[Notation]
    of_squares: ClassVar[Notation | None] = None
    """How it is written of a square matrix, which has a matrix function of that name too."""

    def reason_for(self, indices: Sequence[int]) -> Reason | None:
        sign = self.notation().unicode.partition("(")[0]
        name = sign if sign.isalpha() else self.name
        return Reason(f"derivative of {name}", f"{name} 的导数")

    @classmethod
    def shape_rule(cls, args: tuple[Expr, ...], data: Data) -> Shape:
        return args[0].shape

    @classmethod
    def rebuild(cls, args: tuple[Expr, ...], data: Data) -> Expr:
        return cls.of(args[0])

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        """The value on operands that have a simpler one."""
        return None

    @classmethod
    def of(cls, x: Expr) -> Expr:
        """Apply the function; the canonical constructor of every elementwise operation."""
        if cls.at_zero is not None and is_zero(x):
            return arithmetic.multiply(number(cls.at_zero), ones(*x.shape)) if cls.at_zero else x
        special = cls.special(x)
        if special is not None:
            return special
        if isinstance(x, Transpose):
            return transpose(cls.of(x.args[0]))
        if isinstance(x, Ones) and not x.is_scalar:
            return arithmetic.multiply(cls.of(number(1)), x)
        if cls.parity:
            common, _ = arithmetic.content(x)
            if common < 0:
                return arithmetic.scale(cls.parity, cls.of(arithmetic.scale(-1, x)))
        return oriented(cls, x)

    def infer_facts(self) -> Fact:
        x = self.args[0]
        facts = self.range_facts | x.facts & Fact.CONSTANT
        if x.T is x:
            facts |= Fact.SYMMETRIC
        if self.at_zero == 0:
            facts |= x.facts & KEEPS_ZERO
        if self.parity < 0:
            facts |= x.facts & Fact.SKEW
        return facts

    def slope(self) -> Expr:
        """f'(X), of the shape of X."""
        raise NotImplementedError(f"{type(self).__name__} states no slope")

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        """The function of one number."""
        raise NotImplementedError("an elementwise operation states its function of one number")

    def linear_map(self, index: int) -> lm.LinearMap:
        return entrywise(self.slope())

    def numeric(self, xp: Arrays, *values: Array) -> Array:
        return xp.map(self.entry, values[0])

    def transpose_operands(self) -> tuple[Expr, ...]:
        return () if self.args[0].is_vector else self.args

    def transpose_rule(self, transposed: tuple[Expr, ...]) -> Expr | None:
        return self if transposed and transposed[0] is self.args[0] else None

    def notation(self) -> Notation:
        if self.of_squares is not None and not self.is_scalar and self.rows is self.columns:
            return self.of_squares
        return self.written

    @property
    def one(self) -> Expr:
        """Ones in the shape of the operand."""
        return ones(*self.shape)


class Exp(Elementwise):
    """The exponential of every entry."""

    __slots__ = ()
    name = "exp"
    range_facts = Fact.POSITIVE
    at_zero = Fraction(1)
    written = call("exp", r"\exp")
    of_squares = call("exp", r"\exp^{\circ}")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        if isinstance(x, Log):
            return x.args[0]
        return None

    def slope(self) -> Expr:
        return self

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.exp(t)


@function("exp", numpy="exp", example="sum(exp(X))", given="X: m×n")
def exp(x: Expr) -> Expr:
    """The exponential of every entry (for the matrix exponential, see expm)."""
    return Exp.of(x)


class Log(Elementwise):
    """The natural logarithm of every entry."""

    __slots__ = ()
    name = "log"
    written = call("log", r"\log")
    of_squares = call("log", r"\log^{\circ}")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        if isinstance(x, Exp):
            return x.args[0]
        if isinstance(x, Number):
            if x.value <= 0:
                raise DomainError(f"log({x}) is not real")
            if x.value == 1:
                return number(0)
        if isinstance(x, trace.Determinant):
            return trace.logdet(x.args[0])
        if isinstance(x, reductions.Softmax):
            return reductions.LogSoftmax.of(x.args[0], x.data[0])
        if isinstance(x, power.Power):
            return cls._of_power(x)
        if x.is_scalar and isinstance(x, arithmetic.Product) and not x.chain and x.coefficient > 0:
            factors = ([number(x.coefficient)] if x.coefficient != 1 else []) + list(x.scalars)
            if len(factors) > 1 and sum(not f.facts & Fact.POSITIVE for f in factors) <= 1:
                return arithmetic.add(*(cls.of(f) for f in factors))
        return None

    @classmethod
    def _of_power(cls, x: power.Power) -> Expr | None:
        base, exponent = x.args
        if base.facts & Fact.POSITIVE:
            return arithmetic.multiply(exponent, cls.of(base))
        if isinstance(exponent, Number):
            even = exponent.value.denominator == 1 and exponent.value % 2 == 0
            return arithmetic.multiply(exponent, cls.of(absolute(base) if even else base))
        return None

    def slope(self) -> Expr:
        return power.power(self.args[0], number(-1))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.log(t)


@function("log", "ln", numpy="log", example="sum(log(x))", given="x: n positive")
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
    return log(arithmetic.add(ones(*x.shape), x))


@function("expm1", numpy="expm1", example="sum(expm1(x))", given="x: n")
def expm1(x: Expr) -> Expr:
    """exp(x) − 1, entry by entry."""
    return arithmetic.subtract(exp(x), ones(*x.shape))


class Sin(Elementwise):
    """The sine of every entry."""

    __slots__ = ()
    name = "sin"
    parity = -1
    at_zero = Fraction(0)
    written = call("sin", r"\sin")

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
    parity = 1
    at_zero = Fraction(1)
    written = call("cos", r"\cos")

    def slope(self) -> Expr:
        return arithmetic.scale(-1, sin(self.args[0]))

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
    parity = -1
    at_zero = Fraction(0)
    written = call("tan", r"\tan")

    def slope(self) -> Expr:
        return arithmetic.add(self.one, power.square(self))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.tan(t)


@function("tan", numpy="tan", example="sum(tan(x))", given="x: n")
def tan(x: Expr) -> Expr:
    """The tangent of every entry."""
    return Tan.of(x)


def _one_minus_square(node: Elementwise, x: Expr, sign: int = -1) -> Expr:
    return arithmetic.add(node.one, arithmetic.scale(sign, power.square(x)))


class Asin(Elementwise):
    """The inverse sine of every entry."""

    __slots__ = ()
    name = "asin"
    parity = -1
    at_zero = Fraction(0)
    written = call("asin", r"\arcsin", numpy="arcsin")

    def slope(self) -> Expr:
        return power.power(_one_minus_square(self, self.args[0]), number(Fraction(-1, 2)))

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
        return arithmetic.multiply(number(Fraction(1, 2)), pi(), ones(*x.shape)) if is_zero(x) else None

    def slope(self) -> Expr:
        return arithmetic.scale(
            -1, power.power(_one_minus_square(self, self.args[0]), number(Fraction(-1, 2)))
        )

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
        return power.power(_one_minus_square(self, self.args[0], 1), number(-1))

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
    parity = -1
    at_zero = Fraction(0)
    written = call("sinh", r"\sinh")

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
    parity = 1
    range_facts = Fact.POSITIVE
    at_zero = Fraction(1)
    written = call("cosh", r"\cosh")

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
    parity = -1
    at_zero = Fraction(0)
    written = call("tanh", r"\tanh")

    def slope(self) -> Expr:
        return _one_minus_square(self, self)

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.tanh(t)


@function("tanh", numpy="tanh", example="sum(tanh(x))", given="x: n")
def tanh(x: Expr) -> Expr:
    """The hyperbolic tangent of every entry."""
    return Tanh.of(x)


class Sigmoid(Elementwise):
    """The logistic function 1/(1 + exp(−x)) of every entry."""

    __slots__ = ()
    name = "sigmoid"
    range_facts = Fact.POSITIVE
    at_zero = Fraction(1, 2)
    written = call("sigmoid", r"\sigma", unicode="σ")

    def slope(self) -> Expr:
        return hadamard.hadamard(self, arithmetic.subtract(self.one, self))

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
    range_facts = Fact.POSITIVE
    written = call("softplus")

    def slope(self) -> Expr:
        return sigmoid(self.args[0])

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return f.softplus(t)


@function("softplus", example="sum(softplus(x))", given="x: n")
def softplus(x: Expr) -> Expr:
    """log(1 + exp(x)) of every entry."""
    return Softplus.of(x)


class Step(Elementwise):
    """1 where the entry is positive, else 0: the derivative of relu, away from 0."""

    __slots__ = ()
    name = "step"
    kink = "sign"
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
    common, rest = arithmetic.content(x)
    if common not in (1, -1):
        return cls.of(rest if common > 0 else arithmetic.scale(-1, rest))
    return None


@function("step", numpy="heaviside", example="sum(step(x) .* x)", given="x: n")
def step(x: Expr) -> Expr:
    """1 where the entry is positive, else 0."""
    return Step.of(x)


class Relu(Elementwise):
    """max(x, 0) of every entry; differentiable away from 0."""

    __slots__ = ()
    name = "relu"
    kink = "sign"
    range_facts = Fact.NONNEGATIVE
    at_zero = Fraction(0)
    written = call("relu", r"\operatorname{ReLU}")

    @classmethod
    def special(cls, x: Expr) -> Expr | None:
        if x.facts & Fact.NONNEGATIVE:
            return x
        common, _ = arithmetic.content(x)
        if abs(common) != 1:
            return arithmetic.scale(abs(common), cls.of(arithmetic.scale(1 / abs(common), x)))
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
    kink = "sign"
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
    kink = "sign"
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
        common, _ = arithmetic.content(x)
        if abs(common) != 1:
            return arithmetic.scale(abs(common), cls.of(arithmetic.scale(1 / abs(common), x)))
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


class Erf(Elementwise):
    """The error function of every entry."""

    __slots__ = ()
    name = "erf"
    parity = -1
    at_zero = Fraction(0)
    written = call("erf")

    def slope(self) -> Expr:
        x = self.args[0]
        factor = arithmetic.scale(2, power.power(pi(), number(Fraction(-1, 2))))
        return arithmetic.multiply(factor, exp(arithmetic.scale(-1, power.square(x))))

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
    at_zero = Fraction(0)
    written = call("gelu", r"\operatorname{GELU}")

    def slope(self) -> Expr:
        x = self.args[0]
        half = Fraction(1, 2)
        scaled = arithmetic.multiply(power.power(number(2), number(-half)), x)
        distribution = arithmetic.scale(half, arithmetic.add(self.one, erf(scaled)))
        density = arithmetic.multiply(
            power.power(arithmetic.multiply(number(2), pi()), number(-half)),
            exp(arithmetic.scale(-half, power.square(x))),
        )
        return arithmetic.add(distribution, hadamard.hadamard(x, density))

    @staticmethod
    def entry(f: Functions, t: Any) -> Any:
        return t * (1 + f.erf(t / f.sqrt(2))) / 2


@function("gelu", example="sum(gelu(x))", given="x: n")
def gelu(x: Expr) -> Expr:
    """x Φ(x) of every entry, Φ the standard normal distribution."""
    return Gelu.of(x)
