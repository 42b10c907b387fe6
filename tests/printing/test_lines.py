"""The exact lines of all four media, side by side."""

from __future__ import annotations

from typing import NamedTuple

import pytest

import matgrad as mg
from matgrad.printing import latex, numpy_source, text, unicode

GIVEN = (
    "A: m×n, B: n×n, C: n×n, S: n×n symmetric, T: m×n, U: m×p, V: n×p, W1: m×n, X: n×n, "
    "a: 3, c: 3, b: m, x: n, y: n, s: scalar, t: scalar, lambda: scalar, k: integer"
)


class Line(NamedTuple):
    """One expression in every medium; the text is also what is parsed."""

    text: str
    unicode: str
    latex: str
    numpy: str


LINES = [
    # Sums: plus first, identities last, common numbers in front.
    Line("A x - b", "Ax − b", "A x - b", "A @ x - b"),
    Line("-x - y", "−x − y", "-x - y", "-x - y"),
    Line("B + t eye(n)", "B + tI", "B + t I", "B + t * eye(n)"),
    Line("1 - x", "1 − x", "1 - x", "1 - x"),
    Line("X + t ones(n, n)", "X + t𝟏𝟏ᵀ", r"X + t \mathbf{1} \mathbf{1}^{\top}", "X + t"),
    Line("k - 1", "k − 1", "k - 1", "k - 1"),
    Line("1 + x' x", "1 + xᵀx", r"1 + x^{\top} x", "1 + x.T @ x"),
    Line("(B + B')/2", "½(B + Bᵀ)", r"\frac{1}{2} (B + B^{\top})", "(B + B.T) / 2"),
    Line("2 (U V' - T)", "2(UVᵀ − T)", r"2 (U V^{\top} - T)", "2 * (U @ V.T - T)"),
    # Products: a minus goes into a difference; sums are written with few transposes.
    Line("2 A' (A x - b)", "2Aᵀ(Ax − b)", r"2 A^{\top} (A x - b)", "2 * A.T @ (A @ x - b)"),
    Line("2 (U V' - T)' U", "2(UVᵀ − T)ᵀU", r"2 (U V^{\top} - T)^{\top} U", "2 * (U @ V.T - T).T @ U"),
    Line("(x - y)'", "(x − y)ᵀ", r"(x - y)^{\top}", "(x - y).T"),
    Line("-(x - y) (x - y)'", "−(x − y)(x − y)ᵀ", r"-(x - y) (x - y)^{\top}", "-(x - y) @ (x - y).T"),
    Line("(x' y) B", "(xᵀy)B", r"(x^{\top} y) B", "(x.T @ y) * B"),
    Line("t x' y", "txᵀy", r"t x^{\top} y", "t * x.T @ y"),
    Line("2 t*10^k", "2t·10ᵏ", r"2 t \cdot 10^{k}", "2 * t * 10 ** k"),
    Line("lambda x", "λx", r"\lambda x", "lambda_ * x"),
    Line("W1 x", "W₁x", "W_{1} x", "W1 @ x"),
    # Quotients.
    Line("x/norm(x)", "x/‖x‖", r"\frac{x}{\|x\|}", "x / norm(x)"),
    Line("-x/t^2", "−x/t²", r"-\frac{x}{t^{2}}", "-x / t ** 2"),
    Line("2 t x/(1 + x' x)", "2tx/(1 + xᵀx)", r"\frac{2 t x}{1 + x^{\top} x}", "2 * t * x / (1 + x.T @ x)"),
    Line(
        "A' (A x - b)/norm(A x - b)",
        "Aᵀ(Ax − b)/‖Ax − b‖",
        r"\frac{A^{\top} (A x - b)}{\|A x - b\|}",
        "A.T @ (A @ x - b) / norm(A @ x - b)",
    ),
    Line("3 B/5", "3B/5", r"\frac{3}{5} B", "3 * B / 5"),
    Line("1/sqrt(t)", "1/√t", r"\frac{1}{\sqrt{t}}", "1 / sqrt(t)"),
    # Differences of sizes below a line take the sign that they have for large sizes.
    Line("x/(n - 1)", "x/(n − 1)", r"\frac{x}{n - 1}", "x / (n - 1)"),
    Line("x/(n - m)", "x/(n − m)", r"\frac{x}{n - m}", "x / (n - m)"),
    Line("(x - y)/(n - 1)", "(x − y)/(n − 1)", r"\frac{x - y}{n - 1}", "(x - y) / (n - 1)"),
    Line("x/(1 - n)", "x/(1 − n)", r"\frac{x}{1 - n}", "x / (1 - n)"),
    Line("x - y/(n - 1)", "x − y/(n − 1)", r"x - \frac{y}{n - 1}", "x - y / (n - 1)"),
    Line("x/(n - 1)^2", "x/(n − 1)²", r"\frac{x}{(n - 1)^{2}}", "x / (n - 1) ** 2"),
    # Powers, inverses, transposes.
    Line("inv(B)'", "B⁻ᵀ", r"B^{-\top}", "inv(B).T"),
    Line("inv(A' A)", "(AᵀA)⁻¹", r"(A^{\top} A)^{-1}", "inv(A.T @ A)"),
    Line("k (B^(k - 1))'", "k(B^(k−1))ᵀ", r"k (B^{k - 1})^{\top}", "k * matrix_power(B, k - 1).T"),
    Line("B^(-2)", "B⁻²", "B^{-2}", "matrix_power(B, -2)"),
    Line("(t^s)^s", "(tˢ)ˢ", "(t^{s})^{s}", "(t ** s) ** s"),
    Line("(-1)^k", "(−1)ᵏ", "(-1)^{k}", "(-1) ** k"),
    # Entry by entry.
    Line("x .* (B x)", "x ⊙ (Bx)", r"x \odot (B x)", "x * (B @ x)"),
    Line("2 B .* C", "2B ⊙ C", r"2 B \odot C", "2 * B * C"),
    Line("t (B .* C)", "t(B ⊙ C)", r"t (B \odot C)", "t * (B * C)"),
    Line("y ./ x", "y ⊘ x", r"y \oslash x", "y / x"),
    Line("x.^2", "x ⊙ x", r"x \odot x", "x ** 2"),
    Line("x.^3", "x^∘3", r"x^{\circ 3}", "x ** 3"),
    Line("1 - tanh(x).^2", "1 − tanh(x)^∘2", r"1 - \tanh(x)^{\circ 2}", "1 - tanh(x) ** 2"),
    Line(
        "sigmoid(x) .* (1 - sigmoid(x))",
        "σ(x) ⊙ (1 − σ(x))",
        r"\sigma(x) \odot (1 - \sigma(x))",
        "sigmoid(x) * (1 - sigmoid(x))",
    ),
    Line("inv(B) .* eye(n)", "B⁻¹ ⊙ I", r"B^{-1} \odot I", "inv(B) * eye(n)"),
    # Sums of entries, norms, entries.
    Line("sum(x)", "sum(x)", r"\mathbf{1}^{\top} x", "sum(x)"),
    Line("x - mean(x)", "x − mean(x)", r"x - \frac{(\mathbf{1}^{\top} x) \mathbf{1}}{n}", "x - mean(x)"),
    Line("row_sum(X)", "X𝟏", r"X \mathbf{1}", "row_sum(X)"),
    Line("column_sum(X)", "𝟏ᵀX", r"\mathbf{1}^{\top} X", "column_sum(X)"),
    Line("norm(A x - b)^2", "‖Ax − b‖²", r"\|A x - b\|^{2}", "norm(A @ x - b) ** 2"),
    Line("norm(A S)", "‖AS‖", r"\|A S\|_F", "norm(A @ S)"),
    Line("norm(S x)^2", "‖Sx‖²", r"\|S x\|^{2}", "norm(S @ x) ** 2"),
    Line("norm(A)", "‖A‖", r"\|A\|_F", "norm(A)"),
    Line("tr(X X')", "tr(XXᵀ)", r"\operatorname{tr}(X X^{\top})", "trace(X @ X.T)"),
    Line("norm(x)^3 x", "‖x‖³x", r"\|x\|^{3} x", "norm(x) ** 3 * x"),
    Line("X[1, 2]", "X_12", "X_{12}", "X[0, 1]"),
    Line("(X B)[1, :]", "(XB)[1, :]", "(X B)_{1, :}", "(X @ B)[0, :]"),
    Line("x[2]", "x_2", "x_{2}", "x[1]"),
    # Functions and structured products.
    Line("det(B) inv(B)'", "det(B)B⁻ᵀ", r"\det(B) B^{-\top}", "det(B) * inv(B).T"),
    Line("A diag(y)", "A diag(y)", r"A \operatorname{diag}(y)", "A @ diag(y)"),
    Line("B' sign(x - y)", "Bᵀ sign(x − y)", r"B^{\top} \operatorname{sign}(x - y)", "B.T @ sign(x - y)"),
    Line("logdet(A' A)", "log det(AᵀA)", r"\log\det(A^{\top} A)", "logdet(A.T @ A)"),
    Line("kron(B', A)", "Bᵀ ⊗ A", r"B^{\top} \otimes A", "kron(B.T, A)"),
    Line("-kron(B, C)", "−(B ⊗ C)", r"-(B \otimes C)", "-kron(B, C)"),
    Line("2 kron(V' V, eye(n))", "2(VᵀV ⊗ I)", r"2 (V^{\top} V \otimes I)", "2 * kron(V.T @ V, eye(n))"),
    Line("kron(B, C, S)", "B ⊗ C ⊗ S", r"B \otimes C \otimes S", "kron(kron(B, C), S)"),
    Line("cross(a, c)", "a × c", r"a \times c", "cross(a, c)"),
    Line("pinv(A) b", "A⁺b", "A^{+} b", "pinv(A) @ b"),
    Line("[(k x); y]", "[kx; y]", r"\begin{bmatrix} k x \\ y \end{bmatrix}", "block([[k * x], [y]])"),
    Line("[B, C]", "[B, C]", r"\begin{bmatrix} B & C \end{bmatrix}", "block([[B, C]])"),
    Line(
        "exp(-x' x/2) x",
        "exp(−½xᵀx)x",
        r"\exp\left(-\frac{1}{2} x^{\top} x\right) x",
        "exp(-x.T @ x / 2) * x",
    ),
]


