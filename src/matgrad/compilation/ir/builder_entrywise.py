"""Values computed entry by entry, in the forms that stay accurate and finite for large arguments.

Identities: log(1 + eᵗ) = softplus(t), 1/(1 + e⁻ᵗ) = σ(t), 1 − σ(t) = σ(−t), log Σ eˣ and eˣ/Σ eˣ
shifted by the largest entry (Higham, 2002, sec. 1; Blanchard, Higham & Higham, 2021).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from matgrad.compilation.ir.builder_sparse import SparseData
from matgrad.compilation.ir.numbers import Scalar, logarithm, power as power_of_number
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.primitives import (
    APPLY,
    BROADCAST_COLUMN,
    BROADCAST_ROW,
    COLUMN_SUMS,
    DET_CHOLESKY,
    DET_LU,
    DIAG,
    EYE,
    HADAMARD,
    LOG_COSH,
    LOG_DET_CHOLESKY,
    LOG_DET_LU,
    LOG_SOFTMAX,
    LOGADDEXP,
    LOGSUMEXP,
    NUMBER,
    ONES,
    POWER,
    POWER_BY,
    ROW_SUMS,
    SCALAR_TIMES,
    SCALE,
    SCALE_COLUMNS,
    SCALE_ROWS,
    SOFTMAX,
    SUM,
    TOTAL,
    TRANSPOSE,
    ZEROS,
)
from matgrad.core.errors import DomainError
from matgrad.core.facts import Fact
from matgrad.core.words import phrase

_SIGN = Fact.POSITIVE | Fact.NONNEGATIVE
_ONE = Fraction(1)
_POSITIVE_RANGE = frozenset({"exp", "sigmoid", "softplus", "cosh"})
_NONNEGATIVE_RANGE = frozenset({"relu", "step", "absolute"})

_OF_NUMBERS: dict[str, Callable[[float], float]] = {
    "absolute": math.fabs,
    "sign": lambda t: float((t > 0) - (t < 0)),
    "step": lambda t: float(t > 0),
    "relu": lambda t: max(t, 0.0),
}
"""Functions of one number that Python's own have no name for."""


