"""The way to a stationary point, line by line: the gradient, the equation, its solution, what the point is.

The gradient is derived by differentials, as everywhere; then each equation is brought to the form in which it
is solved. What holds at the point alone is tried with the solution put in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any, Protocol

from matgrad.calculus.linear_terms import linear_terms
from matgrad.core.errors import MatgradError
from matgrad.core.expr import Expr, Symbol, names_in, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.explanation.derivation import Derivation
from matgrad.explanation.legends import with_legends
from matgrad.explanation.lines import LET, MEDIA, THEREFORE, Formula, Label, Line, alike, width
from matgrad.explanation.methods import explain
from matgrad.explanation.reasons import equation as equation_label
from matgrad.explanation.rendering import align, plain
from matgrad.explanation.sides import Worded, expression_label, quotient, symbol_label
from matgrad.explanation.unsimplified import product
from matgrad.ops.arithmetic import (
    AS_TYPED,
    Product,
    Sum,
    add,
    content,
    multiply,
    scale,
    summands,
)
from matgrad.ops.leaves import is_zero, number, zeros
from matgrad.ops.trace import Trace, inner_product
from matgrad.ops.transpose import transpose
from matgrad.printing.left_side import name_of
from matgrad.printing.medium import require_medium
from matgrad.printing.names import array_names
from matgrad.results import Written, derive
from matgrad.rewrite.simplify import simplify
from matgrad.stationarity.elimination import DEFINITE, Step, eliminated, put_back
from matgrad.stationarity.linear import INVERTIBLE
from matgrad.stationarity.solving import replaced_by
from matgrad.stationarity.verdicts import BOTH, NO_SOLUTION, POINT
from matgrad.typesetting.style import ANY_WIDTH, LatexStyle, style_of
from matgrad.verify.claims import Verification

FIRST_ORDER = Phrase("first-order condition: {form}")
CONSTRAINT = Phrase("the constraint")
LAGRANGE = Phrase("Lagrange function: each constraint with its multiplier")
NORMAL_EQUATION = Phrase("normal equation")
ON_ONE_SIDE = Phrase("what holds {x} on one side")
SOLVED_FOR = Phrase("solve for {x}")
SOLVED_IF = Phrase("solve for {x}, if {condition}")
INSERTED = Phrase("insert {names}")
SECOND_ORDER = Phrase("second-order condition: {reason}")
SECOND_DERIVATIVE = Phrase("differentiate once more")
WIDEST_HESSIAN = 60
"""A second derivative with more signs than this tells a reader nothing, and is left out."""


class Point(Protocol):
    """What is derived; see :class:`matgrad.stationarity.point.StationaryPoint`."""

    @property
    def function(self) -> Expr: ...
    @property
    def variables(self) -> tuple[Symbol, ...]: ...
    @property
    def equations(self) -> Mapping[Symbol, Expr]: ...
    @property
    def solutions(self) -> Mapping[Symbol, Expr]: ...
    @property
    def nature(self) -> str: ...
    @property
    def why(self) -> tuple[Phrase, ...]: ...
    @property
    def how(self) -> tuple[Phrase, ...]: ...
    @property
    def bindings(self) -> Mapping[str, Expr]: ...
    @property
    def called(self) -> str: ...
    @property
    def written(self) -> Written | None: ...
    @property
    def no_solution(self) -> Phrase | None: ...
    @property
    def nature_said(self) -> Phrase: ...


@dataclass(frozen=True, repr=False)
class PointDerivation:
    """How a stationary point is found: numbered lines, each with its rules.

    Attributes
    ----------
    gradients : tuple of Derivation
        How the function, or the Lagrange function, is differentiated by each variable.
    solving : Derivation
        From the equations to their solution and to what it is.
    language : str
        ``"en"`` or ``"zh"``: the language in which it shows itself.
    """

    gradients: tuple[Derivation, ...]
    solving: Derivation
    language: str = "en"

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines; a function is written once, however many its variables are."""
        found: list[Line] = []
        for derivation in self.gradients:
            said = [line for line in derivation.lines if not _is_said(line, found)]
            found += said
        return with_legends((*found, *self.solving.lines), self.solving.function)

    def text(self, medium: str = "unicode", *, citations: bool = False) -> str:
        """The derivation as aligned lines of text, each with its number and its rules.

        Parameters
        ----------
        medium : str
            ``"unicode"`` or ``"text"``.
        citations : bool
            Whether to say below the lines where their rules are written.
        """
        require_medium(medium)
        return plain(self.lines, (), medium, self.language, citations)

    def latex(self, *, citations: bool = False, style: LatexStyle | str | None = None) -> str:
        """The derivation as an ``align*`` environment; parameters as for :meth:`Derivation.latex`."""
        arrays = (self.solving.function, *(d.variable for d in self.gradients or (self.solving,)))
        return align(self.lines, self.language, citations, style_of(style, ANY_WIDTH), array_names(arrays))

    def verify(self, points: int = 2) -> Verification:
        """Try every line at random points; what holds at the stationary point, there.

        Raises
        ------
        VerificationError
            When a line does not have the value it claims.
        """
        for derivation in self.gradients:
            derivation.verify(points)
        return self.solving.verify(points)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<PointDerivation: {len(self.lines)} lines>"

    def _repr_latex_(self) -> str:
        return self.latex()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/latex": self.latex()}


