"""Sums and products of thousands of terms: more than Python's own compiler nests."""

from __future__ import annotations

import math

import pytest

import matgrad as mg
from matgrad.ops.arithmetic import add, multiply, scale
from matgrad.ops.trigonometric import cos

COUNT = 3500
VALUES = {f"t{i}": 1 + i / COUNT for i in range(COUNT)}


@pytest.mark.parametrize("backend", ["numpy", "torch"])
def test_a_long_sum_has_its_value(backend: str) -> None:
    terms = [scale((-1) ** i * (i + 1), mg.scalar(name)) for i, name in enumerate(VALUES)]
    fn = mg.compile(add(*terms), backend=backend)
    expected = math.fsum((-1) ** i * (i + 1) * value for i, value in enumerate(VALUES.values()))
    assert float(fn(**VALUES)) == pytest.approx(expected, rel=1e-10)


def test_a_long_product_has_its_value() -> None:
    fn = mg.compile(multiply(*(cos(mg.scalar(name)) for name in VALUES)))
    values = {name: value / 100 for name, value in VALUES.items()}
    assert float(fn(**values)) == pytest.approx(math.prod(map(math.cos, values.values())), rel=1e-12)
