"""What the four media share: pieces joined with brackets where the precedence table asks for them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Container, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar

from matgrad.core.dims import Dim
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Symbol
from matgrad.core.notation import Notation
from matgrad.core.words import phrase
from matgrad.printing.brackets import Level, Piece, Term
from matgrad.printing.templates import template

MEDIA = ("text", "unicode", "latex", "numpy")
"""What expressions are written in."""


def require_medium(medium: str) -> None:
    """Refuse a word that names no medium.

    Raises
    ------
    ArgumentError
        Where it names none.
    """
    if not isinstance(medium, str) or medium not in MEDIA:
        raise ArgumentError(phrase("there is no medium {medium}", medium=repr(medium)), fix=", ".join(MEDIA))


class Medium(ABC):
    """A way to write: text, unicode, LaTeX, or NumPy source."""

    minus: ClassVar[str] = "-"
    is_source: ClassVar[bool] = True
    """Whether the parser reads it back: then functions are spelled out, and signs explicit."""
    stacks_fractions: ClassVar[bool] = False
    """Whether what is divided stands above a line, and not before a slash."""
    writes_crosses: bool = True
    """Whether [a]× b is written a × b."""
    names_means: ClassVar[bool] = True
    """Whether means are written ``mean(x)``."""
    as_typed: bool = False
    """Whether factors of ⊙ keep their order, and xᵀx is not written ‖x‖²."""
    bare_comparisons: ClassVar[bool] = False
    spreads_numbers: ClassVar[bool] = False
    """Whether a number is added to every entry by whoever reads it: then no ones are written beside it."""
    square_ones: ClassVar[bool] = False
    """Whether A + t𝟏𝟏ᵀ of a square A is written so, as A + t would be read as A + tI."""
    """Whether a condition among arguments stands without the brackets of an indicator."""

    elementwise: ClassVar[tuple[str, str]]
    """The operators for the product and the quotient entry by entry."""

    # ---- brackets and signs ---------------------------------------------------------------------

    def brackets(self, piece: Piece) -> str:
        """The piece in round brackets."""
        return f"({piece.text})"

    def at(self, piece: Piece, level: Level) -> str:
        """The piece in a place that asks for a level."""
        return self._standing(piece, level).text

    def whole(self, term: Term) -> Piece:
        """The term with its sign written."""
        if not term.negative:
            return term.piece
        return Piece(self.minus + self.at(term.piece, Level.OPERATOR), Level.SUM, term.piece.tall)

    def sum(self, terms: Sequence[Term]) -> Piece:
        """Terms with their signs."""
        tall = any(term.piece.tall for term in terms)
        return Piece(self._signed_terms(terms, " "), Level.SUM, tall, tight=self._signed_terms(terms, ""))

    def _signed_terms(self, terms: Sequence[Term], blank: str) -> str:
        first = terms[0]
        out = [(self.minus if first.negative else "") + self.at(first.piece, Level.OPERATOR)]
        for term in terms[1:]:
            sign = self.minus if term.negative else "+"
            out.append(f"{blank}{sign}{blank}{self.at(term.piece, Level.OPERATOR)}")
        return "".join(out)

    # ---- products -------------------------------------------------------------------------------

    @abstractmethod
    def glue(self, left: str, right: str) -> str:
        """What stands between two neighbouring factors of a product."""

    def side_by_side(self, factors: Sequence[Piece]) -> Piece:
        """A product of factors."""
        return self._joined(factors[:-1], factors[-1], Level.POSTFIX)

    def factors(self, factors: Sequence[Piece]) -> Piece:
        """A product whose last factor may itself be a product of matrices."""
        return self._joined(factors[:-1], factors[-1], Level.PRODUCT)

    def _joined(self, front: Sequence[Piece], last: Piece, level: Level) -> Piece:
        if not front:
            return last
        parts = [self._standing(piece, Level.POSTFIX) for piece in front] + [self._standing(last, level)]
        out = [parts[0].text]
        for left, right in pairwise(parts):
            out += (self.glue(left.tail or left.text, right.head or right.text), right.text)
        tall = last.tall or any(piece.tall for piece in front)
        return Piece("".join(out), Level.PRODUCT, tall, parts[0].text, parts[-1].tail or parts[-1].text)

    def _standing(self, piece: Piece, level: Level) -> Piece:
        """The piece as it stands in a place that asks for a level: whole, or closed by brackets."""
        return piece if piece.level >= level else Piece(self.brackets(piece), Level.ATOM, piece.tall)

    def chain(self, factors: Sequence[Piece]) -> Piece:
        """A product of matrices."""
        return self.side_by_side(factors)

    def scaled(
        self, number: Fraction, scalars: Sequence[Piece], chain: Piece | None, below: Sequence[Piece]
    ) -> Piece:
        """A number and scalars times a chain, over scalars."""
        above = ([] if number.numerator == 1 else [self.integer(number.numerator)]) + list(scalars)
        under = ([] if number.denominator == 1 else [self.integer(number.denominator)]) + list(below)
        if chain is not None:
            above.append(chain)
        if not above:
            above.append(self.integer(1))
        if not under:
            return self.factors(above)
        return self.fraction(above, under)

    def fraction(self, above: Sequence[Piece], below: Sequence[Piece]) -> Piece:
        """A quotient on one line."""
        top, bottom = self.factors(above), self.side_by_side(below)
        return Piece(f"{self.at(top, Level.PRODUCT)}/{self.at(bottom, Level.POSTFIX)}", Level.PRODUCT)

    def cross(self, left: Piece, right: Piece) -> Piece:
        """The cross product of two vectors."""
        return Piece(f"cross({left.text}, {right.text})", Level.ATOM)

    def by_entry(self, above: Sequence[Piece], below: Sequence[Piece]) -> Piece:
        """A product and quotient entry by entry."""
        times, over = self.elementwise
        top = f" {times} ".join(self.at(p, Level.POSTFIX) for p in above) if above else "1"
        tall = any(p.tall for p in (*above, *below))
        if not below:
            return Piece(top, Level.OPERATOR, tall)
        bottom = f" {times} ".join(self.at(p, Level.POSTFIX) for p in below)
        if len(below) > 1:
            bottom = self.brackets(Piece(bottom, Level.OPERATOR, tall))
        return Piece(f"{top} {over} {bottom}", Level.OPERATOR, tall)

    # ---- leaves ---------------------------------------------------------------------------------

    def integer(self, value: int) -> Piece:
        """A whole number that is not negative."""
        return Piece(str(value), Level.ATOM)

    def number(self, value: Fraction) -> Piece:
        """A number that is not negative."""
        if value.denominator == 1:
            return self.integer(value.numerator)
        return Piece(f"{value.numerator}/{value.denominator}", Level.PRODUCT)

    @abstractmethod
    def symbol(self, symbol: Symbol) -> Piece:
        """A variable."""

    def named(self, label: str) -> str:
        """The name of a function that is only a name."""
        return label

    def spelled(self, symbol: Symbol) -> Piece:
        """A variable letter by letter, where another one would look the same."""
        return Piece(symbol.label, Level.ATOM)

    def dimension(self, dim: Dim) -> Piece:
        """A dimension that is one name."""
        return Piece(str(dim), Level.ATOM)

    def sized(self, name: str, sizes: Sequence[Dim]) -> Piece | None:
        """An identity, ones, zeros or a unit vector with its sizes, where they are written."""
        return None

    @abstractmethod
    def literal(self, rows: Sequence[Sequence[Fraction]]) -> Piece:
        """A matrix of numbers."""

    def signed(self, value: Fraction) -> str:
        """A number with its sign."""
        return (self.minus if value < 0 else "") + self.number(abs(value)).text

    # ---- one thing with something attached ------------------------------------------------------

    @abstractmethod
    def transposed(self, base: Piece) -> Piece:
        """A transpose."""

    @abstractmethod
    def inverse(self, base: Piece, transposed: bool) -> Piece:
        """An inverse, or the transpose of one."""

    @abstractmethod
    def power(self, base: Piece, exponent: Piece) -> Piece:
        """The power of a scalar."""

    @abstractmethod
    def matrix_power(self, base: Piece, exponent: Piece) -> Piece:
        """The power of a square matrix."""

    def exponent(self, exponent: Piece) -> Piece:
        """The exponent of a matrix; T alone would read as the sign of the transpose."""
        return Piece(f"({exponent.text})", Level.ATOM) if exponent.text in ("T", "-T", "−T") else exponent

    @abstractmethod
    def entry_power(self, base: Piece, exponent: Piece) -> Piece:
        """A power entry by entry."""

    @abstractmethod
    def root(self, base: Piece) -> Piece:
        """A square root."""

    def entry_root(self, base: Piece, is_square: bool) -> Piece:
        """The roots of all entries of a matrix; of a square one they are told apart from its matrix root."""
        return self.root(base)

    @abstractmethod
    def norm(self, inside: Piece, is_matrix: bool) -> Piece:
        """The 2-norm of a vector, the Frobenius norm of a matrix."""

    @abstractmethod
    def entry(self, base: Piece, row: Dim | None, column: Dim | None, is_vector: bool) -> Piece:
        """An entry, a row or a column; indices count from 1, and ``None`` stands for all."""

    def norm1(self, inside: Piece) -> Piece | None:
        """The sum of the absolute values of a vector; ``None`` where it is written as that."""
        return None

    @abstractmethod
    def ones_chain(self, inside: Piece, rows: bool, columns: bool) -> Piece | None:
        """The sum over the rows, the columns or both; ``None`` where ones are written out."""

    @abstractmethod
    def all_ones(self, rows: Dim, columns: Dim) -> Piece | None:
        """The matrix of ones; ``None`` where it is written as the product of ones."""

    # ---- indices --------------------------------------------------------------------------------

    @abstractmethod
    def place(self, dim: Dim) -> str:
        """A place, as a subscript holds it."""

    def subscript_of(self, places: Sequence[Dim]) -> str:
        """What stands in the subscript of a member."""
        texts = [self.place(dim) for dim in places]
        return ("" if all(len(text) == 1 for text in texts) else ",").join(texts)

    def member(self, base: Piece, places: Sequence[Dim], above: str) -> Piece:
        """A member of a family, with its index above the name where people have it there."""
        return self.subscripted(base, places)

    def subscripted(self, base: Piece, places: Sequence[Dim]) -> Piece:
        """A member of a family: x_i, w_ij, x_{i-1}."""
        inside = self.subscript_of(places)
        short = len(inside) == len(places) and all(c.isalnum() for c in inside)
        text = f"{base.text}_{inside}" if short else f"{base.text}_{{{inside}}}"
        return Piece(text, Level.ATOM, is_indexed=not short)

    def relation(self, sign: str) -> str:
        """The sign of a comparison."""
        return sign

    def condition(self, condition: Sequence[Any], bound: Container[str] = ()) -> str:
        """A condition on indices: the distance is on one side only where its sign is clear.

        What a sum binds stands in front: Σ_{l > k}, where k is free.
        """
        sign, distance = condition[0], condition[1]
        above = Dim({m: c for m, c in distance.terms if c > 0})
        below = Dim({m: -c for m, c in distance.terms if c < 0})
        if sign == "≥":
            if dict(distance.terms).get((), 0) == -1:
                below = below - 1
                left, right = (above, below) if not below.names else (below, above)
                return self._compared(left, ">" if left is above else "<", right, bound)
            left, right = (above, below) if not below.names else (below, above)
            return self._compared(left, "≥" if left is above else "≤", right, bound)
        left, right = sorted((above, below), key=lambda d: (not d.names, d.sort_key))
        return self._compared(left, sign, right, bound)

    def _compared(self, left: Dim, sign: str, right: Dim, bound: Container[str]) -> str:
        def later(place: Dim) -> tuple[bool, bool, str]:
            return place.sort_key not in bound, place.sort_key.isupper(), place.sort_key

        if {left.sort_key.isalpha(), right.sort_key.isalpha()} == {True} and later(right) < later(left):
            left, right = right, left
            sign = {"<": ">", ">": "<", "≤": "≥", "≥": "≤"}.get(sign, sign)
        return f"{self.place(left)} {self.relation(sign)} {self.place(right)}"

    def head(
        self, bounds: Sequence[tuple[Dim, Dim, Dim, bool]], conditions: Sequence[Any]
    ) -> tuple[str, str]:
        """What stands below and above the sign of a sum."""
        said = {name for condition in conditions for name in condition[1].names}
        below: list[str] = []
        above = ""
        for index, first, last, natural in bounds:
            (name,) = index.names
            if natural:
                if name not in said:
                    below.append(name)
                    below.sort()
            elif len(bounds) == 1 and not conditions:
                below.append(f"{name}={self.place(first)}")
                above = self.place(last)
            else:
                below.append(self.between(name, self.place(first), self.place(last)))
        names = {name for index, *_ in bounds for name in index.names}
        below += [self.condition(condition, names) for condition in conditions]
        return ", ".join(below), above

    def between(self, name: str, first: str, last: str) -> str:
        """The range of an index below a sum that has more to say."""
        return f"{name}={first}..{last}"

    def over(
        self,
        kind: str,
        bounds: Sequence[tuple[Dim, Dim, Dim, bool]],
        conditions: Sequence[Any],
        body: Piece,
    ) -> Piece:
        """A sum or a product over indices; the body is in brackets where it is a sum."""
        below, above = self.head(bounds, conditions)
        sign = self.big_sign(kind)
        under = f"_{below}" if below.isalnum() and len(below) == 1 else f"_{{{below}}}"
        over = "" if not above else f"^{above}" if above.isalnum() else f"^({above})"
        return Piece(f"{sign}{under}{over} {self.at(body, Level.OPERATOR)}", Level.PRODUCT, body.tall)

    @abstractmethod
    def big_sign(self, kind: str) -> str:
        """The sign of a sum or a product."""

    def guarded(self, conditions: Sequence[Any], body: Piece) -> Piece:
        """Something where conditions hold, and 0 elsewhere."""
        inside = ", ".join(self.condition(condition) for condition in conditions)
        text = f"[{inside}]" if body.text == "1" else f"[{inside}] {self.at(body, Level.PRODUCT)}"
        return Piece(text, Level.ATOM if body.text == "1" else Level.PRODUCT, body.tall)

    # ---- functions ------------------------------------------------------------------------------

    @abstractmethod
    def pick(self, notation: Notation) -> str:
        """The template of this medium."""

    def function(self, notation: Notation, args: Sequence[Piece]) -> Piece:
        """An operation written after its notation."""
        form = template(self.pick(notation), len(args))
        if notation.label:
            name = self.named(notation.label)
            form = form._replace(texts=tuple(text.replace("{name}", name) for text in form.texts))
        tall = any(arg.tall for arg in args)
        if form.infix is not None:
            level = form.slots[0].level
            return Piece(f" {form.infix} ".join(self.at(arg, level) for arg in args), form.level, tall)
        if len(form.slots) == 2 and form.slots[1].place == 1 and len(args) > 2:
            folded = self._fill(form.texts, [self.at(args[0], Level.SUM), self.at(args[1], Level.SUM)], tall)
            return self.function(notation, [Piece(folded, form.level, tall), *args[2:]])
        texts = [
            ", ".join(arg.text for arg in args) if slot.place < 0 else self.at(args[slot.place], slot.level)
            for slot in form.slots
        ]
        written = self._fill(form.texts, texts, tall)
        return Piece(written, form.level, tall or form.level is Level.SUM, is_call=form.is_call)

    def _fill(self, texts: Sequence[str], inside: Sequence[str], tall: bool) -> str:
        out = [texts[0]]
        for text, argument in zip(texts[1:], inside, strict=True):
            out.append(argument)
            out.append(text)
        return "".join(out)
