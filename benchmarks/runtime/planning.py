"""What a compiled function costs besides its arithmetic: planning, writing the code, and calling it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

import matgrad as mg
from benchmarks.runtime import ours
from benchmarks.runtime.case import Case
from benchmarks.runtime.compiling import compiled
from benchmarks.runtime.timing import Budget, take_turns
from tests.compilation.golden import TOPICS, points

TINY = 3


def planning() -> tuple[dict[str, float], list[str]]:
    """Seconds from expressions to code, by golden case; and what went wrong.

    The function and its derivative are compiled together for the shapes of one sample. The time of a
    second call, which only runs the code, is taken off.
    """
    taken: dict[str, float] = {}
    failed: list[str] = []
    for point in (point for topic in TOPICS for point in points(topic)):
        gc.collect(0)
        start = perf_counter()
        try:
            function = mg.compile(list(point.exprs))
            function(**point.arrays)
            first = perf_counter() - start
            start = perf_counter()
            function(**point.arrays)
            taken[point.id] = first - (perf_counter() - start)
        except Exception as error:  # a case that does not compile is reported, not hidden
            failed.append(f"  {point.id}: {type(error).__name__}: {str(error).splitlines()[0]}")
    return taken, failed


@dataclass(frozen=True)
class Overhead:
    """Seconds of a call with arrays of size 3, of the body of the generated function alone, and by hand."""

    case: str
    call: float
    body: float
    by_hand: float


def overhead(cases: Sequence[Case], rounds: int) -> list[Overhead]:
    """The price of checking arguments and finding the code, with every dimension 3."""
    found = []
    for case in cases:
        if case.form == "dense":
            try:
                found.append(_overhead(case, rounds))
            except Exception as error:  # reported with the times; one case does not end the run
                print(f"{case.name}: {type(error).__name__}: {error}", file=sys.stderr)
    return found


def _overhead(case: Case, rounds: int) -> Overhead:
    function = compiled(case)
    dims = dict.fromkeys(next(iter(case.sizes.values())), TINY)
    arrays = case.data(np.random.default_rng(3), dims)
    body, positions = ours.body(function, arrays)
    hand: Any = next(iter(case.by_hand.values()))
    times = take_turns(
        {
            "call": partial(function, **arrays),
            "body": partial(body, *positions),
            "by hand": partial(hand, **arrays),
        },
        Budget(rounds, 0.5),
    )
    medians = {name: t.median for name, t in times.items()}
    return Overhead(case.name, medians["call"], medians["body"], medians["by hand"])


def report(cases: Sequence[Case], rounds: int, golden: bool) -> tuple[list[str], dict[str, Any]]:
    """Lines and numbers."""
    lines, data = (
        ["", f"Calls at n = {TINY} (µs)", f"{'':26}{'call':>8}{'body':>8}{'more':>8}{'by hand':>9}"],
        {},
    )
    rows = overhead(cases, rounds)
    for row in rows:
        cells = (1e6 * t for t in (row.call, row.body, row.call - row.body))
        lines.append(f"{row.case:26}{''.join(f'{t:8.2f}' for t in cells)}{1e6 * row.by_hand:9.2f}")
    if rows:
        more = [row.call - row.body for row in rows]
        met = sum(m <= 5e-6 for m in more)
        lines.append(f"at most 5 µs over the calls: {met} of {len(more)}, worst {1e6 * max(more):.1f} µs")
    data["overhead"] = [vars(row) for row in rows]
    if golden:
        taken, failed = planning()
        values = sorted(1e3 * seconds for seconds in taken.values())
        middle, late = median(values), values[int(0.9 * len(values))]
        slowest = max(taken, key=lambda name: taken[name])
        lines += [
            "",
            f"Planning and writing the code of {len(values)} golden cases, ms: p50 {middle:.1f} (≤ 50),"
            f" p90 {late:.1f}, worst {values[-1]:.0f} ({slowest})",
            *failed,
        ]
        data["planning"] = taken
    return lines, data
