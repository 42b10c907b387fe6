"""PyTorch, as the others see it."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.compilation.backends.base.backend import Backend
from matgrad.compilation.backends.base.library.pasting import pasting
from matgrad.compilation.backends.torch.function import TorchFunction
from matgrad.compilation.backends.torch.writer import TORCH, TorchWriter
from matgrad.core.axes import Axes
from matgrad.core.expr import Expr, Symbol


def _compile(
    exprs: Expr | Sequence[Expr],
    *,
    more: Sequence[Symbol],
    name: str,
    results: Sequence[str] | None,
    check: bool,
    axes: Axes,
) -> TorchFunction:
    return TorchFunction(exprs, more=more, name=name, check=check, axes=axes)


BACKEND = Backend("torch", TORCH, _compile, pasting(TorchWriter))
