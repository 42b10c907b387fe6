"""What a minimisation ends at: known optima, saddles and maxima that are left, and limits that contradict."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import ArgumentError

RNG = np.random.default_rng(17)


def minimum(*args: Any, **named: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return mg.minimize(*args, **named)


@pytest.mark.parametrize("method", [None, "SLSQP", "trust-constr"])
@pytest.mark.parametrize(
    ("constraints", "bounds"),
    [
        ("sum(x) = 0", [(-1, 1)] * 3),
        (["sum(x) = 0", "-1 <= x <= 1"], None),
        (["sum(x) = 0", "x.*x <= 1"], None),
    ],
)
def test_a_maximum_that_equalities_hold_in_place_is_left(method: Any, constraints: Any, bounds: Any) -> None:
    result = minimum("-x'x", "x", x0=np.zeros(3), constraints=constraints, bounds=bounds, method=method)
    # An interior method stops inside curved constraints, and is then told to have stopped on a slope.
    assert result.success or method == "trust-constr"
    assert result.fun == pytest.approx(-2, abs=2e-3)
    np.testing.assert_allclose(np.sort(result.x), [-1, 0, 1], atol=2e-3)


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
@pytest.mark.parametrize("column", [0, 1, 2])
def test_every_eigenvector_but_the_last_is_left_on_the_sphere(method: str, column: int) -> None:
    """Courant and Fischer: the least value of x'Ax on the sphere is the least eigenvalue."""
    B = RNG.normal(size=(4, 4))
    A = B + B.T
    values, vectors = np.linalg.eigh(A)
    start = vectors[:, 3 - column]
    given = "x: n, A: n×n symmetric"
    result = minimum("x'A x", "x", A=A, x0=start, constraints="x'x = 1", given=given, method=method)
    assert result.success
    assert result.fun == pytest.approx(values[0], abs=1e-4)
    assert result.curvature > 0


@pytest.mark.parametrize(
    ("f", "start", "bounds", "least"),
    [
        ("x[1]^2 - x[2]^2 + x[2]^4", [1.0, 0.0], None, -0.25),
        ("x[1]^2 - x[2]^2", [0.5, 0.0], [(-1, 1)] * 2, -1),
        ("x[1]*x[2]", [0.5, 0.5], [(-1, 1)] * 2, -1),
        ("x[1]^2 + x[2]^3", [1.0, 0.5], [(-1, 1)] * 2, -1),
        ("x[1]^2 - x[2]^4", [1.0, 0.0], [(-1, 1)] * 2, -1),
    ],
)
def test_a_saddle_at_the_end_is_left(f: str, start: Any, bounds: Any, least: float) -> None:
    result = minimum(f, "x", x0=start, bounds=bounds)
    assert result.success
    assert result.fun == pytest.approx(least, abs=1e-4)


def test_a_direction_that_a_bound_bars_is_none() -> None:
    # (0, 0) is the minimum on x >= 0, where only the directions that leave it are curved downwards.
    result = minimum("x[1] - x[1]^2 + x[2]^2", "x", x0=[0.1, 0.5], bounds=[(0, 0.3), (0, 1)])
    assert result.success
    np.testing.assert_allclose(result.x, 0, atol=1e-6)
    assert result.curvature > 0


def test_a_constraint_without_multipliers_is_not_taken_for_met_at_the_minimum() -> None:
    # The gradient of (sum(x) - 1)^2 is zero where it is met: methods stop anywhere on the line.
    result = minimum("norm(x)^2", "x", x0=[1.0, 2], constraints="(sum(x) - 1)^2 = 0")
    assert not result.success or np.allclose(result.x, 0.5, atol=1e-3)


@pytest.mark.parametrize(
    ("constraints", "more"),
    [
        (["sum(x) = 1", "2*sum(x) = 2"], {}),
        ("E x = e", {"E": [[1.0, 1, 1], [2, 2, 2]], "e": [1.0, 2]}),
        (["sum(x) = 1", "x[1] + x[2] = 1 - x[3]", "x >= 0"], {}),
    ],
)
def test_equations_that_follow_from_others_do_no_harm(constraints: Any, more: Any) -> None:
    result = minimum("norm(x)^2", "x", x0=[1.0, 2, 3], constraints=constraints, **more)
    assert result.success
    np.testing.assert_allclose(result.x, 1 / 3, atol=1e-6)


