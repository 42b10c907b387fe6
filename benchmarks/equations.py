"""Solvers of matrix equations beside the factorisations that they need: one thread, processor time, ratios.

OPENBLAS_NUM_THREADS=1 python -m benchmarks.equations [--small 5 50] [--sizes 200 600 1000]

Each line takes turns with what it stands beside, and its ratio is the median of those of the rounds. Peers
that are installed are timed too: pymepack, slycot, ctrlsys, pyMOR. pymepack asks for an older NumPy than the
rest, so it has an interpreter of its own: PYMEPACK_PYTHON=/path/to/python names it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from statistics import median
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


def in_turn(*functions: Callable[[], object], rounds: int) -> list[list[float]]:
    """The processor times of each, in rounds that change who begins, so that the machine's moods meet all."""
    found: list[list[float]] = [[] for _ in functions]
    for k in range(rounds):
        order = list(zip(functions, found, strict=True))
        for function, times in order if k % 2 else order[::-1]:
            start = time.process_time()
            function()
            times.append(time.process_time() - start)
    return found


def show(name: str, n: int, took: list[float], base: list[float], beside: str) -> None:
    """A line of the table."""
    ratio = median(x / y for x, y in zip(took, base, strict=True))
    print(f"{name:<34} n = {n:<7} {1e3 * min(took):9.1f} ms  {ratio:6.3f} × {beside}", flush=True)


def beside(name: str, n: int, ours: Callable[[], object], base: Callable[[], object], what: str,
           rounds: int, scipys: Callable[[], object] | None = None) -> None:  # fmt: skip
    """A line, and SciPy's own solver where it does not take too long."""
    took, bound, *theirs = in_turn(ours, base, *([scipys] if scipys and n <= 400 else []), rounds=rounds)
    show(name, n, took, bound, what)
    for time_of_scipy in theirs:
        show("  SciPy", n, time_of_scipy, bound, what)


def small(n: int, rounds: int) -> None:
    """Equations of small order beside SciPy's solvers; each time is that of many calls."""
    rng = np.random.default_rng(n)
    a, b, c = (rng.standard_normal((n, n)) for _ in range(3))
    q, r, s = c @ c.T, a + a.T, b + b.T
    solve: Any = scipy.linalg.solve_sylvester
    lyapunov, stein = scipy.linalg.solve_continuous_lyapunov, scipy.linalg.solve_discrete_lyapunov
    cases: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "Sylvester": (lambda: Sylvester(a, b).solve(c), lambda: solve(a, b, c)),
        "Sylvester, symmetric": (lambda: Sylvester(r, s).solve(c), lambda: solve(r, s, c)),
        "Lyapunov": (lambda: Sylvester(a, a.T).solve(q), lambda: lyapunov(a, q)),
        "Lyapunov, discrete": (lambda: Stein(a, a.T).solve(q), lambda: stein(a, q)),
        "the same, SciPy by its bilinear way": (
            lambda: Stein(a, a.T).solve(q), lambda: stein(a, q, "bilinear"),
        ),
    }  # fmt: skip
    for name, pair in cases.items():
        took, theirs = in_turn(*(partial(_repeated, one, max(1, 400 // n)) for one in pair), rounds=rounds)
        show(name, n, took, theirs, "SciPy")


def _repeated(function: Callable[[], object], count: int) -> None:
    for _ in range(count):
        function()


def dense(n: int, rounds: int) -> None:
    """Sylvester, Lyapunov, Stein and two-term equations of one order."""
    rng = np.random.default_rng(n)
    a, b, c, d, e = (rng.standard_normal((n, n)) for _ in range(5))
    q, r, s = c @ c.T, a + a.T, b + b.T

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
    good = [x + 1.2 * np.sqrt(n) * np.eye(n) for x in (a, d)]
    pencils, *times = in_turn(
        lambda: (scipy.linalg.qz(a, c), scipy.linalg.qz(b, d)),
        lambda: TwoTerms(good[0], b, c, good[1]).solve(e),
        lambda: TwoTerms(a, b, c, d).solve(e),
        lambda: TwoTerms(a, b, c, d, by_qz=True).solve(e),
        lambda: TransposedSylvester(a, b).solve(c),
        rounds=rounds,
    )
    for name, took in zip(("well-conditioned", "random", "by QZ"), times, strict=False):
        show(f"two terms, {name}", n, took, pencils, "two QZ forms")
    show("T-Sylvester", n, times[-1], [took / 2 for took in pencils], "one QZ form")
    _pymepack(n, rounds)
    _riccati(n, a, q / n, rounds)


def _pymepack(n: int, rounds: int) -> None:
    """AXB + CXD = E by MEPACK, in a process of its own, beside the same QZ forms."""
    python = os.environ.get("PYMEPACK_PYTHON")
    if python is None:
        print("  pymepack: not installed (PYMEPACK_PYTHON)")
        return
    text = (
        "import numpy as np, pymepack, scipy.linalg, time\n"
        f"rng = np.random.default_rng({n})\n"
        f"a, b, c, d, e = (np.asfortranarray(rng.standard_normal(({n}, {n}))) for _ in range(5))\n"
        f"for _ in range({rounds}):\n"
        "    start = time.process_time()\n"
        "    x = pymepack.ggsylv(a, b, c, d, e)[0]\n"
        "    middle = time.process_time()\n"
        "    scipy.linalg.qz(a, c), scipy.linalg.qz(b, d)\n"
        "    print(middle - start, time.process_time() - middle)\n"
        "assert np.linalg.norm(a @ x @ b + c @ x @ d - e) < 1e-6 * np.linalg.norm(e)\n"
    )
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    found = subprocess.run([python, "-c", text], capture_output=True, text=True, check=False, env=environment)
    if found.returncode:
        print("  pymepack:", found.stderr.strip().splitlines()[-1])
        return
    took, pencils = zip(*(map(float, line.split()) for line in found.stdout.splitlines()), strict=True)
    show("  pymepack", n, list(took), list(pencils), "two QZ forms")


def _riccati(n: int, a: Array, q: Array, rounds: int) -> None:
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
    times = in_turn(*calls.values(), rounds=rounds)
    base, what = (times[2], "slycot") if slycot is not None else (times[0], "itself")
    for name, took in zip(calls, times, strict=True):
        show(name, n, took, base, what)


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
    parser.add_argument("--sizes", type=int, nargs="+", default=[200, 400, 600, 1000])
    parser.add_argument("--small", type=int, nargs="*", default=[2, 5, 10, 20, 50, 100, 200])
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    for n in options.small:
        small(n, 3 * options.rounds)
    for n in options.sizes:
        dense(n, options.rounds)
    low_rank(316)


if __name__ == "__main__":
    main()
