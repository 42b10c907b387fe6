"""A linear map of expressions as an operator on arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from matgrad.core.expr import Expr, Symbol
from matgrad.verify.evaluate import evaluate_nodes
from matgrad.verify.inputs import read_inputs
from matgrad.verify.numpy_arrays import NumpyArrays

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator


def linear_operator(
    function: Expr,
    forward: Expr,
    backward: Expr,
    change: Symbol,
    cotangent: Symbol,
    arrays: Mapping[str, Any],
) -> LinearOperator:
    """The operator vec(dX) ↦ vec(dF) at the given arrays; nothing of its size is formed.

    Parameters
    ----------
    function : Expr
        F, from whose variables the arrays are read.
    forward, backward : Expr
        L[dX] and L*[G].
    change, cotangent : Symbol
        dX and G.
    arrays : mapping of str to array_like
        The value of each variable.
    """
    import numpy as np
    from scipy.sparse.linalg import LinearOperator

    inputs = read_inputs(function, arrays)
    xp = NumpyArrays(inputs.sizes, inputs.dtype)

    def sized(symbol: Symbol) -> tuple[int, int]:
        return symbol.rows.value(inputs.sizes), symbol.columns.value(inputs.sizes)

    def act(expr: Expr, symbol: Symbol, v: Any) -> Any:
        value = np.reshape(v, sized(symbol), order="F")
        return evaluate_nodes([expr], {**inputs.values, symbol.label: value}, xp)[0].ravel(order="F")

    (m, n), (p, q) = sized(cotangent), sized(change)
    return LinearOperator(
        (m * n, p * q),
        matvec=lambda v: act(forward, change, v),
        rmatvec=lambda v: act(backward, cotangent, v),
        dtype=inputs.dtype,
    )
