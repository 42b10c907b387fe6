"""Functions of matrices, extrema, running sums and blocks of members: computed all at once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.expr import symbols_of
from matgrad.language import interpret
from tests.compilation.test_loops import MORE, _drawn

TEXTS = [
    "sum_k tr(B logm(C_k + Y))", "sum_k tr(B sqrtm(C_k + Y))", "sum_k tr(X' pinv(A_k Y) A_k X)",
    "sum_k nuclear_norm(A_k X)", "sum_k sigma_max(A_k X)", "sum_k tr(B adj(D_k Y))",
    "sum_k tr(B expm(D_k Y/4))", "sum_k sum(cumsum(A_k w).^2)", "sum_k prod(A_k w)", "sum_k max(A_k w)",
    "sum_k sum(cumprod(1 + A_k w))", "sum_k norm([A_k X; X])", "sum_k tr(B sylvester(C_k, Y, B))",
    "sum_k tr(B stein(D_k/4, B/4, Y))", "sum_{k,l} max(M_kl w) c_kl", "sum_k s_k sum(column_max(A_k X))",
]  # fmt: skip
SIZES = {"K": 4, "L": 3, "n": 3, "m": 2, "p": 4}


def _all(text: str) -> tuple[list[mg.Expr], Any]:
    expr = interpret(text, MORE).expr
    symbols = symbols_of(expr)
    return [expr, *(mg.gradient(expr, name) for name in symbols)], symbols


@pytest.mark.parametrize("text", TEXTS)
def test_values_and_gradients(text: str) -> None:
    exprs, symbols = _all(text)
    arrays = _drawn(symbols, SIZES)
    for backend in ("numpy", "torch"):
        compiled = mg.compile(exprs, backend=backend, more=tuple(symbols.values()))
        for found, expr in zip(compiled(**arrays), exprs, strict=True):
            np.testing.assert_allclose(
                np.ravel(np.asarray(found)), np.ravel(mg.evaluate(expr, arrays)), rtol=1e-7, atol=1e-8
            )


@pytest.mark.parametrize("text", TEXTS[::3])
@pytest.mark.parametrize("backend", ["jax", "dask"])
def test_other_libraries(text: str, backend: str) -> None:
    if backend == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    exprs, symbols = _all(text)
    arrays = _drawn(symbols, SIZES)
    compiled = mg.compile(exprs[:2], backend=backend, more=tuple(symbols.values()))
    for found, expr in zip(compiled(**arrays), exprs[:2], strict=True):
        np.testing.assert_allclose(
            np.ravel(np.asarray(found)), np.ravel(mg.evaluate(expr, arrays)), rtol=1e-7, atol=1e-8
        )


@pytest.mark.parametrize("text", [text for text in TEXTS if "_{k,l}" not in text])
def test_code_does_not_grow_with_the_members(text: str) -> None:
    exprs, symbols = _all(text)
    lines = []
    for count in (2, 12):
        compiled = mg.compile(exprs[0], more=tuple(symbols.values()))
        compiled(**_drawn(symbols, {**SIZES, "K": count}))
        lines.append(len(compiled.source.splitlines()))
    assert lines[0] == lines[1] < 40


def test_many_members_are_no_matter() -> None:
    expr = interpret("sum_k max(A_k w) + sum_k prod(A_k w)", MORE).expr
    rng = np.random.default_rng(0)
    a, w = rng.normal(size=(20_000, 2, 3)), rng.normal(size=3)
    expected = (a @ w).max(1).sum() + (a @ w).prod(1).sum()
    np.testing.assert_allclose(mg.compile(expr)(A=a, w=w), expected)


def test_dask_splits_the_first_axis() -> None:
    da = pytest.importorskip("dask.array")
    expr = interpret("sum_k logdet(C_k + Y)", MORE).expr
    arrays = _drawn(symbols_of(expr), {**SIZES, "K": 12})
    split = da.from_array(arrays["C"], chunks=(4, 3, 3))
    for each in (expr, mg.gradient(expr, "Y")):
        found = mg.compile(each, backend="dask")(C=split, Y=arrays["Y"])
        np.testing.assert_allclose(np.asarray(found), mg.evaluate(each, arrays), rtol=1e-10)


PRODUCTS = [
    "prod_k (x_k' w)", "sum_k s_k prod_{l≠k} (x_l' w)", "prod_k norm(A_k w)", "log(prod_k (1 + (x_k' w)^2))",
    "sum_k s_k^2 prod_l (x_l' w)", "prod_k tr(C_k + Y)", "prod_k sum_l exp(s_l x_k' w/9)",
]  # fmt: skip


@pytest.mark.parametrize("text", PRODUCTS)
def test_products_are_taken_at_once(text: str) -> None:
    exprs, symbols = _all(text)
    for count in (4, 1, 2):
        arrays = _drawn(symbols, {**SIZES, "K": count})
        compiled = mg.compile(exprs, more=tuple(symbols.values()))
        for found, expr in zip(compiled(**arrays), exprs, strict=True):
            np.testing.assert_allclose(
                np.ravel(found), np.ravel(mg.evaluate(expr, arrays)), rtol=1e-8, atol=1e-9
            )


def test_the_gradient_of_a_product_of_many_is_right_where_a_factor_is_0() -> None:
    slope = mg.compile(mg.gradient(interpret("prod_k (x_k' w)", MORE).expr, "w"))
    x = np.random.default_rng(1).normal(size=(3000, 3)) / 2 + 1
    w = np.array([1.0, 0.2, -0.1])
    x[7] = [0.1, 0.0, 1.0]  # whose product with w is 0
    others = np.delete(x @ w, 7)
    small = x[[7]].T @ np.array([np.prod(np.sign(others)) * np.exp(np.log(np.abs(others)).sum())])
    np.testing.assert_allclose(slope(x=x, w=w), small, rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
def test_one_right_side_beside_as_many_matrices_as_it_has_rows(backend: str) -> None:
    if backend == "jax":
        pytest.importorskip("jax").config.update("jax_enable_x64", True)
    expr = mg.parse("sum_j Q_j^-1 B", "Q_j: n×n spd, B: n×n, j = 1..N")
    rng = np.random.default_rng(0)
    half = rng.standard_normal((2, 2, 2))
    stack, b = half @ half.transpose(0, 2, 1) + np.eye(2), rng.standard_normal((2, 2))
    found = mg.compile(expr, backend=backend)(Q=stack, B=b)
    np.testing.assert_allclose(np.asarray(found), sum(np.linalg.inv(q) @ b for q in stack), rtol=1e-9)


@pytest.mark.parametrize("backend", ["numpy", "dask"])
def test_a_matrix_equation_of_numbers_is_a_quotient(backend: str) -> None:
    expr = mg.gradient("tr(A sqrtm(X))", "X", given="A: n×n, X: n×n spd")
    found: Any = mg.compile(expr, backend=backend)(A=np.array([[3.0]]), X=np.array([[4.0]]))
    np.testing.assert_allclose(np.asarray(found), [[0.75]])
