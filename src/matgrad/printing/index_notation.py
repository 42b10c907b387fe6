"""Component formulas, such as ∂F_ij/∂X_kl = A_ik δ_jl."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container, Sequence
from fractions import Fraction

from matgrad.calculus.components import Components
from matgrad.calculus.terms import Entry, Index, Place, Term, place_of
from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Expr, Symbol
from matgrad.ops.arithmetic import Product, Sum, multiply, split_number
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.hadamard import Hadamard
from matgrad.ops.indices.conditions import Condition
from matgrad.ops.indices.members import Member
from matgrad.ops.leaves import Unit, number
from matgrad.ops.power import Power, power
from matgrad.ops.transpose import Transpose
from matgrad.printing import medium_of
from matgrad.printing.brackets import Level, Piece, Term as PrintedTerm
from matgrad.printing.compose import Composer
from matgrad.printing.index_names import WrittenMember, written
from matgrad.printing.left_side import function_name
from matgrad.printing.names import has_index, latex_name, unicode_name
from matgrad.printing.scripts import attached, ready_for_index
from matgrad.printing.shapes import is_ones, parts_of

_HALF = number(Fraction(1, 2))
_BELOW = (number(-1), number(Fraction(-1, 2)))
"""Exponents that are written below a line."""

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
    letters = {shown.row, shown.column, shown.x_row, shown.x_column, *shown.places}
    letters |= {found.letter for term in shown.terms for found in term.over}
    return terms_notation(shown.terms, medium, None, letters)


def terms_notation(
    terms: Sequence[Term],
    medium: str,
    special: SpecialEntry | None = None,
    avoided: Container[str] = (),
) -> str:
    """Write a sum of products of entries.

    Parameters
    ----------
    terms : sequence of Term
        The sum.
    medium : str
        As for :func:`index_notation`.
    special : callable, optional
        Writes entries that are no entries of an expression; ``None`` for those that are.
    avoided : container of str
        The indices in all of it: sums inside of entries have other letters.
    """
    if not terms:
        return "0"
    hand = _Hand(medium, avoided)
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
    label = shown.variable.label
    x = latex_name(label) if medium == "latex" else unicode_name(label) if medium == "unicode" else label
    above, below = shown.row + shown.column, shown.x_row + shown.x_column
    places = "".join(shown.places)
    if below and (len(places) > 1 or (places and shown.x_column)):
        x = f"({attached(x, '_', places)})" if medium == "latex" else f"({x}_{places})"
    else:
        below = places + below
    if medium == "latex":
        top = attached(f, "_", above) if above else f
        bottom = attached(x, "_", below) if below else x
        return rf"\frac{{\partial {top}}}{{\partial {bottom}}}"
    top = f"∂{f}_{above}" if above else f"∂{f}"
    below = f"_{below}" if below else ""
    x = ready_for_index(x) if below and medium == "unicode" and x[0] != "(" else x
    return f"{top}/∂{x}{below}" if medium == "unicode" else f"d{top[1:]}/d{x}{below}"


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Scalars before entries of matrices, for they belong to the number; names before functions."""
    return sorted(entries, key=lambda entry: 2 if entry[1] or entry[2] else int(bool(entry[0].args)))


def entry_indices(row: Index, column: Index) -> str:
    """The indices of an entry, with a comma where they are longer than letters."""
    indices = [index for index in (row, column) if index]
    mixed = len({index.isdigit() for index in indices}) > 1
    return ("," if mixed or any(len(index) > 1 for index in indices) else "").join(indices)


def _divides(entry: Entry) -> bool:
    """Whether an entry is a scalar to a negative power, which is written below a line."""
    expr = entry[0]
    return isinstance(expr, Power) and expr.is_scalar and split_number(expr.exponent)[0] < 0


