"""Expressions as Julia text, run by the checker and compared with what they are worth."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from matgrad.compilation.backends import compile_for
from matgrad.core.expr import Expr, Symbol, symbols_of
from tests.compilation.julia.checker import run
from tests.compilation.julia.rules import dense, is_number, kind
from tests.compilation.julia.syntax import JuliaError


def argument(symbol: Symbol, value: Any) -> Any:
    """An array as one has it in Julia: a number, a Vector or a Matrix; a row may be a Vector too."""
    array = np.asarray(value, dtype=float)
    if symbol.is_scalar:
        return float(array.reshape(()))
    if symbol.has_own_axes and array.ndim > 2:
        return array
    return array.reshape(-1) if symbol.is_vector or symbol.is_row else array


def require_agreement(
    exprs: Sequence[Expr], arrays: Mapping[str, Any], values: Sequence[Any], tolerance: float = 1e-8
) -> None:
    """See that the text of expressions is Julia, and that its results are what they should be.

    Raises
    ------
    JuliaError
        Where they are not.
    """
    text = str(compile_for(list(exprs), "julia").source)
    symbols = symbols_of(exprs)
    head = re.search(r"^function compute\((.*)\)$", text, re.MULTILINE)
    assert head is not None
    sizes = [name for name in head[1].split(", ")[len(symbols) :] if name]
    given = [argument(symbol, arrays[name]) for name, symbol in symbols.items()]
    results = run(text, "compute", *given, *(int(arrays[name]) for name in sizes))
    for expr, result, value in zip(exprs, results, values, strict=True):
        # min(1, n) is 1, or the value is empty.
        single = all(str(dim) == "1" or str(dim).startswith("min(1,") for dim in expr.shape)
        wanted = (
            "Number"
            if expr.is_scalar or (single and np.size(value) == 1)
            else "Vector"
            if expr.is_vector
            else "Matrix"
        )
        found = "Matrix" if kind(result) in ("Row", "LowerTriangular", "UpperTriangular") else kind(result)
        if found != wanted:
            raise JuliaError(f"a {found} for the {wanted} {expr}\n{text}")
        array, right = np.ravel(result if is_number(result) else dense(result)), np.ravel(value)
        scale = tolerance * max(1.0, float(np.abs(right).max(initial=0)))
        if array.shape != right.shape or not np.allclose(array, right, rtol=tolerance, atol=scale):
            raise JuliaError(f"{array} is not {right}: {expr}\n{text}")
