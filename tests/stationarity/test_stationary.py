"""Natures with their reasons, conditions, refusals, and what has no closed form."""

from __future__ import annotations

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.expr import symbols_of


def test_reasons_name_each_term() -> None:
    found = mg.stationary("norm(y - X b)^2 + t norm(b)^2", "b", given="t: positive scalar")
    assert found.reasons == (
        "‖Xb − y‖² is convex: a square of an affine function",
        "bᵀb is convex: a square of an affine function",
    )
    assert not found.conditions
    assert [r.text() for r in mg.stationary("norm(y - X b)^2", "b").conditions] == ["X' X is invertible"]


def test_the_value_is_numpy_s() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(7, 3)), rng.normal(size=7)
    found = mg.stationary("norm(y - X b)^2", "b")
    assert np.allclose(mg.evaluate(found.solution, {"X": x, "y": y}), np.linalg.lstsq(x, y, rcond=None)[0])


def test_a_maximum_in_terms_of_the_inverse() -> None:
    found = mg.stationary(
        "-n logdet(S) - tr(S^-1 C)", "S", given="S: d×d spd, C: d×d spd, n: positive scalar"
    )
    assert (str(found), found.nature) == ("S = C/n", "maximum")
    assert found.reasons == ("in terms of P = S⁻¹: log det(P) is concave: log det of an affine function",)


@pytest.mark.parametrize(
    ("function", "wrt", "given", "nature"),
    [
        ("tr(X' A X) - 2 tr(B' X)", "X", "A: n×n symmetric", "not known"),
        ("tr(X^2) - 2 tr(A X)", "X", "A: n×n", "saddle"),
        ("x^2 - y^2", ("x", "y"), "x: scalar, y: scalar", "saddle"),
        ("-norm(x - c)^2", "x", "", "maximum"),
        ("x' A x - 2 b' x", "x", "A: n×n spd", "minimum"),
        ("x' A x - 2 b' x", "x", "A: n×n", "not known"),
        ("(x - 1)^3 - 3 x", "x", "x: scalar", "several"),
        ("a' c norm(x - b)^2", "x", "x: n, b: n", "not known"),
        ("norm(a)^2 norm(x - b)^2", "x", "x: n, b: n", "minimum"),
        ("w' log(p) - sum(p)", "p", "p: n positive, w: n", "not known"),
    ],
)
def test_nature(function: str, wrt: str, given: str, nature: str) -> None:
    assert mg.stationary(function, wrt, given=given).nature == nature


def test_convex_without_a_closed_form() -> None:
    found = mg.stationary("sum(log(1 + exp(X w))) - y' X w", "w")
    assert found.solution is None
    assert found.nature == "minimum"
    assert found.equation_lines() == ["Xᵀ(σ(Xw) − y) = 0"]
    assert not found.verification.verified


def test_nothing_is_a_solution_because_it_was_multiplied_by_the_unknown() -> None:
    found = mg.stationary("b' x + log(1 + c' x)", "x")
    assert found.solution is None


def test_constraints() -> None:
    found = mg.stationary("x' P x", "x", subject_to="A x = b", given="P: n×n spd")
    assert str(found) == "x = P⁻¹Aᵀ(AP⁻¹Aᵀ)⁻¹b"
    assert [symbol.label for symbol in found.solutions] == ["x", "lambda"]
    assert found.equation_lines() == ["Aᵀλ + 2Px = 0", "Ax − b = 0"]


def test_several_constraints() -> None:
    found = mg.stationary("x' P x", "x", subject_to=["sum(x) = 1", "m' x = r"], given="P: n×n spd, r: scalar")
    assert found.verification.verified
    assert found.nature == "minimum"


@pytest.mark.parametrize(
    ("function", "wrt", "constraint", "message"),
    [
        ("A x", "x", (), "a stationary point is of a scalar function"),
        ("x' x", "x", "x' x = 1", "is not linear in x"),
        ("x' x", "x", "b' c = 1", "holds no variable that may change"),
        ("x' x", "z", (), "z is not a variable"),
        ("x' x", "x", 3, "constraints are texts"),
        ("x' x + y' y", None, (), "with respect to what"),
    ],
)
def test_refusals(function: str, wrt: str | None, constraint: object, message: str) -> None:
    with pytest.raises(mg.MatgradError, match=message):
        mg.stationary(function, wrt, subject_to=constraint)  # type: ignore[arg-type]


def test_spectral_points_are_numpy_s() -> None:
    rng = np.random.default_rng(7)
    a, b = rng.normal(size=(6, 3)), rng.normal(size=(6, 3))
    u, _, vt = np.linalg.svd(a.T @ b)
    found = mg.stationary("norm(A Q - B)^2", "Q", given="Q: n×n orthogonal")
    assert np.allclose(mg.evaluate(found.solution, {"A": a, "B": b}), u @ vt)
    y = rng.normal(size=6)
    least = np.linalg.svd(np.column_stack([a, y]))[2][-1]
    total = mg.stationary("norm(A x - b)^2/(1 + norm(x)^2)", "x")
    assert np.allclose(mg.evaluate(total.solution, {"A": a, "b": y}), -least[:3] / least[3])
    s = a.T @ a
    first = mg.stationary("w' S w", "w", given="w: n orthonormal columns, S: n×n symmetric")
    assert np.isclose(abs(np.linalg.eigh(s)[1][:, -1] @ mg.evaluate(first.solution, {"S": s})), 1)


def test_a_problem_that_only_looks_like_procrustes_has_no_closed_form() -> None:
    found = mg.stationary("norm(A Q - B)^2", "Q", given="A: m×n, Q: n×k orthonormal columns, B: m×k")
    assert found.solution is None
    assert found.nature == "not known"


def test_what_would_have_to_be_declared_is_said() -> None:
    found = mg.stationary("norm(y - X b)^2 + t norm(b)^2", "b", given="t: scalar")
    assert found.nature == "not known"
    assert found.reasons[-1] == "a minimum if t > 0: declare that"


@pytest.mark.parametrize(
    ("function", "wrt", "given"),
    [
        ("logdet(L L') - 2 tr(L)", "L", "L: n×n lower triangular"),
        ("inv(X)[1,1]", "X", "X: 3×3"),
        ("x' c", "x", ""),
        ("det(X)", "X", "X: n×n"),
    ],
)
def test_no_solution_is_made_up(function: str, wrt: str, given: str) -> None:
    found = mg.stationary(function, wrt, given=given)
    assert found.solution is None
    assert found.nature == "not known"


def test_sizes_are_found_with_the_constraints() -> None:
    assert str(mg.stationary("x'x", "x", subject_to="A x = b", given="A: m×n")) == "x = Aᵀ(AAᵀ)⁻¹b"
    r = mg.stationary("norm(X - M)^2", "X", subject_to="X u = v", given="u: k")
    assert str(r) == "X = M + (v − Mu)uᵀ/‖u‖²"
    with pytest.raises(mg.ShapeError, match="cannot multiply A"):
        mg.stationary("x'x", "x", subject_to="A x = b", given="A: m×n, x: p")


def test_roots_are_written_as_one() -> None:
    r = mg.stationary("D K/q + h q/2", "q", given="D, K, h, q: positive scalar")
    assert str(r) == "q = √(2DK/h)"
    assert mg.parse(str(r.solution), list(symbols_of(r.solution).values())) is r.solution
