"""log(1 + eᵗ) and the slope of the logistic function, σ(t) σ(−t), of one argument from one exponential.

With e = exp(−|t|) both are finite for every t and exact to the last digits:
log(1 + eᵗ) = max(t, 0) + log1p(e) (Mächler, 2012, "Accurately computing log(1 − exp(−|a|))") and
σ(t) σ(−t) = e/(1 + e)². The logistic function alone, 1/(1 + e^−t), is computed apart: to choose between
1/(1 + e) and e/(1 + e) takes longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import APPLY, HADAMARD, POWER, SCALE, SUM
from matgrad.compilation.ir.program import live_values
from matgrad.compilation.ir.recorder import Recorder
from matgrad.core.facts import Fact

_NAMES = ("sigmoid", "softplus")

MANY = 1000
"""Of fewer entries, starting more functions takes longer than computing slow ones."""


def by_one_exponential(recorder: Recorder, outputs: Sequence[Value]) -> list[Value]:
    """The outputs, with logistic functions of one argument by what they have in common."""
    values = live_values(outputs)
    of_softplus = {_argument(v)[0] for v in values if _is_logistic(v) and v.params[0] == "softplus"}
    pairs = {v: pair for v in values if v.op is HADAMARD and (pair := _pair(v, of_softplus)) is not None}
    shared = {t for t, _ in pairs.values()}
    if not shared:
        return list(outputs)
    done: dict[Value, Value] = {}
    for v in values:
        args = [done[arg] for arg in v.args]
        if _is_logistic(v) and v.params[0] == "softplus" and _argument(v)[0] in shared:
            t, turned = _argument(v)
            done[v] = _softplus(recorder, v, done[t], turned=turned)
        elif v in pairs:
            t, others = pairs[v]
            e, over = _parts(recorder, done[t])
            product = recorder.make(POWER, (over,), v.shape, (Fraction(2),), Fact.POSITIVE)
            done[v] = recorder.hadamard(e, product, *(done[other] for other in others))
        elif all(a is b for a, b in zip(args, v.args, strict=True)):
            done[v] = v
        else:
            done[v] = recorder.make(v.op, args, v.shape, v.params, v.facts)
    return [done[v] for v in outputs]


def _is_logistic(v: Value) -> bool:
    rows, columns = v.extent
    return v.op is APPLY and v.params[0] in _NAMES and rows * columns >= MANY and not v.is_of_stored


def _argument(v: Value) -> tuple[Value, bool]:
    """The t of a function of t or of −t, and whether it is the latter."""
    (t,) = v.args
    return (t.args[0], True) if t.op is SCALE and t.params[0] == -1 else (t, False)


def _pair(v: Value, shared: set[Value]) -> tuple[Value, list[Value]] | None:
    """The t of a product that holds σ(t) and σ(−t), and the other factors."""
    for a in v.args:
        for b in v.args:
            if (
                a is b
                or not (_is_logistic(a) and _is_logistic(b))
                or {a.params[0], b.params[0]} != {"sigmoid"}
            ):
                continue
            if _argument(a)[0] is _argument(b)[0] in shared:
                return _argument(a)[0], [x for x in v.args if x is not a and x is not b]
    return None


def _parts(xp: Recorder, t: Value) -> tuple[Value, Value]:
    """exp(−|t|), and 1/(1 + exp(−|t|))."""
    size = xp.make(APPLY, (t,), t.shape, ("absolute",), Fact.NONNEGATIVE)
    less = xp.make(SCALE, (size,), t.shape, (Fraction(-1),))
    e = xp.make(APPLY, (less,), t.shape, ("exp",), Fact.POSITIVE)
    ones = xp.ones(t.shape)
    below = xp.make(SUM, (ones, e), t.shape, (Fraction(1), Fraction(1)), Fact.POSITIVE)
    return e, xp.make(POWER, (below,), t.shape, (Fraction(-1),), Fact.POSITIVE)


def _softplus(xp: Recorder, v: Value, t: Value, *, turned: bool) -> Value:
    e, _ = _parts(xp, t)
    log = xp.make(APPLY, (e,), t.shape, ("log1p",), Fact.NONNEGATIVE)
    top = xp.make(APPLY, (xp.scale(-1, t) if turned else t,), t.shape, ("relu",), Fact.NONNEGATIVE)
    return xp.make(SUM, (top, log), t.shape, (Fraction(1), Fraction(1)), Fact.POSITIVE)
