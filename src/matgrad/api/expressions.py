"""Expressions from text, their simplest form, their values, and whether two of them are the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matgrad import language, numeric, verify
from matgrad.api.arguments import Function, read_function, read_together, require_words
from matgrad.api.documentation import documented
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import phrase
from matgrad.ops.arrays import SymbolicArray
from matgrad.ops.blocks import grid
from matgrad.ops.operators import to_expr
from matgrad.ops.undefined import undefined as undefined_function
from matgrad.results.inner import verify_inner
from matgrad.rewrite.simplify import simplify as simplified


def parse(
    text: str, given: Any = None, *, syntax: str = "auto", macros: str | Mapping[str, str] | None = None
) -> Expr:
    r"""Read an expression from text.

    Parameters
    ----------
    text : str
        The expression, such as ``"x' A x"`` or ``"x.T @ A @ x"``, with ``where`` and definitions after
        it if need be: ``"norm(Y)^2 where Y = A X - B"``.
    given : str, mapping, iterable of Symbol, optional
        Declarations: ``"A: m×n, S: n×n symmetric, x: n, t: scalar"``. Of names that are not declared,
        capitals are matrices, Greek letters scalars and other letters vectors (columns); their shapes are
        inferred.
    syntax : {"auto", "numpy", "matlab", "latex"}
        The dialect; by default LaTeX where the text holds one of its commands, and NumPy's operators where
        it holds ``@``, ``.T`` or ``**``.
    macros : str or mapping, optional
        Macros that LaTeX uses: definitions as in a preamble, or each macro with its replacement.

    Returns
    -------
    Expr
        The expression, of the shape that follows from those of its variables.

    Raises
    ------
    ParseError
        When the text is not an expression of the language; the error knows the place.
    DeclarationError
        When a declaration cannot be understood.
    ShapeError
        When operands do not conform.
    ArgumentError
        For an argument of the wrong type, or an unknown dialect.

    Examples
    --------
    >>> import matgrad as mg
    >>> f = mg.parse("x' S x", "S: n×n symmetric, x: n")
    >>> print(f)
    x' S x
    >>> f.is_scalar
    True
    >>> print(mg.parse(r"\frac{1}{2}\|X w - y\|_2^2", "X: m×n, w: n, y: m"))
    norm(X w - y)^2/2
    """
    require_words(syntax=syntax)
    return interpret(text, given, syntax=syntax, macros=macros).expr


def interpret(
    text: str, given: Any = None, *, syntax: str = "auto", macros: str | Mapping[str, str] | None = None
) -> language.Interpretation:
    """Read an expression from text, and say what its names were taken for.

    Parameters
    ----------
    text, given, syntax, macros
        As for :func:`parse`.

    Returns
    -------
    Interpretation
        ``.expr``, the expression; ``.symbols``, its variables by name, declared and inferred;
        ``.bindings``, what it names with ``where``; ``.syntax``, its dialect.

    Raises
    ------
    ParseError, DeclarationError, ShapeError, ArgumentError
        As for :func:`parse`.

    Examples
    --------
    >>> import matgrad as mg
    >>> read = mg.interpret("norm(A x - b)^2")
    >>> {name: symbol.describe() for name, symbol in read.symbols.items()}
    {'A': 'A (m×n)', 'x': 'x (n×1)', 'b': 'b (m×1)'}
    """
    require_words(syntax=syntax)
    found = language.interpret(text, given, syntax=syntax, macros=macros)
    verify_inner(found.derived)
    return found


@documented
def simplify(expr: Function, *, given: Any = None) -> Expr:
    """Bring an expression to the form that a textbook would print; its value and shape stay.

    Parameters
    ----------
    {function expr}
    {given expr}

    Returns
    -------
    Expr
        Of the same shape; simplifying it again changes nothing.

    Raises
    ------
    {not_read expr}

    Notes
    -----
    Every rule is an identity with a source, listed in the reference; a cost decides which form is taken.

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

    Returns
    -------
    bool
        False also where their shapes differ.

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
    left, right = read_together(a, b, given=given)
    axes = {reading.axes.result() for reading in (left, right)} - {None}
    return len(axes) < 2 and verify.same_value(left.expr, right.expr)


