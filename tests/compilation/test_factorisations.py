"""What experts know of factorisations: the plans do no more work, say by which rule, and are right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.numpy.linear_algebra import MatrixError
from matgrad.core.facts import Fact
from tests.compilation.test_planner import DERIVE

SIZES = {"n": 60, "k": 3, "m": 40, "p": 6, "q": 5}

CASES = [
    # text, declarations, by what, flops at most, what the plan says
    ("y' inv(s Z Z' + t eye(n)) y + logdet(s Z Z' + t eye(n))",
     "Z: n×k, y: n, s: scalar positive, t: scalar positive", "s", 2e4, "small matrix"),
    ("logdet(L L' + diag(d)) + tr(inv(L L' + diag(d)) S)",
     "L: n×k, d: n positive, S: n×n symmetric", "d", 1e5, "without the inverse"),
    ("tr(inv(L L' + t eye(n))^2 S)", "L: n×k, t: scalar positive, S: n×n symmetric",
     "L", 2e6, "small matrix"),
    ("logdet(kron(B, C) + t eye(p*q))", "B: p×p spd, C: q×q spd, t: scalar positive", "B", 2e4, "bases"),
    ("logdet(s kron(B, C) + t eye(p*q))",
     "B: p×p spd, C: q×q spd, s: scalar positive, t: scalar positive", "s", 2e4, "bases"),
    ("tr(M inv(S))", "S: n×n spd, M: n×n", "S", 2e6, "formed rather than solved"),
    ("tr(inv(S)^2)", "S: n×n spd", "S", 2e6, ""),
    ("sum(inv(S))", "S: n×n spd", "S", 1e5 + 60**3, ""),
    ("y' inv(S) y + logdet(S)", "S: n×n symmetric, y: n", "S", 3e5, "by Cholesky"),
    ("tr(M sqrtm(S))", "S: n×n spd, M: n×n symmetric", "S", 5e6, ""),
    ("norm(sylvester(S, T, X))^2", "S: m×m spd, T: n×n spd, X: m×n", "X", 8e6, ""),
    ("norm(sylvester(A, B, X))^2", "A: m×m, B: n×n, X: m×n", "A", 1.2e7, "one pair of Schur forms"),
    ("norm(expm(A) x)^2", "A: n×n, x: n", "A", 20e6, "steps of exp"),
    (" + ".join(f"norm(A{i} x - b{i})^2" for i in range(8)),
     "x: n, " + ", ".join(f"A{i}: m×n, b{i}: m" for i in range(8)), "x", 1e5, "multiplied out"),
    (" + ".join(f"x' A{i} x" for i in range(8)), "x: n, " + ", ".join(f"A{i}: n×n" for i in range(8)), "x",
     1.3e5, ""),
]  # fmt: skip


def draw(symbol: mg.Expr, rng: np.random.Generator) -> Any:
    rows, columns = (int(dim) if dim.is_integer else SIZES[str(dim)] for dim in symbol.shape)
    if symbol.is_scalar:
        return rng.uniform(0.5, 1.5)
    a = rng.standard_normal((rows, columns))
    if symbol.facts & (Fact.POSITIVE_DEFINITE | Fact.SYMMETRIC):
        a = a @ a.T / rows + np.eye(rows)
    elif rows == columns:
        a = a / rows + np.eye(rows)
    return np.abs(a) + 0.5 if symbol.facts & Fact.POSITIVE else a


@pytest.mark.parametrize(
    ("text", "given", "wrt", "most", "said"), CASES, ids=[case[0][:40] for case in CASES]
)
def test_an_experts_plan(text: str, given: str, wrt: str, most: float, said: str) -> None:
    read = mg.interpret(text, given)
    exprs = [read.expr, DERIVE["gradient"](read.expr, wrt)]
    rng = np.random.default_rng(5)
    arrays = {name: draw(symbol, rng) for name, symbol in read.symbols.items()}
    fn = mg.compile(exprs)
    found = fn(**arrays)
    for expr, value in zip(exprs, found, strict=True):
        expected = mg.evaluate(expr, arrays)
        np.testing.assert_allclose(np.reshape(value, np.shape(expected)), expected, rtol=1e-8, atol=1e-8)
    assert fn.plan.flops <= most
    assert said in str(fn.plan)
    if said:
        assert all(choice.flops < choice.otherwise for choice in fn.plan.choices)


def test_a_symmetric_matrix_that_is_not_definite_goes_by_lu() -> None:
    S = np.array([[1.0, 3.0], [3.0, 1.0]])
    fn = mg.compile(mg.parse("inv(S) y", "S: n×n symmetric, y: n"))
    np.testing.assert_allclose(fn(S=S, y=np.ones(2)), np.linalg.solve(S, np.ones(2)))
    with pytest.raises(mg.MatgradError, match="singular"):
        fn(S=np.ones((2, 2)), y=np.ones(2))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0])
def test_the_derivative_of_an_exponential_far_from_normal(scale: float) -> None:
    rng = np.random.default_rng(3)
    A = scale * np.triu(rng.standard_normal((6, 6))) / 6
    A[0, -1] = 1e5
    E = rng.standard_normal((6, 6))
    fn = mg.compile(mg.parse("frechet_expm(A, E) + expm(A)", "A: n×n, E: n×n"))
    expected = mg.evaluate(mg.parse("frechet_expm(A, E) + expm(A)", "A: n×n, E: n×n"), {"A": A, "E": E})
    np.testing.assert_allclose(fn(A=A, E=E), expected, rtol=1e-9, atol=1e-9 * np.abs(expected).max())


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("kind", ["lower", "upper"])
def test_a_triangular_matrix_is_its_own_factorisation(kind: str, order: str) -> None:
    rng = np.random.default_rng(4)
    whole = rng.standard_normal((60, 60)) / 60 + np.diag(rng.choice([-1.5, 2.0], size=60))
    T = np.asarray(np.tril(whole) if kind == "lower" else np.triu(whole), order=order)  # type: ignore[call-overload]
    T[5] *= np.linalg.slogdet(T)[0]
    given = f"T: n×n {kind} triangular, S: m×n"
    wanted = np.linalg.slogdet(T)[1]
    assert mg.compile(mg.parse("logdet(T)", given))(T=T) == pytest.approx(wanted)
    assert mg.compile(mg.parse("logdet(T*T') + logdet(T'*T)", given))(T=T) == pytest.approx(4 * wanted)
    assert mg.compile(mg.parse("det(T)", given))(T=T) == pytest.approx(np.linalg.det(T))
    S = rng.standard_normal((70, 60))
    product = mg.compile(mg.parse("S*T", given))
    np.testing.assert_allclose(product(S=S, T=T), S @ T, atol=1e-12)
    assert "product_with_triangular" in product.source
    T[5] *= -1
    assert mg.compile(mg.parse("log(abs(det(T)))", given))(T=T) == pytest.approx(wanted)
    with pytest.raises(MatrixError, match="negative"):
        mg.compile(mg.parse("logdet(T)", given))(T=T)
    T[7, 7] = 0
    assert mg.compile(mg.parse("det(T)", given))(T=T) == 0
    for text in ("logdet(T)", "logdet(T*T')"):
        with pytest.raises(MatrixError, match="singular: its entry 8, 8 is 0"):
            mg.compile(mg.parse(text, given))(T=T)


def test_the_log_determinant_of_a_diagonal_matrix_is_not_factorised() -> None:
    d = np.array([2.0, -3.0, -1.5, 4.0])
    fn = mg.compile(mg.parse("logdet(diag(d))", "d: n"))
    assert fn(d=d) == pytest.approx(np.log(abs(d)).sum())
    with pytest.raises(MatrixError, match="negative"):
        fn(d=-d * np.array([1, 1, 1, -1]))
    with pytest.raises(MatrixError, match="singular"):
        fn(d=d * np.array([1, 0, 1, 1]))


@pytest.mark.parametrize("kind", ["C", "F", "a view", "single", "a column"])
def test_half_of_a_symmetric_matrix_is_read_for_a_product_with_a_vector(kind: str) -> None:
    rng = np.random.default_rng(5)
    A, x = rng.standard_normal((300, 300)), rng.standard_normal(300)
    A += A.T
    wanted = A @ x
    if kind == "F":
        A = np.asfortranarray(A)
    elif kind == "a view":
        A = np.repeat(np.repeat(A, 2, axis=0), 2, axis=1)[::2, ::2]
    elif kind == "single":
        A, x = A.astype(np.float32), x.astype(np.float32)
    elif kind == "a column":
        x, wanted = x[:, None], wanted[:, None]
    fn = mg.compile(mg.parse("A*x", "A: n×n symmetric, x: n"))
    np.testing.assert_allclose(fn(A=A, x=x), wanted, rtol=1e-2 if kind == "single" else 1e-9, atol=1e-3)
    A[3, 7] += 1
    with pytest.raises(mg.MatgradError, match="symmetric"):
        fn(A=A, x=x)
