"""Jacobians and Hessians compiled: as an array, as their factors, or as an operator."""

from __future__ import annotations

from collections.abc import Sequence

from matgrad.compilation.backends.numpy.function import CompiledFunction, compile_expressions
from matgrad.compilation.use.factors import FactorsFunction
from matgrad.compilation.use.operator import OperatorFunction
from matgrad.compilation.use.structure import has_structure
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import alternatives, phrase

STRUCTURES = ("dense", "factors", "operator")
"""The shapes in which a compiled Jacobian or Hessian comes."""


def compile_matrix(
    matrix: Expr, structure: str = "dense", *, more: Sequence[Symbol] = (), check: bool = True
) -> CompiledFunction | FactorsFunction | OperatorFunction:
    """Compile a Jacobian or Hessian on vec for NumPy arrays, in one of three shapes.

    Parameters
    ----------
    matrix : Expr
        The matrix, as :func:`matgrad.jacobian` and :func:`matgrad.hessian` give it.
    structure : str
        ``"dense"`` for an array; ``"factors"`` for an operator of :mod:`matgrad.kronecker` made of the
        Kronecker and diagonal factors, with matrices for what has no such structure; ``"operator"`` for one
        that applies what has none by code. Both are SciPy ``LinearOperator`` objects.
    more : sequence of Symbol
        Arguments even where the matrix does not hold them.
    check : bool
        Whether every call sees that the arrays have the facts that are declared of their variables.

    Raises
    ------
    ArgumentError
        For another structure.

    Examples
    --------
    >>> import matgrad as mg
    >>> from matgrad.compilation.use.matrix import compile_matrix
    >>> f = mg.parse("norm(T - U*V')^2", "T: m×n, U: m×k, V: n×k")
    >>> H = compile_matrix(mg.hessian(f, "U"), "factors")
    >>> P = H(V=[[1, 0], [0, 2], [0, 0]], m=1000)
    >>> P, P.factors[0].to_dense().tolist()
    (<(2×2) ⊗ I_1000: 2000×2000, float64>, [[2.0, 0.0], [0.0, 8.0]])
    """
    if structure == "dense":
        return compile_expressions(matrix, more=more, check=check)
    if structure == "factors":
        return FactorsFunction(matrix, more=more, check=check)
    if structure == "operator":
        if has_structure(matrix):
            return FactorsFunction(matrix, more=more, check=check, applied=True)
        return OperatorFunction.of_matrix(matrix, more, check=check)
    raise ArgumentError(
        phrase("{structure} is not a structure", structure=repr(structure)), fix=alternatives(STRUCTURES)
    )