@pytest.mark.parametrize("line", LINES, ids=[line.unicode for line in LINES])
def test_line_in_every_medium(line: Line) -> None:
    expr = mg.parse(line.text, GIVEN)
    assert Line(text(expr), unicode(expr), latex(expr), numpy_source(expr)) == line


def test_differentials_are_set_off() -> None:
    dx = mg.differential(mg.parse("inv(X)", "X: n×n"), "X")
    assert unicode(dx) == "−X⁻¹ dX X⁻¹"
    assert latex(dx) == r"-X^{-1} \, \mathrm{d}X \, X^{-1}"
    assert text(dx) == "-inv(X) dX inv(X)"


@pytest.mark.parametrize(
    ("text", "by", "line"),
    [
        ("sum(max(0, 1 - y .* (X w)))", "w", "∂f/∂w = −Xᵀ(y ⊙ 𝟏[y ⊙ (Xw) < 1])"),
        ("sum(max(u, v))", "u", "∂f/∂u = 𝟏[u > v]"),
        ("sum(max(0, -u))", "u", "∂f/∂u = −𝟏[u < 0]"),
        ("sum(max(0, A u - b - c))", "u", "∂f/∂u = Aᵀ𝟏[Au > b + c]"),
        ("sum(max(0, B X - I))", "X", "∂f/∂X = Bᵀ𝟏[BX − I > 0]"),
    ],
)
def test_comparisons_have_what_is_smaller_on_its_side(text: str, by: str, line: str) -> None:
    given = "X: n×n, w: n, y: n, u: n, v: n, b: m, c: m, A: m×n, B: n×n"
    assert mg.derive(text, by, given=given).line() == line


def test_a_condition_among_arguments_is_a_comparison() -> None:
    f = mg.parse("sum(where(abs(r) <= d, r.^2/2, d .* (abs(r) - d/2)))", "r: n, d: scalar positive")
    assert unicode(f) == "sum(where(|r| > d, ½d(2|r| − d), ½(r ⊙ r)))"
    assert mg.parse(mg.latex(f), "r: n, d: scalar positive") is f
