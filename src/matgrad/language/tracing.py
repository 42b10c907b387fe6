"""Reading a plain NumPy function: call it on variables and see what it computes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from matgrad.core.axes import Axes
from matgrad.core.dims import unification
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.words import phrase
from matgrad.language.declarations import read_given
from matgrad.language.inference import Inference, Unknowns
from matgrad.language.interpretation import Interpretation
from matgrad.language.scope import Scope
from matgrad.ops.arrays.families import array_of
from matgrad.ops.arrays.lifting import lift
from matgrad.ops.arrays.symbolic import SymbolicArray
from matgrad.printing.meanings import NamedThing, require_one_meaning


def trace_function(function: Callable[..., Any], given: Any = None) -> Interpretation:
    """Read the expression that a Python function computes of its arguments.

    Each parameter becomes a variable of that name: as declared, or else by the conventions of the
    text language (capitals are matrices, lower-case letters vectors, Greek names scalars), with
    dimensions found from what the function does. A vector is an array with one axis, as in NumPy: its
    transpose is itself, it is a row beside a matrix, and ``x[:, None]`` makes a column of it. What is
    declared ``x: n`` has one axis, ``x: n×1`` two. A parameter with a default value keeps it, unless it is
    declared.

    Parameters
    ----------
    function : callable
        Uses Python's operators and NumPy's functions; NumPy's meaning holds, or there is an error.
    given : str, optional
        Declarations of some or all parameters.

    Raises
    ------
    ArgumentError
        When the function has variadic parameters, branches on a value, or returns no expression.
    ShapeError
        When the operands of an operation do not conform.

    Examples
    --------
    >>> import numpy as np
    >>> def loss(A, x, b):
    ...     return np.sum((A @ x - b) ** 2)
    >>> traced = trace_function(loss)
    >>> print(traced.expr)
    norm(A x - b)^2
    >>> traced.description()
    'A ∈ ℝ^{m×n}, x ∈ ℝⁿ, b ∈ ℝᵐ'
    """
    name = getattr(function, "__name__", "the function")
    scope = Scope(read_given(given))
    names, kept = _parameters(function, name, scope)
    things = [scope.declarations.entries[n].thing() for n in scope.declarations.entries]
    undeclared = [NamedThing(n, "parameter") for n in names if n not in scope.declarations.entries]
    require_one_meaning(scope.declarations.dimensions, [*things, *undeclared])
    unknowns, inference = Unknowns(), Inference()

    def run() -> SymbolicArray:
        arguments = {
            parameter: array_of(scope.symbol(parameter, unknowns), scope.axes(parameter))
            for parameter in names
        }
        try:
            return lift(function(**arguments))
        except MatgradError:
            raise
        except Exception as error:
            raise ArgumentError(
                phrase("{name} cannot be traced: {error}", name=name, error=error),
                fix=phrase("use Python's operators and NumPy's functions only, without branches on values"),
            ) from error

    failure: MatgradError | None = None
    result: SymbolicArray | None = None
    with unification(inference):
        try:
            result = run()
        except MatgradError as error:
            failure = error
    if unknowns.created:
        unknowns.settle(inference, scope.open_dims(), {*names, *scope.declarations.dimensions})
        scope.symbols.clear()
        result = run()
    if failure is not None:
        raise failure
    assert result is not None
    symbols = {parameter: scope.symbols[parameter] for parameter in names}
    arguments = {symbol: array_of(symbol, scope.axes(name)).ndim for name, symbol in symbols.items()}
    axes = Axes((result.ndim,), arguments, kept)
    return Interpretation(result.expr, symbols, (), {}, None, name, "numpy", axes=axes)


def _parameters(function: Callable[..., Any], name: str, scope: Scope) -> tuple[list[str], frozenset[str]]:
    """The names of the parameters that are declared or have no default value, and those of the others."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise ArgumentError(phrase("{name} has no signature to take variables from", name=name)) from None
    if any(p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD, p.POSITIONAL_ONLY) for p in parameters):
        raise ArgumentError(
            phrase("{name} has parameters without a name", name=name), fix="def loss(A, x, b): …"
        )
    names = [p.name for p in parameters if p.default is p.empty or scope.is_variable(p.name)]
    return names, frozenset(p.name for p in parameters).difference(names)
