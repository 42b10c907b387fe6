"""Loops over an index: what languages write as ``for``, with ``if`` where conditions leave terms out.

The term is a program of its own, kept beside the operands: what it takes from outside stands in it as
:data:`GIVEN`, so that whoever makes the operands again need not know of it.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from matgrad.compilation.ir.cost import effort, flops, nothing
from matgrad.compilation.ir.primitive import Primitive, Value
from matgrad.compilation.ir.program import live_values
from matgrad.compilation.ir.sizes import plain
from matgrad.compilation.ir.spelling import MUL, Speller, Text
from matgrad.core.records import dataclass


@dataclass(frozen=True)
class Repeat:
    """What :data:`LOOP` adds up or multiplies.

    Attributes
    ----------
    is_product : bool
        Whether terms are multiplied rather than added.
    index : str
        The name of the index; empty where nothing is repeated and only conditions are asked.
    first, last : int or Size
        The range of the index.
    conditions : tuple
        What must hold of a term that counts, as in ``ops/indices/conditions``.
    body : Value
        The term, in which the operands are :data:`GIVEN`.
    """

    is_product: bool
    index: str
    first: Any
    last: Any
    conditions: tuple[Any, ...]
    body: Value

    @property
    def count(self) -> int:
        """How often the term is computed, to compare plans."""
        return max(1, plain(self.last) - plain(self.first) + 1)

    @cached_property
    def values(self) -> list[Value]:
        """The values of the term, operands first."""
        return live_values([self.body])


def _flops(v: Value) -> int:
    repeat: Repeat = v.params[0]
    return repeat.count * sum(map(flops, repeat.values))


def _work(v: Value) -> float:
    repeat: Repeat = v.params[0]
    return repeat.count * sum(map(effort, repeat.values))


def _spelled(w: Speller[Value], v: Value) -> Text:
    return Text("Π(…)" if v.params[0].is_product else "Σ(…)" if v.params[0].index else "[…]", MUL)


LOOP = Primitive(
    name="loop", meaning="the sum or product of what params[0], a Repeat, says, with the operands put in",
    flops=_flops, work=_work, spelled=_spelled, allocates=True, is_structured=True,
)  # fmt: skip
GIVEN = Primitive(
    name="given", meaning="the operand params[0] of the loop that it stands in",
    flops=nothing, spelled=lambda w, v: Text("…"), is_free=True, is_structured=True,
)  # fmt: skip
GIVEN_FACTOR = Primitive(
    name="given_factor", meaning="the factorisation that is the operand params[0] of the loop it stands in",
    flops=nothing, spelled=lambda w, v: Text("…"), is_free=True, is_factorisation=True, is_structured=True,
)  # fmt: skip
