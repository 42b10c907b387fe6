"""Minimisation: problems with closed forms, conditions of optimality, constraints, hostile calls."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

import matgrad as mg

OBJECTIVES = (
    "norm(A x - b)^2",
    "norm(A x - b)^2/2 + norm(x)^2",
    "sum(exp(A x)) - b'x + norm(x)^2",
    "logsumexp(A x) + norm(x - c)^2/2",
    "sum(softplus(A x)) + c'x/9 + norm(x)^2/10",
    "norm(x) + norm(x - c)^2",
    "norm(x - c) + norm(A x - b)^2/5",
    "sum(log(1 + (A x - b).^2))",
    "norm(x)^4 - 3 norm(x)^2 + c'x",
    "sum(cos(x)) + norm(x - c)^2/5",
)
UNBOUNDED = (
    "-norm(x)^2",
    "3 - norm(x)^2",
    "c'x",
    "sum(x.^3)",
    "-sum(exp(x))",
    "-norm(x)",
    "norm(x)^2 - norm(x)^4",
)
LINEAR = ("sum(x) = 1", "x >= 0", "E x = e", "x <= 2", "-1 <= x <= 2", "E x <= 2 + abs(e)")
CURVED = ("norm(x)^2 <= 4", "norm(x - c)^2 >= 1/10", "norm(x)^2 = 2", "sum(exp(x)) <= 9", "x .* x <= 3")
FREE = (
    None,
    "BFGS",
    "CG",
    "L-BFGS-B",
    "Newton-CG",
    "trust-krylov",
    "trust-exact",
    "SLSQP",
    "TNC",
    "trust-constr",
)
GIVEN = "A: m×n, x: n, b: m, c: n"


def _drawn(seed: int) -> tuple[np.random.Generator, dict[str, Any], Any]:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    m = n + int(rng.integers(0, 3))
    data = {"A": rng.normal(size=(m, n)), "b": rng.normal(size=m), "c": rng.normal(size=n)}
    start = np.zeros(n) if seed % 3 == 0 else rng.normal(size=n)
    return rng, data, start


def _used(texts: Any, data: dict[str, Any]) -> dict[str, Any]:
    whole = " ".join(texts).replace("exp", "").replace("cos", "").replace("softplus", "").replace("abs", "")
    return {name: array for name, array in data.items() if name in whole}


def _minimized(*args: Any, **named: Any) -> Any:
    """The result, or nothing where an error of ours is raised; every other error comes out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return mg.minimize(*args, **named)
        except mg.MatgradError:
            return None


def _sides(constraint: str) -> list[tuple[str, str, str]]:
    if constraint.startswith("-1"):
        return [("-1", "<=", "x"), ("x", "<=", "2")]
    sign = next(s for s in ("<=", ">=", "=") if s in constraint)
    left, _, right = constraint.partition(sign)
    return [(left, sign, right)]


def a_minimum_has_no_lower_neighbour_or_is_not_called_one(seed: int) -> None:
    rng, data, start = _drawn(seed)
    text = OBJECTIVES[seed % len(OBJECTIVES)]
    method = FREE[int(rng.integers(len(FREE)))]
    arrays = _used([text], data)
    result = _minimized(text, "x", arrays, x0=start, method=method, given=GIVEN)
    if result is None or not result.success:
        return
    f, x = mg.parse(text, GIVEN), np.asarray(result.x)
    here = mg.evaluate(f, {**arrays, "x": x})
    for step in rng.normal(size=(20, len(x))):
        for size in (1e-1, 1e-2, 1e-3):
            there = mg.evaluate(f, {**arrays, "x": x + size * step})
            assert there >= here - 1e-3 * size - 1e-9 * abs(here), (text, method, x, there - here)


def what_has_no_lower_bound_is_not_minimised(seed: int) -> None:
    rng, data, start = _drawn(seed)
    text = UNBOUNDED[seed % len(UNBOUNDED)]
    method = FREE[int(rng.integers(len(FREE)))]
    result = _minimized(text, "x", _used([text], data), x0=start, method=method, given=GIVEN)
    # A start at a stationary point, such as a maximum, is no excuse; only the last has a local minimum.
    is_local = text == UNBOUNDED[-1] and result is not None and np.abs(result.x).max() < 1e-2
    assert result is None or not result.success or is_local, (text, method, start, result.x)


