"""A diagonal plus a matrix of low rank is never formed, and loses no digits that the written form has."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import mpmath as mp
import numpy as np
import pytest

import matgrad as mg
from matgrad.compilation.backends.numpy import linear_algebra as dense
from matgrad.compilation.backends.numpy.low_rank import FormedFactors, low_rank
from matgrad.core.expr import symbols_of

N, K = 18, 3
RNG = np.random.default_rng(11)
U, V = RNG.normal(size=(N, K)), RNG.normal(size=(N, K))
ONE = RNG.uniform(0.5, 2, N)
DIGITS = 50


def _graded(decades: float, *, signs: bool = False) -> Any:
    d = 10 ** RNG.uniform(-decades, decades, N)
    return d * RNG.choice([-1.0, 1.0], N) if signs else d


def _with(places: dict[int, float]) -> Any:
    d = ONE.copy()
    d[list(places)] = list(places.values())
    return d


DEFINITE = {
    "plain": (ONE, U),
    "large columns": (ONE, 1e6 * U),
    "small columns": (ONE, 1e-6 * U),
    "large diagonal": (1e6 * ONE, U),
    "small diagonal": (1e-6 * ONE, U),
    "graded diagonal": (_graded(6), U),
    "graded columns": (ONE, U * [1e-6, 1, 1e6]),
    "graded rows": (ONE, _graded(6)[:, None] * U),
    "one tiny entry": (_with({0: 1e-18}), U),
    "as many tiny entries as columns": (_with({0: 1e-9, 4: 1e-12, 7: 1e-15}), U),
    "more tiny entries than columns": (_with({0: 1e-8, 4: 1e-8, 7: 1e-8, 8: 1e-8}), U),
    "zeros": (_with({2: 0, 5: 0}), U),
    "columns nearly dependent": (ONE, U @ np.array([[1, 0, 1], [0, 1, 1e-9], [0, 0, 1e-9]])),
}
OTHERS = {
    "plain": (ONE, U, V),
    "large columns": (ONE, 1e6 * U, V),
    "large and small": (ONE, 1e6 * U, 1e-6 * V),
    "graded diagonal of all signs": (_graded(6, signs=True), U, V),
    "zeros": (_with({2: 0, 5: 0}), U, V),
    "tiny entries": (_with({2: 1e-15, 5: -1e-12}), U, V),
    "negative diagonal": (-ONE, U, U),
    "nearly singular": (ONE, U[:, :1], -(1 - 1e-9) * U[:, :1] / np.sum(U[:, 0] ** 2 / ONE)),
}


def _exactly(d: Any, u: Any, v: Any, b: Any) -> list[Any]:
    """A⁻¹b, A⁻¹U, A⁻¹ and the diagonal of it, to 50 digits."""
    with mp.workdps(DIGITS):
        a = mp.diag([mp.mpf(float(x)) for x in d]) + mp.matrix(u.tolist()) * mp.matrix(v.tolist()).T
        inverse = a**-1
        parts = [inverse * mp.matrix(b.tolist()), inverse * mp.matrix(u.tolist()), inverse]
        exact = [np.array(part.tolist(), dtype=object) for part in parts]
        return [*exact, np.diagonal(exact[2])[:, None]]


def _error(value: Any, exact: Any) -> float:
    with mp.workdps(DIGITS):
        value = np.reshape(value, exact.shape)
        apart = mp.sqrt(sum((mp.mpf(float(x)) - y) ** 2 for x, y in zip(value.flat, exact.flat, strict=True)))
        return float(apart / mp.sqrt(sum(y**2 for y in exact.flat)))


@pytest.mark.parametrize("name", DEFINITE)
def test_definite_ones_are_as_exact_as_the_written_form(name: str) -> None:
    d, u = DEFINITE[name]
    b = RNG.normal(size=(N, 1))
    factors = low_rank(d, u, "A")
    assert not isinstance(factors, FormedFactors)
    written = dense.cholesky(u @ u.T + np.diag(d), "A")
    inverse = dense.cholesky_inverse(written)
    theirs = [
        dense.cholesky_solve(written, b),
        dense.cholesky_solve(written, u),
        inverse,
        np.diagonal(inverse),
    ]
    ours = [factors.solve(b), factors.solve_own(), factors.inverse(), factors.inverse_diagonal()]
    exact = _exactly(d, u, u, b)
    for our, their, truth in zip(ours, theirs, exact, strict=True):
        assert _error(our, truth) <= 10 * max(_error(their, truth), 2e-16)
    with mp.workdps(DIGITS):
        size = mp.log(
            mp.det(mp.diag([mp.mpf(float(x)) for x in d]) + mp.matrix(u.tolist()) * mp.matrix(u.T.tolist()))
        )
        off = abs(mp.mpf(float(factors.log_det("A"))) - size)
        assert off <= 10 * max(
            abs(mp.mpf(float(dense.cholesky_log_det(written))) - size), 2e-16 * abs(size), 2e-15
        )


@pytest.mark.parametrize("name", OTHERS)
def test_others_are_as_exact_as_the_written_form(name: str) -> None:
    d, u, v = OTHERS[name]
    b = RNG.normal(size=(N, 1))
    factors = low_rank(d, u, "A", v=v)
    formed = u @ v.T + np.diag(d)
    written = dense.lu(formed, "A")
    inverse = dense.lu_inverse(written)
    theirs = [dense.lu_solve(written, b), dense.lu_solve(written, u), inverse, np.diagonal(inverse)]
    ours = [factors.solve(b), factors.solve_own(), factors.inverse(), factors.inverse_diagonal()]
    exact = _exactly(d, u, v, b)
    for our, their, truth in zip(ours, theirs, exact, strict=True):
        assert _error(our, truth) <= 10 * max(_error(their, truth), 2e-16)
    turned = _exactly(d, v, u, b)
    assert _error(factors.solve(b, True), turned[0]) <= 1e-3
    assert _error(factors.solve_own(True), turned[1]) <= 1e-3
    sign, size = np.linalg.slogdet(formed)
    if sign > 0:
        assert float(factors.log_det("A")) == pytest.approx(
            size, rel=1e-8, abs=1e-3 if "nearly" in name else 1e-8
        )
    else:
        with pytest.raises(dense.MatrixError, match="negative"):
            factors.log_det("A")


def test_what_is_singular_or_not_definite_is_refused_by_name() -> None:
    with pytest.raises(dense.MatrixError, match=r"S.* is singular"):
        low_rank(_with({0: 0, 1: 0, 2: 0, 3: 0}), U[:, :1] * 0 + 1, "S", v=V[:, :1])
    with pytest.raises(dense.MatrixError, match="S is not positive definite"):
        low_rank(_with({0: -9.0}), 0.1 * U, "S", definite=True)


N_LARGE = 120
_X = np.exp(RNG.normal(size=N_LARGE))
_H, _G, _Y = RNG.normal(size=(N_LARGE, 3)), RNG.normal(size=(N_LARGE, 3)), RNG.normal(size=N_LARGE)
_C = np.cov(RNG.normal(size=(3, 9)))
_ARRAYS: dict[str, Any] = {"x": _X, "U": _H, "V": _G, "y": _Y, "C": _C, "s": 0.7, "t": -0.4, "w": np.ones(3)}
PROBLEMS = [
    ("logdet(diag(x) + U*U')", "x: n positive, U: n×k", "x U"),
    ("logdet(s*eye(n) + U*U')", "s: scalar positive, U: n×k", "s U"),
    ("logdet(eye(n) + U*U'/3)", "U: n×k", "U"),
    ("y'*inv(diag(x) + U*C*U')*y", "x: n positive, U: n×k, C: k×k spd, y: n", "x U C y"),
    ("y'*inv(diag(x) + U*U' + y*y')*y", "x: n positive, U: n×k, y: n", "x U y"),
    ("sum(inv(diag(x) + U*U'))", "x: n positive, U: n×k", "x U"),
    ("tr(inv(s*eye(n) + U*U'))", "s: scalar positive, U: n×k", "s U"),
]
OF_ALL_SIGNS = [
    ("logdet(diag(x) + U*U')", "x: n, U: n×k", "x U"),
    ("y'*inv(diag(x) + U*V')*y", "x: n, U: n×k, V: n×k, y: n", "x U V y"),
    ("y'*inv(diag(x) - U*U')*y", "x: n, U: n×k, y: n", "x U"),
    ("y'*inv(t*eye(n) + U*diag(w)*U')*y", "t: scalar, U: n×k, w: k, y: n", "t U w"),
    ("y'*inv(diag(x) + U*C*V')*y", "x: n, U: n×k, V: n×k, C: k×k, y: n", "x U C V"),
]


@pytest.mark.parametrize(("text", "given", "wrt"), PROBLEMS + OF_ALL_SIGNS)
@pytest.mark.parametrize("backend", ["numpy", "jax", "torch", "dask"])
def test_backends_agree_with_what_is_written(backend: str, text: str, given: str, wrt: str) -> None:
    if find_spec(backend) is None:
        pytest.skip(f"{backend} is not installed")
    f = mg.parse(text, given)
    wanted = [f, *(mg.gradient(f, name, verify=False) for name in wrt.split())]
    arrays = {name: array for name, array in _ARRAYS.items() if name in symbols_of([f])}
    compiled = mg.compile(wanted, backend=backend)
    results = compiled(**{name: _array_of(backend, array) for name, array in arrays.items()})
    if backend == "dask":
        results = [result.compute() for result in results]
    for expr, result in zip(wanted, results, strict=True):
        expected = np.asarray(mg.evaluate(expr, arrays))
        np.testing.assert_allclose(np.asarray(result).reshape(expected.shape), expected, rtol=1e-8, atol=1e-8)


def _array_of(backend: str, array: Any) -> Any:
    if backend == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
        return jax.numpy.asarray(array)
    if backend == "torch":
        import torch

        return torch.as_tensor(array, dtype=torch.float64)
    if backend == "dask" and np.ndim(array):
        import dask.array as da

        return da.from_array(array)
    return array


@pytest.mark.parametrize(("text", "given", "wrt"), PROBLEMS[:5] + OF_ALL_SIGNS)
def test_nothing_of_the_size_of_the_matrix_is_made(text: str, given: str, wrt: str) -> None:
    f = mg.parse(text, given)
    compiled = mg.compile([f, *(mg.gradient(f, name, verify=False) for name in wrt.split())])
    compiled(**{name: array for name, array in _ARRAYS.items() if name in symbols_of([f])})
    whole = [
        v for v in compiled.plan.program.values if v.shape == (N_LARGE, N_LARGE) and not v.op.is_factorisation
    ]
    assert not whole


def test_columns_that_are_many_are_not_taken_apart() -> None:
    f = mg.parse("logdet(diag(x) + U*U')", "x: n positive, U: n×k")
    compiled = mg.compile(f)
    compiled(x=np.ones(20), U=RNG.normal(size=(20, 15)))
    assert "low_rank" not in compiled.source


def test_sums_of_many_are_computed_of_stacks() -> None:
    f = mg.parse("sum_k logdet(s eye(n) + H_k H_k')", "s: scalar positive, H_k: n×p, k = 1..N", syntax="auto")
    stack = RNG.normal(size=(4, 30, 2))
    compiled = mg.compile(f)
    value = compiled(s=0.5, H=stack)
    assert float(value) == pytest.approx(sum(np.linalg.slogdet(0.5 * np.eye(30) + h @ h.T)[1] for h in stack))


def test_more_zeros_than_columns_are_singular() -> None:
    """Rounding hid it: the inverse had entries of 10¹⁵."""
    rng = np.random.default_rng(4)
    data = {"x": np.r_[np.zeros(4), np.ones(36)], "U": rng.standard_normal((40, 3)), "b": np.ones(40)}
    solve = mg.compile(mg.parse("inv(diag(x) + U U') b", "x: n, U: n×k, b: n"))
    with pytest.raises(np.linalg.LinAlgError, match="is singular"):
        solve(**data)
    data["x"][3] = 1
    expected = np.linalg.solve(np.diag(data["x"]) + data["U"] @ data["U"].T, data["b"])
    np.testing.assert_allclose(np.ravel(solve(**data)), expected, rtol=1e-8)


@pytest.mark.parametrize("scale", [1.0, 1e6, 1e-6])
def test_columns_that_a_covariance_makes_are_not_formed(scale: float) -> None:
    """U C Uᵀ + tI by UᵀU: value, gradients, inverse and its diagonal are those of the matrix itself."""
    rng = np.random.default_rng(4)
    U, y, t = rng.standard_normal((40, 3)), rng.standard_normal(40), 0.3 * scale
    C = rng.standard_normal((3, 3))
    C = scale * (C @ C.T + np.eye(3))
    f = mg.parse(
        "logdet(U*C*U' + t*eye(n)) + y'*inv(U*C*U' + t*eye(n))*y",
        "U: n×k, C: k×k spd, y: n, t: scalar positive",
    )
    fn = mg.compile([f, mg.gradient(f, "t"), mg.gradient(f, "C"), mg.gradient(f, "U")])
    value, by_t, by_c, by_u = fn(U=U, C=C, y=y, t=t)
    assert "root=" in fn.source
    A = U @ C @ U.T + t * np.eye(40)
    inverse = np.linalg.inv(A)
    x = inverse @ y
    G = inverse - np.outer(x, x)
    assert value == pytest.approx(np.linalg.slogdet(A)[1] + y @ x, rel=1e-10)
    assert by_t == pytest.approx(np.trace(G), rel=1e-9)
    np.testing.assert_allclose(by_c, U.T @ G @ U, rtol=1e-8, atol=1e-8 * np.abs(U.T @ G @ U).max())
    np.testing.assert_allclose(by_u, 2 * G @ U @ C, rtol=1e-8, atol=1e-9 * np.abs(inverse @ U @ C).max())
    (diagonal,) = mg.compile(
        [mg.parse("diag(inv(U*C*U' + t*eye(n)))", "U: n×k, C: k×k spd, t: scalar positive")]
    )(U=U, C=C, t=t)
    np.testing.assert_allclose(np.ravel(diagonal), np.diag(inverse), rtol=1e-9)
