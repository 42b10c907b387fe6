"""Arguments of every type and results in memory of their own, for each library."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import torch

import matgrad as mg

LIBRARIES = ["numpy", "jax", "torch", "dask"]
x, t = mg.vector("x", "n"), mg.scalar("t")
A = mg.matrix("A", "m", "n")
RNG = np.random.default_rng(8)


def computed(backend: str, exprs: Any, **arrays: Any) -> list[Any]:
    return [np.asarray(result) for result in mg.compile(exprs, backend=backend)(**arrays)]


@pytest.mark.parametrize("backend", LIBRARIES)
@pytest.mark.parametrize(
    "given",
    [
        np.array([2, 0.5], dtype=object),
        np.array([Fraction(2), Fraction(1, 2)], dtype=object),
        np.array([Decimal(2), 0.5], dtype=object),
        np.array([2, 0.5], dtype=np.longdouble),
        np.array([2, 0.5], dtype=">f8"),
        np.array([0.5, 0, 2])[::-2],
        [2, 0.5],
    ],
    ids=["objects", "fractions", "decimals", "long doubles", "bytes turned", "strides", "list"],
)
def test_numbers_of_every_type_are_read(backend: str, given: Any) -> None:
    for _ in range(2):
        total, turned = computed(
            backend, [mg.sum(mg.exp(x)) * t, mg.inv(mg.eye("n") + x @ x.T) @ x], x=given, t=Fraction(1, 2)
        )
        right = np.array([2, 0.5])
        assert np.allclose(total, np.exp(right).sum() / 2)
        assert np.allclose(turned, right / (1 + right @ right))


@pytest.mark.parametrize("backend", LIBRARIES)
@pytest.mark.parametrize(
    "given",
    [
        np.array(["2", "1"], dtype=object),
        np.array([None, 1], dtype=object),
        np.array([1j, 1], dtype=object),
        np.array([10**400, 1], dtype=object),
        np.ma.array([2.0, 1.0], mask=[False, True]),
        np.array([1j, 1]),
        [10**400, 1],
        "ab",
    ],
    ids=["digits", "nothing", "complex objects", "too large", "masked", "complex", "list too large", "text"],
)
def test_what_is_no_array_of_real_numbers_is_refused_by_its_name(backend: str, given: Any) -> None:
    fn = mg.compile(x.T @ x, backend=backend)
    if isinstance(given, np.ndarray) and given.dtype == object:
        fn(x=np.array([1, 2], dtype=object))  # Such arrays may come after others of their layout.
    for _ in range(2):
        with pytest.raises(mg.EvaluationError, match=r"^x "):
            fn(x=given)


def test_a_whole_number_that_is_too_large_is_refused_after_others() -> None:
    fn = mg.compile(t**2 + 1)
    assert fn(t=3) == 10
    with pytest.raises(mg.EvaluationError, match="t holds a number that is too large"):
        fn(t=10**400)


SHARED = [
    A, A.T, mg.vec(A), mg.reshape(A, "n", "m"), A[0, :], A[:, 0], x, x @ mg.ones(1, 3), mg.ones("n", 1) @ x.T,
    mg.diag(A @ A.T), mg.diag(mg.kron(A, A) @ mg.kron(A, A).T), mg.exp(A), mg.exp(A).T, mg.vec(mg.exp(A)),
    mg.commutation("m", "n") @ mg.vec(A),
]  # fmt: skip


@pytest.mark.parametrize("backend", ["numpy", "torch"])
@pytest.mark.parametrize("shape", [(2, 3), (1, 3), (3, 1), (1, 1)])
def test_results_can_be_written_to_and_nothing_else_changes(backend: str, shape: tuple[int, int]) -> None:
    a, b = RNG.normal(size=shape), RNG.normal(size=shape[1])
    fn = mg.compile(SHARED, backend=backend)
    given: dict[str, Any] = {"A": a.copy(), "x": b.copy()}
    if backend == "torch":
        given = {name: torch.tensor(array) for name, array in given.items()}
    results = fn(**given)
    right = [np.array(result.tolist()) for result in results]
    for place, result in enumerate(results):
        if np.ndim(result):
            result[...] = 7.0
        for other in range(place + 1, len(results)):
            assert np.array_equal(results[other].tolist(), right[other]), (place, other)
    assert np.array_equal(given["A"].tolist(), a)
    assert np.array_equal(given["x"].tolist(), b)
    assert all(np.array_equal(again.tolist(), value) for again, value in zip(fn(**given), right, strict=True))


def test_single_numbers_in_the_code_do_not_widen_float32() -> None:
    a = RNG.normal(size=(2, 3)).astype(np.float32)
    column = mg.vstack(mg.zeros(1, 1), 3 * mg.ones(1, 1), mg.sum(A) * mg.ones(1, 1))
    exprs = [column, mg.block([[mg.ones(1, 1), mg.sum(A)]]) @ column[:2, :], mg.exp(2 * mg.ones(1, 1)) * A]
    for result in mg.compile(exprs)(A=a):
        assert np.asarray(result).dtype == np.float32


def test_what_is_computed_of_numbers_alone_is_a_number_of_the_type() -> None:
    Z = mg.matrix("Z", "q", "q")
    expr = mg.sign(mg.inv(mg.matrix_power(0 * Z + mg.zeros("q", "q"), 2) + 3 * mg.eye("q")))
    assert mg.compile(expr)(q=1).tolist() == [[1.0]]


def test_the_source_stands_alone() -> None:
    numbers = mg.parse("[1, 2; 3, 4] B", "B: 2×n")
    exprs = [numbers, mg.duplication("n") @ mg.vech(A.T @ A), mg.commutation("m", "n") @ mg.vec(A) @ x.T]
    fn = mg.compile(exprs)
    arrays = {"A": RNG.normal(size=(4, 3)), "B": RNG.normal(size=(2, 3)), "x": RNG.normal(size=3)}
    right = fn(**arrays)
    space: dict[str, Any] = {}
    exec(compile(fn.source, "<copied>", "exec"), space)
    for got, value in zip(space["compute"](*arrays.values()), right, strict=True):
        assert np.array_equal(got, value)