class _Hand:
    """Writes products of entries in a medium: expressions with a composer, what is around with a pen."""

    def __init__(self, medium: str, avoided: Container[str] = ()) -> None:
        self.medium, self.avoided = medium, avoided
        self.pen = medium_of("text" if medium == "numpy" else medium)
        self.composer = Composer(self.pen)

    def term(self, term: Term, special: SpecialEntry | None) -> str:
        """A product without its sign."""
        size = abs(term.coefficient)
        held = self._held(term)
        free = [self._condition(condition) for condition in term.conditions if condition not in held]
        below = [entry for entry in term.entries if _divides(entry)]
        above = [e for e in in_order(term.entries) if e[0] is not number(1) and not _divides(e)]
        summed = {index for index, _ in term.sums}
        deltas = [self._delta(a, b) for a, b in term.deltas if summed & {a, b}]
        apart = [self._delta(a, b) for a, b in term.deltas if not summed & {a, b}]
        alone = len(above) == 1 and not term.deltas and not below and (size == 1 or above[0][0].is_scalar)
        level = Level.PRODUCT if alone and not (size == 1 and term.sums) else Level.POSTFIX
        texts = [
            (special and special(entry, self.medium)) or self.pen.at(self._piece(entry), level)
            for entry in above
        ]
        outside = [text for text, entry in zip(texts, above, strict=True) if not any(entry[1:])]
        inside = [text for text, entry in zip(texts, above, strict=True) if any(entry[1:])]
        data, axes = self._signs(term, bool(outside))
        factors = [*self._counted(outside), *apart, *axes, *deltas, *self._counted(inside)]
        parts = [self._number(size)] if size != 1 or not (factors or below or free) else []
        parts += [*free, *data]
        if below:
            reciprocals = [written(power(expr, number(-1)), self.avoided) for expr, _, _ in below]
            under = [self.composer.divisor(reciprocal) for reciprocal in reciprocals]
            # A sum, and a quotient ∂x/∂t, end where what is below the line begins.
            ends = bool(axes) or any(special and special(entry, self.medium) for entry in above)
            over = [Piece(" ".join(factors), Level.SUM if ends else Level.PRODUCT)] if factors else []
            factors = [self.pen.scaled(Fraction(1), over, None, under).text]
        return " ".join(parts + factors)

    def _counted(self, texts: Sequence[str]) -> list[str]:
        """Factors, with exponents for those that stand more than once."""
        return [self._repeated(text, count) for text, count in Counter(texts).items()]

    def _signs(self, term: Term, apart: bool) -> tuple[list[str], list[str]]:
        """The signs of the sums over data, and over axes: one for all whose ranges need not be said."""
        letters = sorted(index for index, _ in term.sums)
        said = {name for condition in term.conditions for name in condition[1].names}
        plain = [found.letter for found in term.over if found.natural and found.letter not in said]
        data = []
        if len(plain) < len(term.over):
            bounds = [(Dim.symbol(r.letter), r.first, r.last, r.natural) for r in term.over]
            data.append(self._sign(*self.pen.head(bounds, self._held(term))))
        elif apart and plain:
            data.append(self._sign("".join(plain), ""))
        else:
            letters = [*plain, *letters]
        commas = ("," if any(len(letter) > 1 for letter in letters) else "").join(letters)
        return data, [self._sign(commas, "")] if letters else []

    def _held(self, term: Term) -> list[Condition]:
        """The conditions that stand below the sign of a sum: those on its letters."""
        letters = {found.letter for found in term.over}
        return [condition for condition in term.conditions if condition[1].names & letters]

    def _sign(self, below: str, above: str) -> str:
        sign = self.pen.big_sign("sum")
        if self.medium == "latex":
            return rf"{sign}_{{{below}}}" + (rf"^{{{above}}}" if above else "")
        under = f"_{below}" if below.isalnum() or ("," in below and " " not in below) else f"_{{{below}}}"
        return f"{sign}{under}" + (f"^{above}" if above.isalnum() else f"^({above})" if above else "")

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

    def _condition(self, condition: Condition) -> str:
        """δ_kl where two letters are equal, else Iverson's bracket."""
        sign, distance = condition[:2]
        letters = sorted(distance.names)
        if sign == "=" and len(letters) == 2:
            a, b = map(Dim.symbol, letters)
            if distance in (a - b, b - a):
                return self._delta(*letters)
        return f"[{self.pen.condition(condition)}]"

    def _repeated(self, text: str, count: int) -> str:
        """A factor, or a power of it."""
        return text if count == 1 else self.pen.power(Piece(text, Level.ATOM), self.pen.integer(count)).text

    def _entry(self, entry: Entry) -> PrintedTerm:
        """An entry; what works entry by entry is written with the entries of its operands: σ(u_i)."""
        expr, row, column = entry
        pen = self.pen
        if isinstance(expr, Transpose):
            return self._entry((expr.args[0], column, row))
        if expr.is_scalar:
            return self.composer.term(written(expr, self.avoided))
        if not expr.is_scalar:
            parts = parts_of(expr)
            if is_ones(parts) and not parts.scalars:
                return PrintedTerm(parts.number < 0, pen.number(abs(parts.number)))
            if isinstance(expr, Product) and (len(expr.chain) == 1 or self._is_scaled_member(expr)):
                inner = self._entry((multiply(*expr.chain), row, column))
                factors = [(scalar, "", "") for scalar in expr.scalars]
                above = [self._piece(scalar) for scalar in factors if not _divides(scalar)]
                below = [self._piece((power(s[0], number(-1)), "", "")) for s in factors if _divides(s)]
                scaled = pen.scaled(abs(expr.coefficient), above, pen.whole(inner), below)
                return PrintedTerm(expr.coefficient < 0, scaled)
            if isinstance(expr, Sum) and not expr.is_row:
                terms = [self._entry((arg, row, column)) for arg in expr.args]
                return PrintedTerm(False, pen.sum(sorted(terms, key=lambda term: term.negative)))
            by_entry = self._by_entry(expr, row, column)
            if by_entry is not None:
                return PrintedTerm(False, by_entry)
        member = written(expr, self.avoided)
        indices = tuple(place_of(index) for index in (row, column) if index)
        if isinstance(member, WrittenMember) and member.is_vector and len(member.places) == 1:
            if member.above:
                raised = pen.member(pen.symbol(member), member.places, member.above)
                return PrintedTerm(False, pen.subscripted(raised, indices) if indices else raised)
            return PrintedTerm(False, pen.subscripted(pen.symbol(member), (*member.places, *indices)))
        if any(isinstance(index, Place) for index in (row, column)):
            return PrintedTerm(False, pen.subscripted(Piece(self._closed(expr), Level.ATOM), indices))
        inside, text = entry_indices(row, column), self._closed(expr)
        text = attached(text, "_", inside) if self.medium == "latex" else f"{text}_{inside}"
        return PrintedTerm(False, Piece(text, Level.ATOM))

    def _is_scaled_member(self, expr: Product) -> bool:
        """Whether a product is a number or scalars times a member of a family: −x_k."""
        is_scaled = bool(expr.scalars) or expr.coefficient != 1
        return is_scaled and isinstance(written(multiply(*expr.chain)), WrittenMember)

    def _by_entry(self, expr: Expr, row: Index, column: Index) -> Piece | None:
        """A function, a power or a product entry by entry; nothing for other expressions."""
        pen = self.pen
        if isinstance(expr, Elementwise):
            one = expr.rebuild((Symbol.stand_in("?", ONE, ONE),), expr.data)
            return pen.function(one.notation(), [self._piece((expr.args[0], row, column))])
        if isinstance(expr, Power):
            base = self._piece((expr.args[0], row, column))
            if expr.exponent in _BELOW:
                below = pen.root(base) if expr.exponent is _BELOW[1] else base
                return pen.fraction([pen.integer(1)], [below])
            if expr.exponent is _HALF:
                return pen.root(base)
            return pen.power(base, self.pen.whole(self.composer.term(written(expr.exponent, self.avoided))))
        if isinstance(expr, Hadamard) and not expr.is_row:
            pieces = [self._piece((arg, row, column)) for arg in expr.args]
            return Piece(" ".join(pen.at(piece, Level.POSTFIX) for piece in pieces), Level.PRODUCT)
        return None

    def _piece(self, entry: Entry) -> Piece:
        return self.pen.whole(self._entry(entry))

    def _closed(self, expr: Expr) -> str:
        """An expression to which indices can be attached, and that can stand among factors."""
        term = self.composer.term(written(expr, self.avoided))
        piece = self.pen.whole(term)
        if isinstance(expr, Member):
            closed = False  # (A_i)_kl
        elif isinstance(expr, Symbol):
            closed = not has_index(expr.label)  # a name with an index of its own: (W₁)_ij
        elif isinstance(expr, Unit):
            closed = self.pen.is_source  # e(1, n), where others write e₁
        else:
            closed = not term.negative and (piece.level >= Level.ATOM or not expr.args)
        if closed:
            return piece.text
        return self.pen.brackets(piece if not expr.args else piece._replace(tall=True))
