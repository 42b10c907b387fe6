"""Linear equations with terms that are no products: traces of X, H ⊙ X, diag(X), and three terms and more."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.expr import symbols_of

Array = Any

ALONE = "the equation without its term of rank one has one solution"

FORMULAS = [
    ("X + tr(X) A = B", "X = B − tr(B)A/(1 + tr(A))", "1 + tr(A) is not zero"),
    ("A X + (u' X v) W = C", "X = A⁻¹(C − (uᵀA⁻¹Cv)W/(1 + uᵀA⁻¹Wv))",
     f"{ALONE}, and 1 + u' inv(A) W v is not zero"),
    ("H .* X + tr(X) A = C", "X = (C − tr(C ⊘ H)A/(1 + tr(A ⊘ H))) ⊘ H",
     f"{ALONE}, and 1 + tr(A ./ H) is not zero"),
    ("A X + X B + tr(X) C = D",
     "X = sylvester(A, B, D − tr(sylvester(A, B, D))C/(1 + tr(sylvester(A, B, C))))",
     f"{ALONE}, and 1 + tr(sylvester(A, B, C)) is not zero"),
]  # fmt: skip

EQUATIONS = [
    *(text for text, _, _ in FORMULAS),
    "X + tr(A X) B + sum(X) C = D",
    "A X + X B + tr(X) C + (u' X v) W = D",
    "A X + X' B + tr(X) C = D",
    "H .* X + A X = C",
    "H .* X + X A = C",
    "H .* X + A X + X B = C",
    "H .* X + A X B = C",
    "H .* X + A X + tr(X) B = C",
    "diag(diag(X)) + A X = B",
    "H .* (B X) + A X = C",
    "H .* X + X' + A X = C",
]


@pytest.mark.parametrize(("text", "line", "condition"), FORMULAS)
def test_formulas(text: str, line: str, condition: str) -> None:
    q = mg.equation(text, "X", given="X: n×n")
    assert q.verification.verified
    assert str(q) == line
    assert q.condition == condition


def arrays_of(q: mg.Equation, n: int, seed: int) -> dict[str, Array]:
    """Arrays for which the equation is well conditioned."""
    rng = np.random.default_rng(seed)
    found = {}
    for name, symbol in symbols_of([q.left, q.right]).items():
        if name != "X":
            found[name] = rng.standard_normal((n, 1 if symbol.is_vector else n))
        if name in "AB":
            found[name] += 3 * np.sqrt(n) * np.eye(n)
        if name == "H":
            found[name] = 2 + abs(found[name])
    return found


def back(q: mg.Equation, arrays: dict[str, Array], x: Array) -> Array:
    """The left side less the right one."""
    return mg.evaluate(q.left - q.right, {**arrays, "X": x})


@pytest.mark.parametrize("text", EQUATIONS)
def test_against_the_matrix_on_vec(text: str) -> None:
    q = mg.equation(text, "X", given="X: n×n")
    for n, seed in ((3, 1), (5, 2)):
        arrays = arrays_of(q, n, seed)
        constant = back(q, arrays, np.zeros((n, n)))
        units = np.eye(n * n).reshape(-1, n, n)
        matrix = np.stack([(back(q, arrays, unit) - constant).ravel() for unit in units], axis=1)
        expected = np.linalg.solve(matrix, -constant.ravel()).reshape(n, n)
        s = q.solve(**arrays)
        np.testing.assert_allclose(s.value, expected, atol=1e-9 * abs(expected).max())
        np.testing.assert_allclose(mg.evaluate(q.expr, arrays), expected, atol=1e-9 * abs(expected).max())
        assert s.unique


@pytest.mark.parametrize("text", EQUATIONS)
@pytest.mark.parametrize("n", [24, 43])
def test_larger_ones_by_their_structure(text: str, n: int) -> None:
    q = mg.equation(text, "X", given="X: n×n")
    arrays = arrays_of(q, n, n)
    s = q.solve(**arrays)
    left = back(q, arrays, s.value)
    scale = np.linalg.norm(s.value) * max(np.linalg.norm(array) for array in arrays.values())
    assert np.linalg.norm(left) < 1e-12 * scale
    assert 1e-10 < (s.reciprocal_condition or 0) <= 1


def test_a_trace_beside_products_costs_what_they_cost() -> None:
    n = 300
    q = mg.equation("A X + X B + tr(X) C = D", "X")
    arrays = arrays_of(q, n, 0)
    s = q.solve(**arrays)
    assert s.method.startswith("Sherman–Morrison–Woodbury for its terms of rank one, the rest by: ")
    assert np.linalg.norm(back(q, arrays, s.value)) < 1e-12 * np.linalg.norm(s.value) * n


def test_each_column_has_an_equation_of_its_own() -> None:
    n = 120
    q = mg.equation("H .* X + A X = C", "X")
    arrays = arrays_of(q, n, 0)
    s = q.solve(**arrays)
    assert s.method == "LU factorisation for each column by itself"
    h, a, c = (arrays[name] for name in "HAC")
    for j in (0, 50, 119):
        np.testing.assert_allclose(s.value[:, j], np.linalg.solve(np.diag(h[:, j]) + a, c[:, j]), atol=1e-10)
    a = np.diag(np.arange(1.0, n + 1))
    h = np.ones((n, n))
    h[6, 4] = -7.0
    with pytest.raises(mg.DomainError, match="the matrix of its column 5 has not full rank"):
        q.solve(H=h, A=a, C=c)


def test_terms_of_rank_one_that_cancel_the_rest() -> None:
    n = 24
    q = mg.equation("X + tr(X) A = B", "X")
    b = np.random.default_rng(0).standard_normal((n, n))
    with pytest.raises(mg.DomainError, match="terms of rank one cancel what the rest of it does"):
        q.solve(A=-np.eye(n) / n, B=b)
    found = q.solve(A=-np.eye(n) / n, B=b - np.trace(b) / n * np.eye(n), least_squares=True)
    assert not found.unique
    assert found.consistent
    np.testing.assert_allclose(found.value, b - np.trace(b) / n * np.eye(n), atol=1e-8)


def test_where_the_rest_alone_has_no_inverse() -> None:
    n = 24
    rng = np.random.default_rng(0)
    q = mg.equation("A X + tr(X) B = C", "X", given="A: n×n, X: n×n")
    # Of A X the null space has n dimensions: more than one term of rank one makes up for.
    a = np.diag(np.arange(float(n)))
    with pytest.raises(mg.DomainError, match="singular"):
        q.solve(A=a, B=rng.standard_normal((n, n)), C=rng.standard_normal((n, n)))
    q = mg.equation("H .* X + tr(X) B = C", "X", given="X: n×n")
    h = 1 + rng.random((n, n))
    h[3, 3] = 0
    arrays: dict[str, Any] = {"H": h, "B": rng.standard_normal((n, n)), "C": rng.standard_normal((n, n))}
    s = q.solve(**arrays)
    assert np.linalg.norm(back(q, arrays, s.value)) < 1e-11 * np.linalg.norm(s.value) * n


def test_nothing_of_the_fourth_power_is_formed_unsaid() -> None:
    n = 120
    rng = np.random.default_rng(0)
    arrays: dict[str, Any] = {name: rng.standard_normal((n, n)) for name in "ABCDEFG"}
    q = mg.equation("A X B + C X D + E X F = G", "X")
    with pytest.raises(mg.DomainError, match=r"the matrix on vec\(X\) would take 1.5 GiB"):
        q.solve(**arrays)
    q = mg.equation("vec(A X) = b", "X", given="X: n×n")
    with pytest.raises(mg.DomainError, match=r"would be 14400×14400, which takes 1\.5 GiB"):
        q.solve(A=arrays["A"], b=rng.standard_normal(n * n))
