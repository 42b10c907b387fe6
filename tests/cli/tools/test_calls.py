"""What the tools answer, and what they say of calls that cannot be answered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from matgrad.cli.tools.calls import TOOLS, call
from matgrad.cli.tools.fields import LONGEST_DOCUMENT, schema_of

GOOD: list[tuple[str, dict[str, Any], str]] = [
    ("derive", {"expression": "norm(A x - b)^2", "wrt": "x"}, "∂f/∂x = 2Aᵀ(Ax − b)"),
    ("derive", {"expression": "x' A y", "wrt": "x, y", "order": 2}, "∂²f/∂x ∂yᵀ = A"),
    ("derive", {"expression": r"\log|\Sigma|", "wrt": r"\Sigma", "given": "Sigma: n×n SPD"}, "∂f/∂Σ = Σ⁻¹"),
    ("derive", {"expression": r"\\frac12\\|Ax-b\\|_2^2", "wrt": "x"}, "∂f/∂x = Aᵀ(Ax − b)"),
    ("derive", {"expression": r"\\log\\det X", "wrt": "X", "given": r"X: n\\times n"}, "∂f/∂X = X⁻ᵀ"),
    ("derive", {"expression": r"$\operatorname{tr}(XA)$", "wrt": "$X$"}, "∂f/∂X = Aᵀ"),
    ("derive", {"expression": "exp(x' A y)", "wrt": "x", "at": "x = 0"}, "= Ay"),
    ("explain", {"expression": "tr(X' A X)", "wrt": "X"}, "product rule"),
    ("explain", {"expression": "x' A x", "wrt": "x", "method": "definition"}, "∂f/∂x = (A + Aᵀ)x"),
    ("check", {"expression": "x' A x", "wrt": "x", "answer": "A x + A' x"}, "right: "),
    ("check", {"expression": "norm(A x - b)^2", "wrt": "x", "answer": "2 A (A x - b)"}, "A should be Aᵀ"),
    ("check_derivation", {"derivation": "A: n×n, x: n\nwrt x\nf = x' A x\ngrad = 2 A x"}, "line 4"),
    ("vectorize", {"expression": "A X B = C", "unknown": "X"}, "(Bᵀ ⊗ A) vec(X) = vec(C)"),
    ("solve", {"equation": "A X + X B = C", "unknown": "X"}, "Sylvester equation"),
    ("solve", {"equation": "A X + Y B = C; D X + Y E = F", "unknown": "X, Y"}, "put back: verified"),
    (
        "stationary",
        {"expression": "norm(y - X b)^2", "wrt": "b", "subject_to": "R b = r; S b = s"},
        "minimum",
    ),
    (
        "audit",
        {"document": r"Let $f(x) = \|Ax - b\|^2$. Then $\nabla f(x) = 2A(Ax - b)$."},
        "a transpose is wrong: A should be Aᵀ",
    ),
    ("audit", {"document": r"设 $f(x) = x^\top x$，则 $\nabla f(x) = 2x$。", "lang": "zh"}, "已验证"),
    ("compile", {"expression": "norm(A x)^2", "wrt": "x"}, "def value_and_gradient(A, x):"),
    ("compile", {"expression": "log det(X)", "wrt": "X", "backend": "julia"}, "using LinearAlgebra"),
]

MENDED: list[tuple[str, dict[str, Any], str]] = [
    ("derive", {"expression": "tr(A X)", "wrt": "X", "given": "A: m×n, X: m×n"}, "     ^^^\nTry: A' X"),
    ("derive", {"expression": "tr(A X)", "wrt": "Z"}, 'given: "Z: m×n"'),
    ("derive", {"expression": "trase(A)", "wrt": "A"}, "Try: trace(…)"),
    ("derive", {"expression": "tr(A X)"}, "Try: wrt: "),
    ("derive", {"expression": "tr(A X)", "wrt": "X", "oder": 2}, "one of expression, wrt"),
    ("derive", {"expression": "tr(A X)", "wrt": "X", "order": "two"}, "a whole number from 1"),
    ("derive", {"expression": "tr(A X)", "wrt": "X", "layout": "upright"}, "one of numerator, denominator"),
    ("derive", {"expression": ["tr(A X)"], "wrt": "X"}, "'expression' is a string"),
    ("derive", {"expression": "x' A x", "wrt": "x", "given": {"A": "n×n", "x": "n"}}, "Try: A: n×n, x: n"),
    ("derive", {"expression": "A X", "wrt": "X", "form": "gradient"}, "jacobian"),
    ("check", {"expression": "x' A x", "wrt": "x", "answer": "2 A y"}, "y does not occur"),
    ("check", {"expression": "x' A x", "wrt": "x, A", "answer": "2 A x"}, "one variable"),
    ("solve", {"equation": "A X + X B", "unknown": "X"}, "two sides"),
    ("vectorize", {"expression": "X X", "unknown": "X"}, "linear"),
    ("compile", {"expression": "tr(A X)", "wrt": "X", "form": "components"}, "no code"),
    ("compile", {"expression": "x' A y", "wrt": "x, y"}, "one variable"),
    ("audit", {"document": "{", "kind": "ipynb"}, "notebook"),
    ("derivative", {}, "Try: derive"),
]

HOSTILE = [
    "(" * 4900 + "x" + ")" * 4900,
    "(" * 5000,
    "x" * 100_000,
    "x'\0x",
    "x\N{RIGHT-TO-LEFT OVERRIDE}y",
    "__import__('os').system('true')",
    "",
    "-" * 5000 + "x",
    "\ud800",
]


@pytest.mark.parametrize(("name", "arguments", "said"), GOOD)
def test_a_tool_answers(name: str, arguments: dict[str, Any], said: str) -> None:
    found = call(name, arguments)
    assert not found.is_error, found.text
    assert said in found.text
    assert set(TOOLS[name].holds) <= found.record.keys()
    json.dumps(found.record, allow_nan=False)


def test_every_tool_is_called() -> None:
    assert {name for name, *_ in GOOD} == set(TOOLS)


@pytest.mark.parametrize(("name", "arguments", "said"), MENDED)
def test_an_error_leads_to_a_right_second_try(name: str, arguments: dict[str, Any], said: str) -> None:
    found = call(name, arguments)
    assert found.is_error
    assert said in found.text
    assert "--" not in found.text  # a model has fields, no options
    assert found.record["error"]["message"]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("name", TOOLS)
def test_whatever_is_sent_is_answered(name: str, text: str) -> None:
    fields = TOOLS[name].fields
    told = {key: "x" if key in ("wrt", "unknown") else text for key in fields if fields[key].required}
    found = call(name, told)
    assert "internal error" not in found.text
    assert found.text.isprintable() or "\n" in found.text


@pytest.mark.parametrize("value", [None, 1, True, [], {}, [["x"]], {"a": {"b": 1}}], ids=str)
@pytest.mark.parametrize("name", TOOLS)
def test_a_value_of_another_type_is_refused_in_words(name: str, value: object) -> None:
    for key in TOOLS[name].fields:
        told: dict[str, Any] = {k: "x" for k, f in TOOLS[name].fields.items() if f.required}
        found = call(name, told | {key: value})
        assert "internal error" not in found.text
        assert found.is_error or (key, value) in (("order", 1), ("wrt", []), ("unknown", []))


def test_chinese_is_spoken() -> None:
    told = {"expression": "x' A x", "wrt": "x", "lang": "zh"}
    assert "错误：" in call("check", told | {"answer": "2 A x"}).text
    assert "建议：" in call("derive", told | {"given": "A: m×n"}).text
    assert "数值" in call("derive", told).text or "验证" in call("derive", told).text


@pytest.mark.parametrize("name", TOOLS)
def test_schemas_say_what_is_read(name: str) -> None:
    schema = schema_of(TOOLS[name].fields)
    Draft202012Validator.check_schema(schema)
    for tool, told, _ in GOOD:
        if tool == name:
            Draft202012Validator(schema).validate(told)
    for field in schema["properties"].values():
        assert field["description"]


def test_a_document_may_be_longer_than_a_formula() -> None:
    text = r"Let $f(x) = x^\top x$. Then $\nabla f(x) = 2x$." + "\n" + "Words. " * 10_000
    assert not call("audit", {"document": text}).is_error
    assert "characters" in call("audit", {"document": "x" * (LONGEST_DOCUMENT + 1)}).text
