"""Arrays without entries: NumPy's value where it has one, else an error of ours; never a raw one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain, combinations
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.expr import Symbol, symbols_of
from matgrad.ops.registry import FUNCTIONS

EXAMPLES = sorted({(f.example, f.given) for f in FUNCTIONS.values()})


def ones(symbol: Symbol, sizes: dict[str, int]) -> Any:
    shape = (symbol.rows.value(sizes), symbol.columns.value(sizes))
    return np.eye(shape[0]) if symbol.is_square and 0 not in shape else np.ones(shape)


@pytest.mark.parametrize(("text", "given"), EXAMPLES)
def test_every_operation_has_one_value_or_none(text: str, given: str) -> None:
    expr = mg.parse(text, given)
    symbols = symbols_of(expr)
    dims = sorted({name for s in symbols.values() for d in s.shape for name in d.symbols})
    for empty in chain.from_iterable(combinations(dims, k) for k in range(1, len(dims) + 1)):
        sizes = {name: 0 if name in empty else 2 for name in dims}
        arrays = {name: ones(symbol, sizes) for name, symbol in symbols.items()}
        found = []
        computes: list[Callable[[], Any]] = [
            partial(mg.evaluate, expr, {**arrays, **sizes}),
            partial(mg.compile(expr, more=list(symbols.values())), **arrays),
        ]
        for compute in computes:
            try:
                found.append(compute())
            except mg.MatgradError:
                continue
        if len(found) == 2 and np.isfinite(found[1]).all():
            np.testing.assert_allclose(found[0], found[1], atol=1e-12)
            assert np.shape(found[0]) == np.shape(found[1])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("det(A)", 1), ("logdet(A)", 0), ("tr(A)", 0), ("sum(inv(A))", 0), ("sum(cholesky(A))", 0),
        ("norm(A)", 0),
        ("sum(eigenvalues(A))", 0), ("sum(sqrtm(A))", 0), ("sum(expm(A))", 0), ("nuclear_norm(A)", 0),
    ],
)  # fmt: skip
def test_values_are_those_of_numpy(text: str, value: float) -> None:
    expr = mg.parse(text, "A: n×n spd")
    assert mg.evaluate(expr, {"A": np.zeros((0, 0))}) == value
    assert mg.compile(expr)(A=np.zeros((0, 0))) == value


@pytest.mark.parametrize(
    "text", ["max(A)", "lambda_max(A)", "spectral_norm(A)", "mean(A)", "exp(lambda_max(A)^2)"]
)
@pytest.mark.parametrize("backend", ["evaluate", "numpy", "jax", "torch", "dask"])
def test_what_has_no_value_is_refused(text: str, backend: str) -> None:
    expr = mg.parse(text, "A: n×n symmetric")
    if backend not in ("evaluate", "numpy"):
        pytest.importorskip(backend)
    compute = (lambda A: mg.evaluate(expr, {"A": A})) if backend == "evaluate" else None
    compute = compute or (lambda A: mg.compile(expr, backend=backend)(A=A))
    with pytest.raises(mg.EvaluationError):
        compute(np.zeros((0, 0)))
