"""Matrix equations, solved as formulas."""

from __future__ import annotations

from typing import Any

from matgrad import equations, language
from matgrad.api.arguments import Reading, require_flags
from matgrad.api.documentation import documented
from matgrad.api.vectorizing import unknowns_of
from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.ops.leaves import zeros


@documented
def equation(
    e: str | Expr | tuple[Expr, Expr],
    unknown: Symbol | str | None = None,
    *,
    given: Any = None,
    verify: bool = True,
) -> equations.Equation:
    """A matrix equation: its kind, when it has one solution, and that solution as an expression.

    Parameters
    ----------
    e : str, Expr or pair of Expr
        The text of an equation; an expression that is to be zero; or both sides.
    unknown : Symbol or str, optional
        What it is solved for; by default the only variable, or the one called X or x.
    {given e}
    verify : bool
        Whether to put the solution back at random points.

    Returns
    -------
    Equation
        ``.kind``, ``.normal_form``, ``.condition`` (for one solution), ``.method``, ``.derivation``;
        ``.expr``, the solution, which differentiates, evaluates and compiles; ``.solve(A=…)`` on arrays.

    Raises
    ------
    ArgumentError
        Where the equation is of no kind that is known, or none is named of several variables.
    {not_read e}

    References
    ----------
    Simoncini (2016), *Computational methods for linear matrix equations*.

    Examples
    --------
    >>> import matgrad as mg
    >>> q = mg.equation("A X + X B = C", "X")
    >>> q.kind, q.condition
    ('Sylvester equation', 'no eigenvalue of A and eigenvalue of B add up to 0')
    >>> print(mg.gradient(mg.trace(q.expr @ mg.matrix("W", *q.expr.T.shape)), "C"))
    sylvester(A', B', W')
    >>> s = q.solve(A=[[1.0, 2.0], [0.0, 3.0]], B=[[1.0]], C=[[4.0], [8.0]])
    >>> s.value.tolist(), s.unique
    ([[0.0], [2.0]], True)
    """
    require_flags(verify=verify)
    if unknown is not None and not isinstance(unknown, (str, Symbol)):
        raise ArgumentError(f"{unknown!r:.60} is no variable to solve for", fix='its name, "X"')
    if isinstance(e, str):
        read, symbol = read_equation(e, unknown, given)
        return equations.solve_equation(read.left, read.right, symbol, verify=verify)
    else:
        left, right = (e, zeros(*e.shape)) if isinstance(e, Expr) else _sides(e)
        reading = Reading(left - right)
    unknowns = unknowns_of(reading, unknown)
    return equations.solve_equation(left, right, unknowns[0], verify=verify)


def read_equation(
    text: str,
    unknown: Symbol | str | None,
    given: Any = None,
    *,
    syntax: str = "auto",
    macros: Any = None,
) -> tuple[language.ReadEquation, Symbol]:
    """Read an equation, with as many equations as unknowns where declarations leave that open.

    Of A X B + C X D = E alone nothing says that A is square; that X is to be solved for does.
    """
    read = language.interpret_equation(text, given, syntax=syntax, macros=macros)
    symbol = _unknown(read, unknown)
    sizes = equations.square_sizes(read.left - read.right, symbol, _declared_sizes(given))
    symbols = read.interpretation.symbols.values()
    if not sizes or any(type(each) is not Symbol for each in symbols):
        return read, symbol
    again = [
        Symbol.make(
            each.label, sizes.get(each.rows, each.rows), sizes.get(each.columns, each.columns), each.facts
        )
        for each in symbols
    ]
    read = language.interpret_equation(text, again, syntax=read.interpretation.syntax, macros=macros)
    return read, _unknown(read, unknown)


def _unknown(read: language.ReadEquation, unknown: Symbol | str | None) -> Symbol:
    return unknowns_of(Reading(read.interpretation.expr, read.interpretation.symbols), unknown)[0]


def _declared_sizes(given: Any) -> set[Dim]:
    """The sizes that the user speaks of."""
    entries = language.read_given(given).entries.values()
    return {dim for entry in entries for dim in (entry.rows, entry.columns) if dim is not None}


def _sides(e: Any) -> tuple[Expr, Expr]:
    """Both sides of a pair.

    Raises
    ------
    ArgumentError
        Where it is no pair of expressions.
    """
    if isinstance(e, (tuple, list)) and len(e) == 2 and all(isinstance(side, Expr) for side in e):
        return e[0], e[1]
    raise ArgumentError(
        f"{type(e).__name__} is no equation", fix='a text, "A X = B", an expression, or a pair of them'
    )
