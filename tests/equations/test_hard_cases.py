"""Equations that are singular, unstable, badly scaled: each refused for its own reason, or right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import matgrad as mg
from matgrad.solvers.checks import shown_number


def random(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).standard_normal(shape)


def test_the_same_coefficient_on_both_sides_is_no_lyapunov_equation() -> None:
    q = mg.equation("A X + X A = C", "X")
    assert q.condition == "no eigenvalue of A and eigenvalue of A add up to 0"
    a, c = random(4, 4), random(4, 4, seed=1)
    s = q.solve(A=a, C=c)
    np.testing.assert_allclose(s.value, scipy.linalg.solve_sylvester(a, a, c), atol=1e-9)
    assert s.residual < 1e-13
    np.testing.assert_allclose(mg.evaluate(q.expr, {"A": a, "C": c}), s.value, atol=1e-9)


@pytest.mark.parametrize("text", ["A X = X A", "X A = A X", "A X - X A = C", "-A X + X A = 0"])
def test_what_commutes_can_be_added(text: str) -> None:
    q = mg.equation(text, "X")
    assert q.solution is None
    assert q.condition == "never: what commutes with A can be added to X"
    assert q.no_solution.text() == q.condition


def test_arrays_of_no_variable_are_refused_by_name() -> None:
    one = np.eye(2)
    q = mg.equation("A X + X B = C", "X")
    with pytest.raises(mg.EvaluationError, match="'Z' is not a variable of the equation, which has A, B, C"):
        q.solve(A=one, B=one, C=one, Z=one)
    with pytest.raises(mg.EvaluationError, match="X is what the equation is solved for"):
        q.solve(A=one, B=one, C=one, X=one)
    riccati = mg.equation("A'X + X A - X G X + Q = 0", "X", given="G: n×n symmetric, Q: n×n symmetric")
    with pytest.raises(mg.EvaluationError, match="'K' is not a variable"):
        riccati.solve(A=one, G=one, Q=one, K=one)
    assert q.solve(A=one, B=one, C=one, m=2).unique
    assert mg.equation("theta X = C", "X", given="theta: scalar").solve(theta=2.0, C=one).unique


def test_an_equation_that_nothing_stabilises() -> None:
    """U₁₁ of the stable subspace is singular but for rounding: X was 10¹⁵, with a residual of 1."""
    a, q = random(3, 3), np.eye(3)
    given = "G: n×n symmetric, Q: n×n symmetric"
    continuous = mg.equation("A'X + X A - X G X + Q = 0", "X", given=given)
    discrete = mg.equation(
        "X = A'X A - A'X B inv(R + B'X B) B'X A + Q", "X", given="R: m×m symmetric, Q: n×n symmetric"
    )
    finite = "no stabilising solution that is finite"
    with pytest.raises(mg.DomainError, match=finite):
        continuous.solve(A=a, G=np.zeros((3, 3)), Q=q)
    with pytest.raises(mg.DomainError, match=finite):
        discrete.solve(A=3 * a, B=np.zeros((3, 1)), R=np.eye(1), Q=q)
    # The residual is measured against the terms: here each is about 10²⁴.
    s = continuous.solve(A=1e8 * a, G=1e-8 * np.eye(3), Q=1e8 * q)
    assert s.residual < 1e-10


def test_a_riccati_equation_asks_for_its_symmetric_matrices() -> None:
    for text in (
        "A'X + XA − XBR⁻¹B'X + Q = 0",
        "X = A'XA − A'XB(R + B'XB)⁻¹B'XA + Q",
    ):
        with pytest.raises(mg.ShapeError, match="R and Q are not declared symmetric") as caught:
            mg.equation(text, "X")
        assert caught.value.fix is not None
        given = caught.value.fix.removeprefix("declare ")
        assert mg.equation(text, "X", given=given).verification.verified


@pytest.mark.parametrize("text", ["det(X) = 1", "inv(X) + X = A"])
def test_what_is_linear_in_no_function_of_the_unknown_is_of_no_kind(text: str) -> None:
    with pytest.raises(mg.ArgumentError, match="neither linear in X nor a Riccati equation"):
        mg.equation(text, "X")


def test_conditions_read_as_they_are_meant() -> None:
    for text, expected in {
        "2 X + 3 X = A": "always",
        "A X = B C X D": "det(A − λ(-B C)) and det(D + λeye(p)) have no root in common, infinity included",
        "(A + B) X = C": "A + B is invertible",
        "(A + B) X = X (C + D) + E": "A + B and C + D have no eigenvalue in common",
    }.items():
        assert mg.equation(text, "X").condition == expected
    with pytest.raises(
        mg.DomainError,
        match=r"singular: the product of the eigenvalue 1 of A and the eigenvalue 1 of A' is 1",
    ):
        mg.equation("X = A X A' + Q", "X").solve(A=np.eye(3), Q=np.eye(3))


def test_eigenvalues_on_the_axis_have_no_rounding_errors_in_their_real_parts() -> None:
    assert shown_number(-1.4e-17 + 0.916j) == "0+0.916i"


def test_large_numbers_give_no_warning(recwarn: pytest.WarningsRecorder) -> None:
    s = mg.equation("A X = B", "X").solve(A=1e200 * np.eye(2), B=1e200 * np.eye(2))
    np.testing.assert_allclose(s.value, np.eye(2))
    assert not recwarn.list


@pytest.mark.parametrize("size", [1e-4, 1.0, 1e4, 1e8])
def test_a_stein_equation_keeps_its_digits_at_every_scale(size: float) -> None:
    """Beside large coefficients the 1 of X lost 8 digits at 10⁸."""
    a, b, c = (random(12, 12, seed=k) for k in range(3))
    s = mg.equation("X - A X B = C", "X").solve(A=size * a, B=size * b, C=c)
    exact = np.linalg.solve(np.eye(144) - size**2 * np.kron(b.T, a), c.T.ravel()).reshape(12, 12).T
    assert s.residual < 1e-14
    np.testing.assert_allclose(s.value, exact, atol=1e-10 * abs(exact).max())


NEVER = [
    ("X = X'", "never: every symmetric matrix can be added to X; the right side must be skew-symmetric"),
    (
        "A X - X'A' = C",
        "never: A⁻¹Z with symmetric Z can be added to X; the right side must be skew-symmetric",
    ),
    ("A (X + X') = B", "never: every skew-symmetric matrix can be added to X"),
    ("A (X - X') B = C", "never: every symmetric matrix can be added to X"),
    ("[1 2; 2 4] X = B", "never: [1, 2; 2, 4] is singular"),
]


@pytest.mark.parametrize(("text", "condition"), NEVER, ids=[case[0] for case in NEVER])
def test_what_never_has_one_solution(text: str, condition: str) -> None:
    """X = X' was solved by X = 0."""
    q = mg.equation(text, "X")
    assert (q.condition, q.solution) == (condition, None)
    assert not q.verification.verified


