"""Sparse data and linear operators: the values of the dense arrays, nothing filled in, refusals by name."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.sparse.linalg import aslinearoperator

import matgrad as mg
from matgrad.core.errors import EvaluationError
from matgrad.core.expr import symbols_of

FORMATS = ("csr", "csc", "coo", "dia", "lil")
GIVEN = (
    "X: m×n, Y: m×n, T: m×n, A: n×n, B: n×n, S: n×n symmetric, K: n×n positive definite, M: n×n invertible, "
    "L: n×n lower triangular invertible, Z: n×n positive semidefinite, N: m×n nonnegative, "
    "W: n×k, P: m×k, U: m×k, V: n×k, x: n, w: n, u: n, v: n*n, y: m, d: m, t: scalar positive"
)
SPARSE = frozenset("XYTABSKMLZN")
DIMS = {"m": 9, "n": 6, "k": 3}

CASES = [
    ("norm(X*w - y)^2", "w X"),
    ("sum(softplus(X*w)) - y'*X*w", "w"),
    ("sum(exp(X*w)) - y'*X*w + t*norm(w)^2", "w t"),
    ("logsumexp(X*w)", "w"),
    ("sum(sigmoid(X*W))", "W"),
    ("x'*A*x", "x A"),
    ("x'*S*x + x'*A*A*x", "x"),
    ("x'*(diag(S*ones(n)) - S)*x", "x S"),
    ("norm((A + t*eye(n))*x)^2", "x t"),
    ("norm(inv(X'*X + t*eye(n))*X'*y)^2", "y t"),
    ("w'*K*w - logdet(K)", "w K"),
    ("x'*inv(K)*x + log(det(K))", "x K"),
    ("x'*inv(M)*w + log(det(M)^2)", "x M"),
    ("norm(inv(L)*x)^2 + norm(inv(L')*w)^2", "x w"),
    ("w'*inv(Z + t*eye(n))*w", "w t"),
    ("det(A)", "A"),
    ("norm(X*W - P)^2", "W P"),
    ("norm(T .* (Y - U*V'))^2", "U V"),
    ("norm(X - U*V')^2", "U V"),
    ("sum(N .* log(exp(U)*exp(V)'))", "U V"),
    ("sum(N .* (U*V' + y*ones(n)' + ones(m)*u' - T).^2)", "U y"),
    ("sum(X .* sigmoid(U*V')) + sum(X' .* exp(V*U'))", "U V"),
    ("sum((X .* (U*V')).^2) + sum(Y .* (X - U*V').^3)", "U"),
    ("tr(X*V*P')", "X V P"),
    ("sum(sin(X)) + sum(exp(X)) + sum(sqrt(N))", "X"),
    ("sum(X.^2) + sum(X) + norm(X)", "X"),
    ("norm((X - ones(m)*u')*w - y)^2", "w u"),
    ("tr(A) + x'*(diag(A).*x) + sum(X[1,:]) + X[1,2] + norm(X[2:4,1:3]*x[1:3])^2", "x A"),
    ("norm(tril(A)*x)^2 + norm(triu(B)*x)^2", "x"),
    ("norm(kron(A,B)*v)^2", "v"),
    ("norm([A, B; B, A]*[x; w])^2", "x w"),
    ("norm(X'*diag(d)*X*w)^2", "w d"),
    ("tr(expm(A)) + norm(X'*X - eye(n))^2", "A X"),
    ("norm(X.*Y)^2 + sum(X.*Y.*T)", "X Y"),
    ("tr(A*B) + tr(A'*B)", "A"),
    ("sum((X*ones(n)).^2) + sum((X'*ones(m)).^2)", "X"),
    ("x'*(2*A - 3*B + S)*x", "x"),
]


def arrays_for(names: Any, density: float = 0.3) -> dict[str, Any]:
    """Data with the declared facts, many entries of the matrices zero."""
    rng = np.random.default_rng(5)
    m, n, k = DIMS.values()
    made: dict[str, Any] = {name: rng.standard_normal((m, n)) for name in "XYTN"}
    made |= {name: rng.standard_normal((n, n)) for name in "ABSKMLZ"}
    made |= {"W": rng.standard_normal((n, k)), "V": rng.standard_normal((n, k))}
    made |= {"P": rng.standard_normal((m, k)), "U": rng.standard_normal((m, k))}
    made |= {name: rng.standard_normal(n) for name in "xwu"} | {"v": rng.standard_normal(n * n), "t": 0.7}
    made |= {"y": rng.standard_normal(m), "d": rng.standard_normal(m)}
    for name in sorted(SPARSE):
        made[name] = made[name] * (rng.random(made[name].shape) < density)
    made["S"] = made["S"] + made["S"].T
    made["K"] = made["K"] @ made["K"].T + np.eye(n)
    made["Z"] = made["Z"] @ made["Z"].T
    made["M"] = made["M"] + 3 * np.eye(n)
    made["L"] = np.tril(made["L"]) + 3 * np.eye(n)
    made["N"] = np.where(made["N"] > 0, made["N"], 0)
    return {name: made[name] for name in names}


def functions_of(text: str, wrt: str) -> tuple[Any, dict[str, Any]]:
    """The value, gradients and the first Hessian compiled, and their data."""
    read = mg.interpret(text, GIVEN)
    own = list(symbols_of(read.expr).values())
    exprs = [read.expr, *(mg.gradient(read.expr, read.symbols[v], verify=False) for v in wrt.split())]
    return mg.compile(exprs, more=own), arrays_for([symbol.label for symbol in own])


def as_array(value: Any) -> Any:
    """A result as an array, which is never one of NumPy's old matrices."""
    assert not isinstance(value, np.matrix)
    return value.toarray() if hasattr(value, "toarray") else np.asarray(value)


