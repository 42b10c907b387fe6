"""What is computed besides, taken where it is a part of something else.

A sum of all entries beside the sums of rows is the sum of those, and an inner product beside the entrywise
one the sum of that; a⁻ᵖ beside aᵖ its inverse; softmax, log-softmax and log-sum-exp of one array have the
exponentials and their sums in common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    HADAMARD,
    INNER,
    LOG_SOFTMAX,
    LOGSUMEXP,
    MATMUL,
    MATRIX_POWER,
    POWER,
    ROW_INNER,
    ROW_SUMS,
    SCALE_COLUMNS,
    SCALE_ROWS,
    SOFTMAX,
    SUM,
    TOTAL,
    TRACE,
    TRANSPOSE,
)
from matgrad.compilation.ir.program import live_values, read_once
from matgrad.compilation.ir.recorder import Recorder
from matgrad.compilation.plan.term_by_term import term_by_term
from matgrad.core.facts import Fact

_Key = tuple[Primitive, Value, tuple[object, ...]]

_EXPONENTIALS = (SOFTMAX, LOG_SOFTMAX, LOGSUMEXP)


def reused(recorder: Recorder, outputs: Sequence[Value]) -> list[Value]:
    """The outputs, with what others compute besides taken from them."""
    values = live_values(outputs)
    present: set[_Key] = {(v.op, v.args[0], v.params) for v in values if len(v.args) == 1}
    pairs = {(v.op, frozenset(v.args)) for v in values if len(v.args) == 2}
    shared = {(v.op, frozenset(v.args)) for v in values}
    once = read_once(values, outputs)
    done: dict[Value, Value] = {}
    for v in values:
        args = [done[arg] for arg in v.args]
        found = _found(recorder, v, args, present) if len(args) == 1 else None
        if found is None and v.op in (INNER, ROW_INNER) and not v.is_of_stored:
            found = _of_product(recorder, v, args, pairs)
        if found is None and v.op in (INNER, TOTAL) and not v.is_of_stored:
            found = term_by_term(recorder, v, args, shared, once)
        if found is None and v.op in (INNER, TRACE, TOTAL) and not v.is_of_stored:
            found = _of_log_softmax(recorder, v, done, present, once)
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
        times = 2 * above if isinstance(above, Fraction) else Fraction(0)
        if times > 1 and times.denominator == 1 and (POWER, old, (Fraction(-1, 2),)) in present:
            root = xp.make(POWER, (a,), a.shape, (Fraction(-1, 2),), v.facts)
            return xp.make(POWER, (root,), v.shape, (times,), v.facts)
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
    whole = v.op is POWER and v.params[0] < -1 and Fraction(v.params[0]).denominator == 1
    if whole and (POWER, old, (Fraction(-1),)) in present:
        inverse = xp.make(POWER, (a,), a.shape, (Fraction(-1),), v.facts)
        return xp.make(POWER, (inverse,), v.shape, (-v.params[0],), v.facts)
    others = [other for other in _EXPONENTIALS if (other, old, v.params) in present and other is not v.op]
    return _shifted(xp, v, a) if v.op in _EXPONENTIALS and a.kind == "matrix" and others else None


def _of_product(
    xp: Recorder, v: Value, args: Sequence[Value], pairs: set[tuple[Primitive, frozenset[Value]]]
) -> Value | None:
    """Σ a⊙b, of all entries or of each row, where a⊙b is there."""
    a, b = args
    signs = Fact.POSITIVE | Fact.NONNEGATIVE
    if a.kind != "matrix":
        return None
    if v.op is INNER and (ROW_INNER, frozenset(v.args)) in pairs:
        rows = xp.make(ROW_INNER, (a, b), (a.rows, 1), (), v.facts & signs)
        return xp.make(TOTAL, (rows,), v.shape, (), v.facts)
    for (one, other), (first, second) in ((v.args, (a, b)), (v.args[::-1], (b, a))):
        # Σ w⊙r² = Σ (w⊙r)⊙r
        if v.op is INNER and other.op is POWER and other.params[0] == 2:
            root = other.args[0]
            if (HADAMARD, frozenset((one, root))) in pairs and second.op is POWER:
                product = xp.hadamard(first, second.args[0])
                return xp.make(INNER, (product, second.args[0]), v.shape, (), v.facts)
    plain = [x.args[0] if x.op is TRANSPOSE else x for x in v.args]
    turned = all(x.op is TRANSPOSE for x in v.args)
    if (HADAMARD, frozenset(plain)) in pairs and (turned or not any(x.op is TRANSPOSE for x in v.args)):
        if v.op is INNER:
            return None
        product = xp.hadamard(a.args[0], b.args[0]) if a.op is b.op is TRANSPOSE else xp.hadamard(a, b)
        if product.op is HADAMARD:
            lines = COLUMN_SUMS if a.op is b.op is TRANSPOSE else ROW_SUMS
            return xp.make(lines, (product,), v.shape, (), v.facts)
    return None


def _of_log_softmax(
    xp: Recorder, v: Value, done: Mapping[Value, Value], present: set[_Key], once: set[Value]
) -> Value | None:
    """Σ Y ⊙ log softmax(X) = Σ Y ⊙ (X − top) − Σ Y log total, where the exponentials are there anyway."""
    for place, old in enumerate(v.args):
        if old.op is not LOG_SOFTMAX or old.kind != "matrix" or old not in once:
            continue
        if not any((other, old.args[0], old.params) in present for other in (SOFTMAX, LOGSUMEXP)):
            continue
        less, _, total = _parts(xp, done[old.args[0]], down=old.params[0] == 0)
        logs = xp.make(APPLY, (total,), total.shape, ("log",))
        if v.op is INNER:
            weight = done[v.args[1 - place]]
            sums = xp.column_sums(weight) if old.params[0] == 0 else xp.row_sums(weight)
            return xp.subtract(xp.make(INNER, (weight, less), (1, 1)), xp.inner(sums, logs))
        if v.op is TRACE:
            return xp.subtract(xp.make(TRACE, (less,), (1, 1)), xp.total(logs))
        count = old.rows if old.params[0] == 0 else old.columns
        return xp.subtract(xp.make(TOTAL, (less,), (1, 1)), xp.scalar_times(xp.number(count), xp.total(logs)))
    return None


def _parts(xp: Recorder, a: Value, *, down: bool) -> tuple[Value, Value, Value]:
    """What is left of the largest entry of each line, that entry, and the sums of the exponentials."""
    count = a.columns if down else a.rows
    top = xp.make(COLUMN_MAX, (a if down else xp.transpose(a),), (count, 1))
    spread = xp.make(BROADCAST_ROW if down else BROADCAST_COLUMN, (top,), a.shape)
    less = xp.make(SUM, (a, spread), a.shape, (Fraction(1), Fraction(-1)))
    exponentials = xp.make(APPLY, (less,), a.shape, ("exp",), Fact.POSITIVE)
    total = xp.make(COLUMN_SUMS if down else ROW_SUMS, (exponentials,), (count, 1), (), Fact.POSITIVE)
    return less, top, total


def _shifted(xp: Recorder, v: Value, a: Value) -> Value:
    """The softmax, log-softmax or log-sum-exp by the exponentials of what is left of the largest."""
    down = v.params[0] == 0
    count = a.columns if down else a.rows
    less, top, total = _parts(xp, a, down=down)
    if v.op is not SOFTMAX:
        logarithm = xp.make(APPLY, (total,), (count, 1), ("log",))
        if v.op is LOGSUMEXP:
            return xp.make(SUM, (top, logarithm), v.shape, (Fraction(1), Fraction(1)))
        spread = xp.make(BROADCAST_ROW if down else BROADCAST_COLUMN, (logarithm,), a.shape)
        return xp.make(SUM, (less, spread), v.shape, (Fraction(1), Fraction(-1)))
    over = xp.make(POWER, (total,), (count, 1), (Fraction(-1),), Fact.POSITIVE)
    (exponentials,) = total.args
    if down:
        return xp.make(SCALE_COLUMNS, (exponentials, over), v.shape, (), v.facts)
    return xp.make(SCALE_ROWS, (over, exponentials), v.shape, (), v.facts)
