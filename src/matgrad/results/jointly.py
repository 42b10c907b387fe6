"""Derivatives by several variables at once: all gradients from one reverse pass, the joint Hessian."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from matgrad import verify as verification
from matgrad.calculus.derivatives import Derivatives
from matgrad.calculus.pullback import pullbacks
from matgrad.calculus.question import Question
from matgrad.calculus.structure import structure_of
from matgrad.calculus.variable import project
from matgrad.core.errors import ArgumentError, ShapeError
from matgrad.core.expr import Expr, Symbol, postorder
from matgrad.core.words import phrase
from matgrad.ops.blocks import grid
from matgrad.ops.indices.members import Family
from matgrad.ops.indices.sums import IndexedSum
from matgrad.ops.leaves import number
from matgrad.ops.transpose import transpose
from matgrad.results.answering import Answers, check_names
from matgrad.results.points import at_point
from matgrad.results.result import Result
from matgrad.rewrite.simplifier import RememberingSimplifier


def gradients(
    function: Expr, variables: Sequence[Symbol], *, convention: str = "subspace", verify: bool = True
) -> tuple[Result, ...]:
    """The gradients of a scalar function by several variables, from one reverse pass.

    Parameters
    ----------
    function : Expr
        f, a scalar.
    variables : sequence of Symbol
        X, Y, ….
    convention : str
        How structured variables are meant.
    verify : bool
        Whether to compare each with a difference quotient.

    Raises
    ------
    ShapeError
        When f is not scalar.
    """
    if not function.is_scalar:
        raise ShapeError(
            phrase("a gradient needs a scalar function; {function} is not one", function=function.describe()),
            fix=phrase("ask for the jacobian, or take the sum or the norm of the function first"),
        )
    _check(function, variables)
    simplify = RememberingSimplifier()
    found = pullbacks(simplify(function), variables, number(1))
    simplify.together([project(found[variable], variable, convention) for variable in variables])
    results = []
    for variable in variables:
        derivatives = Derivatives(function, variable, simplify)
        derivatives.first(convention).take_unstructured(found[variable])
        answers = Answers(function, variable, derivatives=derivatives)
        form = "derivative" if variable.is_scalar else "gradient"
        results.append(
            answers.to(Question(function, variable, form=form, convention=convention), verify=False)
        )
    return tuple(_verified(results)) if verify else tuple(results)


def _verified(results: Sequence[Result]) -> list[Result]:
    """The results compared with difference quotients: by all variables at once, where that shows each."""
    function = results[0].function
    plain = [result for result in results if structure_of(result.variable) is None]
    if len(plain) > 1 and not any(isinstance(node, (IndexedSum, Family)) for node in postorder(function)):
        gradients = {result.variable: result.expr for result in plain if isinstance(result.expr, Expr)}
        found = verification.verify_jointly(function, gradients)
    else:
        found = {}
    return [
        replace(result, verification=found[result.variable])
        if result.variable in found
        else result.verified()
        for result in results
    ]


def hessian(
    function: Expr,
    variables: Sequence[Symbol],
    point: Mapping[Symbol, Expr] | None = None,
    *,
    convention: str = "subspace",
    verify: bool = True,
) -> Expr:
    """The Hessian by several variables: the block of X and Y is ∂²f/∂vec(X) ∂vec(Y)ᵀ.

    Parameters
    ----------
    function, variables, convention, verify
        As for :func:`gradients`.
    point : mapping of Symbol to Expr, optional
        The values of variables that it is taken at.
    """
    _check(function, variables)
    blocks: dict[tuple[int, int], Expr] = {}
    for i, x in enumerate(variables):
        answers = Answers(function, x)
        for j, y in enumerate(variables[i:], start=i):
            other = None if i == j else y
            question = Question(function, x, order=2, convention=convention, other=other)
            answer = answers.to(question, verify=verify)
            found = (at_point(answer, point) if point else answer).expr
            assert isinstance(found, Expr)
            blocks[i, j], blocks[j, i] = found, transpose(found)
    count = range(len(variables))
    return grid([[blocks[i, j] for j in count] for i in count])


def _check(function: Expr, variables: Sequence[Symbol]) -> None:
    """Refuse a variable that is named twice, and variables that are printed alike."""
    if not variables or len(set(variables)) < len(variables):
        raise ArgumentError(phrase("each variable is named once"), fix="(W, b)")
    check_names(function, *variables)
