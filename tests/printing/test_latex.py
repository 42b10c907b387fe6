"""LaTeX is well formed, and brackets grow only around what is tall."""

from __future__ import annotations

import re

import pytest

import matgrad as mg
from matgrad.ops.registry import FUNCTIONS
from matgrad.printing import describe_symbols, latex


def check_well_formed(source: str) -> None:
    """Check that braces, sized brackets and environments are paired."""
    depth = 0
    for brace in re.findall(r"(?<!\\)[{}]", source):
        depth += 1 if brace == "{" else -1
        assert depth >= 0, source
    assert depth == 0, source
    assert len(re.findall(r"\\left\b", source)) == len(re.findall(r"\\right\b", source)), source
    assert re.findall(r"\\begin\{(\w+)\}", source) == re.findall(r"\\end\{(\w+)\}", source)[::-1], source
    assert not re.search(r"\^\{[^{}]*\}\^|\^\{[^{}]*\}'", source), f"a double superscript: {source}"


@pytest.mark.parametrize("name", sorted({function.name for function in FUNCTIONS.values()}))
def test_every_function_is_well_formed(name: str) -> None:
    function = FUNCTIONS[name]
    check_well_formed(latex(mg.parse(function.example, function.given)))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("exp(x' x)", r"\exp(x^{\top} x)"),
        ("exp(x' x/2)", r"\exp\left(\frac{1}{2} x^{\top} x\right)"),
        ("norm(x/n)", r"\frac{\|x\|}{n}"),
        ("abs(x' x/n - 1)", r"\left|\frac{x^{\top} x}{n} - 1\right|"),
        ("abs(x/n - y)", r"\operatorname{abs}\left(\frac{x}{n} - y\right)"),
    ],
)
def test_brackets_grow_around_fractions(source: str, expected: str) -> None:
    assert latex(mg.parse(source, "x: n, y: n")) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("logdet(S)^2", r"(\log\det(S))^{2}"),
        ("logdet(S) x", r"(\log\det(S)) x"),
        ("2 logdet(S)", r"2 \log\det(S)"),
        ("expm(A)", r"\operatorname{expm}(A)"),
        ("exp(A)", r"\exp^{\circ}(A)"),
        ("exp(A)[1,2]^2", r"(\exp^{\circ}(A)_{12})^{2}"),
        ("logm(S)'", r"\operatorname{logm}(S)"),
        ("log(S)", r"\log^{\circ}(S)"),
        ("sqrtm(S)", r"S^{1/2}"),
        ("sqrt(S)", r"S^{\circ 1/2}"),
        ("exp(X)", r"\exp(X)"),
        ("sqrt(X)", r"\sqrt{X}"),
        ("exp(x)", r"\exp(x)"),
    ],
)
def test_no_two_expressions_look_alike(source: str, expected: str) -> None:
    given = "S: n×n spd positive, A: n×n, X: m×n positive, x: n"
    assert latex(mg.parse(source, given)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alpha", r"\alpha"),
        ("Sigma", r"\Sigma"),
        ("W1", "W_{1}"),
        ("x_max", r"x_{\mathrm{max}}"),
        ("lambda_1", r"\lambda_{1}"),
        ("loss", r"\mathrm{loss}"),
        ("θ", r"\theta"),
    ],
)
def test_names(name: str, expected: str) -> None:
    assert latex(mg.scalar(name)) == expected


def test_spaces_of_variables() -> None:
    symbols = [mg.matrix("A", "m", "n"), mg.matrix("B", "m", "n"), mg.vector("x", "n"), mg.scalar("t")]
    assert describe_symbols(symbols) == "A, B ∈ ℝ^{m×n}, x ∈ ℝⁿ, t ∈ ℝ"
    assert describe_symbols(symbols, "latex") == (
        r"A, B \in \mathbb{R}^{m \times n}, x \in \mathbb{R}^{n}, t \in \mathbb{R}"
    )
    assert describe_symbols([mg.matrix("S", "n", "n", symmetric=True)]) == "S ∈ ℝ^{n×n} symmetric"
