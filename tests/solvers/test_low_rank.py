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
    large = sparse.eye_array(1100).tocsc()
    with pytest.raises(mg.ArgumentError, match="A is sparse and too large to be filled in"):
        mg.equation("A X + X A' = Q", "X").solve(A=large, Q=np.eye(1100))
    s = mg.equation("A X + X A' = Q", "X").solve(A=a, Q=np.eye(49))
    np.testing.assert_allclose(s.value, np.linalg.inv(a.toarray()) / 2, atol=1e-12)


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


LYAPUNOV = mg.equation("A X + X A' = U U'", "X", given="U: n×k")
OF_ONE = mg.equation("A X + X A' = u u'", "X", given="u: n")


def nonsymmetric(n: int) -> Any:
    entries: Any = [-np.ones(n - 1), 2.5 * np.ones(n), 1.5 * np.ones(n - 1)]
    return sparse.csc_array(sparse.diags_array(entries, offsets=[-1, 0, 1]))


@pytest.mark.parametrize(
    "kind", ["rank 3", "dependent columns", "integers", "sparse factor", "single precision"]
)
def test_kinds_of_arrays_against_dense_solutions(kind: str) -> None:
    n = 120
    a, u = nonsymmetric(n), np.random.default_rng(2).standard_normal((n, 3))
    given: dict[str, Any] = {"A": a, "U": u}
    if kind == "dependent columns":
        given["U"] = u = np.hstack([u, u[:, :1]])
    elif kind == "integers":
        given["A"] = a = sparse.csc_array(2 * a).astype(int)
    elif kind == "sparse factor":
        given["U"] = sparse.csc_array(u)
    elif kind == "single precision":
        given = {name: array.astype(np.float32) for name, array in given.items()}
    s = LYAPUNOV.solve(**given)
    dense = scipy.linalg.solve_continuous_lyapunov(a.toarray().astype(float), u @ u.T)
    limit = 1e-6 if kind == "single precision" else 1e-9
    assert np.linalg.norm(s.value.to_dense() - dense) < limit * np.linalg.norm(dense)


def test_beside_a_mass_matrix() -> None:
    n = 150
    entries: Any = [np.ones(n - 1) / 6, 4 * np.ones(n) / 6, np.ones(n - 1) / 6]
    m = sparse.csc_array(sparse.diags_array(entries, offsets=[-1, 0, 1]))
    a, u = nonsymmetric(n), np.random.default_rng(3).standard_normal((n, 2))
    x = mg.equation("A X M' + M X A' + U U' = 0", "X", given="U: n×k").solve(A=-a, M=m, U=u).value.to_dense()
    left = a @ x @ m.T + m @ x @ a.T - u @ u.T
    assert np.linalg.norm(left) < 1e-8 * np.linalg.norm(u @ u.T)


def test_a_vector_with_one_axis_and_nothing_at_all() -> None:
    a, u = laplacian(5), np.random.default_rng(4).standard_normal(25)
    dense = scipy.linalg.solve_continuous_lyapunov(a.toarray(), np.outer(u, u))
    np.testing.assert_allclose(OF_ONE.solve(A=a, u=u).value.to_dense(), dense, atol=1e-10)
    zero = OF_ONE.solve(A=a, u=0 * u).value
    assert zero.rank == 0
    assert not zero.to_dense().any()


def test_arrays_that_are_refused() -> None:
    a, u = laplacian(5), np.ones((25, 3))
    with pytest.raises(mg.ShapeError, match="u must be 25×1, as it is declared a vector; it is 25×3"):
        OF_ONE.solve(A=a, u=u)
    with pytest.raises(mg.ArgumentError, match="A is complex"):
        LYAPUNOV.solve(A=a.astype(complex), U=u)
    with pytest.raises(mg.DomainError, match="A has the entry nan"):
        LYAPUNOV.solve(A=a * np.nan, U=u)
    with pytest.raises(mg.ShapeError, match="A is 25×25 beside a factor of 24 rows"):
        LYAPUNOV.solve(A=a, U=u[:-1])
    with pytest.raises(mg.DomainError, match="the eigenvalue -1 of A and the eigenvalue 1 of"):
        LYAPUNOV.solve(A=sparse.csc_array(np.diag([1.0, -1.0, 2.0])), U=np.ones((3, 1)))
