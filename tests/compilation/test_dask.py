"""Dask: values over split data, what cannot be distributed, laziness, and data larger than memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import dask
import dask.array as da
import numpy as np
import pytest
from dask.base import compute
from dask.callbacks import Callback

import matgrad as mg
from matgrad.compilation.backends.dask.function import DaskFunction
from matgrad.core.errors import ArgumentError, EvaluationError
from matgrad.core.expr import Expr
from tests.compilation.golden import TOPICS, agrees, disagreements

SIZES = {"m": 23, "n": 4, "k": 3}

LOGISTIC = "sum(softplus(-y .* (X w))) + w'w"
LOGISTIC_GIVEN = "X: m×n, w: n, y: m"


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.mark.parametrize("topic", TOPICS)
def test_golden_cases(topic: str) -> None:
    wrong = disagreements(
        topic, lambda point: compute(*DaskFunction(point.exprs)(**point.arrays)), backend="dask"
    )
    assert not wrong, "\n".join(wrong)


def data_of(function: DaskFunction, split: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Random arrays, and the same with those that have the split dimension in blocks of rows."""
    rng = np.random.default_rng(8)
    whole, lazy = {}, {}
    for name, symbol in function.signature.symbols.items():
        array = rng.uniform(0.2, 1, size=[d.value(SIZES) for d in symbol.shape])
        array = array @ array.T + np.eye(len(array)) if "spd" in name else array
        whole[name] = array[:, 0] if symbol.is_vector else array
        chunks = [7 if str(d) == split else -1 for d in symbol.shape][: whole[name].ndim]
        lazy[name] = da.from_array(whole[name], chunks=chunks) if 7 in chunks else whole[name]
    return whole, lazy


def derivatives(text: str, given: str, wrt: str) -> list[Expr]:
    """A function with its gradient and its Hessian."""
    f = mg.parse(text, given)
    return [f, mg.gradient(f, wrt, verify=False), mg.hessian(f, wrt, verify=False)]


DISTRIBUTED = [
    ("norm(X w - y)^2", "X: m×n, w: n, y: m", "w"),
    (LOGISTIC, LOGISTIC_GIVEN, "w"),
    ("-sum(Y .* row_logsoftmax(X W))", "X: m×n, W: n×k, Y: m×k", "W"),
    ("logdet(X' X + Aspd)", "X: m×n, Aspd: n×n spd", "Aspd"),
    ("tr(W' X' X W)/tr(W'W)", "X: m×n, W: n×k", "W"),
    ("sum(tanh(X w + b*ones(m)))", "X: m×n, w: n, b: scalar", "w"),
    ("logsumexp(X w)", "X: m×n, w: n", "w"),
    ("max(X w)", "X: m×n, w: n", "w"),
    ("sum(exp(X W + ones(m) b'))", "X: m×n, W: n×k, b: k", "b"),
    ("w'X' diag(d) X w", "X: m×n, d: m, w: n", "w"),
    ("norm((eye(m) - ones(m,m)/m) X w)^2", "X: m×n, w: n", "w"),
    ("sum((X w).^3)/m + x[2]*norm(w)", "X: m×n, w: n, x: n", "w"),
    ("y' X inv(X' X) X' y + w'w", "X: m×n, y: m, w: n", "w"),
]


@pytest.mark.parametrize(("text", "given", "wrt"), DISTRIBUTED)
def test_split_by_rows(text: str, given: str, wrt: str) -> None:
    exprs = derivatives(text, given, wrt)
    function = DaskFunction(exprs)
    whole, lazy = data_of(function, "m")
    assert any(isinstance(array, da.Array) for array in lazy.values())
    for value, expr in zip(compute(*function(**lazy)), exprs, strict=True):
        assert agrees(value, mg.evaluate(expr, {**whole, **SIZES})), expr


def test_data_whose_columns_are_the_observations() -> None:
    exprs = derivatives("norm(W' X - Y)^2", "X: n×m, W: n×k, Y: k×m", "W")
    function = DaskFunction(exprs)
    whole, lazy = data_of(function, "m")
    for value, expr in zip(compute(*function(**lazy)), exprs, strict=True):
        assert agrees(value, mg.evaluate(expr, {**whole, **SIZES})), expr


def test_results_with_the_split_dimension_stay_split() -> None:
    f = mg.parse(LOGISTIC, LOGISTIC_GIVEN)
    function = DaskFunction(mg.gradient(f, "y"))
    whole, lazy = data_of(function, "m")
    result = function(**lazy)
    assert result.chunks == ((7, 7, 7, 2),)
    assert agrees(result.compute(), mg.evaluate(mg.gradient(f, "y"), whole))


