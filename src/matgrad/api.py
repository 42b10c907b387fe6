"""The functions that users call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from matgrad import results
from matgrad.calculus import derivative as derivatives
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.ops.arrays import SymbolicArray
from matgrad.ops.operators import to_expr
from matgrad.ops.structure import grid, vec
from matgrad.ops.transpose import transpose
from matgrad.ops.undefined import undefined as undefined_function
from matgrad.reading import (
    Function,
    Variable,
    read_function,
    read_problem,
    read_together,
    require_flags,
    require_words,
)
from matgrad.results import Result
from matgrad.rewrite.simplify import simplify as simplified

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator


def gradient(
    f: Function,
    x: Variable | None = None,
    *,
    at: Variable | None = None,
    given: Any = None,
    convention: str = "subspace",
    verify: bool = True,
) -> Expr:
    """The gradient of a scalar function, of the shape of the variable.

    Parameters
    ----------
    f : Expr, str or callable
        A scalar expression, its text, or a plain NumPy function of its variables.
    x, at : Symbol or str
        The variable, either way.
    given : str, optional
        Declarations, where ``f`` is text or a function.
    convention : str
        For a symmetric variable: ``"subspace"`` gives the gradient within the symmetric matrices,
        ``"independent"`` one partial derivative for each independent entry (2G − G⊙I).
    verify : bool
        Whether to compare the result with a difference quotient.

    Returns
    -------
    Expr
        G with df = tr(Gᵀ dX).

    Raises
    ------
    ShapeError
        When f is not scalar.
    NotDifferentiableError
        When there is no derivative, or none is known.
    VerificationError
        When the result disagrees with the difference quotient.

    Examples
    --------
    >>> import matgrad as mg
    >>> m, n = mg.dims("m n")
    >>> A, x, b = mg.matrix("A", m, n), mg.vector("x", n), mg.vector("b", m)
    >>> r = A @ x - b
    >>> print(mg.gradient(r.T @ r, x))
    2 A' (A x - b)
    """
    require_words(convention=convention)
    require_flags(verify=verify)
    expr, variable = read_problem(f, x, at, given)
    return _expr(results.derive(expr, variable, form="gradient", convention=convention, verify=verify))


def jacobian(
    F: Function,
    x: Variable | None = None,
    *,
    at: Variable | None = None,
    given: Any = None,
    layout: str = "numerator",
    convention: str = "subspace",
    verify: bool = True,
) -> Expr:
    """The Jacobian on vec: the matrix J with vec(dF) = J vec(dX).

    Parameters
    ----------
    F : Expr, str or callable
        An expression of any shape m×n, its text, or a plain NumPy function.
    x, at : Symbol or str
        The variable, of shape p×q.
    given : str, optional
        Declarations, where ``F`` is text or a function.
    layout : str
        ``"numerator"`` for J of shape mn×pq, ``"denominator"`` for its transpose.
    convention : str
        With ``"independent"`` the columns belong to the entries of vech(X) of a symmetric X.
    verify : bool
        Whether to compare the result with a difference quotient.

    Raises
    ------
    NotDifferentiableError
        When there is no derivative, or none is known.
    VerificationError
        When the result disagrees with the difference quotient.

    Examples
    --------
    >>> import matgrad as mg
    >>> A, X, B = mg.matrix("A", "p", "m"), mg.matrix("X", "m", "n"), mg.matrix("B", "n", "q")
    >>> print(mg.jacobian(A @ X @ B, X))
    kron(B', A)
    """
    require_words(layout=layout, convention=convention)
    require_flags(verify=verify)
    expr, variable = read_problem(F, x, at, given)
    if variable.is_scalar:
        # The Jacobian by a scalar is the column vec(dF/dt), as for every other variable.
        result = results.derive(vec(expr), variable, form="gradient", verify=verify)
        return transpose(_expr(result)) if layout == "denominator" else _expr(result)
    return _expr(
        results.derive(expr, variable, form="jacobian", layout=layout, convention=convention, verify=verify)
    )


def hessian(
    f: Function,
    x: Variable | None = None,
    *,
    at: Variable | None = None,
    given: Any = None,
    convention: str = "subspace",
    verify: bool = True,
) -> Expr:
    """The Hessian of a scalar function on vec: the matrix H with vec(d∇f) = H vec(dX).

    Parameters
    ----------
    f : Expr, str or callable
        A scalar expression, its text, or a plain NumPy function.
    x, at : Symbol or str
        The variable, of shape m×n.
    given : str, optional
        Declarations, where ``f`` is text or a function.
    convention : str
        With ``"independent"`` rows and columns belong to vech(X) of a symmetric X.
    verify : bool
        Whether to compare the result with a difference quotient.

    Returns
    -------
    Expr
        Of shape mn×mn, in Kronecker form where X is a matrix.

    Raises
    ------
    ShapeError
        When f is not scalar.
    NotDifferentiableError
        When there is no derivative, or none is known.
    VerificationError
        When the result disagrees with the difference quotient.

    Examples
    --------
    >>> import matgrad as mg
    >>> f = mg.parse("tr((T - U V')' (T - U V'))", "T: m×n, U: m×k, V: n×k")
    >>> print(mg.hessian(f, "U"))
    2 kron(V' V, eye(m))
    """
    require_words(convention=convention)
    require_flags(verify=verify)
    expr, variable = read_problem(f, x, at, given)
    return _expr(
        results.derive(expr, variable, order=2, form="hessian", convention=convention, verify=verify)
    )


def differential(
    F: Function,
    x: Variable | None = None,
    *,
    at: Variable | None = None,
    given: Any = None,
    order: int = 1,
    verify: bool = True,
) -> Expr:
    """The differential in terms of the symbol dX; of higher order, dᵏF[dX, …, dX].

    Parameters
    ----------
    F : Expr, str or callable
        An expression, its text, or a plain NumPy function.
    x, at : Symbol or str
        The variable.
    given : str, optional
        Declarations, where ``F`` is text or a function.
    order : int
        How often to differentiate.
    verify : bool
        Whether to compare the result with a difference quotient.

    Raises
    ------
    NotDifferentiableError
        When there is no derivative, or none is known.
    VerificationError
        When the result disagrees with the difference quotient.

    Examples
    --------
    >>> import matgrad as mg
    >>> X = mg.matrix("X", "n", "n")
    >>> print(mg.differential(mg.inv(X), X))
    -inv(X) dX inv(X)
    """
    require_words(order=order)
    require_flags(verify=verify)
    expr, variable = read_problem(F, x, at, given)
    return _expr(results.derive(expr, variable, order=order, form="differential", verify=verify))


class Derivative(derivatives.Derivative):
    """The derivative of F at X, with all its views; made by :func:`derivative`."""

    def operator(self, /, **arrays: Any) -> LinearOperator:
        """The derivative on vec as a SciPy linear operator at the given arrays.

        Parameters
        ----------
        **arrays : array_like
            The value of each variable by name.

        Returns
        -------
        scipy.sparse.linalg.LinearOperator
            ``matvec`` maps vec(dX) to vec(dF) and ``rmatvec`` is its adjoint; nothing of that size
            is formed.
        """
        from matgrad.compilation.operator import compiled_operator

        cotangent = Symbol.make(self.change.label + "_", *self.function.shape)
        backward = self.pullback(cotangent)
        return compiled_operator(self.function, self.differential, backward, self.change, cotangent, arrays)


def derivative(
    F: Function,
    x: Variable | None = None,
    *,
    at: Variable | None = None,
    given: Any = None,
    convention: str = "subspace",
    verify: bool = True,
) -> Derivative:
    """The derivative as a linear map, with all its views.

    Parameters
    ----------
    F : Expr, str or callable
        An expression, its text, or a plain NumPy function.
    x, at : Symbol or str
        The variable.
    given : str, optional
        Declarations, where ``F`` is text or a function.
    convention : str
        How a symmetric variable is meant; see :func:`gradient`.
    verify : bool
        Whether to compare the differential with a difference quotient.

    Examples
    --------
    >>> import matgrad as mg
    >>> A, X, B = mg.matrix("A", "p", "m"), mg.matrix("X", "m", "n"), mg.matrix("B", "n", "q")
    >>> D = mg.derivative(A @ X @ B, X)
    >>> print(D.differential)
    A dX B
    >>> print(D.pullback(mg.matrix("G", "p", "q")))
    A' G B'
    """
    require_words(convention=convention)
    require_flags(verify=verify)
    expr, variable = read_problem(F, x, at, given)
    if verify:
        results.derive(expr, variable, form="differential")
    return Derivative(simplified(expr), variable, simplified, convention)


def _expr(result: Result) -> Expr:
    assert isinstance(result.expr, Expr)
    return result.expr


def derive(
    function: Function,
    variable: Variable | None = None,
    *,
    given: Any = None,
    order: int = 1,
    form: str = "auto",
    layout: str = "numerator",
    convention: str = "subspace",
    verify: bool = True,
) -> Result:
    """Differentiate a function and verify the result; see :func:`matgrad.results.derive`.

    Parameters
    ----------
    function : Expr, str or callable
        An expression, its text, or a plain NumPy function.
    variable : Symbol or str, optional
        The variable; the only one where none is named.
    given : str, optional
        Declarations, where ``function`` is text or a function.
    order, form, layout, convention, verify
        As for :func:`matgrad.results.derive`.

    Examples
    --------
    >>> import matgrad as mg
    >>> print(mg.derive("x' A x", "x"))
    ∂f/∂x = (A + Aᵀ)x
    """
    require_words(order=order, form=form, layout=layout, convention=convention)
    require_flags(verify=verify)
    reading = read_function(function, given)
    result = results.derive(
        reading.expr, reading.variable(variable), order=order, form=form, layout=layout,
        convention=convention, verify=verify,
    )  # fmt: skip
    return replace(result, remarks=(*reading.remarks, *result.remarks))


def simplify(expr: Function, *, given: Any = None) -> Expr:
    """Bring an expression to the form that a textbook would print; its value and shape stay.

    Parameters
    ----------
    expr : Expr, str or callable
        An expression, its text, or a plain NumPy function.
    given : str, optional
        Declarations, where ``expr`` is text or a function.

    Examples
    --------
    >>> import matgrad as mg
    >>> print(mg.simplify("A*B + A*C", given="A: n×n, B: n×n, C: n×n"))
    A (B + C)
    """
    return simplified(read_function(expr, given).expr)


def equivalent(a: Function, b: Function, *, given: Any = None) -> bool:
    """Whether two expressions have the same value wherever both are defined.

    They are compared at random points of several shapes in arbitrary precision.

    Parameters
    ----------
    a, b : Expr, str or callable
        Expressions, their texts, or plain NumPy functions; the same names are the same variables.
    given : str, optional
        Declarations, where one is text or a function.

    Raises
    ------
    MatgradError
        When no point is found where both are defined.

    Examples
    --------
    >>> import matgrad as mg
    >>> mg.equivalent("tr(A B)", "tr(B A)", given="A: m×n, B: n×m")
    True
    """
    from matgrad.verify.equality import same_value

    left, right = read_together(a, b, given=given)
    axes = {reading.axes.result() for reading in (left, right)} - {None}
    return len(axes) < 2 and same_value(left.expr, right.expr)


def evaluate(expr: Function, arrays: Mapping[Any, Any], *, given: Any = None) -> Any:
    """Evaluate an expression on NumPy arrays; see :func:`matgrad.verify.evaluate.evaluate`.

    Parameters
    ----------
    expr : Expr, str or callable
        An expression, its text, or a plain NumPy function.
    arrays : mapping
        An array, nested list or number for each variable, by its name or by the variable itself.
    given : str, optional
        Declarations, where ``expr`` is text or a function.

    Examples
    --------
    >>> import matgrad as mg
    >>> mg.evaluate("x' x", {"x": [3.0, 4.0]})
    25.0
    """
    from matgrad.verify.evaluate import evaluate as on_arrays

    if not isinstance(arrays, Mapping):
        raise ArgumentError(
            f"arrays are given by the names of their variables, not as {type(arrays).__name__}",
            fix='mg.evaluate(f, {"x": [1, 2], "A": [[1, 2], [3, 4]]})',
        )
    reading = read_function(expr, given)
    return on_arrays(reading.expr, arrays, reading.axes)


def latex(expr: Function, *, given: Any = None) -> str:
    """An expression in LaTeX.

    Parameters
    ----------
    expr : Expr, str or callable
        An expression, its text, or a plain NumPy function.
    given : str, optional
        Declarations, where ``expr`` is text or a function.

    Examples
    --------
    >>> import matgrad as mg
    >>> mg.latex(mg.parse("A x", "A: m×n, x: n"))
    'A x'
    """
    read = read_function(expr, given).expr
    return read.shower.latex(read)


def undefined(name: str, x: Any, order: int = 0) -> Any:
    """Apply a function that is only a name, or a derivative of it, to every entry.

    Parameters
    ----------
    name : str
        The name of the function.
    x : Expr, number or array of numbers
        Its argument.
    order : int
        The order of the derivative.

    Raises
    ------
    ArgumentError
        When the name is no identifier.

    Examples
    --------
    >>> import matgrad as mg
    >>> x = mg.vector("x", "n")
    >>> print(mg.gradient(mg.sum(mg.undefined("f", x)), x))
    f'(x)
    """
    require_words(name=name, order=order)
    if name is None or order is None or order < 0:
        raise ArgumentError(f"a function has a name and an order from 0 up, not {name!r} and {order!r}")
    if isinstance(x, SymbolicArray):
        return SymbolicArray(undefined_function(name, x.expr, order), x.ndim)
    return undefined_function(name, to_expr(x), order)


def parse(text: str, given: Any = None, *, syntax: str = "auto") -> Expr:
    """Read an expression from text; see :func:`matgrad.language.parse`."""
    from matgrad.language import parse as read

    require_words(syntax=syntax)
    return read(text, given, syntax=syntax)


def interpret(text: str, given: Any = None, *, syntax: str = "auto") -> Any:
    """Read an expression from text, with how it was understood; see :mod:`matgrad.language`."""
    from matgrad.language import interpret as read

    require_words(syntax=syntax)
    return read(text, given, syntax=syntax)


def block(rows: Sequence[Sequence[Any]]) -> Expr:
    """A matrix of blocks given row by row.

    Raises
    ------
    ShapeError
        When the blocks do not fit.
    """
    if (
        not isinstance(rows, (list, tuple))
        or not all(isinstance(row, (list, tuple)) for row in rows)
        or not rows
    ):
        raise ArgumentError("blocks are given as a list of rows", fix="mg.block([[A, B], [C, D]])")
    return grid([[to_expr(entry) for entry in row] for row in rows])
