"""The magics, and how results show themselves in a notebook, run by its kernel."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import matgrad as mg
from matgrad.api.notebook import asked_in_notebook

SHOWN = [
    ('mg.derive("x\' A x", "x")', "text/latex", r"(A + A^{\top}) x"),
    ('mg.explain("x\' A x", "x")', "text/latex", r"\begin{align"),
    ('mg.check("x\' A x", "x", "2 A x")', "text/html", "wrong: 2Ax is right only if A is symmetric"),
    ('mg.check("x\' A x", "x", "(A + A\') x")', "text/html", "#1a7f37"),
    ('mg.derivative("A X B", "X")', "text/latex", r"A \, \mathrm{d}X \, B"),
    ("%matgrad norm(A x - b)^2 --wrt x", "text/latex", r"2 A^{\top} (A x - b)"),
    ("%matgrad explain tr(X' A X) --wrt X", "text/latex", "product rule"),
    ("%matgrad check x' A x --wrt x --answer 2 A x", "text/html", "wrong: "),
    ("%%matgrad --wrt S --given S: n×n SPD\n\\log|S|", "text/latex", "S^{-1}"),
    ("%%matgrad solve --wrt X\nA X + X B = C", "text/latex", "X"),
    ("%%matgrad derivation --wrt x\nf = x' x\ngrad = x", "text/html", "wrong: a constant factor"),
    ("%matgrad stationary norm(y - X b)^2 --wrt b", "text/latex", "X^{\\top} y"),
    ('%matgrad vectorize "A X B" --wrt X', "text/latex", r"\otimes"),
]
REFUSED = [
    ("%matgrad tr(A X --wrt X", "( is never closed"),
    ("%matgrad x' x --wtr x", "there is no option --wtr; did you mean --wrt?"),
    ("%matgrad check x' x --wrt x", "--answer is missing"),
    ("%matgrad", "written as it is"),
    ("%matgrad tr(A X) --wrt X --lang zh --given A: m×n, X: m×n", "不能相乘"),
]


@pytest.fixture(scope="module")
def cells() -> dict[str, Any]:
    """The outputs of all cells, by what stands in them."""
    lines = [cell for cell, *_ in SHOWN + REFUSED]
    codes = ["import matgrad as mg\n%load_ext matgrad", *lines]
    notebook = nbformat.v4.new_notebook(  # type: ignore[no-untyped-call]
        cells=[nbformat.v4.new_code_cell(code) for code in codes]  # type: ignore[no-untyped-call]
    )
    NotebookClient(notebook, timeout=120, kernel_name="python3", allow_errors=True).execute()
    return {cell.source: cell.outputs for cell in notebook.cells}


@pytest.mark.parametrize(("cell", "kind", "said"), SHOWN)
def test_what_a_cell_shows(cells: dict[str, Any], cell: str, kind: str, said: str) -> None:
    (output,) = cells[cell]
    assert output.output_type == "execute_result", output
    assert said in output.data[kind]
    assert "text/plain" in output.data


@pytest.mark.parametrize(("cell", "said"), REFUSED)
def test_errors_are_told_without_a_traceback(cells: dict[str, Any], cell: str, said: str) -> None:
    text = "".join(output.get("text", "") + str(output.get("evalue", "")) for output in cells[cell])
    assert said in text
    assert "Traceback" not in text
    assert ".py" not in text


def test_plain_text_is_one_line() -> None:
    for thing in (
        mg.derive("x' A x", "x"),
        mg.check("x' A x", "x", "2 A x"),
        mg.check("norm(A x - b)^2", "x", "2 A (A x - b)"),
        mg.check_derivation("wrt x\nf = x' x\ngrad = x"),
        mg.explain("x' A x", "x"),
        mg.explain("A X B", "X", method="definition"),
        mg.derivative("A X B", "X"),
        mg.audit(r"Let $f(x) = x^\top x$. Then $\nabla f(x) = x$."),
    ):
        assert len(repr(thing).splitlines()) == 1
        assert len(str(thing)) >= 5
    assert repr(mg.explain("x' A x", "x")) == "<Derivation: ∂f/∂x = (A + Aᵀ)x, 5 lines, differential>"
    assert repr(mg.check("x' x", "x", "x")).startswith("<Verdict: wrong: a constant factor is wrong")


def test_nothing_of_ipython_is_loaded_before_it_is_asked_for() -> None:
    code = "import sys, matgrad; matgrad.gradient(\"x' x\", 'x'); assert 'IPython' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_what_a_magic_asks_for_is_an_object() -> None:
    assert asked_in_notebook("x' A x --wrt x --order 2").expr == mg.hessian("x' A x", "x")
    assert asked_in_notebook("exp(x' A y) --wrt x --at x = 0").right_side() == "Ay"
    point = asked_in_notebook("stationary norm(x)^2 --wrt x --subject-to A x = b; C x = d")
    assert point.nature == "minimum"
    with pytest.raises(mg.ArgumentError):
        asked_in_notebook("x' x --wrt x --order two")
