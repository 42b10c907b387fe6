"""Deep and wide expressions are planned and computed: no recursion without bound, no work without end."""

from __future__ import annotations

import time

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.expr import Expr, symbols_of

RNG = np.random.default_rng(6)


def nested(step: str, times: int, start: str) -> str:
    """A text in which a step is taken many times."""
    for _ in range(times):
        start = step.replace("@", start)
    return start


SQUARES = "X: n×n, A: n×n, B: n×n, x: n, t: scalar"
DEEP = {
    "tanh": (f"sum({nested('tanh(A*@)', 150, 'x')})", "x", 1),
    "transposes": (f"tr({nested('(X*(@) + A)', 25, 'B').replace('X', chr(39).join(['X', '']))})", "X", 1),
    "nested sums": (f"norm({nested('(A*(@) + B)', 25, 'X')})^2", "X", 1),
    "nested sums of vectors": (f"norm({nested('(A*(@) + x)', 25, 'x')})^2", "x", 2),
    "wide": ("sum(" + " + ".join(f"sin({k + 1}*x)" for k in range(200)) + ")", "x", 2),
    "chain": ("tr(" + "*".join(["X", "A'"] * 60) + ")", "X", 1),
    "diagonals": (f"sum({nested('diag(@)*x', 150, 'x')})", "x", 1),
    "block products": ("norm(" + "*".join(["[A, B; B, A]"] * 4) + ")^2", "A", 2),
    "borders": ("norm(" + "*".join(["[A, x; x', t]"] * 3) + ")^2", "x", 2),
    "exponentials of blocks": ("norm(exp([A, B; B', X]*[x; x]))^2", "x", 2),
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_and_wide(name: str) -> None:
    text, variable, order = DEEP[name]
    f = mg.parse(text, SQUARES)
    derivative: Expr = (mg.gradient if order == 1 else mg.hessian)(f, variable, verify=False)
    arrays = {
        n: 0.5 * RNG.normal(size=tuple(dim.value({"n": 2}) for dim in symbol.shape))
        for n, symbol in symbols_of([f]).items()
    }
    start = time.process_time()
    value, computed = mg.compile([f, derivative])(**arrays)
    assert time.process_time() - start < 30
    np.testing.assert_allclose(value, mg.evaluate(f, arrays), rtol=1e-9)
    expected = mg.evaluate(derivative, arrays)
    np.testing.assert_allclose(computed, expected, rtol=1e-8, atol=1e-9 * np.abs(expected).max())
