"""A derivative of higher order, one derivative after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from matgrad.calculus.components import Components
from matgrad.calculus.derivative import Derivative
from matgrad.calculus.pullback import pullback
from matgrad.calculus.pushforward import pushforward
from matgrad.calculus.variable import free_entries, project
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.lazy import cached_property
from matgrad.core.words import Phrase
from matgrad.explanation.derivation import Label
from matgrad.explanation.problem import Problem
from matgrad.ops.leaves import number
from matgrad.printing.left_side import left_side
from matgrad.printing.names import latex_name, unicode_name
from matgrad.rewrite.simplify import simplify

AGAIN = Phrase("differentiate once more", "再次求导")


@dataclass(frozen=True)
class Stage:
    """One differentiation on the way to the derivative that is asked for.

    Attributes
    ----------
    problem : Problem
        What is asked for.
    function : Expr
        F, what this stage differentiates, in the form in which the engine differentiates it.
    given : Expr
        F as the derivation was given it or arrived at it.
    name : Label
        What F is called.
    form : str
        ``"gradient"``, ``"jacobian"``, ``"differential"``, ``"derivative"`` or ``"components"``.
    answer : Expr or Components
        What this stage arrives at.
    left : Label
        What its answer is called.
    order : int
        Which stage this is.
    is_last : bool
        Whether its answer is the one asked for.
    """

    problem: Problem
    function: Expr
    given: Expr
    name: Label
    form: str
    answer: Expr | Components
    left: Label
    order: int = 1
    is_last: bool = True

    @property
    def variable(self) -> Symbol:
        """X."""
        return self.problem.variable

    @property
    def renamed(self) -> Label | None:
        """What the answer of the stage before is called, where this one gives it a new name."""
        if self.order == 1 or self.form == "differential":
            return None
        form = "gradient" if self.problem.form == "hessian" else self.form
        return _left(self.problem, form, self.order - 1)

    @property
    def turned(self) -> bool:
        """Whether matrices on vec are in denominator layout."""
        return self.problem.layout == "denominator"

    @property
    def convention(self) -> str:
        """How a structured variable is meant in this stage."""
        return self.problem.convention if self.is_last else "subspace"

    @cached_property
    def unprojected(self) -> Expr:
        """The gradient of a scalar F as though the entries of X were all independent."""
        return simplify(pullback(self.function, self.variable, number(1)))

    @cached_property
    def projected(self) -> Expr:
        """The gradient as it is projected on the structure of X, before simplification."""
        return project(self.unprojected, self.variable, self.convention)

    @cached_property
    def free(self) -> Expr | None:
        """The duplication matrix, where a Jacobian or Hessian is by independent entries."""
        return free_entries(self.variable, self.convention)


def stages_of(problem: Problem) -> Iterator[Stage]:
    """The stages of a problem: two for a Hessian, as many as the order for differentials."""
    if problem.form == "hessian":
        first = Derivative(problem.plain, problem.variable, simplify).gradient
        yield _stage(problem, problem.plain, problem.function, problem.name, "gradient", first, 1, False)
        yield _stage(problem, first, first, _next_name(problem, 2), "jacobian", problem.answer, 2, True)
        return
    direction = number(1) if problem.form == "derivative" else problem.change
    function, given, name = problem.plain, problem.function, problem.name
    for order in range(1, problem.order + 1):
        is_last = order == problem.order
        answer = problem.answer if is_last else simplify(pushforward(function, problem.variable, direction))
        stage = _stage(problem, function, given, name, problem.form, answer, order, is_last)
        yield stage
        assert is_last or isinstance(answer, Expr)
        if isinstance(answer, Expr):
            function = given = answer
        name = stage.left if problem.form == "differential" else _next_name(problem, order + 1)


def _stage(
    problem: Problem,
    function: Expr,
    given: Expr,
    name: Label,
    form: str,
    answer: Expr | Components,
    order: int,
    is_last: bool,
) -> Stage:
    left = problem.left_side if is_last else _left(problem, form, order)
    return Stage(problem, function, given, name, form, answer, left, order, is_last)


def _left(problem: Problem, form: str, order: int) -> Label:
    media = ("unicode", "latex", "text")
    texts = (
        left_side(form, problem.function, problem.variable, order, None, "subspace", medium)
        for medium in media
    )
    return Label(*texts)


def _next_name(problem: Problem, order: int) -> Label:
    """What a derivative is called when it is differentiated again: g, or G where it is a matrix."""
    like = problem.function if problem.variable.is_scalar else problem.variable
    letters = "ghuvwz" if like.is_vector or like.is_scalar else "GHUVWZ"
    taken = symbols_of(problem.function)
    free = [c for c in letters if c not in taken] or list(letters)
    letter = free[(order - 2) % len(free)]
    return Label(unicode_name(letter), latex_name(letter), letter)
