"""Values and gradients that came out wrong, or were refused, on random expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matgrad as mg

rng = np.random.default_rng(7)
Y, u = rng.standard_normal((2, 2)), rng.standard_normal(2)
A, B = rng.standard_normal((2, 3)), rng.standard_normal((2, 2))


def slope(f: object, x: np.ndarray, h: float = 1e-6) -> np.ndarray:
    """The central difference quotient by each entry."""
    result = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[place] = h
        result[place] = (f(x + step) - f(x - step)) / (2 * h)  # type: ignore[operator]
    return result


@pytest.mark.parametrize("text", ["(K^2)[1, 1]", "x'*K^2*x", "(K*K)[1, 1]", "x'*K^4*x"])
def test_even_powers_of_a_skew_matrix_keep_their_sign(text: str) -> None:
    raw = rng.standard_normal((3, 3))
    K, x = raw - raw.T, rng.standard_normal(3)
    right = {"(": (K @ K)[0, 0], "x'*K^2*x": x @ K @ K @ x, "x'*K^4*x": x @ K @ K @ K @ K @ x}
    expr = mg.parse(text, "K: n×n skew, x: n")
    given = {"K": K, "x": x} if "x" in str(expr) else {"K": K}
    assert mg.evaluate(expr, given) == pytest.approx(right.get(text, right["("]), rel=1e-12)
    assert mg.compile(expr)(**given) == pytest.approx(right.get(text, right["("]), rel=1e-12)


@pytest.mark.parametrize("p", [3, 5])
def test_a_p_norm_beside_a_function_of_itself(p: int) -> None:
    def f(v: np.ndarray) -> float:
        return float(np.exp(-(np.sum(np.abs(Y @ v) ** p) ** (2 / p))))

    expr = mg.parse(f"exp(-norm_p(Y*u, {p})^2)", "Y: m×m, u: m")
    gradient = mg.gradient(expr, "u")
    for found in (mg.evaluate(gradient, {"Y": Y, "u": u}), mg.compile(gradient)(Y=Y, u=u)):
        assert found == pytest.approx(slope(f, u), rel=1e-6)


@pytest.mark.parametrize("order", [1, 2, 3, 4])
def test_the_gradient_of_the_determinant_of_a_skew_matrix(order: int) -> None:
    """det(K + h D) has for skew K and D of odd order no linear part: it is 0."""
    raw = rng.standard_normal((order, order))
    K = raw - raw.T
    gradient = mg.evaluate(mg.gradient(mg.parse("det(K)", "K: n×n skew"), "K"), {"K": K})
    gradient = np.reshape(gradient, (order, order))

    def f(entries: np.ndarray) -> float:
        return float(np.linalg.det(K + entries - entries.T))

    assert 2 * gradient == pytest.approx(slope(f, np.zeros((order, order))), abs=1e-7)


@pytest.mark.parametrize(
    "text",
    [
        "lambda_max(sym(2*A'*B*A))",
        "lambda_min(sym(A'*B*A))",
        "sum(exp(eigenvalues(sym(A'*B*A))))",
        "lambda_max(sym(A'*A + A'*B*A))",
    ],
)
def test_simplification_leaves_what_an_eigenvalue_must_know(text: str) -> None:
    """AᵀBA + AᵀBᵀA is not written Aᵀ(BA + BᵀA) below an eigenvalue, which needs a symmetric matrix."""

    def f(a: np.ndarray) -> float:
        matrix = a.T @ B @ a * (2 if "2*" in text else 1) + (a.T @ a if "A'*A +" in text else 0)
        values = np.linalg.eigvalsh((matrix + matrix.T) / 2)
        return float({"lambda_ma": values[-1], "lambda_mi": values[0]}.get(text[:9], np.sum(np.exp(values))))

    expr = mg.parse(text, "A: m×n, B: m×m")
    assert mg.evaluate(mg.gradient(expr, "A"), {"A": A, "B": B}) == pytest.approx(slope(f, A), abs=1e-6)
    assert mg.evaluate(mg.simplify(expr), {"A": A, "B": B}) == pytest.approx(f(A))


def test_a_sum_that_grows_is_the_sum_made_at_once() -> None:
    terms = [mg.parse(f"{c}*{x}", "a: n, b: n, c: n") for c, x in ((2, "a"), (-1, "b"), (3, "a"), (1, "b"))]
    grown = terms[0]
    for term in terms[1:]:
        grown = grown + term
    assert grown is mg.parse("5*a", "a: n")
    assert terms[0] + terms[1] is terms[1] + terms[0]


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize(
    "text", ["det(X .* K)", "det(X*(-2*B.*X'))", "det(tril(X) .* (K - tril(X)))", "det(K*X)"]
)
def test_the_adjugate_keeps_the_sign_of_the_determinant_it_comes_from(text: str, order: int) -> None:
    """det(-A) = (-1)^n det(A), also where det(-A) stands beside inv(A)."""
    raw = rng.standard_normal((order, order))
    data = {"K": raw - raw.T, "B": rng.standard_normal((order, order))}
    X = rng.standard_normal((order, order))
    expr = mg.parse(text, "X: n×n, B: n×n, K: n×n skew")
    given = {name: array for name, array in data.items() if name in text}
    by_hand: dict[str, Callable[[Any], Any]] = {
        "det(X .* K)": lambda x: x * data["K"],
        "det(X*(-2*B.*X'))": lambda x: x @ (-2 * data["B"] * x.T),
        "det(tril(X) .* (K - tril(X)))": lambda x: np.tril(x) * (data["K"] - np.tril(x)),
        "det(K*X)": lambda x: data["K"] @ x,
    }
    gradient = mg.gradient(expr, "X", verify=False)
    for found in (mg.evaluate(gradient, {**given, "X": X}), mg.compile(gradient)(**given, X=X)):
        right = slope(lambda x: float(np.linalg.det(by_hand[text](x))), X)
        assert np.reshape(found, X.shape) == pytest.approx(right, abs=1e-6)


def test_a_matrix_of_one_entry_that_is_a_whole_number_is_one_of_floats() -> None:
    expr = mg.parse("spectral_norm(diag(softmax(x)))", "x: n")
    value, gradient = mg.compile([expr, mg.gradient(expr, "x", verify=False)])(x=np.ones((1, 1)))
    assert float(value) == 1.0
    assert gradient == pytest.approx(np.zeros((1, 1)))
