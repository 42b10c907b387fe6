"""Operators of matgrad.kronecker beside the work that has to be done, and beside other libraries.

    OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 python -m benchmarks.kronecker [--quick] [--only WORD]

One thread, one run; times are those of the processor, which a busy machine disturbs less. Each line is the
best of several, with its bound (the products, factorisations or copies that nobody gets round), the ratio and
what it is to be, the memory at the highest, and the same work by the peers that are installed.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
import scipy.linalg as linalg
from scipy.linalg import lapack

import matgrad as mg
from matgrad import kronecker

Array = Any
Call = Callable[[], Any]

RNG = np.random.default_rng(5)


@dataclass
class Case:
    """Work to be timed.

    Attributes
    ----------
    name : str
        What is computed.
    ours : callable
        By an operator.
    bound : callable
        What has to be done in any case.
    goal : float
        What ours may take, as a multiple of the bound; below 1 where the bound is another way.
    peers : dict of str to callable or str
        The same by other libraries; a text says why one has no time.
    """

    name: str
    ours: Call
    bound: Call
    goal: float
    peers: dict[str, Call | str] = field(default_factory=dict)


def library(name: str) -> Any | None:
    """A peer, if it is installed; those on JAX in double precision, as the others."""
    try:
        if name in ("pykronecker", "cola"):
            import_module("jax").config.update("jax_enable_x64", True)
        return import_module(name)
    except ImportError:
        return None


def peers(made: dict[str, tuple[str, Callable[[Any], Call]]]) -> dict[str, Call | str]:
    """The calls of peers, or that they are not installed."""
    found: dict[str, Call | str] = {}
    for label, (module, call) in made.items():
        peer = library(module)
        found[label] = call(peer) if peer is not None else "not installed"
    return found


def square(n: int) -> Array:
    """A random matrix that is well conditioned."""
    return RNG.normal(size=(n, n)) + math.sqrt(n) * np.eye(n)


def products(quick: bool) -> Iterator[Case]:
    """(A ⊗ B) x."""
    for n in (50, 200) if quick else (50, 200, 1000):
        a, b, x = square(n), square(n), RNG.normal(size=n * n)
        P = kronecker.kron(a, b)

        def by_pylops(peer: Any, a: Array = a, b: Array = b, x: Array = x) -> Call:
            made = peer.Kronecker(peer.MatrixMult(a), peer.MatrixMult(b))
            return lambda: made @ x

        def by_pykronecker(peer: Any, a: Array = a, b: Array = b, x: Array = x) -> Call:
            made = peer.KroneckerProduct([a, b])
            return lambda: np.asarray(made @ x)  # waits for what JAX has only begun

        def by_cola(peer: Any, a: Array = a, b: Array = b, x: Array = x) -> Call:
            made = peer.ops.Kronecker(peer.ops.Dense(a), peer.ops.Dense(b))
            return lambda: np.asarray(made @ x)

        def by_linear_operator(peer: Any, a: Array = a, b: Array = b, x: Array = x) -> Call:
            torch = import_module("torch")
            torch.set_num_threads(1)
            made = peer.operators.KroneckerProductLinearOperator(torch.from_numpy(a), torch.from_numpy(b))
            t = torch.from_numpy(x)
            return lambda: made @ t

        yield Case(
            f"(A ⊗ B) x, n = {n}",
            lambda P=P, x=x: P @ x,
            lambda a=a, b=b, x=x, n=n: (a @ x.reshape(n, n) @ b.T).reshape(-1),
            1 / 0.95,
            peers(
                {
                    "PyLops": ("pylops", by_pylops),
                    "pykronecker": ("pykronecker", by_pykronecker),
                    "CoLA": ("cola", by_cola),
                    "linear_operator": ("linear_operator", by_linear_operator),
                }
            ),
        )
    n = 100
    a, b, X = square(n), square(n), RNG.normal(size=(n * n, 100))
    P = kronecker.kron(a, b)
    yield Case(
        "(A ⊗ B) X, n = 100, 100 columns, beside column by column",
        lambda: P @ X,
        lambda: np.stack([P @ column for column in X.T], axis=1),
        1.0,
    )


def many_factors(quick: bool) -> Iterator[Case]:
    """Many small factors, beside one after the other."""
    for count, n, goal in ((20, 2, 1 / 6), (6, 10, 1 / 2)):
        factors = [RNG.normal(size=(n, n)) for _ in range(count)]
        x = RNG.normal(size=n**count)
        P = kronecker.kron(*factors)

        def one_by_one(factors: list[Array] = factors, x: Array = x, n: int = n) -> Array:
            y = x.reshape([n] * len(factors))
            for axis, factor in enumerate(factors):
                y = np.moveaxis(np.tensordot(factor, y, (1, axis)), 0, axis)
            return y.reshape(-1)

        yield Case(
            f"{count} factors of {n}×{n}, beside factor by factor", lambda P=P, x=x: P @ x, one_by_one, goal
        )


def solutions(quick: bool) -> Iterator[Case]:
    """Solutions and determinants, beside the factorisations by LAPACK."""
    n = 300 if quick else 1000
    a, b, y = square(n), square(n), RNG.normal(size=n * n)

    def lapack_solve() -> Array:
        right = np.asfortranarray(y.reshape(n, n))
        lu, pivots, _ = lapack.dgetrf(a.T)
        first, _ = lapack.dgetrs(lu, pivots, right, trans=1)
        lu, pivots, _ = lapack.dgetrf(b.T)
        return lapack.dgetrs(lu, pivots, np.asfortranarray(first.T), trans=1)[0]

    def lapack_logdet() -> float:
        total = 0.0
        for matrix in (a, b):
            lu, _, _ = lapack.dgetrf(matrix.T)
            total += n * float(np.log(np.abs(lu.diagonal())).sum())
        return total

    yield Case(f"solve A ⊗ B, n = {n}", lambda: kronecker.kron(a, b).solve(y), lapack_solve, 1.15)
    yield Case(f"log det A ⊗ B, n = {n}", lambda: kronecker.kron(a, b).slogdet(), lapack_logdet, 1.15)
    n = 200 if quick else 600
    c, d, z = square(n), square(n), RNG.normal(size=n * n)

    def two_schurs() -> Any:
        return linalg.schur(c), linalg.schur(d)

    yield Case(
        f"solve A ⊕ B, n = {n}, beside two Schur forms",
        lambda: kronecker.kron_sum(c, d).solve(z),
        two_schurs,
        1.5,
        {"SciPy": lambda: linalg.solve_sylvester(d, c.T, z.reshape(n, n).T)},
    )
    u, v, x = RNG.normal(size=(100_000, 10)), RNG.normal(size=(100_000, 10)), RNG.normal(size=100_000)
    diagonal = 5 + RNG.random(100_000)

    def woodbury() -> Array:
        scaled = u / diagonal[:, None]
        inner = np.eye(10) + v.T @ scaled
        return x / diagonal - scaled @ np.linalg.solve(inner, v.T @ (x / diagonal))

    yield Case(
        "solve D + U Vᵀ, n = 100000, k = 10",
        lambda: kronecker.diagonal_plus_low_rank(diagonal, u, v).solve(x),
        woodbury,
        4.0,
    )


def rearrangements(quick: bool) -> Iterator[Case]:
    """Commutation, duplication and elimination matrices."""
    n = 1000 if quick else 4000
    x = RNG.normal(size=n * n)
    K = kronecker.commutation(n)
    yield Case(
        f"K x, n = {n}, beside a transposed copy",
        lambda: K @ x,
        lambda: np.ascontiguousarray(x.reshape(n, n).T),
        1.2,
    )
    n = 1000
    half, whole = RNG.normal(size=n * (n + 1) // 2), RNG.normal(size=n * n)
    D, L = kronecker.duplication(n), kronecker.elimination(n)
    columns, rows = np.triu_indices(n)
    places = columns * n + rows
    yield Case(
        f"D x, n = {n}, beside a copy by indices",
        lambda: D @ half,
        lambda: whole[: n * n].take(np.arange(n * n)),
        4.0,
    )
    yield Case(f"L x, n = {n}, beside a copy by indices", lambda: L @ whole, lambda: whole[places], 1.5)


def compiled(quick: bool) -> Iterator[Case]:
    """A Jacobian of two terms as an operator: made, and applied."""
    n = 200 if quick else 500
    F = mg.parse("A*X*B + C*X*D", "A: n×n, B: n×n, C: n×n, D: n×n, X: n×n")
    make = mg.compile(mg.jacobian(F, "X"), structure="operator")
    arrays = {name: square(n) for name in "ABCD"}
    x = RNG.normal(size=n * n)
    P = make(**arrays)
    X = x.reshape(n, n).T
    yield Case(
        f'structure="operator" of AXB + CXD, n = {n}: made, beside a copy of its matrices',
        lambda: make(**arrays),
        lambda: [matrix.copy() for matrix in arrays.values()],
        4.0,
    )
    yield Case(
        f"the same applied, n = {n}",
        lambda: P @ x,
        lambda: arrays["A"] @ X @ arrays["B"] + arrays["C"] @ X @ arrays["D"],
        1.15,
    )


GROUPS = (products, many_factors, solutions, rearrangements, compiled)


def best(call: Call, seconds: float = 1.0) -> float:
    """The shortest of several times."""
    call()
    shortest, spent, times = math.inf, 0.0, 0
    while (spent < seconds and times < 200) or times < 3:
        start = time.process_time()
        call()
        took = time.process_time() - start
        shortest, spent, times = min(shortest, took), spent + took, times + 1
    return shortest


def side_by_side(case: Case) -> tuple[float, float]:
    """Ours and the bound in turn, so that the machine's moods meet both."""
    ours, bound = math.inf, math.inf
    for _ in range(3):
        bound = min(bound, best(case.bound, 0.4))
        ours = min(ours, best(case.ours, 0.4))
    return ours, bound


def milliseconds(seconds: float) -> str:
    """Seconds as milliseconds."""
    return f"{1e3 * seconds:9.3f} ms"


def memory(call: Call) -> float:
    """MiB in use at the highest."""
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="smaller sizes")
    parser.add_argument("--only", default="", help="cases whose name holds this")
    options = parser.parse_args()
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        sys.exit("run it with OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1")
    print(f"{'':66}{'ours':>12}{'bound':>13}{'ratio':>8}{'goal':>7}{'MiB':>8}")
    for group in GROUPS:
        for case in group(options.quick):
            if options.only not in case.name:
                continue
            ours, bound = side_by_side(case)
            ratio = ours / bound
            verdict = "" if ratio <= case.goal else "  missed"
            print(
                f"{case.name:66}{milliseconds(ours)} {milliseconds(bound)}{ratio:8.2f}{case.goal:7.2f}"
                f"{memory(case.ours):8.1f}{verdict}"
            )
            for label, call in case.peers.items():
                said = call if isinstance(call, str) else milliseconds(best(call))
                print(f"    {label:62}{said:>12}")


if __name__ == "__main__":
    main()
