"""A wrong answer under examination: the answer, what it should have been, and where to compare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from matgrad import printing
from matgrad.calculus.question import Question
from matgrad.checking.answer import Answer, Reader
from matgrad.checking.messages import MESSAGES, say
from matgrad.checking.trial import Trial
from matgrad.checking.views import View, Views
from matgrad.core.dims import Shape
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.lazy import cached_property
from matgrad.core.records import dataclass
from matgrad.core.words import Phrase
from matgrad.ops.leaves import is_zero
from matgrad.ops.reshaping import reshape, vec
from matgrad.ops.trace import inner_product
from matgrad.ops.transpose import transpose
from matgrad.ops.triangles import tril
from matgrad.ops.vec_matrices import vech
from matgrad.printing.unicode import dim_text
from matgrad.rewrite.simplify import simplify

Field = str | Phrase | Expr
"""What is filled into a message: text that needs no translation, words that have one, or an expression."""


@dataclass(frozen=True)
class Target:
    """A right answer in one form."""

    view: View

    @cached_property
    def expr(self) -> Expr:
        """The right answer."""
        return self.view.expr()


@dataclass(frozen=True)
class Finding:
    """One explanation of a wrong answer.

    Attributes
    ----------
    mistake : str
        The name of the mistake, which is also that of its message.
    cost : float
        How far-fetched it is; the cheapest explanation is given.
    fields : mapping of str to str, Phrase or Expr
        What its message names.
    place : tuple of int or None
        Where in the answer it lies.
    hint : str
        The name of a message that helps further; may be empty.
    also : Finding, optional
        A second mistake, which was made as well.
    target : Target, optional
        The right answer that it leads to, where there are several of its shape.
    """

    mistake: str
    cost: float
    fields: Mapping[str, Field] = field(default_factory=dict)
    place: tuple[int, int] | None = None
    hint: str = ""
    also: Finding | None = None
    target: Target | None = None

    def message(self, language: str) -> str:
        """What is said of it."""
        one = self._said(self.mistake, language)
        if self.also is None:
            return one
        beside = f"{self.also.mistake}_beside"
        other = self.also._said(beside if beside in MESSAGES else self.also.mistake, language)
        return say("two_mistakes", language, one=one, other=other)

    def advice(self, language: str) -> str:
        """What else helps; empty where nothing does."""
        return self._said(self.hint, language) if self.hint in MESSAGES else ""

    def _said(self, name: str, language: str) -> str:
        words = {key: _in_words(value, language) for key, value in self.fields.items()}
        if "old" in words and words["old"] == words.get("new"):
            # What cannot be told apart in print is no correction: the place alone is named.
            return say("mistake_within", language, old=words["old"])
        return say(name, language, **words)

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The names of all mistakes that it is made of."""
        return (self.mistake, *(self.also.mistakes if self.also is not None else ()))

    @property
    def named(self) -> tuple[Expr, ...]:
        """The expressions that its message names."""
        return tuple(value for value in self.fields.values() if isinstance(value, Expr))


def _in_words(value: Field, language: str) -> str:
    if isinstance(value, Expr):
        # An answer entry by entry is named as the matrix that it is.
        return written(simplify(value) if any(node.scoped for node in postorder(value)) else value)
    return value.text(language) if isinstance(value, Phrase) else value


