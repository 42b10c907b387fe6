"""Problems from standard input, and answers as JSON."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from matgrad.cli.request import Request, request_from_line
from matgrad.core.errors import ArgumentError
from tests.cli.conftest import Run

PROBLEMS = """\
# comments and blank lines are skipped

tr(A X)
{"expression": "x' S x", "wrt": ["x"], "given": "S: n×n symmetric, x: n"}
{"expression": "A X B", "wrt": "X", "layout": "denominator"}
{"expression": "log(det(X))", "wrt": "X", "order": 2, "verify": false}
A X +
{"expression": "norm(T - U V')^2", "wrt": "U, V"}
{"expression": "tr(A B)", "wrt": "X", "given": "X: p×q"}
{"expression": "x", "wrt": "x", "order": 0}
{"expression": "x", "colour": "red"}
{"expression":
{"wrt": "x"}
{"expression": "tr(A X B X')", "wrt": "X", "form": "gradient"}
"""


@pytest.fixture(scope="module")
def answers(matgrad: Run) -> list[dict[str, Any]]:
    done = matgrad("diff", "--wrt", "X", "--format", "json", stdin=PROBLEMS)
    assert done.returncode == 2
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_answers_come_in_order(answers: list[dict[str, Any]]) -> None:
    assert [a["input_line"] for a in answers] == [3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 13, 14]
    assert [a.get("wrt") for a in answers[5:7]] == ["U", "V"]
    assert {a["schema"] for a in answers} == {1}


def test_answers_hold_the_documented_fields(answers: list[dict[str, Any]]) -> None:
    fields = [
        "input_line",
        "schema",
        "expression",
        "interpretation",
        "variables",
        "wrt",
        "order",
        "form",
        "layout",
        "convention",
        "shape",
        "result",
        "line",
        "notes",
        "verification",
    ]
    for answer in answers:
        if "error" not in answer:
            assert list(answer) == fields


def test_a_gradient(answers: list[dict[str, Any]]) -> None:
    answer = answers[0]
    assert answer["form"] == "gradient"
    assert answer["result"]["unicode"] == "Aᵀ"
    assert answer["result"]["numpy"] == "A.T"
    assert answer["line"]["unicode"] == "∂f/∂X = Aᵀ"
    assert answer["verification"]["verified"] is True
    assert answer["verification"]["digits"] >= 20
    assert answer["verification"]["reason"] is None


def test_declared_facts_are_told(answers: list[dict[str, Any]]) -> None:
    assert {v["name"]: (v["shape"], v["facts"]) for v in answers[1]["variables"]} == {
        "S": (["n", "n"], ["symmetric"]),
        "x": (["n", "1"], []),
    }
    assert answers[1]["result"]["unicode"] == "2Sx"


def test_a_jacobian_names_its_layout(answers: list[dict[str, Any]]) -> None:
    assert (answers[2]["form"], answers[2]["layout"]) == ("jacobian", "denominator")
    assert answers[2]["result"]["unicode"] == "B ⊗ Aᵀ"


def test_what_was_not_verified_says_so(answers: list[dict[str, Any]]) -> None:
    assert answers[3]["form"] == "hessian"
    assert answers[3]["verification"]["verified"] is False
    assert answers[3]["verification"]["reason"]


def test_both_factors(answers: list[dict[str, Any]]) -> None:
    assert answers[5]["result"]["unicode"] == "2(UVᵀ − T)V"
    assert answers[6]["result"]["unicode"] == "2(UVᵀ − T)ᵀU"


def test_a_variable_that_does_not_occur(answers: list[dict[str, Any]]) -> None:
    assert answers[7]["result"]["unicode"] == "0"
    assert answers[7]["shape"] == ["p", "q"]
    assert any("does not depend on" in note for note in answers[7]["notes"])


def test_errors_do_not_stop_the_others(answers: list[dict[str, Any]]) -> None:
    assert [a["error"]["kind"] for a in answers if "error" in a] == ["parse"] + ["argument"] * 4
    assert answers[4]["error"]["text"] == "A X +"
    assert answers[-1]["result"]["unicode"] == "AX(B + Bᵀ)" or "error" not in answers[-1]


def test_plain_output_of_several_problems(matgrad: Run) -> None:
    done = matgrad("diff", "--wrt", "x", "--format", "text", "-", stdin="x' x\nx' +\na' x\n")
    assert done.returncode == 2
    assert done.stdout.count("verified") == 2
    assert done.stderr.startswith("line 2: error: ")


def test_nothing_in_nothing_out(matgrad: Run) -> None:
    done = matgrad("diff", "--format", "json", stdin="")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_bytes_that_are_no_text(matgrad: Run) -> None:
    done = matgrad("diff", "--format", "json", stdin="\ufefftr(X)\r\n")
    assert done.returncode == 0
    assert json.loads(done.stdout)["expression"] == "tr(X)"


def test_fields_of_a_problem() -> None:
    common = Request("", wrt=("x",), order=2)
    assert request_from_line(" x' x ", common) == Request("x' x", wrt=("x",), order=2)
    line = json.dumps({"expression": "y", "wrt": "a, b", "order": 1, "syntax": "numpy", "verify": False})
    assert request_from_line(line, common) == Request("y", wrt=("a", "b"), syntax="numpy", verify=False)


def test_every_field_of_a_problem_can_be_read_and_is_documented() -> None:
    page = Path(__file__).parents[2].joinpath("docs", "json.md").read_text(encoding="utf-8")
    for field in fields(Request):
        line = json.dumps({"expression": "x", field.name: getattr(Request("x"), field.name)})
        assert request_from_line(line, Request("")) == Request("x")
        assert f"| `{field.name}` |" in page


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"expression": 3}', "'expression' is a string"),
        ('{"expression": "x", "wrt": [1]}', "'wrt' is a string or a list of strings"),
        ('{"expression": "x", "expression": "y"}', "'expression' is there twice"),
        ('{"expression": "x", "order": true}', "'order' is a whole number"),
        ('{"expression": "x", "form": ["jacobian"]}', "'form' is one of auto, gradient"),
        ('{"expression": "x", "verify": "no"}', "'verify' is true or false"),
        ('{"expression": "x", "answer": "no"}', "no field 'answer'"),
        ("{" + '"a":{' * 100_000, "JSON"),
    ],
)
def test_fields_that_cannot_be(line: str, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        request_from_line(line, Request(""))
