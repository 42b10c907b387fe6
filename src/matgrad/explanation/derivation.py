"""A derivation: its lines, how it shows itself, and whether they are right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from matgrad.calculus.components import Components
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.languages import require_language
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.explanation.lines import Line
from matgrad.explanation.rendering import align, hints, plain
from matgrad.explanation.verification import verify
from matgrad.printing.medium import require_medium
from matgrad.printing.names import array_names
from matgrad.typesetting.style import ANY_WIDTH, LatexStyle, style_of
from matgrad.verify.claims import Verification


def require_citations(citations: bool) -> None:
    """Refuse what does not say whether sources are cited."""
    if not isinstance(citations, bool):
        raise ArgumentError(
            phrase("citations is True or False, not {citations}", citations=repr(citations)),
            fix="citations=True",
        )


METHODS = ("differential", "definition", "chain")


@dataclass(frozen=True, repr=False)
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
    second : tuple of (Symbol, Symbol) or None
        Of a mixed second derivative the second variable Y and dY.
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
    second: tuple[Symbol, Symbol] | None = None
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
        3  ⇒ ∂f/∂x = 2x   read off the gradient from df = gᵀ dx
        """
        chosen = self.language if language is None else language
        require_language(chosen)
        require_medium(medium)
        require_citations(citations)
        return plain(self.lines, self.notes, medium, chosen, citations)

    def latex(
        self, language: str | None = None, *, citations: bool = False, style: LatexStyle | str | None = None
    ) -> str:
        r"""The derivation as an ``align*`` environment, with the rules as comments on the right.

        Parameters
        ----------
        language : str, optional
            ``"en"`` or ``"zh"``; its own where it is left out.
        citations : bool
            Whether to add to each rule where it is written.
        style : LatexStyle or str, optional
            How it is set in a paper, or the words for it (``"two columns, bold"``): the width of the column,
            in which lines are broken and rules stand beside or below, the environment, bold letters, the sign
            of a transpose. Without it lines have any length.

        Raises
        ------
        ArgumentError
            For what is no language or no style.

        Examples
        --------
        >>> import matgrad as mg
        >>> x = mg.vector("x", "n")
        >>> print(mg.explain(x.T @ x, x).latex(style="bold, transpose T").splitlines()[1])
        f &= \mathbf{x}^{T} \mathbf{x} \\
        """
        chosen = self.language if language is None else language
        require_language(chosen)
        require_citations(citations)
        return align(self.lines, chosen, citations, style_of(style, ANY_WIDTH), self._arrays)

    @property
    def _arrays(self) -> list[str]:
        """The names of vectors and matrices, in LaTeX."""
        return array_names((self.function, self.variable, *self.definitions, *self.definitions.values()))

    def hints(self, medium: str = "unicode", language: str | None = None) -> tuple[str, ...]:
        """One hint for each line, in order: its rules, and what it says; the last is the answer."""
        chosen = self.language if language is None else language
        require_language(chosen)
        require_medium(medium)
        return hints(self.lines, medium, chosen)

    def verify(self, points: int = 2) -> Verification:
        """Try every line at random points in arbitrary precision.

        Raises
        ------
        VerificationError
            When a line does not have the value it claims; the message names the line.
        """
        if isinstance(points, bool) or not isinstance(points, int) or points < 1:
            raise ArgumentError(
                phrase("the number of points is a whole number from 1 up, not {points}", points=repr(points))
            )
        return verify(self, points)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        shown = f"{last.left.write('unicode')} = " if (last := self.lines[-1]).left is not None else ""
        return f"<Derivation: {shown}{last.right.write('unicode')}, {len(self.lines)} lines, {self.method}>"

    def _repr_latex_(self) -> str:
        return self.latex()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/latex": self.latex()}
