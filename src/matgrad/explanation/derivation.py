"""Derivations: lines of equations, each with the rules by which it follows from the one before.

A line shows a left side and a right side. What it *states* are its claims: pairs of sides that must
have the same value wherever the expression is defined, so that
:func:`matgrad.explanation.verification.verify` can try every line at random points. A method of
derivation makes lines and their claims; it does not write text. Writing is done in
:mod:`matgrad.explanation.rendering`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from matgrad import printing
from matgrad.calculus.components import Components
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.phrase import require_language, require_medium
from matgrad.core.reason import Reason

if TYPE_CHECKING:
    from matgrad.core.arrays import Array
    from matgrad.explanation.verification import Point
    from matgrad.verify.claims import Verification

METHODS = ("differential", "definition", "chain")

EQUALS = "="
THEREFORE = "⇒"
LET = ":="
"""The relations of a line: equal to the line before, following from it, and giving a name."""


def require_citations(citations: bool) -> None:
    """Refuse what does not say whether sources are cited."""
    if not isinstance(citations, bool):
        raise ArgumentError(f"citations is True or False, not {citations!r}", fix="citations=True")


class Written(Protocol):
    """What can be written in a medium: ``"text"``, ``"unicode"`` or ``"latex"``."""

    def write(self, medium: str) -> str:
        """The text, without a line break."""
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

    def differential(self) -> Label:
        """What the differential of the thing so called is called: df, d(∂f/∂x)."""
        if len(self.unicode) == 1:
            return Label(f"d{self.unicode}", rf"\mathrm{{d}}{self.latex}", f"d{self.text or self.unicode}")
        return Label(
            f"d({self.unicode})", rf"\mathrm{{d}}\left({self.latex}\right)", f"d({self.text or self.unicode})"
        )


@dataclass(frozen=True, slots=True)
class Formula:
    """An expression as a side, written as it stands.

    The expression may be made with ``Operation.intern``, so that it shows a form which the
    constructors would simplify away; it may hold changes (:class:`matgrad.explanation.inert.Change`)
    and the symbols that the derivation defines.
    """

    expr: Expr

    def write(self, medium: str) -> str:
        """The expression in a medium."""
        return printing.line(self.expr, medium, names=False)

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
    """

    expr: Expr
    names: tuple[tuple[Symbol, Expr], ...]

    def write(self, medium: str) -> str:
        """The expression and the meaning of each name."""
        parts = [self.expr, *(side for pair in self.names for side in pair)]
        main, *sides = (printing.line(part, medium, names=False) for part in parts)
        comma = r",\quad " if medium == "latex" else ",  "
        return comma.join(
            [main, *(f"{name} = {value}" for name, value in zip(sides[::2], sides[1::2], strict=True))]
        )

    def evaluate(self, point: Point) -> Array:
        """The value of the expression."""
        return point.value(self.expr)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a derivation.

    Attributes
    ----------
    right : Written
        The right side.
    left : Written or None
        The left side; ``None`` where the line continues the equation above.
    reasons : tuple of Reason
        The rules by which it follows from the line before, in the order in which they are applied.
    relation : str
        ``"="``, ``"⇒"`` before a conclusion, or ``":="`` where a name is given.
    claims : tuple of pairs of Side
        What the line states: the two sides of each pair have the same value.
    """

    right: Written
    left: Written | None = None
    reasons: tuple[Reason, ...] = ()
    relation: str = EQUALS
    claims: tuple[tuple[Side, Side], ...] = ()


@dataclass(frozen=True)
class Derivation:
    """How a derivative is derived: numbered lines, each with its rules.

    Attributes
    ----------
    function, variable : Expr, Symbol
        What is differentiated with respect to what.
    method : str
        ``"differential"``, ``"definition"`` or ``"chain"``.
    lines : tuple of Line
        The derivation.
    result : Expr or Components
        What the last line says: the derivative, as :func:`matgrad.results.derive` gives it.
    definitions : mapping of Symbol to Expr
        The names that the lines use besides the variables, each defined in the variables and the
        names before it.
    change : Symbol or None
        dX, where the lines hold it; verification gives it a direction in which X may change.
    notes : tuple of str
        What a reader must know besides.
    language : str
        ``"en"`` or ``"zh"``: the language in which it shows itself.
    """

    function: Expr
    variable: Symbol
    method: str
    lines: tuple[Line, ...]
    result: Expr | Components
    definitions: Mapping[Symbol, Expr] = field(default_factory=dict)
    change: Symbol | None = None
    notes: tuple[str, ...] = ()
    language: str = "en"

    def text(self, medium: str = "unicode", language: str | None = None, *, citations: bool = False) -> str:
        """The derivation as aligned lines of text, each with its number and its rules.

        Parameters
        ----------
        medium : str
            ``"unicode"`` or ``"text"``.
        language : str, optional
            ``"en"`` or ``"zh"``; its own where it is left out.
        citations : bool
            Whether to say below the lines where their rules are written.

        Examples
        --------
        >>> import matgrad as mg
        >>> from matgrad.explanation import explain
        >>> x = mg.vector("x", "n")
        >>> print(explain(x.T @ x, x).text())
        1  f  = xᵀx
        2  df = 2xᵀ dx    differential of a squared norm
        3  ⇒ ∂f/∂x = 2x   df = gᵀ dx
        """
        from matgrad.explanation.rendering import plain

        chosen = self.language if language is None else language
        require_language(chosen)
        require_medium(medium)
        require_citations(citations)
        return plain(self, medium, chosen, citations)

    def latex(self, language: str | None = None, *, citations: bool = False) -> str:
        """The derivation as an ``align*`` environment, with the rules as comments on the right.

        Parameters
        ----------
        language : str, optional
            ``"en"`` or ``"zh"``; its own where it is left out.
        citations : bool
            Whether to add to each rule where it is written.
        """
        from matgrad.explanation.rendering import align

        chosen = self.language if language is None else language
        require_language(chosen)
        require_citations(citations)
        return align(self, chosen, citations)

    def hints(self, medium: str = "unicode", language: str | None = None) -> tuple[str, ...]:
        """One hint for each line, in order: its rules, and what it says; the last is the answer."""
        from matgrad.explanation.rendering import hints

        chosen = self.language if language is None else language
        require_language(chosen)
        require_medium(medium)
        return hints(self, medium, chosen)

    def verify(self, points: int = 2) -> Verification:
        """Try every line at random points in arbitrary precision.

        Raises
        ------
        VerificationError
            When a line does not have the value it claims; the message names the line.
        """
        from matgrad.explanation.verification import verify

        if isinstance(points, bool) or not isinstance(points, int) or points < 1:
            raise ArgumentError(f"the number of points is a whole number from 1 up, not {points!r}")
        return verify(self, points)

    def __str__(self) -> str:
        return self.text()

    def _repr_latex_(self) -> str:
        return self.latex()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/latex": self.latex()}
