"""The tools: what each is for, what it is told, and what it answers, by what the commands answer with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from matgrad import checking, language, refereeing
from matgrad.cli.check import derivation_record, judge, judged_lines, judged_record
from matgrad.cli.equations import find_solution, solution_lines, solution_record
from matgrad.cli.present import code_of, present, unanswered
from matgrad.cli.process import INTERNAL_ERROR, internal_error, nested_too_deeply, too_large
from matgrad.cli.record import Record, error_record, internal_error_record, records
from matgrad.cli.request import Request
from matgrad.cli.solve import Solution, solve
from matgrad.cli.stationary import find_point, point_lines, point_record
from matgrad.cli.terminal import Line
from matgrad.cli.tools import fields
from matgrad.cli.tools.fields import Field, read_arguments
from matgrad.cli.vec import find_on_vec, on_vec_lines, on_vec_record
from matgrad.core.errors import ArgumentError, MatgradError
from matgrad.core.languages import speaking
from matgrad.core.lazy import regex
from matgrad.core.records import dataclass
from matgrad.core.suggestions import nearest
from matgrad.core.visible import visible
from matgrad.core.words import language_asked, phrase
from matgrad.results import Result


@dataclass(frozen=True, slots=True)
class Answered:
    """What a tool answers.

    Attributes
    ----------
    text : str
        As a person reads it, and a model.
    record : dict
        The same as an object of JSON; docs/mcp.md describes it.
    is_error : bool
        Whether something that was asked for is missing.
    """

    text: str
    record: Record
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool.

    Attributes
    ----------
    title, said : str
        What it is for, in a few words and for a model that chooses among tools.
    fields : dict
        What it is told, by name.
    answer : callable
        Answers what was read of the fields.
    holds : tuple of str
        The fields that every record of an answer has.
    patience : int
        How many times as long as a call it may take.
    """

    title: str
    said: str
    fields: Mapping[str, Field]
    answer: Callable[[Record], Answered]
    holds: tuple[str, ...]
    patience: int = 1


def call(name: str, arguments: Mapping[str, Any]) -> Answered:
    """Call a tool by its name.

    Whatever is wrong with the call is said in the answer, with what would mend it: a model reads that.

    Examples
    --------
    >>> print(call("check", {"expression": "x' A x", "wrt": "x", "answer": "2 A x"}).text)
    f = xᵀAx   where x ∈ ℝⁿ, A ∈ ℝ^{n×n}
    <BLANKLINE>
    wrong: 2Ax is right only if A is symmetric (it is not declared so)
    right: ∂f/∂x = (A + Aᵀ)x
    if it is, declare it: given: "A: n×n symmetric"
    """
    asked = arguments.get("lang")
    with speaking(asked if isinstance(asked, str) else language_asked()):
        try:
            return _called(name, arguments)
        except MatgradError as error:
            return refusal(error)
        except RecursionError:
            return refusal(nested_too_deeply())
        except MemoryError:
            return refusal(too_large())
        except Exception as error:
            message = internal_error(error)
            return Answered(message, internal_error_record(None, message, INTERNAL_ERROR), is_error=True)


def _called(name: str, arguments: Mapping[str, Any]) -> Answered:
    tool = TOOLS.get(name)
    if tool is None:
        raise ArgumentError(
            phrase("there is no tool {name}", name=repr(name)), fix=nearest(name, TOOLS) or ", ".join(TOOLS)
        )
    return tool.answer(read_arguments(arguments, tool.fields))


def refusal(error: MatgradError) -> Answered:
    """What is wrong with a call, and what would mend it."""
    return Answered(as_fields("\n".join(error.lines())), error_record(None, error), is_error=True)


_OPTION = regex(r"--(?:for|unknown)\b(?= )|--([a-z]+)(?:-[a-z]+)*\b(?= )")


def as_fields(text: str) -> str:
    """What is said of the options of a command, said of the fields of a tool."""
    return _OPTION.sub(lambda match: f"{match[1] or 'unknown'}:", text)


def _text(lines: Iterable[Line]) -> str:
    rows = ("".join(piece for piece, _ in line) for line in lines)
    return as_fields(visible("\n".join(rows).strip("\n")))