def assert_same(got: Any, expected: Any) -> None:
    for a, b in zip(got, expected, strict=True):
        assert as_array(a).shape == np.shape(b)
        np.testing.assert_allclose(as_array(a), b, rtol=1e-9, atol=1e-9 * np.abs(b).max())


@pytest.mark.parametrize(("text", "wrt"), CASES, ids=[text for text, _ in CASES])
@pytest.mark.parametrize("density", [0.3, 0.08])
def test_sparse_data_give_the_values_of_dense_data(text: str, wrt: str, density: float) -> None:
    function, arrays = functions_of(text, wrt)
    arrays = arrays_for(arrays, density)
    expected = function(**arrays)
    for name in FORMATS:
        make = getattr(sp, f"{name}_array")
        given = {key: make(a) if key in SPARSE else a for key, a in arrays.items()}
        for _ in range(2):  # planned, and as planned
            assert_same(function(**given), expected)


@pytest.mark.parametrize("text", ["norm(X - U*V')^2", "norm(2*X + 3*U*V')^2/2", "norm(X' - V*U')^2"])
@pytest.mark.parametrize("size", [1.0, 1e-9])
def test_a_residual_of_low_rank_is_not_formed(text: str, size: float) -> None:
    rng = np.random.default_rng(1)
    given = "X: m×n, U: m×k, V: n×k"
    exprs = [mg.parse(text, given), mg.gradient(text, "U", given=given), mg.gradient(text, "V", given=given)]
    function = mg.compile(exprs)
    U, V = (np.zeros((rows, 2)) for rows in (200, 150))
    U[:20], V[:15] = rng.standard_normal((20, 2)), rng.standard_normal((15, 2))
    X = U @ V.T * (1 if "- " in text else -1.5)
    # What is left of the fit has a billionth of its size: squares of X and U Vᵀ would cancel.
    X[:20, :15] += size * rng.standard_normal((20, 15))
    expected = function(X=X, U=U, V=V)
    found = function(X=sp.csr_array(X), U=U, V=V)
    assert found[0] == pytest.approx(expected[0], rel=1e-7 if size < 1 else 1e-12)
    assert "squares_of_difference" in function.source
    for a, b in zip(found[1:], expected[1:], strict=True):
        np.testing.assert_allclose(a, b, atol=1e-13 * 300)


