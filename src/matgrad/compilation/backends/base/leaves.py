"""What every backend writes in the same way: numbers and sizes."""

from __future__ import annotations

from typing import Any

from matgrad.compilation.backends.base.table import Table
from matgrad.compilation.backends.base.tree import Node, Number
from matgrad.compilation.ir.primitive import Value
from matgrad.compilation.ir.primitives import (
    DET_PATTERN,
    FILLED_IN,
    FUNCTION_IN_PLACES,
    GIVEN,
    GIVEN_FACTOR,
    INVERSE_PATTERN,
    LOG_DET_PATTERN,
    LOOP,
    MEMBER,
    NUMBER,
    PATTERN_FACTOR,
    PATTERN_PRODUCT,
    PLACED_AT,
    PLACES,
    SAMPLED_PRODUCT,
    SIZE,
    SOLVE_PATTERN,
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
    PATTERN_PRODUCT, PATTERN_FACTOR, SOLVE_PATTERN, INVERSE_PATTERN, LOG_DET_PATTERN, DET_PATTERN,
    reason="only NumPy code has the structured products by diagonals and Fourier transforms",
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
