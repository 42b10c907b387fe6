"""Calls of compiled functions: arrays that have what is declared or have not, of every layout and type."""

from __future__ import annotations

import copy
import pickle
import warnings
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

import matgrad as mg
from matgrad.core.expr import Symbol, symbols_of
from tests.properties.functions import functions_in_order

FACTS = (
    "", "symmetric", "skew", "diagonal", "lower", "upper", "orthogonal", "orthonormal", "spd", "psd",
    "invertible", "positive", "nonnegative", "integer", "simplex", "symmetric nonnegative",
    "spd diagonal", "integer symmetric",
)  # fmt: skip
BACKENDS = ("numpy", "jax", "torch", "dask")
TEXTS = ("sum(A .* B)", "norm(A + B)^2", "tr(A' B) + sum(A)", "sum(A .^ 2) + sum(B)")


def _backend(rng: np.random.Generator) -> str:
    name = str(rng.choice(BACKENDS))
    return name if name == "numpy" or find_spec(name) else "numpy"


def _having(words: str, n: int, rng: np.random.Generator) -> Any:
    """A matrix with the declared facts, badly scaled now and then."""
    X = rng.normal(size=(n, n))
    if "integer" in words:
        X = np.round(3 * X)
    if "orth" in words:
        X = np.linalg.qr(X)[0]
    if "skew" in words:
        X = X - X.T
    if "symmetric" in words:
        X = X + X.T
    if "positive" in words or "nonnegative" in words:
        X = np.abs(X) + (0.1 if "positive" in words else 0)
    if "spd" in words:
        X = X @ X.T + n * np.eye(n)
    if "psd" in words:
        X = X[:, : max(1, n - 1)] @ X[:, : max(1, n - 1)].T
    if "invertible" in words:
        X = X + 3 * n * np.eye(n)
    if "simplex" in words:
        X = np.abs(X) / np.abs(X).sum(axis=0)
    if "diagonal" in words:
        X = np.diag(np.diag(X)) if "positive" not in words else X
    if "lower" in words:
        X = np.tril(X)
    if "upper" in words:
        X = np.triu(X)
    return X


def _lacking(words: str, X: Any, rng: np.random.Generator) -> Any:
    """The matrix with one of its facts broken."""
    n, X = len(X), X.copy()
    i, j = (0, n - 1) if rng.random() < 0.5 else (n - 1, 0)
    if words.startswith(("symmetric", "spd", "psd", "skew", "diagonal", "integer symmetric")):
        X[i, j] += 1
    elif words == "lower":
        X[0, n - 1] += 1
    elif words == "upper":
        X[n - 1, 0] += 1
    elif words in ("positive", "nonnegative", "simplex"):
        X[i, j] = -1
    elif words == "invertible":
        X[:, 0] = X[:, 1]
    else:
        X[i, j] += 0.5
    return X


def _laid_out(X: Any, rng: np.random.Generator) -> Any:
    """The same numbers in another order of memory, with gaps, backwards, or read only."""
    n, m = X.shape
    wide = np.zeros((2 * n, 3 * m), X.dtype)
    wide[::2, ::3] = X
    frozen = X.copy()
    frozen.flags.writeable = False
    choices = [X, np.asfortranarray(X), wide[::2, ::3], X[::-1].copy()[::-1], X.T.copy().T, frozen]
    return choices[int(rng.integers(len(choices)))]


def _called(fn: Any, arrays: dict[str, Any]) -> float:
    value = fn(**arrays)
    return float(value.compute() if hasattr(value, "compute") else value)


def declared_facts_are_held_to_on_every_call(seed: int) -> None:
    rng = np.random.default_rng(seed)
    words, n, backend = FACTS[seed % len(FACTS)], int(rng.integers(2, 5)), _backend(rng)
    text = TEXTS[int(rng.integers(len(TEXTS)))]
    expr = mg.parse(text, f"A: n×n {words}, B: n×n")
    fn = mg.compile(expr, backend=backend)
    tolerance = 1e-4 if backend == "jax" else 1e-9
    for _ in range(4):
        X, B = _having(words, n, rng), rng.normal(size=(n, n))
        if words and rng.random() < 0.5:
            wrong = _lacking(words, X, rng)
            try:
                _called(fn, {"A": _laid_out(wrong, rng), "B": B})
            except mg.EvaluationError as refusal:
                if "A is" in str(refusal):
                    continue
                raise
            raise AssertionError(f"{backend} took {wrong.tolist()} for {words}")
        else:
            value = _called(fn, {"A": _laid_out(X, rng), "B": _laid_out(B, rng)})
            expected = mg.evaluate(expr, {"A": X, "B": B})
            size = (
                np.abs(X).sum() * max(np.abs(B).max(), 1)
                + np.abs(X).max() ** 2 * n * n
                + np.abs(B).sum() ** 2
            )
            assert abs(value - expected) <= tolerance * size, (backend, words, value, expected)