def test_squares_of_a_symmetric_difference() -> None:
    rng = np.random.default_rng(2)
    function = mg.compile(mg.parse("norm(S - V*V')^2", "S: n×n symmetric, V: n×k"))
    S: Any = sp.random_array((90, 90), density=0.02, rng=rng)
    V = rng.standard_normal((90, 2))
    S = (S + S.T).tocsr()
    assert function(S=S, V=V) == pytest.approx(np.linalg.norm(S.toarray() - V @ V.T) ** 2)
    assert function.plan.flops < 90**2 / 2
    function(S=S.toarray(), V=V)
    assert function.plan.flops < 90**3


def test_one_of_two_matrices_may_be_sparse() -> None:
    function, arrays = functions_of("x'*(2*A - 3*B + S)*x + norm(A.*B)^2 + tr(A*B)", "x A")
    expected = function(**arrays)
    assert_same(function(**{**arrays, "A": sp.csr_array(arrays["A"])}), expected)
    assert_same(function(**{**arrays, "B": sp.csc_array(arrays["B"])}), expected)


OF_OPERATORS = [
    ("norm(X*w - y)^2", "w"),
    ("sum(softplus(X*w)) - y'*X*w", "w"),
    ("x'*A*x", "x"),
    ("x'*A*A*x", "x"),
    ("x'*(A + t*eye(n))*A'*x", "x"),
    ("norm(A*W)^2", "W"),
    ("norm(W'*A)^2", "W"),
    ("norm((X - ones(m)*u')*w - y)^2", "w u"),
    ("x'*(A + B)*x", "x"),
    ("x'*S*x", "x"),
    ("x'*Z*x", "x"),
]


@pytest.mark.parametrize(("text", "wrt"), OF_OPERATORS, ids=[text for text, _ in OF_OPERATORS])
def test_of_an_operator_only_products_are_taken(text: str, wrt: str) -> None:
    function, arrays = functions_of(text, wrt)
    expected = function(**arrays)
    given = {key: aslinearoperator(a) if key in "XASZ" else a for key, a in arrays.items()}
    for _ in range(2):
        assert_same(function(**given), expected)


@pytest.mark.parametrize("text", ["tr(A)", "logdet(A)", "sum(exp(A))", "norm(A)^2", "x'*inv(A)*x"])
def test_what_reads_the_entries_of_an_operator_is_refused(text: str) -> None:
    function, arrays = functions_of(text, "")
    arrays["A"] = aslinearoperator(arrays["A"])
    with pytest.raises(EvaluationError, match=r"A is a linear operator.*reads its entries"):
        function(**arrays)


def test_facts_of_sparse_arrays_and_operators_are_checked() -> None:
    array = np.array([[1.0, 2.0], [2.0, 1.0]])
    x = np.ones(2)
    for facts, wrong in [
        ("symmetric", np.array([[1.0, 3.0], [2.0, 1.0]])),
        ("positive definite", array),
        ("positive semidefinite", array),
        ("diagonal", array),
        ("skew", array),
        ("lower triangular", array),
        ("upper triangular", array),
        ("nonnegative", -array),
        ("positive", np.diag([1.0, 2.0])),
        ("orthogonal", array),
        ("invertible", np.ones((2, 2))),
        ("symmetric", np.array([[np.nan, 0.0], [0.0, 1.0]])),
    ]:
        function = mg.compile(mg.parse("x'*A*w", f"A: n×n {facts}, x: n, w: n"))
        right = {"skew": np.array([[0.0, 1.0], [-1.0, 0.0]]), "positive": np.ones((2, 2))}
        function(A=sp.csr_array(right.get(facts, np.eye(2))), x=x, w=x)
        with pytest.raises(EvaluationError, match=facts[:5]):
            function(A=sp.csr_array(wrong), x=x, w=x)
    function = mg.compile(mg.parse("x'*A*x", "A: n×n symmetric, x: n"))
    with pytest.raises(EvaluationError, match="operator given is not"):
        function(A=aslinearoperator(np.array([[1.0, 3.0], [2.0, 1.0]])), x=x)
    with pytest.raises(EvaluationError, match="do not show"):
        mg.compile(mg.parse("x'*A*x", "A: n×n lower triangular, x: n"))(A=aslinearoperator(np.eye(2)), x=x)


