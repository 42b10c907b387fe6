"""The main job as a process: what it prints, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.cli.conftest import Run

MAIN = ("diff", "tr(A X B X')", "--wrt", "X", "--given", "A: m×m symmetric")


def test_the_main_job(matgrad: Run) -> None:
    done = matgrad(*MAIN)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (
        "f = tr(AXBXᵀ)   where A ∈ ℝ^{m×m} symmetric, X ∈ ℝ^{m×n}, B ∈ ℝ^{n×n}\n"
        "\n"
        "  ∂f/∂X = AX(B + Bᵀ)\n"
        "\n"
        "gradient, m×n\n"
        "verified at 2 random points with 40 digits\n"
    )


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        (("x' A x", "--wrt", "x"), "∂f/∂x = (A + Aᵀ)x"),
        (("x.T @ A @ x", "--wrt", "x"), "∂f/∂x = (A + Aᵀ)x"),
        (("-x' A x", "--wrt", "x", "--given", "A: n×n symmetric"), "∂f/∂x = −2Ax"),
        (("norm(T - U V')^2", "--wrt", "U"), "∂f/∂U = 2(UVᵀ − T)V"),
        (("norm(T - U V')^2", "--wrt", "U", "--order", "2"), "2(VᵀV ⊗ I)"),
        (("A X B", "--wrt", "X"), "Bᵀ ⊗ A"),
        (("A X B", "--wrt", "X", "--layout", "denominator"), "B ⊗ Aᵀ"),
        (("inv(X)", "--wrt", "X", "--form", "differential"), "−X⁻¹ dX X⁻¹"),
        (("sum(exp(x))",), "∂f/∂x = exp(x)"),
        (("A X B", "--wrt", "X", "--form", "components"), "∂F_ij/∂X_kl = A_ik B_lj"),
        (("α A", "--wrt", "α", "--form", "components"), "∂F_ij/∂α = A_ij"),
    ],
)
def test_results(matgrad: Run, arguments: tuple[str, ...], result: str) -> None:
    done = matgrad("diff", *arguments)
    assert done.returncode == 0, done.stderr
    assert result in done.stdout
    assert "\nverified at " in done.stdout


def test_both_conventions(matgrad: Run) -> None:
    problem = ("diff", "log(det(X))", "--wrt", "X", "--given", "X: n×n symmetric")
    assert "= X⁻¹\n" in matgrad(*problem).stdout
    other = matgrad(*problem, "--convention", "independent").stdout
    assert "= 2X⁻¹ − X⁻¹ ⊙ I\n" in other
    assert "independent" in other


def test_text_is_plain(matgrad: Run) -> None:
    done = matgrad(*MAIN, "--format", "text")
    assert done.stdout.isascii()
    assert "A X (B + B')" in done.stdout


def test_latex_can_be_pasted(matgrad: Run) -> None:
    lines = [line for line in matgrad(*MAIN, "--format", "latex").stdout.splitlines() if line]
    assert [line.startswith("% ") for line in lines] == [True, False, True, True]
    assert r"\frac{\partial f}{\partial X}" in lines[1]
    assert "verified" in lines[-1]


@pytest.mark.parametrize("library", ["numpy", "jax", "torch"])
def test_python_source_runs(matgrad: Run, library: str) -> None:
    import numpy as np

    arrays = pytest.importorskip({"numpy": "numpy", "jax": "jax.numpy", "torch": "torch"}[library])
    source = matgrad(*MAIN, "--format", library).stdout
    assert "# verified" in source
    rng = np.random.default_rng(0)
    a, b, x = rng.normal(size=(2, 2)), rng.normal(size=(3, 3)), rng.normal(size=(2, 3))
    a += a.T
    space: dict[str, Any] = {}
    exec(source, space)
    given = {name: arrays.asarray(array) for name, array in {"A": a, "B": b, "X": x}.items()}
    value, gradient = space["value_and_gradient"](**given)
    np.testing.assert_allclose(float(value), np.trace(a @ x @ b @ x.T), rtol=1e-5)
    np.testing.assert_allclose(np.asarray(gradient), a @ x @ (b + b.T), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("language", "first"), [("julia", "function value_and_jacobian"), ("matlab", "function [")]
)
def test_text_for_other_languages(matgrad: Run, language: str, first: str) -> None:
    done = matgrad("diff", "A X B", "--wrt", "X", "--format", language)
    assert done.returncode == 0, done.stderr
    assert any(line.startswith(first) for line in done.stdout.splitlines())
    assert "kron(B', A)" in done.stdout


def test_components_are_no_code(matgrad: Run) -> None:
    done = matgrad("diff", "A X B", "--wrt", "X", "--form", "components", "--format", "julia")
    assert done.returncode == 2
    assert "Try: another form" in done.stderr


def test_several_variables(matgrad: Run) -> None:
    done = matgrad("diff", "norm(A x - b)^2", "--wrt", "x,b,x", "--wrt", "A")
    assert [s in done.stdout for s in ("∂f/∂x = ", "∂f/∂b = ", "∂f/∂A = ")] == [True] * 3
    assert done.stdout.count("where") == 1
    assert done.stdout.count("∂f/∂x = ") == 1


def test_a_variable_goes_by_all_its_spellings(matgrad: Run) -> None:
    assert "∂f/∂λ = xᵀx" in matgrad("diff", "λ x' x", "--wrt", "lambda").stdout
    assert "∂f/∂W₁ = " in matgrad("diff", "x' W1 x", "--wrt", "W_1").stdout


def test_the_function_is_not_named_as_one_of_its_variables(matgrad: Run) -> None:
    assert matgrad("diff", "f' x", "--wrt", "x").stdout.startswith(
        "g = fᵀx   where f, x ∈ ℝⁿ\n\n  ∂g/∂x = f\n"
    )


def test_the_variable_has_to_be_named_where_there_are_several(matgrad: Run) -> None:
    done = matgrad("diff", "x' A x")
    assert (done.returncode, done.stdout) == (2, "")
    assert "A, x" in done.stderr


def test_a_variable_that_does_not_occur(matgrad: Run) -> None:
    done = matgrad("diff", "x' x", "--wrt", "Y", "--given", "Y: m×n")
    assert done.returncode == 0
    assert "∂f/∂Y = 0\n" in done.stdout
    assert "does not depend on" in done.stdout
    done = matgrad("diff", "x' x", "--wrt", "Y")
    assert done.returncode == 2
    assert "Y does not occur" in done.stderr


def test_a_gradient_of_a_matrix_offers_the_jacobian(matgrad: Run) -> None:
    done = matgrad("diff", "A X", "--wrt", "X", "--form", "gradient")
    assert (done.returncode, done.stdout) == (2, "")
    assert "acobian" in done.stderr


def test_no_derivative(matgrad: Run) -> None:
    done = matgrad("diff", "inv(Q)", "--wrt", "Q", "--given", "Q: n×n orthogonal")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("Q: error: ")


def test_points_without_a_derivative_are_named(matgrad: Run) -> None:
    assert "note: no derivative where an argument of relu is 0" in matgrad("diff", "sum(relu(x))").stdout


def test_a_function_without_domain_is_not_verified(matgrad: Run) -> None:
    done = matgrad("diff", "sum(log(-exp(x)))")
    assert done.returncode == 0
    assert "not verified: no random point was found in the domain" in done.stdout


def test_one_variable_without_an_answer_leaves_the_others_theirs(matgrad: Run) -> None:
    done = matgrad("diff", "A Q", "--wrt", "A,Q", "--given", "Q: n×n orthogonal")
    assert done.returncode == 4
    assert "= Qᵀ ⊗ I" in done.stdout
    assert done.stderr.startswith("Q: error: ")


def test_unverified_is_marked_in_every_format(matgrad: Run) -> None:
    for output in ("text", "unicode", "latex", "numpy"):
        assert "not verified: " in matgrad(*MAIN, "--no-verify", "--format", output).stdout
    answer = json.loads(matgrad(*MAIN, "--no-verify", "--format", "json").stdout)
    assert answer["verification"]["verified"] is False


def test_colours_only_where_wanted(matgrad: Run) -> None:
    assert "\x1b[" not in matgrad(*MAIN).stdout
    assert "\x1b[" in matgrad(*MAIN, FORCE_COLOR="1").stdout
    assert "\x1b[" not in matgrad(*MAIN, FORCE_COLOR="1", NO_COLOR="1").stdout


def test_an_output_without_unicode(matgrad: Run) -> None:
    done = matgrad(*MAIN, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert "A X (B + B')" in done.stdout


def test_a_reader_that_leaves() -> None:
    command = [sys.executable, "-m", "matgrad", "diff", "--format", "json", "--no-verify"]
    with subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stdin.write("x' x\n" * 3)
        process.stdin.close()
        assert process.wait(60) == 141
        assert process.stderr.read() == ""


def test_help_and_version(matgrad: Run) -> None:
    assert "--wrt" in matgrad("diff", "--help").stdout
    assert matgrad("--version").stdout.startswith("matgrad 0.")


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from matgrad.cli.app import app\n"
        "try: app(['diff', '--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'scipy', 'mpmath', 'lark', 'rich.console'} & set(sys.modules)\n"
        "sys.exit(', '.join(sorted(heavy)) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_an_internal_error_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from matgrad.cli import process

    def broken() -> None:
        raise ZeroDivisionError("a very\nlong story")

    with pytest.raises(SystemExit) as end:
        process.run(broken)
    assert end.value.code == process.INTERNAL_ERROR
    message = "internal error: ZeroDivisionError: a very long story (please report this expression)\n"
    assert capsys.readouterr().err == message


def test_an_interrupt_ends_quietly(capsys: pytest.CaptureFixture[str]) -> None:
    from matgrad.cli import process

    def interrupted() -> None:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as end:
        process.run(interrupted)
    assert end.value.code == process.INTERRUPTED
    assert capsys.readouterr().err == ""
