"""All cases, in the order of the table."""

from __future__ import annotations

from benchmarks.runtime.case import Case
from benchmarks.runtime.cases import awareness, decompositions, determinants, networks, regression, sparse

CASES: tuple[Case, ...] = (
    *regression.CASES,
    *decompositions.CASES,
    *determinants.CASES,
    *networks.CASES,
    *awareness.CASES,
    *sparse.CASES,
)