class Case:
    """A wrong answer.

    Parameters
    ----------
    question : Question
        What was asked.
    views : Views
        The right answers.
    answer : Answer
        What was answered.
    reader : Reader
        Reads changed versions of the answer.
    trial : Trial
        Where answers are compared.
    targets : sequence of Target
        The right answers of the shape of the answer, the most likely first.
    wanted : sequence of View
        All forms that a right answer may have.

    Attributes
    ----------
    bound : float
        The cost of the best explanation so far; a more far-fetched one need not be looked for.
    """

    def __init__(
        self,
        question: Question,
        views: Views,
        answer: Answer,
        reader: Reader,
        trial: Trial,
        targets: Sequence[Target],
        wanted: Sequence[View],
    ) -> None:
        self.question, self.views = question, views
        self.answer, self.reader, self.trial = answer, reader, trial
        self.targets, self.wanted = list(targets), list(wanted)
        self.bound = float("inf")

    @property
    def aims(self) -> list[Target]:
        """What a changed answer may come to be: the targets, and where there are none every form but df."""
        return self.targets or [Target(view) for view in self.wanted if view.form != "differential"]

    @property
    def function(self) -> Expr:
        """The function."""
        return self.question.function

    @property
    def variable(self) -> Symbol:
        """The variable."""
        return self.question.variable

    @property
    def change(self) -> Symbol:
        """The symbol dX."""
        return self.views.change

    @property
    def expr(self) -> Expr:
        """What the answer means."""
        assert self.answer.expr is not None
        return self.answer.expr

    @property
    def is_of_derivative(self) -> bool:
        """Whether the answer is to be a derivative, and not just to have a given value."""
        return all(view.form != "function" for view in self.wanted)

    @cached_property
    def symbols(self) -> list[Symbol]:
        """The variables of the function."""
        return [s for s in self.reader.names.symbols.values() if s is not self.change]

    def quote(self, place: tuple[int, int]) -> str:
        """A piece of the answer as it was written."""
        start, end = self.whole(place)
        return " ".join(self.answer.text[start:end].split())

    def whole(self, place: tuple[int, int]) -> tuple[int, int]:
        """The place of a piece of the answer, with the braces of LaTeX that it leaves open."""
        return place[0], closed(self.answer.text, *place)


def closed(text: str, start: int, end: int) -> int:
    """The end of a piece of text, moved behind the braces that close what it leaves open."""
    while text.count("{", start, end) > text.count("}", start, end) and text[end : end + 1] == "}":
        end += 1
    return end


def uses(expr: Expr, symbol: Symbol) -> bool:
    """Whether a variable of that name occurs in an expression."""
    return any(isinstance(node, Symbol) and node.label == symbol.label for node in postorder(expr))


def fitting(views: Sequence[View], expr: Expr, change: Symbol) -> Iterator[View]:
    """The forms that an expression may be, by its shape and by whether it holds dX."""
    is_differential = uses(expr, change)
    for view in views:
        of_its_kind = is_zero(expr) or (view.form == "differential") == is_differential
        if view.shape == expr.shape and of_its_kind:
            yield view


def claimed_change(view: View, expr: Expr, question: Question, change: Symbol) -> Expr | None:
    """The change of the function that an expression claims when it is read in a form.

    ``None`` for Hessians in vech and other forms that claim no change of the function itself.

    Parameters
    ----------
    view : View
        The form.
    expr : Expr
        An expression of its shape.
    question : Question
        The function and the variable.
    change : Symbol
        The symbol dX.
    """
    if view.form == "differential":
        return expr if not view.stacked else reshape(expr, *question.function.shape)
    if view.form == "function":
        return None
    upright = transpose(expr) if view.layout == "denominator" else expr
    if view.form == "gradient":
        matrix = expr if view.layout == "denominator" else transpose(expr)
        return inner_product(matrix, tril(change) if view.convention == "independent" else change)
    if view.form == "derivative":
        whole = reshape(upright, *question.function.shape) if view.stacked else upright
        return change @ whole
    target = question.variable.shape if view.form == "hessian" else question.function.shape
    if view.stacked == "vech" and (view.form == "hessian" or upright.rows != target[0] * target[1]):
        return None
    if view.convention == "independent" and view.stacked == "vec":
        return None
    column = vech(change) if view.stacked == "vech" else vec(change)
    return reshape(upright @ column, *target)


def shape_unicode(shape: Shape) -> str:
    """A shape as it is shown in a message: ``mq×np``."""
    return "×".join(f"({dim_text(d)})" if len(d.terms) > 1 else dim_text(d) for d in shape)


def written(expr: Expr) -> str:
    """An expression as it is shown in a message."""
    return printing.line(expr, "unicode", names=False)
