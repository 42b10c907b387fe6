"""Expressions handed to other libraries: SciPy's optimisers, JAX, PyTorch and Dask.

The libraries are loaded when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from matgrad import compilation, optimization
from matgrad.api.arguments import (
    Function,
    Reading,
    Variable,
    read_function,
    read_together,
    require_flags,
    require_words,
)
from matgrad.api.documentation import documented
from matgrad.core.author_names import named_by_author
from matgrad.core.axes import Axes, together
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.words import phrase


def compile(
    exprs: Function | Sequence[Function],
    *,
    given: Any = None,
    backend: str = "numpy",
    structure: str = "dense",
    explicit_inverse: bool = False,
    more: Sequence[Symbol] = (),
    name: str = "compute",
    results: Sequence[str] | None = None,
    check: bool = True,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> Any:
    """Compile expressions to code: a function of arrays, or text for another language.

    The work of all expressions is planned together, once for each set of shapes: common
    subexpressions, the order of products, factorisations chosen by what is declared of the variables,
    and forms that do not overflow.

    Parameters
    ----------
    exprs : Expr, str or callable, or a sequence of them
        What to compute: expressions, texts or plain NumPy functions, in which a name is one variable. Of
        one the function returns the value, of a sequence a tuple.
    given : str, optional
        Declarations, where something is text or a function.
    backend : str
        ``"numpy"``, ``"jax"``, ``"torch"`` or ``"dask"`` for a function of arrays of that library;
        ``"julia"`` or ``"matlab"`` for text to paste.
    structure : str
        For one Jacobian or Hessian on NumPy arrays: ``"dense"``, ``"factors"`` (the Kronecker and
        diagonal factors themselves) or ``"operator"`` (a SciPy ``LinearOperator``).
    explicit_inverse : bool
        With NumPy: whether to form inverses and multiply by them rather than to solve.
    more : sequence of Symbol
        Arguments even where no expression holds them, as of a variable that a derivative lost.
    name : str
        What the function is called in text.
    results : sequence of str, optional
        What the results are called in text.
    check : bool
        Whether every call sees that the arrays have the facts that are declared of their variables. It
        costs as much as reading them; for a definite or invertible matrix that differs from the one before,
        a factorisation. Without it, data that contradict their declaration give wrong results.
    functions : mapping of str to callable, optional
        What functions that are only names compute, each derivative by its own name: ``f``, ``grad_f``,
        ``H_f``, ``J_g``; ``D1_f`` of a function of one number. They take and give numbers, arrays with one
        axis for rows and columns, and with two for matrices; functions of numbers are called with whole
        arrays, entry by entry. Text for other languages calls them by these names.

    Returns
    -------
    callable
        Takes the arrays by name (vectors as ``(n,)`` or ``(n, 1)``); its code is in ``source``. Of a NumPy
        function the arguments are its parameters, with as many axes as it was read with, and the result has
        the shape that NumPy gives it.

    Raises
    ------
    ArgumentError
        For an unknown backend or structure, or a library that is not installed.

    Notes
    -----
    With NumPy, SciPy's sparse arrays are computed with as they are, and of its linear operators products are
    taken; ``fn.plan`` says what is filled in, and what is too large for that is refused.

    Where JAX or PyTorch only trace arrays (``jit``, ``vmap``, ``torch.compile``), no error can be raised: an
    array that is visibly not symmetric, triangular, positive and so on, as declared, is NaN there.

    Examples
    --------
    >>> import matgrad as mg
    >>> S, x = mg.matrix("S", "n", "n", symmetric=True), mg.vector("x", "n")
    >>> f = x.T @ S @ x
    >>> fn = mg.compile([f, mg.gradient(f, x)])
    >>> value, gradient = fn(S=[[2, 0], [0, 1]], x=[1, 2])
    >>> float(value), gradient.tolist()
    (6.0, [4.0, 4.0])

    A function that is only a name is handed over when its value is needed:

    >>> g = mg.parse("f(A x)", "f: m -> scalar, A: m×n, x: n")
    >>> fn = mg.compile(mg.gradient(g, "x"), functions={"grad_f": lambda y: 2 * y})
    >>> fn(A=[[1, 2]], x=[3, 4])
    array([22., 44.])
    """
    exprs, axes, names = _read_all(exprs, given)
    require_words(backend=backend, structure=structure, name=name)
    require_flags(explicit_inverse=explicit_inverse, check=check)
    if not isinstance(more, (list, tuple)) or not all(isinstance(symbol, Symbol) for symbol in more):
        raise ArgumentError(
            phrase("more arguments are given as variables, not as {more}", more=repr(more)), fix="more=[x]"
        )
    functions = _functions(functions)
    if backend != "numpy":
        if structure != "dense" or explicit_inverse:
            raise ArgumentError(
                phrase("structure and explicit_inverse are choices of the NumPy backend"),
                fix='backend="numpy"',
            )
        with named_by_author(names):
            return compilation.compile_for(
                exprs,
                backend,
                more=more,
                name=name,
                results=results,
                check=check,
                axes=axes,
                functions=functions,
            )
    if structure == "dense":
        with named_by_author(names):
            return compilation.compile_expressions(
                exprs,
                more=more,
                explicit_inverse=explicit_inverse,
                check=check,
                axes=axes,
                functions=functions,
            )
    if functions:
        raise ArgumentError(
            phrase(
                "functions that are only names are called by dense code, not with structure={structure}",
                structure=repr(structure),
            ),
            fix='structure="dense"',
        )
    if not isinstance(exprs, Expr):
        raise ArgumentError(
            phrase(
                "the structure {structure} is that of one matrix, not of several expressions",
                structure=repr(structure),
            ),
            fix=phrase("compile the Jacobian or Hessian on its own"),
        )
    return compilation.compile_matrix(exprs, structure, more=more, check=check)


def _read_all(exprs: Any, given: Any) -> tuple[Expr | list[Expr], Axes, dict[str, Expr]]:
    """One expression, or several, with the axes of those that are traced, and names that texts define."""
    if isinstance(exprs, (list, tuple)):
        if not exprs:
            raise ArgumentError(
                phrase("there is nothing to compile"), fix="mg.compile([f, mg.gradient(f, x)])"
            )
        readings = read_together(*exprs, given=given)
        names = {name: value for reading in readings for name, value in reading.bindings.items()}
        return [reading.expr for reading in readings], together(reading.axes for reading in readings), names
    reading = read_function(exprs, given)
    return reading.expr, reading.axes, dict(reading.bindings)


@documented
def minimize(
    f: Function,
    x: Variable | Sequence[Variable] | None = None,
    data: Mapping[Any, Any] | None = None,
    /,
    *,
    x0: Any = None,
    method: str | None = None,
    constraints: Any = None,
    bounds: Any = None,
    tol: float | None = None,
    options: Mapping[str, Any] | None = None,
    callback: Callable[[Any], Any] | None = None,
    progress: bool | None = None,
    given: Any = None,
    verify: bool = True,
    functions: Mapping[str, Callable[..., Any]] | None = None,
    **arrays: Any,
) -> Any:
    """Minimise a scalar function by :func:`scipy.optimize.minimize`, with exact derivatives.

    SciPy is handed the value, the gradient and, for methods that use them, Hessian-vector products,
    all compiled; what the products share is computed once for each point.

    Parameters
    ----------
    f : Expr, str or callable
        A scalar expression, its text, or a plain NumPy function.
    x : Symbol, str or a sequence of them, optional
        What to minimise over. It may be left out where no array is given for one variable only.
    data : mapping, optional
        The arrays of the other variables, by name or by variable.
    x0 : array_like
        The starting point, in the shape of the variable; of several variables a mapping by name.
    method : str, optional
        A method of SciPy. By default ``"trust-ncg"``, Newton's method in a trust region, which takes
        Hessian-vector products; within bounds ``"L-BFGS-B"``, and with constraints ``"SLSQP"``.
    constraints : str, tuple or a sequence of them, optional
        What the minimiser must satisfy, entry by entry: texts such as ``"A x = b"`` and ``"0 <= x <= 1"``, or
        two sides with the sign between them, ``(A @ x, "<=", b)``. Arrays that they hold are given like the
        others. Linear ones are handed over as matrices, others with exact Jacobians and, to
        ``"trust-constr"``, Hessians. Constraints of SciPy act on the entries of one variable, column by
        column. ``"SLSQP"``, ``"trust-constr"``, ``"COBYLA"`` and ``"COBYQA"`` keep to constraints.
    bounds : scipy.optimize.Bounds or sequence of pairs, optional
        Limits for the entries: numbers or arrays of the shape of the variable, or a pair for each entry,
        column by column. Of several variables a mapping by name.
    tol, options
        As for SciPy.
    callback : callable, optional
        Called after each iteration with the current point, in the shape of the variable; where its only
        parameter is ``intermediate_result``, with an ``OptimizeResult`` of the point and the value.
        ``StopIteration`` stops any method.
    progress : bool, optional
        Whether to show on standard error how far it is. By default when that is a terminal, after a
        second.
    {given f}
    verify : bool
        Whether to compare gradient and Hessian-vector product with difference quotients first.
    {functions}
    **arrays : array_like
        More arrays by name.

    Returns
    -------
    scipy.optimize.OptimizeResult
        What SciPy returns, with ``x`` and ``jac`` (the gradient there) in the shape of the variable, and
        with constraints ``constr_violation``. ``success`` is false where the function falls without end, a
        constraint is missed, or the point is no minimum to second order, whatever the method says.
        ``curvature`` is the smallest one along what bounds and constraints leave free, of the Lagrangian by
        exact second derivatives: ``inf`` where nothing is left free, ``None`` where it is not known (beyond
        200 coordinates, at kinks, and with constraints of SciPy).

    Raises
    ------
    ArgumentError
        When there is no starting point, a keyword is neither an argument nor a variable, the method is
        unknown or keeps to no bounds or constraints, an option is unknown to it, or the variable is
        declared to lie where this cannot move it.
    EvaluationError
        When data are missing or do not fit.
    DomainError
        When the function has no value at the starting point.
    VerificationError
        When a derivative disagrees with the difference quotient.

    Notes
    -----
    What is declared of the variable is kept to: a symmetric, skew, diagonal or triangular matrix moves
    in its subspace; nonnegative entries are bounded by 0; positive entries are moved by their
    logarithms, and a positive definite X = L Lᵀ by L. A point outside the domain counts as +∞. A start at
    a kink, or where the gradient is zero, is left along a subgradient where that leads down within
    bounds and constraints. A saddle or a maximum at the end is left along a direction of negative curvature
    for another run, where that leads down; equations that follow from others are left out for SLSQP.

    Examples
    --------
    >>> import matgrad as mg
    >>> f = mg.parse("norm(A x - b)^2", "A: m×n, x: n, b: m")
    >>> result = minimize(f, "x", A=[[1, 0], [0, 2], [1, 1]], b=[1, 2, 3], x0=[0, 0])
    >>> result.x.round(6).tolist()
    [1.444444, 1.111111]

    The point of the simplex that is nearest to y:

    >>> simplex = ["sum(x) = 1", "x >= 0"]
    >>> result = minimize("norm(x - y)^2", "x", y=[1, 2, -1], x0=[0, 0, 0], constraints=simplex)
    >>> (result.x.round(6) + 0).tolist()
    [0.0, 1.0, 0.0]
    """
    require_flags(verify=verify, progress=progress is None or progress)
    reading = read_function(f, given)
    if data is not None and not isinstance(data, Mapping):
        raise ArgumentError(
            phrase("data are given by name, not as {name}", name=type(data).__name__), fix='{"A": array}'
        )
    named = {**(data or {}), **arrays}
    single = x is None or isinstance(x, (str, Symbol))
    variables = _variables(reading, x, named)
    return optimization.minimize_expression(
        reading.expr, variables, named, x0, method=method, bounds=bounds, tol=tol, options=options,
        callback=callback, progress=progress, verify=verify, single=single,
        constraints=constraints, declared=reading.symbols, keywords=tuple(arrays),
        functions=_functions(functions),
    )  # fmt: skip


def _variables(reading: Reading, x: Any, named: Mapping[Any, Any]) -> list[Symbol]:
    """The variables that are meant, or the one that has no data."""
    if x is None:
        given = {str(getattr(key, "label", key)) for key in named}
        left = [symbol for name, symbol in symbols_of(reading.expr).items() if name not in given]
        if len(left) != 1:
            words = ", ".join(symbol.label for symbol in left) or phrase("none")
            raise ArgumentError(
                phrase("minimise over what? The variables without data are {words}", words=words),
                fix=phrase("name one"),
            )
        return left
    if not isinstance(x, (str, Symbol, list, tuple, set, frozenset)):
        raise ArgumentError(
            phrase("variables are named, or given as they are, not as {x}", x=repr(x)),
            fix=phrase('"x" or ["x", "A"]'),
        )
    return [reading.variable(v) for v in ([x] if isinstance(x, (str, Symbol)) else x)]


@documented
def jax_function(
    f: Function,
    wrt: Variable | Sequence[Variable] | None = None,
    *,
    given: Any = None,
    verify: bool = True,
    check: bool = True,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> compilation.JaxWrapper:
    """A JAX function with the derivative that matgrad derives.

    ``jax.grad``, ``jax.jvp``, ``jax.hessian``, ``jax.vmap`` and ``jax.jit`` take it like any other; each
    order of differentiation runs code that was derived, verified and compiled for it.

    Parameters
    ----------
    {function f}
    {wrt}
    {given f}
    {verify_each}
    {check}
    {functions}

    Returns
    -------
    {by_name arrays}

    Raises
    ------
    ArgumentError
        When JAX is not installed.

    Examples
    --------
    >>> import jax, matgrad as mg
    >>> loss = jax_function("norm(X w - y)^2", given="X: m×n, w: n, y: m")
    >>> loss.arguments
    ('X', 'w', 'y')
    >>> X, y = jax.numpy.eye(2), jax.numpy.ones(2)
    >>> jax.grad(lambda w: loss(X=X, w=w, y=y))(jax.numpy.zeros(2)).tolist()
    [-2.0, -2.0]
    """
    require_flags(verify=verify, check=check)
    expr, symbols, chosen, axes = _arguments(f, wrt, given)
    return compilation.JaxWrapper(
        expr, symbols, chosen, verify=verify, check=check, axes=axes, functions=_functions(functions)
    )


@documented
def torch_function(
    f: Function,
    wrt: Variable | Sequence[Variable] | None = None,
    *,
    given: Any = None,
    verify: bool = True,
    check: bool = True,
    functions: Mapping[str, Callable[..., Any]] | None = None,
) -> compilation.TorchWrapper:
    """A PyTorch function with the derivative that matgrad derives.

    Autograd (also twice, for Hessian-vector products) and ``torch.func`` take it like any other; each
    order of differentiation runs code that was derived, verified and compiled for it.

    Parameters
    ----------
    {function f}
    {wrt}
    {given f}
    {verify_each}
    {check}
    {functions}

    Returns
    -------
    {by_name tensors}

    Raises
    ------
    ArgumentError
        When PyTorch is not installed.

    Examples
    --------
    >>> import torch, matgrad as mg
    >>> loss = torch_function("norm(X w - y)^2", given="X: m×n, w: n, y: m")
    >>> w = torch.zeros(2, requires_grad=True)
    >>> loss(X=torch.eye(2), w=w, y=torch.ones(2)).backward()
    >>> w.grad.tolist()
    [-2.0, -2.0]
    """
    require_flags(verify=verify, check=check)
    expr, symbols, chosen, axes = _arguments(f, wrt, given)
    return compilation.TorchWrapper(
        expr, symbols, chosen, verify=verify, check=check, axes=axes, functions=_functions(functions)
    )


def _functions(functions: Any) -> Mapping[str, Callable[..., Any]]:
    """Functions by their names."""
    if functions is not None and not isinstance(functions, Mapping):
        raise ArgumentError(
            phrase("functions are given by their names"), fix='functions={"f": f, "grad_f": grad_f}'
        )
    return functions or {}


def _arguments(f: Function, wrt: Any, given: Any) -> tuple[Expr, list[Symbol], list[Symbol], Axes]:
    reading = read_function(f, given)
    symbols = list(reading.axes.arguments) or list(symbols_of(reading.expr).values())
    chosen = symbols if wrt is None else _variables(reading, wrt, {})
    return reading.expr, [*symbols, *(x for x in chosen if x not in symbols)], chosen, reading.axes
