"""X − A X B = C of small orders, by one turn of both Schur forms, beside the dense matrix on vec."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from matgrad.solvers import Stein

Array = Any


def stable(rng: np.random.Generator, n: int) -> Array:
    """All eigenvalues within the unit circle."""
    return rng.standard_normal((n, n)) * 0.7 / np.sqrt(n)


def with_eigenvalues(rng: np.random.Generator, *ends: float, n: int) -> Array:
    """Eigenvalues at the places told, the others within half the unit circle."""
    q = np.linalg.qr(rng.standard_normal((n, n)))[0]
    inner = 0.5 * rng.random(n - len(ends))
    return q @ (np.diag([*ends, *inner]) + 0.1 * np.triu(rng.standard_normal((n, n)), 1)) @ q.T


def at_minus_one(rng: np.random.Generator, n: int) -> Array:
    """I + A is nearly singular, I − A is not."""
    return with_eigenvalues(rng, -1 + 1e-7, n=n)


def at_both_ends(rng: np.random.Generator, n: int) -> Array:
    """Neither I + A nor I − A can be inverted: no turn is left."""
    return with_eigenvalues(rng, -1 - 3e-7, 1 + 2e-7, n=n)


KINDS: dict[str, Callable[[np.random.Generator, int], Array]] = {
    "random": lambda rng, n: rng.standard_normal((n, n)),
    "stable": stable,
    "large": lambda rng, n: 1e6 * rng.standard_normal((n, n)),
    "small": lambda rng, n: 1e-6 * rng.standard_normal((n, n)),
    "an eigenvalue at −1": at_minus_one,
    "eigenvalues at both ends": at_both_ends,
}


def on_vec(a: Array, b: Array, c: Array) -> tuple[Array, float]:
    """The solution by the matrix on vec X, and what an error of it may be."""
    m, n = c.shape
    whole = np.eye(m * n) - np.kron(b.T, a)
    found = np.linalg.solve(whole, c.ravel(order="F")).reshape((m, n), order="F")
    return found, 1e-13 * float(np.linalg.cond(whole)) * float(np.linalg.norm(found))


@pytest.mark.parametrize("first", KINDS)
@pytest.mark.parametrize("second", [*KINDS, "transpose"])
@pytest.mark.parametrize("adjoint", [False, True])
def test_both_forms_are_turned_at_once(first: str, second: str, adjoint: bool) -> None:
    rng = np.random.default_rng(len(first) + 7 * len(second))
    for m, n in ((2, 3), (6, 5), (9, 9)):
        a = KINDS[first](rng, m)
        b = a.T if second == "transpose" else KINDS[second](rng, n)
        c = rng.standard_normal((len(a), len(b)))
        right, error = on_vec(a.T, b.T, c) if adjoint else on_vec(a, b, c)
        equation = Stein(a, b)
        assert max(equation.shape) <= 9
        found = equation.solve_adjoint(c) if adjoint else equation.solve(c).value
        assert np.linalg.norm(found - right) <= error


@pytest.mark.parametrize("kind", KINDS)
def test_a_symmetric_right_side_has_a_symmetric_solution(kind: str) -> None:
    rng = np.random.default_rng(len(kind))
    for n in (2, 5, 12):
        a, half = KINDS[kind](rng, n), rng.standard_normal((n, n))
        right, error = on_vec(a, a.T, half + half.T)
        found = Stein(a, a.T).solve(half + half.T).value
        assert np.array_equal(found, found.T)
        assert np.linalg.norm(found - right) <= error


def test_single_precision_stays_and_is_as_good_as_it_can_be() -> None:
    rng = np.random.default_rng(3)
    a, b, c = (stable(rng, n).astype("f") for n in (30, 20, 30))
    equation = Stein(a, b)
    x = equation.solve(c[:, :20]).value
    assert x.dtype == np.float32
    assert equation.residual(x, c[:, :20]) <= 1e-6
    y = equation.solve_adjoint(c[:, :20])
    assert np.linalg.norm(equation.apply_adjoint(y) - c[:, :20]) <= 1e-5 * np.linalg.norm(c)


def test_without_a_turn_leaves_are_solved_one_by_one() -> None:
    rng = np.random.default_rng(0)
    a, b, c = at_both_ends(rng, 8), stable(rng, 8), rng.standard_normal((8, 8))
    equation = Stein(a, b)
    assert equation._turned is None
    right, error = on_vec(a, b, c)
    assert np.linalg.norm(equation.solve(c).value - right) <= error