@pytest.mark.parametrize(
    ("text", "given", "words"),
    [
        (
            "logdet(X X' + eye(m))",
            "X: m×n",
            "X.*cannot be distributed: it has the split dimension as rows and",
        ),
        ("sum(eigenvalues(X*X'))", "X: m×n", "as rows and as columns"),
        ("sum(kron(X w, w))", "X: m×n, w: n", "mix those of all machines"),
        ("norm(vec(X) - v)", "X: m×n, v: m*n", "X is split along m, which v cannot be: its shape is m.n×1"),
        ("sum(singular_values(X))", "X: m×n", "needs all of a matrix that is split"),
        ("sum(pinv(X))", "X: m×n", "needs all of a matrix that is split"),
        ("x'S x", "x: m, S: m×m", "x is split along m, which S cannot be: its shape is m×m"),
    ],
)
def test_what_cannot_be_distributed_is_refused_with_the_reason(text: str, given: str, words: str) -> None:
    function = DaskFunction(mg.parse(text, given))
    sizes = {**SIZES, "m*n": SIZES["m"] * SIZES["n"]}
    arrays = {
        name: np.ones([sizes[str(d)] for d in symbol.shape if str(d) != "1"])
        for name, symbol in function.signature.symbols.items()
    }
    split = next(iter(name for name in ("X", "x") if name in arrays))
    arrays[split] = da.from_array(arrays[split], chunks=(7,) + (-1,) * (arrays[split].ndim - 1))
    with pytest.raises((ArgumentError, EvaluationError), match=words):
        function(**arrays)


def test_two_split_dimensions_are_refused() -> None:
    function = DaskFunction(mg.parse("sum(X)", "X: m×n"))
    with pytest.raises(EvaluationError, match="more than one dimension: X along m and X along n"):
        function(X=da.ones((6, 6), chunks=3))


def test_nothing_is_computed_before_it_is_asked_for() -> None:
    started: list[Any] = []
    exprs = [*derivatives(LOGISTIC, LOGISTIC_GIVEN, "w"), mg.parse("sum(kron(w, w)) + det(w*w')", "w: n")]
    function = DaskFunction(exprs)
    _, lazy = data_of(function, "m")
    callback: Any = Callback
    with callback(pretask=lambda key, graph, state: started.append(key)):
        results = function(**lazy)
        assert not started
        assert all(isinstance(result, da.Array) for result in results)
        compute(*results)
        assert started


def test_errors_name_the_matrix() -> None:
    function = DaskFunction(mg.parse("tr(inv(X' X))", "X: m×n"))
    with pytest.raises(np.linalg.LinAlgError, match="Xᵀ X is not positive definite"):
        function(X=da.zeros((8, 2), chunks=(4, 2))).compute()


def test_single_precision_stays_single() -> None:
    exprs = derivatives(LOGISTIC, LOGISTIC_GIVEN, "w")
    function = DaskFunction(exprs)
    _, lazy = data_of(function, "m")
    results = compute(*function(**{name: array.astype(np.float32) for name, array in lazy.items()}))
    assert {result.dtype for result in results} == {np.dtype(np.float32)}


@pytest.mark.filterwarnings("ignore")
def test_data_larger_than_the_memory_of_a_worker() -> None:
    """Logistic regression on 915 MB, by two processes that may use 400 MiB each."""
    from distributed import Client, LocalCluster

    m, n = 1_200_000, 100
    limit = 400 * 2**20
    rng = da.random.default_rng(1)
    X = rng.standard_normal((m, n), chunks=(10_000, n))
    y = da.sign(X[:, 0] + rng.standard_normal(m, chunks=10_000))
    assert X.nbytes > 2 * limit
    exprs = derivatives(LOGISTIC, LOGISTIC_GIVEN, "w")
    w = np.full(n, 0.01)
    with (
        dask.config.set(scheduler=None),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, memory_limit=limit, dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        value, gradient, hessian = client.gather(client.compute(DaskFunction(exprs)(X=X, y=y, w=w)))
        # The same by hand, for a few blocks of rows, in one process.
        rows = slice(0, 30_000)
        part, signs = client.gather(client.compute([X[rows], y[rows]]))
        few = client.gather(client.compute(DaskFunction(exprs)(X=X[rows], y=y[rows], w=w)))
    assert hessian.shape == (n, n)
    assert np.isfinite(value)
    # With symmetric data the Hessian is near m/4 times the identity plus 2.
    np.testing.assert_allclose(np.diag(hessian), m / 4, rtol=0.02)
    assert np.abs(gradient[1:]).max() < 5 * np.sqrt(m)
    p = 1 / (1 + np.exp(signs * (part @ w)))
    np.testing.assert_allclose(few[0], np.logaddexp(0, -signs * (part @ w)).sum() + w @ w, rtol=1e-10)
    np.testing.assert_allclose(few[1], 2 * w - part.T @ (signs * p), rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(few[2], (part.T * (p * (1 - p))) @ part + 2 * np.eye(n), rtol=1e-8, atol=1e-7)
