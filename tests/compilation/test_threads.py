"""Factorisations that threads share, as the tasks of Dask do: LAPACK's pivots are nobody's to write to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from matgrad.compilation.backends.numpy.exponentials import expm_steps, frechet_expm
from matgrad.compilation.backends.numpy.linear_algebra import lu, lu_inverse, lu_solve


def test_threads_solve_with_the_same_factors() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=(300, 300))
    factors = lu(a, "A")
    right = [rng.normal(size=(300, 20)) for _ in range(8)]
    expected = [np.linalg.solve(a, b) for b in right]

    def worst(k: int) -> float:
        found = (lu_solve(factors, right[k % 8]) for _ in range(20))
        return max(float(np.abs(x - expected[k % 8]).max()) for x in found)

    with ThreadPoolExecutor(4) as pool:
        assert max(pool.map(worst, range(16))) < 1e-6
        assert all(np.allclose(x @ a, np.eye(300)) for x in pool.map(lambda _: lu_inverse(factors), range(8)))


def test_threads_share_the_steps_of_an_exponential() -> None:
    rng = np.random.default_rng(1)
    steps = expm_steps(rng.normal(size=(40, 40)) / 8, "A")
    directions = [rng.normal(size=(40, 40)) for _ in range(8)]
    expected = [frechet_expm(steps, e) for e in directions]
    with ThreadPoolExecutor(4) as pool:
        for _ in range(10):
            found = list(pool.map(lambda e: frechet_expm(steps, e), directions))
            assert all(np.allclose(x, y) for x, y in zip(found, expected, strict=True))
