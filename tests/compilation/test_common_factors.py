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


def test_the_plan_names_the_rules() -> None:
    """Each with the steps that it spares."""
    ratio = mg.interpret("tr(V'*A*V)/tr(V'*B*V)", "A: n×n symmetric, B: n×n symmetric, V: n×k")
    norm = (
        "sum(C .* ((X - ones(n)*column_mean(X)) ./ (ones(n)*sqrt(column_var(X) + e)) .* (ones(n)*g')"
        " + ones(n)*b'))"
    )
    scaled = mg.interpret(norm, "X: n×p, C: n×p, g: p, b: p, e: scalar positive")
    for read, wrt, rule in ((ratio, "V", "have in common"), (scaled, "Xgb", "a part of something else")):
        fn = mg.compile([read.expr, *(mg.gradient(read.expr, name, verify=False) for name in wrt)])
        sizes = {"n": 9, "k": 4, "p": 3}
        arrays = {
            name: np.ones(tuple(dim.value(sizes) for dim in symbol.shape)) * (1 if symbol.is_scalar else 2)
            for name, symbol in fn.signature.symbols.items()
        }
        fn(**{name: np.eye(9) if name in "AB" else a for name, a in arrays.items()})
        found = [choice for choice in fn.plan.choices if rule in choice.rule]
        assert len(found) == 1
        assert found[0].flops < found[0].otherwise
