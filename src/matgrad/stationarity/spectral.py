"""Stationary points that are problems of eigenvalues or singular values: Procrustes, principal components."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matgrad.core.expr import Expr, Symbol
from matgrad.stationarity.point import StationaryPoint


def spectral_point(
    function: Expr, variables: Sequence[Symbol], equations: Mapping[Symbol, Expr], *, check: bool
) -> StationaryPoint | None:
    """The stationary point of such a problem; ``None`` where it is none."""
    return None
