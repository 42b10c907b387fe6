"""Component formulas, such as ∂F_ij/∂X_kl = A_ik δ_jl."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction

from matgrad.calculus.components import Components, Entry, Index, Term
from matgrad.core.expr import Expr
from matgrad.ops.arithmetic import Product, Sum
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.leaves import number
from matgrad.ops.power import Power
from matgrad.ops.transpose import Transpose
from matgrad.printing.brackets import Level, Piece, Term as PrintedTerm
from matgrad.printing.latex import Latex
from matgrad.printing.left_side import function_name
from matgrad.printing.medium import Medium
from matgrad.printing.names import latex_name, unicode_name
from matgrad.printing.read_back import Text
from matgrad.printing.scripts import attached, ready_for_index
from matgrad.printing.shapes import is_ones, parts_of
from matgrad.printing.unicode import Unicode

Writer = Callable[[Expr], str]
"""Writes an expression in some medium."""

SpecialEntry = Callable[[Entry, str], str | None]
"""Writes an entry in a medium, where it is none of an expression."""

_CALL = re.compile(r"(?:[^\W\d_][\w ]+|\\operatorname\{[^{}]*\})(?:\\left)?\(")
_HAS_INDEX = re.compile(r"[_₀-₉]")
_MEDIA: dict[str, Medium] = {"text": Text(), "numpy": Text(), "unicode": Unicode(), "latex": Latex()}


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


def terms_notation(
    terms: Sequence[Term], medium: str, write: Writer, special: SpecialEntry | None = None
) -> str:
    """Write a sum of products of entries.

    Parameters
    ----------
    terms : sequence of Term
        The sum.
    medium, write
        As for :func:`index_notation`.
    special : callable, optional
        Writes entries that are no entries of an expression; ``None`` for those that are.
    """
    if not terms:
        return "0"
    out = ""
    for place, term in enumerate(terms):
        minus = "−" if medium == "unicode" else "-"
        body = _term(term, medium, write, special)
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
        top = attached(f, "_", above) if above else f
        bottom = attached(x, "_", below) if below else x
        return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"
    top = f"∂{f}_{above}" if above else f"∂{f}"
    below = f"_{below}" if below else ""
    x = ready_for_index(x) if below else x
    return f"{top}/∂{x}{below}" if medium == "unicode" else f"d{top[1:]}/d{shown.variable.label}{below}"


def _term(term: Term, medium: str, write: Writer, special: SpecialEntry | None) -> str:
    parts = []
    number = abs(term.coefficient)
    factors = [_delta(a, b, medium) for a, b in term.deltas]
    alone = number == 1 and len(term.entries) == 1 and not factors and not term.sums
    level = Level.PRODUCT if alone else Level.POSTFIX
    written = [
        (special and special(entry, medium)) or _MEDIA[medium].at(_piece(entry, medium, write), level)
        for entry in in_order(term.entries)
    ]
    factors += [_repeated(text, count, medium) for text, count in Counter(written).items()]
    if number != 1 or not factors:
        parts.append(_number(number, medium))
    indices = sorted(index for index, _ in term.sums)
    if indices:
        commas = ("," if any(len(index) > 1 for index in indices) else "").join(indices)
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
    if medium == "unicode" and len(_MEDIA[medium].number(number).text) == 1:
        return _MEDIA[medium].number(number).text
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


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Scalars before entries of matrices, for they belong to the number; names before functions."""
    return sorted(entries, key=lambda entry: 2 if entry[1] or entry[2] else int(bool(entry[0].args)))


def _repeated(text: str, count: int, medium: str) -> str:
    """A factor, or a power of it."""
    if count == 1:
        return text
    pen = _MEDIA[medium]
    return pen.power(Piece(text, Level.ATOM), pen.integer(count)).text


def _piece(entry: Entry, medium: str, write: Writer) -> Piece:
    """An entry; what works entry by entry is written with the entries of its operands: σ(u_i)."""
    expr, row, column = entry
    pen = _MEDIA[medium]
    if isinstance(expr, Transpose):
        return _piece((expr.args[0], column, row), medium, write)
    if not expr.is_scalar:
        parts = parts_of(expr)
        if is_ones(parts) and not parts.scalars:
            return pen.whole(PrintedTerm(parts.number < 0, pen.number(abs(parts.number))))
        if isinstance(expr, Elementwise):
            return pen.function(expr.notation(), [_piece((expr.args[0], row, column), medium, write)])
        if isinstance(expr, Power):
            base = _piece((expr.args[0], row, column), medium, write)
            if expr.exponent is number(-1):
                return pen.fraction([pen.integer(1)], [base])
            return pen.power(base, _piece((expr.exponent, "", ""), medium, write))
        if isinstance(expr, (Hadamard, Sum)) and not expr.is_row:
            pieces = [_piece((arg, row, column), medium, write) for arg in expr.args]
            if isinstance(expr, Sum):
                signed = [_signed(piece, pen) for piece in pieces]
                return pen.sum(sorted(signed, key=lambda term: term.negative))
            return Piece(" ".join(pen.at(piece, Level.POSTFIX) for piece in pieces), Level.PRODUCT)
        if isinstance(expr, Product) and len(expr.chain) == 1 and not expr.scalars:
            inner = _piece((expr.chain[0], row, column), medium, write)
            scaled = pen.scaled(abs(expr.coefficient), [], inner, [])
            return pen.whole(PrintedTerm(expr.coefficient < 0, scaled))
    text = _bracketed(expr, medium, write)
    inside = entry_indices(row, column)
    if not inside:
        return Piece(text, Level.ATOM)
    if medium == "latex":
        return Piece(attached(text, "_", inside), Level.ATOM)
    return Piece(f"{text}_{inside}", Level.ATOM)


def entry_indices(row: Index, column: Index) -> str:
    """The indices of an entry, with a comma where they are longer than letters."""
    return ("," if max(len(row), len(column)) > 1 else "").join(index for index in (row, column) if index)


def _signed(piece: Piece, pen: Medium) -> PrintedTerm:
    """A piece with its sign apart."""
    if piece.text.startswith(pen.minus):
        return PrintedTerm(True, piece._replace(text=piece.text[len(pen.minus) :], level=Level.PRODUCT))
    return PrintedTerm(False, piece)


def _bracketed(expr: Expr, medium: str, write: Writer) -> str:
    text = write(expr)
    if not expr.args:
        # A name with an index of its own is put in brackets: (W₁)_ij.
        return f"({text})" if not expr.is_scalar and _HAS_INDEX.search(text) else text
    put_together = isinstance(expr, (Sum, Product, Hadamard, Power))
    if not put_together and _closes_itself(text):
        return text
    if expr.is_scalar:
        # A call closes itself: log(t); what is put together is put in brackets among other factors.
        closed = not isinstance(expr, (Sum, Product, Power)) or len(text) < 3
        return text if closed else rf"\left({text}\right)" if medium == "latex" else f"({text})"
    return rf"\left({text}\right)" if medium == "latex" else f"({text})"


def _closes_itself(text: str) -> bool:
    """Whether a text is one call: softmax(u), but not (A)B(C)."""
    match = _CALL.match(text)
    if match is None:
        return False
    depth = 0
    for place, sign in enumerate(text[match.end() - 1 :], start=match.end() - 1):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return place == len(text) - 1
    return False
