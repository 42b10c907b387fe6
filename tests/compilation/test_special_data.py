"""Right values where the factors of a formula have none: at zero, singular, repeated, tiny and huge data."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matgrad as mg
from matgrad.core.errors import DomainError
from matgrad.core.expr import Expr, symbols_of
from matgrad.numeric.evaluate import evaluate_nodes
from matgrad.numeric.precise import PreciseArrays

LIBRARIES = ["evaluate", "numpy", "jax", "torch", "dask"]

SINGULAR = np.arange(1.0, 10).reshape(3, 3)
CUBIC = np.array([9.0, -16]) / 91 ** (2 / 3)
"""The gradient of the 3-norm at (3, −4)."""
ADJUGATE = np.array([[-3.0, 6, -3], [6, -12, 6], [-3, 6, -3]])


def value(expr: Expr, library: str, **arrays: Any) -> Any:
    """The value of an expression in a library."""
    given: dict[str, Any] = {name: np.asarray(array, dtype=float) for name, array in arrays.items()}
    if library == "evaluate":
        return np.asarray(mg.evaluate(expr, given))
    fn = mg.compile(expr, backend=library)
    if library == "jax":
        import jax

        jax.config.update("jax_enable_x64", True)
    if library == "torch":
        import torch

        given = {name: torch.tensor(array) for name, array in given.items()}
    with np.errstate(all="ignore"):
        result = fn(**given)
    return np.asarray(result.compute() if library == "dask" else result)


def gradient(text: str, given: str, wrt: str) -> Expr:
    return mg.gradient(mg.parse(text, given), wrt)


def hessian(text: str, given: str, wrt: str) -> Expr:
    return mg.hessian(mg.parse(text, given), wrt)


Case = tuple[Callable[[str, str, str], Expr], str, str, str, dict[str, Any], Any]

CASES: list[Case] = [
    # determinants of singular matrices: the adjugate, also where nothing of it is left
    (gradient, "det(A)", "A: n×n", "A", {"A": SINGULAR}, ADJUGATE.T),
    (gradient, "det(A)", "A: n×n", "A", {"A": np.ones((3, 3))}, np.zeros((3, 3))),
    (gradient, "det(A)", "A: n×n", "A", {"A": np.zeros((2, 2))}, np.zeros((2, 2))),
    (gradient, "det(A)", "A: n×n", "A", {"A": [[0.0]]}, [[1.0]]),
    (gradient, "det(A)^2", "A: n×n", "A", {"A": SINGULAR}, np.zeros((3, 3))),
    (gradient, "exp(det(A))", "A: n×n", "A", {"A": SINGULAR}, ADJUGATE.T),
    (gradient, "det(2*A) + det(A)", "A: n×n", "A", {"A": SINGULAR}, 9 * ADJUGATE.T),
    (gradient, "det(A B)", "A: n×n, B: n×n", "A", {"A": SINGULAR, "B": 2 * np.eye(3)}, 8 * ADJUGATE.T),
    (gradient, "det(A)*a'*inv(A)*b", "A: n×n, a: n, b: n", "a", {"A": SINGULAR, "b": [1, 0, 0]}, [-3, 6, -3]),
    (hessian, "det(A)", "A: n×n", "A", {"A": np.diag([0.0, 0])}, np.diag([1.0, -1, -1, 1])[::-1]),
    (gradient, "det(S)^(1/n)", "S: n×n spd", "S", {"S": 1e-10 * np.eye(50)}, np.eye(50) / 50),
    # norms at zero: the subgradient 0, and what has a limit there
    (gradient, "norm(x)", "x: n", "x", {"x": np.zeros(3)}, np.zeros(3)),
    (gradient, "norm(A x - b)", "A: m×n, x: n, b: m", "x",
     {"A": SINGULAR, "x": [1, 0, 0], "b": SINGULAR[:, 0]}, np.zeros(3)),
    (gradient, "norm(X)", "X: m×n", "X", {"X": np.zeros((2, 3))}, np.zeros((2, 3))),
    (gradient, "norm(x) + x'x/2", "x: n", "x", {"x": np.zeros(3)}, np.zeros(3)),
    (gradient, "norm(x)^3", "x: n", "x", {"x": np.zeros(3)}, np.zeros(3)),
    (hessian, "norm(x)^3", "x: n", "x", {"x": np.zeros(2)}, np.zeros((2, 2))),
    (gradient, "x'x*log(norm(x))", "x: n", "x", {"x": np.zeros(3)}, np.zeros(3)),
    (gradient, "std(x)", "x: n", "x", {"x": np.ones(4)}, np.zeros(4)),
    (gradient, "sqrt(x'S x)", "x: n, S: n×n spd", "x", {"x": np.zeros(2), "S": np.eye(2)}, np.zeros(2)),
    (gradient, "norm_p(x, 3)", "x: n", "x", {"x": np.zeros(2)}, np.zeros(2)),
    (gradient, "sum(sqrt(row_sum(X.^2)))", "X: m×n", "X", {"X": [[0, 0], [3, 4]]}, [[0, 0], [0.6, 0.8]]),
    (gradient, "sum(sqrt(row_sum(X.^2)))", "X: m×n", "X", {"X": [[3e-200, 4e-200]]}, [[0.6, 0.8]]),
    (gradient, "sqrt(x'x + y'y)", "x: n, y: n", "x", {"x": [0, 0], "y": [0, 0]}, [0, 0]),
    (gradient, "sqrt(x'x + y'y)", "x: n, y: n", "x", {"x": [3e-200, 0], "y": [0, 4e-200]}, [0.6, 0]),
    (gradient, "sqrt(x'x + 4)", "x: n", "x", {"x": [3e200, 4e200]}, [0.6, 0.8]),
    (gradient, "sqrt(x'x + 16)", "x: n", "x", {"x": [3, 0]}, [0.6, 0]),
    # norms of tiny and huge vectors: squares would underflow and overflow
    (gradient, "norm(x)", "x: n", "x", {"x": [3e-200, 4e-200]}, [0.6, 0.8]),
    (gradient, "norm(x)", "x: n", "x", {"x": [3e200, 4e200]}, [0.6, 0.8]),
    (hessian, "norm(x)", "x: n", "x", {"x": [3e-200, 4e-200]}, np.array([[128.0, -96], [-96, 72]]) * 1e197),
    (hessian, "norm(x)", "x: n", "x", {"x": [3e200, 4e200]}, np.array([[128.0, -96], [-96, 72]]) * 1e-203),
    (gradient, "norm_p(x, 3)", "x: n", "x", {"x": [3e-150, -4e-150]}, CUBIC),
    (gradient, "norm_p(x, p)", "x: n, p: scalar positive", "x", {"x": [3e150, -4e150], "p": 3},
     CUBIC),
    # powers and logarithms at zero
    (gradient, "t*tr(P'log(P))", "P: m×n, t: scalar", "t", {"P": [[0, 2], [2, 0]]}, 4 * np.log(2)),
    (gradient, "sum(x.^t)", "x: n nonnegative, t: scalar", "t", {"x": [0, 1, 2], "t": 2.0}, 4 * np.log(2)),
    (hessian, "sum(x.^t)", "x: n nonnegative, t: scalar", "t", {"x": [0, 1], "t": 2.0}, 0),
    (hessian, "sum(x.^t)", "x: n nonnegative, t: scalar", "t", {"x": [0, 2], "t": 2}, 4 * np.log(2) ** 2),
    (gradient, "y'(x.*log(x))", "x: n, y: n", "y", {"x": [0, 1, 2]}, [0, 0, 2 * np.log(2)]),
    (gradient, "s*(x'log(x))", "x: n, s: scalar", "s", {"x": [0, 1, 2]}, 2 * np.log(2)),
    (gradient, "t*s*log(s)", "t: scalar, s: scalar", "t", {"s": 0.0}, 0.0),
    (gradient, "t*(p'*(log(p) - log(q)))", "p: n, q: n, t: scalar", "t",
     {"p": [0, 0.5], "q": [1, 0.25]}, np.log(2) / 2),
    (gradient, "sum(x.^2.*log(x))", "x: n", "x", {"x": [0, 1, 2]}, [0, 1, 4 * np.log(2) + 2]),
    (gradient, "-t*(y'log(p) + (ones(n) - y)'log(ones(n) - p))", "y: n, p: n, t: scalar", "t",
     {"y": [0, 1, 1], "p": [0, 0.5, 1]}, np.log(2)),
    (gradient, "t*(s*log(s) + (1 - s)*log(1 - s))", "t: scalar, s: scalar", "t", {"s": 1.0}, 0.0),
    # a null vector that is known, where it is not the only one
    (hessian, "lambda_max(X)", "X: n×n symmetric", "X", {"X": [[2.0]]}, [[0.0]]),
    # and that stays known where the matrix is written otherwise outside the eigenvalue
    (hessian, "lambda_min(sym([K, X]*[D; D] + D))", "D: n×n diagonal, K: n×n skew, X: n×n", "X",
     {"D": [[1.02030433]], "K": [[0.0]], "X": [[-0.327298]]}, [[0.0]]),
    (hessian, "spectral_norm(X)", "X: m×n", "X", {"X": [[3.0, 4]]}, [[0.128, -0.096], [-0.096, 0.072]]),
    (hessian, "spectral_norm(X)", "X: m×n", "X", {"X": [[3.0], [4]]}, [[0.128, -0.096], [-0.096, 0.072]]),
    (hessian, "spectral_norm(X)", "X: m×n", "X", {"X": [[-2.0]]}, [[0.0]]),
    # repeated eigenvalues and singular values, where the limit exists
    (gradient, "sum(sin(eigenvalues(X)))", "X: n×n symmetric", "X", {"X": np.eye(3)}, np.cos(1) * np.eye(3)),
    (gradient, "sum(exp(eigenvalues(X)))", "X: n×n symmetric", "X", {"X": np.eye(3)}, math.e * np.eye(3)),
    (gradient, "sum(singular_values(X))", "X: m×n", "X", {"X": np.eye(2, 3)}, np.eye(2, 3)),
    (gradient, "nuclear_norm(X)", "X: m×n", "X", {"X": 2 * np.eye(3, 2)}, np.eye(3, 2)),
    # a rank that is not full: the subgradient without the null space
    (gradient, "nuclear_norm(X)", "X: m×n", "X", {"X": np.ones((2, 2))}, np.full((2, 2), 0.5)),
    (gradient, "nuclear_norm(X)", "X: m×n", "X", {"X": np.outer([3, 4], [2, 0, 0])},
     [[0.6, 0, 0], [0.8, 0, 0]]),
    (gradient, "nuclear_norm(X)", "X: m×n", "X", {"X": np.zeros((3, 2))}, np.zeros((3, 2))),
    (gradient, "sum(singular_values(X))", "X: m×n", "X", {"X": np.ones((2, 2))}, np.full((2, 2), 0.5)),
    # norms of each entry, and of numbers
    (gradient, "sum(sqrt(x.^2 + y.^2))", "x: n, y: n", "x", {"x": [0, 3], "y": [0, 4]}, [0, 0.6]),
    (gradient, "sum(sqrt(2*x.^2 + y.^2))", "x: n, y: n", "y", {"x": [0, 2], "y": [0, 1]}, [0, 1 / 3]),
    (gradient, "sum(sqrt(x.^2 + y.^2))", "x: n, y: n", "x", {"x": [3e-200, 3e200], "y": [4e-200, 4e200]},
     [0.6, 0.6]),
    (gradient, "sum(sqrt(X.^2 + Y.^2))", "X: m×n, Y: m×n", "X",
     {"X": [[0, 3, 1], [5, 0, 2]], "Y": [[0, 4, 0], [12, 1, 0]]}, [[0, 0.6, 1], [5 / 13, 0, 1]]),
    (hessian, "sum((x.^2 + y.^2).^(3/2))", "x: n, y: n", "x", {"x": [0, 3], "y": [0, 4]}, np.diag([0, 20.4])),
    (gradient, "sqrt(s^2 + t^2)", "s: scalar, t: scalar", "t", {"s": 0, "t": 0}, 0),
    (gradient, "sqrt(s^2 + t^2)", "s: scalar, t: scalar", "t", {"s": 3e-200, "t": 4e-200}, 0.8),
    (gradient, "sqrt(x'x + t^2)", "x: n, t: scalar", "x", {"x": [0, 0], "t": 0}, [0, 0]),
    # the nuclear norm of zeros, of any shape
    (gradient, "nuclear_norm(X)", "X: m×n", "X", {"X": [[0.0]]}, [[0]]),
    (gradient, "nuclear_norm(X)", "X: m×n", "X", {"X": [[-2.0]]}, [[-1]]),
    (gradient, "nuclear_norm(X)", "X: m×n", "X", {"X": np.zeros((2, 1))}, np.zeros((2, 1))),
    (gradient, "nuclear_norm(X)", "X: m×n", "X", {"X": np.zeros((1, 2))}, np.zeros((1, 2))),
    (gradient, "nuclear_norm(X)", "X: m×n", "X", {"X": [[-3.0], [4]]}, [[-0.6], [0.8]]),
    (gradient, "sum(singular_values(X))", "X: m×n", "X", {"X": np.zeros((1, 2))}, np.zeros((1, 2))),
    (gradient, "spectral_norm(X)", "X: m×n", "X", {"X": [[-2.0]]}, [[-1]]),
    (gradient, "lambda_max(X)", "X: n×n symmetric", "X", {"X": [[0.0]]}, [[1]]),
    # poles of norms without squares of them
    (gradient, "log(norm(x))", "x: n", "x", {"x": [3e-170, 4e-170]}, [1.2e169, 1.6e169]),
    (gradient, "log(norm(x))", "x: n", "x", {"x": [3e170, 4e170]}, [1.2e-171, 1.6e-171]),
    (gradient, "t*(x'A x)/(x'x)", "x: n, A: n×n, t: scalar", "t",
     {"x": [3e-170, 4e-170], "A": [[1, 2], [3, 4]]}, 5.32),
    (gradient, "t*(x'A x)/(x'x)", "x: n, A: n×n, t: scalar", "t", {"x": [-1e-200], "A": [[3]]}, 3),
    (gradient, "t*(x'A x)/(x'x)", "x: n, A: n×n, t: scalar", "t", {"x": [1e200], "A": [[3]]}, 3),
    (gradient, "t*(x'y)/(norm(x)*norm(y))", "x: n, y: n, t: scalar", "t", {"x": [3e-200], "y": [-1e9]}, -1),
    (gradient, "t*(x'y)/(norm(x)*norm(y))", "x: n, y: n, t: scalar", "t",
     {"x": [3e-200, 4e-200], "y": [1e9, 0]}, 0.6),
    (gradient, "t*(x'y)^2/norm(x)", "x: n, y: n, t: scalar", "t", {"x": [0, 0], "y": [1, 2]}, 0),
]  # fmt: skip


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0].__name__}-{case[1]}")
def test_value(case: Case, library: str) -> None:
    derive, text, given, wrt, arrays, expected = case
    found = value(derive(text, given, wrt), library, **arrays)
    expected = np.asarray(expected, dtype=float)
    size = np.abs(expected).max() or 1.0
    np.testing.assert_allclose(found.reshape(expected.shape) / size, expected / size, atol=1e-12)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("library", LIBRARIES[1:])
@pytest.mark.parametrize(
    ("derive", "text", "given", "wrt", "arrays"),
    [
        (hessian, "norm(x)", "x: n", "x", {"x": np.zeros(2)}),
        (gradient, "1/norm(x)", "x: n", "x", {"x": np.zeros(2)}),
        (hessian, "nuclear_norm(X)", "X: m×n", "X", {"X": np.ones((2, 2))}),
        (gradient, "t*(x'y)/(norm(x)*norm(y))", "x: n, y: n, t: scalar", "t", {"x": [0, 0], "y": [1, 2]}),
        (gradient, "x'y/(norm(x)*norm(y))", "x: n, y: n", "y", {"x": [0, 0], "y": [1, 2]}),
        (
            gradient,
            "t*tr(A'B)/(norm(A)*norm(B))",
            "A: m×n, B: m×n, t: scalar",
            "t",
            {"A": np.zeros((2, 2)), "B": np.eye(2)},
        ),
        (gradient, "t*(x'A x)/(x'x)", "x: n, A: n×n, t: scalar", "t", {"x": [0, 0], "A": np.eye(2)}),
        (gradient, "t*(x'A x)/(x'x)", "x: n, A: n×n, t: scalar", "t", {"x": [0], "A": [[3]]}),
        (gradient, "t*(x'y)/(norm(x)*norm(y))", "x: n, y: n, t: scalar", "t", {"x": [0], "y": [2]}),
        (gradient, "s*sin(t)/t^2", "t: scalar, s: scalar", "s", {"t": 0}),
        (gradient, "s*abs(t)/t", "t: scalar, s: scalar", "s", {"t": 0}),
        (gradient, "lambda_max(X)", "X: n×n symmetric", "X", {"X": np.eye(2)}),
        (gradient, "spectral_norm(X)", "X: m×n", "X", {"X": np.zeros((2, 2))}),
        (gradient, "spectral_norm(X)", "X: m×n", "X", {"X": np.zeros((2, 1))}),
        (gradient, "spectral_norm(X)", "X: m×n", "X", {"X": np.zeros((1, 2))}),
        (gradient, "spectral_norm(X)", "X: m×n", "X", {"X": np.zeros((1, 1))}),
        (hessian, "det(X'X)", "X: m×n", "X", {"X": np.zeros((2, 2))}),
        (gradient, "tr(A*adjugate(X))", "X: n×n, A: n×n", "X", {"X": SINGULAR, "A": np.eye(3)}),
        (gradient, "norm(x)", "x: n", "x", {"x": np.array([np.nan, 1.0])}),
    ],
)
def test_what_has_no_limit_is_no_number(
    derive: Any, text: str, given: str, wrt: str, arrays: Any, library: str
) -> None:
    try:
        found = value(derive(text, given, wrt), library, **arrays)
    except (DomainError, RuntimeError):
        return
    assert not np.isfinite(found).all()


@pytest.mark.parametrize("shape", [(1, 3), (3, 1), (2, 2), (2, 3), (3, 2), (3, 3)])
def test_hessians_of_the_spectral_norm_agree_with_difference_quotients(shape: tuple[int, int]) -> None:
    exact = hessian("spectral_norm(X)", "X: m×n", "X")
    fn = mg.compile(exact)
    norm = gradient("spectral_norm(X)", "X: m×n", "X")
    slope = mg.compile(norm)
    rng = np.random.default_rng(7)
    for _ in range(40):
        x, v = rng.normal(size=(2, *shape))
        s = np.linalg.svd(x, compute_uv=False)
        if len(s) > 1 and s[0] - s[1] < 0.05:
            continue
        h = 1e-5
        quotient = (slope(X=x + h * v) - slope(X=x - h * v)) / (2 * h)
        np.testing.assert_allclose(
            fn(X=x) @ v.ravel(order="F"), quotient.ravel(order="F"), atol=1e-6, rtol=1e-5
        )


@pytest.mark.parametrize("library", LIBRARIES)
def test_gradients_of_top_singular_vectors_agree_with_arbitrary_precision(library: str) -> None:
    expr = gradient("a'top_left_singular_vector(X)", "X: m×n, a: m", "X")
    rng = np.random.default_rng(3)
    for _ in range(8):
        x, a = rng.normal(size=(3, 3)), rng.normal(size=3)
        np.testing.assert_allclose(value(expr, library, X=x, a=a), precise(expr, X=x, a=a), rtol=1e-9)


def test_well_conditioned_determinants_are_as_accurate_as_before() -> None:
    fn = mg.compile(gradient("det(A)", "A: n×n", "A"))
    rng = np.random.default_rng(5)
    for n in (2, 5, 20):
        a = rng.normal(size=(n, n))
        np.testing.assert_allclose(fn(A=a), np.linalg.det(a) * np.linalg.inv(a).T, rtol=1e-10)


def precise(expr: Expr, **arrays: Any) -> Any:
    """The value with 60 digits."""
    sizes: dict[str, int] = {}
    symbols = symbols_of([expr])
    xp = PreciseArrays(sizes, 60)
    values = {}
    for name, array in arrays.items():
        two = np.reshape(array, (len(array), -1)) if np.ndim(array) else np.full((1, 1), array)
        for dim, size in zip(symbols[name].shape, two.shape, strict=True):
            xp.sizes.update({str(dim): size} if not dim.is_integer else {})
        values[name] = [[xp.ctx.mpf(float(x)) for x in row] for row in two]
    found = np.array(xp.floats(evaluate_nodes([expr], values, xp)[0]))
    return found[:, 0] if found.shape[1] == 1 else found


N, P = 50, 3
RNG = np.random.default_rng(11)
DATA = 1e6 + RNG.normal(size=(N, P))
CENTRE = DATA.mean(axis=0) + 1e-3
SPREAD = np.eye(P) + 0.5
GAUSS = "-n/2*logdet(S) - tr(inv(S)*(X - ones(n)*u')'*(X - ones(n)*u'))/2"
STUDENT = "-(c + p)/2*sum(log(ones(n) + diag((X - ones(n)*u')*inv(S)*(X - ones(n)*u')')/c))"
GIVEN = "X: n×p, u: p, S: p×p spd, c: scalar positive"


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    ("text", "wrt"),
    [
        (GAUSS, "u"),
        (GAUSS, "S"),
        (STUDENT, "u"),
        ("norm(X - ones(n)*u')^2", "u"),
        ("logdet((X - ones(n)*u')'*(X - ones(n)*u'))", "u"),
    ],
)
def test_centred_data_far_from_zero_lose_no_digits(text: str, wrt: str, library: str) -> None:
    expr = gradient(text, GIVEN, wrt)
    arrays = {"X": DATA, "u": CENTRE, "S": SPREAD, "c": 4.0}
    used = {name: arrays[name] for name in symbols_of([expr])}
    expected = precise(expr, **used)
    error = np.abs(value(expr, library, **used) - expected).max() / np.abs(expected).max()
    assert error < 1e-13


def test_the_sum_of_differences_is_not_written_as_a_difference_of_sums() -> None:
    expr = gradient("norm(x - t*ones(n))^2", "x: n, t: scalar", "t")
    assert str(expr) == "2 sum(t ones(n) - x)"
    assert str(gradient(GAUSS, GIVEN, "u")) == "row_sum(inv(S) (X - ones(n) u')')"
    scatter = "(X - ones(n)*column_mean(X))"
    scattered = gradient(f"logdet({scatter}'*{scatter})", "X: n×p", "X")
    found, expected = mg.compile(scattered)(X=DATA), precise(scattered, X=DATA)
    # What is left is the rounding of the means.
    assert np.abs(found - expected).max() / np.abs(expected).max() < 1e-8
