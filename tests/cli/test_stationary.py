"""``matgrad stationary`` as a newcomer runs it."""

from __future__ import annotations

import json

from tests.cli.conftest import Run


def test_least_squares(matgrad: Run) -> None:
    done = matgrad("stationary", "norm(y - X b)^2", "--wrt", "b")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "f = ‖Xb − y‖²   where y ∈ ℝᵐ, X ∈ ℝ^{m×n}, b ∈ ℝⁿ",
        "",
        "stationary where",
        "  2Xᵀ(Xb − y) = 0",
        "",
        "  b = (XᵀX)⁻¹Xᵀy",
        "  if XᵀX is invertible",
        "",
        "minimum",
        "  ‖Xb − y‖² is convex: a square of an affine function (Boyd & Vandenberghe (2004), sec. 3.2.2)",
        "verified at 3 random points with 40 digits",
    ]


def test_constraints_and_json(matgrad: Run) -> None:
    given = ("--given", "P: n×n spd", "--subject-to", "A x = b", "--format", "json")
    record = json.loads(matgrad("stationary", "x' P x", "--wrt", "x", *given).stdout)
    assert record["solution"]["x"] == "inv(P) A' inv(A inv(P) A') b"
    assert record["nature"] == "minimum"
    assert record["verified"] is True


def test_no_closed_form(matgrad: Run) -> None:
    done = matgrad("stationary", "sum(log(1 + exp(X w)))", "--wrt", "w", "--lang", "zh")
    assert done.returncode == 4
    assert "没有已知的闭式解" in done.stdout


def test_refusal(matgrad: Run) -> None:
    done = matgrad("stationary", "A x", "--wrt", "x")
    assert (done.returncode, done.stdout) == (2, "")
    assert "of a scalar function" in done.stderr


def test_what_does_not_exist(matgrad: Run) -> None:
    done = matgrad("stationary", "exp(x)", "--wrt", "x", "--given", "x: scalar")
    assert done.returncode == 4
    assert done.stdout.splitlines()[2:] == [
        "stationary where",
        "  exp(x) = 0",
        "",
        "there is no stationary point",
        "  the derivative exp(x) is never zero",
    ]


def test_steps(matgrad: Run) -> None:
    done = matgrad("stationary", "norm(y - X b)^2", "--wrt", "b", "--steps", "--no-verify")
    assert done.returncode == 0
    assert done.stdout.splitlines()[2:10] == [
        "  1  f  = ‖y − Xb‖²",
        "  2  df = −2(y − Xb)ᵀX db    differential of a squared norm",
        "  3     = 2(Xb − y)ᵀX db     since −(A − B) = B − A",
        "  4  ⇒ ∂f/∂b = 2Xᵀ(Xb − y)   read off the gradient from df = gᵀ db",
        "  5  ⇒ 2Xᵀ(Xb − y) = 0       first-order condition: ∂f/∂b = 0",
        "  6  ⇒ XᵀXb = Xᵀy            normal equation",
        "  7  ⇒ b = (XᵀX)⁻¹Xᵀy        solve for b, if XᵀX is invertible",
        "  8  ⇒ ∂²f/∂b ∂bᵀ = 2XᵀX     differentiate once more",
    ]


def test_steps_in_json(matgrad: Run) -> None:
    done = matgrad(
        "stationary", "norm(A x - b)^2", "--wrt", "x", "--steps", "--format", "json", "--lang", "zh"
    )
    steps = json.loads(done.stdout)["steps"]
    assert steps[4]["reasons"] == [{"rule": "正规方程", "citation": None}]
    assert steps[4]["right"]["text"] == "A' b"