def test_data_that_changed_in_place_are_looked_at_again() -> None:
    function = mg.compile(mg.parse("x'*A*x", "A: n×n symmetric, x: n"))
    a = sp.csr_array(np.array([[1.0, 2.0], [2.0, 1.0]]))
    assert function(A=a, x=np.ones(2)) == 6
    a.data[1] = 5
    with pytest.raises(EvaluationError, match="symmetric"):
        function(A=a, x=np.ones(2))


def test_a_singular_matrix_is_named() -> None:
    singular = sp.csr_array(np.ones((3, 3)))
    with pytest.raises(mg.DomainError, match="A is singular"):
        mg.compile(mg.parse("x'*inv(A)*x", "A: n×n, x: n"))(A=singular, x=np.ones(3))
    with pytest.raises(mg.DomainError, match="negative"):
        mg.compile(mg.parse("logdet(A)", "A: n×n"))(A=sp.csr_array(np.diag([1.0, -1.0, 1.0])))
    assert mg.compile(mg.parse("det(A)", "A: n×n"))(A=singular) == 0
    with pytest.raises(mg.DomainError, match="not positive definite"):
        mg.compile(mg.parse("logdet(A)", "A: n×n spd"))(A=sp.csr_array(np.array([[1.0, 2.0], [2.0, 1.0]])))


def test_the_sign_of_a_sparse_determinant() -> None:
    rng = np.random.default_rng(0)
    function = mg.compile(mg.parse("det(A)", "A: n×n"))
    for _ in range(20):
        a = rng.standard_normal((7, 7)) * (rng.random((7, 7)) < 0.5) + np.eye(7)[rng.permutation(7)]
        assert function(A=sp.csr_array(a)) == pytest.approx(np.linalg.det(a), rel=1e-9, abs=1e-12)


def test_what_would_fill_in_too_much_is_refused_by_name() -> None:
    X: Any = sp.random_array((3000, 4000), density=1e-3, format="csr", rng=np.random.default_rng(0))
    with pytest.raises(EvaluationError, match=r"X is sparse, but exp\(X\) reads every entry"):
        mg.compile(mg.parse("sum(exp(X))", "X: m×n"))(X=X)
    assert mg.compile(mg.parse("sum(sin(X))", "X: m×n"))(X=X) == pytest.approx(np.sin(X.data).sum())
    eye = sp.eye_array(10_000, format="csr")
    with pytest.raises(EvaluationError, match="S⁻¹ has no zeros"):
        mg.compile(mg.gradient("logdet(S)", "S", given="S: n×n spd"))(S=eye)


def test_the_plan_says_what_is_sparse_and_what_is_filled_in() -> None:
    X = sp.random_array((30, 40), density=0.05, format="csr", rng=np.random.default_rng(0))
    function = mg.compile(mg.parse("sum(exp(X))", "X: m×n"))
    function(X=X)
    assert "X is sparse: 60 entries of 30×40 are stored" in str(function.plan)
    assert "X is filled in" in str(function.plan)
    function = mg.compile(mg.gradient("norm(X*w - y)^2", "w", given="X: m×n, w: n, y: m"))
    function(X=X, w=np.ones(40), y=np.ones(30))
    assert "filled" not in str(function.plan)
    assert function.plan.flops < 500


