"""Common factors in front of sums, and combinations of sums of lines: fewer passes, the same values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import matgrad as mg

RNG = np.random.default_rng(12)
X, C = RNG.standard_normal((2, 30, 7))
A, B = RNG.standard_normal((2, 30, 30))
P = RNG.uniform(size=(30, 30))


@pytest.mark.parametrize(
    ("text", "given", "arrays", "variable"),
    [
        ("sum(C .* (X ./ (sqrt(row_mean(X.^2) + 1)*ones(p)')))", "X: n×p, C: n×p", {"X": X, "C": C}, "X"),
        ("sum(C .* (X ./ (ones(n)*sqrt(column_mean(X.^2) + 1))))", "X: n×p, C: n×p", {"X": X, "C": C}, "X"),
        ("tr(V'*A*V)/tr(V'*B*V)", "A: n×n, B: n×n, V: n×k", {"A": A, "B": B, "V": X}, "V"),
        ("sum_{i,j} P_ij log(1 + norm(x_i - x_j)^2) + log(sum_{i,j} 1/(1 + norm(x_i - x_j)^2))"
         " where x_i = X[i,:]'",
         "X: n×p, P: n×n symmetric, i = 1..n, j = 1..n",
         {"P": P + P.T, "X": X}, "X"),
    ],
)  # fmt: skip
def test_gradients_agree_with_difference_quotients(
    text: str, given: str, arrays: Mapping[str, Any], variable: str
) -> None:
    read = mg.interpret(text, given)
    f = mg.compile([read.expr, mg.gradient(read.expr, read.symbols[variable])], more=[*read.symbols.values()])
    _, gradient = f(**arrays)
    step = RNG.standard_normal(arrays[variable].shape)
    ends = [f(**{**arrays, variable: arrays[variable] + t * step})[0] for t in (1e-6, -1e-6)]
    np.testing.assert_allclose(np.vdot(gradient, step), (ends[0] - ends[1]) / 2e-6, rtol=1e-6)
