"""Derivations, step by step, by the three methods of the textbooks.

Each method is a module of its name with a function ``derivation(problem)``.
"""

from __future__ import annotations

from importlib import import_module

from matgrad.core.errors import ArgumentError
from matgrad.core.expr import Expr, Symbol
from matgrad.core.words import require_language
from matgrad.explanation.derivation import METHODS, Derivation as Derivation, Line as Line
from matgrad.explanation.problem import Problem


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

    Raises
    ------
    ArgumentError
        For a word that is no method, form, layout or language.
    NotDifferentiableError
        When there is no derivative, none is known, or the method does not reach it.
    """
    if method not in METHODS:
        raise ArgumentError(f"{method!r} is not a method of derivation", fix=" or ".join(METHODS))
    require_language(language)
    problem = Problem.of(
        function,
        variable,
        order=order,
        form=form,
        layout=layout,
        convention=convention,
        language=language,
    )
    derivation: Derivation = import_module(f"matgrad.explanation.{method}").derivation(problem)
    return derivation
