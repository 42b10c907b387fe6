"""What calls of the tools for language models cost, seen from a client: the server is a process beside it.

    .venv/bin/python -m benchmarks.model_calls
    .venv/bin/python -m benchmarks.model_calls --count 30

A tool is called on expressions that differ, so that none of its answers is kept from another one; starting
and the first call are not in it, and stand above the table. What is checked are the
wrong answers of the tests.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import anyio
from mcp import Client, StdioServerParameters

from tests.checking.test_wrong_answers import ALL
from tests.golden.loader import cases

TARGET = 100
"""Milliseconds at the median of check."""

EQUATIONS = ("A X + X B = C", "X = A X B + C", "A X B = C", "A X + C = 0", "A X B + C X D = E")
LINEAR = ("A X B", "A X B + C X' D = E", "A X + X B", "X' A", "tr(A X B)", "A .* X")
LEAST = ("norm(y - X b)^2", "b' P b + c' b", "norm(y - X b)^2 + lambda norm(b)^2", "norm(b - a)^2")
"""P is declared symmetric and positive definite, lambda positive."""


def calls(count: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is called: so many of each tool, as far as there are."""
    problems = [
        {"expression": c.expression, "given": c.given, "wrt": c.wrt, "form": c.form, "order": c.order}
        for c in cases()
        if "," not in c.wrt
    ]
    step = max(1, len(problems) // count)
    for problem in problems[::step][:count]:
        yield "derive", problem
        yield "explain", problem
        yield "compile", problem
    step = max(1, len(ALL) // count)
    for _, case in ALL[::step][:count]:
        told = {"expression": case.f, "given": case.given, "wrt": case.wrt, "answer": case.answer}
        yield "check", told
    for text in EQUATIONS:
        yield "solve", {"equation": text, "unknown": "X"}
    for text in LINEAR:
        yield "vectorize", {"expression": text, "unknown": "X"}
    for text in LEAST:
        yield "stationary", {"expression": text, "wrt": "b", "given": "P: n×n SPD, lambda > 0"}


async def measured(count: int) -> None:
    """Call, and print how long it took."""
    started = perf_counter()
    command = StdioServerParameters(
        command=sys.executable, args=["-m", "matgrad", "mcp"], env=dict(os.environ)
    )
    async with Client(command) as client:
        print(f"start: {1000 * (perf_counter() - started):.0f} ms")
        first = perf_counter()
        await client.call_tool("check", {"expression": "x' x", "wrt": "x", "answer": "3 x"})
        print(f"first call: {1000 * (perf_counter() - first):.0f} ms\n")
        taken: dict[str, list[float]] = {}
        refused: dict[str, int] = {}
        for name, told in calls(count):
            begun = perf_counter()
            found = await client.call_tool(name, told)
            taken.setdefault(name, []).append(1000 * (perf_counter() - begun))
            refused[name] = refused.get(name, 0) + found.is_error
    print(f"{'milliseconds':<14} {'calls':>6} {'errors':>7} {'p50':>8} {'p95':>8} {'max':>8}")
    for name, times in taken.items():
        late = quantiles(times, n=20, method="inclusive")[-1]
        row = f"{median(times):>8.1f} {late:>8.1f} {max(times):>8.1f}"
        print(f"{name:<14} {len(times):>6} {refused[name]:>7} {row}")
    met = median(taken["check"]) <= TARGET
    print(f"target: p50 of check ≤ {TARGET} ms: {'met' if met else 'missed'}")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--count", type=int, default=100, help="how many calls of a tool")
    anyio.run(measured, parser.parse_args().count)


if __name__ == "__main__":
    main()
