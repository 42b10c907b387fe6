"""Simplification opens no difference of data, and what is computed keeps digits that what is shown loses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.rewrite.conditioning import is_difference, is_no_worse
from matgrad.rewrite.expanding import expanded

RNG = np.random.default_rng(0)
FAR = 1e8 + RNG.standard_normal((7, 3))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("(A - B) C", True),
        ("(A + B) C", False),
        ("(A - B) C + B C", False),
        ("(A*C - B) C", False),
        ("(1 - step(A)) .* B", False),
    ],
)
def test_what_is_opened(text: str, kept: bool) -> None:
    e = mg.parse(text, "A: n×n, B: n×n, C: n×n", syntax="matlab")
    assert is_no_worse(expanded(e), e) is not kept


def test_a_difference_has_terms_of_both_signs() -> None:
    x, y = mg.vector("x", "n"), mg.vector("y", "n")
    assert is_difference(x - y)
    assert not is_difference(x + y)
    assert not is_difference(-x - y)


def centred(x: Any) -> Any:
    return x - x.mean(axis=0) - (x - x.mean(axis=0)).mean(axis=0)


@pytest.mark.parametrize(
    ("text", "given", "wrt", "arrays", "expected"),
    [
        ("sum(column_var(X))", "X: m×n", "X", {"X": FAR}, lambda X: 2 * centred(X) / 7),
        ("var(x)", "x: n", "x", {"x": FAR[:, 0]}, lambda x: 2 * centred(x) / 7),
        (
            "sum_i (x_i - mu)'*(x_i - mu)",
            "X: N×d, x_i = X[i,:]', mu: d, i = 1..N",
            "mu",
            {"X": FAR, "mu": np.full(3, 1e8)},
            lambda X, mu: 2 * (mu - X).sum(axis=0),
        ),
        (
            "sum(where(abs(r) <= d, r.^2/2, d (abs(r) - d/2)))",
            "r: n, d: scalar positive",
            "r",
            {"r": FAR[:, 0], "d": 0.3},
            lambda r, d: np.full(7, d),
        ),
    ],
)
def test_digits_far_from_zero(
    text: str, given: str, wrt: str, arrays: dict[str, Any], expected: Callable[..., Any]
) -> None:
    gradient = mg.gradient(text, wrt, given=given)
    right = expected(**arrays)
    for value in (mg.compile(gradient)(**arrays), mg.evaluate(gradient, arrays)):
        np.testing.assert_allclose(value, right, rtol=1e-12, atol=1e-13)


def test_the_exponential_of_a_symmetric_matrix_by_its_eigenvalues() -> None:
    s = RNG.standard_normal((5, 5))
    s = 3 * (s + s.T)
    values, vectors = np.linalg.eigh(s)
    e = mg.expm(mg.matrix("S", "n", "n", symmetric=True))
    np.testing.assert_allclose(
        mg.compile(e)(S=s), vectors * np.exp(values) @ vectors.T, rtol=1e-13, atol=1e-9
    )
