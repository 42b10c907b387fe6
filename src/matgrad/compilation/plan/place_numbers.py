"""The last pass: numbers go where they are cheapest, sums of Kronecker products are assembled at once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matgrad.compilation.ir.cost import entries
from matgrad.compilation.ir.numbers import Scalar
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    EYE,
    HADAMARD,
    KRON,
    KRON_COMBINATION,
    MATMUL,
    SCALAR_TIMES,
    SCALE,
    SCALE_COLUMNS,
    SCALE_ROWS,
    SUM,
    TAKE_ROWS,
    TRANSPOSE,
)
from matgrad.compilation.ir.program import live_values
from matgrad.compilation.ir.recorder import Recorder

LONGEST = 400
"""A sum or product of more terms is made in parts: Python's own compiler cannot nest as many."""

LONG = 6
"""From so many terms on a number that all have is multiplied by once."""

PART = 100
"""So many terms of it each."""


_SCALED = frozenset({MATMUL, SCALAR_TIMES, SCALE_COLUMNS, SCALE_ROWS})
"""Terms of sums that take the number in front of them into an operand of fewer entries."""


def _in_parts(outputs: Sequence[Value], recorder: Recorder) -> list[Value]:
    """The values with very long sums and entrywise products as ones of partial ones."""
    values = live_values(outputs)
    if all(len(value.args) <= LONGEST for value in values):
        return list(outputs)
    done: dict[Value, Value] = {}
    for value in values:
        args, params = [done[arg] for arg in value.args], value.params
        while len(args) > LONGEST and value.op in (SUM, HADAMARD):
            places = range(0, len(args), PART)
            args = [
                recorder.make(value.op, args[k : k + PART], value.shape, params[k : k + PART]) for k in places
            ]
            params = (Fraction(1),) * len(args) if value.op is SUM else ()
        same = params is value.params and all(a is b for a, b in zip(args, value.args, strict=False))
        done[value] = value if same else recorder.make(value.op, args, value.shape, params, value.facts)
    return [done[output] for output in outputs]


