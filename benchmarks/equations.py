"""Solvers of matrix equations beside the factorisations that they need: one thread, processor time, ratios.

OPENBLAS_NUM_THREADS=1 python -m benchmarks.equations [--sizes 200 600 1000]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse as sparse

from matgrad.solvers import Stein, Sylvester, TransposedSylvester, TwoTerms, solve_low_rank, solve_riccati


def seconds(function: Callable[[], object], rounds: int) -> float:
    """The least processor time of some rounds."""
    found = []
    for _ in range(rounds):
        start = time.process_time()
        function()
        found.append(time.process_time() - start)
    return min(found)


def show(name: str, n: int, took: float, base: float, beside: str) -> None:
    """A line of the table."""
    print(f"{name:<34} n = {n:<7} {1e3 * took:9.1f} ms  {took / base:6.2f} × {beside}", flush=True)


def dense(n: int, rounds: int) -> None:
    """Sylvester, Lyapunov, Stein and two-term equations of one order."""
    rng = np.random.default_rng(n)
    a, b, c, d, e = (rng.standard_normal((n, n)) for _ in range(5))
    q, r, s = c @ c.T, a + a.T, b + b.T
    one = seconds(lambda: scipy.linalg.schur(a), rounds)
    two = one + seconds(lambda: scipy.linalg.schur(b), rounds)
    eigen = seconds(lambda: (scipy.linalg.eigh(r), scipy.linalg.eigh(s)), rounds)
    show("Sylvester", n, seconds(lambda: Sylvester(a, b).solve(c), rounds), two, "two Schur forms")
    show("  SciPy", n, seconds(lambda: scipy.linalg.solve_sylvester(a, b, c), 1), two, "two Schur forms")
    show("Sylvester, symmetric", n, seconds(lambda: Sylvester(r, s).solve(c), rounds), eigen, "two eigh")
    show("Lyapunov", n, seconds(lambda: Sylvester(a, a.T).solve(q), rounds), one, "one Schur form")
    show("Lyapunov, discrete", n, seconds(lambda: Stein(a, a.T).solve(q), rounds), one, "one Schur form")
    show("Stein", n, seconds(lambda: Stein(a, b).solve(c), rounds), two, "two Schur forms")
    if n <= 400:
        pencils = seconds(lambda: (scipy.linalg.qz(a, c), scipy.linalg.qz(b, d)), 1)
        for name, by_qz in (("two terms", False), ("two terms by QZ", True)):
            took = seconds(partial(_two_terms, a, b, c, d, e, by_qz), 1)
            show(name, n, took, pencils, "two QZ forms")
        took = seconds(lambda: TransposedSylvester(a, b).solve(c), 1)
        show("T-Sylvester", n, took, pencils / 2, "one QZ form")
        took = seconds(lambda: solve_riccati(a, q / n, np.eye(n)), 1)
        care = seconds(lambda: scipy.linalg.solve_continuous_are(a, c / n**0.5, np.eye(n), np.eye(n)), 1)
        show("Riccati", n, took, care, "SciPy's")


def _two_terms(a: Any, b: Any, c: Any, d: Any, e: Any, by_qz: bool) -> object:
    return TwoTerms(a, b, c, d, by_qz=by_qz).solve(e)


def laplacian(k: int) -> Any:
    """The five-point Laplacian of a square."""
    entries: Any = [-np.ones(k - 1), 2 * np.ones(k), -np.ones(k - 1)]
    line = sparse.diags_array(entries, offsets=[-1, 0, 1]) * (k + 1) ** 2
    return sparse.csc_array(sparse.kron(line, sparse.eye_array(k)) + sparse.kron(sparse.eye_array(k), line))


def low_rank(k: int) -> None:
    """A Lyapunov equation with a sparse coefficient and a right side of rank one."""
    a = laplacian(k)
    u = np.random.default_rng(k).standard_normal((k * k, 1))
    lu = seconds(lambda: sparse.linalg.splu(a), 1)
    found = []
    took = seconds(lambda: found.append(solve_low_rank(a, u, tolerance=1e-8)), 1)
    show(f"Lyapunov, sparse, rank {found[0].rank}", k * k, took, lu, "one sparse LU")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[50, 200, 400, 600, 1000])
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    for n in options.sizes:
        dense(n, options.rounds)
    low_rank(316)


if __name__ == "__main__":
    main()
