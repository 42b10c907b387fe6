"""Ratios of sums of exponentials that stay finite: eˣ is computed as eˣ⁻ᶜ, with c the largest x.

What is homogeneous of degree d in the exponentials is then too small by the factor eᵈᶜ. Where all
results have degree 0, as softmax-like ratios do, nothing has to be undone (Blanchard, Higham &
Higham, 2021, treat log-sum-exp and softmax, the simplest cases).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import APPLY, POWER, SCALE, SUM
from matgrad.compilation.ir.program import live_values
from matgrad.compilation.ir.recorder import Recorder

Degrees = dict[Value, Fraction]


def shifted(recorder: Recorder, outputs: Sequence[Value]) -> list[Value]:
    """The outputs with shifted exponentials, where a ratio of their sums is computed; else as they are."""
    values = live_values(outputs)
    if not any(v.op is APPLY and v.params[0] == "exp" for v in values):
        return list(outputs)
    degrees = _degrees(values)
    if degrees is None or any(degrees[v] for v in outputs):
        return list(outputs)
    sums = [v for v in values if v.op is POWER and v.params[0] < 0 and degrees[v.args[0]] > 0]
    if not sums or any(v.kind != "scalar" for v in sums):
        return list(outputs)
    return _Shift(recorder, values, degrees).outputs(outputs)


def _degrees(values: Sequence[Value]) -> Degrees | None:
    """The degree of every value in the exponentials; ``None`` where one has none."""
    degrees: Degrees = {}
    for v in values:
        degree = _degree(v, [degrees[arg] for arg in v.args])
        if degree is None:
            return None
        degrees[v] = degree
    return degrees


def _degree(v: Value, below: list[Fraction]) -> Fraction | None:
    if _exponential(v) is not None and not below[0]:
        return Fraction(_exponential(v) or 1)
    if not any(below):
        return Fraction(0)
    return None if v.op.degree is None else v.op.degree(v, below)


def _exponential(v: Value) -> Scalar | None:
    """The k of a value exp(k x), where it is positive."""
    if v.op is not APPLY or v.params[0] != "exp":
        return None
    inner = v.args[0]
    k = inner.params[0] if inner.op is SCALE else Fraction(1)
    return k if k > 0 and isinstance(k, Fraction) else None


class _Shift:
    def __init__(self, recorder: Recorder, values: Sequence[Value], degrees: Degrees) -> None:
        self.recorder, self.values, self.degrees = recorder, values, degrees
        self.done: dict[Value, Value] = {}
        self.top = self._largest()

    def _largest(self) -> Value:
        """The largest exponent; at least 0 where numbers are added to exponentials."""
        xp = self.recorder
        found: dict[Value, None] = {}
        for v in self.values:
            if _exponential(v) is not None and self.degrees[v]:
                inner = v.args[0]
                found[inner.args[0] if inner.op is SCALE else inner] = None
        top: Value | None = None
        for x in found:
            largest = xp.max(x)
            top = largest if top is None else xp.add(top, xp.apply("relu", xp.subtract(largest, top)))
        assert top is not None
        mixed = any(
            (v.op is SUM and len({self.degrees[a] for a in v.args}) > 1)
            or (v.op is APPLY and v.params[0] == "log1p" and self.degrees[v.args[0]])
            for v in self.values
        )
        return xp.apply("relu", top) if mixed else top

    def outputs(self, outputs: Sequence[Value]) -> list[Value]:
        for v in self.values:
            self.done[v] = self._value(v)
        return [self.done[v] for v in outputs]

    def _value(self, v: Value) -> Value:
        xp = self.recorder
        args = [self.done[arg] for arg in v.args]
        below = [self.degrees[arg] for arg in v.args]
        if _exponential(v) is not None and self.degrees[v]:
            spread = xp.scalar_times(self.top, xp.ones(v.shape))
            return xp.apply("exp", xp.sum([(Fraction(1), args[0]), (-self.degrees[v], spread)], v.shape))
        if not any(below):
            same = all(a is b for a, b in zip(args, v.args, strict=True))
            return v if same else xp.make(v.op, args, v.shape, v.params, v.facts)
        if v.op is SUM:
            degree = self.degrees[v]
            terms = [
                (c, a if d == degree else xp.scalar_times(self._less(degree - d), a))
                for c, a, d in zip(v.params, args, below, strict=True)
            ]
            return xp.sum(terms, v.shape)
        if v.op is APPLY:
            inside = args[0]
            if v.params[0] == "log1p":
                inside = xp.add(self._less(below[0]), inside)
            return xp.sum([(Fraction(1), xp.apply("log", inside)), (below[0], self.top)], v.shape)
        return xp.make(v.op, args, v.shape, v.params, v.facts)

    def _less(self, degree: Fraction) -> Value:
        """e⁻ᵈᶜ."""
        return self.recorder.apply("exp", self.recorder.scale(-degree, self.top))
