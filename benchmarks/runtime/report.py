"""The results as a table: one line a case and size, ratios rather than seconds."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from benchmarks.runtime.machine import Machine
from benchmarks.runtime.measure import Record
from benchmarks.runtime.targets import lines, show

PEERS = ("JAX", "JAX, formula", "PyTorch", "torch.compile")


def seconds(value: float) -> str:
    """A duration in a readable unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e9:.0f} ns"


def cell(record: Record, peer: str, other: str) -> str:
    """A ratio, or why there is none."""
    ratio = record.ratio(peer, other)
    if ratio is not None:
        return show(ratio)
    reason = record.left_out.get(peer, "–")
    return reason.split(" expected")[0] if len(reason.split(" expected")[0]) < 12 else "failed"


def plan_ratio(record: Record) -> str:
    """Operations of the plan by those that no known method does without."""
    if record.plan_flops is None or record.least_flops < 1:
        return ""
    return show(record.plan_flops / record.least_flops)


def table(records: Sequence[Record], peers: Sequence[str]) -> list[str]:
    """All records of one number of threads."""
    ours = "matgrad" if any("matgrad" in r.times for r in records) else "by hand"
    others = [p for p in PEERS if p in peers]
    head = f"{'':49}{'n':>6}{'by hand':>10}{'÷ bound':>9}"
    if ours == "matgrad":
        head += f"{'matgrad':>10}{'÷ by hand':>11}{'flops':>8}"
    head += "".join(f"{p:>15}" for p in others)
    rows = [head + f"   (× {ours})"]
    for record in records:
        hand = record.times["by hand"]
        row = f"{record.about:49}{record.n:>6}{seconds(hand.median):>10}"
        row += f"{show(hand.median / record.bound) if record.bound > 2e-6 else '':>9}"
        if ours == "matgrad":
            mine = record.times.get("matgrad")
            row += f"{seconds(mine.median) if mine else '–':>10}{cell(record, 'matgrad', 'by hand'):>11}"
            row += f"{plan_ratio(record):>8}"
        rows.append(row + "".join(f"{cell(record, p, ours):>15}" for p in others))
    return rows


def left_out(records: Sequence[Record]) -> list[str]:
    """Who did not run, and why."""
    return [
        f"  {record.case}, n = {record.n}: {peer}: {reason}"
        for record in records
        for peer, reason in record.left_out.items()
    ]


def written(records: Sequence[Record], machine: Machine, threads: int, peers: Sequence[str]) -> str:
    """The whole report for one number of threads."""
    count = "1 thread" if threads == 1 else f"{threads} threads"
    rows = [
        f"== {count}: {machine.flops / 1e9:.0f} Gflop/s in a product of 1000×1000, "
        f"{machine.bytes / 1e9:.0f} GB/s copied; NumPy's BLAS has kernels for {machine.kernels}",
        "",
        *table(records, peers),
        "",
        "Targets (ratios are medians over rounds in which the peers took turns)",
    ]
    rows += [f"  {line.text()}" for line in lines(records)]
    missing = left_out(records)
    if missing:
        rows += ["", "Not run", *missing]
    return "\n".join(rows)


def as_data(record: Record) -> dict[str, Any]:
    """A record for JSON."""
    data = {k: v for k, v in vars(record).items() if k != "times"}
    data["seconds"] = {peer: times.rounds for peer, times in record.times.items()}
    data["median"] = {peer: median(times.rounds) for peer, times in record.times.items()}
    return data
