"""Is an answer right? Decided by value, in every form in which a derivative may be written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matgrad.check.answer import Answer, Names, Reader
from matgrad.check.messages import LANGUAGES, say
from matgrad.check.trial import Trial, confirmed
from matgrad.check.verdict import Verdict
from matgrad.check.views import Problem, View, Views
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.results import Result, derive


def check(
    function: Expr,
    variable: Symbol,
    answer: str | Expr,
    *,
    symbols: Iterable[Symbol] = (),
    bindings: Mapping[str, Expr] | None = None,
    layout: str | None = None,
    convention: str | None = None,
    order: int = 1,
    form: str = "auto",
    syntax: str = "auto",
    language: str = "en",
) -> Verdict:
    """Decide whether an answer is the derivative of a function, and say what is wrong if not.

    The derivative is derived and verified; the answer is compared with it by value, at random
    points of several shapes in arbitrary precision. Any correct form is right: either layout, the
    gradient as column or row, the Jacobian on vec, the differential in dX, and for a symmetric
    variable either convention, unless a layout, convention or form is asked for.

    Parameters
    ----------
    function : Expr
        F, of any shape.
    variable : Symbol
        X.
    answer : str or Expr
        The answer: the right side alone, or with a left side (``∂f/∂x = …``, ``df = …``,
        ``grad = …``), with ``where`` and definitions after it if need be.
    symbols : iterable of Symbol
        Declared variables that the function does not hold.
    bindings : mapping of str to Expr, optional
        Names for parts of the function that the answer may use.
    layout : {"numerator", "denominator", "mixed"}, optional
        The layout asked for. In numerator layout the gradient of a scalar is a row (or has the
        transposed shape of X), in denominator layout it has the shape of X; mixed is the gradient
        in the shape of X and Jacobians in numerator layout.
    convention : {"subspace", "independent"}, optional
        How a symmetric variable is meant; see :func:`matgrad.gradient`.
    order : int
        The order of the derivative.
    form : str
        ``"gradient"``, ``"jacobian"``, ``"hessian"`` or ``"differential"``; ``"auto"`` for any.
    syntax : str
        The dialect of the answer; see :func:`matgrad.parse`.
    language : {"en", "zh"}
        The language of the verdict.

    Raises
    ------
    ParseError
        When the answer is not an expression, or uses a name that the function does not have.
    NotDifferentiableError
        When the function has no derivative, or none is known.

    Examples
    --------
    >>> import matgrad as mg
    >>> from matgrad.check import check
    >>> f = mg.parse("x' A x", "A: n×n, x: n")
    >>> x = mg.vector("x", "n")
    >>> check(f, x, "A x + A' x").correct
    True
    """
    if language not in LANGUAGES:
        raise ArgumentError(f"{language!r} is not a language", fix=" or ".join(LANGUAGES))
    problem = Problem(function, variable, order, form, layout, convention)
    views = Views(problem)
    expected = _expected(problem)
    wanted = views.wanted()
    names = Names.of(function, views.change, symbols, bindings or {})
    reader = Reader(names, [view.shape for view in wanted])
    read = reader.read(answer, syntax) if isinstance(answer, str) else Answer(str(answer), answer)
    right = expected.expr if isinstance(expected.expr, Expr) else views.derivative("subspace").differential
    trial = Trial([function, right], [read.expr], [variable, views.change])
    found = _matching(read.expr, wanted, trial, views.change)
    line = expected.line("unicode")
    if found is not None:
        return Verdict(
            True,
            say("right_line", language, line=line),
            line,
            read.text,
            expected,
            form=found.form,
            layout=found.layout,
            convention=found.convention,
            language=language,
        )
    return Verdict(False, say("wrong", language), line, read.text, expected, language=language)


def _expected(problem: Problem) -> Result:
    """The derivative, verified, in the form that is asked for."""
    return derive(
        problem.function,
        problem.variable,
        order=problem.order,
        form=problem.form,
        layout=problem.layout or "numerator",
        convention=problem.convention or "subspace",
    )


def _matching(expr: Expr, views: Iterable[View], trial: Trial, change: Symbol) -> View | None:
    """The first form of the derivative that an expression is."""
    uses_change = any(isinstance(node, Symbol) and node.label == change.label for node in postorder(expr))
    fitting = [
        view for view in views if view.shape == expr.shape and (view.form == "differential") == uses_change
    ]
    rejected = []
    for view in fitting:
        candidate = view.expr()
        if trial.same(expr, candidate):
            return view
        rejected.append((view, candidate))
    # What machine numbers told apart is looked at once more with all digits.
    return next((view for view, candidate in rejected if confirmed(expr, candidate)), None)
