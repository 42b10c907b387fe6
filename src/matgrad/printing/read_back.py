"""The two media that the parser reads back: text in the MATLAB-like dialect, and NumPy source."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from keyword import iskeyword

from matgrad.core.dims import ONE, Dim
from matgrad.core.expr import Symbol
from matgrad.core.notation import Notation
from matgrad.printing.brackets import Level, Piece
from matgrad.printing.medium import Medium
from matgrad.printing.names import text_name


def _attached(base: Piece, text: str) -> Piece:
    return Piece(text, Level.POSTFIX, base.tall)


def _size(rows: Dim, columns: Dim) -> str:
    return str(rows) if columns is ONE else f"{rows}, {columns}"


class Source(Medium):
    """What both dialects share: functions spelled out by their names."""

    def symbol(self, symbol: Symbol) -> Piece:
        return Piece(symbol.label, Level.ATOM)

    def inverse(self, base: Piece, transposed: bool) -> Piece:
        inverse = Piece(f"inv({base.text})", Level.ATOM)
        return self.transposed(inverse) if transposed else inverse

    def root(self, base: Piece) -> Piece:
        return Piece(f"sqrt({base.text})", Level.ATOM)

    def place(self, dim: Dim) -> str:
        return str(dim).replace(" ", "")

    def big_sign(self, kind: str) -> str:
        return kind

    def relation(self, sign: str) -> str:
        return {"≥": ">=", "≤": "<=", "≠": "!="}.get(sign, sign)

    def norm(self, inside: Piece, is_matrix: bool) -> Piece:
        return Piece(f"norm({inside.text})", Level.ATOM)

    def ones_chain(self, inside: Piece, rows: bool, columns: bool) -> Piece | None:
        name = "sum" if rows and columns else "column_sum" if rows else "row_sum"
        return Piece(f"{name}({inside.text})", Level.ATOM)

    def all_ones(self, rows: Dim, columns: Dim) -> Piece | None:
        return Piece(f"ones({_size(rows, columns)})", Level.ATOM)


class Text(Source):
    """Text in the MATLAB-like dialect."""

    elementwise = (".*", "./")

    def symbol(self, symbol: Symbol) -> Piece:
        return Piece(text_name(symbol.label), Level.ATOM)

    def glue(self, left: str, right: str) -> str:
        return "*" if right[0].isdigit() else " "

    def literal(self, rows: Sequence[Sequence[Fraction]]) -> Piece:
        return Piece(
            "[" + "; ".join(", ".join(self.signed(x) for x in row) for row in rows) + "]", Level.ATOM
        )

    def transposed(self, base: Piece) -> Piece:
        return _attached(base, self.at(base, Level.ATOM) + "'")

    def power(self, base: Piece, exponent: Piece) -> Piece:
        # An exponent without brackets is a name, a number or a call.
        raised = self.brackets(exponent) if exponent.is_indexed else self.at(exponent, Level.ATOM)
        return _attached(base, f"{self.at(base, Level.ATOM)}^{raised}")

    def matrix_power(self, base: Piece, exponent: Piece) -> Piece:
        return self.power(base, self.exponent(exponent))

    def entry_power(self, base: Piece, exponent: Piece) -> Piece:
        return _attached(base, f"{self.at(base, Level.ATOM)}.^{self.at(exponent, Level.ATOM)}")

    def entry(self, base: Piece, row: Dim | None, column: Dim | None, is_vector: bool) -> Piece:
        places = [":" if place is None else str(place) for place in (row, column)]
        inside = places[0] if is_vector else ", ".join(places)
        level = Level.ATOM if base.text.isalpha() else Level.POSTFIX
        return Piece(f"{self.at(base, Level.ATOM)}[{inside}]", level, base.tall, is_indexed=True)

    def pick(self, notation: Notation) -> str:
        return notation.text

    def function(self, notation: Notation, args: Sequence[Piece]) -> Piece:
        """As everywhere; where no comma tells blocks from factors, a block that is a product has brackets."""
        if notation.text.startswith("[") and "," not in notation.text:
            args = [Piece(self.at(arg, Level.POSTFIX), Level.ATOM) for arg in args]
        return super().function(notation, args)


class NumPySource(Source):
    """Python expressions in the NumPy dialect, with bare function names.

    All of it is valid Python. It parses back but for two things that Python cannot spell: a
    variable named as a Python keyword, and the derivative f' of an undefined function, ``f_d``.
    """

    elementwise = ("*", "/")
    spreads_numbers = True

    def symbol(self, symbol: Symbol) -> Piece:
        """A variable; Python has ``lambda`` as a word of its own, so that it becomes ``lambda_``."""
        return Piece(symbol.label + "_" * iskeyword(symbol.label), Level.ATOM)

    def glue(self, left: str, right: str) -> str:
        return " * "

    def chain(self, factors: Sequence[Piece]) -> Piece:
        if len(factors) == 1:
            return factors[0]
        text = " @ ".join(self.at(factor, Level.POSTFIX) for factor in factors)
        return Piece(text, Level.PRODUCT)

    def fraction(self, above: Sequence[Piece], below: Sequence[Piece]) -> Piece:
        top, bottom = self.factors(above), self.side_by_side(below)
        return Piece(f"{self.at(top, Level.PRODUCT)} / {self.at(bottom, Level.POSTFIX)}", Level.PRODUCT)

    def literal(self, rows: Sequence[Sequence[Fraction]]) -> Piece:
        inside = ", ".join("[" + ", ".join(self.signed(x) for x in row) + "]" for row in rows)
        return Piece(f"np.array([{inside}])", Level.ATOM)

    def transposed(self, base: Piece) -> Piece:
        return Piece(self.at(base, Level.ATOM) + ".T", Level.ATOM)

    def power(self, base: Piece, exponent: Piece) -> Piece:
        return _attached(base, f"{self.at(base, Level.ATOM)} ** {self.at(exponent, Level.ATOM)}")

    entry_power = power

    def matrix_power(self, base: Piece, exponent: Piece) -> Piece:
        return Piece(f"matrix_power({base.text}, {exponent.text})", Level.ATOM)

    def entry(self, base: Piece, row: Dim | None, column: Dim | None, is_vector: bool) -> Piece:
        places = [":" if place is None else str(place - 1) for place in (row, column)]
        inside = places[0] if is_vector else ", ".join(places)
        return Piece(f"{self.at(base, Level.ATOM)}[{inside}]", Level.ATOM)

    def pick(self, notation: Notation) -> str:
        return notation.numpy
