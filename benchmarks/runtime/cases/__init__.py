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
    fields,
    layers,
    networks,
    practice,
    regression,
    sparse,
    state_space,
)

FILES: dict[str, tuple[Case, ...]] = {
    "regression": tuple(regression.CASES),
    "decompositions": tuple(decompositions.CASES),
    "determinants": tuple(determinants.CASES),
    "covariances": tuple(covariances.CASES),
    "estimators": tuple(estimators.CASES),
    "state_space": tuple(state_space.CASES),
    "networks": tuple(networks.CASES),
    "awareness": tuple(awareness.CASES),
    "sparse": tuple(sparse.CASES),
    "layers": tuple(layers.CASES),
    "data": tuple(data.CASES),
    "fields": tuple(fields.CASES),
    "practice": tuple(practice.CASES),
}
"""The cases, by the files that they stand in."""

CASES: tuple[Case, ...] = tuple(case for cases in FILES.values() for case in cases)