@documented
def evaluate(
    expr: Function, arrays: Mapping[Any, Any] | None = None, *, given: Any = None, **named: Any
) -> Any:
    """Evaluate an expression on NumPy arrays.

    The sizes of symbolic dimensions are read off the arrays. A dimension that no array shows (the n of
    ``eye(n)``, the i of ``x[i]``) is given its size under its own name.

    Parameters
    ----------
    expr : Expr, str or callable
        An expression, its text, or a plain NumPy function.
    arrays : mapping, optional
        An array, nested list or number for each variable, by its name or by the variable itself; vectors
        of length n as ``(n,)`` or ``(n, 1)``. Sizes of dimensions by their names; Python functions by the
        names of functions that are only names, and of their derivatives (``f``, ``grad_f``, ``J_g``).
    {given expr}
    **named : array-like
        The same by keywords: ``mg.evaluate("x' x", x=[3, 4])``.

    Returns
    -------
    float or ndarray
        A float for a scalar expression. Otherwise an array with two axes, or with one where the result is
        a column and all vectors were given with one axis; of a plain NumPy function an array with the axes
        that NumPy gives it. When all arrays are float32, so is the result.

    Raises
    ------
    ArgumentError
        When the arrays are not given by name.
    EvaluationError
        When a variable is missing or unknown, the shapes conflict, or the data contradict what is
        declared of a variable.
    DomainError
        When the data lie outside the domain of an operation, such as a singular matrix inverted.

    Examples
    --------
    >>> import matgrad as mg
    >>> mg.evaluate("x' x", {"x": [3.0, 4.0]})
    25.0
    >>> mg.evaluate("A x", {"A": [[1, 2], [3, 4]], "x": [1, 1]}).tolist()
    [3.0, 7.0]
    """
    if not isinstance(arrays, Mapping | None):
        raise ArgumentError(
            phrase(
                "arrays are given by the names of their variables, not as {name}", name=type(arrays).__name__
            ),
            fix=phrase('mg.evaluate(f, {"x": [1, 2], "A": [[1, 2], [3, 4]]}) or mg.evaluate(f, x=[1, 2])'),
        )
    by_label = {key.label if isinstance(key, Symbol) else key for key in arrays or {}}
    twice = [name for name in named if name in by_label]
    if twice:
        raise ArgumentError(
            phrase("the array of {twice} is given twice", twice=twice[0]),
            fix=phrase("one value for {twice}", twice=twice[0]),
        )
    arrays = {**(arrays or {}), **named}
    reading = read_function(expr, given)
    return numeric.evaluate_on_arrays(reading.expr, arrays, reading.axes)


@documented
def latex(expr: Function, *, given: Any = None) -> str:
    """An expression in LaTeX, for math mode.

    Parameters
    ----------
    {function expr}
    {given expr}

    Returns
    -------
    str
        The formula, without the signs that begin and end math mode. :func:`parse` reads it back: where the
        size of an identity, of ones or of zeros does not follow from what stands beside it, it is written.

    Raises
    ------
    {not_read expr}

    Examples
    --------
    >>> import matgrad as mg
    >>> mg.latex(mg.parse("A x", "A: m×n, x: n"))
    'A x'
    """
    return language.readable_latex(read_function(expr, given).expr)


def undefined(name: str, x: Any, order: int = 0) -> Any:
    """Apply a function that is only a name, or a derivative of it, to every entry.

    Parameters
    ----------
    name : str
        The name of the function.
    x : Expr, number or array of numbers
        Its argument, of any shape.
    order : int
        The order of the derivative, from 0 up.

    Returns
    -------
    Expr
        f(x), or f′(x) and so on, of the shape of x.

    Raises
    ------
    ArgumentError
        When the name is no identifier, or the order no whole number from 0 up.

    Examples
    --------
    >>> import matgrad as mg
    >>> x = mg.vector("x", "n")
    >>> print(mg.gradient(mg.sum(mg.undefined("f", x)), x))
    f'(x)
    """
    require_words(name=name, order=order)
    if name is None or order is None or order < 0:
        raise ArgumentError(
            phrase(
                "a function has a name and an order from 0 up, not {name} and {order}",
                name=repr(name),
                order=repr(order),
            )
        )
    if isinstance(x, SymbolicArray):
        return SymbolicArray(undefined_function(name, x.expr, order), x.ndim)
    return undefined_function(name, to_expr(x), order)


def block(rows: Sequence[Sequence[Any]]) -> Expr:
    """A matrix of blocks given row by row.

    Parameters
    ----------
    rows : sequence of sequences of Expr, number or array of numbers
        The blocks; those of a row have as many rows, those above each other as many columns.

    Returns
    -------
    Expr
        The blocks put together: of shape (Σ rows)×(Σ columns).

    Raises
    ------
    ArgumentError
        When the blocks are no list of rows.
    ShapeError
        When the blocks do not fit.

    Examples
    --------
    >>> import matgrad as mg
    >>> A, b = mg.matrix("A", "n", "n"), mg.vector("b", "n")
    >>> M = mg.block([[A, b], [b.T, 1]])
    >>> [str(dim) for dim in M.shape]
    ['n + 1', 'n + 1']
    """
    if (
        not isinstance(rows, (list, tuple))
        or not all(isinstance(row, (list, tuple)) for row in rows)
        or not rows
    ):
        raise ArgumentError(phrase("blocks are given as a list of rows"), fix="mg.block([[A, B], [C, D]])")
    return grid([[to_expr(entry) for entry in row] for row in rows])
