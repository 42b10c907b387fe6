"""Scripts: no second one of a kind, in any medium, whatever the name has already."""

from __future__ import annotations

import pytest

import matgrad as mg
from matgrad import printing
from matgrad.printing.names import latex_name, printed_as
from matgrad.printing.scripts import attached, scripts_at_end
from tests.printing.latex_pieces import pieces
from tests.printing.latex_syntax import LatexError, check_latex


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("X", ""), ("X_{a}", "_"), ("X_{a}^{2}", "_^"), ("X_a", "_"), (r"\|X\|_F", "_"), ("f'", "^"),
        (r"(X_{a})", ""), (r"\alpha_{1} ", "_"),
        (r"X_{a} y", ""), (r"\mathrm{d}X_{a}", "_"), ("e^{x_{1}}", "^"),
    ],
)  # fmt: skip
def test_the_scripts_at_the_end_are_seen(text: str, found: str) -> None:
    assert scripts_at_end(text) == set(found)


def test_what_has_a_script_is_put_in_brackets() -> None:
    assert attached("X", "_", "12") == "X_{12}"
    assert attached("X_{a}", "_", "12") == "(X_{a})_{12}"
    assert attached("X_{a}", "^", "2") == "X_{a}^{2}"


@pytest.mark.parametrize("name", ["X_a", "X1", "X_alpha", "alpha_1", "X_max", "x_hat_2"])
def test_entries_rows_and_slices_of_names_with_subscripts(name: str) -> None:
    x = mg.matrix(name, "m", "n")
    head = latex_name(name)
    assert mg.latex(x[0, 1]) == f"({head})_{{12}}"
    assert mg.latex(x[0, 1] ** 2) == f"(({head})_{{12}})^{{2}}"
    for piece in (x[0, :], x[:, 1].T, x[0, 1] ** -1, x[0, :] @ x[0, :].T):
        check_latex(mg.latex(piece))
    assert printing.unicode(x[0, 1]).endswith(")_12")


@pytest.mark.parametrize(
    "wrong", ["X_{a}_{1}", "X^{2}^{3}", "X^{2}'", "{X", r"\left(X", r"\unknown", "X_", "\x1b", r"\text{a_b}"]
)
def test_the_checker_refuses_what_latex_refuses(wrong: str) -> None:
    with pytest.raises(LatexError):
        check_latex(wrong)


def test_steps_with_an_entry_that_is_fixed_compile() -> None:
    for piece in pieces("(diag(x_a)[1,2] A_1)[1,2]^2", "A_1: n×n, x_a: n", "x_a"):
        check_latex(piece)


def test_names_that_look_alike_are_told_apart_where_symbols_are_made() -> None:
    assert printed_as("theta_1") == printed_as("theta1") == printed_as("θ₁")
    a, b = mg.vector("x1", "n"), mg.vector("x_1", "n")
    for write in (mg.latex, printing.unicode):
        left, _, right = write(a.T @ mg.matrix("A", "n", "n") @ b).partition("A")
        assert left.replace("^{\\top}", "").replace("ᵀ", "").strip() != right.strip()
    with pytest.raises(mg.MatgradError, match="printed alike"):
        mg.derive(a.T @ b, a)
