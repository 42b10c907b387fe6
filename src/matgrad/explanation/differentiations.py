"""A derivative of higher order, one derivative after the other, each with its names."""

from __future__ import annotations

from collections.abc import Iterator

from matgrad.calculus.components import Components
from matgrad.calculus.derivative import Derivative, Simplifier
from matgrad.calculus.variable import free_entries, project
from matgrad.core.dims import Dim
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.explanation.families import shown, written_places
from matgrad.explanation.lines import MEDIA, Label
from matgrad.explanation.subject import Subject
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.reading import part_of
from matgrad.printing import medium_of
from matgrad.printing.left_side import left_side, left_side_by_member
from matgrad.printing.names import latex_name, unicode_name

AGAIN = Phrase("differentiate once more")


@dataclass(frozen=True)
class NamedDifferentiation:
    """One differentiation on the way to the derivative that is asked for.

    Attributes
    ----------
    subject : Subject
        What is asked for.
    derivative : Derivative
        The derivative of F, what is differentiated here.
    given : Expr
        F as the derivation was given it or arrived at it.
    name : Label
        What F is called.
    form : str
        ``"gradient"``, ``"jacobian"``, ``"hessian"``, ``"differential"``, ``"derivative"`` or
        ``"components"``.
    answer : Expr or Components
        What is arrived at here.
    left : Label
        What that is called.
    order : int
        Which differentiation this is.
    is_last : bool
        Whether its answer is the one asked for.
    name_before : Label
        What F was called when it was arrived at: ∂f/∂x.
    """

    subject: Subject
    derivative: Derivative
    given: Expr
    name: Label
    form: str
    answer: Expr | Components
    left: Label
    order: int
    is_last: bool
    name_before: Label

    @property
    def function(self) -> Expr:
        """F in the form in which the engine differentiates it."""
        return self.derivative.function

    @property
    def variable(self) -> Symbol:
        """X; of a mixed second derivative, Y the second time."""
        return self.derivative.variable

    @property
    def change(self) -> Symbol:
        """The symbol dX."""
        return self.subject.change if self.variable is self.subject.variable else self.derivative.change

    @property
    def simplify(self) -> Simplifier:
        """What brings its lines to their form."""
        return self.subject.simplify

    @property
    def letters(self) -> tuple[Dim, ...]:
        """The letters under which X is spoken of, where it is a family."""
        found = self.subject.result.by_member
        if found is None or not isinstance(self.variable, Family):
            return ()
        return found.places[min(self.order, len(found.places)) - 1]

    @property
    def is_on_vec(self) -> bool:
        """Whether the answer is a matrix on vec."""
        return self.form in ("jacobian", "hessian")

    @property
    def is_by_members(self) -> bool:
        """Whether it is the second differentiation, of what was found by a member or by a member."""
        return self.order > 1 and self.form == "hessian" and self.subject.result.by_member is not None

    @property
    def renamed(self) -> Label | None:
        """What the answer of the differentiation before is called, where this one gives it a new name."""
        if self.order == 1 or self.form == "differential":
            return None
        return _left(self.subject, "gradient" if self.form == "hessian" else self.form, self.order - 1)

    @property
    def turned(self) -> bool:
        """Whether matrices on vec are in denominator layout."""
        return self.subject.layout == "denominator"

    @property
    def convention(self) -> str:
        """How a structured variable is meant here."""
        return self.subject.convention if self.is_last else "subspace"

    @cached_property
    def unprojected(self) -> Expr:
        """The gradient of a scalar F as though the entries of X were all independent."""
        plain = self.derivative.unstructured
        if isinstance(self.variable, Family) and self.letters:
            plain = part_of(plain, self.variable, self.letters)
        return self.simplify(plain)

    @cached_property
    def projected(self) -> Expr:
        """The gradient as it is projected on the structure of X, before simplification."""
        variable = shown(self.variable, written_places(self.variable, self.letters))
        return project(self.unprojected, variable, self.convention)

    def changes(self, found: Expr | None) -> bool:
        """Whether the structure of X makes another gradient of the one that was found, in names or not.

        Of a structured X many matrices are gradients: the engine may have found a symmetric one, and a
        derivation one that is not.
        """
        if found is None or self.unprojected is not self.answer:
            return self.unprojected is not self.answer
        variable = shown(self.variable, written_places(self.variable, self.letters))
        return self.simplify(project(found, variable, self.convention)) is not self.simplify(found)

    @cached_property
    def free(self) -> Expr | None:
        """The duplication matrix, where a Jacobian or Hessian is by independent entries."""
        return free_entries(self.variable, self.convention)


def differentiations_of(subject: Subject, *, renames: bool = True) -> Iterator[NamedDifferentiation]:
    """The differentiations on the way to an answer: two to a Hessian, one an order to a differential.

    Parameters
    ----------
    subject : Subject
        The answer.
    renames : bool
        Whether a derivative that is differentiated again gets a letter of its own; else it keeps the name
        under which it was found, as a differential always does.
    """
    steps = subject.result.differentiations
    given, name, before = subject.function, subject.name, subject.name
    for order, step in enumerate(steps, start=1):
        is_last = order == len(steps)
        left = subject.left_side if is_last else _left(subject, step.form, order)
        member = subject.gradient_by_member if order == 1 else None
        answer = step.answer if member is None else member.expr
        if member is not None and not is_last:
            left = Label(
                *(
                    left_side_by_member(
                        subject.function,
                        [(subject.variable, member.places[0])],
                        medium_of(medium),
                        called=subject.result.called,
                    )
                    for medium in MEDIA
                )
            )
        yield NamedDifferentiation(
            subject, step.derivative, given, name, step.form, answer, left, order, is_last, before
        )
        if isinstance(step.answer, Expr):
            given = step.answer if member is None else member.expr
        before = left
        keeps = step.form == "differential" or not renames
        name = left if keeps else _next_name(subject, order + 1)


def _left(subject: Subject, form: str, order: int) -> Label:
    function, called = subject.function, subject.result.called
    texts = (
        left_side(form, function, subject.variable, order, None, "subspace", medium, None, called)
        for medium in MEDIA
    )
    return Label(*texts)


def _next_name(subject: Subject, order: int) -> Label:
    """What a derivative is called when it is differentiated again: g, or G where it is a matrix."""
    like = subject.function if subject.variable.is_scalar else subject.variable
    letters = "ghuvwz" if like.is_vector or like.is_scalar else "GHUVWZ"
    taken = symbols_of(subject.function)
    free = [c for c in letters if c not in taken] or list(letters)
    letter = free[(order - 2) % len(free)]
    return Label(unicode_name(letter), latex_name(letter), letter)
