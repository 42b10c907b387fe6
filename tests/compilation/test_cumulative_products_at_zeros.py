"""Gradients of cumulative products have a value where an entry is 0, evaluated and compiled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg

POINTS = [[1.0, 0.0, 2.0, 3.0], [0.0, 2.0, 0.0, 1.0], [1.0, 2.0, 3.0, 0.0], [1.0, 2.0, -3.0, 0.5]]
WEIGHTS = [2.0, -1.0, 0.5, 3.0]


def products_of_others(x: list[float]) -> Any:
    """∂cumprod(x)_i/∂x_k."""
    n = len(x)
    found = np.zeros((n, n))
    for i in range(n):
        for k in range(i + 1):
            found[i, k] = np.prod([x[j] for j in range(i + 1) if j != k])
    return found


@pytest.mark.parametrize("x", POINTS)
def test_a_gradient(x: list[float]) -> None:
    jacobian = products_of_others(x)
    linear = mg.gradient("a' cumprod(x)", "x")
    squared = mg.gradient("norm(cumprod(x))^2", "x")
    assert np.allclose(mg.evaluate(linear, a=WEIGHTS, x=x), jacobian.T @ WEIGHTS)
    assert np.allclose(mg.evaluate(squared, x=x), jacobian.T @ (2 * np.cumprod(x)))
    assert np.allclose(mg.compile(linear)(a=np.array(WEIGHTS), x=np.array(x)), jacobian.T @ WEIGHTS)


@pytest.mark.parametrize("x", POINTS)
def test_a_differential(x: list[float]) -> None:
    change = mg.differential("cumprod(x)", "x")
    assert np.allclose(mg.evaluate(change, x=x, dx=WEIGHTS), products_of_others(x) @ WEIGHTS)


def test_columns_by_themselves() -> None:
    X, A = np.array([[1.0, 0.0, 2.0], [0.0, 3.0, 1.0], [2.0, 0.0, 4.0]]), np.arange(9.0).reshape(3, 3)
    found = mg.evaluate(mg.gradient("sum(cumprod(X) .* A)", "X"), X=X, A=A)
    wanted = [products_of_others(list(X[:, k])).T @ A[:, k] for k in range(3)]
    assert np.allclose(found, np.column_stack(wanted))
