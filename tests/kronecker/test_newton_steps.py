"""Operators of derivatives are solved with: matrices in and out, symmetric ones where X is symmetric."""

from __future__ import annotations

import doctest
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.kronecker import SingularOperatorError

RNG = np.random.default_rng(2)
A, B, C, D, G = (RNG.normal(size=(4, 4)) + 3 * np.eye(4) for _ in range(5))
S = G + G.T


def operator_of(text: str, given: str, wrt: str = "X", /, **arrays: Any) -> Any:
    return mg.derivative(text, wrt, given=given).operator(**arrays)


ARRAYS = {"A": A, "B": B, "C": C, "D": D, "X": G}
ALL = "A: n×n, B: n×n, C: n×n, D: n×n, X: n×n"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A X B", lambda X: A @ X @ B),
        ("A X + X B", lambda X: A @ X + X @ B),
        ("A X B + C X D", lambda X: A @ X @ B + C @ X @ D),
        ("X - A X B", lambda X: X - A @ X @ B),
        ("A X' B", lambda X: A @ X.T @ B),
        ("A .* X", lambda X: A * X),
    ],
)
def test_linear_maps(text: str, value: Any) -> None:
    P = operator_of(text, ALL, **{name: array for name, array in ARRAYS.items() if name in text})
    assert np.allclose(value(P.solve(G)), G)
    assert np.allclose(P.solve(G.T.reshape(-1)), P.solve(G).T.reshape(-1))


def test_rectangular_unknowns() -> None:
    right = RNG.normal(size=(4, 2))
    E = RNG.normal(size=(2, 2)) + 3 * np.eye(2)
    P = operator_of("A X + X B", "A: m×m, B: n×n, X: m×n", A=A, B=E, X=right)
    X = P.solve(right)
    assert np.allclose(A @ X + X @ E, right)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("A X A'", lambda X: A @ X @ A.T),
        ("A X + X A'", lambda X: A @ X + X @ A.T),
        ("A X B' + B X A'", lambda X: A @ X @ B.T + B @ X @ A.T),
        ("X + X'", lambda X: X + X.T),
    ],
)
def test_symmetric_variables(text: str, value: Any) -> None:
    given = {name: array for name, array in ARRAYS.items() if name in text}
    P = operator_of(text, "A: n×n, B: n×n, X: n×n symmetric", **{**given, "X": S})
    X = P.solve(S)
    assert np.allclose(X, X.T)
    assert np.allclose(value(X), S)


def test_no_symmetric_solution_is_refused() -> None:
    P = operator_of("A X B", "A: n×n, B: n×n, X: n×n symmetric", A=A, B=B, X=S)
    with pytest.raises(mg.DomainError, match="no symmetric matrix solves with B' ⊗ A"):
        P.solve(S)


def test_newton_step_of_a_log_determinant() -> None:
    M = G @ G.T + np.eye(4)
    P = operator_of("inv(S)", "S: n×n spd", "S", S=M)
    assert np.allclose(P.solve(S), -M @ S @ M)


def test_newton_step_with_a_diagonal_plus_low_rank() -> None:
    f = mg.parse("sum(exp(x)) + 0.5*norm(U'*x)^2", "x: n, U: n×k")
    x, U = RNG.normal(size=9), RNG.normal(size=(9, 2))
    P: Any = mg.derivative(mg.gradient(f, "x"), "x").operator(x=x, U=U)
    assert type(P).__name__ == "DiagonalPlusLowRank"
    y = RNG.normal(size=9)
    assert np.allclose((np.diag(np.exp(x)) + U @ U.T) @ P.solve(y), y)


def test_a_singular_equation_names_the_eigenvalues() -> None:
    P = operator_of("A X + X B", ALL, A=A, B=-A, X=B)
    with pytest.raises(SingularOperatorError, match=r"the eigenvalue .* add up to 0"):
        P.solve(G)


def test_the_page_of_the_docs_runs() -> None:
    page = Path(__file__).parents[2] / "docs" / "kronecker.md"
    failed, tried = doctest.testfile(
        str(page), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE
    )
    assert tried > 5
    assert failed == 0
