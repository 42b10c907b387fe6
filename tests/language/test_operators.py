"""What the operators of both dialects mean: two texts of one expression are the same object."""

import pytest

from matgrad.core.errors import ArgumentError
from matgrad.language import parse

GIVEN = (
    "A: n×n, B: n×n, X: m×n, Y: m×n, S: n×n symmetric, x: n, y: n, b: m, t: scalar, s: scalar, k: integer, "
    "u: 3, v: 3, r: 1×n"
)

MATLAB = [
    ("A*B", "A B"),
    ("A B x", "A*B*x"),
    ("2A x", "2*A*x"),
    ("2(A x - y)", "2*(A*x - y)"),
    ("X(x - y)", "X*(x - y)"),
    ("x(x - y)'", "x*(x - y)'"),
    ("t/s(x - y)", "(t/s)*(x - y)"),
    ("t(x - y)^T", "t*(x - y)'"),
    ("1/2 x' A x", "(1/2)*x'*A*x"),
    ("x' A x/2", "(x' A x)/2"),
    ("t / s x", "(t/s)*x"),
    ("t / s s", "t"),
    ("-x'", "(-x)'"),
    ("-t^2", "-(t^2)"),
    ("2^-1 x", "x/2"),
    ("t^-2", "1/(t^2)"),
    ("(x' x)^2", "x'*x*x'*x"),
    ("A'^2", "(A')^2"),
    ("A^2'", "(A^2)'"),
    ("A^-1", "inv(A)"),
    ("A^{-1}", "inv(A)"),
    ("A^(-1)", "inv(A)"),
    ("A⁻¹", "inv(A)"),
    ("A^-T", "inv(A)'"),
    ("A^{-T}", "inv(A')"),
    ("A⁻ᵀ", "inv(A)'"),
    ("A^{-⊤}", "inv(A)'"),
    ("X^T", "X'"),
    ("X^⊤", "X'"),
    ("Xᵀ", "X'"),
    ("X.'", "X'"),
    ("X’", "X'"),
    ("X''", "X"),
    ("A²", "A*A"),
    ("A^k B", "(A^k)*B"),
    ("A^k(B + S)", "(A^k)*(B + S)"),
    ("A^(k-1) A", "A^k"),
    ("x.^2", "x .* x"),
    ("x.^2'", "(x.^2)'"),
    ("-x.^2", "-(x.^2)"),
    ("2.^x", "exp(log(2) x)"),
    ("x.*y.*x", "x.^2 .* y"),
    ("2.*x", "2 x"),
    ("x./y", "x .* y.^-1"),
    ("1 ./ x", "x.^(-1)"),
    ("X .* Y x", "(X .* Y) x"),
    ("A\\x", "inv(A) x"),
    ("A'*A\\x", "inv(A'*A)*x"),
    ("x + 1", "x + ones(n)"),
    ("X - t", "X - t ones(m, n)"),
    ("1 - sigmoid(x)", "ones(n) - sigmoid(x)"),
    ("A − B", "A - B"),
    ("A·B", "A*B"),
    ("X ⊙ Y", "X .* Y"),
    ("X ∘ Y", "X .* Y"),
    ("X ⊘ Y", "X ./ Y"),
    ("A ⊗ B", "kron(A, B)"),
    ("A ⊗ B ⊗ S", "kron(A, B, S)"),
    ("S ⊗ S A", "kron(S, S*A)"),
    ("S A ⊗ S", "kron(S*A, S)"),
    ("2 S ⊗ A' .* A'", "2 kron(S, A' .* A')"),
    ("u × v", "cross(u, v)"),
    ("√t", "sqrt(t)"),
    ("√(t s) x", "sqrt(t s) x"),
    ("|A|", "det(A)"),
    ("|t|", "abs(t)"),
    ("|x' y| |t|", "abs(x' y) abs(t)"),
    ("| |t| - 1 |", "abs(abs(t) - 1)"),
    ("||t| - 1|", "abs(abs(t) - 1)"),
    ("||x||", "norm(x)"),
    ("‖x‖‖y‖", "norm(x) norm(y)"),
    ("‖X x − b‖²", "norm(X x - b)^2"),
    ("‖x‖₂", "norm(x)"),
    ("‖x‖_1", "norm1(x)"),
    ("‖x‖_inf", "norm_inf(x)"),
    ("‖x‖_∞", "norm_inf(x)"),
    ("‖x‖_3", "norm_p(x, 3)"),
    ("‖X‖", "norm(X)"),
    ("‖X‖_F^2", "tr(X' X)"),
    ("‖X‖_2", "spectral_norm(X)"),
    ("‖X‖_*", "nuclear_norm(X)"),
    ("log det(A)", "log(det(A))"),
    ("log det A", "logdet(A)"),
    ("log|A|", "log(det(A))"),
    ("tr A", "tr(A)"),
    ("tr (A) B", "tr(A) B"),
    ("2 log |A| + tr B", "2 logdet(A) + tr(B)"),
    ("log |A| / 2", "logdet(A)/2"),
    ("exp t", "exp(t)"),
    ("sin t^2", "sin(t^2)"),
    ("e^t", "exp(t)"),
    ("e^(-x' x)", "exp(-x' x)"),
    ("𝟏ᵀ x", "sum(x)"),
    ("A + t I", "A + t eye(n)"),
    ("sum(x)/n", "mean(x)"),
    ("m n", "m*n"),
    ("sum(X, 1)", "column_sum(X)"),
    ("mean(X, 2)", "row_mean(X)"),
    ("norm(x, 1)", "norm1(x)"),
    ("norm(X, 'fro')", "norm(X)"),
    ("[1, 2; 3, 4]'", "[1, 3; 2, 4]"),
    ("[1; 2]' [3; 4]", "[1, 2] * [3; 4]"),
    ("[A, B; B, A]", "[A,B ; B,A]"),
    ("[A; B]", "vstack(A, B)"),
    ("[A, B]", "hstack(A, B)"),
    ("[X]", "X"),
    ("[2 t; -s]", "vstack(2*t, -s)"),
    ("X[1, 2]", "e(1, m)' X e(2, n)"),
    ("X(1,2)", "X[1,2]"),
    ("X(:,2)", "X e(2, n)"),
    ("X(2,:)", "e(2, m)' X"),
    ("X[1:m, 1:n]", "X"),
    ("x[end]", "x[n]"),
    ("x[end-1]", "x[n-1]"),
    ("x[i]", "e(i, n)' x"),
    ("X[k, 1]", "e(k, m)' X e(1, n)"),
    ("r[2]", "r e(2, n)"),
    ("1e-3 t", "t/1000"),
    (".5 t", "t/2"),
    ("0.1 t", "t/10"),
    ("1.5e3", "1500"),
    ("2.", "2"),
    ("f = x' x", "x' x"),
    ("f(x) = x' x", "x' x"),
    ("norm(Z)^2 where Z = X x - b", "norm(X x - b)^2"),
    ("tr(Z) where Z = Q Q', Q = A B", "tr(A B (A B)')"),
    ("tr(Z) where Z = Q Q' and Q = A B", "tr(A B (A B)')"),
    ("Z = X x; norm(Z)", "norm(X x)"),
    ("Z = X x\nnorm(Z)", "norm(X x)"),
    ("Z = X x\nf = norm(Z)\n  + 1", "norm(X x) + 1"),
    ("x' x;", "x' x"),
]

