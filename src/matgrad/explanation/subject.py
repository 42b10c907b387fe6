"""What a derivation is of: a verified answer, with the names under which its lines speak of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from matgrad.calculus.by_member import ByMember, gradient_by_member
from matgrad.calculus.components import Components
from matgrad.calculus.derivative import Simplifier
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.identity import step
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.explanation.canonical import canonical_parts, rewriting
from matgrad.explanation.derivation import Derivation
from matgrad.explanation.entries import Indexed
from matgrad.explanation.graph import NOT_TYPED, Typed
from matgrad.explanation.legends import with_legends, with_symmetries
from matgrad.explanation.lines import (
    ENDLESS,
    EQUALS,
    LET,
    MEDIA,
    Formula,
    Label,
    Line,
    Named,
    Written,
    alike,
    look_the_same,
)
from matgrad.explanation.reasons import BY_ENTRIES, CANONICAL, SINCE, equation
from matgrad.explanation.sides import Sized, expression_label
from matgrad.explanation.unsimplified import Called, inserted, squared_norm, without_calls
from matgrad.ops.arithmetic import Sum, scale
from matgrad.ops.indices.members import Family
from matgrad.printing.left_side import name_of
from matgrad.results import Result

MOST_NAMES = 10
"""Functions that are given line by line, in more names than this, are not written whole."""

LONG_REASON = 60
"""An equation of more signs than this is the line itself, and no reason beside it."""


@dataclass(frozen=True)
class Subject:
    """The answer that a derivation arrives at.

    Attributes
    ----------
    result : Result
        The answer to a question.
    language : str
        ``"en"`` or ``"zh"``.
    """

    result: Result
    language: str = "en"

    @property
    def function(self) -> Expr:
        """F, as it was given."""
        return self.result.function

    @property
    def variable(self) -> Symbol:
        """X."""
        return self.result.variable

    @property
    def order(self) -> int:
        """How often F is differentiated."""
        return self.result.order

    @property
    def form(self) -> str:
        """The form of the answer."""
        return self.result.form

    @property
    def layout(self) -> str:
        """The layout of matrices on vec."""
        return self.result.question.layout or "numerator"

    @property
    def convention(self) -> str:
        """How a structured variable is meant."""
        return self.result.question.convention or "subspace"

    @property
    def plain(self) -> Expr:
        """F simplified: what the engine differentiates."""
        return self.result.derivatives.plain

    @property
    def simplify(self) -> Simplifier:
        """What brought the answer to its form."""
        return self.result.derivatives.simplify

    @property
    def change(self) -> Symbol:
        """The symbol dX."""
        return self.result.derivatives.change

    @property
    def answer(self) -> Expr | Components:
        """The derivative that was asked for."""
        return self.result.expr

    @cached_property
    def authored(self) -> dict[str, Expr]:
        """The names that the author of the function defined, with the form of their meanings here."""
        nodes = set(postorder(self.plain))
        found = {}
        for name, value in self.result.names.items():
            forms = (value, self.simplify(value))
            turned = {form: (form, form.T, scale(-1, form), scale(-1, form.T)) for form in forms}
            found[name] = next((form for form in forms if nodes.intersection(turned[form])), value)
        return found

    @cached_property
    def gradient_by_member(self) -> ByMember | None:
        """The gradient by one member or entry, where it is shown so; also on the way to a Hessian."""
        result = self.result
        if result.form != "hessian":
            return result.by_member
        if result.by_member is None or not isinstance(self.variable, Family):
            return None
        whole = result.derivatives.first().unstructured
        return gradient_by_member(self.variable, whole, self.simplify, self.convention)

    @cached_property
    def left_side(self) -> Label:
        """What the answer is called: ∂f/∂X, ∂vec(F)/∂vec(X)ᵀ."""
        return Label(*(self.result.left_side(medium) for medium in MEDIA))

    @cached_property
    def name(self) -> Label:
        """What the function is called: f, or F where its values are matrices."""
        return Label(*(name_of(self.function, self.result.called, medium) for medium in MEDIA))

    @cached_property
    def typed(self) -> Formula | Named:
        """F as its author wrote it, with the names that he defined."""
        found = self.result.written
        if found is None:
            return Formula(self.function)
        return Named(*found, as_typed=True) if found.names else Formula(found.expr, as_typed=True)

    @cached_property
    def written(self) -> Expr:
        """F as its author wrote it, with what the names that he defined stand for."""
        found = self.result.written
        if found is None:
            return self.function
        whole = found.expr
        for symbol, meaning in reversed(found.names):
            whole = inserted(whole, symbol, meaning)
        return whole

    @cached_property
    def typed_sums(self) -> Typed:
        """The sums of F as they were typed."""
        if self.result.written is None or self.plain is not self.function:
            return NOT_TYPED
        found, whole = canonical_parts(self.written), self.written
        terms = tuple(found[term] for term in whole.args) if isinstance(whole, Sum) else ()
        return Typed(frozenset(found[node] for node in found if isinstance(node, Sum)), terms)

    @cached_property
    def opened_form(self) -> Expr:
        """F in the form whose differential is written out: as typed, or what identities make of that."""
        # Sums over an index are differentiated as they are known, not as they stand.
        stands = not any(node.binds for node in postorder(self.written))
        return without_calls(self.written) if stands and not self._identities else self.function

    @cached_property
    def _identities(self) -> tuple[Phrase, ...]:
        """What the constructors make of one function of another, as of log(softmax(x))."""
        nodes = [node for node in postorder(self.written) if len(node.args) == 1]
        found = [step(node) for node in nodes]
        return tuple(dict.fromkeys(reason for each in found if each for reason in each[1:]))

    def second_line(self) -> Line | None:
        """F in the signs of the lines that follow, where its author wrote it otherwise: aᵀa is ‖a‖²."""
        if not isinstance(self.typed, Formula) or not self.typed.as_typed:
            return None
        shown = Formula(self.opened_form)
        reasons = self._identities
        if not reasons:
            same = look_the_same(shown, self.typed, MEDIA)
            reasons = () if same else (*calls_in(self.written), *squares_in(self.written))
        return Line(shown, None, reasons, claims=((Formula(self.function), shown),)) if reasons else None

    def opened(self, lines: Sequence[Line]) -> tuple[Line, ...]:
        """The lines of a derivation behind the function itself, as its author wrote it."""
        many = sum(line.relation == LET for line in lines) > MOST_NAMES
        if not lines or many or self.function.tree_size > ENDLESS:
            return tuple(lines)
        first, right = lines[0], self.typed
        second = self.second_line()
        if self.plain is not self.function and not alike(Formula(self.plain), Formula(self.written)):
            # What the engine differentiates is a line of its own.
            reasons = self.simplify.reasons(self.function) or rewriting(self.function, self.plain)
            claim = (Formula(self.function), Formula(self.plain))
            plain = Line(Formula(self.plain), None, reasons, claims=(claim,))
            return (Line(right, self.name), plain, *self._without_repeated(lines, Formula(self.plain)))
        claims = () if self.result.written is None else ((Formula(self.function), right),)
        opening = (Line(right, self.name, claims=claims), *(() if second is None else (second,)))
        says = first.left is not None and alike(first.left, self.name) and first.relation == EQUALS
        if not says:
            return (*opening, *lines)
        shown = _bare(first.right)
        if any(alike(shown, Formula(form)) for form in (self.function, self.plain, self.written)):
            if second is None and isinstance(first.right, Sized) and isinstance(right, Formula):
                sized = Sized(right.expr, right.as_typed)
                return (replace(first, right=sized, claims=(*first.claims, *claims)), *lines[1:])
            return (*opening, *lines[1:])
        again = replace(first, left=None, reasons=first.reasons or (BY_ENTRIES,))
        return (*opening, again, *lines[1:])

    def _without_repeated(self, lines: Sequence[Line], said: Formula) -> tuple[Line, ...]:
        """The lines without a first one that says again what the function is."""
        first = lines[0]
        if first.left is None or not alike(first.left, self.name) or first.relation != EQUALS:
            return tuple(lines)
        shown = _bare(first.right)
        again = replace(first, left=None, reasons=first.reasons or (BY_ENTRIES,))
        return tuple(lines[1:]) if alike(shown, said) else (again, *lines[1:])

    def derivation(
        self, method: str, lines: Sequence[Line], definitions: Mapping[Symbol, Expr]
    ) -> Derivation:
        """The derivation by some lines, and the names that they use."""
        opened = lines if method == "differential" else self.opened(lines)
        return Derivation(
            self.function,
            self.variable,
            method,
            with_legends(with_symmetries(_said_once(opened)), self.function),
            self.answer,
            definitions,
            self.change,
            self._second(method),
            language=self.language,
        )

    def _second(self, method: str) -> tuple[Symbol, Symbol] | None:
        """The second variable of a mixed second derivative, with its change, where lines give it a value.

        By differentials, of what is no sum over an index, lines hold changes by the first variable.
        """
        other = self.result.question.other
        families = (self.variable, other)
        over_indices = any(isinstance(symbol, Family) for symbol in families)
        over_indices = over_indices or any(node.binds for node in postorder(self.plain))
        if other is None or (method == "differential" and not over_indices):
            return None
        return other, self.result.differentiations[-1].derivative.change


def _said_once(lines: Sequence[Line]) -> list[Line]:
    """The lines, where one that reads as the one before it is a claim of that."""
    found: list[Line] = []
    for line in lines:
        last = found[-1] if found else None
        repeats = last is not None and line.left is None and line.relation == EQUALS
        if repeats and last and look_the_same(_bare(line.right), _bare(last.right)):
            found[-1] = replace(last, claims=(*last.claims, *line.claims))
        else:
            found.append(line)
    return found


def squares_in(expr: Expr) -> tuple[Phrase, ...]:
    """That the products of a column with itself in a function, as it was typed, are squared norms."""
    found: dict[Label, None] = {}
    for node in postorder(expr, lambda node: not isinstance(node, Called)):
        squared = squared_norm(node)
        if squared is not None:
            found[equation(expression_label(node, as_typed=True), expression_label(squared))] = None
    return tuple(SINCE.filled(form=form) for form in found)


def calls_in(expr: Expr) -> tuple[Phrase, ...]:
    """What the functions are canonically that an author called by another name: max(0, x) is relu(x)."""
    found: dict[Phrase, None] = {}
    for node in postorder(expr):
        if isinstance(node, Called):
            typed, plain = expression_label(node, as_typed=True), expression_label(node.value)
            if typed.unicode != plain.unicode:
                form = equation(typed, plain)
                found[SINCE.filled(form=form) if len(form.unicode) <= LONG_REASON else CANONICAL] = None
    return tuple(found)


def _bare(side: Written) -> Written:
    """A side without its shape; what is written by entries, where it has none, as a formula."""
    if isinstance(side, Sized):
        return Formula(side.expr)
    if isinstance(side, Indexed) and side.plain is not None:
        return Formula(side.plain)
    return side
