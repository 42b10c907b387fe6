"""All cases, in the order of the table."""

from __future__ import annotations

from benchmarks.runtime.case import Case
from benchmarks.runtime.cases import (
    awareness,
    covariances,
    data,
    decompositions,
    determinants,
    estimators,
    layers,
    networks,
    regression,
    sparse,
    state_space,
)

CASES: tuple[Case, ...] = (
    *regression.CASES,
    *decompositions.CASES,
    *determinants.CASES,
    *covariances.CASES,
    *estimators.CASES,
    *state_space.CASES,
    *networks.CASES,
    *awareness.CASES,
    *sparse.CASES,
    *layers.CASES,
    *data.CASES,
)
