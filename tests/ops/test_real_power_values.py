"""Divided differences of λᵗ (log λ)ᵏ against the derivative read off a block matrix (Higham, 2008)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from matgrad.numeric.precise import PreciseArrays
from matgrad.ops import frechet_values
from matgrad.ops.frechet import ANALYTIC
from matgrad.ops.leaves import number


@pytest.mark.parametrize("count", [0, 1, 2, 3])
@pytest.mark.parametrize("entries", [[[3, 1, 0], [1, 2, 1], [0, 1, 4]], [[2, 0, 0], [0, 2, 0], [0, 0, 2]]])
def test_they_are_those_of_the_block_matrix(count: int, entries: list[list[int]]) -> None:
    xp = PreciseArrays({})
    a, parameters = xp.constant(entries), (xp.number(Fraction(7, 10)), xp.number(count))
    function = ANALYTIC["real_power_log"]
    assert function.divided is not None
    values, vectors = xp.eigh(a)
    differences = function.divided(xp, values, parameters, (number(Fraction(7, 10)), number(count)))
    found = frechet_values.matrix_of_symmetric(xp, vectors, differences)
    wanted = frechet_values.matrix(xp, lambda block: function.value(xp, block, parameters), a, ())
    difference = np.array(xp.floats(xp.subtract(found, wanted)))
    np.testing.assert_allclose(difference, np.zeros((9, 9)), atol=1e-35)
