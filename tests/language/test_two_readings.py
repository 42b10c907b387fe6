"""Texts that a mathematician and a program read in two ways are asked about; the usual ones are read."""

from __future__ import annotations

import re

import numpy as np
import pytest
from scipy.linalg import expm

import matgrad as mg
from matgrad.core.errors import MatgradError, ParseError, ShapeError, UnknownNameError
from matgrad.language import interpret

GIVEN = "A: n×n, B: n×n, x: n, y: n, s: scalar, t: scalar, k: integer"

ASKED = [
    # Copied from a page, exponents and subscripts are lost.
    *("‖x‖2", "||x||22", "‖x‖2^2", "(s+t)2", "x'2", "A'2 x"),
    # Where a denominator, an exponent or a root ends.
    *("x/2s", "1/2s^2", "s/2t", "1/2π", "s^1/2", "s^-1/2", "A^-1/2", "√2π", "√2t", "√x'x", "√x' x"),
    # A value of a function, an entry, or a product.
    *("A(t) x", "x(n)", "x(n-1)", "x(2n)", "x(k)", "s(t)", "A(k)"),
    # Imaginary numbers, and what no variable is called.
    *("1i*s", "2j s", "inf s", "NaN", "True", "None"),
    # Functions without brackets.
    *("logx", "lnA", "detA", "trA", "sint", "logdetA", "log2 s", "log10 s", "lg s"),
    # Entries of variables that are declared.
    *("x_1 s", "x_i", "A_12", "A_ij", "x₁"),
]

READ = [
    ("1/2 s", "s/2"),
    ("1/2*s", "s/2"),
    ("1/2||x||^2", "x' x/2"),
    ("1/2x'x", "x' x/2"),
    ("1/2tr(A)", "tr(A)/2"),
    ("1/2(x-y)'(x-y)", "(x - y)'*(x - y)/2"),
    ("s^2/2", "(1/2) s^2"),
    ("A⁻¹/2", "inv(A)/2"),
    ("√2 π", "pi*sqrt(2)"),
    ("√(x'x)", "norm(x)"),
    ("x (n)", "n*x"),
    ("A (t) x", "t*A*x"),
    ("A(x + y)", "A*(x + y)"),
    ("t(A + B)", "t*(A + B)"),
    ("A(1-t)", "(1 - t)*A"),
    ("2 i s", "2*s*i"),
    ("x_0", "x_0"),
    ("tr(A + I_n)", "tr(A) + n"),
    ("I_n x", "x"),
    ("e^A", "expm(A)"),
    ("e.^A", "exp(A)"),
    ("e^x", "exp(x)"),
]


@pytest.mark.parametrize("text", ASKED)
def test_two_usual_readings_are_asked_about(text: str) -> None:
    with pytest.raises((ParseError, UnknownNameError)) as caught:
        interpret(text, GIVEN)
    assert caught.value.fix
    assert caught.value.span is not None


@pytest.mark.parametrize(("text", "meant"), READ)
def test_one_usual_reading_is_read(text: str, meant: str) -> None:
    assert interpret(text, GIVEN).expr is interpret(meant, GIVEN).expr


def test_a_name_that_is_declared_is_that_name() -> None:
    given = "x: n, x_1: n, logx: scalar, inf: n, I_n: n×n, i: scalar"
    assert list(interpret("x + x_1 + logx inf + I_n x + 2i x", given).symbols)[:2] == ["x", "x_1"]


def test_e_to_a_matrix_is_the_exponential_of_the_matrix() -> None:
    A = np.array([[0.3, -1.2, 0.4], [0.7, 0.1, -0.5], [1.1, 0.2, 0.6]])
    assert np.allclose(mg.evaluate(mg.parse("e^A", "A: n×n"), {"A": A}), expm(A))


@pytest.mark.parametrize("kind", ["1", "∞", "inf"])
def test_both_norms_of_a_matrix_are_offered_rightly(kind: str) -> None:
    X = np.array([[1.0, -7.0, 2.0], [3.0, 0.5, -1.0]])
    with pytest.raises(ShapeError) as caught:
        interpret(f"‖X‖_{kind}", "X: m×n")
    entries, _, operator = (caught.value.fix or "").partition(", ")
    order = 1 if kind == "1" else np.inf
    found = [
        mg.evaluate(mg.parse(fix.partition(" for ")[0], "X: m×n"), {"X": X}) for fix in (entries, operator)
    ]
    assert np.allclose(found, [np.linalg.norm(X.ravel(), order), np.linalg.norm(X, order)])


@pytest.mark.parametrize(
    ("text", "syntax"),
    [
        ("x[n+1]", "matlab"),
        ("x[n+m]", "matlab"),
        ("x[1:n+1]", "matlab"),
        ("A[1, n+1]", "matlab"),
        ("x[n]", "numpy"),
        ("x[-n-1]", "numpy"),
    ],
)
def test_entries_beyond_the_end_are_refused_whatever_the_size(text: str, syntax: str) -> None:
    with pytest.raises(MatgradError):
        interpret(text, "A: n×n, x: n", syntax=syntax)


def test_where_counting_starts_is_said() -> None:
    assert "from 1" in interpret("x[1]", GIVEN).notes()[0]
    assert "from 0" in interpret("x[0] ** 2", GIVEN).notes()[0]
    assert len(interpret("x[0] ** 2 + x[1] ** 2", GIVEN).notes("zh")) == 1
    assert interpret("x(1:2)", GIVEN).notes() == []


