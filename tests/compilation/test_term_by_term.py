"""Sums over the entries of a sum, term by term, where nothing cancels that was there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.numpy import writer

RNG = np.random.default_rng(5)
SHAPES = {"X": (40, 6), "C": (40, 6), "Y": (40, 6), "g": (6,), "b": (6,)}
ARRAYS = {name: RNG.uniform(0.5, 1.5, shape) for name, shape in SHAPES.items()}
GIVEN = "X: n×p, C: n×p, Y: n×p, g: p, b: p"


def compiled(*texts: str) -> Any:
    return mg.compile([mg.parse(text, GIVEN) for text in texts])


def values(fn: Any, **changed: Any) -> Any:
    return fn(**{name: changed.get(name, ARRAYS[name]) for name in fn.signature.symbols})


@pytest.mark.parametrize(
    ("text", "wanted", "spared"),
    [
        ("sum(exp(X) - Y .* C)", lambda X, C, Y: (np.exp(X) - Y * C).sum(), True),
        ("sum(exp(X) + 2*tanh(C) .* Y)", lambda X, C, Y: (np.exp(X) + 2 * np.tanh(C) * Y).sum(), True),
        ("sum(X .* C - Y)", lambda X, C, Y: (X * C - Y).sum(), False),
        ("sum(X .* C - Y .* C)", lambda X, C, Y: (X * C - Y * C).sum(), False),
    ],
)
def test_a_sum_of_all_entries(text: str, wanted: Any, spared: bool) -> None:
    fn = compiled(text)
    (found,) = values(fn)
    assert found == pytest.approx(wanted(*(ARRAYS[name] for name in "XCY")), rel=1e-13)
    assert ("np.vdot" in fn.source) == spared


def test_weighted_sums_of_lines_that_are_there() -> None:
    """⟨C, X diag(w) + 1bᵀ⟩ where diag(CᵀX) and Cᵀ1 are wanted: w is rounded, being a function."""
    texts = ["sum(C .* (X .* (ones(n)*exp(g)') + ones(n)*b'))", "column_sum(C .* X)", "column_sum(C)"]
    fn = compiled(*texts)
    value, products, sums = values(fn)
    a = ARRAYS
    assert value == pytest.approx((a["C"] * (a["X"] * np.exp(a["g"]) + a["b"])).sum(), rel=1e-13)
    np.testing.assert_allclose(np.ravel(products), (a["C"] * a["X"]).sum(0), rtol=1e-13)
    np.testing.assert_allclose(np.ravel(sums), a["C"].sum(0), rtol=1e-13)


def test_what_cancels_exactly_is_not_taken_apart() -> None:
    """X diag(g) + 1bᵀ of a g of ones and a b that centres X holds no more than rounding."""
    texts = ["sum(C .* (X .* (ones(n)*g') + ones(n)*b'))", "column_sum(C .* X)", "column_sum(C)"]
    X = 1e9 + np.round(ARRAYS["X"] * 1024) / 1024
    value, *_ = values(compiled(*texts), X=X, g=np.ones(6), b=np.full(6, -1e9))
    assert value == pytest.approx((ARRAYS["C"] * (X - 1e9)).sum(), rel=1e-13)


def test_memory_of_what_is_done_with_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second matrix takes the memory of the first, which nothing reads any more; results keep theirs."""
    text = "sum(exp(X) .* C) + sum(Y ./ (1 + X.^2))"
    (wanted,) = values(compiled(text))
    monkeypatch.setattr(writer, "REUSED", 1)
    fn = compiled(text, "exp(X)")
    found, kept = values(fn)
    assert found == pytest.approx(wanted, rel=1e-14)
    np.testing.assert_array_equal(kept, np.exp(ARRAYS["X"]))
