"""The lines of a derivation: equations, each with the rules by which it follows from the one before.

A line shows a left side and a right side. What it *states* are its claims: pairs of sides that must
have the same value wherever the expression is defined, so that
:func:`matgrad.explanation.verification.verify` can try every line at random points. A method of
derivation makes lines and their claims; it does not write text. Writing is done in
:mod:`matgrad.explanation.rendering`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import singledispatch
from typing import Protocol

from matgrad import printing
from matgrad.core.arrays import Array
from matgrad.core.expr import Expr, Symbol
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.numeric.precise import PreciseArrays
from matgrad.ops.arithmetic import Sum
from matgrad.printing.index_names import written as lettered
from matgrad.printing.shapes import common_number, terms_in_order

MEDIA = ("unicode", "latex", "text")
"""What a derivation is written in."""

EQUALS = "="
THEREFORE = "⇒"
LET = ":="
"""The relations of a line: equal to the line before, following from it, and giving a name."""


class Written(Protocol):
    """What can be written in a medium: ``"text"``, ``"unicode"`` or ``"latex"``."""

    def write(self, medium: str) -> str:
        """The text, without a line break."""
        ...


class Point(Protocol):
    """Values of the variables, of dX and of the names that a derivation defines."""

    xp: PreciseArrays
    """Their arithmetic; it knows the sizes of the dimensions."""

    def value(self, expr: Expr) -> Array:
        """The value of an expression, in which defined names and held differentials may stand."""
        ...

    def once(self, expr: Expr) -> Array:
        """The value of an expression without letters, the same for all that they are set to."""
        ...

    def at(self, indices: Mapping[str, int]) -> Point:
        """The same point with letters set to numbers."""
        ...


class Side(Written, Protocol):
    """A side of an equation: what can be written and has a value."""

    def evaluate(self, point: Point) -> Array:
        """The value at a point, an array of ``point.xp``."""
        ...


@dataclass(frozen=True, slots=True)
class Label:
    """A side that is only written: ``df``, ``∂f/∂X``.

    Attributes
    ----------
    unicode, latex, text : str
        How it is written in each medium; the text is the Unicode form where it is left out.
    """

    unicode: str
    latex: str
    text: str = ""

    def write(self, medium: str) -> str:
        """The text in a medium."""
        if medium == "latex":
            return self.latex
        return self.text or self.unicode if medium == "text" else self.unicode

    def __str__(self) -> str:
        return self.unicode

    def differential(self) -> Label:
        """What the differential of the thing so called is called: df, d(∂f/∂x)."""
        if len(self.unicode) == 1:
            return Label(f"d{self.unicode}", rf"\mathrm{{d}}{self.latex}", f"d{self.text or self.unicode}")
        return Label(
            f"d({self.unicode})", rf"\mathrm{{d}}\left({self.latex}\right)", f"d({self.text or self.unicode})"
        )


_LONG = 3000
"""Expressions with more nodes than this, shared ones counted often, are written with names."""


ENDLESS = 300
"""Of what derivations work out in names, expressions with more nodes than this are not written out."""


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression as a side, written as it stands.

    The expression may be made with ``Operation.intern``, so that it shows a form which the
    constructors would simplify away; it may hold changes (:class:`matgrad.explanation.unsimplified.Change`)
    and the symbols that the derivation defines. ``as_typed`` keeps the order and the signs of its author.
    """

    expr: Expr
    as_typed: bool = False

    def write(self, medium: str) -> str:
        """The expression in a medium; one that is too long to be read has names for its shared parts."""
        return printing.line(self.expr, medium, names=self.expr.tree_size > _LONG, as_typed=self.as_typed)

    def evaluate(self, point: Point) -> Array:
        """Its value."""
        return point.value(self.expr)


@dataclass(frozen=True, slots=True)
class Named:
    """An expression with the names that stand in it: ‖r‖², r = Ax − b.

    Attributes
    ----------
    expr : Expr
        The expression.
    names : tuple of (Symbol, Expr)
        The names and what they stand for.
    as_typed : bool
        Whether they keep the order and the signs of their author.
    """

    expr: Expr
    names: tuple[tuple[Symbol, Expr], ...]
    as_typed: bool = False

    def write(self, medium: str) -> str:
        """The expression and the meaning of each name."""
        parts = [self.expr, *(side for pair in self.names for side in pair)]
        main, *sides = (printing.line(part, medium, names=False, as_typed=self.as_typed) for part in parts)
        comma = r",\quad " if medium == "latex" else ",  "
        return comma.join(
            [main, *(f"{name} = {value}" for name, value in zip(sides[::2], sides[1::2], strict=True))]
        )

    def evaluate(self, point: Point) -> Array:
        """The value of the expression."""
        return point.value(self.expr)


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """One line of a derivation.

    Attributes
    ----------
    right : Written
        The right side.
    left : Written or None
        The left side; ``None`` where the line continues the equation above.
    reasons : tuple of Phrase
        The rules by which it follows from the line before, in the order in which they are applied.
    relation : str
        ``"="``, ``"⇒"`` before a conclusion, or ``":="`` where a name is given.
    claims : tuple of pairs of Side
        What the line states: the two sides of each pair have the same value.
    """

    right: Written
    left: Written | None = None
    reasons: tuple[Phrase, ...] = ()
    relation: str = EQUALS
    claims: tuple[tuple[Side, Side], ...] = ()

    def __repr__(self) -> str:
        left = "" if self.left is None else f"{self.left.write('unicode')} "
        reasons = "; ".join(reason.text() for reason in self.reasons)
        equation = f"{left}{self.relation} {self.right.write('unicode')}"
        return f"<Line: {equation}   {reasons}>" if reasons else f"<Line: {equation}>"


@singledispatch
def substance(side: Written) -> object:
    """What a side is made of, in one form for all that is written the same."""
    return side


@substance.register
def _(side: Formula) -> object:
    expr = lettered(side.expr)
    if not isinstance(expr, Sum):
        return expr
    terms = terms_in_order(expr, False)
    return expr if common_number(terms) != 1 else tuple(sorted(terms, key=lambda term: term.number < 0))


def alike(a: Written, b: Written) -> bool:
    """Whether two sides read the same: made of the same, or, where they are short, written the same."""
    if substance(a) == substance(b):
        return True
    if not isinstance(a, Formula) or not isinstance(b, Formula) or a.expr.shape != b.expr.shape:
        return False
    if max(a.expr.tree_size, b.expr.tree_size) > ENDLESS:
        return False
    return look_the_same(a, b)


def look_the_same(a: Written, b: Written, media: Sequence[str] = ("unicode",)) -> bool:
    """Whether a reader sees no difference between two sides: the only place that looks at what is written."""
    return all(a.write(medium) == b.write(medium) for medium in media)


def width(side: Written) -> int:
    """How many signs a side takes on a line."""
    return len(side.write("unicode"))


SHORTER = 8
"""So many signs less are no reason to write a line in another form than the one in which it was found."""


def is_short_enough(found: Expr, simplified: Expr) -> bool:
    """Whether an expression in names stays as it was found, since the names are written out later."""
    return width(Formula(found)) <= width(Formula(simplified)) + SHORTER
