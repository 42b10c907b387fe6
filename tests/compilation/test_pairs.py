"""Sums over pairs of members, compiled as matrices of all pairs, beside the sums written out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.expr import symbols_of
from matgrad.language import interpret

norm = np.linalg.norm
Data = dict[str, Any]
GIVEN = "x_i: n, y_j: n, d_ij: scalar, a_i: scalar, i = 1..N, j = 1..N, A: n×n, S: n×n SPD, w: n, t: scalar"

SUMS: dict[str, Callable[[Data, int, int], Any]] = {
    "sum_{i<j} (norm(x_i - x_j) - d_ij)^2": lambda q, i, j: (norm(q["x"][i] - q["x"][j]) - q["d"][i, j]) ** 2,
    "sum_{i<j} (1 - d_ij/norm(x_i - x_j))^2": lambda q, i, j: (
        (1 - q["d"][i, j] / norm(q["x"][i] - q["x"][j])) ** 2
    ),
    "sum_{i,j} exp(-t norm(x_i - x_j)^2)": lambda q, i, j: np.exp(-q["t"] * norm(q["x"][i] - q["x"][j]) ** 2),
    "sum_{i<j} a_i a_j/norm(x_i - x_j)": lambda q, i, j: q["a"][i] * q["a"][j] / norm(q["x"][i] - q["x"][j]),
    "sum_{i≠j} log(norm(x_i - x_j))": lambda q, i, j: np.log(norm(q["x"][i] - q["x"][j])),
    "sum_{i≠j} 1/norm(x_i - x_j + w)": lambda q, i, j: 1 / norm(q["x"][i] - q["x"][j] + q["w"]),
    "sum_{i,j} d_ij (x_i - x_j)' A (x_i - x_j)": lambda q, i, j: (
        q["d"][i, j] * (q["x"][i] - q["x"][j]) @ q["A"] @ (q["x"][i] - q["x"][j])
    ),
    "sum_{i,j} exp(-(x_i - y_j)' S (x_i - y_j)/9)": lambda q, i, j: np.exp(
        -(q["x"][i] - q["y"][j]) @ q["S"] @ (q["x"][i] - q["y"][j]) / 9
    ),
    "sum_{i,j} d_ij/(1 + norm(x_i - y_j)^2)": lambda q, i, j: (
        q["d"][i, j] / (1 + norm(q["x"][i] - q["y"][j]) ** 2)
    ),
    "sum_{i<j} d_ij exp(-(x_i - x_j - w)' A (x_i - x_j)/9)": lambda q, i, j: (
        q["d"][i, j] * np.exp(-(q["x"][i] - q["x"][j] - q["w"]) @ q["A"] @ (q["x"][i] - q["x"][j]) / 9)
    ),
    "sum_{i≤j} d_ij norm(x_i - y_j)": lambda q, i, j: q["d"][i, j] * norm(q["x"][i] - q["y"][j]),
    "sum_{i>j} norm(x_i - x_j)^3": lambda q, i, j: norm(q["x"][i] - q["x"][j]) ** 3,
    "sum_{i<j} (norm(x_i - x_j)^2 - d_ij^2)^2": lambda q, i, j: (
        (norm(q["x"][i] - q["x"][j]) ** 2 - q["d"][i, j] ** 2) ** 2
    ),
    "sum_{i<j} log(1 + exp(-(a_i - a_j) d_ij))": lambda q, i, j: np.log1p(
        np.exp(-(q["a"][i] - q["a"][j]) * q["d"][i, j])
    ),
}
"""A sum, and its term."""

CONDITIONS: dict[str, Callable[[int, int], bool]] = {
    "i,j": lambda i, j: True,
    "i<j": lambda i, j: i < j,
    "i>j": lambda i, j: i > j,
    "i≠j": lambda i, j: i != j,
    "i≤j": lambda i, j: i <= j,
}


def _data(count: int, names: Iterable[str]) -> Data:
    rng = np.random.default_rng(count)
    n = 3
    root = rng.normal(size=(n, n))
    data = {
        "x": rng.normal(size=(count, n)),
        "y": rng.normal(size=(count, n)),
        "d": rng.normal(size=(count, count)),
        "a": rng.normal(size=count),
        "A": rng.normal(size=(n, n)),
        "S": root @ root.T + np.eye(n),
        "w": rng.normal(size=n),
        "t": 0.3,
    }
    return {name: data[name] for name in names}


def _written_out(text: str, data: Data, count: int) -> float:
    holds = CONDITIONS[text[text.index("{") + 1 : text.index("}")]]
    return float(
        sum(SUMS[text](data, i, j) for i in range(count) for j in range(count) if holds(i, j)),
    )


def _slope(text: str, data: Data, count: int, name: str) -> Any:
    base = np.asarray(data[name], float)
    found = np.zeros_like(base)
    for place in np.ndindex(base.shape):
        ends = []
        for step in (1e-5, -1e-5):
            moved = base.copy()
            moved[place] += step
            ends.append(_written_out(text, {**data, name: moved}, count))
        found[place] = (ends[0] - ends[1]) / 2e-5
    return found


@pytest.mark.parametrize("text", SUMS)
def test_pairs_are_what_is_written_out(text: str) -> None:
    expr = interpret(text, GIVEN).expr
    names = [name for name in symbols_of(expr) if name != "S"]
    compiled = mg.compile([expr, *(mg.gradient(expr, name) for name in names)])
    for count in (0, 1, 2, 7):
        data = _data(count, symbols_of(expr))
        value, *slopes = compiled(**data)
        np.testing.assert_allclose(value, _written_out(text, data, count), rtol=1e-9, atol=1e-9)
        for name, slope in zip(names, slopes, strict=True):
            expected = _slope(text, data, count, name)
            size = max(1.0, float(np.abs(expected).max(initial=0)))
            np.testing.assert_allclose(
                np.reshape(slope, expected.shape), expected, rtol=2e-4, atol=1e-5 * size
            )


@pytest.mark.parametrize("text", [text for text in SUMS if "y_" not in text and "x_" in text])
def test_points_far_from_zero_keep_their_distances(text: str) -> None:
    expr = interpret(text, GIVEN).expr
    data = _data(6, symbols_of(expr))
    data["x"] = data["x"] + 1e6
    expected = _written_out(text, data, 6)
    np.testing.assert_allclose(mg.compile(expr)(**data), expected, rtol=1e-8)
    np.testing.assert_allclose(np.ravel(mg.evaluate(expr, data))[0], expected, rtol=1e-8)


def test_points_that_coincide_have_no_distance() -> None:
    x = np.array([[0.1, 0.2, 0.3], [0.1, 0.2, 0.3], [7.7, 3.1, 2.9]])
    value = mg.compile("sum_{i,j} norm(x_i - x_j)", given="x_i: n, i = 1..N, j = 1..N")(x=x)
    np.testing.assert_allclose(value, 4 * norm(x[0] - x[2]), rtol=1e-12)


@pytest.mark.parametrize("unused", [np.nan, np.inf, 1e308])
def test_what_a_condition_leaves_out_is_not_read(unused: float) -> None:
    expr = interpret("sum_{i<j} (norm(x_i - x_j) - d_ij)^2", GIVEN).expr
    compiled = mg.compile([expr, mg.gradient(expr, "x")])
    data = _data(5, symbols_of(expr))
    expected = compiled(**data)
    data["d"][np.tril_indices(5)] = unused
    for found, other in zip(compiled(**data), expected, strict=True):
        np.testing.assert_allclose(found, other, rtol=1e-12)


@pytest.mark.parametrize("backend", ["jax", "torch", "dask"])
@pytest.mark.parametrize("text", list(SUMS)[:4])
def test_every_library_computes_pairs(text: str, backend: str) -> None:
    pytest.importorskip(backend)
    expr = interpret(text, GIVEN).expr
    data = _data(5, symbols_of(expr))
    value = mg.compile(expr, backend=backend)(**data)
    np.testing.assert_allclose(np.asarray(value), _written_out(text, data, 5), rtol=1e-5)


def test_the_root_and_what_is_summed_are_computed_once() -> None:
    expr = interpret("sum_{i<j} (norm(x_i - x_j) - d_ij)^2", GIVEN).expr
    compiled = mg.compile([expr, mg.gradient(expr, "x")])
    compiled(**_data(5, symbols_of(expr)))
    assert compiled.source.count("np.sqrt(") == 1


@pytest.mark.parametrize("name", ["X", "Y"])
def test_slopes_between_two_samples_far_from_zero(name: str) -> None:
    given = "X: N×d, Y: M×d, x_i = X[i,:]', y_j = Y[j,:]', i = 1..N, j = 1..M"
    expr = interpret("sum_{i,j} exp(-norm(x_i - y_j)^2/2)", given).expr
    compiled = mg.compile(mg.gradient(expr, name))
    rng = np.random.default_rng(3)
    x, y = (rng.integers(-8, 9, (count, 3)) / 8 + 2.0**16 for count in (6, 9))
    apart = x[:, None] - y
    terms = np.exp(-(apart**2).sum(2) / 2)[..., None] * apart
    expected = -terms.sum(1) if name == "X" else terms.sum(0)
    np.testing.assert_allclose(compiled(X=x, Y=y), expected, atol=1e-12)
    assert "EACH" not in compiled.source
