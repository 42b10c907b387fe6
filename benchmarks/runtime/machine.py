"""What this machine can do at best, measured in the same run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_info

from benchmarks.runtime.timing import estimate

CACHED = 8e6
"""Bytes that caches may hold."""


@dataclass(frozen=True)
class Machine:
    """Rate of a large product in double precision, of copying memory beyond the caches; BLAS kernels."""

    flops: float
    bytes: float
    kernels: str

    def bound(self, flops: float, traffic: float) -> float:
        """Seconds below which work and traffic cannot go; what fits into caches is not counted as traffic."""
        return max(flops / self.flops, traffic / self.bytes if traffic > CACHED else 0.0)


def measure_machine() -> Machine:
    """Measure both rates."""
    n = 1000
    rng = np.random.default_rng(0)
    A, B = rng.standard_normal((n, n)), rng.standard_normal((n, n))
    product = min(estimate(lambda: A @ B) for _ in range(5))
    x = np.ones(8_000_000)
    y = np.empty_like(x)
    copy = min(estimate(lambda: np.copyto(y, x)) for _ in range(5))
    return Machine(2 * n**3 / product, 2 * x.nbytes / copy, kernels())


def kernels() -> str:
    """The kernels that OpenBLAS has chosen, by their processor."""
    found = {str(i.get("architecture")) for i in threadpool_info() if i["internal_api"] == "openblas"}
    return ", ".join(sorted(found)) or "unknown"