def test_messages_name_what_was_typed() -> None:
    with pytest.raises(mg.ShapeError, match=r"cannot subtract \[5; 6\] \(2×1\) from") as caught:
        mg.equation("[1 2; 3 4] X = [5; 6]", "X")
    assert caught.value.fix is not None
    assert "(" not in caught.value.fix.split("ones")[0]
    with pytest.raises(mg.ParseError) as twice:
        mg.equation("A X == B", "X")
    assert twice.value.fix == "A X = B"
    given = "G: n×n spd, Q: n×n spd"
    assert "A - G P stable" in mg.equation("A'P + P A - P G P + Q = 0", "P", given=given).condition
    assert mg.equation("A X A = B", "X").condition == "A is invertible"
    assert "-" not in mg.equation("0 = A X + X B + C", "X").condition


def test_an_unknown_that_does_not_occur() -> None:
    with pytest.raises(mg.ArgumentError) as caught:
        mg.equation("A X = B", "Y")
    assert caught.value.message == "Y is not a variable of the equation; the variables are: A, B, X"
    with pytest.raises(mg.ArgumentError) as caught:
        mg.equation(["A X + Y B = C", "D X + Y E = F"], ["X", "Q"])
    assert caught.value.message.startswith("Q is not a variable of the equations; the variables are: A, B")
