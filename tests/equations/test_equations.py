"""Equations as formulas: their kind, the solution put back, its derivative, and its value on arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import matgrad as mg

KINDS = [
    ("A X = B", None, "linear system", "A is invertible", "inv(A) B"),
    ("X A = B", None, "linear system", "A is invertible", "B inv(A)"),
    ("A X B = C", None, "two-sided linear system", "A and B are invertible", "inv(A) C inv(B)"),
    ("A X = B", "A: m×n", "least squares of a linear system", "A has independent columns", "pinv(A) B"),
    ("2 A x = b", None, "linear system", "2 A is invertible", "inv(A) b/2"),
    (
        "A X + X B = C", None, "Sylvester equation", "no eigenvalue of A and eigenvalue of B add up to 0",
        "sylvester(A, B, C)",
    ),
    (
        r"A X + X A^\top = Q", None, "Lyapunov equation, continuous", "no two eigenvalues of A add up to 0",
        "sylvester(A, A', Q)",
    ),
    (
        "A'X + X A + Q = 0", None, "Lyapunov equation, continuous", "no two eigenvalues of A' add up to 0",
        "-sylvester(A', A, Q)",
    ),
    (
        "X = A' X A + Q", None, "Lyapunov equation, discrete (Stein equation)",
        "no product of an eigenvalue of A' and an eigenvalue of A is 1", "stein(A', A, Q)",
    ),
    (
        "X - A X B = C", None, "Stein equation",
        "no product of an eigenvalue of A and an eigenvalue of B is 1", "stein(A, B, C)",
    ),
    (
        "A X B + C X D = E", None, "generalised Sylvester equation of two terms",
        "det(A − λC) and det(D + λB) have no root in common, infinity included",
        "matrix_equation(2, A, B, C, D, E)",
    ),
    (
        "A X + X' B = C", None, "T-Sylvester equation",
        "of the eigenvalues of A − λB' no two have the product 1, and none is −1",
        "matrix_equation(1, A, eye(n), eye(n), B, C)",
    ),
    (
        "A X B + C X D + F X G = E", None, "generalised Sylvester equation of 3 terms",
        "the matrix of the equation on vec(X) is invertible", "matrix_equation(3, A, B, C, D, F, G, E)",
    ),
    (
        "A' X + X A - X B inv(R) B' X + Q = 0", "Q: n×n symmetric, R: m×m positive definite",
        "Riccati equation, continuous",
        "(A, B inv(R) B') is stabilisable and Q sees every mode of A on the imaginary axis; of the solutions "
        "it is the one that makes A - B inv(R) B' X stable",
        "riccati(A, B inv(R) B', Q)",
    ),
    (
        "X = A' X A - A' X B inv(R + B' X B) B' X A + Q", "Q: n×n symmetric, R: m×m positive definite",
        "Riccati equation, discrete",
        "(A, B inv(R) B') is stabilisable and Q sees every mode of A on the unit circle; of the solutions it "
        "is the one that makes the closed loop stable",
        "discrete_riccati(A, B inv(R) B', Q)",
    ),
    (
        "A .* X + X = B", None, "equation for each entry by itself", "no entry of A + ones(m, n) is zero",
        "B ./ (A + ones(m, n))",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "given", "kind", "condition", "solution"), KINDS, ids=lambda x: str(x)[:24])
def test_kinds(text: str, given: str | None, kind: str, condition: str, solution: str) -> None:
    q = mg.equation(text, "x" if "x" in text else "X", given=given)
    assert (q.kind, q.condition, str(q.expr)) == (kind, condition, solution)
    assert q.verification.verified
    assert q.derivation
    assert q.method


def test_an_equation_as_expressions() -> None:
    n = mg.dims("n")[0]
    a, x, c = mg.matrix("A", n, n), mg.matrix("X", n, n), mg.matrix("C", n, n)
    assert mg.equation((a @ x, c), x).expr is mg.inv(a) @ c
    assert mg.equation(a @ x - c, "X").expr is mg.inv(a) @ c


REFUSED = [
    ("X X' = A", "X", "a closed form of X X' = A is known where A is positive definite"),
    ("A X = B", "Y", "Y"),
    ("A Y = B", None, "which variable is unknown? The variables are A, B, Y"),
    (
        "A' X + X A - X G X + Q = 0",
        "X",
        "a Riccati equation has symmetric matrices; G and Q are not declared symmetric",
    ),
    (
        "A P + P A - P P = A",
        "P",
        "nor a Riccati equation for it\nTry: an equation of terms A X B and A X' B, A X^2 B",
    ),
    ("X = matrix_equation(1, A, B)", "X", "two factors for each term, and a right side"),
]


@pytest.mark.parametrize(("text", "unknown", "words"), REFUSED)
def test_what_is_refused(text: str, unknown: str | None, words: str) -> None:
    with pytest.raises(mg.MatgradError) as caught:
        mg.equation(text, unknown)
    assert words in str(caught.value)


def arrays(names: str, n: int = 4, seed: int = 0) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {name: rng.standard_normal((n, n)) for name in names}


def test_values_are_those_of_scipy() -> None:
    v = arrays("ABC")
    s = mg.equation("A X + X B = C", "X").solve(**v)
    np.testing.assert_allclose(s.value, scipy.linalg.solve_sylvester(v["A"], v["B"], v["C"]), atol=1e-10)
    assert s.unique
    assert s.residual < 1e-14
    assert s.reciprocal_condition is not None
    assert 0 < s.reciprocal_condition < 1
    q = v["C"] @ v["C"].T
    s = mg.equation("X = A X A' + Q", "X").solve(A=v["A"], Q=q)
    np.testing.assert_allclose(s.value, scipy.linalg.solve_discrete_lyapunov(v["A"], q), atol=1e-10)
    e = mg.equation("A'X + X A - X G X + Q = 0", "X", given="G: n×n symmetric, Q: n×n symmetric")
    s = e.solve(A=v["A"], G=np.eye(4), Q=q)
    expected = scipy.linalg.solve_continuous_are(v["A"], np.eye(4), q, np.eye(4))
    np.testing.assert_allclose(s.value, expected, atol=1e-10)
    assert s.residual < 1e-12


def test_a_singular_equation_names_the_eigenvalues() -> None:
    q = mg.equation("A X + X B = C", "X")
    a, c = np.diag([1.0, 2.0]), np.ones((2, 2))
    with pytest.raises(mg.DomainError) as caught:
        q.solve(A=a, B=-a, C=c)
    assert str(caught.value) == (
        "the equation A X + X B = C is singular: the eigenvalue 1 of A and the eigenvalue -1 of B add up to "
        "0; it has no solution for this right side\n"
        "Try: least_squares=True takes the smallest of the solutions, or of those nearest to one"
    )
    s = q.solve(A=a, B=-a, C=c, least_squares=True)
    assert (s.unique, s.consistent, s.method) == (False, False, "least squares")
    np.testing.assert_allclose(s.value, [[0, -1], [1, 0]], atol=1e-12)
    stein = mg.equation("2 M X M - X = N", "X")
    assert stein.kind == "Stein equation"
    with pytest.raises(mg.DomainError, match="the eigenvalue 1 of 2 M and the eigenvalue 1 of M is 1"):
        stein.solve(M=np.diag([1.0, 0.5]), N=c)


def test_a_symmetric_unknown() -> None:
    q = mg.equation("A S + S A' = Q", "S", given="S: n×n symmetric, Q: n×n symmetric")
    v = arrays("AQ")
    symmetric = v["Q"] + v["Q"].T
    np.testing.assert_allclose(
        q.solve(A=v["A"], Q=symmetric).value,
        scipy.linalg.solve_continuous_lyapunov(v["A"], symmetric),
        atol=1e-10,
    )
    q = mg.equation("A S = B", "S", given="S: n×n symmetric, A: n×n")
    with pytest.raises(mg.ArgumentError, match="a symmetric solution exists for particular right sides only"):
        q.expr  # noqa: B018
    v = arrays("AB")
    with pytest.raises(mg.DomainError, match="no symmetric solution"):
        q.solve(**v)
    s = q.solve(**v, least_squares=True)
    np.testing.assert_allclose(s.value, s.value.T)
    wide = np.random.default_rng(1).standard_normal((4, 4))
    worse = [np.linalg.norm(v["A"] @ (s.value + t * (wide + wide.T)) - v["B"]) for t in (1e-3, -1e-3)]
    assert np.linalg.norm(v["A"] @ s.value - v["B"]) < min(worse)


DERIVED = [
    ("A X + X B = C", "ABC", None),
    ("X = A X A' + Q", "AQ", None),
    ("A X B + C X D = E", "ABCDE", None),
    ("A X + X' B = C", "ABC", None),
    ("A'X + X A - X G X + Q = 0", "AGQ", "G: n×n symmetric, Q: n×n symmetric"),
]


@pytest.mark.parametrize(("text", "names", "given"), DERIVED)
def test_derivatives_against_difference_quotients(text: str, names: str, given: str | None) -> None:
    q = mg.equation(text, "X", given=given)
    v = arrays(names, 3, 5)
    rng = np.random.default_rng(6)
    for name in "GQ":
        if name in v:
            v[name] = v[name] @ v[name].T
    w = rng.standard_normal((3, 3))
    f = mg.trace(mg.matrix("W", *q.expr.T.shape) @ q.expr)
    for name in names:
        gradient = mg.evaluate(mg.gradient(f, name), {**v, "W": w})
        change = rng.standard_normal((3, 3))
        change = change + change.T if name in "GQ" else change

        def at(t: float, name: str = name, change: Any = change) -> float:
            return float(np.trace(w @ q.solve(**{**v, name: v[name] + t * change}).value))

        quotient = (8 * (at(1e-3) - at(-1e-3)) - (at(2e-3) - at(-2e-3))) / 12e-3
        assert np.sum(gradient * change) == pytest.approx(quotient, rel=1e-6, abs=1e-8)


def test_value_and_gradient_share_one_factorisation() -> None:
    q = mg.equation("A X B + C X D = E", "X")
    f = mg.sum(q.expr)
    source = mg.compile([f, mg.gradient(f, "A"), mg.gradient(f, "D")], backend="numpy").source
    assert source.count("= equation_factors(") == 1


@pytest.mark.parametrize("backend", ["numpy", "jax", "torch"])
def test_code_of_solutions(backend: str) -> None:
    pytest.importorskip(backend)
    for text, names, given in DERIVED:
        q = mg.equation(text, "X", given=given)
        v = arrays(names, 3, 5)
        for name in "GQ":
            if name in v:
                v[name] = v[name] @ v[name].T
        found = np.asarray(mg.compile(q.expr, backend=backend)(**v))
        np.testing.assert_allclose(found, q.solve(**v).value, rtol=2e-3, atol=2e-4)


def test_the_t_lyapunov_equation_has_many_solutions_or_none() -> None:
    q = mg.equation("A X + X' A' = C", "X")
    assert q.kind == "T-Lyapunov equation"
    with pytest.raises(mg.ArgumentError, match="never: A⁻¹Z with skew-symmetric Z can be added"):
        q.expr  # noqa: B018
    v = arrays("AC")
    c = v["C"] + v["C"].T
    with pytest.raises(mg.DomainError, match="it has many solutions"):
        q.solve(A=v["A"], C=c)
    s = q.solve(A=v["A"], C=c, least_squares=True)
    np.testing.assert_allclose(v["A"] @ s.value + s.value.T @ v["A"].T, c, atol=1e-11)
    assert not s.unique
    assert s.consistent
