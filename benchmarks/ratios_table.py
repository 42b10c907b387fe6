"""The tables of ``docs/benchmarks.md`` from runs of ``benchmarks.ratios``, in Markdown.

    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios --json default.json
    OPENBLAS_CORETYPE=SKYLAKEX OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios --json wide.json
    OPENBLAS_NUM_THREADS=1 python -m benchmarks.ratios --jax --json jax.json
    python -m benchmarks.ratios_table default.json wide.json --jax jax.json

A run may lack cases; what it lacks is left empty, and each count says of how many it is.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.runtime.cases import FILES
from benchmarks.runtime.targets import SMALL, show

Run = dict[tuple[str, int], dict[str, Any]]
"""What was measured, by case and size."""


def read(file: Path) -> Run:
    """A run."""
    return {(row["case"], row["n"]): row for row in json.loads(file.read_text(encoding="utf-8"))}


def by_kind(hand: Sequence[Run], jax: Run) -> Iterator[str]:
    """Counts for n > 10: a line a kind, and one for all."""
    measures = "≤ 1.1 | ≤ 1.3 | p50 | worst"
    yield f"| n > 10 | cases | {measures} | 512 bit: {measures} | JAX level or slower |"
    yield "|---|" + "--:|" * 10
    kinds = {kind: {case.name for case in cases} for kind, cases in FILES.items()}
    for kind, names in {**kinds, "all": set().union(*kinds.values())}.items():
        cells = []
        for place, run in enumerate(hand):
            ratios = [row["ratio"] for (name, n), row in run.items() if name in names and n > SMALL]
            cells += [str(len(ratios))] * (place == 0)
            counted = [str(sum(ratio <= limit for ratio in ratios)) for limit in (1.1, 1.3)]
            cells += [*counted, show(median(ratios)), show(max(ratios))] if ratios else ["–"] * 4
        rows = [row for (name, n), row in jax.items() if name in names and n > SMALL]
        found = [row["jax"] for row in rows if row["jax"]]
        cells.append(f"{sum(ratio >= 1 / 1.1 for ratio in found)} of {len(found)}" if found else "–")
        yield f"| {kind} | {' | '.join(cells)} |"


def every_case(hand: Sequence[Run], jax: Run) -> Iterator[str]:
    """A line a case, its sizes beside each other."""
    yield "| | n | ÷ by hand | 512 bit | JAX, formula |"
    yield "|---|--:|--:|--:|--:|"
    for case in (case for cases in FILES.values() for case in cases):
        sizes = list(case.sizes)
        cells = [f"{case.about} (`{case.name}`)", ", ".join(map(str, sizes))]
        for run, key in ((hand[0], "ratio"), (hand[1], "ratio"), (jax, "jax")):
            found = [run.get((case.name, n), {}).get(key) for n in sizes]
            cells.append(", ".join("–" if x is None else show(x) for x in found) if any(found) else "–")
        yield f"| {' | '.join(cells)} |"


def missed(hand: Sequence[Run]) -> Iterator[str]:
    """What is above 1.3 with n > 10 under either kernels, the worst first."""
    worst: dict[str, list[str]] = {}
    for key in sorted(hand[0], key=lambda k: -max(run[k]["ratio"] for run in hand if k in run)):
        ratios = [run[key]["ratio"] for run in hand if key in run]
        if key[1] > SMALL and max(ratios) > 1.3:
            worst.setdefault(key[0], []).append(f"{key[1]}: {', '.join(map(show, ratios))}")
    yield from (f"{name} ({'; '.join(rows)})" for name, rows in worst.items())


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs=2, type=Path, help="runs with either kernels")
    parser.add_argument("--jax", type=Path, required=True, help="a run with JAX")
    options = parser.parse_args()
    hand, jax = [read(file) for file in options.files], read(options.jax)
    for table in (by_kind, every_case):
        print("\n".join(table(hand, jax)), end="\n\n")
    print("\n".join(missed(hand)))


if __name__ == "__main__":
    main()