def _is_said(line: Line, before: Sequence[Line]) -> bool:
    """Whether a line says what the function or a name is, and that was said."""
    return any(
        line.relation != THEREFORE
        and other.left is not None
        and line.left is not None
        and alike(line.left, other.left)
        and alike(line.right, other.right)
        for other in before
    )


def derivation_of_point(point: Point, language: str = "en") -> PointDerivation:
    """Show step by step how a stationary point is found.

    Parameters
    ----------
    point : StationaryPoint
        The point.
    language : str
        ``"en"`` or ``"zh"``.
    """
    multipliers = [symbol for symbol in point.equations if symbol not in point.variables]
    whole, written, called = point.function, point.written, point.called
    if multipliers:
        taken = names_in([whole, *point.equations.values()])
        called = next(name for name in ("L", "L_0", "Lagrange") if name not in taken)
        pairs = [(symbol, point.equations[symbol]) for symbol in multipliers]
        whole = add(whole, *(inner_product(*pair) for pair in pairs))
        terms = [_as_typed(*pair) for pair in pairs]
        typed = point.function if written is None else written.expr
        written_out = [summands(term) for term in (typed, *terms)]
        parts = [part for parts in written_out for part in parts]
        written = Written(Sum.intern(tuple(parts), AS_TYPED), () if written is None else written.names)
    gradients = tuple(_gradients(point, whole, written, called, language))
    if multipliers:
        gradients = tuple(_named(found) for found in gradients)
    lines = list(_lines(point, whole, called, language))
    found = next(iter(point.solutions.values()), point.equations[point.variables[0]])
    solving = Derivation(whole, point.variables[0], "stationary", tuple(lines), found, language=language)
    return PointDerivation(gradients, solving, language)


def _as_typed(multiplier: Symbol, constraint: Expr) -> Expr:
    """λᵀ(Ax − b), with the signs of the constraint."""
    whole = product(transpose(multiplier), constraint, in_order=True)
    return whole if whole.is_scalar else Trace.intern((whole,))


def _gradients(
    point: Point, whole: Expr, written: Written | None, called: str, language: str
) -> Iterator[Derivation]:
    for variable in point.variables:
        try:
            yield explain(
                whole, variable, language=language, names=point.bindings, called=called, written=written
            )
        except MatgradError:
            # The equation stands in what follows all the same.
            continue


def _named(derivation: Derivation) -> Derivation:
    """The derivation with a first line that says what the function is."""
    first, *others = derivation.lines
    opening = replace(first, relation=LET, reasons=(*first.reasons, LAGRANGE))
    return replace(derivation, lines=(opening, *others))


def _lines(point: Point, whole: Expr, called: str, language: str) -> Iterator[Line]:
    name = Label(*(name_of(whole, called, medium) for medium in MEDIA))
    zero = Label("0", "0")
    for symbol, value in point.equations.items():
        reason = CONSTRAINT
        if symbol in point.variables:
            reason = FIRST_ORDER.filled(form=equation_label(quotient(name, symbol_label(symbol)), zero))
        yield _concluded(value, number(0), (reason,), point)
    steps = eliminated(point.equations) if point.solutions else None
    if steps is not None and not _agree(put_back(steps), point.solutions):
        steps = None
    if steps is not None:
        yield from _by_steps(steps, point)
    elif point.solutions:
        # Another point is no reason for this one.
        told = [reason for reason in (*point.how, *point.why) if reason.english != POINT.english]
        for variable in point.variables:
            reasons = tuple(map(_filled, told))
            yield _concluded(variable, point.solutions[variable], reasons, point)
    missing = point.no_solution
    if missing is not None:
        why = () if missing is NO_SOLUTION else tuple(_filled(reason) for reason in point.why)
        yield Line(Worded(missing, language), None, why, THEREFORE)
    if missing is None or missing is NO_SOLUTION:
        yield from _second_order(point, steps, language)


def _agree(found: Mapping[Symbol, Expr], solutions: Mapping[Symbol, Expr]) -> bool:
    return all(found.get(symbol) is value for symbol, value in solutions.items())


