"""Processor time beside the code by hand: quick ratios of the cases of ``runtime/``, one thread.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios                     # all of them
    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios --file layers data
    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios --jax               # and JAX given the same formulas
    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios attention --sizes 100 --source
    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios --file awareness --unchecked  # as the code by hand is
    OPENBLAS_CORETYPE=SKYLAKEX OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios    # kernels of 512 bits

Both take turns, call by call; a ratio is the median of those of the rounds, by the processor's time of this
process, so that what else runs on the machine counts little. The counts in the last lines leave out n ≤ 10.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.runtime import compiling
from benchmarks.runtime.case import Array, Arrays, Case
from benchmarks.runtime.cases import FILES
from benchmarks.runtime.formula import Transcriber
from benchmarks.runtime.frameworks import Jax
from benchmarks.runtime.machine import kernels
from benchmarks.runtime.ours import in_order
from benchmarks.runtime.peers import Call, NotRunError, read_hand
from benchmarks.runtime.targets import SMALL, show


def timed(call: Callable[[], Any], count: int) -> float:
    """Seconds of the processor for one call."""
    start = time.process_time()
    for _ in range(count):
        call()
    return (time.process_time() - start) / count


@dataclass(frozen=True)
class Measured:
    """One case at one size: milliseconds of a call, and the medians of the ratios of the rounds."""

    ours: float
    theirs: float
    ratio: float
    way: str
    source: str
    jax: float | None = None
    """How many times as long as ours JAX takes with the formula of the code by hand."""

    without_jax: str = ""
    """Why JAX has no figure."""


class Formula:
    """JAX given the formulas of the code by hand, in double precision and bound to one processor."""

    def __init__(self) -> None:
        if hasattr(os, "sched_setaffinity"):
            # XLA takes the number of its threads from the processors that it may use.
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-1:])
        self.transcribe = Transcriber(Jax().jax)

    def ways(self, case: Case, arrays: Arrays) -> dict[str, Call]:
        """The ways that JAX can run, each of them run once."""
        found, refused = {}, ""
        for call in self.transcribe.calls(case, arrays):
            try:
                call.run()
            except NotRunError as reason:
                refused = str(reason)
                continue
            found[call.way] = call
        if not found:
            raise NotRunError(refused)
        return found


def measured(
    case: Case, n: int, rounds: int, formula: Formula | None = None, *, check: bool = True
) -> Measured:
    """Compare all results, then let all ways take turns."""
    arrays = case.arrays(n)
    function = compiling.compiled(case, check=check)
    run = partial(function, **arrays)
    found = in_order(run())
    single = any(np.asarray(a).dtype == np.float32 for a in arrays.values())
    ways: dict[str, Callable[[], Any]] = {way: partial(hand, **arrays) for way, hand in case.by_hand.items()}
    by_jax: dict[str, Call] = {}
    without = ""
    if formula is not None:
        try:
            by_jax = formula.ways(case, arrays)
        except NotRunError as reason:
            without = str(reason)
    answers = [hand() for hand in ways.values()] + [call.run() for call in by_jax.values()]
    for answer in answers:
        for mine, other in zip(found, _wanted(case, arrays, answer, found), strict=True):
            scale = np.abs(other).max() + 1e-300
            tolerance = 2e-3 if single else 1e-8
            np.testing.assert_allclose(mine.reshape(other.shape) / scale, other / scale, atol=tolerance)
    del answers
    jitted = {f"JAX, {way}": call.run for way, call in by_jax.items()}
    once = timed(run, 1)
    count = max(1, int(0.004 / max(once, 1e-6)))
    rounds = min(rounds, 3) if once > 0.3 else rounds
    mine_of: list[float] = []
    theirs: dict[str, list[float]] = {way: [] for way in (*ways, *jitted)}
    for _ in range(rounds):
        mine_of.append(timed(run, count))
        for way, call in (ways | jitted).items():
            theirs[way].append(timed(call, count))
    best = min(ways, key=lambda way: median(theirs[way]))
    fastest = min(jitted, key=lambda way: median(theirs[way]), default=None)
    return Measured(
        ours=median(mine_of) * 1e3,
        theirs=median(theirs[best]) * 1e3,
        ratio=median(a / b for a, b in zip(mine_of, theirs[best], strict=True)),
        way=best,
        source=function.source,
        jax=fastest and median(b / a for a, b in zip(mine_of, theirs[fastest], strict=True)),
        without_jax=without,
    )


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
    parser.add_argument("--jax", action="store_true", help="JAX too, with the formulas by hand")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there")
    parser.add_argument("--unchecked", action="store_true", help="arrays are not held to what is declared")
    parser.add_argument("--source", action="store_true", help="print the generated code")
    options = parser.parse_args()
    chosen = [
        case
        for file in options.file or FILES
        for case in FILES[file]
        if not options.cases or case.name.startswith(tuple(options.cases))
    ]
    print(f"kernels: {kernels()}")
    head = f"{'':<26} {'n':>8} {'ours ms':>9} {'hand ms':>9} {'ratio':>6}"
    print(head + ("  JAX ÷ ours" if options.jax else ""))
    formula = Formula() if options.jax else None
    found: list[tuple[Case, int, Measured]] = []
    for case in chosen:
        for n in case.sizes:
            if options.sizes and n not in options.sizes:
                continue
            one = measured(case, n, options.rounds, formula, check=not options.unchecked)
            found.append((case, n, one))
            jax = "" if formula is None else f"{show(one.jax) if one.jax else '–':>8}"
            line = f"{case.name:<26} {n:8} {one.ours:9.4f} {one.theirs:9.4f} {one.ratio:6.2f}{jax}  {one.way}"
            print(line, flush=True)
            if options.source:
                print(one.source)
    print("\n".join(counts(found)))
    if options.json:
        rows = [{"case": case.name, "kind": kind_of(case), "n": n, **vars(one)} for case, n, one in found]
        for row in rows:
            del row["source"]
        options.json.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def kind_of(case: Case) -> str:
    """The file that a case stands in."""
    return next(name for name, cases in FILES.items() if case in cases)


def counts(found: Sequence[tuple[Case, int, Measured]]) -> list[str]:
    """How many are within the limits, by kind and in all, without n ≤ 10."""
    large = [(case, n, one) for case, n, one in found if n > SMALL]
    lines = ["", f"{'n > 10':<16}{'cases':>6}{'≤ 1.1':>7}{'≤ 1.3':>7}{'p50':>7}{'worst':>7}{'JAX ≥ 1':>10}"]
    kinds = list(dict.fromkeys(kind_of(case) for case, _, _ in large))
    for title, group in [(kind, [f for f in large if kind_of(f[0]) == kind]) for kind in kinds] + [
        ("all", large)
    ]:
        ratios = [one.ratio for _, _, one in group]
        jax = [one.jax for _, _, one in group if one.jax is not None]
        line = f"{title:<16}{len(ratios):>6}"
        line += "".join(f"{sum(ratio <= limit for ratio in ratios):>7}" for limit in (1.1, 1.3))
        line += f"{median(ratios):>7.2f}{max(ratios):>7.2f}" if ratios else ""
        lines.append(line + (f"{sum(ratio >= 1 for ratio in jax):>5}/{len(jax)}" if jax else ""))
    all_jax = [one.jax for _, _, one in large if one.jax is not None]
    if all_jax:
        level = sum(ratio >= 1 / 1.1 for ratio in all_jax)
        lines.append(
            f"JAX with the expert's formula: slower or level (≥ 1/1.1 of our time) on {level} of"
            f" {len(all_jax)} ({level / len(all_jax):.0%}), median {median(all_jax):.2f}"
        )
        reasons = {case.name: one.without_jax for case, _, one in found if one.jax is None}
        lines += [f"  without JAX: {name}: {reason}" for name, reason in reasons.items()]
    return lines


if __name__ == "__main__":
    main()
