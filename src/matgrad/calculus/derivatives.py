"""All derivatives of a function by a variable, each made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from matgrad.calculus.components import Components
from matgrad.calculus.components_over_indices import components_of
from matgrad.calculus.derivative import Derivative, Simplifier
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.question import Question
from matgrad.calculus.variable import differential_of, is_curved, is_fixed
from matgrad.core.errors import NotDifferentiableError
from matgrad.core.expr import Expr, Symbol, names_in, postorder
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import phrase
from matgrad.ops.arithmetic import multiply
from matgrad.ops.leaves import number, zeros
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose

_MOST_OPERATIONS = 100
"""The most distinct operations of a derivative that is differentiated a third time, or once more."""


@dataclass(frozen=True, slots=True)
class Differentiation:
    """One differentiation on the way to an answer.

    Attributes
    ----------
    derivative : Derivative
        The derivative of what is differentiated here.
    form : str
        ``"gradient"``, ``"jacobian"``, ``"hessian"``, ``"differential"``, ``"derivative"`` or
        ``"components"``: what it arrives at.
    answer : Expr or Components
        The function in that form.
    """

    derivative: Derivative
    form: str
    answer: Expr | Components

    @property
    def function(self) -> Expr:
        """What is differentiated, in the form in which the engine does it."""
        return self.derivative.function


class Derivatives:
    """The derivatives of F by X, of every order, in every form and convention.

    Parameters
    ----------
    function, variable : Expr, Symbol
        F and X.
    simplify : callable
        Brings each of them to the form in which it is shown.
    """

    def __init__(self, function: Expr, variable: Symbol, simplify: Simplifier) -> None:
        self.function, self.variable, self.simplify = function, variable, simplify
        self._by_convention: dict[tuple[str, int], Derivative] = {}

    @cached_property
    def plain(self) -> Expr:
        """F simplified: what is differentiated."""
        return self.simplify(self.function)

    @cached_property
    def change(self) -> Symbol:
        """The symbol dX."""
        return differential_of(self.variable, names_in(self.function))

    def first(self, convention: str = "subspace") -> Derivative:
        """The derivative of F."""
        return self._of(convention, 1, lambda: self.plain)

    def second(self, convention: str = "subspace") -> Derivative:
        """The derivative of the gradient of a scalar F."""
        return self._of(convention, 2, lambda: self.first().gradient)

    def _of(self, convention: str, order: int, function: Callable[[], Expr]) -> Derivative:
        known = self._by_convention.get((convention, order))
        if known is None:
            known = Derivative(function(), self.variable, self.simplify, convention)
            self._by_convention[convention, order] = known
        return known

    def differentials(self, order: int) -> list[Expr]:
        """F, dF, d²F, … up to an order.

        Raises
        ------
        NotDifferentiableError
            Of higher order on a curved set.
        """
        if order > 1 and is_curved(self.variable):
            raise NotDifferentiableError(
                phrase(
                    "{variable} moves on a curved set, where second differentials have no one meaning",
                    variable=self.variable,
                ),
                fix=phrase("declare {variable} without that fact", variable=self.variable),
            )
        return self._repeated(self._differentials, order, self.change)

    def by_scalar(self, order: int) -> list[Expr]:
        """F, F′, F″, … by a scalar X, up to an order."""
        return self._repeated(self._by_scalar, order, number(1))

    @cached_property
    def _differentials(self) -> list[Expr]:
        return [self.plain]

    @cached_property
    def _by_scalar(self) -> list[Expr]:
        return [self.plain]

    def _repeated(self, known: list[Expr], order: int, direction: Expr) -> list[Expr]:
        while len(known) <= order:
            _require_short(known)
            known.append(self.simplify(pushforward(known[-1], self.variable, direction)))
        return known[: order + 1]

    def differentiations(self, question: Question) -> tuple[Differentiation, ...]:
        """How a settled question is answered: one differentiation after the other.

        Parameters
        ----------
        question : Question
            With the function and the variable of these derivatives.

        Raises
        ------
        NotDifferentiableError
            When there is no derivative, or none is known.
        """
        convention, form = question.convention or "subspace", question.form
        if is_fixed(self.variable) or (question.other is not None and is_fixed(question.other)):
            return (Differentiation(self.first(convention), form, self._zero(question)),)
        if form in ("differential", "derivative"):
            repeated = self.differentials if form == "differential" else self.by_scalar
            return tuple(
                Differentiation(Derivative(before, self.variable, self.simplify), form, after)
                for before, after in pairwise(repeated(question.order))
            )
        if form == "hessian" and question.other is not None:
            whole = self.first(convention)
            mixed = Derivative(vec(whole.gradient), question.other, self.simplify, convention)
            answer = self.simplify(mixed.on_vec)
            return (Differentiation(whole, "gradient", whole.gradient), Differentiation(mixed, form, answer))
        if form == "hessian":
            whole, second = self.first(), self.second(convention)
            hessian = second.jacobian("numerator")
            if question.free is not None:
                hessian = self.simplify(multiply(transpose(question.free), hessian))
            return (
                Differentiation(whole, "gradient", whole.gradient),
                Differentiation(second, form, hessian),
            )
        first = self.first(convention)
        if form == "components":
            return (Differentiation(first, form, components_of(first, self.simplify)),)
        if form == "gradient":
            return (Differentiation(first, form, first.gradient),)
        return (Differentiation(first, form, first.jacobian(question.layout or "numerator")),)

    def answer(self, question: Question) -> Expr | Components:
        """The derivative that a settled question asks for."""
        return self.differentiations(question)[-1].answer

    def _zero(self, question: Question) -> Expr | Components:
        """The zero that every derivative by a variable is that cannot change."""
        function, variable = self.function, self.variable
        size, entries = variable.rows * variable.columns, function.rows * function.columns
        if question.form == "components":
            return replace(components_of(self.first(), self.simplify), terms=())
        if question.form == "hessian":
            other = variable if question.other is None else question.other
            return zeros(size, other.rows * other.columns)
        if question.form == "jacobian":
            return zeros(size, entries) if question.layout == "denominator" else zeros(entries, size)
        return zeros(*(variable.shape if question.form == "gradient" else function.shape))


def _require_short(derivatives: Sequence[Expr]) -> None:
    """Refuse to go on where the derivative found last is too long for the next one to be written out.

    Raises
    ------
    NotDifferentiableError
        From the third order on; the first two grow no faster than their function.
    """
    done = len(derivatives) - 1
    if done > 1 and len(postorder(derivatives[-1])) > _MOST_OPERATIONS:
        raise NotDifferentiableError(
            phrase("the derivative of order {done} has too many terms to write out", done=done + 1),
            fix=phrase("the order {done}", done=done),
        )
