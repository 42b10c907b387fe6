"""A derivation by the method that is asked for: each is a module with a function ``derivation(subject)``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from matgrad.calculus.components import Components
from matgrad.calculus.question import Question
from matgrad.calculus.variable import is_fixed
from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.languages import require_language
from matgrad.core.words import alternatives, phrase
from matgrad.explanation import (
    chain,
    definition,
    differential,
    exchanged,
    fixed_variable,
    of_parts,
    over_indices,
)
from matgrad.explanation.derivation import METHODS, Derivation
from matgrad.explanation.subject import Subject
from matgrad.results import Result, Written, answer_to
from matgrad.results.parts import Part, derive_by_part
from matgrad.results.points import at_point

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
        raise ArgumentError(
            phrase("{method} is not a method of derivation", method=repr(method)), fix=alternatives(METHODS)
        )


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
    _require_steps(result)
    if result.part is not None:
        of_parts.require_gradient(result)
        whole = _with_words_of(result, answer_to(Question(result.function, result.part), verify=False))
        return of_parts.by_part(derivation_of(whole, method=method, language=language), result)
    if result.point:
        whole = replace(
            answer_to(result.question, verify=False),
            names=result.names,
            called=result.called,
            written=result.written,
        )
        return of_parts.at_point(derivation_of(whole, method=method, language=language), result)
    if exchanged.is_by_scalar_first(result.question):
        turned = _with_words_of(result, answer_to(exchanged.turned(result.question), verify=False))
        found = derivation_of(turned, method=method, language=language)
        return exchanged.as_asked(found, turned, result)
    subject = Subject(result, language)
    if is_fixed(result.variable):
        return fixed_variable.derivation(subject, method)
    # What is shown by a member is read off by one, also where simplifying took the variable out of its sum.
    by_member = method == "differential" and subject.gradient_by_member is not None
    if by_member or over_indices.holds_sum(subject.plain, result.variable):
        over_indices.require_members(subject)
        if method == "differential" or over_indices.is_constant(subject):
            return over_indices.derivation(subject)
    return _BY_METHOD[method](subject)


def _with_words_of(result: Result, other: Result) -> Result:
    """An answer about the same function, in the words of its author."""
    return replace(other, names=result.names, called=result.called, written=result.written)


def _require_steps(result: Result) -> None:
    """Refuse the steps of what is derived in two questions.

    Raises
    ------
    ArgumentError
        Naming the question whose steps are shown.
    """
    other = result.question.other
    if result.point and (result.part is not None or other is not None or isinstance(result.expr, Components)):
        raise ArgumentError(
            phrase("steps at a point are shown of the derivatives by one whole variable"),
            fix=phrase("the steps without --at"),
        )


def explain(
    function: Expr,
    variable: Symbol | Part,
    *,
    method: str = "differential",
    order: int = 1,
    form: str = "auto",
    layout: str = "numerator",
    convention: str = "subspace",
    point: Mapping[Symbol, Expr] | None = None,
    language: str = "en",
    names: Mapping[str, Expr] | None = None,
    called: str = "",
    written: Written | None = None,
) -> Derivation:
    """Derive a derivative step by step.

    Parameters
    ----------
    function : Expr
        F, of any shape m×n.
    variable : Symbol or Part
        X, of any shape p×q, or a part of it such as an entry or a row.
    method : str
        ``"differential"``, ``"definition"`` or ``"chain"``.
    order, form, layout, convention
        As for :func:`matgrad.derive`.
    point : mapping of Symbol to Expr, optional
        The values of variables that the derivative is taken at.
    language : str
        ``"en"`` or ``"zh"``.
    names : mapping of str to Expr, optional
        The names that the author of the function defined for parts of it.
    called : str
        What the author called the function.
    written : Written, optional
        The function as its author wrote it.

    Raises
    ------
    ArgumentError
        For a word that is no method, form, layout or language.
    NotDifferentiableError
        When there is no derivative, none is known, or the method does not reach it.
    """
    require_method(method)
    require_language(language)
    # Every line will be tried by itself, the answer among them.
    if isinstance(variable, Part):
        options = {"order": order, "form": form, "layout": layout, "convention": convention}
        answer = derive_by_part(function, variable, verify=False, **options)
    else:
        question = Question(function, variable, order, form, layout, convention)
        answer = answer_to(question, verify=False)
    answer = replace(at_point(answer, point) if point else answer, names=names or {}, called=called)
    answer = replace(answer, written=written)
    return derivation_of(answer, method=method, language=language)
