"""A stationary point: the equations, their solution, what was verified, and of what nature it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from matgrad import printing
from matgrad.core.dims import ZERO
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.languages import require_language
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase, phrase
from matgrad.explanation.lines import Line
from matgrad.ops.blocks import Part
from matgrad.ops.indices.members import Family
from matgrad.printing.medium import require_medium
from matgrad.results import Written
from matgrad.results.remarks import without_derivative
from matgrad.stationarity.derivation import PointDerivation, derivation_of_point
from matgrad.stationarity.members import places_of
from matgrad.stationarity.verdicts import (
    AT_KINKS,
    IF_ANY,
    IN_GENERAL,
    NATURES,
    NO_SOLUTION,
    NONE,
    SEVERAL,
    Point,
)
from matgrad.verify.claims import Verification

LAST_ROWS = Phrase("{part} are the last {count} entries of {matrix}")
LAST_COLUMNS = Phrase("{part} are the last {count} columns of {matrix}")


@dataclass(frozen=True, repr=False)
class StationaryPoint:
    """Where the derivative of a function is zero; made by :func:`matgrad.stationary`.

    Attributes
    ----------
    function : Expr
        f.
    variables : tuple of Symbol
        Its variables.
    equations : mapping of Symbol to Expr
        ∂f/∂x by each variable, which is zero there; with constraints that of the Lagrange function, and
        what is zero by the constraints under the multipliers.
    solutions : mapping of Symbol to Expr
        A closed form for each, multipliers included; empty where none is known.
    nature : str
        ``"minimum"``, ``"maximum"``, ``"saddle"`` or ``"not known"``. Where there is no closed form, that of
        a solution, if there is one. Of several points that differ in it ``"several"``: each has its own.
    why : tuple of Phrase
        Why it is of that nature: of a convex function its terms, each with its reason.
    conditions : tuple of Phrase
        Under which conditions the solution is one, and the only one.
    how : tuple of Phrase
        How the equations were solved.
    verification : Verification
        What was verified of the solution.
    bindings : mapping of str to Expr
        Names that stand for parts of the solution where it is written.
    members : mapping of Symbol to Expr
        Of a family of numbers the solution for each member, as it is written.
    called : str
        What the author called the function.
    written : Written or None
        The function as its author wrote it.
    in_terms : mapping of Symbol to Expr
        How the solutions are written where that is by other variables and by named parts.
    parts : mapping of Symbol to Expr
        Those named parts, each after those that it uses.
    points : tuple of Point
        All points with the nature of each, of a function of one number that has several; else empty.

    Examples
    --------
    >>> import matgrad as mg
    >>> r = mg.stationary("norm(y - X b)^2", "b")
    >>> r
    <StationaryPoint: b = (XᵀX)⁻¹Xᵀy, minimum, verified at 3 random points with 40 digits>
    >>> print(r.equation)
    2 X' (X b - y)
    >>> r.reasons
    ('‖Xb − y‖² is convex: a square of an affine function',)
    """

    function: Expr
    variables: tuple[Symbol, ...]
    equations: Mapping[Symbol, Expr]
    solutions: Mapping[Symbol, Expr]
    nature: str
    why: tuple[Phrase, ...]
    conditions: tuple[Phrase, ...]
    how: tuple[Phrase, ...]
    verification: Verification
    bindings: Mapping[str, Expr] = field(default_factory=dict)
    members: Mapping[Symbol, Expr] = field(default_factory=dict)
    called: str = ""
    written: Written | None = None
    in_terms: Mapping[Symbol, Expr] = field(default_factory=dict)
    parts: Mapping[Symbol, Expr] = field(default_factory=dict)
    points: tuple[Point, ...] = ()

    @property
    def equation(self) -> Expr:
        """∂f/∂x, which is zero at the point.

        Raises
        ------
        ArgumentError
            Where there are several variables.
        """
        if len(self.equations) != 1:
            raise ArgumentError(
                phrase("there are several equations"), fix=phrase("r.equations, by their variables")
            )
        return next(iter(self.equations.values()))

    @property
    def solution(self) -> Any:
        """The closed form, or a tuple of them for several variables; ``None`` for none, or several points."""
        if not self.solutions:
            return None
        found = tuple(self.solutions[variable] for variable in self.variables)
        return found[0] if len(found) == 1 else found

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is of that nature, in English."""
        return tuple(said(reason) for reason in self.why)

    @property
    def no_solution(self) -> Phrase | None:
        """Why there is no closed form: none is known, or there is no such point."""
        if self.solutions:
            return None
        if self.points:
            return SEVERAL
        why = self.verification.why
        return why if why.english in (NONE.english, IN_GENERAL.english) else NO_SOLUTION

    @property
    def nature_said(self) -> Phrase:
        """Of what nature it is, in words; of equations that are not solved, what a solution would be."""
        named = NATURES[self.nature]
        return (
            named
            if self.solutions or self.points or self.nature == "not known"
            else IF_ANY.filled(nature=named)
        )

    @property
    def notes(self) -> tuple[Phrase, ...]:
        """Where a minimum or a maximum may lie though no derivative is zero there: at kinks."""
        return tuple(AT_KINKS.filled(where=w) for w in without_derivative(self.function, self.variables))

    def derivation(self, language: str = "en") -> PointDerivation:
        """The way to the point: the gradient, the equation, its solution, what it is by the second order.

        Parameters
        ----------
        language : str
            ``"en"`` or ``"zh"``.

        Examples
        --------
        >>> import matgrad as mg
        >>> print(mg.stationary("norm(y - X b)^2", "b").derivation())
        1  f  = ‖y − Xb‖²
        2  df = −2(y − Xb)ᵀX db    differential of a squared norm
        3     = 2(Xb − y)ᵀX db     since −(A − B) = B − A
        4  ⇒ ∂f/∂b = 2Xᵀ(Xb − y)   read off the gradient from df = gᵀ db
        5  ⇒ 2Xᵀ(Xb − y) = 0       first-order condition: ∂f/∂b = 0
        6  ⇒ XᵀXb = Xᵀy            normal equation
        7  ⇒ b = (XᵀX)⁻¹Xᵀy        solve for b, if XᵀX is invertible
        8  ⇒ ∂²f/∂b ∂bᵀ = 2XᵀX     differentiate once more
        9  ⇒ minimum               second-order condition: ‖Xb − y‖² is convex: a square of an affine function
        """
        require_language(language)
        return derivation_of_point(self, language)

    @property
    def steps(self) -> tuple[Line, ...]:
        """The lines of the way to the point."""
        return self.derivation().lines

    def equation_lines(self, medium: str = "unicode") -> list[str]:
        """The equations, each with its = 0."""
        require_medium(medium)
        return [f"{printing.line(equation, medium)} = 0" for equation in self.equations.values()]

    def lines(self, medium: str = "unicode") -> list[str]:
        """The solution: ``b = (XᵀX)⁻¹Xᵀy``, a line for each variable, and one for the parts with names."""
        require_medium(medium)
        found = [
            f"{printing.line(x, medium)} = {printing.line(value, medium)}"
            for point in self.points
            for x, value in point.values.items()
        ]
        for variable in self.variables if self.solutions else ():
            left: Expr = variable
            value = self.in_terms.get(variable, self.solutions[variable])
            if isinstance(variable, Family) and variable in self.members:
                left, value = variable.member(*places_of(variable)), self.members[variable]
            found.append(
                " = ".join((printing.line(left, medium), printing.line(value, medium, given=self.bindings)))
            )
        if self.parts:
            where = r"\text{where }" if medium == "latex" else "where "
            sides = ((printing.line(x, medium), printing.line(v, medium)) for x, v in self.parts.items())
            found.append(where + ", ".join(" = ".join(pair) for pair in sides))
        return found

    @property
    def legends(self) -> tuple[Phrase, ...]:
        """What signs in the solution mean that the function did not have."""
        known = {node.explanation() for node in postorder(self.function)}
        shown = [
            self.members.get(x, self.in_terms.get(x, self.solutions[x]))
            for x in self.variables
            if x in self.solutions
        ]
        nodes = postorder([*shown, *self.parts.values()])
        told = [
            legend for node in nodes if (legend := node.explanation()) is not None and legend not in known
        ]
        return tuple(dict.fromkeys([*told, *(said for node in nodes for said in _last_ones(node))]))

    def line(self, medium: str = "unicode") -> str:
        """All of them on one line; the equations where there is no closed form."""
        return ", ".join(self.lines(medium) or self.equation_lines(medium))

    def latex(self) -> str:
        """The solution in LaTeX, for math mode."""
        return r",\quad ".join(self.lines("latex") or self.equation_lines("latex"))

    def record(self) -> dict[str, Any]:
        """The answer as JSON has it: texts that the parser reads."""
        return {
            "equations": {symbol.label: str(equation) for symbol, equation in self.equations.items()},
            "solution": {symbol.label: str(value) for symbol, value in self.solutions.items()} or None,
            "latex": {symbol.label: printing.line(v, "latex") for symbol, v in self.solutions.items()}
            or None,
            "points": [
                {"solution": {x.label: str(v) for x, v in point.values.items()}, "nature": point.nature}
                for point in self.points
            ],
            "nature": self.nature,
            "reasons": [said(reason, medium="text") for reason in self.why],
            "conditions": [said(condition, medium="text") for condition in self.conditions],
            "notes": [said(note, medium="text") for note in self.notes],
            "where": {symbol.label: str(value) for symbol, value in self.parts.items()},
            "legends": [said(legend, medium="text") for legend in self.legends],
            "verified": self.verification.verified,
        }

    def __str__(self) -> str:
        return self.line()

    def __repr__(self) -> str:
        known = self.nature != "not known"
        nature = self.nature if self.solutions or not known else self.nature_said.text()
        return f"<StationaryPoint: {self}, {nature}, {self.verification}>"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def _last_ones(node: Expr) -> Iterator[Phrase]:
    """How many rows or columns at the end a part holds."""
    if not isinstance(node, Part):
        return
    (whole,), (first, past, left, right) = node.args, node.data
    if left is ZERO and right is whole.columns and past is whole.rows and first is not ZERO:
        yield LAST_ROWS.filled(part=node, count=past - first, matrix=whole)
    if first is ZERO and past is whole.rows and right is whole.columns and left is not ZERO:
        yield LAST_COLUMNS.filled(part=node, count=right - left, matrix=whole)


def said(phrase: Phrase, language: str = "en", medium: str = "unicode") -> str:
    """A phrase in a language, the expressions in it written in a medium."""

    def written(value: object) -> object:
        if isinstance(value, Expr):
            return printing.line(value, medium, names=False)
        return said(value, language, medium) if isinstance(value, Phrase) else value

    return replace(phrase, fields=tuple((n, written(v)) for n, v in phrase.fields)).text(language)