NUMPY = [
    ("A @ B @ x", "A B x"),
    ("A * B @ x", "(A .* B) x"),
    ("A @ B * S", "(A B) .* S"),
    ("x.T @ A @ x", "x' A x"),
    ("-x.T @ y", "-x' y"),
    ("A.T ** 2 @ x", "(A'.^2) x"),
    ("-t ** 2 @ x", "-(t^2) x"),
    ("t ** -1 @ x", "x/t"),
    ("2 ** t ** s @ x", "2^(t^s) x"),
    ("x ** 2 / n", "x.^2 / n"),
    ("x / y @ r", "(x ./ y) r"),
    ("x.T * X", "X diag(x)"),
    ("X * r + x.T", "X diag(r') + ones(m) x'"),
    ("X + x.T", "X + ones(m) x'"),
    ("1 - x.T", "1 - x'"),
    ("X.T @ (X @ x - b) / m", "X' (X x - b) / m"),
    ("np.linalg.inv(A) @ x", "inv(A) x"),
    ("np.linalg.solve(A, x)", "A\\x"),
    ("np.linalg.matrix_power(A, k)", "A^k"),
    ("matrix_power(A, 3) @ x", "A^3 x"),
    ("np.log(np.linalg.det(A))", "logdet(A)"),
    ("np.linalg.slogdet(A)[1]", "logdet(A)"),
    ("np.trace(A @ B)", "tr(A B)"),
    ("np.sum(X)", "sum(X)"),
    ("np.sum(X, axis=0)", "column_sum(X)'"),
    ("np.sum(X, axis=0, keepdims=True)", "column_sum(X)"),
    ("np.sum(X, 1)", "row_sum(X)"),
    ("X.T.sum(axis=1)", "row_sum(X')"),
    ("X.mean(axis=0) @ x.T", "column_mean(X)' x'"),
    ("np.exp(X).sum()", "sum(exp(X))"),
    ("np.linalg.norm(x)**2", "x' x"),
    ("np.linalg.norm(x, 1)", "norm1(x)"),
    ("np.linalg.norm(X, 'fro')", "norm(X)"),
    ("np.linalg.norm(X, ord=2)", "spectral_norm(X)"),
    ("np.linalg.norm(x, np.inf)", "norm_inf(x)"),
    ("np.linalg.norm(X, ord='nuc')", "nuclear_norm(X)"),
    ("np.dot(x, y)", "x' y"),
    ("np.outer(x, y)", "x y'"),
    ("np.diag(x) @ A", "diag(x) A"),
    ("np.diag(A)", "diagonal(A)"),
    ("np.eye(n) @ x", "x"),
    ("np.ones((m, n)) @ x", "ones(m, n) x"),
    ("np.hstack([A, B])", "[A, B]"),
    ("np.vstack((A, B))", "[A; B]"),
    ("np.concatenate([A, B], axis=1)", "[A, B]"),
    ("np.block([[A, B], [B, A]])", "[A, B; B, A]"),
    ("np.array([[1, 2], [3, 4]])", "[1, 2; 3, 4]"),
    ("np.array([1, 2]).T", "[1, 2]"),
    ("np.maximum(x, 0)", "relu(x)"),
    ("np.pi * t", "pi t"),
    ("X[0, 1] ** 2", "X[1, 2]^2"),
    ("X[-1, 0] @ 1", "X[m, 1]"),
    ("x[1:].T @ y[:-1]", "x[2:n]' y[1:n-1]"),
    ("X[:, 0] @ x.T", "X[:, 1] x'"),
    ("X[0] @ x", "X[1, :] x"),
    ("x[:, None] @ y[None, :]", "x y'"),
    ("np.reshape(x, (1, n))", "x'"),
    ("X.reshape(n, m, order='F') @ b", "reshape(X, n, m) b"),
    ("X.shape[0] * t @ 1", "m t"),
    ("len(x) * t @ 1", "n t"),
    ("scipy.special.expit(x)", "sigmoid(x)"),
    ("jnp.sin(x)", "sin(x)"),
]


