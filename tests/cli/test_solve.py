"""``matgrad solve`` as a newcomer runs it."""

from __future__ import annotations

import json

from tests.cli.conftest import Run


def test_a_sylvester_equation(matgrad: Run) -> None:
    done = matgrad("solve", "A X + X B = C", "--for", "X")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "where A ∈ ℝ^{m×m}, X, C ∈ ℝ^{m×n}, B ∈ ℝ^{n×n}",
        "",
        "Sylvester equation: AX + XB = C",
        "one solution if: no eigenvalue of A and eigenvalue of B add up to 0",
        "",
        "  X = sylvester(A, B, C)",
        "",
        "sylvester(A, B, C) is the solution X of AX + XB = C",
        "solved by: Schur forms of the coefficients and a triangular equation (Bartels & Stewart (1972))",
        "put back: verified at 3 random points with 40 digits",
    ]


def test_sizes_that_are_open_make_the_coefficients_square(matgrad: Run) -> None:
    done = matgrad("solve", "A X B + C X D = E", "--for", "X")
    assert done.stdout.startswith("where A, C ∈ ℝ^{n×n}, X, E ∈ ℝ^{n×p}, B, D ∈ ℝ^{p×p}\n")
    declared = matgrad("solve", "A X = B", "--for", "X", "--given", "A: m×n")
    assert "X = A⁺B" in declared.stdout
    assert "least squares of a linear system" in declared.stdout


def test_steps_latex_code_and_chinese(matgrad: Run) -> None:
    done = matgrad("solve", "X = A' X A + Q", "--for", "X", "--steps", "--lang", "zh")
    assert "离散 Lyapunov 方程（Stein 方程）" in done.stdout
    assert "含 X 的项移到一边" in done.stdout
    tex = matgrad("solve", "A X = B", "--for", "X", "--format", "latex").stdout
    assert r"\[ X = A^{-1} B \]" in tex
    code = matgrad("solve", "A X B + C X D = E", "--for", "X", "--format", "numpy").stdout
    space: dict[str, object] = {}
    exec(compile(code, "answer", "exec"), space)
    assert callable(space["solve"])


def test_coupled_equations(matgrad: Run) -> None:
    done = matgrad("solve", "A X + Y B = C; D X + Y E = F", "--for", "X,Y")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "where A, D ∈ ℝ^{n×n}, X, Y, C, F ∈ ℝ^{n×q}, B, E ∈ ℝ^{q×q}",
        "",
        "coupled Sylvester equations: AX + YB = C, DX + YE = F",
        "one solution if: det(A − λD) and det(B − λE) have no root in common, infinity included",
        "",
        "  Y = −matrix_equation(2, I, E, −DA⁻¹, B, DA⁻¹C − F)",
        "  X = A⁻¹(C − YB)",
        "",
        "the formula holds if: A is invertible",
        "matrix_equation(k, A₁, B₁, A₂, B₂, …, C) is the solution X of A₁ X B₁ + A₂ X B₂ + … = C, with Xᵀ "
        "for X behind the first k terms",
        "solved by: generalised Schur forms (QZ) and a triangular pair of equations "
        "(Kågström & Westin (1989))",
        "put back: verified at 3 random points with 40 digits",
    ]
    record = json.loads(matgrad("solve", "A X + Y = C; X - Y = D", "--for", "X,Y", "--format", "json").stdout)
    assert record["unknown"] == ["X", "Y"]
    assert record["solution"] == {"X": "inv(A + eye(m)) (C + D)", "Y": "C - A inv(A + eye(m)) (C + D)"}
    code = matgrad("solve", "A X + Y = C; X - Y = D", "--for", "X,Y", "--format", "numpy").stdout
    assert "def solve(A, C, D):" in code
    wrong = matgrad("solve", "A X + Y = C; X ) = D", "--for", "X,Y")
    assert wrong.returncode == 2
    assert "X ) = D" in wrong.stderr


def test_json(matgrad: Run) -> None:
    record = json.loads(matgrad("solve", "A X + X B = C", "--for", "X", "--format", "json").stdout)
    assert record["kind"] == "Sylvester equation"
    assert record["solution"] == "sylvester(A, B, C)"
    assert record["verified"] is True


def test_refusals(matgrad: Run) -> None:
    done = matgrad("solve", "det(X) A = B", "--for", "X")
    assert (done.returncode, done.stdout) == (2, "")
    assert "neither linear in X nor a Riccati equation" in done.stderr
    assert matgrad("solve", "A X", "--for", "X").returncode == 2
