"""What checking an answer costs, once everything is loaded: right answers and wrong ones.

    .venv/bin/python benchmarks/check.py

Right answers are the published ones of the golden cases; wrong ones are those of the tests. Every
answer is checked in a process that has checked another one before, so that start-up is not in it.
Expressions are kept once they are made; each answer is timed the first time it is met.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import matgrad as mg  # noqa: E402
from matgrad.checking import Verdict, check  # noqa: E402
from tests.checking import test_right_answers as right, test_wrong_answers as wrong  # noqa: E402

TARGET = 50
"""Milliseconds at the median."""


def milliseconds(actions: Iterable[Callable[[], Verdict]]) -> list[float]:
    """How long each of some checks takes."""
    taken = []
    for action in actions:
        start = perf_counter()
        action()
        taken.append(1000 * (perf_counter() - start))
    return taken


def report(name: str, taken: list[float]) -> str:
    """One line of the table."""
    cuts = quantiles(taken, n=100)
    return f"{name:<28} {len(taken):>5} {median(taken):>8.1f} {cuts[89]:>8.1f} {max(taken):>8.1f}"


def main() -> None:
    """Measure and print."""
    x = mg.vector("x", "n")
    check(x.T @ x, x, "3 x")
    published = [lambda c=c: right.verdict(c, c.answer or "") for c in right.PUBLISHED]
    answers = [lambda c=c: wrong.verdict(c) for _, c in wrong.ALL]
    right_taken, wrong_taken = milliseconds(published), milliseconds(answers)
    print(f"{'checked, in milliseconds':<28} {'count':>5} {'p50':>8} {'p90':>8} {'max':>8}")
    print(report("right answers", right_taken))
    print(report("wrong answers, diagnosed", wrong_taken))
    met = max(median(right_taken), median(wrong_taken)) <= TARGET
    print(f"target: p50 ≤ {TARGET} ms: {'met' if met else 'missed'}")


if __name__ == "__main__":
    main()