@pytest.mark.parametrize(("text", "same"), MATLAB)
def test_matlab_dialect(text: str, same: str) -> None:
    assert parse(text, GIVEN, syntax="matlab") is parse(same, GIVEN, syntax="matlab")


@pytest.mark.parametrize(("text", "same"), NUMPY)
def test_numpy_dialect(text: str, same: str) -> None:
    assert parse(text, GIVEN, syntax="numpy") is parse(same, GIVEN, syntax="matlab")


@pytest.mark.parametrize("text", ["A @ x", "x.T", "x ** 2", "np.exp(x)"])
def test_signs_of_the_numpy_dialect(text: str) -> None:
    assert parse(text, GIVEN) is parse(text, GIVEN, syntax="numpy")


def test_the_star_means_what_the_dialect_says() -> None:
    assert parse("A * B", GIVEN) is parse("A B", GIVEN)
    assert parse("A * B @ x", GIVEN) is parse("(A .* B) x", GIVEN)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("f(x)' g(x)", "g(x)' f(x)"),
        ("f'(x) .* y", "y .* f'(x)"),
        ("φ(A x)", "φ(A*x)"),
        ("h_1(x)", "h_1((x))"),
    ],
)
def test_undefined_functions(text: str, same: str) -> None:
    assert parse(text, GIVEN) is parse(same, GIVEN)


def test_a_prime_before_a_bracket_is_a_derivative_only_of_functions() -> None:
    assert parse("x'(A y)", GIVEN) is parse("x'*(A*y)", GIVEN)
    assert parse("c'(A x - y)", GIVEN) is parse("c'*(A*x - y)", GIVEN + ", c: n")
    assert parse("q'(x)", GIVEN + ", q: function") is parse("q'( x )", GIVEN + ", q: function")
    assert parse("f(x - y)", GIVEN + ", f: n×n") is parse("f*(x - y)", GIVEN + ", f: n×n")


@pytest.mark.parametrize("text", ["A kron B", "A hadamard B", "(A kron B) vec(X)"])
def test_a_name_of_a_product_between_its_operands(text: str) -> None:
    """A kron B was read as A times kron(B), which is A B."""
    with pytest.raises(ArgumentError, match="takes its operands in brackets"):
        parse(text)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("X_{:,1}", "X[:, 1]"),
        ("X_{1,:}", "X[1, :]"),
        ("X_{1:2,1}", "X[1:2, 1]"),
        ("x_{2:3}' y_{1:2}", "x[2:3]' y[1:2]"),
    ],
)
def test_ranges_in_a_braced_subscript(text: str, same: str) -> None:
    given = "X: m×n, x: n, y: m"
    assert parse(text, given) is parse(same, given)
