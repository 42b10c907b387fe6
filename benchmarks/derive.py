"""What a derivation costs: matgrad and SymPy side by side, in one run, over the golden cases.

    make bench
    .venv/bin/python benchmarks/derive.py --json > result.json

The two take turns on each case, so that a busy machine slows both alike; compare the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from collections import Counter
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import matgrad as mg  # noqa: E402
from benchmarks import network  # noqa: E402
from benchmarks.sympy_side import Answer, answer  # noqa: E402
from tests.golden.loader import Case, cases  # noqa: E402

REPEATS = 3
DEPTHS = (100, 200, 400)
PROCESSES = 20
SLOWEST = 5


def seconds(action: Any) -> tuple[float, Any]:
    """Seconds of the processor that an action takes, and its result."""
    start = process_time()
    result = action()
    return process_time() - start, result


def measure_case(case: Case, with_sympy: bool, timeout: float) -> tuple[dict[str, float], Answer | None]:
    """Milliseconds to parse, derive and verify one case; and what SymPy says to it."""
    parse, derive, verify, both = [], [], [], []
    for _ in range(REPEATS):
        taken, read = seconds(lambda: mg.interpret(case.expression, case.given or None))
        parse.append(taken)
        variable = read.symbols[case.wrt]
        options: dict[str, Any] = {
            "order": case.order,
            "form": case.form,
            "layout": case.layout,
            "convention": case.convention,
        }
        plain, result = seconds(
            lambda read=read, options=options, variable=variable: mg.derive(
                read.expr, variable, verify=False, **options
            )
        )
        whole, _ = seconds(
            lambda read=read, options=options, variable=variable: mg.derive(read.expr, variable, **options)
        )
        derive.append(plain)
        verify.append(max(0.0, whole - plain))
        both.append(whole)
    taken_by = {"parse": parse, "derive": derive, "verify": verify, "derive and verify": both}
    times = {what: 1e3 * median(values) for what, values in taken_by.items()}
    if not with_sympy:
        return times, None
    return times, answer(read.expr, variable, result, case.order, timeout)


def quantile(values: list[float], part: float) -> float:
    """The value below which that part of the values lie."""
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def over_the_cases(with_sympy: bool, timeout: float) -> dict[str, Any]:
    """Times over all golden cases, and the comparison with SymPy."""
    times: list[dict[str, float]] = []
    identifiers: list[str] = []
    outcomes: Counter[str] = Counter()
    checks: Counter[str] = Counter()
    pairs: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    wrong: list[str] = []
    for case in cases():
        row, said = measure_case(case, with_sympy, timeout)
        times.append(row)
        identifiers.append(case.id)
        if said is None:
            continue
        outcomes[said.outcome] += 1
        if said.outcome == "answered":
            pairs.append((row["derive"], said.ms))
            checks[said.check] += 1
            if said.check == "wrong":
                wrong.append(case.id)
            elif said.check == "right":
                right.append(pairs[-1])
    report: dict[str, Any] = {"cases": len(times)}
    for what in times[0]:
        values = [row[what] for row in times]
        report[what] = {"p50": median(values), "p95": quantile(values, 0.95), "max": max(values)}
    slowest = sorted(range(len(times)), key=lambda i: -times[i]["derive and verify"])[:SLOWEST]
    report["slowest"] = {identifiers[i]: times[i]["derive and verify"] for i in slowest}
    if pairs:
        report["sympy"] = {
            "outcomes": dict(outcomes),
            "checks": dict(checks),
            "wrong": wrong,
            "answered": compared(pairs),
            "right": compared(right),
        }
    return report


def compared(pairs: list[tuple[float, float]]) -> dict[str, float]:
    """Both on the same cases: medians, their ratio, and the median of the ratios case by case."""
    ours, theirs = (median(side) for side in zip(*pairs, strict=True))
    return {
        "cases": len(pairs),
        "matgrad_p50": ours,
        "sympy_p50": theirs,
        "ratio_of_medians": theirs / ours,
        "median_of_ratios": median(b / a for a, b in pairs),
        "sympy_faster_on": sum(b < a for a, b in pairs),
    }


def deep_networks() -> dict[str, Any]:
    """Time and size of the gradient of deep networks."""
    measured = network.measure(DEPTHS)
    by_depth = {row.layers: row for row in measured}
    read_ms, same = network.from_text(200)
    return {
        "depths": [vars(row) for row in measured],
        "time_200_by_100": by_depth[200].derive_ms / by_depth[100].derive_ms,
        "nodes_200_by_100": by_depth[200].nodes / by_depth[100].nodes,
        "text_200_ms": read_ms,
        "text_is_the_same_expression": same,
    }


PROGRAMS = {
    "nothing": ("-c", "pass"),
    "import numpy": ("-c", "import numpy"),
    "import matgrad": ("-c", "import matgrad"),
    "matgrad diff": ("-m", "matgrad", "diff", "norm(A x - b)^2", "--wrt", "x"),
    "matgrad check": ("-m", "matgrad", "check", "norm(A x - b)^2", "--wrt", "x", "--answer", "2 A (A x - b)"),
}
"""What a fresh process is asked; the last two give an answer, verified, and find a mistake."""


def start_up() -> dict[str, float]:
    """Milliseconds of the processor that fresh processes take, taking turns; the least counts.

    Modules are compiled beforehand, as installing does: where ``PYTHONDONTWRITEBYTECODE`` is set, a tree
    that nobody installed would be compiled by every process, and NumPy would not.
    """
    taken: dict[str, list[float]] = {name: [] for name in PROGRAMS}
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with TemporaryDirectory() as compiled:
        environment = kept | {"PYTHONPYCACHEPREFIX": compiled}
        for turn in range(1 + PROCESSES):
            for name, arguments in PROGRAMS.items():
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                command = [sys.executable, *arguments]
                subprocess.run(command, env=environment, capture_output=True, check=False)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
                if turn:
                    taken[name].append(1e3 * spent)
    return {name: min(values) for name, values in taken.items()}


def table(report: dict[str, Any]) -> str:
    """The report as lines."""
    lines = [f"{report['cases']} golden cases, ms, median of {REPEATS} runs each", ""]
    lines.append(f"{'':26}{'p50':>9}{'p95':>9}{'max':>9}   target")
    for what in ("parse", "derive", "verify", "derive and verify"):
        row, target = report[what], "p50 ≤ 1.5, p95 ≤ 7, max ≤ 50" if what == "derive and verify" else ""
        lines.append(f"{what:26}{row['p50']:9.2f}{row['p95']:9.2f}{row['max']:9.1f}   {target}".rstrip())
    lines += [f"{'':4}{ms:7.1f}  {case}" for case, ms in report["slowest"].items()]
    if "sympy" in report:
        row = report["sympy"]
        lines += ["", "SymPy on the same cases: " + _counts(row["outcomes"])]
        lines.append("its answers, compared in numbers: " + _counts(row["checks"]))
        lines += [
            "",
            f"{'SymPy':20}{'cases':>7}{'matgrad':>9}{'SymPy':>9}{'ratio':>8}{'by case':>9}{'slower on':>11}",
        ]
        for what, title in (("answered", "where it answers"), ("right", "where that is right")):
            pair = row[what]
            lines.append(
                f"{title:20}{pair['cases']:7d}{pair['matgrad_p50']:9.2f}{pair['sympy_p50']:9.2f}"
                f"{pair['ratio_of_medians']:8.1f}{pair['median_of_ratios']:9.1f}{pair['sympy_faster_on']:11d}"
                "   target ≥ 10"
            )
    deep = report["network"]
    lines += ["", f"{'gradient of a network':26}{'build':>9}{'derive':>9}{'nodes':>9}{'print':>9}"]
    for row in deep["depths"]:
        lines.append(
            f"{row['layers']:>11} layers{'':8}{row['build_ms']:9.1f}{row['derive_ms']:9.1f}"
            f"{row['nodes']:9d}{row['print_ms']:9.1f}"
        )
    lines.append(f"{'200 layers by 100: time':26}{deep['time_200_by_100']:9.2f}{'':21}≤ 2.3")
    lines.append(f"{'200 layers by 100: nodes':26}{deep['nodes_200_by_100']:9.2f}{'':21}≤ 2.3")
    same = "the same expression" if deep["text_is_the_same_expression"] else "ANOTHER EXPRESSION"
    lines.append(f"{'200 layers from text':26}{deep['text_200_ms']:9.1f}   {same}")
    begin = report["start"]
    lines += ["", f"{'a process of its own':26}{'ms':>9}{'÷ nothing':>12}{'÷ numpy':>9}"]
    for name, ms in begin.items():
        lines.append(f"{name:26}{ms:9.0f}{ms / begin['nothing']:12.1f}{ms / begin['import numpy']:9.2f}")
    return "\n".join(lines)


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counts.items(), key=lambda c: -c[1]))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    parser.add_argument("--no-sympy", action="store_true", help="leave SymPy out")
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds that SymPy has for a case")
    options = parser.parse_args()
    report = over_the_cases(not options.no_sympy, options.timeout)
    report["network"] = deep_networks()
    report["start"] = start_up()
    print(json.dumps(report, ensure_ascii=False, indent=1) if options.json else table(report))


if __name__ == "__main__":
    main()
