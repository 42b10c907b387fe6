"""``matgrad check`` as a process: what it says, where, and how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

QUADRATIC = ("check", "x' A x", "--wrt", "x", "--answer")


def test_a_wrong_answer(matgrad: Run) -> None:
    done = matgrad(*QUADRATIC, "2 A x")
    assert done.returncode == 3
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "f = xᵀAx   where x ∈ ℝⁿ, A ∈ ℝ^{n×n}",
        "",
        "wrong: 2Ax is right only if A is symmetric (it is not declared so)",
        "right: ∂f/∂x = (A + Aᵀ)x",
        'if it is, declare it: --given "A: n×n symmetric"',
    ]


def test_a_right_answer(matgrad: Run) -> None:
    done = matgrad(*QUADRATIC, "-(-A x - A' x)")
    assert done.returncode == 0
    assert "right: the gradient" in done.stdout
    assert matgrad(*QUADRATIC, "2 A x", "--given", "A: n×n symmetric").returncode == 0


def test_an_answer_from_standard_input(matgrad: Run) -> None:
    assert matgrad(*QUADRATIC, "-", stdin="df = 2 x' A dx\n").returncode == 3
    assert matgrad(*QUADRATIC, "-", stdin="df = x' (A + A') dx\n").returncode == 0


def test_options_are_handed_on(matgrad: Run) -> None:
    row = (*QUADRATIC, "x' (A + A')")
    assert matgrad(*row).returncode == 0
    assert matgrad(*row, "--layout", "numerator").returncode == 0
    assert matgrad(*row, "--layout", "denominator").returncode == 3
    assert matgrad(*row, "--form", "differential").returncode == 3
    assert matgrad(*QUADRATIC, "A + A'", "--order", "2").returncode == 0
    symmetric = ("check", "tr(A X)", "--wrt", "X", "--given", "X: n×n symmetric", "--answer", "(A + A')/2")
    assert matgrad(*symmetric, "--convention", "subspace").returncode == 0
    assert matgrad(*symmetric, "--convention", "independent").returncode == 3
    assert (
        matgrad("check", "norm(x)**2", "--wrt", "x", "--answer", "2*x", "--syntax", "numpy").returncode == 0
    )


def test_chinese(matgrad: Run) -> None:
    done = matgrad(*QUADRATIC, "2 A x", "--lang", "zh")
    assert "错误：只有当 A 对称时" in done.stdout
    assert "正确答案：∂f/∂x = (A + Aᵀ)x" in done.stdout


@pytest.mark.parametrize(
    ("answer", "message", "caret"),
    [
        ("2 A x + ", "an operand is missing", "      ^"),
        ("2 B x", "B does not occur in the function", "  ^"),
    ],
)
def test_what_cannot_be_read(matgrad: Run, answer: str, message: str, caret: str) -> None:
    done = matgrad(*QUADRATIC, answer)
    assert done.returncode == 2
    assert done.stdout == ""
    assert message in done.stderr
    assert f"  {answer.rstrip()}" in done.stderr
    assert f"\n  {caret}" in done.stderr


def test_what_is_missing(matgrad: Run) -> None:
    assert matgrad("check", "x' A x", "--wrt", "x").returncode == 2
    assert matgrad("check", "--answer", "2 x").returncode == 2
    assert matgrad("check", "x' A y", "--answer", "2 x").returncode == 2
    assert matgrad("check", "x' A x", "--wrt", "z", "--answer", "2 x").returncode == 2


def test_no_derivative(matgrad: Run) -> None:
    done = matgrad(
        "check", "matrix_power(X, k)", "--wrt", "k", "--given", "X: n×n, k: integer", "--answer", "0"
    )
    assert done.returncode == 4


def test_json(matgrad: Run) -> None:
    wrong = json.loads(matgrad(*QUADRATIC, "2 A x", "--format", "json").stdout)
    assert (wrong["schema"], wrong["correct"], wrong["mistake"]) == (1, False, "fact")
    assert wrong["suggestion"] == "∂f/∂x = (A + Aᵀ)x"
    twice = json.loads(matgrad(*QUADRATIC, "-2 A x", "--format", "json").stdout)
    assert sorted(twice["mistakes"]) == ["fact", "sign"]
    right = json.loads(matgrad(*QUADRATIC, "x' (A + A')", "--format", "json").stdout)
    assert (right["correct"], right["layout"], right["mistake"]) == (True, "numerator", None)
    refused = matgrad(*QUADRATIC, "2 B x", "--format", "json")
    assert refused.returncode == 2
    assert json.loads(refused.stdout)["error"]["span"] == [2, 3]


DERIVATION = "A: n×n, x: n\nf = x' A x\ndf = dx' A x + x' A dx\n   = 2 x' A dx  # here\ngrad = 2 A x\n"


def test_a_derivation(matgrad: Run, tmp_path: Path) -> None:
    file = tmp_path / "derivation.txt"
    file.write_text(DERIVATION, encoding="utf-8")
    done = matgrad("check", "--derivation", str(file))
    assert done.returncode == 3
    assert done.stdout.splitlines()[:6] == [
        "2  given    f = x' A x",
        "3  right    df = dx' A x + x' A dx",
        "4  WRONG    = 2 x' A dx",
        "5  WRONG    grad = 2 A x",
        "",
        "the first wrong line is line 4:",
    ]
    assert (
        matgrad("check", "--derivation", "-", stdin=DERIVATION.replace("n×n", "n×n symmetric")).returncode
        == 0
    )


def test_a_derivation_as_json(matgrad: Run) -> None:
    record = json.loads(matgrad("check", "--derivation", "-", "--format", "json", stdin=DERIVATION).stdout)
    assert record["first_wrong"] == 4
    assert [line["status"] for line in record["lines"]] == ["given", "right", "wrong", "wrong"]


def test_derivations_that_cannot_be_read(matgrad: Run, tmp_path: Path) -> None:
    assert matgrad("check", "--derivation", str(tmp_path / "none")).returncode == 2
    done = matgrad("check", "--derivation", "-", stdin="wrt x\nf = x' A x\ndf = 2 x' A )\n")
    assert done.returncode == 2
    assert "line 3" in done.stderr
    assert "^" in done.stderr


def test_the_examples_of_the_help_run(matgrad: Run) -> None:
    text = matgrad("check", "--help").stdout
    assert "Exit status" in text
    assert (
        matgrad("check", "A X B", "--wrt", "X", "--answer", "kron(B', A)", "--layout", "numerator").returncode
        == 0
    )
    given = ("--given", "X: n×n symmetric")
    assert matgrad("check", "tr(A X)", "--wrt", "X", *given, "--answer", "df = tr(A dX)").returncode == 0