def test_what_books_mean_by_a_matrix_is_said_beside_what_is_read() -> None:
    assert "t I" in interpret("det(A + t)", GIVEN).notes()[0]
    assert interpret("A + t I", GIVEN).notes() == interpret("x + t", GIVEN).notes() == []
    assert "expm" in interpret("exp(A)", GIVEN).notes()[0]
    assert interpret("exp(X)", "X: m×n").notes() == interpret("np.exp(A)", GIVEN).notes() == []


@pytest.mark.parametrize(
    ("text", "given", "said"),
    [
        ("a/bc", "a: scalar, b: scalar, c: scalar", "how far the denominator goes"),
        ("x'y/ab", "x: n, y: n, a: scalar, b: scalar", "how far the denominator goes"),
        ("A_i x", "A: m×n, x: n", "A[i, :]' for the row, A[:, i] for the column, or declare A_i"),
        ("W_2 x", "W: m×n, x: n", "W[2, :]' for the row"),
        ("x'^T x'", "x: n", "declare x_prime for the variable"),
        ("sum_{i=1}^{n+m} x_i", "x: n", "they run from 1 to n"),
        # A command that is not read is LaTeX all the same, and no division from the left by a name.
        (r"x\mp y", "x: scalar, y: scalar", r"\mp says two things at once"),
        (r"x \bmod 2", "x: scalar", r"the command \bmod is not known"),
        (r"u\wedge v", "u: 3, v: 3", r"the command \wedge is not known"),
        ("\\sqrt" * 2000 + " x", "x: scalar", "nested too deeply"),
        ("sum_i sum_i x_i", "x: n", "bound twice"),
        ("sum_{i=1}^{i} x_i", "x: n", "an end of its own range"),
    ],
)
def test_what_would_be_misread_is_asked_about(text: str, given: str, said: str) -> None:
    with pytest.raises(MatgradError) as caught:
        mg.parse(text, given)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "given", "same"),
    [
        ("‖x‖²_2", "x: n", "x' x"),
        ("‖x‖²₂", "x: n", "x' x"),
        ("||X||^2_F", "X: m×n", "tr(X' X)"),
        ("||X||^{2}_{F}/2", "X: m×n", "tr(X' X)/2"),
        ("|a||b|", "a: scalar, b: scalar", "abs(a) abs(b)"),
        ("|A||B|", "A: n×n, B: n×n", "det(A) det(B)"),
        ("|a||b|^2/|c|", "a: scalar, b: scalar, c: scalar", "b^2 abs(a)/abs(c)"),
        ("|a ||x|| |", "a: scalar, x: n", "abs(a norm(x))"),
        ("a/bx", "a: scalar, b: scalar, x: n", "(a/b) x"),
        ("a/b*c", "a: scalar, b: scalar, c: scalar", "a c/b"),
        (r"A\b", "A: n×n, b: n", "inv(A) b"),
        ("X_1X_2", "X_1: m×n, X_2: n×p", "X_1 X_2"),
        ("x1'x2", "x1: n, x2: n", "dot(x1, x2)"),
    ],
)
def test_what_looks_alike_is_read(text: str, given: str, same: str) -> None:
    assert mg.parse(text, given) is mg.parse(same, given)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x_1x_2", "x_1 x_2 for the product, or declare x_1x_2: n"),
        ("W1x1", "W1 x1 for the product"),
        ("lg(x)", "log10(…)"),
        ("sum(x[i]^2, i=1..n)", "sum(i=1..n, x[i])"),
        ("sum(x[i]^2, (i, 1, n))", "sum(i=1..n, x[i])"),
    ],
)
def test_the_fix_is_a_spelling_that_is_read(text: str, said: str) -> None:
    with pytest.raises(MatgradError) as caught:
        mg.parse(text, "x: n")
    assert caught.value.fix is not None
    assert said in caught.value.fix
    assert mg.parse("sum(i=1..n, x[i]^2)", "x: n") is mg.parse("sum_i x[i]^2", "x: n")


def test_infinity_below_a_norm_is_read() -> None:
    assert mg.parse("‖x‖∞²", "x: n") is mg.parse("max(abs(x))^2", "x: n")


@pytest.mark.parametrize("syntax", ["matlab", "latex"])
@pytest.mark.parametrize(
    ("text", "given", "meant"),
    [
        ("D_n' vec(S)", "S: n×n", "duplication(n)' vec(S)"),
        ("L_n vec(A)", "A: n×n", "vech(A)"),
        ("K_mn vec(A)", "A: m×n", "vec(A')"),
        ("K_23 vec(A)", "A: 2×3", "vec(A')"),
        # matrices of a user, which nothing says to be of vec
        ("D_1 x + D_2 y", "", "D_1 x + D_2 y"),
        ("x' D_n x", "x: n", "x' D_n x"),
        ("K_23 x", "", "K_23 x"),
        ("D_n' vec(S)", "S: n×n, D_n: n^2×k", "D_n' vec(S)"),
        # nor is anything else multiplied with what has as many entries
        ("D_n x", "x: n*(n+1)/2", "duplication(n) x"),
    ],
)
def test_matrices_of_vec_have_the_letters_of_books(text: str, given: str, meant: str, syntax: str) -> None:
    if syntax == "latex":
        text = re.sub(r"([KDL])_(\w+)", r"\1_{\2}", text).replace("vec", r"\operatorname{vec}")
        text = text.replace("'", r"^\top")
    assert str(mg.parse(text, given, syntax=syntax)) == meant
