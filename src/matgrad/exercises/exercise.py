"""An exercise: a question, and what can be done with it."""

from __future__ import annotations

import re

from matgrad import printing
from matgrad.checking import Verdict, check
from matgrad.core.dims import ONE, Dim
from matgrad.core.errors import ArgumentError, NotDifferentiableError
from matgrad.core.expr import Expr, Symbol, postorder, symbols_of
from matgrad.core.facts import Fact
from matgrad.core.lazy import cached_property, regex
from matgrad.core.records import dataclass
from matgrad.core.words import alternatives, phrase
from matgrad.exercises.texts import say
from matgrad.exercises.topic import Topic
from matgrad.explanation import Derivation, derivation_of
from matgrad.explanation.citations import together
from matgrad.explanation.derivation import METHODS
from matgrad.explanation.showing import shows
from matgrad.language.declared_text import declaration_text
from matgrad.ops.elementwise import Elementwise
from matgrad.ops.kronecker import Commutation
from matgrad.ops.piecewise import Relu
from matgrad.ops.registry import FUNCTIONS
from matgrad.printing.describe import describe_symbols
from matgrad.printing.latex import dim_latex
from matgrad.printing.left_side import function_name
from matgrad.printing.medium import require_medium
from matgrad.printing.names import latex_name, unicode_name
from matgrad.printing.unicode import dim_text
from matgrad.results import Answers, Result

_LETTERS = regex(r"(?<![A-Za-z_])[A-Za-zΑ-Ωα-ω]+")


