"""Dask, as the others see it."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.compilation.backends.base.backend import Backend
from matgrad.compilation.backends.dask.function import DaskFunction
from matgrad.compilation.backends.dask.writer import DASK
from matgrad.core.axes import Axes
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol


def _compile(
    exprs: Expr | Sequence[Expr],
    *,
    more: Sequence[Symbol],
    name: str,
    results: Sequence[str] | None,
    check: bool,
    axes: Axes,
) -> DaskFunction:
    return DaskFunction(exprs, more=more, name=name, check=check, axes=axes)


def _paste(exprs: Sequence[Expr], name: str, results: Sequence[str] | None) -> str:
    raise ArgumentError(
        "code for Dask is made for the blocks of its arrays, and no text to paste", fix="mg.compile"
    )


BACKEND = Backend("dask", DASK, _compile, _paste)
