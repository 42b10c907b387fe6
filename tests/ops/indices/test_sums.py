"""Sums over indices against loops of NumPy, and what is one object whatever its indices are called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.expr import symbols_of
from matgrad.language import interpret
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.printing import latex, unicode
from matgrad.rewrite.lifting import lifted

N, D, K, M = 5, 3, 2, 4
RNG = np.random.default_rng(7)


def _spd(*shape: int) -> Any:
    a = RNG.normal(size=(*shape, shape[-1]))
    return a @ np.swapaxes(a, -1, -2) + np.eye(shape[-1])


DATA: dict[str, Any] = {
    "x": RNG.normal(size=(N, D)), "y": RNG.normal(size=N), "w": RNG.normal(size=D),
    "W": RNG.normal(size=(N, N)),
    "d": RNG.uniform(1, 2, size=(N, N)), "S": _spd(D),
    "A": RNG.normal(size=(K, M, D)), "B": RNG.normal(size=(K, M, N)),
    "Q": _spd(K, D),
    "p": RNG.uniform(0.5, 1.5, size=N), "a": RNG.normal(size=N), "X": RNG.normal(size=(N, D)),
    "V": RNG.normal(size=(D, N)), "t": 0.7, "m": RNG.normal(size=(K, D)), "c": RNG.uniform(0.5, 1, size=K),
}  # fmt: skip
x, y, w, W, d, S, A, B, Q, p, a, X, V, t, m, c = DATA.values()
GIVEN = (
    "x_i: D, y_i: scalar, d_ij: scalar positive, i = 1..N, j = 1..N, A_k: M×D, B_k: M×N, Q_k: D×D SPD, "
    "m_k: D, c_k: scalar positive, k = 1..K, w: D, W: N×N, S: D×D SPD, p: N positive, "
    "a: N, X: N×D, V: D×N, t: scalar"
)
CASES: list[tuple[str, Callable[[], Any]]] = [
    ("sum_i (y_i - w'x_i)^2", lambda: sum((y[i] - w @ x[i]) ** 2 for i in range(N))),
    ("sum_i y_i x_i", lambda: sum(y[i] * x[i] for i in range(N))),
    ("sum_i x_i x_i'", lambda: sum(np.outer(x[i], x[i]) for i in range(N))),
    ("sum_i y_i S x_i x_i' S", lambda: sum(y[i] * S @ np.outer(x[i], x[i]) @ S for i in range(N))),
    ("sum_i exp(-y_i) norm(x_i - w)",
     lambda: sum(np.exp(-y[i]) * np.linalg.norm(x[i] - w) for i in range(N))),
    ("sum_i logsumexp(x_i)", lambda: sum(np.log(np.exp(x[i]).sum()) for i in range(N))),
    ("sum_i softmax(x_i)", lambda: sum(np.exp(x[i]) / np.exp(x[i]).sum() for i in range(N))),
    ("sum_i p_i^a_i", lambda: sum(p[i] ** a[i] for i in range(N))),
    ("sum_{i=2}^N (p_i - p_{i-1})^2", lambda: sum((p[i] - p[i - 1]) ** 2 for i in range(1, N))),
    ("sum_{i=1}^{N-1} a_i a_{i+1}", lambda: sum(a[i] * a[i + 1] for i in range(N - 1))),
    ("sum_{i,j} W_ij y_i y_j", lambda: y @ W @ y),
    ("sum_{i<j} W_ij y_i y_j", lambda: sum(W[i, j] * y[i] * y[j] for i in range(N) for j in range(i + 1, N))),
    ("sum_{i>=j} W_ij y_i", lambda: sum(W[i, j] * y[i] for i in range(N) for j in range(i + 1))),
    ("sum_{i<=j} abs(W_ij)", lambda: sum(abs(W[i, j]) for i in range(N) for j in range(i, N))),
    ("sum_{i!=j} y_i y_j/norm(x_i - x_j)",
     lambda: sum(y[i] * y[j] / np.linalg.norm(x[i] - x[j]) for i in range(N) for j in range(N) if i != j)),
    ("sum_{i<j} (norm(x_i - x_j) - d_ij)^2/d_ij",
     lambda: sum((np.linalg.norm(x[i] - x[j]) - d[i, j]) ** 2 / d[i, j] for j in range(N) for i in range(j))),
    ("sum_{i,j} exp(-t norm(x_i - x_j)^2) y_j",
     lambda: sum(np.exp(-t * np.sum((x[i] - x[j]) ** 2)) * y[j] for i in range(N) for j in range(N))),
    ("sum_i sum_{j != i} W_ij x_j",
     lambda: sum(W[i, j] * x[j] for i in range(N) for j in range(N) if i != j)),
    ("sum_i x_i sum_j W_ij", lambda: sum(x[i] * W[i].sum() for i in range(N))),
    ("sum_k norm(A_k V - B_k)^2", lambda: sum(np.sum((A[k] @ V - B[k]) ** 2) for k in range(K))),
    ("sum_k c_k logdet(Q_k + S)", lambda: sum(c[k] * np.linalg.slogdet(Q[k] + S)[1] for k in range(K))),
    ("logdet(sum_k c_k Q_k)", lambda: np.linalg.slogdet(sum(c[k] * Q[k] for k in range(K)))[1]),
    ("sum_i log(sum_k c_k exp(-1/2 (x_i - m_k)' inv(Q_k) (x_i - m_k))/sqrt(det(Q_k)))",
     lambda: sum(np.log(sum(c[k] * np.exp(-0.5 * (x[i] - m[k]) @ np.linalg.inv(Q[k]) @ (x[i] - m[k]))
                            / np.sqrt(np.linalg.det(Q[k])) for k in range(K))) for i in range(N))),
    ("sum_i W_ii (sum_{j<=i} x_j)/(1 + y_i^2)",
     lambda: sum(W[i, i] * x[: i + 1].sum(axis=0) / (1 + y[i] ** 2) for i in range(N))),
    ("sum_{i!=j} t y_i", lambda: t * (N - 1) * y.sum()),
    ("prod_i p_i", lambda: np.prod(p)),
    ("t prod_{i=1}^N p_i^a_i", lambda: t * np.prod(p**a)),
    ("mean_i (y_i - X[i,:] w)^2", lambda: np.mean((y - X @ w) ** 2)),
    ("sum_i (i + t) p_i^i", lambda: sum((i + 1 + t) * p[i] ** (i + 1) for i in range(N))),
    ("sum_i X[i,:]' a_i", lambda: X.T @ a),
    ("sum over i of y_i^2", lambda: y @ y),
    ("sum(i, y_i^2)", lambda: y @ y),
    ("Σ_{1≤i<j≤N} W_ij", lambda: np.triu(W, 1).sum()),
    ("sum_{i=1,...,N} y_i", lambda: y.sum()),
    ("2 sum_i y_i/3 + t", lambda: 2 * y.sum() / 3 + t),
    ("-sum_i -p_i log(p_i)", lambda: np.sum(p * np.log(p))),
    ("exp(-sum_i p_i)", lambda: np.exp(-p.sum())),
]  # fmt: skip
IDS = [text for text, _ in CASES]


def read(text: str) -> Any:
    return interpret(text, GIVEN)


def arrays(symbols: Any) -> dict[str, Any]:
    return {name: DATA[name] for name in symbols if name in DATA}


@pytest.mark.parametrize(("text", "loop"), CASES, ids=IDS)
def test_the_value_is_that_of_a_loop(text: str, loop: Callable[[], Any]) -> None:
    expr = read(text).expr
    np.testing.assert_allclose(
        mg.evaluate(expr, {**arrays(symbols_of(expr)), **sizes(expr)}), loop(), rtol=1e-9
    )


def sizes(expr: Any) -> dict[str, int]:
    names = {name for symbol in symbols_of(expr).values() for dim in symbol.shape for name in dim.symbols}
    return {} if names else {"N": N}


@pytest.mark.parametrize(("text", "loop"), CASES, ids=IDS)
def test_term_by_term_and_in_matrix_form_it_is_the_same(text: str, loop: Callable[[], Any]) -> None:
    expr = read(text).expr
    values = {name: np.asarray(value, dtype=float) for name, value in arrays(symbols_of(expr)).items()}
    shaped = {
        name: values[name].reshape(tuple(xp_sizes(dim) for dim in symbol.shape))
        for name, symbol in symbols_of(expr).items()
    }
    xp = NumpyArrays({"N": N, "D": D, "K": K, "M": M})
    plain, matrix = evaluate_nodes([expr, lifted(expr)], shaped, xp)
    np.testing.assert_allclose(plain, matrix, rtol=1e-9, atol=1e-12)


def xp_sizes(dim: Any) -> int:
    return int(dim.value({"N": N, "D": D, "K": K, "M": M}))


@pytest.mark.parametrize(("text", "loop"), CASES, ids=IDS)
def test_what_is_printed_is_read_back(text: str, loop: Callable[[], Any]) -> None:
    interpretation = read(text)
    expr = interpretation.expr
    assert mg.parse(str(expr), interpretation.declarations()) is expr
    assert "#" not in str(expr) + unicode(expr) + latex(expr)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sum_i y_i^2", "sum_j y_j^2"),
        ("sum_i sum_j W_ij y_i y_j", "sum_j sum_i W_ij y_i y_j"),
        ("sum_{i<j} W_ij", "sum_{j>i} W_ij"),
        ("sum_{i != j} norm(x_i - x_j)", "sum_{j != i} norm(x_j - x_i)"),
        ("sum_i y_i (w'x_i)", "sum_{i=1}^N x_i' w y_i"),
        ("sum_i 3 t y_i", "3 t sum_i y_i"),
        ("sum_{i != j} 3 t y_i", "3 t sum_{i != j} y_i"),
        ("sum_{i != j} logdet(S)", "logdet(S) sum_{i != j} 1"),
        ("prod_i p_i", "prod_j p_j"),
    ],
)
def test_the_names_of_indices_do_not_matter(one: str, other: str) -> None:
    assert read(one).expr is read(other).expr


@pytest.mark.parametrize(
    ("one", "other"),
    [("sum_i y_i^2", "sum_{i=2}^N y_i^2"), ("sum_{i<j} W_ij", "sum_{i<=j} W_ij"), ("sum_i a_i", "sum_i p_i")],
)
def test_other_ranges_and_conditions_are_other_sums(one: str, other: str) -> None:
    assert read(one).expr is not read(other).expr


def test_substitution_captures_nothing() -> None:
    """Σ_i t y_i with t = Σ_i y_i is (Σ_i y_i)², under whatever names."""
    outer, inner = read("sum_i exp(t y_i)").expr, read("sum_i y_i^2").expr
    expr = outer.substitute({"t": inner})
    np.testing.assert_allclose(mg.evaluate(expr, {"y": y}), np.sum(np.exp(y @ y * y)))
    twice = read("sum_i sum_j exp(t y_i W_ij)").expr.substitute({"t": read("sum_i sum_j W_ij y_j").expr})
    expected = sum(np.exp((W @ y).sum() * y[i] * W[i, j]) for i in range(N) for j in range(N))
    np.testing.assert_allclose(mg.evaluate(twice, {"y": y, "W": W}), expected)


PAIRS = "x_i: D, z_ij: D, y_i: scalar, A_i: D×D, i = 1..N, j = 1..N, l = 1..N, X: N×D"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sum_{i!=j} z_ji'(x_i - x_j)/(1 + y_i^2)", "sum_{j!=l} (x_j - x_l)' z_lj/(y_j^2 + 1)"),
        ("sum_i sum_{j<i} x_j (x_j - x_i)'", "sum_j sum_{l<j} x_l (x_l - x_j)'"),
        ("sum_i sum_j sum_{l>i} x_j", "sum_j sum_l sum_{i>j} x_l"),
        ("sum_{i,j} sum_{l>i} z_lj", "sum_{j,l} sum_{i>j} z_il"),
    ],
)
def test_one_double_sum_is_one_object_whatever_the_names_make_of_its_signs(one: str, other: str) -> None:
    assert mg.parse(one, PAIRS) is mg.parse(other, PAIRS)


def test_a_sum_that_is_its_own_opposite_is_zero() -> None:
    assert str(mg.parse("sum_{i != j} (x_i - x_j)", PAIRS)) == "zeros(D)"
    assert str(mg.parse("sum_{i, j} (y_i - y_j)^3", PAIRS)) == "0"


def test_a_quotient_behind_a_sum_is_none_of_its_body() -> None:
    expr = mg.parse("sum_{i,j} log(1 + y_j^2) (sum_{l != j} W[l,j])/(1 + y_i^(2 j))", PAIRS + ", W: N×N")
    assert mg.parse(str(expr), PAIRS + ", W: N×N") is expr


def test_compiled_families_of_vectors_with_two_indices() -> None:
    x, z = RNG.normal(size=(N, D)), RNG.normal(size=(N, N, D))
    compiled = mg.compile(mg.parse("sum_{i,j} x_i z_ij'", PAIRS))
    expected = sum(np.outer(x[i], z[i, j]) for i in range(N) for j in range(N))
    np.testing.assert_allclose(compiled(x=x, z=z), expected)
