"""Equations in a function of the unknown, against NumPy and SciPy: which solution it is, if any."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import linalg

import matgrad as mg

N = 5
SPD = "A: n×n spd, B: n×n spd, X: n×n"


def general(seed: int) -> Any:
    return np.random.default_rng(seed).normal(size=(N, N))


def definite(seed: int) -> Any:
    a = general(seed)
    return a @ a.T + np.eye(N)


CASES = [
    ("X^2 = A", "A: n×n", lambda x, a, b: x @ x - a, False),
    ("X X = A", "A: n×n spd", lambda x, a, b: x @ x - a, False),
    ("A X^2 = B", SPD, lambda x, a, b: a @ x @ x - b, False),
    ("X^3 = A", "A: n×n spd", lambda x, a, b: x @ x @ x - a, False),
    ("A inv(X) = B", "A: n×n, B: n×n", lambda x, a, b: a @ np.linalg.inv(x) - b, True),
    ("inv(X)' = A", "A: n×n", lambda x, a, b: np.linalg.inv(x).T - a, True),
    ("expm(X) = A", "A: n×n", lambda x, a, b: linalg.expm(x) - a, False),
    ("exp(X) = A .* A", "A: n×n", lambda x, a, b: np.exp(x) - a * a, True),
    ("X A X' = B", SPD, lambda x, a, b: x @ a @ x.T - b, False),
    ("X' A X = B", SPD, lambda x, a, b: x.T @ a @ x - b, False),
    ("X' X = B", SPD, lambda x, a, b: x.T @ x - b, False),
    ("X A X = B", SPD, lambda x, a, b: x @ a @ x - b, False),
    ("X A X = B", SPD + " spd", lambda x, a, b: x @ a @ x - b, False),
    ("2 X A X = B", SPD + " spd", lambda x, a, b: 2 * x @ a @ x - b, False),
]


@pytest.mark.parametrize(("text", "given", "left", "unique"), CASES, ids=[f"{c[0]} {c[1]}" for c in CASES])
def test_solutions(text: str, given: str, left: Any, unique: bool) -> None:
    q = mg.equation(text, "X", given=given)
    assert q.verification.verified
    arrays = {"A": definite(1), "B": definite(2)}
    used = {name: array for name, array in arrays.items() if name in text}
    found = q.solve(**used)
    assert np.abs(left(found.value, arrays["A"], arrays["B"])).max() < 1e-9 * np.abs(arrays["B"]).max() * N
    assert found.unique is unique


def test_the_principal_root_is_meant() -> None:
    q = mg.equation("X^2 = A", "X")
    assert str(q) == "X = A^(1/2)"
    assert "the principal one" in q.condition
    a = definite(3)
    np.testing.assert_allclose(q.solve(A=a).value, linalg.sqrtm(a), atol=1e-9)
    with pytest.raises(mg.DomainError, match="negative eigenvalue"):
        q.solve(A=-a)


@pytest.mark.parametrize(("text", "names"), [("X^3 = A", "A"), ("X A X' = B", "A and B"), ("X' X = B", "B")])
def test_what_has_to_be_definite_is_asked_for(text: str, names: str) -> None:
    with pytest.raises(mg.ArgumentError, match=f"known where {names} (is|are) positive definite") as caught:
        mg.equation(text, "X")
    assert caught.value.fix is not None
    assert mg.equation(text, "X", given=caught.value.fix.removeprefix("declare ")).verification.verified


@pytest.mark.parametrize("n", [3, 70])
def test_one_number_of_the_unknown_is_no_matrix(n: int) -> None:
    q = mg.equation("tr(X) A = B", "X", given="X: n×n, A: n×n")
    assert q.condition.startswith("never: tr(X) is but one number")
    a = np.random.default_rng(4).normal(size=(n, n))
    with pytest.raises(mg.DomainError, match="no more numbers of X"):
        q.solve(A=a, B=2 * a)
    found = q.solve(A=a, B=2 * a, least_squares=True)
    assert not found.unique
    np.testing.assert_allclose(found.value, 2 / n * np.eye(n), atol=1e-10)


def test_columns_have_one_axis_where_all_were_given_so() -> None:
    q = mg.equation("A x = b", "x")
    a, b = definite(5), np.arange(N, dtype=float)
    assert q.solve(A=a, b=b).value.shape == (N,)
    assert q.solve(A=a, b=b[:, None]).value.shape == (N, 1)
    assert q.solve(A=a, b=b).residual < 1e-12


ONE_VARIABLE = [
    ("X^-1 = B", "symmetric", "X = B⁻¹"),
    ("X^-1 = B", "diagonal", "X = B⁻¹"),
    ("X^2 = B", "symmetric", "X = B^(1/2)"),
    ("expm(X) = B", "symmetric", "X = logm(B)"),
    ("exp(X) = B", "symmetric", "X = log(B)"),
    ("log(X) = B", "symmetric", "X = exp(B)"),
]


@pytest.mark.parametrize(("text", "structure", "line"), ONE_VARIABLE)
def test_a_solution_of_a_structure_exists_only_where_data_have_it(
    text: str, structure: str, line: str
) -> None:
    q = mg.equation(text, "X", given=f"X: n×n {structure}")
    assert str(q) == line
    assert q.verification.verified
    assert q.condition.endswith(f"; a {structure} solution exists only where B is {structure}")
    with pytest.raises(mg.DomainError, match="not what X is declared to be"):
        q.solve(B=np.array([[2.0, 1.0], [0.5, 3.0]]))
    assert q.solve(B=np.diag([2.0, 3.0]) if "exp(" not in text[:4] else np.ones((2, 2))).residual < 1e-12


NO_FORMULA = [
    ("A X^-1 B = C", "X: n×n symmetric, A, B: n×n"),
    ("expm(X) = P", "P: n×n spd, X: n×n skew"),
    ("X P X = S", "X: n×n diagonal, P, S: n×n spd"),
    ("X P X = S", "X: n×n lower triangular, P, S: n×n spd"),
]


@pytest.mark.parametrize(("text", "given"), NO_FORMULA)
def test_what_has_not_the_declared_structure_is_no_solution(text: str, given: str) -> None:
    with pytest.raises(mg.ArgumentError, match="solution exists for particular right sides only"):
        mg.equation(text, "X", given=given)


TRIANGULAR = [
    ("X X' = B", "lower", "X = chol(B)"),
    ("X' X = B", "upper", "X = chol(B)ᵀ"),
    ("X X' = B", "upper", "X = chol(B⁻¹)⁻ᵀ"),
    ("X' X = B", "lower", "X = chol(B⁻¹)⁻¹"),
    ("X A X' = B", "lower", "X = chol(B) chol(A)⁻¹"),
    ("X A X' = B", "upper", None),
    ("X' A X = B", "lower", None),
    ("X' A X = B", "upper", None),
]


@pytest.mark.parametrize(("text", "which", "line"), TRIANGULAR)
def test_triangular_factors_are_those_of_cholesky(text: str, which: str, line: str | None) -> None:
    q = mg.equation(text, "X", given=f"A, B: n×n spd, X: n×n {which} triangular")
    assert line in (None, str(q))
    assert "positive diagonal" in q.condition
    a, b = definite(1), definite(2)
    x = q.solve(**({"A": a} if "A" in text else {}), B=b).value
    inside = a if "A" in text else np.eye(len(a))
    np.testing.assert_allclose(x.T @ inside @ x if text[1] == "'" else x @ inside @ x.T, b, atol=1e-9)
    np.testing.assert_allclose(x, np.tril(x) if which == "lower" else np.triu(x), atol=1e-12)
    assert (np.diag(x) > 0).all()