class Entrywise(SparseData):
    """Makes values computed entry by entry."""

    def apply(self, name: str, a: Value) -> Value:
        """A function of every entry."""
        if a.op is TRANSPOSE:
            return self.transpose(self.apply(name, a.args[0]))
        if a.op is NUMBER:
            return self._of_number(name, a)
        if a.op in (BROADCAST_COLUMN, BROADCAST_ROW):
            return self._repeated(a, self.apply(name, a.args[0]))
        stable = self._stable(name, a)
        if stable is not None:
            return stable
        facts = a.facts & Fact.SYMMETRIC
        if name in _POSITIVE_RANGE:
            facts |= Fact.POSITIVE
        elif name in _NONNEGATIVE_RANGE or (name in ("sqrt", "tanh", "erf", "expm1") and a.facts & _SIGN):
            # The root of a positive number is positive also where the number is the smallest there is.
            facts |= Fact.NONNEGATIVE | (a.facts & Fact.POSITIVE if name == "sqrt" else Fact.NONE)
        return self.make(APPLY, (a,), a.shape, (name,), facts)

    def _repeated(self, like: Value, v: Value) -> Value:
        """Another column repeated as one was."""
        if like.op is BROADCAST_COLUMN:
            return self.repeated_columns(v, like.shape)
        return self.repeated_rows(v, like.shape)

    def _of_number(self, name: str, a: Value) -> Value:
        function = _OF_NUMBERS.get(name) or getattr(math, name, None)
        if function is None:
            return self.make(APPLY, (a,), a.shape, (name,))
        try:
            value = function(float(a.params[0]))
        except (ValueError, OverflowError):
            return self.make(APPLY, (a,), a.shape, (name,))
        return self.number(Fraction(int(value)) if value.is_integer() and abs(value) < 1 << 50 else value)

    def _stable(self, name: str, a: Value) -> Value | None:
        if name == "log":
            return self._log(a)
        if name == "exp" and a.op is APPLY and a.params[0] == "log":
            return a.args[0]
        if name == "sqrt" and a.op is POWER and a.params[0] == 2:
            return self.apply("absolute", a.args[0])
        return None

    def _log(self, a: Value) -> Value | None:
        """The logarithm where its operand has a form that would overflow or cancel."""
        if a.op is APPLY and a.params[0] == "exp":
            return a.args[0]
        if a.op is APPLY and a.params[0] == "sigmoid":
            return self.scale(-1, self.apply("softplus", self.scale(-1, a.args[0])))
        if a.op is APPLY and a.params[0] == "cosh":
            return self.make(LOG_COSH, a.args, a.shape, (), Fact.NONNEGATIVE)
        if a.op is SOFTMAX:
            return self.normalised(LOG_SOFTMAX, a.args[0], a.params[0])
        if a.op in (DET_CHOLESKY, DET_LU):
            return self.make(LOG_DET_CHOLESKY if a.op is DET_CHOLESKY else LOG_DET_LU, a.args, (1, 1))
        if a.op in (TOTAL, ROW_SUMS, COLUMN_SUMS):
            return self._log_of_sum(a)
        if a.op is POWER and (a.args[0].facts & Fact.POSITIVE or a.params[0] in (-1, Fraction(1, 2))):
            return self.scale(a.params[0], self.apply("log", a.args[0]))
        if a.op is SCALE and a.params[0] > 0:
            shift = self.sum([(logarithm(a.params[0]), self.ones(a.shape))], a.shape)
            return self.add(self.apply("log", a.args[0]), shift) if self._log(a.args[0]) else None
        if a.op is SUM and len(a.args) == 2:
            return self._log_of_two(a)
        return None

    def _log_of_sum(self, a: Value) -> Value | None:
        inner = a.args[0]
        if inner.op is APPLY and inner.params[0] == "exp":
            x = inner.args[0]
            if a.op is TOTAL and x.kind == "vector":
                return self.normalised(LOGSUMEXP, self.column(x), 0)
            if a.op is ROW_SUMS:
                return self.normalised(LOGSUMEXP, x, 1)
            if a.op is COLUMN_SUMS:
                return self.normalised(LOGSUMEXP, x, 0)
            return self.normalised(LOGSUMEXP, self.reshape(x, x.rows * x.columns, 1), 0)
        return None

    def column(self, v: Value) -> Value:
        """A vector as a column."""
        return self.transpose(v) if v.rows == 1 and v.columns > 1 else v

    def _log_of_two(self, a: Value) -> Value | None:
        """log(1 + eᵗ), log(eˢ + eᵗ), log(1 − σ(t)) and log(1 + t)."""
        parts = list(zip(a.params, a.args, strict=True))
        exponents = []
        for coefficient, value in parts:
            if coefficient > 0 and value.op is APPLY and value.params[0] == "exp":
                shift = self.sum([(logarithm(coefficient), self.ones(a.shape))], a.shape)
                exponents.append(self.add(value.args[0], shift))
            elif coefficient > 0 and self._is_one(value):
                exponents.append(self.sum([(logarithm(coefficient), self.ones(a.shape))], a.shape))
        if len(exponents) == 2:
            s, t = exponents
            if s.op in (ZEROS, NUMBER) and self._is_zero(s):
                return self.apply("softplus", t)
            if self._is_zero(t):
                return self.apply("softplus", s)
            return self.make(LOGADDEXP, (s, t), a.shape)
        for (coefficient, value), (other, rest) in (parts, parts[::-1]):
            if coefficient == 1 and self._is_one(value):
                if other == -1 and rest.op is APPLY and rest.params[0] == "sigmoid":
                    return self.scale(-1, self.apply("softplus", rest.args[0]))
                return self.make(APPLY, (self.scale(other, rest),), a.shape, ("log1p",))
        return None

    @staticmethod
    def _is_zero(a: Value) -> bool:
        return a.op is ZEROS or (a.op is NUMBER and a.params[0] == 0)

    @staticmethod
    def _is_one(a: Value) -> bool:
        return a.op is ONES or (a.op is NUMBER and a.params[0] == 1)

    def sum(self, terms: Sequence[tuple[Scalar, Value]], shape: tuple[int, int]) -> Value:
        """A combination of values; 1 − σ(t) is σ(−t) and eᵗ − 1 is expm1(t)."""
        value = super().sum(terms, shape)
        if value.op is not SUM or len(value.args) != 2:
            return value
        parts = list(zip(value.params, value.args, strict=True))
        for (c, one), (d, rest) in (parts, parts[::-1]):
            if c == -d and self._is_one(one) and rest.op is APPLY:
                if rest.params[0] == "sigmoid":
                    return self.scale(c, self.apply("sigmoid", self.scale(-1, rest.args[0])))
                if rest.params[0] == "exp":
                    return self.scale(d, self.apply("expm1", rest.args[0]))
        return value

    # ---- products and powers ---------------------------------------------------------------------

    def power(self, a: Value, exponent: Scalar) -> Value:
        """Entries to a power known in advance."""
        if exponent == 1:
            return a
        if exponent == 0 or a.op is ONES:
            return self.ones(a.shape)
        if exponent < 0 and a.shape == (1, 1) and self._is_zero(a):
            # As by a dimension that is 0: what it divides may be 0 too, and would make it so.
            raise DomainError(phrase("a division by zero"))
        if a.op is NUMBER and a.params[0] > 0:
            return self.number(power_of_number(a.params[0], exponent))
        if a.op is TRANSPOSE:
            return self.transpose(self.power(a.args[0], exponent))
        if a.op is POWER and a.args[0].facts & Fact.POSITIVE:
            return self.power(a.args[0], a.params[0] * exponent)
        if a.op in (BROADCAST_COLUMN, BROADCAST_ROW):
            return self._repeated(a, self.power(a.args[0], exponent))
        if a.op is SCALE and a.params[0] > 0 and Fraction(exponent).denominator == 1:
            return self.scale(power_of_number(a.params[0], exponent), self.power(a.args[0], exponent))
        if a.op is APPLY and a.params[0] == "exp" and exponent < 0:
            return self.apply("exp", self.scale(exponent, a.args[0]))
        if a.op is APPLY and a.params[0] == "absolute" and exponent == 2:
            return self.power(a.args[0], exponent)
        exponents = self._exponents(a) if exponent < 0 else None
        if exponents is not None:
            together = self.make(LOGADDEXP, tuple(exponents), a.shape)
            return self.apply("exp", self.scale(exponent, together))
        logistic = self._logistic(a)
        if logistic is not None and exponent < 0 and Fraction(exponent).denominator == 1:
            return self.power(logistic, -exponent)
        facts = a.facts & (Fact.SYMMETRIC | _SIGN)
        if Fraction(exponent) % 2 == 0 and exponent > 0:
            facts |= Fact.NONNEGATIVE
        if Fraction(exponent).denominator != 1:
            facts |= Fact.POSITIVE if exponent < 0 else Fact.NONNEGATIVE
        return self.make(POWER, (a,), a.shape, (exponent,), facts)

    def _exponents(self, a: Value) -> list[Value] | None:
        """The s and t of eˢ + eᵗ, for exponentials of arrays."""
        if a.op is not SUM or len(a.args) != 2 or any(c <= 0 for c in a.params):
            return None
        if not all(v.op is APPLY and v.params[0] == "exp" for v in a.args):
            return None
        exponents = []
        for c, v in zip(a.params, a.args, strict=True):
            shift = self.sum([(logarithm(c), self.ones(a.shape))], a.shape)
            exponents.append(self.add(v.args[0], shift))
        return exponents

    def _logistic(self, a: Value) -> Value | None:
        """σ(−t) where a value is 1 + eᵗ."""
        if a.op is SUM and len(a.args) == 2 and a.params == (1, 1):
            for one, rest in (a.args, a.args[::-1]):
                if self._is_one(one) and rest.op is APPLY and rest.params[0] == "exp":
                    return self.apply("sigmoid", self.scale(-1, rest.args[0]))
        return None

    def power_by(self, a: Value, exponent: Value) -> Value:
        """Entries to a 1×1 power."""
        if exponent.op is NUMBER:
            return self.power(a, exponent.params[0])
        return self.make(POWER_BY, (a, exponent), a.shape, (), a.facts & Fact.POSITIVE)

    def hadamard(self, *factors: Value) -> Value:
        """The entrywise product of values of one shape."""
        shape = factors[0].shape
        front: Scalar = _ONE
        flat: list[Value] = []
        for factor in factors:
            number, rest = self.split(factor)
            front = front * number
            flat += rest.args if rest.op is HADAMARD else (rest,)
        if any(self._is_zero(f) for f in flat):
            return self.zeros(shape)
        flat = [f for f in flat if not self._is_one(f)]
        if not flat:
            return self.scale(front, self.ones(shape))
        if all(f.op is TRANSPOSE for f in flat):
            return self.scale(front, self.transpose(self.hadamard(*(f.args[0] for f in flat))))
        return self.scale(front, self._structured(self._merged(flat), shape))

    def _merged(self, flat: list[Value]) -> list[Value]:
        """Equal factors as powers, and products of exponentials that would overflow."""
        powers: dict[Value, Scalar] = {}
        for factor in flat:
            base, exponent = (factor.args[0], factor.params[0]) if factor.op is POWER else (factor, _ONE)
            powers[base] = powers.get(base, Fraction(0)) + exponent
        merged = [self.power(base, exponent) for base, exponent in powers.items() if exponent != 0]
        growing = [f for f in merged if f.op is APPLY and f.params[0] == "exp"]
        if len(growing) > 1:
            # The exponents may cancel where the exponentials overflow.
            total = self.sum([(_ONE, f.args[0]) for f in growing], growing[0].shape)
            merged = [f for f in merged if f not in growing] + [self.apply("exp", total)]
        for factor in merged:
            # eᵗ σ(−t) = σ(t), and with a power of σ(−t) one factor of it
            base, exponent = (factor.args[0], factor.params[0]) if factor.op is POWER else (factor, _ONE)
            if base.op is APPLY and base.params[0] == "sigmoid" and exponent >= 1:
                growth = self.apply("exp", self.scale(-1, base.args[0]))
                if growth in merged:
                    merged.remove(growth)
                    merged.remove(factor)
                    merged.append(self.power(base, exponent - 1))
                    merged.append(self.apply("sigmoid", self.scale(-1, base.args[0])))
                    return self._merged([f for f in merged if not self._is_one(f)])
        return merged

    def _structured(self, flat: list[Value], shape: tuple[int, int]) -> Value:
        """Diagonals and repeated rows and columns among the factors."""
        if not flat:
            return self.ones(shape)
        for place, factor in enumerate(flat):
            others = flat[:place] + flat[place + 1 :]
            if not others:
                return factor
            if factor.op in (EYE, DIAG):
                entries = [factor.args[0]] if factor.op is DIAG else []
                return self.diag(self.hadamard(*entries, *(self.diagonal(f) for f in others)))
            if factor.op is BROADCAST_COLUMN:
                return self.scale_rows(factor.args[0], self.hadamard(*others))
            if factor.op is BROADCAST_ROW:
                return self.scale_columns(self.hadamard(*others), factor.args[0])
        found = self.in_places(flat, shape) if self.held else None
        if found is not None:
            return found
        flat = sorted(flat, key=lambda value: value.index)
        shared = Fact.POSITIVE | Fact.NONNEGATIVE | Fact.SYMMETRIC
        some = Fact.NONE
        for factor in flat:
            shared &= factor.facts
            some |= factor.facts
        facts = shared | some & (Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR)
        return self.make(HADAMARD, flat, shape, (), facts)

    def scalar_times(self, scalar: Value, a: Value) -> Value:
        """A 1×1 value times a value."""
        if scalar.op is NUMBER:
            return self.scale(scalar.params[0], a)
        if a.kind == "scalar":
            return self.hadamard(scalar, a)
        front, scalar = self.split(scalar)
        number, rest = self.split(a)
        if rest.op is ZEROS:
            return rest
        if rest.op is TRANSPOSE:
            return self.transpose(self.scalar_times(self.scale(front * number, scalar), rest.args[0]))
        if rest.op is SCALAR_TIMES:
            scalar, rest = self.hadamard(scalar, rest.args[0]), rest.args[1]
        if rest.op is EYE:
            spread = self.repeated_rows(scalar, (rest.rows, 1))
            return self.scale(front * number, self.diag(spread))
        softmax = self._softmax(scalar, rest)
        if softmax is not None:
            return self.scale(front * number, softmax)
        keep = Fact.SYMMETRIC | Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR | Fact.DIAGONAL
        if scalar.facts & Fact.POSITIVE:
            keep |= _SIGN | Fact.POSITIVE_DEFINITE | Fact.POSITIVE_SEMIDEFINITE
        value = self.make(SCALAR_TIMES, (scalar, rest), rest.shape, (), rest.facts & keep)
        return self.scale(front * number, value)

    def _softmax(self, scalar: Value, a: Value) -> Value | None:
        """eˣ/Σ eˣ of a vector."""
        if scalar.op is POWER and scalar.params[0] == -1 and a.op is APPLY and a.params[0] == "exp":
            total = scalar.args[0]
            if total.op is TOTAL and total.args[0] is a and a.kind == "vector":
                return self.normalised(SOFTMAX, a.args[0], 0 if a.columns == 1 else 1)
        return None

    def scale_rows(self, v: Value, a: Value) -> Value:
        """diag(v) A for a column v."""
        front, v = self.split(v)
        number, a = self.split(a)
        return self.scale(front * number, self._scale_rows(v, a))

    def _scale_rows(self, v: Value, a: Value) -> Value:
        if v.kind == "scalar":
            return self.scalar_times(v, a)
        if v.op is ONES or a.op is ZEROS:
            return a
        if v.op is ZEROS:
            return self.zeros(a.shape)
        if a.columns == 1:
            return self.hadamard(v, a)
        if a.op in (EYE, DIAG):
            return self.diag(v if a.op is EYE else self.hadamard(v, a.args[0]))
        if a.op is ONES:
            return self.repeated_columns(v, a.shape)
        if a.op is BROADCAST_COLUMN:
            return self.repeated_columns(self.hadamard(v, a.args[0]), a.shape)
        if a.op is TRANSPOSE:
            return self.transpose(self.scale_columns(a.args[0], v))
        if a.op is SCALE_ROWS:
            return self.scale_rows(self.hadamard(v, a.args[0]), a.args[1])
        if v.op is POWER and v.params[0] == -1 and v.args[0].op is ROW_SUMS:
            e = v.args[0].args[0]
            if e is a and e.op is APPLY and e.params[0] == "exp":
                return self.normalised(SOFTMAX, e.args[0], 1)
        return self.make(SCALE_ROWS, (v, a), a.shape, (), a.facts & v.facts & _SIGN)

    def scale_columns(self, a: Value, v: Value) -> Value:
        """A diag(v) for a column v."""
        front, v = self.split(v)
        number, a = self.split(a)
        return self.scale(front * number, self._scale_columns(a, v))

    def _scale_columns(self, a: Value, v: Value) -> Value:
        if a.rows == 1 or v.kind == "scalar" or v.op in (ONES, ZEROS):
            return self.transpose(self.scale_rows(v, self.transpose(a)))
        if a.op in (EYE, DIAG, ZEROS) or a.op is TRANSPOSE or a.symmetric:
            return self.transpose(self.scale_rows(v, self.transpose(a)))
        if a.op is ONES:
            return self.repeated_rows(v, a.shape)
        if a.op is BROADCAST_ROW:
            return self.repeated_rows(self.hadamard(v, a.args[0]), a.shape)
        if a.op is SCALE_COLUMNS:
            return self.scale_columns(a.args[0], self.hadamard(v, a.args[1]))
        if v.op is POWER and v.params[0] == -1 and v.args[0].op is COLUMN_SUMS:
            e = v.args[0].args[0]
            if e is a and e.op is APPLY and e.params[0] == "exp":
                return self.normalised(SOFTMAX, e.args[0], 0)
        return self.make(SCALE_COLUMNS, (a, v), a.shape, (), a.facts & v.facts & _SIGN)

    # ---- softmax and its like --------------------------------------------------------------------

    def normalised(self, op: Primitive, x: Value, axis: int) -> Value:
        """softmax, log_softmax or logsumexp down each column (axis 0) or along each row (1)."""
        if x.op is TRANSPOSE:
            inner = self.normalised(op, x.args[0], 1 - axis)
            return inner if op is LOGSUMEXP else self.transpose(inner)
        if x.shape[axis] == 1:
            if op is LOGSUMEXP:
                return self.column(x)
            return self.ones(x.shape) if op is SOFTMAX else self.zeros(x.shape)
        params: tuple[Any, ...] = (axis,)
        if op is LOGSUMEXP:
            return self.make(op, (x,), (x.shape[1 - axis], 1), params)
        return self.make(op, (x,), x.shape, params, Fact.POSITIVE if op is SOFTMAX else Fact.NONE)
