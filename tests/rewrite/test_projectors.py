"""Functions of aI + bP for a projector P: by P itself, in formulas, derivations and plans."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import matgrad as mg

GIVEN = "P: n×n idempotent, t, a, b: positive scalar, s: scalar"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("inv(eye(n) + P)", "eye(n) - P/2"),
        ("inv(eye(n) + s P)", "P/(s + 1) + eye(n) - P"),
        ("inv(a (eye(n) - P) + b P)", "P/b + (eye(n) - P)/a"),
        ("inv(eye(n) - 2 P)", "eye(n) - 2 P"),
        ("(eye(n) - 2 P)^2", "eye(n)"),
        ("expm(s P)", "exp(s) P + eye(n) - P"),
        ("logm(eye(n) + P)", "log(2) P"),
        ("logdet(eye(n) + t P)", "log(t + 1) tr(P)"),
        ("logdet(eye(n) + s P)", "logdet(s P + eye(n))"),
        ("inv(P)", None),
        ("inv(eye(n) - P)", None),
    ],
)
def test_formulas(text: str, printed: str | None) -> None:
    if printed is None:
        with pytest.raises(mg.MatgradError, match="idempotent"):
            mg.parse(text, GIVEN)
        return
    expr = mg.parse(text, GIVEN)
    found = mg.simplify(expr)
    assert str(found) == printed
    assert mg.equivalent(expr, found)


def test_what_is_a_projector_by_its_form() -> None:
    f = mg.parse("inv(eye(m) + t X inv(X'X) X')", "X: m×n, t: positive scalar")
    assert str(mg.simplify(f)) == "eye(m) - t X inv(X' X) X'/(t + 1)"


def test_a_derivation_cites_it() -> None:
    steps = mg.explain("tr(A inv(eye(n) + t P))", "t", given="P: n×n projector, t: positive scalar, A: n×n")
    assert "inverse of a projector plus a multiple of I" in str(steps)
    assert "⇒ ∂f/∂t = −tr(AP)/(t + 1)²" in str(steps)


def projector(n: int, k: int, seed: int) -> Any:
    """A projector of rank k that is not symmetric."""
    rng = np.random.default_rng(seed)
    u, v = rng.standard_normal((n, k)), rng.standard_normal((n, k))
    return u @ np.linalg.solve(v.T @ u, v.T)


def test_plans_factorise_nothing() -> None:
    f = mg.parse("x' inv(a eye(n) + b P) y + logdet(a eye(n) + b P)", f"{GIVEN}, x: n, y: n")
    fn = mg.compile([f, mg.gradient(f, "a"), mg.gradient(f, "b")])
    assert "lu" not in fn.source
    rng = np.random.default_rng(0)
    p, x, y = projector(6, 2, 1), rng.standard_normal(6), rng.standard_normal(6)

    def expected(a: float, b: float) -> float:
        whole = a * np.eye(6) + b * p
        return float(x @ np.linalg.solve(whole, y) + np.linalg.slogdet(whole)[1])

    value, by_a, by_b = fn(P=p, a=0.7, b=1.3, x=x, y=y)
    h = 1e-5
    np.testing.assert_allclose(value, expected(0.7, 1.3), rtol=1e-10)
    np.testing.assert_allclose(by_a, (expected(0.7 + h, 1.3) - expected(0.7 - h, 1.3)) / (2 * h), rtol=1e-7)
    np.testing.assert_allclose(by_b, (expected(0.7, 1.3 + h) - expected(0.7, 1.3 - h)) / (2 * h), rtol=1e-7)
    g = mg.parse("expm(s P) x", f"{GIVEN}, x: n")
    np.testing.assert_allclose(mg.compile(g)(P=p, s=-0.4, x=x), scipy.linalg.expm(-0.4 * p) @ x, atol=1e-9)


def test_what_is_singular_is_still_refused() -> None:
    fn = mg.compile(mg.parse("inv(eye(n) + s P) x", f"{GIVEN}, x: n"))
    with pytest.raises(mg.MatgradError, match="singular"):
        fn(P=np.diag([1.0, 0.0]), s=-1.0, x=np.ones(2))


@pytest.mark.parametrize(
    "text",
    [
        "x' P P x where P^2 = P",
        "x' P P x where P P = P",
        "x.T @ P @ P @ x where P @ P = P",
        "x' P P x where P = P^2",
        r"x^\top P P x \text{ where } P^2 = P",
    ],
)
def test_it_is_said_in_a_statement(text: str) -> None:
    assert str(mg.interpret(text).expr) == "x' P x"


def test_both_statements_of_an_orthogonal_projector() -> None:
    read = mg.interpret("norm(P x)^2 where P^2 = P, P' = P")
    assert repr(read) == "<Interpretation: x' P x where P: n×n orthogonal projector, x: n>"
    assert str(mg.gradient(read.expr, "x")) == "2 P x"


@pytest.mark.parametrize("text", ["x' P x where P^2 = Q", "x' P x where P^3 = P", "sum(s) where s^2 = s"])
def test_other_statements_are_refused(text: str) -> None:
    with pytest.raises(mg.MatgradError, match=r"where stand definitions|round in a circle"):
        mg.interpret(text)
