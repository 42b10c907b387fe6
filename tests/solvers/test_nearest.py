"""The nearest two of two sets of numbers, by sorting where there are many."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matgrad.solvers.nearest import nearest_pair

KINDS: dict[str, Any] = {
    "complex": lambda rng, n: rng.standard_normal(n) + 1j * rng.standard_normal(n),
    "real": lambda rng, n: rng.standard_normal(n),
    "imaginary": lambda rng, n: 1j * rng.standard_normal(n),
    "one": lambda rng, n: np.full(n, 1.5),
    "equal ones": lambda rng, n: rng.integers(0, 9, n) + 1j * rng.integers(0, 9, n),
    "one far away": lambda rng, n: np.r_[1e30, rng.standard_normal(n - 1)],
}


@pytest.mark.parametrize("size", [(3, 4), (150, 100), (300, 77)])
@pytest.mark.parametrize("second", KINDS)
@pytest.mark.parametrize("first", KINDS)
def test_against_all_pairs(first: str, second: str, size: tuple[int, int]) -> None:
    rng = np.random.default_rng(size)
    a, b = KINDS[first](rng, size[0]), KINDS[second](rng, size[1])
    i, j, distance = nearest_pair(a, b)
    distances = abs(a[:, None] - b[None, :])
    assert distance == distances[i, j] == distances.min()