def definite_matrices_may_be_scaled_badly(seed: int) -> None:
    """D S D is definite where S is, and not where S is not."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 6))
    scale = np.diag(10.0 ** rng.uniform(-9, 9, size=n))
    X = rng.normal(size=(n, n))
    S = X @ X.T + np.eye(n)
    text = ("x' inv(S) x", "logdet(S) + x'x", "x' S x")[seed % 3]
    f = mg.parse(text, "S: n×n spd, x: n")
    fn = mg.compile(f)
    x = scale @ rng.normal(size=n)
    right = {0: x @ np.linalg.solve(scale, np.linalg.solve(S, np.linalg.solve(scale, x)))}
    right[1] = np.linalg.slogdet(S)[1] + 2 * np.log(np.diag(scale)).sum() + x @ x
    right[2] = x @ (scale @ S @ scale @ x)
    good = scale @ S @ scale
    good = (good + good.T) / 2
    bad = scale @ (S - 2 * np.linalg.eigvalsh(S)[0] * np.eye(n)) @ scale
    for _ in range(2):
        np.testing.assert_allclose(fn(S=good, x=x), right[seed % 3], rtol=1e-6)
        np.testing.assert_allclose(mg.evaluate(f, {"S": good, "x": x}), right[seed % 3], rtol=1e-6)
        computes: list[Callable[[Any], Any]] = [
            lambda S: fn(S=S, x=x),
            lambda S: mg.evaluate(f, {"S": S, "x": x}),
        ]
        for compute in computes:
            try:
                compute((bad + bad.T) / 2)
            except mg.EvaluationError:
                continue
            raise AssertionError(f"{bad.tolist()} passed for definite")


def _old_matrix(X: Any) -> Any:
    """A numpy.matrix, of which NumPy warns where one is made."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return np.matrix(X)


def strange_arrays_are_computed_or_refused(seed: int) -> None:
    """Types that no one expects: a value that is right, or an error of ours."""
    rng = np.random.default_rng(seed)
    backend = _backend(rng)
    words = FACTS[int(rng.integers(len(FACTS)))]
    n = int(rng.integers(0, 4))
    X = np.round(10 * rng.normal(size=(n, n)))
    strange: list[Any] = [
        X.astype(int), X.astype(np.int8), X.astype(np.float32), X.astype(">f8"), X.astype(bool), X.tolist(),
        X.astype(object),
        X.astype(complex), X.astype(str), np.where(X > 0, np.nan, X),
        np.where(X > 0, np.inf, X),
        np.ma.masked_array(X, X > 0), np.array([[None] * n] * n), X[0] if n else 3, X[None], 3.0, None, "A",
        _old_matrix(X) if n else X, X.astype(np.float16), {"A": 1}, iter([1, 2]),
        X.astype("M8[s]") if n else X,
    ]  # fmt: skip
    fn = mg.compile(mg.parse("sum(A .^ 2)", f"A: n×n {words}"), backend=backend)
    value: Any = strange[int(rng.integers(len(strange)))]
    for _ in range(2):
        try:
            found = _called(fn, {"A": value})
        except mg.MatgradError:
            continue
        right = np.sum(np.square(np.array(value, dtype=float)))
        assert np.isclose(found, right, rtol=1e-3, equal_nan=True) or not np.isfinite(right), (
            value,
            found,
            right,
        )


@cache
def _examples() -> list[tuple[str, Any]]:
    return [(f.example, mg.parse(f.example, f.given)) for f in functions_in_order()]


def empty_arrays_have_the_value_of_numpy_or_are_refused(seed: int) -> None:
    rng = np.random.default_rng(seed)
    examples = _examples()
    text, expr = examples[seed % len(examples)]
    symbols = symbols_of(expr)
    dims = sorted({name for s in symbols.values() for d in s.shape for name in d.symbols})
    sizes = {name: int(rng.integers(3)) for name in dims}
    if dims:
        sizes[dims[int(rng.integers(len(dims)))]] = 0
    arrays = {name: _plain(symbol, sizes) for name, symbol in symbols.items()}
    found: dict[str, Any] = {}
    for backend in ("evaluate", "numpy", _backend(rng)):
        try:
            if backend == "evaluate":
                found[backend] = mg.evaluate(expr, {**arrays, **sizes})
                continue
            fn = mg.compile(expr, backend=backend)
            names = set(fn.signature.symbols) | set(fn.signature.free)
            given = {name: value for name, value in {**sizes, **arrays}.items() if name in names}
            # Of sums of nothing NumPy warns as of other zeros: log(0), 1/0; also in threads of Dask.
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                value = fn(**given)
                found[backend] = np.asarray(value.compute() if hasattr(value, "compute") else value)
        except mg.MatgradError:
            continue
    for backend, value in found.items():
        for other, second in found.items():
            same = np.shape(value) == np.shape(second)
            if np.isfinite(value).all() and np.isfinite(second).all():
                assert same, (text, sizes, backend, other)
                np.testing.assert_allclose(value, second, rtol=1e-3, atol=1e-3, err_msg=text)


def _plain(symbol: Symbol, sizes: dict[str, int]) -> Any:
    shape = (symbol.rows.value(sizes), symbol.columns.value(sizes))
    return np.eye(shape[0]) if symbol.is_square and 0 not in shape else np.ones(shape)


def copies_compute_the_same(seed: int) -> None:
    rng = np.random.default_rng(seed)
    backend, n = _backend(rng), int(rng.integers(1, 4))
    words = FACTS[seed % len(FACTS)]
    expr = mg.parse(TEXTS[seed % len(TEXTS)], f"A: n×n {words}, B: n×n")
    fn = mg.compile(expr, backend=backend)
    arrays = {"A": _having(words, n, rng), "B": rng.normal(size=(n, n))}
    first = copy.copy(pickle.loads(pickle.dumps(fn)))
    value = _called(fn, arrays)
    for again in (first, pickle.loads(pickle.dumps(fn)), copy.deepcopy(fn)):
        assert _called(again, arrays) == value


PROPERTIES = (
    declared_facts_are_held_to_on_every_call,
    definite_matrices_may_be_scaled_badly,
    strange_arrays_are_computed_or_refused,
    empty_arrays_have_the_value_of_numpy_or_are_refused,
    copies_compute_the_same,
)

EXAMPLES = 20
