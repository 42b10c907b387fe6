"""Expressions as code that runs fast: a planner, and backends that write its plans down."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matgrad.core.axes import NO_AXES, Axes
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol

if TYPE_CHECKING:
    from matgrad.compilation.backends.numpy.function import CompiledFunction
    from matgrad.compilation.use.operator import OperatorFunction


STRUCTURES = ("dense", "factors", "operator")
"""The shapes in which a compiled Jacobian or Hessian comes."""


def compile_matrix(
    matrix: Expr, structure: str = "dense", *, more: Sequence[Symbol] = (), check: bool = True
) -> CompiledFunction | OperatorFunction:
    """Compile a Jacobian or Hessian on vec for NumPy arrays, in one of three shapes.

    Parameters
    ----------
    matrix : Expr
        The matrix, as :func:`matgrad.jacobian` and :func:`matgrad.hessian` give it.
    structure : str
        ``"dense"`` for an array; ``"factors"`` for the Kronecker and diagonal factors it is made of
        (:class:`matgrad.compilation.use.factors.Factors`); ``"operator"`` for a SciPy ``LinearOperator``
        that applies it without forming it.
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
    >>> from matgrad.compilation import compile_matrix
    >>> f = mg.parse("norm(T - U*V')^2", "T: m×n, U: m×k, V: n×k")
    >>> H = compile_matrix(mg.hessian(f, "U"), "factors")
    >>> factors = H(V=[[1, 0], [0, 2], [0, 0]], m=1000)
    >>> factors.shape, factors.terms[0].left.tolist()
    ((2000, 2000), [[2.0, 0.0], [0.0, 8.0]])
    """
    if structure == "dense":
        return compile_expressions(matrix, more=more, check=check)
    if structure == "factors":
        from matgrad.compilation.use.factors import FactorsFunction

        return FactorsFunction(matrix, more=more, check=check)
    if structure == "operator":
        from matgrad.compilation.use.operator import OperatorFunction

        return OperatorFunction.of_matrix(matrix, more, check=check)
    raise ArgumentError(f"{structure!r} is not a structure", fix=" or ".join(STRUCTURES))


def compile_expressions(
    exprs: Expr | Sequence[Expr],
    *,
    more: Sequence[Symbol] = (),
    explicit_inverse: bool = False,
    check: bool = True,
    axes: Axes = NO_AXES,
) -> CompiledFunction:
    """Compile one expression, or several that share their work, for NumPy arrays.

    Parameters
    ----------
    exprs : Expr or sequence of Expr
        What to compute. Of one expression the function returns the value, of a sequence a tuple.
    more : sequence of Symbol
        Arguments even where no expression holds them, as of a variable that a derivative lost.
    explicit_inverse : bool
        Whether to form inverses and multiply by them. Solves are more accurate and take less work,
        but some machines multiply so much faster than they solve that it pays.
    check : bool
        Whether every call sees that the arrays have the facts that are declared of their variables.
    axes : Axes, optional
        Of traced functions, the number of axes of arguments and results.

    Raises
    ------
    ArgumentError
        When there is nothing to compile.

    Examples
    --------
    >>> import matgrad as mg
    >>> from matgrad.compilation import compile_expressions
    >>> S, x = mg.matrix("S", "n", "n", symmetric=True), mg.vector("x", "n")
    >>> f = x.T @ S @ x
    >>> fn = compile_expressions([f, mg.gradient(f, x)])
    >>> value, gradient = fn(S=[[2, 0], [0, 1]], x=[1, 2])
    >>> float(value), gradient.tolist()
    (6.0, [4.0, 4.0])
    """
    from matgrad.compilation.backends.numpy.function import CompiledFunction
    from matgrad.compilation.plan.planner import Options

    single = isinstance(exprs, Expr)
    wanted = [exprs] if isinstance(exprs, Expr) else list(exprs)
    if not wanted or not all(isinstance(expr, Expr) for expr in wanted):
        raise ArgumentError("there is no expression to compile", fix="an expression or a list of them")
    options = Options(explicit_inverse=explicit_inverse, structured=True)
    return CompiledFunction(wanted, single=single, more=more, options=options, check=check, axes=axes)
