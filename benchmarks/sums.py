"""How fast compiled sums over data run: value and gradient beside batched NumPy written by hand.

    .venv/bin/python benchmarks/sums.py                 # all, one thread
    .venv/bin/python benchmarks/sums.py --cases mixture --rounds 15 --source

Both take turns in one process; the ratio is the median of those of the rounds. Memory is the peak of what
one call allocates, as tracemalloc sees it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any


def _timed(call: Callable[[], Any], least: float = 0.02) -> float:
    count, spent = 0, 0.0
    start = time.perf_counter()
    while spent < least:
        call()
        count += 1
        spent = time.perf_counter() - start
    return spent / count


def _peak(call: Callable[[], Any]) -> float:
    tracemalloc.start()
    call()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


def run(case: Any, rounds: int, *, source: bool) -> None:
    """Compare one case, and print a line."""
    import numpy as np

    import matgrad as mg
    from matgrad.language import interpret

    data = case.data(np.random.default_rng(0))
    expr = interpret(case.text, case.given).expr
    gradient = mg.gradient(expr, case.wrt)
    start = time.perf_counter()
    compiled = mg.compile([expr, gradient])
    ours = compiled(**data)
    first = time.perf_counter() - start
    theirs = case.by_hand(**data)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(np.ravel(mine), np.ravel(other), rtol=1e-6, atol=1e-7)
    pairs = [(_timed(lambda: compiled(**data)), _timed(lambda: case.by_hand(**data))) for _ in range(rounds)]
    mine, other = (median(pair[side] for pair in pairs) for side in (0, 1))
    peaks = _peak(lambda: compiled(**data)), _peak(lambda: case.by_hand(**data))
    ratio = median(one / another for one, another in pairs)
    size = sum(np.size(a) for a in data.values()) * 8e-6
    print(
        f"{case.name:<28} {mine * 1e3:9.2f} {other * 1e3:9.2f} {ratio:6.2f}   "
        f"{peaks[0]:8.1f} {peaks[1]:8.1f} {size:8.1f}   {first:6.2f}",
        flush=True,
    )
    if source:
        print(compiled.source)


def main() -> None:
    """All cases, or those that are asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", nargs="+", metavar="NAME", help="cases by the beginning of their name")
    parser.add_argument("--rounds", type=int, default=9, help="rounds in which both take turns")
    parser.add_argument("--source", action="store_true", help="print the generated code")
    options = parser.parse_args()
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    from benchmarks.sum_cases import CASES

    print(
        f"{'value and gradient':<28} {'ours ms':>9} {'hand ms':>9} {'ratio':>6}   "
        f"{'ours MB':>8} {'hand MB':>8} {'data MB':>8}   {'first s':>6}"
    )
    for case in CASES:
        if not options.cases or any(case.name.startswith(name) for name in options.cases):
            run(case, options.rounds, source=options.source)


if __name__ == "__main__":
    main()
