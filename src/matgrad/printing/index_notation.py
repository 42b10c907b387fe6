"""Component formulas, such as ∂F_ij/∂X_kl = A_ik δ_jl."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from matgrad.calculus.components import Components, Entry, Index, Term
from matgrad.core.expr import Expr, Symbol
from matgrad.ops.transpose import Transpose
from matgrad.printing.left_side import function_name
from matgrad.printing.names import latex_name, unicode_name

Writer = Callable[[Expr], str]
"""Writes an expression in some medium."""


def index_notation(shown: Components, medium: str, write: Writer) -> str:
    """Write ∂F_ij/∂X_kl and its value.

    Parameters
    ----------
    shown : Components
        The formula.
    medium : str
        ``"text"``, ``"unicode"``, ``"latex"`` or ``"numpy"``; text and NumPy are written as text.
    write : callable
        Writes an expression in that medium.
    """
    return terms_notation(shown.terms, medium, write)


def terms_notation(terms: Sequence[Term], medium: str, write: Writer) -> str:
    """Write a sum of products of entries."""
    if not terms:
        return "0"
    out = ""
    for place, term in enumerate(terms):
        minus = "−" if medium == "unicode" else "-"
        body = _term(term, medium, write)
        if place == 0:
            out = (minus if term.coefficient < 0 else "") + body
        else:
            out += f" {minus if term.coefficient < 0 else '+'} {body}"
    return out


def component_name(shown: Components, medium: str) -> str:
    """∂F_ij/∂X_kl."""
    f = function_name(shown.function)
    x = latex_name(shown.variable.label) if medium == "latex" else unicode_name(shown.variable.label)
    above, below = shown.row + shown.column, shown.x_row + shown.x_column
    if medium == "latex":
        top = rf"\partial {f}_{{{above}}}" if above else rf"\partial {f}"
        return rf"\frac{{{top}}}{{\partial {x}_{{{below}}}}}" if below else rf"\frac{{{top}}}{{\partial {x}}}"
    top = f"∂{f}_{above}" if above else f"∂{f}"
    below = f"_{below}" if below else ""
    return f"{top}/∂{x}{below}" if medium == "unicode" else f"d{top[1:]}/d{shown.variable.label}{below}"


def _term(term: Term, medium: str, write: Writer) -> str:
    parts = []
    number = abs(term.coefficient)
    factors = [_delta(a, b, medium) for a, b in term.deltas]
    factors += [_entry(entry, medium, write) for entry in term.entries]
    if number != 1 or not factors:
        parts.append(_number(number, medium))
    sums = "".join(index for index, _ in term.sums)
    if sums:
        commas = ",".join(index for index, _ in term.sums) if any(len(i) > 1 for i, _ in term.sums) else sums
        parts.append(
            rf"\sum_{{{commas}}}"
            if medium == "latex"
            else f"Σ_{commas}"
            if medium == "unicode"
            else f"sum_{commas}"
        )
    return " ".join(parts + factors)


def _number(number: Fraction, medium: str) -> str:
    if number.denominator == 1:
        return str(number.numerator)
    if medium == "latex":
        return rf"\frac{{{number.numerator}}}{{{number.denominator}}}"
    return f"({number.numerator}/{number.denominator})"


def _delta(a: Index, b: Index, medium: str) -> str:
    inside = f"{a}{b}" if len(a) == len(b) == 1 else f"{a},{b}"
    return (
        rf"\delta_{{{inside}}}"
        if medium == "latex"
        else f"δ_{inside}"
        if medium == "unicode"
        else f"delta_{inside}"
    )


def _entry(entry: Entry, medium: str, write: Writer) -> str:
    expr, row, column = entry
    if isinstance(expr, Transpose) and isinstance(expr.args[0], Symbol):
        expr, row, column = expr.args[0], column, row
    text = _bracketed(expr, medium, write)
    inside = f"{row}{column}" if max(len(row), len(column)) <= 1 else f"{row},{column}"
    if not inside:
        return text
    return f"{text}_{{{inside}}}" if medium == "latex" else f"{text}_{inside}"


def _bracketed(expr: Expr, medium: str, write: Writer) -> str:
    text = write(expr)
    if isinstance(expr, Symbol) or not expr.args:
        return text
    if expr.is_scalar and not isinstance(expr, Transpose):
        return text if len(text) < 3 else f"({text})"
    return rf"\left({text}\right)" if medium == "latex" else f"({text})"
