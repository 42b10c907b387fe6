"""Expressions as code that runs fast: a planner, and backends that write its plans down."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.compile.function import CompiledFunction
from matgrad.core.expr import Expr


def compile_expressions(exprs: Expr | Sequence[Expr]) -> CompiledFunction:
    """Compile one expression, or several that share their work, for NumPy arrays.

    Parameters
    ----------
    exprs : Expr or sequence of Expr
        What to compute.
    """
    single = isinstance(exprs, Expr)
    return CompiledFunction([exprs] if isinstance(exprs, Expr) else list(exprs), single=single)
