"""Matrices that are transposes or multiples of one another are computed once, the way their operands lie.

Derivatives come from both sides: of the same difference one part wants R, another Rᵀ or −R. What is computed
entry by entry may be computed of the transposes as well. All values that are joined by such steps are turned
together, to where most entries lie that cannot be turned: those of arguments, and of results.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from matgrad.compilation.ir.cost import total_effort
from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.primitives import (
    APPLY,
    ARCTAN2,
    BROADCAST_COLUMN,
    BROADCAST_ROW,
    COLUMN_SUMS,
    DIAG,
    HADAMARD,
    INNER,
    LOG_COSH,
    LOG_SOFTMAX,
    LOGADDEXP,
    LOGSUMEXP,
    MATMUL,
    MAXIMUM,
    ONES,
    POLYGAMMA,
    POWER,
    POWER_BY,
    POWER_OR_ZERO,
    ROW_INNER,
    ROW_SUMS,
    SCALAR_TIMES,
    SCALE,
    SCALE_COLUMNS,
    SCALE_ROWS,
    SELECT,
    SOFTMAX,
    SUM,
    TOTAL,
    TRACE,
    TRANSPOSE,
    XLOGY,
    ZEROS,
)
from matgrad.compilation.ir.program import live_values
from matgrad.compilation.ir.recorder import Recorder
from matgrad.core.facts import BANDS, Fact, turned_bands

_ENTRYWISE = frozenset(
    {
        APPLY, ARCTAN2, HADAMARD, LOG_COSH, LOGADDEXP, MAXIMUM, POLYGAMMA, POWER, POWER_BY, POWER_OR_ZERO,
        SCALAR_TIMES, SCALE, SELECT, SUM, XLOGY,
    }
)  # fmt: skip
"""What is computed of every entry for itself."""

_BY_LINES = frozenset({SCALE_COLUMNS, SCALE_ROWS, SOFTMAX, LOG_SOFTMAX})
"""What is computed of every row or column, with a counterpart for the transpose."""

_JOINING = _ENTRYWISE | _BY_LINES | {INNER, ROW_INNER}
"""What reads its operands best where they lie alike."""

_NEUTRAL = frozenset({BROADCAST_COLUMN, BROADCAST_ROW, ONES, ZEROS})
"""What lies in no way."""

RESULT = 0.5
"""What an entry of a result counts, beside one of an argument."""

PRODUCT = 0.25
"""What an entry of a product of few rows counts: written as a transpose it is faster."""

AS_IT_IS = 0.01
"""What an entry of any value counts, so that most of what nothing else decides stays as it is."""


def oriented(recorder: Recorder, outputs: Sequence[Value]) -> tuple[list[Value], Mapping[Value, Value]]:
    """The outputs, with transposes and multiples of what is computed already taken from that.

    With them comes what stands in the place of each value.
    """
    values = live_values(outputs)
    if any(v.is_of_stored for v in values) or not any(v.op in _JOINING for v in values):
        return list(outputs), {}
    turning = _Turning(recorder, _Votes(values, outputs).turned())
    found = turning.outputs(values, outputs)
    if total_effort(live_values(found)) > total_effort(values):
        return list(outputs), {}
    return found, turning.done


def _plain(v: Value) -> tuple[Value, bool]:
    """What a value is the transpose of, and whether it is one."""
    return (v.args[0], True) if v.op is TRANSPOSE else (v, False)


class _Votes:
    """Which values are joined, and how each group of them lies best."""

    def __init__(self, values: Sequence[Value], outputs: Sequence[Value]) -> None:
        self.parent: dict[Value, tuple[Value, bool]] = {}
        self.values = [v for v in values if v.kind == "matrix"]
        for v in self.values:
            if v.op in _JOINING:
                self._join_all(v)
        for v in values:
            if v.op in (INNER, ROW_INNER) and v.args[0].kind == "matrix":
                self._join(*v.args)
        self.votes: dict[Value, float] = {}
        for v in self.values:
            if v.op is not TRANSPOSE:
                self._count(v, AS_IT_IS)
            self._vote(v)
        for v in outputs:
            if v.kind == "matrix":
                self._count(v, RESULT)

    def turned(self) -> set[Value]:
        """The values that are computed as their transposes."""
        found = set()
        for v in self.values:
            if v.op in _ENTRYWISE or v.op in _BY_LINES or v.op is MATMUL:
                root, odd = self._root(v)
                if (self.votes[root] < 0) != odd:
                    found.add(v)
        return found

    def _join_all(self, v: Value) -> None:
        for arg in v.args:
            if arg.shape == v.shape and v.op not in (INNER, ROW_INNER):
                self._join(v, arg)

    def _join(self, a: Value, b: Value) -> None:
        (a, odd), (b, other) = _plain(a), _plain(b)
        if a.symmetric or b.symmetric or a.op in _NEUTRAL or b.op in _NEUTRAL:
            return
        (a, first), (b, second) = self._root(a), self._root(b)
        if a is not b:
            self.parent[b] = (a, odd ^ other ^ first ^ second)

    def _root(self, v: Value) -> tuple[Value, bool]:
        odd = False
        while v in self.parent:
            v, more = self.parent[v]
            odd ^= more
        return v, odd

    def _vote(self, v: Value) -> None:
        if v.op in _NEUTRAL or v.op in _ENTRYWISE or v.op in _BY_LINES or v.op is TRANSPOSE or v.symmetric:
            return
        if v.op is MATMUL:
            rows, columns = v.extent
            if rows != columns and v.args[0].extent[1] > 1:
                self._count(v, PRODUCT if rows > columns else -PRODUCT)
        else:
            self._count(v, 1.0)

    def _count(self, v: Value, weight: float) -> None:
        v, turned = _plain(v)
        root, odd = self._root(v)
        rows, columns = v.extent
        sign = -1.0 if odd ^ turned else 1.0
        self.votes[root] = self.votes.get(root, 0.0) + sign * weight * rows * columns


class _Turning:
    """Makes values again, some of them as transposes of what is computed."""

    def __init__(self, recorder: Recorder, turned: set[Value]) -> None:
        self.xp = recorder
        self.turned = turned
        self.done: dict[Value, Value] = {}
        self.sums: dict[tuple[tuple[int, ...], tuple[Scalar, ...]], Value] = {}

    def outputs(self, values: Sequence[Value], outputs: Sequence[Value]) -> list[Value]:
        """The values in place of the given ones."""
        for v in values:
            self.done[v] = self._value(v)
            self.xp.knowing(self.done[v], v.facts) if self.done[v].shape == v.shape else None
        return [self.done[v] for v in outputs]

    def _value(self, v: Value) -> Value:
        args = [self.done[arg] for arg in v.args]
        if v.op is TRANSPOSE:
            return self.xp.transpose(args[0])
        if v in self.turned:
            return self.xp.transpose(self._turned(v, [self.xp.transpose(arg) for arg in args]))
        return self._made(v.op, args, v.shape, v.params, v.facts)

    def _turned(self, v: Value, args: list[Value]) -> Value:
        """The transpose of a value, from the transposes of its operands."""
        shape = (v.columns, v.rows)
        facts = _facts_turned(v.facts)
        op, params = v.op, v.params
        if op is MATMUL:
            args = args[::-1]
        elif op is SCALE_ROWS:
            op, args = SCALE_COLUMNS, [args[1], self.xp.transpose(args[0])]
        elif op is SCALE_COLUMNS:
            op, args = SCALE_ROWS, [self.xp.transpose(args[1]), args[0]]
        elif op in (SOFTMAX, LOG_SOFTMAX):
            params = (1 - params[0],)
        return self._made(op, args, shape, params, facts)

    def _made(
        self,
        op: Primitive,
        args: list[Value],
        shape: tuple[int, int],
        params: tuple[Any, ...],
        facts: Fact,
    ) -> Value:
        xp = self.xp
        if op is SUM:
            return self._sum(args, shape, params, facts)
        if op in (HADAMARD, MATMUL, SCALE_ROWS, SCALE_COLUMNS, SCALAR_TIMES, INNER, ROW_INNER):
            return self._product(op, args, shape, params, facts)
        if op in (TOTAL, ROW_SUMS, COLUMN_SUMS, TRACE):
            (a,) = args
            front, a = xp.split(a)
            if a.op is TRANSPOSE:
                a = a.args[0]
                op = {ROW_SUMS: COLUMN_SUMS, COLUMN_SUMS: ROW_SUMS}.get(op, op)
            return self._scaled(front, xp.make(op, (a,), shape, params, _sign(front, facts)))
        if op is LOGSUMEXP and args[0].op is TRANSPOSE:
            return xp.make(op, args[0].args, shape, (1 - params[0],), facts)
        if op is SCALE:
            front, a = xp.split(args[0])
            return self._scaled(front * params[0], a)
        if op is POWER and args[0].op is SCALE and args[0].params[0] == -1 and Fraction(params[0]) % 2 == 0:
            args = [args[0].args[0]]
        return xp.make(op, args, shape, params, facts)

    def _scaled(self, factor: Scalar, a: Value) -> Value:
        """A number times a value, which is not distributed over a sum."""
        if a.op is SUM and factor != 1:
            return self.xp.make(SCALE, (a,), a.shape, (factor,))
        return self.xp.scale(factor, a)

    def _sum(self, args: list[Value], shape: tuple[int, int], params: tuple[Any, ...], facts: Fact) -> Value:
        terms: dict[Value, Scalar] = {}
        for c, arg in zip(params, args, strict=True):
            front, rest = self.xp.split(arg)
            terms[rest] = terms.get(rest, Fraction(0)) + c * front
        terms = self._diagonals_together(self._lines_together(terms))
        kept = sorted(((a, c) for a, c in terms.items() if c != 0), key=lambda term: term[0].index)
        if len(kept) < 2 or any(self.xp._is_one(a) for a, _ in kept):
            return self.xp.sum([(c, a) for a, c in kept], shape)
        values, numbers = [a for a, _ in kept], tuple(c for _, c in kept)
        key = (tuple(a.index for a in values), tuple(c / numbers[0] for c in numbers))
        first = self.sums.get(key)
        if first is not None and first.params != numbers:
            return self.xp.make(SCALE, (first,), shape, (numbers[0] / first.params[0],))
        made = self.xp.make(SUM, values, shape, numbers, facts)
        self.sums[key] = made
        return made

    def _lines_together(self, terms: dict[Value, Scalar]) -> dict[Value, Scalar]:
        """The terms of a sum, with repeated rows added up before they are repeated; columns alike."""
        for op in (BROADCAST_ROW, BROADCAST_COLUMN):
            lines = [a for a in terms if a.op is op]
            if not lines:
                continue
            flat: list[tuple[Scalar, Value]] = []
            for a in lines:
                c, (line,) = terms.pop(a), a.args
                inner = zip(line.params, line.args, strict=True) if line.op is SUM else [(Fraction(1), line)]
                flat += [(c * factor, part) for factor, part in inner]
            spread = self.xp.repeated_rows if op is BROADCAST_ROW else self.xp.repeated_columns
            front, whole = self.xp.split(spread(self.xp.sum(flat, lines[0].args[0].shape), lines[0].shape))
            if whole.op is not ZEROS:
                terms[whole] = terms.get(whole, Fraction(0)) + front
        return terms

    def _diagonals_together(self, terms: dict[Value, Scalar]) -> dict[Value, Scalar]:
        """The terms of a sum, with diagonals added up: s (A + diag(d)) + diag(e) is s A + diag(s d + e)."""
        xp = self.xp
        diagonals: list[tuple[Scalar, Value]] = []
        found: dict[Value, Scalar] = {}
        for a, c in terms.items():
            scalar, inner = a.args if a.op is SCALAR_TIMES else (None, a)
            parts = zip(inner.params, inner.args, strict=True) if scalar and inner.op is SUM else [(c, a)]
            if a.op is DIAG:
                diagonals.append((c, a.args[0]))
            elif scalar is not None and any(part.op is DIAG for _, part in parts) and len(inner.args) == 2:
                for factor, part in zip(inner.params, inner.args, strict=True):
                    if part.op is DIAG:
                        diagonals.append((c * factor, xp.scalar_times(scalar, part.args[0])))
                    else:
                        front, rest = xp.split(xp.scalar_times(scalar, part))
                        found[rest] = found.get(rest, Fraction(0)) + c * factor * front
            else:
                found[a] = found.get(a, Fraction(0)) + c
        if diagonals:
            front, whole = xp.split(xp.diag(xp.sum(diagonals, diagonals[0][1].shape)))
            if whole.op is not ZEROS:
                found[whole] = found.get(whole, Fraction(0)) + front
        return found

    def _product(
        self,
        op: Primitive,
        args: list[Value],
        shape: tuple[int, int],
        params: tuple[Any, ...],
        facts: Fact,
    ) -> Value:
        front: Scalar = Fraction(1)
        bare = []
        for arg in args:
            number, rest = self.xp.split(arg)
            front = front * number
            bare.append(rest)
        if any(a.op.name == "number" for a in bare):
            bare = list(args)
            front = Fraction(1)
        if op is INNER and all(a.op is TRANSPOSE for a in bare):
            bare = [a.args[0] for a in bare]
        if op in (HADAMARD, INNER, ROW_INNER):
            bare.sort(key=lambda a: a.index)
        return self._scaled(front, self.xp.make(op, bare, shape, params, _sign(front, facts)))


def _sign(front: Scalar, facts: Fact) -> Fact:
    """What is known of a value without the number in front of it."""
    return facts if front > 0 else facts & (Fact.SYMMETRIC | Fact.DIAGONAL)


def _facts_turned(facts: Fact) -> Fact:
    """What is known of the transpose."""
    triangular = Fact.LOWER_TRIANGULAR | Fact.UPPER_TRIANGULAR
    kept = facts & ~(triangular | BANDS) | turned_bands(facts)
    if facts & Fact.LOWER_TRIANGULAR:
        kept |= Fact.UPPER_TRIANGULAR
    if facts & Fact.UPPER_TRIANGULAR:
        kept |= Fact.LOWER_TRIANGULAR
    return kept
