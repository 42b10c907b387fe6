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


@pytest.mark.parametrize("structure", ["operator", "factors"])
def test_declared_diagonals_and_several_columns(structure: Any) -> None:
    """D + uuᵀ + vvᵀ is a diagonal plus a matrix of rank 2, whether D is written or declared as one."""
    rng = np.random.default_rng(8)
    x, u, v, b = rng.standard_normal((4, 12))
    for text, given in (
        ("D + u u' + v v'", "D: n×n diagonal, u: n, v: n"),
        ("diag(x) + u u' + v v'", "x: n, u: n, v: n"),
    ):
        data = {"u": u, "v": v} | ({"D": np.diag(x)} if "D" in text else {"x": x})
        P = mg.compile(mg.parse(text, given), structure=structure)(**data)
        assert type(P).__name__ == "DiagonalPlusLowRank"
        dense = np.diag(x) + np.outer(u, u) + np.outer(v, v)
        np.testing.assert_allclose(P.to_dense(), dense, atol=1e-13)
        np.testing.assert_allclose(P.solve(b), np.linalg.solve(dense, b), rtol=1e-8)


def test_a_projector_is_singular_to_working_precision() -> None:
    """I − UᵀU is nothing but rounding, well-conditioned as that may be: it was solved with."""
    rng = np.random.default_rng(2)
    for k in (1, 2, 5):
        u = np.linalg.qr(rng.standard_normal((40, k)))[0]
        P = mg.compile(mg.parse("I - U U'", "U: n×k"), structure="operator")(U=u)
        with pytest.raises(mg.DomainError, match="singular to working precision"):
            P.solve(np.ones(40))
        with pytest.raises(mg.DomainError, match="singular to working precision"):
            P.inverse()
        near = mg.compile(mg.parse("I - t U U'", "U: n×k, t: scalar"), structure="operator")(U=u, t=0.999)
        np.testing.assert_allclose(near.solve(u[:, 0]), 1000 * u[:, 0], rtol=1e-8)
