"""All that is measured in one process, with one number of threads."""

from __future__ import annotations

import argparse
import sys
from time import perf_counter
from typing import Any

from benchmarks.runtime import planning
from benchmarks.runtime.cases import CASES
from benchmarks.runtime.machine import measure_machine
from benchmarks.runtime.measure import Bench, Record
from benchmarks.runtime.report import as_data, written
from benchmarks.runtime.timing import Budget


def run(options: argparse.Namespace, threads: int) -> dict[str, Any]:
    """Measure the cases asked for, saying on stderr where it is."""
    machine = measure_machine()
    bench = Bench(
        names=("by hand", "matgrad", *options.peers),
        budget=Budget(
            options.rounds,
            seconds=0.2 if options.quick else 2.0,
            pause=0.03 if threads > 1 else 0.0,
            least=1 if options.quick else 3,
        ),
        limit=options.limit,
        compile_limit=options.compile_limit,
        machine=machine,
    )
    if {"PyTorch", "torch.compile"} & set(options.peers):
        import torch

        torch.set_num_threads(threads)
    records: list[Record] = []
    chosen = [c for c in CASES if not options.cases or any(c.name.startswith(name) for name in options.cases)]
    for case in chosen:
        for n in case.quick if options.quick else case.sizes:
            if options.sizes and n not in options.sizes:
                continue
            print(f"{threads} · {case.name} n = {n}", end="", file=sys.stderr, flush=True)
            start = perf_counter()
            records.append(bench.measure(case, n))
            print(f": {perf_counter() - start:.1f} s", file=sys.stderr, flush=True)
    text = written(records, machine, threads, options.peers)
    costs: dict[str, Any] = {}
    if threads == 1:
        try:
            lines, costs = planning.report(
                [c for c in chosen if c.wanted], options.rounds, not options.no_golden
            )
            text += "\n" + "\n".join(lines)
        except Exception as error:  # the times above are not lost with it
            text += f"\n\nThe costs of planning were not measured: {type(error).__name__}: {error}"
    return {
        "threads": threads,
        "machine": vars(machine),
        "records": [as_data(record) for record in records],
        "costs": costs,
        "text": text,
    }
