"""The values of an index that conditions leave, as runs of consecutive ones: j > 3 and j ≠ 5 is 4, 6..N."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from matgrad.core.dims import Dim
from matgrad.ops.indices.conditions import Condition, holds

Run = tuple[int, int]


def runs_left(
    conditions: Iterable[Condition], name: str, first: int, last: int, size: Callable[[Dim], int]
) -> list[Run] | None:
    """The runs of values between two that conditions leave; ``None`` where a condition is not linear.

    Parameters
    ----------
    conditions : iterable of tuple
        Signs and distances, in which all other indices are set.
    name : str
        The name of the index.
    first, last : int
        Its values.
    size : callable
        The number that a dimension without the index stands for.
    """
    left_out = set()
    for sign, distance, *_ in conditions:
        if name not in distance.names:
            if not holds(sign, size(distance)):
                return []
            continue
        above, below = distance - Dim.unknown(name), distance + Dim.unknown(name)
        if name not in above.names:
            value, is_above = -size(above), True
        elif name not in below.names:
            value, is_above = size(below), False
        else:
            return None
        if sign == "≠":
            left_out.add(value)
        if sign == "=" or (sign == "≥" and is_above):
            first = max(first, value)
        if sign == "=" or (sign == "≥" and not is_above):
            last = min(last, value)
    runs, start = [], first
    for value in sorted(left_out):
        if first <= value <= last:
            runs.append((start, value - 1))
            start = value + 1
    runs.append((start, last))
    return [run for run in runs if run[0] <= run[1]]
