"""Functions of arrays of JAX and PyTorch agree with the operators, and their derivatives with differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad import kronecker

RNG = np.random.default_rng(3)
A, B, C = (RNG.normal(size=(n, n)) + 2 * np.eye(n) for n in (2, 3, 2))
R = RNG.normal(size=(2, 4))
Y = RNG.normal(size=(12, 5))


@pytest.fixture(params=["jax", "torch"])
def library(request: pytest.FixtureRequest) -> Any:
    name = request.param
    module = pytest.importorskip(name)
    if name == "jax":
        module.config.update("jax_enable_x64", True)
        return kronecker.array_functions(name), module.numpy.asarray
    return kronecker.array_functions(name), lambda a: module.tensor(np.array(a))


def test_values(library: Any) -> None:
    k, of = library
    P, S = kronecker.kron(A, B, C), kronecker.kron_sum(A, B, C)
    factors, y = [of(A), of(B), of(C)], of(Y)
    for right, dense in ((y, Y), (y[:, 0], Y[:, 0])):
        np.testing.assert_allclose(k.kron_matvec(factors, right), P @ dense)
        np.testing.assert_allclose(k.kron_rmatvec(factors, right), P.H @ dense)
        np.testing.assert_allclose(k.kron_solve(factors, right), P.solve(dense))
        np.testing.assert_allclose(k.kron_sum_matvec(factors, right), S @ dense)
    sign, logarithm = k.kron_slogdet(factors)
    assert float(sign) == P.slogdet().sign
    assert np.isclose(float(logarithm), P.slogdet().logabsdet)
    x = RNG.normal(size=12)
    np.testing.assert_allclose(k.kron_matvec([of(R), of(B)], of(x)), kronecker.kron(R, B) @ x)
    np.testing.assert_allclose(
        k.khatri_rao_matvec(of(R), of(R + 1), of(x[:4])), kronecker.khatri_rao(R, R + 1) @ x[:4]
    )
    np.testing.assert_allclose(k.commutation_matvec(of(x), 3, 4), kronecker.commutation(3, 4) @ x)
    np.testing.assert_allclose(k.vec(of(R)), kronecker.vec(R))
    np.testing.assert_allclose(k.unvec(of(x), 3, 4), kronecker.unvec(x, 3, 4))


def value(k: Any, a: Any, b: Any, y: Any) -> Any:
    sign, logarithm = k.kron_slogdet((a, b))
    return (k.kron_solve((a, b), y) ** 2).sum() + sign * logarithm + (k.kron_sum_matvec((a, b), y) ** 3).sum()


def test_derivatives(library: Any) -> None:
    k, of = library
    y, V = RNG.normal(size=6), RNG.normal(size=(2, 2))
    h = 1e-5
    plus, minus = (float(value(k, of(A + s * V), of(B), of(y))) for s in (h, -h))
    if k.library.__name__ == "torch":
        a = of(A).requires_grad_()
        value(k, a, of(B), of(y)).backward()
        gradient = a.grad.numpy()
    else:
        import jax

        gradient = np.asarray(jax.jit(jax.grad(lambda a: value(k, a, of(B), of(y))))(of(A)))
    assert np.isclose((plus - minus) / (2 * h), (gradient * V).sum(), rtol=1e-6)


def test_refusals(library: Any) -> None:
    k, of = library
    with pytest.raises(mg.ShapeError, match="cannot solve with factor 1: it is 2×4, not square"):
        k.kron_solve((of(R), of(B)), of(Y))
    with pytest.raises(mg.ShapeError, match="does not fit: the operator has 6 columns"):
        k.kron_matvec((of(A), of(B)), of(Y))
    with pytest.raises(mg.ArgumentError, match="'numpy' is not a library of these functions"):
        kronecker.array_functions("numpy")
