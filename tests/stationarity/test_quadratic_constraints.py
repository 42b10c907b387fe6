"""Stationary points where xᵀBx = c or XᵀBX = I: eigenvectors, polar factors, pairs of singular vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

import matgrad as mg

CASES = [
    ("x' A x", "x' x = 1", "A: n×n symmetric", "x = v_max(A)", "maximum"),
    ("x' A x", "norm(x) = 1", "A: n×n symmetric", "x = v_max(A)", "maximum"),
    ("x' A x", "x' x = c", "A: n×n symmetric, c: positive scalar", "x = √c v_max(A)", "maximum"),
    (
        "x' A x", "x' B x = 1", "A: n×n symmetric, B: n×n spd",
        "x = B^(−½)v_max(B^(−½)AB^(−½))", "maximum",
    ),
    ("a' x", "x' P x = 1", "P: n×n spd, a: n", "x = P⁻¹a/√(aᵀP⁻¹a)", "maximum"),
    ("y' A x", "1 - norm(x)^2 = 0", "A: n×p, y: n", "x = Aᵀy/‖Aᵀy‖", "maximum"),
    ("norm(Y - A X)^2", "X' X = I", "Y: n×p, A: n×p, X: p×p", "X = polar(AᵀY)", "minimum"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "constraint", "given", "line", "nature"), CASES)
def test_closed_forms(function: str, constraint: str, given: str, line: str, nature: str) -> None:
    r = mg.stationary(function, "X" if "X" in function else "x", subject_to=constraint, given=given)
    assert (str(r), r.nature) == (line, nature)
    assert r.verification.verified
    assert len(r.equations) == 2


def spd(n: int, seed: int) -> Any:
    a = np.random.default_rng(seed).standard_normal((n, n))
    return a @ a.T + np.eye(n)


def test_generalised_eigenvectors_against_scipy() -> None:
    a, b = spd(5, 0) - 3 * np.eye(5), spd(5, 1)
    r = mg.stationary("x' A x", "x", subject_to="x' B x = 1", given="A: n×n symmetric, B: n×n spd")
    x = np.ravel(mg.evaluate(r.solution, {"A": a, "B": b}))
    values, vectors = scipy.linalg.eigh(a, b)
    assert abs(x @ b @ vectors[:, -1]) == pytest.approx(1)
    multiplier = next(value for symbol, value in r.solutions.items() if symbol.label == "lambda")
    assert float(mg.evaluate(multiplier, {"A": a, "B": b})) == pytest.approx(-values[-1])


@pytest.mark.parametrize("constraint", ["W' B W = I", "2 eye(k) - 2 W' B W = 0"])
def test_several_generalised_eigenvectors_against_scipy(constraint: str) -> None:
    a, b = spd(5, 2), spd(5, 3)
    r = mg.stationary(
        "tr(W' A W)",
        "W",
        subject_to=constraint.replace("k", "2"),
        given="A: n×n symmetric, B: n×n spd, W: n×2",
    )
    w = mg.evaluate(r.solution, {"A": a, "B": b})
    values, _ = scipy.linalg.eigh(a, b)
    np.testing.assert_allclose(w.T @ b @ w, np.eye(2), atol=1e-10)
    assert np.trace(w.T @ a @ w) == pytest.approx(values[-2:].sum())
    assert (r.nature, r.verification.verified) == ("maximum", True)


def test_canonical_correlations_against_numpy() -> None:
    given = "S: p×p spd, T: q×q spd, C: p×q, a: p, b: q"
    r = mg.stationary("a' C b", ("a", "b"), subject_to=["a' S a = 1", "b' T b = 1"], given=given)
    assert (r.nature, r.verification.verified) == ("maximum", True)
    s, t, c = spd(4, 4), spd(3, 5), np.random.default_rng(6).standard_normal((4, 3))
    a, b = (np.ravel(mg.evaluate(e, {"S": s, "T": t, "C": c})) for e in r.solution)
    roots = [np.linalg.inv(scipy.linalg.sqrtm(m)) for m in (s, t)]
    correlations = np.linalg.svd(roots[0] @ c @ roots[1])[1]
    assert [a @ s @ a, b @ t @ b, a @ c @ b] == pytest.approx([1, 1, correlations[0]])
    r = mg.stationary("-a' C b", ("a", "b"), subject_to=["a' a = 1", "b' b = 1"], given="C: p×q, a: p, b: q")
    assert r.nature == "minimum"


@pytest.mark.parametrize(
    ("function", "constraint"),
    [
        ("x' x", "x' x = 1"),
        ("norm(A x - b)^2", "norm(x) = 1"),
        ("a' x", "x' x = -1"),
        ("a' x", "x' x + a' x = 1"),
    ],
)
def test_others_are_refused(function: str, constraint: str) -> None:
    with pytest.raises(mg.ArgumentError, match="is not linear in x"):
        mg.stationary(function, "x", subject_to=constraint, given="c: scalar")


ASKED = [
    ("a' x", "x' B x = 1", None, "declare B: n×n spd"),
    ("a' x", "x' B x = c", None, "declare B: n×n spd, c: positive scalar"),
    ("a' x", "x' B x = c", "B: n×n spd", "declare c: positive scalar"),
    ("a' x", "x' x = c", None, "declare c: positive scalar"),
    ("x' A x", "x' B x = 1", None, "declare B: n×n spd"),
]


@pytest.mark.parametrize(("f", "constraint", "given", "fix"), ASKED, ids=[case[1] for case in ASKED])
def test_what_makes_an_ellipsoid_is_asked_for_and_then_there_is_a_point(
    f: str, constraint: str, given: str | None, fix: str
) -> None:
    with pytest.raises(mg.ArgumentError) as caught:
        mg.stationary(f, "x", subject_to=constraint, given=given)
    assert str(caught.value.fix) == fix
    declared = ", ".join(filter(None, (given, fix.removeprefix("declare "))))
    found = mg.stationary(f, "x", subject_to=constraint, given=declared)
    assert found.solution is not None
    assert found.verification.verified


def test_an_inequality_is_a_problem_for_minimize() -> None:
    for f in ("norm(x - a)^2", mg.parse("norm(x - a)^2")):
        with pytest.raises(mg.ParseError, match="this is an inequality") as caught:
            mg.stationary(f, "x", subject_to="sum(x) = 1; x >= 0")
        assert (
            str(caught.value.fix) == 'mg.minimize(f, x, x0=…, constraints="x >= 0"), which finds it on arrays'
        )


def test_both_ends_are_points() -> None:
    """Where it is smallest stands beside where it is largest; both are eigenvectors of their values."""
    rng = np.random.default_rng(5)
    a, root = rng.normal(size=(5, 5)), rng.normal(size=(5, 5))
    a, b = a + a.T, root @ root.T + np.eye(5)
    given = "A: n×n symmetric, B: n×n spd"
    cases = [
        ("x' A x", "x' B x = 2", 2.0, "minimum"),
        ("-3 x' A x", "x' B x = 1", -3.0, "maximum"),
        ("x' A x / (x' B x)", (), 1.0, "minimum"),
    ]
    values = scipy.linalg.eigh(a, b, eigvals_only=True)
    for f, constraint, factor, nature in cases:
        r = mg.stationary(f, "x", subject_to=constraint, given=given)
        (other,) = [reason for reason in r.why if reason.english == "{what} = {value}: {nature}"]
        fields: dict[str, Any] = dict(other.fields)
        assert fields["nature"].text() == nature
        x = mg.evaluate(fields["value"], A=a, B=b)
        assert mg.evaluate(r.function, x=x, A=a, B=b) == pytest.approx(factor * values[0])


def test_several_columns_are_smallest_at_the_first_eigenvectors() -> None:
    r = mg.stationary("tr(W' S W)", "W", subject_to="W' W = I", given="S: n×n symmetric, W: n×k")
    assert "W = V(S)[:, 1:k]: minimum" in r.reasons
