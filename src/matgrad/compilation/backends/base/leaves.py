"""What every backend writes in the same way: numbers and sizes."""

from __future__ import annotations

from typing import Any

from matgrad.compilation.backends.base.table import Table
from matgrad.compilation.backends.base.tree import Node, Number
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    FILLED_IN,
    FUNCTION_IN_PLACES,
    GIVEN,
    GIVEN_FACTOR,
    LOOP,
    MEMBER,
    NUMBER,
    PLACED_AT,
    PLACES,
    SAMPLED_PRODUCT,
    SIZE,
    SQUARES_OF_DIFFERENCE,
    UNIT_AT,
)

LEAVES = Table("every backend")
writes = LEAVES.writes
LEAVES.refuses(
    MEMBER,
    PLACED_AT,
    UNIT_AT,
    reason="it stands for an index while structured sums are planned",
)
LEAVES.refuses(
    FILLED_IN, SAMPLED_PRODUCT, PLACES, FUNCTION_IN_PLACES, SQUARES_OF_DIFFERENCE,
    reason="sparse arrays are structured data that only NumPy code keeps as they are",
)  # fmt: skip
LEAVES.refuses(
    LOOP, GIVEN, GIVEN_FACTOR, reason="structured sums are loops only in languages that are written as text"
)


@writes(NUMBER)
def _number(w: Any, v: Value) -> Node:
    return Number(v.params[0])


@writes(SIZE)
def _size(w: Any, v: Value) -> Node:
    node: Node = w.size(v.params[0])
    return node
