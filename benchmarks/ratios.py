"""Processor time beside the code by hand: quick ratios of the cases of ``runtime/``, one thread.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios                     # layers and data
    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios attention --sizes 100 --source

Both take turns, call by call; a ratio is the median of those of the rounds, by the processor's time of this
process, so that what else runs on the machine counts little.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from benchmarks.runtime import compiling
from benchmarks.runtime.case import Case
from benchmarks.runtime.cases import CASES, data, layers
from benchmarks.runtime.peers import read_arrays, read_hand


def timed(call: Callable[[], Any], count: int) -> float:
    """Seconds of the processor for one call."""
    start = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - start) / count


def measured(case: Case, n: int, rounds: int) -> tuple[float, float, float, str, Any]:
    """Milliseconds of ours and of theirs, the ratio, which way of theirs, and our function."""
    arrays = case.arrays(n)
    function = compiling.compiled(case)
    run = partial(function, **arrays)
    found = read_arrays(run())
    single = any(a.dtype == np.float32 for a in arrays.values())
    ways = {way: partial(hand, **arrays) for way, hand in case.by_hand.items()}
    for hand in ways.values():
        for mine, other in zip(found, read_hand(hand()), strict=True):
            scale = np.abs(other).max() + 1e-300
            tolerance = 2e-3 if single else 1e-8
            np.testing.assert_allclose(mine.reshape(other.shape) / scale, other / scale, atol=tolerance)
    count = max(1, int(0.004 / max(timed(run, 1), 1e-6)))
    mine_of: list[float] = []
    theirs: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        mine_of.append(min(timed(run, count) for _ in range(2)))
        for way, hand in ways.items():
            theirs[way].append(min(timed(hand, count) for _ in range(2)))
    best = min(ways, key=lambda way: median(theirs[way]))
    ratio = median(a / b for a, b in zip(mine_of, theirs[best], strict=True))
    return median(mine_of) * 1e3, median(theirs[best]) * 1e3, ratio, best, function


def main() -> None:
    """Print a line for each case and size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="NAME", help="cases by the beginning of their name")
    parser.add_argument("--sizes", nargs="+", type=int, metavar="N", help="only these n")
    parser.add_argument("--rounds", type=int, default=9, help="rounds in which both take turns")
    parser.add_argument("--source", action="store_true", help="print the generated code")
    options = parser.parse_args()
    chosen = (
        [case for case in CASES if any(case.name.startswith(name) for name in options.cases)]
        if options.cases
        else [*layers.CASES, *data.CASES]
    )
    print(f"{'':<26} {'n':>8} {'ours ms':>9} {'hand ms':>9} {'ratio':>6}")
    ratios = []
    for case in chosen:
        for n in case.sizes:
            if options.sizes and n not in options.sizes:
                continue
            mine, other, ratio, way, function = measured(case, n, options.rounds)
            ratios.append(ratio)
            print(f"{case.name:<26} {n:8} {mine:9.4f} {other:9.4f} {ratio:6.2f}  {way}", flush=True)
            if options.source:
                print(function.source)
    met = sum(ratio <= 1.1 for ratio in ratios)
    print(f"{met} of {len(ratios)} within 1.1, worst {max(ratios):.2f}, median {median(ratios):.2f}")


if __name__ == "__main__":
    main()