def the_lowest_of_all_is_found_or_not_called_one(seed: int) -> None:
    """Functions that are not convex but have no other minima, on sets where the least value is known.

    From starts where the gradient vanishes along the set too: eigenvectors, centres, corners.
    """
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 5))
    B = rng.normal(size=(n, n))
    A, c = (B + B.T) / 2, rng.normal(size=n)
    values, vectors = np.linalg.eigh(A)
    unit = [*vectors.T, *np.eye(n), c / np.linalg.norm(c)]
    start = unit[int(rng.integers(len(unit)))] * (1.0 if rng.random() < 0.8 else 0.0)
    method = ("SLSQP", "trust-constr", None)[int(rng.integers(3))]
    ball = values[0] if values[0] < 0 else 0.0
    half = n // 2
    problem = int(rng.integers(6))
    text, constraints, bounds, least = [
        ("x'A x", ["x'x = 1"], None, values[0]),
        ("x'A x", ["x'x <= 1"], None, ball),
        ("-x'x", ["sum(x) = 0", "-1 <= x <= 1"], None, -2.0 * half),
        ("-x'x", ["sum(x) = 0"], [(-1, 1)] * n, -2.0 * half),
        ("-x'x", None, [(-1, 2)] * n, -4.0 * n),
        ("c'x", ["x'x = 1"], None, -np.linalg.norm(c)),
    ][problem]
    if problem in (0, 5) and not start.any():
        start = unit[0]
    data = {name: value for name, value in (("A", A), ("c", c)) if name in text}
    result = _minimized(
        text, "x", data, x0=start, method=method, constraints=constraints, bounds=bounds,
        given="x: n, A: n×n symmetric, c: n",
    )  # fmt: skip
    if result is None or not result.success:
        return
    if problem in (2, 3, 4):
        # Every corner is a local minimum: at least one is reached, which lies on the limits.
        corner = np.sort(np.abs(result.x))[1 if problem < 4 and n % 2 else 0 :]
        assert np.abs(corner).min() > 1 - 1e-2, (text, constraints, bounds, method, start, result.x)
        return
    assert result.fun < least + 1e-3 * (1 + abs(least)), (text, constraints, method, start, result.fun, least)


def limits_that_contradict_each_other_are_told(seed: int) -> None:
    rng, data, start = _drawn(seed)
    n = len(start)
    E = rng.normal(size=(int(rng.integers(1, 3)), n))
    twice = np.vstack([E, rng.normal(size=(1, len(E))) @ E])
    met = twice @ rng.normal(size=n)
    missed = met + np.eye(len(met))[-1]
    more: list[Any] = [
        ("E x = e", {"E": twice, "e": met}, True),
        ("E x = e", {"E": twice, "e": missed}, False),
        (["sum(x) = 1", "x[1] = 1 - sum(x) + x[1]", "x[1] <= 9"], {}, True),
        (["sum(x) <= 1", "2 <= sum(x)"], {}, False),
        (["x >= 1", "x <= 2", "sum(x) = n/2"], {}, False),
        (["x'x <= 1", "sum(x) >= 1 + n"], {}, False),
    ]
    constraints, arrays, is_feasible = more[int(rng.integers(len(more)))]
    result = _minimized(
        "norm(A x - b)^2", "x", A=data["A"], b=data["b"], **arrays, x0=start, constraints=constraints,
        given=f"{GIVEN}, E: k×n, e: k",
    )  # fmt: skip
    if result is None:
        return
    assert is_feasible or not result.success, (constraints, arrays, result.x)
    assert "LSQ subproblem" not in result.message or "SciPy:" in result.message, result.message
    if is_feasible and isinstance(constraints, str):
        assert result.success, (constraints, arrays, result.message)


