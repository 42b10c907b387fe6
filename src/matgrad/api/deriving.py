"""Derivatives: gradients, Jacobians, Hessians, differentials, and the linear map that they are views of."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, overload

from matgrad import compilation, kronecker
from matgrad.api.arguments import (
    Function,
    Point,
    Reading,
    Several,
    Variable,
    read_function,
    read_problem,
    require_flags,
    require_one,
    require_words,
)
from matgrad.api.documentation import documented
from matgrad.calculus import derivative as derivatives
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.origins import remember, remember_each
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose
from matgrad.results import Result, derive as derived
from matgrad.results.jointly import gradients, hessian as hessian_by
from matgrad.results.parts import Part, derive_by_part
from matgrad.results.points import at_point
from matgrad.rewrite.simplifier import RememberingSimplifier


@overload
def gradient(
    f: Function,
    x: Variable | None = None,
    *,
    at: Variable | None = None,
    given: Any = None,
    point: Point | None = None,
    convention: str = "subspace",
    verify: bool = True,
) -> Expr: ...


@overload
def gradient(
    f: Function,
    x: Several,
    *,
    given: Any = None,
    point: Point | None = None,
    convention: str = "subspace",
    verify: bool = True,
) -> tuple[Expr, ...]: ...


@documented
def gradient(
    f: Function,
    x: Variable | Several | None = None,
    *more: Any,
    at: Variable | None = None,
    given: Any = None,
    point: Point | None = None,
    convention: str = "subspace",
    verify: bool = True,
) -> Expr | tuple[Expr, ...]:
    """The gradient of a scalar function, of the shape of the variable.

    Parameters
    ----------
    {scalar_function f}
    {variables}
    *more
        Refused: several variables are given as one tuple.
    {given f}
    {point}
    convention : {"subspace", "independent"}
        For a symmetric variable: ``"subspace"`` gives the gradient within the symmetric matrices,
        ``"independent"`` one partial derivative for each independent entry (2G − G⊙I).
    {verify result}

    Returns
    -------
    Expr
        G, of shape p×q, with df = tr(Gᵀ dX); of several variables a tuple of them.

    Raises
    ------
    {not_scalar}
    {no_derivative result}

    References
    ----------
    Magnus & Neudecker (2019), ch. 9; for the independent entries of a symmetric matrix the Matrix
    Cookbook, eq. 138.

    Examples
    --------
    >>> import matgrad as mg
    >>> m, n = mg.dims("m n")
    >>> A, x, b = mg.matrix("A", m, n), mg.vector("x", n), mg.vector("b", m)
    >>> r = A @ x - b
    >>> print(mg.gradient(r.T @ r, x))
    2 A' (A x - b)
    >>> [str(g) for g in mg.gradient(r.T @ r, (A, x))]
    ["2 (A x - b) x'", "2 A' (A x - b)"]
    >>> print(mg.gradient(r.T @ r, "A[1, :]"))
    2 (A x - b)[1] x'

    By a member of a family, for whichever index:

    >>> print(mg.gradient("sum_i norm(x_i - c)^2", "x_k", given="x_i: n, c: n, i = 1..N"))
    2 (x_k - c)

    At a point:

    >>> print(mg.gradient("log det(X)", "X", point="X = 2 I"))
    eye(n)/2
    """
    require_one(more, "gradient")
    require_words(convention=convention)
    require_flags(verify=verify)
    reading, asked = read_function(f, given), at if x is None else x
    if isinstance(asked, (tuple, list)):
        symbols = [reading.variable(each) for each in asked]
        found = gradients(reading.expr, symbols, convention=convention, verify=verify)
        answers = [_at(reading, result, point).expr for result in found]
        return remember_each([answer for answer in answers if isinstance(answer, Expr)], reading.expr)
    return _of(reading, asked, point, form="gradient", convention=convention, verify=verify)


@documented
def jacobian(
    F: Function,
    x: Variable | None = None,
    *more: Any,
    at: Variable | None = None,
    given: Any = None,
    point: Point | None = None,
    layout: str = "numerator",
    convention: str = "subspace",
    verify: bool = True,
) -> Expr:
    """The Jacobian on vec: the matrix J with vec(dF) = J vec(dX).

    Parameters
    ----------
    {function_to_derive F}
    {variable}
    *more
        Refused: several variables are given as one tuple.
    {given F}
    {point}
    layout : {"numerator", "denominator", "mixed"}
        ``"numerator"`` for J of shape mn×pq, ``"denominator"`` for its transpose; ``"mixed"`` is
        numerator layout for Jacobians.
    convention : {"subspace", "independent"}
        With ``"independent"`` the columns belong to the entries of vech(X) of a symmetric X.
    {verify result}

    Returns
    -------
    Expr
        J, of shape mn×pq, in Kronecker form where F and X are matrices.

    Raises
    ------
    ArgumentError
        For an unknown layout or convention.
    {no_derivative result}

    References
    ----------
    Magnus & Neudecker (2019), ch. 5, sec. 15.

    Examples
    --------
    >>> import matgrad as mg
    >>> A, X, B = mg.matrix("A", "p", "m"), mg.matrix("X", "m", "n"), mg.matrix("B", "n", "q")
    >>> print(mg.jacobian(A @ X @ B, X))
    kron(B', A)
    """
    require_one(more, "jacobian")
    require_words(layout=layout, convention=convention)
    require_flags(verify=verify)
    reading, asked = read_function(F, given), at if x is None else x
    options: dict[str, Any] = {"layout": layout, "convention": convention, "verify": verify}
    if reading.part(asked).is_scalar:
        # The Jacobian by a scalar is the column vec(dF/dt), as for every other variable.
        result = _by(replace(reading, expr=vec(reading.expr)), asked, point, **options)
        return transpose(_expr(result)) if layout == "denominator" else _expr(result)
    return _of(reading, asked, point, form="jacobian", **options)


@documented
def hessian(
    f: Function,
    x: Variable | Several | None = None,
    y: Symbol | str | None = None,
    *,
    at: Variable | None = None,
    given: Any = None,
    point: Point | None = None,
    convention: str = "subspace",
    verify: bool = True,
) -> Expr:
    """The Hessian of a scalar function on vec: the matrix H with vec(d∇f) = H vec(dX).

    Parameters
    ----------
    f : Expr, str or callable
        A scalar expression, its text, or a plain NumPy function.
    {variables}
    y : Symbol or str, optional
        A second variable, of shape r×s: for the mixed derivatives ∂²f/∂vec(X) ∂vec(Y)ᵀ, of shape pq×rs.
    {given f}
    {point}
    convention : {"subspace", "independent"}
        With ``"independent"`` rows and columns belong to vech(X) of a symmetric X.
    verify : bool
        Whether to compare gradient and Hessian with difference quotients.

    Returns
    -------
    Expr
        H, of shape pq×pq, in Kronecker form where X is a matrix.

    Raises
    ------
    {not_scalar}
    {no_derivative result}

    References
    ----------
    Magnus & Neudecker (2019), ch. 6 and 10.

    Examples
    --------
    >>> import matgrad as mg
    >>> f = mg.parse("tr((T - U V')' (T - U V'))", "T: m×n, U: m×k, V: n×k")
    >>> print(mg.hessian(f, "U"))
    2 kron(V' V, eye(m))
    >>> print(mg.hessian("x' A y", "x", "y", given="A: m×n, x: m, y: n"))
    A
    """
    require_words(convention=convention)
    require_flags(verify=verify)
    reading, asked = read_function(f, given), at if x is None else x
    if isinstance(asked, (tuple, list)) and y is None:
        symbols = [reading.variable(each) for each in asked]
        at_values = reading.values(point)
        joint = hessian_by(reading.expr, symbols, at_values, convention=convention, verify=verify)
        return remember(joint, reading.expr)
    if y is not None:
        options: dict[str, Any] = {"order": 2, "form": "hessian", "convention": convention, "verify": verify}
        mixed = derived(reading.expr, reading.variable(asked), other=reading.variable(y), **options)
        return _expr(_at(reading, mixed, point))
    return _of(reading, asked, point, order=2, form="hessian", convention=convention, verify=verify)


@documented
def differential(
    F: Function,
    x: Variable | None = None,
    *more: Any,
    at: Variable | None = None,
    given: Any = None,
    point: Point | None = None,
    order: int = 1,
    verify: bool = True,
) -> Expr:
    """The differential in terms of the symbol dX; of higher order, dᵏF[dX, …, dX].

    Parameters
    ----------
    {function_to_derive F}
    x, at : Symbol or str
        The variable, either way; dX has its shape and its linear structure.
    *more
        Refused: several variables are given as one tuple.
    {given F}
    {point}
    order : int
        How often to differentiate, from 1 to 12.
    {verify result}

    Returns
    -------
    Expr
        dF, of shape m×n, homogeneous of degree ``order`` in dX.

    Raises
    ------
    ArgumentError
        For an order that is no whole number from 1 to 12.
    {no_derivative result}

    References
    ----------
    Magnus & Neudecker (2019), ch. 5 and 6.

    Examples
    --------
    >>> import matgrad as mg
    >>> X = mg.matrix("X", "n", "n")
    >>> print(mg.differential(mg.inv(X), X))
    -inv(X) dX inv(X)
    """
    require_one(more, "differential")
    require_words(order=order)
    require_flags(verify=verify)
    reading, asked = read_function(F, given), at if x is None else x
    return _expr(_by(reading, asked, point, order=order, form="differential", verify=verify))


class Derivative(derivatives.Derivative):
    """The derivative of F at X: the linear map dX ↦ dF, with all its views; made by :func:`derivative`.

    Attributes
    ----------
    function, variable : Expr, Symbol
        F, of shape m×n, and X, of shape p×q.
    change : Symbol
        The symbol dX.
    convention : str
        How a structured variable is meant; see :func:`gradient`.
    differential : Expr
        dF in terms of dX, of shape m×n.
    gradient : Expr
        Of a scalar F, of shape p×q.
    by_scalar : Expr
        dF/dt by a scalar variable t, of shape m×n.
    components : Components
        ∂F_ij/∂X_kl in index notation.
    map : LinearMap
        The map itself, as a sum of compositions of elementary maps.

    Raises
    ------
    ShapeError
        For the gradient of what is not scalar, and a direction or cotangent of another shape than X or F.
    NotDifferentiableError
        When there is no derivative, or none is known; for a Jacobian on a curved set.

    References
    ----------
    Magnus & Neudecker (2019), ch. 5; Griewank & Walther (2008), ch. 3, for the pullback.

    Examples
    --------
    >>> import matgrad as mg
    >>> D = mg.derivative("A X B", "X", given="A: p×m, X: m×n, B: n×q")
    >>> D
    Derivative of A X B with respect to X: A dX B
    >>> print(D.apply(mg.matrix("V", "m", "n")))
    A V B
    >>> print(D.jacobian("denominator"))
    kron(B, A')
    """

    def operator(self, /, **arrays: Any) -> kronecker.Operator:
        """The derivative on vec as a SciPy linear operator at the given arrays.

        Parameters
        ----------
        **arrays : array_like
            The value of each variable by name.

        Returns
        -------
        matgrad.kronecker.Operator
            A SciPy ``LinearOperator`` of shape mn×pq: ``matvec`` maps vec(dX) to vec(dF) and ``rmatvec`` is
            its adjoint; nothing of that size is formed. Where the Jacobian is made of Kronecker products, a
            diagonal or low rank, ``solve(G)`` gives the dX (of the shape of X) that changes F by G.

        Raises
        ------
        EvaluationError
            When an array is missing or unknown, does not conform, or contradicts what is declared of
            its variable.

        Examples
        --------
        >>> import matgrad as mg
        >>> D = mg.derivative("A X B", "X", given="A: n×n, B: n×n")
        >>> D.operator(A=[[2, 0], [0, 4]], B=[[1, 1], [0, 1]]).solve([[2, 4], [4, 4]]).tolist()
        [[1.0, 1.0], [1.0, 0.0]]
        """
        try:
            jacobian = None if self.function.is_scalar else self.jacobian("numerator")
        except MatgradError:  # there is none on a curved set
            jacobian = None
        return compilation.derivative_operator(self.function, self.variable, jacobian, self._coded, arrays)

    def _coded(self) -> compilation.OperatorFunction:
        cotangent = Symbol.make(self.change.label + "_", *self.function.shape)
        backward = self.pullback(cotangent)
        return compilation.OperatorFunction(
            self.function, self.differential, backward, self.change, cotangent
        )


@documented
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
    {function_to_derive F}
    {variable}
    {given F}
    convention : {"subspace", "independent"}
        How a symmetric variable is meant; see :func:`gradient`.
    {verify differential}

    Returns
    -------
    Derivative
        The map dX ↦ dF, from matrices of shape p×q to those of shape m×n.

    Raises
    ------
    {no_derivative differential}

    References
    ----------
    Magnus & Neudecker (2019), ch. 5.

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
    if not verify:
        simplify = RememberingSimplifier()
        return Derivative(simplify(expr), variable, simplify, convention)
    result = derived(expr, variable, form="differential", convention=convention)
    return Derivative(result.derivatives.plain, variable, result.derivatives.simplify, convention)


@documented
def derive(
    function: Function,
    variable: Variable | None = None,
    *more: Any,
    given: Any = None,
    point: Point | None = None,
    order: int = 1,
    form: str = "auto",
    layout: str = "numerator",
    convention: str = "subspace",
    verify: bool = True,
) -> Result:
    """Differentiate a function and verify the result.

    Parameters
    ----------
    function : Expr, str or callable
        F, of any shape m×n: an expression, its text, or a plain NumPy function.
    variable : Symbol or str, optional
        X, of shape p×q; the only variable where none is named.
    *more
        Refused: several variables are given as one tuple.
    {given function}
    {point}
    order : int
        How often, from 1 to 12; from order 3 on the form is the differential.
    form : {"auto", "gradient", "jacobian", "hessian", "differential", "components"}
        ``"auto"`` for what is usual for the shapes: the gradient of a scalar function, else the Jacobian;
        of order 2 the Hessian. By a scalar, all but the last two are the derivative, of the shape of F.
    layout : {"numerator", "denominator", "mixed"}
        Of a Jacobian: of shape mn×pq, or pq×mn. Mixed is numerator layout with gradients as columns, which
        is how gradients are shown anyway.
    convention : {"subspace", "independent"}
        For a symmetric (and skew) variable: the gradient within the symmetric matrices, or one partial
        derivative for each independent entry.
    verify : bool
        Whether to compare with a difference quotient.

    Returns
    -------
    Result
        The derivative with how it is read, and what was verified of it.

    Raises
    ------
    ArgumentError
        For an unknown form, layout or convention, or an order that cannot be written in that form.
    ShapeError
        When the gradient or Hessian of a function is asked for that is not scalar.
    {no_derivative result}

    References
    ----------
    Magnus & Neudecker (2019), ch. 5, 6, 9 and 10.

    Examples
    --------
    >>> import matgrad as mg
    >>> print(mg.derive("x' A x", "x"))
    ∂f/∂x = (A + Aᵀ)x
    >>> print(mg.derive("A X B", "X", layout="denominator"))
    ∂vec(F)ᵀ/∂vec(X) = B ⊗ Aᵀ
    """
    require_one(more, "derive")
    require_words(order=order, form=form, layout=layout, convention=convention)
    require_flags(verify=verify)
    reading = read_function(function, given)
    options: dict[str, Any] = {"layout": layout, "convention": convention, "verify": verify}
    result = _by(reading, variable, point, order=order, form=form, **options)
    names: dict[str, Any] = {"names": reading.bindings, "members": reading.members, "called": reading.called}
    return replace(result, readings=reading.remarks, **names)


def _by(reading: Reading, asked: Any, point: Any, **options: Any) -> Result:
    """The derivative by a variable, or by a part of one, at a point where one is named."""
    variable = reading.part(asked)
    if isinstance(variable, Part):
        return _at(reading, derive_by_part(reading.expr, variable, **options), point)
    result = derived(reading.expr, variable, **options)
    reading.by_member(asked, result)
    return _at(reading, result, point)


def _at(reading: Reading, result: Result, point: Any) -> Result:
    """A derivative at a point, where one is named."""
    return result if point is None else at_point(result, reading.values(point))


def _of(reading: Reading, asked: Any, point: Any, **options: Any) -> Expr:
    """The derivative by a variable, by a part of one, or by a member of a family that a text names."""
    result = _by(reading, asked, None, **options)
    member, found = reading.by_member(asked, result), _expr(_at(reading, result, point))
    if member is None:
        return found
    at = result.derivatives.simplify(member.substitute(reading.values(point)))
    return remember(at, result.question.function)


def _expr(result: Result) -> Expr:
    assert isinstance(result.expr, Expr)
    return remember(result.expr, result.question.function)
