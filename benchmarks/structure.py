"""Compiled code on structured matrices beside what an expert writes by hand.

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/structure.py

One thread, one run; the best of several calls of each. Each line is a problem with its gradients, the time of
the compiled function, that of the code by hand, their ratio, and the memory at the highest.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
import scipy.linalg

import matgrad as mg

CALLS = 7
Arrays = dict[str, Any]


def by_hand_diagonal(x: Any, U: Any) -> tuple[Any, ...]:
    """log det(diag(x) + U Uᵀ) by x and U, for x > 0."""
    scaled = U / x[:, None]
    factor = scipy.linalg.cho_factor(np.eye(U.shape[1]) + U.T @ scaled)
    value = np.log(x).sum() + 2 * np.log(np.diagonal(factor[0])).sum()
    solved = scipy.linalg.cho_solve(factor, scaled.T).T
    return value, 1 / x - (solved * scaled).sum(1), 2 * solved


def by_hand_quadratic(x: Any, U: Any, y: Any) -> tuple[Any, ...]:
    """yᵀ(diag(x) + U Uᵀ)⁻¹y by x, U and y, for x > 0."""
    factor = scipy.linalg.cho_factor(np.eye(U.shape[1]) + U.T @ (U / x[:, None]))
    z = (y - U @ scipy.linalg.cho_solve(factor, U.T @ (y / x))) / x
    return y @ z, -(z**2), -2 * np.outer(z, U.T @ z), 2 * z


def by_hand_identity(H: Any) -> tuple[Any, ...]:
    """log det(I + H Hᵀ) by H."""
    factor = scipy.linalg.cho_factor(np.eye(H.shape[1]) + H.T @ H)
    return 2 * np.log(np.diagonal(factor[0])).sum(), 2 * scipy.linalg.cho_solve(factor, H.T).T


def by_hand_kron(A: Any, B: Any) -> tuple[Any, ...]:
    """log det(A ⊗ B) of definite matrices."""
    return (
        sum(
            len(other) * 2 * np.log(np.diagonal(scipy.linalg.cholesky(one))).sum()
            for one, other in ((A, B), (B, A))
        ),
    )


def by_hand_kron_sum(A: Any, B: Any, y: Any) -> tuple[Any, ...]:
    """yᵀ(A ⊕ B)⁻¹y of symmetric matrices."""
    (a, p), (b, q) = np.linalg.eigh(A), np.linalg.eigh(B)
    c = q.T @ y.reshape(len(a), len(b)).T @ p
    return ((c * c / (b[:, None] + a)).sum(),)


def problems() -> list[tuple[str, str, str, Arrays, Callable[..., tuple[Any, ...]]]]:
    """Text, declarations, variables, data and the code by hand."""
    rng = np.random.default_rng(0)
    n, k = 2000, 5
    x, U, y = rng.uniform(0.5, 2, n), rng.normal(size=(n, k)), rng.normal(size=n)
    large = {"x": rng.uniform(0.5, 2, 200_000), "U": rng.normal(size=(200_000, 10))}
    A, B = ((lambda a: a @ a.T / m + np.eye(m))(rng.normal(size=(m, m))) for m in (300, 300))
    return [
        ("logdet(diag(x) + U*U')", "x: n, U: n×k", "x U", {"x": x, "U": U}, by_hand_diagonal),
        ("logdet(diag(x) + U*U')", "x: n positive, U: n×k", "x U", large, by_hand_diagonal),
        (
            "y'*inv(diag(x) + U*U')*y",
            "x: n positive, U: n×k, y: n",
            "x U y",
            {"x": x, "U": U, "y": y},
            by_hand_quadratic,
        ),
        ("logdet(eye(n) + H*H')", "H: n×k", "H", {"H": rng.normal(size=(500, 20))}, by_hand_identity),
        ("logdet(kron(A, B))", "A: n×n spd, B: m×m spd", "", {"A": A, "B": B}, by_hand_kron),
        (
            "y'*inv(kron_sum(A, B))*y",
            "A: n×n spd, B: m×m spd, y: n*m",
            "",
            {"A": A, "B": B, "y": rng.normal(size=90_000)},
            by_hand_kron_sum,
        ),
    ]


def best(call: Callable[[], Any]) -> float:
    """The shortest of several calls, in seconds."""
    times = []
    for _ in range(CALLS):
        start = perf_counter()
        call()
        times.append(perf_counter() - start)
    return min(times)


def highest(call: Callable[[], Any]) -> int:
    """The memory at the highest during a call, in bytes."""
    tracemalloc.start()
    call()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def main() -> None:
    """Print a line for each problem."""
    print(f"{'problem':34}{'sizes':>26}{'compiled':>12}{'by hand':>12}{'ratio':>8}{'memory':>10}")
    for text, given, wrt, arrays, by_hand in problems():
        f = mg.parse(text, given)
        compiled = mg.compile([f, *(mg.gradient(f, name) for name in wrt.split())])
        ours, theirs = compiled(**arrays), by_hand(**arrays)
        for our, their in zip(ours if isinstance(ours, tuple) else (ours,), theirs, strict=True):
            np.testing.assert_allclose(np.ravel(our), np.ravel(their), rtol=1e-7, atol=1e-9)
        mine, hand = best(partial(compiled, **arrays)), best(partial(by_hand, **arrays))
        memory = highest(partial(compiled, **arrays))
        sizes = ", ".join("×".join(map(str, np.shape(array))) for array in arrays.values())
        times = f"{1e3 * mine:>9.2f} ms{1e3 * hand:>9.2f} ms{mine / hand:>8.2f}"
        print(f"{text:34}{sizes:>26}{times}{memory / 2**20:>7.1f} MB")


if __name__ == "__main__":
    main()
