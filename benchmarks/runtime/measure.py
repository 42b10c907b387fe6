"""One case at one size: all peers built, their results compared, then timed in turns."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from benchmarks.runtime import ours, peers
from benchmarks.runtime.case import Array, Arrays, Case
from benchmarks.runtime.formula import Transcriber
from benchmarks.runtime.frameworks import Jax, Torch
from benchmarks.runtime.machine import Machine
from benchmarks.runtime.peers import WHOLE, Call, NotRunError
from benchmarks.runtime.timing import Budget, Times, estimate, once, take_turns

TOLERANCE = 1e-8
SINGLE = 2e-3
"""The same for data in single precision."""

SLOW = 1.0
"""Seconds of a call from which on it is not repeated without need."""

GROWTH = {"hessian": 4, "gradient": 3, "product": 3}
"""The power of n by which the time of a call is expected to grow at most, from one size to the next."""


@dataclass
class Record:
    """What was measured: seconds by peer, which way was the fastest, and who was left out and why."""

    case: str
    about: str
    kind: str
    form: str
    n: int
    dims: dict[str, int]
    bound: float
    times: dict[str, Times] = field(default_factory=dict)
    ways: dict[str, str] = field(default_factory=dict)
    first: dict[str, float] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    least_flops: float = 0.0
    plan_flops: float | None = None

    def ratio(self, peer: str, other: str = "matgrad") -> float | None:
        """How many times as long as the other a peer takes."""
        if peer not in self.times or other not in self.times:
            return None
        return self.times[peer].ratio(self.times[other])


@dataclass
class Bench:
    """The peers taking part, and the limits."""

    names: tuple[str, ...]
    budget: Budget
    limit: float
    compile_limit: float
    machine: Machine
    jax: Jax | None = None
    transcribe: Transcriber | None = None
    torch: Torch | None = None
    seen: dict[tuple[Any, ...], tuple[int, float, str]] = field(default_factory=dict)

    def measure(self, case: Case, n: int) -> Record:
        """Build, compare, time."""
        arrays = case.arrays(n)
        dims = dict(case.sizes[n])
        record = Record(
            case.name, case.about, case.kind, case.form, n, dims, self.machine.bound(*case.work(dims))
        )
        record.least_flops = case.work(dims)[0]
        check = Check(case, arrays)
        chosen: dict[str, Callable[[], Any]] = {}
        alone: dict[str, float] = {}
        for name in self.names:
            try:
                best, alone[name] = self.fastest(name, case, n, arrays, check, record)
            except NotRunError as reason:
                record.left_out[name] = str(reason)
                continue
            chosen[name] = best.run
            if best.flops is not None:
                record.plan_flops = best.flops()
            record.ways[name] = best.way
        # All hand-written ways take turns; a first look may mistake which of them is the fastest.
        others = {c.way: c.run for c in peers.by_hand(case, arrays) if c.way != record.ways["by hand"]}
        record.times = take_turns({**chosen, **others}, self.budget, alone)
        for way in others:
            times = record.times.pop(way)
            if times.median < record.times["by hand"].median:
                record.times["by hand"], record.ways["by hand"] = times, way
        for name, times in record.times.items():
            self.seen[case.texts, case.wanted, name] = (n, times.median, record.ways[name])
        return record

    def fastest(
        self, name: str, case: Case, n: int, arrays: Arrays, check: Check, record: Record
    ) -> tuple[Call, float]:
        """The fastest way of a peer and its seconds; each way is compared with the reference first.

        Where calls take seconds, only the way that was the fastest at the size before is tried.
        """
        only = self.only_way(name, case, n)
        best, fastest = None, float("inf")
        reason = "no way to ask it"
        for call in self.calls(name, case, n, arrays):
            if only and call.way != only:
                continue
            limit = self.compile_limit if name == "torch.compile" else self.limit
            try:
                with time_limit(limit):
                    first, results = once(call.run)
            except TimeoutError:
                reason = f"> {limit:.0f} s"
                continue
            except Exception as error:  # a peer may refuse in any way; it is reported, not hidden
                reason = f"{type(error).__name__}: {str(error).splitlines()[0][:80]}"
                continue
            check(f"{name}, {call.way}", call.read(results))
            del results
            seconds = first if first > SLOW and name == "PyTorch" else estimate(call.run)
            if seconds < fastest:
                best, fastest = call, seconds
                record.first[name] = first
        if best is None:
            raise NotRunError(reason)
        return best, fastest

    def only_way(self, name: str, case: Case, n: int) -> str:
        """The way that was the fastest at the size before, where calls take long now; else all.

        Raises
        ------
        NotRunError
            Where a call is expected to take longer than the limit.
        """
        if (case.texts, case.wanted, name) not in self.seen or name in ("by hand", "matgrad"):
            return ""
        size, seconds, way = self.seen[case.texts, case.wanted, name]
        expected = seconds * (n / size) ** GROWTH[case.kind]
        if seconds > 0.01 and expected > self.limit:
            raise NotRunError(f"> {self.limit:.0f} s expected, {seconds:.2g} s at n = {size}")
        return way if expected > SLOW else ""

    def calls(self, name: str, case: Case, n: int, arrays: Arrays) -> list[Call]:
        """The ways of one peer."""
        if name == "by hand":
            return peers.by_hand(case, arrays)
        if name == "matgrad":
            return ours.calls(case, arrays)
        if name == "JAX, formula":
            self.jax = self.jax or Jax()
            self.transcribe = self.transcribe or Transcriber(self.jax.jax)
            return self.transcribe.calls(case, arrays)
        peers.guard(case, n, arrays)
        if name == "JAX":
            self.jax = self.jax or Jax()
            return peers.jax_calls(self.jax, case, arrays)
        self.torch = self.torch or Torch()
        if name == "PyTorch":
            return peers.torch_calls(self.torch, case, arrays)
        return peers.compiled_torch_calls(self.torch, case, arrays)


class Check:
    """Everybody's results against those of the first hand-written way."""

    def __init__(self, case: Case, arrays: Arrays) -> None:
        self.case, self.arrays = case, arrays
        self.reference: list[Array] | None = None
        self.rows = arrays[case.variables[0]].size if case.variables else 0

    def __call__(self, who: str, results: list[Array]) -> None:
        """Compare, to a relative error of the largest entry.

        Raises
        ------
        NotRunError
            When they differ: there is nothing to time then.
        """
        if self.case.form != "dense" and self.rows > WHOLE:
            return  # compared at smaller sizes
        results = self.multiplied_out(results)
        if self.reference is None:
            self.reference = results
            return
        if len(results) != len(self.reference):
            raise NotRunError(f"WRONG: {who} returns {len(results)} results")
        single = any(np.asarray(a).dtype == np.float32 for a in self.arrays.values())
        for expected, got in zip(self.reference, results, strict=True):
            if got.size != expected.size:
                raise NotRunError(f"WRONG: {who} has shape {got.shape}, not {expected.shape}")
            scale = np.abs(expected).max(initial=0.0) + np.finfo(float).tiny
            error = np.abs(got.reshape(expected.shape) - expected).max(initial=0.0) / scale
            if not error <= (SINGLE if single else TOLERANCE):
                raise NotRunError(f"WRONG: {who} is off by {error:.1e}")

    def multiplied_out(self, results: list[Array]) -> list[Array]:
        """Factors as the array that they stand for."""
        if self.case.whole is None or results[0].shape == (self.rows, self.rows):
            return results
        return [self.case.whole(self.arrays, tuple(results))]


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError when the body takes longer; a single call into a library is not interrupted."""

    def stop(signum: int, frame: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
