"""What a derivation is of: a verified answer, with the names under which its lines speak of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matgrad.calculus.by_member import ByMember, gradient_by_member
from matgrad.calculus.components import Components
from matgrad.calculus.derivative import Simplifier
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.lazy import cached_property
from matgrad.explanation.derivation import Derivation
from matgrad.explanation.lines import MEDIA, Label, Line
from matgrad.ops.arithmetic import scale
from matgrad.ops.indices.members import Family
from matgrad.printing.left_side import name_of
from matgrad.results import Result


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

    def derivation(
        self, method: str, lines: Sequence[Line], definitions: Mapping[Symbol, Expr]
    ) -> Derivation:
        """The derivation by some lines, and the names that they use."""
        return Derivation(
            self.function,
            self.variable,
            method,
            tuple(lines),
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
