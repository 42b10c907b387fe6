"""The value of a SymPy matrix expression on NumPy arrays.

``sympy.lambdify`` knows no traces of symbolic matrices, so the tree is walked here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from math import prod
from operator import add
from typing import Any

import numpy as np
import sympy as sp
from sympy.matrices.expressions.applyfunc import ElementwiseApplyFunction


def value(expr: Any, known: Mapping[Any, Any]) -> Any:
    """The value of an expression, from those of its symbols: an array, or a number of SymPy.

    Raises
    ------
    TypeError
        For an expression that is not one of matrices, as SymPy's array contractions.
    """
    if isinstance(expr, (sp.Symbol, sp.MatrixSymbol)):
        return known[expr]
    if isinstance(expr, (sp.Identity, sp.ZeroMatrix, sp.OneMatrix)):
        shape = [int(value(d, known)) for d in expr.shape]
        return (
            np.eye(shape[0])
            if isinstance(expr, sp.Identity)
            else np.full(shape, float(isinstance(expr, sp.OneMatrix)))
        )
    if isinstance(expr, ElementwiseApplyFunction):
        entries = np.vectorize(lambda t: float(expr.function(t)), otypes=[float])
        return entries(value(expr.expr, known))
    args = [value(arg, known) for arg in expr.args]
    for kind, compute in _MATRICES.items():
        if isinstance(expr, kind):
            return compute(args)
    if isinstance(expr, (sp.MatrixExpr, sp.Derivative)) or not isinstance(expr, sp.Expr):
        raise TypeError(f"{type(expr).__name__} has no value here")
    return expr.func(*args) if args else expr


def _product(args: list[Any]) -> Any:
    numbers = prod(float(arg) for arg in args if not isinstance(arg, np.ndarray))
    arrays = [arg for arg in args if isinstance(arg, np.ndarray)]
    return reduce(np.matmul, arrays) * numbers


_MATRICES: dict[type, Callable[[list[Any]], Any]] = {
    sp.MatMul: _product,
    sp.MatAdd: lambda args: reduce(add, args),
    sp.Transpose: lambda args: args[0].T,
    sp.Inverse: lambda args: np.linalg.inv(args[0]),
    sp.MatPow: lambda args: np.linalg.matrix_power(args[0], int(args[1])),
    sp.HadamardProduct: lambda args: reduce(np.multiply, args),
    sp.HadamardPower: lambda args: args[0] ** float(args[1]),
    sp.KroneckerProduct: lambda args: reduce(np.kron, args),
    sp.DiagMatrix: lambda args: np.diag(args[0][:, 0]),
    sp.Trace: lambda args: sp.Float(np.trace(args[0])),
    sp.Determinant: lambda args: sp.Float(np.linalg.det(args[0])),
}
