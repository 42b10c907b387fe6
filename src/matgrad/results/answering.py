"""From a question to its verified answer."""

from __future__ import annotations

from matgrad.calculus.derivatives import Derivatives
from matgrad.calculus.question import Question
from matgrad.calculus.variable import is_fixed
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.words import phrase
from matgrad.printing.names import printed_as
from matgrad.results.result import Result
from matgrad.results.verifying import require_shapes
from matgrad.rewrite.simplifier import RememberingSimplifier
from matgrad.verify.claims import NOT_ASKED_FOR, Verification


def derive(
    function: Expr,
    variable: Symbol,
    *,
    order: int = 1,
    form: str = "auto",
    layout: str | None = None,
    convention: str | None = None,
    verify: bool = True,
    other: Symbol | None = None,
) -> Result:
    """Differentiate an expression and verify the result; parameters as for :func:`matgrad.derive`.

    Raises
    ------
    ArgumentError
        Besides what :func:`answer_to` raises: for variables that are printed alike.
    """
    question = Question(function, variable, order, form, layout, convention, other)
    check_names(function, variable)
    return answer_to(question, verify=verify)


def answer_to(question: Question, *, verify: bool = True) -> Result:
    """Answer a question.

    Parameters
    ----------
    question : Question
        What is asked; what it leaves open is settled as is usual.
    verify : bool
        Whether to compare with a difference quotient.

    Raises
    ------
    ShapeError
        When the form does not fit the shape of the function.
    NotDifferentiableError
        When there is no derivative or none is known.
    VerificationError
        When the result disagrees with the difference quotient.
    """
    return Answers(question.function, question.variable).to(question, verify=verify)


class Answers:
    """Verified answers to questions about one function and one variable, each derived once.

    Parameters
    ----------
    function, variable : Expr, Symbol
        What is differentiated with respect to what.
    known : Result, optional
        An answer that was given before.
    derivatives : Derivatives, optional
        Those of the function by the variable, where some are derived already.
    """

    def __init__(
        self,
        function: Expr,
        variable: Symbol,
        known: Result | None = None,
        derivatives: Derivatives | None = None,
    ) -> None:
        self._known: dict[Question, Result] = {}
        if known is None:
            self.derivatives = derivatives or Derivatives(function, variable, RememberingSimplifier())
        else:
            self.derivatives = known.derivatives
            self._known[known.question] = known

    def to(self, question: Question, *, verify: bool = True) -> Result:
        """The answer to a question; parameters and errors are those of :func:`answer_to`."""
        question = question.settled()
        result = self._known.get(question)
        if result is None:
            differentiations = self.derivatives.differentiations(question)
            require_shapes(question, differentiations)
            unverified = Verification(False, why=NOT_ASKED_FOR)
            result = Result(question, differentiations, unverified, self.derivatives)
        if is_fixed(question.variable) or (verify and not result.verification.verified):
            result = result.verified()
        self._known[question] = result
        return result


def check_names(function: Expr, *variables: Symbol) -> None:
    """Refuse variables that readers could not tell apart.

    Raises
    ------
    ArgumentError
        For x1 and x_1, which are both printed x₁.
    """
    seen: dict[str, str] = {}
    for label in (*(variable.label for variable in variables), *symbols_of(function)):
        other = seen.setdefault(printed_as(label), label)
        if other != label:
            raise ArgumentError(
                phrase("{other} and {label} are printed alike", other=other, label=label),
                fix=phrase("another name for one of them"),
            )
