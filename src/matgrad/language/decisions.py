"""What is decided of texts that could be read in several ways: one table, for the reader and for readers.

The reader of texts consults the sets of names here; the reference shows the examples, and a test runs them.
What is in no line of the table has one reading, or is an error.
"""

from __future__ import annotations

from typing import NamedTuple

_SMALL = """
alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi omicron
rho sigma tau upsilon phi varphi chi psi omega lam lamb lmbda lambd gam eps
"""
_ASKING = """
argmin argmax minimize maximize minimise maximise minimum maximum Minimize Maximize Min Max
"""
_SENTENCE = """
subject such that with for if else otherwise when choose given over
mod and or then half twice squared cubed trans
"""
_CAPITAL = "Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega"
SCALAR_LETTERS = frozenset(_SMALL.split())
"""Greek names, which are scalars where nothing is declared of them; so are their signs α to ϵ."""
MATRIX_LETTERS = frozenset(_CAPITAL.split())
"""Greek capitals, which are matrices as all capitals are."""
TASKS = frozenset(_ASKING.split())
"""Words that ask for a point and are no part of a function."""
TALK = frozenset(_SENTENCE.split())
"""Words of the sentences round a formula."""
FUNCTION_LETTERS = frozenset(("f", "g", "h", "phi", "psi", "varphi", "φ", "ψ", "ϕ"))
"""Names that stand for a function where they are applied, even if they are only seen with a prime."""
PARAMETERS = frozenset(("t", "τ", "tau", "k", "i", "j", "n"))
"""Letters of time and of steps: what is applied to them depends on them."""
SPECIAL_FUNCTIONS = frozenset(("gamma", "zeta", "γ", "ζ"))
"""Scalars by their letter, and functions by custom: what a bracket after them means is always asked."""
APPLIED_ONLY = frozenset(("e", "I", "σ"))
"""Functions with the names of variables: functions only where a bracket follows at once."""
FILLED = frozenset(("vector", "matrix"))
"""``vector(1)`` and ``matrix(1)``: filled with a number, of the shape that fits (matrixcalculus.org)."""
TRANSPOSES = frozenset(("T", "H"))
"""Exponents that are a transpose where no number has that name; everything is real, so H is one as well."""
IDENTITIES = frozenset(("I", "eye"))
"""Names of the identity of whatever size fits."""
SIZE_LETTERS = frozenset("KLMNPQRSTDJ")
"""Capitals that are a size behind I_ even where they occur elsewhere, as in I_N + X X'/N."""
POWER_LETTERS = frozenset("abcdpqrst")
"""Letters that are real scalars where one is the base of a power and one its exponent, and nothing else."""

OF_MATRICES = frozenset(("tr", "trace", "det", "logdet", "expm", "logm", "sqrtm"))
"""Functions of matrices, which nobody takes of a number."""

CHANGES = frozenset(("d", "delta", "δ"))
"""Letters before a variable that say, undeclared, that a small change of it is meant."""

COUNT_LETTERS = frozenset("nNmMT")
"""Letters of counts, which are numbers where they are divided by, halved, or stand before a logarithm."""


class Decision(NamedTuple):
    """One line of the table.

    Attributes
    ----------
    text, given : str
        What is written, and what is declared.
    means : str
        The same spelled so that it has one reading; empty where it is asked about.
    asks : str
        A part of the question, where it is asked about.
    because : str
        How it is read, in words.
    """

    text: str
    given: str
    means: str
    asks: str
    because: str


def _read(text: str, given: str, means: str, because: str) -> Decision:
    return Decision(text, given, means, "", because)


def _asked(text: str, given: str, asks: str, because: str) -> Decision:
    return Decision(text, given, "", asks, because)


