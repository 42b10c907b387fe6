"""Compiled derivatives of Kronecker products of vectors, rows, columns and matrices, in closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends import compile_for
from matgrad.compilation.use.matrix import STRUCTURES, compile_matrix

RNG = np.random.default_rng(4)


def dense(matrix: Any) -> Any:
    """The matrix of factors or of an operator."""
    return matrix @ np.eye(matrix.shape[1]) if hasattr(matrix, "matvec") else matrix


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("sizes", [(2, 2), (2, 3), (3, 2), (1, 3), (3, 1), (1, 1)])
@pytest.mark.parametrize("turned", ["kron(x, y)", "kron(x', y)", "kron(y, x)", "kron(y', x')", "kron(x, y')"])
def test_hessian_of_exponentials_of_two_vectors(turned: str, sizes: tuple[int, int], structure: str) -> None:
    """∂²/∂x_i² Σ exp(x_i y_j) = Σ_j y_j² exp(x_i y_j), and 0 off the diagonal."""
    f = mg.parse(f"sum(exp({turned}))", "x: m, y: n")
    x, y = RNG.normal(size=sizes[0]), RNG.normal(size=sizes[1])
    expected = np.diag((np.exp(np.outer(x, y)) * y**2).sum(axis=1))
    got = dense(compile_matrix(mg.hessian(f, "x"), structure)(x=x, y=y))
    np.testing.assert_allclose(np.reshape(got, expected.shape), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize(
    "text", ["kron(x, Y)", "kron(Y, x)", "kron(x', Y)", "kron(Y, x')", "khatri_rao(Y, x*z')"]
)
@pytest.mark.parametrize("sizes", [(3, 2, 2), (2, 3, 4), (1, 2, 3), (2, 1, 3), (2, 3, 1)])
def test_hessian_of_exponentials_of_a_vector_and_a_matrix(
    text: str, sizes: tuple[int, int, int], structure: str
) -> None:
    """∂²/∂x_i² Σ exp(x_i Y_jk) = Σ_jk Y_jk² exp(x_i Y_jk); Y_jk z_k for Y_jk in the Khatri-Rao product."""
    f = mg.parse(f"sum(exp({text}))", "x: m, Y: n×p, z: p")
    m, n, p = sizes
    given = {"x": RNG.normal(size=m), "Y": RNG.normal(size=(n, p)), "z": RNG.normal(size=p)}
    weighted = given["Y"] * (given["z"] if "z" in text else 1)
    expected = np.diag([(weighted**2 * np.exp(x * weighted)).sum() for x in given["x"]])
    hessian = mg.hessian(f, "x")
    names = {"x", "Y", "z"} if "z" in text else {"x", "Y"}
    got = dense(compile_matrix(hessian, structure)(**{name: given[name] for name in names}))
    np.testing.assert_allclose(np.reshape(got, expected.shape), expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_other_libraries(backend: str) -> None:
    f = mg.parse("sum(exp(kron(x, y)))", "x: m, y: n")
    x, y = RNG.normal(size=2).astype(np.float32), RNG.normal(size=3).astype(np.float32)
    if backend == "torch":
        import torch

        got = compile_for(mg.hessian(f, "x"), backend)(x=torch.tensor(x), y=torch.tensor(y)).numpy()
    else:
        got = np.asarray(compile_for(mg.hessian(f, "x"), backend)(x=x, y=y))
    expected = np.diag((np.exp(np.outer(x, y)) * y**2).sum(axis=1))
    np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)


def test_a_product_with_a_kronecker_product_of_a_difference() -> None:
    f = mg.parse("kron(C, A - B)*M", "C: 2×3, A: 4×5, B: 4×5, M: 15×6")
    given = {n: RNG.normal(size=s) for n, s in {"C": (2, 3), "A": (4, 5), "B": (4, 5), "M": (15, 6)}.items()}
    expected = np.kron(given["C"], given["A"] - given["B"]) @ given["M"]
    np.testing.assert_allclose(mg.compile(f)(**given), expected, rtol=1e-12)
    g = mg.parse("kron(A - B, C)*M", "C: 2×3, A: 4×5, B: 4×5, M: 15×6")
    expected = np.kron(given["A"] - given["B"], given["C"]) @ given["M"]
    np.testing.assert_allclose(mg.compile(g)(**given), expected, rtol=1e-12)


def test_squares_of_exponentials() -> None:
    x = RNG.normal(size=3)
    f = mg.parse("norm(exp(x))^2", "x: n")
    value, gradient = mg.compile([f, mg.gradient(f, "x")])(x=x)
    np.testing.assert_allclose(value, np.exp(2 * x).sum(), rtol=1e-12)
    np.testing.assert_allclose(gradient, 2 * np.exp(2 * x), rtol=1e-12)


def test_blocks_are_added_to_columns_in_memory() -> None:
    """Diagonal blocks added to a matrix whose columns lie one behind the other."""
    from matgrad.compilation.backends.numpy.linear_algebra import diagonal_blocks_of

    for order in "CF":
        a = np.zeros((4, 6), order=order)  # type: ignore[call-overload]
        diagonal_blocks_of(a, 2)[:] += 1
        np.testing.assert_array_equal(a, np.kron(np.eye(2), np.ones((2, 3))))


SPLITS = [(2, 6), (3, 4), (4, 3), (6, 2), (12, 1), (1, 12)]


@pytest.mark.parametrize("right", SPLITS)
@pytest.mark.parametrize("left", SPLITS)
def test_products_whose_factors_are_divided_differently(
    left: tuple[int, int], right: tuple[int, int]
) -> None:
    """(A ⊗ B) diag(w) (C ⊗ D), where A ⊗ B and C ⊗ D have 12 columns and rows, in other blocks."""
    (a, b), (c, d) = left, right
    shapes = {"A": (2, a), "B": (3, b), "u": (1, a), "v": (1, b), "C": (c, 2), "D": (d, 3), "x": (c, 1),
              "y": (d, 1), "w": (12, 1)}  # fmt: skip
    arrays = {name: RNG.normal(size=shape) for name, shape in shapes.items()}
    given = ", ".join(f"{name}: {rows}×{columns}" for name, (rows, columns) in shapes.items())
    before: list[tuple[int | str, int | str]] = [("A", "B"), (a, "B"), ("A", b), ("u", b), (a, "v")]
    behind: list[tuple[int | str, int | str]] = [("C", "D"), (c, "D"), ("C", d), ("x", d), (c, "y")]

    def text(factors: tuple[int | str, int | str]) -> str:
        return f"kron({', '.join(f if isinstance(f, str) else f'eye({f})' for f in factors)})"

    def value(factors: tuple[int | str, int | str]) -> Any:
        return np.kron(*(arrays[f] if isinstance(f, str) else np.eye(f) for f in factors))

    for first in before:
        for last in behind:
            expr = mg.parse(f"{text(first)}*diag(w)*{text(last)}", given)
            named = {name: arrays[name] for name in {*first, *last, "w"} if isinstance(name, str)}
            expected = value(first) @ np.diag(arrays["w"][:, 0]) @ value(last)
            got = mg.compile(expr)(**named)
            np.testing.assert_allclose(np.reshape(got, expected.shape), expected, rtol=1e-10, atol=1e-12)
