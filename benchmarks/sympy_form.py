"""Expressions of matgrad as expressions of SymPy: matrix symbols with symbolic shapes.

What SymPy has no matrix expression for (Cholesky factors, eigenvalues, reshapes, softmax …) raises
:class:`NoSympyFormError`. Declared facts are left out: SymPy's matrix symbols have none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import add, mul
from typing import Any

import sympy as sp

from matgrad.core.dims import Dim
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.ops import activations, leaves, piecewise, power, trigonometric
from matgrad.ops.arithmetic import Product, Sum
from matgrad.ops.determinant import Determinant, LogDet
from matgrad.ops.diagonals import Diag
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.inverse import Inverse
from matgrad.ops.kronecker import Kron
from matgrad.ops.leaves import Number
from matgrad.ops.matrix_power import MatrixPower
from matgrad.ops.power import Power
from matgrad.ops.softmax import LogSumExp
from matgrad.ops.trace import Trace
from matgrad.ops.transpose import Transpose


class NoSympyFormError(Exception):
    """SymPy has no matrix expression for an operation."""


def sympy_form(root: Expr) -> Any:
    """The same expression in SymPy."""
    done: dict[Expr, Any] = {}
    for node in postorder(root):
        make = _FORMS.get(type(node))
        if make is None and type(node) not in _ENTRYWISE:
            raise NoSympyFormError(node.name)
        args = [done[arg] for arg in node.args]
        done[node] = _entrywise(node, args[0]) if make is None else make(node, args)
    return done[root]


def dimension(dim: Dim) -> Any:
    """A dimension in SymPy."""
    total = sp.Integer(0)
    for monomial, coefficient in dim.terms:
        if not all(isinstance(name, str) for name, _ in monomial):
            raise NoSympyFormError("dimension")
        powers = (sp.Symbol(str(name), integer=True, positive=True) ** power for name, power in monomial)
        total += sp.Rational(coefficient.numerator, coefficient.denominator) * sp.prod(powers)
    return total


def symbol(node: Symbol) -> Any:
    """A variable in SymPy: a symbol where it is a scalar."""
    if node.is_scalar:
        return sp.Symbol(node.label, real=True)
    return sp.MatrixSymbol(node.label, dimension(node.rows), dimension(node.columns))


def _number(node: Expr) -> Any:
    return sp.Rational(node.data[0].numerator, node.data[0].denominator)


def _product(node: Expr, args: list[Any]) -> Any:
    assert isinstance(node, Product)
    count = node.data[1]
    front = reduce(mul, args[:count], sp.Rational(node.coefficient.numerator, node.coefficient.denominator))
    if not node.chain:
        return front
    chain = sp.MatMul(*args[count:])
    # A row by a column is a 1×1 matrix in SymPy, and its trace is the number.
    return front * (sp.Trace(chain) if node.is_scalar else chain)


def _sum(node: Expr, args: list[Any]) -> Any:
    return reduce(add, args) if node.is_scalar else sp.MatAdd(*args)


def _power(node: Expr, args: list[Any]) -> Any:
    base, exponent = args
    if node.is_scalar:
        return base**exponent
    # A real placeholder would make (xᵖ)ʳ come out with absolute values.
    t = sp.Dummy("t")
    return base.applyfunc(sp.Lambda(t, t**exponent))


def _log_sum_exp(node: Expr, args: list[Any]) -> Any:
    if node.data or not node.args[0].is_vector:
        raise NoSympyFormError(node.name)
    ones = sp.OneMatrix(1, dimension(node.args[0].rows))
    return sp.log(sp.Trace(ones * args[0].applyfunc(sp.exp)))


def _entrywise(node: Expr, arg: Any) -> Any:
    function = _ENTRYWISE[type(node)]
    return function(arg) if node.is_scalar else arg.applyfunc(function)


def _sigmoid(t: Any) -> Any:
    return 1 / (1 + sp.exp(-t))


def _softplus(t: Any) -> Any:
    return sp.log(1 + sp.exp(t))


def _lambda(function: Callable[[Any], Any]) -> Any:
    t = sp.Dummy("t")
    return sp.Lambda(t, function(t))


_ENTRYWISE: dict[type[Expr], Any] = {
    power.Exp: sp.exp,
    power.Log: sp.log,
    trigonometric.Sin: sp.sin,
    trigonometric.Cos: sp.cos,
    trigonometric.Tan: sp.tan,
    trigonometric.Asin: sp.asin,
    trigonometric.Acos: sp.acos,
    trigonometric.Atan: sp.atan,
    trigonometric.Sinh: sp.sinh,
    trigonometric.Cosh: sp.cosh,
    trigonometric.Tanh: sp.tanh,
    activations.Erf: sp.erf,
    piecewise.Abs: sp.Abs,
    piecewise.Sign: sp.sign,
    activations.Sigmoid: _lambda(_sigmoid),
    activations.Softplus: _lambda(_softplus),
}

_FORMS: dict[type[Expr], Callable[[Expr, list[Any]], Any]] = {
    Symbol: lambda node, args: symbol(node),  # type: ignore[arg-type]
    Number: lambda node, args: _number(node),
    leaves.Dimension: lambda node, args: dimension(node.data[0]),
    leaves.Pi: lambda node, args: sp.pi,
    leaves.Eye: lambda node, args: sp.Identity(dimension(node.rows)),
    leaves.Zeros: lambda node, args: sp.ZeroMatrix(*map(dimension, node.shape)),
    leaves.Ones: lambda node, args: sp.OneMatrix(dimension(node.rows), 1),
    Sum: _sum,
    Product: _product,
    Power: _power,
    Transpose: lambda node, args: sp.Transpose(args[0]),
    Inverse: lambda node, args: sp.Inverse(args[0]),
    MatrixPower: lambda node, args: sp.MatPow(*args),
    Hadamard: lambda node, args: sp.HadamardProduct(*args),
    Kron: lambda node, args: sp.KroneckerProduct(*args),
    Diag: lambda node, args: sp.DiagMatrix(args[0]),
    Trace: lambda node, args: sp.Trace(args[0]),
    Determinant: lambda node, args: sp.Determinant(args[0]),
    LogDet: lambda node, args: sp.log(sp.Determinant(args[0])),
    LogSumExp: _log_sum_exp,
}