def _request(told: Record, **more: Any) -> Request:
    fixed = {name: told[name] for name in Request.__slots__ if name in told}
    return Request(**{"lang": language_asked(), **fixed, **more})


def _derive(told: Record) -> Answered:
    return _solution(solve(_request(told)))


def _explain(told: Record) -> Answered:
    return _solution(solve(_request(told, method=told.get("method", "differential"))))


def _solution(solution: Solution) -> Answered:
    if len(solution.answers) == 1 and isinstance(solution.answers[0].result, MatgradError):
        raise solution.answers[0].result
    lines = list(present(solution, "unicode"))
    for answer, error in unanswered(solution):
        lines += [(), ((f"{answer.variable}: ", "error"), ("\n".join(error.lines()), "plain"))]
    return Answered(_text(lines), {"answers": list(records(solution))}, is_error=solution.exit_status != 0)


def _check(told: Record) -> Answered:
    request = _request(told)
    options = {
        "order": request.order,
        "form": told.get("form", "auto"),
        "layout": told.get("layout"),
        "convention": told.get("convention"),
        "syntax": request.syntax,
        "language": request.lang,
    }
    read, name, verdict = judge(request, told["answer"], options)
    return Answered(_text(judged_lines(read, verdict)), judged_record(request, read, name, verdict))


def _check_derivation(told: Record) -> Answered:
    verdict = checking.check_derivation(
        told["derivation"],
        told.get("wrt") or None,
        given=told.get("given") or None,
        layout=told.get("layout"),
        convention=told.get("convention"),
        syntax=told.get("syntax", "auto"),
        language=language_asked(),
    )
    return Answered(as_fields("\n".join(verdict.lines())), derivation_record(verdict))


def _read_as(told: Record) -> dict[str, Any]:
    return {"syntax": told.get("syntax", "auto"), "macros": told.get("macros")}


def _vectorize(told: Record) -> Answered:
    found = find_on_vec(told["expression"], told["unknown"], told.get("given", ""), **_read_as(told))
    lines = on_vec_lines(*found, "unicode", steps=True, lang=language_asked())
    return Answered(_text(lines), on_vec_record(told["expression"], found))


def _solve(told: Record) -> Answered:
    found = find_solution(told["equation"], told["unknown"], told.get("given", ""), **_read_as(told))
    lines = solution_lines(*found, "unicode", steps=True, lang=language_asked())
    return Answered(_text(lines), solution_record(told["equation"], found))


def _stationary(told: Record) -> Answered:
    constraints = language.split_equations(told.get("subject_to", ""))
    options = _read_as(told)
    found = find_point(told["expression"], told["wrt"], told.get("given", ""), constraints, **options)
    lines = point_lines(*found, "unicode", language_asked())
    return Answered(_text(lines), point_record(told["expression"], found))


def _compile(told: Record) -> Answered:
    backend = told.get("backend", "numpy")
    request = _request(told)
    if len(request.wrt) > 1:
        raise ArgumentError(
            phrase("code is written for one variable at a time"), fix=f"wrt: {request.wrt[0]}"
        )
    (answer, *_) = solve(request).answers
    if not isinstance(answer.result, Result):
        raise answer.result
    code = code_of(answer.result, backend)
    return Answered(
        code, {"schema": 1, "backend": backend, "code": code, "line": answer.result.line("unicode")}
    )


def _audit(told: Record) -> Answered:
    text, name = told["document"], phrase("document").text(language_asked())
    kind = told.get("kind") or refereeing.kind_of("", text)
    document = refereeing.read_document(text, kind, name, told.get("macros"))
    report = refereeing.audit(document, layout=told.get("layout"), language=language_asked())
    return Answered(visible("\n".join(report.lines())), report.record())


_READ = {"given": fields.GIVEN, "syntax": fields.SYNTAX, "macros": fields.MACROS, "lang": fields.LANGUAGE}
_DERIVED = {
    "expression": fields.EXPRESSION,
    "wrt": fields.WRT,
    "given": fields.GIVEN,
    "order": fields.ORDER,
    "form": fields.FORM,
    "layout": fields.LAYOUT,
    "convention": fields.CONVENTION,
    "at": fields.AT,
} | _READ

