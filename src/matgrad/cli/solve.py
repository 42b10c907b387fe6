"""From a problem to its answers: interpret the text, choose the variables, derive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matgrad.api.arguments import named_part
from matgrad.cli.request import Request
from matgrad.core.errors import ArgumentError, MatgradError, UnknownNameError
from matgrad.core.expr import Expr, Symbol, symbols_of
from matgrad.printing.names import printed_as
from matgrad.results import Result, derive
from matgrad.results.inner import verify_inner
from matgrad.results.parts import Part, derive_by_part
from matgrad.results.points import at_point

if TYPE_CHECKING:
    from matgrad.explanation import Derivation
    from matgrad.language import Interpretation


@dataclass(frozen=True, slots=True)
class Answer:
    """The derivative by one variable, or why there is none; and its steps, where they are asked for."""

    variable: str
    result: Result | MatgradError
    steps: Derivation | MatgradError | None = None

    @property
    def errors(self) -> tuple[MatgradError, ...]:
        """Why a part of what was asked for is missing."""
        return tuple(part for part in (self.result, self.steps) if isinstance(part, MatgradError))


@dataclass(frozen=True, slots=True)
class Solution:
    """How the expression was understood, and an answer for each variable asked for."""

    request: Request
    interpretation: Interpretation
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
    from matgrad.language import interpret
    from matgrad.language.points import read_point

    interpretation = interpret(
        request.expression, request.given, syntax=request.syntax, macros=request.macros
    )
    if request.verify:
        verify_inner(interpretation.derived)
    variables = choose_variables(request, interpretation)
    point = read_point(request.at, interpretation.symbols, interpretation.syntax) if request.at else {}
    pairs = _pairs(request, interpretation, variables)
    answers = tuple(_answer(request, interpretation.expr, x, y, point) for x, y in pairs)
    return Solution(request, interpretation, answers)


def _pairs(
    request: Request, interpretation: Interpretation, variables: Sequence[Symbol | Part]
) -> list[tuple[Symbol | Part, Symbol | None]]:
    """What is differentiated by what: of a Hessian by several variables all blocks above the diagonal."""
    symbols = [x for x in variables if isinstance(x, Symbol)]
    is_hessian = request.order == 2 and request.form == "auto" and interpretation.expr.is_scalar
    if not is_hessian or len(symbols) < len(variables) or len(symbols) < 2:
        return [(x, None) for x in variables]
    return [(x, None if x is y else y) for i, x in enumerate(symbols) for y in symbols[i:]]


def _answer(
    request: Request,
    function: Expr,
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
            result = derive_by_part(function, variable, **options)
        else:
            result = derive(function, variable, other=other, **options)
        if point:
            result = at_point(result, point)
    except MatgradError as error:
        return Answer(label, error)
    return Answer(label, result, _steps(request, result))


def _steps(request: Request, result: Result) -> Derivation | MatgradError | None:
    if request.method is None:
        return None
    from matgrad.explanation import derivation_of

    try:
        derivation = derivation_of(result, method=request.method, language=request.lang)
        if request.verify:
            derivation.verify()
    except MatgradError as error:
        return error
    return derivation


def choose_variables(request: Request, interpretation: Interpretation) -> list[Symbol | Part]:
    """Find the variables to differentiate by; a single one need not be named."""
    occurring = symbols_of(interpretation.expr)
    known = {**interpretation.symbols, **occurring}
    if request.wrt:
        found = (_variable(name, known, occurring, interpretation.syntax) for name in request.wrt)
        return list(dict.fromkeys(found))
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


def _variable(
    name: str, known: dict[str, Symbol], occurring: dict[str, Symbol], syntax: str
) -> Symbol | Part:
    if name in known:
        return known[name]
    # λ is written lambda and W₁ is written W1 or W_1 as well.
    spelled_otherwise = [v for v in known.values() if printed_as(v.label) == printed_as(name)]
    if len(spelled_otherwise) == 1:
        return spelled_otherwise[0]
    part = named_part(name, known, syntax)
    if part is not None:
        return part
    has = f"its variables are {', '.join(occurring)}" if occurring else "it has no variables"
    raise UnknownNameError(
        f"{name} does not occur in the expression: {has}",
        fix=f'declare it, if its derivative, which is zero, is meant: --given "{name}: m×n"'
        if name.isidentifier()
        else "a variable, an entry X[1, 2], a row X[1, :], a column X[:, 1], diag(X) or x'",
    )
