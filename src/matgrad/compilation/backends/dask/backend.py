"""Dask, as the others see it."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.compilation.backends.base.library.backend import library
from matgrad.compilation.backends.dask.function import DaskFunction
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr
from matgrad.core.words import phrase


def _paste(exprs: Sequence[Expr], name: str, results: Sequence[str] | None) -> str:
    raise ArgumentError(
        phrase("code for Dask is made for the blocks of its arrays, and no text to paste"), fix="mg.compile"
    )


BACKEND = library("dask", DaskFunction, _paste)
