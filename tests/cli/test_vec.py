"""``matgrad vec`` as a newcomer runs it."""

from __future__ import annotations

import json

from tests.cli.conftest import Run


def test_an_equation(matgrad: Run) -> None:
    done = matgrad("vec", "A X B + C X D = E", "--unknown", "X")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith("where A, C ∈ ℝ^{m×n}, X ∈ ℝ^{n×p}")
    assert lines[2] == "  (Bᵀ ⊗ A + Dᵀ ⊗ C) vec(X) = vec(E)"
    assert lines[-1] == "verified at 3 random points with 40 digits"


def test_the_variable_may_be_named_as_for_a_derivative(matgrad: Run) -> None:
    assert matgrad("vec", "A X B", "--wrt", "X").stdout == matgrad("vec", "A X B", "--unknown", "X").stdout


def test_latex_text_and_code(matgrad: Run) -> None:
    tex = matgrad("vec", "A X B", "--unknown", "X", "--format", "latex").stdout
    assert r"\[ \operatorname{vec}(A X B) = (B^{\top} \otimes A) \operatorname{vec}(X) \]" in tex
    assert "kron(B', A) vec(X)" in matgrad("vec", "A X B", "--unknown", "X", "--format", "text").stdout
    code = matgrad("vec", "A X B = C", "--unknown", "X", "--format", "numpy").stdout
    space: dict[str, object] = {}
    exec(compile(code, "answer", "exec"), space)
    assert callable(space["matrices_on_vec"])


def test_json(matgrad: Run) -> None:
    done = matgrad(
        "vec", "A S + S A' = Q", "--unknown", "S", "--given", "S: n×n symmetric", "--format", "json"
    )
    record = json.loads(done.stdout)
    assert record["parts"] == [
        {"entries": "vech(S)", "matrix": "(kron(A, eye(n)) + kron(eye(n), A)) duplication(n)"}
    ]
    assert record["verified"] is True


def test_steps_and_chinese(matgrad: Run) -> None:
    done = matgrad("vec", "A X B + C X' D = E", "--unknown", "X", "--steps", "--lang", "zh")
    assert "vec(CXᵀD) = (Dᵀ ⊗ C)K_np vec(X)" in done.stdout


def test_refusals(matgrad: Run) -> None:
    done = matgrad("vec", "A X X'", "--unknown", "X")
    assert (done.returncode, done.stdout) == (2, "")
    assert "not linear in X" in done.stderr
    assert matgrad("vec", "A X =", "--unknown", "X").returncode == 2


def test_a_column_is_its_own_vec(matgrad: Run) -> None:
    assert "xᵀAx = (xᵀ ⊗ xᵀ) vec(A)" in matgrad("vec", "x' A x").stdout
    assert "Ax = (xᵀ ⊗ I) vec(A)" in matgrad("vec", "A x").stdout
    said = matgrad("vec", "x' A x", "--unknown", "x").stdout
    assert "x is a column, and its own vec; --unknown A writes it on vec(A)" in said
    assert "its own vec" not in matgrad("vec", "A X b", "--unknown", "X").stdout
