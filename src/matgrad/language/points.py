"""Points at which a derivative is asked for: ``w = 0``, ``X = I``, ``t = 2``."""

from __future__ import annotations

from collections.abc import Mapping

from matgrad.core.dims import shape_text
from matgrad.core.errors import MatgradError, ParseError, ShapeError, UnknownNameError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import Phrase, phrase
from matgrad.language.interpretation import interpret
from matgrad.ops.arithmetic import subtract
from matgrad.ops.leaves import is_zero


def read_point(text: str, symbols: Mapping[str, Symbol], syntax: str = "matlab") -> dict[Symbol, Expr]:
    """Read the values that variables have at a point.

    Parameters
    ----------
    text : str
        Equations with commas or semicolons between them.
    symbols : mapping of str to Symbol
        The variables.
    syntax : str
        The dialect of the right sides.

    Raises
    ------
    ParseError
        For what is no equation, and a number that is said of all entries.
    UnknownNameError
        For a left side that is no variable.
    """
    found: dict[Symbol, Expr] = {}
    for equation in _equations(text):
        name, sign, value = (part.strip() for part in equation.partition("="))
        if not sign or not name or not value:
            raise ParseError(
                phrase("{equation} is not the value of a variable", equation=repr(equation.strip())),
                fix="w = 0, X = I, t = 2",
            )
        if name not in symbols:
            raise UnknownNameError(
                phrase(
                    "{name} does not occur in the expression; its variables are {symbols}",
                    name=name,
                    symbols=", ".join(symbols) or phrase("none"),
                ),
                fix=f"{next(iter(symbols), 'x')} = {value}",
            )
        found[symbols[name]] = read_value(symbols[name], value, symbols, syntax)
    return found


def read_value(symbol: Symbol, value: str, symbols: Mapping[str, Symbol], syntax: str = "matlab") -> Expr:
    """Read the value that a variable has at a point; beside it, I and 𝟏 take the size that fits.

    Raises
    ------
    ParseError
        For a number that is said of all entries.
    ShapeError
        For a value of another shape.
    """
    known = list({**symbols, symbol.label: symbol}.values())
    try:
        difference = interpret(f"{symbol.label} - ({value})", known, syntax=syntax)
    except ShapeError:
        raise _other_shape(symbol, value, known, syntax) from None
    alone = interpret(value, known, syntax=syntax).expr
    if alone.is_scalar and not symbol.is_scalar and not is_zero(alone):
        ones = "ones(n)" if symbol.is_vector else phrase("{value} I, or {value}*ones(m, n)", value=value)
        raise ParseError(
            phrase("{symbol} = {value} gives a number to a matrix", symbol=symbol.label, value=value),
            fix=f"{symbol.label} = {ones}",
        )
    return subtract(symbol, difference.expr)


def _other_shape(symbol: Symbol, value: str, symbols: list[Symbol], syntax: str) -> MatgradError:
    """What is said of a value that has not the shape of its variable, or of a value that has none."""
    try:
        found = interpret(value, symbols, syntax=syntax).expr.shape
        shown: str | Phrase = f"{value} ({shape_text(found)})"
    except ShapeError as error:
        if "(" in value:  # the mistake lies within
            return error
        shown = value
    if value in ("I", "eye"):
        shown = phrase("{value}, which is square", value=value)
    return ShapeError(
        phrase(
            "{symbol} is {shape} and cannot be {value}",
            symbol=symbol.label,
            shape=shape_text(symbol.shape),
            value=shown,
        ),
        fix=phrase("{symbol} = 0, or a value of its shape", symbol=symbol.label),
    )


def _equations(text: str) -> list[str]:
    """The pieces between commas and semicolons outside brackets."""
    pieces, depth, start = [], 0, 0
    for i, character in enumerate(text + ";"):
        depth += (character in "([{") - (character in ")]}")
        if i == len(text) or (character in ",;" and depth <= 0):
            pieces.append(text[start:i])
            start = i + 1
    return [piece for piece in pieces if piece.strip()]
