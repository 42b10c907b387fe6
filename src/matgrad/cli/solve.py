"""From a problem to its answers: interpret the text, choose the variables, derive."""

from __future__ import annotations

from dataclasses import dataclass

from matgrad import explanation, language
from matgrad.cli.request import Request
from matgrad.core.errors import ArgumentError, MatgradError, UnknownNameError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.printing.names import printed_as
from matgrad.results import Result, derive


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
    interpretation = language.interpret(request.expression, request.given, syntax=request.syntax)
    variables = choose_variables(request, interpretation)
    answers = tuple(_answer(request, interpretation.expr, variable) for variable in variables)
    return Solution(request, interpretation, answers)


def _answer(request: Request, function: Expr, variable: Symbol) -> Answer:
    try:
        result = derive(
            function,
            variable,
            order=request.order,
            form=request.form,
            layout=request.layout,
            convention=request.convention,
            verify=request.verify,
        )
    except MatgradError as error:
        return Answer(variable.label, error)
    return Answer(variable.label, result, _steps(request, result))


def _steps(request: Request, result: Result) -> explanation.Derivation | MatgradError | None:
    if request.method is None:
        return None
    try:
        derivation = explanation.derivation_of(result, method=request.method, language=request.lang)
        if request.verify:
            derivation.verify()
    except MatgradError as error:
        return error
    return derivation


def choose_variables(request: Request, interpretation: language.Interpretation) -> list[Symbol]:
    """Find the variables to differentiate by; a single one need not be named."""
    occurring = symbols_of(interpretation.expr)
    known = {**interpretation.symbols, **occurring}
    if request.wrt:
        return list(dict.fromkeys(_variable(name, known, occurring) for name in request.wrt))
    if len(occurring) == 1:
        return list(occurring.values())
    if not occurring and len(interpretation.symbols) == 1:
        return list(interpretation.symbols.values())  # it cancels: the derivative is zero
    if not occurring:
        raise ArgumentError(
            "the expression has no variables to differentiate by",
            fix='name and declare one: --wrt X --given "X: m×n"',
        )
    raise ArgumentError(
        f"with respect to what? The variables are {', '.join(occurring)}",
        fix=f"--wrt {next(reversed(occurring))}",
    )


def _variable(name: str, known: dict[str, Symbol], occurring: dict[str, Symbol]) -> Symbol:
    if name in known:
        return known[name]
    # λ is written lambda and W₁ is written W1 or W_1 as well.
    spelled_otherwise = [v for v in known.values() if printed_as(v.label) == printed_as(name)]
    if len(spelled_otherwise) == 1:
        return spelled_otherwise[0]
    has = f"its variables are {', '.join(occurring)}" if occurring else "it has no variables"
    raise UnknownNameError(
        f"{name} does not occur in the expression: {has}",
        fix=f'declare it, if its derivative, which is zero, is meant: --given "{name}: m×n"',
    )
