"""What large orders are solved by, at small orders, where the dense matrix on vec tells what is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from matgrad.solvers import (
    SingularEquationError,
    Stein,
    Sylvester,
    schur as schur_forms,
    stein,
    sylvester,
    triangular,
)

Array = Any


@pytest.fixture(autouse=True, params=[2, 10**6], ids=["leaves by modes", "leaves by LAPACK"])
def small(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Everything counts as large."""
    monkeypatch.setattr(triangular, "_BY_MODES", request.param)
    monkeypatch.setattr(triangular, "_LEAF_BY_MODES", 4)
    monkeypatch.setattr(sylvester, "_REDUCED", 2)
    monkeypatch.setattr(schur_forms, "_SYMMETRIC", 1)
    monkeypatch.setattr(triangular, "_LEAF", 2)
    monkeypatch.setattr(triangular, "_COUPLED_LEAF", 3)
    monkeypatch.setattr(stein, "_ONE_TURN", 0)


def turned(rng: np.random.Generator, a: Array) -> Array:
    """A matrix similar to A that is not triangular."""
    q = np.linalg.qr(rng.standard_normal(a.shape))[0]
    return q @ a @ q.T


def complex_pairs(rng: np.random.Generator, n: int) -> Array:
    a = np.diag(rng.standard_normal(n) + 3)
    for k in range(0, n - 1, 2):
        a[k + 1, k + 1] = a[k, k]
        a[k, k + 1], a[k + 1, k] = 2.0, -rng.random()
    return turned(rng, a + np.triu(rng.standard_normal((n, n)), 2))


def defective(rng: np.random.Generator, n: int) -> Array:
    return turned(rng, 1.5 * np.eye(n) + np.eye(n, k=1))


def stretched(rng: np.random.Generator, n: int) -> Array:
    """Rows of very different sizes."""
    return rng.standard_normal((n, n)) * 10.0 ** np.linspace(-3, 3, n)[:, None]


MATRICES: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "random": lambda rng, n: rng.standard_normal((n, n)),
    "complex eigenvalues": complex_pairs,
    "defective": defective,
    "singular": lambda rng, n: turned(rng, np.diag(np.arange(n) * 0.9)),
    "stretched": stretched,
    "triangular": lambda rng, n: np.triu(rng.standard_normal((n, n))) + 2 * np.eye(n),
}


def exact(equation: Any, c: Array, *, adjoint: bool = False) -> tuple[Array, float]:
    """The dense solution, and what it may be off by."""
    dense = equation.to_dense()
    system = dense.T if adjoint else dense
    x = np.linalg.solve(system, c.ravel(order="F")).reshape(c.shape, order="F")
    return x, 1e-14 * float(np.linalg.cond(dense)) * float(np.linalg.norm(x)) + 1e-13


@pytest.mark.parametrize("n", [2, 3, 7, 12, 13])
@pytest.mark.parametrize("kind", MATRICES)
@pytest.mark.parametrize("equation", [Sylvester, Stein])
def test_symmetric_right_sides_of_lyapunov_equations(equation: Any, kind: str, n: int) -> None:
    rng = np.random.default_rng([n, len(kind)])
    a = MATRICES[kind](rng, n) + (0.1 * np.eye(n) if equation is Sylvester else 0)
    system = equation(a, a.T)
    c = rng.standard_normal((n, n))
    for right in (c + c.T, c):
        x = system.solve(right).value
        expected, off = exact(system, right)
        assert np.linalg.norm(x - expected) <= off
        assert system.residual(x, right) < 1e-14
        if right is not c:
            assert np.array_equal(x, x.T)
        y, off = exact(system, right, adjoint=True)
        assert np.linalg.norm(system.solve_adjoint(right) - y) <= off


