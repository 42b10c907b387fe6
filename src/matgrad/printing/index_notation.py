"""Component formulas, such as ∂F_ij/∂X_kl = A_ik δ_jl."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction

from matgrad.calculus.components import Components, Entry, Index, Term
from matgrad.core.expr import Expr, Symbol
from matgrad.ops.arithmetic import Product, Sum
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.leaves import Unit, number
from matgrad.ops.power import Power
from matgrad.ops.transpose import Transpose
from matgrad.printing import medium_of
from matgrad.printing.brackets import Level, Piece, Term as PrintedTerm
from matgrad.printing.compose import Composer
from matgrad.printing.index_names import written
from matgrad.printing.left_side import function_name
from matgrad.printing.names import has_index, latex_name, unicode_name
from matgrad.printing.scripts import attached, ready_for_index
from matgrad.printing.shapes import is_ones, parts_of

SpecialEntry = Callable[[Entry, str], str | None]
"""Writes an entry in a medium, where it is none of an expression."""


def index_notation(shown: Components, medium: str) -> str:
    """Write ∂F_ij/∂X_kl and its value.

    Parameters
    ----------
    shown : Components
        The formula.
    medium : str
        ``"text"``, ``"unicode"``, ``"latex"`` or ``"numpy"``; text and NumPy are written as text.
    """
    return terms_notation(shown.terms, medium)


def terms_notation(terms: Sequence[Term], medium: str, special: SpecialEntry | None = None) -> str:
    """Write a sum of products of entries.

    Parameters
    ----------
    terms : sequence of Term
        The sum.
    medium : str
        As for :func:`index_notation`.
    special : callable, optional
        Writes entries that are no entries of an expression; ``None`` for those that are.
    """
    if not terms:
        return "0"
    hand = _Hand(medium)
    pen = hand.pen
    out = ""
    for place, term in enumerate(terms):
        body = hand.term(term, special)
        if place == 0:
            out = (pen.minus if term.coefficient < 0 else "") + body
        else:
            out += f" {pen.minus if term.coefficient < 0 else '+'} {body}"
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


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Scalars before entries of matrices, for they belong to the number; names before functions."""
    return sorted(entries, key=lambda entry: 2 if entry[1] or entry[2] else int(bool(entry[0].args)))


def entry_indices(row: Index, column: Index) -> str:
    """The indices of an entry, with a comma where they are longer than letters."""
    return ("," if max(len(row), len(column)) > 1 else "").join(index for index in (row, column) if index)


class _Hand:
    """Writes products of entries in a medium: expressions with a composer, what is around with a pen."""

    def __init__(self, medium: str) -> None:
        self.medium = medium
        self.pen = medium_of("text" if medium == "numpy" else medium)
        self.composer = Composer(self.pen)

    def term(self, term: Term, special: SpecialEntry | None) -> str:
        """A product without its sign."""
        size = abs(term.coefficient)
        factors = [self._delta(a, b) for a, b in term.deltas]
        alone = size == 1 and len(term.entries) == 1 and not factors and not term.sums
        level = Level.PRODUCT if alone else Level.POSTFIX
        entries = [
            (special and special(entry, self.medium)) or self.pen.at(self._piece(entry), level)
            for entry in in_order(term.entries)
            if entry[0] is not number(1)
        ]
        factors += [self._repeated(text, count) for text, count in Counter(entries).items()]
        parts = [self._number(size)] if size != 1 or not factors else []
        indices = sorted(index for index, _ in term.sums)
        if indices:
            commas = ("," if any(len(index) > 1 for index in indices) else "").join(indices)
            sign = self.pen.big_sign("sum")
            parts.append(rf"{sign}_{{{commas}}}" if self.medium == "latex" else f"{sign}_{commas}")
        return " ".join(parts + factors)

    def _number(self, number: Fraction) -> str:
        if number.denominator == 1:
            return str(number.numerator)
        if self.medium == "latex":
            return rf"\frac{{{number.numerator}}}{{{number.denominator}}}"
        return self.pen.at(self.pen.number(number), Level.POSTFIX)

    def _delta(self, a: Index, b: Index) -> str:
        inside = f"{a}{b}" if len(a) == len(b) == 1 else f"{a},{b}"
        if self.medium == "latex":
            return rf"\delta_{{{inside}}}"
        return f"δ_{inside}" if self.medium == "unicode" else f"delta_{inside}"

    def _repeated(self, text: str, count: int) -> str:
        """A factor, or a power of it."""
        return text if count == 1 else self.pen.power(Piece(text, Level.ATOM), self.pen.integer(count)).text

    def _entry(self, entry: Entry) -> PrintedTerm:
        """An entry; what works entry by entry is written with the entries of its operands: σ(u_i)."""
        expr, row, column = entry
        pen = self.pen
        if isinstance(expr, Transpose):
            return self._entry((expr.args[0], column, row))
        if not expr.is_scalar:
            parts = parts_of(expr)
            if is_ones(parts) and not parts.scalars:
                return PrintedTerm(parts.number < 0, pen.number(abs(parts.number)))
            if isinstance(expr, Product) and len(expr.chain) == 1 and not expr.scalars:
                inner = self._entry((expr.chain[0], row, column))
                scaled = pen.scaled(abs(expr.coefficient), [], pen.whole(inner), [])
                return PrintedTerm(expr.coefficient < 0, scaled)
            if isinstance(expr, Sum) and not expr.is_row:
                terms = [self._entry((arg, row, column)) for arg in expr.args]
                return PrintedTerm(False, pen.sum(sorted(terms, key=lambda term: term.negative)))
            by_entry = self._by_entry(expr, row, column)
            if by_entry is not None:
                return PrintedTerm(False, by_entry)
        inside = entry_indices(row, column)
        text = self._closed(expr)
        if inside:
            text = attached(text, "_", inside) if self.medium == "latex" else f"{text}_{inside}"
        return PrintedTerm(False, Piece(text, Level.ATOM))

    def _by_entry(self, expr: Expr, row: Index, column: Index) -> Piece | None:
        """A function, a power or a product entry by entry; nothing for other expressions."""
        pen = self.pen
        if isinstance(expr, Elementwise):
            return pen.function(expr.notation(), [self._piece((expr.args[0], row, column))])
        if isinstance(expr, Power):
            base = self._piece((expr.args[0], row, column))
            if expr.exponent is number(-1):
                return pen.fraction([pen.integer(1)], [base])
            return pen.power(base, self.pen.whole(self.composer.term(written(expr.exponent))))
        if isinstance(expr, Hadamard) and not expr.is_row:
            pieces = [self._piece((arg, row, column)) for arg in expr.args]
            return Piece(" ".join(pen.at(piece, Level.POSTFIX) for piece in pieces), Level.PRODUCT)
        return None

    def _piece(self, entry: Entry) -> Piece:
        return self.pen.whole(self._entry(entry))

    def _closed(self, expr: Expr) -> str:
        """An expression to which indices can be attached, and that can stand among factors."""
        term = self.composer.term(written(expr))
        piece = self.pen.whole(term)
        if isinstance(expr, Symbol) and not expr.is_scalar:
            closed = not has_index(expr.label)  # a name with an index of its own: (W₁)_ij
        elif isinstance(expr, Unit):
            closed = self.pen.is_source  # e(1, n), where others write e₁
        else:
            least = Level.POSTFIX if expr.is_scalar else Level.ATOM
            closed = not term.negative and (piece.level >= least or not expr.args)
        if closed:
            return piece.text
        return self.pen.brackets(piece if not expr.args else piece._replace(tall=True))
