"""The matrices of the derivatives of log and root, by inverses: against blocks and difference quotients."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.linalg

import matgrad as mg
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.numeric.precise import PreciseArrays
from matgrad.ops.frechet import ANALYTIC
from matgrad.ops.frechet_values import matrix

VALUES: dict[str, Callable[[Any], Any]] = {"logm": scipy.linalg.logm, "sqrtm": scipy.linalg.sqrtm}


def by_inverse(name: str, xp: Any, a: Any) -> Any:
    """The matrix as the function itself makes it."""
    short = ANALYTIC[name].matrix
    assert short is not None
    return short(xp, a)


def near_identity(n: int, seed: int) -> list[list[Fraction]]:
    """A matrix without symmetry whose eigenvalues are not on the negative axis."""
    rng = random.Random(seed)
    return [[Fraction(rng.randint(-90, 90), 60 * n) + 2 * (i == j) for j in range(n)] for i in range(n)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("name", ["logm", "sqrtm"])
def test_agrees_with_the_block_form_in_arbitrary_precision(name: str, n: int, seed: int) -> None:
    xp = PreciseArrays({}, 40)
    a = xp.constant(near_identity(n, seed))
    by_blocks = matrix(xp, getattr(xp, name), a, ())
    apart = xp.largest(xp.subtract(by_inverse(name, xp, a), by_blocks))
    assert apart < 1e-36 * xp.largest(by_blocks)


@pytest.mark.parametrize("name", ["logm", "sqrtm"])
def test_agrees_with_a_difference_quotient_of_scipy(name: str) -> None:
    a = np.array(near_identity(4, 7), dtype=float)
    direction = np.random.default_rng(3).normal(size=(4, 4))
    f, h = VALUES[name], 1e-5
    quotient = (f(a + h * direction) - f(a - h * direction)) / (2 * h)
    given = by_inverse(name, NumpyArrays({}), a) @ direction.ravel(order="F")
    np.testing.assert_allclose(given, quotient.ravel(order="F"), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("name", ["logm", "sqrtm"])
def test_a_matrix_with_a_negative_eigenvalue_is_refused(name: str) -> None:
    expr = mg.parse(f"frechet_matrix_{name}(X)", "X: n×n")
    with pytest.raises(mg.MatgradError):
        mg.evaluate(expr, {"X": [[1.0, 2.0], [3.0, -4.0]]})