@dataclass(frozen=True)
class Exercise:
    """A function to differentiate, with its derivative kept back.

    Attributes
    ----------
    topic : Topic
        What it is about.
    difficulty : int
        1, 2 or 3.
    seed, number : int
        The seed, and the place of the exercise among those of the seed, from 1.
    result : Result
        The derivative, verified; its question is what is asked.
    language : str
        ``"en"`` or ``"zh"``.
    """

    topic: Topic
    difficulty: int
    seed: int
    number: int
    result: Result
    language: str = "en"

    @property
    def function(self) -> Expr:
        """What is to be differentiated."""
        return self.result.function

    @property
    def variable(self) -> Symbol:
        """With respect to what."""
        return self.result.variable

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the variables, that of the derivative first."""
        return tuple(symbol.label for symbol in self.symbols())

    def answer(self, medium: str = "unicode") -> str:
        """The derivative, written out in one line."""
        assert isinstance(self.result.expr, Expr)
        return printing.line(self.result.expr, medium, names=False)

    @property
    def declarations(self) -> str:
        """The declarations of all variables, as the text language reads them."""
        return ", ".join(declaration_text(symbol) for symbol in self.symbols())

    def symbols(self) -> list[Symbol]:
        """The variable first, then the constants as they occur."""
        others = [symbol for symbol in symbols_of(self.function).values() if symbol is not self.variable]
        return [self.variable, *others]

    # ---- the question -----------------------------------------------------------------------------

    def question(self, medium: str = "unicode") -> str:
        """What is asked: the function with its shapes, and what to find.

        Parameters
        ----------
        medium : str
            ``"unicode"``, ``"text"`` for ASCII, or ``"latex"``.
        """
        require_medium(medium)
        return "\n".join(self._asked(medium))

    def _asked(self, medium: str) -> list[str]:
        return [self._statement(medium), self._task(medium), *self._remarks(medium)]

    def _statement(self, medium: str) -> str:
        left = f"{function_name(self.function)}({_name(self.variable, medium)})"
        right = printing.line(self.function, medium, names=False)
        equation = _in_math(f"{left} = {right}", medium)
        if medium == "text":
            symbols = self.declarations.replace("×", " x ")
        else:
            symbols = _in_math(describe_symbols(self.symbols(), medium, self.language), medium)
        return say("where", self.language, equation=equation, symbols=symbols)

    def _task(self, medium: str) -> str:
        result = self.result
        variable = _in_math(_name(self.variable, medium), medium)
        assert isinstance(result.expr, Expr)
        shape = _in_math(_shape(result.expr, medium), medium)
        left = _in_math(result.left_side(medium), medium)
        if result.form in ("derivative", "hessian"):
            return say(f"find_{result.form}", self.language, left=left, shape=shape)
        if result.form == "gradient":
            kind = say("a column" if self.variable.is_vector else "a matrix", self.language)
            return say("find_gradient", self.language, left=left, kind=kind, variable=variable, shape=shape)
        meaning = _in_math(self._meaning(medium), medium)
        return say(f"find_{result.layout}", self.language, left=left, shape=shape, meaning=meaning)

    def _meaning(self, medium: str) -> str:
        """What the Jacobian is: df = J dx, vec(dF) = J vec(dX), and transposed."""
        name = function_name(self.function)
        label = _name(self.variable, medium)
        vec = r"\operatorname{vec}" if medium == "latex" else "vec"
        d = r"\mathrm{d}" if medium == "latex" else "d"
        value = f"{d}{name}" if self.function.columns is ONE else f"{vec}({d}{name})"
        change = f"{d}{label}" if self.variable.is_vector else f"{vec}({d}{label})"
        turn = {"latex": r"^{\top}", "text": "'"}.get(medium, "ᵀ")
        if self.result.layout == "denominator":
            return f"{value} = J{turn} {change}"
        return f"{value} = J {change}"

    def _remarks(self, medium: str) -> list[str]:
        remarks = []
        if self.variable.has(Fact.SYMMETRIC) and not self.variable.is_scalar:
            variable = _in_math(_name(self.variable, medium), medium)
            remarks.append(say("symmetric", self.language, variable=variable))
        if any(isinstance(node, Elementwise) and not node.is_scalar for node in postorder(self.function)):
            remarks.append(say("entrywise", self.language))
        if any(isinstance(node, Relu) for node in postorder(self.function)):
            remarks.append(say("step", self.language))
        assert isinstance(self.result.expr, Expr)
        if any(isinstance(node, Commutation) for node in postorder(self.result.expr)):
            remarks.append(say("commutation", self.language, **_commutation(medium)))
        return remarks

    # ---- what can be done with it -----------------------------------------------------------------

    def check(self, answer: str | Expr) -> Verdict:
        """Decide whether an answer is right, and say how it is wrong.

        Letters need no blanks between them, as in 2Ax; names of functions are left whole. The answer
        has to be in the form that is asked for: a gradient of the shape of the variable, a
        Jacobian in its layout. For a symmetric variable either convention is right.

        Raises
        ------
        ParseError
            When the answer is not an expression, or has a name that the function does not have.
        ShapeError
            When its factors or terms do not conform.
        """
        if isinstance(answer, str):
            answer = self._spaced(answer)
        layouts = {"gradient": "mixed", "jacobian": self.result.layout}
        return check(
            self.function,
            self.variable,
            answer,
            symbols=self.symbols(),
            bindings=self._names_as_shown(),
            layout=layouts.get(self.result.form),
            order=self.result.order,
            form="auto" if self.result.form == "derivative" else self.result.form,
            language=self.language,
            answers=Answers(self.function, self.variable, self.result),
        )

    def _spaced(self, text: str) -> str:
        """An answer with blanks between the variables that are written together: every one is a letter."""
        shown = self._names_as_shown()
        letters = {"I", *(name for name in (*self.names, *shown) if len(name) == 1)}
        known = {*self.names, *FUNCTIONS}

        def apart(match: re.Match[str]) -> str:
            word = match[0]
            return word if word in known or not letters.issuperset(word) else " ".join(word)

        return _LETTERS.sub(apart, text)

    def _names_as_shown(self) -> dict[str, Expr]:
        """The variables by the names in the question where those are not their own: λ for lambda."""
        shown = ((unicode_name(symbol.label), symbol) for symbol in self.symbols())
        return {name: symbol for name, symbol in shown if name != symbol.label}

    def solution(self, method: str | None = None) -> Derivation:
        """Derive the answer step by step.

        Parameters
        ----------
        method : str, optional
            ``"differential"``, ``"definition"`` or ``"chain"``; the first of them that applies where it
            is left out.

        Raises
        ------
        NotDifferentiableError
            When the method does not reach the derivative.
        """
        methods = METHODS if method is None else (method,)
        if not all(isinstance(name, str) and name in METHODS for name in methods):
            raise ArgumentError(
                phrase("{method} is not a method", method=repr(method)), fix=alternatives(METHODS)
            )
        for name in methods[:-1]:
            try:
                return self._derivation(name)
            except NotDifferentiableError:
                continue
        return self._derivation(methods[-1])

    def _derivation(self, method: str) -> Derivation:
        return derivation_of(self.result, method=method, language=self.language)

    @cached_property
    def _hints(self) -> dict[str, tuple[str, ...]]:
        return {}

    def hints(self, medium: str = "unicode") -> tuple[str, ...]:
        """The steps of the derivation, one hint for each; only the last shows the answer.

        Of the steps after the answer has appeared, hints name the rules; the last hint holds the steps.
        """
        require_medium(medium)
        known = self._hints.get(medium)
        if known is None:
            known = self._hints[medium] = self._kept_back(medium)
        return known

    def _kept_back(self, medium: str) -> tuple[str, ...]:
        """The steps up to the one that shows the answer, the rules of those after it, and the rest."""
        derivation = self.solution()
        # The first line of a derivation says what the function is.
        lines, steps = derivation.lines[1:], derivation.hints(medium, self.language)[1:]
        answer = self.result.expr
        assert isinstance(answer, Expr)
        first = next((i for i, line in enumerate(lines) if shows(line, answer)), len(steps) - 1)
        rules = dict.fromkeys(line.reasons for line in lines[first:] if line.reasons)
        kept = [say("rule", self.language, rule=together(reasons, self.language)) for reasons in rules]
        return (*steps[:first], *kept, "\n".join(steps[first:]))

    def hint(self, k: int, medium: str = "unicode") -> str:
        """The k-th hint, counted from 1.

        Raises
        ------
        ArgumentError
            When there are not that many.
        """
        hints = self.hints(medium)
        if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= len(hints):
            raise ArgumentError(phrase("there is no hint {k}: there are {count}", k=k, count=len(hints)))
        return hints[k - 1]

    # ---- display ----------------------------------------------------------------------------------

    def __str__(self) -> str:
        return self.question()

    def __repr__(self) -> str:
        return self.question()

    def _repr_markdown_(self) -> str:
        # Two blanks before the end of a line keep it in Markdown.
        return "  \n".join(self._asked("latex"))


def _in_math(text: str, medium: str) -> str:
    return f"${text}$" if medium == "latex" else text


def _commutation(medium: str) -> dict[str, str]:
    """What the commutation matrix does, and to which X."""
    meaning, shape = {
        "latex": (r"$K \operatorname{vec}(X) = \operatorname{vec}(X^{\top})$", r"$m \times n$"),
        "text": ("K vec(X) = vec(X')", "m x n"),
    }.get(medium, ("K vec(X) = vec(Xᵀ)", "m×n"))
    return {"meaning": meaning, "shape": shape}


def _name(variable: Symbol, medium: str) -> str:
    if medium == "latex":
        return latex_name(variable.label)
    return unicode_name(variable.label) if medium == "unicode" else variable.label


def _shape(expr: Expr, medium: str) -> str:
    write = {"latex": dim_latex, "unicode": dim_text}.get(medium, str)
    times = {"latex": r" \times ", "unicode": "×"}.get(medium, " x ")
    return times.join(_factor(write(dim), dim) for dim in expr.shape)


def _factor(text: str, dim: Dim) -> str:
    return f"({text})" if len(dim.terms) > 1 else text