@pytest.mark.parametrize("size", [(2, 2), (3, 7), (7, 3), (12, 13), (1, 6), (6, 1)])
@pytest.mark.parametrize("kind", ["random", "repeated", "diagonal", "far apart"])
def test_symmetric_coefficients_of_which_one_is_reduced(kind: str, size: tuple[int, int]) -> None:
    rng = np.random.default_rng([*size, len(kind)])
    m, n = size

    def symmetric(k: int) -> Array:
        values = {
            "random": rng.standard_normal(k),
            "repeated": rng.choice([1.0, 2.0], k),
            "diagonal": rng.standard_normal(k),
            "far apart": 10.0 ** rng.uniform(-3, 3, k),
        }[kind]
        a = np.diag(values) if kind == "diagonal" else turned(rng, np.diag(values))
        return (a + a.T) / 2

    system = Sylvester(symmetric(m), symmetric(n))
    c = rng.standard_normal(size)
    x = system.solve(c).value
    expected, off = exact(system, c)
    assert np.linalg.norm(x - expected) <= off
    assert system.residual(x, c) < 1e-15
    assert 0.9 < system.reciprocal_condition * np.linalg.cond(system.to_dense()) < 1.1
    np.testing.assert_allclose(system.solve_adjoint(c), x)
    single = Sylvester(system.a.astype(np.float32), system.b.astype(np.float32))
    assert single.solve(c.astype(np.float32)).value.dtype == np.float32


@pytest.mark.parametrize("size", [(5, 5), (4, 9), (9, 4)])
def test_singular_symmetric_equations_are_refused_and_nearly_singular_ones_solved(
    size: tuple[int, int],
) -> None:
    rng = np.random.default_rng(size)
    m, n = size
    a = turned(rng, np.diag(np.arange(m) + 1.0))
    b = turned(rng, np.diag(np.r_[-1.0, np.arange(n - 1) + 3.0]))
    a, b = (a + a.T) / 2, (b + b.T) / 2
    system = Sylvester(a, b)
    reached = system.apply(rng.standard_normal(size))
    for c, solutions in ((rng.standard_normal(size), "none"), (reached, "many")):
        with pytest.raises(SingularEquationError, match="add up to 0") as caught:
            system.solve(c)
        assert caught.value.solutions == solutions
        found = system._by_null_spaces(c)
        np.testing.assert_allclose(found, system._by_dense(c), rtol=1e-8, atol=1e-8)
    near = Sylvester(a, b + 1e-9 * np.eye(n))
    found = near.solve(reached).value
    assert near.residual(found, reached) < 1e-14


def test_a_tridiagonal_matrix_that_is_exactly_singular_is_solved_with_a_disturbed_one() -> None:
    system = Sylvester(np.diag([1.0, 2.0]), np.diag([-1.0, 3.0, -2.0]))
    with pytest.raises(SingularEquationError, match="add up to 0"):
        system.solve(np.ones((2, 3)))
    best = system.solve(np.ones((2, 3)), least_squares=True)
    np.testing.assert_allclose(best.value, [[0, 1 / 4, -1], [1, 1 / 5, 0]], atol=1e-12)
    assert not best.consistent


@pytest.mark.parametrize("place", [0, 10, 20])
def test_a_singular_equation_is_told_where_the_eigenvector_stands_at_one_place(place: int) -> None:
    """Of this tridiagonal matrix all eigenvectors have one large entry, and next to nothing elsewhere."""
    n = 21
    b = np.diag(np.arange(1.0, n + 1)) + 1e-3 * (np.eye(n, k=1) + np.eye(n, k=-1))
    value = np.linalg.eigvalsh(b)[place]
    system = Sylvester(np.diag([-value, 30.0, 40.0]), b)
    reached = system.apply(np.random.default_rng(place).standard_normal((3, n)))
    assert np.linalg.norm(system._solve(np.array(reached))) < 1e3 * np.linalg.norm(reached)
    with pytest.raises(SingularEquationError, match="add up to 0") as caught:
        system.solve(reached)
    assert caught.value.solutions == "many"
    far = Sylvester(np.diag([-value - 1e-3, 30.0, 40.0]), b)
    assert far.nearness() > 1e-9
    assert far.residual(far.solve(reached).value, reached) < 1e-14
    assert far.nearness() > 1e-9
