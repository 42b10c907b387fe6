"""Low-rank solutions of sparse equations against dense ones, and at a hundred thousand unknown rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.sparse as sparse

import matgrad as mg
from matgrad.solvers import solve_low_rank


def laplacian(k: int) -> Any:
    entries: Any = [-np.ones(k - 1), 2 * np.ones(k), -np.ones(k - 1)]
    line = sparse.diags_array(entries, offsets=[-1, 0, 1]) * (k + 1) ** 2
    return sparse.csc_array(sparse.kron(line, sparse.eye_array(k)) + sparse.kron(sparse.eye_array(k), line))


def test_against_dense_solutions() -> None:
    rng = np.random.default_rng(0)
    a, b = laplacian(8) + sparse.diags_array(rng.random(64) * 40), laplacian(9)
    u, v = rng.standard_normal((64, 2)), rng.standard_normal((81, 2))
    x = solve_low_rank(a, u)
    dense = scipy.linalg.solve_continuous_lyapunov(a.toarray(), u @ u.T)
    assert np.linalg.norm(x.to_dense() - dense) < 1e-9 * np.linalg.norm(dense)
    x = solve_low_rank(a, u, b, v)
    dense = scipy.linalg.solve_sylvester(a.toarray(), b.toarray(), u @ v.T)
    assert np.linalg.norm(x.to_dense() - dense) < 1e-9 * np.linalg.norm(dense)
    assert x.residual < 1e-10
    assert x.rank < 40


def test_an_equation_with_sparse_arrays_gives_factors() -> None:
    rng = np.random.default_rng(1)
    a, u = laplacian(7), rng.standard_normal((49, 1))
    s = mg.equation("A X + X A' + U U' = 0", "X", given="U: n×k").solve(A=a, U=u)
    dense = scipy.linalg.solve_continuous_lyapunov(a.toarray(), -u @ u.T)
    assert np.linalg.norm(s.value.to_dense() - dense) < 1e-9 * np.linalg.norm(dense)
    assert s.method.startswith("extended Krylov spaces")
    assert s.residual < 1e-10
    with pytest.raises(mg.ArgumentError, match="a product of two thin factors"):
        mg.equation("A X + X A' = Q", "X").solve(A=a, Q=np.eye(49))


def test_what_is_refused() -> None:
    with pytest.raises(mg.ArgumentError, match="for sparse coefficients"):
        solve_low_rank(np.eye(3), np.ones((3, 1)))
    with pytest.raises(mg.DomainError, match="A is singular"):
        solve_low_rank(sparse.csc_array(np.diag([1.0, 0.0])), np.ones((2, 1)))
    with pytest.raises(mg.ShapeError, match="A is 3×3 beside a factor of 2 rows"):
        solve_low_rank(sparse.eye_array(3), np.ones((2, 1)))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 9])
def test_small_spaces_are_filled(n: int) -> None:
    """Where the space can grow no more it is the whole, and the solution is that of the dense equation."""
    rng = np.random.default_rng(n)
    a = np.diag(np.arange(1.0, n + 1)) + np.diag(np.full(n - 1, 0.3), 1)
    u = rng.normal(size=(n, 1))
    found = solve_low_rank(scipy.sparse.csc_array(a), u).to_dense()
    np.testing.assert_allclose(a @ found + found @ a.T, u @ u.T, atol=1e-9)
