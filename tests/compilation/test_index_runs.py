"""The runs of values that conditions leave are those at which they hold."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from matgrad.compilation.plan.index_runs import runs_left
from matgrad.core.dims import Dim
from matgrad.ops.indices.conditions import Condition, holds

_I, _J = Dim.unknown("i"), Dim.unknown("j")
DISTANCES = [_J - _I, _I - _J, _J - _I - 1, _I + _J - 5, _J + _J - _I, _I - 3]


def _size(at: int) -> Callable[[Dim], int]:
    return lambda dim: dim.value({"i": at})


@pytest.mark.parametrize("signs", list(itertools.product(("≥", "≠", "="), repeat=2)))
def test_runs_are_where_conditions_hold(signs: tuple[str, str]) -> None:
    for left, right in itertools.product(DISTANCES, repeat=2):
        conditions: list[Condition] = [(signs[0], left), (signs[1], right)]
        for at in range(1, 8):
            found = runs_left(conditions, "j", 1, 7, _size(at))
            if found is None:
                assert _J + _J - _I in (left, right)
                continue
            kept = [j for start, end in found for j in range(start, end + 1)]
            assert kept == [
                j for j in range(1, 8)
                if all(holds(s, d.value({"i": at, "j": j})) for s, d in conditions)
            ]  # fmt: skip
