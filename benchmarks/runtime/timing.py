"""Taking turns: peers are timed round by round, so that a busy machine slows all of them alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median
from time import perf_counter, sleep
from typing import Any

BATCH = 1e-3
"""Seconds that one batch of calls lasts at least."""


@dataclass(frozen=True)
class Budget:
    """How long a case may be measured: rounds at least and at most, and seconds for each peer.

    ``pause`` is how long the threads of one peer have to go to sleep before the next takes its turn.
    """

    rounds: int
    seconds: float
    pause: float = 0.0
    least: int = 3


@dataclass
class Times:
    """Seconds for one call, one entry a round."""

    rounds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return median(self.rounds)

    def ratio(self, other: Times) -> float:
        """The median of the ratios round by round: how many times as long as the other."""
        return median(a / b for a, b in zip(self.rounds, other.rounds, strict=False))


def once(call: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds of one call, and its result."""
    start = perf_counter()
    result = call()
    return perf_counter() - start, result


def estimate(call: Callable[[], Any]) -> float:
    """Seconds of a warm call, the best of a few."""
    best, spent = float("inf"), 0.0
    for _ in range(20):
        seconds, _ = once(call)
        best, spent = min(best, seconds), spent + seconds
        if spent > 0.05:
            break
    return best


def batch(call: Callable[[], Any], number: int) -> float:
    """Seconds of a call in a row of calls."""
    repeat = range(number)
    start = perf_counter()
    for _ in repeat:
        call()
    return (perf_counter() - start) / number


def take_turns(
    calls: Mapping[str, Callable[[], Any]], budget: Budget, known: Mapping[str, float] | None = None
) -> dict[str, Times]:
    """Time all calls in rounds; each entry of a round is the best of a few batches.

    ``known`` are the seconds of a call where that was measured before.

    A pause before each turn lets the threads of the peer before go to sleep: idle workers of one library spin
    for a while and would take the cores of the next.
    """
    alone = dict(known or {})
    alone |= {name: estimate(call) for name, call in calls.items() if name not in alone}
    number = {name: max(1, round(BATCH / seconds)) for name, seconds in alone.items()}
    batches = {name: 1 if s > 0.2 else 2 if s > 0.02 else 3 for name, s in alone.items()}
    turns = {
        name: max(budget.least, min(budget.rounds, int(budget.seconds / (s * number[name] * batches[name]))))
        for name, s in alone.items()
    }
    times = {name: Times() for name in calls}
    collecting = gc.isenabled()
    gc.disable()
    try:
        for round_ in range(max(turns.values())):
            for name, call in calls.items():
                if round_ < turns[name]:
                    sleep(budget.pause)
                    if alone[name] < 0.2:
                        call()
                    best = min(batch(call, number[name]) for _ in range(batches[name]))
                    times[name].rounds.append(best)
            gc.collect()
    finally:
        if collecting:
            gc.enable()
    return times
