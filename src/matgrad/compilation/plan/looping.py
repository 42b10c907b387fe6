"""Sums and products over indices as loops, for languages that are written as text.

The index is a size that is not known: whatever is said of places and sizes is said of it as well, and only
the loop itself knows that it changes.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import GIVEN, GIVEN_FACTOR, INPUT, LOOP, TRANSPOSE
from matgrad.compilation.ir.primitives.loops import Repeat
from matgrad.compilation.ir.program import live_values
from matgrad.compilation.ir.recorder import Recorder
from matgrad.compilation.ir.selection import Selection
from matgrad.compilation.ir.sizes import Size, plain
from matgrad.core.dims import Dim
from matgrad.core.facts import Fact

_KEPT = Fact.NONNEGATIVE | Fact.SYMMETRIC | Fact.DIAGONAL | Fact.POSITIVE_SEMIDEFINITE
"""What a sum has because every term has it, however many there are."""


class Looping:
    """Makes loops of terms that were recorded for an index.

    Parameters
    ----------
    recorder : Recorder
        Makes the values.
    """

    def __init__(self, recorder: Recorder) -> None:
        self.recorder = recorder
        self._names: dict[Value, frozenset[str]] = {}

    def loop(
        self,
        body: Value,
        index: str,
        first: Any,
        last: Any,
        conditions: tuple[Any, ...] = (),
        *,
        is_product: bool = False,
    ) -> Value:
        """The sum or product of a term over an index; without one the term where conditions hold, else 0."""
        # What conditions speak of may have no value where they do not hold, and is computed under them.
        moving = frozenset({index}) if index else _names_in(conditions)
        term, operands = self._term(body, moving)
        repeat = Repeat(is_product, index, first, last, conditions, term)
        facts = body.facts & (Fact.NONNEGATIVE if is_product else _KEPT)
        return self.recorder.make(LOOP, operands, body.shape, (repeat,), facts)

    def _term(self, body: Value, moving: Collection[str]) -> tuple[Value, list[Value]]:
        """A term with what it takes from outside, in which that is given by its place."""
        xp, operands = self.recorder, list[Value]()
        done: dict[Value, Value] = {}
        pending = [body]
        while pending:
            v = pending[-1]
            if v in done:
                pending.pop()
                continue
            inside = not self.names(v).isdisjoint(moving) or v.op is TRANSPOSE
            if not inside:
                done[v] = self._given(v, operands)
                continue
            waiting = [a for a in v.args if a not in done]
            if waiting:
                pending += reversed(waiting)
                continue
            done[v] = xp.make(v.op, [done[a] for a in v.args], v.shape, v.params, v.facts)
        return done[body], operands

    def _given(self, v: Value, operands: list[Value]) -> Value:
        if not v.args and v.op is not INPUT:
            return v
        operands.append(v)
        given = GIVEN_FACTOR if v.op.is_factorisation else GIVEN
        return self.recorder.make(given, (), v.shape, (len(operands) - 1,), v.facts)

    def names(self, value: Value) -> frozenset[str]:
        """The indices that a value depends on."""
        if value not in self._names:
            for v in live_values([value]):
                if v not in self._names:
                    found = _names_in((v.shape, v.params))
                    for item in v.params:
                        if isinstance(item, Repeat):
                            found |= self._names_of(item)
                    self._names[v] = found.union(*(self._names[a] for a in v.args))
        return self._names[value]

    def _names_of(self, repeat: Repeat) -> frozenset[str]:
        found = _names_in((repeat.first, repeat.last, repeat.conditions))
        return found.union(*map(self.names, repeat.values)) - {repeat.index}


def _names_in(item: Any) -> frozenset[str]:
    """The indices in what a value is made with."""
    if isinstance(item, Size):
        return item.dim.indices
    if isinstance(item, Dim):
        return item.indices
    if isinstance(item, Selection):
        return _names_in(item.sizes)
    if isinstance(item, tuple):
        return frozenset[str]().union(*map(_names_in, item))
    return frozenset()


def middle(first: Any, last: Any) -> int:
    """A number that stands for an index while its loop is planned."""
    return max(plain(first), (plain(first) + plain(last)) // 2)
