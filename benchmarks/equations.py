"""Solvers of matrix equations beside the factorisations that they need: one thread, processor time, ratios.

OPENBLAS_NUM_THREADS=1 python -m benchmarks.equations [--sizes 200 600 1000]

Each line takes turns with what it stands beside. Peers that are installed are timed too: pymepack, slycot,
ctrlsys, pyMOR. pymepack asks for an older NumPy than the rest, so it has an interpreter of its own:
PYMEPACK_PYTHON=/path/to/python names it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
import scipy.linalg
import scipy.sparse as sparse

from matgrad.solvers import Stein, Sylvester, TransposedSylvester, TwoTerms, solve_low_rank, solve_riccati

Array = Any


def library(name: str) -> Any | None:
    """A peer, if it is installed."""
    try:
        return import_module(name)
    except Exception:  # what is built for another NumPy raises other errors than ImportError
        return None


def in_turn(*functions: Callable[[], object], rounds: int) -> list[float]:
    """The least processor time of each, in rounds, so that the machine's moods meet all."""
    found = [np.inf] * len(functions)
    for _ in range(rounds):
        for place, function in enumerate(functions):
            start = time.process_time()
            function()
            found[place] = min(found[place], time.process_time() - start)
    return [float(took) for took in found]


def show(name: str, n: int, took: float, base: float, beside: str) -> None:
    """A line of the table."""
    print(f"{name:<34} n = {n:<7} {1e3 * took:9.1f} ms  {took / base:6.2f} × {beside}", flush=True)


def beside(name: str, n: int, ours: Callable[[], object], base: Callable[[], object], what: str,
           rounds: int, scipys: Callable[[], object] | None = None) -> None:  # fmt: skip
    """A line, and SciPy's own solver where it does not take too long."""
    took, bound, *theirs = in_turn(ours, base, *([scipys] if scipys and n <= 400 else []), rounds=rounds)
    show(name, n, took, bound, what)
    for time_of_scipy in theirs:
        show("  SciPy", n, time_of_scipy, bound, what)


