"""What is computed besides, taken where it is a part of something else.

A sum of all entries beside the sums of rows is the sum of those; a⁻ᵖ beside aᵖ its inverse; softmax and
log-sum-exp of one matrix have the exponentials and their sums in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.primitives import (
    APPLY,
    BROADCAST_COLUMN,
    BROADCAST_ROW,
    COLUMN_MAX,
    COLUMN_SUMS,
    EXPM,
    EXPM_OF_STEPS,
    EXPM_STEPS,
    LOGSUMEXP,
    MATMUL,
    MATRIX_POWER,
    POWER,
    ROW_SUMS,
    SCALE_COLUMNS,
    SCALE_ROWS,
    SOFTMAX,
    SUM,
    TOTAL,
)
from matgrad.compilation.ir.program import live_values
from matgrad.compilation.ir.recorder import Recorder
from matgrad.core.facts import Fact

_Key = tuple[Primitive, Value, tuple[object, ...]]


def reused(recorder: Recorder, outputs: Sequence[Value]) -> list[Value]:
    """The outputs, with what others compute besides taken from them."""
    values = live_values(outputs)
    present: set[_Key] = {(v.op, v.args[0], v.params) for v in values if len(v.args) == 1}
    done: dict[Value, Value] = {}
    for v in values:
        args = [done[arg] for arg in v.args]
        found = _found(recorder, v, args, present) if len(args) == 1 else None
        if found is None:
            same = all(a is b for a, b in zip(args, v.args, strict=True))
            found = v if same else recorder.make(v.op, args, v.shape, v.params, v.facts)
        done[v] = found
    return [done[v] for v in outputs]


def _found(xp: Recorder, v: Value, args: Sequence[Value], present: set[_Key]) -> Value | None:
    (old,), (a,) = v.args, args
    if v.op is TOTAL and a.kind == "matrix":
        for lines in (ROW_SUMS, COLUMN_SUMS):
            if (lines, old, ()) in present:
                count = a.rows if lines is ROW_SUMS else a.columns
                sums = xp.make(lines, (a,), (count, 1), (), a.facts & (Fact.POSITIVE | Fact.NONNEGATIVE))
                return xp.make(TOTAL, (sums,), v.shape, (), v.facts)
    if v.op is POWER and v.params[0] < 0 and Fraction(v.params[0]).denominator != 1:
        above = -v.params[0]
        if (POWER, old, (above,)) in present:
            root = xp.make(POWER, (a,), a.shape, (above,), v.facts)
            return xp.make(POWER, (root,), v.shape, (Fraction(-1),), v.facts)
    if v.op is MATRIX_POWER and a.symmetric and xp.structured:
        # A² = AᵀA takes half of the work of a product.
        square = xp.gram(a)
        third = xp.make(MATMUL, (a, square), v.shape, (), v.facts)
        return {2: square, 3: third, 4: xp.gram(square)}.get(v.params[0])
    if v.op is EXPM and (EXPM_STEPS, old, ()) in present:
        return xp.make(EXPM_OF_STEPS, (xp.make(EXPM_STEPS, (a,), a.shape),), v.shape, (), v.facts)
    if v.op in (SOFTMAX, LOGSUMEXP) and a.kind == "matrix":
        other = LOGSUMEXP if v.op is SOFTMAX else SOFTMAX
        if (other, old, v.params) in present:
            return _shifted(xp, v, a)
    return None


def _shifted(xp: Recorder, v: Value, a: Value) -> Value:
    """The softmax or log-sum-exp by the exponentials of what is left of the largest."""
    down = v.params[0] == 0
    count = a.columns if down else a.rows
    top = xp.make(COLUMN_MAX, (a if down else xp.transpose(a),), (count, 1))
    spread = xp.make(BROADCAST_ROW if down else BROADCAST_COLUMN, (top,), a.shape)
    less = xp.make(SUM, (a, spread), a.shape, (Fraction(1), Fraction(-1)))
    exponentials = xp.make(APPLY, (less,), a.shape, ("exp",), Fact.POSITIVE)
    total = xp.make(COLUMN_SUMS if down else ROW_SUMS, (exponentials,), (count, 1), (), Fact.POSITIVE)
    if v.op is LOGSUMEXP:
        logarithm = xp.make(APPLY, (total,), (count, 1), ("log",))
        return xp.make(SUM, (top, logarithm), v.shape, (Fraction(1), Fraction(1)))
    over = xp.make(POWER, (total,), (count, 1), (Fraction(-1),), Fact.POSITIVE)
    if down:
        return xp.make(SCALE_COLUMNS, (exponentials, over), v.shape, (), v.facts)
    return xp.make(SCALE_ROWS, (over, exponentials), v.shape, (), v.facts)
