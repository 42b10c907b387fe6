"""Stationary points of scalar functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from matgrad import explanation, language, stationarity
from matgrad.api.arguments import Function, Reading, Several, read_function, require_flags
from matgrad.api.documentation import documented
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.words import phrase

Constraints = Expr | str | Sequence[Expr | str]


@documented
def stationary(
    f: Function,
    x: Symbol | str | Several | None = None,
    *,
    subject_to: Constraints = (),
    given: Any = None,
    verify: bool = True,
) -> stationarity.StationaryPoint:
    r"""Solve ∂f/∂x = 0 in closed form, and say of what nature the point is.

    Parameters
    ----------
    {scalar_function f}
    x : Symbol, str or a sequence of them, optional
        The variables by which f is stationary; the only one by default. ``"m_k"`` is each member of a family.
    subject_to : str, Expr or a sequence of them
        Linear constraints: ``"A x = b"``, several as ``"A x = b; sum(x) = 1"``, or expressions that are zero.
        Each has a Lagrange multiplier. Of one variable also ``"x' B x = 1"`` or ``"X' X = I"``.
    {given f}
    verify : bool
        Whether to put the solution back into the equations at random points.

    Returns
    -------
    StationaryPoint
        ``.equation``, ∂f/∂x, which is zero; ``.solution``, a closed form or ``None``; ``.nature``,
        ``"minimum"``, ``"maximum"``, ``"saddle"`` or ``"not known"``, with ``.reasons``; of several points
        ``"several"``, and each of the ``.points`` has its own; ``.conditions``;
        ``.derivation()``, the way to it line by line, and ``.steps``, its lines.

    Raises
    ------
    {not_scalar}
    ArgumentError
        When a constraint is not linear in the variables, and no quadratic one with a closed form.
    VerificationError
        When the solution does not hold at a random point.

    References
    ----------
    Magnus & Neudecker (2019), ch. 7; Boyd & Vandenberghe (2004), ch. 3.

    Examples
    --------
    >>> import matgrad as mg
    >>> r = mg.stationary("norm(y - X b)^2 + t norm(b)^2", "b", given="t: positive scalar")
    >>> print(r)
    b = (XᵀX + tI)⁻¹Xᵀy
    >>> r.nature
    'minimum'
    >>> print(mg.stationary("x' P x", "x", subject_to="A x = b", given="P: n×n spd"))
    x = P⁻¹Aᵀ(AP⁻¹Aᵀ)⁻¹b
    >>> print(mg.stationary("x' A x", "x", subject_to="x' x = 1", given="A: n×n symmetric"))
    x = v_max(A)

    As a paper writes it:

    >>> print(mg.stationary(r"\min_w \|y - X w\|^2"))
    w = (XᵀX)⁻¹Xᵀy
    """
    require_flags(verify=verify)
    asked = language.point_asked(f) if isinstance(f, str) else None
    if asked is not None:
        listed = subject_to if isinstance(subject_to, (list, tuple)) else [subject_to]
        texts = [text for text in (*asked.constraints, *listed) if isinstance(text, str)]
        given = language.given_with_constraints(asked.function, texts, given)
    reading = read_function(f if asked is None else asked.function, given)
    named = x if x is not None or asked is None else asked.variables or None
    variables = read_variables(reading, named if isinstance(named, (tuple, list)) else (named,))
    conditions = read_constraints(reading, subject_to, () if asked is None else asked.constraints)
    found = stationarity.find_stationary(
        reading.expr, variables, conditions, check=verify, names=reading.bindings
    )
    typed = None if reading.source is None else explanation.as_written(reading.source)
    return replace(found, called=reading.called, written=typed)


def read_variables(reading: Reading, named: Sequence[Any]) -> tuple[Symbol, ...]:
    """The variables that names stand for; m_k stands for its family m.

    Raises
    ------
    ArgumentError
        When none is named, or one that is no variable.
    """
    if not named:
        raise ArgumentError(phrase("no variable is named"), fix='mg.stationary(f, "x")')
    parts = [reading.find_part(each) if isinstance(each, str) else None for each in named]
    found = [
        part if isinstance(part, Symbol) else reading.variable(each)
        for part, each in zip(parts, named, strict=True)
    ]
    return tuple(dict.fromkeys(found))


def _equations(text: str) -> list[str]:
    """The equations of a text, which stand between semicolons or commas."""
    return language.split_equations(text) or [text]


def read_constraints(reading: Reading, subject_to: Constraints, in_text: Sequence[str] = ()) -> list[Expr]:
    """What is zero by constraints, whose names are those of the function.

    Raises
    ------
    ArgumentError
        When a constraint is neither text nor an expression.
    """
    listed = [subject_to] if isinstance(subject_to, (str, Expr)) else subject_to
    if not isinstance(listed, (list, tuple)):
        raise ArgumentError(
            phrase("constraints are texts or expressions"), fix='subject_to=["A x = b", "sum(x) = 1"]'
        )
    known = {**reading.symbols, **symbols_of(reading.expr)}
    found: list[Expr] = []
    for constraint in (*in_text, *listed):
        for text in _equations(constraint) if isinstance(constraint, str) else ():
            read = language.interpret_constraint(text, list(known.values()))
            known = {**read.interpretation.symbols, **known}
            found.append(read.interpretation.expr)
        if isinstance(constraint, Expr):
            found.append(constraint)
        elif not isinstance(constraint, str):
            raise ArgumentError(
                phrase(
                    "a constraint is a text or an expression, not {constraint}", constraint=repr(constraint)
                ),
                fix='subject_to="A x = b"',
            )
    return found