def dense(n: int, rounds: int) -> None:
    """Sylvester, Lyapunov, Stein and two-term equations of one order."""
    rng = np.random.default_rng(n)
    a, b, c, d, e = (rng.standard_normal((n, n)) for _ in range(5))
    q, r, s = c @ c.T, a + a.T, b + b.T
    rounds = rounds * max(1, 200 // n)

    def one() -> object:
        return scipy.linalg.schur(a)

    def two() -> object:
        return scipy.linalg.schur(a), scipy.linalg.schur(b)

    def eigen() -> object:
        return scipy.linalg.eigh(r), scipy.linalg.eigh(s)

    solve: Any = scipy.linalg.solve_sylvester
    lyapunov, stein = scipy.linalg.solve_continuous_lyapunov, scipy.linalg.solve_discrete_lyapunov
    forms, form = "two Schur forms", "one Schur form"
    beside("Sylvester", n, lambda: Sylvester(a, b).solve(c), two, forms, rounds, lambda: solve(a, b, c))
    beside("Sylvester, symmetric", n, lambda: Sylvester(r, s).solve(c), eigen, "two eigh", rounds,
           lambda: solve(r, s, c))  # fmt: skip
    beside("Lyapunov", n, lambda: Sylvester(a, a.T).solve(q), one, form, rounds, lambda: lyapunov(a, q))
    beside("Lyapunov, discrete", n, lambda: Stein(a, a.T).solve(q), one, form, rounds,
           lambda: stein(a, q, "bilinear"))  # fmt: skip
    beside("Stein", n, lambda: Stein(a, b).solve(c), two, forms, rounds)
    if n > 400:
        return
    pencils, *times = in_turn(
        lambda: (scipy.linalg.qz(a, c), scipy.linalg.qz(b, d)),
        partial(_two_terms, a, b, c, d, e, False),
        partial(_two_terms, a, b, c, d, e, True),
        lambda: TransposedSylvester(a, b).solve(c),
        rounds=2,
    )
    for name, took, base, what in (
        ("two terms", times[0], pencils, "two QZ forms"),
        ("two terms by QZ", times[1], pencils, "two QZ forms"),
        ("T-Sylvester", times[2], pencils / 2, "one QZ form"),
    ):
        show(name, n, took, base, what)
    _pymepack(n, pencils)
    _riccati(n, a, q / n)


def _pymepack(n: int, pencils: float) -> None:
    """AXB + CXD = E by MEPACK, in a process of its own."""
    python = os.environ.get("PYMEPACK_PYTHON")
    if python is None:
        print("  pymepack: not installed (PYMEPACK_PYTHON)")
        return
    text = (
        "import numpy as np, pymepack, time\n"
        f"rng = np.random.default_rng({n})\n"
        f"a, b, c, d, e = (np.asfortranarray(rng.standard_normal(({n}, {n}))) for _ in range(5))\n"
        "took = []\n"
        "for _ in range(2):\n"
        "    start = time.process_time()\n"
        "    x = pymepack.ggsylv(a, b, c, d, e)[0]\n"
        "    took.append(time.process_time() - start)\n"
        "assert np.linalg.norm(a @ x @ b + c @ x @ d - e) < 1e-6 * np.linalg.norm(e)\n"
        "print(min(took))\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    found = subprocess.run([python, "-c", text], capture_output=True, text=True, check=False, env=environment)
    if found.returncode:
        print("  pymepack:", found.stderr.strip().splitlines()[-1])
        return
    show("  pymepack", n, float(found.stdout), pencils, "two QZ forms")


def _riccati(n: int, a: Array, q: Array) -> None:
    """The continuous Riccati equation, its adjoint, and SLICOT by two bindings."""
    g = np.eye(n)
    x = solve_riccati(a, g, q)
    closed = a - g @ x
    calls: dict[str, Callable[[], object]] = {
        "Riccati": lambda: solve_riccati(a, g, q),
        "  its gradient": lambda: Sylvester(closed, closed.T).solve(q),
    }
    slycot, ctrlsys = library("slycot"), library("ctrlsys")
    if slycot is not None:
        calls["  slycot"] = lambda: slycot.sb02md(n, a.copy(), g.copy(), q.copy(), "C")
    if ctrlsys is not None:
        given = [np.asfortranarray(m) for m in (a, g, q)]
        calls["  ctrlsys"] = lambda: ctrlsys.sb02md(
            "C", "D", "U", "N", "S", n, *(m.copy(order="F") for m in given)
        )
    times = in_turn(*calls.values(), rounds=2)
    base, what = (times[2], "slycot") if slycot is not None else (times[0], "itself")
    for name, took in zip(calls, times, strict=True):
        show(name, n, took, base, what)


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
    found: list[Any] = []
    calls: list[Callable[[], object]] = [
        lambda: sparse.linalg.splu(a),
        lambda: found.append(solve_low_rank(a, u, tolerance=1e-8)),
    ]
    equations = library("pymor.solvers.matrix_equations.equations")
    if equations is not None:
        adi = import_module("pymor.solvers.matrix_equations.adi").ADILyapunovSolver(adi_tol=1e-8)
        operators = import_module("pymor.operators.numpy")
        import_module("pymor.core.logger").set_log_levels({"pymor": "WARNING"})
        A = operators.NumpyMatrixOperator(-a)
        equation = equations.LyapunovEquation(A, None, A.source.from_numpy(u))
        calls.append(lambda: equation.solve_lr(adi))
    lu, took, *theirs = in_turn(*calls, rounds=1)
    show(f"Lyapunov, sparse, rank {found[0].rank}", k * k, took, lu, "one sparse LU")
    for time_of_adi in theirs:
        show("  pyMOR's ADI", k * k, time_of_adi, lu, "one sparse LU")


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
