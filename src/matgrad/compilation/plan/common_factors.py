"""Sums whose terms have a factor in common, with that in front: a pass over the entries less, or a copy.

diag(uw) X + diag(w) Y is diag(w) (diag(u) X + Y), s (aX − bY) with s = 1/a² is 1/a (X − (b/a) Y), and
X⊙Z − Y⊙Z is (X − Y)⊙Z. The products are rounded already, so that the sum loses no digits by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.primitives import (
    BROADCAST_COLUMN,
    BROADCAST_ROW,
    HADAMARD,
    ONES,
    POWER,
    SCALAR_TIMES,
    SCALE_COLUMNS,
    SCALE_ROWS,
    SUM,
)
from matgrad.compilation.ir.program import live_values, read_once
from matgrad.compilation.ir.recorder import Recorder
from matgrad.core.records import dataclass

Powers = Mapping[Value, Fraction]
"""Factors, each with its exponent."""


@dataclass(frozen=True)
class _Term:
    """A number times factors times what they scale."""

    number: Scalar
    powers: Powers
    rest: Value
    is_spread: bool = False
    """Whether it is a column or row that is repeated, so that its factors cost nothing."""


def with_factors_in_front(recorder: Recorder, outputs: Sequence[Value]) -> list[Value]:
    """The outputs, with common factors of the terms of sums in front of these."""
    values = live_values(outputs)
    once = read_once(values, outputs)
    done: dict[Value, Value] = {}
    for v in values:
        args = [done[arg] for arg in v.args]
        found = None
        if v.kind == "matrix" and not v.is_of_stored:
            found = _of_sum(recorder, v, args, once) or _of_multiple(recorder, v, args, once)
            found = found or _of_products(recorder, v, args, once, done)
        if found is None:
            same = all(a is b for a, b in zip(args, v.args, strict=True))
            found = v if same else recorder.make(v.op, args, v.shape, v.params, v.facts)
        done[v] = found
    return [done[v] for v in outputs]


def _of_sum(xp: Recorder, v: Value, args: Sequence[Value], once: set[Value]) -> Value | None:
    """Σ c diag(w) X, Σ c X diag(w) and Σ c w X with what the w have in common in front."""
    if v.op is not SUM:
        return None
    for read, made in _KINDS:
        terms = []
        for c, old, arg in zip(v.params, v.args, args, strict=True):
            term = read(xp, arg)
            if term is None or not (term.is_spread or old in once):
                break
            terms.append(replace(term, number=c * term.number))
        if len(terms) == len(args) and sum(not term.is_spread for term in terms) > 1:
            found = _in_front(xp, v, terms, made)
            if found is not None:
                return found
    return None


def _of_multiple(xp: Recorder, v: Value, args: Sequence[Value], once: set[Value]) -> Value | None:
    """s (aX + bY) where s and a cancel so that a term stands alone."""
    if v.op is not SCALAR_TIMES or v.args[1].op is not SUM or v.args[1] not in once:
        return None
    scalar, total = args
    if total.op is not SUM:
        return None
    number, front = _powers(xp, scalar)
    terms = []
    for c, old, arg in zip(total.params, v.args[1].args, total.args, strict=True):
        term = _multiple(xp, arg)
        if term is None or old not in once:
            return None
        powers = _times(term.powers, front)
        terms.append(replace(term, number=c * number * term.number, powers=powers))
    return _in_front(xp, v, terms, _times_scalar)


def _of_products(
    xp: Recorder, v: Value, args: Sequence[Value], once: set[Value], done: Mapping[Value, Value]
) -> Value | None:
    """Σ c s X⊙Z as Z⊙Σ c s X, where Z and all that is left in the sum are there in any case."""
    if v.op is not SUM:
        return None
    made = {*done.values()}
    terms, scalars = [], []
    for c, old, arg in zip(v.params, v.args, args, strict=True):
        number, core = xp.split(arg)
        scalar = None
        if core.op is SCALAR_TIMES:
            scalar, core = core.args
            if old.op is not SCALAR_TIMES or old.args[1] not in once:
                return None
        if old not in once or core.op not in (HADAMARD, POWER):
            return None
        front, powers = _powers(xp, core)
        terms.append(_Term(c * number * front, powers, core))
        scalars.append(scalar)
    common, left = _common(terms)
    if len(common) != 1 or any(len(powers) != 1 for powers in left):
        return None
    first, others = _product(xp, common), [_product(xp, powers) for powers in left]
    if any(value not in made for value in (first, *others)):
        return None
    summed = [
        (term.number, value if scalar is None else xp.scalar_times(scalar, value))
        for term, scalar, value in zip(terms, scalars, others, strict=True)
    ]
    return xp.hadamard(first, xp.sum(summed, v.shape))


def _in_front(
    xp: Recorder, v: Value, terms: Sequence[_Term], made: Callable[[Recorder, Value, Value], Value]
) -> Value | None:
    """The sum with the common factors in front, where a term is left without any."""
    common, left = _common(terms)
    if not common:
        return None
    if all(powers or term.is_spread for powers, term in zip(left, terms, strict=True)):
        return None
    summed = []
    for term, powers in zip(terms, left, strict=True):
        scaled = term.rest if not powers else made(xp, _product(xp, powers), term.rest)
        summed.append((term.number, scaled))
    return made(xp, _product(xp, common), xp.sum(summed, v.shape))


def _common(terms: Sequence[_Term]) -> tuple[Powers, list[Powers]]:
    """The factors that all terms have, and what is left of each."""
    common = dict(terms[0].powers)
    for term in terms[1:]:
        common = {
            base: min(exponent, other, key=abs)
            for base, exponent in common.items()
            if (other := term.powers.get(base, Fraction(0))) * exponent > 0
        }
    over = {base: -exponent for base, exponent in common.items()}
    return common, [_times(term.powers, over) for term in terms]


def _powers(xp: Recorder, v: Value) -> tuple[Scalar, Powers]:
    """A value as a number times powers."""
    number, core = xp.split(v)
    found: dict[Value, Fraction] = {}
    for factor in core.args if core.op is HADAMARD else (core,):
        base, exponent = factor, Fraction(1)
        if factor.op is POWER and isinstance(factor.params[0], Fraction):
            base, exponent = factor.args[0], factor.params[0]
        if base.op is not ONES:
            found[base] = found.get(base, Fraction(0)) + exponent
    return number, found


def _times(first: Powers, second: Powers) -> Powers:
    """The product of two."""
    total = dict(first)
    for base, exponent in second.items():
        total[base] = total.get(base, Fraction(0)) + exponent
    return {base: exponent for base, exponent in total.items() if exponent != 0}


def _product(xp: Recorder, powers: Powers) -> Value:
    return xp.hadamard(*(xp.power(base, exponent) for base, exponent in powers.items()))


# ---- the kinds of factors ------------------------------------------------------------------------------


def _rows(xp: Recorder, v: Value) -> _Term | None:
    return _along(xp, v, (SCALE_ROWS, 0), BROADCAST_COLUMN)


def _columns(xp: Recorder, v: Value) -> _Term | None:
    return _along(xp, v, (SCALE_COLUMNS, 1), BROADCAST_ROW)


def _along(xp: Recorder, v: Value, scaling: tuple[Primitive, int], spreading: Primitive) -> _Term | None:
    """A matrix scaled by the entries of a vector, an argument at a place, or that vector repeated."""
    number, core = xp.split(v)
    scale, place = scaling
    if core.op is scale:
        front, powers = _powers(xp, core.args[place])
        return _Term(number * front, powers, core.args[1 - place])
    if core.op is spreading:
        front, powers = _powers(xp, core.args[0])
        return _Term(number * front, powers, xp.ones(core.shape), is_spread=True)
    return None


def _multiple(xp: Recorder, v: Value) -> _Term | None:
    number, core = xp.split(v)
    if core.op is not SCALAR_TIMES:
        return _Term(number, {}, core)
    front, powers = _powers(xp, core.args[0])
    return _Term(number * front, powers, core.args[1])


def _times_rows(xp: Recorder, w: Value, a: Value) -> Value:
    return xp.scale_rows(w, a)


def _times_columns(xp: Recorder, w: Value, a: Value) -> Value:
    return xp.scale_columns(a, w)


def _times_scalar(xp: Recorder, s: Value, a: Value) -> Value:
    return xp.scalar_times(s, a)


_KINDS = ((_rows, _times_rows), (_columns, _times_columns), (_multiple, _times_scalar))
"""How a term is read, and how factors are put in front of a value."""