def _by_steps(steps: Sequence[Step], point: Point) -> Iterator[Line]:
    """Each equation solved for its unknown, and at the end each solution in terms of what is given."""
    known: list[Symbol] = []
    for variable, way, _ in steps:
        x = symbol_label(variable)
        value = simplify(way.solved.value)
        reasons: list[Phrase] = []
        inside = [s for s in known if s in symbols_of(point.equations[variable]).values()]
        if inside:
            reasons.append(INSERTED.filled(names=_listed(inside)))
        if way.by is not None:
            reasons.append(_filled(way.by))
        solving = SOLVED_FOR.filled(x=x)
        if way.solved.conditions:
            condition = reduce(lambda one, other: BOTH.filled(one=one, other=other), way.solved.conditions)
            solving = SOLVED_IF.filled(x=x, condition=_filled(condition))
        split = _on_one_side(way.form, way.atom, way.stand_in, variable)
        if split is None:
            reasons.append(_filled(way.reasons[-1]))
        elif split[0] is not variable:
            left, right = split
            is_normal = len(point.variables) == 1 and not known and way.atom is variable and way.by is None
            is_normal = is_normal and len(point.equations) == 1 and not variable.is_scalar
            said = NORMAL_EQUATION if is_normal else ON_ONE_SIDE.filled(x=expression_label(way.atom))
            yield _concluded(left, right, (*reasons, said), point)
            reasons = [solving, *_why_invertible(left, way.atom)]
        yield _concluded(variable, value, reasons or [solving], point)
        known.append(variable)
    for number_of, step in enumerate(steps):
        after = [other.variable for other in steps[number_of + 1 :]]
        value = point.solutions[step.variable]
        if after and value is not simplify(step.way.solved.value):
            inside = [s for s in after if s in symbols_of(step.way.solved.value).values()]
            yield _concluded(step.variable, value, (INSERTED.filled(names=_listed(inside)),), point)


def _listed(symbols: Sequence[Symbol]) -> Label:
    """Names, one after the other."""
    return Label(*(", ".join(symbol_label(symbol).write(medium) for symbol in symbols) for medium in MEDIA))


def _concluded(left: Expr, right: Expr, reasons: Sequence[Phrase], point: Point) -> Line:
    """An equation that holds at the point, which is tried there."""
    claims: tuple[tuple[Formula, Formula], ...] = ()
    if point.solutions:
        try:
            value = zeros(*left.shape) if is_zero(right) else right
            there = [side.substitute(dict(point.solutions)) for side in (left, value)]
        except MatgradError:
            there = []
        if there:
            claims = ((Formula(there[0]), Formula(there[1])),)
    return Line(Formula(right), Formula(left), tuple(reasons), THEREFORE, claims)


def _on_one_side(
    form: Expr, atom: Expr, stand_in: Symbol | None, variable: Symbol
) -> tuple[Expr, Expr] | None:
    """The terms in a function of the unknown, and what they are equal to; ``None`` where it is not linear."""
    unknown = variable if stand_in is None else stand_in
    shown: Expr | None = form if stand_in is None else replaced_by(form, atom, stand_in)
    terms = None if shown is None else linear_terms(shown, [unknown])
    if terms is None or variable in symbols_of(terms.rest).values():
        return None
    left = simplify(add(*(term.expr for term in terms.terms)))
    right = simplify(scale(-1, terms.rest))
    front, _ = content(left)
    if front not in (0, 1):
        left, right = scale(1 / front, left), scale(1 / front, right)
    back = {} if stand_in is None else {stand_in: atom}
    return left.substitute(back), right


def _why_invertible(left: Expr, atom: Expr) -> Iterator[Phrase]:
    """That what stands before the unknown is positive definite."""
    if isinstance(left, Product) and len(left.chain) > 1 and left.chain[-1] is atom:
        front = multiply(*left.chain[:-1])
        if front.has(Fact.POSITIVE_DEFINITE):
            yield DEFINITE.filled(what=expression_label(front))
        elif front.has(Fact.INVERTIBLE):
            yield INVERTIBLE.filled(what=expression_label(front))


def _filled(reason: Phrase) -> Phrase:
    """A phrase whose expressions are written in the medium of the line."""

    def written(value: object) -> object:
        if isinstance(value, Expr):
            return expression_label(value)
        return _filled(value) if isinstance(value, Phrase) else value

    return replace(reason, fields=tuple((name, written(value)) for name, value in reason.fields))


def _second_order(point: Point, steps: Sequence[Step] | None, language: str) -> Iterator[Line]:
    """The second derivative, where it reads well, and what the point is by it."""
    if point.nature == "not known":
        return
    if len(point.equations) == 1 and steps is not None and steps[0].way.atom is point.variables[0]:
        yield from _second_derivative(point)
    said = [_filled(reason) for reason in point.why]
    if steps is None and point.solutions:
        # What makes it a solution says what it is; it stands in the line before.
        yield Line(Worded(point.nature_said, language), relation=THEREFORE)
        return
    first = [replace(SECOND_ORDER, source=r.source, place=r.place).filled(reason=r) for r in said[:1]]
    yield Line(Worded(point.nature_said, language), None, (*first, *said[1:]), THEREFORE)


def _second_derivative(point: Point) -> Iterator[Line]:
    """The Hessian where it is the same everywhere, or a number."""
    (variable,) = point.variables
    try:
        second = derive(point.function, variable, order=2, verify=False)
    except MatgradError:
        return
    if not isinstance(second.expr, Expr) or is_zero(second.expr):
        return
    varies = variable in symbols_of(second.expr).values()
    shown = Formula(second.expr)
    if (varies and not variable.is_scalar) or width(shown) > WIDEST_HESSIAN:
        return
    second = replace(second, called=point.called)
    left = Label(*(second.left_side(medium) for medium in MEDIA))
    yield Line(shown, left, (SECOND_DERIVATIVE,), THEREFORE)
