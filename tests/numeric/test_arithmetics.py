"""Every operation of both arithmetics against NumPy's and SciPy's function of that name."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.linalg
import scipy.special

from matgrad.core.arrays import Arrays
from matgrad.core.dims import Dim, dims
from matgrad.core.errors import DomainError
from matgrad.numeric.numpy_arrays import NumpyArrays
from matgrad.numeric.precise import PreciseArrays

PRECISE = PreciseArrays({"m": 2, "n": 3})
NUMPY = NumpyArrays({"m": 2, "n": 3})
BOTH = [PRECISE, NUMPY]


def made(xp: Any, array: Any) -> Any:
    """An array of this arithmetic with the entries of a NumPy array, exactly."""
    return xp.constant([[Fraction(float(x)) for x in row] for row in np.atleast_2d(array)])


def read(xp: Any, array: Any) -> Any:
    """A NumPy array of an array of this arithmetic."""
    return np.array(xp.floats(array)) if isinstance(xp, PreciseArrays) else np.asarray(array)


def close(xp: Any, array: Any, expected: Any, tolerance: float = 1e-10) -> None:
    """Assert that shape and entries are those expected."""
    got = read(xp, array)
    expected = np.atleast_2d(expected)
    assert got.shape == expected.shape
    np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)


RNG = np.random.default_rng(20)
A = RNG.normal(size=(3, 4))
B = RNG.normal(size=(3, 4))
C = RNG.normal(size=(4, 2))
X = RNG.normal(size=(4, 4))
S = X @ X.T + np.eye(4)
S = (S + S.T) / 2
NEAR_ONE = np.eye(4) + 0.3 * RNG.normal(size=(4, 4))

Case = tuple[str, Callable[[Any, Callable[[Any], Any]], Any], Any]

CASES: list[Case] = [
    ("add", lambda xp, a: xp.add(a(A), a(B)), A + B),
    ("subtract", lambda xp, a: xp.subtract(a(A), a(B)), A - B),
    ("scale", lambda xp, a: xp.scale(Fraction(-7, 3), a(A)), -7 / 3 * A),
    ("scale by 1", lambda xp, a: xp.scale(1, a(A)), A),
    ("scale by -1", lambda xp, a: xp.scale(-1, a(A)), -A),
    ("scalar_times", lambda xp, a: xp.scalar_times(a(A[:1, :1]), a(B)), A[0, 0] * B),
    ("matmul", lambda xp, a: xp.matmul(a(A), a(C)), A @ C),
    ("transpose", lambda xp, a: xp.transpose(a(A)), A.T),
    ("hadamard", lambda xp, a: xp.hadamard(a(A), a(B)), A * B),
    ("number", lambda xp, a: xp.number(Fraction(1, 3)), 1 / 3),
    ("pi", lambda xp, a: xp.pi(), np.pi),
    ("zeros", lambda xp, a: xp.zeros(2, 3), np.zeros((2, 3))),
    ("ones", lambda xp, a: xp.ones(2, 3), np.ones((2, 3))),
    ("eye", lambda xp, a: xp.eye(3), np.eye(3)),
    ("constant", lambda xp, a: xp.constant([[1, Fraction(1, 2)], [0, -3]]), [[1, 0.5], [0, -3]]),
    ("power 1/2", lambda xp, a: xp.power(a(A**2), xp.number(Fraction(1, 2))), np.abs(A)),
    ("power -1", lambda xp, a: xp.power(a(A), xp.number(-1)), 1 / A),
    ("power 3", lambda xp, a: xp.power(a(A), xp.number(3)), A**3),
    ("power 0.3", lambda xp, a: xp.power(a(A**2), xp.number(Fraction(3, 10))), (A**2) ** 0.3),
    ("power 0", lambda xp, a: xp.power(a(A), xp.number(0)), np.ones_like(A)),
    ("matrix_power 5", lambda xp, a: xp.matrix_power(a(X), xp.number(5)), np.linalg.matrix_power(X, 5)),
    ("matrix_power 0", lambda xp, a: xp.matrix_power(a(X), xp.number(0)), np.eye(4)),
    ("matrix_power -2", lambda xp, a: xp.matrix_power(a(X), xp.number(-2)), np.linalg.matrix_power(X, -2)),
    ("inv", lambda xp, a: xp.inv(a(X)), np.linalg.inv(X)),
    ("pinv tall", lambda xp, a: xp.pinv(a(A.T)), np.linalg.pinv(A.T)),
    ("pinv wide", lambda xp, a: xp.pinv(a(A)), np.linalg.pinv(A)),
    (
        "pinv rank 1",
        lambda xp, a: xp.pinv(a([[1, 2], [2, 4], [3, 6]])),
        np.linalg.pinv([[1, 2], [2, 4], [3, 6]]),
    ),
    ("pinv zero", lambda xp, a: xp.pinv(xp.zeros(2, 3)), np.zeros((3, 2))),
    ("det", lambda xp, a: xp.det(a(X)), np.linalg.det(X)),
    ("det singular", lambda xp, a: xp.det(a([[1, 2], [2, 4]])), 0),
    ("log_det", lambda xp, a: xp.log_det(xp.matmul(a(X), a(X))), 2 * np.linalg.slogdet(X)[1]),
    ("solve", lambda xp, a: xp.solve(a(X), a(C)), np.linalg.solve(X, C)),
    ("expm", lambda xp, a: xp.expm(a(X)), scipy.linalg.expm(X)),
    ("expm large", lambda xp, a: xp.expm(a(5 * X)), scipy.linalg.expm(5 * X)),
    ("expm zero", lambda xp, a: xp.expm(xp.zeros(2, 2)), np.eye(2)),
    ("logm", lambda xp, a: xp.logm(a(NEAR_ONE)), scipy.linalg.logm(NEAR_ONE)),
    ("logm symmetric", lambda xp, a: xp.logm(a(S)), scipy.linalg.logm(S)),
    ("sqrtm", lambda xp, a: xp.sqrtm(a(NEAR_ONE)), scipy.linalg.sqrtm(NEAR_ONE)),
    ("sqrtm symmetric", lambda xp, a: xp.sqrtm(a(S)), scipy.linalg.sqrtm(S)),
    ("sqrtm semidefinite", lambda xp, a: xp.sqrtm(a([[2, 2], [2, 2]])), np.ones((2, 2))),
    ("cholesky", lambda xp, a: xp.cholesky(a(S)), np.linalg.cholesky(S)),
    ("kron", lambda xp, a: xp.kron(a(A), a(C)), np.kron(A, C)),
    ("reshape", lambda xp, a: xp.reshape(a(A), 2, 6), A.reshape(2, 6, order="F")),
    ("vec", lambda xp, a: xp.reshape(a(A), 12, 1), A.reshape(-1, 1, order="F")),
    ("tril", lambda xp, a: xp.tril(a(A)), np.tril(A)),
    ("diag", lambda xp, a: xp.diag(a(C[:, :1])), np.diag(C[:, 0])),
    ("diagonal", lambda xp, a: xp.diagonal(a(X)), np.diag(X)[:, None]),
    ("grid", lambda xp, a: xp.grid([[a(A), a(B)], [a(B), a(A)]]), np.block([[A, B], [B, A]])),
    ("part", lambda xp, a: xp.part(a(A), slice(1, 3), slice(0, 4, 2)), A[1:3, 0:4:2]),
    ("max", lambda xp, a: xp.max(a(A)), A.max()),
    ("is_max", lambda xp, a: xp.is_max(a(A)), A.max() == A),
    ("is_max of ties", lambda xp, a: xp.is_max(a([[0, 5], [5, 5]])), [[0, 0], [1, 0]]),
    ("column_max", lambda xp, a: xp.column_max(a(A)), A.max(axis=0)),
]


@pytest.mark.parametrize("xp", BOTH, ids=["mpmath", "numpy"])
@pytest.mark.parametrize(("compute", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_operation(xp: Any, compute: Callable[[Any, Any], Any], expected: Any) -> None:
    close(xp, compute(xp, lambda array: made(xp, array)), expected)


FUNCTIONS: list[tuple[str, Any]] = [
    ("exp", np.exp), ("expm1", np.expm1), ("sin", np.sin), ("cos", np.cos), ("tan", np.tan),
    ("atan", np.arctan), ("sinh", np.sinh), ("cosh", np.cosh), ("tanh", np.tanh),
    ("sigmoid", scipy.special.expit), ("erf", scipy.special.erf), ("sign", np.sign), ("absolute", np.abs),
    ("softplus", lambda x: np.logaddexp(0, x)), ("relu", lambda x: np.maximum(x, 0)),
    ("step", lambda x: np.heaviside(x, 0)),
]  # fmt: skip
ON_UNIT: list[tuple[str, Any]] = [
    ("log", np.log), ("log1p", np.log1p), ("sqrt", np.sqrt), ("asin", np.arcsin), ("acos", np.arccos)
]  # fmt: skip


@pytest.mark.parametrize("xp", BOTH, ids=["mpmath", "numpy"])
@pytest.mark.parametrize(("name", "function"), FUNCTIONS + ON_UNIT, ids=[f[0] for f in FUNCTIONS + ON_UNIT])
def test_function(xp: Any, name: str, function: Any) -> None:
    data = (
        RNG.uniform(0.01, 0.99, size=(2, 3)) if (name, function) in ON_UNIT else 3 * RNG.normal(size=(2, 3))
    )
    close(xp, xp.map(lambda f, x: getattr(f, name)(x), made(xp, data)), function(data))


@pytest.mark.parametrize("xp", BOTH, ids=["mpmath", "numpy"])
def test_functions_at_zero(xp: Any) -> None:
    zero = xp.zeros(1, 1)
    for name, value in [("sign", 0), ("step", 0), ("relu", 0), ("absolute", 0), ("sqrt", 0), ("log1p", 0)]:
        close(xp, xp.map(lambda f, x, name=name: getattr(f, name)(x), zero), value)


@pytest.mark.parametrize("xp", BOTH, ids=["mpmath", "numpy"])
def test_a_map_that_computes(xp: Any) -> None:
    close(xp, xp.map(lambda f, x: 2 * f.exp(-x) / f.pi - 1, made(xp, A)), 2 * np.exp(-A) / np.pi - 1)
    close(xp, xp.map(lambda f, x: 3, made(xp, A)), np.full_like(A, 3))


@pytest.mark.parametrize("xp", BOTH, ids=["mpmath", "numpy"])
def test_sizes(xp: Any) -> None:
    m, n = dims("m n")
    assert xp.size(m * n + 1) == 7
    assert xp.size((n * (n + 1)).halved()) == 6
    assert xp.shape(xp.zeros(xp.size(m), xp.size(n))) == (2, 3)
    assert xp.size(Dim.of(4)) == 4


@pytest.mark.parametrize("xp", BOTH, ids=["mpmath", "numpy"])
def test_eigh(xp: Any) -> None:
    values, vectors = xp.eigh(made(xp, S))
    close(xp, values, np.linalg.eigvalsh(S)[:, None])
    close(xp, xp.matmul(vectors, xp.matmul(xp.diag(values), xp.transpose(vectors))), S)
    close(xp, xp.matmul(xp.transpose(vectors), vectors), np.eye(4))
    q = read(xp, vectors)
    assert all(column[np.abs(column).argmax()] > 0 for column in q.T)


@pytest.mark.parametrize("xp", BOTH, ids=["mpmath", "numpy"])
@pytest.mark.parametrize("data", [A, A.T, X, C[:, :1]], ids=["wide", "tall", "square", "column"])
def test_svd(xp: Any, data: Any) -> None:
    u, s, v = xp.svd(made(xp, data))
    close(xp, s, np.linalg.svd(data, compute_uv=False)[:, None])
    close(xp, xp.matmul(u, xp.matmul(xp.diag(s), xp.transpose(v))), data)
    close(xp, xp.matmul(xp.transpose(u), u), np.eye(min(data.shape)))
    close(xp, xp.matmul(xp.transpose(v), v), np.eye(min(data.shape)))
    assert all(column[np.abs(column).argmax()] > 0 for column in read(xp, u).T)


REFUSED: list[tuple[str, Callable[[Any, Callable[[Any], Any]], Any], str]] = [
    ("log of 0", lambda xp, a: xp.map(lambda f, x: f.log(x), a([[1, 0]])), "log"),
    ("log of -1", lambda xp, a: xp.map(lambda f, x: f.log(x), a([[1, -1]])), "which is|real value"),
    (
        "log1p of -1",
        lambda xp, a: xp.map(lambda f, x: f.log1p(x), a([[1, -1]])),
        "which is|logarithm of zero",
    ),
    ("sqrt", lambda xp, a: xp.map(lambda f, x: f.sqrt(x), a([[1, -1]])), "which is|real value"),
    ("asin", lambda xp, a: xp.map(lambda f, x: f.asin(x), a([[1.5]])), "which is|real value"),
    ("acos", lambda xp, a: xp.map(lambda f, x: f.acos(x), a([[-1.5]])), "which is|real value"),
    ("1/0", lambda xp, a: xp.map(lambda f, x: 1 / x, a([[1, 0]])), "zero"),
    ("0 to -1", lambda xp, a: xp.power(a([[0]]), xp.number(-1)), "zero"),
    ("0 to -1/2", lambda xp, a: xp.power(a([[0]]), xp.number(Fraction(-1, 2))), "zero"),
    (
        "root of -8",
        lambda xp, a: xp.power(a([[-8]]), xp.number(Fraction(1, 3))),
        "negative number to the power",
    ),
    ("matrix_power 1/2", lambda xp, a: xp.matrix_power(a(X), xp.number(Fraction(1, 2))), "whole"),
    ("matrix_power -1", lambda xp, a: xp.matrix_power(a([[1, 2], [2, 4]]), xp.number(-1)), "singular"),
    ("inv", lambda xp, a: xp.inv(a([[1, 2, 3], [4, 5, 6], [7, 8, 9]])), "inverse of a.*singular"),
    ("inv 0", lambda xp, a: xp.inv(xp.zeros(2, 2)), "singular"),
    ("solve", lambda xp, a: xp.solve(a([[1, 2], [2, 4]]), a([[1], [1]])), "singular"),
    ("log_det", lambda xp, a: xp.log_det(a([[1, 2], [2, 4]])), "singular"),
    ("log_det negative", lambda xp, a: xp.log_det(a([[0, 1], [1, 0]])), "negative"),
    ("logm negative", lambda xp, a: xp.logm(a([[-1, 1], [0, 2]])), "logarithm"),
    ("logm symmetric", lambda xp, a: xp.logm(a([[1, 2], [2, 1]])), "log"),
    ("logm singular", lambda xp, a: xp.logm(a([[1, 2], [0, 0]])), "logarithm"),
    ("sqrtm negative", lambda xp, a: xp.sqrtm(a([[-1, 1], [0, 2]])), "square root"),
    ("sqrtm symmetric", lambda xp, a: xp.sqrtm(a([[1, 2], [2, 1]])), "square root"),
    ("sqrtm nilpotent", lambda xp, a: xp.sqrtm(a([[0, 1], [0, 0]])), "square root"),
    ("cholesky indefinite", lambda xp, a: xp.cholesky(a([[1, 2], [2, 1]])), "positive definite"),
    ("cholesky general", lambda xp, a: xp.cholesky(a([[2, 1], [0, 2]])), "symmetric"),
    ("eigh general", lambda xp, a: xp.eigh(a([[2, 1], [0, 2]])), "symmetric"),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("xp", BOTH, ids=["mpmath", "numpy"])
@pytest.mark.parametrize(("compute", "message"), [c[1:] for c in REFUSED], ids=[c[0] for c in REFUSED])
def test_outside_the_domain(xp: Any, compute: Callable[[Any, Any], Any], message: str) -> None:
    with pytest.raises(DomainError, match=message):
        compute(xp, lambda array: made(xp, array))


def test_overflow_is_refused() -> None:
    with pytest.raises(DomainError, match="too large"):
        NUMPY.map(lambda f, x: f.exp(x), np.array([[1000.0]]))
    with pytest.raises(DomainError, match="too large"):
        NUMPY.power(np.array([[1e200]]), np.array([[2.0]]))


@pytest.mark.parametrize("name", ["exp", "expm1", "sinh", "cosh"])
def test_exponentials_that_no_memory_holds_are_refused(name: str) -> None:
    xp = PreciseArrays({})
    with pytest.raises(DomainError, match="too large"):
        xp.map(lambda f, x: getattr(f, name)(x), xp.constant([[10**40]]))


@pytest.mark.parametrize(
    ("name", "below", "above"),
    [("exp", 0, None), ("expm1", -1, None), ("sigmoid", 0, 1), ("softplus", 0, 10**40), ("tanh", -1, 1)],
)
def test_functions_far_out(name: str, below: int, above: int | None) -> None:
    xp = PreciseArrays({})
    for argument, value in ((-(10**40), below), (10**40, above)):
        if value is not None:
            result = xp.map(lambda f, x: getattr(f, name)(x), xp.constant([[argument]]))
            assert result == [[value]]


def test_float32_stays() -> None:
    xp = NumpyArrays({}, np.float32)
    a = X.astype(np.float32)
    for value in (
        xp.add(a, xp.eye(4)), xp.scale(Fraction(1, 3), a), xp.matmul(a, a), xp.inv(a), xp.det(a),
        xp.map(lambda f, x: f.sigmoid(2 * x) + f.step(x), a), xp.power(a, xp.number(3)), xp.expm(a),
        xp.sqrtm(a @ a.T),
        xp.number(1), xp.pi(), xp.ones(1, 2), xp.zeros(1, 2), xp.svd(a)[0], xp.solve(a, a),
        xp.log_det(xp.matmul(a, a)),
    ):  # fmt: skip
        assert value.dtype == np.float32


@pytest.mark.parametrize("digits", [20, 40, 80])
def test_precision(digits: int) -> None:
    """Every digit that is asked for is there, but for a few."""
    xp = PreciseArrays({}, digits)
    a = xp.constant([[Fraction(2), Fraction(1, 3), 0], [Fraction(-1, 7), 1, Fraction(1, 9)], [0, 1, 3]])
    small = xp.ctx.mpf(10) ** (6 - digits)
    identity = xp.eye(3)
    root = xp.sqrtm(a)
    spd = xp.matmul(a, xp.transpose(a))
    lower = xp.cholesky(spd)
    for left, right in [
        (xp.matmul(a, xp.inv(a)), identity),
        (xp.matmul(root, root), a),
        (xp.expm(xp.logm(a)), a),
        (xp.matmul(xp.expm(a), xp.expm(xp.scale(-1, a))), identity),
        (xp.expm(xp.logm(spd)), spd),
        (xp.matmul(lower, xp.transpose(lower)), spd),
        (xp.matmul(xp.pinv(a), a), identity),
    ]:
        assert xp.largest(xp.subtract(left, right)) < small


def test_dot_products_of_very_different_scales() -> None:
    xp = PRECISE
    huge = xp.map(lambda f, x: f.exp(10000 * x), xp.constant([[1, -1, 1]]))
    column = xp.constant([[1], [1], [-1]])
    assert float(xp.ctx.log(xp.matmul(huge, column)[0][0])) == pytest.approx(-10000)
    vast = xp.map(lambda f, x: f.exp(100000 * x), xp.constant([[1, -1]]))
    assert float(xp.ctx.log(xp.matmul(vast, xp.ones(2, 1))[0][0])) == pytest.approx(100000)


def test_the_global_context_is_left_alone() -> None:
    import mpmath

    before = mpmath.mp.prec
    PreciseArrays({}, 77).expm(PRECISE.eye(2))
    assert mpmath.mp.prec == before


def test_both_are_arrays() -> None:
    def takes(xp: Arrays) -> None:
        assert xp.shape(xp.eye(2)) == (2, 2)

    takes(PRECISE)
    takes(NUMPY)


@pytest.mark.parametrize("name", ["sin", "cos", "tan"])
def test_angles_that_need_millions_of_digits_are_refused(name: str) -> None:
    functions = PreciseArrays({}).functions
    assert abs(getattr(functions, name)(functions.exp(functions.ctx.mpf(1000)))) < 1e6
    with pytest.raises(DomainError, match="too large"):
        getattr(functions, name)(functions.exp(functions.ctx.mpf(10**7)))
