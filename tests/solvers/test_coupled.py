"""Equations with several unknowns against the dense matrix on their vecs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matgrad.core.errors import ShapeError
from matgrad.solvers import (
    CoupledSylvester,
    CoupledTerm,
    CoupledTerms,
    LinearSystem,
    Several,
    SingularEquationError,
)

Array = Any
SIZES = [(1, 1), (2, 3), (5, 4), (1, 6), (13, 12), (70, 30)]


def pair(m: int, n: int, seed: int = 0) -> list[Array]:
    rng = np.random.default_rng(seed)
    return [rng.standard_normal((k, k)) for k in (m, n, m, n)]


def dense_pair(a: Array, b: Array, d: Array, e: Array) -> Array:
    m, n = np.eye(len(a)), np.eye(len(b))
    return np.block([[np.kron(n, a), np.kron(b.T, m)], [np.kron(n, d), np.kron(e.T, m)]])


def stacked(x: Array, m: int) -> Array:
    """vec X above vec Y, of X above Y."""
    return np.concatenate([x[:m].ravel(order="F"), x[m:].ravel(order="F")])


def flat(a: Array) -> Array:
    a = a.copy()
    a[:, 0] = a[:, 1:].sum(axis=1) if len(a) > 1 else 0
    return a


@pytest.mark.parametrize(("m", "n"), SIZES)
@pytest.mark.parametrize("which", ["", "a", "b", "d", "e", "ae", "bd"])
def test_the_pair_is_solved_by_qz(m: int, n: int, which: str) -> None:
    found = dict(zip("abde", pair(m, n), strict=True))
    for name in which:
        found[name] = flat(found[name])
    system = CoupledSylvester(**found)
    c = np.random.default_rng(1).standard_normal((2 * m, n))
    if m * n <= 200:
        dense = dense_pair(**found)
        np.testing.assert_allclose(stacked(system.apply(c), m), dense @ stacked(c, m), atol=1e-11)
        if (m, n) == (1, 1) and len(which) == 1 and np.linalg.matrix_rank(dense) < 2:
            return
        expected = np.linalg.solve(dense, stacked(c, m))
        np.testing.assert_allclose(stacked(system.solve(c).value, m), expected, rtol=1e-7, atol=1e-7)
        adjoint = np.linalg.solve(dense.T, stacked(c, m))
        np.testing.assert_allclose(stacked(system.solve_adjoint(c), m), adjoint, rtol=1e-7, atol=1e-7)
        values = np.linalg.svd(dense)[1]
        condition = values[-1] / values[0]
        assert condition / 3 < system.reciprocal_condition < 10 * condition
    x = system.solve(c).value
    assert system.residual(x, c) < 1e-14
    y = system.solve_adjoint(c)
    assert np.linalg.norm(system.apply_adjoint(y) - c) < 1e-12 * system.norm * np.linalg.norm(y)


@pytest.mark.parametrize("order", [3, 20])
def test_a_singular_pair_names_the_eigenvalue_in_common(order: int) -> None:
    a, b, d, e = pair(order, order, 3)
    p, q = pair(order, order, 4)[:2]
    singular = CoupledSylvester(a, p @ a @ q, d, p @ d @ q)
    c = np.random.default_rng(1).standard_normal((2 * order, order))
    with pytest.raises(
        SingularEquationError, match=r"A − λD and B − λE have the eigenvalue .* in common"
    ) as none:
        singular.solve(c)
    assert none.value.solutions == "none"
    reached = singular.apply(c)
    with pytest.raises(SingularEquationError) as many:
        singular.solve(reached)
    assert many.value.solutions == "many"
    found = singular.solve(reached, least_squares=True)
    assert (found.unique, found.consistent) == (False, True)
    if order == 3:
        smallest = np.linalg.lstsq(dense_pair(a, p @ a @ q, d, p @ d @ q), stacked(reached, 3), rcond=1e-11)[
            0
        ]
        np.testing.assert_allclose(stacked(found.value, 3), smallest, atol=1e-9)
    with pytest.raises(SingularEquationError, match="D and E are both singular"):
        CoupledSylvester(a, b, flat(d), flat(e)).solve(c)
    null = np.zeros((order, order))
    with pytest.raises(SingularEquationError, match=r"det\(A − λD\) is zero for every λ"):
        CoupledSylvester(null, b, null, e).solve(c)


def test_single_precision_and_bad_input() -> None:
    single = [x.astype(np.float32) for x in pair(4, 3)]
    system = CoupledSylvester(*single)
    x = system.solve(np.ones((8, 3), np.float32)).value
    assert x.dtype == np.float32
    np.testing.assert_allclose(system.apply(x), 1, atol=1e-4)
    with pytest.raises(ShapeError, match="D must be 4×4, as A says; it is 3×3"):
        CoupledSylvester(np.eye(4), np.eye(3), np.eye(3), np.eye(3))


# ---- any terms ---------------------------------------------------------------------------------------


def random_system(seed: int, *, count: int = 2, most: int = 4) -> tuple[CoupledTerms, Array]:
    """Terms of random rectangular shapes, and the dense matrix by its columns."""
    rng = np.random.default_rng(seed)
    shapes = [tuple(int(k) for k in rng.integers(1, most + 1, 2)) for _ in range(count)]
    rights = [shapes[int(k)] for k in rng.permutation(count)]
    terms = []
    for equation, (p, q) in enumerate(rights):
        for unknown, (m, n) in enumerate(shapes):
            for turned in [bool(k) for k in rng.integers(0, 2, int(rng.integers(1, 3)))]:
                rows, columns = (n, m) if turned else (m, n)
                left, right = rng.standard_normal((p, rows)), rng.standard_normal((columns, q))
                terms.append(CoupledTerm(equation, unknown, left, right, turned))
    system = CoupledTerms(shapes, rights, terms)  # type: ignore[arg-type]
    return system, LinearSystem.to_dense(system)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("count", [2, 3])
def test_any_terms_against_the_dense_matrix(seed: int, count: int) -> None:
    system, dense = random_system(seed, count=count)
    np.testing.assert_allclose(system.to_dense(), dense, atol=1e-12)
    c = np.random.default_rng(99).standard_normal(system.right_shape)
    np.testing.assert_allclose(system.apply_adjoint(c), dense.T @ c, atol=1e-11)
    values = np.linalg.svd(dense)[1]
    if values[-1] > 1e-10 * values[0]:
        found = system.solve(c)
        assert (found.unique, found.consistent) == (True, True)
        np.testing.assert_allclose(found.value, np.linalg.solve(dense, c), rtol=1e-6, atol=1e-7)
        np.testing.assert_allclose(system.solve_adjoint(c), np.linalg.solve(dense.T, c), rtol=1e-6, atol=1e-7)
        return
    # A column between thin factors: what is left over is told, and the smallest is taken.
    with pytest.raises(SingularEquationError, match="has rank"):
        system.solve(c)
    found = system.solve(c, least_squares=True)
    np.testing.assert_allclose(found.value, np.linalg.pinv(dense, rcond=1e-11) @ c, atol=1e-7)
    assert not found.unique


def test_a_singular_system_that_is_reached_has_many_solutions() -> None:
    """Random right sides let solutions grow; those that are reached do not, and are told by the factors."""
    one, row = np.eye(2), np.array([[1.0, 2.0]])
    terms = [CoupledTerm(0, 0, row, one), CoupledTerm(1, 0, one, np.array([[1.0], [1.0]]))]
    system = CoupledTerms([(2, 2)], [(1, 2), (2, 1)], terms)
    c = system.apply(np.array([[1.0], [3.0], [2.0], [4.0]]))
    with pytest.raises(SingularEquationError, match=r"\(4×4\) has rank 3") as caught:
        system.solve(c)
    assert caught.value.solutions == "many"
    a, b = np.random.default_rng(0).standard_normal((2, 3, 3))
    single = Several(2, [flat(a), np.eye(3), flat(a), b])
    with pytest.raises(SingularEquationError) as caught:
        single.solve(single.apply(np.ones((3, 3))))
    assert caught.value.solutions == "many"


def test_more_or_fewer_equations_than_unknowns() -> None:
    rng = np.random.default_rng(5)
    terms = [
        CoupledTerm(0, 0, rng.standard_normal((5, 2)), np.eye(3)),
        CoupledTerm(0, 1, np.eye(5), rng.standard_normal((1, 3))),
        CoupledTerm(1, 1, rng.standard_normal((4, 5)), np.eye(1)),
    ]
    tall = CoupledTerms([(2, 3), (5, 1)], [(5, 3), (4, 1)], terms)
    dense = tall.to_dense()
    x = rng.standard_normal(tall.shape)
    found = tall.solve(dense @ x)
    assert (found.unique, found.consistent) == (True, True)
    np.testing.assert_allclose(found.value, x, atol=1e-10)
    c = rng.standard_normal(tall.right_shape)
    with pytest.raises(SingularEquationError, match="19 scalar equations for 11 scalar unknowns") as caught:
        tall.solve(c)
    assert caught.value.solutions == "none"
    near = tall.solve(c, least_squares=True)
    np.testing.assert_allclose(near.value, np.linalg.lstsq(dense, c)[0], atol=1e-10)
    assert (near.unique, near.consistent) == (True, False)
    wide = CoupledTerms([(2, 3), (5, 1)], [(5, 1)], [CoupledTerm(0, 1, np.eye(5), np.eye(1))])
    with pytest.raises(SingularEquationError) as caught:
        wide.solve(np.ones((5, 1)))
    assert caught.value.solutions == "many"


def test_large_ones_are_iterated() -> None:
    n = 32
    rng = np.random.default_rng(8)
    small = [0.05 * rng.standard_normal((n, n)) for _ in range(6)]
    eye = np.eye(n)
    terms = [
        CoupledTerm(0, 0, 2 * eye + small[0], eye),
        CoupledTerm(0, 1, small[1], small[2], True),
        CoupledTerm(1, 1, eye, 3 * eye + small[3]),
        CoupledTerm(1, 0, small[4], small[5]),
    ]
    system = CoupledTerms([(n, n), (n, n)], [(n, n), (n, n)], terms)
    assert system.method.startswith("GMRES on the structured operator, preconditioned by the largest terms")
    c = rng.standard_normal(system.right_shape)
    assert system.residual(system.solve(c).value, c) < 1e-12
    assert 0 < system.steps < 60
    y = system.solve_adjoint(c)
    np.testing.assert_allclose(system.apply_adjoint(y), c, atol=1e-9)
