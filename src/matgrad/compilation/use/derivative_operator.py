"""A derivative as an operator: by the structure of its Jacobian where it has one, else by compiled code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from matgrad.compilation.backends.base.names import as_named
from matgrad.compilation.backends.numpy.binding import bind
from matgrad.compilation.use.factors import FactorsFunction
from matgrad.compilation.use.operator import OperatorFunction
from matgrad.compilation.use.structure import has_structure
from matgrad.core.dims import Shape
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.facts import Fact
from matgrad.kronecker import OnMatrices, Operator


def derivative_operator(
    function: Expr,
    variable: Symbol,
    jacobian: Expr | None,
    coded: Callable[[], OperatorFunction],
    arrays: Mapping[str, Any],
) -> Operator:
    """The operator vec(dX) ↦ vec(dF) at the given arrays.

    Parameters
    ----------
    function : Expr
        F.
    variable : Symbol
        X.
    jacobian : Expr or None
        The derivative as a matrix on vec, if it has one: where that has a structure, the operator is made of
        it and can be solved with. The array of X is not needed then unless the Jacobian holds it.
    coded : callable
        What makes the function of the operator that is applied by code.
    arrays : mapping
        The value of each variable by name.
    """
    make: FactorsFunction | OperatorFunction
    if jacobian is not None and has_structure(jacobian):
        given = [symbol for name, symbol in symbols_of(function).items() if name in arrays]
        make = FactorsFunction(jacobian, more=given, applied=True)
    else:
        make = coded()
    made: Any = make(**arrays)
    sizes = bind(make.signature, as_named(arrays, make.signature.names)).sizes
    domain, codomain = _sizes(variable.shape, sizes), _sizes(function.shape, sizes)
    if domain is not None and codomain is not None:
        made.matrices = OnMatrices(domain, codomain, bool(variable.facts & Fact.SYMMETRIC))
    operator: Operator = made
    return operator


def _sizes(shape: Shape, sizes: Mapping[str, int]) -> tuple[int, int] | None:
    """Rows and columns, if the arrays show them."""
    rows, columns = shape
    if not {*rows.symbols, *columns.symbols} <= sizes.keys():
        return None
    return rows.value(sizes), columns.value(sizes)
