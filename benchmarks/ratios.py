"""Processor time beside the code by hand: quick ratios of the cases of ``runtime/``, one thread.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios                     # all of them
    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios --file layers data
    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios attention --sizes 100 --source
    OPENBLAS_CORETYPE=Haswell OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios     # kernels of 256 bits

Both take turns, call by call; a ratio is the median of those of the rounds, by the processor's time of this
process, so that what else runs on the machine counts little. The counts in the last lines leave out n ≤ 10.
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
from benchmarks.runtime.case import Array, Arrays, Case
from benchmarks.runtime.cases import FILES
from benchmarks.runtime.machine import kernels
from benchmarks.runtime.ours import in_order
from benchmarks.runtime.peers import read_hand


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
    found = in_order(run())
    single = any(np.asarray(a).dtype == np.float32 for a in arrays.values())
    ways = {way: partial(hand, **arrays) for way, hand in case.by_hand.items()}
    for hand in ways.values():
        for mine, other in zip(found, _wanted(case, arrays, hand(), found), strict=True):
            scale = np.abs(other).max() + 1e-300
            tolerance = 2e-3 if single else 1e-8
            np.testing.assert_allclose(mine.reshape(other.shape) / scale, other / scale, atol=tolerance)
    once = timed(run, 1)
    count = max(1, int(0.004 / max(once, 1e-6)))
    rounds = min(rounds, 3) if once > 0.3 else rounds
    mine_of: list[float] = []
    theirs: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(rounds):
        mine_of.append(timed(run, count))
        for way, hand in ways.items():
            theirs[way].append(timed(hand, count))
    best = min(ways, key=lambda way: median(theirs[way]))
    ratio = median(a / b for a, b in zip(mine_of, theirs[best], strict=True))
    return median(mine_of) * 1e3, median(theirs[best]) * 1e3, ratio, best, function


def _wanted(case: Case, arrays: Arrays, results: Any, found: list[Array]) -> list[Array]:
    """What is right; nothing where factors are too large to be multiplied out: smaller sizes tell."""
    if not found:
        return []
    wanted = read_hand(results)
    if case.whole is None or wanted[0].shape == found[0].shape:
        return wanted
    return [case.whole(arrays, tuple(wanted))]


def main() -> None:
    """Print a line for each case and size."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("cases", nargs="*", metavar="NAME", help="cases by the beginning of their name")
    parser.add_argument("--file", nargs="+", default=[], choices=FILES, help="the cases of these files")
    parser.add_argument("--sizes", nargs="+", type=int, metavar="N", help="only these n")
    parser.add_argument("--rounds", type=int, default=9, help="rounds in which both take turns")
    parser.add_argument("--source", action="store_true", help="print the generated code")
    options = parser.parse_args()
    chosen = [
        case
        for file in options.file or FILES
        for case in FILES[file]
        if not options.cases or case.name.startswith(tuple(options.cases))
    ]
    print(f"kernels: {kernels()}")
    print(f"{'':<26} {'n':>8} {'ours ms':>9} {'hand ms':>9} {'ratio':>6}")
    ratios = []
    for case in chosen:
        for n in case.sizes:
            if options.sizes and n not in options.sizes:
                continue
            mine, other, ratio, way, function = measured(case, n, options.rounds)
            ratios.append((ratio, n))
            print(f"{case.name:<26} {n:8} {mine:9.4f} {other:9.4f} {ratio:6.2f}  {way}", flush=True)
            if options.source:
                print(function.source)
    counted = [ratio for ratio, n in ratios if n > 10]
    for limit in (1.1, 1.3):
        met = sum(ratio <= limit for ratio in counted)
        print(f"{met} of {len(counted)} ({met / len(counted):.0%}) within {limit}")
    print(f"worst {max(counted):.2f}, median {median(counted):.2f}")


if __name__ == "__main__":
    main()