def constraints_are_kept_and_multipliers_exist(seed: int) -> None:
    """Karush, Kuhn and Tucker: the gradient is a combination of those of the active constraints."""
    from scipy.optimize import nnls

    rng, data, start = _drawn(seed)
    text = OBJECTIVES[seed % 5]
    chosen = [str(rng.choice(LINEAR))]
    if rng.random() < 0.5:
        chosen.append(str(rng.choice(CURVED)))
    data["E"], data["e"] = rng.normal(size=(1, len(start))), rng.normal(size=1)
    arrays = _used([text, *chosen], data)
    given = f"{GIVEN}, E: k×n, e: k"
    result = _minimized(
        text, "x", arrays, x0=start, constraints=chosen, given=given,
        method=("SLSQP", "trust-constr")[seed % 7 == 0],
        options={"maxiter": 300} if seed % 7 == 0 else None,
    )  # fmt: skip
    if result is None or not result.success:
        return
    x, point = np.asarray(result.x), {**arrays, "x": np.asarray(result.x), "n": len(start)}
    slope = mg.evaluate(mg.gradient(mg.parse(text, GIVEN), "x"), point)
    columns = []
    for constraint in chosen:
        sides = _sides(constraint)
        for left, relation, right in sides:
            g = mg.parse(f"({left}) - ({right})", given)
            value = np.atleast_1d(mg.evaluate(g, point)).ravel()
            J = np.reshape(mg.evaluate(mg.jacobian(g, "x"), point), (len(value), len(x)))
            if relation == "=":
                assert np.abs(value).max() < 1e-5, (text, chosen, value)
                columns += [*J, *-J]
                continue
            value, J = (value, J) if relation == ">=" else (-value, -J)
            assert value.min() > -1e-5, (text, chosen, value)
            # A method of interior points stops a little inside of a limit that hardly pushes.
            near = 1e-2 if seed % 7 == 0 else 1e-3
            columns += [row for v, row in zip(value, J, strict=True) if v < near]
    rest = np.linalg.norm(slope)
    if columns:
        rest = nnls(np.array(columns).T, np.ravel(slope))[1]
    # Where the gradients of active constraints are dependent there need be no multipliers.
    rank = np.linalg.matrix_rank(np.array(columns), tol=1e-3) if columns else 0
    distinct = len({tuple(np.sign(c[np.abs(c).argmax()]) * np.round(c, 6)) for c in map(np.ravel, columns)})
    loose = 2e-2 if seed % 7 == 0 else 2e-3
    assert rank < distinct or rest < loose * (1 + np.linalg.norm(slope)), (text, chosen, x, rest)


def least_squares_with_equalities_are_those_of_the_normal_equations(seed: int) -> None:
    """Boyd and Vandenberghe, Introduction to Applied Linear Algebra, section 16.2."""
    rng, data, start = _drawn(seed)
    n = len(start)
    k = int(rng.integers(1, n + 1))
    E, e, A = rng.normal(size=(k, n)), rng.normal(size=k), data["A"]
    system = np.block([[2 * A.T @ A, E.T], [E, np.zeros((k, k))]])
    right = np.concatenate([2 * A.T @ data["b"], e])
    if np.linalg.cond(system) > 1e5:
        return
    result = mg.minimize(
        "norm(A x - b)^2", "x", A=A, b=data["b"], E=E, e=e, x0=start, constraints="E x = e", given=GIVEN
    )
    if result.success:
        np.testing.assert_allclose(result.x, np.linalg.solve(system, right)[:n], atol=1e-5, rtol=1e-4)


def hostile_calls_end_in_errors_of_ours(seed: int) -> None:
    rng, data, start = _drawn(seed)
    hostile: list[dict[str, Any]] = [
        {"constrants": "x >= 0"}, {"bound": [(0, 1)]}, {"option": {}}, {"options": {"maxitr": 3}},
        {"options": {"maxiter": "3"}}, {"options": {"maxiter": None}}, {"options": {"gtol": 1j}},
        {"options": {"maxitr": 3}, "method": "trust-constr"}, {"options": {3: 3}},
        {"bounds": [(1, 0)] * len(start)}, {"bounds": [(np.nan, 1)] * len(start)}, {"bounds": [("a", 1)]},
        {"options": 3}, {"method": "BFG"}, {"method": 3}, {"tol": "small"},
        {"callback": 3}, {"tol": np.nan}, {"tol": -1}, {"bounds": 3}, {"bounds": [(0, 1)] * 9},
        {"bounds": "x"}, {"constraints": 3},
        {"constraints": "x"}, {"constraints": "x >"}, {"constraints": "x > 0"}, {"constraints": "E x = e"},
        {"constraints": ["q >= 0"]}, {"constraints": ("x", "<=", None)}, {"x0": None}, {"x0": "start"},
        {"x0": [np.nan] * len(start)}, {"x0": np.zeros((9, 9))}, {"constraints": "x = = 1"}, {"q": 3},
        {"constraints": "x >= 0", "method": "CG"}, {"bounds": [(0, 1)] * len(start), "method": "CG"},
    ]  # fmt: skip
    wrong = hostile[int(rng.integers(len(hostile)))]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            mg.minimize("norm(A x - b)^2", "x", A=data["A"], b=data["b"], **{"x0": start, **wrong})
        except mg.MatgradError:
            return
    raise AssertionError(f"{wrong} was taken")


PROPERTIES = (
    a_minimum_has_no_lower_neighbour_or_is_not_called_one,
    what_has_no_lower_bound_is_not_minimised,
    the_lowest_of_all_is_found_or_not_called_one,
    limits_that_contradict_each_other_are_told,
    constraints_are_kept_and_multipliers_exist,
    least_squares_with_equalities_are_those_of_the_normal_equations,
    hostile_calls_end_in_errors_of_ours,
)

EXAMPLES = 8
