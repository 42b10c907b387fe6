"""What the page asks is answered in words, whatever it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from matgrad.page import answer, answer_text, question
from matgrad.page.question import depth
from tests.golden.loader import cases


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


def test_it_is_said_where_another_variable_is_taken_than_the_one_that_is_named() -> None:
    note = "q does not occur in it: the derivative is by x"
    assert said(expression="norm(A x - b)^2", wrt="q")["readings"][0] == note
    assert note not in said(expression="norm(A x - b)^2", wrt="x")["readings"]
    answered = said(ask="check", expression="norm(A x - b)^2", wrt="q", answer="2 A' (A x - b)")
    assert answered["readings"][0] == note
    asked = said(expression="norm(A x - b)^2", wrt="λ", lang="zh")
    assert asked["readings"][0] == "其中没有 λ：这里对 x 求导"
    declared = said(expression="norm(A x - b)^2", wrt="q", given="q: k")
    assert (declared["wrt"], declared["line"]["unicode"]) == ("q", "∂f/∂q = 0")


@pytest.mark.parametrize("part", ["X[9, 9, 9]", "Q[1, :]", "X["])
def test_what_is_no_part_of_a_variable_is_not_taken_for_another_one(part: str) -> None:
    assert said(expression="log det(A X)", wrt=part)["error"]["message"]


def test_a_page_differentiates_by_one_variable_at_a_time() -> None:
    refused = said(expression="norm(A x - b)^2", wrt="x, A")["error"]
    assert "one variable at a time" in refused["message"]


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


@pytest.mark.parametrize(
    ("expression", "wrt", "given", "names"),
    [
        ("norm(A x - b)^2", "x", "", ["x₁", "x₂"]),
        ("tr(X A X' B)", "X", "", ["X₁₁", "X₁₂"]),
        ("tr(X A X)", "X", "X: n×n symmetric, A: n×n", ["X₁₁", "X₁₂"]),
        ("tr(X A X)", "X", "X: n×n diagonal, A: n×n", ["X₁₁", "X₂₂"]),
        ("tr(X A X)", "X", "X: n×n skew, A: n×n symmetric", ["X₁₂", "X₁₃"]),
        ("norm(A - X)^2", "X", "X: n×n lower triangular, A: n×n", ["X₁₁", "X₂₁"]),
    ],
)
def test_a_function_over_two_entries_falls_as_its_gradient_says(
    expression: str, wrt: str, given: str, names: list[str]
) -> None:
    asked = {"ask": "plot", "kind": "surface", "expression": expression, "wrt": wrt, "given": given}
    found = said(**asked, seed=1, layout="mixed")
    assert found["names"] == names
    heights, middle = found["values"], len(found["values"]) // 2
    step = found["across"][middle + 1] - found["across"][middle - 1]
    # A quadratic function: the central quotient is the derivative.
    across = (heights[middle][middle + 1] - heights[middle][middle - 1]) / step
    up = (heights[middle + 1][middle] - heights[middle - 1][middle]) / step
    assert found["slope"] == pytest.approx([across, up])
    (arrow,) = [arrow for arrow in found["arrows"] if arrow["from"] == pytest.approx(found["at"])]
    assert arrow["along"] == pytest.approx([-across, -up])


def test_the_entries_of_a_picture_are_chosen_among_those_that_are_free() -> None:
    asked = {"ask": "plot", "kind": "surface", "expression": "tr(X A X)", "wrt": "X"}
    given = "X: n×n symmetric, A: n×n"
    assert said(**asked, given=given, entries="2,2;1,3")["names"] == ["X₂₂", "X₁₃"]
    for unfree in ("3,1;1,1", "9,9;1,1", "1,1;1,1", "nonsense"):
        assert said(**asked, given=given, entries=unfree)["names"] == ["X₁₁", "X₁₂"]
    assert "no single entry" in message(**asked, given="X: n×n orthogonal, A: n×n")
    assert "no two entries" in message(
        ask="plot", kind="surface", expression="sin(t)", wrt="t", given="t: scalar"
    )


def test_what_is_linear_is_vectorised_with_its_rules() -> None:
    found = said(ask="vec", expression="A X B + C X D = E", wrt="X")
    assert found["lines"]["unicode"] == ["(Bᵀ ⊗ A + Dᵀ ⊗ C) vec(X) = vec(E)"]
    assert all("Magnus" in step["reasons"][0]["citation"] for step in found["steps"])
    assert found["verified"]
    assert said(ask="vec", expression="$AX^{\\top}B$", wrt="X")["verified"]
    assert "not linear" in message(ask="vec", expression="X' X", wrt="X")


@pytest.mark.parametrize(
    ("text", "latex", "renamed"),
    [
        ("norm(A x - b)^2", r"\|A x - b\|^{2}", {}),
        ("A X + X B = C", "A X + X B = C", {}),
        (r"\frac12 x^\top A x", r"\frac12 x^\top A x", {}),
        ("$AB$", "AB", {}),
        ("W1 x", "W_{1} x", {"W1": "W_1"}),
    ],
)
def test_a_text_is_written_as_latex_that_is_read_as_it_is(
    text: str, latex: str, renamed: dict[str, str]
) -> None:
    assert said(ask="write", expression=text) == {"latex": latex, "renamed": renamed}


def test_a_text_that_says_more_than_a_formula_stays_text() -> None:
    assert "where" in message(ask="write", expression="x' A x where A = B' B")


def test_every_golden_case_is_written_as_latex_that_is_read_as_it_is() -> None:
    stay = 0
    for case in cases()[::7]:
        found = said(ask="write", expression=case.expression, given=case.given)
        if "error" in found:
            stay += 1
            continue
        given, wrt = case.given, case.wrt
        for name, other in found["renamed"].items():
            given, wrt = (re.sub(rf"\b{name}\b", other, text) for text in (given, wrt))
        assert "error" not in said(
            ask="derive", expression=f"${found['latex']}$", given=given, wrt=wrt, form="differential"
        )
    assert stay < len(cases()[::7]) / 4


def test_how_deep_a_text_is_nested() -> None:
    assert [depth(text) for text in ("x", "(" * 9, "((x)) + (y)", "x - - -y", "X' '", "{[(x)]}")] == [
        0,
        9,
        2,
        3,
        2,
        3,
    ]


def test_what_is_nested_too_deeply_for_a_browser_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(question, "DEEPEST", 500)
    for text in ("(" * 4000 + "t" + ")" * 4000, "-" * 8000 + "t", "X" + "'" * 5000):
        assert "deep" in message(expression=text)
    assert "error" not in said(expression="(" * 400 + "t" + ")" * 400)


def gallery() -> list[dict[str, str]]:
    text = (Path(__file__).parents[2] / "web/src/gallery.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


@pytest.mark.parametrize("entry", gallery(), ids=lambda entry: entry["n"])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_picture_of_the_gallery_is_answered(entry: dict[str, str], lang: str) -> None:
    ask = {"equations": "solve", "derive": "derive"}.get(entry.get("view", "derive"), entry.get("view"))
    asked: dict[str, Any] = {
        "expression": entry["e"],
        "wrt": entry["w"],
        "given": entry.get("g", ""),
        "lang": lang,
    }
    order, form = (2, "auto") if entry.get("f") == "hessian" else (1, entry.get("f", "auto"))
    if ask == "derive":
        asked |= {"order": order, "form": form}
    found = said(ask=ask, **asked)
    assert "error" not in found
    assert found["verified"]
    # It is as the gallery says: what was meant is what is found, and the variable is the one that is named.
    if ask == "derive":
        assert found["wrt"] == entry["w"]


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        ({"expression": "x' (A x", "wrt": "x"}, ["( 没有闭合", "  x' (A x", "     ^"]),
        (
            {"expression": "A B", "given": "A: m×n, B: m×n", "wrt": "A"},
            ["A (m×n) 与 B (m×n) 不能相乘：n 列对 m 行"],
        ),
        ({"expression": "trase(A)", "wrt": "A"}, ["没有函数 trase"]),
        ({"expression": r"\mathbb{E}[x]", "wrt": "x"}, ["此处不能读取期望"]),
        (
            {"ask": "check", "expression": "x' A x", "wrt": "x", "answer": "2 z"},
            ["z 没有出现在函数中，其变量为 A, x"],
        ),
        ({"ask": "solve", "expression": "A X"}, ["方程有两边"]),
        ({"ask": "sing"}, ["网页没有 'sing' 这一项"]),
    ],
)
def test_refusals_speak_chinese_where_it_is_asked_for(asked: dict[str, Any], lines: list[str]) -> None:
    error = said(lang="zh", **asked)["error"]
    assert error["lines"][: len(lines)] == lines
    assert error["message"] == lines[0]
    assert said(**asked)["error"]["message"] != lines[0]
