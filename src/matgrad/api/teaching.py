"""The functions that teach: derivations, checked answers, and practice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from matgrad import checking, exercises, explanation
from matgrad.api.arguments import (
    Function,
    Point,
    Variable,
    letters_asked,
    read_function,
    require_flags,
    require_words,
)
from matgrad.api.documentation import documented
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, symbols_of
from matgrad.core.languages import speaking
from matgrad.core.words import language_asked, phrase

LARGEST_ORDER = 50
"""The highest derivative that is derived step by step."""


@documented
def explain(
    f: Function,
    x: Variable | None = None,
    *,
    method: str = "differential",
    at: Variable | None = None,
    given: Any = None,
    point: Point | None = None,
    order: int = 1,
    form: str = "auto",
    layout: str = "numerator",
    convention: str = "subspace",
    lang: str | None = None,
    verify: bool = True,
) -> explanation.Derivation:
    """Derive a derivative step by step, each line with the rule that it uses.

    Parameters
    ----------
    {function f}
    x, at : Symbol or str
        The variable, either way.
    method : {"differential", "definition", "chain"}
        By differentials (df = tr(Gᵀ dX)); from the entries (∂F_ij/∂X_kl); by the chain rule on named
        intermediate variables.
    {given f}
    {point}
    order, form, layout, convention
        What is derived; as for :func:`matgrad.derive`.
    lang : {"en", "zh"}, optional
        The language of the rules.
    verify : bool
        Whether to try every line at random points in arbitrary precision.

    Returns
    -------
    Derivation
        Shows itself as text, in LaTeX and in Jupyter; ``.lines`` holds its lines, ``.hints()`` one
        hint for each.

    Raises
    ------
    ArgumentError
        For a method, form, layout or language that does not exist.
    NotDifferentiableError
        When there is no derivative, none is known, or the method does not reach it.
    VerificationError
        When a line does not follow from the one before it.

    Examples
    --------
    >>> import matgrad as mg
    >>> print(mg.explain("x' A x", "x"))
    1  f  = xᵀAx
    2  df = dxᵀAx + xᵀA dx     product rule
    3     = xᵀAᵀ dx + xᵀA dx   a scalar is its own transpose
    4     = xᵀ(A + Aᵀ) dx      collect dx
    5  ⇒ ∂f/∂x = (A + Aᵀ)x     read off the gradient from df = gᵀ dx
    """
    lang = language_asked() if lang is None else lang
    with speaking(lang):
        require_words(method=method, form=form, layout=layout, convention=convention, lang=lang, order=order)
        require_flags(verify=verify)
        if order is not None and order > LARGEST_ORDER:
            raise ArgumentError(
                phrase(
                    "a derivation is written up to order {largest_order}, not beyond",
                    largest_order=LARGEST_ORDER,
                )
            )
        reading = read_function(f, given)
        derivation = explanation.explain(
            reading.expr,
            reading.part(at if x is None else x),
            method=method,
            order=order,
            form=form,
            layout=layout,
            convention=convention,
            point=reading.values(point),
            language=lang,
            names=reading.bindings,
            called=reading.called,
            written=None if reading.source is None else explanation.as_written(reading.source),
        )
        if verify:
            derivation.verify()
        return derivation


@documented
def check(
    f: Function,
    x: Variable | None,
    answer: str | Expr | float,
    *,
    given: Any = None,
    layout: str | None = None,
    convention: str | None = None,
    order: int = 1,
    form: str = "auto",
    lang: str | None = None,
) -> checking.Verdict:
    """Whether an answer is the derivative of a function, and what is wrong with it if not.

    Any correct form is right: either layout, the gradient as column or row, the Jacobian on vec, the
    differential in dX, and for a symmetric variable either convention, unless a layout, form or
    convention is asked for.

    Parameters
    ----------
    {function f}
    x : Symbol, Expr or str
        The variable, a member of a family (``x_k``), or a part of a variable (``X[1, :]``, ``diag(X)``).
    answer : Expr or str
        The answer: the right side alone, or an equation (``∂f/∂x = …``, ``df = …``).
    {given f}
    layout, convention, form : str, optional
        What the answer must be, where not every form will do.
    order : int
        The order of the derivative.
    lang : {"en", "zh"}, optional
        The language of the verdict.

    Returns
    -------
    Verdict
        With ``.correct``, ``.reason``, ``.suggestion`` and ``.counterexample``.

    Raises
    ------
    ParseError
        When the answer cannot be read.
    NotDifferentiableError
        When the function has no derivative, or none is known.

    Examples
    --------
    >>> import matgrad as mg
    >>> verdict = mg.check("x' A x", "x", "2 A x")
    >>> verdict.correct, verdict.reason
    (False, '2Ax is right only if A is symmetric (it is not declared so)')
    >>> verdict.suggestion
    '∂f/∂x = (A + Aᵀ)x'
    """
    lang = language_asked() if lang is None else lang
    with speaking(lang):
        require_words(form=form, layout=layout, convention=convention, lang=lang, order=order)
        reading = read_function(f, given)
        return checking.check(
            reading.expr,
            reading.part(x),
            answer,
            symbols=reading.symbols.values(),
            bindings=reading.bindings,
            members=reading.members,
            layout=layout,
            convention=convention,
            order=order,
            form=form,
            language=lang,
            letters=letters_asked(x, {**reading.symbols, **symbols_of(reading.expr)}),
        )


def check_derivation(
    text: str,
    x: str | None = None,
    *,
    given: Any = None,
    layout: str | None = None,
    convention: str | None = None,
    lang: str | None = None,
) -> checking.DerivationVerdict:
    """Check a derivation line by line, and find the first wrong one.

    Parameters
    ----------
    text : str
        One statement a line: declarations (``A: n×n, x: n``), definitions (``f = x' A x``), differentials
        (``df = …``), continuations (``= …``), the derivative (``grad = …``). Blank lines and what
        follows ``#`` are skipped.
    x : str, optional
        The variable, where the text does not say it.
    given : str, optional
        Declarations, besides those of the text.
    layout, convention : str, optional
        What the derivative must be, where not every form will do.
    lang : {"en", "zh"}, optional
        The language of the verdict.

    Returns
    -------
    DerivationVerdict
        With ``.correct``, the first wrong line, and what is wrong with it.

    Raises
    ------
    ParseError
        When a line cannot be read; it is named in the message.
    ArgumentError
        When it is not clear what the variable is, or nothing is derived.

    Examples
    --------
    >>> import matgrad as mg
    >>> verdict = mg.check_derivation('''
    ... A: n×n, x: n
    ... f = x' A x
    ... df = dx' A x + x' A dx
    ...    = 2 x' A dx
    ... ''')
    >>> verdict.first_wrong.verdict.reason
    '2xᵀA dx is right only if A is symmetric (it is not declared so)'
    """
    lang = language_asked() if lang is None else lang
    with speaking(lang):
        if not isinstance(text, str):
            raise ArgumentError(
                phrase("a derivation is a text of several lines, not {text}", text=repr(text))
            )
        require_words(x=x, layout=layout, convention=convention, lang=lang)
        return checking.check_derivation(
            text, x, given=given, layout=layout, convention=convention, language=lang
        )


def practice(
    topic: str | None = None, difficulty: int = 1, seed: int | None = None, *, lang: str | None = None
) -> Iterator[exercises.Exercise]:
    """Problems to practise on, as many as are asked for.

    Parameters
    ----------
    topic : str, optional
        ``"linear"``, ``"quadratic"``, ``"trace"``, ``"determinant"``, ``"inverse"``, ``"vector"``,
        ``"kronecker"``, ``"elementwise"``, ``"chain"`` or ``"hessian"``; all in turn where it is left
        out.
    difficulty : {1, 2, 3}
        From one rule of a table to an examination.
    seed : int, optional
        The same seed gives the same problems; without one they are new each time.
    lang : {"en", "zh"}, optional
        The language of questions, hints and verdicts.

    Returns
    -------
    iterator of Exercise
        It does not end. An exercise has ``.question()``, ``.check(answer)``, ``.hint(number)`` and
        ``.solution()``.

    Raises
    ------
    ArgumentError
        For a topic, difficulty, seed or language that does not exist.

    Examples
    --------
    >>> import matgrad as mg
    >>> exercise = next(mg.practice("quadratic", seed=4))
    >>> print(exercise.question())
    f(y) = yᵀQy − uᵀy where y, u ∈ ℝᵐ, Q ∈ ℝ^{m×m} positive definite
    Find ∂f/∂y, a column of the shape of y (m×1).
    >>> exercise.check("2Qy − u").correct
    True
    """
    lang = language_asked() if lang is None else lang
    with speaking(lang):
        require_words(topic=topic, lang=lang)
        return exercises.practice(topic, difficulty, seed, language=lang)
