"""LaTeX at the command line: pasted as it is, with its macros."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

MACROS = r"\newcommand{\nrm}[1]{\lVert #1 \rVert}"


@pytest.mark.parametrize("by_file", [False, True])
def test_macros_are_definitions_or_a_file(matgrad: Run, tmp_path: Path, by_file: bool) -> None:
    path = tmp_path / "macros.tex"
    path.write_text(MACROS, encoding="utf-8")
    macros = str(path) if by_file else MACROS
    done = matgrad("diff", r"\nrm{A x - b}^2", "--wrt", "x", "--macros", macros)
    assert done.returncode == 0
    assert "∂f/∂x = 2Aᵀ(Ax − b)" in done.stdout


def test_macros_that_are_none(matgrad: Run) -> None:
    done = matgrad("diff", r"\nrm{x}", "--wrt", "x", "--macros", "no-such-file")
    assert done.returncode == 2
    assert "no-such-file is no definition, and no file that can be read" in done.stderr


def test_the_dialect_can_be_forced(matgrad: Run) -> None:
    done = matgrad("diff", "x^{T}Ax", "--wrt", "x", "--syntax", "latex", "--given", "A: n×n symmetric, x: n")
    assert "∂f/∂x = 2Ax" in done.stdout


def test_a_question_has_its_place(matgrad: Run) -> None:
    done = matgrad("diff", r"\tau\|A\|_2", "--wrt", "A", "--given", "A: m×n")
    assert done.returncode == 2
    assert done.stderr.splitlines()[1:3] == [r"  \tau\|A\|_2", "      ^^^^^"]


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (r"\nabla_w f = X^\top(Xw - y)", 0),
        (r"\frac{\partial f}{\partial w} = X^{\top}X w - X^{\top} y", 0),
        (r"\frac{\partial f}{\partial w} = X^{\top}(X w + y)", 3),
        ("X'(X w - y)", 0),
    ],
)
def test_answers_in_latex(matgrad: Run, answer: str, status: int) -> None:
    done = matgrad(
        "check", r"\tfrac12\|Xw-y\|_2^2", "--wrt", "w", "--answer", answer, "--given", "X: m×n, w: n, y: m"
    )
    assert done.returncode == status
