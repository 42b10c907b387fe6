"""Functions that are only names are handed over to a minimisation as they are to compiled code."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import ArgumentError, EvaluationError

A, B = np.random.default_rng(4).normal(size=(4, 2)), np.ones(4)
LOSS, GIVEN = "f(A x - b)", "f: m -> scalar, A: m×n, x: n, b: m"
FIRST = {"f": lambda y: np.cosh(y).sum(), "grad_f": np.sinh}
SECOND: dict[str, Any] = {**FIRST, "H_f": lambda y: np.diag(np.cosh(y))}


def _minimum(**more: Any) -> Any:
    return mg.minimize(LOSS, "x", given=GIVEN, A=A, b=B, x0=[0, 0], **more)


@pytest.mark.parametrize("functions", [FIRST, SECOND])
def test_with_or_without_second_derivatives(functions: dict[str, Any]) -> None:
    found = _minimum(functions=functions)
    assert found.success
    np.testing.assert_allclose(A.T @ np.sinh(A @ found.x - B), 0, atol=1e-5)
    # How it curves there is only known where second derivatives are.
    assert (found.curvature is None) == (functions is FIRST)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(EvaluationError, match="f is only the name") as caught:
        _minimum()
    assert "functions={" in str(caught.value.fix)
    with pytest.raises(EvaluationError, match="H_f"):
        _minimum(functions=FIRST, method="trust-ncg")
    with pytest.raises(ArgumentError, match="by their names"):
        _minimum(functions=np.sinh)


def test_constraints_call_them_too() -> None:
    level = mg.parse("f(A x)", GIVEN)
    found = _minimum(functions=SECOND, constraints=(level, "<=", 4.01))
    assert np.cosh(A @ found.x).sum() <= 4.01 + 1e-6
