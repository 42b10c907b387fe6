"""Kronecker products, and sums of them in one basis, are solved with and have determinants unformed."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.numpy.linear_algebra import MatrixError
from matgrad.core.expr import symbols_of

N, M = 12, 9
RNG = np.random.default_rng(4)


def _definite(n: int) -> Any:
    a = RNG.normal(size=(n, n))
    return a @ a.T / n + np.eye(n)


_A, _B = RNG.normal(size=(N, N)), RNG.normal(size=(M, M))
ARRAYS: dict[str, Any] = {
    "A": _definite(N), "B": _definite(M), "s": 0.3, "t": 1.7, "y": RNG.normal(size=N * M),
    "Y": RNG.normal(size=(N * M, 2)),
}  # fmt: skip
SPD = "A: n×n spd, B: m×m spd, s: scalar positive"
PROBLEMS = [
    ("logdet(kron(A, B))", "A: n×n, B: m×m"),
    ("logdet(kron(A, B) + s*eye(n*m))", SPD),
    ("logdet(s*kron(A, B) + 2*eye(n*m))", SPD),
    ("logdet(kron_sum(A, B))", SPD),
    ("logdet(kron_sum(A, B) + s*kron(A, B) + eye(n*m))", SPD),
    ("y'*inv(kron(A, B) + s*eye(n*m))*y", f"{SPD}, y: n*m"),
    ("inv(kron(A, B) + s*eye(n*m))*Y", f"{SPD}, Y: n*m × 2"),
    ("y'*inv(kron_sum(A, B))*y", "A: n×n symmetric, B: m×m symmetric, y: n*m"),
    ("tr(inv(kron(A, B) + s*eye(n*m)))", SPD),
    ("diag(inv(kron(A, B) + s*eye(n*m)))", SPD),
]


@pytest.mark.parametrize(("text", "given"), PROBLEMS)
@pytest.mark.parametrize("backend", ["numpy", "jax", "torch", "dask"])
def test_backends_agree_with_the_matrix(backend: str, text: str, given: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    expr = mg.parse(text, given)
    arrays = {name: ARRAYS[name] for name in symbols_of([expr])}
    compiled = mg.compile(expr, backend=backend)
    result = compiled(**{name: _array_of(backend, array) for name, array in arrays.items()})
    if backend == "dask":
        result = result.compute()
    expected = np.asarray(mg.evaluate(expr, arrays))
    np.testing.assert_allclose(np.asarray(result).reshape(expected.shape), expected, rtol=1e-9, atol=1e-9)
    if backend == "numpy":
        assert not any(v.shape == (N * M, N * M) and v.op.allocates for v in compiled.plan.program.values)


def _array_of(backend: str, array: Any) -> Any:
    if backend == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        return jax.numpy.asarray(array)
    if backend == "torch":
        import torch

        return torch.as_tensor(array, dtype=torch.float64)
    if backend == "dask" and np.ndim(array):
        import dask.array as da

        return da.from_array(array)
    return array


def test_signs_of_determinants_are_those_of_the_product() -> None:
    compiled = mg.compile(mg.parse("logdet(kron(A, B))", "A: n×n, B: m×m"))
    negative, even = np.diag([-1.0, 2, 3]), np.diag([1.0, 2])
    assert float(compiled(A=negative, B=even)) == pytest.approx(np.linalg.slogdet(np.kron(negative, even))[1])
    with pytest.raises(MatrixError, match="negative"):
        compiled(A=negative, B=np.eye(3))
    with pytest.raises(MatrixError, match="A ⊗ B is singular"):
        compiled(A=np.diag([0.0, 2, 3]), B=even)


def test_a_singular_sum_is_refused() -> None:
    expr = mg.parse("inv(kron_sum(A, B))*y", "A: n×n symmetric, B: m×m symmetric, y: n*m")
    a, b = np.diag(np.arange(1.0, N + 1)), np.diag([-3.0, *np.arange(1.0, M)])
    with pytest.raises(MatrixError):
        mg.compile(expr)(A=a, B=b, y=ARRAYS["y"])


def test_the_inverse_itself_is_the_inverse() -> None:
    expr = mg.parse("inv(kron(A, B) + s*eye(n*m))", SPD)
    arrays = {name: ARRAYS[name] for name in "ABs"}
    whole = np.kron(arrays["A"], arrays["B"]) + 0.3 * np.eye(N * M)
    np.testing.assert_allclose(mg.compile(expr)(**arrays), np.linalg.inv(whole), rtol=1e-9, atol=1e-10)
