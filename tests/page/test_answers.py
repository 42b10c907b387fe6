"""What the page asks is answered in words, whatever it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from matgrad.page import answer, answer_text


def said(**asked: Any) -> dict[str, Any]:
    found = answer(asked)
    json.dumps(found, allow_nan=False)
    return found


def message(**asked: Any) -> str:
    return str(said(**asked)["error"]["message"])


def test_a_derivative_with_all_that_is_shown_of_it() -> None:
    found = said(ask="derive", expression="norm(A x - b)^2")
    assert found["line"]["latex"] == r"\frac{\partial f}{\partial x} = 2 A^{\top} (A x - b)"
    assert found["described"] == "gradient, n×1"
    assert found["verified"]
    assert [v["declared"] for v in found["variables"]] == ["m×n", "n", "m"]


@pytest.mark.parametrize(
    ("form", "line"),
    [
        ("jacobian", "∂vec(F)/∂vec(X)ᵀ = Bᵀ ⊗ A"),
        ("differential", "dF = A dX B"),
        ("components", "∂F_ij/∂X_kl = A_ik B_lj"),
    ],
)
def test_every_form(form: str, line: str) -> None:
    assert said(expression="A X B", wrt="X", form=form)["line"]["unicode"] == line


def test_the_variable_that_is_usually_meant_is_taken_while_none_is_named_that_occurs() -> None:
    assert said(expression="norm(A x - b)^2", wrt="q")["wrt"] == "x"
    assert said(expression="norm(A x - b)^2", wrt="A")["wrt"] == "A"
    assert said(expression="p' q")["wrt"] == "q"
    assert said(expression="sum(log(X))", wrt="X[1, :]")["line"]["unicode"].startswith("∂f/∂X[1, :]")


def test_steps_have_their_rules_with_citations() -> None:
    found = said(ask="steps", expression="log det(X)", wrt="X")
    reasons = [reason for step in found["steps"] for reason in step["reasons"]]
    assert any(reason["citation"] for reason in reasons)
    assert said(ask="steps", expression="tr(A X)", wrt="X", method="guess")["error"]


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch", "julia", "matlab"])
def test_code_is_text(backend: str) -> None:
    assert "value_and_gradient" in said(ask="code", expression="x' A x", wrt="x", backend=backend)["code"]


def test_an_answer_is_checked() -> None:
    found = said(ask="check", expression="x' A x", wrt="x", answer="2 A x")
    assert not found["correct"]
    assert "symmetric" in found["reason"]
    assert said(ask="check", expression="x' A x", wrt="x", answer=r"(A + A^\top) x")["correct"]
    assert message(ask="check", expression="x' A x", wrt="x") == "there is no answer to check yet"


def test_a_session_goes_on_where_it_was_however_it_is_asked() -> None:
    asked = {"ask": "practice", "topic": "trace", "seed": 4}
    whole = said(**asked, lines=["hint", "0", "show"])
    again = said(**asked, lines=["hint"])
    assert again["turns"] == whole["turns"][:2]
    assert said(**asked, lines=["hint", "0", "show"]) == whole
    assert whole["asked"] == 2


def test_a_function_along_a_line_lies_on_its_tangent_in_the_middle() -> None:
    found = said(ask="plot", expression="sum(log(1 + exp(A x)))", wrt="x", seed=2)
    middle = len(found["steps"]) // 2
    assert found["values"][middle] == pytest.approx(found["tangent"][middle])
    quotient = (found["values"][middle + 1] - found["values"][middle - 1]) / (2 * found["steps"][middle + 1])
    assert quotient == pytest.approx(found["slope"], rel=1e-2)


def test_the_structure_of_a_hessian() -> None:
    cells = said(ask="plot", expression="sum(exp(x))", wrt="x", order=2, kind="matrix")["cells"]
    assert all((cell != 0) == (i == j) for i, row in enumerate(cells) for j, cell in enumerate(row))


@pytest.mark.parametrize(
    "asked",
    [
        {"expression": "tr(A"},
        {"expression": ""},
        {"expression": "x" * 100_000},
        {"expression": "inv(" * 2000 + "X" + ")" * 2000},
        {"expression": "<img src=x onerror=alert(1)>"},
        {"expression": "__import__('os').system('true')"},
        {"expression": "\x00\ud800"},
        {"expression": "A x + B"},
        {"expression": "3"},
        {"expression": "x' x", "given": "x: <script>"},
        {"expression": "x' x", "order": 900},
        {"expression": "x' x", "form": "nonsense"},
        {"expression": "x' x", "lang": "../../etc/passwd"},
        {"expression": 3},
        {"ask": "delete"},
        {"nonsense": 1},
        {"ask": "code", "expression": "x' x", "backend": "os"},
        {"ask": "practice", "topic": "nonsense"},
        {"ask": "practice", "lines": ["x"] * 1000},
        {"ask": "practice", "lines": [1]},
        {"ask": "solve", "expression": "X + 1 = ", "wrt": "X"},
        {"ask": "stationary", "expression": "A", "wrt": "A"},
        {"ask": "plot", "expression": "A X B", "wrt": "X"},
    ],
    ids=lambda asked: str(asked)[:50],
)
def test_what_cannot_be_answered_is_refused_in_words(asked: dict[str, Any]) -> None:
    found = said(**asked)
    assert found["error"]["message"]
    assert found["error"]["lines"]


@pytest.mark.parametrize("text", ["(" * 4000 + "t" + ")" * 4000, "-" * 8000 + "t"])
def test_what_is_deep_and_simple_is_answered(text: str) -> None:
    assert said(expression=text)["line"]["unicode"] == "∂f/∂tᵀ = I"


def test_questions_and_answers_are_json() -> None:
    found = json.loads(answer_text('{"expression": "tr(A X)", "wrt": "X", "lang": "zh"}'))
    assert found["line"]["unicode"] == "∂f/∂X = Aᵀ"
    assert "验证" in found["verification"]