@pytest.mark.parametrize(
    ("constraints", "bounds", "words"),
    [
        (["sum(x) = 1", "sum(x) = 2"], None, "No point meets sum(x) = 1 and sum(x) = 2."),
        (["sum(x) <= 1", "sum(x) >= 2"], None, "No point meets sum(x) <= 1 and sum(x) >= 2."),
        ("sum(x) = 4", [(0, 1)] * 3, "No point meets sum(x) = 4 within the bounds."),
        (["norm(x)^2 = 1", "2*norm(x)^2 = 2"], None, "depend on each other"),
        ("norm(x)^2 <= -1", None, "With norm(x)^2 <= -1, "),
    ],
)
def test_limits_that_contradict_each_other_are_named(constraints: Any, bounds: Any, words: str) -> None:
    result = minimum("norm(x)^2", "x", x0=[1.0, 2, 3], constraints=constraints, bounds=bounds)
    assert result.success is False
    assert words in result.message


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"bounds": [(1, 0), (0, 1)]}, r"no number is within the bounds of x\[1\]: from 1 up to 0"),
        ({"bounds": [(np.nan, 1), (0, 1)]}, "bounds for x are real numbers"),
        ({"bounds": [("a", 1), (0, 1)]}, "bounds for x are real numbers"),
        ({"bounds": [(1j, 1), (0, 1)]}, "bounds for x are real numbers"),
        ({"tol": np.nan}, "the tolerance is a number from 0 up, not nan"),
        ({"tol": -1}, "the tolerance is a number"),
        ({"tol": 1j}, "the tolerance is a number"),
        ({"options": {"maxiter": "3"}}, "the option maxiter is a number, not '3'"),
        ({"options": {"gtol": 3j}}, "the option gtol is a number"),
        ({"options": {"maxiter": None}}, "the option maxiter is a number"),
        ({"options": {3: 1}}, "options go by their names"),
        ({"options": {"maxitr": 3}, "method": "trust-constr"}, "trust-constr knows no option maxitr"),
        ({"options": {"maxiter": 3}, "method": "TNC"}, "tnc knows no option maxiter"),
    ],
)
def test_numbers_that_are_none_are_refused(named: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError, match=words):
        minimum("norm(x)^2", "x", x0=[1.0, 2], **named)


@pytest.mark.parametrize("method", [None, "BFGS", "L-BFGS-B", "TNC", "SLSQP", "trust-constr", "COBYLA"])
def test_callbacks_of_scipy_s_newer_kind_see_the_value_and_may_stop(method: str | None) -> None:
    seen: list[Any] = []

    def watch(intermediate_result: Any) -> None:
        seen.append((intermediate_result.x, intermediate_result.fun))
        if len(seen) == 2:
            raise StopIteration

    A = RNG.normal(size=(2, 3))
    f = "norm(A - X)^4 + norm(X)^2"
    named: dict[str, Any] = {"A": A, "x0": np.ones((2, 3)), "given": "A: m×n, X: m×n", "method": method}
    result = minimum(f, "X", callback=watch, **named)
    assert len(seen) == 2
    assert not result.success
    assert result.message == "The callback stopped it."
    for X, value in seen:
        assert X.shape == (2, 3)
        assert value == pytest.approx(np.sum((A - X) ** 2) ** 2 + np.sum(X**2))


def test_procrustes() -> None:
    """Schönemann, 1966: the orthogonal matrix nearest to carrying A into B."""
    A, B = RNG.normal(size=(6, 3)), RNG.normal(size=(6, 3))
    U, _, V = np.linalg.svd(A.T @ B)
    best = np.linalg.norm(A @ U @ V - B) ** 2
    start = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    start[:, 0] *= np.linalg.det(start) * np.linalg.det(U @ V)  # of the same orientation: it is kept to
    result = minimum("norm(A X - B)^2", "X", A=A, B=B, x0=start, constraints="X'X = eye(n)",
                     given="A: m×n, B: m×n, X: n×n")  # fmt: skip
    assert result.fun == pytest.approx(best, rel=1e-5) or not result.success


def test_lasso_with_orthonormal_columns_is_soft_thresholding() -> None:
    A = np.linalg.qr(RNG.normal(size=(9, 4)))[0]
    b, c = RNG.normal(size=9) * 2, 0.7
    z = A.T @ b
    best = np.sign(z) * np.maximum(np.abs(z) - c / 2, 0)
    value = np.sum((A @ best - b) ** 2) + c * np.abs(best).sum()
    # As a smooth problem in the positive and negative parts.
    result = minimum("norm(A (p - q) - b)^2 + c*sum(p + q)", ["p", "q"], A=A, b=b, c=c,
                     x0=dict.fromkeys("pq", np.ones(4)), bounds=dict.fromkeys("pq", [(0, None)] * 4),
                     given="A: m×n, b: m, p: n, q: n, c: scalar")  # fmt: skip
    assert result.success
    assert result.fun == pytest.approx(value, rel=1e-6)
    np.testing.assert_allclose(result.x["p"] - result.x["q"], best, atol=1e-4)


def test_a_quadratic_program_meets_its_conditions() -> None:
    B = RNG.normal(size=(4, 4))
    Q, c, C, d = B @ B.T + np.eye(4), RNG.normal(size=4), RNG.normal(size=(2, 4)), RNG.normal(size=2)
    system = np.block([[Q, C.T], [C, np.zeros((2, 2))]])
    best = np.linalg.solve(system, np.concatenate([-c, d]))[:4]
    result = minimum("x'Q x/2 + c'x", "x", Q=Q, c=c, C=C, d=d, x0=np.zeros(4), constraints="C x = d",
                     given="x: n, Q: n×n symmetric, c: n, C: k×n, d: k")  # fmt: skip
    np.testing.assert_allclose(result.x, best, atol=1e-6)
    free = np.linalg.svd(C)[2][2:].T
    assert result.curvature == pytest.approx(np.linalg.eigvalsh(free.T @ Q @ free)[0], rel=1e-6)