def test_types_of_data() -> None:
    f = "norm(A*x)^2"
    function = mg.compile([mg.parse(f, "A: m×n, x: n"), mg.hessian(f, "x", given="A: m×n, x: n")])
    whole = sp.csr_matrix(np.array([[1, 2], [0, 3]]))
    value, hessian = function(A=whole, x=np.ones(2))
    assert value == 18
    assert sp.issparse(hessian)
    np.testing.assert_array_equal(as_array(hessian), [[2, 4], [4, 26]])
    single = function(A=sp.csr_array(np.eye(2, dtype=np.float32)), x=np.ones(2, np.float32))
    assert single[0].dtype == single[1].dtype == np.float32
    with pytest.raises(EvaluationError, match="complex"):
        function(A=sp.csr_array(np.eye(2) * 1j), x=np.ones(2))
    twice: Any = sp.coo_array(([1.0, 2.0, 3.0], ([0, 0, 1], [0, 0, 1])), shape=(2, 2))
    norm = mg.compile(mg.parse("sum(A.^2)", "A: m×n"))
    assert norm(A=twice) == norm(A=twice.tocsr()) == 18
    twice = sp.csr_array((np.array([1.0, 2.0]), np.array([0, 0]), np.array([0, 2, 2])), shape=(2, 2))
    assert norm(A=twice) == 9
    assert twice.nnz == 2  # The caller's own array is as it was.


def test_sparse_vectors_are_read_as_arrays() -> None:
    function = mg.compile(mg.parse("sum(x.^2) + t*x[1]", "x: n, t: scalar"))
    dense = function(x=np.array([1.0, 0.0, 2.0]), t=3.0)
    assert function(x=sp.csr_array(np.array([[1.0], [0], [2]])), t=sp.csr_array([[3.0]])) == dense
    assert function(x=sp.coo_array(np.array([1.0, 0, 2])), t=3.0) == dense


def test_families_are_rows_of_a_sparse_matrix_or_small() -> None:
    X, y, w = sp.random_array((8, 5), density=0.3, rng=np.random.default_rng(0)), np.ones(8), np.ones(5)
    rows = mg.compile(mg.parse("sum_i (y_i - w'*x_i)^2", "x_i = X[i,:]', X: N×n, y: N, w: n"))
    expected = rows(X=X.toarray(), y=y, w=w)
    assert rows(X=X, y=y, w=w) == pytest.approx(expected)
    family = mg.compile(mg.parse("sum_i (y_i - w'*x_i)^2", "x_i: n, y_i: scalar, w: n, i = 1..N"))
    for _ in range(2):
        assert family(x=X, y=y, w=w) == pytest.approx(expected)
    large = sp.eye_array(3000, format="csr")
    assert rows(X=large, y=np.ones(3000), w=np.ones(3000)) == 0
    with pytest.raises(EvaluationError, match=r"members of a family[\s\S]*stays sparse"):
        family(x=large, y=np.ones(3000), w=np.ones(3000))


def test_results_are_arrays_of_their_own() -> None:
    function = mg.compile([mg.parse("A", "A: m×n"), mg.parse("A'", "A: m×n")])
    a = sp.csr_array(np.array([[1.0, 2.0], [0, 3]]))
    same, turned = function(A=a)
    same.data[:] = 0
    turned.data[:] = 0
    np.testing.assert_array_equal(a.toarray(), [[1, 2], [0, 3]])


def test_a_sparse_result_is_written_into_an_array() -> None:
    function = mg.compile(mg.parse("2*A", "A: m×n"))
    out = np.ones((2, 2))
    assert function(A=sp.eye_array(2, format="csr"), out=out) is out
    np.testing.assert_array_equal(out, 2 * np.eye(2))


def test_evaluate_says_where_sparse_arrays_are_read() -> None:
    with pytest.raises(EvaluationError, match=r"A is a sparse array of SciPy[\s\S]*A\.toarray\(\)"):
        mg.evaluate("tr(A)", {"A": sp.eye_array(2)}, given="A: n×n")
