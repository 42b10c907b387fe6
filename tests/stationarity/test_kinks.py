"""A kink is where a function has no derivative: the square of max(0, 1 − x) has one everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg

SMOOTH = [
    "norm(relu(1 - x))^2",
    "sum(relu(1 - x).^3)",
    "sum(relu(y - A x).^2.5)",
    "sum(abs(x).^5)",
    "sum(abs(x).^1.5)",
    "sum(abs(x) .* x)",
    "relu(1 - x)' diag(w) relu(1 - x)",
    "norm(x - relu(x))^2",
    "sum(v .* max(0, 1 - A x).^2)",
    "sum(abs(x) - log(1 + abs(x)))",
    "sum(where(x > 0, x.^2, 0))",
    "relu(b' x - 1)^2",
]
KINKED = [
    "norm1(x)^2",
    "sum(relu(x))",
    "relu(x)' C relu(x)",
    "norm(relu(x))^2 + norm1(x)",
    "sum(abs(x)) sum(abs(x).^3)",
    "sum(exp(-abs(x)))",
    "sum(step(x) .* (x + 1))",
    "sum(sqrt(relu(x)))",
    "max(x)^2",
]
GIVEN = "x, w: n, v: m, A: m×n, C: n×n, b: n"


@pytest.mark.parametrize("function", SMOOTH)
def test_no_kink_is_told_where_the_whole_has_a_derivative(function: str) -> None:
    assert not any("no derivative" in note for note in mg.derive(function, "x", given=GIVEN).notes)
    assert not mg.stationary(function, "x", given=GIVEN).notes


@pytest.mark.parametrize("function", KINKED)
def test_others_are_told(function: str) -> None:
    assert any("no derivative" in note for note in mg.derive(function, "x", given=GIVEN).notes)
    assert mg.stationary(function, "x", given=GIVEN).notes


OF_X = [f for f in SMOOTH + KINKED if not any(name in f for name in ("A", "b'", "y -"))]


@pytest.mark.parametrize("function", OF_X)
def test_slopes_on_both_sides_agree_where_none_is_told(function: str) -> None:
    """By difference quotients in each direction, at points that have zeros and at 1."""
    rng = np.random.default_rng(3)
    data = {"w": rng.uniform(0.5, 2, 3), "C": rng.standard_normal((3, 3))}
    known = {name for name in data if name in function}

    def value(x: Any) -> float:
        at = {name: data[name] for name in known} | {"x": x}
        return float(np.asarray(mg.evaluate(mg.parse(function, GIVEN), at)).item())

    step, gap = 1e-7, 0.0
    for place in (0.0, 1.0):
        start = np.array([place, 0.7, 0.7])
        for direction in np.eye(3):
            right = (value(start + step * direction) - value(start)) / step
            left = (value(start) - value(start - step * direction)) / step
            gap = max(gap, abs(right - left))
    assert (gap < 1e-2) is (function in SMOOTH)