TOOLS: dict[str, Tool] = {
    "derive": Tool(
        "Differentiate",
        "Differentiate a matrix expression: gradient, Jacobian, Hessian, differential or components, "
        "simplified as a textbook prints it and verified numerically. Use it instead of deriving by "
        "hand; the first line says how the text was understood, with the shape of every variable: "
        "compare it with what was meant.",
        _DERIVED,
        _derive,
        ("answers",),
    ),
    "check": Tool(
        "Check a derivative",
        "Is this derivative right? Any correct form is. Of a wrong one the answer names the mistake (a "
        "transpose, a factor, a missing assumption such as symmetry), its place, the right line and a "
        "counterexample. Use it before you state a derivative of matrices.",
        {
            "expression": fields.EXPRESSION,
            "wrt": fields.WRT,
            "answer": fields.ANSWER,
            "given": fields.GIVEN,
            "order": fields.ORDER,
            "form": fields.CHECKED_FORM,
            "layout": fields.ANY_LAYOUT,
            "convention": fields.ANY_CONVENTION,
        }
        | _READ,
        _check,
        ("correct", "reason", "suggestion"),
    ),
    "check_derivation": Tool(
        "Check a derivation",
        "Check a derivation of several lines, each for itself, and name the first wrong one with its "
        "mistake.",
        {
            "derivation": fields.DERIVATION,
            "wrt": fields.DERIVED_BY,
            "given": fields.GIVEN,
            "layout": fields.ANY_LAYOUT,
            "convention": fields.ANY_CONVENTION,
            "syntax": fields.SYNTAX,
            "lang": fields.LANGUAGE,
        },
        _check_derivation,
        ("correct", "lines"),
    ),
    "explain": Tool(
        "Derive step by step",
        "The derivation of a derivative, line by line, each with the rule that it uses and where that is "
        "written; every line is verified numerically.",
        _DERIVED | {"method": fields.METHOD},
        _explain,
        ("answers",),
    ),
    "vectorize": Tool(
        "Write on vec",
        "Write a linear matrix expression or equation as a matrix on vec of its variable, by Kronecker "
        "products, commutation, duplication and elimination matrices, with the rules.",
        {"expression": fields.LINEAR, "unknown": fields.UNKNOWNS} | _READ,
        _vectorize,
        ("equation", "verified"),
    ),
    "solve": Tool(
        "Solve a matrix equation",
        "Solve a matrix equation in closed form: linear, Sylvester, Lyapunov, Stein, several terms, "
        "Riccati, and systems; its kind, when there is one solution, the solution, and how it is "
        "computed.",
        {"equation": fields.EQUATION, "unknown": fields.UNKNOWNS} | _READ,
        _solve,
        ("kind", "solution", "condition", "verified"),
    ),
    "stationary": Tool(
        "Find a stationary point",
        "Where the derivative is zero, in closed form, with the reason why it is a minimum, a maximum or "
        "a saddle; with constraints by Lagrange multipliers, or as a problem of eigenvalues.",
        {"expression": fields.EXPRESSION, "wrt": fields.WRT, "subject_to": fields.CONSTRAINTS} | _READ,
        _stationary,
        ("solution", "nature", "verified"),
    ),
    "compile": Tool(
        "Write code",
        "A function that computes the expression and its derivative together, as an expert writes it: "
        "shared parts once, factorisations instead of inverses, forms that do not overflow. Nothing is "
        "run.",
        _DERIVED | {"backend": fields.BACKEND},
        _compile,
        ("code",),
    ),
    "audit": Tool(
        "Check a document",
        "Check every derivative that a text claims (a paper, notes, a notebook, or what you are about to "
        "say): definitions and properties are taken from its sentences. Each claim is verified, wrong "
        "(with the mistake and the right line), ambiguous, or not understood, with its place.",
        {
            "document": fields.DOCUMENT,
            "kind": fields.KIND,
            "layout": fields.DOCUMENT_LAYOUT,
            "macros": fields.MACROS,
            "lang": fields.LANGUAGE,
        },
        _audit,
        ("counts", "claims"),
        patience=5,
    ),
}
"""The tools, by name."""
