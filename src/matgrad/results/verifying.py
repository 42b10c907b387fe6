"""What each form of a derivative claims, compared with a difference quotient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from matgrad import verify
from matgrad.calculus.by_member import ByMember, moved_by, stacked
from matgrad.calculus.components import Components
from matgrad.calculus.components_over_indices import as_differential, has_indices
from matgrad.calculus.derivatives import Differentiation
from matgrad.calculus.question import Question
from matgrad.calculus.structure import structure_of
from matgrad.calculus.variable import differential_of, is_curved
from matgrad.core.dims import Dim, Shape, shape_text
from matgrad.core.errors import VerificationError
from matgrad.core.expr import Expr, Symbol, names_in
from matgrad.core.facts import Fact
from matgrad.core.words import Phrase, phrase
from matgrad.ops.reshaping import vec
from matgrad.ops.transpose import transpose
from matgrad.ops.triangles import tril
from matgrad.printing.names import unicode_name
from matgrad.verify.claims import FIXED, Claim, Verification, column, half_column, inner

_GRADIENT = phrase("the gradient")

_DERIVATIVE = phrase("the derivative")


def verify_answer(
    question: Question, differentiations: Sequence[Differentiation], change: Symbol
) -> Verification:
    """Verify each differentiation against what it differentiates.

    Parameters
    ----------
    question : Question
        What was asked, settled.
    differentiations : sequence of Differentiation
        How it was answered.
    change : Symbol
        The symbol dX that differentials are written in.

    Returns
    -------
    Verification
        Of the first differentiation that could not be verified, or of the last one.

    Raises
    ------
    VerificationError
        When one disagrees with the difference quotient.
    """
    structure = structure_of(question.variable)
    if structure is not None and structure.is_fixed:
        what = structure.description.filled(name=unicode_name(question.variable.label))
        return Verification(False, why=FIXED.filled(what=what))
    function, found = question.function, Verification(True)
    for step in differentiations:
        found = _verified(question, step, function, change)
        if not found.verified:
            break
        if isinstance(step.answer, Expr):
            function = step.answer
    return found


def _verified(question: Question, step: Differentiation, function: Expr, change: Symbol) -> Verification:
    variable = question.variable
    if isinstance(step.answer, Components):
        structure = structure_of(variable)
        is_halved = (
            structure is not None and structure.has_pairs and step.derivative.convention == "independent"
        )
        is_conditional = any(term.conditions for term in step.answer.terms)
        if is_halved or is_conditional or has_indices(function, variable):
            claimed = as_differential(step.answer, tril(change) if is_halved else change)
            return verify_change(function, variable, claimed, change, what=phrase("the component formula"))
        exprs, claim = verify.components_claim(step.answer)
        return _compared(function, variable, exprs, claim, what=phrase("the component formula"))
    match step.form:
        case "gradient":
            convention = step.derivative.convention
            return verify_gradient(function, variable, step.answer, convention=convention)
        case "jacobian":
            return _verify_jacobian(question, function, step.answer)
        case "hessian":
            return _verify_hessian(question, function, step.answer)
        case "derivative":
            return _compared(function, variable, [step.answer], lambda xp, at, v: xp.scalar_times(v, at[0]))
        case _:
            return verify_change(function, variable, step.answer, change)


def require_shapes(question: Question, differentiations: Sequence[Differentiation]) -> None:
    """Refuse a derivative whose shape is not what it must be for every size of its dimensions.

    Raises
    ------
    VerificationError
        Where one has another shape.
    """
    function, variable = question.function, question.variable
    for step in differentiations:
        if not isinstance(step.answer, Expr):
            continue
        shape: Shape = function.shape
        if step.form == "gradient":
            shape = variable.shape
        elif step.form in ("hessian", "jacobian"):
            width: Dim = variable.rows * variable.columns
            if question.free is not None:
                width = question.free.columns
            if step.form == "jacobian":
                entries: Dim = function.rows * function.columns
                shape = (width, entries) if question.layout == "denominator" else (entries, width)
            else:
                other = question.other
                shape = (width, width if other is None else other.rows * other.columns)
        if step.answer.shape != shape:
            name = {"jacobian": "Jacobian", "hessian": "Hessian"}.get(step.form, step.form)
            raise VerificationError(
                phrase(
                    "the {name} has the shape {shape} where {shape_shape} is due; please report this",
                    name=name,
                    shape=shape_text(step.answer.shape),
                    shape_shape=shape_text(shape),
                )
            )


def verify_gradient(
    function: Expr,
    variable: Symbol,
    gradient: Expr,
    *,
    convention: str = "subspace",
    what: str | Phrase = _GRADIENT,
) -> Verification:
    """Compare ⟨G, dX⟩ with the difference quotient of a scalar function.

    Parameters
    ----------
    function, variable : Expr, Symbol
        What was differentiated with respect to what.
    gradient : Expr
        G, of the shape of the variable; on a curved set it must be tangent to it.
    convention : str
        How a symmetric or skew variable is meant.
    what : str
        What is verified, for the message.

    Raises
    ------
    VerificationError
        When the two disagree.
    """
    half = convention == "independent" and bool(variable.facts & (Fact.SYMMETRIC | Fact.SKEW))
    return _compared(
        function,
        variable,
        [gradient],
        lambda xp, at, v: inner(xp, at[0], xp.tril(v) if half else v),
        what=what,
        tangent=is_curved(variable),
    )


def verify_by_member(question: Question, first: Differentiation, shown: ByMember) -> Verification:
    """Verify a formula for one member, or for two: for all of them together.

    Raises
    ------
    VerificationError
        When they disagree with the difference quotient.
    """
    function, variable = question.function, question.variable
    if question.form == "gradient":
        return verify_gradient(function, variable, stacked(shown))
    if question.form == "jacobian":
        change = differential_of(variable, names_in(function))
        if question.layout == "denominator":
            shown = replace(shown, expr=transpose(shown.expr))
        return verify_change(function, variable, moved_by(shown, change, function.shape), change)
    assert isinstance(first.answer, Expr)
    by = variable if shown.second is None else shown.second
    change = differential_of(by, names_in([function, first.answer]))
    return verify_change(first.answer, by, moved_by(shown, change), change, phrase("the Hessian"))


def verify_change(
    function: Expr, variable: Symbol, differential: Expr, change: Symbol, what: str | Phrase = _DERIVATIVE
) -> Verification:
    """Compare an expression in dX with the difference quotient along dX.

    Parameters
    ----------
    function, variable : Expr, Symbol
        What was differentiated with respect to what.
    differential : Expr
        Its change, of the shape of the function.
    change : Symbol
        The symbol dX in it.
    what : str
        What is verified, for the message.

    Raises
    ------
    VerificationError
        When the two disagree.
    """
    return _compared(function, variable, [differential], lambda xp, at, v: at[0], change=change, what=what)


def _verify_jacobian(question: Question, function: Expr, jacobian: Expr) -> Verification:
    turned, half = question.layout == "denominator", question.free is not None

    def claim(xp: Any, at: Sequence[Any], v: Any) -> Any:
        matrix = xp.transpose(at[0]) if turned else at[0]
        change = xp.matmul(matrix, half_column(xp, v) if half else column(xp, v))
        return xp.reshape(change, xp.size(function.rows), xp.size(function.columns))

    return _compared(function, question.variable, [jacobian], claim, what=phrase("the Jacobian"))


def _verify_hessian(question: Question, gradient: Expr, hessian: Expr) -> Verification:
    free, other = question.free, question.other
    if other is not None:
        return _compared(
            gradient,
            other,
            [hessian],
            lambda xp, at, v: xp.reshape(
                xp.matmul(at[0], column(xp, v)), xp.size(gradient.rows), xp.size(gradient.columns)
            ),
            what=phrase("the Hessian"),
        )

    def claim(xp: Any, at: Sequence[Any], v: Any) -> Any:
        if free is None:
            return xp.reshape(xp.matmul(at[0], column(xp, v)), *xp.shape(v))
        return xp.matmul(at[0], half_column(xp, v))

    reference = gradient if free is None else free.T @ vec(gradient)
    return _compared(reference, question.variable, [hessian], claim, what=phrase("the Hessian"))


def _compared(
    function: Expr, variable: Symbol, claimed: Sequence[Expr], claim: Claim, **options: Any
) -> Verification:
    return verify.verify_claim(function, variable, claimed, claim, **options)
