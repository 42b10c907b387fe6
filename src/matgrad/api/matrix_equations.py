"""Matrix equations, solved as formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, overload

from matgrad import equations, language
from matgrad.api.arguments import Reading, require_flags
from matgrad.api.documentation import documented
from matgrad.api.vectorizing import unknowns_of
from matgrad.calculus.linear_terms import linear_terms
from matgrad.core.dims import ZERO, Dim, same
from matgrad.core.errors import ArgumentError, MatgradError, ParseError, ShapeError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase, phrase
from matgrad.ops.arithmetic import multiply, scale
from matgrad.ops.blocks import hstack, vstack
from matgrad.ops.leaves import zeros
from matgrad.ops.matrix_equation import is_unit
from matgrad.rewrite.simplify import simplify


@overload
def equation(
    e: str | Expr | tuple[Expr, Expr],
    unknown: Symbol | str | None = None,
    *,
    given: Any = None,
    verify: bool = True,
) -> equations.Equation: ...


@overload
def equation(
    e: str | Expr | list[Any] | tuple[Any, ...],
    unknown: list[Any] | tuple[Any, ...],
    *,
    given: Any = None,
    verify: bool = True,
) -> equations.EquationSystem: ...


@documented
def equation(
    e: str | Expr | list[Any] | tuple[Any, ...],
    unknown: Symbol | str | list[Any] | tuple[Any, ...] | None = None,
    *,
    given: Any = None,
    verify: bool = True,
) -> equations.Equation | equations.EquationSystem:
    """A matrix equation: its kind, when it has one solution, and that solution as an expression.

    Parameters
    ----------
    e : str, Expr, pair of Expr or a list
        The text of an equation; an expression that is to be zero; or both sides. For several unknowns a list
        of texts or of pairs, or one text with semicolons.
    unknown : Symbol, str or a list of them, optional
        What it is solved for; by default the only variable, or the one called X or x. Of a list the equations
        are solved for all.
    {given e}
    verify : bool
        Whether to put the solution back at random points.

    Returns
    -------
    Equation
        ``.kind``, ``.normal_form``, ``.condition`` (for one solution), ``.method``, ``.derivation``;
        ``.expr``, the solution, which differentiates, evaluates and compiles; ``.solve(A=…)`` on arrays. For
        several unknowns an ``EquationSystem``: ``.expr`` is a tuple, ``.solve(…).value`` a dict.

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
    >>> q = mg.equation("A X + Y B = C; X + Y = D", ["X", "Y"])
    >>> print(q)
    Y = −sylvester(−A, B, AD − C), X = D − Y
    """
    require_flags(verify=verify)
    if isinstance(unknown, (list, tuple)):
        several, symbols = read_equations(e, unknown, given)
        return equations.solve_equations(several, symbols, verify=verify)
    if isinstance(unknown, str) and "," in unknown:
        names = ", ".join(f'"{name.strip()}"' for name in unknown.split(","))
        raise ArgumentError(phrase("{unknown} are several unknowns", unknown=unknown), fix=f"[{names}]")
    if unknown is not None and not isinstance(unknown, (str, Symbol)):
        raise ArgumentError(
            phrase("{unknown} is no variable to solve for", unknown=f"{unknown!r:.60}"),
            fix=phrase('its name, "X"'),
        )
    if isinstance(e, str):
        read, symbol = read_equation(e, unknown, given)
        found = equations.solve_equation(read.left, read.right, symbol, verify=verify)
        return replace(found, for_arrays=partial(_for_arrays, e, symbol.label, given))
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
    try:
        read = language.interpret_equation(text, given, syntax=syntax, macros=macros)
    except ParseError:
        if len(language.split_equations(text)) > 1:
            raise ParseError(
                phrase("several equations are solved for several unknowns, and one is named"),
                fix=_for_one(text, unknown, given, syntax=syntax, macros=macros),
                text=text,
            ) from None
        raise
    symbol = _unknown(read, unknown)
    sizes = equations.square_sizes([read.left - read.right], [symbol], _declared_sizes(given))
    again = _resized(read.interpretation, sizes)
    if again is None:
        return read, symbol
    read = language.interpret_equation(text, again, syntax=read.interpretation.syntax, macros=macros)
    return read, _unknown(read, unknown)


def _for_arrays(text: str, unknown: str, given: Any, arrays: Mapping[str, Any]) -> equations.Equation | None:
    """The equation in the sizes of arrays, where those that it was read in are others and not declared.

    ``None`` where they are not what is declared, not all there, or fit together in no sizes.
    """
    read = language.interpret_equation(text, given)
    if not read.interpretation.symbols.keys() - {unknown} <= arrays.keys():
        return None
    declared = language.read_given(given).entries
    symbols: list[Symbol] = []
    sizes: dict[str, Dim] = {}
    for name, each in read.interpretation.symbols.items():
        if name not in arrays or type(each) is not Symbol:
            continue
        shape = getattr(arrays[name], "shape", ())
        if len(shape) != 2 and not (each.is_vector and len(shape) == 1):
            return None
        rows, columns = map(Dim.of, (*shape, 1)[:2])
        for dim, size in zip(each.shape, (rows, columns), strict=True) if name in declared else ():
            if str(dim) in dim.symbols and sizes.setdefault(str(dim), size) != size:
                return None
        facts = each.facts if name in declared else Fact.NONE
        symbols.append(Symbol.make(name, rows, columns, facts))
    if unknown in declared:
        x = read.interpretation.symbols[unknown]
        symbols.append(Symbol.make(unknown, x.rows.substitute(sizes), x.columns.substitute(sizes), x.facts))
    try:
        again = language.interpret_equation(text, symbols, syntax=read.interpretation.syntax)
    except ShapeError:
        return None
    return equations.solve_equation(again.left, again.right, _unknown(again, unknown), verify=False)


def _for_one(text: str, unknown: Symbol | str | None, given: Any, **how: Any) -> str | Phrase:
    """What to write instead of several equations for one unknown: one for blocks, or a name for each."""
    try:
        read = language.interpret_equations(language.split_equations(text), given, **how)
        symbol = _unknowns(read, [unknown or "X"])[0]
    except MatgradError:
        return phrase('--for X,Y, in Python ["X", "Y"]')
    wholes = [left - right for left, right in read.sides]
    known = symbols_of(wholes)
    names = sorted((name for name in known if name != symbol.label), reverse=True)
    # What is linear together with it, in several equations, may be unknown too; other letters are given.
    others = [
        known[name]
        for name in names
        if sum(name in symbols_of(whole) for whole in wholes) > 1
        and all(linear_terms(whole, [symbol, known[name]]) is not None for whole in wholes)
    ]
    if len(others) >= len(wholes) - 1:
        named = [symbol.label, *(other.label for other in others[: len(wholes) - 1])]
        listed = ", ".join(f'"{name}"' for name in named)
        return phrase("--for {names}, in Python [{listed}]", names=",".join(named), listed=listed)
    return _stacked(wholes, symbol) or phrase('in Python mg.equation(…, ["{name}"])', name=symbol.label)


def _stacked(wholes: Sequence[Expr], symbol: Symbol) -> str | None:
    """A X = B and C X = D as one equation [A; C] X = [B; D], or X A = B and X C = D."""
    found = [linear_terms(whole, [symbol]) for whole in wholes]
    parts = [one.terms[0] for one in found if one is not None and len(one.terms) == 1]
    if len(parts) < len(wholes) or any(not part.is_two_sided or part.transposed for part in parts):
        return None
    rests = [simplify(scale(-1, one.rest)) for one in found if one is not None]
    lefts = [multiply(part.coefficient, part.left) for part in parts if part.left is not None]
    rights = [multiply(part.coefficient, part.right) for part in parts if part.right is not None]
    if all(is_unit(part.right) for part in parts if part.right is not None):
        return f"{multiply(vstack(*lefts), symbol)} = {vstack(*rests)}"
    if all(is_unit(part.left) for part in parts if part.left is not None):
        return f"{multiply(symbol, hstack(*rights))} = {hstack(*rests)}"
    return None


def read_equations_of_text(
    texts: Sequence[str],
    unknown: Sequence[Symbol | str],
    given: Any = None,
    *,
    syntax: str = "auto",
    macros: Any = None,
) -> tuple[language.ReadEquations, tuple[Symbol, ...]]:
    """Read several equations for several unknowns, in sizes in which they may have one solution.

    There are as many of the one as of the other, and they do not depend on each other whatever is given.
    """
    read = language.interpret_equations(texts, given, syntax=syntax, macros=macros)
    symbols = _unknowns(read, unknown)
    wholes = [left - right for left, right in read.sides]
    again = _resized(read.interpretation, equations.square_sizes(wholes, symbols, _declared_sizes(given)))
    is_open = not same(_entries(wholes), _entries(symbols))
    if again is None or not (is_open or equations.solve_equations(read.sides, symbols).form.is_never_unique):
        return read, symbols
    read = language.interpret_equations(texts, again, syntax=read.interpretation.syntax, macros=macros)
    return read, _unknowns(read, unknown)


def read_equations(
    e: Any, unknown: Sequence[Symbol | str], given: Any
) -> tuple[Sequence[tuple[Expr, Expr]], tuple[Symbol, ...]]:
    """The sides of several equations and their unknowns, of texts or of pairs.

    Raises
    ------
    ArgumentError
        Where they are neither, or unknowns are missing.
    """
    if not unknown or not all(isinstance(each, (str, Symbol)) for each in unknown):
        raise ArgumentError(phrase("unknowns are variables, or their names"), fix='["X", "Y"]')
    given_list: list[Any] = [e] if isinstance(e, (str, Expr)) else list(e)
    if given_list and all(isinstance(each, str) for each in given_list):
        texts = [text for each in given_list for text in language.split_equations(each)]
        read, symbols = read_equations_of_text(texts, unknown, given)
        return read.sides, symbols
    if any(isinstance(each, (str, Expr)) for each in given_list) or not given_list:
        raise ArgumentError(
            phrase("several equations are texts, or pairs of both sides"),
            fix=phrase('["A X + Y B = C", "D X + Y E = F"] or [(left, right), (left, right)]'),
        )
    sides = [_sides(each) for each in given_list]
    known = {name: symbol for pair in sides for side in pair for name, symbol in symbols_of(side).items()}
    reading = Reading(sides[0][0] - sides[0][1], known)
    return sides, unknowns_of(reading, tuple(unknown))


def _entries(xs: Sequence[Expr]) -> Dim:
    return sum((x.rows * x.columns for x in xs), ZERO)


def _resized(interpretation: language.Interpretation, sizes: dict[Dim, Dim]) -> list[Symbol] | None:
    """The variables in other sizes; ``None`` where nothing is to be changed, or some are more than that."""
    symbols = interpretation.symbols.values()
    if not sizes or any(type(each) is not Symbol for each in symbols):
        return None
    by_name = {name: new for old, new in sizes.items() for name in old.symbols}
    return [
        Symbol.make(each.label, each.rows.substitute(by_name), each.columns.substitute(by_name), each.facts)
        for each in symbols
    ]


def _unknowns(read: language.ReadEquations, unknown: Sequence[Symbol | str]) -> tuple[Symbol, ...]:
    reading = Reading(read.interpretation.expr, read.interpretation.symbols)
    return _named(reading, tuple(unknown), phrase("equations"))


def _unknown(read: language.ReadEquation, unknown: Symbol | str | None) -> Symbol:
    reading = Reading(read.interpretation.expr, read.interpretation.symbols)
    return _named(reading, unknown, phrase("equation"))[0]


def _named(
    reading: Reading, unknown: Symbol | str | Sequence[Symbol | str] | None, what: Phrase
) -> tuple[Symbol, ...]:
    """The unknowns, with messages that speak of the equation and not of what was made of it.

    Raises
    ------
    ArgumentError
        Where one is no variable, or none is named of several.
    """
    try:
        return unknowns_of(reading, unknown)
    except ArgumentError:
        known = symbols_of(reading.expr)
        for each in (unknown,) if isinstance(unknown, (str, Symbol)) else unknown or ():
            name = each if isinstance(each, str) else each.label
            if name not in known:
                raise ArgumentError(
                    phrase(
                        "{name} is not a variable of the {what}; the variables are: {known}",
                        name=name,
                        what=what,
                        known=", ".join(known) or phrase("none"),
                    )
                ) from None
        raise


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
        phrase("{name} is no equation", name=type(e).__name__),
        fix=phrase('a text, "A X = B", an expression, or a pair of them'),
    )