class NumberPlacement:
    """Rewrites planned values without changing the order of work.

    Parameters
    ----------
    recorder : Recorder
        Makes the values.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self.done: dict[Value, Value] = {}

    def outputs(self, outputs: Sequence[Value]) -> list[Value]:
        """The values in place of the given ones."""
        values = live_values(outputs)
        self.uses: dict[Value, int] = dict.fromkeys(values, 0)
        for value in values:
            for arg in value.args:
                self.uses[arg] += 1
        for output in outputs:
            self.uses[output] += 1
        for value in values:
            self.done[value] = self._value(value)
        return _in_parts([self.done[output] for output in outputs], self.recorder)

    def _value(self, value: Value) -> Value:
        if value.op is SCALE:
            moved = self._moved(value.params[0], value.args[0])
            if moved is not None:
                return moved
        if value.op is SUM:
            value = self._flattened(value)
        if self.recorder.structured and value.op in (SUM, SCALE) and value.kind == "matrix":
            assembled = self._assembled(value)
            if assembled is not None:
                return assembled
        made = self._again(value, [self.done[arg] for arg in value.args])
        return self._numbered_once(made) if value.op is SUM else made

    def _numbered_once(self, value: Value) -> Value:
        """A long sum of which all terms have one number, up to signs, as that number times a sum."""
        size = abs(value.params[0])
        if len(value.args) < LONG or size == 1 or any(abs(c) != size for c in value.params):
            return value
        signs = tuple(c / size for c in value.params)
        whole = self.recorder.make(SUM, value.args, value.shape, signs, value.facts)
        return self.recorder.make(SCALE, (whole,), value.shape, (size,), value.facts)

    def _flattened(self, value: Value) -> Value:
        """A sum with sums of one use among its terms as one sum, numbers moved into products."""
        terms: list[tuple[Scalar, Value]] = []
        for factor, term in zip(value.params, value.args, strict=True):
            if term.op is SUM and self.uses[term] == 1:
                terms += [(factor * c, inner) for c, inner in zip(term.params, term.args, strict=True)]
            else:
                terms.append((factor, term))
        moved: list[Value] = []
        numbers: list[Scalar] = []
        for factor, term in terms:
            inner = self._moved(factor, term) if abs(factor) != 1 and term.op in _SCALED else None
            if inner is not None:
                self.done[inner] = inner
                self.uses[inner] = 1
            moved.append(term if inner is None else inner)
            numbers.append(factor if inner is None else type(factor)(1))
        if len(set(moved)) < len(moved) or tuple(moved) == value.args:
            return value
        return self.recorder.make(SUM, moved, value.shape, tuple(numbers), value.facts)

    def _again(self, value: Value, args: Sequence[Value]) -> Value:
        """The same primitive on other operands."""
        if all(a is b for a, b in zip(args, value.args, strict=True)):
            return value
        return self.recorder.make(value.op, args, value.shape, value.params, value.facts)

    def _moved(self, factor: Scalar, inner: Value) -> Value | None:
        """A number times a product, as the product with the smallest operand times the number."""
        if self.uses[inner] > 1 or not inner.op.takes_number:
            return None
        arrays = [i for i, arg in enumerate(inner.args) if arg.stored is None]
        if not arrays:
            return None
        place = min(arrays, key=lambda i: entries(inner.args[i]))
        operand = inner.args[place]
        if entries(operand) >= entries(inner) or inner.args.count(operand) > 1:
            return None
        args = [self.done[arg] for arg in inner.args]
        deeper = self._moved(factor, operand) if operand in self.uses else None
        args[place] = deeper or self.recorder.make(SCALE, (args[place],), operand.shape, (factor,))
        if operand.op is EYE:
            return None
        return self.recorder.make(inner.op, args, inner.shape, inner.params, inner.facts)

    def _assembled(self, value: Value) -> Value | None:
        """A sum of Kronecker products, made in one array."""
        pairs: list[Value] = []
        params: list[tuple[Scalar, bool]] = []
        split: set[tuple[int, int, int, int]] = set()
        for factor, term in zip(value.params, value.args, strict=True):
            found = self._kron_term(term)
            if found is None or self.uses[term] > 1:
                return None
            a, b, turned = found
            split.add((a.rows, b.rows, *((b.columns, a.columns) if turned else (a.columns, b.columns))))
            pairs += [self.done.get(a, a), self.done.get(b, b)]
            params.append((factor, turned))
        if len(split) > 1 or (len(params) == 1 and not params[0][1]):
            return None
        return self.recorder.make(KRON_COMBINATION, pairs, value.shape, tuple(params), value.facts)

    def _kron_term(self, term: Value) -> tuple[Value, Value, bool] | None:
        """Factors A and B of A ⊗ B, or of (A ⊗ B) K with K a commutation matrix."""
        if term.op is KRON:
            return (*term.args, False)  # type: ignore[return-value]
        if term.op is TRANSPOSE:
            found = self._kron_term(term.args[0])
            if found is None:
                return None
            a, b, turned = found
            xp = self.recorder
            # ((A ⊗ B) K)ᵀ = Kᵀ (Aᵀ ⊗ Bᵀ) = (Bᵀ ⊗ Aᵀ) K for the commutation matrix that fits.
            return (
                (xp.transpose(b), xp.transpose(a), True)
                if turned
                else (xp.transpose(a), xp.transpose(b), False)
            )
        if term.op is TAKE_ROWS and term.params[0].kind == "commutation":
            m, n = term.params[0].sizes
            inner = self._kron_term(term.args[0])
            # K_mn (A ⊗ B) = (B ⊗ A) K, for A with n rows and B with m.
            if inner is not None and not inner[2] and inner[0].rows == n and inner[1].rows == m:
                return inner[1], inner[0], True
        return None
