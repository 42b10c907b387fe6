"""The medium for people at a terminal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from matgrad.core.dims import Dim
from matgrad.core.expr import Symbol
from matgrad.core.lazy import regex
from matgrad.core.notation import Notation
from matgrad.printing.brackets import Level, Piece
from matgrad.printing.medium import Medium
from matgrad.printing.names import above_the_name, superscript, unicode_name
from matgrad.printing.scripts import ready_for_index

_VULGAR = {
    Fraction(1, 2): "½", Fraction(1, 3): "⅓", Fraction(2, 3): "⅔", Fraction(1, 4): "¼", Fraction(3, 4): "¾",
}  # fmt: skip
_LETTER = r"[^\W\d_\u02b0-\u02ff\u1d2c-\u1dbf\u2071\u207f\u2080-\u209c]"
"""A letter that is no superscript."""
_WORD_AHEAD = regex(_LETTER + "{2,}")
_WORD_BEHIND = regex(_LETTER + r"{2,}[₀-₉]*$|_[A-Za-z0-9]+$")
_LETTER_BEHIND = regex("[A-Za-zΑ-ω]$")
_INDEXED_AHEAD = regex(r"[A-Za-zα-ω](?:_|[₀-₉′″]*\()")
_ROOT_BEHIND = regex(r"√[^()\s]*$")
"""A root without brackets, behind which the next factor would be read as a part of it."""
_FUNCTION_AHEAD = regex(_LETTER + r"{2,}[\w ]*\(")
_DIFFERENTIAL_AHEAD = regex(r"d[ (]")


def dim_text(dim: Dim) -> str:
    """A dimension as people write it: mn rather than m*n, p² rather than p^2."""
    text = re.sub(r"\^(\d+)", lambda power: superscript(power[1]) or power[0], str(dim)).replace("-", "−")
    return text if re.search(r"\d\*\d|[^\W\d_]{2,}", text) else text.replace("*", "")


class Unicode(Medium):
    """Textbook notation in Unicode, on one line."""

    minus = "−"
    is_source = False
    bare_comparisons = True
    elementwise = ("⊙", "⊘")

    def glue(self, left: str, right: str) -> str:
        if right[0] in "0123456789":
            return "·"
        if left[0] == "[" and left[-1] == "]":
            return " "
        if _ROOT_BEHIND.search(left) or (_LETTER_BEHIND.search(left) and _INDEXED_AHEAD.match(right)):
            return " "
        is_number = left[-1].isdecimal() and not _WORD_BEHIND.search(left[-40:])
        if is_number or left[-1] in "½⅓⅔¼¾":
            return " " if _FUNCTION_AHEAD.match(right) else ""
        if _DIFFERENTIAL_AHEAD.match(right):
            return " "
        return " " if _WORD_AHEAD.match(right) or _WORD_BEHIND.search(left[-40:]) else ""

    def scaled(
        self, number: Fraction, scalars: Sequence[Piece], chain: Piece | None, below: Sequence[Piece]
    ) -> Piece:
        if number in _VULGAR and not below:
            front = [self.number(number), *scalars]
            return self.factors(front if chain is None else [*front, chain])
        return super().scaled(number, scalars, chain, below)

    def number(self, value: Fraction) -> Piece:
        return Piece(_VULGAR[value], Level.ATOM) if value in _VULGAR else super().number(value)

    def symbol(self, symbol: Symbol) -> Piece:
        if symbol.is_differential:
            return Piece("d" + unicode_name(symbol.label[1:]), Level.ATOM)
        return Piece(unicode_name(symbol.label), Level.ATOM)

    def named(self, label: str) -> str:
        return unicode_name(label)

    def literal(self, rows: Sequence[Sequence[Fraction]]) -> Piece:
        return Piece(
            "[" + "; ".join(", ".join(self.signed(x) for x in row) for row in rows) + "]", Level.ATOM
        )

    def _raised(self, base: Piece, exponent: Piece) -> Piece:
        raised = superscript(exponent.text)
        if raised is None:
            short = exponent._replace(text=exponent.tight) if exponent.tight else exponent
            raised = "^" + self.at(short, Level.ATOM)
        return Piece(self.at(base, Level.ATOM) + raised, Level.POSTFIX)

    def transposed(self, base: Piece) -> Piece:
        return Piece(self.at(base, Level.ATOM) + "ᵀ", Level.POSTFIX)

    def inverse(self, base: Piece, transposed: bool) -> Piece:
        return Piece(self.at(base, Level.ATOM) + ("⁻ᵀ" if transposed else "⁻¹"), Level.POSTFIX)

    def power(self, base: Piece, exponent: Piece) -> Piece:
        return self._raised(base, exponent)

    def matrix_power(self, base: Piece, exponent: Piece) -> Piece:
        return self._raised(base, self.exponent(exponent))

    def entry_power(self, base: Piece, exponent: Piece) -> Piece:
        return Piece(f"{self.at(base, Level.ATOM)}^∘{self.at(exponent, Level.ATOM)}", Level.POSTFIX)

    def root(self, base: Piece) -> Piece:
        return Piece("√" + self.at(base, Level.ATOM), Level.POSTFIX)

    def norm(self, inside: Piece, is_matrix: bool) -> Piece:
        return Piece(f"‖{inside.text}‖", Level.ATOM)

    def entry(self, base: Piece, row: Dim | None, column: Dim | None, is_vector: bool) -> Piece:
        places = [":" if place is None else dim_text(place) for place in (row, column)]
        name = ready_for_index(self.at(base, Level.ATOM))
        if is_vector:
            index = places[0] if len(places[0]) == 1 else f"({places[0]})"
        elif None not in (row, column):
            index = "".join(places) if all(len(p) == 1 for p in places) else f"({', '.join(places)})"
        else:
            return Piece(f"{name}[{', '.join(places)}]", Level.POSTFIX)
        return Piece(f"{name}_{index}", Level.ATOM if base.text.isalpha() else Level.POSTFIX)

    def member(self, base: Piece, places: Sequence[Dim], above: str) -> Piece:
        inside = ",".join(map(self.place, places))
        raised = above_the_name(inside) if above == "(" else None
        if not above or base.text[-1:] == "⁾":
            return self.subscripted(base, places)
        if raised is not None:
            return Piece(f"{base.text}⁽{raised}⁾", Level.ATOM)
        script = f"({inside})" if above == "(" else f"[{inside}]"
        return Piece(f"{base.text}^{{{script}}}", Level.ATOM)

    def place(self, dim: Dim) -> str:
        return dim_text(dim).replace(" ", "")

    def big_sign(self, kind: str) -> str:
        return {"sum": "Σ", "prod": "Π"}.get(kind, kind)

    def ones_chain(self, inside: Piece, rows: bool, columns: bool) -> Piece | None:
        return Piece(f"sum({inside.text})", Level.ATOM, is_call=True) if rows and columns else None

    def all_ones(self, rows: Dim, columns: Dim) -> Piece | None:
        return None

    def cross(self, left: Piece, right: Piece) -> Piece:
        text = f"{self.at(left, Level.POSTFIX)} × {self.at(right, Level.POSTFIX)}"
        return Piece(text, Level.OPERATOR, left.tall or right.tall)

    def pick(self, notation: Notation) -> str:
        return notation.unicode
