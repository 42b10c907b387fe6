"""The differential method: every golden case, and the classic results as they are printed."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import matgrad as mg
from matgrad.core.errors import VerificationError
from matgrad.core.expr import Expr
from matgrad.explanation import Derivation, explain
from matgrad.explanation.lines import THEREFORE, Formula
from matgrad.verify.equality import same_value
from tests.golden.loader import Case, cases
from tests.properties.rooms.expressions import a_variable, drawn, has_huge_result

TRANSCRIPTS = tomllib.loads(Path(__file__).with_name("differential.toml").read_text(encoding="utf-8"))["case"]


def golden(case: Case) -> tuple[Derivation, mg.Result]:
    """The derivation of a golden case, and the engine's answer."""
    read = mg.interpret(case.expression, case.given or None)
    options: dict[str, Any] = {
        "form": case.form,
        "order": case.order,
        "layout": case.layout,
        "convention": case.convention,
    }
    variable = read.symbols[case.wrt]
    return explain(read.expr, variable, **options), mg.derive(read.expr, variable, verify=False, **options)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)
def test_every_line_holds(case: Case) -> None:
    derivation, answer = golden(case)
    verification = derivation.verify(points=1)
    assert verification.verified, verification.reason
    assert all(line.claims for line in derivation.lines[1:])
    assert all(line.reasons for line in derivation.lines[1:])
    shown = [line.right.write("unicode") for line in derivation.lines if line.left is None]
    assert all(a != b for a, b in pairwise(shown))
    # The last line says what the engine says, to the letter or to the order of its terms.
    last = derivation.lines[-1].right
    if isinstance(answer.expr, Expr):
        assert isinstance(derivation.result, Expr)
        assert isinstance(last, Formula)
        assert derivation.result is answer.expr
        assert last.expr is answer.expr or same_value(last.expr, answer.expr)
    else:
        assert last.write("unicode") == answer.right_side("unicode")


@pytest.mark.parametrize("seed", range(60))
def test_random_expressions(seed: int) -> None:
    """Whatever the engine differentiates is derived, and no line is wrong where it has a value."""
    expr = drawn(seed, scalar=seed % 2 == 0)
    variable = a_variable(expr, seed)
    if variable is None:
        return
    form = "auto" if expr.is_scalar or not has_huge_result(expr, variable) else "differential"
    try:
        answer = mg.derive(expr, variable, form=form, verify=False)
    except mg.NotDifferentiableError:
        with pytest.raises(mg.NotDifferentiableError):
            explain(expr, variable, form=form)
        return
    derivation = explain(expr, variable, form=form)
    derivation.verify(points=1)
    assert derivation.result is answer.expr


@pytest.mark.parametrize("case", TRANSCRIPTS, ids=lambda case: str(case["name"]))
def test_transcript(case: dict[str, Any]) -> None:
    read = mg.interpret(case["expression"], case["given"])
    options = {key: case[key] for key in ("form", "order", "layout", "language") if key in case}
    derivation = explain(read.expr, read.symbols[case["wrt"]], **options)
    medium = case.get("medium", "unicode")
    text = derivation.latex() if medium == "latex" else derivation.text(medium)
    assert text.split("\n") == case["lines"].strip("\n").split("\n")


def test_a_wrong_line_is_found() -> None:
    """What verification is for: each line of a derivation, changed, is refused by its number."""
    read = mg.interpret("tr(X' A X)", "A: n×n, X: n×p")
    derivation = explain(read.expr, read.symbols["X"])
    for number, line in enumerate(derivation.lines):
        if not line.claims:
            continue
        left, right = line.claims[0]
        assert isinstance(right, Formula)
        wrong = replace(line, claims=((left, Formula(right.expr * 2)),))
        lines = (*derivation.lines[:number], wrong, *derivation.lines[number + 1 :])
        with pytest.raises(VerificationError, match=f"line {number + 1} "):
            replace(derivation, lines=lines).verify()


def test_hints_lead_to_the_answer() -> None:
    read = mg.interpret("norm(A x - b)^2", "A: m×n, x: n, b: m")
    derivation = explain(read.expr, read.symbols["x"])
    hints = derivation.hints()
    assert len(hints) == len(derivation.lines)
    assert hints[1] == "differential of a squared norm: df = 2(Ax − b)ᵀA dx"
    assert hints[-1].endswith("∂f/∂x = 2Aᵀ(Ax − b)")
    assert derivation.lines[-1].relation == THEREFORE


def test_sources_are_named() -> None:
    read = mg.interpret("tr(A inv(X))", "A: n×n, X: n×n")
    derivation = explain(read.expr, read.symbols["X"])
    below = derivation.text(citations=True).removeprefix(derivation.text()).strip().split("\n")
    assert below == [
        "Matrix Cookbook: differential of the trace, eq. 36; cyclic shift, eq. 14",
        "Magnus & Neudecker (2019): differential of the inverse, ch. 8, sec. 4; "
        "read off the gradient from df = tr(Gᵀ dX), ch. 9",
    ]
    assert r"逆矩阵的微分（Magnus \& Neudecker (2019), ch. 8, sec. 4）" in derivation.latex(
        "zh", citations=True
    )


def test_simplification_names_its_rules() -> None:
    read = mg.interpret("sum(log(1 + exp(X w)))", "X: m×n, w: n")
    derivation = explain(read.expr, read.symbols["w"])
    assert [reason.text() for reason in derivation.lines[1].reasons] == ["log(1 + exp(t)) = softplus(t)"]


def test_jupyter_shows_latex() -> None:
    read = mg.interpret("logdet(X)", "X: n×n")
    bundle = explain(read.expr, read.symbols["X"])._repr_mimebundle_()
    assert bundle["text/latex"].startswith(r"\begin{align*}")
    assert bundle["text/plain"].startswith("1  f  = log det(X)")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "guess"}, "is not a method of derivation"),
        ({"language": "fr"}, "is not a language"),
        ({"layout": "sideways"}, "is not a layout"),
        ({"form": "hessian", "order": 3}, "cannot be written as one matrix"),
    ],
)
def test_bad_requests_are_refused(options: dict[str, Any], message: str) -> None:
    read = mg.interpret("x' A x", "A: n×n, x: n")
    with pytest.raises(mg.MatgradError, match=message):
        explain(read.expr, read.symbols["x"], **options)


def test_what_has_no_derivative_is_refused() -> None:
    read = mg.interpret("X X'", "X: n×p orthonormal columns")
    with pytest.raises(mg.MatgradError, match="curved"):
        explain(read.expr, read.symbols["X"], form="jacobian")
