"""The functions that users call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matgrad.calculus import derivative as derivatives
from matgrad.core.expr import Expr, Symbol
from matgrad.ops.operators import to_expr
from matgrad.ops.structure import grid, vec
from matgrad.ops.transpose import transpose
from matgrad.reading import Function, Variable, read_problem
from matgrad.results import Result, derive
from matgrad.rewrite.simplify import simplify

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
    expr, variable = read_problem(f, x, at, given)
    return _expr(derive(expr, variable, form="gradient", convention=convention, verify=verify))


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
    expr, variable = read_problem(F, x, at, given)
    if variable.is_scalar:
        # The Jacobian by a scalar is the column vec(dF/dt), as for every other variable.
        result = derive(vec(expr), variable, form="gradient", verify=verify)
        return transpose(_expr(result)) if layout == "denominator" else _expr(result)
    return _expr(derive(expr, variable, form="jacobian", layout=layout, convention=convention, verify=verify))


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
    expr, variable = read_problem(f, x, at, given)
    return _expr(derive(expr, variable, order=2, form="hessian", convention=convention, verify=verify))


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
    expr, variable = read_problem(F, x, at, given)
    return _expr(derive(expr, variable, order=order, form="differential", verify=verify))


class Derivative(derivatives.Derivative):
    """The derivative of F at X, with all its views; made by :func:`derivative`."""

    def operator(self, **arrays: Any) -> LinearOperator:
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
    expr, variable = read_problem(F, x, at, given)
    if verify:
        derive(expr, variable, form="differential")
    return Derivative(simplify(expr), variable, simplify, convention)


def _expr(result: Result) -> Expr:
    assert isinstance(result.expr, Expr)
    return result.expr


def equivalent(a: Expr, b: Expr) -> bool:
    """Whether two expressions have the same value wherever both are defined.

    They are compared at random points of several shapes in arbitrary precision.

    Raises
    ------
    MatgradError
        When no point is found where both are defined.
    """
    from matgrad.verify.equality import same_value

    return same_value(a, b)


def evaluate(expr: Expr, arrays: Mapping[Any, Any]) -> Any:
    """Evaluate an expression on NumPy arrays; see :func:`matgrad.verify.evaluate.evaluate`."""
    from matgrad.verify.evaluate import evaluate as on_arrays

    return on_arrays(expr, arrays)


def latex(expr: Expr) -> str:
    """An expression in LaTeX.

    Examples
    --------
    >>> import matgrad as mg
    >>> mg.latex(mg.parse("A x", "A: m×n, x: n"))
    'A x'
    """
    return expr.shower.latex(expr)


def parse(text: str, given: Any = None, *, syntax: str = "auto") -> Expr:
    """Read an expression from text; see :func:`matgrad.language.parse`."""
    from matgrad.language import parse as read

    return read(text, given, syntax=syntax)


def interpret(text: str, given: Any = None, *, syntax: str = "auto") -> Any:
    """Read an expression from text, with how it was understood; see :mod:`matgrad.language`."""
    from matgrad.language import interpret as read

    return read(text, given, syntax=syntax)


def block(rows: Sequence[Sequence[Any]]) -> Expr:
    """A matrix of blocks given row by row.

    Raises
    ------
    ShapeError
        When the blocks do not fit.
    """
    return grid([[to_expr(entry) for entry in row] for row in rows])
