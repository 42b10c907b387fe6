"""A derivation by the method that is asked for: each is a module with a function ``derivation(subject)``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from matgrad.calculus.question import Question
from matgrad.calculus.variable import is_fixed
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import require_language
from matgrad.explanation import chain, definition, differential, fixed_variable, over_indices
from matgrad.explanation.derivation import METHODS, Derivation
from matgrad.explanation.subject import Subject
from matgrad.results import Result, answer_to

_BY_METHOD = {
    "differential": differential.derivation,
    "definition": definition.derivation,
    "chain": chain.derivation,
}


def require_method(method: str) -> None:
    """Refuse a word that names no method.

    Raises
    ------
    ArgumentError
        Where it names none.
    """
    if not isinstance(method, str) or method not in METHODS:
        raise ArgumentError(f"{method!r} is not a method of derivation", fix=" or ".join(METHODS))


def derivation_of(result: Result, *, method: str = "differential", language: str = "en") -> Derivation:
    """Show step by step how an answer is derived.

    Parameters
    ----------
    result : Result
        The answer; nothing of it is derived again.
    method : str
        ``"differential"``, ``"definition"`` or ``"chain"``.
    language : str
        ``"en"`` or ``"zh"``.

    Raises
    ------
    ArgumentError
        For a word that is no method or language.
    NotDifferentiableError
        When the method does not reach the derivative.
    """
    require_method(method)
    require_language(language)
    subject = Subject(result, language)
    _require_steps(result)
    if is_fixed(result.variable):
        return fixed_variable.derivation(subject, method)
    if over_indices.holds_sum(subject.plain, result.variable):
        over_indices.require_members(subject)
        if method == "differential":
            return over_indices.derivation(subject)
    return _BY_METHOD[method](subject)


def _require_steps(result: Result) -> None:
    """Refuse the steps of what is derived in two questions.

    Raises
    ------
    ArgumentError
        Naming the questions whose steps are shown.
    """
    variable, other = result.variable.label, result.question.other
    variable_is_scalar = result.variable.is_scalar and other is not None and not other.is_scalar
    if result.part is not None:
        whole = result.part.label
        raise ArgumentError(
            f"steps are shown by whole variables, and {variable} is a part of {whole}",
            fix=f"the derivative by {whole}, of which that by {variable} is the same part",
        )
    if other is not None and variable_is_scalar:
        raise ArgumentError(
            f"steps of ∂²f/∂{variable} ∂{other.label} are shown by {other.label} first, then by {variable}",
            fix=f"the second derivative by {other.label} and {variable}",
        )
    if result.point:
        raise ArgumentError(
            "steps are shown of the derivative as a function, not at a point", fix="the steps without --at"
        )


def explain(
    function: Expr,
    variable: Symbol,
    *,
    method: str = "differential",
    order: int = 1,
    form: str = "auto",
    layout: str = "numerator",
    convention: str = "subspace",
    language: str = "en",
    names: Mapping[str, Expr] | None = None,
    called: str = "",
) -> Derivation:
    """Derive a derivative step by step.

    Parameters
    ----------
    function : Expr
        F, of any shape m×n.
    variable : Symbol
        X, of any shape p×q.
    method : str
        ``"differential"``, ``"definition"`` or ``"chain"``.
    order, form, layout, convention
        As for :func:`matgrad.derive`.
    language : str
        ``"en"`` or ``"zh"``.
    names : mapping of str to Expr, optional
        The names that the author of the function defined for parts of it.
    called : str
        What the author called the function.

    Raises
    ------
    ArgumentError
        For a word that is no method, form, layout or language.
    NotDifferentiableError
        When there is no derivative, none is known, or the method does not reach it.
    """
    require_method(method)
    require_language(language)
    question = Question(function, variable, order, form, layout, convention)
    # Every line will be tried by itself, the answer among them.
    answer = replace(answer_to(question, verify=False), names=names or {}, called=called)
    return derivation_of(answer, method=method, language=language)