DECISIONS: dict[str, tuple[Decision, ...]] = {
    "Names": (
        _read("alpha x + α y", "x: n, y: n", "alpha*x + alpha*y", "what is printed alike is one name"),
        _read("theta1 + θ₁", "theta_1: scalar", "2*theta_1", "so are all spellings of an index"),
        _read("A x", "", "A*x", "undeclared capitals are matrices, other Latin letters vectors"),
        _read("lambda x", "x: n", "lambda*x", "undeclared Greek letters are scalars"),
        _asked("x - mu", "x: n", "number added to every entry", "unless they are added to a vector"),
        _read("a^b", "", "a^b", "letters under and in an exponent are scalars"),
        _read("Ax", "A: m×n, x: n", "A*x", "letters side by side that are all declared are a product"),
        _read("x'Ax", "", "x'*A*x", "so are a capital and a letter that stands alone as well"),
        _read("Ax - b", "", "A*x - b", "and capitals before another letter, unless they abbreviate a word"),
        _asked("xAy - b", "", "one name, or a product", "of other letters side by side nothing is known"),
        _read("y - X beta", "", "y - X*beta", "a Greek letter behind a matrix is a vector; so is λ'"),
        _read("sum(theta) + θ' x", "", "1'*theta + theta'*x", "and of which a sum or norm is taken"),
        _read("Xβ - λx", "", "X*beta - lambda*x", "Greek letters beside others are factors; Δx is one name"),
        _read("Ax_k + W₁y", "", "A*x_k + W_1*y", "and so is what stands behind an index"),
        _read("∑ᵢ₌₁ⁿ xᵢ²", "x: n", "sum_{i=1}^n x_i^2", "small letters below and above are indices"),
        _read("X^TX", "", "X'*X", "a letter right behind the T of a transpose is a factor"),
        _read("w'x + b", "w: n, x: n", "b + w'*x", "a letter that is added to a number is a number"),
        _read("norm(x)^2/n", "x: m", "1/n*norm(x)^2", "and one below a fraction line"),
        _asked("x'y + B", "x: n, y: n", "added to every entry", "an undeclared capital beside a number"),
        _read("D/2 log(2 pi) + x'x", "x: n", "D/2*log(2*pi) + x'*x", "before the log of a constant a number"),
        _asked("tr(rho log(rho))", "", "of matrices", "Greek letters under a function of matrices"),
        _asked("P = A P A' + Q", "", "both sides", "a name that its own definition needs"),
        _asked("sum_{i=1}^N norm(x_i)", "", "for every i", "an undeclared name with the index of a sum"),
        _asked("minimize norm(x)^2", "x: n", "no expression", "words that ask for a point"),
        _asked("max(x' A x)", "A: n×n, x: n", "one number", "so does an extreme of one number"),
        _asked("w_ij x", "", "entry of w", "and one with two indices"),
        _asked("x_1", "x: n", "entry of x or another variable", "an index at a declared vector"),
        _asked("A_i x", "A: m×n, x: n", "a row or a column of A", "and one at a declared matrix"),
        _asked("x1x2", "", "one name, or a product", "letters with numbers side by side"),
        _asked("x'x + e", "x: n", "Euler's number or a variable", "a number e of which nothing is said"),
        _read("(x - mu_k)' A (x - mu_k)", "A: n×n, x: n", "(x - mu_k)'*A*(x - mu_k)", "in a transpose"),
        _read("f(x + t d) + ω t", "", "f(x + t d) + ω t", "t before a factor is a number"),
        _asked("exp(-y w'x)", "w: n, x: n", "may be a number", "a vector by its letter before a number"),
    ),
    "Sums over data and entries": (
        _read("sum_i x_i y_i + b", "x: n, y: n, b: scalar", "b + sum_i (x_i*y_i)", "up to the next + or −"),
        _read("sum_i x_i y_i/2", "x: n, y: n", "1/2*sum_i (x_i*y_i)", "and takes what is divided along"),
        _read("sum_i -x_i", "x: n", "-(sum_i x_i)", "a sign behind Σ belongs to what is summed"),
        _read("sum_i s_i(1 - y_i)", "s: n, y: n", "sum_i (s[i]*(1 - y[i]))", "an entry before a bracket"),
        _read("sum_i s_i^2 where s = A x", "A: n×n, x: n", "sum_i ((A*x)[i])^2", "of a defined name"),
        _read("sum_{i,j} δ_ij A_ij", "A: n×n", "sum_i A[i,i]", "Kronecker's δ"),
        _read("sum_{i,j} A_ij x_i", "A: n×n, x: n", "sum_i sum_j (A[i,j]*x[i])", "entries of a matrix"),
        _read("sum_{i<=j} A_ij", "A: n×n", "sum_{j>=i} A[i,j]", "a condition binds the letters in it"),
        _asked("sum_i (x_i - a)^2 + x_i", "x: n, a: scalar", "bound by no sum here", "i ended at the +"),
        _read(
            "sum_{i=1}^N (b_i - a_i'x)^2", "", "sum_{i=1}^N (b_i - a_i'*x)^2",
            "members by their places: transposed or behind a row a vector, beside a number one",
        ),
        _asked("sum_i x_i A_ij x_j", "x: n, A: n×n", "bound by no sum", "a second letter may be summed over"),
        _asked("sum_i sum_i x_i", "x: n", "bound twice", "each sum has a letter of its own"),
        _asked("sum_i x_i", "", "the range of the index i", "members are declared: x_i: n, i = 1..N"),
        _asked("sum_i x_i y_i + c", "x: n, y: n, c: m", "is none", "a sum beside a declared vector"),
        _asked("sum_i X_i", "X: m×n", "a row or a column", "X[i,:]' and X[:,i]"),
    ),
    "Sizes": (
        _read("X I_n", "X: m×n", "X", "I, and I with its size"),
        _read("log|I_T + X X'|", "X: T×n", "logdet(eye(T) + X*X')", "a capital too is a size behind I_"),
        _read("K_mn vec(X)", "X: m×n", "vec(X')", "K with two sizes below is the commutation matrix"),
        _read("1_n' x", "x: n", "ones(n)'*x", "a column of ones with its length, as 𝟏_n"),
        _read("w' 1", "w: n", "w'*ones(n)", "1 behind a matrix or a row is a column of ones that fits"),
        _read("1' w", "w: n", "ones(n)'*w", "a transposed 1 is a row of ones"),
        _read("I_n - 1 1'/n", "", "eye(n) - ones(n)*ones(n)'/n", "and the 1 before it a column"),
        _read("2 w", "w: n", "w + w", "other numbers are numbers"),
        _read("[A, 0; 0, B]", "A: m×n, B: p×q", "[A, zeros(m, q); zeros(p, n), B]", "0 beside blocks"),
        _read("[A B; C D]", "", "[A, B; C, D]", "blanks between entries, where there are several rows"),
        _asked("[A B] x", "", "entries or be a product", "in one row a product may be meant"),
        _read("[a b; b c]", "", "[a, b; b, c]", "letters as entries are numbers"),
        _asked("[A; 0]", "A: m×n", "how many rows", "where the blocks do not say how large it is"),
        _read("A x + vector(1)", "A: m×n, x: n", "A*x + ones(m)", "a column filled with a number"),
        _read("tr(A eye)", "A: n×n", "tr(A)", "eye without a size"),
        _read("x' A x", "A: N×N, x: N", "x'*A*x", "N, R and C are sizes where shapes are made of them"),
        _asked("k x", "x: n, k: N", "the set ℕ or the name of a dimension", "and sets where they are not"),
        _read("sum(x)/a", "x: a", "mean(x)", "a size is a number as well, whatever its letter"),
        _asked("a'x", "x: a", "size", "but no variable: it has no transpose"),
    ),
    "Brackets": (
        _read("A (x + y)", "A: m×n, x: n, y: n", "A*(x + y)", "a bracket is a factor"),
        _read("lambda(x'x - 1)", "x: n", "lambda*(x'*x - 1)", "behind a Greek scalar as well"),
        _asked("log det(A(t))", "A: n×n, t: scalar", "value of a function", "A(t) is no product"),
        _asked("x(t)' A x(t)", "A: n×n, x: n, t: scalar", "value of a function", "nor is x(t)"),
        _asked("x(t)' A x(t)", "A: n×n", "depends on t", "not even an undeclared one"),
        _read("x(t)' x(t)", "x: scalar -> n", "x(t)'*x(t)", "declared so, it is a function"),
        _read("A (t) x", "A: m×n, x: n, t: scalar", "t*A*x", "with a blank it is"),
        _asked("gamma(x)", "x: n", "function", "letters that are known functions"),
        _asked("rho(A)", "A: n×n", "function", "a Greek letter before one operand"),
        _read("sigma(x)", "x: n", "sigmoid(x)", "σ before a bracket is the sigmoid"),
        _read("g(x)", "x: n", "g(x)", "an undeclared letter before a bracket is a function"),
        _asked("y(w'x + 1)", "w: n, x: n", "product with a number", "but one that may be a factor is not"),
        _asked("x(1)", "x: n", "entry or as a product", "a number in the bracket"),
        _asked("Phi(a'x)", "a: n, x: n", "value of a function", "an undeclared capital before a number"),
        _asked("P(x > 0)", "x: n", "probability", "or before a comparison"),
        _asked("E[x]", "x: n", "expectation", "statistics' own brackets"),
        _asked("N(x; m, S)", "x: n, m: n, S: n×n", "density", "and its semicolons and bars"),
    ),
    "Powers": (
        _read("e^(V + t W)", "V: n×n, W: n×n, t: scalar", "expm(V + t*W)", "e to a square matrix"),
        _read("e^x", "x: n", "exp(x)", "e to a vector, entry by entry"),
        _read("X^T X", "X: m×n", "X'*X", "T in an exponent, unless T is a number"),
        _read("x^H A x", "A: n×n, x: n", "x'*A*x", "so is H: everything is real"),
        _asked("X^* X", "X: m×n", "conjugate transpose", "a star in an exponent"),
        _read("A^+ A", "A: m×n", "pinv(A)*A", "a plus in an exponent, of a matrix"),
        _read("(1 - t)^+", "t: scalar", "max(0, 1 - t)", "of a number the positive part"),
        _asked("x^+", "x: n", "positive part", "of a vector"),
        _asked("A†", "A: m×n", "pseudoinverse", "a dagger"),
        _asked("e^x'x", "x: n", "exponent ends", "what stands close behind an exponent of e"),
        _asked("e^-t/2", "t: scalar", "exponent ends", "a fraction behind it as well"),
        _asked("e^A t", "A: n×n, t: scalar", "exponent ends", "and a number behind a matrix in one"),
        _asked("e^-x^2", "x: scalar", "needs brackets", "a power of a power"),
        _asked("A^t", "A: n×n", "transpose or a number", "a t that stands nowhere else"),
        _asked("A^-1/2", "A: n×n", "exponent ends", "a fraction in an exponent without brackets"),
        _asked("x/2s", "x: n, s: scalar", "denominator", "a product behind a fraction line"),
        _asked("x'y/‖x‖ ‖y‖", "x: n, y: n", "denominator", "and a norm behind a norm"),
    ),
    "Functions without brackets": (
        _read("tr A'B", "A: m×n, B: m×n", "tr(A'*B)", "the shapes say how far a function reaches"),
        _asked("tr A B", "A: n×n, B: n×n", "what tr applies to", "where they do not, each reach is shown"),
        _asked("log t/s", "t: scalar, s: scalar", "what log applies to", "a fraction right behind it"),
        _asked("tr A + B", "A: n×n, B: n×n", "what tr applies to", "a number beside a matrix"),
        _read("log |A|/2", "A: n×n spd", "logdet(A)/2", "bars and brackets have an end of their own"),
        _read("sin^2 t + cos²(t)", "t: scalar", "sin(t)^2 + cos(t)^2", "a raised number is a power"),
        _asked("sin^-1 t", "t: scalar", "inverse function", "but −1 as often the inverse function"),
        _read("log t^2", "t: scalar", "log(t^2)", "a power belongs to what it stands at"),
    ),
    "Bars": (
        _read("|A|", "A: n×n", "det(A)", "of a square matrix the determinant"),
        _read("|t|", "t: scalar", "abs(t)", "of a scalar its absolute value"),
        _asked("|x|", "x: n", "norm or its absolute values", "of a vector"),
        _read("<x, y>", "x: n, y: n", "x'*y", "angle brackets, the inner product; ⟨x, y⟩ as well"),
        _read("X(:)", "X: m×n", "vec(X)", "a colon alone, the columns one below the other"),
        _read("|x|_2 + norm(x)_1", "x: n", "norm(x) + norm1(x)", "a kind of norm below a bar or a bracket"),
        _asked("‖A‖F", "A: m×n", "kind or a factor", "but not beside it"),
        _read("x·y", "x: n, y: n", "x'*y", "a point between declared vectors, the inner product"),
        _read("‖X‖", "X: m×n", "norm(X)", "Frobenius' norm of a matrix; ‖X‖_2 is the largest singular value"),
    ),
    "Signs": (
        _read("(x > 0) .* x", "x: n", "step(x) .* x", "a comparison is 1 where it holds and 0 elsewhere"),
        _read("0 < x <= 1", "x: n", "(x > 0) .* (x <= 1)", "several signs in a row all hold"),
        _read("max(0, x)", "x: n", "maximum(0, x)", "entry by entry; max of one operand is one entry"),
        _read("x ⊙ A y", "A: m×n, x: m, y: n", "x .* (A*y)", "side by side binds closer than ⊙"),
        _asked("A ⊙ B C", "A: n×n, B: n×n, C: n×n", "left to right", "where both orders have a value"),
        _asked("U∗V", "U: m×n, V: n×p", "convolution", "a printed star between matrices"),
        _asked("X T y", "X: m×n, y: m", "the transpose or a matrix", "a T that stands behind factors only"),
        _asked("σ2 ‖x‖²", "x: n, σ: scalar", "to the power 2", "a digit behind a declared number"),
        _asked("x.T @ x / x.T @ x", "x: n", "left to right", "an array that divides a number in Python"),
        _read("t(x) %*% A %*% x", "A: n×n, x: n", "x'*A*x", "a text with a sign of R is one in R"),
        _read("A * B %*% C", "A: n×n, B: n×n, C: n×n", "A .* (B*C)", "where * is taken entry by entry"),
        _read("tr（A X）", "A: m×n, X: n×m", "tr(A*X)", "full-width signs and letters are the same signs"),
        _read("x＋y", "x: n, y: n", "x + y", "so are operators"),
    ),
    "LaTeX": (
        _read(r"\mathbf{X}w - \tilde y", "X: m×n, w: n, y_tilde: m", "X*w - y_tilde", "looks, and accents"),
        _read(r"W^{(1)} x_{\text{new}}", "W_1: m×n, x_new: n", "W_1*x_new", "labels go into the name"),
        _read(r"A \odot Bx : c", "A: n, B: n×m, x: m, c: n", "dot(A .* (B*x), c)", "side by side, ⊗, ⊙, :"),
        _read(r"\tr A B", "A: m×n, B: n×m", "tr(A*B)", "tr takes the product, log one factor"),
        _asked(r"\log x y", "x: scalar, y: scalar", "applies to", "several factors behind one"),
        _asked(r"\log\sqrt{2\pi}\sigma", "sigma: scalar", "applies to", "also behind a root or a fraction"),
        _asked(r"\log{2\pi}\sigma", "sigma: scalar", "applies to", "braces, which no page shows"),
        _asked(r"\det A B", "A: n×n, B: n×n", "how far det reaches", "where the shapes do not say it"),
        _asked(r"\log(t)^2", "t: scalar", "exponent", "a power of a logarithm or of its argument"),
        _asked(r"\operatorname{tr}(X^T X)^{-1}", "X: m×n", "exponent", "and of a trace, unless it is whole"),
        _asked(r"\exp(A)", "A: n×n", "every entry", "exp, log and the root of a square matrix"),
        _asked(r"\mathrm{e}^{A}", "A: n×n", "every entry", "and e to one"),
        _asked(r"\tanh W x", "W: m×n, x: n", "applies to", "of a matrix without brackets"),
        _asked(r"\pi(Rx + t)", "R: m×n, x: n, t: m", "the number π", "π before a bracket of vectors"),
        _asked(r"\operatorname{tr}[A B]^2", "A: n×n, B: n×n", "exponent", "a power behind square brackets"),
        _asked(r"\mathbf h * \mathbf x", "h: n, x: n", "a convolution", "a star between vectors"),
        _asked(r"\mathcal{A} - A", "A: n×n", "two fonts", "one letter in two fonts"),
        _asked(r"\cos X", "X: n×n", "power series", "sin, cos and their like of a square matrix"),
        _asked(r"\sigma(X)", "X: n×n", "singular values", "σ of a matrix"),
        _asked(r"\|A\|_2", "A: m×n", "Frobenius", "a 2 below the norm of a matrix"),
        _read(r"x \cdot y", "x: n, y: n", "x'*y", "a dot between vectors is the inner product"),
        _asked(r"A \ast B", "A: n×n, B: n×n", "more than one product", "a star between matrices"),
        _asked(r"A + \lambda", "A: n×n, lambda: scalar", "on its diagonal", "a number and a square matrix"),
        _asked(r"\delta x", "x: n", "a change of x", "an undeclared δ or d before a variable"),
        _asked(r"\sum_i \rho(x_i - 1)", "x: n", "value of a function", "an undeclared Greek letter after Σ"),
        _asked(r"a = \sin(t), b = t^2", "t: scalar", "which one is meant", "two formulas"),
        _read(r"\langle x, y\rangle_M", "x: n, y: n, M: n×n", "x'*M*y", "a declared matrix below brackets"),
        _read(r"||\cos a|-|b||", "a: scalar, b: scalar", "abs(abs(cos(a)) - abs(b))", "bars in bars"),
        _read(r"\left[A|b\right]", "A: m×n, b: m", "[A, b]", "bars in brackets part blocks"),
        _read(r"\sum_i x_i^2 + t", "x: n, t: scalar", "sum_i (x_i^2) + t", "a sum ends at the next sign"),
        _asked(r"\sum_i x_i^2 + x_i", "x: n", "behind it as well", "its index behind that sign"),
        _asked("cov(X)", "X: m×n", "rows", "the variables of a covariance, without NumPy's name"),
        _asked("sum(x) - x_n", "x: n", "may be an entry", "an index that is a length, without a declaration"),
        _asked(r"\mathbf{X}^{-1}_{12}", "X: n×n", "or to its entry", "an exponent beside two indices"),
        _asked(r"\|x - x'\|^2", "x: n", "second variable", "a prime that is no transpose"),
        _asked(r"\alpha/y z", "y: scalar, z: scalar", "denominator", "a product behind a fraction line"),
        _asked(r"\min_w \|w\|^2", "w: n", "no expression", "a minimum over a variable"),
    ),
}  # fmt: skip
"""The table by its headings."""
