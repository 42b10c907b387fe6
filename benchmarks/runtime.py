"""How fast compiled derivatives run: beside hand-written NumPy and SciPy, jitted JAX, and PyTorch.

    .venv/bin/python benchmarks/runtime.py --quick               # fewer sizes, one thread: under 3 minutes
    .venv/bin/python benchmarks/runtime.py                       # everything, one thread and two
    .venv/bin/python benchmarks/runtime.py --cases logistic pca --sizes 100 1000 --peers JAX

All peers take turns in one process for each number of threads; compare the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
PEERS = ("JAX", "PyTorch", "torch.compile", "JAX, formula")


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer sizes and rounds, one thread")
    parser.add_argument("--cases", nargs="+", metavar="NAME", help="cases by the beginning of their name")
    parser.add_argument("--sizes", nargs="+", type=int, metavar="N", help="only these n")
    parser.add_argument("--peers", nargs="*", choices=PEERS, help="beside the code by hand")
    parser.add_argument("--threads", nargs="+", type=int, metavar="T", help="numbers of threads")
    parser.add_argument("--rounds", type=int, help="rounds in which the peers take turns")
    parser.add_argument("--limit", type=float, help="seconds that one call may take: 30, quick 3")
    parser.add_argument("--compile-limit", type=float, default=120, help="seconds for torch.compile")
    parser.add_argument("--kernels", metavar="NAME", help="OpenBLAS kernels rather than those it chooses")
    parser.add_argument("--no-golden", action="store_true", help="leave out the planner over golden cases")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.threads = options.threads or ([1] if options.quick else [1, 2])
    options.rounds = options.rounds or (5 if options.quick else 15)
    options.limit = options.limit or (3 if options.quick else 30)
    if options.peers is None:
        options.peers = list(PEERS[:2] if options.quick else PEERS)
    return options


def in_fresh_process(threads: int, kernels: str | None) -> dict[str, Any]:
    """Run this program again with a number of threads that every library respects from its start."""
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder) / "results.json"
        command = [sys.executable, __file__, *sys.argv[1:], "--one", str(results), "--threads", str(threads)]
        environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, str(threads))}
        if kernels:
            environment["OPENBLAS_CORETYPE"] = kernels
        code = subprocess.run(command, env=environment).returncode
        if code:
            raise SystemExit(code)
        return dict(json.loads(results.read_text(encoding="utf-8")))


def main() -> None:
    """One process for each number of threads, then the report."""
    options = arguments()
    if options.one:
        (threads,) = options.threads
        if hasattr(os, "sched_setaffinity"):
            # XLA takes the number of its threads from the processors that it may use.
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
        sys.path.insert(0, str(ROOT))
        from benchmarks.runtime.run import run

        options.one.write_text(json.dumps(run(options, threads)), encoding="utf-8")
        return
    reports = [in_fresh_process(threads, options.kernels) for threads in options.threads]
    print("\n\n".join(report["text"] for report in reports))
    if options.json:
        for report in reports:
            del report["text"]
        options.json.write_text(json.dumps(reports, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
