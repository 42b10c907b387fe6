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
    if result is not None and result.success:
        # A stationary point that is none of the lowest: no way leads down from it at first order.
        f = mg.parse(text, GIVEN)
        slope = mg.evaluate(mg.gradient(f, "x"), {**_used([text], data), "x": result.x})
        assert np.abs(slope).max() < 1e-3, (text, method, result.x)


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
            columns += [row for v, row in zip(value, J, strict=True) if v < 1e-3]
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
        {"options": 3}, {"method": "BFG"}, {"method": 3}, {"tol": "small"},
        {"callback": 3}, {"bounds": 3}, {"bounds": [(0, 1)] * 9}, {"bounds": "x"}, {"constraints": 3},
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
    constraints_are_kept_and_multipliers_exist,
    least_squares_with_equalities_are_those_of_the_normal_equations,
    hostile_calls_end_in_errors_of_ours,
)

EXAMPLES = 12
