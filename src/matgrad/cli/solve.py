"""From a problem to its answers: interpret the text, choose the variables, derive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from matgrad import explanation, language
from matgrad.api.arguments import Reading, named_member, no_member_form
from matgrad.cli.request import Request
from matgrad.core.errors import ArgumentError, MatgradError, UnknownNameError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.core.records import dataclass
from matgrad.core.suggestions import nearest
from matgrad.core.words import phrase
from matgrad.ops.indices.members import Family
from matgrad.results import Result, derive
from matgrad.results.inner import verify_inner
from matgrad.results.parts import Part, derive_by_part
from matgrad.results.points import at_point


@dataclass(frozen=True, slots=True)
class Answer:
    """The derivative by one variable, or why there is none; and its steps, where they are asked for."""

    variable: str
    result: Result | MatgradError
    steps: explanation.Derivation | MatgradError | None = None

    @property
    def errors(self) -> tuple[MatgradError, ...]:
        """Why a part of what was asked for is missing."""
        return tuple(part for part in (self.result, self.steps) if isinstance(part, MatgradError))


@dataclass(frozen=True, slots=True)
class Solution:
    """How the expression was understood, and an answer for each variable asked for."""

    request: Request
    interpretation: language.Interpretation
    answers: tuple[Answer, ...]

    @property
    def exit_status(self) -> int:
        """The worst exit status among the answers."""
        return max((error.exit_status for a in self.answers for error in a.errors), default=0)


def solve(request: Request) -> Solution:
    """Answer a problem.

    A variable without a derivative does not keep the others from their answers.

    Raises
    ------
    MatgradError
        When the text or the variables cannot be understood.
    """
    interpretation = language.interpret(
        request.expression, request.given, syntax=request.syntax, macros=request.macros
    )
    if request.verify:
        verify_inner(interpretation.derived)
    variables = choose_variables(request, interpretation)
    point = (
        language.read_point(request.at, interpretation.symbols, interpretation.syntax) if request.at else {}
    )
    pairs = _pairs(request, interpretation, variables)
    answers = tuple(_answer(request, interpretation, x, y, point) for x, y in pairs)
    return Solution(request, interpretation, answers)


def _pairs(
    request: Request, interpretation: language.Interpretation, variables: Sequence[Symbol | Part]
) -> list[tuple[Symbol | Part, Symbol | None]]:
    """What is differentiated by what: of a Hessian by several variables all blocks above the diagonal."""
    symbols = [x for x in variables if isinstance(x, Symbol)]
    is_hessian = request.order == 2 and request.form == "auto" and interpretation.expr.is_scalar
    if not is_hessian or len(symbols) < len(variables) or len(symbols) < 2:
        return [(x, None) for x in variables]
    return [(x, None if x is y else y) for i, x in enumerate(symbols) for y in symbols[i:]]


def _answer(
    request: Request,
    read: language.Interpretation,
    variable: Symbol | Part,
    other: Symbol | None,
    point: Mapping[Symbol, Expr],
) -> Answer:
    options: dict[str, Any] = {
        "order": request.order,
        "form": request.form,
        "layout": request.layout,
        "convention": request.convention,
        "verify": request.verify,
    }
    if isinstance(variable, Part):
        label = variable.symbol.label
    else:
        label = variable.label if other is None else f"{variable.label}, {other.label}"
    try:
        if isinstance(variable, Part):
            result = derive_by_part(read.expr, variable, **options)
        else:
            result = derive(read.expr, variable, other=other, **options)
        if point:
            result = at_point(result, point)
        result = replace(result, names=read.bindings, called=read.name or "", members=read.members)
    except MatgradError as error:
        return Answer(label, error)
    return Answer(label, result, _steps(request, result, read))


def _steps(
    request: Request, result: Result, read: language.Interpretation
) -> explanation.Derivation | MatgradError | None:
    if request.method is None:
        return None
    result = replace(result, written=explanation.as_written(read))
    try:
        derivation = explanation.derivation_of(result, method=request.method, language=request.lang)
        if request.verify:
            derivation.verify()
    except MatgradError as error:
        return error
    return derivation


def choose_variables(request: Request, interpretation: language.Interpretation) -> list[Symbol | Part]:
    """Find the variables to differentiate by, or parts of them; a single one need not be named.

    Raises
    ------
    ArgumentError
        When none is named of several, or there is none.
    UnknownNameError
        When a name belongs to no variable.
    """
    reading = Reading(interpretation.expr, interpretation.symbols, syntax=interpretation.syntax)
    found = {name: reading.find_part(name) for name in request.wrt or (None,)}
    for name, variable in found.items():
        if variable is None:
            raise _not_found(name, list(symbols_of(interpretation.expr)))
        member = named_member(name, interpretation.symbols) if name and isinstance(variable, Family) else None
        shown = request.form in ("auto", "gradient") and request.order <= 2 and not request.at
        if member is not None and not (shown and interpretation.expr.is_scalar):
            raise no_member_form(name or "", member[0])
    return list(dict.fromkeys(variable for variable in found.values() if variable is not None))


def _not_found(name: str | None, occurring: list[str]) -> MatgradError:
    """Why no variable is meant, or which one is not clear."""
    if name is not None:
        has = (
            phrase("its variables are {occurring}", occurring=", ".join(occurring))
            if occurring
            else phrase("it has no variables")
        )
        near = nearest(name, occurring)
        if near is not None:
            return UnknownNameError(
                phrase("{name} does not occur in the expression: {has}", name=name, has=has),
                fix=f"--wrt {near}",
            )
        return UnknownNameError(
            phrase("{name} does not occur in the expression: {has}", name=name, has=has),
            fix=phrase(
                'declare it, if its derivative, which is zero, is meant: --given "{name}: m×n"', name=name
            )
            if name.isidentifier()
            else phrase("a variable, an entry X[1, 2], a row X[1, :], a column X[:, 1], diag(X) or x'"),
        )
    if not occurring:
        return ArgumentError(
            phrase("the expression has no variables to differentiate by"),
            fix=phrase('name and declare one: --wrt X --given "X: m×n"'),
        )
    return ArgumentError(
        phrase("with respect to what? The variables are {occurring}", occurring=", ".join(occurring)),
        fix=f"--wrt {occurring[-1]}",
    )
