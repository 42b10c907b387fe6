"""The medium of a textbook: LaTeX for math mode, with amsmath."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from matgrad.core.dims import Dim
from matgrad.core.expr import Symbol
from matgrad.core.lazy import regex
from matgrad.core.notation import Notation
from matgrad.printing.brackets import Level, Piece
from matgrad.printing.medium import Medium
from matgrad.printing.names import latex_name
from matgrad.printing.scripts import attached, ready_for

_OPEN = (r"\log", r"\operatorname{tr}")
"""Functions whose power is written around brackets: log(x)² and tr(X)⁻¹ are read in two ways."""
_SHORT = 14
"""The longest numerator, in visible characters, that is set above the bar rather than beside it."""
_NAME = regex(r"[^\W\d_]\w*")


def dim_latex(dim: Dim) -> str:
    """A dimension in a textbook."""
    text = _NAME.sub(lambda match: r"\min" if match[0] == "min" else latex_name(match[0]), str(dim))
    return text.replace("*", " ")


def _visible(text: str) -> int:
    """About how many characters a reader sees."""
    return len(re.sub(r"\\[A-Za-z]+|[{}^_\\ ]|\\,", lambda match: "x" if len(match[0]) > 2 else "", text))


class Latex(Medium):
    """Textbook notation."""

    is_source = False
    square_ones = True
    stacks_fractions = True
    names_means = False
    elementwise = (r"\odot", r"\oslash")

    def __init__(self, *, with_sizes: bool = False) -> None:
        self.with_sizes = with_sizes

    def brackets(self, piece: Piece) -> str:
        return rf"\left({piece.text}\right)" if piece.tall else f"({piece.text})"

    def glue(self, left: str, right: str) -> str:
        if right[0] in "0123456789":
            return r" \cdot "
        upright = r"\mathrm{"
        return r" \, " if right.startswith(upright) or (left.startswith(upright) and "(" not in left) else " "

    def scaled(
        self, number: Fraction, scalars: Sequence[Piece], chain: Piece | None, below: Sequence[Piece]
    ) -> Piece:
        if number.denominator == 1 and not below:
            return super().scaled(number, scalars, chain, below)
        above = ([] if number.numerator == 1 else [self.integer(number.numerator)]) + list(scalars)
        under = ([] if number.denominator == 1 else [self.integer(number.denominator)]) + list(below)
        every = above if chain is None else [*above, chain]
        if below and every and _visible(self.factors(every).text) <= _SHORT:
            return self._over(self.factors(every), self.factors(under))
        front = self._over(
            self.factors(above) if above and below else self.integer(number.numerator), self.factors(under)
        )
        rest = list(scalars) if not below else []
        if chain is not None:
            rest.append(chain)
        return self.factors([front, *rest])

    def _over(self, above: Piece, below: Piece) -> Piece:
        return Piece(rf"\frac{{{above.text}}}{{{below.text}}}", Level.POSTFIX, tall=True)

    def number(self, value: Fraction) -> Piece:
        if value.denominator == 1:
            return self.integer(value.numerator)
        return self._over(self.integer(value.numerator), self.integer(value.denominator))

    def symbol(self, symbol: Symbol) -> Piece:
        if symbol.is_differential:
            return Piece(rf"\mathrm{{d}}{latex_name(symbol.label[1:])}", Level.ATOM)
        return Piece(latex_name(symbol.label), Level.ATOM)

    def named(self, label: str) -> str:
        return latex_name(label)

    def spelled(self, symbol: Symbol) -> Piece:
        return Piece(r"\mathtt{" + symbol.label.replace("_", r"\_") + "}", Level.ATOM)

    def dimension(self, dim: Dim) -> Piece:
        return Piece(dim_latex(dim), Level.ATOM)

    def sized(self, name: str, sizes: Sequence[Dim]) -> Piece | None:
        if not self.with_sizes:
            return None
        written = [dim_latex(size) for size in sizes]
        sign = {"eye": "I", "ones": r"\mathbf{1}", "zeros": r"\mathbf{0}", "unit": "e"}[name]
        if name == "unit":
            return Piece(f"e_{{{written[0]}}}^{{({written[1]})}}", Level.POSTFIX)
        below = r" \times ".join(written)
        return Piece(f"{sign}_{{{below}}}", Level.ATOM)

    def literal(self, rows: Sequence[Sequence[Fraction]]) -> Piece:
        inside = r" \\ ".join(" & ".join(self.signed(x) for x in row) for row in rows)
        return Piece(rf"\begin{{bmatrix}} {inside} \end{{bmatrix}}", Level.ATOM, tall=True)

    def _raised(self, base: Piece, exponent: str) -> Piece:
        if base.is_open:
            base = Piece(base.text, Level.SUM, base.tall)
        return self._attached(base, exponent)

    def _attached(self, base: Piece, exponent: str) -> Piece:
        return Piece(attached(self.at(base, Level.ATOM), "^", exponent, base.tall), Level.POSTFIX, base.tall)

    def transposed(self, base: Piece) -> Piece:
        return self._attached(base, r"\top")

    def inverse(self, base: Piece, transposed: bool) -> Piece:
        return self._raised(base, r"-\top" if transposed else "-1")

    def power(self, base: Piece, exponent: Piece) -> Piece:
        return self._raised(base, _inline(exponent.text))

    def matrix_power(self, base: Piece, exponent: Piece) -> Piece:
        return self.power(base, self.exponent(exponent))

    def entry_power(self, base: Piece, exponent: Piece) -> Piece:
        return self._raised(
            base, rf"\circ {self.at(Piece(_inline(exponent.text), exponent.level), Level.PRODUCT)}"
        )

    def root(self, base: Piece) -> Piece:
        return Piece(rf"\sqrt{{{base.text}}}", Level.ATOM, tall=True)

    def entry_root(self, base: Piece, is_square: bool) -> Piece:
        return self.entry_power(base, self.number(Fraction(1, 2))) if is_square else self.root(base)

    def norm(self, inside: Piece, is_matrix: bool) -> Piece:
        return self._between_bars(inside, "_F" if is_matrix else "")

    def norm1(self, inside: Piece) -> Piece | None:
        return self._between_bars(inside, "_1")

    def _between_bars(self, inside: Piece, index: str) -> Piece:
        # Bars open as they close: around other bars they say which of the two they do.
        grows = inside.tall or r"\|" in inside.text
        bars = rf"\left\|{inside.text}\right\|" if grows else rf"\|{inside.text}\|"
        return Piece(bars + index, Level.ATOM, inside.tall)

    def entry(self, base: Piece, row: Dim | None, column: Dim | None, is_vector: bool) -> Piece:
        places = [":" if place is None else dim_latex(place) for place in (row, column)]
        separator = "" if all(len(p) == 1 and p != ":" for p in places) else ", "
        index = places[0] if is_vector else separator.join(places)
        level = Level.ATOM if base.text.lstrip("\\").isalpha() else Level.POSTFIX
        return Piece(attached(self.at(base, Level.ATOM), "_", index, base.tall), level, base.tall)

    def place(self, dim: Dim) -> str:
        return dim_latex(dim).replace(" - ", "-").replace(" + ", "+")

    def member(self, base: Piece, places: Sequence[Dim], above: str) -> Piece:
        if not above or "^" in base.text:
            return self.subscripted(base, places)
        inside = ", ".join(map(self.place, places))
        script = f"({inside})" if above == "(" else f"[{inside}]"
        return Piece(attached(base.text, "^", script, base.tall), Level.ATOM, base.tall)

    def subscripted(self, base: Piece, places: Sequence[Dim]) -> Piece:
        texts = [self.place(dim) for dim in places]
        separator = "" if all(len(text) == 1 or text[0] == "\\" for text in texts) else ", "
        return Piece(attached(base.text, "_", separator.join(texts), base.tall), Level.ATOM, base.tall)

    def relation(self, sign: str) -> str:
        return {"≥": r"\ge", "≤": r"\le", "≠": r"\ne"}.get(sign, sign)

    def between(self, name: str, first: str, last: str) -> str:
        return rf"{first} \le {name} \le {last}"

    def over(
        self,
        kind: str,
        bounds: Sequence[tuple[Dim, Dim, Dim, bool]],
        conditions: Sequence[Any],
        body: Piece,
    ) -> Piece:
        below, above = self.head(bounds, conditions)
        over = f"^{{{above}}}" if above else ""
        text = rf"{self.big_sign(kind)}_{{{below}}}{over} {self.at(body, Level.OPERATOR)}"
        return Piece(text, Level.PRODUCT, True)

    def big_sign(self, kind: str) -> str:
        return rf"\{kind}"

    def ones_chain(self, inside: Piece, rows: bool, columns: bool) -> Piece | None:
        return None

    def all_ones(self, rows: Dim, columns: Dim) -> Piece | None:
        return None

    def cross(self, left: Piece, right: Piece) -> Piece:
        text = rf"{self.at(left, Level.POSTFIX)} \times {self.at(right, Level.POSTFIX)}"
        return Piece(text, Level.OPERATOR, left.tall or right.tall)

    def pick(self, notation: Notation) -> str:
        return notation.latex

    def function(self, notation: Notation, args: Sequence[Piece]) -> Piece:
        """As everywhere, but that the powers of some stand around brackets."""
        piece = super().function(notation, args)
        return piece._replace(is_open=piece.level is Level.ATOM and notation.latex.startswith(_OPEN))

    def _fill(self, texts: Sequence[str], inside: Sequence[str], tall: bool) -> str:
        if not tall:
            texts = [text.replace(r"\left", "").replace(r"\right", "") for text in texts]
        # A sign that follows at once may be a script: the prime of f′, the plus of a pseudoinverse.
        marks = ["^" if after[:1] == "'" else after[:1] for after in texts[1:]]
        ready = [
            ready_for(text, mark, tall) if mark in ("_", "^") else text
            for text, mark in zip(inside, marks, strict=True)
        ]
        return super()._fill(texts, ready, tall)


def _inline(text: str) -> str:
    """An exponent, with its fractions on one line but for those before a factor."""
    return re.sub(r"\\frac\{(\w+)\}\{(\w+)\}(?=$| [+-])", r"\1/\2", text)