def test_log_det_with_a_trace_and_the_nearest_correlation() -> None:
    result = minimum("-logdet(S)", "S", x0=np.diag([3.0, 1, 2]), given="S: n×n spd", constraints="tr(S) = 1")
    np.testing.assert_allclose(result.x, np.eye(3) / 3, atol=1e-5)
    C = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    result = minimum("norm(S - C)^2", "S", C=C, x0=np.eye(3), given="S: n×n spd, C: n×n symmetric",
                     constraints="diag(S) = ones(n, 1)")  # fmt: skip
    # Higham, 2002: alternating projections with Dykstra's correction.
    Y, correction = C, np.zeros((3, 3))
    for _ in range(5000):
        values, V = np.linalg.eigh(Y - correction)
        X = V @ np.diag(np.maximum(values, 0)) @ V.T
        correction = X - (Y - correction)
        Y = X - np.diag(np.diag(X)) + np.eye(3)
    assert result.fun == pytest.approx(np.linalg.norm(X - C) ** 2, rel=1e-4)


def test_logistic_regression_within_bounds() -> None:
    X, y = RNG.normal(size=(30, 3)), np.sign(RNG.normal(size=30))
    result = minimum("sum(softplus(-y .* (X w)))", "w", X=X, y=y, x0=np.zeros(3), bounds=[(-0.1, 0.1)] * 3,
                     given="X: m×n, y: m, w: n", tol=1e-12)  # fmt: skip
    slope = -X.T @ (y / (1 + np.exp(y * (X @ result.x))))
    for k in range(3):
        inside = abs(result.x[k]) < 0.1 - 1e-6
        assert abs(slope[k]) < 1e-4 if inside else slope[k] * result.x[k] < 0


@pytest.mark.parametrize("method", [None, "BFGS", "CG", "L-BFGS-B", "trust-krylov", "trust-exact", "SLSQP"])
@pytest.mark.parametrize(
    ("f", "start"),
    [
        ("sum(x.^3)", [0.17658404]),
        ("sum(x.^3)", [0.84855268, 1.38354767]),
        ("sum(x.^3)", [1.27795924, 0.28129861, 2.27735838]),
        ("sum(x.^3)/1000", [0.5, 0.3]),
        ("sum(x.^3)/10^6", [3.0]),
        ("sum(x.^5)", [0.4]),
        ("x[1]^2 + x[2]^3", [0.4, 0.7]),
        ("norm(x)^2*sum(x)", [0.3, 0.6]),
    ],
)
def test_a_flat_inflection_is_not_taken_for_a_minimum(f: str, start: Any, method: Any) -> None:
    result = minimum(f, "x", x0=np.array(start), method=method)
    assert not result.success
    assert result.fun < -1e-4


@pytest.mark.parametrize("method", [None, "BFGS", "L-BFGS-B", "trust-exact", "SLSQP"])
@pytest.mark.parametrize("f", ["sum(x.^4)", "norm(x)^4", "sum(x.^6)", "x[1]^2 + x[2]^4", "(sum(x) - 1)^4"])
def test_a_flat_minimum_is_one(f: str, method: Any) -> None:
    result = minimum(f, "x", x0=np.array([0.9, -0.4]), method=method)
    assert result.success
    assert result.fun == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("method", [None, "BFGS", "L-BFGS-B"])
def test_a_valley_that_falls_ever_less_is_followed_to_where_it_is_flat(method: Any) -> None:
    """Separable data: the logistic loss has the infimum 0, which no point reaches."""
    A = np.array([[1.0, 0.5], [2.0, -0.3], [0.7, 0.1]])
    result = minimum("sum(log(1 + exp(-A x)))", "x", A=A, x0=np.zeros(2), method=method, given="x: n, A: m×n")
    assert result.success
    assert result.fun == pytest.approx(0, abs=2e-3)
    assert np.abs(result.x).max() < 1e3


def test_where_least_squares_are_ill_conditioned_newton_says_more_exactly_where_the_minimum_is() -> None:
    """Values that differ by less than a method sees leave x open: the condition of A is a thousand."""
    A = np.array(
        [
            [0.854, -0.257, -0.352, 0.542],
            [-0.136, 0.929, 2.32, -0.828],
            [-0.966, 0.007, -2.105, 0.033],
            [0.123, -0.071, -0.13, 0.101],
        ]
    )
    b, E, e = np.array([-0.481, 0.106, -0.241, -0.074]), np.array([[0.017, -0.971, 0.073, 0.075]]), [1.124]
    result = minimum("norm(A x - b)^2", "x", A=A, b=b, E=E, e=e, x0=np.zeros(4), constraints="E x = e")
    system = np.block([[2 * A.T @ A, E.T], [E, np.zeros((1, 1))]])
    expected = np.linalg.solve(system, np.concatenate([2 * A.T @ b, e]))[:4]
    assert result.success
    np.testing.assert_allclose(result.x, expected, rtol=1e-7, atol=1e-7)
