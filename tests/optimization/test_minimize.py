"""Minimisation by SciPy: methods, shapes, declared structure, errors, and progress."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
import scipy.optimize

import matgrad as mg
from matgrad.api import minimize
from matgrad.core.errors import ArgumentError, DomainError, EvaluationError, MatgradError, ShapeError
from matgrad.core.expr import postorder, symbols_of
from matgrad.ops.activations import Sigmoid
from matgrad.optimization.constant_parts import split
from matgrad.optimization.coordinates import coordinates_of
from matgrad.optimization.methods import METHODS

RNG = np.random.default_rng(6)
X = RNG.normal(size=(40, 3))
Y = np.sign(X @ [1.0, -2.0, 0.5] + RNG.normal(size=40))
LOGISTIC = "sum(softplus(-y .* (X w))) + c/2*w'w"
GIVEN = "X: m×n, y: m, w: n, c: scalar"


def reference() -> Any:
    """The minimiser of the logistic loss, by SciPy with derivatives written by hand."""

    def loss(w: Any) -> tuple[float, Any]:
        p = 1 / (1 + np.exp(Y * (X @ w)))
        return float(np.logaddexp(0, -Y * (X @ w)).sum() + 0.15 * w @ w), 0.3 * w - X.T @ (Y * p)

    return scipy.optimize.minimize(loss, np.zeros(3), jac=True, method="BFGS", tol=1e-12).x


@pytest.mark.parametrize(
    "method", [None, *sorted(METHODS.keys() - {"trust-krylov", "powell"}), "trust-krylov"]
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_every_method_of_scipy(method: str | None) -> None:
    result = minimize(
        LOGISTIC, "w", {"X": X, "y": Y}, c=0.3, x0=np.zeros(3), method=method, tol=1e-9, given=GIVEN,
    )  # fmt: skip
    np.testing.assert_allclose(result.x, reference(), atol=2e-4)
    assert result.x.shape == result.jac.shape == (3,)


def test_newton_needs_few_steps_and_the_gradient_is_the_one_there() -> None:
    f = mg.parse(LOGISTIC, GIVEN)
    result = minimize(f, X=X, y=Y, c=0.3, x0=np.zeros((3, 1)), tol=1e-10)
    assert result.success
    assert result.nit < 12
    assert result.x.shape == (3, 1)
    gradient = mg.evaluate(mg.gradient(f, "w"), {"X": X, "y": Y, "c": 0.3, "w": result.x})
    np.testing.assert_allclose(result.jac, gradient, atol=1e-12)


def test_matrices_and_several_variables() -> None:
    T = RNG.normal(size=(8, 2)) @ RNG.normal(size=(2, 6))
    f = mg.parse("norm(T - U V')^2", "T: m×n, U: m×k, V: n×k")
    start = {"U": RNG.normal(size=(8, 2)), "V": RNG.normal(size=(6, 2))}
    result = minimize(f, ["U", "V"], T=T, x0=start, tol=1e-10)
    np.testing.assert_allclose(result.x["U"] @ result.x["V"].T, T, atol=1e-8)
    one = minimize(f, "U", T=T, V=start["V"], x0=start["U"], tol=1e-10)
    np.testing.assert_allclose(one.x, T @ np.linalg.pinv(start["V"]).T, atol=1e-8)
    assert one.jac.shape == (8, 2)


def test_scalars() -> None:
    f = mg.parse("n*log(s) + sum(x.^2)/s", "x: n, s: scalar positive")
    result = minimize(f, "s", x=Y * 3, x0=5.0, tol=1e-10)
    assert isinstance(result.x, float)
    assert result.x == pytest.approx(9)


A = RNG.normal(size=(4, 6))
SQUARE = RNG.normal(size=(4, 4))
STRUCTURED = [
    ("norm(A-S)^2", "A: n×n, S: n×n symmetric", SQUARE, np.eye(4), (SQUARE + SQUARE.T) / 2),
    ("norm(A-S)^2", "A: n×n, S: n×n skew", SQUARE, np.zeros((4, 4)), (SQUARE - SQUARE.T) / 2),
    ("norm(A-S)^2", "A: n×n, S: n×n diagonal", SQUARE, np.eye(4), np.diag(np.diag(SQUARE))),
    ("norm(A-S)^2", "A: n×n, S: n×n lower", SQUARE, np.eye(4), np.tril(SQUARE)),
    ("norm(A-S)^2", "A: n×n, S: n×n upper", SQUARE, np.eye(4), np.triu(SQUARE)),
    ("norm(A-S)^2", "A: n×n, S: n×n nonnegative", SQUARE, np.ones((4, 4)), np.maximum(SQUARE, 0)),
    ("norm(A-S)^2", "A: n×n, S: n×n positive", SQUARE**2 + 0.2, np.ones((4, 4)), SQUARE**2 + 0.2),
    ("tr(A S) - logdet(S)", "A: n×n spd, S: n×n spd", A @ A.T, np.eye(4), np.linalg.inv(A @ A.T)),
    ("tr(A*inv(S)) + logdet(S)", "A: n×n spd, S: n×n spd", A @ A.T, np.eye(4), A @ A.T),
]


@pytest.mark.parametrize(("text", "given", "data", "start", "best"), STRUCTURED)
@pytest.mark.parametrize("method", [None, "BFGS", "Newton-CG"])
def test_what_is_declared_is_kept(
    text: str, given: str, data: Any, start: Any, best: Any, method: str | None
) -> None:
    if method is not None and "nonnegative" in given:
        method = "L-BFGS-B"
    result = minimize(text, "S", A=data, x0=start, given=given, method=method, tol=1e-10)
    np.testing.assert_allclose(result.x, best, rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize(
    "words", ["symmetric", "skew", "diagonal", "lower", "upper", "positive", "spd", "psd", ""]
)
def test_derivatives_pass_through_coordinates(words: str) -> None:
    variable = mg.parse("S", f"S: n×n {words}")
    assert isinstance(variable, mg.Symbol)
    coordinates = coordinates_of(variable, (3, 3))
    start = coordinates.start(coordinates.point(RNG.uniform(0.5, 1, size=coordinates.length)))
    np.testing.assert_allclose(coordinates.start(coordinates.point(start)), start, atol=1e-12)
    v = RNG.normal(size=coordinates.length)
    G = coordinates.direction(start, RNG.normal(size=coordinates.length))
    step = 1e-6
    ahead, behind = (coordinates.point(start + sign * step * v) for sign in (1, -1))
    np.testing.assert_allclose(coordinates.direction(start, v), (ahead - behind) / (2 * step), atol=1e-8)
    # ⟨G, J v⟩ = ⟨J*G, v⟩, and the bend is the change of J*G.
    assert np.vdot(G, coordinates.direction(start, v)) == pytest.approx(coordinates.pull(start, G) @ v)
    change = coordinates.pull(start + step * v, G) - coordinates.pull(start - step * v, G)
    np.testing.assert_allclose(
        coordinates.bend(start, v, G) * np.ones(len(v)), change / (2 * step), atol=1e-7
    )


def test_bounds() -> None:
    f = mg.parse("norm(A - X)^2", "A: m×n, X: m×n")
    low = np.full((4, 6), -0.5)
    low[0, 1] = 2
    result = minimize(f, "X", A=A, x0=np.full((4, 6), 2.5), bounds=scipy.optimize.Bounds(low, 3), tol=1e-12)
    np.testing.assert_allclose(result.x, np.clip(A, low, 3), atol=1e-5)
    pairs = minimize(
        "norm(a - x)^2", "x", given="a: n, x: n", a=[1, 2], x0=[0, 0], bounds=[(None, 0), (0, 1)]
    )
    np.testing.assert_allclose(pairs.x, [0, 1], atol=1e-8)


def test_points_outside_the_domain_are_come_back_from() -> None:
    f = mg.parse("a'x - sum(log(x)) - sum(log(1 - x))", "a: n, x: n")
    a = np.array([30.0, -40.0, 0.1])
    result = minimize(f, "x", a=a, x0=np.full(3, 0.5), tol=1e-9)
    np.testing.assert_allclose(a - 1 / result.x + 1 / (1 - result.x), 0, atol=1e-6)
    with pytest.raises(DomainError, match="starting point"):
        minimize(f, "x", a=a, x0=np.array([0.5, 0.5, 2.0]))


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        ({"x0": np.zeros(3), "X": X}, EvaluationError, r"no data were given for c \(1×1\), y \(m×1\)"),
        ({"X": X, "y": Y, "c": 1}, ArgumentError, r"no starting point was given for w \(n×1\)"),
        ({"X": X, "y": Y, "c": 1, "x0": np.zeros(4)}, EvaluationError, "w is declared n×1 but was given 4×1"),
        ({"X": X, "y": Y, "c": 1, "x0": np.zeros(3), "w": 1}, ArgumentError, "starting point is x0"),
        ({"X": X, "y": Y, "c": 1, "x0": np.zeros(3), "method": "BFSG"}, ArgumentError, "no method of scipy"),
        (
            {"X": X, "y": Y, "c": 1, "x0": np.zeros(3), "method": "CG", "bounds": [(0, 1)] * 3},
            ArgumentError,
            "no bounds",
        ),
        (
            {"X": X, "y": Y, "c": 1, "x0": np.zeros(3), "bounds": [(0, 1)]},
            ArgumentError,
            "1 pairs of bounds for w",
        ),
    ],
)
def test_errors_name_what_is_missing(call: dict[str, Any], kind: type[MatgradError], words: str) -> None:
    with pytest.raises(kind, match=words):
        minimize(LOGISTIC, "w", given=GIVEN, **call)


def test_the_fix_for_a_missing_start_has_the_shape() -> None:
    with pytest.raises(ArgumentError) as caught:
        minimize(LOGISTIC, "w", given=GIVEN, X=X, y=Y, c=1)
    assert caught.value.fix == "x0=np.zeros(3)"


@pytest.mark.parametrize("words", ["orthogonal", "constant"])
def test_what_cannot_be_moved_is_refused(words: str) -> None:
    with pytest.raises(ArgumentError, match="cannot be minimised over"):
        minimize("tr(A*S)", "S", given=f"A: n×n, S: n×n {words}", A=SQUARE, x0=np.eye(4))
    with pytest.raises(ShapeError, match="only a scalar"):
        minimize("A x", "x", given="A: m×n, x: n", A=X, x0=np.zeros(3))
    with pytest.raises(ArgumentError, match="minimise over what"):
        minimize("x'y", given="x: n, y: n", x0=np.zeros(3))


def test_the_callback_sees_the_variable_in_its_shape() -> None:
    seen: list[Any] = []
    f = mg.parse("norm(A - X)^2", "A: m×n, X: m×n")
    for method in ("trust-ncg", "L-BFGS-B", "trust-constr"):
        minimize(f, "X", A=A, x0=np.zeros((4, 6)), callback=seen.append, method=method)
    assert {np.shape(x) for x in seen} == {(4, 6)}


def test_what_does_not_change_is_computed_once_for_each_point() -> None:
    f = mg.parse(LOGISTIC, GIVEN)
    product = mg.differential(mg.gradient(f, "w"), "w")
    dw = symbols_of(product)["dw"]
    (short,), parts = split([product], [dw])
    assert any(isinstance(part, Sigmoid) for part in parts.values())
    assert not any(isinstance(node, Sigmoid) for node in postorder(short))
    assert not any(dw in postorder(part) for part in parts.values())
    assert mg.equivalent(short.substitute(parts), product)


def test_progress_is_shown_on_terminals_only(monkeypatch: pytest.MonkeyPatch) -> None:
    from matgrad.optimization import progress

    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    quiet, loud = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stderr", quiet)
    minimize(LOGISTIC, "w", given=GIVEN, X=X, y=Y, c=1, x0=np.zeros(3))
    assert quiet.getvalue() == ""
    loud.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr("sys.stderr", loud)
    monkeypatch.setenv("TERM", "xterm")
    minimize(LOGISTIC, "w", given=GIVEN, X=X, y=Y, c=1, x0=np.zeros(3))
    assert "|gradient|" in loud.getvalue()


QUADRATIC = "norm(F x - g)^2"
F, G = RNG.normal(size=(7, 4)), RNG.normal(size=7)
KEEPING = ["SLSQP", "trust-constr", "COBYLA", "COBYQA"]


@pytest.mark.parametrize("method", [None, *KEEPING])
@pytest.mark.filterwarnings("ignore")
def test_equalities_lead_to_the_solution_of_the_normal_equations(method: str | None) -> None:
    C, d = RNG.normal(size=(2, 4)), RNG.normal(size=2)
    system = np.block([[2 * F.T @ F, C.T], [C, np.zeros((2, 2))]])
    right = np.linalg.solve(system, np.concatenate([2 * F.T @ G, d]))[:4]
    result = mg.minimize(
        QUADRATIC, "x", F=F, g=G, C=C, d=d, x0=np.zeros(4), constraints="C x = d", method=method
    )
    assert result.success
    np.testing.assert_allclose(result.x, right, atol=1e-3 if method == "COBYLA" else 1e-5)
    assert result.constr_violation < 1e-6


def test_inequalities_give_nonnegative_least_squares_and_the_projection_on_the_simplex() -> None:
    result = mg.minimize(QUADRATIC, "x", F=F, g=G, x0=np.ones(4), constraints="x >= 0")
    np.testing.assert_allclose(result.x, scipy.optimize.nnls(F, G)[0], atol=1e-6)
    y = RNG.normal(size=6)
    order = np.sort(y)[::-1]
    counts = np.arange(1, 7)
    k = counts[order - (np.cumsum(order) - 1) / counts > 0][-1]
    projection = np.maximum(y - (order[:k].sum() - 1) / k, 0)  # Held, Wolfe & Crowder, 1974
    for constraints in (["sum(x) = 1", "x >= 0"], ["sum(x) == 1", "0 <= x <= 1"]):
        result = mg.minimize("norm(x - y)^2", "x", y=y, x0=np.zeros(6), constraints=constraints)
        np.testing.assert_allclose(result.x, projection, atol=1e-7)


def test_constraints_of_expressions_and_of_scipy() -> None:
    x, y = mg.vector("x", "n"), mg.vector("y", "n")
    f = mg.norm(x - y) ** 2
    data: dict[str, Any] = {"y": [1.0, 2, -1], "x0": np.zeros(3)}
    for constraint in ((x, ">=", 0), (0, "<=", x), (mg.sum(x), "=", mg.parse("1")), ("x", ">=", "0")):
        result = mg.minimize(f, "x", constraints=constraint, **data)
        expected = [2 / 3, 5 / 3, -4 / 3] if constraint[1] == "=" else [1, 2, 0]
        np.testing.assert_allclose(result.x, expected, atol=1e-6)
    plane = scipy.optimize.LinearConstraint(np.ones(3), 1, 1)
    for constraints in (plane, [plane], {"type": "eq", "fun": lambda z: z.sum() - 1}):
        result = mg.minimize(f, "x", constraints=constraints, **data)
        np.testing.assert_allclose(result.x, [2 / 3, 5 / 3, -4 / 3], atol=1e-6)
    S = mg.matrix("S", "n", "n", symmetric=True)
    with pytest.raises(ArgumentError, match="acts on the entries of one variable"):
        mg.minimize(mg.norm(S) ** 2, S, x0=np.eye(3), constraints=plane)


@pytest.mark.parametrize("method", ["SLSQP", "trust-constr"])
def test_nonlinear_constraints_come_with_right_derivatives(method: str) -> None:
    c = np.array([3.0, 4])
    options = {"gtol": 1e-10, "xtol": 1e-12} if method == "trust-constr" else None
    result = mg.minimize(
        "c'x", "x", c=c, x0=[0.1, 0.1], constraints="norm(x)^2 <= 1", method=method, options=options,
        given="x: n, c: n",
    )  # fmt: skip
    np.testing.assert_allclose(result.x, -c / 5, atol=1e-4)
    whole = mg.minimize(
        "t", ["x", "t"], a=c, x0={"x": [0.0, 0], "t": 30.0}, constraints=["norm(x - a)^2 <= t", "x <= 1"],
        given="x: n, t: scalar, a: n", method=method,
    )  # fmt: skip
    np.testing.assert_allclose(whole.x["x"], [1, 1], atol=1e-3)
    assert whole.x["t"] == pytest.approx(13, abs=1e-2)


@pytest.mark.parametrize("words", ["", "symmetric", "skew", "diagonal", "lower", "positive", "spd"])
def test_derivatives_of_constraints_agree_with_difference_quotients(words: str) -> None:
    from matgrad.compilation.backends.numpy.function import compile_expressions
    from matgrad.optimization.conditions import read_conditions
    from matgrad.optimization.constraints import compiled_constraint
    from matgrad.optimization.minimize import _with
    from matgrad.optimization.places import Place

    S = mg.matrix("S", "n", "n", **{words: True}) if words else mg.matrix("S", "n", "n")
    B = mg.matrix("B", "n", "n")
    (condition,), _ = read_conditions([(B @ S @ S + mg.exp(S), "<=", B)], {}, [S])
    coordinates = coordinates_of(S, (3, 3))
    place = Place(S, np.eye(3), (3, 3), coordinates, slice(0, coordinates.length))
    made = compiled_constraint(
        condition, [place], {"B": RNG.normal(size=(3, 3))},
        lambda exprs: _with(compile_expressions(exprs, check=False), {"n": 3}), (3, 3),
        second=True, verify=True,
    )  # fmt: skip
    z, v, weights = (RNG.uniform(0.3, 1, size=k) for k in (coordinates.length, coordinates.length, 9))
    step = 1e-6
    slope = (made(z + step * v) - made(z - step * v)) / (2 * step)
    np.testing.assert_allclose(made.jacobian(z) @ v, slope, atol=1e-7)
    change = weights @ (made.jacobian(z + step * v) - made.jacobian(z - step * v)) / (2 * step)
    np.testing.assert_allclose(made.hessian(z, weights) @ v, change, atol=1e-7)


def test_structure_and_constraints_are_kept_together() -> None:
    B = RNG.normal(size=(3, 3))
    result = mg.minimize(
        "norm(S - B)^2", "S", B=B, x0=np.eye(3), given="S: n×n symmetric, B: n×n", constraints="tr(S) = 1"
    )
    nearest = (B + B.T) / 2
    np.testing.assert_allclose(result.x, nearest + (1 - np.trace(nearest)) / 3 * np.eye(3), atol=1e-6)


@pytest.mark.parametrize("f", ["-t^2", "3 - t^2", "-exp(t)", "t^3 - t^4"])
@pytest.mark.parametrize("method", [None, *sorted(METHODS)])
@pytest.mark.filterwarnings("ignore")
def test_a_function_without_lower_bound_is_not_minimised(f: str, method: str | None) -> None:
    result = mg.minimize(f, "t", x0=2.0, given="t: scalar", method=method)
    assert not result.success


def test_what_is_left_of_a_sum_does_not_matter() -> None:
    assert not mg.minimize("3 - norm(x)^2", "x", x0=[1.0, 2]).success
    assert not mg.minimize("3 - norm(x)^2", "x", x0=[0.0, 0], method="BFGS").success


KINKED = "norm(x) + norm(x - c)^2"


@pytest.mark.parametrize("method", [None, *sorted(METHODS)])
@pytest.mark.filterwarnings("ignore")
def test_a_kink_at_the_start_is_left(method: str | None) -> None:
    result = mg.minimize(KINKED, "x", c=[3, 4], x0=[0.0, 0], given="x: n, c: n", method=method)
    assert result.success
    np.testing.assert_allclose(result.x, [2.7, 3.6], atol=1e-3)


@pytest.mark.parametrize("start", [[0.0, 0.0], [1.0, 0.0]])
def test_a_kink_may_be_the_minimum(start: Any) -> None:
    result = mg.minimize(KINKED, "x", c=[0.1, 0.2], x0=start, given="x: n, c: n")
    assert result.success
    np.testing.assert_allclose(result.x, 0, atol=1e-6)


@pytest.mark.parametrize("method", [None, "SLSQP", "trust-constr"])
def test_a_maximum_at_the_start_is_left_within_bounds(method: str | None) -> None:
    result = mg.minimize("-norm(x)^2", "x", x0=[0.0, 0], bounds=[(-1, 1), (-1, 1)], method=method)
    assert result.success
    np.testing.assert_allclose(np.abs(result.x), 1, atol=1e-4)


@pytest.mark.parametrize("method", [None, "trust-constr"])
def test_a_saddle_at_the_start_is_left_where_constraints_allow_it(method: str | None) -> None:
    f = "(x[1]^2 - 1)^2 + x[2]^2"
    result = mg.minimize(f, "x", x0=[0.0, 0], constraints=["x[1] <= 0", "x[2] <= 4"], method=method)
    assert result.success
    np.testing.assert_allclose(result.x, [-1, 0], atol=1e-3)


def test_a_kink_at_the_start_is_left_within_bounds() -> None:
    result = mg.minimize(KINKED, "x", c=[3, 4], x0=[0.0, 0], bounds=[(-1, 1), (-1, 1)])
    assert result.success
    np.testing.assert_allclose(result.x, 1, atol=1e-6)


def test_a_stop_on_a_slope_within_constraints_is_no_success() -> None:
    # max(x) is -1 at (-1, -1); a method for smooth functions stops at a kink before.
    result = mg.minimize("max(x)", "x", x0=[0.0, 0], constraints="x >= -1", given="x: n")
    assert result.fun == pytest.approx(-1) or not result.success
    # At a corner of the bounds a gradient is no slope.
    assert mg.minimize("sum(x)", "x", x0=[0.5, 0.5], bounds=[(0, 1), (0, 1)], given="x: n").success


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"constrants": "x >= 0"}, ["constrants", "constraints"]),
        ({"bound": [(0, 1)]}, ["bound", "bounds"]),
        ({"options": {"maxitre": 3}}, ["maxitre", "Try: maxiter"]),
        ({"constraints": "x >= 0", "method": "BFGS"}, ["no constraints", "slsqp"]),
        ({"constraints": "x > 0"}, ["strict", "Try: x >= 0"]),
        ({"constraints": "x"}, ["no sign", "A x = b"]),
        ({"constraints": "x ⪰ 0"}, ["orders matrices", "positive semidefinite"]),
        ({"constraints": "a >= 0", "a": 1}, ["does not depend on x"]),
        ({"constraints": "C x = d"}, ["no data were given for C", "d"]),
        ({"constraints": "x + = 1"}, ["the constraint 'x + = 1'"]),
        ({"constraints": 3}, ["3 is no constraint"]),
        ({"constraints": mg.vector("x", "n")}, ["zero, or nonnegative?"]),
        ({"bounds": 3}, ["pairs of numbers"]),
        ({"options": 3}, ["options are given by name"]),
        ({"callback": 3}, ["callback is no function"]),
    ],
)
def test_what_would_be_without_effect_is_refused(named: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(MatgradError) as refused:
        mg.minimize("norm(x)^2", "x", x0=[1, 1], **named)
    for word in words:
        assert word in str(refused.value)


def test_infeasible_constraints_and_stops_on_a_slope_are_no_success() -> None:
    assert not mg.minimize("norm(x)^2", "x", x0=[1, 1], constraints=["sum(x) = 1", "sum(x) = 2"]).success
    assert not mg.minimize("c'x", "x", c=[1, 2], x0=[1, 1], method="Newton-CG", given="x: n, c: n").success


def test_errors_of_a_callback_are_the_user_s() -> None:
    def callback(point: Any) -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        mg.minimize("norm(x - c)^2", "x", c=[3, 4], x0=[1, 1], callback=callback)
